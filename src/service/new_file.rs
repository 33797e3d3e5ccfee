//! New files that an operator names: for their owner only, and whole or not there at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::domain::sqlite::beside;
use crate::domain::text::{excerpt_path, visible};
use crate::store::Store;

use super::contract::{Failure, FailureKind};

/// The suffixes of the files that belong to a store, whether they are there now or not.
const OF_STORE: [&str; 5] = ["", "-wal", "-shm", "-journal", "-damaged"];

/// Refuses to write a file of the open store, and one whose name the store could take.
///
/// # Errors
/// [`FailureKind::Invalid`] for such a file.
pub(super) fn refuse_of_store(path: &Path, store: &dyn Store) -> Result<(), Failure> {
    let located = PathBuf::from(store.location());
    let asked = folder_of(path).canonicalize().ok().zip(path.file_name());
    let asked = asked.map(|(folder, name)| folder.join(name));
    let of_store = |suffix: &&str| asked.as_ref() == Some(&beside(&located, suffix));
    if store.owns(path) || OF_STORE.iter().any(of_store) {
        let words = format!("{} belongs to the store itself.", shown(path));
        return Err(Failure::new(FailureKind::Invalid, words));
    }
    Ok(())
}

/// A file that is being written, beside the place where it will be. Dropped unfinished, it is removed.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    /// True if it takes the place of a file that is there.
    replaces: bool,
    file: BufWriter<NamedTempFile>,
}

impl NewFile {
    /// Creates a file with mode 0600.
    ///
    /// # Errors
    /// A conflict if there is something of that name, whatever it is; another failure if it cannot be written.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        match fs::symlink_metadata(path) {
            Ok(_) => Err(is_there(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::open(path, false),
            Err(error) => Err(unwritten(path, &error)),
        }
    }

    /// Creates a file that takes the place of another one when it is whole.
    ///
    /// # Errors
    /// A failure if the other one is no regular file, or the new one cannot be written.
    pub fn replacing(path: &Path) -> Result<Self, Failure> {
        match fs::symlink_metadata(path) {
            Ok(found) if !found.is_file() => {
                let words = format!("{} is not a regular file; it was left alone.", shown(path));
                Err(Failure::new(FailureKind::Invalid, words))
            }
            Ok(_) => Self::open(path, true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::open(path, true),
            Err(error) => Err(unwritten(path, &error)),
        }
    }

    fn open(path: &Path, replaces: bool) -> Result<Self, Failure> {
        let file = temporary().tempfile_in(folder_of(path)).map_err(|error| unwritten(path, &error))?;
        Ok(Self { path: path.to_owned(), replaces, file: BufWriter::new(file) })
    }

    /// Returns what was written so far, to be read from its beginning.
    ///
    /// # Errors
    /// It cannot be written or opened.
    pub(super) fn written(&mut self) -> io::Result<File> {
        self.file.flush()?;
        self.file.get_ref().reopen()
    }

    /// Puts the file into its place, with all of it on the disk.
    ///
    /// # Errors
    /// A failure if it cannot be written; a conflict if something of that name has come meanwhile.
    pub fn finish(self) -> Result<(), Failure> {
        let Self { path, replaces, file } = self;
        let file = file.into_inner().map_err(|error| unwritten(&path, error.error()))?;
        file.as_file().sync_all().map_err(|error| unwritten(&path, &error))?;
        let placed = if replaces { file.persist(&path) } else { file.persist_noclobber(&path) };
        placed.map_err(|failed| match failed.error.kind() {
            io::ErrorKind::AlreadyExists => is_there(&path),
            _ => unwritten(&path, &failed.error),
        })?;
        sync_folder(&path);
        Ok(())
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for NewFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// A folder of files that is being filled, beside the place where it will be. Dropped unfinished, it is removed.
#[derive(Debug)]
pub(super) struct NewFolder {
    path: PathBuf,
    folder: tempfile::TempDir,
}

impl NewFolder {
    /// Creates a folder with mode 0700.
    ///
    /// # Errors
    /// A conflict if there is something of that name other than an empty folder; another failure if it cannot be written.
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        let is_free = match fs::symlink_metadata(path) {
            Ok(found) if !found.is_dir() => false,
            Ok(_) => fs::read_dir(path).map_err(|error| unwritten(path, &error))?.next().is_none(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(unwritten(path, &error)),
        };
        if !is_free {
            return Err(is_there(path).hint("Name a new folder, or an empty one."));
        }
        let made = temporary().permissions(fs::Permissions::from_mode(0o700)).tempdir_in(folder_of(path));
        let folder = made.map_err(|error| unwritten(path, &error))?;
        Ok(Self { path: path.to_owned(), folder })
    }

    /// Creates a file in the folder, with mode 0600.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn file(&self, name: &str) -> Result<NewFile, Failure> {
        NewFile::create(&self.folder.path().join(name))
    }

    /// Puts the folder into its place. Its files are finished.
    ///
    /// # Errors
    /// A failure if it cannot be written; a conflict if something of that name has come meanwhile.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let Self { path, folder } = self;
        fs::rename(folder.path(), &path).map_err(|error| match error.kind() {
            io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotADirectory => is_there(&path),
            _ => unwritten(&path, &error),
        })?;
        // Nothing is left to remove under the old name.
        let _ = folder.keep();
        sync_folder(&path);
        Ok(())
    }
}

fn temporary<'n>() -> Builder<'n, 'n> {
    let mut builder = Builder::new();
    builder.prefix(".nexus-").suffix(".new");
    builder
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a new name durable where the file system can. The file itself is whole either way.
fn sync_folder(path: &Path) {
    let _ = File::open(folder_of(path)).and_then(|folder| folder.sync_all());
}

fn is_there(path: &Path) -> Failure {
    Failure::new(FailureKind::Conflict, format!("{} is there already.", shown(path)))
}

/// Returns a path as messages quote it.
pub(super) fn shown(path: &Path) -> String {
    visible(&excerpt_path(path)).into_owned()
}

/// Returns the failure for a file that cannot be written.
pub fn unwritten(path: &Path, error: &io::Error) -> Failure {
    if is_full(error) {
        return no_space(&shown(path));
    }
    Failure::new(FailureKind::Other, format!("Cannot write {}: {error}.", shown(path)))
}

/// Returns true for the error of a disk that has no room left for a file.
pub(super) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// Returns the failure for a file that has no room, which is removed.
pub(super) fn no_space(what: &str) -> Failure {
    Failure::new(FailureKind::Unavailable, format!("No space is left for {what}."))
        .hint("Nothing was left behind. Free some space, or name another folder.")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn it_is_new_whole_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut file = NewFile::create(&path).unwrap();
        file.write_all(b"id\r\n").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"id\r\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(NewFile::create(&path).unwrap_err().kind, FailureKind::Conflict);
    }

