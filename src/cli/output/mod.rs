//! Output of commands: a table for people, JSON or CSV for programs, all streamed.
//!
//! It knows nothing of accounts, sessions or directories: those describe themselves as [`Record`]s. Characters
//! that a terminal would act on never reach a terminal raw, whatever the rows hold.

use std::io::{self, BufWriter, Write};
use std::marker::PhantomData;

use crate::domain::text::{to_ascii, visible};
use crate::domain::time::{Timestamp, to_rfc3339};

mod csv;
mod json;
mod table;
#[cfg(test)]
mod tests;

pub(super) use table::{Cell, Heading, Tone};

/// The format of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum Format {
    /// Aligned columns, for people.
    #[default]
    Table,
    /// A list is one array, a single thing one object.
    Json,
    /// One object a line (jsonlines.org): a list can be read as it comes.
    Jsonl,
    /// RFC 4180 with a header line.
    Csv,
}

/// A format, and the capabilities of standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) format: Format,
    /// True if colours are wanted.
    pub(super) colour: bool,
    /// True if standard output is a terminal.
    pub(super) terminal: bool,
    /// True if the locale allows only ASCII.
    pub(super) ascii: bool,
}

/// A value for programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Flag(bool),
    Number(i64),
    Text(String),
    Time(Timestamp),
    /// The ids of rows, perhaps a million; separated by blanks in CSV.
    Ids(Vec<i64>),
    /// A nested object; its text in CSV.
    Json(serde_json::Value),
}

impl Value {
    /// Returns the value, or `null` in JSON and an empty cell in CSV if there is none.
    pub(super) fn of(value: Option<impl Into<Self>>) -> Self {
        value.map_or(Self::Null, Into::into)
    }

    fn into_json(self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Flag(flag) => flag.into(),
            Self::Number(number) => number.into(),
            Self::Text(text) => text.into(),
            Self::Time(time) => to_rfc3339(time).into(),
            Self::Ids(ids) => ids.into(),
            Self::Json(json) => json,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number as i64)
    }
}

/// A row that describes itself, once for programs and once for people.
pub(super) trait Record {
    /// Returns the names of [`values`](Self::values): keys in JSON, the header in CSV.
    fn keys() -> Vec<&'static str>;
    /// Returns the headings of [`cells`](Self::cells).
    fn headings() -> Vec<Heading>;
    /// Returns a value for each key.
    fn values(&self, now: Timestamp) -> Vec<Value>;
    /// Returns a cell for each heading.
    fn cells(&self, now: Timestamp) -> Vec<Cell>;
}

/// A list that is written some rows at a time.
pub(super) struct Sheet<R> {
    style: Style,
    now: Timestamp,
    /// Number of rows written so far.
    rows: u64,
    keys: Vec<&'static str>,
    headings: Vec<Heading>,
    /// Widths of a table's columns.
    widths: Vec<usize>,
    record: PhantomData<fn(&R)>,
}

impl<R: Record> Sheet<R> {
    pub(super) fn new(style: Style, now: Timestamp) -> Self {
        let (keys, headings) = (R::keys(), R::headings());
        let widths = table::widths(&headings);
        Self { style, now, rows: 0, keys, headings, widths, record: PhantomData }
    }

    /// Writes more rows of the list; the first call begins the list, even without rows.
    pub(super) fn write(&mut self, rows: &[R], out: &mut dyn Write) -> io::Result<()> {
        let mut page = Vec::new();
        match self.style.format {
            Format::Json => self.write_json(rows, &mut page)?,
            Format::Jsonl => self.write_jsonl(rows, &mut page)?,
            Format::Csv => self.write_csv(rows, &mut page)?,
            Format::Table => self.write_table(rows, &mut page)?,
        }
        self.rows += rows.len() as u64;
        out.write_all(&page)
    }

