//! A table as CSV (RFC 4180) with the names of the columns in the first line.

use std::borrow::Cow;
use std::io::{Error, ErrorKind, Result, Write};

use csv::{IntoInnerError, Terminator, Writer, WriterBuilder};

use crate::domain::text::{defused_json, visible};
use crate::domain::time::to_rfc3339;

use super::super::csv_cell;
use super::{Cell, ExportTable};

/// A table that is being written.
#[derive(Debug)]
pub struct CsvTableWriter<W: Write> {
    lines: Writer<W>,
    /// True if a terminal shows it: it gets stand-ins for characters that it would act on.
    for_terminal: bool,
}

impl<W: Write> CsvTableWriter<W> {
    /// Begins a table.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn new(out: W, table: &ExportTable, for_terminal: bool) -> Result<Self> {
        let mut lines = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        lines.write_record(table.columns.iter().map(|column| column.name)).map_err(io_error)?;
        Ok(Self { lines, for_terminal })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        for cell in cells {
            let text = written(cell);
            let text = if self.for_terminal { visible(&text) } else { text };
            self.lines.write_field(text.as_bytes()).map_err(io_error)?;
        }
        self.lines.write_record(None::<&[u8]>).map_err(io_error)
    }

    /// Ends the table.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> Result<W> {
        self.lines.into_inner().map_err(IntoInnerError::into_error)
    }
}

fn written<'a>(cell: &'a Cell<'_>) -> Cow<'a, str> {
    match cell {
        Cell::Null => "".into(),
        Cell::Number(number) => number.to_string().into(),
        Cell::Flag(flag) => flag.to_string().into(),
        Cell::Text(text) => csv_cell::write(text),
        Cell::Time(time) => to_rfc3339(*time).into(),
        Cell::Json(json) => defused_json(json).into(),
    }
}

fn io_error(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => Error::new(ErrorKind::InvalidData, "the row cannot be written as CSV"),
    }
}
