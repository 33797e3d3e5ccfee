//! Making a new store's file.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, ErrorKind, Read as _, Seek as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rustix::fs::{FallocateFlags, fallocate};

use crate::domain::access::Access;
use crate::domain::text::excerpt_path;
use crate::store::hidden_folder::HiddenFolder;
use crate::store::nameless;
use crate::store::new_file::{self, folder_of, rename_to_new, sync_folder};
use crate::store::{Making, Opening, Result, StoreError};

use super::location::unreachable;
use super::{migrations, permissions, settings};

/// Bytes of a new store that are moved to its place at a time.
const MOVED_AT_ONCE: u64 = 16 << 20;
/// Gives the blocks of a part of a file back to the file system (fallocate(2)).
const HOLE: FallocateFlags = FallocateFlags::PUNCH_HOLE.union(FallocateFlags::KEEP_SIZE);

/// Creates an empty file of mode 0600, and the folders above it with mode 0700, whatever the umask, and returns its
/// path. Another program may create the store at the same moment: an empty file that it created is as good, if nobody
/// else may use it. Any other file is left unchanged.
pub(super) fn create(path: &Path, group: Option<u32>) -> Result<PathBuf> {
    let (folder, name) = place(path)?;
    let path = made_folder(folder, group)?.join(name);
    match new_file::create(&path) {
        // The umask may have taken the owner's bits.
        Ok(file) => {
            file.set_permissions(Permissions::from_mode(0o600))
                .map_err(|error| unreachable(&path, &error))?;
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => check_empty(&path)?,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let folder = path.parent().unwrap_or(folder);
            let words = format!("you may not make a file in the folder {}", excerpt_path(folder));
            return Err(StoreError::Unreachable(words));
        }
        Err(error) => return Err(unreachable(&path, &error)),
    }
    Ok(path)
}

/// Returns the folder and the name of a store to create at `path`.
fn place(path: &Path) -> Result<(&Path, &OsStr)> {
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
    Ok((folder_of(path), OsStr::from_bytes(name)))
}

/// Creates a folder and those above it if they do not exist, and returns its path.
fn made_folder(folder: &Path, group: Option<u32>) -> Result<PathBuf> {
    if !folder.exists() {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|error| unreachable(folder, &error))?;
    }
    let folder = folder.canonicalize().map_err(|error| unreachable(folder, &error))?;
    permissions::check_folder(&folder, group)?;
    Ok(folder)
}

/// A new store's file that has no name until something is stored in it: what ends before that leaves nothing.
#[derive(Debug)]
pub(super) struct Unnamed {
    file: File,
    path: PathBuf,
    group: Option<u32>,
    /// Holds the file if it may become large, and where the file system knows no files without names.
    folder: Option<HiddenFolder>,
}

impl Unnamed {
    /// Creates the file of a store for `path`, and opens it as an empty store. Returns `None` if something is at the
    /// path, or if nothing can be made beside it.
    ///
    /// # Errors
    /// No store can be created there.
    pub(super) fn open(path: &Path, opening: Opening) -> Result<Option<(Self, Connection)>> {
        let base = existing_folder(path)?;
        if place(path)?.0.exists() {
            permissions::check_folder(&base, opening.group)?;
        }
        if fs::symlink_metadata(path).is_ok() {
            return Ok(None);
        }
        HiddenFolder::remove_abandoned(&base);
        let mut opened = Ok(None);
        let nameless = match opening.making {
            Making::AtOnce | Making::WithFirstChange => nameless::file_in(&base).ok(),
            Making::WithFirstLoad => None,
        };
        let (file, folder) = if let Some(file) = nameless {
            (opening.uninterrupted)(&mut || opened = open_nameless(&file, &base));
            (file, None)
        } else {
            let Ok((file, folder)) = hidden_file(&base) else { return Ok(None) };
            opened = open_empty(&folder.store()).map(Some);
            (file, Some(folder))
        };
        let unnamed = Self { file, path: path.to_owned(), group: opening.group, folder };
        Ok(opened?.map(|connection| (unnamed, connection)))
    }

    /// Gives the file its name, and closes it: closing a file later would let go of SQLite's locks on it. Nobody has it open.
    ///
    /// # Errors
    /// Another file has taken the path meanwhile, or the path cannot be reached.
    pub(super) fn give_name(self) -> Result<()> {
        let Some(folder) = &self.folder else { return put_new(&self.file, &self.path, self.group) };
        put(&self.path, self.group, |_, path| {
            self.file.sync_all()?;
            rename_to_new(&folder.store(), path)
        })
    }
}

