//! A ZIP archive that is written one file after another.

use std::io::{Error, ErrorKind, Result, Seek, SeekFrom, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An archive that is being written. It holds no time, so that the same content gives the same bytes.
pub struct ZipArchive<W: Write + Seek>(Box<ZipWriter<UntilError<W>>>);

/// A file that takes nothing more after an error. The archive tries to end itself when it is dropped: it would complain on
/// standard error, and it computes lengths from positions, which therefore go on as if all were written.
struct UntilError<W> {
    out: W,
    has_failed: bool,
    position: u64,
    /// The furthest position.
    end: u64,
}

impl<W> UntilError<W> {
    fn noted<T>(&mut self, result: Result<T>) -> Result<T> {
        self.has_failed |= result.as_ref().is_err_and(|error| error.kind() != ErrorKind::Interrupted);
        result
    }

    fn set_position(&mut self, position: u64) -> u64 {
        self.position = position;
        self.end = self.end.max(position);
        position
    }
}

impl<W: Write> Write for UntilError<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let written = if self.has_failed { Ok(bytes.len()) } else { self.out.write(bytes) };
        let written = self.noted(written)?;
        self.set_position(self.position.saturating_add(written as u64));
        Ok(written)
    }

    fn flush(&mut self) -> Result<()> {
        if self.has_failed {
            return Ok(());
        }
        let flushed = self.out.flush();
        self.noted(flushed)
    }
}

impl<W: Seek> Seek for UntilError<W> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let position = if self.has_failed {
            Ok(match to {
                SeekFrom::Start(position) => position,
                SeekFrom::Current(by) => self.position.saturating_add_signed(by),
                SeekFrom::End(by) => self.end.saturating_add_signed(by),
            })
        } else {
            self.out.seek(to)
        };
        let position = self.noted(position)?;
        Ok(self.set_position(position))
    }
}

impl<W: Write + Seek> ZipArchive<W> {
    pub fn new(out: W) -> Self {
        Self(Box::new(ZipWriter::new(UntilError { out, has_failed: false, position: 0, end: 0 })))
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
        self.0.start_file(name, options).map_err(Error::from)
    }

    /// Ends the archive.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> Result<W> {
        let ended = self.0.finish().map_err(Error::from)?;
        if ended.has_failed { Err(Error::other("an earlier part was not written")) } else { Ok(ended.out) }
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
