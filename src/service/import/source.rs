//! Sources of rows: a dump, another program's SQLite file, JSON or CSV, compressed or not. All give the same rows; nothing here
//! looks into them.

use std::io::{ErrorKind, Read, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempPath;

use crate::domain::foreign::{Row, RowZone};
use crate::domain::sqlite::SQLITE_MAGIC;
use crate::exchange::sql_dump::{DumpError, DumpOptions, DumpReader, Findings};
use crate::exchange::sqlite_file::{ForeignError, ForeignFile, declared_bytes};
use crate::exchange::unpack::{Packing, Unpacked};
use crate::service::contract::{Failure, FailureKind, Import, Progress};
use crate::service::new_file::is_full;
use crate::store::Store;

use super::part::{Counted, OtherContent, SourcePart, is_known};
use super::progress_reporter::ProgressReporter;
use super::reading::{TakeRow, beside};
use super::tables::TableFiles;
use super::unfit::{shown, unfit};

/// The length of the beginning of a SQLite file, up to the number of its pages.
const HEADER_BYTES: usize = 32;
const BLOCK_BYTES: usize = 128 * 1_024;

/// A file to import.
pub(super) struct ImportSource<'a> {
    request: &'a Import,
    kind: InputKind,
}

enum InputKind {
    /// The dump is read from its beginning for each part.
    Dump { bytes: u64 },
    Sqlite {
        file: Box<ForeignFile>,
        tables: Vec<(String, u64)>,
        /// The decompressed copy of a compressed file.
        _unpacked: Option<TempPath>,
    },
    /// JSON or CSV.
    Tables(TableFiles),
}

