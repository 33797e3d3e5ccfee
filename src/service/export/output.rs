//! The files that an export writes, in each layout.

use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::Ordering;

use crate::exchange::export::{Cell, CsvTableWriter, ExportTable, JsonDocument, SqlScript, ZipArchive};
use crate::exchange::pack::Packed;
use crate::service::contract::{ExportForm, ExportLayout, ExportTarget, Failure, FailureKind, OutputStream};
use crate::service::new_file::{NewFile, NewFolder, unwritten};

/// An export that is being written. Dropped unfinished, it leaves nothing.
pub(super) struct ExportOutput<'t> {
    target: &'t ExportTarget,
    writer: Writer,
}

#[expect(clippy::large_enum_variant, reason = "there is one for each export")]
enum Writer {
    Json(JsonDocument<Packed<OutputFile>>),
    Sql(SqlScript<Packed<OutputFile>>),
    Csv(Csv),
    /// Between two calls one of the others is back in its place.
    Moved,
}

/// Tables as CSV: between tables, and while one is written.
enum Csv {
    /// The only table, before it begins.
    File {
        out: Packed<OutputFile>,
        for_terminal: bool,
    },
    FileTable(CsvTableWriter<Packed<OutputFile>>),
    FileEnded(Packed<OutputFile>),
    Folder(NewFolder),
    FolderTable(NewFolder, CsvTableWriter<NewFile>),
    Zip(ZipArchive<NewFile>),
    ZipTable(CsvTableWriter<ZipArchive<NewFile>>),
}

/// The file behind a writer.
enum OutputFile {
    New(NewFile),
    Stream(OutputStream),
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::New(file) => file.write(bytes),
            Self::Stream(stream) => {
                let written = stream.file.as_ref().write(bytes);
                let is_closed =
                    written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
                stream.is_closed.fetch_or(is_closed, Ordering::Relaxed);
                written
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::New(file) => file.flush(),
            Self::Stream(stream) => stream.file.as_ref().flush(),
        }
    }
}

impl OutputFile {
    fn open(target: &ExportTarget) -> Result<Self, Failure> {
        Ok(match target {
            ExportTarget::Stream(stream) => Self::Stream(stream.clone()),
            ExportTarget::Named { path, replaces } => Self::New(new_file(path, *replaces)?),
        })
    }

    fn finish(self) -> Result<(), Failure> {
        match self {
            Self::New(file) => file.finish(),
            Self::Stream(_) => Ok(()),
        }
    }
}

fn new_file(path: &Path, replaces: bool) -> Result<NewFile, Failure> {
    if replaces { NewFile::replacing(path) } else { NewFile::create(path) }
}

impl<'t> ExportOutput<'t> {
    /// Opens the files for an export of these tables.
    ///
    /// # Errors
    /// [`FailureKind::Conflict`] if there is something of that name; the files cannot be written.
    pub(super) fn open(
        target: &'t ExportTarget,
        form: ExportForm,
        tables: &[ExportTable],
    ) -> Result<Self, Failure> {
        let failed = |error: io::Error| failure(target, &error);
        let packed = || Packed::new(OutputFile::open(target)?, form.packing).map_err(failed);
        let writer = match (form.layout, target) {
            (ExportLayout::Json, _) => Writer::Json(JsonDocument::new(packed()?).map_err(failed)?),
            (ExportLayout::Sql, _) => Writer::Sql(SqlScript::new(packed()?, tables).map_err(failed)?),
            (ExportLayout::CsvFolder, ExportTarget::Named { path, .. }) => {
                Writer::Csv(Csv::Folder(NewFolder::create(path)?))
            }
            (ExportLayout::CsvZip, ExportTarget::Named { path, replaces }) => {
                Writer::Csv(Csv::Zip(ZipArchive::new(new_file(path, *replaces)?)))
            }
            (ExportLayout::Csv, _) => {
                let for_terminal =
                    matches!(target, ExportTarget::Stream(OutputStream { is_terminal: true, .. }));
                Writer::Csv(Csv::File { out: packed()?, for_terminal })
            }
            (ExportLayout::CsvFolder | ExportLayout::CsvZip, ExportTarget::Stream(_)) => {
                let words = "Standard output takes one table of CSV.";
                return Err(Failure::new(FailureKind::Invalid, words));
            }
        };
        Ok(Self { target, writer })
    }

