//! The help: the keys of the screen in groups, from its tables. Typing filters them, Enter presses the one under the
//! cursor.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use crate::domain::text::{fold, pad, width, wrap};
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys::Help;
use crate::tui::theme::Theme;
use crate::tui::widgets::dialog_frame;
use crate::tui::widgets::field::InputField;

/// The width of a column of the help in cells, and the blanks between two.
const COLUMN_WIDTH: usize = 50;
const GAP: usize = 2;
/// The most columns side by side.
const MAX_COLUMNS: usize = 2;
/// The width of the keys in cells, and the most of a column that they may take, as a divisor.
const KEYS_WIDTH: usize = 13;
const KEYS_SHARE: usize = 3;
/// The number of rows that `PgDn` moves by.
const PAGE: usize = 10;

/// The dialog of all keys.
#[derive(Debug, Clone, PartialEq)]
pub struct HelpDialog {
    /// The keys, sorted by group.
    rows: Vec<Help>,
    /// The noun for a row of the list.
    noun: &'static str,
    /// The filter line.
    pub filter: InputField,
    /// The index of the matching row that the cursor was moved to.
    at: Option<usize>,
}

/// A line of the help.
#[derive(Debug, Clone, PartialEq, Eq)]
enum HelpLine {
    Blank,
    Heading(String),
    /// A part of the row with this index among those that match.
    Row {
        index: usize,
        keys: String,
        help: String,
    },
}

/// The places of the rows.
struct HelpLayout {
    /// The columns and lines inside the frame.
    size: (u16, u16),
    columns: Vec<Vec<HelpLine>>,
    /// The width of a column.
    column: usize,
    /// The number of lines that are shown.
    rows: usize,
    /// The index of the first line that is shown.
    top: usize,
    /// The number of lines of the longest column.
    longest: usize,
}

impl HelpDialog {
    /// Creates the help for these keys; `noun` names a row of the list.
    pub fn new(mut rows: Vec<Help>, noun: &'static str) -> Self {
        rows.sort_by_key(|row| row.group);
        Self { rows, noun, filter: InputField::text(""), at: None }
    }

    fn matching(&self) -> Vec<&Help> {
        let wanted = fold(self.filter.value());
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let matches = |row: &&Help| {
            let text =
                fold(&format!("{} {} {}", row.keys().join("  "), row.help, row.group.heading(self.noun)));
            words.iter().all(|word| text.contains(word))
        };
        self.rows.iter().filter(matches).collect()
    }

