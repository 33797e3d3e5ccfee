//! The list of saved views: Enter opens one, `d` removes one.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::domain::text::{clip, pad, visible, width};
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys;
use crate::tui::overlays::palette::VIEW;
use crate::tui::preferences::SavedView;
use crate::tui::widgets::dialog_frame;

/// The most width of the list inside its frame in cells, and the most of it that names take.
const MOST_WIDTH: usize = 66;
const MAX_NAME_WIDTH: usize = 24;
/// The cells beside a name: a blank before it, and the gap after it; and the blank at the end of a line.
const BESIDE_NAME: usize = 3;
const AFTER: usize = 1;
/// The most views that are shown at once.
const SHOWN: usize = 15;

/// The saved views and the cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewList {
    views: Vec<(String, SavedView)>,
    at: usize,
}

impl ViewList {
    /// Creates the list with the cursor on the first view.
    pub fn new(views: Vec<(String, SavedView)>) -> Self {
        Self { views, at: 0 }
    }

    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        let last = self.views.len().saturating_sub(1);
        match (key.code, keys::typed(key)) {
            (KeyCode::Esc, _) => return vec![Ask::Close],
            (KeyCode::Enter, _) => {
                let name = self.views.get(self.at).map(|(name, _)| name.clone());
                return name.map_or_else(Vec::new, |name| vec![Ask::Close, Ask::Command(VIEW.0, name)]);
            }
            (KeyCode::Down, _) | (_, Some('j')) => self.at = (self.at + 1).min(last),
            (KeyCode::Up, _) | (_, Some('k')) => self.at = self.at.saturating_sub(1),
            (_, Some('d')) => return self.remove(),
            (_, _) => {}
        }
        Vec::new()
    }

    /// Removes the view under the cursor; the list of none closes.
    fn remove(&mut self) -> Vec<Ask> {
        if self.at >= self.views.len() {
            return Vec::new();
        }
        let (name, _) = self.views.remove(self.at);
        self.at = self.at.min(self.views.len().saturating_sub(1));
        let close = self.views.is_empty().then_some(Ask::Close);
        close.into_iter().chain([Ask::Command("unsave", name)]).collect()
    }

    /// Returns the saved views, each with its screen and filter, and the one under the cursor.
    pub fn text(&self) -> Vec<String> {
        let line = |(name, view): &(String, SavedView)| {
            visible(&format!("{name}: {} {}", view.screen, view.filter)).trim_end().to_owned()
        };
        let at = self.views.get(self.at).map(|(name, _)| format!("Cursor on {}", visible(name)));
        ["Saved views".to_owned()].into_iter().chain(self.views.iter().map(line)).chain(at).collect()
    }

    /// Returns the number of views that are shown, and true if there are more.
    fn room(&self, context: &Context) -> (usize, bool) {
        let (most, count) = (usize::from(context.body.height.saturating_sub(2)).min(SHOWN), self.views.len());
        if count > most { (most.saturating_sub(1), true) } else { (count, false) }
    }

    /// Returns the width of the names, and that of the list inside its frame.
    fn widths(&self) -> (usize, u16) {
        let widest =
            |of: fn(&(String, SavedView)) -> usize| self.views.iter().map(of).max().unwrap_or_default();
        let name_width = widest(|(name, _)| width(&visible(name))).min(MAX_NAME_WIDTH);
        let words_width = widest(|(_, view)| width(&visible(&words_of(view))));
        (name_width, (BESIDE_NAME + name_width + words_width + AFTER).min(MOST_WIDTH) as u16)
    }

    /// Takes a click: the cursor goes to the view.
    pub fn click(&mut self, context: &Context, at: Position) {
        let (room, is_cut) = self.room(context);
        let inside = dialog_frame::inside(context.body, self.widths().1, (room + usize::from(is_cut)) as u16);
        let line = inside.rows().take(room).position(|row| row.contains(at));
        if let Some(line) = line {
            self.at = (self.at + 1).saturating_sub(room) + line;
        }
    }

    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let count = self.views.len();
        let (room, is_cut) = self.room(context);
        let height = (room + usize::from(is_cut)) as u16;
        let (name_width, columns) = self.widths();
        let inside = dialog_frame::draw(frame, context.body, theme, "Saved views", columns, height);
        let rest = usize::from(inside.width).saturating_sub(name_width + BESIDE_NAME);
        let first = (self.at + 1).saturating_sub(room);
        for (row, (at, (name, view))) in
            inside.rows().zip(self.views.iter().enumerate().skip(first).take(room))
        {
            // The line under the cursor is one bar that no other style interrupts.
            let is_here = at == self.at;
            let style = if is_here { theme.cursor() } else { theme.plain() };
            let words_style = if is_here { theme.cursor() } else { theme.quiet() };
            let name = pad(&clip(&visible(name), name_width), name_width);
            let what = pad(&clip(&visible(&words_of(view)), rest), rest);
            let line = vec![Span::raw(format!(" {name}  ")), Span::styled(what, words_style)];
            frame.render_widget(Line::from(line).style(style), row);
        }
        if is_cut {
            let foot = Rect { y: inside.bottom().saturating_sub(1), height: 1, ..inside };
            let words = format!(" {} of {count}", self.at + 1);
            frame.render_widget(Line::styled(words, theme.quiet()), foot);
        }
    }
}

/// Returns the screen, the filter and the order of a view: `sessions status:active · by expiration`.
fn words_of(view: &SavedView) -> String {
    let filter = if view.filter.is_empty() { String::new() } else { format!(" {}", view.filter) };
    let order = view.sort.as_ref().map_or_else(String::new, |sort| {
        let down = if sort.descending { ", descending" } else { "" };
        format!(" · by {}{down}", sort.column)
    });
    format!("{}{filter}{order}", view.screen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::keys;

    fn press(script: &str) -> Vec<Ask> {
        let view = SavedView { screen: "users".into(), filter: "a".into(), sort: None };
        let mut list = ViewList::new(vec![("one".into(), view.clone()), ("two".into(), view)]);
        keys(script).into_iter().flat_map(|key| list.press(key)).collect()
    }

    #[test]
    fn enter_opens_and_d_removes_the_view_under_the_cursor() {
        let command = |name, view: &str| Ask::Command(name, view.into());
        assert_eq!(press("<enter>"), [Ask::Close, command("view", "one")]);
        assert_eq!(press("jj<enter>"), [Ask::Close, command("view", "two")]);
        assert_eq!(press("<down>d"), [command("unsave", "two")]);
        assert_eq!(press("dd"), [command("unsave", "one"), Ask::Close, command("unsave", "two")]);
        assert_eq!(press("x<esc>"), [Ask::Close]);
    }
}
