//! The palette: commands by name, with completion. Each row of a key table is a command, and so is each command of the
//! command line. Only a name that was typed is run: a word of the help or a few letters also find a command, but only
//! fill it in.

mod completion;
mod entries;
mod matching;
mod running;
mod view;

use crossterm::event::{KeyCode, KeyEvent};

use crate::domain::filter::ListKind;
use crate::service::contract::{ArgumentKind, CommandSpec, Failure, Reply, quoted_argument};
use crate::tui::effect::{Ask, CompletionKind};
use crate::tui::keys::Help;
use crate::tui::widgets::field::InputField;

use completion::{ArgumentChoice, TypedWord};
use entries::PaletteCommand;
use matching::Meaning;

/// The command that begins and ends a runbook.
pub const RECORD: &str = "record [FILE]";
/// The command that writes the list in front into a file.
pub const EXPORT: &str = "export FILE";
/// The command that goes to a row.
pub const ROW: &str = "row N";

/// The command that changes the theme, without and with its argument.
pub const THEME: (&str, &str) = ("theme", "theme [NAME]");

/// The command that shows the console as an account gets it, without and with its argument.
pub const VIEW_AS: (&str, &str) = ("as", "as [WHO]");

/// The command that opens a saved view, without and with its argument.
pub const VIEW: (&str, &str) = ("view", "view [VIEW]");

/// The number of matches that are shown.
const SHOWN: usize = 8;

/// The command line and the commands that it completes.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    entries: Vec<PaletteCommand>,
    /// The commands of other screens, and the names of those screens.
    elsewhere: Vec<(&'static str, &'static str)>,
    /// The commands that cannot be used now, and the reason.
    withheld: Option<(Vec<String>, Failure)>,
    typed: InputField,
    /// The index of the match that the cursor was moved to.
    at: Option<usize>,
    /// The values for the argument that is being typed.
    choices: Vec<ArgumentChoice>,
    /// The word for which values were asked from the store.
    asked: Option<TypedWord>,
    /// The names of the themes.
    themes: Vec<String>,
    /// The names of the saved views.
    views: Vec<String>,
    /// The lines that were run, the oldest first.
    history: Vec<String>,
    /// The index of the line that was recalled from the history, and the line from before.
    recalled: Option<(usize, String)>,
}

impl Palette {
    /// Creates a palette of these keys. For commands of other screens it says where they are.
    pub fn new(keys: Vec<Help>, elsewhere: Vec<(&'static str, &'static str)>) -> Self {
        Self {
            entries: entries::of_keys(keys),
            elsewhere,
            withheld: None,
            typed: InputField::text(""),
            at: None,
            choices: Vec::new(),
            asked: None,
            themes: Vec::new(),
            views: Vec::new(),
            history: Vec::new(),
            recalled: None,
        }
    }

    /// Adds the commands of the command line.
    pub fn with_commands(self, specs: Vec<CommandSpec>) -> Self {
        Self { entries: entries::with_specs(self.entries, specs), ..self }
    }

    /// Sets what is pressed for the commands that do something else than their key.
    pub fn pressing(mut self, by_name: &[Help]) -> Self {
        for entry in &mut self.entries {
            let other = by_name.iter().find(|help| help.command() == entry.name());
            entry.pressed = other.and_then(|help| help.on.first().copied()).or(entry.pressed);
        }
        self
    }

    /// Sets the names of the saved views, to offer them and to complete the commands that take one.
    pub fn with_views(mut self, names: Vec<String>) -> Self {
        for entry in &mut self.entries {
            entry.set_views(&names);
        }
        Self { views: names, ..self }
    }

    /// Sets the lists that filters are for, by the commands that take one.
    pub fn with_lists(mut self, lists: &[(&str, ListKind)]) -> Self {
        for entry in &mut self.entries {
            let list = lists.iter().find(|(name, _)| *name == entry.name());
            if let Some((_, list)) = list {
                entry.set_list(*list);
            }
        }
        self
    }

