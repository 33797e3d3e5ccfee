//! Terminal output that is not a key.

use super::*;

/// Replies and reports of terminals, and other unsolicited sequences.
const REPLIES: &[&[u8]] = &[
    // XTVERSION, DECRQSS, XTGETTCAP, DA3, sixel graphics.
    b"\x1bP>|XTerm(390)\x1b\\",
    b"\x1bP1$r0;1;31m\x1b\\",
    b"\x1bP0$r\x1b\\",
    b"\x1bP1+r544e=787465726d\x1b\\",
    b"\x1bP!|7E565445\x1b\\",
    b"\x1bP0;0;0q\"1;1;6;6#0;2;0;0;0#0~~d--\x1b\\",
    // Colours and the clipboard.
    b"\x1b]4;1;rgb:cdcd/0000/0000\x1b\\",
    b"\x1b]10;rgb:ffff/ffff/ffff\x07",
    b"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    b"\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
    b"\x1b]52;c;cXVpdCBkZGRk\x07",
    b"\x1b]52;c;cXVpdCBkZGRk\x1b\\",
    b"\x1b]99;i=1:p=?;\x1b\\",
    // Titles, with letters that look like keys, like ST and like ESC.
    "\x1b]lq d ✓ ü\u{9c} x\x1b\\".as_bytes(),
    b"\x1b]Lqqq\x1bddd\x1b\x1b\\",
    // kitty graphics, a privacy message, a start of string.
    b"\x1b_Gi=31;OK\x1b\\",
    b"\x1b_Gi=31,I=1;ENOENT:quit\x07",
    b"\x1b^quit\x1b\\",
    b"\x1bXquit\x1b\\",
    // DA1, DA2, reports of the cursor, the device, modes, colour scheme, keyboard and checksums.
    b"\x1b[?62;1;2;4;6;9;15;22;29c",
    b"\x1b[>41;354;0c",
    b"\x1b[=1;2c",
    b"\x1b[24;80R",
    b"\x1b[1;1R",
    b"\x1b[?24;80;1R",
    b"\x1b[?997;1n",
    b"\x1b[?2026;2$y",
    b"\x1b[4;1$y",
    b"\x1b[?1u",
    b"\x1b[>4;2m",
    b"\x1b[2;1;1;112;112;1;0x",
    b"\x1b[?1;0;1024S",
    b"\x1b[1;3;40;12;1&w",
    b"\x1bP1!~ffff\x1b\\",
    // Sizes, in band or on request.
    b"\x1b[48;24;80;600;800t",
    b"\x1b[8;24;80t",
    b"\x1b[4;600;800t",
    b"\x1b[3;10;10t",
    b"\x1b[1t",
    // The mouse: SGR, urxvt, X10; the focus.
    b"\x1b[<0;10;10M",
    b"\x1b[<35;113;41m",
    b"\x1b[32;113;41M",
    b"\x1b[Mddd",
    b"\x1b[M q\xa1",
    b"\x1b[I",
    b"\x1b[O",
    // The same with introducers of one byte, raw and in UTF-8.
    b"\x9b?62;c",
    b"\x9d11;rgb:1e1e/1e1e/2e2e\x9c",
    b"\x90>|quit\x9c",
    b"\xc2\x9b?62;c",
    b"\x9f_Gi=31;OK\x1b\\",
    // Ends without a beginning, and sequences that no terminal should send.
    b"\x1b\\",
    b"\x9c",
    b"\x1b[d",
    b"\x1b[12x",
    b"\x1b[?q",
    b"\x1b[1;2;3;4A",
    b"\x1b[?1;2A",
    b"\x1b[1 q",
    b"\x1b[1\r2\nc",
    b"\x1b[[q",
    b"\x1bO1;5q",
];

const KEYS: &[&[u8]] = &[b"j", b"\r", "é".as_bytes(), b"\x1b[A", b"\x1bOP", b"\x1bd", b"\x03", b"\x1b[6;5~"];

/// Returns the ways in which a reply may arrive: in one piece, in two, or byte by byte.
fn splits(bytes: &[u8]) -> Vec<Vec<&[u8]>> {
    let halves = (0..=bytes.len()).map(|at| vec![&bytes[..at], &bytes[at..]]);
    halves.chain([bytes.chunks(1).collect()]).collect()
}

