//! Tables: columns that are left out on a narrow terminal, and rows of cells that are safe to draw.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::domain::text::{clip, pad, visible_name, width};
use crate::tui::theme::{Mark, Theme};

/// The width before the first column in cells: the bar of the cursor, the mark, a blank.
const GUTTER: u16 = 3;
/// The gap after each column in cells.
const GAP: u16 = 2;

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub title: &'static str,
    /// The minimum width in cells.
    pub least: u16,
    /// The share of the spare width; 0 keeps the column at its minimum.
    pub share: u16,
    /// Aligns the text to the right (numbers).
    pub right: bool,
    /// The width of the table from which the column is shown.
    pub from_width: u16,
    /// The width of the table from which the column is left out.
    pub below_width: u16,
}

impl Column {
    /// Creates a column of text aligned to the left.
    pub const fn new(title: &'static str, least: u16, share: u16, from_width: u16) -> Self {
        Self { title, least, share, right: false, from_width, below_width: u16::MAX }
    }

    /// Restricts the column to tables narrower than `width`.
    pub const fn below(self, width: u16) -> Self {
        Self { below_width: width, ..self }
    }

    /// Aligns the text to the right.
    pub const fn right(self) -> Self {
        Self { right: true, ..self }
    }
}

/// A piece of text in a table. Hostile characters are made visible on the way in.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    shape: Option<(&'static str, Style)>,
    text: String,
    style: Style,
    /// A text at the right end of the column, before which the other text is cut.
    end: Option<(String, Style)>,
}

impl Cell {
    /// Creates a cell of plain text.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self::styled(text, Style::new())
    }

    /// Creates a cell of styled text.
    pub fn styled(text: impl AsRef<str>, style: Style) -> Self {
        Self { shape: None, text: visible_name(text.as_ref()).into_owned(), style, end: None }
    }

    /// Creates a cell with the shape of a state, then its word.
    pub fn mark(mark: Mark) -> Self {
        Self::shaped(mark, mark.word)
    }

    /// Creates a cell with the shape of a state, then other text in its style.
    pub fn shaped(mark: Mark, text: impl AsRef<str>) -> Self {
        let text = Self::indented(" ", text, mark.style);
        Self { shape: Some((mark.shape, mark.shape_style)), ..text }
    }

    /// Adds a text at the right end of the column.
    pub fn ending(self, end: impl AsRef<str>, style: Style) -> Self {
        Self { end: Some((visible_name(end.as_ref()).into_owned(), style)), ..self }
    }

    /// Styled text behind what the table itself draws.
    pub fn indented(drawn: &str, text: impl AsRef<str>, style: Style) -> Self {
        Self { shape: None, text: drawn.to_owned() + &visible_name(text.as_ref()), style, end: None }
    }
}

/// Returns the columns that a table of `width` cells shows, and the width of each.
pub fn layout(columns: &[Column], width: u16) -> Vec<(usize, u16)> {
    let shown: Vec<(usize, &Column)> = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| (column.from_width..column.below_width).contains(&width))
        .collect();
    let taken: u16 = GUTTER + shown.iter().map(|(_, column)| column.least + GAP).sum::<u16>();
    let spare = width.saturating_sub(taken);
    let shares: u16 = shown.iter().map(|(_, column)| column.share).sum();
    shown
        .into_iter()
        .map(|(index, column)| {
            let more =
                if shares == 0 { 0 } else { u32::from(spare) * u32::from(column.share) / u32::from(shares) };
            (index, column.least + more as u16)
        })
        .collect()
}

/// The state of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowState {
    pub cursor: bool,
    pub marked: bool,
}

/// A table on the screen, its columns laid out for a width.
#[derive(Debug)]
pub struct Table<'a> {
    theme: Theme,
    /// The columns that are shown, with their indices and widths.
    shown: Vec<(&'a Column, usize, u16)>,
}

impl<'a> Table<'a> {
    /// Lays a table out for a width in cells.
    pub fn new(theme: Theme, columns: &'a [Column], width: u16) -> Self {
        let shown = layout(columns, width).into_iter();
        let shown = shown.filter_map(|(at, cells)| Some((columns.get(at)?, at, cells))).collect();
        Self { theme, shown }
    }

    /// Draws the headings; `sorted` is the index of the column that the rows are sorted by, and true for descending
    /// order.
    pub fn header(&self, frame: &mut Frame<'_>, area: Rect, sorted: Option<(usize, bool)>) {
        let heading = |column: &Column, at| match sorted {
            Some((by, down)) if by == at => {
                let arrow = self.theme.shape(if down { "▾" } else { "▴" }, if down { "v" } else { "^" });
                Cell::indented(&format!("{} {arrow}", column.title), "", self.theme.quiet())
            }
            _ => Cell::indented(column.title, "", self.theme.quiet()),
        };
        let area = area.intersection(frame.area());
        let mut x = area.x + GUTTER;
        for (column, at, cells) in self.shown.iter().filter(|_| !area.is_empty()) {
            draw(frame, (x, area.y), column, *cells, &heading(column, *at), |style| style);
            x += cells + GAP;
        }
    }

