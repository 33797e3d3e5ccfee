//! Texts that are one line of words.

/// Returns the line of words that a text is, without the blanks around it.
///
/// # Errors
/// The rule that the text breaks: `too_long` if it has more than `most` characters.
pub fn line_of_words(text: &str, most: usize, too_long: &'static str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Err("must not be empty");
    }
    if text.chars().any(char::is_control) {
        return Err("takes no control characters");
    }
    if text.chars().nth(most).is_some() {
        return Err(too_long);
    }
    Ok(text.to_owned())
}
