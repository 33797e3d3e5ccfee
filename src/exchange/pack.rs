//! Packs what is written with zstd, in constant memory.

use std::io::{Result, Write};

use zstd::Encoder;

/// zstd's own default level: most of the gain for little of the time.
const LEVEL: i32 = 3;

/// A writer that packs. The packed data carries a checksum of its content.
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

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::exchange::unpack::{Packing, Unpacked};

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
