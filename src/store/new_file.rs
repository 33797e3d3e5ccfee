//! New files for their owner only, and the durable names that they get.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

/// Returns the folder of a file.
pub(crate) fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates a file that only its owner can read and write.
///
/// # Errors
/// [`ErrorKind::AlreadyExists`] for a file, or a link that leads nowhere; it cannot be created.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Renames a file to a name that no file has.
///
/// # Errors
/// [`ErrorKind::AlreadyExists`]; it cannot be renamed.
pub(crate) fn rename_to_new(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Not every file system can do that, nor can each make links.
        Err(Errno::INVAL | Errno::NOSYS) => match fs::hard_link(from, to) {
            Ok(()) => fs::remove_file(from),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
            Err(_) if fs::symlink_metadata(to).is_ok() => Err(ErrorKind::AlreadyExists.into()),
            Err(_) => fs::rename(from, to),
        },
        renamed => Ok(renamed?),
    }
}

/// Exchanges the names of two files. Returns false where the file system cannot do that.
///
/// # Errors
/// [`ErrorKind::NotFound`] if one of them is not there; they cannot be renamed.
pub(crate) fn exchange(one: &Path, other: &Path) -> io::Result<bool> {
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Err(Errno::INVAL | Errno::NOSYS) => Ok(false),
        exchanged => Ok(exchanged.map(|()| true)?),
    }
}

/// Writes the folder of a file to the disk, so that the file's name is there after a power cut. A folder that may be
/// written but not read, and one whose file system syncs no folders, is left to the system, as SQLite leaves it.
///
/// # Errors
/// The folder cannot be written to the disk.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = match File::open(folder_of(file)) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return Ok(()),
        opened => opened?,
    };
    match folder.sync_all() {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_synced_is_no_failure_but_a_missing_one_is() {
        let folder = tempfile::tempdir().unwrap();
        sync_folder(&folder.path().join("a.db")).unwrap();
        // It refuses to be synced.
        sync_folder("/proc/a.db".as_ref()).unwrap();
        let missing = sync_folder(&folder.path().join("gone/a.db")).unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
    }

    #[test]
    fn two_files_exchange_their_names_and_a_missing_one_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other, missing] = ["one", "other", "missing"].map(|name| folder.path().join(name));
        for path in [&one, &other] {
            fs::write(path, path.file_name().unwrap().as_encoded_bytes()).unwrap();
        }
        let is_exchanged = exchange(&one, &other).unwrap();
        assert_eq!(fs::read(&one).unwrap() == b"other", is_exchanged);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        assert_eq!(exchange(&one, &missing).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn a_bare_name_lies_in_the_folder_at_hand() {
        let paths = ["a.db", "/a.db", "b/a.db"];
        let folders = paths.map(|path| folder_of(path.as_ref()));
        assert_eq!(folders, [".", "/", "b"].map(Path::new));
    }
}
