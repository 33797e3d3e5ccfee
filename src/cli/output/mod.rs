//! Output of commands: a table for people, JSON or CSV for programs, all streamed.
//!
//! It knows nothing of accounts, sessions or directories: those describe themselves as [`Record`]s. Characters
//! that a terminal would act on never reach a terminal raw, whatever the rows hold.

use std::io::{self, BufWriter, Write};
use std::iter;

use memchr::memmem;

use crate::domain::text::{to_ascii, visible, wrap};
use crate::domain::time::{Timestamp, to_rfc3339};

mod column_choice;
mod csv;
mod json;
mod table;

pub(super) use column_choice::{column_names, find_column};
pub(super) use table::{Cell, Heading, Tone};
use table::{Layout, Looks};

/// The character U+FFFD, which stands for bytes that are not UTF-8.
const STAND_IN: &[u8] = "\u{fffd}".as_bytes();

/// The least width of a line of a paragraph, in cells.
const LEAST_LINE: usize = 20;

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
    /// The width of that terminal in cells, if it is known.
    pub(super) width: Option<u16>,
    /// True if the locale allows only ASCII.
    pub(super) ascii: bool,
}

impl Style {
    fn looks(self) -> Looks {
        Looks { colour: self.colour, ascii: self.ascii, width: self.width }
    }
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

    /// Returns the value as a table shows it.
    fn into_cell(self) -> Cell {
        match self {
            Self::Null => Cell::optional(None),
            Self::Flag(flag) => Cell::text(if flag { "yes" } else { "no" }),
            Self::Number(number) => Cell::id(number),
            Self::Text(text) => Cell::text(&text),
            Self::Time(time) => Cell::time(Some(time)),
            Self::Ids(ids) => Cell::text(&ids.iter().map(i64::to_string).collect::<Vec<_>>().join(" ")),
            Self::Json(json) => Cell::text(&json.to_string()),
        }
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

/// Makes one part of a record's output, given the time.
type PartOf<R, T> = Box<dyn Fn(&R, Timestamp) -> T>;

/// A value of a record for programs, with its name: a key in JSON, the header in CSV.
pub(super) struct Key<R> {
    pub(super) name: &'static str,
    value: PartOf<R, Value>,
}

impl<R: 'static> Key<R> {
    pub(super) fn new(name: &'static str, value: impl Fn(&R, Timestamp) -> Value + 'static) -> Self {
        Self { name, value: Box::new(value) }
    }

    /// Returns the same key of a record that `part` is a part of.
    pub(super) fn of<S: 'static>(self, part: fn(&S) -> &R) -> Key<S> {
        Key::new(self.name, move |whole, now| (self.value)(part(whole), now))
    }
}

/// A cell of a record for people, with its heading.
pub(super) struct Column<R> {
    heading: Heading,
    cell: PartOf<R, Cell>,
}

impl<R: 'static> Column<R> {
    pub(super) fn new(heading: impl Into<Heading>, cell: impl Fn(&R, Timestamp) -> Cell + 'static) -> Self {
        Self { heading: heading.into(), cell: Box::new(cell) }
    }

    /// Returns the same column of a record that `part` is a part of.
    pub(super) fn of<S: 'static>(self, part: fn(&S) -> &R) -> Column<S> {
        Column::new(self.heading, move |whole, now| (self.cell)(part(whole), now))
    }
}

/// A row that describes itself, once for programs and once for people.
pub(super) trait Record: Sized + 'static {
    /// Returns the values of a row, by name.
    fn keys() -> Vec<Key<Self>>;
    /// Returns the cells of a row, by heading.
    fn columns() -> Vec<Column<Self>>;
}

/// A list that is written some rows at a time.
pub(super) struct Sheet<R> {
    style: Style,
    now: Timestamp,
    /// Number of rows written so far.
    rows: u64,
    keys: Vec<Key<R>>,
    columns: Vec<Column<R>>,
    headings: Vec<Heading>,
    layout: Layout,
    /// True if a text for programs holds U+FFFD, as one does that is not UTF-8 in the store.
    has_stand_ins: bool,
}

impl<R: Record> Sheet<R> {
    pub(super) fn new(style: Style, now: Timestamp) -> Self {
        Self::of(style, now, R::keys(), R::columns(), false)
    }

