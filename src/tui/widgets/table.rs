//! Tables: headings, and rows of cells that are safe to draw.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::domain::columns::{Column, GAP, Room, Shown, layout};
use crate::domain::text::{clip, cut, grouped, pad, visible_name, width};
use crate::domain::time::Timestamp;
use crate::tui::context::Context;
use crate::tui::theme::{Mark, Theme};
use crate::tui::widgets::drawn::put;

/// The width before the first column in cells: the bar of the cursor, the mark, a blank.
pub const GUTTER: u16 = 3;

/// A piece of text in a table. Hostile characters are made visible on the way in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell<'a> {
    shape: Option<(&'static str, Style)>,
    /// The text drawn before it, such as a tree's branches.
    lead: Cow<'a, str>,
    text: Cow<'a, str>,
    /// The text to draw where there is no room for the whole one.
    short: Option<Cow<'a, str>>,
    style: Style,
    /// A text at the right end of the column, before which the other text is cut.
    end: Option<(Cow<'a, str>, Style)>,
}

impl<'a> Cell<'a> {
    /// Creates a cell of plain text.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self::styled(text, Style::new())
    }

    /// Creates a cell of styled text.
    pub fn styled(text: impl Into<Cow<'a, str>>, style: Style) -> Self {
        Self { text: visible_text(text.into()), style, ..Self::default() }
    }

    /// Creates a cell of a number; a zero is quiet.
    pub fn number(theme: Theme, number: u64) -> Self {
        let style = if number == 0 { theme.quiet() } else { theme.plain() };
        Self::styled(grouped(number), style)
    }

    /// Creates a cell of a time; the dash for no time is quiet.
    pub fn moment(context: &Context, time: Option<Timestamp>) -> Self {
        let style = if time.is_none() { context.theme.quiet() } else { context.theme.plain() };
        Self::styled(context.moment(time), style)
    }

    /// Creates a cell with the shape of a state, then its word.
    pub fn mark(mark: Mark) -> Self {
        Self::shaped(mark, mark.word)
    }

    /// Creates a cell with the shape of a state, then other text in its style.
    pub fn shaped(mark: Mark, text: impl Into<Cow<'a, str>>) -> Self {
        let text = Self::indented(" ", text, mark.style);
        Self { shape: Some((mark.shape, mark.style)), ..text }
    }

    /// Adds a text at the right end of the column.
    pub fn ending(self, end: impl Into<Cow<'a, str>>, style: Style) -> Self {
        Self { end: Some((visible_text(end.into()), style)), ..self }
    }

    /// Returns styled text behind what the table itself draws.
    pub fn indented(drawn: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>, style: Style) -> Self {
        Self { lead: drawn.into(), ..Self::styled(text, style) }
    }

    /// Sets the text to draw where there is no room for the whole one, behind what is drawn before that.
    pub fn or_short(self, short: impl Into<Cow<'a, str>>) -> Self {
        Self { short: Some(visible_text(short.into())), ..self }
    }

    /// Returns the whole text with its shape, and in parentheses what stands at the right end, for a line that is read.
    pub fn whole(&self) -> String {
        let text = format!("{}{}{}", self.shape.map_or("", |(shape, _)| shape), self.lead, self.text);
        match &self.end {
            Some((end, _)) => format!("{} ({})", text.trim(), end.trim()),
            None => text.trim().to_owned(),
        }
    }

    /// Returns the width in cells.
    pub fn width(&self) -> usize {
        let end = self.end.as_ref().map_or(0, |(end, _)| usize::from(GAP) + width(end));
        self.shape.map_or(0, |(shape, _)| width(shape)) + width(&self.lead) + width(&self.text) + end
    }
}

/// Returns a text with its hostile characters made visible.
fn visible_text(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => visible_name(text),
        Cow::Owned(text) => match visible_name(&text) {
            Cow::Borrowed(_) => text.into(),
            Cow::Owned(shown) => shown.into(),
        },
    }
}

