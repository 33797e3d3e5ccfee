//! A form: a column of labelled fields, each checked when the cursor leaves it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::domain::directory::{check_name, check_path};
use crate::domain::secret::Secret;
use crate::domain::text::{visible, width, wrap};
use crate::domain::time::parse_span;
use crate::domain::user::{Field, Who};
use crate::service::contract::{PasswordOwner, strength};
use crate::tui::keys;
use crate::tui::theme::Theme;

use super::field::InputField;

/// Returns true if a note has room on the line of a label.
fn fits_beside(label: &str, note: &str, columns: u16) -> bool {
    note.is_empty() || width(label) + 2 + width(note) <= usize::from(columns)
}

/// The number of lines of a field: label and note, then the value.
const LINES_PER_FIELD: u16 = 2;

/// The rule that a field must obey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The field must not be empty.
    Required,
    /// The rule of this field of an account; only an optional field may be empty.
    Account(Field),
    /// A new password that the policy accepts.
    NewPassword,
    /// The same as the new password.
    Again,
    /// A span of time such as `8h`.
    Span,
    /// A name of an account.
    Who,
    /// One component of a path.
    Name,
    /// A path below the media root.
    Path,
}

/// A row of a form: a labelled field.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub label: &'static str,
    pub input: InputField,
    pub rule: Rule,
    /// The error that is shown beside the label.
    pub fault: Option<String>,
    /// The text at first. An unchanged text is not checked: an account keeps what another program wrote.
    was: String,
}

impl Row {
    /// Creates a row without an error.
    pub fn new(label: &'static str, input: InputField, rule: Rule) -> Self {
        let was = input.value().trim().to_owned();
        Self { label, input, rule, fault: None, was }
    }

    /// Creates the row of a text field of an account.
    pub fn account(field: Field, text: impl Into<String>) -> Self {
        Self::new(field.label(), InputField::text(text), Rule::Account(field))
    }

    fn required(&self) -> bool {
        match self.rule {
            Rule::Account(field) => field.spec().is_some_and(|spec| spec.required),
            _ => true,
        }
    }
}

/// The response of a form to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormResponse {
    /// The form handled the key.
    Handled,
    /// All fields are valid: the form is submitted.
    Submit,
    /// The key means nothing in a form.
    Ignored,
}

/// A column of fields, one of which has the cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    rows: Vec<Row>,
    focus: usize,
    reveal: bool,
}

impl Form {
    /// Creates a form with the cursor in its first field.
    pub fn new(rows: Vec<Row>) -> Self {
        Self { rows, focus: 0, reveal: false }
    }

    /// Returns the text of the field at `index`; empty for a secret.
    pub fn value(&self, index: usize) -> &str {
        self.rows.get(index).map_or("", |row| row.input.value())
    }

    /// Returns a copy of the secret at `index`; empty for a text.
    pub fn secret(&self, index: usize) -> Secret {
        self.rows.get(index).and_then(|row| row.input.as_secret()).cloned().unwrap_or_default()
    }

    /// Returns the text of a field of an account, if the form has that field.
    pub fn account(&self, field: Field) -> Option<String> {
        let row = self.rows.iter().find(|row| row.rule == Rule::Account(field))?;
        Some(row.input.value().trim().to_owned())
    }

    /// Clears the secrets and puts the cursor into the first of them.
    pub fn clear_secrets(&mut self) {
        let mut first = None;
        for (index, row) in self.rows.iter_mut().enumerate() {
            if row.input.as_secret().is_some() {
                row.input.clear();
                row.fault = None;
                first = first.or(Some(index));
            }
        }
        self.focus = first.unwrap_or(self.focus);
        self.reveal = false;
    }

    /// Shows an error at the field that it is about, and puts the cursor there. Returns false if the form has no such
    /// field.
    pub fn blame(&mut self, field: Field, fault: &str) -> bool {
        let about = |row: &Row| match field {
            Field::Password => row.rule == Rule::NewPassword,
            Field::Span => row.rule == Rule::Span,
            Field::DirectoryName => matches!(row.rule, Rule::Name | Rule::Path),
            _ => row.rule == Rule::Account(field),
        };
        let Some(index) = self.rows.iter().position(about) else { return false };
        self.focus = index;
        if let Some(row) = self.rows.get_mut(index) {
            row.fault = Some(fault.to_owned());
        }
        true
    }

