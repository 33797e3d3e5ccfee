//! Pasted text on its way in. It may be a password, so no copy of it is left behind.

use std::mem;

use zeroize::{Zeroize as _, Zeroizing};

/// Maximum number of bytes that are kept.
const MAX: usize = 1 << 20;
/// Initial capacity: most pastes are shorter.
const CAPACITY: usize = 256;
/// The end of a bracketed paste.
const END: &[u8] = b"\x1b[201~";

/// A bracketed paste that has begun.
#[derive(Debug)]
pub(super) struct Paste {
    text: Zeroizing<Vec<u8>>,
    /// Number of bytes of the end mark seen so far.
    matched: usize,
    /// Number of bytes that were not kept.
    dropped: usize,
}

impl Paste {
    pub(super) fn new() -> Self {
        Self { text: Zeroizing::new(Vec::with_capacity(CAPACITY)), matched: 0, dropped: 0 }
    }

    /// Adds a byte. Returns true if it was the last one.
    pub(super) fn push(&mut self, byte: u8) -> bool {
        if END.get(self.matched) == Some(&byte) {
            self.matched += 1;
            return self.matched == END.len();
        }
        self.keep_matched();
        // ESC occurs only once in the end mark, so no other part of it can have begun.
        if END.first() == Some(&byte) {
            self.matched = 1;
        } else {
            self.keep(byte);
        }
        false
    }

    /// Returns true if more bytes arrived than are kept.
    pub(super) fn is_too_long(&self) -> bool {
        self.dropped > 0
    }

    /// Returns the text without the end mark.
    pub(super) fn into_text(mut self) -> String {
        if self.matched < END.len() {
            self.keep_matched();
        }
        String::from_utf8(mem::take(&mut *self.text)).unwrap_or_else(|error| {
            let mut bytes = error.into_bytes();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            bytes.zeroize();
            text
        })
    }

    /// Keeps bytes that only looked like the end mark.
    fn keep_matched(&mut self) {
        for byte in END.iter().take(mem::take(&mut self.matched)) {
            self.keep(*byte);
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.text.len() == MAX {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        if self.text.len() == self.text.capacity() {
            // A vector that grows by itself leaves its old memory unwiped.
            let mut grown = Zeroizing::new(Vec::with_capacity(self.text.capacity() * 2));
            grown.extend_from_slice(&self.text);
            self.text = grown;
        }
        self.text.push(byte);
    }
}
