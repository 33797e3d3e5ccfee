//! Failures of files that cannot be imported, with their hints.

use std::path::Path;

use crate::domain::text::excerpt_path;
use crate::exchange::sql_dump::DumpError;
use crate::exchange::sqlite_file::ForeignError;
use crate::exchange::table_error::TableError;
use crate::exchange::unpack::Unreadable;
use crate::service::contract::{Failure, FailureKind};

/// Returns a path as messages quote it.
pub(super) fn shown(path: &Path) -> String {
    excerpt_path(path)
}

/// An error that keeps a file from being read.
pub(super) trait UnfitFile: std::fmt::Display {
    fn hint(&self) -> Option<&'static str>;
}

impl UnfitFile for DumpError {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::CutOff { .. } => Some("Make the dump again, or copy it again."),
            Self::NotSql { failed: true, .. } => Some(
                "Something failed when the dump was made: make it again, or delete that line if nothing is missing.",
            ),
            Self::GaveUp { .. } => Some("Make the dump again, from an undamaged database."),
            Self::NotSql { failed: false, .. } => Some("Delete that line and import the file again."),
            Self::UnknownZone { .. } => Some("--time-zone says in which zone its times are written."),
            Self::Io(error) => match packing_fault(error)? {
                Unreadable::CutOff | Unreadable::Damaged => Some("Copy the file again, or pack it again."),
                Unreadable::Followed => {
                    Some("Unpack it with gzip -dc or zstd -dc, see that nothing is missing, and import that.")
                }
            },
            Self::Syntax { .. } | Self::NotADump(_) | Self::TooLong { .. } => None,
        }
    }
}

/// Returns the fault of a packed file, unless the file itself could not be read.
fn packing_fault(error: &std::io::Error) -> Option<&Unreadable> {
    error.get_ref()?.downcast_ref()
}

impl UnfitFile for TableError {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Io(error) => packing_fault(error).map(|_| "Copy the file again, or pack it again."),
            Self::CutOff => Some("Export it again, or copy it again."),
            Self::Newer(_) => Some("Import it with that version of NEXUS."),
            Self::Syntax { .. } | Self::NotAnExport | Self::TooManyTables | Self::TooLong(_) => None,
        }
    }
}

impl UnfitFile for ForeignError {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unfinished => {
                Some("Open and close it once with the program it belongs to, or with sqlite3.")
            }
            Self::Busy | Self::Changed => {
                Some("Stop that program, or import a copy made with sqlite3's .backup.")
            }
            Self::Damaged => Some("Import a copy that is whole, or what sqlite3's .recover gets out of it."),
            Self::TooLong { .. } | Self::Unreadable(_) => None,
        }
    }
}

/// Returns the failure for a file that cannot be imported.
pub(super) fn unfit(path: &Path, error: &impl UnfitFile) -> Failure {
    let words = format!("{}: {error}; nothing was imported.", shown(path));
    let failure = Failure::new(FailureKind::Invalid, words);
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
