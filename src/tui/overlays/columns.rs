//! The box that chooses and orders the columns of a list. Each change shows at once in the list behind it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span, Text};

use crate::domain::text::pad;
use crate::tui::context::Context;
use crate::tui::dialog::ColumnChoice;
use crate::tui::effect::Ask;
use crate::tui::keys::Help as HelpRow;
use crate::tui::widgets::dialog_frame;

/// The width inside the frame, in cells.
const WIDTH: u16 = 24;

/// The box and its cursor.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnsDialog {
    columns: Vec<ColumnChoice>,
    usual: Vec<ColumnChoice>,
    at: usize,
}

impl ColumnsDialog {
    /// Creates the box for columns as they are, and as they are for everybody.
    pub fn new(now: Vec<ColumnChoice>, usual: Vec<ColumnChoice>) -> Self {
        Self { columns: now, usual, at: 0 }
    }

    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let last = self.columns.len().saturating_sub(1);
        match key.code {
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q' | 'C') => return vec![Ask::Close],
            KeyCode::Char('K') => return self.carry(self.at.checked_sub(1)),
            KeyCode::Char('J') => return self.carry(Some(self.at + 1)),
            KeyCode::Up if alt => return self.carry(self.at.checked_sub(1)),
            KeyCode::Down if alt => return self.carry(Some(self.at + 1)),
            KeyCode::Char(' ') => return self.toggle(),
            KeyCode::Char('0') => {
                self.columns.clone_from(&self.usual);
                return vec![Ask::ChooseColumns(Vec::new())];
            }
            KeyCode::Up | KeyCode::Char('k') => self.at = self.at.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => self.at = (self.at + 1).min(last),
            KeyCode::Home | KeyCode::Char('g') => self.at = 0,
            KeyCode::End | KeyCode::Char('G') => self.at = last,
            _ => {}
        }
        Vec::new()
    }

    /// Shows or hides the column under the cursor; one column always stays.
    fn toggle(&mut self) -> Vec<Ask> {
        let shown = self.columns.iter().filter(|column| column.is_shown).count();
        let Some(column) = self.columns.get_mut(self.at) else { return Vec::new() };
        if column.is_shown && shown == 1 {
            return vec![Ask::refusal("One column must stay.")];
        }
        column.is_shown = !column.is_shown;
        self.choice()
    }

    /// Moves the column under the cursor to another place.
    fn carry(&mut self, to: Option<usize>) -> Vec<Ask> {
        let Some(to) = to.filter(|to| *to < self.columns.len()) else { return Vec::new() };
        self.columns.swap(self.at, to);
        self.at = to;
        self.choice()
    }

    fn choice(&self) -> Vec<Ask> {
        let shown = self.columns.iter().filter(|column| column.is_shown);
        vec![Ask::ChooseColumns(shown.map(|column| column.title).collect())]
    }

    /// Returns the keys for the footer.
    pub fn hints() -> Vec<HelpRow> {
        let hint = HelpRow::of_dialog;
        vec![
            hint(&["space"], "show, hide"),
            hint(&["J"], "move down"),
            hint(&["K"], "move up"),
            hint(&["0"], "as usual"),
            hint(&["enter"], "done"),
        ]
    }

    /// Returns the columns, each with whether it is shown, and the one under the cursor.
    pub fn text(&self) -> Vec<String> {
        let line = |column: &ColumnChoice| {
            format!("{}: {}", column.title, if column.is_shown { "shown" } else { "hidden" })
        };
        let at = self.columns.get(self.at).map(|column| format!("Cursor on {}", column.title));
        ["Columns".to_owned()].into_iter().chain(self.columns.iter().map(line)).chain(at).collect()
    }

    /// Returns the index of the first column that is shown.
    fn top(&self, inside: Rect) -> usize {
        self.at.saturating_sub(usize::from(inside.height.max(1)) - 1)
    }

    /// Takes a click: the cursor goes to the column.
    pub fn click(&mut self, context: &Context, at: Position) {
        let inside = dialog_frame::inside(context.body, WIDTH, self.columns.len() as u16);
        let line = inside.rows().position(|row| row.contains(at));
        let found = line.map(|line| self.top(inside) + line);
        self.at = found.filter(|at| *at < self.columns.len()).unwrap_or(self.at);
    }

    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let lines = self.columns.len() as u16;
        let inside = dialog_frame::draw(frame, context.body, theme, "Columns", WIDTH, lines);
        let mut drawn = Vec::new();
        for (at, column) in
            self.columns.iter().enumerate().skip(self.top(inside)).take(inside.height.max(1).into())
        {
            let mark = if column.is_shown { theme.shape("✓", "+") } else { " " };
            let text = pad(&format!(" {mark} {}", column.title), inside.width.into());
            let style = if at == self.at { theme.cursor() } else { theme.plain() };
            drawn.push(Line::from(Span::styled(text, style)));
        }
        let top = self.top(inside);
        let below = self.columns.len().saturating_sub(top + usize::from(inside.height.max(1)));
        frame.render_widget(Text::from(drawn), inside);
        dialog_frame::view_more(frame, inside, theme, top, below);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::keys;

    fn pressed(script: &str) -> (ColumnsDialog, Vec<Ask>) {
        let column = |title, is_shown| ColumnChoice { title, is_shown };
        let usual = vec![column("Status", true), column("Username", true), column("Email", false)];
        let mut dialog = ColumnsDialog::new(usual.clone(), usual);
        let asks = keys(script).into_iter().flat_map(|key| dialog.press(key)).collect();
        (dialog, asks)
    }

    #[test]
    fn columns_are_shown_hidden_and_moved() {
        assert_eq!(pressed("<space>").1, [Ask::ChooseColumns(vec!["Username"])]);
        assert_eq!(pressed("G<space>").1, [Ask::ChooseColumns(vec!["Status", "Username", "Email"])]);
        assert_eq!(pressed("J").1, [Ask::ChooseColumns(vec!["Username", "Status"])]);
        assert_eq!(pressed("K").1, [], "it is the first");
        assert_eq!(pressed("<down>K").1, [Ask::ChooseColumns(vec!["Username", "Status"])]);
    }

    #[test]
    fn one_column_stays() {
        let (_, asks) = pressed("<space>j<space>");
        assert!(matches!(asks.as_slice(), [Ask::ChooseColumns(_), Ask::ShowError(_)]), "{asks:?}");
    }

    #[test]
    fn zero_brings_the_usual_ones_back() {
        let (dialog, asks) = pressed("J<space>0");
        assert_eq!(asks.last(), Some(&Ask::ChooseColumns(Vec::new())));
        assert_eq!(dialog.columns, dialog.usual);
    }

    #[test]
    fn enter_and_esc_close_it() {
        for script in ["<enter>", "<esc>"] {
            assert_eq!(pressed(script).1, [Ask::Close]);
        }
    }
}
