//! A form: a column of labelled fields, each checked when the cursor leaves it.

mod question;
mod view;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::domain::directory::{check_name, check_path};
use crate::domain::secret::Secret;
use crate::domain::session::SessionLabel;
use crate::domain::time::parse_span;
use crate::domain::user::{Field, Who};
use crate::service::contract::{PasswordOwner, strength};
use crate::tui::keys;

use super::field::InputField;

pub use question::Filled;

/// The rule that a field must obey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The field must not be empty.
    Required,
    /// The field takes anything, and may be empty.
    Anything,
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
    /// The label of a token; may be empty.
    Label,
}

impl Rule {
    /// Returns what a field with this rule takes, where its label does not say it.
    const fn hint(self) -> &'static str {
        match self {
            Self::Span => "such as 8h, 30m or 7d",
            Self::Who => "username, email or id",
            Self::Path => "its whole path",
            Self::Label => "what it is for",
            Self::Required
            | Self::Anything
            | Self::Account(_)
            | Self::NewPassword
            | Self::Again
            | Self::Name => "",
        }
    }
}

/// A row of a form: a labelled field.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub label: &'static str,
    pub input: InputField,
    pub rule: Rule,
    /// The error that is shown beside the field.
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

    /// Returns true if the field holds something else than at first.
    fn is_changed(&self) -> bool {
        match self.input.as_secret() {
            Some(secret) => !secret.is_empty(),
            None => self.input.value().trim() != self.was,
        }
    }

    fn required(&self) -> bool {
        match self.rule {
            Rule::Account(field) => field.spec().is_some_and(|spec| spec.required),
            Rule::Label | Rule::Anything => false,
            Rule::Required
            | Rule::NewPassword
            | Rule::Again
            | Rule::Span
            | Rule::Who
            | Rule::Name
            | Rule::Path => true,
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

/// The place of the labels of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labels {
    /// Each label is above its field, with a blank line between two fields.
    Spaced,
    /// Each label is above its field.
    Above,
    /// Each label is left of its field, on the same line.
    Left,
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

    /// Returns the labels of the fields that hold something else than at first.
    pub fn changed(&self) -> impl Iterator<Item = &'static str> {
        self.rows.iter().filter(|row| row.is_changed()).map(|row| row.label)
    }

    /// Returns true if it has more than one field.
    pub fn has_several(&self) -> bool {
        self.rows.len() > 1
    }

    /// Returns true if a field is a secret.
    pub fn has_secret(&self) -> bool {
        self.rows.iter().any(|row| row.input.as_secret().is_some())
    }

    /// Returns the text of the field at `index`; empty for a secret.
    pub fn value(&self, index: usize) -> &str {
        self.rows.get(index).map_or("", |row| row.input.value())
    }

    /// Replaces the text of the field at `index`.
    pub fn set_text(&mut self, index: usize, text: String) {
        if let Some(row) = self.rows.get_mut(index) {
            row.input = InputField::text(text);
            row.fault = None;
        }
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

    /// Wipes the secrets and hides what will be typed. The cursor stays where it is.
    pub fn wipe_secrets(&mut self) {
        let focus = self.focus;
        self.clear_secrets();
        self.focus = focus;
    }

    /// Shows an error at the field that it is about, and puts the cursor there. Returns false if the form has no such
    /// field.
    pub fn blame(&mut self, field: Field, fault: &str) -> bool {
        let about = |row: &Row| match field {
            Field::Password => row.rule == Rule::NewPassword,
            Field::Span => row.rule == Rule::Span,
            Field::Label => row.rule == Rule::Label,
            Field::DirectoryName => matches!(row.rule, Rule::Name | Rule::Path),
            Field::FirstName
            | Field::LastName
            | Field::Username
            | Field::Email
            | Field::ContactNumber
            | Field::Address
            | Field::AccessLevel
            | Field::Status
            | Field::ValidFrom
            | Field::ExpiresOn
            | Field::Note => row.rule == Rule::Account(field),
        };
        let Some(index) = self.rows.iter().position(about) else { return false };
        self.focus = index;
        if let Some(row) = self.rows.get_mut(index) {
            let bare = fault.strip_prefix(field.label()).and_then(|rest| rest.strip_prefix(": "));
            row.fault = Some(bare.unwrap_or(fault).to_owned());
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
            Rule::Required | Rule::Anything => None,
            Rule::Account(_) if text == row.was => None,
            Rule::Account(field) => field.check(text).err(),
            Rule::Span => parse_span(text).is_none().then_some("a time such as 8h, 30m or 7d"),
            Rule::Who => Who::parse(row.input.value()).err(),
            Rule::Name => check_name(row.input.value()).err(),
            Rule::Path => check_path(row.input.value()).err(),
            Rule::Label => SessionLabel::parse(text).err(),
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
            // The service knows it.
            host: "",
        })
    }
}

#[cfg(test)]
mod tests;
