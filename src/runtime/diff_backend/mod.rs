//! A backend that tracks what the terminal shows and brings it to the next frame with few bytes.
//!
//! Each frame is one write. It starts and ends in the plain style and
//! begins with an absolute move, so other output on the terminal damages only the cells that it overwrote.
//! Lines that moved are moved by the terminal if that is shorter, and a frame that has little in common with the last one is
//! drawn on an erased screen.

use std::io;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use super::ansi::Landing;
use super::cursor_move::CursorMove;
use super::frame_pacer::{FrameBackend, STATUS_REQUEST, SentFrame};
use super::output::FrameWriter;
use super::tab_stops::{TRIAL, TRIAL_SIZE, TabStops};

mod encode;

use encode::{FrameStops, LineUpdate, ScreenChange, Start};

/// Size of a frame, in bytes, below which searching for moved lines is not worthwhile.
const SHORT: usize = 1_000;
/// Size of a frame, in bytes, below which drawing it style by style is not worthwhile.
const SHORT_BY_STYLE: usize = 250;

/// Number of changed lines from which a search for moved ones is worthwhile.
const MANY: usize = 8;
/// Number of moves to a column from which a tab stop there is worthwhile.
const OFTEN: usize = 8;
/// Number of bytes that a tab saves against another move, and that setting a stop takes.
const SAVED_BY_TAB: usize = 3;
const SETTING_A_STOP: usize = 7;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    Hidden,
    At(Position),
}

/// A backend that writes only differences.
#[derive(Debug)]
pub(super) struct DiffBackend<W> {
    writer: W,
    lines: Vec<LineUpdate>,
    width: u16,
    short: usize,
    /// True if the screen must be erased before anything else is drawn.
    is_to_wipe: bool,
    /// The cursor on the next frame.
    wanted: Cursor,
    /// The cursor after the last frame, if known.
    seen: Option<Cursor>,
    /// True if the next frame requests the terminal's status.
    requests_status: bool,
    tabs: Tabs,
    sent: SentFrame,
}

/// The use of tabs on this terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Tabs {
    Untried,
    /// It was asked to show that it sets tab stops.
    Tried,
    /// It does; its stops are these, if known.
    Used(Option<TabStops>),
}

