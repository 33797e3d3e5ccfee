//! The label of a session: a few words of whoever issued it.

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
        let text = text.trim();
        if text.is_empty() {
            return Err("must not be empty");
        }
        if text.chars().any(char::is_control) {
            return Err("takes no control characters");
        }
        if text.chars().nth(MOST_CHARS).is_some() {
            return Err("takes at most 100 characters");
        }
        Ok(Self(text.to_owned()))
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
