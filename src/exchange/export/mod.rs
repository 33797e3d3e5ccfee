//! Writers of exports, row by row: a JSON document, CSV, or SQL that SQLite and MariaDB run. An import reads the first two.

use std::borrow::Cow;

use crate::domain::time::Timestamp;

mod csv_table;
mod json_document;
mod sql_script;
mod zip_archive;

pub use csv_table::CsvTableWriter;
pub use json_document::{JsonDocument, write_json_line};
pub use sql_script::SqlScript;
pub use zip_archive::ZipArchive;

/// The value of the key `format` in a JSON document.
pub const FORMAT: &str = "nexus-export";
/// The version of the formats. A change that an older import would misread gets a new one.
pub const VERSION: i64 = 1;

/// A table of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportTable {
    /// The name in JSON, and of the file in CSV.
    pub word: &'static str,
    /// The name in SQL.
    pub name: &'static str,
    pub columns: Vec<ExportColumn>,
}

/// A column of such a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportColumn {
    pub name: &'static str,
    pub kind: CellKind,
    /// True for the column that identifies a row.
    pub is_key: bool,
}

/// The kind of values in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    Number,
    Text,
    Time,
    /// Yes or no.
    Flag,
    /// An object of JSON.
    Json,
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    Null,
    Number(i64),
    Text(Cow<'a, str>),
    Time(Timestamp),
    Flag(bool),
    /// An object, written as JSON.
    Json(String),
}

#[cfg(test)]
mod tests;
