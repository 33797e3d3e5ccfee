//! Lines in place of keys: the answer to a question, a field of a form, or a row, a filter, a command, keys by name.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::service::contract::{Failure, FailureKind};
use crate::tui::effect::{Ask, Effect};
use crate::tui::key_debounce::KeyDebounce;
use crate::tui::keys::name;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::confirm::Confirm;
use crate::tui::plain::line::{self, PlainLine};
use crate::tui::screens::screen::Screen;
use crate::tui::widgets::form::{Filled, Form};

use super::Model;

/// The keys that a form takes by name in place of a value.
const FORM_KEYS: &[&str] = &["esc", "enter", "tab", "backtab", "ctrl-c", "ctrl-n", "ctrl-u"];
/// The keys that a field for a secret takes by name: all others might be the secret.
const SECRET_KEYS: &[&str] = &["esc", "ctrl-c"];
/// The keys that close the details and do nothing else.
const CLOSES: &[&str] = &["esc", "h", "left"];

impl Model {
    /// Handles one line of input of the linear console.
    pub(super) fn line(&mut self, text: &str) -> Vec<Effect> {
        // A line is one deliberate act: it is no key that repeats by itself.
        self.typing = KeyDebounce::new(self.now);
        if self.asking.is_some() {
            return self.answer_line(text);
        }
        if self.asked_form().is_some() {
            return self.field_line(text);
        }
        match self.overlay.as_ref().filter(|_| self.login.is_none()) {
            Some(Overlay::Verify(verify)) if verify.takes_token() => self.token_line(text),
            Some(Overlay::Palette(_)) => self.palette_line(text),
            Some(Overlay::Menu(_) | Overlay::Columns(_) | Overlay::ViewList(_)) => self.dialog_line(text),
            Some(overlay) if overlay.is_only_read() => self.line_after_reading(text),
            Some(_) | None => self.screen_line(text),
        }
    }

    /// Returns the form that asks for its fields.
    pub(super) fn asked_form(&self) -> Option<&Form> {
        if let Some(login) = &self.login {
            return login.form();
        }
        match &self.overlay {
            Some(Overlay::Edit(edit)) => Some(edit.form()),
            Some(Overlay::SecondFactor(dialog)) => Some(dialog.form()),
            Some(_) | None => self.screen().and_then(Screen::form),
        }
    }

    fn asked_form_mut(&mut self) -> Option<&mut Form> {
        if let Some(login) = &mut self.login {
            return login.form_mut();
        }
        match &mut self.overlay {
            Some(Overlay::Edit(edit)) => edit.form_mut(),
            Some(Overlay::SecondFactor(dialog)) => dialog.form_mut(),
            Some(_) | None => None,
        }
    }

    /// Answers a question: by a key, or by the text that it wants.
    fn answer_line(&mut self, text: &str) -> Vec<Effect> {
        if self.asking.as_ref().is_some_and(Confirm::takes_secret) {
            let key = one_key(text).filter(|key| SECRET_KEYS.contains(&name(*key).as_str()));
            return match key {
                Some(key) => self.key_of(key, self.now),
                None => self.answer_text(text),
            };
        }
        let pressed = one_key(text);
        let takes_text = self.asking.as_ref().is_some_and(Confirm::takes_text);
        let has_way_to_reason = self.asking.as_ref().is_some_and(Confirm::has_way_to_reason);
        let is_key = |key: KeyEvent| match key.code {
            KeyCode::Esc => true,
            KeyCode::Tab => has_way_to_reason || !takes_text,
            _ => !takes_text,
        };
        match pressed {
            Some(key) if is_key(key) => self.key_of(key, self.now),
            Some(_) | None if takes_text => self.answer_text(text.trim()),
            Some(_) | None => self.complain("Answer y or n."),
        }
    }

    /// Returns true if a line asks for the whole page again: an empty one, except in a form, where it keeps a value.
    pub fn asks_for_page(&self, text: &str) -> bool {
        text.trim().is_empty() && (self.asking.is_some() || self.asked_form().is_none())
    }

