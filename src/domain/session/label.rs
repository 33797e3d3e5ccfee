//! The label of a session: a few words of whoever issued it.

use crate::domain::text::line_of_words;

/// The most characters of a label.
const MOST_CHARS: usize = 100;

/// A few words that tell what a token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLabel(String);

impl SessionLabel {
    /// Returns the label that a text is, without the blanks around it.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        line_of_words(text, MOST_CHARS, "takes at most 100 characters").map(Self)
    }

    /// Returns the label as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_short_line() {
        assert_eq!(SessionLabel::parse("  nightly backup ").unwrap().as_str(), "nightly backup");
        assert!(SessionLabel::parse(&"é".repeat(100)).is_ok());
        for text in ["", "  ", "a\nb", "a\u{1b}[2Jb", "a\u{9b}b", "a\0", &"é".repeat(101)] {
            assert!(SessionLabel::parse(text).is_err(), "{text:?}");
        }
    }
}
