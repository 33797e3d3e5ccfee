//! The journal's record of an import.

use std::fs::File;
use std::io::{BufReader, Error, Read, empty};
use std::path::{Path, PathBuf};

use crate::auth::checksum;
use crate::domain::journal::FieldValues;
use crate::service::contract::{Failure, FailureKind, ImportReport};

use super::tables;
use super::unfit::shown;

/// Returns the SHA-256 of the file, as `sha256sum` prints it; for a folder that of its files of CSV one after another.
pub(super) fn checksum(path: &Path) -> Result<String, Failure> {
    let files = if path.is_dir() { tables::csv_files(path) } else { Ok(vec![path.to_owned()]) };
    let open = |content: Box<dyn Read>, file: PathBuf| {
        Ok::<_, Error>(Box::new(content.chain(BufReader::new(File::open(file)?))) as Box<dyn Read>)
    };
    let content =
        files.and_then(|files| files.into_iter().try_fold(Box::new(empty()) as Box<dyn Read>, open));
    let sum = content.and_then(checksum::sha256);
    sum.map_err(|error| {
        Failure::new(FailureKind::Invalid, format!("{} cannot be read: {error}.", shown(path)))
    })
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
