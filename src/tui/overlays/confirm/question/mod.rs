//! The words and the keys of a question: its headline, what would happen, and how it is answered.

mod view;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;

use crate::domain::journal::Reason;
use crate::domain::text::visible;
use crate::service::contract::ReasonNeed;
use crate::tui::context::Context;
use crate::tui::keys::{self, Help};

use super::Choice;
use super::layout::draw;
use super::password::PasswordField;
use super::reason::ReasonField;

/// The number of letters that can be typed beyond the wanted text, so that a longer text is seen not to match.
const SPARE: usize = 20;

/// The key that cancels, for the footer.
pub(super) const CANCEL: Help = Help::of_dialog(&["esc"], "cancel");

/// A question with its answer as far as it is typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    headline: String,
    lines: Vec<String>,
    /// The word of the button that accepts.
    word: &'static str,
    /// The text to type instead of `y`.
    wanted: Option<String>,
    typed: String,
    /// Set after Enter was pressed on the wanted text, where the password follows.
    is_named: bool,
    /// The field for the operator's password, if the action needs it.
    pub(super) password: Option<PasswordField>,
    /// Set after Enter was pressed on another text than the wanted one.
    mismatch: bool,
    /// The field for a reason, if the action has one.
    reason: Option<ReasonField>,
    /// The index of the first line shown, if there is no room for all.
    top: usize,
    /// Set while the terminal shows the question, so that it can be answered.
    pub(super) shown: bool,
}

impl Question {
    /// Creates a question with nothing typed; `wanted` is to be typed instead of `y`.
    pub(super) fn new(
        headline: String,
        lines: Vec<String>,
        word: &'static str,
        wanted: Option<String>,
    ) -> Self {
        Self {
            headline,
            lines,
            word,
            wanted,
            typed: String::new(),
            is_named: false,
            password: None,
            mismatch: false,
            reason: None,
            top: 0,
            shown: false,
        }
    }

    /// Adds the field for a reason, if the action has one, with the reason that was given before.
    pub(super) fn with_reason(self, need: ReasonNeed, given: Option<&Reason>) -> Self {
        Self { reason: ReasonField::new(need, given, self.wanted.is_some()), ..self }
    }

    /// Returns the reason that was typed.
    pub(super) fn reason(&self) -> Option<Reason> {
        self.reason.as_ref().and_then(ReasonField::reason)
    }

    /// Returns true if the field for the reason has the cursor.
    fn is_in_reason(&self) -> bool {
        self.reason.as_ref().is_some_and(|reason| reason.has_cursor)
    }

    /// Returns the keys for the footer.
    pub(super) fn hints(&self) -> Vec<Help> {
        let hint = Help::of_dialog;
        let reason = self.reason.as_ref().filter(|reason| !reason.has_cursor);
        let reason = reason.map(|_| hint(&["tab"], "reason"));
        if let Some(password) = self.password.as_ref().filter(|_| self.is_at_password()) {
            let accept = (!password.is_empty()).then(|| hint(&["enter"], self.word));
            return accept.into_iter().chain(reason).chain([hint(&["f2"], "show"), CANCEL]).collect();
        }
        let accept = if self.is_entered() {
            Some(hint(&["enter"], self.enter_word()))
        } else if self.is_in_reason() || self.wanted.is_some() {
            None
        } else {
            Some(hint(&["y"], self.word))
        };
        accept.into_iter().chain(reason).chain([CANCEL]).collect()
    }

    /// Returns true if Enter accepts: what is to be typed was typed.
    fn is_entered(&self) -> bool {
        let is_wanted = self.wanted.is_none() || self.is_typed();
        match &self.reason {
            Some(reason) if reason.has_cursor => is_wanted && !reason.is_empty(),
            Some(_) | None => self.wanted.is_some() && is_wanted,
        }
    }

    /// Returns the headline and the consequences.
    pub(super) fn text(&self) -> Vec<String> {
        let mut lines: Vec<_> =
            [&self.headline].into_iter().chain(&self.lines).map(|line| visible(line).into_owned()).collect();
        lines.extend(self.mismatch.then(|| "It does not match.".to_owned()));
        lines.extend(self.reason.as_ref().and_then(ReasonField::fault).map(str::to_owned));
        let fault = self.password.as_ref().and_then(PasswordField::fault);
        lines.extend(fault.map(|fault| visible(fault).into_owned()));
        lines
    }

    /// Replaces the words of the question. What was typed stays.
    pub(super) fn reword(&mut self, headline: String, lines: Vec<String>, word: &'static str) {
        (self.headline, self.lines, self.word) = (headline, lines, word);
        (self.mismatch, self.top) = (false, 0);
    }

    /// Returns true if the password is what is asked for now.
    pub(super) fn is_at_password(&self) -> bool {
        self.password.is_some() && !self.is_in_reason() && (self.wanted.is_none() || self.is_named)
    }

