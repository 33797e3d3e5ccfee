//! The pages of a store: their size, and a copy of all of them.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::store::{Finished, OnStep, Result, StoreError};

use super::error;
use super::location::unreachable;

/// The pages that are copied between two reports: some milliseconds.
const PAGES_AT_ONCE: i32 = 256;

/// SQLite's access to files without locks. They would do nothing for a file that only this program uses, and not every
/// file system that backups are written to has them.
const WITHOUT_LOCKS: &str = "unix-none";

/// The offset of the two versions of the file format in the header, and the value for a file without a write-ahead log
/// (sqlite.org/fileformat.html, 1.3.3).
const FORMAT_VERSIONS: u64 = 18;
const WITHOUT_LOG: [u8; 2] = [1, 1];

/// Copies what the transaction of `source` sees into an empty file. A backup that takes the source's locks anew for each
/// step would begin again whenever somebody writes; the transaction holds its state.
///
/// # Errors
/// [`StoreError::Stopped`]; the source cannot be read, or the file cannot be written.
pub(super) fn copy(source: &Connection, file: &Path, on_step: &mut OnStep<'_>) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags_and_vfs(file, flags, WITHOUT_LOCKS).map_err(error::of)?;
    // An unfinished copy is thrown away, and a finished one is synced as a whole.
    target.pragma_update(None, "journal_mode", "OFF").map_err(error::of)?;
    target.pragma_update(None, "synchronous", "OFF").map_err(error::of)?;
    all_pages(&Backup::new(source, &mut target).map_err(error::of)?, on_step)?;
    target.close().map_err(|(_, error)| error::of(error))?;
    without_log(&OpenOptions::new().write(true).open(file).map_err(|error| unreachable(file, &error))?)
        .map_err(|error| unreachable(file, &error))
}

/// Copies all pages that are left. The target is committed with the last one.
///
/// # Errors
/// As [`copy`].
pub(super) fn all_pages(backup: &Backup<'_, '_>, on_step: &mut OnStep<'_>) -> Result<()> {
    if !on_step(Finished { done: 0, total: 1 }) {
        return Err(StoreError::Stopped);
    }
    loop {
        match backup.step(PAGES_AT_ONCE).map_err(error::of)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => return Err(StoreError::Busy),
        }
        let progress = backup.progress();
        let total = progress.pagecount.unsigned_abs().into();
        let done = Finished { done: total - u64::from(progress.remaining.unsigned_abs()).min(total), total };
        if !on_step(done) {
            return Err(StoreError::Stopped);
        }
    }
}

/// Marks a file as one without a write-ahead log, so that it can be read where nothing can be written.
pub(super) fn without_log(file: &File) -> io::Result<()> {
    file.write_all_at(&WITHOUT_LOG, FORMAT_VERSIONS)
}

/// Returns the size of a store in bytes.
pub(super) fn size(store: &Connection) -> Result<u64> {
    let read = |name| store.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(error::of);
    Ok(read("page_count")?.saturating_mul(read("page_size")?).unsigned_abs())
}