    /// Makes a list of these columns only, in their order; of none, a list of the usual ones. A name that
    /// [`find_column`] does not know is passed over.
    pub(super) fn with_columns(style: Style, now: Timestamp, names: &[impl AsRef<str>]) -> Self {
        if names.is_empty() {
            return Self::new(style, now);
        }
        let (keys, columns) = column_choice::chosen(names);
        Self::of(style, now, keys, columns, true)
    }

    fn of(style: Style, now: Timestamp, keys: Vec<Key<R>>, columns: Vec<Column<R>>, chosen: bool) -> Self {
        let headings = headings(&columns);
        let layout = Layout::new(&headings, style.width, chosen);
        Self { style, now, rows: 0, keys, columns, headings, layout, has_stand_ins: false }
    }

    /// Returns the headings of the columns that the terminal has no room for.
    pub(super) fn left_out(&self) -> Vec<&'static str> {
        self.layout.left_out()
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
        self.has_stand_ins |= self.style.format != Format::Table && memmem::find(&page, STAND_IN).is_some();
        out.write_all(&page)
    }

    /// Returns true if a text that was written for programs holds U+FFFD.
    pub(super) fn has_stand_ins(&self) -> bool {
        self.has_stand_ins
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
            json::write(&object(&self.keys, row, self.now), out)?;
        }
        Ok(())
    }

    fn write_jsonl(&self, rows: &[R], out: &mut dyn Write) -> io::Result<()> {
        rows.iter().try_for_each(|row| document(&object(&self.keys, row, self.now), out))
    }

    fn write_csv(&self, rows: &[R], out: &mut dyn Write) -> io::Result<()> {
        let mut page = csv::CsvLines::new(out, self.style.terminal);
        if self.rows == 0 {
            page.header(&self.keys.iter().map(|key| key.name).collect::<Vec<_>>())?;
        }
        rows.iter().try_for_each(|row| page.row(self.keys.iter().map(|key| (key.value)(row, self.now))))?;
        page.finish()
    }

    fn write_table(&mut self, rows: &[R], out: &mut dyn Write) -> io::Result<()> {
        let cells: Vec<_> = rows.iter().map(|row| shown(&self.columns, row, self.style, self.now)).collect();
        let looks = self.style.looks();
        let shown = self.layout.widen(&cells);
        if self.rows == 0 && !rows.is_empty() {
            table::header(&self.headings, &shown, &cells, looks, out)?;
        }
        cells.iter().try_for_each(|row| table::row(&self.headings, &shown, row, looks, out))
    }
}

fn headings<R>(columns: &[Column<R>]) -> Vec<Heading> {
    columns.iter().map(|column| column.heading).collect()
}

/// Returns a row's cells in the characters of the locale.
fn shown<R>(columns: &[Column<R>], row: &R, style: Style, now: Timestamp) -> Vec<Cell> {
    let mut cells: Vec<_> = columns.iter().map(|column| (column.cell)(row, now)).collect();
    if style.ascii {
        cells.iter_mut().for_each(Cell::keep_ascii);
    }
    cells
}

/// Prints one record: an object in JSON, a header and a row in CSV, a line for each field in a table.
pub(super) fn one<R: Record>(row: &R, style: Style, now: Timestamp, out: &mut dyn Write) -> io::Result<()> {
    match style.format {
        Format::Json | Format::Jsonl => document(&object(&R::keys(), row, now), out),
        Format::Csv => Sheet::new(style, now).write(std::slice::from_ref(row), out),
        Format::Table => {
            let columns = R::columns();
            table::facts(&headings(&columns), &shown(&columns, row, style, now), style.looks(), out)
        }
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

/// Prints a text for people in lines that the terminal has room for: the first behind one indent, the others behind another.
pub(super) fn paragraph(text: &str, indents: [&str; 2], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let [first, others] = indents;
    let room = style.width.map_or(usize::MAX, |width| usize::from(width).saturating_sub(others.len()));
    let text = if style.ascii { to_ascii(text) } else { text.into() };
    let lines = wrap(&text, room.max(LEAST_LINE)).into_iter();
    for (line, indent) in lines.zip(iter::once(first).chain(iter::repeat(others))) {
        writeln!(out, "{indent}{line}")?;
    }
    Ok(())
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

fn object<R>(keys: &[Key<R>], row: &R, now: Timestamp) -> serde_json::Value {
    keys.iter().map(|key| (key.name.to_owned(), (key.value)(row, now).into_json())).collect()
}

#[cfg(test)]
mod tests;
