//! The meaning of a line: a row, a filter, a command, or keys by their names.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A line that answers no question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlainLine<'a> {
    /// An empty line: the page is printed again.
    Again,
    /// The number of a row, counted from 1.
    Row(u64),
    Filter(&'a str),
    Command(&'a str),
    /// The keys of a sequence.
    Keys(Vec<KeyEvent>),
    /// Anything else.
    Unknown,
}

/// Tells the meaning of a line of input.
pub fn read(text: &str) -> PlainLine<'_> {
    let line = text.trim();
    if line.is_empty() {
        return PlainLine::Again;
    }
    if line.bytes().all(|byte| byte.is_ascii_digit()) {
        return line.parse().map_or(PlainLine::Unknown, PlainLine::Row);
    }
    if let Some(filter) = line.strip_prefix('/') {
        return PlainLine::Filter(filter.trim());
    }
    if let Some(command) = line.strip_prefix(':') {
        return PlainLine::Command(command.trim());
    }
    line.split_whitespace().map(key).collect::<Option<_>>().map_or(PlainLine::Unknown, PlainLine::Keys)
}

/// Returns the key of a name, as help prints it: `c`, `Ctrl-d`, `Shift-Tab`, `F2`, `↓` or `Down`.
pub fn key(name: &str) -> Option<KeyEvent> {
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return Some(KeyEvent::from(arrow(letter).unwrap_or(KeyCode::Char(letter))));
    }
    let (held, rest) = match name.split_once('-').filter(|(_, rest)| !rest.is_empty()) {
        Some((held, rest)) => (modifier(held)?, rest),
        None => (KeyModifiers::NONE, name),
    };
    if held.is_empty() {
        return Some(KeyEvent::from(named(rest)?));
    }
    let KeyEvent { code, modifiers, .. } = key(rest)?;
    let modifiers = modifiers | held;
    match code {
        KeyCode::Tab if held == KeyModifiers::SHIFT => Some(KeyEvent::from(KeyCode::BackTab)),
        KeyCode::Char(letter) if held == KeyModifiers::CONTROL => {
            Some(KeyEvent::new(KeyCode::Char(letter.to_ascii_lowercase()), modifiers))
        }
        code => Some(KeyEvent::new(code, modifiers)),
    }
}

fn modifier(name: &str) -> Option<KeyModifiers> {
    [("ctrl", KeyModifiers::CONTROL), ("alt", KeyModifiers::ALT), ("shift", KeyModifiers::SHIFT)]
        .into_iter()
        .find_map(|(held, modifier)| held.eq_ignore_ascii_case(name).then_some(modifier))
}

fn arrow(letter: char) -> Option<KeyCode> {
    [('↑', KeyCode::Up), ('↓', KeyCode::Down), ('←', KeyCode::Left), ('→', KeyCode::Right)]
        .into_iter()
        .find_map(|(arrow, code)| (arrow == letter).then_some(code))
}

/// The keys with names of their own.
const NAMED: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("return", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("escape", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("space", KeyCode::Char(' ')),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pgdn", KeyCode::PageDown),
    ("pagedown", KeyCode::PageDown),
    ("pgup", KeyCode::PageUp),
    ("pageup", KeyCode::PageUp),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
];

fn named(name: &str) -> Option<KeyCode> {
    let known = NAMED.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, code)| *code);
    known.or_else(|| {
        let number = name.strip_prefix(['f', 'F'])?.parse().ok()?;
        (1..=12).contains(&number).then_some(KeyCode::F(number))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys;

    fn names(line: &str) -> Vec<String> {
        match read(line) {
            PlainLine::Keys(pressed) => pressed.into_iter().map(keys::name).collect(),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn a_line_is_a_row_a_filter_a_command_or_keys() {
        assert_eq!(read("  "), PlainLine::Again);
        assert_eq!(read("12"), PlainLine::Row(12));
        assert_eq!(read("0"), PlainLine::Row(0), "a bare number is always a row");
        assert_eq!(read("99999999999999999999"), PlainLine::Unknown);
        assert_eq!(read("/ status:pending "), PlainLine::Filter("status:pending"));
        assert_eq!(read("/"), PlainLine::Filter(""));
        assert_eq!(read(": users alan"), PlainLine::Command("users alan"));
        assert_eq!(read("confirm"), PlainLine::Unknown);
        assert_eq!(read("o confirm"), PlainLine::Unknown);
    }

    #[test]
    fn keys_are_named_as_help_prints_them() {
        for name in ["ctrl-d", "alt-left", "pagedown", "backtab", "f2", "enter", "space", "x", "X", "é", "-"]
        {
            assert_eq!(names(&keys::shown(name)), [name], "{}", keys::shown(name));
        }
        assert_eq!(names("o p"), ["o", "p"]);
        assert_eq!(names("CTRL-D"), ["ctrl-d"]);
        assert_eq!(names("Shift-Tab"), ["backtab"]);
        assert_eq!(names("PageUp"), ["pageup"]);
        assert_eq!(names(", U"), [",", "U"]);
    }

    #[test]
    fn every_key_of_every_screen_can_be_typed_by_its_name() {
        use crate::tui::screens::SCREENS;
        for screen in SCREENS {
            for help in (screen.new)().help() {
                for on in help.on.iter().filter(|on| !on.starts_with([':', '/'])) {
                    let typed = names(&keys::shown(on)).join(" ");
                    assert_eq!(&typed, on, "{}", keys::shown(on));
                }
            }
        }
    }
}
