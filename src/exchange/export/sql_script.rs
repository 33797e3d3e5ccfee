//! SQL statements that both the `sqlite3` shell and MariaDB run, in one transaction.
//!
//! Statements for MariaDB alone stand in comments that it executes. A text that a client could change or act on (control
//! characters, backslashes, or those that a terminal would act on) is written in hexadecimal digits.

use std::io::{Result, Write};

use crate::domain::text::{hex, is_unsafe};
use crate::domain::time::to_stored;

use super::{Cell, CellKind, ExportTable, VERSION};

/// Bytes of one INSERT, after which another begins: far below MariaDB's `max_allowed_packet`.
const STATEMENT_BYTES: usize = 256 * 1_024;

const HEAD: &str = "/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET time_zone = '+00:00' */;
/*!40101 SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO' */;
";

/// A script that is being written.
#[derive(Debug)]
pub struct SqlScript<W: Write> {
    out: W,
    /// The beginning of each INSERT into the table.
    insert: String,
    /// Bytes of the statement that has begun; 0 if none has.
    bytes: usize,
    row: Vec<u8>,
}

impl<W: Write> SqlScript<W> {
    /// Begins the script: the tables must not exist in the database that runs it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn new(mut out: W, tables: &[ExportTable]) -> Result<Self> {
        write!(out, "-- NEXUS export, version {VERSION}. Times are UTC.\n{HEAD}")?;
        for table in tables {
            let columns = table.columns.iter().map(|column| {
                let key = if column.is_key { " NOT NULL PRIMARY KEY" } else { "" };
                format!("  {} {}{key}", quoted(column.name), sql_type(column.kind))
            });
            let columns: Vec<_> = columns.collect();
            let (name, columns) = (table.name, columns.join(",\n"));
            writeln!(
                out,
                "CREATE TABLE {name} (\n{columns}\n) /*!40101 ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;"
            )?;
        }
        out.write_all(b"BEGIN;\n")?;
        Ok(Self { out, insert: String::new(), bytes: 0, row: Vec::new() })
    }

    /// Begins a table.
    pub fn begin(&mut self, table: &ExportTable) {
        let columns: Vec<_> = table.columns.iter().map(|column| quoted(column.name)).collect();
        self.insert = format!("INSERT INTO {} ({}) VALUES\n", table.name, columns.join(", "));
    }

    /// Writes a row of the table.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        self.row.clear();
        for (at, cell) in cells.iter().enumerate() {
            self.row.push(if at == 0 { b'(' } else { b',' });
            write_cell(cell, &mut self.row)?;
        }
        self.row.push(b')');
        if self.bytes + self.row.len() > STATEMENT_BYTES {
            self.end()?;
        }
        let before = if self.bytes == 0 { self.insert.as_str() } else { ",\n" };
        self.out.write_all(before.as_bytes())?;
        self.out.write_all(&self.row)?;
        self.bytes += before.len() + self.row.len();
        Ok(())
    }

    /// Ends a table.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn end(&mut self) -> Result<()> {
        if std::mem::take(&mut self.bytes) > 0 {
            self.out.write_all(b";\n")?;
        }
        Ok(())
    }

    /// Ends the script.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self) -> Result<W> {
        self.out.write_all(b"COMMIT;\n")?;
        Ok(self.out)
    }
}

/// Returns the name of a column, which may be a word of the language.
fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

const fn sql_type(kind: CellKind) -> &'static str {
    match kind {
        CellKind::Number => "BIGINT",
        CellKind::Text | CellKind::Json => "LONGTEXT",
        CellKind::Time => "DATETIME",
        CellKind::Flag => "BOOLEAN",
    }
}

fn write_cell(cell: &Cell<'_>, out: &mut Vec<u8>) -> Result<()> {
    match cell {
        Cell::Null => out.write_all(b"NULL"),
        Cell::Number(number) => write!(out, "{number}"),
        Cell::Flag(flag) => write!(out, "{}", u8::from(*flag)),
        Cell::Time(time) => write!(out, "'{}'", to_stored(*time)),
        Cell::Text(text) => write_text(text, out),
        Cell::Json(json) => write_text(json, out),
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) -> Result<()> {
    if text.chars().any(|c| c == '\\' || c.is_control() || is_unsafe(c)) {
        return write!(out, "CAST(X'{}' AS CHAR)", hex(text.as_bytes()));
    }
    write!(out, "'{}'", text.replace('\'', "''"))
}
