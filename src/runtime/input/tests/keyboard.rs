//! Keys and pasted text.

use crossterm::event::KeyEventState;

use super::*;

const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const ALT: KeyModifiers = KeyModifiers::ALT;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;
const NONE: KeyModifiers = KeyModifiers::NONE;

/// Returns keys as terminals send them.
fn keyboard() -> Vec<(&'static [u8], InputEvent)> {
    let f = |number| key(KeyCode::F(number), NONE);
    vec![
        (b"j", plain('j')),
        (b"A", key(KeyCode::Char('A'), SHIFT)),
        ("ü".as_bytes(), plain('ü')),
        ("Ж".as_bytes(), key(KeyCode::Char('Ж'), SHIFT)),
        ("€".as_bytes(), plain('€')),
        ("😀".as_bytes(), plain('😀')),
        (b" ", plain(' ')),
        (b"\r", key(KeyCode::Enter, NONE)),
        (b"\n", key(KeyCode::Char('j'), CTRL)),
        (b"\t", key(KeyCode::Tab, NONE)),
        (b"\x7f", key(KeyCode::Backspace, NONE)),
        (b"\x08", key(KeyCode::Char('h'), CTRL)),
        (b"\x03", key(KeyCode::Char('c'), CTRL)),
        (b"\x1a", key(KeyCode::Char('z'), CTRL)),
        (b"\x1c", key(KeyCode::Char('4'), CTRL)),
        (b"\x1f", key(KeyCode::Char('7'), CTRL)),
        (b"\0", key(KeyCode::Char(' '), CTRL)),
        (b"\x1bd", key(KeyCode::Char('d'), ALT)),
        (b"\x1bD", key(KeyCode::Char('D'), ALT | SHIFT)),
        ("\x1bé".as_bytes(), key(KeyCode::Char('é'), ALT)),
        (b"\x1b\r", key(KeyCode::Enter, ALT)),
        (b"\x1b\x7f", key(KeyCode::Backspace, ALT)),
        (b"\x1b[A", key(KeyCode::Up, NONE)),
        (b"\x1b[B", key(KeyCode::Down, NONE)),
        (b"\x1bOC", key(KeyCode::Right, NONE)),
        (b"\x1bOD", key(KeyCode::Left, NONE)),
        (b"\x1b[H", key(KeyCode::Home, NONE)),
        (b"\x1bOF", key(KeyCode::End, NONE)),
        (b"\x1b[1~", key(KeyCode::Home, NONE)),
        (b"\x1b[8~", key(KeyCode::End, NONE)),
        (b"\x1b[2~", key(KeyCode::Insert, NONE)),
        (b"\x1b[3~", key(KeyCode::Delete, NONE)),
        (b"\x1b[5~", key(KeyCode::PageUp, NONE)),
        (b"\x1b[6~", key(KeyCode::PageDown, NONE)),
        (b"\x1b[6;5~", key(KeyCode::PageDown, CTRL)),
        (b"\x1b[Z", key(KeyCode::BackTab, SHIFT)),
        (b"\x1b[1;5A", key(KeyCode::Up, CTRL)),
        (b"\x1b[1;3D", key(KeyCode::Left, ALT)),
        (b"\x1b[;2C", key(KeyCode::Right, SHIFT)),
        (b"\x1b[5B", key(KeyCode::Down, CTRL)),
        (b"\x1b[1;2P", key(KeyCode::F(1), SHIFT)),
        (b"\x1bOP", f(1)),
        (b"\x1bOR", f(3)),
        (b"\x1b[S", f(4)),
        (b"\x1b[[A", f(1)),
        (b"\x1b[[E", f(5)),
        (b"\x1b[11~", f(1)),
        (b"\x1b[15~", f(5)),
        (b"\x1b[17~", f(6)),
        (b"\x1b[24~", f(12)),
        (b"\x1b[26~", f(14)),
        (b"\x1b[29~", f(16)),
        (b"\x1b[34~", f(20)),
        (b"\x1b[27;5;9~", key(KeyCode::Tab, CTRL)),
        (b"\x1b[27;2;9~", key(KeyCode::BackTab, SHIFT)),
        (b"\x1b[27;5;97~", key(KeyCode::Char('a'), CTRL)),
        (b"\x1b[97;5u", key(KeyCode::Char('a'), CTRL)),
        (b"\x1b[27u", esc()),
        (b"\x1b[13;2u", key(KeyCode::Enter, SHIFT)),
        (b"\x1b[97:65;2u", key(KeyCode::Char('A'), NONE)),
        (b"\x1b[97;;97u", plain('a')),
        (b"\x1b[57419u", keypad(KeyCode::Up)),
        (b"\x1b[57399u", keypad(KeyCode::Char('0'))),
        (b"\x1b[57376u", f(13)),
    ]
}

fn keypad(code: KeyCode) -> InputEvent {
    InputEvent::Key(KeyEvent { state: KeyEventState::KEYPAD, ..KeyEvent::from(code) })
}

#[test]
fn every_key_is_told_whole_and_byte_by_byte() {
    for (bytes, expected) in keyboard() {
        assert_eq!(events(bytes), std::slice::from_ref(&expected), "{bytes:x?}");
        let mut script = Script::new();
        for byte in bytes {
            script.send([*byte]).wait(SPLIT);
        }
        assert_eq!(script.end(), [expected], "{bytes:x?} byte by byte");
    }
}

