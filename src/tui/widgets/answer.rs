//! The answer to something that was sent, in lines below the fields of a form.

use ratatui::style::Style;
use ratatui::text::Line;

use crate::domain::text::{visible, wrap};
use crate::service::contract::Failure;
use crate::tui::theme::Theme;

/// Returns a text in lines of so many cells.
pub fn lines(text: &str, style: Style, cells: usize) -> Vec<Line<'static>> {
    wrap(&visible(text), cells).into_iter().map(|part| Line::styled(part.to_owned(), style)).collect()
}

/// Returns a refusal with its hint in lines of so many cells.
pub fn refusal(failure: &Failure, theme: Theme, cells: usize) -> Vec<Line<'static>> {
    let mut answer = lines(&format!("{}{}", theme.sign("×", "x"), failure.message), theme.bad(), cells);
    answer.extend(failure.hint.as_ref().into_iter().flat_map(|hint| lines(hint, theme.quiet(), cells)));
    answer
}
