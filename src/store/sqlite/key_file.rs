//! The file beside the store that holds the key for what is sealed in it: `NAME.key`, for the owner of the store only.
//!
//! Whoever has a copy of the store alone, a backup or an export, cannot read what is sealed.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use crate::domain::secret::{MAX_GIVEN, Secret};
use crate::domain::sqlite::{KEY_FILE, beside};
use crate::domain::text::excerpt_path;
use crate::store::hidden_folder::HiddenFolder;
use crate::store::new_file::{self, folder_of, sync_folder};
use crate::store::{Result, StoreError};

use super::location::unreachable;

/// Returns the path of the key file of a store.
pub(super) fn path_of(store: &Path) -> PathBuf {
    beside(store, KEY_FILE)
}

/// Returns the text in the key file, or `None` if there is none.
///
/// # Errors
/// The file cannot be read.
pub(super) fn read(store: &Path) -> Result<Option<Secret>> {
    let path = path_of(store);
    match contents(&path) {
        Ok(key) => Ok(Some(key)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            let shown = excerpt_path(&path);
            Err(StoreError::Unreachable(format!("{shown} is not a key file of NEXUS")))
        }
        Err(error) => Err(unreachable(&path, &error)),
    }
}

fn contents(path: &Path) -> io::Result<Secret> {
    // A pipe would be waited for.
    if !fs::metadata(path)?.is_file() {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(MAX_GIVEN + 1));
    File::open(path)?.take(MAX_GIVEN as u64 + 1).read_to_end(&mut bytes)?;
    Secret::from_given(&bytes).map_err(|_| ErrorKind::InvalidData.into())
}

/// Writes a key file with this text, whole or not at all, unless there is one. Returns the text of the file.
///
/// # Errors
/// The file cannot be written.
pub(super) fn make(store: &Path, key: &Secret) -> Result<Secret> {
    if let Some(key) = read(store)? {
        return Ok(key);
    }
    let path = path_of(store);
    match write(store, &path, key) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        written => written.map_err(|error| unreachable(&path, &error))?,
    }
    // Another program may have been quicker.
    read(store)?.ok_or_else(|| unreachable(&path, &ErrorKind::NotFound.into()))
}

fn write(store: &Path, path: &Path, key: &Secret) -> io::Result<()> {
    let folder = folder_of(path);
    HiddenFolder::remove_abandoned(folder);
    let hidden = HiddenFolder::create(folder)?;
    let part = hidden.store();
    let mut file = new_file::create(&part)?;
    file.write_all(key.expose().as_bytes())?;
    file.write_all(b"\n")?;
    share(store, &file)?;
    file.sync_all()?;
    new_file::rename_to_new(&part, path)?;
    sync_folder(path)
}

/// Gives the key to the owner of the store, if root makes it, and to the group that may write the store.
fn share(store: &Path, file: &File) -> io::Result<()> {
    let metadata = fs::metadata(store)?;
    if file.metadata()?.uid() == 0 && metadata.uid() != 0 {
        fchown(file, Some(metadata.uid()), Some(metadata.gid()))?;
    }
    if metadata.mode() & 0o020 == 0 {
        return Ok(());
    }
    fchown(file, None, Some(metadata.gid()))?;
    file.set_permissions(Permissions::from_mode(0o640))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::from_text(text).unwrap()
    }

    fn store() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("nexus.db");
        drop(new_file::create(&store).unwrap());
        (folder, store)
    }

    #[test]
    fn it_is_made_once_for_its_owner_only() {
        let (folder, store) = store();
        assert_eq!(read(&store).unwrap(), None);
        assert_eq!(make(&store, &secret("first")).unwrap(), secret("first"));
        assert_eq!(make(&store, &secret("second")).unwrap(), secret("first"));
        assert_eq!(read(&store).unwrap(), Some(secret("first")));
        let path = folder.path().join("nexus.db.key");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(path).unwrap(), "first\n");
        let names = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(names, 2, "nothing is left beside it");
    }

    #[test]
    fn the_group_of_the_store_may_read_it() {
        let (_folder, store) = store();
        fs::set_permissions(&store, Permissions::from_mode(0o660)).unwrap();
        make(&store, &secret("key")).unwrap();
        assert_eq!(fs::metadata(path_of(&store)).unwrap().mode() & 0o777, 0o640);
    }

    #[test]
    fn what_is_no_key_file_is_named_and_left_alone() {
        let (_folder, store) = store();
        let path = path_of(&store);
        for bytes in [&b"a\nb\n"[..], &[0xff], &[b'x'; 5_000]] {
            fs::write(&path, bytes).unwrap();
            let error = make(&store, &secret("key")).unwrap_err().to_string();
            assert!(error.contains("nexus.db.key is not a key file"), "{error}");
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(read(&store).is_err());
    }
}
