//! Telling from outside whether a file has changed.

use std::fmt;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::domain::sqlite::beside;

/// The outside of a file; differs after every change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    file: (u64, u64),
    bytes: u64,
    /// In nanoseconds.
    modified: i64,
    /// The time of the last change of any kind: the time above can be set back.
    changed: i64,
}

impl Stamp {
    /// Returns the stamp of the file with this metadata.
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            file: (metadata.dev(), metadata.ino()),
            bytes: metadata.len(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Returns a time as one number. It goes round after 292 years, which two times of one file never lie apart.
fn nanoseconds(seconds: i64, rest: i64) -> i64 {
    seconds.wrapping_mul(1_000_000_000).wrapping_add(rest)
}

/// The outside of a store that is read without locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileStamp {
    file: Option<Stamp>,
    log: Option<Stamp>,
    shared_memory: bool,
}

/// A text that differs where the file, or a log that holds something, does.
impl fmt::Display for FileStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let log = self.log.filter(|log| log.bytes > 0);
        for Stamp { file: (device, inode), bytes, modified, changed } in self.file.iter().chain(&log) {
            write!(f, "{device} {inode} {bytes} {modified} {changed};")?;
        }
        Ok(())
    }
}

impl FileStamp {
    /// Returns a number that most likely differs where anything of it does.
    pub(super) fn number(&self) -> i64 {
        let parts = [self.file, self.log].into_iter().flatten();
        parts.fold(0, |number: i64, Stamp { file: (_, inode), bytes, modified, changed }| {
            let times = modified.wrapping_mul(31).wrapping_add(changed);
            number.wrapping_mul(31).wrapping_add(times).wrapping_add_unsigned(inode.wrapping_add(bytes))
        })
    }

    /// Returns true if the file and the content of its log are the same. An empty log and the shared memory come and
    /// go with every reader.
    pub(super) fn holds_the_same_as(&self, other: &Self) -> bool {
        let log = |state: &Self| state.log.filter(|log| log.bytes > 0);
        self.file == other.file && log(self) == log(other)
    }

    /// Returns the state of the file and its log.
    pub(super) fn of(path: &Path) -> Self {
        let stamp = |path: &Path| fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata));
        let shared_memory = beside(path, "-shm").exists();
        Self { file: stamp(path), log: stamp(&beside(path, "-wal")), shared_memory }
    }
}
