//! The directories that complete the target of a move.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::domain::directory::Directory;
use crate::domain::text::{fold, visible, width};
use crate::tui::context::Context;
use crate::tui::widgets::table::skip_cells;

/// The number of directories that are shown.
const SHOWN: usize = 5;

/// The directories that the typed text may mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Targets {
    /// The text for which the store was asked.
    asked: String,
    paths: Vec<String>,
    /// The index of the one that was filled in last.
    at: Option<usize>,
}

impl Targets {
    /// Notes the text after it was edited. Returns the text to ask the store about, if it is another one.
    pub(super) fn edited(&mut self, text: &str) -> Option<String> {
        if self.asked == text {
            return None;
        }
        text.clone_into(&mut self.asked);
        self.paths.clear();
        self.at = None;
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Takes the directories that the store knows: first those whose paths begin with the text, then those whose names do,
    /// shorter paths before longer ones. A path that cannot be shown as it is cannot be typed either.
    pub(super) fn take(&mut self, directories: &[Directory], moved: i64) {
        let text = fold(&self.asked);
        let can_be_typed =
            |directory: &&Directory| directory.id != moved && visible(&directory.path) == directory.path;
        let mut found: Vec<_> = directories
            .iter()
            .filter(can_be_typed)
            .map(|directory| {
                let (path, name) = (fold(&directory.path), fold(&directory.name));
                let rank = (!path.starts_with(&text), !name.starts_with(&text), directory.path.len());
                (rank, directory.path.clone())
            })
            .collect();
        found.sort();
        self.paths = found.into_iter().map(|(_, path)| path).take(SHOWN).collect();
        self.at = None;
    }

    /// Returns the next directory to fill in.
    pub(super) fn next(&mut self) -> Option<String> {
        let at = self.at.map_or(0, |at| at + 1) % self.paths.len().max(1);
        let path = self.paths.get(at)?.clone();
        self.at = Some(at);
        path.clone_into(&mut self.asked);
        Some(path)
    }

    /// Returns the directory with this number, counted from 1.
    pub(super) fn numbered(&self, number: usize) -> Option<&str> {
        self.paths.get(number.checked_sub(1)?).map(String::as_str)
    }

    /// Returns the directories behind their numbers, below the words that say what to do.
    pub(super) fn lines_of_text(&self) -> Vec<String> {
        let numbered = self.paths.iter().zip(1..).map(|(path, number)| format!("{number}. {path}"));
        let head = (!self.paths.is_empty())
            .then(|| "Type the number of one of these, or a path (a number in quotes):".to_owned());
        head.into_iter().chain(numbered).collect()
    }

    /// Returns the number of lines that they take.
    pub(super) const fn lines() -> u16 {
        SHOWN as u16 + 1
    }

    /// Draws them, or the directory that the moved one is in now.
    pub(super) fn view(&self, context: &Context, frame: &mut Frame<'_>, area: Rect, parent: &str) {
        let theme = context.theme;
        let mut lines: Vec<(String, bool)> =
            self.paths.iter().enumerate().map(|(at, path)| (path.clone(), self.at == Some(at))).collect();
        if lines.is_empty() {
            let place = if parent.is_empty() { "the top".into() } else { visible(parent) };
            lines.push((format!("now in {place}"), false));
        }
        for (place, (text, is_chosen)) in area.rows().skip(1).zip(lines) {
            // The end of a path tells more than its beginning.
            let cells = usize::from(area.width);
            let text = skip_cells(&text, width(&text).saturating_sub(cells), cells);
            let style = if is_chosen { theme.cursor() } else { theme.quiet() };
            frame.render_widget(Line::styled(text, style), place);
        }
    }
}
