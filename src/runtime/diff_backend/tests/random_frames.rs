//! The law of the backend: whatever is drawn, the terminal shows it.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::runtime::frame_pacer::FrameBackend as _;
use crate::runtime::glyph::Glyph;

use super::{AREA, HEIGHT, TestTerminal, WIDTH, wanted};

fn style() -> impl Strategy<Value = Style> {
    let colours = [Color::Cyan, Color::Red, Color::DarkGray, Color::Indexed(200), Color::Rgb(1, 2, 3)];
    let colour = prop_oneof![3 => Just(Color::Reset), 2 => prop::sample::select(colours.to_vec())];
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::REVERSED,
        Modifier::REVERSED | Modifier::BOLD,
        Modifier::UNDERLINED,
    ]);
    (colour.clone(), colour, modifier)
        .prop_map(|(fg, bg, modifier)| Style::reset().fg(fg).bg(bg).add_modifier(modifier))
}

/// A change from one frame to the next.
#[derive(Debug, Clone)]
enum Step {
    Write(u16, u16, &'static str, Style),
    /// The lines between two rows move up within these columns, and a text comes in.
    Scroll(u16, u16, u16, &'static str),
    Restyle(u16, Style),
    Wipe,
    /// The terminal is redrawn, as after Ctrl-l.
    Redraw,
}

fn step() -> impl Strategy<Value = Step> {
    let text = prop::sample::select(vec![
        "a",
        "row 12",
        "row 345 of 12",
        "                        ",
        "  x           y",
        "e\u{301}tude",
        "李 Müller",
        "李小龍",
        "● confirmed",
        "\u{2764}\u{fe0f}",
        "👍 ok",
    ]);
    prop_oneof![
        8 => (0..WIDTH, 0..HEIGHT, text.clone(), style()).prop_map(|(x, y, text, style)| Step::Write(x, y, text, style)),
        2 => (0..HEIGHT, 0..HEIGHT, 1..=WIDTH, text).prop_map(|(top, bottom, columns, text)| Step::Scroll(top, bottom, columns, text)),
        1 => (0..HEIGHT, style()).prop_map(|(y, style)| Step::Restyle(y, style)),
        1 => Just(Step::Wipe),
        1 => Just(Step::Redraw),
    ]
}

fn apply(frame: &mut Buffer, step: &Step) {
    match *step {
        Step::Write(x, y, text, style) => {
            frame.set_string(x, y, text, style);
            mend(frame, y);
        }
        Step::Scroll(top, bottom, columns, text) => {
            for y in top..bottom {
                for x in 0..columns {
                    frame[(x, y)] = frame[(x, y + 1)].clone();
                }
                mend(frame, y);
            }
            let blank = " ".repeat(columns.into());
            frame.set_string(0, bottom, blank, Style::reset());
            frame.set_stringn(0, bottom, text, columns.into(), Style::reset());
            mend(frame, bottom);
        }
        Step::Restyle(y, style) => {
            frame.set_style(Rect { y, height: 1, ..AREA }, style);
            mend(frame, y);
        }
        Step::Wipe => frame.reset(),
        Step::Redraw => {}
    }
}

/// Repairs cells as ratatui's widgets leave them: no half of a wide character, and nothing in the cells that it
/// covers.
fn mend(frame: &mut Buffer, y: u16) {
    let mut x = 0;
    while x < WIDTH {
        let cells = Glyph::of(&frame[(x, y)]).cells();
        if x + cells > WIDTH {
            frame[(x, y)].reset();
        }
        for hidden in x + 1..(x + cells).min(WIDTH) {
            frame[(hidden, y)].reset();
        }
        x += cells;
    }
}

proptest! {
    #[test]
    fn the_terminal_shows_every_frame(
        frames in prop::collection::vec(prop::collection::vec(step(), 1..12), 1..8),
        uses_tabs: bool,
    ) {
        let mut terminal = TestTerminal::new();
        if uses_tabs {
            terminal.inner.backend_mut().use_tab_stops();
        }
        let mut frame = Buffer::empty(AREA);
        for steps in frames {
            for step in steps {
                apply(&mut frame, &step);
                if matches!(step, Step::Redraw) {
                    terminal.inner.backend_mut().clear();
                }
            }
            let bytes = terminal.draw(&frame);
            prop_assert_eq!(terminal.shown(), wanted(&frame), "{:?}", bytes);
        }
    }
}
