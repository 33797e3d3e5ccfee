//! Passwords, tokens and codes in memory: a fixed buffer that never moves its bytes, never prints them, and wipes itself.
//!
//! A growing `String` leaves its earlier, shorter copies in freed memory. This buffer is allocated once at its
//! full size, so there is only ever one copy to wipe.

use std::fmt;

use zeroize::Zeroize;

/// The most bytes a secret may hold (policy: 1,024 bytes, refused when longer, never cut).
pub const MAX_BYTES: usize = 1_024;
/// The most code points a secret may hold (policy: 256; NIST SP 800-63B-4 asks for at least 64).
pub const MAX_CHARS: usize = 256;

/// A secret text of at most [`MAX_CHARS`] code points and [`MAX_BYTES`] bytes.
pub struct Secret {
    bytes: Box<[u8; MAX_BYTES]>,
    len: usize,
}

/// The text does not fit into a [`Secret`]; nothing of it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("longer than {MAX_CHARS} characters")]
pub struct TooLong;

impl Secret {
    /// An empty secret.
    pub fn new() -> Self {
        Self { bytes: Box::new([0; MAX_BYTES]), len: 0 }
    }

    /// A secret with the characters of `text`. The caller wipes `text`.
    ///
    /// # Errors
    /// [`TooLong`] when it does not fit.
    pub fn from_text(text: &str) -> Result<Self, TooLong> {
        let mut secret = Self::new();
        secret.push_str(text)?;
        Ok(secret)
    }

    /// Appends all of `text`, or nothing.
    ///
    /// # Errors
    /// [`TooLong`] when it does not fit.
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

    /// Moves the content out and leaves this one empty.
    pub fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// The length in code points.
    pub fn chars(&self) -> usize {
        self.expose().chars().count()
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The text itself. Never print or store what this returns.
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

/// Compares every byte of both buffers whatever they hold, so that the time says nothing.
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

#[cfg(test)]
mod tests {
    use super::*;

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
