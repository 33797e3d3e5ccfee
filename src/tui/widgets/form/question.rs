//! A form as questions, one field after the other, for the front end in lines.

use crate::domain::text::visible;
use crate::service::contract::PASSWORD_RULE;
use crate::tui::widgets::field::InputField;

use super::{Form, Rule};

/// The next step after a field was filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// The same field is asked about again: it breaks its rule.
    Again,
    /// Another field follows.
    Next,
    /// It was the last field.
    Last,
}

impl Form {
    /// Returns the error of the field with the cursor.
    pub fn fault_text(&self) -> Option<String> {
        let row = self.rows.get(self.focus)?;
        row.fault.as_ref().map(|fault| visible(&format!("{} {fault}.", row.label)).into_owned())
    }

    /// Returns the label of the field with the cursor, the words or the rule that it takes, and the value that an empty
    /// line keeps; and true if it is a secret.
    pub fn question(&self) -> Option<(String, bool)> {
        let row = self.rows.get(self.focus)?;
        let takes = match (&row.input, row.rule) {
            (InputField::Choice { of, .. }, _) => of.join(" or "),
            (InputField::Secret(_), Rule::NewPassword) => PASSWORD_RULE.to_owned(),
            (InputField::Text(_) | InputField::Secret(_), rule) => rule.hint().to_owned(),
        };
        let takes = if takes.is_empty() { takes } else { format!(" ({takes})") };
        let value = visible(row.input.value());
        let value = if value.is_empty() { String::new() } else { format!(" [{value}]") };
        Some((format!("{}{takes}{value}:", row.label), row.input.as_secret().is_some()))
    }

    /// Puts a text into the field with the cursor; an empty one keeps its value, and so does one that breaks the rule.
    /// Moves on if the value obeys its rule.
    pub fn fill(&mut self, text: &str) -> Filled {
        let focus = self.focus;
        let Some(row) = self.rows.get_mut(focus) else { return Filled::Last };
        row.fault = None;
        let before = row.input.value().to_owned();
        if !text.is_empty() {
            row.fault = match &mut row.input {
                InputField::Choice { of, at } => match of.iter().position(|word| *word == text.trim()) {
                    Some(word) => {
                        *at = word;
                        None
                    }
                    None => Some(format!("must be {}", of.join(" or "))),
                },
                InputField::Text(_) | InputField::Secret(_) => {
                    row.input.clear();
                    row.input.paste(text).err()
                }
            };
        }
        if row.fault.is_none() {
            self.check(focus);
        }
        if let Some(row) = self.rows.get_mut(focus).filter(|row| row.fault.is_some()) {
            row.input.restore(before);
            return Filled::Again;
        }
        if focus + 1 == self.rows.len() {
            return Filled::Last;
        }
        self.focus += 1;
        Filled::Next
    }
}

#[cfg(test)]
mod tests {
    use super::super::Row;
    use super::*;
    use crate::domain::user::Field;

    fn form() -> Form {
        Form::new(vec![
            Row::account(Field::Email, "ada@nexus.example"),
            Row::new("Level", InputField::choice(&["user", "admin"], "user"), Rule::Required),
            Row::new("New password", InputField::secret(), Rule::NewPassword),
            Row::new("The same again", InputField::secret(), Rule::Again),
        ])
    }

    #[test]
    fn each_field_is_asked_about_and_an_empty_line_keeps_its_value() {
        let mut form = form();
        assert_eq!(form.question(), Some(("Email [ada@nexus.example]:".into(), false)));
        assert_eq!(form.fill(""), Filled::Next);
        assert_eq!(form.question(), Some(("Level (user or admin) [user]:".into(), false)));
        assert_eq!(form.fill("boss"), Filled::Again);
        assert_eq!(form.fault_text().unwrap(), "Level must be user or admin.");
        assert_eq!(form.fill("admin"), Filled::Next);
        assert_eq!((form.value(0), form.value(1)), ("ada@nexus.example", "admin"));
        assert!(form.question().unwrap().1, "a secret");
        assert_eq!(form.fill("short"), Filled::Again);
        assert_eq!(form.fill("correct horse battery staple"), Filled::Next);
        assert_eq!(form.fill("another"), Filled::Again);
        assert_eq!(form.fault_text().unwrap(), "The same again differs from the first.");
        assert_eq!(form.fill("correct horse battery staple"), Filled::Last);
    }

    #[test]
    fn a_field_that_is_required_is_asked_about_until_it_is_given() {
        let mut form = Form::new(vec![Row::new("Password", InputField::secret(), Rule::Required)]);
        assert_eq!(form.fill(""), Filled::Again);
        assert_eq!(form.fault_text().unwrap(), "Password must not be empty.");
        assert_eq!(form.fill("x"), Filled::Last);
        assert_eq!(form.secret(0).expose(), "x");
    }

    #[test]
    fn what_breaks_a_rule_is_asked_about_again() {
        let mut form = form();
        assert_eq!(form.fill("no address"), Filled::Again);
        assert!(form.fault_text().is_some());
        assert_eq!(
            form.question().unwrap().0,
            "Email [ada@nexus.example]:",
            "an empty line keeps what was there"
        );
        assert_eq!(form.fill("ada@example.org"), Filled::Next);
    }
}
