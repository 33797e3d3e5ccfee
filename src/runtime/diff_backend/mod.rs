//! A ratatui backend that tracks what the terminal shows and brings it to the next frame with few bytes.
//!
//! Everything between two flushes is one frame and one write. Each frame starts and ends in the plain style and
//! begins with an absolute move, so other output on the terminal damages only the cells that it overwrote.
//! Lines that moved are moved by the terminal if that is shorter, and a frame that has little in common with the last one is
//! drawn on an erased screen.

use std::io;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::ansi::{AnsiWriter, CellStyle, cells_of, is_erased, is_same};
use super::frame_pacer::{FrameBackend, STATUS_REQUEST, SentFrame};
use super::output::FrameWriter;
use super::scroll_detect;

/// Size of a frame, in bytes, below which searching for moved lines is not worthwhile.
const SHORT: usize = 1_000;
/// Number of blanks at the end of a line from which they are erased rather than written.
const SHORT_REST: usize = 4;

/// A cell that was never drawn on.
static BLANK: Cell = Cell::EMPTY;

/// A line of the screen, as far as it was drawn on.
#[derive(Debug, Default)]
struct Line {
    shown: Vec<Cell>,
    next: Vec<Cell>,
    is_touched: bool,
}

impl Line {
    /// Draws `cell` on the next frame.
    fn put(&mut self, x: usize, cell: &Cell) {
        let end = x + cells_of(cell);
        if self.next.len() < end {
            self.next.resize(end, Cell::EMPTY);
        }
        for (place, at) in self.next.iter_mut().zip(0..end).skip(x) {
            // The cells that a wide character covers show nothing of their own.
            place.clone_from(if at == x { cell } else { &BLANK });
        }
        self.is_touched = true;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    Hidden,
    At(Position),
}

/// The screen from which a frame is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    AsItIs,
    /// It is erased first.
    Erased,
}

/// A style and the lines that have cells of it.
#[derive(Debug)]
struct StyledLines {
    style: CellStyle,
    lines: Vec<usize>,
}

/// A ratatui backend that writes only differences.
#[derive(Debug)]
pub(super) struct DiffBackend<W> {
    writer: W,
    lines: Vec<Line>,
    width: u16,
    short: usize,
    /// True if the screen must be erased before anything else is drawn.
    is_to_wipe: bool,
    /// Visibility and position of the cursor on the next frame.
    wants_cursor: bool,
    cursor: Position,
    /// The cursor after the last frame, if known.
    seen: Option<Cursor>,
    /// True if the next frame requests the terminal's status.
    requests_status: bool,
    sent: SentFrame,
}

impl<W: FrameWriter> DiffBackend<W> {
    /// Creates a backend for a screen that may show anything: the Linux console has no alternate one.
    pub(super) fn new(writer: W) -> Self {
        Self {
            writer,
            lines: Vec::new(),
            width: 0,
            short: SHORT,
            is_to_wipe: true,
            wants_cursor: false,
            cursor: Position::ORIGIN,
            seen: None,
            requests_status: false,
            sent: SentFrame::default(),
        }
    }

    fn wanted(&self) -> Cursor {
        if self.wants_cursor { Cursor::At(self.cursor) } else { Cursor::Hidden }
    }

    /// Returns the bytes that bring the terminal to the next frame.
    fn frame(&self) -> String {
        let wanted = self.wanted();
        let mut frame = String::new();
        if wanted == Cursor::Hidden && self.seen != Some(Cursor::Hidden) {
            frame.push_str("\x1b[?25l");
        }
        if self.is_to_wipe {
            frame.push_str("\x1b[m\x1b[r\x1b[2J");
        }
        let changes = self.changes();
        frame.push_str(&changes);
        if let Cursor::At(Position { x, y }) = wanted
            && (self.seen != Some(wanted) || !changes.is_empty())
        {
            let mut writer = AnsiWriter::new(self.width);
            writer.go_to(x, y);
            frame.push_str(&writer.finish());
            if !matches!(self.seen, Some(Cursor::At(_))) {
                frame.push_str("\x1b[?25h");
            }
        }
        frame
    }

    /// Returns the bytes that change the shown lines into the next ones.
    fn changes(&self) -> String {
        let mut writer = AnsiWriter::new(self.width);
        for (y, line) in self.lines.iter().enumerate().filter(|(_, line)| line.is_touched) {
            change(&mut writer, y, &line.shown, &line.next, self.width.into(), |_| true);
        }
        let plain = writer.finish();
        if plain.len() < self.short {
            return plain;
        }
        let styles = self.styles();
        let others = [
            self.changes_with_a_shift(),
            Some(self.changes_by_style(&styles, Shown::AsItIs)),
            Some(self.changes_by_style(&styles, Shown::Erased)),
        ];
        others.into_iter().flatten().chain([plain]).min_by_key(String::len).unwrap_or_default()
    }

    /// Returns the same change with one style drawn after another, each from top to bottom: below a cell is often one of the
    /// same style, such as in a column of states or in the line between two panes.
    fn changes_by_style(&self, styles: &[StyledLines], shown: Shown) -> String {
        let mut writer = AnsiWriter::new(self.width);
        if shown == Shown::Erased {
            writer.erase_screen();
        }
        for StyledLines { style, lines } in styles {
            let due = |cell: &Cell| CellStyle::of(cell) == *style;
            for (y, line) in lines.iter().filter_map(|y| Some((*y, self.lines.get(*y)?))) {
                let was = match shown {
                    Shown::AsItIs => line.shown.as_slice(),
                    Shown::Erased => &[],
                };
                change(&mut writer, y, was, &line.next, self.width.into(), due);
            }
        }
        writer.finish()
    }

