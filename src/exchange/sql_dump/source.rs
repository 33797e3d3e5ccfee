//! The input in blocks, with the position and the line of the next byte. Knows nothing of SQL.

use std::io::{ErrorKind, Read, Result};

use memchr::memchr_iter;

/// Number of bytes requested from the input at once.
const BLOCK_BYTES: usize = 128 * 1_024;

/// A window that moves over the input. Only [`ahead`](Self::ahead) reads, only [`consume`](Self::consume)
/// moves.
pub(super) struct Source<R> {
    input: R,
    block: Box<[u8]>,
    /// Start of the unread part of `block`.
    start: usize,
    end: usize,
    /// Number of bytes before `block`.
    before: u64,
    /// Number of line breaks before `counted`, an offset in `block`; lines are counted only on demand.
    breaks: u64,
    counted: usize,
    ended: bool,
}

impl<R: Read> Source<R> {
    pub(super) fn new(input: R) -> Self {
        let block = vec![0; BLOCK_BYTES].into_boxed_slice();
        Self { input, block, start: 0, end: 0, before: 0, breaks: 0, counted: 0, ended: false }
    }

    /// Returns the unread bytes in memory: `least` or more, fewer only at the end of the input. `least` is at
    /// most [`BLOCK_BYTES`].
    #[inline]
    pub(super) fn ahead(&mut self, least: usize) -> Result<&[u8]> {
        if self.end - self.start < least && !self.ended {
            self.refill(least)?;
        }
        Ok(self.block.get(self.start..self.end).unwrap_or_default())
    }

    /// Moves past `count` of the bytes that `ahead` returned.
    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        self.start = self.end.min(self.start + count);
    }

    /// Returns the next byte, or `None` at the end of the input.
    #[inline]
    pub(super) fn peek(&mut self) -> Result<Option<u8>> {
        Ok(self.ahead(1)?.first().copied())
    }

    /// Returns the number of consumed bytes.
    pub(super) fn position(&self) -> u64 {
        self.before + self.start as u64
    }

    /// Returns the line of the next byte, counted from 1.
    pub(super) fn line(&mut self) -> u64 {
        self.count_lines();
        self.breaks + 1
    }

    fn count_lines(&mut self) {
        let passed = self.block.get(self.counted..self.start).unwrap_or_default();
        self.breaks += memchr_iter(b'\n', passed).count() as u64;
        self.counted = self.start;
    }

    #[cold]
    fn refill(&mut self, least: usize) -> Result<()> {
        self.count_lines();
        self.block.copy_within(self.start..self.end, 0);
        self.before += self.start as u64;
        self.end -= self.start;
        self.start = 0;
        self.counted = 0;
        while self.end < least && !self.ended {
            let room = self.block.get_mut(self.end..).unwrap_or_default();
            match self.input.read(room) {
                Ok(0) => self.ended = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
