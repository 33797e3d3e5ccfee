//! The field for the operator's password in the question before a grave action.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::text::{Line, Span};

use crate::domain::secret::Secret;
use crate::domain::text::{visible, width};
use crate::tui::context::Context;
use crate::tui::theme::Theme;
use crate::tui::widgets::detail_lines::wrapped;
use crate::tui::widgets::field::InputField;
use crate::tui::widgets::table::skip_cells;

use super::Choice;

/// The words before the field.
const LABEL: &str = "Your password: ";

/// The field, and the state of the check of what was typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PasswordField {
    input: InputField,
    is_revealed: bool,
    /// Set while the password is checked.
    pub(super) is_sent: bool,
    /// The reason why the last one was refused, or why a pasted text was not taken.
    fault: Option<String>,
}

impl PasswordField {
    pub(super) fn new() -> Self {
        Self { input: InputField::secret(), is_revealed: false, is_sent: false, fault: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.input.is_empty()
    }

    pub(super) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Handles a key. Enter without a password cancels.
    pub(super) fn press(&mut self, key: KeyEvent) -> Choice {
        if self.is_sent {
            return Choice::Stay;
        }
        match key.code {
            KeyCode::Enter if self.is_empty() => return Choice::Cancel,
            KeyCode::Enter => return Choice::Prove,
            KeyCode::F(2) => self.is_revealed = !self.is_revealed,
            _ => {
                if self.input.press(key) {
                    self.fault = None;
                }
            }
        }
        Choice::Stay
    }

    /// Adds pasted text, unless a password is being checked.
    pub(super) fn paste(&mut self, text: &str) {
        if !self.is_sent {
            self.fault = self.input.paste(text).err().map(|why| format!("The pasted text was {why}."));
        }
    }

    /// Takes a whole text in place of what was typed, and Enter behind it.
    pub(super) fn answer(&mut self, text: &str) -> Choice {
        if self.is_sent {
            return Choice::Stay;
        }
        self.input.clear();
        self.paste(text);
        match self.fault {
            Some(_) => Choice::Stay,
            None => self.press(KeyEvent::from(KeyCode::Enter)),
        }
    }

    /// Returns the password, which is being checked from now on.
    pub(super) fn send(&mut self) -> Secret {
        self.is_sent = true;
        self.input.as_secret().cloned().unwrap_or_default()
    }

    /// Wipes the password and says why it was refused.
    pub(super) fn refuse(&mut self, why: String) {
        self.input.clear();
        self.is_sent = false;
        self.is_revealed = false;
        self.fault = Some(why);
    }

    /// Returns the field and, below it, why the last password was refused.
    pub(super) fn lines(&self, context: &Context, cells: usize, has_cursor: bool) -> Vec<Line<'static>> {
        let theme = context.theme;
        let mut lines = vec![self.line(theme, cells, has_cursor)];
        if let Some(fault) = &self.fault {
            let words = format!("{}{}", theme.sign("×", "x"), visible(fault));
            lines.extend(wrapped(&Line::styled(words, theme.bad()), cells));
        } else if self.is_sent && context.waiting {
            lines.push(Line::styled("checking…", theme.care()));
        }
        lines
    }

    fn line(&self, theme: Theme, cells: usize, has_cursor: bool) -> Line<'static> {
        let (typed, _) = self.input.shown(self.is_revealed, theme.shape("•", "*"));
        let cursor = if has_cursor { theme.shape("▏", "_") } else { "" };
        let typed = format!("{typed}{cursor}");
        let room = cells.saturating_sub(width(LABEL));
        let skip = width(&typed).saturating_sub(room);
        Line::from(vec![Span::raw(LABEL), Span::styled(skip_cells(&typed, skip, room), theme.accent())])
    }
}
