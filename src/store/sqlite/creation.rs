//! Making a new store's file.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::location::unreachable;
use super::permissions;
use crate::domain::text::excerpt_path;
use crate::store::{Result, StoreError};

/// Makes an empty file of mode 0600, and the folders above it with mode 0700, whatever the umask, and returns where it
/// lies. Another program may be making the store at the same moment: an empty file of its own is as good, if nobody else
/// may use it. Any other file is not touched.
pub(super) fn create(path: &Path, group: Option<u32>) -> Result<PathBuf> {
    // Not `file_name`: it passes over a slash or a dot at the end.
    let name = path.as_os_str().as_bytes().rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    if matches!(name, b"" | b"." | b"..") {
        return Err(StoreError::NotAStore(format!(
            "the path {} is a folder, not a store",
            excerpt_path(path)
        )));
    }
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        let words =
            format!("the path {} is a symbolic link, and no store is made through one", excerpt_path(path));
        return Err(StoreError::NotAStore(words));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.exists() {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|error| unreachable(folder, &error))?;
    }
    let folder = folder.canonicalize().map_err(|error| unreachable(folder, &error))?;
    permissions::check_folder(&folder, group)?;
    let path = folder.join(OsStr::from_bytes(name));
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        // The umask may have taken the owner's bits.
        Ok(file) => {
            file.set_permissions(Permissions::from_mode(0o600))
                .map_err(|error| unreachable(&path, &error))?;
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => check_empty(&path)?,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let words = format!("you may not make a file in the folder {}", excerpt_path(&folder));
            return Err(StoreError::Unreachable(words));
        }
        Err(error) => return Err(unreachable(&path, &error)),
    }
    Ok(path)
}

/// Checks that a file that is there already may become a store, if it is still empty.
fn check_empty(path: &Path) -> Result<()> {
    let metadata = fs::symlink_metadata(path).map_err(|error| unreachable(path, &error))?;
    if metadata.len() > 0 || permissions::is_private(path)? {
        return Ok(());
    }
    Err(StoreError::NotAStore(format!(
        "the file {} is empty, but others may use it: remove it, or make it private (mode 0600)",
        excerpt_path(path)
    )))
}
