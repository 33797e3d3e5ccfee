//! Several ways to write the change from one screen to the next; the shortest is not known beforehand.

use std::ops::Range;

use ratatui::buffer::Cell;

use crate::runtime::ansi::AnsiWriter;
use crate::runtime::glyph::{CellStyle, Glyph};
use crate::runtime::scroll_detect::{self, Scroll};
use crate::runtime::tab_stops::TabStops;

/// Number of blanks at the end of a line from which they are erased rather than written.
const SHORT_REST: usize = 4;

/// Number of blanks behind a changed text that are written in its style: moving there again would take more bytes.
const TAIL: usize = 4;

/// A cell that was never drawn on.
static BLANK: Glyph = Glyph::BLANK;

/// A line of the screen, as far as it was drawn on.
#[derive(Debug, Default)]
pub(super) struct LineUpdate {
    pub(super) shown: Vec<Glyph>,
    pub(super) next: Vec<Glyph>,
    /// The columns outside of which nothing was drawn since the last frame.
    pub(super) touched: Range<usize>,
}

impl LineUpdate {
    /// Draws `cells` on the next frame.
    pub(super) fn draw(&mut self, cells: &[Cell]) {
        self.next.resize(cells.len(), Glyph::BLANK);
        let mut x = 0;
        while let (Some(cell), Some(glyph)) = (cells.get(x), self.next.get_mut(x)) {
            if glyph.shows(cell) {
                x += usize::from(glyph.cells());
                continue;
            }
            *glyph = Glyph::of(cell);
            let end = (x + usize::from(glyph.cells())).min(cells.len());
            self.touched = if self.is_touched() { self.touched.start..end } else { x..end };
            // The cells that a wide character covers show nothing of their own.
            if let Some(covered) = self.next.get_mut(x + 1..end) {
                covered.fill(Glyph::BLANK);
            }
            x = end;
        }
    }

    /// Returns true if it was drawn on since the last frame.
    pub(super) fn is_touched(&self) -> bool {
        !self.touched.is_empty()
    }
}

/// The screen from which a frame is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    AsItIs,
    /// Lines are moved first.
    Moved(Scroll),
    /// It is erased first.
    Erased,
}

/// A style and the lines that have cells of it, each with the columns from the first to behind the last of them.
#[derive(Debug)]
pub(super) struct StyledLines {
    style: CellStyle,
    lines: Vec<(usize, Range<usize>)>,
}

/// All columns of a line.
const ALL: Range<usize> = 0..usize::MAX;

/// The tab stops with which a frame is encoded.
#[derive(Debug)]
pub(super) struct FrameStops {
    pub(super) stops: TabStops,
    /// True if the frame sets them first.
    pub(super) are_new: bool,
}

/// The change from what the terminal shows to the next frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScreenChange<'s> {
    pub(super) lines: &'s [LineUpdate],
    pub(super) width: u16,
}

impl<'s> ScreenChange<'s> {
    /// Encodes the next frame: line by line, or one style after another, each from top to bottom. Below a cell is often one
    /// of the same style, such as in a column of states or in the line between two panes.
    ///
    /// A frame that reaches `limit` bytes is not encoded to its end: another one is at least as short.
    pub(super) fn encode<'a>(
        self,
        stops: &'a FrameStops,
        start: Start,
        styles: Option<&[StyledLines]>,
        limit: usize,
    ) -> AnsiWriter<'a> {
        let mut writer = AnsiWriter::new(self.width, &stops.stops);
        if stops.are_new {
            writer.set_stops();
        }
        match start {
            Start::AsItIs => {}
            Start::Moved(scroll) => writer.shift(scroll.top as u16, scroll.bottom as u16, scroll.lines),
            Start::Erased => writer.erase_screen(),
        }
        let change_of = |y: usize, within: Range<usize>| {
            let line = self.lines.get(y)?;
            let within = match start {
                Start::AsItIs => within.start.max(line.touched.start)..within.end.min(line.touched.end),
                Start::Moved(_) | Start::Erased => within,
            };
            let change = LineChange { y, shown: self.shown_from(start, y), next: &line.next, within };
            (!change.within.is_empty()).then_some(change)
        };
        let columns = self.width.into();
        match styles {
            None => {
                for change in (0..self.lines.len()).filter_map(|y| change_of(y, ALL)) {
                    if writer.len() < limit {
                        change.write(&mut writer, columns, Pass::Only);
                    }
                }
            }
            Some(styles) => {
                for StyledLines { style, lines } in styles {
                    let with_tail = |within: &Range<usize>| within.start..within.end.saturating_add(TAIL);
                    for change in lines.iter().filter_map(|(y, within)| change_of(*y, with_tail(within))) {
                        if writer.len() < limit {
                            change.write(&mut writer, columns, Pass::Of(*style));
                        }
                    }
                }
            }
        }
        writer
    }

    /// Returns what is on a line before its changes are written.
    fn shown_from(self, start: Start, y: usize) -> &'s [Glyph] {
        let from = match start {
            Start::AsItIs => Some(y),
            Start::Moved(scroll) => scroll.source(y),
            Start::Erased => None,
        };
        from.and_then(|from| self.lines.get(from)).map(|line| line.shown.as_slice()).unwrap_or_default()
    }

    /// Returns the styles of the next frame: the plain one, in which all lines are erased, then the others as they come.
    pub(super) fn styles(self) -> Vec<StyledLines> {
        let lines = (0..self.lines.len()).map(|y| (y, ALL)).collect();
        let mut styles = vec![StyledLines { style: CellStyle::PLAIN, lines }];
        for (y, line) in self.lines.iter().enumerate() {
            let mut x = 0;
            for run in line.next.chunk_by(|one, other| one.style() == other.style()) {
                let style = run.first().map_or(CellStyle::PLAIN, Glyph::style);
                let columns = x..x + run.len();
                x = columns.end;
                if style == CellStyle::PLAIN {
                    continue;
                }
                let Some(known) = styles.iter_mut().find(|known| known.style == style) else {
                    styles.push(StyledLines { style, lines: vec![(y, columns)] });
                    continue;
                };
                match known.lines.last_mut().filter(|(last, _)| *last == y) {
                    Some((_, before)) => before.end = columns.end,
                    None => known.lines.push((y, columns)),
                }
            }
        }
        styles
    }

    /// Returns the number of lines that were drawn on.
    pub(super) fn touched(self) -> usize {
        self.lines.iter().filter(|line| line.is_touched()).count()
    }

    /// Returns the number of bytes that the next frame takes on an erased screen at the least.
    pub(super) fn least_when_erased(self) -> usize {
        let glyphs = self.lines.iter().flat_map(|line| &line.next);
        glyphs.filter(|glyph| !glyph.is_erased()).map(Glyph::len).sum()
    }

    /// Returns the lines that have moved, if any have.
    pub(super) fn moved_lines(self) -> Option<Scroll> {
        let shown: Vec<&[Glyph]> = self.lines.iter().map(|line| line.shown.as_slice()).collect();
        let next: Vec<&[Glyph]> = self.lines.iter().map(|line| line.next.as_slice()).collect();
        scroll_detect::find(&shown, &next)
    }
}

