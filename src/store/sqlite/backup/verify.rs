//! The verification of a backup in its file, or of a packed one while it is unpacked.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::domain::backup::BackupCheck;
use crate::domain::sqlite::SQLITE_MAGIC;
use crate::domain::text::excerpt_path;
use crate::store::{BackupSource, OnStep, Result, StoreError};

use super::super::file::{self, FoundFile, STORE_HEAD};
use super::super::integrity::Depth;
use super::super::location::unreachable;
use super::super::schema::{HeaderMarks, LATEST};
use super::super::{error, settings};
use super::{check, stage};

/// The connections that share the full check of a file with the first one: it takes a minute of computing for 2 GB.
const OTHERS: usize = 1;

/// Verifies a backup.
///
/// # Errors
/// [`StoreError::NotAStore`] for a file that is no backup, [`StoreError::Newer`], [`StoreError::Stopped`]; the file cannot
/// be read. Damage is no error.
pub(crate) fn verify(source: BackupSource<'_>, on_step: &mut OnStep<'_>) -> Result<BackupCheck> {
    match source {
        BackupSource::File(file) => in_place(file, Depth::Full, on_step),
        BackupSource::Own(file) => in_place(file, Depth::Pages, on_step),
        BackupSource::Stream(stream) => in_copy(stream, on_step),
    }
}

/// Verifies a file that has no log beside it, without changing it.
fn in_place(file: &Path, depth: Depth, on_step: &mut OnStep<'_>) -> Result<BackupCheck> {
    match file::inspect(file, false) {
        Ok(FoundFile::Store) => {}
        Ok(FoundFile::Nothing | FoundFile::HalfMade) => {
            return Err(StoreError::NotAStore(format!("the file {} is empty", excerpt_path(file))));
        }
        Err(StoreError::Damaged) => return Ok(check::unreadable()),
        Err(StoreError::NotAStore(_)) if is_beginning(file) => return Ok(check::unreadable()),
        Err(error) => return Err(error),
    }
    let open = || settings::set_up(file::unlocked(file).map_err(error::of)?);
    let mut connection = open()?;
    let bytes = file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
    match HeaderMarks::of(&connection).map_err(error::of) {
        Ok(marks) if marks.version == LATEST => {
            let others = match depth {
                Depth::Pages => 0,
                Depth::Full => OTHERS,
            };
            let mut others = (0..others).map(|_| open()).collect::<Result<Vec<_>>>()?;
            check::of_connections(&mut connection, &mut others, depth, bytes, on_step)
        }
        Ok(_) => {
            let mut source = File::open(file).map_err(|error| unreachable(file, &error))?;
            in_copy(&mut source, on_step)
        }
        Err(StoreError::Damaged) => Ok(check::unreadable()),
        Err(error) => Err(error),
    }
}

/// Returns true for the beginning of a SQLite file that is cut off before it tells whose file it is.
fn is_beginning(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(STORE_HEAD as u64).read_to_end(&mut start));
    read.is_ok() && start.len() < STORE_HEAD && start.starts_with(SQLITE_MAGIC)
}

/// Verifies what a stream yields, in a copy that nobody sees.
fn in_copy(source: &mut dyn Read, on_step: &mut OnStep<'_>) -> Result<BackupCheck> {
    let staged = stage::from(source, &tempfile::env::temp_dir(), |work| work(), on_step);
    match staged.and_then(|mut staged| staged.check(on_step)) {
        Err(StoreError::Damaged) => Ok(check::unreadable()),
        checked => checked,
    }
}