    pub(super) fn begin(&mut self, table: &ExportTable) -> Result<(), Failure> {
        let target = self.target;
        let failed = |error: io::Error| failure(target, &error);
        match &mut self.writer {
            Writer::Json(document) => document.begin(table).map_err(failed),
            Writer::Sql(script) => {
                script.begin(table);
                Ok(())
            }
            Writer::Csv(_) => self.exchange(|csv| csv.begin(table, target)),
            Writer::Moved => Err(lost()),
        }
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Failure> {
        let written = match &mut self.writer {
            Writer::Json(document) => document.row(cells),
            Writer::Sql(script) => script.row(cells),
            Writer::Csv(Csv::FileTable(table)) => table.row(cells),
            Writer::Csv(Csv::FolderTable(_, table)) => table.row(cells),
            Writer::Csv(Csv::ZipTable(table)) => table.row(cells),
            Writer::Csv(Csv::File { .. } | Csv::FileEnded(_) | Csv::Folder(_) | Csv::Zip(_))
            | Writer::Moved => return Err(lost()),
        };
        written.map_err(|error| failure(self.target, &error))
    }

    pub(super) fn end(&mut self) -> Result<(), Failure> {
        let target = self.target;
        match &mut self.writer {
            Writer::Json(document) => document.end().map_err(|error| failure(target, &error)),
            Writer::Sql(script) => script.end().map_err(|error| failure(target, &error)),
            Writer::Csv(_) => self.exchange(|csv| csv.end(target)),
            Writer::Moved => Err(lost()),
        }
    }

    /// Puts the files into their places, with all of them on the disk.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let failed = |error: io::Error| failure(self.target, &error);
        let packed = match self.writer {
            Writer::Json(document) => document.finish().map_err(failed)?,
            Writer::Sql(script) => script.finish().map_err(failed)?,
            Writer::Csv(Csv::FileEnded(out) | Csv::File { out, .. }) => out,
            Writer::Csv(Csv::Folder(folder)) => return folder.finish(),
            Writer::Csv(Csv::Zip(archive)) => return archive.finish().map_err(failed)?.finish(),
            Writer::Csv(Csv::FileTable(_) | Csv::FolderTable(..) | Csv::ZipTable(_)) | Writer::Moved => {
                return Err(lost());
            }
        };
        packed.finish().map_err(failed)?.finish()
    }

    /// Replaces what is written to as CSV.
    fn exchange(&mut self, next: impl FnOnce(Csv) -> Result<Csv, Failure>) -> Result<(), Failure> {
        if let Writer::Csv(csv) = std::mem::replace(&mut self.writer, Writer::Moved) {
            self.writer = Writer::Csv(next(csv)?);
        }
        Ok(())
    }
}

impl Csv {
    fn begin(self, table: &ExportTable, target: &ExportTarget) -> Result<Self, Failure> {
        let failed = |error: io::Error| failure(target, &error);
        let name = format!("{}.csv", table.word);
        match self {
            Self::File { out, for_terminal } => {
                CsvTableWriter::new(out, table, for_terminal).map(Self::FileTable).map_err(failed)
            }
            Self::Folder(folder) => {
                let file = CsvTableWriter::new(folder.file(&name)?, table, false).map_err(failed)?;
                Ok(Self::FolderTable(folder, file))
            }
            Self::Zip(mut archive) => {
                archive.begin(&name).map_err(failed)?;
                CsvTableWriter::new(archive, table, false).map(Self::ZipTable).map_err(failed)
            }
            Self::FileTable(_) | Self::FileEnded(_) | Self::FolderTable(..) | Self::ZipTable(_) => {
                Err(lost())
            }
        }
    }

    fn end(self, target: &ExportTarget) -> Result<Self, Failure> {
        let failed = |error: io::Error| failure(target, &error);
        match self {
            Self::FileTable(table) => table.finish().map(Self::FileEnded).map_err(failed),
            Self::FolderTable(folder, table) => {
                table.finish().map_err(failed)?.finish()?;
                Ok(Self::Folder(folder))
            }
            Self::ZipTable(table) => table.finish().map(Self::Zip).map_err(failed),
            Self::File { .. } | Self::FileEnded(_) | Self::Folder(_) | Self::Zip(_) => Err(lost()),
        }
    }
}

/// Returns the failure for a target that cannot be written.
fn failure(target: &ExportTarget, error: &io::Error) -> Failure {
    match target {
        ExportTarget::Named { path, .. } => unwritten(path, error),
        ExportTarget::Stream(_) => {
            Failure::new(FailureKind::Other, format!("Cannot write to standard output: {error}."))
        }
    }
}

/// Returns the failure for a row outside a table.
fn lost() -> Failure {
    Failure::new(FailureKind::Other, "Internal error: the export is in the wrong state.")
}
