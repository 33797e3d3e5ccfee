//! The filter line while it is open: its text, its history, and the completion of what is typed.

use crossterm::event::{KeyCode, KeyEvent};

use crate::domain::filter::{FilterOptions, ListKind, complete, quoted, unfinished_term};
use crate::domain::page::Window;
use crate::domain::user::User;
use crate::service::contract::Request;
use crate::tui::account_completion::{self, AccountChoice};
use crate::tui::widgets::field::InputField;

/// The open filter line.
#[derive(Debug, Clone)]
pub(super) struct FilterLine {
    subject: ListKind,
    input: InputField,
    /// The filter in force when the line was opened.
    before: String,
    /// The filters that were kept earlier, the newest last.
    history: Vec<String>,
    /// The index of the filter of the history that is shown, and the text that was typed before.
    recalled: Option<(usize, String)>,
    completion: Completing,
    /// Set after Enter on a text that is no filter: the reason is shown however it goes on.
    is_refused: bool,
}

/// The state of the completion.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Completing {
    /// Nothing is being completed.
    No,
    /// The accounts for this text before the cursor are being read.
    Reading(String),
    /// One of these texts stands behind this byte, or none yet.
    Choosing { start: usize, texts: Vec<String>, at: Option<usize> },
}

/// The outcome of a key in the filter line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum LineKey {
    /// The text may have changed.
    Edited,
    /// Reads accounts to choose from.
    Read(Request),
    /// The line has no use for the key.
    Passed,
}

/// The texts that may follow, for the line at the foot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FilterHint {
    pub(super) texts: Vec<String>,
    /// The index of the text that was filled in.
    pub(super) chosen: Option<usize>,
}

impl FilterLine {
    /// Opens the line with the filter in force.
    pub(super) fn new(subject: ListKind, text: &str, history: Vec<String>) -> Self {
        Self {
            subject,
            input: InputField::text(text),
            before: text.to_owned(),
            history,
            recalled: None,
            completion: Completing::No,
            is_refused: false,
        }
    }

    pub(super) fn input(&self) -> &InputField {
        &self.input
    }

    /// Returns the filter in force when the line was opened.
    pub(super) fn before(&self) -> &str {
        &self.before
    }

    /// Notes that Enter was pressed on a text that is no filter.
    pub(super) fn refuse(&mut self) {
        self.is_refused = true;
    }

    /// Returns true while a value is still to be typed: the reason why that is no filter goes without saying.
    pub(super) fn is_unfinished(&self) -> bool {
        !self.is_refused && self.without_unfinished().is_some()
    }

    /// Returns the text without the term that is being typed, if that has a key and not yet a whole value.
    pub(super) fn without_unfinished(&self) -> Option<String> {
        let before = self.input.before_cursor();
        let after = self.input.value().get(before.len()..).unwrap_or_default();
        let is_at_end = after.is_empty() || after.starts_with(char::is_whitespace);
        let start = unfinished_term(self.subject, before).filter(|_| is_at_end)?;
        Some(format!("{}{after}", before.get(..start).unwrap_or_default()))
    }

    pub(super) fn paste(&mut self, text: &str) -> Result<(), String> {
        self.completion = Completing::No;
        self.is_refused = false;
        self.input.paste(text)
    }

    /// Handles a key other than Enter and Esc.
    pub(super) fn press(&mut self, key: KeyEvent) -> LineKey {
        self.is_refused = false;
        match key.code {
            KeyCode::Up => self.recall(Recall::Older),
            KeyCode::Down => self.recall(Recall::Newer),
            KeyCode::Tab => self.tab(Turn::Next),
            KeyCode::BackTab => self.tab(Turn::Previous),
            _ => {
                if !self.input.press(key) {
                    return LineKey::Passed;
                }
                self.completion = Completing::No;
                self.recalled = None;
                LineKey::Edited
            }
        }
    }

    /// Shows an older or a newer filter of the history; behind the newest comes what was typed.
    fn recall(&mut self, direction: Recall) -> LineKey {
        self.completion = Completing::No;
        let newest = self.history.len();
        let (at, typed) = self.recalled.take().unwrap_or_else(|| (newest, self.input.value().to_owned()));
        // A filter that shows already is no other one.
        let differs = |other: &usize| self.history.get(*other).is_some_and(|text| text != self.input.value());
        let to = match direction {
            Recall::Older => (0..at).rev().find(differs),
            Recall::Newer => Some((at + 1..newest).find(differs).unwrap_or(newest)).filter(|_| at < newest),
        };
        let Some(to) = to else {
            self.recalled = (at < newest).then_some((at, typed));
            return LineKey::Edited;
        };
        let text = self.history.get(to).unwrap_or(&typed).clone();
        self.recalled = (to < newest).then_some((to, typed));
        self.input = InputField::text(text);
        LineKey::Edited
    }

