//! The help: the keys of the screen, from its tables; typing filters them.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::text::{fold, pad, wrap};
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys::{Help, shown};
use crate::tui::widgets::dialog_frame;
use crate::tui::widgets::field::InputField;

/// The width of the column of keys in cells, with and without enough room.
const KEYS_WIDTH: usize = 18;
const KEYS_NARROW: usize = 8;

/// The dialog of all keys.
#[derive(Debug, Clone, PartialEq)]
pub struct HelpDialog {
    rows: Vec<Help>,
    /// The filter line.
    pub filter: InputField,
    top: usize,
}

impl HelpDialog {
    /// Creates the help for these keys.
    pub fn new(rows: Vec<Help>) -> Self {
        Self { rows, filter: InputField::text(""), top: 0 }
    }

    fn matching(&self) -> Vec<(String, &'static str)> {
        let wanted = fold(self.filter.value());
        self.rows
            .iter()
            .map(|row| (row.on.iter().map(|on| shown(on)).collect::<Vec<_>>().join("  "), row.help))
            .filter(|(keys, help)| fold(help).contains(&wanted) || fold(keys).contains(&wanted))
            .collect()
    }

    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        let last = self.matching().len().saturating_sub(1);
        match key.code {
            KeyCode::Esc | KeyCode::Enter => return vec![Ask::Close],
            KeyCode::Down => self.top = (self.top + 1).min(last),
            KeyCode::Up => self.top = self.top.saturating_sub(1),
            KeyCode::PageDown => self.top = (self.top + 10).min(last),
            KeyCode::PageUp => self.top = self.top.saturating_sub(10),
            _ => {
                self.filter.press(key);
                self.top = 0;
            }
        }
        Vec::new()
    }

    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let rows = self.matching();
        let inside =
            dialog_frame::draw(frame, context.body, theme, "Keys", 70, (self.rows.len() as u16 + 2).max(8));
        let (typed, cursor) = self.filter.shown(false, "");
        let prompt = Line::from(vec![Span::styled("/ ", theme.accent()), Span::raw(typed)]);
        frame.render_widget(prompt, Rect { height: 1, ..inside });
        frame.set_cursor_position((inside.x + 2 + cursor as u16, inside.y));
        let room = usize::from(inside.height.saturating_sub(1));
        let keys_width = if inside.width < 60 { KEYS_NARROW } else { KEYS_WIDTH };
        let help_width = usize::from(inside.width).saturating_sub(keys_width + 1);
        let lines = rows.iter().skip(self.top).flat_map(|(keys, help)| {
            let parts = wrap(help, help_width).into_iter().enumerate();
            parts.map(move |(at, part)| (if at == 0 { keys.as_str() } else { "" }, part))
        });
        for (line, (keys, help)) in lines.take(room).enumerate() {
            let row = Line::from(vec![
                Span::styled(pad(keys, keys_width), theme.accent()),
                Span::raw(" "),
                Span::raw(help),
            ]);
            frame.render_widget(row, Rect { y: inside.y + 1 + line as u16, height: 1, ..inside });
        }
        if rows.is_empty() && inside.height > 1 {
            let row = Rect { y: inside.y + 1, height: 1, ..inside };
            frame.render_widget(Line::styled("no key matches", theme.quiet()), row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::keys;

    const ROWS: [Help; 2] = [
        Help { on: &["c"], name: "confirm", hint: "confirm", help: "confirm the account" },
        Help { on: &["ctrl-d"], name: "half-page-down", hint: "", help: "half a page down" },
    ];

    #[test]
    fn typing_filters_by_words_and_by_keys() {
        let mut help = HelpDialog::new(ROWS.to_vec());
        for key in keys("PAGE") {
            assert!(help.press(key).is_empty());
        }
        assert_eq!(help.matching(), [("Ctrl-d".into(), "half a page down")]);
        assert_eq!(help.press(keys("<esc>")[0]), [Ask::Close]);
    }
}
