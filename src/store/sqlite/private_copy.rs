//! A private copy of a store: a log is played into it, or a journal rolled back, without a change to the store.
//!
//! The copy is in the folder for temporary files, with mode 0600. It has a name only during the moments in which
//! SQLite opens it, and disappears with the process, however that ends.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tempfile::TempDir;

use crate::domain::access::Access;
use crate::domain::sqlite::beside;
use crate::store::nameless;
use crate::store::new_file;
use crate::store::{Result, StoreError};

use super::location::unreachable;
use super::stamp::FileStamp;
use super::{error, settings};

/// The maximum number of attempts to copy a store that changes meanwhile.
const TRIES: usize = 5;

/// The suffixes of the files to copy: the file, a log and a journal.
const PARTS: [&str; 3] = ["", "-wal", "-journal"];

/// A part of the copy.
struct CopyPart {
    suffix: &'static str,
    content: PartBytes,
}

/// The location of a part's bytes.
enum PartBytes {
    /// In a file without a name.
    Copied(File),
    /// Still in the store's folder, where the file system knows no files without names.
    At(PathBuf),
}

/// An open copy of a store.
#[derive(Debug)]
pub(super) struct PrivateCopy {
    pub(super) connection: Connection,
    /// The store that was copied.
    pub(super) state: FileStamp,
}

/// Opens a copy of the store at `path` with its log and its journal. `uninterrupted` runs work that no signal may
/// interrupt.
///
/// # Errors
/// The store cannot be read, or the copy cannot be written.
pub(super) fn open(path: &Path, uninterrupted: fn(&mut dyn FnMut())) -> Result<PrivateCopy> {
    open_prepared(path, &PARTS, uninterrupted, |_| Ok(())).map(|(copy, ())| copy)
}

/// Opens a copy of these parts of the store, after `prepare` has been at the copy's path.
///
/// # Errors
/// As [`open`]; what `prepare` returns.
pub(super) fn open_prepared<T>(
    path: &Path,
    suffixes: &[&'static str],
    uninterrupted: fn(&mut dyn FnMut()),
    prepare: impl Fn(&Path) -> Result<T>,
) -> Result<(PrivateCopy, T)> {
    for _ in 0..TRIES {
        let state = FileStamp::of(path);
        let parts = copy(path, suffixes)?;
        let mut opened = None;
        uninterrupted(&mut || opened = Some(open_parts(&parts, &prepare)));
        if FileStamp::of(path) == state {
            let opened =
                opened.unwrap_or_else(|| Err(StoreError::Unreachable("the copy was not made".into())));
            return opened.map(|(connection, prepared)| (PrivateCopy { connection, state }, prepared));
        }
    }
    Err(StoreError::Busy)
}

/// Copies what there is of the store. Nobody has it open, this process neither, so closing its files lets go of no lock.
fn copy(path: &Path, suffixes: &[&'static str]) -> Result<Vec<CopyPart>> {
    let mut parts = Vec::new();
    for &suffix in suffixes {
        let path = beside(path, suffix);
        let source = match File::open(&path) {
            Ok(source) => source,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !suffix.is_empty() => continue,
            Err(error) => return Err(unreachable(&path, &error)),
        };
        let content = match nameless::file_in(&tempfile::env::temp_dir()) {
            Ok(mut copy) => {
                io::copy(&mut &source, &mut copy).map_err(|error| uncopied(&error))?;
                PartBytes::Copied(copy)
            }
            Err(_) => PartBytes::At(path),
        };
        parts.push(CopyPart { suffix, content });
    }
    Ok(parts)
}

/// Gives the parts names, opens them, and removes the names: open files stay.
fn open_parts<T>(parts: &[CopyPart], prepare: impl Fn(&Path) -> Result<T>) -> Result<(Connection, T)> {
    let folder = TempDir::with_prefix("nexus-read-").map_err(|error| uncopied(&error))?;
    let path = folder.path().join("copy.db");
    for part in parts {
        part.name(&beside(&path, part.suffix)).map_err(|error| uncopied(&error))?;
    }
    let prepared = prepare(&path)?;
    let connection = settings::connect(&path, Access::Existing)?;
    // A copy needs no tidying.
    let quick = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    connection.set_db_config(quick, true).map_err(error::of)?;
    // The first reading opens the log and the shared memory, and plays or rolls back.
    let read = "SELECT count(*) FROM sqlite_schema";
    connection.query_row(read, [], |row| row.get::<_, i64>(0)).map_err(error::of)?;
    folder.close().map_err(|error| uncopied(&error))?;
    Ok((connection, prepared))
}

impl CopyPart {
    fn name(&self, path: &Path) -> io::Result<()> {
        match &self.content {
            PartBytes::Copied(file) => nameless::link(file, path),
            PartBytes::At(source) => {
                let mut copy = new_file::create(path)?;
                io::copy(&mut fs::File::open(source)?, &mut copy).map(|_| ())
            }
        }
    }
}

fn uncopied(error: &io::Error) -> StoreError {
    StoreError::Unreachable(format!("its log must be played into a copy, and that cannot be made: {error}"))
}