    /// Returns the index of the row that Enter presses: the one under the cursor, or the first that a filter has left.
    fn chosen(&self) -> Option<usize> {
        self.at.or_else(|| (!self.filter.value().trim().is_empty()).then_some(0))
    }

    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        let last = self.matching().len().saturating_sub(1);
        let down = |rows: usize| Some(self.chosen().map_or(0, |at| at + rows).min(last));
        let up = |rows: usize| self.chosen().map(|at| at.saturating_sub(rows));
        match key.code {
            KeyCode::Esc => return vec![Ask::Close],
            KeyCode::Enter => return self.enter(),
            KeyCode::Down => self.at = down(1),
            KeyCode::Up => self.at = up(1),
            KeyCode::PageDown => self.at = down(PAGE),
            KeyCode::PageUp => self.at = up(PAGE),
            _ => {
                self.filter.press(key);
                self.at = None;
            }
        }
        Vec::new()
    }

    fn enter(&self) -> Vec<Ask> {
        let matching = self.matching();
        let Some(row) = self.chosen().and_then(|at| matching.get(at)) else { return vec![Ask::Close] };
        // A command that must be typed has no key of its own.
        let key = if row.is_typed() { Some(":") } else { row.on.first().copied() };
        let press = key.map(|key| Ask::Press(key.to_owned()));
        [Ask::Close].into_iter().chain(press).collect()
    }

    /// Returns all keys under the headings of their groups.
    pub fn text(&self) -> Vec<String> {
        let mut lines = vec!["Keys".to_owned()];
        let mut group = None;
        for row in &self.rows {
            if group != Some(row.group) {
                group = Some(row.group);
                lines.push(format!("{}:", row.group.heading(self.noun)));
            }
            lines.push(format!("{}: {}", row.keys().join("  "), row.label()));
        }
        lines
    }

    fn layout(&self, context: &Context) -> HelpLayout {
        let room = usize::from(context.body.width.saturating_sub(4));
        let count = ((room + GAP) / (COLUMN_WIDTH + GAP)).clamp(1, MAX_COLUMNS);
        let wide = if count == 1 { room.min(70) } else { room.min(count * (COLUMN_WIDTH + 10)) };
        let column = (wide + GAP) / count - GAP;
        // The box keeps its size while a filter is typed.
        let all = self.rows.iter().collect();
        let height = in_columns(self.lines(all, column), count).first().map_or(0, Vec::len) as u16 + 3;
        let size = (wide as u16, height);
        let rows = usize::from(below_filter(dialog_frame::inside(context.body, size.0, size.1)).height);
        let columns = in_columns(self.lines(self.matching(), column), count);
        let longest = columns.iter().map(Vec::len).max().unwrap_or_default();
        let top = self.top(&columns, rows).min(longest.saturating_sub(rows));
        HelpLayout { size, columns, column, rows, top, longest }
    }

    /// Takes a click: the cursor goes to the row.
    pub fn click(&mut self, context: &Context, at: Position) {
        let HelpLayout { size: (wide, height), columns, column, top, .. } = self.layout(context);
        let body = below_filter(dialog_frame::inside(context.body, wide, height));
        let line_at = |(index, lines): (usize, &Vec<HelpLine>)| {
            let line = column_place(body, index, column).rows().position(|row| row.contains(at))?;
            lines.get(top + line).cloned()
        };
        if let Some(HelpLine::Row { index, .. }) = columns.iter().enumerate().find_map(line_at) {
            self.at = Some(index);
        }
    }

    /// Draws the filter line, the keys in columns, and a line that says whether more follows.
    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        let theme = context.theme;
        let HelpLayout { size: (wide, height), columns, column, rows, top, longest } = self.layout(context);
        let inside = dialog_frame::draw(frame, context.body, theme, "Keys", wide, height);
        let (typed, cursor) = self.filter.shown(false, "");
        let prompt = Line::from(vec![Span::styled("/ ", theme.accent()), Span::raw(typed)]);
        frame.render_widget(prompt, Rect { height: 1, ..inside });
        frame.set_cursor_position((inside.x + 2 + cursor as u16, inside.y));
        let body = below_filter(inside);
        if columns.is_empty() && !body.is_empty() {
            frame.render_widget(Line::styled("no key matches", theme.quiet()), Rect { height: 1, ..body });
        }
        let keys_width = KEYS_WIDTH.min(column / KEYS_SHARE);
        for (at, lines) in columns.iter().enumerate() {
            for (row, line) in column_place(body, at, column).rows().zip(lines.iter().skip(top)) {
                frame.render_widget(self.line(theme, line, keys_width, column), row);
            }
        }
        let foot = Rect { y: inside.bottom().saturating_sub(1), height: 1, ..inside };
        let below = top + rows < longest;
        let words = more_words(theme, top > 0, below);
        frame.render_widget(Line::styled(words, theme.quiet()), foot);
    }

    /// Returns the lines for these rows in a column of this width: headings, and under each the keys of its group.
    fn lines(&self, rows: Vec<&Help>, column: usize) -> Vec<Vec<HelpLine>> {
        let keys_width = KEYS_WIDTH.min(column / KEYS_SHARE);
        let mut groups: Vec<Vec<HelpLine>> = Vec::new();
        let mut group = None;
        for (index, row) in rows.into_iter().enumerate() {
            if group != Some(row.group) {
                group = Some(row.group);
                groups.push(vec![HelpLine::Heading(row.group.heading(self.noun))]);
            }
            let keys = wrap_keys(row, keys_width);
            let help = wrap(row.help, column.saturating_sub(keys_width + 1));
            let count = keys.len().max(help.len());
            let parts = (0..count).map(|at| HelpLine::Row {
                index,
                keys: keys.get(at).cloned().unwrap_or_default(),
                help: help.get(at).copied().unwrap_or_default().to_owned(),
            });
            if let Some(lines) = groups.last_mut() {
                lines.extend(parts);
            }
        }
        groups
    }

    /// Returns the first line to draw, so that the row under the cursor is in the middle of so many rows.
    fn top(&self, columns: &[Vec<HelpLine>], rows: usize) -> usize {
        let is_chosen =
            |line: &HelpLine| matches!(line, HelpLine::Row { index, .. } if Some(*index) == self.chosen());
        let line = columns.iter().find_map(|lines| lines.iter().position(is_chosen));
        line.map_or(0, |line| line.saturating_sub(rows / 2))
    }

    fn line(&self, theme: Theme, line: &HelpLine, keys_width: usize, column: usize) -> Line<'static> {
        match line {
            HelpLine::Blank => Line::raw(""),
            HelpLine::Heading(heading) => Line::styled(heading.clone(), theme.strong()),
            HelpLine::Row { index, keys, help } => {
                let here = Some(*index) == self.chosen();
                let style = if here { theme.cursor() } else { theme.plain() };
                let keys_style = if here { theme.cursor() } else { theme.accent() };
                let help = pad(help, column.saturating_sub(keys_width + 1));
                Line::from(vec![
                    Span::styled(pad(keys, keys_width), keys_style),
                    Span::styled(format!(" {help}"), style),
                ])
            }
        }
    }
}

