//! Sources of JSON and CSV, as `export` writes them: a document, a table, or a folder or archive of tables.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::domain::foreign::{Row, RowZone};
use crate::domain::stored_table::StoredTable;
use crate::domain::text::excerpt;
use crate::exchange::csv_rows::CsvRows;
use crate::exchange::json_rows::{self, JsonHalt};
use crate::exchange::sql_dump::Findings;
use crate::exchange::table_error::TableError;
use crate::exchange::unpack::Unpacked;
use crate::exchange::zip_files::ZipFiles;
use crate::service::contract::{Failure, FailureKind, Import};

use super::part::{Counted, OtherContent, STRIDE, SourcePart};
use super::progress_reporter::ProgressReporter;
use super::unfit::{shown, unfit};

/// The first bytes of a ZIP archive (APPNOTE.TXT, 4.3.7).
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";
/// The most bytes before the first line of a table ends.
const HEADER_BYTES: u64 = 64 * 1_024;

/// A source of JSON or CSV.
pub(super) struct TableFiles {
    kind: TablesKind,
    bytes: u64,
}

enum TablesKind {
    Json(PathBuf),
    /// Files of CSV, each with its table; sessions come before directories.
    Csv(Vec<(CsvFile, CsvTableKind)>),
}

enum CsvFile {
    Plain(PathBuf),
    /// A file in an archive.
    Zipped(PathBuf, String),
}

/// The table of a file, as its first line tells.
enum CsvTableKind {
    Known(Rc<str>),
    /// The name of the file.
    Unknown(String),
}

impl TableFiles {
    /// Finds out what a folder or file holds; returns `None` for a file that is neither JSON nor CSV.
    ///
    /// # Errors
    /// It cannot be read, or is a folder without tables.
    pub(super) fn detect(path: &Path) -> Result<Option<Self>, Failure> {
        let unreadable = |error: std::io::Error| unfit(path, &TableError::from(error));
        if path.is_dir() {
            return Self::of_folder(path).map(Some);
        }
        let bytes = path.metadata().map_err(unreadable)?.len();
        let mut start = Vec::new();
        File::open(path).and_then(|file| file.take(4).read_to_end(&mut start)).map_err(unreadable)?;
        if start == ZIP_MAGIC {
            let kind = TablesKind::Csv(Self::of_archive(path)?);
            return Ok(Some(Self { kind, bytes }));
        }
        let mut start = Vec::new();
        File::open(path)
            .and_then(Unpacked::new)
            .and_then(|content| content.take(HEADER_BYTES).read_to_end(&mut start))
            .map_err(unreadable)?;
        let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&start);
        if text.trim_ascii_start().starts_with(b"{") {
            return Ok(Some(Self { kind: TablesKind::Json(path.to_owned()), bytes }));
        }
        let Some(table) = table_of(&start) else { return Ok(None) };
        let file = (CsvFile::Plain(path.to_owned()), CsvTableKind::Known(table));
        Ok(Some(Self { kind: TablesKind::Csv(vec![file]), bytes }))
    }

    fn of_folder(folder: &Path) -> Result<Self, Failure> {
        let unreadable = |error: std::io::Error| unfit(folder, &TableError::from(error));
        let mut files = Vec::new();
        let mut bytes = 0;
        for path in csv_files(folder).map_err(unreadable)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut start = Vec::new();
            File::open(&path)
                .and_then(|file| file.take(HEADER_BYTES).read_to_end(&mut start))
                .map_err(unreadable)?;
            bytes += path.metadata().map_err(unreadable)?.len();
            let table = CsvTableKind::of(&start, name, folder)?;
            files.push((CsvFile::Plain(path), table));
        }
        if files.is_empty() {
            let words = format!("{} is a directory without files of CSV.", shown(folder));
            let hint = "Name one file, as mysqldump or `nexus export` write it, or a folder that \
                        `nexus export --as csv` wrote.";
            return Err(Failure::new(FailureKind::Invalid, words).hint(hint));
        }
        Ok(Self { kind: TablesKind::Csv(in_order(files)), bytes })
    }

    fn of_archive(path: &Path) -> Result<Vec<(CsvFile, CsvTableKind)>, Failure> {
        let unreadable = |error: std::io::Error| unfit(path, &TableError::from(error));
        let file = File::open(path).map_err(unreadable)?;
        let mut archive = ZipFiles::new(BufReader::new(file)).map_err(unreadable)?;
        let mut files = Vec::new();
        for name in archive.names().into_iter().filter(|name| is_csv(Path::new(name))) {
            let mut start = Vec::new();
            let entry = archive.open(&name).map_err(unreadable)?;
            entry.take(HEADER_BYTES).read_to_end(&mut start).map_err(unreadable)?;
            let table = CsvTableKind::of(&start, name.clone(), path)?;
            files.push((CsvFile::Zipped(path.to_owned(), name), table));
        }
        Ok(in_order(files))
    }

    /// Returns the size of both parts together, in bytes.
    pub(super) fn size(&self) -> u64 {
        2 * self.bytes
    }

    /// Passes every row of a part to `take`. Returns what the source holds besides them.
    ///
    /// # Errors
    /// The source cannot be read to its end; what `take` returns; [`FailureKind::Stopped`].
    pub(super) fn each(
        &self,
        request: &Import,
        part: SourcePart,
        progress_reporter: &mut ProgressReporter<'_>,
        mut take: impl FnMut(Row) -> Result<(), Failure>,
    ) -> Result<OtherContent, Failure> {
        let zone = request.time_zone.filter(|zone| !zone.is_utc());
        let mut findings = Findings::default();
        findings.zones.extend(zone.map(|zone| zone.to_string()));
        let zone = zone.map(|zone| Rc::new(RowZone { zone, columns: None }));
        let mut rows: u64 = 0;
        let mut take = |row: Row, done: u64, progress_reporter: &mut ProgressReporter<'_>| {
            if rows.is_multiple_of(STRIDE) {
                progress_reporter.tell(done)?;
            }
            rows += 1;
            take(Row { zone: zone.clone(), ..row })
        };
        let mut others = Vec::new();
        match &self.kind {
            TablesKind::Json(path) => {
                let unreadable = |error: std::io::Error| unfit(path, &TableError::from(error));
                let (file, taken) = Counted::open(path).map_err(unreadable)?;
                let file = Unpacked::new(file).map_err(unreadable)?;
                let mut take = |row: Row| take(row, taken.get(), &mut *progress_reporter);
                others = json_rows::each(without_mark(file).map_err(unreadable)?, part.wanted(), &mut take)
                    .map_err(|halt| match halt {
                    JsonHalt::Unreadable(error) => unfit(path, &error),
                    JsonHalt::Failed(failure) => failure,
                })?;
                findings.end_marked = true;
            }
            TablesKind::Csv(files) => {
                // An archive tells its own end.
                findings.end_marked = files.iter().all(|(file, _)| matches!(file, CsvFile::Zipped(..)));
                let mut before = 0;
                for (file, table) in files {
                    match table {
                        CsvTableKind::Known(table) if part.has(table) => {
                            before += file.each(table, |row, taken| {
                                take(row, before + taken, &mut *progress_reporter)
                            })?;
                        }
                        CsvTableKind::Known(table) => others.push((table.as_ref().to_owned(), 0)),
                        CsvTableKind::Unknown(name) => {
                            let mut rows = 0;
                            file.each(&"".into(), |_, _| {
                                rows += 1;
                                Ok(())
                            })?;
                            others.push((name.clone(), rows));
                        }
                    }
                }
            }
        }
        progress_reporter.end_part(self.bytes)?;
        Ok(OtherContent { others, findings })
    }
}

