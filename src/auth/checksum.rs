//! Checksums of files.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

use crate::domain::text::hex;

/// Number of bytes read at once.
const CHUNK: usize = 1 << 16;

/// Returns the SHA-256 of everything that `from` yields, as 64 hex digits.
///
/// # Errors
/// A read failed.
pub fn sha256(mut from: impl Read) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = from.read(&mut chunk)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(chunk.get(..read).unwrap_or_default());
    }
}

/// A checksum of values, each of which may be absent.
#[derive(Default)]
pub struct Sum(Sha256);

impl Sum {
    /// Adds a value, with its length before it.
    pub fn add(&mut self, value: Option<&str>) {
        let length = value.map_or(u64::MAX, |value| value.len() as u64);
        self.0.update(length.to_be_bytes());
        self.0.update(value.unwrap_or_default());
    }

    /// Returns the SHA-256 as 64 hex digits.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// A reader that computes the checksum of what it reads.
pub struct HashingReader<R> {
    from: R,
    hash: Sha256,
}

impl<R: Read> HashingReader<R> {
    /// Creates a reader that has read nothing.
    pub fn new(from: R) -> Self {
        Self { from, hash: Sha256::new() }
    }

    /// Returns the SHA-256 of what was read, as 64 hex digits.
    pub fn finish(self) -> String {
        hex(&self.hash.finalize())
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(bytes)?;
        self.hash.update(bytes.get(..read).unwrap_or_default());
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-4's example: the hash of `abc`.
    #[test]
    fn it_is_that_of_the_standard() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(&b"abc"[..]).unwrap(), expected);
        let mut reader = HashingReader::new(&b"abc"[..]);
        io::copy(&mut reader, &mut io::sink()).unwrap();
        assert_eq!(reader.finish(), expected);
    }
}
