//! The search for processes that have a store open, without releasing a lock of this process.
//!
//! Closing a file releases every POSIX lock that the process holds on it (sqlite.org/howtocorrupt.html, 2.2). So a
//! file of a store is opened here only if this process has it open nowhere else, which Linux tells by
//! `/proc/self/fd`; [`super::claim::turn`] keeps other threads from opening it meanwhile.
//!
//! Whoever uses a store in write-ahead mode has a shared lock on the file and, within that time, one on the `-shm`.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::process::{Flock, FlockOffsetType, FlockType, fcntl_getlk};

use crate::domain::sqlite::beside;
use crate::store::Result;

use super::super::settings::let_others_in;
use super::unreadable;

/// The processes that have a store open.
#[derive(Debug)]
pub(super) enum Holders {
    /// Nobody. The file is open for reading in here where that is safe.
    Nobody(Option<File>),
    /// Some program, perhaps this one.
    Somebody,
    /// Some program has open what was at the path before, and uses the log that is there.
    OfAnotherFile,
}

/// SQLite's locks on a file: one byte each for pending and reserved, then the bytes of shared locks
/// (`PENDING_BYTE` in sqlite.org/src/file/src/os.h).
const PENDING: u64 = 0x4000_0000;
const RESERVED: u64 = PENDING + 1;
const ALL_FILE_LOCKS: u64 = 512;
/// Those on a `-shm`: eight of the log's and the one that every user holds (`UNIX_SHM_BASE`, `UNIX_SHM_DMS` in
/// `sqlite.org/src/file/src/os_unix.c`).
const SHM_LOCKS: u64 = 120;
const ALL_SHM_LOCKS: u64 = 9;

/// The number of times that the locks are examined, 2 ms apart, before one on the `-shm` alone counts as another
/// file's: a program that opens or closes a store between two of them seems to have only one of the locks.
const LOOKS: u32 = 50;

/// Returns who is using the log of the store at `path`.
pub(super) fn of_log(path: &Path) -> Result<Holders> {
    let shm_path = beside(path, "-shm");
    let mut file = match file_here(path, &shm_path)? {
        ThisProcess::Closed(file) => file,
        ThisProcess::Open => return Ok(Holders::Somebody),
        ThisProcess::OpenElsewhere => return Ok(Holders::OfAnotherFile),
        ThisProcess::Unknown => return Ok(Holders::Nobody(None)),
    };
    for _ in 0..LOOKS {
        let shm = open(&shm_path)?;
        let log_is_used = match &shm {
            Some(shm) => is_locked(shm, FlockType::WriteLock, SHM_LOCKS, ALL_SHM_LOCKS)?,
            None => false,
        };
        drop(shm);
        let Some(open_file) = &file else {
            return Ok(if log_is_used { Holders::OfAnotherFile } else { Holders::Nobody(None) });
        };
        let is_open = is_locked(open_file, FlockType::WriteLock, PENDING, ALL_FILE_LOCKS)?;
        // A program that keeps the store for itself alone uses no `-shm`.
        let is_exclusive = is_locked(open_file, FlockType::ReadLock, PENDING, ALL_FILE_LOCKS)?;
        match (log_is_used, is_open) {
            (true, true) => return Ok(Holders::Somebody),
            _ if is_exclusive => return Ok(Holders::Somebody),
            (false, _) => return Ok(Holders::Nobody(file)),
            (true, false) => let_others_in(),
        }
        // It may be another one by now.
        drop(file);
        file = open(path)?;
    }
    Ok(Holders::OfAnotherFile)
}

/// Returns true if some program is in the transaction that the journal of the file at `path` belongs to.
pub(super) fn of_journal(path: &Path) -> Result<Holders> {
    let file = match file_here(path, &beside(path, "-shm"))? {
        ThisProcess::Closed(file) => file,
        ThisProcess::Open => return Ok(Holders::Somebody),
        ThisProcess::OpenElsewhere | ThisProcess::Unknown => return Ok(Holders::Nobody(None)),
    };
    let Some(open_file) = file else { return Ok(Holders::Nobody(None)) };
    let is_writing = is_locked(&open_file, FlockType::WriteLock, RESERVED, 1)?
        || is_locked(&open_file, FlockType::ReadLock, PENDING, ALL_FILE_LOCKS)?;
    Ok(if is_writing { Holders::Somebody } else { Holders::Nobody(Some(open_file)) })
}

/// The files that this process has open.
enum ThisProcess {
    /// Neither the file nor the `-shm`; the file is open now.
    Closed(Option<File>),
    /// The file itself, whether or not the `-shm` is open too.
    Open,
    /// The `-shm`, but not the file.
    OpenElsewhere,
    /// The system does not say.
    Unknown,
}

fn file_here(path: &Path, shm: &Path) -> Result<ThisProcess> {
    let Ok(entries) = fs::read_dir("/proc/self/fd") else { return Ok(ThisProcess::Unknown) };
    let identity = |path: &Path| path.metadata().ok().map(|found| (found.dev(), found.ino()));
    let open_here: Vec<_> = entries.flatten().filter_map(|entry| identity(&entry.path())).collect();
    let is_open = |path| identity(path).is_some_and(|file| open_here.contains(&file));
    if is_open(path) {
        return Ok(ThisProcess::Open);
    }
    if is_open(shm) {
        return Ok(ThisProcess::OpenElsewhere);
    }
    Ok(ThisProcess::Closed(open(path)?))
}

fn open(path: &Path) -> Result<Option<File>> {
    let flags = OFlags::NONBLOCK.bits() as i32;
    match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// Returns true if another process has a lock on these bytes that would prevent this one.
fn is_locked(file: &File, typ: FlockType, start: u64, length: u64) -> Result<bool> {
    let lock = Flock { start, length, pid: None, typ, offset_type: FlockOffsetType::Set };
    let found = fcntl_getlk(file, &lock).map_err(|error| unreadable(Path::new("locks"), &error.into()))?;
    Ok(found.is_some())
}
