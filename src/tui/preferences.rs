//! The preferences of an operator, remembered from one log-in to the next: lists, histories and saved views. Never a secret.
//!
//! Plain data. The runtime keeps it in a file for each account and store, which anybody may have written: texts are
//! bounded here, and whoever uses a name from it looks it up first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::route::ScreenId;

/// The length from which a word may be a token: 128 random bits in hex.
const TOKEN_LENGTH: usize = 32;
/// The maximum number of texts in a history.
const HISTORY: usize = 50;
/// The maximum length of a text in bytes.
const TEXT_BYTES: usize = 500;
/// The maximum number of screens, and of columns of one.
const NAMES: usize = 32;
/// The maximum number of saved views.
pub const MAX_VIEWS: usize = 100;

/// The preferences of an operator.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The commands of the palette.
    pub commands: History,
    /// The filters of each screen, by its name.
    pub filters: BTreeMap<String, History>,
    /// The lists, by the names of their screens.
    pub lists: BTreeMap<String, ListPreferences>,
    /// The saved views, by their names.
    pub views: BTreeMap<String, SavedView>,
}

/// The order and the columns of a list, and the width of the details beside it. What is not set is as it is for
/// everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ListPreferences {
    /// The names of the chosen columns in their order; empty if none were chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// The width of the details in cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pane_width: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<SavedOrder>,
}

/// An order of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedOrder {
    /// The name of the column.
    pub column: String,
    #[serde(default)]
    pub descending: bool,
}

/// A screen with its filter and order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// The name of the screen.
    pub screen: String,
    #[serde(default)]
    pub filter: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<SavedOrder>,
}

/// Texts that were typed, the newest last, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History(Vec<String>);

impl History {
    /// Returns the texts, the newest last.
    pub fn texts(&self) -> &[String] {
        &self.0
    }

    /// Adds a text as the newest; the oldest make room. A text that is blank or too long, or may hold a token, is left out.
    pub fn add(&mut self, text: &str) {
        let text = text.trim();
        if is_short_text(text) && !may_hold_token(text) {
            self.0.retain(|known| known != text);
            self.0.push(text.to_owned());
            self.bound();
        }
    }

    fn bound(&mut self) {
        self.0.retain(|text| is_short_text(text) && !may_hold_token(text));
        self.0.drain(..self.0.len().saturating_sub(HISTORY));
    }
}

/// Returns true if a text has a word as long as a token: one that was pasted into the wrong line must not get into a file.
fn may_hold_token(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    let is_mixed =
        |word: &str| word.contains(|letter: char| letter.is_ascii_digit() || letter.is_ascii_uppercase());
    text.split(|letter| !is_part(letter)).any(|word| word.len() >= TOKEN_LENGTH && is_mixed(word))
}

impl Preferences {
    /// Returns the history of a screen's filters, the newest last.
    pub fn filters_of(&self, screen: ScreenId) -> &[String] {
        self.filters.get(screen.name()).map_or(&[], History::texts)
    }

    /// Returns the names of the saved views, in alphabetical order.
    pub fn view_names(&self) -> impl Iterator<Item = &str> {
        self.views.keys().map(String::as_str)
    }

    /// Returns the list of a screen.
    pub fn list_of(&self, screen: ScreenId) -> ListPreferences {
        self.lists.get(screen.name()).cloned().unwrap_or_default()
    }

    /// Leaves out what is too long or too much, so that no file grows without end.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.commands.bound();
        self.filters.values_mut().for_each(History::bound);
        self.filters.retain(|screen, history| is_short_text(screen) && !history.0.is_empty());
        for list in self.lists.values_mut() {
            list.columns.retain(|name| is_short_text(name));
            list.columns.truncate(NAMES);
            list.sort.take_if(|sort| !is_short_text(&sort.column));
        }
        self.lists.retain(|screen, list| is_short_text(screen) && *list != ListPreferences::default());
        self.views.retain(|name, view| is_short_text(name) && view.is_short());
        keep_first(&mut self.filters, NAMES);
        keep_first(&mut self.lists, NAMES);
        keep_first(&mut self.views, MAX_VIEWS);
        self
    }
}

impl SavedView {
    /// Returns true if nothing in it is too long to be kept.
    pub fn is_short(&self) -> bool {
        let is_short = |text: &str| text.is_empty() || is_short_text(text);
        let column = self.sort.as_ref().map_or("", |sort| &sort.column);
        is_short_text(&self.screen) && is_short(&self.filter) && is_short(column)
    }
}

/// Returns true for a text of acceptable length without control characters.
pub fn is_short_text(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= TEXT_BYTES && !text.contains(char::is_control)
}

fn keep_first<V>(map: &mut BTreeMap<String, V>, most: usize) {
    if let Some(first_left_out) = map.keys().nth(most).cloned() {
        map.split_off(&first_left_out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_leaves_out_what_may_be_a_token() {
        let mut history = History::default();
        let token = "nxs_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for text in
            ["ada", token, &format!("user:{token}"), "0123456789abcdef0123456789abcdef", "ada@mail.example"]
        {
            history.add(text);
        }
        assert_eq!(history.texts(), ["ada", "ada@mail.example"]);
    }

    #[test]
    fn a_history_keeps_each_text_once_and_the_newest_last() {
        let mut history = History::default();
        for text in ["a", "b", " a ", "", "c\u{1b}[2J", &"x".repeat(501)] {
            history.add(text);
        }
        assert_eq!(history.texts(), ["b", "a"]);
        for at in 0..200 {
            history.add(&at.to_string());
        }
        assert_eq!(history.texts().len(), 50);
        assert_eq!(history.texts().last().map(String::as_str), Some("199"));
    }

    #[test]
    fn nothing_grows_without_end() {
        let long = || "x".repeat(10_000);
        let order = |column: &str| Some(SavedOrder { column: column.into(), descending: true });
        let list = |column: &str| ListPreferences { sort: order(column), ..ListPreferences::default() };
        let view = |filter: &str| SavedView { screen: "users".into(), filter: filter.into(), sort: None };
        let preferences = Preferences {
            commands: History((0..9_000).map(|at| at.to_string()).collect()),
            filters: (0..900).map(|at| (at.to_string(), History(vec![long(), "ok".into()]))).collect(),
            lists: [(long(), list("id")), ("users".into(), list("id")), ("bin".into(), list(&long()))].into(),
            views: (0..900)
                .map(|at| (format!("{at:03}"), view("a")))
                .chain([("0".into(), view(&long()))])
                .collect(),
        }
        .bounded();
        assert_eq!(preferences.commands.0.len(), HISTORY);
        assert_eq!(preferences.filters.len(), NAMES);
        assert!(preferences.filters.values().all(|history| history.0 == ["ok"]));
        assert_eq!(preferences.lists.keys().collect::<Vec<_>>(), ["users"]);
        assert_eq!(preferences.views.len(), MAX_VIEWS);
        assert!(!preferences.views.contains_key("0"));
        assert_eq!(preferences.clone().bounded(), preferences);
    }

    #[test]
    fn what_was_never_set_is_as_for_everybody() {
        let preferences = Preferences::default();
        assert_eq!(preferences.list_of(ScreenId::USERS), ListPreferences::default());
        assert!(preferences.filters_of(ScreenId::USERS).is_empty());
    }
}