    /// Returns the word for Enter on the wanted text.
    fn enter_word(&self) -> &'static str {
        if self.password.is_some() { "go on" } else { self.word }
    }

    pub(super) fn words_to_answer(&self) -> String {
        let tab = if self.has_way_to_reason() { " Tab gives a reason." } else { "" };
        if self.is_at_password() {
            return format!("To {}, type your password.{tab} Esc cancels.", self.word);
        }
        match &self.wanted {
            _ if self.is_in_reason() => format!("To {}, type the reason. Esc cancels.", self.word),
            Some(wanted) => format!("To {}, type {wanted}.{tab} Esc cancels.", self.word),
            None if tab.is_empty() => format!("y {}, n cancel.", self.word),
            None => format!("y {}, Tab reason, n cancel.", self.word),
        }
    }

    pub(super) fn takes_text(&self) -> bool {
        self.wanted.is_some() || self.password.is_some() || self.is_in_reason()
    }

    /// Returns true if Tab leads to the field for the reason.
    pub(super) fn has_way_to_reason(&self) -> bool {
        self.reason.is_some() && !self.is_in_reason()
    }

    /// Takes a whole text in place of what was typed, and Enter behind it.
    pub(super) fn answer(&mut self, text: &str) -> Choice {
        if let Some(reason) = self.reason.as_mut().filter(|reason| reason.has_cursor) {
            reason.fill(text);
            return self.enter_reason();
        }
        if self.is_at_password() {
            if !self.has_fit_reason() {
                return Choice::Stay;
            }
            return self.password.as_mut().map_or(Choice::Stay, |password| password.answer(text));
        }
        let Some(wanted) = &self.wanted else { return Choice::Stay };
        self.typed.clear();
        self.mismatch = false;
        for letter in text.chars() {
            if takes(wanted, &self.typed, letter) {
                self.typed.push(letter);
            }
        }
        self.enter()
    }

    fn is_typed(&self) -> bool {
        self.wanted.as_deref() == Some(self.typed.trim())
    }

    /// Accepts the wanted text, cancels without any text, and says of another one that it does not match.
    fn enter(&mut self) -> Choice {
        if self.is_typed() {
            return self.accept();
        }
        if self.typed.trim().is_empty() {
            return Choice::Cancel;
        }
        self.mismatch = true;
        Choice::Stay
    }

    /// Accepts from the field for the reason, or goes on to what else is to be typed. An empty field accepts nothing, so that
    /// nobody does by Tab and Enter what needs a `y`.
    fn enter_reason(&mut self) -> Choice {
        let is_missing = self.wanted.is_some() && !self.is_typed();
        let Some(reason) = &mut self.reason else { return Choice::Stay };
        if !reason.is_fit() {
            return Choice::Stay;
        }
        if reason.is_empty() || is_missing {
            reason.has_cursor = false;
            return Choice::Stay;
        }
        if self.password.is_some() {
            reason.has_cursor = false;
        }
        self.accept()
    }

    /// Accepts, or goes on to the password, unless the reason is none or is missing: then it gets the cursor.
    fn accept(&mut self) -> Choice {
        if !self.has_fit_reason() {
            return Choice::Stay;
        }
        self.is_named = self.password.is_some();
        if self.is_named { Choice::Stay } else { Choice::Accept }
    }

    fn has_fit_reason(&mut self) -> bool {
        self.reason.as_mut().is_none_or(ReasonField::is_fit)
    }

    /// Takes pasted text, if the field for the reason or the one for the password has the cursor.
    pub(super) fn paste(&mut self, text: &str) -> bool {
        if self.is_at_password() {
            return self.password.as_mut().map(|password| password.paste(text)).is_some();
        }
        let reason = self.reason.as_mut().filter(|reason| reason.has_cursor);
        reason.map(|reason| reason.paste(text)).is_some()
    }

    pub(super) fn press(&mut self, context: &Context, key: KeyEvent) -> Choice {
        if matches!(key.code, KeyCode::Up | KeyCode::Down | KeyCode::PageUp | KeyCode::PageDown) {
            self.scroll(context, key.code);
            return Choice::Stay;
        }
        if self.password.as_ref().is_some_and(|password| password.is_sent) {
            return Choice::Stay;
        }
        if let Some(reason) = &mut self.reason {
            if matches!(key.code, KeyCode::Tab | KeyCode::BackTab) {
                reason.has_cursor = !reason.has_cursor;
                return Choice::Stay;
            }
            if reason.has_cursor {
                if key.code == KeyCode::Enter {
                    return self.enter_reason();
                }
                reason.press(key);
                return Choice::Stay;
            }
        }
        if self.is_at_password() {
            if key.code == KeyCode::Enter && !self.has_fit_reason() {
                return Choice::Stay;
            }
            return self.password.as_mut().map_or(Choice::Stay, |password| password.press(key));
        }
        let letter = keys::typed(key);
        let Some(wanted) = &self.wanted else {
            return match letter {
                Some('y') => self.accept(),
                Some('n' | 'q') => Choice::Cancel,
                Some(_) | None if key.code == KeyCode::Enter => Choice::Cancel,
                Some(_) | None => Choice::Stay,
            };
        };
        if key.code == KeyCode::Enter {
            return self.enter();
        }
        if key.code == KeyCode::Backspace {
            self.typed.pop();
            self.mismatch = false;
        } else if let Some(letter) = letter.filter(|letter| takes(wanted, &self.typed, *letter)) {
            self.typed.push(letter);
            self.mismatch = false;
        }
        Choice::Stay
    }

    pub(super) fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        draw(context, frame, &self.headline, &self.layout(context), self.top);
    }

    fn scroll(&mut self, context: &Context, code: KeyCode) {
        let layout = self.layout(context);
        let most = layout.overflow();
        let page = layout.room.saturating_sub(2).max(1);
        let top = self.top.min(most);
        let to = match code {
            KeyCode::Up => top.saturating_sub(1),
            KeyCode::PageUp => top.saturating_sub(page),
            KeyCode::PageDown => top + page,
            _ => top + 1,
        };
        self.top = to.min(most);
    }
}

/// Returns true if a letter can be part of the wanted text: only digits for a number, and no more than its length.
fn takes(wanted: &str, typed: &str, letter: char) -> bool {
    typed.chars().count() < wanted.chars().count() + SPARE
        && (letter.is_ascii_digit() || !wanted.bytes().all(|byte| byte.is_ascii_digit()))
}
