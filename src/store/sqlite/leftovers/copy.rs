//! A private copy of a store and what lies beside it, to try on what must not be tried on the store itself.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::super::file::beside;
use super::unreadable;
use crate::store::Result;

/// The copy. It is removed when this is dropped.
#[derive(Debug)]
pub(super) struct PrivateCopy {
    /// Mode 0700.
    folder: TempDir,
}

impl PrivateCopy {
    /// Copies the file at `path` and the one beside it that has this suffix.
    pub(super) fn of(path: &Path, suffix: &str) -> Result<Self> {
        let folder = TempDir::with_prefix("nexus-").map_err(|error| unreadable(path, &error))?;
        let copy = Self { folder };
        copy_file(path, &copy.path())?;
        copy_file(&beside(path, suffix), &beside(&copy.path(), suffix))?;
        Ok(copy)
    }

    /// Returns the path of the store's copy.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("nexus.db")
    }
}

fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let copied =
        fs::copy(from, to).and_then(|_| File::open(to)?.set_permissions(Permissions::from_mode(0o600)));
    copied.map_err(|error| unreadable(from, &error))
}
