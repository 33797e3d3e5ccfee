//! A text to read: what a command printed, a page of the manual.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::text::{visible, width};
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys::{Help, name};
use crate::tui::widgets::detail_lines::wrapped;
use crate::tui::widgets::dialog_frame;

/// The least width of the box inside its frame, in cells: the hint at its foot fits.
const LEAST_WIDTH: usize = 32;

/// A text that scrolls if there is no room for all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextBox {
    title: String,
    lines: Vec<String>,
    /// The index of the first line shown.
    top: usize,
    /// The lines shown at a time, and all of them, when the box was drawn last for this size.
    room: usize,
    /// Set if there is no room for all of it.
    scrolls: bool,
}

impl TextBox {
    /// Creates a box with a text; characters that a terminal would act on are made visible.
    pub fn new(context: &Context, title: impl Into<String>, text: &str) -> Self {
        let lines = text.trim_end().lines().map(visible_once).collect();
        let mut text_box = Self { title: title.into(), lines, top: 0, room: 0, scrolls: false };
        text_box.fit(context);
        text_box
    }

    /// Notes the size of the terminal.
    pub fn fit(&mut self, context: &Context) {
        self.room = usize::from(context.body.height.saturating_sub(3)).max(1);
        // Where all of it fits, it needs no line that says where in it this is.
        self.scrolls = self.wrapped(context).len() > self.room + 1;
    }

    /// Returns the keys for the footer.
    pub fn hints(&self) -> Vec<Help> {
        let hint = Help::of_dialog;
        let scroll = self.scrolls.then(|| hint(&["down"], "scroll"));
        scroll.into_iter().chain([hint(&["y"], "copy"), hint(&["esc"], "close")]).collect()
    }

    pub fn press(&mut self, context: &Context, key: KeyEvent) -> Vec<Ask> {
        self.fit(context);
        let last = self.wrapped(context).len().saturating_sub(self.room);
        let page = self.room.saturating_sub(1).max(1);
        let top = self.top.min(last);
        let to = match (key.code, name(key).as_str()) {
            (KeyCode::Esc | KeyCode::Enter, _) | (_, "q") => return vec![Ask::Close],
            (KeyCode::Down, _) | (_, "j") => top + 1,
            (KeyCode::Up, _) | (_, "k") => top.saturating_sub(1),
            (KeyCode::PageDown, _) | (_, "space") => top + page,
            (KeyCode::PageUp, _) => top.saturating_sub(page),
            (_, "ctrl-d") => top + page / 2,
            (_, "ctrl-u") => top.saturating_sub(page / 2),
            (KeyCode::Home, _) | (_, "g") => 0,
            (KeyCode::End, _) | (_, "G") => last,
            (_, "y") => return vec![Ask::Copy(self.lines.join("\n"))],
            _ => top,
        };
        self.top = to.min(last);
        Vec::new()
    }

    /// Returns the lines as they fit into the width of the terminal.
    fn wrapped(&self, context: &Context) -> Vec<Line<'static>> {
        let cells = self.columns(context);
        self.lines.iter().flat_map(|line| wrapped(&labelled(line), cells)).collect()
    }

    fn columns(&self, context: &Context) -> usize {
        let widest = self.lines.iter().map(|line| width(line)).max().unwrap_or_default();
        widest.max(LEAST_WIDTH).max(width(&self.title) + 2).min(context.body.width.saturating_sub(4).into())
    }

    /// Returns the title and the whole text.
    pub fn text(&self) -> Vec<String> {
        [visible(&self.title).into_owned()].into_iter().chain(self.lines.iter().cloned()).collect()
    }

    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let lines = self.wrapped(context);
        let columns = self.columns(context) as u16;
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX - 2);
        let inside = dialog_frame::draw(frame, context.body, theme, &self.title, columns, height);
        let is_whole = lines.len() <= usize::from(inside.height);
        // The last line says where in the text this is, if it is not all of it.
        let room = usize::from(inside.height).saturating_sub(usize::from(!is_whole));
        let last = lines.len().saturating_sub(room);
        let top = self.top.min(last);
        for (place, line) in inside.rows().zip(lines.iter().skip(top).take(room)) {
            frame.render_widget(line, place);
        }
        if is_whole {
            return;
        }
        let (up, down) = (theme.shape("↑", "Up"), theme.shape("↓", "Down"));
        let foot = format!("{} of {} lines · {up} {down} scroll", (top + room).min(lines.len()), lines.len());
        let place = Rect { y: inside.bottom().saturating_sub(1), height: 1.min(inside.height), ..inside };
        frame.render_widget(Line::styled(foot, theme.quiet()), place);
    }
}