/// A frame as bytes.
#[derive(Debug)]
struct EncodedFrame {
    bytes: String,
    /// The stops that the frame sets.
    new_stops: Option<TabStops>,
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
            wanted: Cursor::Hidden,
            seen: None,
            requests_status: false,
            tabs: Tabs::Untried,
            sent: SentFrame::default(),
        }
    }

    /// Returns the bytes that bring the terminal to the next frame.
    fn frame(&self) -> EncodedFrame {
        let wanted = self.wanted;
        let mut bytes = String::new();
        if wanted == Cursor::Hidden && self.seen != Some(Cursor::Hidden) {
            bytes.push_str("\x1b[?25l");
        }
        if self.is_to_wipe {
            bytes.push_str("\x1b[m\x1b[r\x1b[2J");
        }
        if self.tries_tabs() {
            bytes.push_str(TRIAL);
        }
        let changes = self.changes();
        bytes.push_str(&changes.bytes);
        if let Cursor::At(Position { x, y }) = wanted
            && (self.seen != Some(wanted) || !changes.bytes.is_empty())
        {
            CursorMove::Absolute((x, y)).write(&mut bytes);
            if !matches!(self.seen, Some(Cursor::At(_))) {
                bytes.push_str("\x1b[?25h");
            }
        }
        EncodedFrame { bytes, ..changes }
    }

    /// Returns true if the next frame asks the terminal to show that it sets tab stops.
    fn tries_tabs(&self) -> bool {
        let (columns, lines) = TRIAL_SIZE;
        let is_large_enough = self.width >= columns && self.lines.len() >= lines;
        self.tabs == Tabs::Untried && self.is_to_wipe && is_large_enough
    }

    /// Returns the bytes that change the shown lines into the next ones.
    fn changes(&self) -> EncodedFrame {
        let known = FrameStops { stops: self.known_stops(), are_new: false };
        let screen = ScreenChange { lines: &self.lines, width: self.width };
        // Where many lines change they have often moved, and a frame that moves them leaves little for others to gain.
        let moved = (screen.touched() >= MANY).then(|| screen.moved_lines()).flatten().map(Start::Moved);
        let moved_bytes = moved.map(|start| screen.encode(&known, start, None, usize::MAX).finish());
        let writer =
            screen.encode(&known, Start::AsItIs, None, moved_bytes.as_ref().map_or(usize::MAX, String::len));
        let landings = writer.landings(OFTEN);
        let bytes = match (writer.finish(), moved_bytes) {
            (plain, Some(moved)) if moved.len() <= plain.len() => moved,
            (plain, _) => plain,
        };
        let mut best = EncodedFrame { bytes, new_stops: None };
        let len = best.bytes.len();
        if len < self.short.min(SHORT_BY_STYLE) {
            return best;
        }
        let styles = screen.styles();
        let or_shorter = |best: EncodedFrame, stops: &FrameStops, start, styles| {
            let bytes = screen.encode(stops, start, styles, best.bytes.len()).finish();
            let new_stops = || stops.are_new.then(|| stops.stops.clone());
            if bytes.len() < best.bytes.len() { EncodedFrame { bytes, new_stops: new_stops() } } else { best }
        };
        if len < self.short {
            return or_shorter(best, &known, Start::AsItIs, Some(&styles));
        }
        let mut stops = &known;
        let other = self.other_stops(&known, &landings);
        if let Some(other) = &other {
            best = or_shorter(best, other, Start::AsItIs, None);
            stops = if best.new_stops.is_some() { other } else { &known };
        }
        best = or_shorter(best, stops, Start::AsItIs, Some(&styles));
        if screen.least_when_erased() < best.bytes.len() {
            best = or_shorter(best, stops, Start::Erased, Some(&styles));
        }
        // Few lines come in when others move: new stops are not worthwhile then.
        if let Some(start) = moved {
            best = or_shorter(best, &known, start, Some(&styles));
        }
        best
    }

    /// Returns the tab stops that the terminal is known to have.
    fn known_stops(&self) -> TabStops {
        match &self.tabs {
            Tabs::Used(Some(stops)) => stops.clone(),
            Tabs::Used(None) | Tabs::Untried | Tabs::Tried => TabStops::default(),
        }
    }

    /// Sends the next frame.
    fn send(&mut self) -> io::Result<()> {
        let EncodedFrame { bytes: mut frame, new_stops } = self.frame();
        if self.tries_tabs() {
            self.tabs = Tabs::Tried;
        }
        if new_stops.is_some() {
            self.tabs = Tabs::Used(new_stops);
        }
        let requested = self.requests_status && !frame.is_empty();
        if requested {
            frame.push_str(STATUS_REQUEST);
        }
        if !frame.is_empty() {
            self.writer.write_all(frame.as_bytes())?;
        }
        self.writer.flush()?;
        self.sent = SentFrame { requested, blocked: self.writer.take_blocked(), bytes: frame.len() as u32 };
        self.seen = Some(self.wanted);
        self.is_to_wipe = false;
        for line in self.lines.iter_mut().filter(|line| line.is_touched()) {
            line.shown.clone_from(&line.next);
            line.touched = 0..0;
        }
        Ok(())
    }

    /// Returns stops at the columns to which a frame often moves, unless the terminal uses none, or moves to those that it
    /// lacks are too few to make up for setting them.
    fn other_stops(&self, known: &FrameStops, landings: &[Landing]) -> Option<FrameStops> {
        let lacks = |landing: &&Landing| !known.stops.columns().contains(&landing.column);
        let saved: usize = landings.iter().filter(lacks).map(|landing| landing.times * SAVED_BY_TAB).sum();
        let is_worthwhile = matches!(self.tabs, Tabs::Used(_)) && saved > landings.len() * SETTING_A_STOP;
        let columns = landings.iter().map(|landing| landing.column);
        is_worthwhile.then(|| FrameStops { stops: TabStops::new(columns.collect()), are_new: true })
    }
}

impl<W: FrameWriter> FrameBackend for DiffBackend<W> {
    fn show(&mut self, frame: &Buffer, cursor: Option<Position>) -> io::Result<()> {
        let columns = usize::from(frame.area.width).max(1);
        self.width = frame.area.width;
        self.lines.resize_with(frame.area.height.into(), LineUpdate::default);
        for (line, cells) in self.lines.iter_mut().zip(frame.content.chunks(columns)) {
            line.draw(cells);
        }
        self.wanted = cursor.map_or(Cursor::Hidden, Cursor::At);
        self.send()
    }

    fn clear(&mut self) {
        self.lines.clear();
        self.is_to_wipe = true;
        // After a suspension nothing is certain, and a terminal may reset its tab stops when it is resized.
        self.seen = None;
        if let Tabs::Used(stops) = &mut self.tabs {
            *stops = None;
        }
    }

    fn request_status(&mut self, requests: bool) {
        self.requests_status = requests;
    }

    fn use_tab_stops(&mut self) {
        if matches!(self.tabs, Tabs::Untried | Tabs::Tried) {
            self.tabs = Tabs::Used(None);
        }
    }

    fn sent_frame(&mut self) -> SentFrame {
        std::mem::take(&mut self.sent)
    }
}

#[cfg(test)]
pub(super) mod tests;
