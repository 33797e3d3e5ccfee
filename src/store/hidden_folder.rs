//! The hidden folder in which a new store, a backup or a file that an operator names has a name while it is made.
//!
//! Its maker holds a lock on it, which the system releases however the maker ends (flock(2)). A folder without that lock was
//! left behind by a making that was cut short, and the next making removes it.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, OFlags, flock};
use tempfile::{Builder, TempDir};

/// The beginning of its name.
const PREFIX: &str = ".nexus-new-";

/// The most folders that are made until one of them is not removed by somebody else.
const ATTEMPTS: u32 = 1_000;

/// The files that a making may have in it, the store's first and the packed one's last.
const FILES: [&str; 7] = [
    "new.db",
    "new.db-journal",
    "new.db-wal",
    "new.db-shm",
    HiddenFolder::SECOND,
    HiddenFolder::FILE,
    "new.zst",
];

/// The ending of the tables of an export, which may be in it too.
const TABLE: &str = ".csv";

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
    /// A file that an operator names.
    const FILE: &str = "new.file";

    /// Creates a folder below another one, of mode 0700.
    ///
    /// # Errors
    /// It cannot be created or locked.
    pub(crate) fn create(base: &Path) -> io::Result<Self> {
        Self::create_as(base, |_| {})
    }

    /// Creates a folder; `made` is called with its path before it is locked. Until then another making may take it for one
    /// that was left behind and remove it, and then the next one is made.
    fn create_as(base: &Path, mut made: impl FnMut(&Path)) -> io::Result<Self> {
        let mut attempts = 1;
        loop {
            let private = Permissions::from_mode(0o700);
            let folder = Builder::new().prefix(PREFIX).permissions(private).tempdir_in(base)?;
            made(folder.path());
            match locked(folder.path()) {
                Ok(lock) if is_at(&lock, folder.path()) => return Ok(Self { folder, _lock: lock }),
                Ok(_) if attempts < ATTEMPTS => {}
                Ok(_) => return Err(ErrorKind::NotFound.into()),
                Err(error) if attempts < ATTEMPTS && is_removal(&error) => {}
                Err(error) => return Err(error),
            }
            attempts += 1;
        }
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

    /// Returns the path of a file in it that an operator names.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join(Self::FILE)
    }

    /// Returns the path of a table in it, by the table's name.
    pub(crate) fn table(&self, word: &str) -> PathBuf {
        self.folder.path().join(format!("{word}{TABLE}"))
    }

    /// Gives it a name that nothing has but an empty folder, and leaves it there.
    ///
    /// # Errors
    /// It cannot be renamed.
    pub(crate) fn persist(self, path: &Path) -> io::Result<()> {
        fs::rename(self.folder.path(), path)?;
        // Nothing is left to remove under the old name.
        let _ = self.folder.keep();
        Ok(())
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

/// Returns true if an open folder is the one with this path.
fn is_at(folder: &File, path: &Path) -> bool {
    let found = folder.metadata().and_then(|open| Ok((open, fs::symlink_metadata(path)?)));
    found.is_ok_and(|(open, named)| (open.dev(), open.ino()) == (named.dev(), named.ino()))
}

/// Returns true for the error of a folder that somebody else removes, or has removed.
fn is_removal(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotFound)
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
    let is_of_making = |name: &OsString| {
        FILES.iter().any(|known| name == known) || name.to_str().is_some_and(|name| name.ends_with(TABLE))
    };
    if !is_private || !names.iter().all(is_of_making) {
        return Ok(());
    }
    for name in names {
        fs::remove_file(folder.join(name))?;
    }
    fs::remove_dir(folder)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    #[test]
    fn a_folder_that_another_making_removes_before_it_is_locked_is_made_again() {
        let base = tempfile::tempdir().unwrap();
        // Removed, held by whoever removes it, and replaced.
        let mut held = Vec::new();
        let mut made = 0;
        let folder = HiddenFolder::create_as(base.path(), |folder| {
            made += 1;
            match made {
                1 => HiddenFolder::remove_abandoned(base.path()),
                2 => held.push(locked(folder).unwrap()),
                _ => {}
            }
        });
        let folder = folder.unwrap();
        assert_eq!(made, 3);
        HiddenFolder::remove_abandoned(base.path());
        assert!(folder.folder.path().is_dir());
        drop(held);
        folder.close().unwrap();
        assert_eq!(fs::read_dir(base.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_making_left_behind_is_removed_and_what_somebody_put_there_stays() {
        let base = tempfile::tempdir().unwrap();
        for (files, is_left) in [
            (&["new.db", "new.db-wal"][..], false),
            (&["new.file"], false),
            (&["users.csv", "sessions.csv"], false),
            (&["users.csv", "notes.txt"], true),
        ] {
            let HiddenFolder { folder, _lock: lock } = HiddenFolder::create(base.path()).unwrap();
            for file in files {
                fs::write(folder.path().join(file), "rows").unwrap();
            }
            HiddenFolder::remove_abandoned(base.path());
            assert!(folder.path().is_dir(), "it is in use");
            drop(lock);
            HiddenFolder::remove_abandoned(base.path());
            assert_eq!(folder.path().is_dir(), is_left, "{files:?}");
        }
    }

    #[test]
    fn makings_at_the_same_moment_do_not_disturb_each_other() {
        let base = tempfile::tempdir().unwrap();
        let start = Barrier::new(4);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    for _ in 0..200 {
                        HiddenFolder::remove_abandoned(base.path());
                        let folder = HiddenFolder::create(base.path()).unwrap();
                        fs::write(folder.store(), "rows").unwrap();
                        folder.close().unwrap();
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(base.path()).unwrap().count(), 0);
    }
}
