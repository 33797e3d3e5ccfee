//! The file of a backup that is read.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::domain::sqlite::beside;
use crate::domain::text::excerpt_path;
use crate::exchange::unpack::{Packing, Unpacked, Unreadable};
use crate::service::contract::{Failure, FailureKind};
use crate::store::StoreError;

/// The file of a backup that is read, packed or not.
#[derive(Debug)]
pub(super) struct BackupFile {
    path: PathBuf,
    packing: Packing,
    bytes: u64,
}

impl BackupFile {
    /// Looks at the file; `owns` returns true for the files of the open store.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] for what is no file, or the store itself; [`FailureKind::Unavailable`] for a file without its
    /// newest rows, which lie beside it.
    pub(super) fn find(path: &Path, owns: impl Fn(&Path) -> bool) -> Result<Self, Failure> {
        let metadata = fs::metadata(path).map_err(|error| unread(path, &error))?;
        let shown = excerpt_path(path);
        if !metadata.is_file() {
            let what = if metadata.is_dir() { "a folder" } else { "not a regular file" };
            return Err(Failure::new(FailureKind::Invalid, format!("{shown} is {what}.")));
        }
        // Even to open it would release the locks on the store.
        if owns(path) {
            return Err(Failure::new(FailureKind::Invalid, format!("{shown} is the store itself.")));
        }
        let content = File::open(path).and_then(Unpacked::new).map_err(|error| unread(path, &error))?;
        let file = Self { path: path.to_owned(), packing: content.packing(), bytes: metadata.len() };
        match leftover(path).filter(|_| !file.is_packed()) {
            Some(leftover) => Err(incomplete(path, &leftover)),
            None => Ok(file),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn into_path(self) -> PathBuf {
        self.path
    }

    pub(super) fn is_packed(&self) -> bool {
        self.packing != Packing::Plain
    }

    /// Returns the size of the file.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the bytes of the backup, unpacked.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn content(&self) -> Result<impl Read + use<>, Failure> {
        File::open(&self.path).and_then(Unpacked::new).map_err(|error| unread(&self.path, &error))
    }

    /// Returns the failure for an error that the store has met in the file.
    pub(super) fn failure(&self, error: StoreError) -> Failure {
        let shown = excerpt_path(&self.path);
        let unavailable = |message| Failure::new(FailureKind::Unavailable, message);
        match error {
            StoreError::NotAStore(_) | StoreError::Importable(_) => {
                let hint = "`nexus import` reads files of other programs.";
                Failure::new(FailureKind::Invalid, format!("{shown} is not a NEXUS backup.")).hint(hint)
            }
            StoreError::Newer { found, known } => {
                unavailable(format!("{shown} has schema {found}, this program knows up to {known}."))
                    .hint("Use the newer NEXUS that made it.")
            }
            StoreError::Altered(what) => {
                unavailable(format!("The schema of {shown} was altered: {what}.")).hint("Use another backup.")
            }
            StoreError::Damaged => {
                unavailable(format!("{shown} is damaged or cut off.")).hint("Use another backup.")
            }
            StoreError::Full => unavailable(format!("No space is left to unpack {shown}."))
                .hint("Free some space and try again."),
            StoreError::Unreachable(why) => {
                unavailable(format!("{shown} cannot be used: {why}.")).hint("Use another backup.")
            }
            error => error.into(),
        }
    }
}

/// Returns the path of the log or journal beside a SQLite file, if one with content is there.
pub(super) fn leftover(path: &Path) -> Option<PathBuf> {
    // SQLite keeps them beside the file itself, not beside a link to it.
    let file = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut leftovers = ["-wal", "-journal"].map(|suffix| beside(&file, suffix)).into_iter();
    leftovers.find(|leftover| leftover.metadata().is_ok_and(|found| found.len() > 0))
}

/// Returns the failure for a file that is not the whole of a store.
fn incomplete(path: &Path, leftover: &Path) -> Failure {
    let message = format!(
        "{} cannot be used: {} lies beside it, so that it is a store in use, or a copy of one.",
        excerpt_path(path),
        excerpt_path(leftover)
    );
    Failure::new(FailureKind::Unavailable, message).hint("Make the copy with `nexus backup`.")
}

/// Returns the failure for a file that cannot be read.
fn unread(path: &Path, error: &io::Error) -> Failure {
    let shown = excerpt_path(path);
    let fault = error.get_ref().and_then(|inner| inner.downcast_ref::<Unreadable>());
    match (fault, error.kind()) {
        (Some(fault), _) => {
            Failure::new(FailureKind::Unavailable, format!("{shown} cannot be used: {fault}."))
        }
        (None, io::ErrorKind::NotFound) => {
            Failure::new(FailureKind::Invalid, format!("There is no file {shown}."))
        }
        (None, _) => Failure::new(FailureKind::Invalid, format!("{shown} cannot be read: {error}.")),
    }
}
