//! The journal's record of an import.

use std::fs::File;
use std::io::{BufReader, Error, Read, empty};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::auth::checksum;
use crate::domain::journal::FieldValues;
use crate::service::contract::{Failure, FailureKind, ImportReport};

use super::tables;
use super::unfit::shown;

/// The contents of the file that is imported, for a folder those of its files of CSV one after another. It is opened before
/// the rows are read: later something else may stand at its path.
pub(super) struct Contents<'p> {
    path: &'p Path,
    files: Vec<File>,
}

impl<'p> Contents<'p> {
    pub(super) fn open(path: &'p Path) -> Result<Self, Failure> {
        let files = if path.is_dir() { tables::csv_files(path) } else { Ok(vec![path.to_owned()]) };
        let opened = files.and_then(|files| files.into_iter().map(File::open).collect());
        Ok(Self { path, files: opened.map_err(|error| unreadable(path, &error))? })
    }

    /// Returns their SHA-256, as `sha256sum` prints it. Reading ends with an error once `is_stopped` says so.
    pub(super) fn checksum(self, is_stopped: &AtomicBool) -> Result<String, Failure> {
        let whole = self.files.into_iter().fold(Box::new(empty()) as Box<dyn Read>, |before, file| {
            Box::new(before.chain(BufReader::new(file)))
        });
        checksum::sha256(UntilStopped { reader: whole, is_stopped })
            .map_err(|error| unreadable(self.path, &error))
    }
}

fn unreadable(path: &Path, error: &Error) -> Failure {
    Failure::new(FailureKind::Invalid, format!("{} cannot be read: {error}.", shown(path)))
}

/// A reader that fails once a flag is set.
struct UntilStopped<'f, R> {
    reader: R,
    is_stopped: &'f AtomicBool,
}

impl<R: Read> Read for UntilStopped<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.is_stopped.load(Ordering::Relaxed) {
            return Err(Error::other("stopped"));
        }
        self.reader.read(buffer)
    }
}

/// Returns the journal's record of an import.
pub(super) fn entry(report: &ImportReport, sum: String) -> FieldValues {
    FieldValues::new()
        .with("sha256", sum)
        .with("users", report.taken.users)
        .with("sessions", report.taken.sessions)
        .with("directories", report.taken.directories)
        .with_count("replaced", report.replaced)
        .with_count("renumbered", report.renumbered)
        .with_count("refused", report.refused_rows())
}