    /// Draws the heading of a group of rows.
    pub fn heading(&self, frame: &mut Frame<'_>, area: Rect, text: &str) {
        let area = area.intersection(frame.area());
        if !area.is_empty() {
            let text = clip(text, usize::from(area.width.saturating_sub(GUTTER))).into_owned();
            frame.buffer_mut().set_string(area.x + GUTTER, area.y, text, self.theme.quiet());
        }
    }

    /// Draws a row; `cells` are in the order of the columns.
    pub fn row(&self, frame: &mut Frame<'_>, area: Rect, cells: &[Cell], state: RowState) {
        let theme = self.theme;
        let area = area.intersection(frame.area());
        if area.is_empty() {
            return;
        }
        // The row under the cursor is one bar that no colour of a cell interrupts.
        let styled = |style: Style| if state.cursor { theme.cursor() } else { style };
        let buffer = frame.buffer_mut();
        if state.cursor {
            buffer.set_string(area.x, area.y, theme.shape("▌", ">"), theme.accent());
            buffer
                .set_style(Rect { x: area.x + 1, width: area.width - 1, height: 1, ..area }, theme.cursor());
        }
        if state.marked {
            buffer.set_string(area.x + 1, area.y, theme.shape("✓", "+"), styled(theme.accent()));
        }
        let mut x = area.x + GUTTER;
        for (column, at, room) in &self.shown {
            if let Some(cell) = cells.get(*at) {
                draw(frame, (x, area.y), column, *room, cell, styled);
            }
            x += room + GAP;
        }
    }
}

/// Draws a cell into the `room` cells from `place` on.
fn draw(
    frame: &mut Frame<'_>,
    place: (u16, u16),
    column: &Column,
    room: u16,
    cell: &Cell,
    styled: impl Fn(Style) -> Style,
) {
    let (mut x, y) = place;
    let mut room = usize::from(room);
    let buffer = frame.buffer_mut();
    if let Some((end, style)) = &cell.end {
        let end = clip(end, room);
        let at = room - width(&end);
        buffer.set_string(x + at as u16, y, &end, styled(*style));
        room = at.saturating_sub(usize::from(GAP));
    }
    if let Some((shape, style)) = cell.shape {
        let after = buffer.set_stringn(x, y, shape, room, styled(style)).0;
        room = room.saturating_sub((after - x).into());
        x = after;
    }
    let text = clip(&cell.text, room);
    if column.right {
        x += room.saturating_sub(width(&text)) as u16;
    }
    buffer.set_string(x, y, text, styled(cell.style));
}

/// Returns the part of `text` from the cell `skip` on, filled or cut to exactly `cells` cells.
pub fn skip_cells(text: &str, skip: usize, cells: usize) -> String {
    let mut at = 0;
    let mut kept = String::new();
    for letter in text.graphemes(true) {
        if at >= skip && at + width(letter) <= skip + cells {
            kept.push_str(letter);
        }
        at += width(letter);
    }
    pad(&kept, cells)
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::tui::testing::text;
    use crate::tui::theme::TerminalFeatures;

    const COLUMNS: &[Column] = &[
        Column::new("Status", 11, 0, 60),
        Column::new("Username", 10, 1, 0),
        Column::new("Name", 10, 2, 50),
        Column::new("Sessions", 8, 0, 100).right(),
    ];

    #[test]
    fn columns_give_way_when_it_is_narrow() {
        let shown = |width| layout(COLUMNS, width).into_iter().map(|(index, _)| index).collect::<Vec<_>>();
        assert_eq!(shown(120), [0, 1, 2, 3]);
        assert_eq!(shown(80), [0, 1, 2]);
        assert_eq!(shown(40), [1]);
    }

    #[test]
    fn a_table_never_takes_more_than_it_has() {
        for width in 30..200 {
            let used: u16 = GUTTER + layout(COLUMNS, width).iter().map(|(_, cells)| cells + GAP).sum::<u16>();
            assert!(used <= width, "{used} > {width}");
        }
    }

    #[test]
    fn wide_letters_are_never_cut_in_two() {
        assert_eq!(skip_cells("李小龍", 0, 4), "李小");
        assert_eq!(skip_cells("李小龍", 1, 4), "小  ");
    }

    #[test]
    fn a_text_is_cut_before_the_one_at_the_end() {
        let mut terminal = Terminal::new(TestBackend::new(23, 1)).unwrap();
        let theme = Theme::new(TerminalFeatures { colour: false, unicode: true });
        let columns = [Column::new("What", 18, 0, 0)];
        let cell = Cell::new("suspended alan").ending("2 more", Style::new());
        let draw = |frame: &mut Frame<'_>| {
            Table::new(theme, &columns, 23).row(frame, frame.area(), &[cell], RowState::default());
        };
        terminal.draw(draw).unwrap();
        assert_eq!(text(&terminal), "   suspended…  2 more");
    }

    #[test]
    fn cells_are_safe_to_draw() {
        assert_eq!(Cell::new("a\x1b[2J").text, "a␛[2J");
    }
}
