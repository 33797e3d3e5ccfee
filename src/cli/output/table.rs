//! Tables for people: columns aligned by terminal cells; states have a colour besides their word and shape.

use std::io::{self, Write};

use crate::domain::text::{grouped, to_ascii, visible_name, width};
use crate::domain::time::{Timestamp, date_time};

/// Number of blanks between columns.
const GAP: usize = 2;
/// Maximum width of a column, in cells. A longer value is printed whole without widening the column for the
/// other rows.
const WIDEST: usize = 120;
/// Stands for a missing value.
const NONE: &str = "–";

/// The heading of a column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heading {
    name: &'static str,
    numbers: bool,
}

impl Heading {
    /// Returns the heading of a column of words, aligned left.
    pub(crate) const fn words(name: &'static str) -> Self {
        debug_assert!(name.is_ascii(), "headings are printed as they are, also without UTF-8");
        Self { name, numbers: false }
    }

    /// Returns the heading of a column of numbers, aligned right.
    pub(crate) const fn numbers(name: &'static str) -> Self {
        debug_assert!(name.is_ascii(), "headings are printed as they are, also without UTF-8");
        Self { name, numbers: true }
    }
}

/// The meaning of a cell, shown as one of the terminal's own sixteen colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    /// In order.
    Good,
    /// Needs attention, or ends soon.
    Confirmation,
    /// Suspended, refused or over.
    Bad,
    /// Of little interest.
    Quiet,
}

impl Tone {
    /// Returns the SGR parameters (ECMA-48, 8.3.117).
    const fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Good => Some("32"),
            Self::Confirmation => Some("33"),
            Self::Bad => Some("31"),
            Self::Quiet => Some("2"),
        }
    }
}

/// A cell, safe to print.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// Returns a cell with a text from the store.
    pub(crate) fn text(text: &str) -> Self {
        if text.is_empty() {
            Self::none()
        } else {
            Self { text: visible_name(text).into_owned(), tone: Tone::Plain }
        }
    }

    /// Returns a cell with a text that may be missing.
    pub(crate) fn optional(text: Option<&str>) -> Self {
        text.map_or_else(Self::none, Self::text)
    }

    pub(crate) fn number(number: u64) -> Self {
        Self { text: grouped(number), tone: Tone::Plain }
    }

    /// Returns a cell with a row's id, without thousands separators, as commands take it.
    pub(crate) fn id(id: i64) -> Self {
        Self { text: id.to_string(), tone: Tone::Plain }
    }

    pub(crate) fn time(time: Option<Timestamp>) -> Self {
        time.map_or_else(Self::none, |time| Self::text(&date_time(time)))
    }

    /// Returns a cell with a state: its shape and its word, in its colour.
    pub(crate) fn state(shape_and_word: &str, tone: Tone) -> Self {
        Self { tone, ..Self::text(shape_and_word) }
    }

    /// Reduces the cell to ASCII.
    pub(super) fn keep_ascii(&mut self) {
        self.text = to_ascii(&self.text).into_owned();
    }

    fn none() -> Self {
        Self { text: NONE.into(), tone: Tone::Quiet }
    }
}

/// Returns the widths of empty columns, in cells.
pub(super) fn widths(headings: &[Heading]) -> Vec<usize> {
    headings.iter().map(|heading| width(heading.name)).collect()
}

/// Widens columns to their widest cell so far, up to [`WIDEST`]; rows already printed keep their widths.
pub(super) fn widen(widths: &mut [usize], rows: &[Vec<Cell>]) {
    for row in rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(&cell.text).min(WIDEST));
        }
    }
}

/// Returns the line of headings.
pub(super) fn header(
    headings: &[Heading],
    widths: &[usize],
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let cells: Vec<_> =
        headings.iter().map(|heading| Cell { text: heading.name.into(), tone: Tone::Quiet }).collect();
    row(headings, widths, &cells, colour, out)
}

/// Writes one line, without blanks after the last cell.
pub(super) fn row(
    headings: &[Heading],
    widths: &[usize],
    cells: &[Cell],
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut owed = 0;
    for ((heading, widest), cell) in headings.iter().zip(widths).zip(cells) {
        let missing = widest.saturating_sub(width(&cell.text));
        let (before, after) = if heading.numbers { (missing, 0) } else { (0, missing) };
        write!(out, "{:1$}", "", owed + before)?;
        paint(cell, colour, out)?;
        owed = after + GAP;
    }
    writeln!(out)
}

/// Writes one record, a line for each of its fields.
pub(super) fn facts(
    headings: &[Heading],
    cells: &[Cell],
    colour: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let widest = widths(headings).into_iter().max().unwrap_or_default();
    for (heading, cell) in headings.iter().zip(cells) {
        let label = Cell { text: heading.name.into(), tone: Tone::Quiet };
        paint(&label, colour, out)?;
        write!(out, "{:1$}", "", widest - width(heading.name) + GAP)?;
        paint(cell, colour, out)?;
        writeln!(out)?;
    }
    Ok(())
}

fn paint(cell: &Cell, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    match cell.tone.code() {
        Some(code) if colour => write!(out, "\x1b[{code}m{}\x1b[m", cell.text),
        _ => out.write_all(cell.text.as_bytes()),
    }
}
