//! Passwords, tokens and codes in memory: a fixed buffer that never moves or prints its bytes and wipes itself.
//!
//! A growing `String` leaves its earlier, shorter copies in freed memory. This buffer is allocated once at its
//! full size, so there is only ever one copy to wipe.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

use super::text::{BYTE_ORDER_MARK, without_line_end};

/// Maximum size of a secret (policy: 1,024 bytes; a longer one is refused, never cut).
pub const MAX_BYTES: usize = 1_024;
/// Maximum number of code points in a secret (policy: 256; NIST SP 800-63B-4 asks for at least 64).
pub const MAX_CHARS: usize = 256;
/// Maximum size of an input that holds a secret: with a byte order mark and a line end.
pub const MAX_GIVEN: usize = MAX_BYTES + BYTE_ORDER_MARK.len_utf8() + "\r\n".len();

/// A secret text of at most [`MAX_CHARS`] code points and [`MAX_BYTES`] bytes.
pub struct Secret {
    bytes: Box<[u8; MAX_BYTES]>,
    len: usize,
}

/// The text does not fit into a [`Secret`]; nothing of it was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("longer than {MAX_CHARS} characters")]
pub struct TooLong;

/// The reason that an input was refused as a secret. Nothing of it was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The input is too long.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The input is not valid UTF-8.
    #[error("not valid UTF-8")]
    NotText,
    /// The input holds a control character that no key types: a line break, ESC, NUL.
    #[error("not one line of plain text (it holds the control character U+{:04X})", u32::from(*.0))]
    Control(char),
}

impl Secret {
    /// Creates an empty secret.
    pub fn new() -> Self {
        Self { bytes: Box::new([0; MAX_BYTES]), len: 0 }
    }

    /// Creates a secret with the characters of `text`. The caller wipes `text`.
    ///
    /// # Errors
    /// [`TooLong`] if it does not fit.
    pub fn from_text(text: &str) -> Result<Self, TooLong> {
        let mut secret = Self::new();
        secret.push_str(text)?;
        Ok(secret)
    }

    /// Creates a secret from a whole input: a file, a pipe, the clipboard. A leading byte order mark and one
    /// trailing line end are not part of it.
    ///
    /// # Errors
    /// [`Unfit`]; the caller wipes `given`.
    pub fn from_given(given: &[u8]) -> Result<Self, Unfit> {
        let mut secret = Self::new();
        match std::str::from_utf8(given) {
            Ok(text) => secret.push_given(text)?,
            // The cut may have gone through a character.
            Err(_) if given.len() > MAX_GIVEN => return Err(TooLong.into()),
            Err(_) => return Err(Unfit::NotText),
        }
        Ok(secret)
    }

    /// Appends a whole input, read as by [`from_given`](Self::from_given), or nothing.
    ///
    /// # Errors
    /// [`Unfit`]; the caller wipes `text`.
    pub fn push_given(&mut self, text: &str) -> Result<(), Unfit> {
        let text = without_line_end(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text));
        match text.chars().find(|c| c.is_control()) {
            Some(control) => Err(Unfit::Control(control)),
            None => Ok(self.push_str(text)?),
        }
    }

    /// Appends one typed character; a leading byte order mark is dropped.
    ///
    /// # Errors
    /// [`Unfit`]; the secret is unchanged.
    pub fn push_typed(&mut self, letter: char) -> Result<(), Unfit> {
        match letter {
            BYTE_ORDER_MARK if self.is_empty() => Ok(()),
            _ if letter.is_control() => Err(Unfit::Control(letter)),
            _ => Ok(self.push_str(letter.encode_utf8(&mut [0; 4]))?),
        }
    }

    /// Appends all of `text`, or nothing.
    ///
    /// # Errors
    /// [`TooLong`] if it does not fit.
    pub fn push_str(&mut self, text: &str) -> Result<(), TooLong> {
        let end = self.len + text.len();
        if self.chars() + text.chars().count() > MAX_CHARS {
            return Err(TooLong);
        }
        let room = self.bytes.get_mut(self.len..end).ok_or(TooLong)?;
        room.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }

    /// Removes the last code point, if there is one.
    pub fn pop(&mut self) {
        let keep = self.expose().char_indices().next_back().map_or(0, |(at, _)| at);
        self.truncate(keep);
    }

    /// Empties and wipes the buffer.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Moves the content out and leaves this secret empty.
    pub fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// Returns the length in code points.
    pub fn chars(&self) -> usize {
        self.expose().chars().count()
    }

    /// Returns true if the secret is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the text itself. Never print or store it.
    pub fn expose(&self) -> &str {
        let bytes = self.bytes.get(..self.len).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    fn truncate(&mut self, len: usize) {
        if let Some(rest) = self.bytes.get_mut(len..) {
            rest.zeroize();
        }
        self.len = len;
    }
}

