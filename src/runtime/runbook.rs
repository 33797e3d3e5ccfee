//! The runbook file: newly created with access for its owner only, and appended to.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::domain::text::visible_path;
use crate::service::contract::{Failure, FailureKind};
use crate::service::unwritten;
use crate::store::new_file;

/// A runbook that is being recorded.
#[derive(Debug)]
pub(super) struct RunbookFile {
    path: PathBuf,
    file: File,
}

impl RunbookFile {
    /// Creates the file with mode 0600 and writes `header` into it.
    ///
    /// # Errors
    /// A failure if the file already exists or cannot be written. An existing file or symlink is left alone:
    /// open(2), `O_EXCL`.
    pub(super) fn create(path: PathBuf, header: &str) -> Result<Self, Failure> {
        match new_file::create(&path) {
            Ok(file) => {
                let mut runbook = Self { path, file };
                runbook.add(header)?;
                Ok(runbook)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let words = format!("{} already exists; a runbook is a new file.", visible_path(&path));
                Err(Failure::new(FailureKind::Conflict, words))
            }
            Err(error) => Err(unrecorded(&path, &error)),
        }
    }

    /// Appends to the file.
    ///
    /// # Errors
    /// A failure that says that recording has stopped; the last step may have been written in part.
    pub(super) fn add(&mut self, text: &str) -> Result<(), Failure> {
        self.file.write_all(text.as_bytes()).map_err(|error| unrecorded(&self.path, &error))
    }
}

fn unrecorded(path: &Path, error: &io::Error) -> Failure {
    let failure = unwritten(path, error);
    Failure { message: format!("{} Nothing more is recorded.", failure.message), ..failure }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn create(path: &Path) -> Result<RunbookFile, Failure> {
        RunbookFile::create(path.to_owned(), "#!/bin/sh\n")
    }

    #[test]
    fn it_is_a_new_file_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sh");
        create(&path).unwrap().add("nexus session sweep\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "#!/bin/sh\nnexus session sweep\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link, dangling] = ["file", "link", "dangling"].map(|name| folder.path().join(name));
        fs::write(&file, "mine").unwrap();
        symlink(&file, &link).unwrap();
        symlink(folder.path().join("new"), &dangling).unwrap();
        for path in [&file, &link, &dangling] {
            let failure = create(path).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Conflict);
            assert!(failure.message.contains("already exists"), "{}", failure.message);
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        assert!(!folder.path().join("new").exists());
    }

    #[test]
    fn what_cannot_be_written_is_said() {
        let failure = create("/nowhere/\u{1b}[31m.sh".as_ref()).unwrap_err();
        assert!(
            failure.message.starts_with("The folder of /nowhere/␛[31m.sh does not exist."),
            "{}",
            failure.message
        );
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let failure = RunbookFile { path: "a.sh".into(), file: full }.add("x").unwrap_err();
        assert!(failure.message.ends_with("Nothing more is recorded."), "{}", failure.message);
    }
}
