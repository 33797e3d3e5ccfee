//! The search for a store's file by its path.
//!
//! A path is resolved once and the resolved file is opened, so that SQLite keeps its log beside that file, whatever
//! links led to it.

use std::fs;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use crate::domain::text::excerpt_path;
use crate::store::{Result, StoreError};

/// Returns the resolved path of a file, or `None` if there is none.
///
/// # Errors
/// The path cannot be followed to its end.
pub(super) fn find(path: &Path) -> Result<Option<PathBuf>> {
    match path.canonicalize() {
        Ok(resolved) => Ok(Some(resolved)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreachable(path, &error)),
    }
}

/// Returns what is wrong with a path that cannot be used, with the folder where it ends.
pub(super) fn unreachable(path: &Path, error: &Error) -> StoreError {
    let shown = excerpt_path(path);
    match error.kind() {
        ErrorKind::ReadOnlyFilesystem => StoreError::NotWritable,
        ErrorKind::StorageFull => StoreError::Full,
        ErrorKind::NotFound => StoreError::Missing(path.to_owned()),
        ErrorKind::PermissionDenied => match closed_folder(path) {
            Some(folder) => {
                StoreError::Unreachable(format!("you may not enter the folder {}", excerpt_path(folder)))
            }
            None => StoreError::Unreachable(format!("permission denied at {shown}")),
        },
        ErrorKind::NotADirectory => {
            StoreError::Unreachable(format!("a part of the path {shown} is not a folder"))
        }
        _ => StoreError::Unreachable(format!("{shown}: {error}")),
    }
}

/// Returns the first folder on the way to `path` that may not be entered.
fn closed_folder(path: &Path) -> Option<&Path> {
    let mut folders: Vec<_> = path.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty()).collect();
    folders.reverse();
    let is_closed = |folder: &&Path| {
        let inside = fs::symlink_metadata(folder.join("."));
        inside.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
    };
    folders.into_iter().find(is_closed)
}
