//! Frame after frame, the written bytes make a terminal show exactly the frames.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::runtime::canvas::Canvas;
use crate::runtime::glyph::Glyph;

use super::*;

mod emulator;
mod random_frames;

use emulator::Emulator;

const WIDTH: u16 = 24;
const HEIGHT: u16 = 8;
const AREA: Rect = Rect { x: 0, y: 0, width: WIDTH, height: HEIGHT };

/// The bytes written so far.
#[derive(Clone, Default)]
pub(crate) struct ByteLog(Rc<RefCell<Vec<u8>>>);

impl ByteLog {
    /// Returns the bytes since the last call.
    pub(crate) fn take(&self) -> Vec<u8> {
        self.0.take()
    }
}

impl Write for ByteLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl FrameWriter for ByteLog {
    fn take_blocked(&mut self) -> bool {
        false
    }
}

/// A screen, and an emulator that interprets its bytes.
struct TestTerminal {
    paper: ByteLog,
    inner: Canvas<DiffBackend<ByteLog>>,
    real: Emulator,
}

impl TestTerminal {
    fn new() -> Self {
        let paper = ByteLog::default();
        let backend = DiffBackend { short: 40, ..DiffBackend::new(paper.clone()) };
        let inner = Canvas::new(backend, WIDTH, HEIGHT);
        let mut real = Emulator::new(WIDTH, HEIGHT);
        real.process("left over from before ".repeat(8).as_bytes());
        let mut terminal = Self { paper, inner, real };
        terminal.draw(&Buffer::empty(AREA));
        terminal
    }

    /// Draws a frame and returns its bytes.
    fn draw(&mut self, frame: &Buffer) -> String {
        self.inner.draw(|canvas| canvas.buffer_mut().content.clone_from(&frame.content)).unwrap();
        let bytes = self.paper.take();
        self.real.process(&bytes);
        String::from_utf8(bytes).unwrap()
    }

    /// Returns what the emulator shows, cell by cell.
    fn shown(&self) -> Vec<String> {
        let cell = |x, y| {
            let cell = self.real.screen().cell(y, x).unwrap();
            let symbol = if cell.contents().is_empty() { " " } else { cell.contents() };
            let ground = (cell.inverse(), cell.underline(), colour(cell.bgcolor()));
            let ink = (colour(cell.fgcolor()), cell.bold(), cell.dim());
            (!cell.is_wide_continuation()).then(|| described(symbol, ground, ink))
        };
        places().filter_map(|(x, y)| cell(x, y)).collect()
    }
}

fn places() -> impl Iterator<Item = (u16, u16)> {
    (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)))
}

/// Describes the visible parts of a cell: of a blank, only its background.
fn described(symbol: &str, ground: (bool, bool, Color), ink: (Color, bool, bool)) -> String {
    let is_bare = symbol == " " && !ground.0 && !ground.1;
    if is_bare { format!("{:?}", ground.2) } else { format!("{symbol} {ground:?} {ink:?}") }
}

fn colour(colour: vt100::Color) -> Color {
    match colour {
        vt100::Color::Default => Color::Reset,
        vt100::Color::Idx(index) => Color::Indexed(index),
        vt100::Color::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
    }
}

/// Returns what a frame should look like, cell by cell.
fn wanted(frame: &Buffer) -> Vec<String> {
    let mut hidden = 0;
    let mut cells = Vec::new();
    for (x, y) in places() {
        let cell = frame.cell((x, y)).unwrap();
        if x == 0 {
            hidden = 0;
        }
        if hidden > 0 {
            hidden -= 1;
            continue;
        }
        hidden = Glyph::of(cell).cells() - 1;
        let has = |modifier| cell.modifier.contains(modifier);
        let ground = (has(Modifier::REVERSED), has(Modifier::UNDERLINED), indexed(cell.bg));
        cells.push(described(
            cell.symbol(),
            ground,
            (indexed(cell.fg), has(Modifier::BOLD), has(Modifier::DIM)),
        ));
    }
    cells
}

fn indexed(colour: Color) -> Color {
    match colour {
        Color::Red => Color::Indexed(1),
        Color::Cyan => Color::Indexed(6),
        Color::DarkGray => Color::Indexed(8),
        other => other,
    }
}

/// Returns words that differ from row to row.
fn words(row: usize) -> String {
    (0..16).map(|at| char::from(b'a' + ((row * 5 + at * (row + 3)) % 26) as u8)).collect()
}

/// Draws columns of words that differ in length from row to row.
fn columns(first: usize) -> Buffer {
    let mut frame = Buffer::empty(AREA);
    for y in 0..usize::from(HEIGHT) {
        for (at, x) in [1, 9, 17].into_iter().enumerate() {
            let word = words(first + y + 7 * at);
            frame.set_string(x, y as u16, word.get(..2 + (first + y + at) % 3).unwrap(), Style::new());
        }
    }
    frame
}

/// Draws a list with a bar, and something beside it that stands still.
fn list(first: usize, bar: usize) -> Buffer {
    let mut frame = Buffer::empty(AREA);
    for y in 0..usize::from(HEIGHT) {
        let style = Style::new();
        let style = if first + y == bar { style.add_modifier(Modifier::REVERSED) } else { style };
        frame.set_string(0, y as u16, words(first + y), style);
        frame.set_string(17, y as u16, format!("| line{y}"), Style::new());
    }
    frame
}

