//! Draws changed cells with as few bytes as a terminal understands: over a slow link they are what a key costs.
//!
//! The pen remembers where it stands and in which style from one frame to the next. Cursor moves are relative where that
//! is shorter, a style is changed by what differs, long runs of blanks are erased (ECH) instead of written, and lines
//! that only moved are moved by the terminal. Only sequences that xterm, tmux, screen and the Linux console have in common
//! (ECMA-48: CUF, CUP, ECH, SGR; DEC's DECSTBM and RI).

use std::fmt::Write as _;
use std::io::{self, Write};
use std::iter::Peekable;

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr as _;

use super::scroll::{Scroll, Way};

/// From so many blanks on, erasing them and moving on is shorter than writing them.
const LONG_RUN: u16 = 8;

/// With fewer changed cells nothing has moved that would be worth looking for.
const MANY: usize = 500;

/// Modifiers and their SGR parameters (ECMA-48, 8.3.117).
const MODIFIERS: [(Modifier, &str); 9] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::SLOW_BLINK, "5"),
    (Modifier::RAPID_BLINK, "6"),
    (Modifier::REVERSED, "7"),
    (Modifier::HIDDEN, "8"),
    (Modifier::CROSSED_OUT, "9"),
];

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Look {
    const PLAIN: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// The parameters that make this look of another one.
    fn parameters(self, from: Self) -> Vec<String> {
        let mut from = from;
        let mut parameters = Vec::new();
        // One parameter takes everything away, instead of one for each.
        let loses = !(from.modifier - self.modifier).is_empty()
            || (self.fg == Color::Reset && from.fg != Color::Reset)
            || (self.bg == Color::Reset && from.bg != Color::Reset);
        if loses {
            from = Self::PLAIN;
            parameters.push(String::new());
        }
        let added = self.modifier - from.modifier;
        let modifiers = MODIFIERS.iter().filter(|(modifier, _)| added.contains(*modifier));
        parameters.extend(modifiers.map(|(_, parameter)| (*parameter).to_owned()));
        if self.fg != from.fg {
            parameters.push(colour(self.fg, 30));
        }
        if self.bg != from.bg {
            parameters.push(colour(self.bg, 40));
        }
        parameters
    }
}

/// The parameter of a colour; those of the foreground begin at 30, those of the background at 40.
fn colour(colour: Color, base: u8) -> String {
    let (ansi, bright) = match colour {
        Color::Reset => (9, false),
        Color::Black => (0, false),
        Color::Red => (1, false),
        Color::Green => (2, false),
        Color::Yellow => (3, false),
        Color::Blue => (4, false),
        Color::Magenta => (5, false),
        Color::Cyan => (6, false),
        Color::Gray => (7, false),
        Color::DarkGray => (0, true),
        Color::LightRed => (1, true),
        Color::LightGreen => (2, true),
        Color::LightYellow => (3, true),
        Color::LightBlue => (4, true),
        Color::LightMagenta => (5, true),
        Color::LightCyan => (6, true),
        Color::White => (7, true),
        Color::Indexed(index) => return format!("{};5;{index}", base + 8),
        Color::Rgb(red, green, blue) => return format!("{};2;{red};{green};{blue}", base + 8),
    };
    (base + ansi + if bright { 60 } else { 0 }).to_string()
}

/// A backend of ratatui's that writes little.
#[derive(Debug)]
pub(super) struct Pen<W: Write> {
    inner: CrosstermBackend<W>,
    /// What the terminal shows, as far as anything was drawn.
    shown: Buffer,
    /// Where the terminal's cursor stands, where that is sure.
    at: Option<(u16, u16)>,
    look: Option<Look>,
    is_hidden: Option<bool>,
}

impl<W: Write> Pen<W> {
    /// One that knows nothing of the terminal yet.
    pub(super) fn new(writer: W) -> Self {
        let shown = Buffer::empty(Rect::ZERO);
        Self { inner: CrosstermBackend::new(writer), shown, at: None, look: None, is_hidden: None }
    }