    #[test]
    fn one_that_was_not_finished_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        drop(NewFile::create(&path).unwrap());
        assert!(!path.exists());
        fs::write(&path, "old").unwrap();
        drop(NewFile::replacing(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_is_replaced_only_when_the_new_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        let mut file = NewFile::replacing(&path).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn only_a_regular_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [target, link] = ["target", "link"].map(|name| folder.path().join(name));
        fs::write(&target, "mine").unwrap();
        symlink(&target, &link).unwrap();
        for path in [link.as_path(), folder.path()] {
            assert_eq!(NewFile::create(path).unwrap_err().kind, FailureKind::Conflict);
            let failure = NewFile::replacing(path).unwrap_err();
            assert!(failure.message.contains("not a regular file"), "{}", failure.message);
        }
        assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
        let failure = NewFile::create("/nowhere/\u{1b}[2J.csv".as_ref()).unwrap_err();
        assert!(failure.message.starts_with("Cannot write /nowhere/␛[2J.csv: "), "{}", failure.message);
    }

    #[test]
    fn a_file_that_came_meanwhile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut file = NewFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        fs::write(&path, "mine").unwrap();
        assert_eq!(file.finish().unwrap_err().kind, FailureKind::Conflict);
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_whole_or_not_there() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("out");
        let folder = NewFolder::create(&path).unwrap();
        let mut file = folder.file("users.csv").unwrap();
        file.write_all(b"id\r\n").unwrap();
        file.finish().unwrap();
        assert!(!path.exists());
        folder.finish().unwrap();
        assert_eq!(fs::read(path.join("users.csv")).unwrap(), b"id\r\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(path.join("users.csv")).unwrap().permissions().mode() & 0o777, 0o600);

        assert_eq!(NewFolder::create(&path).unwrap_err().kind, FailureKind::Conflict);
        let empty = outer.path().join("empty");
        fs::create_dir(&empty).unwrap();
        let folder = NewFolder::create(&empty).unwrap();
        folder.file("users.csv").unwrap().finish().unwrap();
        drop(NewFolder::create(&outer.path().join("dropped")).unwrap());
        folder.finish().unwrap();
        assert!(empty.join("users.csv").exists());
        assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 2);
    }
}