    fn field_line(&mut self, text: &str) -> Vec<Effect> {
        let is_secret = self.asked_form().and_then(Form::question).is_some_and(|(_, is_secret)| is_secret);
        if let Some(quoted) = quoted(text).filter(|_| !is_secret) {
            return self.fill_in(quoted);
        }
        if self.login.is_none()
            && let Some(Overlay::Edit(edit)) = &mut self.overlay
            && edit.choose_target(text)
        {
            return self.send_form();
        }
        let keys = if is_secret { SECRET_KEYS } else { FORM_KEYS };
        let key = one_key(text).filter(|key| keys.contains(&name(*key).as_str()));
        if let Some(key) = key {
            return self.key_of(key, self.now);
        }
        self.fill_in(text)
    }

    /// Puts a text into the field that is asked about.
    fn fill_in(&mut self, text: &str) -> Vec<Effect> {
        let Some(form) = self.asked_form_mut() else { return Vec::new() };
        match form.fill(text) {
            Filled::Again | Filled::Next => Vec::new(),
            Filled::Last => self.send_form(),
        }
    }

    /// Sends the form that is asked about. One that cannot be sent yet says why each time.
    fn send_form(&mut self) -> Vec<Effect> {
        let effects = self.key_of(KeyEvent::from(KeyCode::Enter), self.now);
        match self.screen().and_then(|screen| screen.text(&self.context()).fault) {
            Some(fault) if effects.is_empty() => self.complain(&fault),
            Some(_) | None => effects,
        }
    }

    fn token_line(&mut self, text: &str) -> Vec<Effect> {
        let key = one_key(text).filter(|key| SECRET_KEYS.contains(&name(*key).as_str()));
        if let Some(key) = key {
            return self.key_of(key, self.now);
        }
        let mut effects = self.paste(text);
        effects.extend(self.key_of(KeyEvent::from(KeyCode::Enter), self.now));
        effects
    }

    /// Takes a line for the palette, in which a command is filled in: Enter runs it, another command replaces it.
    fn palette_line(&mut self, text: &str) -> Vec<Effect> {
        let text = text.trim();
        let key = one_key(text).filter(|key| ["esc", "enter", "tab"].contains(&name(*key).as_str()));
        match key {
            Some(key) => self.key_of(key, self.now),
            None if text.is_empty() => self.key_of(KeyEvent::from(KeyCode::Enter), self.now),
            None => self.run_line(text.strip_prefix(':').unwrap_or(text)),
        }
    }

    fn dialog_line(&mut self, text: &str) -> Vec<Effect> {
        match line::read(text) {
            PlainLine::Keys(keys) => keys.into_iter().flat_map(|key| self.key_of(key, self.now)).collect(),
            PlainLine::Again => Vec::new(),
            // A digit is a key here: there are no rows.
            PlainLine::Row(_) => text
                .trim()
                .chars()
                .flat_map(|digit| self.key_of(KeyEvent::from(KeyCode::Char(digit)), self.now))
                .collect(),
            PlainLine::Filter(_) | PlainLine::Command(_) | PlainLine::Unknown => {
                self.complain("Choose from the list above, or Esc.")
            }
        }
    }

    /// Takes a line behind a text that is only read: its own keys, or it is closed.
    fn line_after_reading(&mut self, text: &str) -> Vec<Effect> {
        match one_key(text) {
            Some(key) if ["esc", "enter", "y"].contains(&name(key).as_str()) => self.key_of(key, self.now),
            Some(_) | None => {
                self.overlay = None;
                self.screen_line(text)
            }
        }
    }

