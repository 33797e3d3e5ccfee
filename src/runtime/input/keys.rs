//! Translates bytes to keys like crossterm: xterm, VT220, rxvt, the Linux console and kitty's keyboard
//! protocol.

use crossterm::event::{
    KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MediaKeyCode, ModifierKeyCode,
};

/// kitty's code points for keys without a character (<https://sw.kovidgoyal.net/kitty/keyboard-protocol/>): the
/// keys from 57358 on, those of the keypad, of media and the modifiers.
const LOCKS: [KeyCode; 6] = [
    KeyCode::CapsLock,
    KeyCode::ScrollLock,
    KeyCode::NumLock,
    KeyCode::PrintScreen,
    KeyCode::Pause,
    KeyCode::Menu,
];
const KEYPAD_CHARACTERS: [char; 15] =
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '/', '*', '-', '+'];
const KEYPAD: [KeyCode; 14] = [
    KeyCode::Enter,
    KeyCode::Char('='),
    KeyCode::Char(','),
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::Insert,
    KeyCode::Delete,
    KeyCode::KeypadBegin,
];
const MEDIA: [MediaKeyCode; 13] = [
    MediaKeyCode::Play,
    MediaKeyCode::Pause,
    MediaKeyCode::PlayPause,
    MediaKeyCode::Reverse,
    MediaKeyCode::Stop,
    MediaKeyCode::FastForward,
    MediaKeyCode::Rewind,
    MediaKeyCode::TrackNext,
    MediaKeyCode::TrackPrevious,
    MediaKeyCode::Record,
    MediaKeyCode::LowerVolume,
    MediaKeyCode::RaiseVolume,
    MediaKeyCode::MuteVolume,
];
const MODIFIERS: [(ModifierKeyCode, KeyModifiers); 14] = [
    (ModifierKeyCode::LeftShift, KeyModifiers::SHIFT),
    (ModifierKeyCode::LeftControl, KeyModifiers::CONTROL),
    (ModifierKeyCode::LeftAlt, KeyModifiers::ALT),
    (ModifierKeyCode::LeftSuper, KeyModifiers::SUPER),
    (ModifierKeyCode::LeftHyper, KeyModifiers::HYPER),
    (ModifierKeyCode::LeftMeta, KeyModifiers::META),
    (ModifierKeyCode::RightShift, KeyModifiers::SHIFT),
    (ModifierKeyCode::RightControl, KeyModifiers::CONTROL),
    (ModifierKeyCode::RightAlt, KeyModifiers::ALT),
    (ModifierKeyCode::RightSuper, KeyModifiers::SUPER),
    (ModifierKeyCode::RightHyper, KeyModifiers::HYPER),
    (ModifierKeyCode::RightMeta, KeyModifiers::META),
    (ModifierKeyCode::IsoLevel3Shift, KeyModifiers::NONE),
    (ModifierKeyCode::IsoLevel5Shift, KeyModifiers::NONE),
];

/// Returns the key of a control character.
pub(super) fn control(byte: u8) -> KeyEvent {
    let ctrl = |letter: u8| KeyEvent::new(KeyCode::Char(letter.into()), KeyModifiers::CONTROL);
    match byte {
        b'\r' => KeyCode::Enter.into(),
        b'\t' => KeyCode::Tab.into(),
        0x1b => KeyCode::Esc.into(),
        0x7f => KeyCode::Backspace.into(),
        0 => ctrl(b' '),
        0x01..=0x1a => ctrl(byte - 1 + b'a'),
        _ => ctrl(byte.wrapping_sub(0x1c).wrapping_add(b'4')),
    }
}

/// Returns the key that types a character; a capital has Shift.
pub(super) fn character(letter: char) -> KeyEvent {
    let shift = if letter.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    KeyEvent::new(KeyCode::Char(letter), shift)
}

/// Returns the key of `ESC O` and this letter.
pub(super) fn ss3(last: u8) -> Option<KeyEvent> {
    let code = match last {
        b'R' => KeyCode::F(3),
        _ => letter(last)?,
    };
    Some(code.into())
}

/// Returns the key of a control sequence with these parameters and this last byte, if it is a key.
pub(super) fn control_sequence(parameters: &[u8], last: u8) -> Option<KeyEvent> {
    let is_key = parameters.iter().all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':'));
    let parameters = str::from_utf8(parameters).ok().filter(|_| is_key)?;
    match last {
        b'~' => numbered(parameters),
        b'u' => kitty(parameters),
        b'Z' if parameters.is_empty() => Some(KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT)),
        _ => lettered(parameters, last),
    }
}

/// Modifiers, the kind of event, and the state of the locks.
#[derive(Debug, Clone, Copy)]
struct KeyDetails {
    modifiers: KeyModifiers,
    kind: KeyEventKind,
    state: KeyEventState,
}

impl KeyDetails {
    const NOTHING: Self =
        Self { modifiers: KeyModifiers::NONE, kind: KeyEventKind::Press, state: KeyEventState::NONE };