impl CsvTableKind {
    /// Returns the table of a file of a folder or archive, which begins so.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] if it has the name of a table of an export, but is none.
    fn of(start: &[u8], name: String, source: &Path) -> Result<Self, Failure> {
        let word = Path::new(&name).file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        match table_of(start) {
            Some(table) => Ok(Self::Known(table)),
            None if StoredTable::of_word(&word).is_some() => {
                let (name, source) = (excerpt(&name), shown(source));
                let words = format!(
                    "The first line of {name} in {source} does not name the columns; nothing was imported."
                );
                Err(Failure::new(FailureKind::Invalid, words))
            }
            None => Ok(Self::Unknown(name)),
        }
    }
}

impl CsvFile {
    /// Passes every row to `take`, with the number of bytes that were read. Returns the size of the file.
    fn each(
        &self,
        table: &Rc<str>,
        mut take: impl FnMut(Row, u64) -> Result<(), Failure>,
    ) -> Result<u64, Failure> {
        let (Self::Plain(path) | Self::Zipped(path, _)) = self;
        let unreadable = |error: TableError| unfit(path, &error);
        let (file, taken) = Counted::open(path).map_err(|error| unreadable(error.into()))?;
        match self {
            Self::Plain(_) => {
                let file = Unpacked::new(file).map_err(|error| unreadable(error.into()))?;
                let mut rows = CsvRows::new(file).map_err(unreadable)?;
                while let Some(row) = rows.next_row(table).map_err(unreadable)? {
                    take(row, taken.get())?;
                }
            }
            Self::Zipped(_, name) => {
                let file = File::open(path).map_err(|error| unreadable(error.into()))?;
                let mut archive =
                    ZipFiles::new(BufReader::new(file)).map_err(|error| unreadable(error.into()))?;
                let entry = archive.open(name).map_err(|error| unreadable(error.into()))?;
                let mut rows = CsvRows::new(entry).map_err(unreadable)?;
                while let Some(row) = rows.next_row(table).map_err(unreadable)? {
                    take(row, 0)?;
                }
            }
        }
        Ok(taken.get())
    }
}

/// Returns the table of a file of CSV that begins so, if its first line tells it.
fn table_of(start: &[u8]) -> Option<Rc<str>> {
    CsvRows::new(start).ok()?.table().map(|table| table.name().into())
}

/// Returns the files of CSV in a folder, by name.
pub(super) fn csv_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        // A pipe would be waited for.
        if is_csv(&path) && path.metadata()?.is_file() {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn is_csv(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// Puts the tables into the order in which a load is quickest.
fn in_order(mut files: Vec<(CsvFile, CsvTableKind)>) -> Vec<(CsvFile, CsvTableKind)> {
    files.sort_by_key(|(_, table)| match table {
        CsvTableKind::Known(name) => StoredTable::ALL.iter().position(|table| table.name() == &**name),
        CsvTableKind::Unknown(_) => None,
    });
    files
}

/// Skips a byte order mark.
fn without_mark(mut file: impl Read) -> std::io::Result<impl Read> {
    let mut start = [0; 3];
    let mut length = 0;
    while let Some(room) = start.get_mut(length..).filter(|room| !room.is_empty()) {
        match file.read(room) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let start = start.get(..length).unwrap_or_default();
    let kept = if start == b"\xEF\xBB\xBF" { Vec::new() } else { start.to_vec() };
    Ok(std::io::Cursor::new(kept).chain(file))
}
