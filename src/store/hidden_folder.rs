//! The hidden folder in which a new store, or a backup, has a name while it is made.
//!
//! Its maker holds a lock on it, which the system releases however the maker ends (flock(2)). A folder without that lock was
//! left behind by a making that was cut short, and the next making removes it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, flock};
use tempfile::TempDir;

/// The beginning of its name.
const PREFIX: &str = ".nexus-new-";

/// The files that a making may have in it, the store's first and the packed one's last.
const FILES: [&str; 6] =
    ["new.db", "new.db-journal", "new.db-wal", "new.db-shm", HiddenFolder::SECOND, "new.zst"];

/// A folder in use.
#[derive(Debug)]
pub(crate) struct HiddenFolder {
    folder: TempDir,
    /// The lock goes after the folder.
    _lock: File,
}

impl HiddenFolder {
    /// The second name of an older backup, in the folder of the one that takes its place.
    pub(crate) const SECOND: &str = "older";

    /// Creates a folder below another one, of mode 0700.
    ///
    /// # Errors
    /// It cannot be created or locked.
    pub(crate) fn create(base: &Path) -> io::Result<Self> {
        let folder = TempDir::with_prefix_in(PREFIX, base)?;
        let lock = locked(folder.path())?;
        Ok(Self { folder, _lock: lock })
    }

    /// Returns the path of the store in it.
    pub(crate) fn store(&self) -> PathBuf {
        let [store, ..] = FILES;
        self.folder.path().join(store)
    }

    /// Returns the path of the packed store in it.
    pub(crate) fn packed(&self) -> PathBuf {
        let [.., packed] = FILES;
        self.folder.path().join(packed)
    }

    /// Removes it.
    ///
    /// # Errors
    /// It cannot be removed.
    pub(crate) fn close(self) -> io::Result<()> {
        self.folder.close()
    }

    /// Removes the folders below `base` that were left behind. One that is not surely such a folder stays, and so does one
    /// that cannot be removed.
    pub(crate) fn remove_abandoned(base: &Path) {
        let entries = fs::read_dir(base).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
            let _ = remove_if_abandoned(&entry.path());
        }
    }
}

/// Opens a folder and locks it, without waiting. A link is not followed.
fn locked(folder: &Path) -> io::Result<File> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(folder)?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    Ok(file)
}

fn remove_if_abandoned(folder: &Path) -> io::Result<()> {
    let lock = locked(folder)?;
    let metadata = lock.metadata()?;
    let is_private =
        metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o777 == 0o700;
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    if !is_private || names.iter().any(|name| !FILES.iter().any(|known| name == known)) {
        return Ok(());
    }
    for name in names {
        fs::remove_file(folder.join(name))?;
    }
    fs::remove_dir(folder)
}