    /// Adds the lines that were run before, the oldest first.
    pub fn with_history(self, history: Vec<String>) -> Self {
        Self { history, ..self }
    }

    /// Adds the names that complete the argument of `theme`.
    pub fn with_themes(self, themes: Vec<String>) -> Self {
        Self { themes, ..self }
    }

    /// Adds commands that are known by name, but cannot be used now.
    pub fn refusing(self, withheld: Option<(Vec<String>, Failure)>) -> Self {
        Self { withheld, ..self }
    }

    /// Returns the typed line.
    pub fn line(&self) -> &str {
        self.typed.value()
    }

    /// Returns the entry whose arguments are being typed, and the arguments so far.
    fn with_arguments(&self) -> Option<(usize, &str)> {
        let line = self.line();
        let named = matching::named(&self.entries, line)?;
        let goes_on = !named.rest.is_empty() || line.ends_with(char::is_whitespace);
        goes_on.then_some((named.at, named.rest))
    }

    /// Returns the commands and the saved views that the line may mean.
    fn matching(&self) -> Vec<Meaning> {
        matching::ranked(&self.entries, &self.views, self.line())
    }

    /// Fills in a command, with a blank where arguments may follow, or the one that opens a view.
    fn fill_in(&mut self, meaning: Meaning) -> Vec<Ask> {
        let line = match meaning {
            Meaning::Command(at) => self.entries.get(at).map(|entry| {
                let blank = if entry.takes_argument() { " " } else { "" };
                format!("{}{blank}", entry.name())
            }),
            Meaning::View(at) => self.views.get(at).map(|name| format!("{} {name}", VIEW.0)),
        };
        let Some(line) = line else { return Vec::new() };
        self.typed = InputField::text(line);
        self.edited()
    }

    /// Fills in the chosen value of an argument, or else the first one.
    fn fill_in_choice(&mut self) -> Vec<Ask> {
        let Some((_, word)) = self.word() else { return Vec::new() };
        // Only the command line splits its arguments into words.
        let is_split = self.with_arguments().and_then(|(at, _)| self.entries.get(at));
        let is_split = is_split.is_some_and(|entry| entry.spec.is_some());
        let Some(choice) = self.choices.get(self.at.unwrap_or_default()) else { return Vec::new() };
        let before = self.line().get(..word).unwrap_or_default();
        let blank = if choice.is_whole { " " } else { "" };
        let value = if is_split { quoted_argument(&choice.value) } else { choice.value.clone() };
        self.typed = InputField::text(format!("{before}{value}{blank}"));
        self.edited()
    }

    /// Returns the word that is being typed as an argument, and its position in the line.
    fn word(&self) -> Option<(TypedWord, usize)> {
        let (at, rest) = self.with_arguments()?;
        let entry = self.entries.get(at)?;
        let mut word = completion::word(entry, rest)?;
        if entry.name() == THEME.0 {
            word.kind = ArgumentKind::Words(self.themes.clone());
        }
        let place = self.line().len() - rest.len() + word.at;
        Some((word, place))
    }

    /// Finds the values for the argument after the line was edited; asks the store for those that it knows.
    fn edited(&mut self) -> Vec<Ask> {
        self.at = None;
        let Some((word, _)) = self.word() else {
            self.choices.clear();
            self.asked = None;
            return Vec::new();
        };
        if self.asked.as_ref() == Some(&word) {
            return Vec::new();
        }
        let text = word.text.clone();
        let begun = Some(text.clone()).filter(|text| !text.is_empty());
        let (choices, asked) = match &word.kind {
            ArgumentKind::Words(known) => (completion::words(known, &text), None),
            ArgumentKind::Filter(list) => {
                let (choices, account) = completion::filter(*list, &text);
                (choices, account.map(|account| (CompletionKind::Account, account)))
            }
            ArgumentKind::Account => (Vec::new(), begun.map(|text| (CompletionKind::Account, text))),
            ArgumentKind::Directory => (Vec::new(), begun.map(|text| (CompletionKind::Directory, text))),
            ArgumentKind::Session
            | ArgumentKind::BinItem
            | ArgumentKind::BinnedAccount
            | ArgumentKind::File
            | ArgumentKind::Text => (Vec::new(), None),
        };
        self.choices = choices;
        self.asked = asked.is_some().then_some(word);
        asked.map(|(completion, text)| Ask::Complete(completion, text)).into_iter().collect()
    }

