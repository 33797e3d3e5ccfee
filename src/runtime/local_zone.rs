//! The time zone of this machine.

use std::error::Error;
use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;

use rustix::fs::OFlags;

use crate::domain::local_zone::LocalZone;

/// Maximum number of bytes that are read of a file of rules; the longest ones have 4 KiB.
const MAX_BYTES: u64 = 64 << 10;

/// Returns the zone of this machine, or that of the variable `TZ`; `None` if it is UTC.
pub fn local_zone(variable: Option<&OsStr>) -> Option<LocalZone> {
    LocalZone::of(variable.map(|text| text.to_str().unwrap_or_default()), read)
}

fn read(path: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    // A pipe in place of the file must not hold up the start.
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if !file.metadata()?.is_file() {
        return Err("not a regular file".into());
    }
    let mut rules = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut rules)?;
    Ok(rules)
}