    /// Handles a key: edits, moves, or submits.
    pub fn press(&mut self, key: KeyEvent) -> FormResponse {
        let control = key.modifiers == KeyModifiers::CONTROL;
        match key.code {
            KeyCode::Tab | KeyCode::Down => self.go((self.focus + 1) % self.rows.len().max(1)),
            KeyCode::BackTab | KeyCode::Up => {
                let n = self.rows.len().max(1);
                self.go((self.focus + n - 1) % n);
            }
            KeyCode::F(2) => self.reveal = !self.reveal,
            KeyCode::Enter => return self.enter(),
            KeyCode::Char('s') if control => return self.submit(),
            _ => {
                let Some(row) = self.rows.get_mut(self.focus) else { return FormResponse::Ignored };
                if row.input.as_secret().is_some() && keys::typed(key).is_some_and(char::is_control) {
                    row.fault = Some("takes no control characters".into());
                    return FormResponse::Handled;
                }
                if !row.input.press(key) {
                    return FormResponse::Ignored;
                }
                row.fault = None;
            }
        }
        FormResponse::Handled
    }

    /// Pastes text into the field with the cursor.
    pub fn paste(&mut self, text: &str) {
        if let Some(row) = self.rows.get_mut(self.focus) {
            row.fault = row.input.paste(text).err();
        }
    }

    /// Moves to another field; checks the one it leaves if anything was typed there.
    fn go(&mut self, to: usize) {
        if self.rows.get(self.focus).is_some_and(|row| !row.input.is_empty()) {
            self.check(self.focus);
        }
        self.focus = to;
    }

    /// Moves to the first required field that is empty, or else submits.
    fn enter(&mut self) -> FormResponse {
        match self.rows.iter().position(|row| row.required() && row.input.is_empty()) {
            Some(empty) if empty != self.focus => {
                self.go(empty);
                FormResponse::Handled
            }
            _ => self.submit(),
        }
    }

    fn submit(&mut self) -> FormResponse {
        for index in 0..self.rows.len() {
            self.check(index);
        }
        match self.rows.iter().position(|row| row.fault.is_some()) {
            Some(wrong) => {
                self.focus = wrong;
                FormResponse::Handled
            }
            None => FormResponse::Submit,
        }
    }

    fn check(&mut self, index: usize) {
        let fault = self.fault(index);
        if let Some(row) = self.rows.get_mut(index) {
            row.fault = fault;
        }
    }

    fn fault(&self, index: usize) -> Option<String> {
        let row = self.rows.get(index)?;
        let text = row.input.value().trim();
        if row.input.is_empty() {
            return row.required().then(|| "must not be empty".into());
        }
        let broken = match row.rule {
            Rule::Required => None,
            Rule::Account(_) if text == row.was => None,
            Rule::Account(field) => field.check(text).err(),
            Rule::Span => parse_span(text).is_none().then_some("a time such as 8h, 30m or 7d"),
            Rule::Who => Who::parse(row.input.value()).err(),
            Rule::Name => check_name(row.input.value()).err(),
            Rule::Path => check_path(row.input.value()).err(),
            Rule::NewPassword => return self.password_objection(row.input.as_secret()?),
            Rule::Again => {
                let first = self.rows.iter().find(|row| row.rule == Rule::NewPassword)?.input.as_secret()?;
                (Some(first) != row.input.as_secret()).then_some("differs from the first")
            }
        };
        broken.map(str::to_owned)
    }

    fn password_objection(&self, secret: &Secret) -> Option<String> {
        self.with_about(|about| strength(secret, about).objection)
    }

