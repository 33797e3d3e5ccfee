//! The file of an export: with access for its owner only, and whole or not there at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::domain::text::{excerpt_path, visible};
use crate::service::contract::{Failure, FailureKind};

/// A file that is being written. Dropped unfinished, it is removed.
#[derive(Debug)]
pub(super) struct ExportFile {
    /// The file that is written now: the one that was named, or a temporary one beside it.
    written: PathBuf,
    /// The file to replace once it is whole.
    replaces: Option<PathBuf>,
    file: BufWriter<File>,
    is_whole: bool,
}

impl ExportFile {
    /// Creates the file with mode 0600.
    ///
    /// # Errors
    /// A conflict if there is something of that name, whatever it is; another failure if it cannot be written.
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        Self::open_new(path.to_owned(), None).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                Failure::new(FailureKind::Conflict, format!("{} is there already.", shown(path)))
            }
            _ => unwritten(path, &error),
        })
    }

    /// Creates a file that takes the place of another one when it is whole.
    ///
    /// # Errors
    /// A failure if the other one is not a regular file, or the new one cannot be written.
    pub(super) fn replacing(path: &Path) -> Result<Self, Failure> {
        match fs::symlink_metadata(path) {
            Ok(found) if !found.is_file() => {
                let words = format!("{} is not a regular file; it was left alone.", shown(path));
                return Err(Failure::new(FailureKind::Invalid, words));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unwritten(path, &error)),
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.new", std::process::id()));
        let beside = path.with_file_name(name);
        Self::open_new(beside, Some(path.to_owned())).map_err(|error| unwritten(path, &error))
    }

    fn open_new(written: PathBuf, replaces: Option<PathBuf>) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&written)?;
        Ok(Self { written, replaces, file: BufWriter::new(file), is_whole: false })
    }

    /// Keeps the file, with all of it on the disk.
    ///
    /// # Errors
    /// A failure if it cannot be written.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        let written = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        let placed = written.and_then(|()| match &self.replaces {
            Some(path) => fs::rename(&self.written, path),
            None => Ok(()),
        });
        let path = self.replaces.as_ref().unwrap_or(&self.written);
        placed.map_err(|error| unwritten(path, &error))?;
        self.is_whole = true;
        Ok(())
    }
}

impl Write for ExportFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for ExportFile {
    fn drop(&mut self) {
        if !self.is_whole {
            let _ = fs::remove_file(&self.written);
        }
    }
}

fn shown(path: &Path) -> String {
    visible(&excerpt_path(path)).into_owned()
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    Failure::new(FailureKind::Other, format!("Cannot write {}: {error}.", shown(path)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn it_is_new_whole_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut file = ExportFile::create(&path).unwrap();
        file.write_all(b"id\r\n").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"id\r\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(ExportFile::create(&path).unwrap_err().kind, FailureKind::Conflict);
    }

    #[test]
    fn one_that_was_not_finished_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        drop(ExportFile::create(&path).unwrap());
        assert!(!path.exists());
        fs::write(&path, "old").unwrap();
        drop(ExportFile::replacing(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_is_replaced_only_when_the_new_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        let mut file = ExportFile::replacing(&path).unwrap();
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
            assert_eq!(ExportFile::create(path).unwrap_err().kind, FailureKind::Conflict);
            let failure = ExportFile::replacing(path).unwrap_err();
            assert!(failure.message.contains("not a regular file"), "{}", failure.message);
        }
        assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
        let failure = ExportFile::create("/nowhere/\u{1b}[2J.csv".as_ref()).unwrap_err();
        assert!(failure.message.starts_with("Cannot write /nowhere/␛[2J.csv: "), "{}", failure.message);
    }
}