/// Makes a line visible, unless it is that already: a command prints stand-ins for what a terminal would act on.
fn visible_once(line: &str) -> String {
    let without_stand_ins = line.replace("<U+", "<");
    let is_visible = visible(&without_stand_ins) == without_stand_ins;
    if is_visible { line.to_owned() } else { visible(line).into_owned() }
}

/// Divides a line at the gap behind its label, or behind its indent, below which the rest of it goes on.
fn labelled(line: &str) -> Line<'static> {
    let text = line.trim_start();
    let indent = line.len() - text.len();
    let gap = text.find("  ").map_or(indent, |at| indent + at);
    let value = line.get(gap..).unwrap_or_default().trim_start();
    let (label, value) = line.split_at(line.len() - value.len());
    Line::from(vec![Span::raw(label.to_owned()), Span::raw(value.to_owned())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::{context, keys};

    fn shown(text_box: &TextBox, size: (u16, u16)) -> String {
        let mut terminal =
            ratatui::Terminal::new(ratatui::backend::TestBackend::new(size.0, size.1)).unwrap();
        terminal.draw(|frame| text_box.view(&context(size.0, size.1), frame)).unwrap();
        crate::tui::testing::text(&terminal)
    }

    #[test]
    fn a_long_text_scrolls_and_says_that_more_follows() {
        let context = context(80, 24);
        let text: Vec<_> = (1..=100).map(|n| format!("line {n}")).collect();
        let mut text_box = TextBox::new(&context, "manual", &text.join("\n"));
        assert!(shown(&text_box, (80, 24)).contains("of 100 lines"), "{}", shown(&text_box, (80, 24)));
        for (script, line) in [("j", "line 2"), ("G", "line 100"), ("g", "line 1"), ("<pagedown>", "line 18")]
        {
            for key in keys(script) {
                assert_eq!(text_box.press(&context, key), []);
            }
            assert!(shown(&text_box, (80, 24)).contains(line), "{script}: {}", shown(&text_box, (80, 24)));
        }
        assert_eq!(text_box.press(&context, keys("<esc>")[0]), [Ask::Close]);
        let hints = |lines: usize| TextBox::new(&context, "manual", &"line\n".repeat(lines)).hints().len();
        assert_eq!([hints(19), hints(20), hints(100)], [2, 3, 3], "{:?}", context.body);
    }

    #[test]
    fn a_line_goes_on_below_its_value() {
        let text = "Status   shut: suspended by root. To open it: nexus user confirm alan, or c in the console\n\n   and so on";
        let shown = shown(&TextBox::new(&context(60, 24), "user why 3", text), (60, 24));
        assert!(shown.contains("│ Status   shut: suspended by root. To open it: nexus user │"), "{shown}");
        assert!(shown.contains("│          confirm alan, or c in the console               │"), "{shown}");
        assert!(shown.contains("│    and so on"), "{shown}");
    }

    #[test]
    fn nothing_hostile_is_drawn_or_copied() {
        let context = context(40, 12);
        let mut text_box = TextBox::new(&context, "a\u{1b}[2J", "b\u{1b}[31m\u{202e}c");
        let shown = shown(&text_box, (40, 12));
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
        assert_eq!(text_box.press(&context, keys("y")[0]), [Ask::Copy("b␛[31m<U+202E>c".into())]);
        let mut printed = TextBox::new(&context, "user why 3", "by ops: evil <U+202E>red");
        assert_eq!(printed.press(&context, keys("y")[0]), [Ask::Copy("by ops: evil <U+202E>red".into())]);
    }
}