/// The state of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowState {
    pub cursor: bool,
    pub marked: bool,
    /// Set while keys are for something beside the table.
    pub unfocused: bool,
}

/// A table on the screen, its columns laid out for a width.
#[derive(Debug)]
pub struct Table<'a> {
    theme: Theme,
    shown: Vec<(&'a Column, Shown)>,
}

impl<'a> Table<'a> {
    /// Lays out the columns for the room that there is.
    pub fn new(theme: Theme, columns: &'a [Column], room: Room<'_>) -> Self {
        let shown = layout(columns, room).into_iter();
        let shown = shown.filter_map(|shown| Some((columns.get(shown.at)?, shown))).collect();
        Self { theme, shown }
    }

    /// Returns the keys of the columns that are shown, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.shown.iter().flat_map(|(column, _)| column.keys).copied()
    }

    /// Returns true if a column is shown with its words.
    pub fn has(&self, at: usize) -> bool {
        self.shown.iter().any(|(_, shown)| shown.at == at && !shown.is_shape)
    }

    /// Returns the indices of the columns that show the whole of their cells in a row.
    pub fn whole<'c>(&self, cell: impl Fn(usize) -> Option<Cell<'c>>) -> impl Iterator<Item = usize> {
        let is_whole =
            move |shown: &Shown| cell(shown.at).is_some_and(|cell| cell.width() <= usize::from(shown.width));
        self.shown.iter().map(|(_, shown)| *shown).filter(is_whole).map(|shown| shown.at)
    }

    /// Returns the columns that are shown, each with the cells that it takes of a line.
    fn places(&self, line: Rect) -> impl Iterator<Item = (&'a Column, Shown, Rect)> {
        let mut x = line.x + GUTTER;
        self.shown.iter().map(move |(column, shown)| {
            let place = Rect { x, width: shown.width, height: 1, ..line };
            x += shown.width + GAP;
            (*column, *shown, place)
        })
    }

    /// Returns the index of the column that is drawn at `x` of a line, with the gap behind it.
    pub fn column_at(&self, line: Rect, x: u16) -> Option<usize> {
        let mut places = self.places(line);
        let found = places.find(|(.., place)| (place.x..place.right() + GAP).contains(&x));
        found.map(|(_, shown, _)| shown.at)
    }

    /// Draws the headings; `sorted` is the index of the column that the rows are sorted by, and true for descending
    /// order. The arrow is drawn whole, whatever the heading loses.
    pub fn header(&self, frame: &mut Frame<'_>, area: Rect, sorted: Option<(usize, bool)>) {
        let area = area.intersection(frame.area());
        for (column, shown, place) in self.places(area).filter(|_| !area.is_empty()) {
            let arrow = sorted.filter(|(by, _)| *by == shown.at && !shown.is_shape);
            let arrow = arrow.map(|(_, down)| arrow_of(self.theme, down));
            let title = if shown.is_shape { "" } else { column.title };
            let room = usize::from(shown.width).saturating_sub(arrow.map_or(0, |arrow| width(arrow) + 1));
            let text = clip(title, room).into_owned();
            let text = arrow.map_or(text.clone(), |arrow| format!("{text} {arrow}"));
            let style = if arrow.is_some() { self.theme.plain() } else { self.theme.quiet() };
            draw(frame, place, column, &Cell::indented(text, "", style), |style| style);
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

    /// Draws a row; `cell` returns the one of the column with an index, and is asked for those that are shown.
    pub fn row<'c>(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        cell: impl Fn(usize) -> Option<Cell<'c>>,
        state: RowState,
    ) {
        let theme = self.theme;
        let area = area.intersection(frame.area());
        if area.is_empty() {
            return;
        }
        let is_bar = state.cursor && !state.unfocused;
        // The row under the cursor is one bar that no colour of a cell interrupts; without the focus it is bold.
        let styled = |style: Style| match (state.cursor, state.unfocused) {
            (true, false) => theme.cursor(),
            (true, true) => style.patch(theme.strong()),
            (false, _) => style,
        };
        let buffer = frame.buffer_mut();
        if state.cursor {
            let style = if state.unfocused { theme.quiet() } else { theme.accent() };
            put(buffer, area.x, area.y, theme.shape("▌", ">"), 1, style);
        }
        if is_bar {
            buffer
                .set_style(Rect { x: area.x + 1, width: area.width - 1, height: 1, ..area }, theme.cursor());
        }
        if state.marked {
            put(buffer, area.x + 1, area.y, theme.shape("✓", "+"), 1, styled(theme.accent()));
        }
        for (column, shown, place) in self.places(area) {
            if let Some(cell) = cell(shown.at) {
                draw(frame, place, column, &cell, styled);
            }
        }
    }
}

