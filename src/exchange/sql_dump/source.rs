//! Bytes from a reader, in blocks, with the line they stand on.

use std::io::Read;

use super::DumpError;

/// Bytes read at a time.
const BLOCK: usize = 256 * 1024;

/// A reader with one block in memory.
pub(super) struct Source<R> {
    reader: R,
    block: Vec<u8>,
    at: usize,
    before: u64,
    line: u64,
}

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, block: Vec::new(), at: 0, before: 0, line: 1 }
    }

    /// The line of the next byte, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes were taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.before + self.at as u64
    }

    /// What is left of the block, read anew when nothing is; empty at the end.
    pub(super) fn rest(&mut self) -> Result<&[u8], DumpError> {
        if self.at == self.block.len() {
            self.before += self.at as u64;
            self.at = 0;
            self.block.clear();
            self.reader.by_ref().take(BLOCK as u64).read_to_end(&mut self.block)?;
        }
        Ok(self.block.get(self.at..).unwrap_or_default())
    }

    /// The next byte, which stays.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, DumpError> {
        if let Some(byte) = self.block.get(self.at) {
            return Ok(Some(*byte));
        }
        Ok(self.rest()?.first().copied())
    }

    /// Takes the next byte.
    pub(super) fn bump(&mut self) -> Result<Option<u8>, DumpError> {
        let byte = self.peek()?;
        if byte.is_some() {
            self.at += 1;
        }
        if byte == Some(b'\n') {
            self.line += 1;
        }
        Ok(byte)
    }

    /// Takes `n` bytes of what [`Self::rest`] showed.
    pub(super) fn skip(&mut self, n: usize) {
        let end = (self.at + n).min(self.block.len());
        let passed = self.block.get(self.at..end).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.at = end;
    }
}