    /// Makes room for these cells in what is known of the screen.
    fn make_room(&mut self, cells: &[(u16, u16, &Cell)]) {
        let (width, height) = cells.iter().fold((0, 0), |(w, h), (x, y, _)| (w.max(x + 1), h.max(y + 1)));
        let old = &self.shown.area;
        let area = Rect::new(0, 0, width.max(old.width), height.max(old.height));
        if area != *old {
            let mut shown = Buffer::empty(area);
            for place in old.positions() {
                if let (Some(new), Some(old)) = (shown.cell_mut(place), self.shown.cell(place)) {
                    new.clone_from(old);
                }
            }
            self.shown = shown;
        }
    }

    /// Has the terminal move lines. The region's setting moves the cursor, too.
    fn scroll(&mut self, Scroll { top, bottom, way }: Scroll, out: &mut String) {
        // The new line takes the background colour in force.
        self.put_on(Look::PLAIN, out);
        // Writing to a String cannot fail.
        let _ = write!(out, "\x1b[{};{}r", top + 1, bottom + 1);
        let _ = match way {
            Way::Up => writeln!(out, "\x1b[{}H", bottom + 1),
            Way::Down => write!(out, "\x1b[{}H\x1bM", top + 1),
        };
        out.push_str("\x1b[r");
        self.at = None;
    }

    /// Appends the cells of a frame that changed.
    fn cells<'a>(
        &mut self,
        frame: &Buffer,
        cells: impl Iterator<Item = (u16, u16, &'a Cell)>,
        out: &mut String,
    ) {
        let mut cells = cells.peekable();
        while let Some((x, y, cell)) = cells.next() {
            self.write_over((x, y), frame, out);
            self.go_to((x, y), out);
            self.put_on(Look::of(cell), out);
            let blanks = if is_blank(cell) { 1 + following_blanks(x, y, &mut cells) } else { 0 };
            if blanks >= LONG_RUN {
                // Writing to a String cannot fail. The cursor stays where it is.
                let _ = write!(out, "\x1b[{blanks}X");
            } else if blanks > 0 {
                out.extend(std::iter::repeat_n(' ', blanks.into()));
                self.at = Some((x + blanks, y));
            } else {
                out.push_str(cell.symbol());
                // How far the cursor goes over anything but a letter of one cell is each terminal's own opinion.
                self.at = (cell.symbol().width() == 1).then_some((x + 1, y));
            }
        }
    }

    /// Goes over a short gap by writing what stands there, where that takes no other style: it is shorter than a move.
    fn write_over(&mut self, (x, y): (u16, u16), frame: &Buffer, out: &mut String) {
        let Some((from, _)) = self.at.filter(|(from, line)| *line == y && (*from..*from + 4).contains(&x))
        else {
            return;
        };
        let gap: Vec<_> = (from..x).filter_map(|x| frame.cell((x, y))).collect();
        let is_easy = |cell: &&Cell| cell.symbol().len() == 1 && Some(Look::of(cell)) == self.look;
        if gap.len() == usize::from(x - from) && gap.iter().all(is_easy) {
            out.extend(gap.iter().map(|cell| cell.symbol()));
            self.at = Some((x, y));
        }
    }

    fn go_to(&mut self, to: (u16, u16), out: &mut String) {
        let (x, y) = to;
        // Writing to a String cannot fail.
        let _ = match self.at {
            Some(at) if at == to => Ok(()),
            Some((from, line)) if line == y && x == from + 1 => write!(out, "\x1b[C"),
            Some((from, line)) if line == y && x > from => write!(out, "\x1b[{}C", x - from),
            _ if x == 0 => write!(out, "\x1b[{}H", y + 1),
            _ => write!(out, "\x1b[{};{}H", y + 1, x + 1),
        };
        self.at = Some(to);
    }

    fn put_on(&mut self, look: Look, out: &mut String) {
        let parameters = match self.look {
            Some(from) => look.parameters(from),
            None => [vec![String::new()], look.parameters(Look::PLAIN)].concat(),
        };
        if !parameters.is_empty() {
            let _ = write!(out, "\x1b[{}m", parameters.join(";"));
        }
        self.look = Some(look);
    }
}