    /// Completes what is before the cursor. If it may become several texts, it is completed as far as they agree, and
    /// further Tabs go through them.
    fn tab(&mut self, turn: Turn) -> LineKey {
        self.recalled = None;
        match std::mem::replace(&mut self.completion, Completing::No) {
            Completing::Choosing { start, texts, at } => {
                let last = texts.len().saturating_sub(1);
                let to = match (turn, at) {
                    (Turn::Next, Some(at)) if at < last => at + 1,
                    (Turn::Next, _) => 0,
                    (Turn::Previous, Some(at)) if at > 0 => at - 1,
                    (Turn::Previous, _) => last,
                };
                self.input.replace_before_cursor(start, texts.get(to).map_or("", String::as_str));
                self.completion = Completing::Choosing { start, texts, at: Some(to) };
                LineKey::Edited
            }
            Completing::No | Completing::Reading(_) => self.complete(),
        }
    }

    fn complete(&mut self) -> LineKey {
        let before = self.input.before_cursor().to_owned();
        let completion = complete(self.subject, &before);
        match completion.options {
            FilterOptions::Texts(texts) => {
                self.offer(completion.start, texts, true);
                LineKey::Edited
            }
            FilterOptions::Account(typed) => {
                self.completion = Completing::Reading(before);
                LineKey::Read(account_completion::request(&typed))
            }
            FilterOptions::Typed(_) => LineKey::Edited,
        }
    }

    /// Fills in the only text, or what all texts begin with if these are all.
    fn offer(&mut self, start: usize, texts: Vec<String>, is_all: bool) {
        let typed = self.input.before_cursor().get(start..).unwrap_or_default().to_owned();
        let common = common_start(&texts);
        let is_longer = is_all && common.chars().count() > typed.chars().count();
        if is_longer {
            self.input.replace_before_cursor(start, &common);
        }
        if texts.len() > 1 {
            self.completion = Completing::Choosing { start, texts, at: None };
            if !is_longer {
                self.tab(Turn::Next);
            }
        } else if let (Some(text), false) = (texts.first(), is_longer) {
            // The same but for letter case.
            self.input.replace_before_cursor(start, text);
        }
    }

    /// Returns true while accounts for a completion are being read.
    pub(super) fn is_reading(&self) -> bool {
        matches!(self.completion, Completing::Reading(_))
    }

    /// Notes that no accounts could be read.
    pub(super) fn give_up(&mut self) {
        self.completion = Completing::No;
    }

    /// Takes the accounts that were read for a completion. If something else was typed since, nothing happens.
    pub(super) fn take(&mut self, window: &Window<User>) {
        let Completing::Reading(before) = std::mem::replace(&mut self.completion, Completing::No) else {
            return;
        };
        let completion = complete(self.subject, &before);
        if before != self.input.before_cursor() {
            return;
        }
        if let FilterOptions::Account(_) = completion.options {
            let names = window.rows.iter().map(|user| quoted(&AccountChoice::from(user).name)).collect();
            // If there are more accounts, what these begin with is not what all begin with.
            let is_all = window.total <= window.rows.len() as u64;
            self.offer(completion.start, names, is_all);
        }
    }

    /// Returns what may follow.
    pub(super) fn hint(&self) -> FilterHint {
        if let Completing::Choosing { texts, at, .. } = &self.completion {
            return FilterHint { texts: texts.clone(), chosen: *at };
        }
        let texts = match complete(self.subject, self.input.before_cursor()).options {
            FilterOptions::Texts(texts) => texts,
            FilterOptions::Account(_) => vec!["a username, an email or an id".into()],
            FilterOptions::Typed(example) => vec![example],
        };
        FilterHint { texts, chosen: None }
    }
}

#[derive(Debug, Clone, Copy)]
enum Recall {
    Older,
    Newer,
}

#[derive(Debug, Clone, Copy)]
enum Turn {
    Next,
    Previous,
}

