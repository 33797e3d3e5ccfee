//! The theme of the running console, and the store's mark.

use ratatui::buffer::Buffer;
use ratatui::style::{Color as Shown, Modifier};

use crate::cli::themes;
use crate::domain::color::{Color, ColorDepth, Rgb};
use crate::domain::palette::{Ground, READABLE};
use crate::tui::appearance::Appearance;

use super::*;

fn console(appearance: Appearance) -> Service {
    let mut start = Service::start(StorePath::Usual("/srv/nexus.db".into()), (80, 24), None);
    start.appearance = appearance;
    let mut service = Service::of(start);
    service.answer();
    service.press("ada<tab>sesame<enter>");
    service.answer();
    service
}

fn looks() -> Appearance {
    Appearance::new(themes(None).unwrap(), ColorDepth::Truecolor)
}

fn buffer(service: &Service) -> Buffer {
    service.draw((80, 24)).backend().buffer().clone()
}

fn colours(service: &Service) -> Vec<Shown> {
    let mut colours: Vec<_> = buffer(service).content.iter().flat_map(|cell| [cell.fg, cell.bg]).collect();
    colours.sort_by_key(|colour| format!("{colour:?}"));
    colours.dedup();
    colours
}

#[test]
fn a_theme_is_used_at_once() {
    let mut service = console(looks());
    service.press(":theme light<enter>");
    let paper = Shown::Rgb(0xfc, 0xfc, 0xf8);
    assert!(buffer(&service).content.iter().filter(|cell| cell.bg == paper).count() > 1_500);
    assert!(!colours(&service).contains(&Shown::Reset), "{:?}", colours(&service));
    service.press(":theme terminal-16<enter>");
    assert!(!colours(&service).contains(&paper));
}

#[test]
fn an_unknown_theme_changes_nothing() {
    let mut service = console(looks());
    let before = colours(&service);
    service.press(":theme drak<enter>");
    assert!(service.seen().contains("There is no theme \"drak\"."), "{}", service.seen());
    service.press("<esc>");
    assert_eq!(colours(&service), before);
    service.press(":theme<enter>");
    let words = "The theme is terminal-16. There are terminal-16, dark, light, high-contrast.";
    assert!(service.seen().contains(words), "{}", service.seen());
}

#[test]
fn the_terminal_tells_its_ground() {
    let mut service = console(looks());
    assert!(!colours(&service).contains(&Shown::Green));
    service.tell(Msg::Ground(Ground::Dark));
    assert!(colours(&service).contains(&Shown::Green), "{:?}", colours(&service));
    service.tell(Msg::Ground(Ground::Light));
    let shown = colours(&service);
    assert!(shown.contains(&Shown::Blue) && !shown.contains(&Shown::Green), "{shown:?}");
}

#[test]
fn the_store_is_marked_on_every_screen_at_every_size() {
    let mut marked = looks();
    marked.store_label = Some("live media".into());
    marked.store_color = Color::parse("red");
    let mut service = console(marked);
    for size in [(80, 24), (120, 36), (60, 18), (40, 12)] {
        service.tell(Msg::Resize(size.0, size.1));
        for key in ["1", "2", "3", "4"] {
            service.press(key);
            service.answer();
            let text = text(&service.draw(size));
            assert!(text.lines().next().unwrap().contains("live media"), "{text}");
        }
    }
    service.tell(Msg::Resize(80, 24));
    let red = buffer(&service).content.iter().filter(|cell| cell.bg == Shown::Red).count();
    assert_eq!(red, "live media".len() + 2);
}

/// Ways to every kind of text: lists, marks, details, filters, forms and their errors, questions, menus, help, charts.
const WAYS: [&str; 19] = [
    "jj ",
    "<tab>",
    "/status:pend",
    "/no:such",
    "a<enter>",
    "eX<esc>",
    "P",
    "?pass",
    ":su",
    ",",
    "C",
    "jx",
    "* d",
    "%",
    "0j",
    "2jj",
    "3j",
    "4j<tab>",
    "ot",
];

/// Returns a colour as xterm draws it; `reset` stands for the terminal's own.
fn rgb(shown: Shown, reset: Rgb) -> Rgb {
    let named = [
        Shown::Black,
        Shown::Red,
        Shown::Green,
        Shown::Yellow,
        Shown::Blue,
        Shown::Magenta,
        Shown::Cyan,
        Shown::Gray,
        Shown::DarkGray,
        Shown::LightRed,
        Shown::LightGreen,
        Shown::LightYellow,
        Shown::LightBlue,
        Shown::LightMagenta,
        Shown::LightCyan,
        Shown::White,
    ];
    match shown {
        Shown::Reset => reset,
        Shown::Rgb(red, green, blue) => Rgb(red, green, blue),
        Shown::Indexed(index) => Color::Indexed(index).rgb(),
        named_one => {
            let at = named.iter().position(|one| *one == named_one).unwrap();
            Color::Ansi(at as u8).rgb()
        }
    }
}

#[test]
fn all_that_is_drawn_can_be_read_in_every_theme() {
    let [black, grey, white] = [0, 7, 15].map(|at| Color::Ansi(at).rgb());
    for (theme, ground, text, back) in [
        ("terminal-16", Some(Ground::Dark), grey, black),
        ("terminal-16", Some(Ground::Light), black, white),
        ("terminal-16", None, black, white),
        ("terminal-16", None, grey, black),
        ("dark", None, grey, black),
        ("light", None, grey, black),
        ("high-contrast", None, grey, black),
    ] {
        for way in WAYS {
            let mut appearance = looks();
            appearance.use_theme(theme).unwrap();
            appearance.ground = ground;
            let mut service = console(appearance);
            service.operate(way);
            for cell in buffer(&service).content.iter().filter(|cell| !cell.symbol().trim().is_empty()) {
                let mut pair = (rgb(cell.fg, text), rgb(cell.bg, back));
                if cell.modifier.contains(Modifier::REVERSED) {
                    pair = (pair.1, pair.0);
                }
                let contrast = pair.0.contrast(pair.1);
                assert!(contrast >= READABLE, "{theme} on {ground:?} after {way}: {contrast:.2} {cell:?}");
                // How dark a dimmed colour is, the terminal decides; its own text, dimmed, can be read.
                let is_dimmed_colour = cell.modifier.contains(Modifier::DIM) && cell.fg != Shown::Reset;
                assert!(!is_dimmed_colour, "{theme} on {ground:?} after {way}: {cell:?}");
            }
        }
    }
}
