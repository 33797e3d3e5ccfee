//! An input field: a line of text, a secret, or one of a few words.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::{Input, InputRequest};

use crate::domain::secret::Secret;
use crate::domain::text::{visible, width, without_line_end};
use crate::tui::keys;

/// The maximum number of characters in a text field.
const MAX_TEXT: usize = 4_096;

/// The content of a field and the way it is edited.
#[derive(Debug, Clone)]
pub enum InputField {
    /// A line of text.
    Text(Input),
    /// A secret, typed into a fixed buffer that is wiped; it is edited at its end only.
    Secret(Secret),
    /// One of a few words.
    Choice {
        of: &'static [&'static str],
        /// The index of the chosen word.
        at: usize,
    },
}

impl PartialEq for InputField {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.value() == b.value() && a.cursor() == b.cursor(),
            (Self::Secret(a), Self::Secret(b)) => a == b,
            (Self::Choice { of, at }, Self::Choice { of: other_of, at: other_at }) => {
                of == other_of && at == other_at
            }
            _ => false,
        }
    }
}

impl InputField {
    /// Creates a text field that holds `text`, with the cursor at its end.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Input::new(text.into()))
    }

    /// Creates an empty secret field.
    pub fn secret() -> Self {
        Self::Secret(Secret::new())
    }

    /// Creates a choice that starts at `word`.
    pub fn choice(of: &'static [&'static str], word: &str) -> Self {
        Self::Choice { of, at: of.iter().position(|one| *one == word).unwrap_or_default() }
    }

    /// Returns the text or the chosen word; empty for a secret.
    pub fn value(&self) -> &str {
        match self {
            Self::Text(input) => input.value(),
            Self::Secret(_) => "",
            Self::Choice { of, at } => of.get(*at).copied().unwrap_or_default(),
        }
    }

    /// Returns the secret, if this is one.
    pub fn as_secret(&self) -> Option<&Secret> {
        match self {
            Self::Secret(secret) => Some(secret),
            Self::Text(_) | Self::Choice { .. } => None,
        }
    }

    /// Returns true if nothing was typed.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Secret(secret) => secret.is_empty(),
            Self::Text(_) | Self::Choice { .. } => self.value().is_empty(),
        }
    }

    /// Clears the field; wipes a secret.
    pub fn clear(&mut self) {
        match self {
            Self::Text(input) => input.reset(),
            Self::Secret(secret) => secret.clear(),
            Self::Choice { at, .. } => *at = 0,
        }
    }

    /// Gives a text field an earlier text again, and clears a secret. A choice never holds anything wrong.
    pub fn restore(&mut self, text: String) {
        match self {
            Self::Text(input) => *input = Input::new(text),
            Self::Secret(secret) => secret.clear(),
            Self::Choice { .. } => {}
        }
    }

    /// Returns the text before the cursor; empty for a secret.
    pub fn before_cursor(&self) -> &str {
        match self {
            Self::Text(input) => {
                let end = input.value().char_indices().nth(input.cursor()).map(|(at, _)| at);
                input.value().get(..end.unwrap_or(input.value().len())).unwrap_or_default()
            }
            Self::Secret(_) | Self::Choice { .. } => "",
        }
    }

    /// Replaces the text between a byte and the cursor. Only a text field does it.
    pub fn replace_before_cursor(&mut self, start: usize, text: &str) {
        let before = self.before_cursor();
        let after = self.value().get(before.len()..).unwrap_or_default();
        let kept = before.get(..start).unwrap_or(before);
        let cursor = kept.chars().count() + text.chars().count();
        let value = format!("{kept}{text}{after}");
        if let Self::Text(input) = self {
            *input = Input::new(value).with_cursor(cursor);
        }
    }

    /// Edits the field. Returns false if the key does not edit.
    pub fn press(&mut self, key: KeyEvent) -> bool {
        match self {
            Self::Text(input) => edit_text(input, key),
            Self::Secret(secret) => edit_secret(secret, key),
            Self::Choice { of, at } => match key.code {
                KeyCode::Right | KeyCode::Char(' ') => {
                    *at = (*at + 1) % of.len().max(1);
                    true
                }
                KeyCode::Left => {
                    *at = at.checked_sub(1).unwrap_or(of.len().saturating_sub(1));
                    true
                }
                _ => false,
            },
        }
    }

    /// Pastes text at the cursor, without a line end behind it; in a text, control characters become blanks.
    ///
    /// # Errors
    ///
    /// A sentence for the operator: a text that is too long is cut, a secret that cannot be one is left as it was.
    pub fn paste(&mut self, text: &str) -> Result<(), String> {
        match self {
            Self::Text(input) => {
                let text = without_line_end(text);
                let room = MAX_TEXT.saturating_sub(input.value().chars().count());
                for c in text.chars().take(room) {
                    input.handle(InputRequest::InsertChar(if c.is_control() { ' ' } else { c }));
                }
                if text.chars().nth(room).is_some() { Err("cut: too long".into()) } else { Ok(()) }
            }
            Self::Secret(secret) => secret.push_given(text).map_err(|unfit| format!("not taken: {unfit}")),
            Self::Choice { .. } => Ok(()),
        }
    }

    /// Returns the text to draw, and the cell of the cursor in it.
    pub fn shown(&self, reveal: bool, dot: &str) -> (String, usize) {
        match self {
            Self::Text(input) => {
                let shown = visible(input.value()).into_owned();
                let before: String = input.value().chars().take(input.cursor()).collect();
                (shown, width(&visible(&before)))
            }
            Self::Secret(secret) => {
                let shown =
                    if reveal { visible(secret.expose()).into_owned() } else { dot.repeat(secret.chars()) };
                let end = width(&shown);
                (shown, end)
            }
            Self::Choice { .. } => (format!("◂ {} ▸", self.value()), 2),
        }
    }
}