/// Returns the arrow of an order.
pub fn arrow_of(theme: Theme, is_descending: bool) -> &'static str {
    if is_descending { theme.shape("▾", "v") } else { theme.shape("▴", "^") }
}

/// Draws a cell into its place.
fn draw(
    frame: &mut Frame<'_>,
    place: Rect,
    column: &Column,
    cell: &Cell<'_>,
    styled: impl Fn(Style) -> Style,
) {
    let Rect { mut x, y, .. } = place;
    let mut room = usize::from(place.width);
    let buffer = frame.buffer_mut();
    let is_whole = cell.width() <= room;
    if let Some((end, style)) = &cell.end {
        let end = clip(end, room);
        let at = room - width(&end);
        put(buffer, place.x + at as u16, y, &end, room - at, styled(*style));
        room = at.saturating_sub(usize::from(GAP));
    }
    if let Some((shape, style)) = cell.shape {
        let after = put(buffer, x, y, shape, room, styled(style));
        room = room.saturating_sub((after - x).into());
        x = after;
    }
    let style = styled(cell.style);
    if is_whole {
        if column.right {
            x += room.saturating_sub(width(&cell.lead) + width(&cell.text)) as u16;
        }
        let x = put(buffer, x, y, &cell.lead, room, style);
        put(buffer, x, y, &cell.text, room, style);
        return;
    }
    // A shape alone stands without the mark of what is left out.
    if room <= 1 && cell.shape.is_some() {
        return;
    }
    let text = cell.short.as_ref().unwrap_or(&cell.text);
    let text = cut(&format!("{}{text}", cell.lead), room, column.cut);
    if column.right {
        x += room.saturating_sub(width(&text)) as u16;
    }
    put(buffer, x, y, &text, room, style);
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

    #[test]
    fn wide_letters_are_never_cut_in_two() {
        assert_eq!(skip_cells("李小龍", 0, 4), "李小");
        assert_eq!(skip_cells("李小龍", 1, 4), "小  ");
    }

    #[test]
    fn a_text_is_cut_before_the_one_at_the_end() {
        let mut terminal = Terminal::new(TestBackend::new(23, 1)).unwrap();
        let theme = Theme::new(TerminalFeatures { colour: false, unicode: true });
        let columns = [Column::new("What", &[], 18, 0, 0)];
        let cell = Cell::new("suspended alan").ending("2 more", Style::new());
        let draw = |frame: &mut Frame<'_>| {
            let room = Room { gutter: GUTTER, table: 23, terminal: 23, content: &[22], ..Room::default() };
            Table::new(theme, &columns, room).row(
                frame,
                frame.area(),
                |_| Some(cell.clone()),
                RowState::default(),
            );
        };
        terminal.draw(draw).unwrap();
        assert_eq!(text(&terminal), "   suspended a…  2 more");
    }

    #[test]
    fn cells_are_safe_to_draw() {
        assert_eq!(Cell::new("a\x1b[2J").text, "a␛[2J");
    }
}