/// Returns what all texts begin with, letter case ignored, as the first one has it.
fn common_start(texts: &[String]) -> String {
    let Some((first, others)) = texts.split_first() else { return String::new() };
    let same = |a: char, b: char| a.to_lowercase().eq(b.to_lowercase());
    let shared = |other: &String| first.chars().zip(other.chars()).take_while(|(a, b)| same(*a, *b)).count();
    let length = others.iter().map(shared).min().unwrap_or(first.chars().count());
    first.chars().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::{keys, user, window};

    fn line(text: &str, script: &str) -> FilterLine {
        let history = ["old", "newer", "newest"].map(str::to_owned).to_vec();
        let mut line = FilterLine::new(ListKind::Users, text, history);
        for key in keys(script) {
            line.press(key);
        }
        line
    }

    fn text(text: &str, script: &str) -> String {
        line(text, script).input().value().to_owned()
    }

    #[test]
    fn tab_completes_keys_and_values() {
        for (typed, completed) in [
            ("sta<tab>", "status:"),
            ("status:p<tab>", "status:pending"),
            ("ada !STA<tab>P<tab>", "ada !status:pending"),
            ("l<tab>a<tab>", "level:admin"),
            ("ha<tab><tab>", "has:sessions"),
            ("s<tab>", "status:"),
            ("s<tab><tab>", "seen:"),
            ("s<tab><tab><tab>", "status:"),
            ("s<tab><backtab>", "seen:"),
            ("status:<tab><tab><tab>", "status:suspended"),
            ("zzz<tab>", "zzz"),
            ("created:<lt>3<tab>", "created:<30d"),
        ] {
            assert_eq!(text("", typed), completed, "{typed}");
        }
        assert_eq!(text("sta ada", "<left><left><left><left><tab>"), "status: ada");
    }

    #[test]
    fn up_and_down_go_through_the_history_and_back_to_what_was_typed() {
        for (script, shown) in [
            ("x<up>", "newest"),
            ("x<up><up><up><up>", "old"),
            ("x<up><up><down>", "newest"),
            ("x<up><up><down><down>", "x"),
            ("x<down>", "x"),
            ("x<up>y<up>", "newest"),
        ] {
            assert_eq!(text("", script), shown, "{script}");
        }
        assert_eq!(text("newest", "<up>"), "newer", "the filter in force is skipped");
    }

    #[test]
    fn accounts_are_read_from_the_store() {
        let mut line = line("", "user:us");
        assert_eq!(line.press(keys("<tab>")[0]), LineKey::Read(account_completion::request("us")));
        let users = ["user10", "User2"];
        line.take(&window(users.iter().zip(1..).map(|(name, id)| user(id, name)).collect()));
        assert_eq!(line.input().value(), "user:user");
        assert_eq!(line.hint().texts, ["user10", "User2"]);
        line.press(keys("<tab>")[0]);
        line.press(keys("<tab>")[0]);
        assert_eq!(line.input().value(), "user:User2");
    }

    #[test]
    fn what_the_first_of_many_accounts_begin_with_is_not_filled_in() {
        let mut line = line("", "user:u<tab>");
        let first = window(vec![user(1, "u1"), user(2, "u10")]);
        line.take(&Window { total: 11, ..first });
        assert_eq!((line.input().value(), line.hint().chosen), ("user:u1", Some(0)), "the first one itself");
        line.press(keys("<tab>")[0]);
        assert_eq!(line.input().value(), "user:u10");
    }

    #[test]
    fn an_account_that_no_name_can_be_typed_for_is_named_by_its_id() {
        let mut line = line("", "user:1<tab>");
        line.take(&window(vec![user(7, "12345")]));
        assert_eq!(line.input().value(), "user:7");
    }

    #[test]
    fn an_account_with_a_blank_in_its_name_is_quoted() {
        let mut line = line("", "user:x<tab>");
        line.take(&window(vec![user(1, "x \"y\"")]));
        assert_eq!(line.input().value(), r#"user:"x ""y""""#);
    }

    #[test]
    fn accounts_that_come_too_late_change_nothing() {
        let mut line = line("", "user:us<tab>e");
        line.take(&window(vec![user(1, "user1")]));
        assert_eq!(line.input().value(), "user:use");
    }

    #[test]
    fn what_may_follow_is_told() {
        assert_eq!(line("", "").hint().texts[..2], ["status:", "level:"]);
        assert_eq!(line("", "status:").hint().texts, ["pending", "confirmed", "suspended"]);
        assert_eq!(line("", "s<tab><tab>").hint().chosen, Some(1));
        assert!(line("", "status:").is_unfinished());
    }
}
