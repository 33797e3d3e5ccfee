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
    b"\x1b[0n",
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

#[test]
fn a_reply_torn_behind_its_first_byte_is_escape_and_nothing_more() {
    for reply in REPLIES.iter().filter(|reply| matches!(reply, [0x1b, b'[' | b']' | b'_' | b'^', ..])) {
        let mut script = Script::new();
        script.send(&reply[..1]).wait_millis(250).send(&reply[1..]).send(b"j");
        assert_eq!(script.end(), [esc(), plain('j')], "{reply:x?}");
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
