//! A list screen in lines: filter, position, rows behind their numbers, and the details once they are open.

use ratatui::text::Line;

use crate::domain::columns::wanted;
use crate::tui::context::Context;
use crate::tui::plain::ScreenText;
use crate::tui::widgets::detail_lines::detail_text;

use super::list_screen::ListScreen;
use super::listing::{ListSpec, RowShown};

impl<S: ListSpec> ListScreen<S> {
    pub(super) fn text_of_all(&self, context: &Context) -> ScreenText {
        let style = S::STYLE;
        let columns = wanted(style.columns, context.body.width, &self.chosen);
        let scroll = self.list.scroll();
        let has_heading =
            (style.sorted_column)(self.list.sort().column).is_some_and(|at| columns.contains(&at));
        let order = self.list.column_name().filter(|_| !has_heading).map(|name| format!("sorted by {name}"));
        let mut head = self.list.status_text(context, style.unit, order.as_deref());
        head.extend(self.list.empty_words(context, style.none, style.no_match));
        let (mut rows, mut group) = (Vec::new(), None);
        for (at, row) in scroll.shown() {
            let heading = style.group.zip(row).map(|(group, row)| format!("{}:", group(context, row)));
            if heading != group {
                rows.extend(heading.clone());
                group = heading;
            }
            rows.push(self.row_text(context, &columns, at, row));
        }
        if !rows.is_empty() {
            rows.insert(0, self.headings(&columns));
        }
        let cursor = scroll.current().map(|row| self.row_text(context, &columns, scroll.cursor(), Some(row)));
        ScreenText {
            head,
            rows,
            cursor,
            details: self.details_text(context),
            fault: self.list.fault_text(),
            total: Some(scroll.total()),
        }
    }

    /// Returns the titles of the columns; the one that the rows are sorted by says so.
    fn headings(&self, columns: &[usize]) -> String {
        let sort = self.list.sort();
        let by = (S::STYLE.sorted_column)(sort.column);
        let direction = if sort.descending { "descending" } else { "ascending" };
        let title = |at: &usize| {
            let title = S::STYLE.columns.get(*at).map_or("", |column| column.title);
            if by == Some(*at) { format!("{title} ({direction})") } else { title.to_owned() }
        };
        format!("Columns: {}", columns.iter().map(title).collect::<Vec<_>>().join(", "))
    }

    fn row_text(&self, context: &Context, columns: &[usize], at: u64, row: Option<&S::Row>) -> String {
        let Some(row) = row else { return format!("{}. loading", at + 1) };
        let empty = context.theme.shape("–", "-");
        let text = |at: &usize| {
            let cell = S::STYLE.cells.get(*at);
            let text = cell.map(|cell| cell(context, row, self.list.filter()).whole()).unwrap_or_default();
            if text.is_empty() { empty.to_owned() } else { text }
        };
        let mark = if self.list.is_marked(at, S::id(row)) { "marked, " } else { "" };
        format!("{}. {mark}{}", at + 1, columns.iter().map(text).collect::<Vec<_>>().join(", "))
    }

    fn details_text(&self, context: &Context) -> Vec<String> {
        let Some(row) = self.current().filter(|_| self.pane.is_open()) else { return Vec::new() };
        let lines = (S::STYLE.detail)(context, row, self.detail_of(row), RowShown::default());
        lines.iter().map(|line: &Line<'_>| detail_text(line)).filter(|line| !line.is_empty()).collect()
    }
}
