//! Packing a backup with zstd.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use crate::auth::checksum::{HashingReader, sha256};
use crate::exchange::pack::Packer;
use crate::exchange::unpack::Unpacked;
use crate::store::Finished;

/// Bytes that are packed between two reports.
const BYTES_AT_ONCE: usize = 1 << 20;

/// Packs a file of this size into another one, and reads that again. `on_step` returns false to stop.
///
/// # Errors
/// A file cannot be read or written, what was written is not what was packed, or `on_step` stopped it
/// ([`io::ErrorKind::Interrupted`]).
pub(super) fn pack(
    plain: &File,
    mut packed: &File,
    path: &Path,
    bytes: u64,
    on_step: &mut dyn FnMut(Finished) -> bool,
) -> io::Result<()> {
    let mut plain = HashingReader::new(plain);
    let mut writer = Packer::new(&mut packed)?;
    let mut block = vec![0; BYTES_AT_ONCE];
    let mut done = 0;
    loop {
        let read = plain.read(&mut block)?;
        if read == 0 {
            break;
        }
        writer.write_all(block.get(..read).unwrap_or_default())?;
        done += read as u64;
        if !on_step(Finished { done, total: bytes }) {
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
    writer.finish()?;
    let unpacked = Unpacked::new(File::open(path)?)?;
    if sha256(BufReader::new(unpacked))? == plain.finish() {
        Ok(())
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidData, "what was written is not what was packed"))
    }
}
