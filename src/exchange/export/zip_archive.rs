//! A ZIP archive that is written one file after another.

use std::io::{Error, Result, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An archive that is being written. It holds no time, so that the same content gives the same bytes.
pub struct ZipArchive<W: Write + Seek>(Box<ZipWriter<W>>);

impl<W: Write + Seek> ZipArchive<W> {
    pub fn new(out: W) -> Self {
        Self(Box::new(ZipWriter::new(out)))
    }

    /// Begins a file; what is written from now on is its content.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(&mut self, name: &str) -> Result<()> {
        let options = SimpleFileOptions::DEFAULT
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o600)
            // A table can be longer than the 4 GiB of the oldest archives.
            .large_file(true);
        self.0.start_file(name, options).map_err(Error::other)
    }

    /// Ends the archive.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> Result<W> {
        self.0.finish().map_err(Error::other)
    }
}

impl<W: Write + Seek> Write for ZipArchive<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush()
    }
}
