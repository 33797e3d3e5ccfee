//! Where the rows come from: a dump, or another program's SQLite file. Both give the same rows; nothing here looks into
//! them.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use crate::domain::foreign::Row;
use crate::exchange::sql_dump::{DumpError, DumpReader};
use crate::service::contract::{Failure, FailureKind, Progress};
use crate::store::foreign::{ForeignError, ForeignFile};
use crate::store::{Settled, Store};

use super::{DIRECTORIES, SESSIONS, USERS};

/// Rows between two looks at whether to go on.
const STRIDE: u64 = 256;

/// What is read in one go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// The accounts.
    Accounts,
    /// What belongs to them: sessions and directories.
    Belongings,
}

impl Part {
    fn has(self, table: &str) -> bool {
        match self {
            Self::Accounts => table == USERS,
            Self::Belongings => table == SESSIONS || table == DIRECTORIES,
        }
    }
}

/// How far an import is: the reading of both parts, and the work that was put off until after it.
pub(super) struct Meter<'p> {
    /// What the parts before the present one came to.
    before: u64,
    total: u64,
    progress: &'p mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl<'p> Meter<'p> {
    /// For this much work, in any unit.
    pub(super) fn new(total: u64, progress: &'p mut dyn FnMut(Progress) -> ControlFlow<()>) -> Self {
        Self { before: 0, total, progress }
    }

    /// So much of what was put off is done.
    ///
    /// # Errors
    /// As [`tell`](Self::tell).
    pub(super) fn tell_settled(&mut self, settled: Settled) -> Result<(), Failure> {
        let size = u128::from(self.total.saturating_sub(self.before));
        let done = size * u128::from(settled.done) / u128::from(settled.total.max(1));
        self.tell(done as u64)
    }

    /// So much of the part under way is done.
    ///
    /// # Errors
    /// [`FailureKind::Stopped`] where that is wished.
    fn tell(&mut self, done: u64) -> Result<(), Failure> {
        match (self.progress)(Progress { done: self.before + done, total: self.total }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Failure::new(FailureKind::Stopped, "Stopped; nothing was taken.")),
        }
    }

    /// A part of this size is done.
    fn end_part(&mut self, size: u64) -> Result<(), Failure> {
        self.before += size;
        self.tell(0)
    }
}

/// A file to be taken in.
pub(super) struct Source<'a> {
    path: &'a Path,
    kind: Kind,
}

enum Kind {
    /// It is read from its beginning for each part.
    Dump {
        bytes: u64,
    },
    Sqlite {
        file: ForeignFile,
        tables: Vec<(String, u64)>,
    },
}

impl<'a> Source<'a> {
    /// Looks at what is at `path`. A file of the open store's own is not even opened.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`]: it is no file, cannot be read, or is the store's own.
    pub(super) fn open(path: &'a Path, store: &dyn Store) -> Result<Self, Failure> {
        let invalid = |why: &str| Failure::new(FailureKind::Invalid, format!("{} {why}", path.display()));
        // Looked at before it is opened: opening a pipe that nobody writes to would wait for ever.
        let metadata =
            std::fs::metadata(path).map_err(|error| invalid(&format!("cannot be read: {error}.")))?;
        if !metadata.is_file() {
            return Err(invalid("is no ordinary file; it is read twice, so a pipe will not do."));
        }
        if store.owns(path) {
            return Err(invalid("is the store itself; nothing was taken."));
        }
        let kind = match ForeignFile::open(path).map_err(|error| unfit(path, &error))? {
            None => Kind::Dump { bytes: metadata.len() },
            Some(file) => {
                let tables = file.tables().map_err(|error| unfit(path, &error))?;
                Kind::Sqlite { file, tables }
            }
        };
        Ok(Self { path, kind })
    }

    /// How much there is to read in both parts together, in bytes or rows.
    pub(super) fn size(&self) -> u64 {
        match &self.kind {
            Kind::Dump { bytes } => 2 * bytes,
            Kind::Sqlite { tables, .. } => {
                let wanted = |table: &str| Part::Accounts.has(table) || Part::Belongings.has(table);
                tables.iter().filter(|(table, _)| wanted(table)).map(|(_, rows)| rows).sum()
            }
        }
    }

    /// Hands every row of a part to `take`. The tables that do not belong to it, each with its rows.
    ///
    /// # Errors
    /// The source cannot be read to its end; what `take` returns; [`FailureKind::Stopped`].
    pub(super) fn each(
        &self,
        part: Part,
        meter: &mut Meter<'_>,
        take: impl FnMut(Row) -> Result<(), Failure>,
    ) -> Result<Vec<(String, u64)>, Failure> {
        match &self.kind {
            Kind::Dump { bytes } => self.each_of_dump(*bytes, part, meter, take),
            Kind::Sqlite { file, tables } => self.each_of_file(file, tables, part, meter, take),
        }
    }

    fn each_of_dump(
        &self,
        bytes: u64,
        part: Part,
        meter: &mut Meter<'_>,
        mut take: impl FnMut(Row) -> Result<(), Failure>,
    ) -> Result<Vec<(String, u64)>, Failure> {
        let wanted: fn(&str) -> bool = match part {
            Part::Accounts => |table| Part::Accounts.has(table),
            Part::Belongings => |table| Part::Belongings.has(table),
        };
        let file = File::open(self.path).map_err(|error| unfit(self.path, &DumpError::from(error)))?;
        let mut reader = DumpReader::new(file, wanted);
        let mut rows: u64 = 0;
        while let Some(row) = reader.next_row().map_err(|error| unfit(self.path, &error))? {
            if rows.is_multiple_of(STRIDE) {
                meter.tell(reader.bytes_read())?;
            }
            rows += 1;
            take(row)?;
        }
        meter.end_part(bytes)?;
        Ok(reader.skipped().to_vec())
    }

    fn each_of_file(
        &self,
        file: &ForeignFile,
        tables: &[(String, u64)],
        part: Part,
        meter: &mut Meter<'_>,
        mut take: impl FnMut(Row) -> Result<(), Failure>,
    ) -> Result<Vec<(String, u64)>, Failure> {
        let (wanted, others): (Vec<_>, Vec<_>) = tables.iter().partition(|(table, _)| part.has(table));
        let mut rows: u64 = 0;
        for (table, _) in &wanted {
            file.each(table, |row| {
                if rows.is_multiple_of(STRIDE) {
                    meter.tell(rows)?;
                }
                rows += 1;
                Ok(take(row)?)
            })
            .map_err(|halt| match halt {
                Halt::Unreadable(error) => unfit(self.path, &error),
                Halt::Failed(failure) => failure,
            })?;
        }
        meter.end_part(rows)?;
        Ok(others.into_iter().cloned().collect())
    }
}

/// Why the reading of a table ended before its end.
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

/// What keeps a file from being read, and what to do about it.
trait Unfit: std::fmt::Display {
    fn hint(&self) -> Option<&'static str>;
}

impl Unfit for DumpError {
    fn hint(&self) -> Option<&'static str> {
        matches!(self, Self::CutOff { .. }).then_some("Make the dump anew, or copy it again.")
    }
}

impl Unfit for ForeignError {
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

fn unfit(path: &Path, error: &impl Unfit) -> Failure {
    let words = format!("{}: {error}; nothing was taken.", path.display());
    let failure = Failure::new(FailureKind::Invalid, words);
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