/// A pass over the lines.
#[derive(Debug, Clone, Copy)]
enum Pass {
    /// It writes all cells.
    Only,
    /// It writes those of a style.
    Of(CellStyle),
}

/// The difference of one line.
#[derive(Debug)]
struct LineChange<'s> {
    y: usize,
    shown: &'s [Glyph],
    next: &'s [Glyph],
    /// The columns outside of which no cell is due.
    within: Range<usize>,
}

impl LineChange<'_> {
    /// Returns the glyph that the terminal shows at `x`.
    fn shown_at(&self, x: usize) -> &Glyph {
        self.shown.get(x).unwrap_or(&BLANK)
    }

    /// Returns the glyph of the next frame at `x`.
    fn next_at(&self, x: usize) -> &Glyph {
        self.next.get(x).unwrap_or(&BLANK)
    }

    /// Writes the difference, as far as its cells are due.
    fn write(&self, writer: &mut AnsiWriter<'_>, width: usize, pass: Pass) {
        let end = self.shown.len().max(self.next.len());
        // Everything before it is unreliable: half of a wide character was overwritten.
        let mut broken = 0;
        let mut x = self.within.start;
        // The end of the last cell written.
        let mut written = 0;
        while x < end && x < self.within.end.max(broken) {
            let glyph = self.next_at(x);
            let cells = usize::from(glyph.cells());
            if x >= broken && (self.shown_at(x) == glyph || !self.is_due(x, pass)) {
                x += cells;
                continue;
            }
            writer.cross(x as u16, self.y as u16, self.next.get(written..x).unwrap_or_default(), glyph);
            let blanks = (x..end).take_while(|at| self.next_at(*at).is_erased()).count();
            let done = if blanks > SHORT_REST && x + blanks == end {
                writer.blank_line();
                width.max(end)
            } else if blanks > 0 {
                let changed = |at: &usize| *at < broken || *self.shown_at(*at) != BLANK;
                let last = (x..x + blanks).rfind(changed).unwrap_or(x);
                writer.blank((last + 1 - x) as u16);
                last + 1
            } else {
                writer.write(glyph);
                x + cells
            };
            broken = (x..done.min(end))
                .map(|at| at + usize::from(self.shown_at(at).cells()))
                .fold(broken, usize::max);
            written = done;
            x = done;
        }
    }

    /// Returns true if a pass writes the cell at `x`.
    fn is_due(&self, x: usize, pass: Pass) -> bool {
        match pass {
            Pass::Only => true,
            Pass::Of(style) if self.next_at(x).is_erased() => {
                self.style_before_tail(x).unwrap_or(CellStyle::PLAIN) == style
            }
            Pass::Of(style) => self.next_at(x).style() == style,
        }
    }

    /// Returns the style of the changed text that a few blanks to be erased follow, one of them at `x`. `None` if the text is
    /// plain, or its style would show on blanks.
    fn style_before_tail(&self, x: usize) -> Option<CellStyle> {
        let first = (0..TAIL)
            .map_while(|back| x.checked_sub(back))
            .take_while(|at| self.next_at(*at).is_erased())
            .last()?;
        let text = first.checked_sub(1).map(|at| (self.shown_at(at), self.next_at(at)));
        let style =
            text.filter(|(shown, next)| !next.is_erased() && shown != next).map(|(_, next)| next.style())?;
        let run = (first..self.next.len()).take_while(|at| self.next_at(*at).is_erased());
        let last = run.filter(|at| *self.shown_at(*at) != BLANK).last()?;
        (style != CellStyle::PLAIN && style.erases_plainly() && last < first + TAIL).then_some(style)
    }
}