fn edit_text(input: &mut Input, key: KeyEvent) -> bool {
    let word = key.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::CONTROL);
    let request = match key.code {
        KeyCode::Backspace if word => InputRequest::DeletePrevWord,
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Left if word => InputRequest::GoToPrevWord,
        KeyCode::Right if word => InputRequest::GoToNextWord,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        KeyCode::Char(c) if key.modifiers == KeyModifiers::CONTROL => match c {
            'a' => InputRequest::GoToStart,
            'e' => InputRequest::GoToEnd,
            'w' => InputRequest::DeletePrevWord,
            'u' => InputRequest::DeleteFromStart,
            'k' => InputRequest::DeleteTillEnd,
            'h' => InputRequest::DeletePrevChar,
            _ => return false,
        },
        _ => match keys::typed(key) {
            Some(c) if input.value().chars().count() < MAX_TEXT => InputRequest::InsertChar(c),
            _ => return false,
        },
    };
    input.handle(request);
    true
}

fn edit_secret(secret: &mut Secret, key: KeyEvent) -> bool {
    match key.code {
        KeyCode::Backspace => secret.pop(),
        KeyCode::Char('h') if key.modifiers == KeyModifiers::CONTROL => secret.pop(),
        KeyCode::Char('u' | 'w') if key.modifiers == KeyModifiers::CONTROL => secret.clear(),
        _ => match keys::typed(key) {
            // A full secret takes no more characters; the policy says how long it may be.
            Some(c) => return secret.push_typed(c).is_ok(),
            None => return false,
        },
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::keys;

    fn typed(mut field: InputField, script: &str) -> InputField {
        for key in keys(script) {
            field.press(key);
        }
        field
    }

    #[test]
    fn text_is_edited_as_in_a_shell() {
        assert_eq!(typed(InputField::text("ada"), "x<backspace>!").value(), "ada!");
        assert_eq!(typed(InputField::text("one two"), "<ctrl-w>3").value(), "one 3");
        assert_eq!(typed(InputField::text("ada"), "<home>L<end>s").value(), "Ladas");
        assert_eq!(typed(InputField::text("ada"), "<ctrl-u>").value(), "");
    }

    #[test]
    fn the_text_before_the_cursor_is_replaced() {
        let mut field = typed(InputField::text("häx user:al now"), "<left><left><left><left>");
        assert_eq!(field.before_cursor(), "häx user:al");
        field.replace_before_cursor("häx user:".len(), "alän");
        assert_eq!((field.value(), field.before_cursor()), ("häx user:alän now", "häx user:alän"));
    }

    #[test]
    fn secrets_are_typed_at_the_end_and_shown_as_dots() {
        let field = typed(InputField::secret(), "häm<backspace>x");
        assert_eq!(field.as_secret().map(Secret::expose), Some("häx"));
        assert_eq!(field.value(), "");
        assert_eq!(field.shown(false, "•"), ("•••".into(), 3));
        assert_eq!(field.shown(true, "•"), ("häx".into(), 3));
    }

    #[test]
    fn a_choice_goes_round() {
        let field = InputField::choice(&["user", "admin"], "admin");
        assert_eq!(field.value(), "admin");
        assert_eq!(typed(field.clone(), "<right>").value(), "user");
        assert_eq!(typed(field, "<left><left>").value(), "admin");
    }

    #[test]
    fn pastes_are_cut_and_cleaned() {
        let mut field = InputField::text("");
        assert_eq!(field.paste("a\x1b[0m\tb\n"), Ok(()));
        assert_eq!(field.value(), "a [0m b");
        assert!(field.paste(&"x".repeat(1_000_000)).is_err());
        assert_eq!(field.value().chars().count(), MAX_TEXT);
        let mut secret = InputField::secret();
        assert!(secret.paste(&"x".repeat(300)).is_err());
        assert!(secret.is_empty());
    }

    #[test]
    fn a_pasted_secret_is_taken_without_its_line_end_or_not_at_all() {
        for pasted in ["häx", "häx\n", "häx\r\n", "häx\r", "\u{feff}häx\r"] {
            let mut secret = InputField::secret();
            assert_eq!(secret.paste(pasted), Ok(()));
            assert_eq!(secret.as_secret().map(Secret::expose), Some("häx"), "{pasted:?}");
        }
        let mut secret = typed(InputField::secret(), "ab");
        for pasted in ["x\ry", "x\n\n", "x\0", "\u{1b}x", "x\u{9b}"] {
            let words = secret.paste(pasted).unwrap_err();
            assert!(words.contains("control character"), "{words}");
        }
        assert_eq!(secret.as_secret().map(Secret::expose), Some("ab"));
        let mut text = InputField::text("");
        for line in ["a\r\n", "b\r", "c\n"] {
            assert_eq!(text.paste(line), Ok(()));
        }
        assert_eq!(text.value(), "abc");
    }

    #[test]
    fn hostile_text_is_drawn_visibly_with_the_cursor_behind_it() {
        assert_eq!(InputField::text("a\u{202e}").shown(false, "•"), ("a<U+202E>".into(), 9));
    }
}