    /// Parses `MASK` or `MASK:KIND`.
    fn parse(parameter: &str) -> Option<Self> {
        let mut parts = parameter.split(':');
        let mask = parts.next()?.parse::<u8>().ok()?.saturating_sub(1);
        let kind = match parts.next() {
            Some("2") => KeyEventKind::Repeat,
            Some("3") => KeyEventKind::Release,
            _ => KeyEventKind::Press,
        };
        // crossterm has the same bits for Shift and Super, but those of Alt and Control are swapped.
        let bits = [
            (1, KeyModifiers::SHIFT),
            (2, KeyModifiers::ALT),
            (4, KeyModifiers::CONTROL),
            (8, KeyModifiers::SUPER),
            (16, KeyModifiers::HYPER),
            (32, KeyModifiers::META),
        ];
        let modifiers =
            bits.into_iter().filter(|(bit, _)| mask & bit != 0).map(|(_, modifier)| modifier).collect();
        let locks = [(64, KeyEventState::CAPS_LOCK), (128, KeyEventState::NUM_LOCK)];
        let state = locks.into_iter().filter(|(bit, _)| mask & bit != 0).map(|(_, lock)| lock).collect();
        Some(Self { modifiers, kind, state })
    }

    fn key(self, code: KeyCode) -> KeyEvent {
        KeyEvent::new_with_kind_and_state(code, self.modifiers, self.kind, self.state)
    }
}

/// Returns the key with this final letter, after CSI as after SS3.
fn letter(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P' => KeyCode::F(1),
        b'Q' => KeyCode::F(2),
        b'S' => KeyCode::F(4),
        _ => return None,
    })
}

/// Parses a key like `CSI A`, `CSI 1;5A` and `CSI 5A`. `CSI R` is not accepted: a cursor report looks the same.
fn lettered(parameters: &str, last: u8) -> Option<KeyEvent> {
    let code = letter(last)?;
    let details = match parameters.split(';').collect::<Vec<_>>().as_slice() {
        [""] => KeyDetails::NOTHING,
        [details] | [_, details] | [_, details, _] => KeyDetails::parse(details)?,
        _ => return None,
    };
    Some(KeyDetails { state: KeyEventState::NONE, ..details }.key(code))
}

/// Parses a key like `CSI 5~` and `CSI 5;3~`, or any key in the form of xterm's `modifyOtherKeys`: `CSI
/// 27;5;9~`.
fn numbered(parameters: &str) -> Option<KeyEvent> {
    let mut fields = parameters.split(';');
    let number: u8 = fields.next()?.parse().ok()?;
    let details = fields.next().and_then(KeyDetails::parse).unwrap_or(KeyDetails::NOTHING);
    let code = match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(number - 10),
        17..=21 => KeyCode::F(number - 11),
        23..=26 => KeyCode::F(number - 12),
        27 => of_code_point(fields.next()?.parse().ok()?, details.modifiers)?,
        28..=29 => KeyCode::F(number - 13),
        31..=34 => KeyCode::F(number - 14),
        _ => return None,
    };
    Some(details.key(code))
}

/// Parses a key like `CSI 97u`, `CSI 97:65;2u` and `CSI 97;5:3u`.
fn kitty(parameters: &str) -> Option<KeyEvent> {
    let mut fields = parameters.split(';');
    let mut code_points = fields.next()?.split(':');
    let code_point: u32 = code_points.next()?.parse().ok()?;
    let mut details = fields.next().and_then(KeyDetails::parse).unwrap_or(KeyDetails::NOTHING);
    let (mut code, state, own) = match functional(code_point) {
        Some(functional) => functional,
        None => (of_code_point(code_point, details.modifiers)?, KeyEventState::NONE, KeyModifiers::NONE),
    };
    details.modifiers |= own;
    details.state |= state;
    // With Shift, the layout's shifted character may be included.
    let shifted = code_points.next().and_then(|shifted| char::from_u32(shifted.parse().ok()?));
    if let Some(shifted) = shifted.filter(|letter| !letter.is_control())
        && details.modifiers.contains(KeyModifiers::SHIFT)
    {
        code = KeyCode::Char(shifted);
        details.modifiers.remove(KeyModifiers::SHIFT);
    }
    Some(details.key(code))
}

/// Returns the key of a character, or of the control character that it sends without modifiers.
fn of_code_point(code_point: u32, modifiers: KeyModifiers) -> Option<KeyCode> {
    Some(match char::from_u32(code_point)? {
        '\x1b' => KeyCode::Esc,
        '\r' => KeyCode::Enter,
        '\t' if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        '\t' => KeyCode::Tab,
        '\x7f' => KeyCode::Backspace,
        letter if letter.is_control() => return None,
        letter => KeyCode::Char(letter),
    })
}

/// Returns a key for which kitty has a code point of its own.
fn functional(code_point: u32) -> Option<(KeyCode, KeyEventState, KeyModifiers)> {
    let at = |first: u32| code_point.checked_sub(first).map(|at| at as usize);
    let plain = |code| (code, KeyEventState::NONE, KeyModifiers::NONE);
    let on_keypad = |code| (code, KeyEventState::KEYPAD, KeyModifiers::NONE);
    match code_point {
        57_358..=57_363 => LOCKS.get(at(57_358)?).copied().map(plain),
        57_376..=57_398 => u8::try_from(at(57_376)?).ok().map(|at| plain(KeyCode::F(13 + at))),
        57_399..=57_413 => KEYPAD_CHARACTERS.get(at(57_399)?).map(|letter| on_keypad(KeyCode::Char(*letter))),
        57_414..=57_427 => KEYPAD.get(at(57_414)?).copied().map(on_keypad),
        57_428..=57_440 => MEDIA.get(at(57_428)?).map(|media| plain(KeyCode::Media(*media))),
        57_441..=57_454 => MODIFIERS
            .get(at(57_441)?)
            .map(|(key, modifiers)| (KeyCode::Modifier(*key), KeyEventState::NONE, *modifiers)),
        _ => None,
    }
}
