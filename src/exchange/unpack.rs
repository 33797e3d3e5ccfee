//! Decompresses gzip and zstd files while they are read, in constant memory.

use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read, Result};

use flate2::bufread::MultiGzDecoder;
use zstd::stream::read::Decoder as ZstdDecoder;

/// Number of bytes read from the packed file at once.
const BLOCK_BYTES: usize = 128 * 1_024;

/// The compression of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// No compression.
    Plain,
    /// gzip (RFC 1952).
    Gzip,
    /// zstd (RFC 8878).
    Zstd,
}

impl Packing {
    /// Detects the compression from the first bytes of a file.
    fn of(start: &[u8]) -> Self {
        match start {
            [0x1F, 0x8B, ..] => Self::Gzip,
            // A frame, or a skippable one (RFC 8878, 3.1).
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// The reason that packed data cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The data ends too early.
    #[error("its packed data is cut off")]
    CutOff,
    /// The data is corrupt.
    #[error("its packed data is damaged")]
    Damaged,
}

/// The decompressed content of a file, packed or not. Several packed parts one after the other form one
/// content.
pub struct Unpacked<R: Read> {
    packing: Packing,
    content: Content<R>,
}

enum Content<R: Read> {
    Plain(BufReader<R>),
    Gzip(Box<MultiGzDecoder<BufReader<R>>>),
    Zstd(ZstdDecoder<'static, BufReader<R>>),
}

impl<R: Read> Unpacked<R> {
    /// Detects the compression of `file` from its first bytes.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn new(file: R) -> Result<Self> {
        let mut file = BufReader::with_capacity(BLOCK_BYTES, file);
        let packing = Packing::of(file.fill_buf()?);
        let content = match packing {
            Packing::Plain => Content::Plain(file),
            Packing::Gzip => Content::Gzip(Box::new(MultiGzDecoder::new(file))),
            Packing::Zstd => Content::Zstd(ZstdDecoder::with_buffer(file)?),
        };
        Ok(Self { packing, content })
    }

    /// Returns the compression of the file.
    pub fn packing(&self) -> Packing {
        self.packing
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match &mut self.content {
            Content::Plain(file) => file.read(buffer),
            Content::Gzip(content) => content.read(buffer).map_err(unpacking),
            Content::Zstd(content) => content.read(buffer).map_err(unpacking),
        }
    }
}

/// Distinguishes an error in the packed data from an error of the file.
fn unpacking(error: Error) -> Error {
    let why = match error.kind() {
        ErrorKind::Interrupted => return error,
        _ if error.raw_os_error().is_some() => return error,
        ErrorKind::UnexpectedEof => Unreadable::CutOff,
        _ => Unreadable::Damaged,
    };
    Error::new(ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(bytes, 1).unwrap()
    }

    fn content(bytes: &[u8]) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        Unpacked::new(bytes)?.read_to_end(&mut content)?;
        Ok(content)
    }

    fn why(bytes: &[u8]) -> Unreadable {
        *content(bytes).unwrap_err().into_inner().unwrap().downcast::<Unreadable>().unwrap()
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_back(text in "[a-z';\\n]{0,400}", more in "[a-z]{0,40}") {
            for pack in [gzip, zstd] {
                prop_assert_eq!(content(&pack(text.as_bytes())).unwrap(), text.as_bytes());
                let parts = [pack(text.as_bytes()), pack(more.as_bytes())].concat();
                prop_assert_eq!(content(&parts).unwrap(), [text.as_bytes(), more.as_bytes()].concat());
            }
            prop_assert_eq!(content(text.as_bytes()).unwrap(), text.as_bytes());
        }

        #[test]
        fn a_part_is_never_taken_for_the_whole(text in "[a-z';\\n]{1,400}", cut in any::<prop::sample::Index>()) {
            for pack in [gzip, zstd] {
                let packed = pack(text.as_bytes());
                let cut = 4 + cut.index(packed.len() - 4);
                prop_assert_eq!(why(&packed[..cut]), Unreadable::CutOff);
            }
        }
    }

    #[test]
    fn damage_is_noticed() {
        let text = b"INSERT INTO t VALUES (1);".repeat(50);
        let mut packed = gzip(&text);
        let middle = packed.len() / 2;
        packed[middle] ^= 0x55;
        assert_eq!(why(&packed), Unreadable::Damaged);
        assert_eq!(why(&[gzip(&text), b"garbage that is no part".to_vec()].concat()), Unreadable::Damaged);
        assert_eq!(why(&[zstd(&text), b"garbage that is no part".to_vec()].concat()), Unreadable::Damaged);
    }
}
