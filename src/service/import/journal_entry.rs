//! The journal's record of an import.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::auth::checksum;
use crate::domain::journal::FieldValues;
use crate::service::contract::{Failure, FailureKind, ImportReport};

use super::unfit::shown;

/// Returns the SHA-256 of the file, as `sha256sum` prints it.
pub(super) fn checksum(path: &Path) -> Result<String, Failure> {
    let sum = File::open(path).and_then(|file| checksum::sha256(BufReader::new(file)));
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
