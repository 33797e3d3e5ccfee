//! The drawing of a list screen: headings, rows, and the details beside them.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

use crate::domain::columns::Room;
use crate::tui::context::Context;
use crate::tui::widgets::bars;
use crate::tui::widgets::detail_lines::wrapped;
use crate::tui::widgets::drawn;
use crate::tui::widgets::table::{Cell, GUTTER, RowState, Table, arrow_of};

use super::detail_pane::{MARGINS, is_wide};
use super::list_screen::ListScreen;
use super::listing::{ListSpec, RowShown};

/// A line of a list.
enum ListLine<'r, R> {
    /// The heading of a group of rows.
    Group(String),
    /// A row by its position; `None` while it is loading.
    Row(u64, Option<&'r R>),
}

/// The part of a list screen that is drawn at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drawn {
    /// The heading of the column with this index.
    Heading(usize),
    Row {
        at: u64,
        id: i64,
    },
    Detail,
}

impl<S: ListSpec> ListScreen<S> {
    /// Returns the number of lines above the headings: the status line, and that of the crumbs.
    pub(super) fn lines_above() -> u16 {
        1 + u16::from(S::STYLE.crumbs.is_some())
    }

    /// Returns the lines of the details, wrapped for their pane.
    pub(super) fn detail_lines(&self, context: &Context) -> Vec<Line<'static>> {
        let (list, area) = self.pane.areas(context);
        let Some(row) = &self.detail_row else { return Vec::new() };
        let shown = if list.is_empty() { RowShown::default() } else { self.shown_of(context, row, list) };
        let lines = (S::STYLE.detail)(context, row, self.detail_of(row), shown);
        let columns = usize::from(area.width.saturating_sub(MARGINS));
        lines.iter().flat_map(|line| wrapped(line, columns)).collect()
    }

    /// Returns the columns that show the whole of their values in a row.
    fn shown_of(&self, context: &Context, row: &S::Row, list: Rect) -> RowShown {
        let table = self.table(context, list);
        table.whole(|at| self.cell(context, row, at)).collect()
    }

    /// Returns the cell of a row in the column with this index.
    fn cell<'r>(&self, context: &Context, row: &'r S::Row, at: usize) -> Option<Cell<'r>> {
        S::STYLE.cells.get(at).map(|cell| cell(context, row, self.list.filter()))
    }

    fn sorted(&self) -> Option<(usize, bool)> {
        let sort = self.list.sort();
        (S::STYLE.sorted_column)(sort.column).map(|at| (at, sort.descending))
    }

    fn table(&self, context: &Context, list: Rect) -> Table<'static> {
        let widths = self.list.widths(context, &self.wanted_columns(context));
        let room = Room {
            gutter: GUTTER,
            // A blank stands between the last column and the line before the details, or the edge of the screen.
            table: list.width.saturating_sub(1),
            terminal: context.body.width,
            chosen: &self.chosen,
            content: &widths,
            sorted: self.sorted().map(|(at, _)| at),
        };
        Table::new(context.theme, S::STYLE.columns, room)
    }

    /// Returns the keys of the columns that the list shows, or would show if its details did not cover it.
    pub(super) fn shown_keys(&self, context: &Context) -> Vec<&'static str> {
        let (list, _) = self.pane.areas(context);
        let area = if list.is_empty() { context.body } else { list };
        self.table(context, area).keys().collect()
    }

    /// Returns the order in words if no heading has its arrow: `created ▾`.
    fn order_words(&self, context: &Context, table: &Table<'_>) -> Option<String> {
        let sort = self.list.sort();
        let has_arrow = (S::STYLE.sorted_column)(sort.column).is_some_and(|at| table.has(at));
        let name = self.list.column_name().filter(|_| !has_arrow)?;
        Some(format!("{name} {}", arrow_of(context.theme, sort.descending)))
    }

    fn view_rows(&self, context: &Context, frame: &mut Frame<'_>, area: Rect, table: &Table<'_>) {
        let style = S::STYLE;
        table.header(frame, area, self.sorted());
        let cursor = self.list.scroll().cursor();
        let unfocused = self.pane.is_open();
        let lines = self.lines(context, usize::from(area.height.saturating_sub(1)));
        for (line, shown) in lines.into_iter().enumerate() {
            let place = Rect { y: area.y + 1 + line as u16, height: 1, ..area };
            let (at, shown) = match shown {
                ListLine::Group(name) => {
                    table.heading(frame, place, &name);
                    continue;
                }
                ListLine::Row(at, shown) => (at, shown),
            };
            let cell = |column| self.cell(context, shown?, column);
            let marked = shown.is_some_and(|shown| self.list.is_marked(at, S::id(shown)));
            table.row(frame, place, cell, RowState { cursor: at == cursor, marked, unfocused });
        }
        self.list.view_empty(context, frame, area, style.none, style.no_match);
    }

    /// Returns the rows with the headings of their groups, as many lines as there is room for. The first line is a heading,
    /// and the row under the cursor is among the lines.
    fn lines(&self, context: &Context, room: usize) -> Vec<ListLine<'_, S::Row>> {
        let rows = self.list.scroll().shown();
        let Some(group) = S::STYLE.group else {
            return rows.map(|(at, row)| ListLine::Row(at, row)).collect();
        };
        let cursor = self.list.scroll().cursor();
        let (mut lines, mut current, mut here) = (Vec::new(), None, 0);
        for (at, row) in rows {
            let name = row.map(|row| group(context, row));
            if name.is_some() && name != current {
                lines.push(ListLine::Group(name.clone().unwrap_or_default()));
                current = name;
            }
            if at == cursor {
                here = lines.len();
            }
            lines.push(ListLine::Row(at, row));
        }
        if here < room {
            lines.truncate(room);
            return lines;
        }
        let first = here + 2 - room.max(2);
        let mut shown = lines.split_off(first);
        shown.truncate(room.max(2) - 1);
        let above = lines.into_iter().rev().find(|line| matches!(line, ListLine::Group(_)));
        match shown.first() {
            Some(ListLine::Row(..)) => above.into_iter().chain(shown).collect(),
            Some(ListLine::Group(_)) | None => shown,
        }
    }

    /// Draws the details; beside a list behind a line, which is thick while they have the focus.
    fn view_detail(&self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let theme = context.theme;
        let (edge, style) = match (is_wide(context), self.pane.is_open()) {
            (false, _) => (" ", theme.plain()),
            (true, true) => (theme.shape("┃", "#"), theme.accent()),
            (true, false) => (theme.shape("│", "|"), theme.quiet()),
        };
        for y in area.top()..area.bottom() {
            drawn::put(frame.buffer_mut(), area.x, y, edge, 1, style);
        }
        let inside = Rect { x: area.x + 2.min(area.width), width: area.width.saturating_sub(2), ..area };
        let lines = self.detail_lines(context);
        for (line, place) in lines.iter().skip(self.pane.top().into()).zip(inside.rows()) {
            drawn::line(frame, place, line);
        }
    }

    /// Returns the area of the headings and rows, and that of the details; one is empty if only the other is shown.
    fn areas(&self, context: &Context) -> (Rect, Rect) {
        let (list, detail) = self.pane.areas(context);
        let below = |area: Rect, lines: u16| Rect {
            y: area.y + lines,
            height: area.height.saturating_sub(lines),
            ..area
        };
        let above = u16::from(!list.is_empty());
        (below(list, Self::lines_above()), below(detail, above))
    }

    /// Returns what is drawn at a place.
    pub(super) fn drawn_at(&self, context: &Context, at: Position) -> Option<Drawn> {
        let (rows, detail) = self.areas(context);
        if detail.contains(at) {
            return Some(Drawn::Detail);
        }
        if !rows.contains(at) {
            return None;
        }
        let Some(line) = (at.y - rows.y).checked_sub(1) else {
            let (list, _) = self.pane.areas(context);
            return self.table(context, list).column_at(rows, at.x).map(Drawn::Heading);
        };
        let lines = self.lines(context, usize::from(rows.height.saturating_sub(1)));
        match lines.get(usize::from(line))? {
            ListLine::Row(at, Some(row)) => Some(Drawn::Row { at: *at, id: S::id(row) }),
            ListLine::Row(_, None) | ListLine::Group(_) => None,
        }
    }

    /// Draws the list and the details, or the one of them that has the focus.
    pub(super) fn view_all(&self, context: &Context, frame: &mut Frame<'_>) {
        let (list, _) = self.pane.areas(context);
        let (rows, detail) = self.areas(context);
        if !list.is_empty() {
            let table = self.table(context, list);
            let order = self.order_words(context, &table);
            let status = Rect { width: context.body.width, ..list };
            self.list.view_status(context, frame, status, S::STYLE.unit, order.as_deref());
            if let (Some(crumbs), Some(row)) = (S::STYLE.crumbs, self.list.scroll().current()) {
                let place = Rect { y: list.y + 1, height: 1, ..list };
                bars::line(frame, place, &crumbs(row), context.theme.quiet());
            }
            self.view_rows(context, frame, rows, &table);
            self.list.view_hint(context, frame);
            self.list.view_fault(context, frame, S::STYLE.unit, order.as_deref());
        }
        if !detail.is_empty() {
            self.view_detail(context, frame, detail);
        }
    }
}