    fn screen_line(&mut self, text: &str) -> Vec<Effect> {
        let meaning = line::read(text);
        if meaning == PlainLine::Again {
            return Vec::new();
        }
        // Details were printed when they opened; the next line is for the list again.
        let had_details = self.front_screen().is_some_and(Screen::close_details);
        if had_details && one_key(text).is_some_and(|key| CLOSES.contains(&name(key).as_str())) {
            return Vec::new();
        }
        match meaning {
            PlainLine::Again => Vec::new(),
            PlainLine::Row(row) => self.row_line(row),
            PlainLine::Filter(filter) => self.filter_line(filter),
            PlainLine::Command(command) => self.run_line(command),
            PlainLine::Keys(keys) => keys.into_iter().flat_map(|key| self.key_of(key, self.now)).collect(),
            PlainLine::Unknown => {
                self.prefix = None;
                let kinds = "A line is a key, the number of a row, a /filter or a :command.";
                let hint = format!("{kinds} {}", self.with_its_key("? shows all keys."));
                let failure = Failure::new(FailureKind::Invalid, "This line has no meaning here.").hint(hint);
                self.fulfil_one(Ask::ShowError(failure))
            }
        }
    }

    fn front_screen(&mut self) -> Option<&mut dyn Screen> {
        self.screen_mut(self.current_screen())
    }

    fn row_line(&mut self, row: u64) -> Vec<Effect> {
        self.prefix = None;
        let total = self.screen().and_then(|screen| screen.text(&self.context()).total);
        match (row.checked_sub(1), total) {
            (Some(at), Some(total)) if at < total => self.fulfil_one(Ask::Row(at)),
            (_, Some(_)) => self.complain(&format!("There is no row {row}.")),
            (_, None) => self.complain("There are no rows here."),
        }
    }

    /// Replaces the filter of the list.
    fn filter_line(&mut self, filter: &str) -> Vec<Effect> {
        self.prefix = None;
        let mut effects = self.key_of(KeyEvent::from(KeyCode::Char('/')), self.now);
        if !self.screen().is_some_and(Screen::takes_text) {
            return effects;
        }
        let keys = [KeyEvent::from(KeyCode::End), KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL)];
        effects.extend(keys.into_iter().flat_map(|key| self.key_of(key, self.now)));
        if !filter.is_empty() {
            effects.extend(self.paste(filter));
        }
        effects.extend(self.key_of(KeyEvent::from(KeyCode::Enter), self.now));
        // A text that is no filter leaves the line open; its error is told once, and what was in force stays.
        if self.screen().is_some_and(Screen::takes_text) {
            let context = self.context();
            let fault = self.screen().and_then(|screen| screen.text(&context).fault);
            effects.extend(self.key_of(KeyEvent::from(KeyCode::Esc), self.now));
            effects.extend(self.complain(&fault.unwrap_or_default()));
        }
        effects
    }

    /// Runs a command; without one, the palette asks for it.
    fn run_line(&mut self, command: &str) -> Vec<Effect> {
        self.prefix = None;
        self.overlay = None;
        let mut effects = self.key_of(KeyEvent::from(KeyCode::Char(':')), self.now);
        if command.is_empty() {
            return effects;
        }
        effects.extend(self.paste(command));
        effects.extend(self.key_of(KeyEvent::from(KeyCode::Enter), self.now));
        // A wrong command leaves the palette open. In lines there is nothing to mend in it, unless it was filled in.
        if matches!(&self.overlay, Some(Overlay::Palette(palette)) if palette.line() == command) {
            self.overlay = None;
        }
        effects
    }

    fn complain(&mut self, words: &str) -> Vec<Effect> {
        self.fulfil_one(Ask::refusal(words))
    }
}

/// Returns the text between double quotes, if it would be no text without them: a number, a key, or another pair of quotes.
fn quoted(line: &str) -> Option<&str> {
    let text = between_quotes(line.trim())?;
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_key = one_key(text).is_some_and(|key| FORM_KEYS.contains(&name(key).as_str()));
    (is_number || is_key || between_quotes(text).is_some()).then_some(text)
}

fn between_quotes(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"').filter(|text| !text.is_empty())
}

/// Returns the key that a line names, if it names one.
fn one_key(text: &str) -> Option<KeyEvent> {
    line::key(text.trim())
}