    /// Ends the list and returns its number of rows.
    pub(super) fn finish(self, out: &mut dyn Write) -> io::Result<u64> {
        if self.style.format == Format::Json {
            out.write_all(if self.rows == 0 { b"[]\n" } else { b"\n]\n" })?;
        }
        Ok(self.rows)
    }

    fn write_json(&self, rows: &[R], out: &mut dyn Write) -> io::Result<()> {
        for (n, row) in (self.rows..).zip(rows) {
            out.write_all(if n == 0 { b"[\n" } else { b",\n" })?;
            json::write(&object(&self.keys, row.values(self.now)), out)?;
        }
        Ok(())
    }

    fn write_jsonl(&self, rows: &[R], out: &mut dyn Write) -> io::Result<()> {
        rows.iter().try_for_each(|row| document(&object(&self.keys, row.values(self.now)), out))
    }

    fn write_csv(&self, rows: &[R], out: &mut dyn Write) -> io::Result<()> {
        let mut page = csv::CsvLines::new(out, self.style.terminal);
        if self.rows == 0 {
            page.header(&self.keys)?;
        }
        rows.iter().try_for_each(|row| page.row(row.values(self.now)))?;
        page.finish()
    }

    fn write_table(&mut self, rows: &[R], out: &mut dyn Write) -> io::Result<()> {
        let cells: Vec<_> = rows.iter().map(|row| shown(row, self.style, self.now)).collect();
        table::widen(&mut self.widths, &cells);
        if self.rows == 0 && !rows.is_empty() {
            table::header(&self.headings, &self.widths, self.style.colour, out)?;
        }
        cells.iter().try_for_each(|row| table::row(&self.headings, &self.widths, row, self.style.colour, out))
    }
}

/// Returns a row's cells in the characters of the locale.
fn shown<R: Record>(row: &R, style: Style, now: Timestamp) -> Vec<Cell> {
    let mut cells = row.cells(now);
    if style.ascii {
        cells.iter_mut().for_each(Cell::keep_ascii);
    }
    cells
}

/// Prints one record: an object in JSON, a header and a row in CSV, a line for each field in a table.
pub(super) fn one<R: Record>(row: &R, style: Style, now: Timestamp, out: &mut dyn Write) -> io::Result<()> {
    match style.format {
        Format::Json | Format::Jsonl => document(&object(&R::keys(), row.values(now)), out),
        Format::Csv => Sheet::new(style, now).write(std::slice::from_ref(row), out),
        Format::Table => table::facts(&R::headings(), &shown(row, style, now), style.colour, out),
    }
}

/// Prints something that is not a row and that people read as one line: an object in JSON, a header and a row
/// in CSV, that line in a table.
pub(super) fn line<const N: usize>(
    line: &str,
    fields: [(&str, Value); N],
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match style.format {
        Format::Json | Format::Jsonl | Format::Csv => self::fields(fields.into(), style, out),
        Format::Table if style.ascii => writeln!(out, "{}", to_ascii(&visible(line))),
        Format::Table => writeln!(out, "{}", visible(line)),
    }
}

/// Prints something that is not a row for programs: an object in JSON, written incrementally, else a header and
/// a row.
pub(super) fn fields(fields: Vec<(&str, Value)>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if matches!(style.format, Format::Json | Format::Jsonl) {
        let mut out = BufWriter::new(out);
        json::write_object(fields, &mut out)?;
        return out.write_all(b"\n").and_then(|()| out.flush());
    }
    let (keys, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    let mut page = csv::CsvLines::new(out, style.terminal);
    page.header(&keys)?;
    page.row(values)?;
    page.finish()
}

/// Prints a JSON document that is not a row.
pub(super) fn document(value: &serde_json::Value, out: &mut dyn Write) -> io::Result<()> {
    json::write(value, out)?;
    out.write_all(b"\n")
}

fn object(keys: &[&str], values: Vec<Value>) -> serde_json::Value {
    keys.iter().map(|key| (*key).to_owned()).zip(values.into_iter().map(Value::into_json)).collect()
}