#[test]
fn a_moved_bar_costs_little_more_than_its_letters() {
    let mut terminal = TestTerminal::new();
    terminal.inner.backend_mut().short = usize::MAX;
    let lines = |bar: u16| {
        let mut frame = Buffer::empty(AREA);
        for y in 0..HEIGHT {
            let modifier = if y == bar { Modifier::REVERSED } else { Modifier::empty() };
            frame.set_string(0, y, "ada            admin ", Style::new().add_modifier(modifier));
        }
        frame
    };
    terminal.draw(&lines(3));
    assert_eq!(
        terminal.draw(&lines(4)),
        "\x1b[4Hada\x1b[12X\x1b[12Cadmin \n\r\x1b[7mada            admin \x1b[m"
    );
}

#[test]
fn nothing_new_costs_nothing() {
    let mut terminal = TestTerminal::new();
    terminal.draw(&list(0, 3));
    assert_eq!(terminal.draw(&list(0, 3)), "");
}

#[test]
fn after_characters_that_terminals_disagree_about_the_place_is_said() {
    let mut terminal = TestTerminal::new();
    let mut frame = Buffer::empty(AREA);
    frame.set_string(0, 0, "e\u{301}x\u{1f44d}y李z", Style::new());
    assert_eq!(terminal.draw(&frame), "\x1b[1He\u{301}\x1b[1;2Hx  \x08\x08\u{1f44d}\x1b[1;5Hy李z");
}

#[test]
fn the_cursor_is_moved_only_where_it_must_be() {
    let mut terminal = TestTerminal::new();
    let mut draw = |text: &str, x| {
        let show = |canvas: &mut ratatui::Frame<'_>| {
            canvas.render_widget(text, AREA);
            canvas.set_cursor_position((x, 0));
        };
        terminal.inner.draw(show).unwrap();
        String::from_utf8(terminal.paper.take()).unwrap()
    };
    assert_eq!(draw("ab", 2), "\x1b[1Hab\x1b[1;3H\x1b[?25h");
    assert_eq!(draw("ab", 2), "");
    assert_eq!(draw("ab", 1), "\x1b[1;2H");
    assert_eq!(draw("abc", 3), "\x1b[1;3Hc\x1b[1;4H");
}

#[test]
fn lines_that_moved_are_moved_by_the_terminal() {
    let mut terminal = TestTerminal::new();
    terminal.draw(&list(0, 7));
    let down = terminal.draw(&list(2, 9));
    assert!(down.contains("r\x1b[1H\x1b[2M\x1b[r"), "{down:?}");
    assert_eq!(terminal.shown(), wanted(&list(2, 9)));
    let up = terminal.draw(&list(1, 1));
    assert!(up.contains("r\x1b[1H\x1b[1L\x1b[r"), "{up:?}");
    assert_eq!(terminal.shown(), wanted(&list(1, 1)));
}

#[test]
fn a_shorter_word_takes_the_rest_of_a_longer_one_along() {
    let states = |pending: &[u16]| {
        let mut frame = Buffer::empty(AREA);
        for y in 0..HEIGHT {
            let (text, color) = if pending.contains(&y) {
                ("◌ pending", Color::Red)
            } else {
                ("● confirmed", Color::Cyan)
            };
            frame.set_string(1, y, text, Style::new().fg(color));
            frame.set_string(14, y, "user", Style::new());
        }
        frame
    };
    let mut terminal = TestTerminal::new();
    terminal.draw(&states(&[]));
    let bytes = terminal.draw(&states(&[1, 3, 6]));
    assert_eq!(
        (bytes.matches("\x1b[31m").count(), bytes.matches("◌ pending  ").count()),
        (1, 3),
        "{bytes:?}"
    );
    assert_eq!(terminal.shown(), wanted(&states(&[1, 3, 6])));
}

#[test]
fn columns_are_reached_by_tabs_once_the_terminal_has_shown_that_it_sets_stops() {
    let mut terminal = TestTerminal::new();
    terminal.draw(&columns(0));
    let without = terminal.draw(&columns(20));
    assert!(!without.contains('\t'), "{without:?}");
    terminal.inner.backend_mut().use_tab_stops();
    let first = terminal.draw(&columns(40));
    assert!(first.contains("\x1b[3g") && first.contains("\x1bH") && first.contains('\t'), "{first:?}");
    assert_eq!(terminal.shown(), wanted(&columns(40)));
    let later = terminal.draw(&columns(60));
    assert!(!later.contains("\x1bH") && later.contains('\t'), "the stops are set once: {later:?}");
    assert!(later.len() < without.len(), "{later:?}");
    assert_eq!(terminal.shown(), wanted(&columns(60)));
    // A terminal that was resized may have reset them.
    terminal.inner.backend_mut().clear();
    terminal.real.process(b"\x1b[3g\x1b[1;6H\x1bH\x1b[1;7H\x1bH\x1b[1;14H\x1bH");
    terminal.draw(&columns(60));
    assert_eq!(terminal.shown(), wanted(&columns(60)));
}

#[test]
fn the_first_frame_asks_once_if_tab_stops_can_be_set() {
    let paper = ByteLog::default();
    let mut terminal = Canvas::new(DiffBackend::new(paper.clone()), WIDTH, HEIGHT);
    let mut draw = |first| {
        terminal.draw(|canvas| canvas.buffer_mut().content.clone_from(&list(first, 3).content)).unwrap();
        let bytes = String::from_utf8(paper.take()).unwrap();
        terminal.backend_mut().clear();
        bytes.matches(TRIAL).count()
    };
    assert_eq!((draw(0), draw(1)), (1, 0));
}
