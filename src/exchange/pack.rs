//! Packs what is written with gzip or zstd, in constant memory.

use std::io::{BufWriter, IntoInnerError, Result, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use zstd::Encoder;

use super::unpack::Packing;

/// zstd's own default level: most of the gain for little of the time.
const LEVEL: i32 = 3;

/// A writer that packs with zstd. The packed data carries a checksum of its content.
pub struct Packer<W: Write>(Encoder<'static, W>);

impl<W: Write> Packer<W> {
    /// Creates a writer of packed data into `to`.
    ///
    /// # Errors
    /// There is not enough memory.
    pub fn new(to: W) -> Result<Self> {
        let mut encoder = Encoder::new(to, LEVEL)?;
        encoder.include_checksum(true)?;
        Ok(Self(encoder))
    }

    /// Writes the end of the packed data.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush()
    }
}

/// A file that is compressed while it is written, or not.
pub enum Packed<W: Write> {
    Plain(BufWriter<W>),
    Gzip(BufWriter<GzEncoder<W>>),
    Zstd(BufWriter<Packer<W>>),
}

impl<W: Write> Packed<W> {
    /// Begins to write with this compression.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn new(out: W, packing: Packing) -> Result<Self> {
        Ok(match packing {
            Packing::Plain => Self::Plain(BufWriter::new(out)),
            Packing::Gzip => Self::Gzip(BufWriter::new(GzEncoder::new(out, Compression::default()))),
            Packing::Zstd => Self::Zstd(BufWriter::new(Packer::new(out)?)),
        })
    }

    /// Writes the rest.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> Result<W> {
        match self {
            Self::Plain(out) => out.into_inner().map_err(IntoInnerError::into_error),
            Self::Gzip(out) => out.into_inner().map_err(IntoInnerError::into_error)?.finish(),
            Self::Zstd(out) => out.into_inner().map_err(IntoInnerError::into_error)?.finish(),
        }
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        match self {
            Self::Plain(out) => out.write(bytes),
            Self::Gzip(out) => out.write(bytes),
            Self::Zstd(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> Result<()> {
        match self {
            Self::Plain(out) => out.flush(),
            Self::Gzip(out) => out.flush(),
            Self::Zstd(out) => out.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::exchange::unpack::Unpacked;

    #[test]
    fn what_is_packed_is_smaller_and_unpacks_to_the_same() {
        let content = b"nexus ".repeat(10_000);
        let mut writer = Packer::new(Vec::new()).unwrap();
        writer.write_all(&content).unwrap();
        let packed = writer.finish().unwrap();
        assert!(packed.len() < 1_000);
        let mut unpacked = Unpacked::new(&*packed).unwrap();
        assert_eq!(unpacked.packing(), Packing::Zstd);
        let mut read = Vec::new();
        unpacked.read_to_end(&mut read).unwrap();
        assert_eq!(read, content);
        let mut damaged = packed.clone();
        *damaged.last_mut().unwrap() ^= 1;
        assert!(Unpacked::new(&*damaged).unwrap().read_to_end(&mut Vec::new()).is_err());
    }
}
