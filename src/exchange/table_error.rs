//! The reasons that a file of JSON or CSV cannot be read, and the limit for its rows.

use std::cell::Cell;
use std::io::{Error, ErrorKind, Read, Result};
use std::rc::Rc;

use crate::domain::foreign::{MAX_ROW_BYTES, RowPlace};

/// The most columns of a row.
pub(super) const MAX_COLUMNS: usize = 1_000;

/// The reason that a file of JSON or CSV cannot be read to its end. It repeats nothing from the file, which may be hostile.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("the file cannot be read: {0}")]
    Io(Error),
    /// It ends inside a row or a table.
    #[error("the file is cut off")]
    CutOff,
    #[error("line {line}: this is not {format} as an export writes it")]
    Syntax { line: u64, format: &'static str },
    /// JSON of something else.
    #[error("the document does not begin with the format and version of an export")]
    NotAnExport,
    #[error("a newer version of NEXUS wrote it (format version {0})")]
    Newer(i64),
    /// More than [`MAX_TABLES`](super::sql_dump::MAX_TABLES).
    #[error("it has too many tables")]
    TooManyTables,
    /// Larger than [`MAX_ROW_BYTES`], or more than `MAX_COLUMNS` columns.
    #[error("{} is too long", after(*.0))]
    TooLong(RowPlace),
}

/// Names the row after this one, which is none before the first.
fn after(place: RowPlace) -> String {
    match place {
        RowPlace::Row(0) => "the first row".to_owned(),
        place => format!("the row after {place}"),
    }
}

impl From<Error> for TableError {
    fn from(error: Error) -> Self {
        Self::Io(error)
    }
}

/// The bytes that may still be read for the current row.
#[derive(Debug, Clone)]
pub(super) struct RowBudget(Rc<Cell<usize>>);

impl RowBudget {
    /// Bytes that readers take ahead of a row.
    const AHEAD: usize = 256 * 1_024;

    pub(super) fn new() -> Self {
        Self(Rc::new(Cell::new(MAX_ROW_BYTES + Self::AHEAD)))
    }

    /// Begins a row.
    pub(super) fn renew(&self) {
        self.0.set(MAX_ROW_BYTES + Self::AHEAD);
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.0.get() == 0
    }
}

/// A file of which no more is read for one row than the budget allows.
#[derive(Debug)]
pub(super) struct Limited<R> {
    pub(super) input: R,
    pub(super) budget: RowBudget,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let left = self.budget.0.get();
        if left == 0 {
            return Err(Error::new(ErrorKind::InvalidData, "a row is too long"));
        }
        let room = buffer.len().min(left);
        let count = self.input.read(buffer.get_mut(..room).unwrap_or_default())?;
        self.budget.0.set(left - count);
        Ok(count)
    }
}
