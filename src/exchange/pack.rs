//! Compresses a file with gzip or zstd while it is written.

use std::io::{BufWriter, IntoInnerError, Result, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use zstd::stream::write::Encoder as ZstdEncoder;

use super::unpack::Packing;

/// A file that is compressed while it is written, or not.
pub enum Packed<W: Write> {
    Plain(BufWriter<W>),
    Gzip(BufWriter<GzEncoder<W>>),
    Zstd(BufWriter<ZstdEncoder<'static, W>>),
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
            Packing::Zstd => {
                Self::Zstd(BufWriter::new(ZstdEncoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL)?))
            }
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
