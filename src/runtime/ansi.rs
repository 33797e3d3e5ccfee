//! Writes cells with as few bytes as possible: over a slow link, bytes are the cost of a key.
//!
//! The writer tracks the cursor's position and the current style. It moves by the shortest way, changes only
//! the parts of a style that differ, and erases long runs of blanks. It does not decide what is drawn. It uses
//! only sequences that xterm, tmux, screen and the Linux console have in common: BS, CR, HT, LF, CUF, CUB, CUD,
//! CUP, ECH, ED, EL, HTS, IL, DL, TBC, DECSTBM, SGR (ECMA-48; VT102).

use std::fmt::Write as _;

use super::cursor_move::{CellPosition, CursorMove, FEW_STEPS, Steps};
use super::glyph::{CellStyle, Glyph};
use super::tab_stops::TabStops;

/// Number of blanks from which erasing them and moving on is shorter than writing them.
const LONG_RUN: u16 = 9;
/// The same where a tab moves on.
const LONG_RUN_BEFORE_TAB: u16 = 6;

/// Number of bytes of most frames.
const USUAL: usize = 2_560;

/// A column, and the number of times that the cursor was moved to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Landing {
    pub(super) column: u16,
    pub(super) times: usize,
}

/// Collects the bytes that bring a terminal from one frame to the next.
#[derive(Debug)]
pub(super) struct AnsiWriter<'a> {
    text: String,
    /// The cursor, if known.
    at: Option<CellPosition>,
    style: CellStyle,
    /// Columns of the screen: at the end of a line the cursor's position is uncertain.
    width: u16,
    stops: &'a TabStops,
    /// Number of moves to each column.
    landings: Vec<u16>,
}

impl<'a> AnsiWriter<'a> {
    /// Creates a writer for a terminal in the plain style with the cursor anywhere.
    pub(super) fn new(width: u16, stops: &'a TabStops) -> Self {
        // It does not grow step by step: each step copies it, and wipes the memory that it leaves.
        let text = String::with_capacity(USUAL);
        Self { text, at: None, style: CellStyle::PLAIN, width, stops, landings: Vec::new() }
    }

    /// Returns the number of bytes collected so far.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Returns the columns to which the cursor was moved at least `times` times, but for the first one.
    pub(super) fn landings(&self, times: usize) -> Vec<Landing> {
        let landings = self.landings.iter().enumerate().skip(1);
        let landings =
            landings.map(|(column, times)| Landing { column: column as u16, times: usize::from(*times) });
        landings.filter(|landing| landing.times >= times).collect()
    }

    /// Sets the terminal's tab stops to those of this writer.
    pub(super) fn set_stops(&mut self) {
        self.text.push_str("\x1b[3g");
        for column in self.stops.columns() {
            // The stops on the way may not be set yet.
            let to = match self.at {
                Some((x, 0)) => CursorMove::Relative(Steps { right: column - x, ..Steps::default() }),
                Some(_) | None => CursorMove::Absolute((*column, 0)),
            };
            to.write(&mut self.text);
            self.text.push_str("\x1bH");
            self.at = Some((*column, 0));
        }
    }

    /// Returns to the plain style and returns the collected bytes.
    pub(super) fn finish(mut self) -> String {
        self.set_style(CellStyle::PLAIN);
        self.text
    }

    /// Moves the lines from `top` to `bottom` up by `lines`, or down if that is negative. Blank lines come in.
    pub(super) fn shift(&mut self, top: u16, bottom: u16, lines: i32) {
        // New lines would take the current background.
        self.set_style(CellStyle::PLAIN);
        let (count, to) = (lines.unsigned_abs(), if lines > 0 { 'M' } else { 'L' });
        let top = top + 1;
        self.add(format_args!("\x1b[{top};{}r\x1b[{top}H\x1b[{count}{to}\x1b[r", bottom + 1));
        // Resetting the margins moves the cursor home on most terminals, but not on all.
        self.at = None;
    }

    /// Erases the whole screen.
    pub(super) fn erase_screen(&mut self) {
        // It would take the current background.
        self.set_style(CellStyle::PLAIN);
        self.add(format_args!("\x1b[2J"));
        // The cursor stays where it is, but for some that move it home.
        self.at = None;
    }