#[test]
fn no_reply_is_a_key_however_it_comes() {
    for reply in REPLIES {
        for parts in splits(reply) {
            for pause in [Duration::ZERO, SPLIT, Duration::from_millis(70)] {
                let mut script = Script::new();
                for part in &parts {
                    script.send(part).wait(pause);
                }
                script.send(b"j");
                assert_eq!(script.end(), [plain('j')], "{parts:x?} with {pause:?} between");
            }
        }
    }
}

#[test]
fn the_colour_of_the_ground_is_told_however_it_comes() {
    for (reply, rgb) in [
        (&b"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\"[..], Some(Rgb(30, 30, 46))),
        (b"\x1b]11;rgb:ffff/ffff/ffff\x07", Some(Rgb(255, 255, 255))),
        (b"\x9d11;rgb:f/0/8\x9c", Some(Rgb(255, 0, 136))),
        (b"\x1b]11;rgba:ffff/0000/0000/8000\x1b\\", Some(Rgb(255, 0, 0))),
        (b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\", None),
        (b"\x1b]11;rgb:ffff/ffff\x1b\\", None),
        (b"\x1b]11;rgb:fffff/0/0\x1b\\", None),
        (b"\x1b]11;rgb:+fff/0/0\x1b\\", None),
        (b"\x1b]11;rgb://\x1b\\", None),
        (b"\x1bP11;rgb:ffff/ffff/ffff\x1b\\", None),
        (b"\x1b]11;rgb:ffff/ffff/ffff/and/much/more/than/this\x1b\\", None),
    ] {
        for parts in splits(reply) {
            let mut script = Script::new();
            for part in parts {
                script.send(part);
            }
            assert_eq!(script.grounds, rgb.into_iter().collect::<Vec<_>>(), "{reply:x?}");
        }
    }
}

#[test]
fn late_parts_of_a_reply_are_no_keys() {
    for reply in REPLIES.iter().filter(|reply| reply.starts_with(b"\x1b") && reply.len() > 4) {
        for at in 3..reply.len() {
            let mut script = Script::new();
            // ESC O takes only one letter, and ESC \\ none.
            script.send(&reply[..at]).wait_millis(900).send(&reply[at..]).send(b"j");
            assert_eq!(script.events.last(), Some(&plain('j')), "{reply:x?} at {at}");
            assert!(script.events.iter().all(|event| *event == plain('j') || *event == esc()), "{reply:x?}");
        }
    }
}

/// Silences within a reply, up to nearly the one that ends it.
const TEARS: [u64; 6] = [0, 9, 80, 120, 280, 990];

/// Replies that begin with ESC and a letter, and that have something behind it.
fn introduced() -> impl Iterator<Item = &'static [u8]> {
    let is_introduced =
        |reply: &&&[u8]| matches!(reply, [0x1b, b'[' | b']' | b'P' | b'X' | b'_' | b'^', _, _, ..]);
    REPLIES.iter().filter(is_introduced).copied()
}

/// Asserts that a torn reply yields at most an Esc key for its beginning, and no other key.
fn assert_only_escape(script: Script, what: &str) {
    let events = script.end();
    let (last, before) = events.split_last().unwrap();
    assert_eq!(*last, plain('j'), "{what}: {events:?}");
    assert!(before.len() <= 1 && before.iter().all(|event| *event == esc()), "{what}: {events:?}");
}

#[test]
fn a_reply_torn_at_any_byte_is_at_most_escape() {
    for reply in introduced() {
        for at in 1..reply.len() {
            for tear in TEARS {
                // Of a report of one letter, the letter alone may be typed as well.
                if reply.len() - at == 1 && at <= 2 && tear > 75 {
                    continue;
                }
                let mut script = Script::new();
                script.send(&reply[..at]).wait_millis(tear).send(&reply[at..]).wait_millis(40).send(b"j");
                assert_only_escape(script, &format!("{reply:x?} torn at {at} for {tear} ms"));
            }
        }
    }
}

#[test]
fn the_rest_of_a_torn_reply_may_be_torn_again() {
    for reply in introduced().filter(|reply| reply.len() > 8) {
        for first in 1..=2 {
            for second in first + 2..reply.len() {
                for (tear, pause) in [(120, 9), (120, 200), (280, 900), (900, 900)] {
                    let mut script = Script::new();
                    script.send(&reply[..first]).wait_millis(tear).send(&reply[first..second]);
                    script.wait_millis(pause).send(&reply[second..]).wait_millis(40).send(b"j");
                    assert_only_escape(script, &format!("{reply:x?} torn at {first} and {second}"));
                }
            }
        }
    }
}

#[test]
fn the_rest_of_a_torn_reply_may_come_byte_by_byte() {
    for reply in introduced() {
        for (at, tear) in [(1, 90), (1, 500), (2, 120), (2, 500)] {
            let mut script = Script::new();
            script.send(&reply[..at]).wait_millis(tear);
            for byte in &reply[at..] {
                script.send([*byte]).wait(SPLIT);
            }
            if reply.len() - at > 1 {
                script.wait_millis(40).send(b"j");
                assert_only_escape(script, &format!("{reply:x?} torn at {at}"));
            }
        }
    }
}

#[test]
fn what_is_typed_after_escape_and_a_letter_is_typed() {
    for introducer in "[]PX_^O".chars() {
        let mut script = Script::new();
        script.send(format!("\x1b{introducer}")).wait_millis(110);
        for letter in "jé:q".chars() {
            script.send(letter.to_string()).wait_millis(60);
        }
        script.send(b"\r").wait_millis(60).send(b"\x1b[A").wait_millis(60).send(b"\x03");
        let expected = [
            esc(),
            plain('j'),
            plain('é'),
            plain(':'),
            plain('q'),
            key(KeyCode::Enter, KeyModifiers::NONE),
            key(KeyCode::Up, KeyModifiers::NONE),
            key(KeyCode::Char('c'), KeyModifiers::CONTROL),
        ];
        assert_eq!(script.end(), expected, "{introducer}");
    }
    // Also where two keys come in one piece, as over a slow link, behind Esc and a letter that is a key.
    let mut script = Script::new();
    script.send(b"\x1b").wait_millis(110).send(b"Pc");
    assert_eq!(script.end(), [esc(), key(KeyCode::Char('P'), KeyModifiers::SHIFT), plain('c')]);
}

#[test]
fn a_key_that_is_held_is_told_within_a_moment() {
    let mut script = Script::new();
    script.send(b"\x1bP").wait_millis(120).send(b"j").wait_millis(29);
    assert_eq!(script.events, [esc()]);
    script.wait_millis(1);
    assert_eq!(script.events, [esc(), plain('j')]);
    // A second later nothing is held.
    let mut script = Script::new();
    script.send(b"\x1bP").wait_millis(1_000).send(b"jj");
    assert_eq!(script.events, [esc(), plain('j'), plain('j')]);
}

#[test]
fn control_c_ends_what_goes_on_late() {
    for rest in [&b"q\x03"[..], b"dd\x03", b"dd"] {
        let mut script = Script::new();
        script.send(b"\x1bP").wait_millis(120).send(rest).wait_millis(200).send(b"\x03");
        let events = script.end();
        assert_eq!(events.last(), Some(&key(KeyCode::Char('c'), KeyModifiers::CONTROL)), "{rest:x?}");
    }
}

#[test]
fn keys_between_replies_are_keys() {
    for reply in REPLIES {
        let bytes = [b"k", *reply, b"\x1b[A", reply, "ü".as_bytes(), reply].concat();
        assert_eq!(
            events(&bytes),
            [plain('k'), key(KeyCode::Up, KeyModifiers::NONE), plain('ü')],
            "{reply:x?}"
        );
    }
}

#[test]
fn a_string_without_its_end_is_over_after_a_second_of_silence() {
    for begun in
        ["\x1b]52;c;", "\x1bP1$r", "\x1b_G", "\x1b^p", "\x1bXs", "\x1b[?6", "\x1b[M ", "\x1b[[", "\u{9d}"]
    {
        let mut script = Script::new();
        script.send(begun).wait_millis(999);
        assert!(script.parser.deadline().is_some(), "{begun:?}");
        script.wait_millis(1).send(b"\x03j");
        assert_eq!(script.end(), [key(KeyCode::Char('c'), KeyModifiers::CONTROL), plain('j')], "{begun:?}");
    }
}

#[test]
fn a_string_is_over_after_64_kib_and_what_comes_with_it_is_no_key() {
    for begun in ["\x1b]", "\x1bP", "\x1b_", "\x1b[?"] {
        let filler = if begun.ends_with('?') { "1" } else { "d" };
        let mut script = Script::new();
        script.send(format!("{begun}{}", filler.repeat(65_536 + 1_000)));
        assert_eq!(script.events, [], "{begun:?}");
        script.wait_millis(50).send(b"j");
        assert_eq!(script.end(), [plain('j')], "{begun:?} and a pause");
        let mut script = Script::new();
        script.send(format!("{begun}{}\x03", filler.repeat(65_536 + 1_000)));
        assert_eq!(script.events, [key(KeyCode::Char('c'), KeyModifiers::CONTROL)], "{begun:?} and Ctrl-C");
    }
}

#[test]
fn nothing_of_a_string_is_kept() {
    let mut script = Script::new();
    script.send(format!("\x1b[?{}", "1".repeat(1 << 20)));
    assert!(format!("{:?}", script.parser).len() < 1_000);
}

/// Generates bytes with a meaning, and any others.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let known = select(b"\x1b\x1b[]PX_^O\\\x07\x9b\x9cM~u;:0123456789A\xc3\xa9".to_vec());
    vec(prop_oneof![3 => known, 1 => any::<u8>()], 0..200)
}

