//! Lines of labels and values, wrapped below themselves.

use ratatui::text::{Line, Span};

use crate::domain::text::{pad, wrap};
use crate::tui::theme::Theme;

/// The width of the label in cells.
pub const LABEL: usize = 13;

/// Returns a line of details: a quiet label of fixed width, then the value.
pub fn detail_line(theme: Theme, label: &str, value: Span<'static>) -> Line<'static> {
    Line::from(vec![Span::styled(pad(label, LABEL), theme.quiet()), value])
}

/// Wraps a line of details; the value goes on below itself, not below its label.
pub fn wrapped(line: &Line<'_>, width: usize) -> Vec<Line<'static>> {
    let (label, value) = match line.spans.as_slice() {
        [label, value] => (Some(label), value),
        [value] => (None, value),
        _ => return vec![Line::raw("")],
    };
    let indent = label.map_or(0, Span::width);
    let room = width.saturating_sub(indent).max(2);
    let style = line.style.patch(value.style);
    let head = |at| match label {
        Some(label) if at == 0 => Span::styled(label.content.to_string(), label.style),
        _ => Span::raw(" ".repeat(indent)),
    };
    let parts = wrap(&value.content, room).into_iter().enumerate();
    parts.map(|(at, part)| Line::from(vec![head(at), Span::styled(part.to_owned(), style)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &Line<'_>, width: usize) -> Vec<String> {
        wrapped(line, width).iter().map(|line| line.to_string().trim_end().to_owned()).collect()
    }

    #[test]
    fn long_values_go_on_below_themselves() {
        let line = Line::from(vec![Span::raw("Home  "), Span::raw("none yet: made later")]);
        assert_eq!(texts(&line, 16), ["Home  none yet:", "      made later"]);
        let line = Line::from(vec![Span::raw("Id  "), Span::raw("0123456789")]);
        assert_eq!(texts(&line, 10), ["Id  012345", "    6789"]);
    }
}