    /// Returns the styles of the next frame: the plain one, in which all lines are erased, then the others as they come.
    fn styles(&self) -> Vec<StyledLines> {
        let mut styles =
            vec![StyledLines { style: CellStyle::PLAIN, lines: (0..self.lines.len()).collect() }];
        for (y, line) in self.lines.iter().enumerate() {
            let mut before = CellStyle::PLAIN;
            for style in line.next.iter().map(CellStyle::of) {
                // Neighbours mostly have the same.
                if style == std::mem::replace(&mut before, style) || style == CellStyle::PLAIN {
                    continue;
                }
                match styles.iter_mut().find(|known| known.style == style) {
                    Some(known) if known.lines.last() == Some(&y) => {}
                    Some(known) => known.lines.push(y),
                    None => styles.push(StyledLines { style, lines: vec![y] }),
                }
            }
        }
        styles
    }

    /// Returns the same change with lines moved first, if any have moved.
    fn changes_with_a_shift(&self) -> Option<String> {
        let shown: Vec<&[Cell]> = self.lines.iter().map(|line| line.shown.as_slice()).collect();
        let next: Vec<&[Cell]> = self.lines.iter().map(|line| line.next.as_slice()).collect();
        let shift = scroll_detect::find(&shown, &next)?;
        let mut writer = AnsiWriter::new(self.width);
        writer.shift(shift.top as u16, shift.bottom as u16, shift.lines);
        for (y, next) in next.into_iter().enumerate() {
            let shown = shift.source(y).and_then(|from| shown.get(from)).copied().unwrap_or_default();
            change(&mut writer, y, shown, next, self.width.into(), |_| true);
        }
        Some(writer.finish())
    }
}

/// Writes the difference of one line, as far as its cells are due.
fn change(
    writer: &mut AnsiWriter,
    y: usize,
    shown: &[Cell],
    next: &[Cell],
    width: usize,
    due: impl Fn(&Cell) -> bool,
) {
    let was = |x: usize| shown.get(x).unwrap_or(&BLANK);
    let will = |x: usize| next.get(x).unwrap_or(&BLANK);
    let end = shown.len().max(next.len());
    // Everything before it is unreliable: half of a wide character was overwritten.
    let mut broken = 0;
    let mut x = 0;
    // The end of the last cell written.
    let mut written = 0;
    while x < end {
        let cell = will(x);
        let cells = cells_of(cell);
        if x >= broken && (!due(cell) || is_same(was(x), cell)) {
            x += cells;
            continue;
        }
        writer.cross(x as u16, y as u16, next.get(written..x).unwrap_or_default(), cell);
        let blanks = (x..end).take_while(|at| is_erased(will(*at))).count();
        let done = if blanks > SHORT_REST && x + blanks == end {
            writer.blank_line();
            width.max(end)
        } else if blanks > 0 {
            let changed = |at: &usize| *at < broken || !is_same(was(*at), &BLANK);
            let last = (x..x + blanks).rfind(changed).unwrap_or(x);
            writer.blank((last + 1 - x) as u16);
            last + 1
        } else {
            writer.write(cell);
            x + cells
        };
        broken = (x..done.min(end)).map(|at| at + cells_of(was(at))).fold(broken, usize::max);
        written = done;
        x = done;
    }
}

impl<W: FrameWriter> FrameBackend for DiffBackend<W> {
    fn request_status(&mut self, requests: bool) {
        self.requests_status = requests;
    }

    fn sent_frame(&mut self) -> SentFrame {
        std::mem::take(&mut self.sent)
    }
}

impl<W: FrameWriter> Backend for DiffBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            let lines = usize::from(y) + 1;
            if self.lines.len() < lines {
                self.lines.resize_with(lines, Line::default);
            }
            if let Some(line) = self.lines.get_mut(usize::from(y)) {
                line.put(x.into(), cell);
            }
            self.width = self.width.max(x + cells_of(cell) as u16);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.wants_cursor = false;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.wants_cursor = true;
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.cursor = position.into();
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.lines.clear();
        self.width = 0;
        self.is_to_wipe = true;
        // After a suspension nothing is certain.
        self.seen = None;
        Ok(())
    }

    /// Erases everything: the callers only ever want a full redraw.
    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        self.clear()
    }

    /// Returns the size as far as it was drawn on: no other size is needed.
    fn size(&self) -> io::Result<Size> {
        Ok(Size { width: self.width, height: self.lines.len() as u16 })
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut frame = self.frame();
        let requested = self.requests_status && !frame.is_empty();
        if requested {
            frame.push_str(STATUS_REQUEST);
        }
        if !frame.is_empty() {
            self.writer.write_all(frame.as_bytes())?;
        }
        self.writer.flush()?;
        self.sent = SentFrame { requested, blocked: self.writer.take_blocked(), bytes: frame.len() as u32 };
        self.seen = Some(self.wanted());
        self.is_to_wipe = false;
        for line in self.lines.iter_mut().filter(|line| line.is_touched) {
            line.shown.clone_from(&line.next);
            line.is_touched = false;
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests;