impl Default for Secret {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl Clone for Secret {
    fn clone(&self) -> Self {
        Self { bytes: self.bytes.clone(), len: self.len }
    }
}

/// Compares every byte of both buffers, so that the time reveals nothing about the content.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let differing = self.bytes.iter().zip(other.bytes.iter()).fold(0, |all, (a, b)| all | (a ^ b));
        differing == 0 && self.len == other.len
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Pasted text. It may be a password: it is never printed, and wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Pasted(Zeroizing<String>);

impl Pasted {
    /// Returns the text itself. Never print it; a secret field takes it as it is.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// Takes over the text without a copy.
impl From<String> for Pasted {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Pasted {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl fmt::Debug for Pasted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pasted(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(bytes: &[u8]) -> Result<String, Unfit> {
        Secret::from_given(bytes).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn one_line_end_and_a_byte_order_mark_are_no_part_of_it() {
        for bytes in [
            &b"pa ss"[..],
            b"pa ss\n",
            b"pa ss\r\n",
            b"pa ss\r",
            b"\xef\xbb\xbfpa ss",
            b"\xef\xbb\xbfpa ss\r\n",
        ] {
            assert_eq!(given(bytes).as_deref(), Ok("pa ss"), "{bytes:?}");
        }
        assert_eq!(given(b"\xef\xbb\xbf\n").as_deref(), Ok(""));
        assert_eq!(given(" pässwörd ".as_bytes()).as_deref(), Ok(" pässwörd "), "blanks are part of it");
        assert_eq!(
            given("pa\u{feff}ss".as_bytes()).as_deref(),
            Ok("pa\u{feff}ss"),
            "a mark inside is part of it"
        );
    }

    #[test]
    fn other_control_characters_are_refused_wherever_they_stand() {
        for (text, control) in [
            ("pass\n\n", '\n'),
            ("pass\n\r", '\n'),
            ("pa\rss", '\r'),
            ("pa\nss\n", '\n'),
            ("\npass", '\n'),
            ("pa\0ss", '\0'),
            ("pass\0", '\0'),
            ("pa\tss", '\t'),
            ("\u{1b}[200~pass", '\u{1b}'),
            ("pa\u{7f}ss", '\u{7f}'),
            ("pa\u{85}ss", '\u{85}'),
            ("pa\u{9b}ss", '\u{9b}'),
        ] {
            assert_eq!(given(text.as_bytes()), Err(Unfit::Control(control)), "{text:?}");
        }
        assert_eq!(given(b"pa\xffss"), Err(Unfit::NotText));
        assert_eq!(given(b"p\0a\0"), Err(Unfit::Control('\0')), "UTF-16 is no text here");
    }

    #[test]
    fn what_is_given_too_long_is_told_even_where_a_letter_is_cut() {
        assert!(given("🔑".repeat(256).as_bytes()).is_ok());
        assert_eq!(given("x".repeat(257).as_bytes()), Err(TooLong.into()));
        assert_eq!(given(&"é".repeat(1_000).as_bytes()[..=MAX_GIVEN]), Err(TooLong.into()));
    }

    #[test]
    fn typed_letters_keep_the_same_rule() {
        let mut secret = Secret::new();
        for letter in ['\u{feff}', 'p', 'w'] {
            assert_eq!(secret.push_typed(letter), Ok(()));
        }
        assert_eq!(secret.push_typed('\u{85}'), Err(Unfit::Control('\u{85}')));
        assert_eq!(secret.push_given("\u{feff}x\r\n"), Ok(()));
        assert_eq!(secret.push_given("a\rb"), Err(Unfit::Control('\r')));
        assert_eq!(secret.expose(), "pwx");
    }

    #[test]
    fn pasted_text_never_prints() {
        assert_eq!(format!("{:?}", Pasted::from("hunter2")), "Pasted(…)");
        assert_eq!(Pasted::from("hunter2".to_owned()).text(), "hunter2");
    }

    #[test]
    fn it_takes_and_gives_back_code_points() {
        let mut secret = Secret::from_text("pä").unwrap();
        secret.push_str("日").unwrap();
        assert_eq!(secret.expose(), "pä日");
        secret.pop();
        assert_eq!((secret.expose(), secret.chars()), ("pä", 2));
        secret.clear();
        secret.pop();
        assert!(secret.is_empty());
    }

    #[test]
    fn what_does_not_fit_is_refused_whole() {
        let mut secret = Secret::from_text(&"x".repeat(255)).unwrap();
        assert_eq!(secret.push_str("ab"), Err(TooLong));
        assert_eq!(secret.chars(), 255);
        assert!(Secret::from_text(&"🔑".repeat(256)).is_ok());
        assert_eq!(Secret::from_text(&"x".repeat(257)), Err(TooLong));
    }

    #[test]
    fn it_never_prints() {
        assert_eq!(format!("{:?}", Secret::from_text("hunter2").unwrap()), "Secret(…)");
    }

    #[test]
    fn removed_bytes_are_wiped() {
        let mut secret = Secret::from_text("hunter2").unwrap();
        secret.pop();
        assert_eq!(secret.bytes[..8], *b"hunter\0\0");
        let taken = secret.take();
        assert!(secret.bytes.iter().all(|b| *b == 0));
        assert_eq!(taken.expose(), "hunter");
    }
}
