//! Reading a store without writing anything beside it: in a folder or on a mount that cannot be written, or by a name
//! of the file beside which no log must be created.

use std::fs;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use rustix::fs::{Access, AtFlags, CWD, accessat};

use crate::domain::sqlite::{beside, uri};
use crate::domain::text::excerpt_path;
use crate::store::{Result, StoreError};

use super::file::unlocked;
use super::private_copy::{self, PrivateCopy};
use super::stamp::FileStamp;
use super::{error, migrations, settings};

/// The maximum number of attempts to open a store that changes meanwhile.
const TRIES: usize = 10;

/// The way in which such a store is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// With SQLite's own read-only access to the existing log and shared memory (sqlite.org/wal.html, 5).
    Shared,
    /// The file alone, without locks: it is complete. Whoever reads sees afterwards whether it changed.
    Alone,
    /// From a copy, in which the log is played or the journal rolled back.
    Copy,
}

impl Way {
    /// Returns the way to read a file with a log and a journal of these sizes beside it, and with shared memory or
    /// without.
    fn of(log: Option<u64>, shared_memory: bool, journal: Option<u64>) -> Self {
        match (log, shared_memory) {
            _ if journal.is_some_and(|bytes| bytes > 0) => Self::Copy,
            (Some(_), true) => Self::Shared,
            (None, _) | (Some(0), false) => Self::Alone,
            (Some(_), false) => Self::Copy,
        }
    }
}

/// Returns true if SQLite can write the file and keep its log beside it.
pub(super) fn can_write(path: &Path) -> bool {
    let may = |path: &Path, access| accessat(CWD, path, access, AtFlags::EACCESS).is_ok();
    let folder = path.parent().is_some_and(|folder| may(folder, Access::WRITE_OK | Access::EXEC_OK));
    folder && may(path, Access::READ_OK | Access::WRITE_OK)
}

/// Checks that the file and its log can be read.
///
/// # Errors
/// The file that cannot, by its name.
pub(super) fn check_readable(path: &Path) -> Result<()> {
    for path in [path.to_owned(), beside(path, "-wal")] {
        if accessat(CWD, &path, Access::READ_OK, AtFlags::EACCESS).is_err() && path.exists() {
            let words = format!("you may not read the file {}", excerpt_path(&path));
            return Err(StoreError::Unreachable(words));
        }
    }
    Ok(())
}

/// Opens the store's file for reading. With it comes its outside where it is read without locks. A copy that is at hand is
/// taken if it is of what is there now.
///
/// # Errors
/// It cannot be read, or is not a store of this program.
pub(super) fn connect(
    path: &Path,
    uninterrupted: fn(&mut dyn FnMut()),
    mut at_hand: Option<PrivateCopy>,
) -> Result<(Connection, Option<FileStamp>)> {
    for _ in 0..TRIES {
        let before = FileStamp::of(path);
        let opened = connect_once(path, uninterrupted, at_hand.take()).and_then(|(connection, state)| {
            migrations::is_earlier(&connection)?;
            Ok((connection, state))
        });
        // A program that opens or leaves the store makes or removes the files beside it.
        if opened.is_ok() || FileStamp::of(path) == before {
            return opened;
        }
    }
    Err(StoreError::Busy)
}

fn connect_once(
    path: &Path,
    uninterrupted: fn(&mut dyn FnMut()),
    at_hand: Option<PrivateCopy>,
) -> Result<(Connection, Option<FileStamp>)> {
    let bytes = |suffix| fs::metadata(beside(path, suffix)).ok().map(|metadata| metadata.len());
    let state = FileStamp::of(path);
    let cache = accessat(CWD, beside(path, "-shm"), Access::READ_OK, AtFlags::EACCESS).is_ok();
    match Way::of(bytes("-wal"), cache, bytes("-journal")) {
        Way::Shared => Ok((settings::set_up(shared(path).map_err(error::of)?)?, None)),
        Way::Alone => Ok((settings::set_up(unlocked(path).map_err(error::of)?)?, Some(state))),
        Way::Copy => {
            let copy = at_hand.filter(|copy| copy.state == state);
            let copy = copy.map_or_else(|| private_copy::open(path, uninterrupted), Ok)?;
            Ok((copy.connection, None))
        }
    }
}

fn shared(path: &Path) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(uri(path, "mode=ro&readonly_shm=1"), flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_where_somebody_has_it_open_and_played_into_a_copy_where_nobody_has() {
        for (log, shared_memory, journal, way) in [
            (None, false, None, Way::Alone),
            (Some(0), false, None, Way::Alone),
            (None, true, None, Way::Alone),
            (Some(0), true, None, Way::Shared),
            (Some(4_152), true, None, Way::Shared),
            (Some(4_152), false, None, Way::Copy),
            (None, false, Some(0), Way::Alone),
            (None, false, Some(512), Way::Copy),
            (Some(4_152), true, Some(512), Way::Copy),
        ] {
            assert_eq!(Way::of(log, shared_memory, journal), way, "{log:?} {shared_memory} {journal:?}");
        }
    }
}
