//! Decompresses gzip and zstd files while they are read, in constant memory.

use std::io::{BufRead, BufReader, Chain, Cursor, Error, ErrorKind, Read, Result};

use flate2::bufread::GzDecoder;
use zstd::stream::read::Decoder as ZstdDecoder;

/// Number of bytes read from the packed file at once.
const BLOCK_BYTES: usize = 128 * 1_024;
/// Number of bytes by which a packed part is recognised.
const MARK_BYTES: u64 = 4;

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

    /// Returns true if these last bytes of a file are the beginning of a part that is cut off.
    fn may_begin(self, last: &[u8]) -> bool {
        let marks: &[&[u8]] = match self {
            Self::Plain => &[],
            Self::Gzip => &[&[0x1F, 0x8B]],
            Self::Zstd => &[&[0x28, 0xB5, 0x2F, 0xFD]],
        };
        marks.iter().any(|mark| mark.starts_with(last))
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
    /// Something else follows the data.
    #[error("its packed data is followed by bytes that do not belong to it")]
    Followed,
}

impl From<Unreadable> for Error {
    fn from(why: Unreadable) -> Self {
        Self::new(ErrorKind::InvalidData, why)
    }
}

/// The decompressed content of a file, packed or not. Several packed parts one after the other form one content; zero
/// bytes behind the last one are padding, as they are for gzip.
pub struct Unpacked<R: Read> {
    packing: Packing,
    content: UnpackedContent<R>,
}

/// The packed file, with the bytes that were read of it to tell what follows.
type PackedFile<R> = Chain<Cursor<Vec<u8>>, BufReader<R>>;

enum UnpackedContent<R: Read> {
    Plain(PackedFile<R>),
    /// One packed part.
    Gzip(Box<GzDecoder<PackedFile<R>>>),
    Zstd(ZstdDecoder<'static, PackedFile<R>>),
    /// There is nothing more to read.
    Ended,
}

impl<R: Read> UnpackedContent<R> {
    fn begin(packing: Packing, start: Vec<u8>, file: BufReader<R>) -> Result<Self> {
        let input = Cursor::new(start).chain(file);
        Ok(match packing {
            Packing::Plain => Self::Plain(input),
            Packing::Gzip => Self::Gzip(Box::new(GzDecoder::new(input))),
            Packing::Zstd => Self::Zstd(ZstdDecoder::with_buffer(input)?.single_frame()),
        })
    }
}

impl<R: Read> Unpacked<R> {
    /// Detects the compression of `file` from its first bytes.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn new(file: R) -> Result<Self> {
        let mut file = BufReader::with_capacity(BLOCK_BYTES, file);
        let mut start = Vec::new();
        file.by_ref().take(MARK_BYTES).read_to_end(&mut start)?;
        let packing = Packing::of(&start);
        Ok(Self { packing, content: UnpackedContent::begin(packing, start, file)? })
    }

    /// Returns the compression of the file.
    pub fn packing(&self) -> Packing {
        self.packing
    }

    /// Moves on to what follows a packed part.
    fn next_part(&mut self) -> Result<()> {
        let input = match std::mem::replace(&mut self.content, UnpackedContent::Ended) {
            UnpackedContent::Gzip(part) => part.into_inner(),
            UnpackedContent::Zstd(part) => part.finish(),
            UnpackedContent::Plain(_) | UnpackedContent::Ended => return Ok(()),
        };
        // A packed part is longer than the bytes by which it was recognised, so those were read.
        let (_, mut file) = input.into_inner();
        let mut start = Vec::new();
        file.by_ref().take(MARK_BYTES).read_to_end(&mut start)?;
        if start.is_empty() {
            return Ok(());
        }
        if Packing::of(&start) == self.packing {
            self.content = UnpackedContent::begin(self.packing, start, file)?;
            return Ok(());
        }
        if self.packing.may_begin(&start) {
            return Err(Unreadable::CutOff.into());
        }
        if start.iter().any(|byte| *byte != 0) || !is_padding(&mut file)? {
            return Err(Unreadable::Followed.into());
        }
        Ok(())
    }
}

/// Returns true if nothing but zero bytes follows.
fn is_padding(file: &mut impl BufRead) -> Result<bool> {
    loop {
        let block = file.fill_buf()?;
        if block.is_empty() {
            return Ok(true);
        }
        if block.iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
        let length = block.len();
        file.consume(length);
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while !buffer.is_empty() {
            let count = match &mut self.content {
                UnpackedContent::Plain(file) => return file.read(buffer),
                UnpackedContent::Gzip(part) => part.read(buffer).map_err(unpacking)?,
                UnpackedContent::Zstd(part) => part.read(buffer).map_err(unpacking)?,
                UnpackedContent::Ended => return Ok(0),
            };
            if count > 0 {
                return Ok(count);
            }
            self.next_part()?;
        }
        Ok(0)
    }
}

/// Distinguishes an error in the packed data from an error of the file.
fn unpacking(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Interrupted => error,
        _ if error.raw_os_error().is_some() => error,
        ErrorKind::UnexpectedEof => Unreadable::CutOff.into(),
        _ => Unreadable::Damaged.into(),
    }
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
    }

    #[test]
    fn what_follows_the_packed_data_is_told_from_a_cut() {
        let text = b"INSERT INTO t VALUES (1);".repeat(50);
        for pack in [gzip, zstd] {
            let followed = |bytes: &[u8]| why(&[&pack(&text), bytes].concat());
            for bytes in [b"x".as_slice(), b"\n", b"gar", b"garbage that is no part", b"\0\0\0\0\0x", b"\0x"]
            {
                assert_eq!(followed(bytes), Unreadable::Followed, "{bytes:?}");
            }
            let another = pack(&text);
            for end in 1..another.len() {
                assert_eq!(followed(&another[..end]), Unreadable::CutOff, "{end}");
            }
            for zeros in [1, 3, 4, 5, 10_000, 300_000] {
                assert_eq!(content(&[pack(&text), vec![0; zeros]].concat()).unwrap(), text, "{zeros}");
            }
        }
        let skippable = b"\x50\x2A\x4D\x18\x03\0\0\0abc".as_slice();
        let parts = [skippable, &zstd(b"a"), skippable, &zstd(b"b"), skippable].concat();
        assert_eq!(content(&parts).unwrap(), b"ab");
    }

    #[test]
    fn short_files_are_read() {
        for bytes in [b"".as_slice(), b"a", b"abc", b"\x1F", b"\x28\xB5"] {
            assert_eq!(content(bytes).unwrap(), bytes);
        }
    }

    /// Parts that end anywhere in the blocks of the reader are recognised.
    #[test]
    fn a_file_that_comes_byte_by_byte_is_read() {
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
                let one = buffer.len().min(1);
                self.0.read(&mut buffer[..one])
            }
        }
        for pack in [gzip, zstd] {
            let parts = [pack(b"a;"), pack(b""), pack(b"b;"), vec![0; 9]].concat();
            let mut found = Vec::new();
            Unpacked::new(Slow(&parts)).unwrap().read_to_end(&mut found).unwrap();
            assert_eq!(found, b"a;b;");
        }
    }
}