/// Generates a key or a reply.
fn pieces() -> impl Strategy<Value = Vec<(bool, &'static [u8])>> {
    let key = select(KEYS).prop_map(|key| (true, key));
    let reply = select(REPLIES).prop_map(|reply| (false, reply));
    vec(prop_oneof![key, reply], 1..12)
}

proptest! {
    #[test]
    fn any_bytes_are_survived_and_all_keys_work_two_seconds_later(parts in vec((hostile(), 0..1_200_u64), 1..8)) {
        let mut script = Script::new();
        for (bytes, pause) in &parts {
            script.send(bytes).wait_millis(*pause);
        }
        script.wait_millis(2_000);
        prop_assert_eq!(script.parser.deadline(), None);
        let before = script.events.len();
        let events = { script.send(b"j\x03"); script.end() };
        prop_assert_eq!(&events[before..], &[plain('j'), key(KeyCode::Char('c'), KeyModifiers::CONTROL)]);
    }

    #[test]
    fn keys_and_replies_come_out_the_same_however_they_are_split(
        pieces in pieces(),
        cuts in vec((any::<prop::sample::Index>(), 0..9_u64), 0..20),
    ) {
        let bytes = pieces.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect::<Vec<u8>>();
        let wanted: Vec<_> =
            pieces.iter().filter(|(is_key, _)| *is_key).flat_map(|(_, bytes)| events(bytes)).collect();
        let mut cuts: Vec<_> = cuts.iter().map(|(at, pause)| (at.index(bytes.len()), *pause)).collect();
        cuts.sort_unstable();
        cuts.dedup_by_key(|(at, _)| *at);
        let mut script = Script::new();
        let mut done = 0;
        for (at, pause) in cuts {
            script.send(&bytes[done..at]).wait_millis(pause);
            done = at;
        }
        script.send(&bytes[done..]);
        prop_assert_eq!(script.end(), wanted);
    }
}

#[test]
fn a_status_report_is_told_however_it_is_split_and_is_no_key() {
    for report in [&b"\x1b[0n"[..], b"\x1b[3n", b"\x9b0n"] {
        for at in 0..=report.len() {
            let mut script = Script::new();
            script.send(&report[..at]).wait(SPLIT).send(&report[at..]).send("j");
            assert_eq!(script.end(), [InputEvent::Status, plain('j')], "{report:?} at {at}");
        }
    }
    for other in ["\x1b[?0n", "\x1b[5n", "\x1b[0;0n", "\x1b[n"] {
        assert_eq!(events(other), [], "{other:?}");
    }
}