/// Returns the area of the rows: below the filter line, above the line that says whether more follows.
fn below_filter(inside: Rect) -> Rect {
    Rect { y: inside.y + 1, height: inside.height.saturating_sub(2), ..inside }
}

/// Returns the place of a column of this width.
fn column_place(body: Rect, at: usize, column: usize) -> Rect {
    let x = body.x + (at * (column + GAP)) as u16;
    Rect { x, width: (column as u16).min(body.right().saturating_sub(x)), ..body }
}

/// Puts as many keys on a line as fit.
fn wrap_keys(row: &Help, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for key in row.keys() {
        match lines.last_mut() {
            Some(line) if width(line) + 2 + width(&key) <= room => *line = format!("{line}  {key}"),
            Some(_) | None => lines.push(key),
        }
    }
    lines
}

/// Distributes groups over columns, so that the longest one is as short as can be; no group is torn.
fn in_columns(groups: Vec<Vec<HelpLine>>, count: usize) -> Vec<Vec<HelpLine>> {
    let lengths: Vec<usize> = groups.iter().map(|group| group.len() + 1).collect();
    let total: usize = lengths.iter().sum();
    let longest = |split: usize| {
        let first: usize = lengths.iter().take(split).sum();
        first.max(total - first)
    };
    let split =
        if count == 1 { groups.len() } else { (0..=groups.len()).min_by_key(|at| longest(*at)).unwrap_or(0) };
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for (at, group) in groups.into_iter().enumerate() {
        let column = if at < split { &mut first } else { &mut second };
        if !column.is_empty() {
            column.push(HelpLine::Blank);
        }
        column.extend(group);
    }
    [first, second].into_iter().filter(|column| !column.is_empty()).collect()
}

/// Says whether there is more above and below.
fn more_words(theme: Theme, above: bool, below: bool) -> String {
    let up = theme.shape("▴", "^");
    let down = theme.shape("▾", "v");
    match (above, below) {
        (false, false) => String::new(),
        (true, false) => format!("{up} more above"),
        (false, true) => format!("{down} more below"),
        (true, true) => format!("{up} {down} more above and below"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::Group;
    use crate::tui::testing::keys;

    const ROWS: [Help; 4] = [
        Help {
            on: &["ctrl-d"],
            name: "half-page-down",
            group: Group::Move,
            hint: "",
            help: "half a page down",
        },
        Help { on: &["c"], name: "confirm", group: Group::Row, hint: "confirm", help: "confirm the account" },
        Help { on: &[":N"], name: "row N", group: Group::Move, hint: "", help: "to row N" },
        Help { on: &["o p"], name: "pending", group: Group::Go, hint: "", help: "pending accounts" },
    ];

    fn press(script: &str) -> (HelpDialog, Vec<Ask>) {
        let mut help = HelpDialog::new(ROWS.to_vec(), "account");
        let asks = keys(script).into_iter().flat_map(|key| help.press(key)).collect();
        (help, asks)
    }

    fn found(help: &HelpDialog) -> Vec<&'static str> {
        help.matching().iter().map(|row| row.name).collect()
    }

    #[test]
    fn typing_filters_by_words_by_keys_and_by_groups() {
        for (typed, name) in
            [("PAGE", "half-page-down"), ("ctrl", "half-page-down"), ("this confirm", "confirm")]
        {
            let (help, asks) = press(typed);
            assert_eq!((found(&help), asks), (vec![name], vec![]), "{typed}");
        }
        assert_eq!(press("PAGE<esc>").1, [Ask::Close]);
    }

    #[test]
    fn groups_come_in_their_order_with_headings() {
        let (help, _) = press("");
        assert_eq!(found(&help), ["confirm", "half-page-down", "row N", "pending"]);
        let columns = in_columns(help.lines(help.matching(), 50), 1);
        let headings = columns[0].iter().filter_map(|line| match line {
            HelpLine::Heading(heading) => Some(heading.as_str()),
            HelpLine::Blank | HelpLine::Row { .. } => None,
        });
        assert_eq!(headings.collect::<Vec<_>>(), ["This account", "Move", "Go to"]);
        assert_eq!(in_columns(help.lines(help.matching(), 50), 2).len(), 2);
    }

    #[test]
    fn enter_presses_what_was_chosen_and_nothing_else() {
        let run = |key: &str| vec![Ask::Close, Ask::Press(key.into())];
        assert_eq!(press("<enter>").1, [Ask::Close], "nothing was chosen");
        assert_eq!(press("pend<enter>").1, run("o p"));
        assert_eq!(press("<down><down><enter>").1, run("ctrl-d"));
        assert_eq!(press("<down><down><up><enter>").1, run("c"));
        assert_eq!(press("<pagedown><pagedown><enter>").1, run("o p"));
        assert_eq!(press("row n<enter>").1, run(":"), "its number must be typed");
        assert_eq!(press("nonsense<enter>").1, [Ask::Close]);
    }
}
