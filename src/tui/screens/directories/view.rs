//! The drawing of the directories.

use ratatui::text::{Line, Span};

use crate::domain::directory::{DirectoryColumn, TreeRow};
use crate::domain::filter::Filter;
use crate::domain::text::{grouped, visible, visible_name};
use crate::domain::time::{Timestamp, date_time};
use crate::tui::context::Context;
use crate::tui::screens::listing::ListStyle;
use crate::tui::widgets::detail_lines::detail_line;
use crate::tui::widgets::table::{Cell, Column};

use super::shape::Shape;

const COLUMNS: &[Column] = &[
    Column::new("Name", 20, 3, 0),
    Column::new("Owner", 10, 1, 56),
    Column::new("Below", 6, 0, 70).right(),
    Column::new("Added", 12, 0, 80),
    Column::new("Modified", 12, 0, 96),
];

/// The indent of one level of the tree, in cells.
const INDENT: usize = 2;
pub(super) const STYLE: ListStyle<TreeRow, DirectoryColumn, ()> = ListStyle {
    name: "Directories",
    unit: "directories",
    none: "There are no directories.  Confirming an account makes its home; a adds one.",
    no_match: "No directory matches the filter.  Esc drops the filter.",
    columns: COLUMNS,
    sorted_column,
    cells,
    detail,
    group: None,
    crumbs: Some(crumbs),
};

/// Returns the path of the row under the cursor: `00003_ALAN / Photos / 2024`.
fn crumbs(row: &TreeRow) -> String {
    format!(" {}", visible(&row.directory.path.replace('/', " / ")))
}

fn sorted_column(column: DirectoryColumn) -> Option<usize> {
    match column {
        DirectoryColumn::Name => Some(0),
        DirectoryColumn::Added => Some(3),
        DirectoryColumn::Modified => Some(4),
        DirectoryColumn::Id | DirectoryColumn::LastPart => None,
    }
}

/// Returns the cells of a row; one that a filter found shows its whole path.
fn cells(context: &Context, shown: &TreeRow, filter: &Filter) -> Vec<Cell> {
    let theme = context.theme;
    let directory = &shown.directory;
    let style = if shown.depth == 0 { theme.strong() } else { theme.plain() };
    // In a flat list the name alone would not say where the directory is.
    let name = if Shape::of(filter).is_tree() {
        let twig = match (shown.children, shown.open) {
            (0, _) => " ",
            (_, true) => theme.shape("▾", "-"),
            (_, false) => theme.shape("▸", "+"),
        };
        // A root whose parents have no rows is named by its path.
        let name = if shown.depth == 0 { &directory.path } else { &directory.name };
        Cell::indented(&format!("{}{twig} ", " ".repeat(INDENT * shown.depth as usize)), name, style)
    } else {
        Cell::styled(&directory.path, style)
    };
    let below = if shown.children == 0 { String::new() } else { grouped(shown.children) };
    vec![
        name,
        Cell::styled(&directory.owner, theme.quiet()),
        Cell::new(below),
        Cell::styled(context.moment(directory.date_added), theme.quiet()),
        Cell::styled(context.moment(directory.last_modified), theme.quiet()),
    ]
}

fn detail(context: &Context, shown: &TreeRow, _: Option<&()>) -> Vec<Line<'static>> {
    let theme = context.theme;
    let directory = &shown.directory;
    let line = |label, value: String| detail_line(theme, label, Span::raw(value));
    let time = |time: Option<Timestamp>| time.map_or("never".into(), date_time);
    vec![
        Line::styled(visible_name(&directory.name).into_owned(), theme.strong()),
        Line::styled(visible_name(&directory.path).into_owned(), theme.quiet()),
        Line::raw(""),
        line("Owner", format!("{} · account {}", visible_name(&directory.owner), directory.user_id)),
        line("Below", grouped(shown.children)),
        Line::raw(""),
        line("Added", time(directory.date_added)),
        line("Modified", time(directory.last_modified)),
        line("Accessed", time(directory.last_accessed)),
        Line::raw(""),
        line("Id", visible_name(&directory.directory_id).into_owned()),
    ]
}
