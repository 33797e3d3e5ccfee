//! One JSON document: an object with the format, its version, and an array for each table.

use std::io::{Error, Result, Write};

use crate::domain::text::write_json_text;
use crate::domain::time::to_rfc3339;

use super::{Cell, ExportTable, FORMAT, VERSION};

/// A JSON document that is being written: a row a line.
#[derive(Debug)]
pub struct JsonDocument<W: Write> {
    out: W,
    /// The keys of the table's columns, each with the punctuation around it.
    keys: Vec<String>,
    is_first_row: bool,
    line: Vec<u8>,
}

impl<W: Write> JsonDocument<W> {
    /// Begins the document.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn new(mut out: W) -> Result<Self> {
        write!(out, "{{\"format\":\"{FORMAT}\",\"version\":{VERSION}")?;
        Ok(Self { out, keys: Vec::new(), is_first_row: true, line: Vec::new() })
    }

    /// Begins a table.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(&mut self, table: &ExportTable) -> Result<()> {
        let before = |at: usize| if at == 0 { '{' } else { ',' };
        let keys = table.columns.iter().enumerate();
        self.keys = keys.map(|(at, column)| format!("{}\"{}\":", before(at), column.name)).collect();
        self.is_first_row = true;
        write!(self.out, ",\n\"{}\":[", table.word)
    }

    /// Writes a row of the table.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        self.line.clear();
        self.line.extend_from_slice(if self.is_first_row { b"\n" } else { b",\n" });
        self.is_first_row = false;
        for (key, cell) in self.keys.iter().zip(cells) {
            self.line.extend_from_slice(key.as_bytes());
            write_cell(cell, &mut self.line)?;
        }
        self.line.push(b'}');
        write_json_text(str::from_utf8(&self.line).map_err(Error::other)?, &mut self.out)
    }

    /// Ends a table.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn end(&mut self) -> Result<()> {
        self.out.write_all(b"\n]")
    }

    /// Ends the document.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self) -> Result<W> {
        self.out.write_all(b"}\n")?;
        Ok(self.out)
    }
}

/// Writes an object in a line of its own.
///
/// # Errors
/// It cannot be written.
pub fn write_json_line(fields: &[(&str, Cell<'_>)], out: &mut impl Write) -> Result<()> {
    let mut line = Vec::new();
    for (at, (key, cell)) in fields.iter().enumerate() {
        write!(line, "{}\"{key}\":", if at == 0 { '{' } else { ',' })?;
        write_cell(cell, &mut line)?;
    }
    line.extend_from_slice(b"}\n");
    write_json_text(str::from_utf8(&line).map_err(Error::other)?, out)
}

fn write_cell(cell: &Cell<'_>, line: &mut Vec<u8>) -> Result<()> {
    match cell {
        Cell::Null => line.extend_from_slice(b"null"),
        Cell::Number(number) => write!(line, "{number}")?,
        Cell::Flag(flag) => write!(line, "{flag}")?,
        Cell::Text(text) => serde_json::to_writer(line, text)?,
        Cell::Time(time) => write!(line, "\"{}\"", to_rfc3339(*time))?,
        Cell::Json(json) => line.extend_from_slice(json.as_bytes()),
    }
    Ok(())
}