    fn with_about<T>(&self, work: impl FnOnce(&PasswordOwner<'_>) -> T) -> T {
        let of = |field| self.account(field).unwrap_or_default();
        let (username, email) = (of(Field::Username), of(Field::Email));
        let (first_name, last_name) = (of(Field::FirstName), of(Field::LastName));
        work(&PasswordOwner {
            username: &username,
            email: &email,
            first_name: &first_name,
            last_name: &last_name,
        })
    }

    /// Returns the number of lines that the whole form takes in so many columns.
    pub fn lines(&self, columns: u16, theme: Theme) -> u16 {
        (0..self.rows.len()).map(|index| self.row_lines(index, columns, theme)).sum()
    }

    /// Returns the number of lines of a field: two, and those of a note that does not fit beside its label.
    fn row_lines(&self, index: usize, columns: u16, theme: Theme) -> u16 {
        let Some(row) = self.rows.get(index) else { return 0 };
        let (note, _) = self.note(row, index == self.focus, theme);
        let below =
            if fits_beside(row.label, &note, columns) { 0 } else { wrap(&note, columns.into()).len() };
        LINES_PER_FIELD + below as u16
    }

    /// Draws as many fields as fit, among them the one with the cursor.
    pub fn view(&self, frame: &mut Frame<'_>, area: Rect, theme: Theme) {
        let lines = |index| self.row_lines(index, area.width, theme);
        let mut first = self.focus;
        let mut used = lines(first);
        while first > 0 && used + lines(first - 1) <= area.height {
            first -= 1;
            used += lines(first);
        }
        let mut y = area.y;
        for (index, row) in self.rows.iter().enumerate().skip(first) {
            let height = lines(index);
            let room = area.bottom().saturating_sub(y);
            // What is wrong with the field that has the cursor is cut where all of it has no room.
            if room < LINES_PER_FIELD || height > room && index != self.focus {
                break;
            }
            self.view_row(
                frame,
                Rect { y, height: height.min(room), ..area },
                theme,
                index == self.focus,
                row,
            );
            y += height.min(room);
        }
    }

    fn view_row(&self, frame: &mut Frame<'_>, area: Rect, theme: Theme, focused: bool, row: &Row) {
        let label_style = if focused { theme.accent() } else { theme.quiet() };
        let (note, note_style) = self.note(row, focused, theme);
        let mut label = vec![Span::styled(row.label, label_style)];
        if fits_beside(row.label, &note, area.width) {
            label.extend([Span::raw("  "), Span::styled(note, note_style)]);
        } else {
            let below = Rect { y: area.y + LINES_PER_FIELD, height: area.height - LINES_PER_FIELD, ..area };
            for (place, part) in below.rows().zip(wrap(&note, area.width.into())) {
                frame.render_widget(Line::styled(part.to_owned(), note_style), place);
            }
        }
        frame.render_widget(Line::from(label), Rect { height: 1, ..area });

        let (shown, cursor) = row.input.shown(self.reveal, theme.shape("•", "*"));
        let cells = usize::from(area.width);
        let skip = (cursor + 1).saturating_sub(cells);
        let text = super::table::skip_cells(&shown, skip, cells);
        let line_style = if focused { theme.accent() } else { theme.quiet() };
        let value = Line::from(Span::styled(text, line_style.add_modifier(Modifier::UNDERLINED)));
        frame.render_widget(value, Rect { y: area.y + 1, height: 1, ..area });
        if focused {
            frame.set_cursor_position(Position {
                x: area.x + cursor.saturating_sub(skip) as u16,
                y: area.y + 1,
            });
        }
    }

    /// Returns the note beside the label: the error, or else the strength of a new password, or else a hint.
    fn note(&self, row: &Row, focused: bool, theme: Theme) -> (String, ratatui::style::Style) {
        if let Some(fault) = &row.fault {
            return (visible(&format!("{} {fault}", theme.shape("×", "x"))).into_owned(), theme.bad());
        }
        match (&row.input, row.rule) {
            (InputField::Secret(secret), Rule::NewPassword) if !secret.is_empty() => {
                let strength = self.with_about(|about| strength(secret, about));
                let filled = usize::from(strength.score) + 1;
                let bar = theme.shape("█", "#").repeat(filled)
                    + &theme.shape("░", "-").repeat(5_usize.saturating_sub(filled));
                match strength.objection {
                    Some(objection) => (format!("{bar} {objection}"), theme.care()),
                    None => (format!("{bar} {}", strength.word), theme.good()),
                }
            }
            (InputField::Secret(_), Rule::NewPassword) if focused => {
                (crate::service::contract::PASSWORD_RULE.to_owned(), theme.quiet())
            }
            (InputField::Secret(_), _) if focused => {
                (if self.reveal { "F2 hides" } else { "F2 shows" }.to_owned(), theme.quiet())
            }
            (InputField::Choice { .. }, _) if focused => ("← → change".to_owned(), theme.quiet()),
            _ if focused && !row.required() => ("may be empty".to_owned(), theme.quiet()),
            _ => (String::new(), theme.quiet()),
        }
    }
}

#[cfg(test)]
mod tests;
