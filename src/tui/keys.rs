//! Keys by name, and the key tables that dispatch, footer, help and palette read.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The keys that go back to where the operator was. Terminals on macOS send Alt-b for Alt-←, and some send Ctrl-h for
/// Backspace.
pub const BACK: &[&str] = &["backspace", "alt-left", "alt-b", "ctrl-h"];
/// The keys that go forward again.
pub const FORWARD: &[&str] = &["alt-right", "alt-f"];

/// A row of a key table: the keys, their meaning, and the texts about them.
#[derive(Debug, Clone, Copy)]
pub struct Key<M: 'static> {
    /// The keys, each by its [`name`]; a sequence of two is separated by a blank: `o p`.
    pub on: &'static [&'static str],
    /// The name in the palette with its arguments: `confirm`, `users [FILTER]`.
    pub name: &'static str,
    /// The part of the help that it stands in.
    pub group: Group,
    pub msg: M,
    /// One or two words for the footer; empty if the footer never shows it.
    pub hint: &'static str,
    /// A line for the help.
    pub help: &'static str,
}

/// A part of the help, in the order in which it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// For the row under the cursor, or for the marked rows.
    Row,
    /// For the list as a whole.
    List,
    Mark,
    Find,
    /// The order of the rows.
    Sort,
    /// From row to row, and into the details.
    Move,
    /// From screen to screen.
    Go,
    Everywhere,
}

impl Group {
    /// Returns the heading; `row` is the noun for a row of the list.
    pub fn heading(self, row: &str) -> String {
        match self {
            Self::Row => format!("This {row}"),
            Self::List => "This list".into(),
            Self::Mark => "Mark".into(),
            Self::Find => "Find".into(),
            Self::Sort => "Sort".into(),
            Self::Move => "Move".into(),
            Self::Go => "Go to".into(),
            Self::Everywhere => "Everywhere".into(),
        }
    }
}

impl Help {
    /// Creates the row of a key that only the footer of a dialog shows.
    pub const fn of_dialog(on: &'static [&'static str], hint: &'static str) -> Self {
        Self { on, name: "", group: Group::Everywhere, hint, help: "" }
    }

    /// Returns the keys as people read them.
    pub fn keys(&self) -> Vec<String> {
        self.on.iter().map(|on| shown(on)).collect()
    }

    /// Returns the name in the palette without the arguments.
    pub fn command(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or_default()
    }

    /// Returns the line of the help without what goes without saying beside its keys: the verb of its group, and what is
    /// in parentheses.
    pub fn label(&self) -> &'static str {
        let words = self.help.split(" (").next().unwrap_or_default();
        match self.group {
            Group::Sort => words.strip_prefix("sort by ").unwrap_or(words),
            Group::Row
            | Group::List
            | Group::Mark
            | Group::Find
            | Group::Move
            | Group::Go
            | Group::Everywhere => words,
        }
    }

    /// Returns true if it has no key and is typed with an argument: `:record FILE`.
    pub fn is_typed(&self) -> bool {
        self.takes_argument() && self.on.iter().all(|on| on.len() > 1 && on.starts_with(':'))
    }

    /// Returns true if its argument is a file of the machine.
    pub fn names_file(&self) -> bool {
        self.name.ends_with(" FILE") || self.name.ends_with(" [FILE]")
    }

    /// Returns true if the name in the palette may be followed by an argument.
    pub fn takes_argument(&self) -> bool {
        self.name.contains(' ')
    }
}

impl<M: Copy> Key<M> {
    /// Returns the row without its meaning, for footer, help and palette.
    pub const fn help(&self) -> Help {
        Help { on: self.on, name: self.name, group: self.group, hint: self.hint, help: self.help }
    }
}

/// A row of a key table as people read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Help {
    /// The keys; `:name` if there is no key.
    pub on: &'static [&'static str],
    pub name: &'static str,
    pub group: Group,
    pub hint: &'static str,
    pub help: &'static str,
}

/// A pressed key and its [`name`], led by that of the key before if that began a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    pub key: KeyEvent,
    /// `d`, `ctrl-d`, `o p`.
    pub name: String,
}

/// The result of a search in a key table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<M> {
    /// The key with this meaning.
    Hit(M),
    /// The beginning of a sequence.
    Prefix,
    /// No key of this table.
    Miss,
}

/// Searches a table for `pressed`: the [`name`] of one key, or of two separated by a blank.
pub fn find<M: Copy>(table: &[Key<M>], pressed: &str) -> Found<M> {
    let mut prefix = false;
    for key in table {
        for on in key.on {
            if *on == pressed {
                return Found::Hit(key.msg);
            }
            prefix |= on.split_once(' ').is_some_and(|(first, _)| first == pressed);
        }
    }
    if prefix { Found::Prefix } else { Found::Miss }
}

/// A key that may follow the first key of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowUp {
    /// The name of the second key.
    pub key: &'static str,
    pub label: &'static str,
    pub group: Group,
}

/// Returns the keys that may follow `prefix`, one of each row.
pub fn follow_ups(rows: &[Help], prefix: &str) -> Vec<FollowUp> {
    let follows = |on: &&'static str| on.split_once(' ').filter(|(first, _)| *first == prefix);
    let of = |row: &Help| {
        let (_, key) = row.on.iter().find_map(follows)?;
        Some(FollowUp { key, label: row.label(), group: row.group })
    };
    rows.iter().filter_map(of).collect()
}