/// Returns the folder of a store to create at `path`, resolved, or the nearest one above it that exists: a folder that is
/// made later lies on the same file system.
///
/// # Errors
/// No store can be created there.
pub(super) fn existing_folder(path: &Path) -> Result<PathBuf> {
    let (folder, _) = place(path)?;
    let base = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    base.canonicalize().map_err(|error| unreachable(base, &error))
}

/// Creates the file of a store with the content of another file, whole or not at all. The other file loses its content.
///
/// # Errors
/// Another file has taken the path meanwhile, or the path cannot be reached.
pub(super) fn put_new(content: &File, path: &Path, group: Option<u32>) -> Result<()> {
    // A file that had a name once and lost it cannot have another (linkat(2)): its content moves to one that can.
    put(path, group, |folder, path| match nameless::file_in(folder) {
        Ok(copy) => pour(content, &copy).and_then(|()| nameless::link(&copy, path)),
        Err(_) => put_new_by_name(content, path),
    })
}

/// Makes the folder of a store, and lets `named` put its file there, on the disk.
fn put(path: &Path, group: Option<u32>, named: impl FnOnce(&Path, &Path) -> io::Result<()>) -> Result<()> {
    let (folder, name) = place(path)?;
    let folder = made_folder(folder, group)?;
    let path = folder.join(name);
    named(&folder, &path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            StoreError::NotAStore("another program has just made its own file there".into())
        }
        _ => unreachable(&path, &error),
    })?;
    sync_folder(&path).map_err(|error| unreachable(&path, &error))
}

/// Does the same on a file system that knows no files without names.
fn put_new_by_name(content: &File, path: &Path) -> io::Result<()> {
    let (copy, folder) = hidden_file(folder_of(path))?;
    pour(content, &copy)?;
    rename_to_new(&folder.store(), path)
}

/// Creates a file of mode 0600 in a hidden folder below `base`.
fn hidden_file(base: &Path) -> io::Result<(File, HiddenFolder)> {
    let folder = HiddenFolder::create(base)?;
    let file = new_file::create(&folder.store())?;
    // The umask may have taken the owner's bits.
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok((file, folder))
}

/// Moves the content of a file into an empty one, to the disk. The file system gets back what was moved, where it takes that,
/// so that a store never needs room for two.
fn pour(mut content: &File, mut into: &File) -> io::Result<()> {
    content.rewind()?;
    let mut moved = 0;
    loop {
        let bytes = io::copy(&mut content.take(MOVED_AT_ONCE), &mut into)?;
        if bytes == 0 {
            return into.sync_all();
        }
        let _ = fallocate(content, HOLE, moved, bytes);
        moved += bytes;
    }
}

/// Opens the file as an empty store. It has a name for as long as SQLite needs one.
fn open_nameless(file: &File, base: &Path) -> Result<Option<Connection>> {
    let Ok(folder) = HiddenFolder::create(base) else { return Ok(None) };
    let path = folder.store();
    if nameless::link(file, &path).is_err() {
        return Ok(None);
    }
    let connection = open_empty(&path)?;
    folder.close().map_err(|error| unreachable(base, &error))?;
    Ok(Some(connection))
}

/// Opens an empty file as an empty store.
fn open_empty(path: &Path) -> Result<Connection> {
    let mut connection = settings::connect(path, Access::ReadWrite)?;
    settings::prepare_unnamed(&connection)?;
    migrations::make(&mut connection, path)?;
    Ok(connection)
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[test]
    fn a_copy_with_a_name_is_put_into_its_place_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let mut content = tempfile::tempfile_in(&folder).unwrap();
        content.write_all(&[7; 8_192]).unwrap();
        let path = folder.path().join("nexus.db");
        put_new_by_name(&content, &path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), [7; 8_192]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        // Not every file system takes back what was moved.
        if fallocate(tempfile::tempfile_in(&folder).unwrap(), HOLE, 0, 1).is_ok() {
            assert_eq!(content.metadata().unwrap().blocks(), 0, "it still takes room");
        }
        fs::write(&path, "somebody's").unwrap();
        assert_eq!(put_new_by_name(&content, &path).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"somebody's");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