    /// Takes the values that the store knows.
    pub fn complete(&mut self, reply: Reply) {
        let Some(word) = &self.asked else { return };
        self.choices = match reply {
            Reply::Users(window) => match word.kind {
                ArgumentKind::Filter(list) => completion::filter_accounts(list, &window.rows, &word.text),
                ArgumentKind::Account
                | ArgumentKind::Directory
                | ArgumentKind::Words(_)
                | ArgumentKind::Session
                | ArgumentKind::BinItem
                | ArgumentKind::BinnedAccount
                | ArgumentKind::File
                | ArgumentKind::Text => completion::accounts(&window.rows),
            },
            Reply::Directories(window) => completion::directories(&window.rows),
            _ => Vec::new(),
        };
        self.choices.truncate(SHOWN);
    }

    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        match key.code {
            KeyCode::Esc => return vec![Ask::Close],
            KeyCode::Enter => return self.enter(),
            KeyCode::Backspace if self.typed.is_empty() => return vec![Ask::Close],
            KeyCode::Down => return self.down(),
            KeyCode::Up => return self.up(),
            // Nothing was typed or chosen, so there is nothing to complete.
            KeyCode::Tab if self.typed.is_empty() && self.at.is_none() => {}
            KeyCode::Tab => return self.tab(),
            _ if self.typed.press(key) => {
                self.recalled = None;
                return self.edited();
            }
            _ => {}
        }
        Vec::new()
    }

    fn tab(&mut self) -> Vec<Ask> {
        if self.with_arguments().is_some() {
            return self.fill_in_choice();
        }
        match self.matching().get(self.at.unwrap_or_default()) {
            Some(at) => self.fill_in(*at),
            None => Vec::new(),
        }
    }

    /// Returns the number of rows that the cursor can go to.
    fn choice_count(&self) -> usize {
        if self.with_arguments().is_some() { self.choices.len() } else { self.matching().len() }
    }

    /// Goes to the next match, or to a newer line of the history while one was recalled.
    fn down(&mut self) -> Vec<Ask> {
        if let Some((at, draft)) = self.recalled.take() {
            let newer = self.history.get(at + 1).cloned();
            self.typed = InputField::text(newer.clone().unwrap_or_else(|| draft.clone()));
            self.recalled = newer.map(|_| (at + 1, draft));
            return self.edited();
        }
        let last = self.choice_count().checked_sub(1);
        self.at = last.map(|last| self.at.map_or(0, |at| at + 1).min(last));
        Vec::new()
    }

    /// Goes to the match before, or to an older line of the history if there is none.
    fn up(&mut self) -> Vec<Ask> {
        if let Some(at) = self.at {
            self.at = at.checked_sub(1);
            return Vec::new();
        }
        let (newer, draft) = match self.recalled.take() {
            Some(recalled) => recalled,
            None => (self.history.len(), self.line().to_owned()),
        };
        let at = newer.saturating_sub(1);
        let Some(line) = self.history.get(at) else { return Vec::new() };
        self.typed = InputField::text(line);
        self.recalled = Some((at, draft));
        self.edited()
    }

    /// Pastes text into the line.
    pub fn paste(&mut self, text: &str) -> Vec<Ask> {
        // A text that is too long is cut: no command is that long.
        let _ = self.typed.paste(text);
        self.edited()
    }
}

#[cfg(test)]
mod tests;