/// Notes what a frame changes; behind a wide letter nothing is drawn.
fn note(frame: &mut Buffer, cells: &[(u16, u16, &Cell)]) {
    for (x, y, cell) in cells {
        if let Some(place) = frame.cell_mut((*x, *y)) {
            place.clone_from(cell);
        }
        for behind in 1..cell.symbol().width() as u16 {
            if let Some(place) = frame.cell_mut((x + behind, *y)) {
                place.reset();
            }
        }
    }
}

fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && Look::of(cell) == Look::PLAIN
}

/// Takes the blanks that follow on the same line.
fn following_blanks<'a>(
    x: u16,
    y: u16,
    cells: &mut Peekable<impl Iterator<Item = (u16, u16, &'a Cell)>>,
) -> u16 {
    let mut next = x + 1;
    while cells.next_if(|(at, line, cell)| (*at, *line) == (next, y) && is_blank(cell)).is_some() {
        next += 1;
    }
    next - x - 1
}

impl<W: Write> Backend for Pen<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let cells: Vec<_> = content.collect();
        self.make_room(&cells);
        let mut out = String::new();
        let mut next = self.shown.clone();
        note(&mut next, &cells);
        let scroll = if cells.len() < MANY { None } else { Scroll::between(&self.shown, &next) };
        if let Some(scroll) = scroll {
            self.scroll(scroll, &mut out);
            let mut moved = std::mem::take(&mut self.shown);
            scroll.apply(&mut moved);
            self.cells(&next, moved.diff_iter(&next), &mut out);
        } else {
            self.cells(&next, cells.into_iter(), &mut out);
        }
        self.shown = next;
        self.inner.write_all(out.as_bytes())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.is_hidden.replace(true) == Some(true) { Ok(()) } else { self.inner.hide_cursor() }
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.is_hidden.replace(false) == Some(false) { Ok(()) } else { self.inner.show_cursor() }
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        let mut out = String::new();
        self.go_to((position.x, position.y), &mut out);
        self.inner.write_all(out.as_bytes())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        // It is called to draw all anew. Erased cells take the background colour in force.
        self.shown = Buffer::empty(Rect::ZERO);
        self.at = None;
        self.look = None;
        // After a suspension nothing is sure, the cursor's being hidden included.
        self.is_hidden = None;
        let mut out = String::new();
        self.put_on(Look::PLAIN, &mut out);
        self.inner.write_all(out.as_bytes())?;
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::num::NonZero;
    use std::rc::Rc;

    use proptest::prelude::*;
    use ratatui::style::Style;

    use super::*;

    const WIDTH: u16 = 24;
    const HEIGHT: u16 = 4;

    /// Bytes that a backend has written so far.
    #[derive(Clone, Default)]
    struct Paper(Rc<RefCell<Vec<u8>>>);

    impl Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Texts with their places and styles.
    type Frame = Vec<(u16, u16, String, Style)>;

    fn style() -> impl Strategy<Value = Style> {
        let colour = prop::sample::select(vec![
            Color::Reset,
            Color::Cyan,
            Color::Red,
            Color::DarkGray,
            Color::Indexed(200),
            Color::Rgb(1, 2, 3),
        ]);
        let modifier = prop::sample::select(vec![
            Modifier::empty(),
            Modifier::BOLD,
            Modifier::REVERSED,
            Modifier::REVERSED | Modifier::BOLD,
            Modifier::DIM | Modifier::UNDERLINED,
        ]);
        (colour.clone(), colour, modifier)
            .prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
    }

    fn frames() -> impl Strategy<Value = Vec<Frame>> {
        let text =
            prop::sample::select(vec!["a", "row 12", "          ", "  x           y", "é", "李 Müller", "●"]);
        let piece = (0..WIDTH, 0..HEIGHT, text.prop_map(str::to_owned), style());
        prop::collection::vec(prop::collection::vec(piece, 0..10), 1..5)
    }

    fn buffer(frame: &Frame) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
        for (x, y, text, style) in frame {
            // Bold and dim at once look different from terminal to terminal: nothing of what lay there stays.
            buffer.set_string(*x, *y, text, Style::reset().patch(*style));
        }
        buffer
    }

    /// What a terminal shows after these bytes, cell by cell.
    fn shown(paper: &Paper) -> Vec<String> {
        let size = |cells| NonZero::new(cells).unwrap();
        let mut terminal = vt100::Parser::new(size(HEIGHT), size(WIDTH), 0);
        terminal.process(&paper.0.borrow());
        let screen = terminal.screen();
        let cell = |row, column| {
            let cell = screen.cell(row, column).unwrap();
            let ground = (cell.bgcolor(), cell.underline(), cell.inverse());
            // Of a blank nothing is seen but its ground.
            if matches!(cell.contents(), "" | " ") && !cell.inverse() {
                return format!("blank {ground:?}");
            }
            format!("{} {ground:?} {:?}", cell.contents().trim(), (cell.fgcolor(), cell.bold(), cell.dim()))
        };
        (0..HEIGHT)
            .flat_map(|row| (0..WIDTH).map(move |column| (row, column)))
            .map(|(row, column)| cell(row, column))
            .collect()
    }

    proptest! {
        #[test]
        fn it_shows_what_ratatuis_own_backend_shows(frames in frames()) {
            let (paper, others) = (Paper::default(), Paper::default());
            let (mut pen, mut other) = (Pen::new(paper.clone()), CrosstermBackend::new(others.clone()));
            pen.clear().unwrap();
            let mut before = buffer(&Frame::new());
            for frame in &frames {
                let after = buffer(frame);
                pen.draw(before.diff_iter(&after)).unwrap();
                other.draw(before.diff_iter(&after)).unwrap();
                prop_assert!(shown(&paper) == shown(&others));
                before = after;
            }
        }
    }

    #[test]
    fn a_list_that_scrolls_looks_as_if_it_had_been_drawn_anew() {
        let (width, height) = (80, 30);
        let frame = |from: u16, bar: u16| {
            let mut frame = Buffer::empty(Rect::new(0, 0, width, height));
            for y in 1..height - 1 {
                let row = from + y;
                let style =
                    if row == bar { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
                frame.set_string(0, y, format!("{row:>6} 李 Müller {:>30}  ", u32::from(row) * 7919), style);
                frame.set_string(60, y, format!("beside {y}"), Style::new().fg(Color::Cyan));
            }
            frame
        };
        let paper = Paper::default();
        let mut pen = Pen::new(paper.clone());
        pen.clear().unwrap();
        let mut before = Buffer::empty(Rect::new(0, 0, width, height));
        for (from, bar) in [(0, 28), (1, 29), (2, 30), (1, 2), (0, 1)] {
            let after = frame(from, bar);
            let written = paper.0.borrow().len();
            pen.draw(before.diff_iter(&after)).unwrap();
            assert!(before == Buffer::empty(before.area) || paper.0.borrow().len() - written < 900);
            let whole = Paper::default();
            let blank = Buffer::empty(before.area);
            CrosstermBackend::new(whole.clone()).draw(blank.diff_iter(&after)).unwrap();
            assert_eq!(text(&paper, width, height), text(&whole, width, height));
            before = after;
        }
    }

    fn text(paper: &Paper, width: u16, height: u16) -> String {
        let size = |cells| NonZero::new(cells).unwrap();
        let mut terminal = vt100::Parser::new(size(height), size(width), 0);
        terminal.process(&paper.0.borrow());
        terminal.screen().contents()
    }

    #[test]
    fn a_moved_bar_costs_little_more_than_its_letters() {
        let reversed = Style::new().add_modifier(Modifier::REVERSED);
        let lines = |bar: u16| {
            let style = |y| if y == bar { reversed } else { Style::new() };
            buffer(&(0..HEIGHT).map(|y| (0, y, "ada              admin  ".to_owned(), style(y))).collect())
        };
        let paper = Paper::default();
        let mut pen = Pen::new(paper.clone());
        pen.draw(buffer(&Vec::new()).diff_iter(&lines(0))).unwrap();
        let before = paper.0.borrow().len();
        pen.draw(lines(0).diff_iter(&lines(1))).unwrap();
        let written = String::from_utf8(paper.0.borrow()[before..].to_vec()).unwrap();
        // Two places, two styles, and of the blanks that are not reversed only their number.
        assert!(written.len() <= 20 + 23 + 15, "{} {written:?}", written.len());
    }
}
