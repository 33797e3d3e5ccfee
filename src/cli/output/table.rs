//! Tables for people: columns aligned by terminal cells; states have a colour besides their word and shape.

use std::io::{self, Write};

use crate::domain::columns::{Column, GAP, Room, Shown, layout};
use crate::domain::text::{Cut, cut, grouped, to_ascii, visible_name, width, wrap};
use crate::domain::time::{Timestamp, date_time};

/// Maximum width of a column in cells where there is no terminal. A longer value is printed whole without widening the
/// column for the other rows.
const WIDEST: u16 = 120;
/// The width that a column keeps where there is no room for its content.
const LEAST: u16 = 10;
/// The least width for the values of one record, beside their names.
const LEAST_VALUE: usize = 12;
/// Stands for a missing value.
const NONE: &str = "–";

/// The zone of all times in tables, behind a heading or a time.
const ZONE: &str = " UTC";

/// The heading of a column, and the room that the column takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heading(pub(super) Column);

impl Heading {
    /// Returns the heading of a column of words, aligned left.
    pub(crate) const fn words(name: &'static str) -> Self {
        Self::of(name, &[])
    }

    /// Returns the heading of a column of words that shows the values of these keys.
    pub(crate) const fn of(name: &'static str, keys: &'static [&'static str]) -> Self {
        debug_assert!(name.is_ascii(), "headings are printed as they are, also without UTF-8");
        Self(Column::new(name, keys, LEAST, 0, 0))
    }

    /// Returns the heading of a column of numbers that shows the values of these keys.
    pub(crate) const fn numbers(name: &'static str, keys: &'static [&'static str]) -> Self {
        debug_assert!(name.is_ascii(), "headings are printed as they are, also without UTF-8");
        Self(Column::new(name, keys, LEAST, 0, 0).right())
    }

    /// Sets the rank by which the column is left out where there is no room: the highest first.
    pub(crate) const fn rank(self, rank: u8) -> Self {
        Self(self.0.rank(rank))
    }

    /// Sets the part of a value that is left out where there is no room for all of it.
    pub(crate) const fn cut(self, cut: Cut) -> Self {
        Self(self.0.cut(cut))
    }

    /// Returns the width that the heading takes itself.
    pub(super) fn width(self) -> u16 {
        cells(self.0.title)
    }
}

impl From<Column> for Heading {
    fn from(column: Column) -> Self {
        Self(column)
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
    /// Set if the text is a time, in UTC.
    is_time: bool,
}

impl Cell {
    /// Returns a cell with a text from the store.
    pub(crate) fn text(text: &str) -> Self {
        if text.is_empty() { Self::none() } else { Self::plain(visible_name(text).into_owned()) }
    }

    /// Returns a cell with a text that may be missing.
    pub(crate) fn optional(text: Option<&str>) -> Self {
        text.map_or_else(Self::none, Self::text)
    }

    pub(crate) fn number(number: u64) -> Self {
        Self::plain(grouped(number))
    }

    /// Returns a cell with a row's id, without thousands separators, as commands take it.
    pub(crate) fn id(id: i64) -> Self {
        Self::plain(id.to_string())
    }

    pub(crate) fn time(time: Option<Timestamp>) -> Self {
        time.map_or_else(Self::none, |time| Self { is_time: true, ..Self::text(&date_time(time)) })
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
        Self { tone: Tone::Quiet, ..Self::plain(NONE.into()) }
    }

    const fn plain(text: String) -> Self {
        Self { text, tone: Tone::Plain, is_time: false }
    }

    /// Returns a cell with a heading.
    fn title(title: &str) -> Self {
        Self { tone: Tone::Quiet, ..Self::plain(title.into()) }
    }
}

/// Returns the width of a text in cells.
fn cells(text: &str) -> u16 {
    width(text).min(usize::from(u16::MAX)) as u16
}

/// The columns of a table on their way to their widths: those of the content so far, and what a terminal has room for.
#[derive(Debug)]
pub(super) struct Layout {
    columns: Vec<Column>,
    /// The widths of the content so far.
    content: Vec<u16>,
    /// The width of the terminal, if there is one.
    terminal: Option<u16>,
    /// The indices of the columns that are shown, in their order, once that is settled; empty for all.
    kept: Vec<usize>,
}

impl Layout {
    /// Creates the layout of a table that is still empty. Of `chosen` columns the last are left out where there is no
    /// room, else those that matter least.
    pub(super) fn new(headings: &[Heading], terminal: Option<u16>, chosen: bool) -> Self {
        let columns: Vec<_> = headings.iter().map(|heading| heading.0).collect();
        let content = headings.iter().map(|heading| heading.width()).collect();
        let kept = if chosen { (0..columns.len()).collect() } else { Vec::new() };
        Self { columns, content, terminal, kept }
    }

    /// Notes the widths of more rows, and returns the columns to show. Those of the first rows stay: widths may change
    /// for later rows, but no column leaves.
    pub(super) fn widen(&mut self, rows: &[Vec<Cell>]) -> Vec<Shown> {
        for row in rows {
            for (widest, cell) in self.content.iter_mut().zip(row) {
                let most = if self.terminal.is_some() { u16::MAX } else { WIDEST };
                *widest = (*widest).max(cells(&cell.text).min(most));
            }
        }
        let Some(table) = self.terminal else {
            let shown = |(at, width): (usize, &u16)| Shown { at, width: *width, is_shape: false };
            return self.content.iter().enumerate().map(shown).collect();
        };
        // A table of short values needs no more than these.
        for (column, content) in self.columns.iter_mut().zip(&self.content) {
            column.least = column.least.min(*content);
            column.share = 0;
        }
        let room =
            Room { table, terminal: u16::MAX, chosen: &self.kept, content: &self.content, ..Room::default() };
        let shown = layout(&self.columns, room);
        self.kept = shown.iter().map(|shown| shown.at).collect();
        shown
    }

    /// Returns the titles of the columns that have no room.
    pub(super) fn left_out(&self) -> Vec<&'static str> {
        let is_left = |at: &usize| !self.kept.is_empty() && !self.kept.contains(at);
        self.columns
            .iter()
            .enumerate()
            .filter(|(at, _)| is_left(at))
            .map(|(_, column)| column.title)
            .collect()
    }
}

/// The looks of a table on standard output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looks {
    pub(super) colour: bool,
    pub(super) ascii: bool,
    /// The width of the terminal, if there is one.
    pub(super) width: Option<u16>,
}

impl Looks {
    /// Returns the cell in so many cells; without a terminal it is never cut.
    fn fitted(self, cell: &Cell, column: &Column, cells: u16) -> Cell {
        if self.width.is_none() {
            return cell.clone();
        }
        let text = cut(&cell.text, cells.into(), column.cut);
        let text = if self.ascii { to_ascii(&text).into_owned() } else { text };
        Cell { text, ..cell.clone() }
    }
}

/// Writes the line of headings. That of the first times names their zone, unless a heading does already.
pub(super) fn header(
    headings: &[Heading],
    shown: &[Shown],
    rows: &[Vec<Cell>],
    looks: Looks,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut cells: Vec<_> = headings.iter().map(|heading| Cell::title(heading.0.title)).collect();
    let is_time = |at: usize| rows.iter().any(|row| row.get(at).is_some_and(|cell| cell.is_time));
    let first = shown.iter().map(|place| place.at).find(|at| is_time(*at));
    if let Some(cell) = first.and_then(|at| cells.get_mut(at))
        && !names_zone(headings)
    {
        cell.text.push_str(ZONE);
    }
    row(headings, shown, &cells, looks, out)
}

/// Returns true if a heading names the zone of the times.
fn names_zone(headings: &[Heading]) -> bool {
    headings.iter().any(|heading| heading.0.title.contains(ZONE.trim()))
}

/// Writes one line, without blanks after the last cell.
pub(super) fn row(
    headings: &[Heading],
    shown: &[Shown],
    cells: &[Cell],
    looks: Looks,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut owed = 0;
    for place in shown {
        let (Some(heading), Some(cell)) = (headings.get(place.at), cells.get(place.at)) else { continue };
        let cell = looks.fitted(cell, &heading.0, place.width);
        let missing = usize::from(place.width).saturating_sub(width(&cell.text));
        let (before, after) = if heading.0.right { (missing, 0) } else { (0, missing) };
        write!(out, "{:1$}", "", owed + before)?;
        paint(&cell, looks.colour, out)?;
        owed = after + usize::from(GAP);
    }
    writeln!(out)
}

/// Writes one record, a line for each of its fields, or several where the terminal is narrow.
pub(super) fn facts(
    headings: &[Heading],
    cells: &[Cell],
    looks: Looks,
    out: &mut dyn Write,
) -> io::Result<()> {
    let widest = headings.iter().map(|heading| usize::from(heading.width())).max().unwrap_or_default();
    let indent = widest + usize::from(GAP);
    let room =
        looks.width.map_or(usize::MAX, |width| usize::from(width).saturating_sub(indent).max(LEAST_VALUE));
    let mut is_zone_named = names_zone(headings);
    for (heading, cell) in headings.iter().zip(cells) {
        paint(&Cell::title(heading.0.title), looks.colour, out)?;
        let mut owed = indent - usize::from(heading.width());
        let zone = if cell.is_time && !is_zone_named { ZONE } else { "" };
        is_zone_named |= cell.is_time;
        for line in wrap(&format!("{}{zone}", cell.text), room) {
            write!(out, "{:owed$}", "")?;
            paint(&Cell { text: line.to_owned(), ..cell.clone() }, looks.colour, out)?;
            writeln!(out)?;
            owed = indent;
        }
    }
    Ok(())
}

fn paint(cell: &Cell, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    match cell.tone.code() {
        Some(code) if colour => write!(out, "\x1b[{code}m{}\x1b[m", cell.text),
        _ => out.write_all(cell.text.as_bytes()),
    }
}
