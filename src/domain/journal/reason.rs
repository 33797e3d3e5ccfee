//! The reason for an action, in the words of whoever did it.

use crate::domain::text::line_of_words;

/// The most characters of a reason.
const MOST_CHARS: usize = 1_000;

/// The reason for an act, as whoever did it gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// Returns the reason that a text is, without the blanks around it.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        line_of_words(text, MOST_CHARS, "takes at most 1,000 characters").map(Self)
    }

    /// Returns the reason as it was given.
    pub fn words(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_of_a_sensible_length() {
        assert_eq!(Reason::parse("  payment failed ").unwrap().words(), "payment failed");
        assert_eq!(Reason::parse(&"é".repeat(1_000)).unwrap().words().chars().count(), 1_000);
        for text in ["", "  ", "a\nb", "a\u{1b}[2Jb", "a\u{9b}b", "a\0", &"é".repeat(1_001)] {
            assert!(Reason::parse(text).is_err(), "{text:?}");
        }
    }
}