impl<'a> ImportSource<'a> {
    /// Opens the file. A file of the open store is not even opened.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`]: it is no file, cannot be read, or is the store's own.
    pub(super) fn open(
        request: &'a Import,
        store: &dyn Store,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Self, Failure> {
        let path = request.file.as_path();
        let invalid = |why: &str| Failure::new(FailureKind::Invalid, format!("{} {why}", shown(path)));
        // Examined before it is opened: opening a pipe that nobody writes to would wait for ever.
        let metadata =
            std::fs::metadata(path).map_err(|error| invalid(&format!("cannot be read: {error}.")))?;
        if metadata.is_dir() {
            let tables = TableFiles::detect(path)?.map(InputKind::Tables);
            return Ok(Self { request, kind: tables.ok_or_else(|| invalid("is a directory."))? });
        }
        if !metadata.is_file() {
            return Err(invalid("is not a regular file; it is read twice, so it cannot be a pipe."));
        }
        if store.owns(path) {
            return Err(invalid("is the store itself; nothing was imported."));
        }
        let sqlite = |file: ForeignFile, unpacked: Option<TempPath>| {
            let tables = file.tables().map_err(|error| unfit(path, &error))?;
            Ok::<_, Failure>(InputKind::Sqlite { file: Box::new(file), tables, _unpacked: unpacked })
        };
        let kind = match ForeignFile::open(path).map_err(|error| unfit(path, &error))? {
            Some(file) => sqlite(file, None)?,
            None => match unpacked_sqlite(path, metadata.len(), progress)? {
                None => match TableFiles::detect(path)? {
                    Some(tables) => InputKind::Tables(tables),
                    None => InputKind::Dump { bytes: metadata.len() },
                },
                Some(copy) => {
                    let file = ForeignFile::open(&copy).map_err(|error| unfit(path, &error))?;
                    sqlite(file.ok_or_else(|| unfit(path, &ForeignError::Damaged))?, Some(copy))?
                }
            },
        };
        let is_dump = matches!(kind, InputKind::Dump { .. });
        if !is_dump && request.database.is_some() {
            return Err(invalid("is no dump, and has no databases to choose from with --database."));
        }
        Ok(Self { request, kind })
    }

    /// Returns the size of both parts together, in bytes or rows.
    pub(super) fn size(&self) -> u64 {
        match &self.kind {
            InputKind::Dump { bytes } => 2 * bytes,
            InputKind::Tables(files) => files.size(),
            InputKind::Sqlite { tables, .. } => {
                tables.iter().filter(|(table, _)| is_known(table)).map(|(_, rows)| rows).sum()
            }
        }
    }

    /// Converts every row of a part and passes it to `take`. Returns what the source holds besides them.
    ///
    /// # Errors
    /// The source cannot be read to its end; what `take` returns; [`FailureKind::Stopped`].
    pub(super) fn each<T: Send>(
        &mut self,
        part: SourcePart,
        progress_reporter: &mut ProgressReporter<'_>,
        convert: impl FnMut(Row) -> T + Send,
        take: impl FnMut(T) -> Result<(), Failure>,
    ) -> Result<OtherContent, Failure> {
        let request = self.request;
        match &mut self.kind {
            InputKind::Dump { bytes } => {
                let read = |take: &mut TakeRow<'_>| dump_rows(request, part, take);
                read_beside(*bytes, progress_reporter, read, convert, take)
            }
            InputKind::Sqlite { file, tables, _unpacked } => {
                let rows = tables.iter().filter(|(table, _)| part.has(table)).map(|(_, rows)| rows).sum();
                let read = |take: &mut TakeRow<'_>| file_rows(request, file, tables, part, take);
                read_beside(rows, progress_reporter, read, convert, take)
            }
            InputKind::Tables(files) => {
                let read = |take: &mut TakeRow<'_>| files.rows(request, part, take);
                read_beside(files.bytes(), progress_reporter, read, convert, take)
            }
        }
    }
}

/// Passes every row that `read` gives and `convert` converts on another thread to `take`, and reports the progress of this much
/// work.
fn read_beside<T: Send>(
    work: u64,
    progress_reporter: &mut ProgressReporter<'_>,
    read: impl FnOnce(&mut TakeRow<'_>) -> Result<OtherContent, Failure> + Send,
    convert: impl FnMut(Row) -> T + Send,
    mut take: impl FnMut(T) -> Result<(), Failure>,
) -> Result<OtherContent, Failure> {
    let found = beside(read, convert, |rows, done| {
        progress_reporter.tell(done)?;
        rows.into_iter().try_for_each(&mut take)
    })?;
    progress_reporter.end_part(work)?;
    Ok(found)
}

/// Passes the rows of a dump to `take`, each with the bytes that were read.
fn dump_rows(request: &Import, part: SourcePart, take: &mut TakeRow<'_>) -> Result<OtherContent, Failure> {
    let path = request.file.as_path();
    let unfit = |error| unfit(path, &error);
    let options = DumpOptions {
        wanted: part.wanted(),
        watched: is_known,
        database: request.database.clone(),
        zone: request.time_zone,
    };
    let (file, taken) = Counted::open(path).map_err(|error| unfit(error.into()))?;
    let file = Unpacked::new(file).map_err(|error| unfit(error.into()))?;
    let plain = file.packing() == Packing::Plain;
    let mut reader = DumpReader::new(file, options);
    while let Some(row) = reader.next_row().map_err(unfit)? {
        take(row, if plain { reader.bytes_read() } else { taken.get() })?;
    }
    Ok(OtherContent { others: reader.skipped().to_vec(), findings: reader.findings().clone() })
}

/// Passes the rows of a SQLite file to `take`, each with the number of rows that were read.
fn file_rows(
    request: &Import,
    file: &mut ForeignFile,
    tables: &[(String, u64)],
    part: SourcePart,
    take: &mut TakeRow<'_>,
) -> Result<OtherContent, Failure> {
    let (wanted, others): (Vec<_>, Vec<_>) = tables.iter().partition(|(table, _)| part.has(table));
    let zone = request.time_zone.filter(|zone| !zone.is_utc());
    let mut findings = Findings { end_marked: true, ..Findings::default() };
    findings.zones.extend(zone.map(|zone| zone.to_string()));
    let zone = zone.map(|zone| Arc::new(RowZone { zone, columns: None }));
    let mut rows: u64 = 0;
    for (table, _) in &wanted {
        file.each(table, |row| {
            rows += 1;
            Ok(take(Row { zone: zone.clone(), ..row }, rows)?)
        })
        .map_err(|halt| match halt {
            Halt::Unreadable(error) => unfit(&request.file, &error),
            Halt::Failed(failure) => failure,
        })?;
    }
    Ok(OtherContent { others: others.into_iter().cloned().collect(), findings })
}

/// The reason why the read of a table ended early.
enum Halt {
    Unreadable(ForeignError),
    Failed(Failure),
}

impl From<ForeignError> for Halt {
    fn from(error: ForeignError) -> Self {
        Self::Unreadable(error)
    }
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Decompresses a SQLite file into a private copy, because SQLite cannot read a stream. Returns `None` for any other
/// file.
fn unpacked_sqlite(
    path: &Path,
    bytes: u64,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Option<TempPath>, Failure> {
    let dump = |error: std::io::Error| unfit(path, &DumpError::from(error));
    let (file, taken) = Counted::open(path).map_err(dump)?;
    let mut content = Unpacked::new(file).map_err(dump)?;
    if content.packing() == Packing::Plain {
        return Ok(None);
    }
    let mut block = vec![0; BLOCK_BYTES];
    let mut length = filled(&mut content, &mut block).map_err(dump)?;
    let header = block.get(..HEADER_BYTES.min(length)).unwrap_or_default();
    if !header.starts_with(SQLITE_MAGIC) {
        return Ok(None);
    }
    // Content beyond the declared size is not SQLite's, and could fill the disk.
    let most = declared_bytes(header);
    let spool = |error: std::io::Error| {
        if is_full(&error) {
            let words = format!("No space is left in the temporary folder to unpack {}.", shown(path));
            return Failure::new(FailureKind::Unavailable, words)
                .hint("Unpack it yourself where there is room.");
        }
        let words = format!("{} cannot be unpacked into the temporary folder: {error}.", shown(path));
        Failure::new(FailureKind::Other, words).hint("Unpack it yourself where there is room.")
    };
    let mut copy = tempfile::NamedTempFile::with_prefix("nexus-import-").map_err(spool)?;
    let mut total: u64 = 0;
    while length > 0 {
        total += length as u64;
        if total > most {
            return Err(unfit(path, &ForeignError::Damaged));
        }
        if progress(Progress { done: taken.get().min(bytes), total: bytes }).is_break() {
            return Err(Failure::new(FailureKind::Stopped, "Stopped; nothing was imported."));
        }
        copy.write_all(block.get(..length).unwrap_or_default()).map_err(spool)?;
        length = filled(&mut content, &mut block).map_err(dump)?;
    }
    copy.flush().map_err(spool)?;
    Ok(Some(copy.into_temp_path()))
}

/// Fills as much of a block as there is, and returns the number of bytes.
fn filled(content: &mut impl Read, block: &mut [u8]) -> std::io::Result<usize> {
    let mut length = 0;
    while let Some(room) = block.get_mut(length..).filter(|room| !room.is_empty()) {
        match content.read(room) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}