#[test]
fn the_kind_of_a_key_event_is_told() {
    for (bytes, kind) in [
        (b"\x1b[97;1:1u", KeyEventKind::Press),
        (b"\x1b[97;1:2u", KeyEventKind::Repeat),
        (b"\x1b[97;1:3u", KeyEventKind::Release),
    ] {
        let expected = InputEvent::Key(KeyEvent::new_with_kind(KeyCode::Char('a'), NONE, kind));
        assert_eq!(events(bytes), [expected]);
    }
}

#[test]
fn a_lone_escape_is_told_after_a_moment() {
    let mut script = Script::new();
    script.send(b"\x1b").wait_millis(74);
    assert_eq!(script.events, []);
    script.wait_millis(1);
    assert_eq!(script.events, [esc()]);
    assert_eq!(script.parser.deadline(), None);
    assert_eq!(events(b"\x1b\x1b"), [esc(), esc()]);
    assert_eq!(events(b"\x1b\x1b[A"), [esc(), key(KeyCode::Up, NONE)]);
}

#[test]
fn escape_and_a_key_a_little_later_are_two_keys() {
    let mut script = Script::new();
    script.send(b"\x1b").wait_millis(10).send(b"2");
    assert_eq!(script.end(), [esc(), plain('2')]);
    let mut script = Script::new();
    script.send(b"\x1b").wait_millis(80).send(b"P");
    assert_eq!(script.end(), [esc(), key(KeyCode::Char('P'), SHIFT)]);
}

#[test]
fn an_arrow_that_is_torn_for_long_is_escape_and_the_arrow() {
    for arrow in ["[A", "OA"] {
        let mut script = Script::new();
        script.send(b"\x1b").wait_millis(200).send(arrow).send(b"A");
        assert_eq!(script.end(), [esc(), key(KeyCode::Up, NONE), key(KeyCode::Char('A'), SHIFT)]);
    }
    let mut script = Script::new();
    script.send(b"\x1b").wait_millis(300).send(b"[");
    assert_eq!(script.end(), [esc(), plain('[')]);
}

#[test]
fn escape_with_the_beginning_of_a_string_and_silence_is_escape() {
    for introducer in "[]PX_^O".chars() {
        let mut script = Script::new();
        script.send(format!("\x1b{introducer}")).wait_millis(99);
        assert_eq!(script.events, [], "{introducer}");
        script.wait_millis(1).send(b"j");
        assert_eq!(script.end(), [esc(), plain('j')], "{introducer}");
    }
}

#[test]
fn what_is_no_utf8_is_dropped_and_what_follows_is_not() {
    for bytes in [&b"\xc3j"[..], b"\xffj", b"\xe2\x82j", b"\xc0\xafj", b"\xed\xa0\x80j", b"\xf8j"] {
        assert_eq!(events(bytes), [plain('j')], "{bytes:x?}");
    }
    let mut script = Script::new();
    script.send(b"\xe2\x82").wait_millis(1_000).send(b"\xacj");
    assert_eq!(script.end(), [plain('j')]);
}

#[test]
fn control_characters_are_not_typed_by_code_point() {
    for sequence in ["\x1b[1u", "\x1b[10u", "\x1b[155u", "\x1b[27;1;7~", "\x1b[97:7;2u", "\x1b[1114112u"] {
        let is_control = |event: &InputEvent| matches!(event, InputEvent::Key(KeyEvent { code: KeyCode::Char(c), .. }) if c.is_control());
        assert!(!events(sequence).iter().any(is_control), "{sequence:?}");
    }
}

#[test]
fn a_paste_is_one_event_whatever_it_holds() {
    for text in ["", "a\nb", "q\x1b[Aq\x1b[201", "\x1b\x1b", "é\x1b[200~", "\x1b]11;?\x07 \x1b[20"] {
        let bytes = format!("\x1b[200~{text}\x1b[201~");
        for at in 0..=bytes.len() {
            let mut script = Script::new();
            script.send(&bytes.as_bytes()[..at]).wait(SPLIT).send(&bytes.as_bytes()[at..]).send(b"j");
            assert_eq!(script.end(), [InputEvent::Paste(text.into()), plain('j')], "{text:?} at {at}");
        }
    }
    assert_eq!(events(b"\x1b[200~\xffa\x1b[201~"), [InputEvent::Paste("\u{fffd}a".into())]);
    assert_eq!(events(b"\x1b[201~"), []);
}

#[test]
fn a_paste_without_its_end_is_over_after_a_second() {
    let mut script = Script::new();
    script.send(b"\x1b[200~ddyy\n\x1b[20").wait_millis(999);
    assert_eq!(script.events, []);
    script.wait_millis(1).send(b"\x03");
    assert_eq!(script.end(), [InputEvent::Paste("ddyy\n\x1b[20".into()), key(KeyCode::Char('c'), CTRL)]);
}

#[test]
fn a_paste_keeps_a_mebibyte_and_the_rest_is_no_key() {
    let most = 1 << 20;
    let text = "d".repeat(most + 100_000);
    let mut script = Script::new();
    script.send(format!("\x1b[200~{text}\x1b[201~j"));
    assert_eq!(script.end(), [InputEvent::Paste("d".repeat(most)), plain('j')]);
    let mut script = Script::new();
    script.send(format!("\x1b[200~{text}")).wait_millis(50).send(b"j");
    assert_eq!(script.end(), [InputEvent::Paste("d".repeat(most)), plain('j')]);
}