/// Returns the name of a key: `a`, `A`, `ctrl-d`, `enter`, `f2`, `space`. Shift is part of a letter, not of its name.
pub fn name(key: KeyEvent) -> String {
    let plain = match key.code {
        KeyCode::Char(' ') => "space".into(),
        KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::SHIFT) => c.to_uppercase().to_string(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::F(n) => format!("f{n}"),
        KeyCode::BackTab => "backtab".into(),
        other => format!("{other:?}").to_lowercase(),
    };
    let with = |held: KeyModifiers, prefix: &str, rest: String| {
        if key.modifiers.contains(held) { format!("{prefix}{rest}") } else { rest }
    };
    with(KeyModifiers::CONTROL, "ctrl-", with(KeyModifiers::ALT, "alt-", plain))
}

/// The names of the keys that type no character.
const NAMED: [&str; 16] = [
    "space",
    "enter",
    "esc",
    "tab",
    "backtab",
    "backspace",
    "delete",
    "insert",
    "up",
    "down",
    "left",
    "right",
    "home",
    "end",
    "pageup",
    "pagedown",
];

/// Returns true if a key has this [`name`], and terminals can tell it from others.
pub fn is_key_name(text: &str) -> bool {
    // Control and these letters is what Tab, Enter, line feed, Backspace and Esc send.
    let is_own = |letter: char| letter.is_ascii_lowercase() && !"ijmh".contains(letter);
    if let Some(rest) = text.strip_prefix("ctrl-") {
        return rest == "space" || (rest.len() == 1 && rest.chars().all(is_own));
    }
    let plain = text.strip_prefix("alt-").filter(|rest| !rest.is_empty()).unwrap_or(text);
    let is_function = |text: &str| {
        let number = text.strip_prefix('f').and_then(|number| number.parse::<u8>().ok());
        number.is_some_and(|number| (1..=24).contains(&number) && text == format!("f{number}"))
    };
    let mut letters = plain.chars();
    let is_letter =
        matches!((letters.next(), letters.next()), (Some(c), None) if !c.is_whitespace() && !c.is_control());
    is_letter || NAMED.contains(&plain) || is_function(plain)
}

/// Returns the character that a key types, if it types one.
pub fn typed(key: KeyEvent) -> Option<char> {
    match key.code {
        KeyCode::Char(c) if (key.modifiers - KeyModifiers::SHIFT).is_empty() => Some(c),
        _ => None,
    }
}

/// Returns a key's name as people read it: `Ctrl-d`, `Enter`, `F2`.
pub fn shown(on: &str) -> String {
    on.split(' ')
        .map(|one| match one {
            "down" => "↓".into(),
            "up" => "↑".into(),
            "left" => "←".into(),
            "right" => "→".into(),
            "alt-left" => "Alt-←".into(),
            "alt-right" => "Alt-→".into(),
            "pagedown" => "PgDn".into(),
            "pageup" => "PgUp".into(),
            "backtab" => "Shift-Tab".into(),
            _ if one.chars().count() > 1 => {
                let mut letters = one.chars();
                letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
            }
            _ => one.into(),
        })
        .collect::<Vec<String>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Key<u8>] = &[
        Key { on: &["j", "down"], name: "down", group: Group::Move, msg: 1, hint: "", help: "" },
        Key { on: &["o p"], name: "pending", group: Group::Go, msg: 2, hint: "", help: "" },
    ];

    #[test]
    fn a_table_finds_keys_and_prefixes() {
        assert_eq!(find(TABLE, "down"), Found::Hit(1));
        assert_eq!(find(TABLE, "o"), Found::Prefix);
        assert_eq!(find(TABLE, "o p"), Found::Hit(2));
        assert_eq!(find(TABLE, "x"), Found::Miss);
    }

    #[test]
    fn keys_have_names() {
        let key = |code, modifiers| name(KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Char('d'), KeyModifiers::CONTROL), "ctrl-d");
        assert_eq!(key(KeyCode::Char('A'), KeyModifiers::SHIFT), "A");
        assert_eq!(key(KeyCode::Char('a'), KeyModifiers::SHIFT), "A");
        assert_eq!(key(KeyCode::Enter, KeyModifiers::NONE), "enter");
        assert_eq!(key(KeyCode::PageDown, KeyModifiers::NONE), "pagedown");
        assert_eq!(key(KeyCode::F(2), KeyModifiers::NONE), "f2");
        assert_eq!(key(KeyCode::Char(' '), KeyModifiers::NONE), "space");
    }

    #[test]
    fn only_plain_characters_are_typed() {
        assert_eq!(typed(KeyEvent::new(KeyCode::Char('é'), KeyModifiers::NONE)), Some('é'));
        assert_eq!(typed(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)), None);
        // A letter with Alt may be the beginning of a terminal's reply: it is no letter, and no key table names one.
        let alt = KeyModifiers::ALT | KeyModifiers::SHIFT;
        assert_eq!(typed(KeyEvent::new(KeyCode::Char('P'), alt)), None);
        assert_eq!(name(KeyEvent::new(KeyCode::Char('P'), alt)), "alt-P");
        assert_eq!(typed(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE)), None);
    }

    #[test]
    fn people_read_names() {
        assert_eq!(shown("ctrl-d"), "Ctrl-d");
        assert_eq!(shown("o p"), "o p");
        assert_eq!(shown("f2"), "F2");
    }
}
