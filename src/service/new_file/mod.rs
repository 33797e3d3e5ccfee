//! New files that an operator names: for their owner only, and whole or not there at all.

use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt as _, fchown};
use std::path::{Path, PathBuf};

use crate::domain::sqlite::{COMPANIONS, KEY_FILE, beside};
use crate::domain::text::visible_path;
use crate::store::Store;
use crate::store::hidden_folder::HiddenFolder;
use crate::store::nameless;
use crate::store::new_file::{self, folder_of, rename_to_new, sync_folder};

use super::contract::{Failure, FailureKind};

/// The suffixes of the files that belong to a store besides its [`COMPANIONS`], whether they are there now or not.
const OF_STORE: [&str; 3] = ["", "-damaged", KEY_FILE];

/// Refuses to write a file of the open store, and one whose name the store could take.
///
/// # Errors
/// [`FailureKind::Invalid`] for such a file.
pub(super) fn refuse_of_store(path: &Path, store: &dyn Store) -> Result<(), Failure> {
    let located = PathBuf::from(store.location());
    let asked = folder_of(path).canonicalize().ok().zip(path.file_name());
    let asked = asked.map(|(folder, name)| folder.join(name));
    let of_store = |suffix: &&str| asked.as_ref() == Some(&beside(&located, suffix));
    if store.owns(path) || OF_STORE.iter().chain(&COMPANIONS).any(of_store) {
        let words = format!("{} belongs to the store itself.", visible_path(path));
        return Err(Failure::new(FailureKind::Invalid, words));
    }
    Ok(())
}

/// A file that is being written, beside the place where it will be. Dropped unfinished, it is gone.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    /// True if it takes the place of a file that is there.
    replaces: bool,
    file: BufWriter<Draft>,
}

/// A file before it has its name.
#[derive(Debug)]
enum Draft {
    /// It goes with the process, however that ends.
    Nameless(File),
    /// A file in a hidden folder beside the place, on a file system that knows none without names. If the process is killed,
    /// it stays, and the next one that writes a file there removes it.
    Named(HiddenFolder, File),
}

impl Draft {
    fn create(folder: &Path) -> io::Result<Self> {
        match nameless::file_in(folder) {
            Ok(file) => Ok(Self::Nameless(file)),
            Err(error) if is_full(&error) => Err(error),
            Err(_) => Self::create_named(folder),
        }
    }

    fn create_named(folder: &Path) -> io::Result<Self> {
        let hidden = HiddenFolder::create(folder)?;
        let file = new_file::create(&hidden.file())?;
        Ok(Self::Named(hidden, file))
    }

    fn file(&self) -> &File {
        match self {
            Self::Nameless(file) | Self::Named(_, file) => file,
        }
    }

    /// Returns the same file, to be read from its beginning.
    fn reopen(&self) -> io::Result<File> {
        match self {
            Self::Nameless(file) => nameless::reopen(file),
            Self::Named(hidden, _) => File::open(hidden.file()),
        }
    }

    /// Gives it a name that no file has.
    fn persist_new(self, path: &Path) -> io::Result<()> {
        match self {
            Self::Nameless(file) => nameless::link(&file, path),
            Self::Named(hidden, _) => rename_to_new(&hidden.file(), path),
        }
    }

    /// Gives it a name that a file may have, which is gone then.
    fn persist(self, path: &Path) -> io::Result<()> {
        match self {
            // A name cannot be taken over by a link.
            Self::Nameless(file) => {
                let hidden = HiddenFolder::create(folder_of(path))?;
                nameless::link(&file, &hidden.file())?;
                fs::rename(hidden.file(), path)
            }
            Self::Named(hidden, _) => fs::rename(hidden.file(), path),
        }
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

impl Seek for Draft {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file().seek(to)
    }
}

impl NewFile {
    /// Creates a file with mode 0600.
    ///
    /// # Errors
    /// A conflict if there is something of that name, whatever it is; another failure if it cannot be written.
    pub fn create(path: &Path) -> Result<Self, Failure> {
        match fs::symlink_metadata(path) {
            Ok(_) => Err(is_there(path)),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::open(path, false),
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
                let words = format!("{} is not a regular file; it was left alone.", visible_path(path));
                Err(Failure::new(FailureKind::Invalid, words))
            }
            Ok(_) => Self::open(path, true),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::open(path, true),
            Err(error) => Err(unwritten(path, &error)),
        }
    }

    fn open(path: &Path, replaces: bool) -> Result<Self, Failure> {
        HiddenFolder::remove_abandoned(folder_of(path));
        let file = Draft::create(folder_of(path)).map_err(|error| unwritten(path, &error))?;
        Ok(Self { path: path.to_owned(), replaces, file: BufWriter::new(file) })
    }

    /// Gives the file the owner and the mode of the one whose place it takes: root may change the file of somebody else.
    ///
    /// # Errors
    /// It cannot be given them.
    pub fn with_owner_and_mode_of(self, old: &Metadata) -> Result<Self, Failure> {
        let file = self.file.get_ref().file();
        let kept = file.metadata().and_then(|new| {
            if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
                fchown(file, Some(old.uid()), Some(old.gid()))?;
            }
            file.set_permissions(old.permissions())
        });
        kept.map_err(|error| unwritten(&self.path, &error))?;
        Ok(self)
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
        file.file().sync_all().map_err(|error| unwritten(&path, &error))?;
        let placed = if replaces { file.persist(&path) } else { file.persist_new(&path) };
        placed.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => is_there(&path),
            _ => unwritten(&path, &error),
        })?;
        sync_folder(&path).map_err(|error| unwritten(&path, &error))
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
    folder: HiddenFolder,
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
            Err(error) if error.kind() == ErrorKind::NotFound => true,
            Err(error) => return Err(unwritten(path, &error)),
        };
        if !is_free {
            return Err(is_there(path).hint("Name a new folder, or an empty one."));
        }
        HiddenFolder::remove_abandoned(folder_of(path));
        let folder = HiddenFolder::create(folder_of(path)).map_err(|error| unwritten(path, &error))?;
        Ok(Self { path: path.to_owned(), folder })
    }

    /// Creates the file of a table in the folder, with mode 0600.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn table(&self, word: &str) -> Result<NewFile, Failure> {
        NewFile::create(&self.folder.table(word))
    }

    /// Puts the folder into its place. Its files are finished.
    ///
    /// # Errors
    /// A failure if it cannot be written; a conflict if something of that name has come meanwhile.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let Self { path, folder } = self;
        folder.persist(&path).map_err(|error| match error.kind() {
            ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory => is_there(&path),
            _ => unwritten(&path, &error),
        })?;
        sync_folder(&path).map_err(|error| unwritten(&path, &error))
    }
}

fn is_there(path: &Path) -> Failure {
    Failure::new(FailureKind::Conflict, format!("{} already exists.", visible_path(path)))
}

/// Returns the failure for a file that cannot be written.
pub fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let shown = visible_path(path);
    match error.kind() {
        _ if is_full(error) => {
            Failure::new(FailureKind::Unavailable, format!("No space is left for {shown}."))
                .hint("Free some space, or name another folder.")
        }
        ErrorKind::NotFound => {
            Failure::new(FailureKind::Other, format!("The folder of {shown} does not exist."))
        }
        ErrorKind::PermissionDenied => {
            Failure::new(FailureKind::Other, format!("You may not write {shown}, or not in its folder."))
        }
        _ => Failure::new(FailureKind::Other, format!("Cannot write {shown}: {error}.")),
    }
}

/// Returns true for the error of a disk that has no room left for a file.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

#[cfg(test)]
mod tests;
