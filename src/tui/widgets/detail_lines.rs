//! Lines of labels and values, wrapped below themselves.

use std::borrow::Cow;
use std::iter;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::text::{pad, visible_name, width, wrap};
use crate::tui::theme::Theme;

/// The width of the label with its indent, and the indent, in cells.
pub const LABEL: usize = 14;
pub const INDENT: usize = 2;

/// Returns a line of details: a quiet label of fixed width, then the value.
fn detail_line(theme: Theme, label: &str, value: Span<'static>) -> Line<'static> {
    Line::from(vec![Span::styled(pad(label, LABEL), theme.quiet()), value])
}

/// The lines of the details of a row: a title, then sections with headings. A section without lines has no heading.
#[derive(Debug)]
pub struct Details {
    theme: Theme,
    lines: Vec<Line<'static>>,
    /// The heading of a section that has no line yet.
    heading: Option<&'static str>,
}

impl Details {
    /// Creates details with a title, and a quiet line below it.
    pub fn new(theme: Theme, title: &str, below: String) -> Self {
        let title = Line::styled(visible_name(title).into_owned(), theme.strong());
        Self { theme, lines: vec![title, Line::styled(below, theme.quiet())], heading: None }
    }

    /// Begins a section. Its heading appears with the first line below it.
    pub fn section(&mut self, heading: &'static str) {
        self.heading = Some(heading);
    }

    /// Adds a line with a label; hostile characters are made visible.
    pub fn line(&mut self, label: &str, value: impl AsRef<str>) {
        self.styled(label, value, self.theme.plain());
    }

    /// Adds a styled line with a label.
    pub fn styled(&mut self, label: &str, value: impl AsRef<str>, style: Style) {
        self.begin();
        let label = format!("{:INDENT$}{label}", "");
        let value = visible_name(value.as_ref()).into_owned();
        self.lines.push(detail_line(self.theme, &label, Span::styled(value, style)));
    }

    /// Adds a line without a label.
    pub fn text(&mut self, text: impl AsRef<str>, style: Style) {
        self.begin();
        let text = Span::styled(visible_name(text.as_ref()).into_owned(), style);
        self.lines.push(Line::from(vec![Span::raw(" ".repeat(INDENT)), text]));
    }

    /// Adds a line whose label has another width.
    pub fn push(&mut self, line: Line<'static>) {
        self.begin();
        self.lines.push(line);
    }

    /// Adds a hint that belongs to no section.
    pub fn note(&mut self, words: &'static str) {
        self.lines.extend([Line::raw(""), Line::styled(words, self.theme.quiet())]);
    }

    fn begin(&mut self) {
        if let Some(heading) = self.heading.take() {
            self.lines.push(Line::raw(""));
            self.lines.push(Line::styled(heading, self.theme.strong()));
        }
    }

    /// Returns all lines, the title first.
    pub fn into_lines(self) -> Vec<Line<'static>> {
        self.lines
    }
}

/// Returns a line of details as text: label, colon, value.
pub fn detail_text(line: &Line<'_>) -> String {
    match line.spans.as_slice() {
        [label, value] if !label.content.trim().is_empty() => {
            format!("{}: {}", label.content.trim(), value.content.trim())
        }
        _ => line.to_string().trim().to_owned(),
    }
}

/// The indent of a value below its label, in cells.
const BELOW: usize = 4;

/// Wraps a line of details; the value goes on below itself. Where it takes no more lines so, all of it stands below its
/// label.
pub fn wrapped(line: &Line<'_>, columns: usize) -> Vec<Line<'static>> {
    let (label, value) = match line.spans.as_slice() {
        [label, value] => (Some(label), value),
        [value] => (None, value),
        _ => return vec![Line::raw("")],
    };
    let indent = label.map_or(0, Span::width);
    let room = columns.saturating_sub(indent).max(2);
    let style = line.style.patch(value.style);
    let head = |at| match label {
        Some(label) if at == 0 => Span::styled(label.content.to_string(), label.style),
        _ => Span::raw(" ".repeat(indent)),
    };
    let text = together(&value.content, room);
    let parts = wrap(&text, room);
    let below = wrap(&text, columns.saturating_sub(BELOW).max(2));
    let span = |part: &str| Span::styled(part.replace(JOINT, " "), style);
    if let Some(label) = label.filter(|_| below.len() < parts.len()) {
        let label = Line::from(Span::styled(label.content.trim_end().to_owned(), label.style));
        let indented = |part: &str| Line::from(vec![Span::raw(" ".repeat(BELOW)), span(part)]);
        return iter::once(label).chain(below.into_iter().map(indented)).collect();
    }
    let parts = parts.into_iter().enumerate();
    parts.map(|(at, part)| Line::from(vec![head(at), span(part)])).collect()
}

/// Stands for a blank at which no line is broken.
const JOINT: &str = "\u{a0}";
/// Stands between two facts on a line.
const DOT: &str = " · ";

/// Returns the text with its facts, such as `session 12 · account 3`, each held together if they fit on a line.
fn together(text: &str, room: usize) -> Cow<'_, str> {
    let mut facts = text.split(DOT);
    if !text.contains(DOT) || facts.any(|fact| width(fact) + 2 > room) {
        return text.into();
    }
    let facts: Vec<_> = text.split(DOT).map(|fact| fact.replace(' ', JOINT)).collect();
    facts.join(&format!("{JOINT}· ")).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::context;

    #[test]
    fn a_section_without_lines_has_no_heading() {
        let mut details = Details::new(context(80, 24).theme, "ada", "account 1".into());
        details.section("Account");
        details.section("Home");
        details.line("Path", "00001_ADA\u{1b}[2J");
        let lines: Vec<_> = details.into_lines().iter().map(Line::to_string).collect();
        assert_eq!(lines, ["ada", "account 1", "", "Home", "  Path        00001_ADA␛[2J"]);
    }

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

    #[test]
    fn a_fact_is_not_torn_from_its_number() {
        let line = Line::raw("entry 22 · session 695 · account 1");
        assert_eq!(texts(&line, 33), ["entry 22 · session 695 ·", "account 1"]);
        assert_eq!(texts(&line, 34), ["entry 22 · session 695 · account 1"]);
        assert_eq!(texts(&line, 8), ["entry 22", "·", "session", "695 ·", "account", "1"]);
    }

    #[test]
    fn a_value_that_is_whole_below_its_label_stands_there() {
        let line = Line::from(vec![Span::raw("  Email       "), Span::raw("ada@nexus.example")]);
        assert_eq!(texts(&line, 31), ["  Email       ada@nexus.example"]);
        assert_eq!(texts(&line, 24), ["  Email", "    ada@nexus.example"]);
        // Where it would take a line more, it does not.
        assert_eq!(texts(&line, 16).len(), 3);
    }
}