    /// Moves the cursor by the shortest way.
    pub(super) fn go_to(&mut self, x: u16, y: u16) {
        if self.at == Some((x, y)) {
            return;
        }
        self.way(x, y).write(&mut self.text);
        self.at = Some((x, y));
        let column = usize::from(x);
        if self.landings.len() <= column {
            self.landings.resize(column + 1, 0);
        }
        if let Some(count) = self.landings.get_mut(column) {
            *count = count.saturating_add(1);
        }
    }

    /// Returns the number of bytes of the shortest way from the cursor to a place.
    fn distance(&self, x: u16, y: u16) -> usize {
        if self.at == Some((x, y)) { 0 } else { self.way(x, y).len() }
    }

    /// Returns the shortest way from the cursor to another place.
    fn way(&self, x: u16, y: u16) -> CursorMove {
        let absolute = CursorMove::Absolute((x, y));
        let Some((column, down)) = self.at.and_then(|(column, line)| Some((column, y.checked_sub(line)?)))
        else {
            return absolute;
        };
        let start = Steps { down, ..Steps::default() };
        let returned = Steps { returns: true, ..start };
        let by_tabs = |start: Steps, from| {
            let way = self.stops.way(from, x)?;
            Some(Steps { tabs: way.tabs, right: way.rest, ..start })
        };
        let ways = [
            Some(Steps { right: x.saturating_sub(column), left: column.saturating_sub(x), ..start }),
            Some(Steps { right: x, ..returned }),
            by_tabs(start, column),
            by_tabs(returned, 0),
        ];
        let ways = ways.into_iter().flatten().map(CursorMove::Relative);
        ways.fold(absolute, |best, way| if way.len() < best.len() { way } else { best })
    }

    /// Moves to `x` on line `y` across `cells`, which are already on the screen and end there; writes them again if that
    /// is shorter.
    pub(super) fn cross(&mut self, x: u16, y: u16, cells: &[Glyph], next: &Glyph) {
        let from = usize::from(x).saturating_sub(cells.len()) as u16;
        let is_few = !cells.is_empty() && cells.len() <= FEW_STEPS.into();
        let is_short = is_few && self.distance(from, y) + cells.len() < self.distance(x, y);
        if is_short && cells.iter().all(Glyph::is_ascii) {
            let styles = [self.style, next.style()];
            let suits = |style: &CellStyle| cells.iter().all(|cell| style.suits(cell));
            if let Some(style) = styles.into_iter().find(suits) {
                self.go_to(from, y);
                self.set_style(style);
                for cell in cells {
                    self.write(cell);
                }
            }
        }
        self.go_to(x, y);
    }

    /// Writes a cell at the cursor.
    pub(super) fn write(&mut self, glyph: &Glyph) {
        if !self.style.suits(glyph) {
            self.set_style(glyph.style());
        }
        let cells = glyph.cells();
        let Some((x, y)) = self.at else { return };
        if !glyph.is_certain() && cells > 1 {
            // A terminal that draws it narrower would leave old content visible.
            (0..cells).for_each(|_| self.text.push(' '));
            self.at = (x + cells < self.width).then_some((x + cells, y));
            self.go_to(x, y);
        }
        glyph.write(&mut self.text);
        self.at = (glyph.is_certain() && x + cells < self.width).then_some((x + cells, y));
    }

    /// Erases the next `cells` cells.
    pub(super) fn blank(&mut self, cells: u16) {
        self.bare();
        let long_run = if self.stops.columns().is_empty() { LONG_RUN } else { LONG_RUN_BEFORE_TAB };
        if cells >= long_run {
            // The cursor does not move.
            self.add(format_args!("\x1b[{cells}X"));
        } else {
            (0..cells).for_each(|_| self.write(&Glyph::BLANK));
        }
    }

    /// Erases the rest of the line.
    pub(super) fn blank_line(&mut self) {
        self.bare();
        self.text.push_str("\x1b[K");
    }

    /// Switches to a style in which erasing leaves plain blanks.
    fn bare(&mut self) {
        if !self.style.erases_plainly() {
            self.set_style(CellStyle::PLAIN);
        }
    }

    fn set_style(&mut self, style: CellStyle) {
        if self.style != style {
            let parameters = style.parameters(self.style);
            self.add(format_args!("\x1b[{parameters}m"));
            self.style = style;
        }
    }

    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.text.write_fmt(text);
    }
}
