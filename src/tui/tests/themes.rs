//! The theme of the running console, and the store's mark.

use ratatui::buffer::Buffer;
use ratatui::style::Color as Shown;

use crate::cli::themes;
use crate::domain::color::{Color, ColorDepth};
use crate::domain::palette::Ground;
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
