//! The drawing of the directories.

use ratatui::style::Style;
use ratatui::text::Line;

use crate::domain::columns::Column;
use crate::domain::directory::{DirectoryColumn, TreeRow};
use crate::domain::filter::Filter;
use crate::domain::list_columns::directories;
use crate::domain::text::{Cut, grouped, visible, visible_name};
use crate::domain::time::Timestamp;
use crate::tui::context::{Context, Medium};
use crate::tui::screens::listing::{CellOf, ListStyle, RowShown};
use crate::tui::widgets::detail_lines::Details;
use crate::tui::widgets::table::Cell;

use super::shape::Shape;

const NAME: usize = 0;
const OWNER: usize = 1;
const BELOW: usize = 2;
const CREATED: usize = 3;
const MODIFIED: usize = 4;

const COLUMNS: &[Column] = &[
    Column::new("Name", &["directory_path"], 20, 1, 0).most(60).cut(Cut::Beginning),
    directories::OWNER,
    directories::BELOW,
    directories::CREATED,
    directories::MODIFIED,
];

/// The indent of one level of the tree, in cells.
const INDENT: usize = 2;
pub(super) const STYLE: ListStyle<TreeRow, DirectoryColumn, ()> = ListStyle {
    name: "Directories",
    unit: "directories",
    none: "There are no directories.  Confirming an account makes its home; {add a} adds one.",
    no_match: "No matching directories.  {out esc} clears the filter.",
    columns: COLUMNS,
    sorted_column,
    cells: CELLS,
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
        DirectoryColumn::Name => Some(NAME),
        DirectoryColumn::Added => Some(CREATED),
        DirectoryColumn::Modified => Some(MODIFIED),
        DirectoryColumn::Owner => Some(OWNER),
        DirectoryColumn::Below => Some(BELOW),
        DirectoryColumn::Id | DirectoryColumn::LastPart => None,
    }
}

const CELLS: &[CellOf<TreeRow>] = &[
    name,
    |_, row, _| Cell::new(&row.directory.owner),
    |_, row, _| Cell::new(if row.children == 0 { String::new() } else { grouped(row.children) }),
    |context, row, _| Cell::moment(context, row.directory.date_added),
    |context, row, _| Cell::moment(context, row.directory.last_modified),
];

/// Returns the cell of the name; a row that a filter found shows its whole path.
fn name<'r>(context: &Context, shown: &'r TreeRow, filter: &Filter) -> Cell<'r> {
    let theme = context.theme;
    let directory = &shown.directory;
    let style = theme.plain();
    // In a flat list the name alone would not say where the directory is.
    let is_tree = Shape::of(filter).is_tree();
    if is_tree && context.medium == Medium::Lines {
        path_in_words(shown, style)
    } else if is_tree {
        let twig = match (shown.children, shown.open) {
            (0, _) => " ",
            (_, true) => theme.shape("▾", "-"),
            (_, false) => theme.shape("▸", "+"),
        };
        // A root whose parents have no rows is named by its path.
        let name = if shown.depth == 0 { &directory.path } else { &directory.name };
        Cell::indented(format!("{}{twig} ", " ".repeat(INDENT * shown.depth as usize)), name, style)
    } else {
        Cell::styled(&directory.path, style)
    }
}

/// Returns the whole path and, in words, if the directory is open: what the indent and the shape show.
fn path_in_words(shown: &TreeRow, style: Style) -> Cell<'_> {
    let path = Cell::styled(&shown.directory.path, style);
    match (shown.children, shown.open) {
        (0, _) => path,
        (_, true) => path.ending("open", style),
        (_, false) => path.ending("closed", style),
    }
}

fn detail(context: &Context, row: &TreeRow, _: Option<&()>, shown: RowShown) -> Vec<Line<'static>> {
    let directory = &row.directory;
    let time = |time: Option<Timestamp>| time.map_or("never".into(), |time| context.date_time(time));
    let below = format!("directory {} · account {}", directory.id, directory.user_id);
    let mut details = Details::new(context.theme, &directory.name, below);
    details.section("Directory");
    // The line above the list shows the path of a row that shows its name only.
    if !shown.has(NAME) && directory.path != directory.name {
        details.text(&directory.path, context.theme.plain());
    }
    if !shown.has(OWNER) {
        details.line("Owner", &directory.owner);
    }
    if !shown.has(BELOW) {
        details.line("Below", grouped(row.children));
    }
    details.section("Times");
    // The row may show an age.
    if !shown.has(CREATED) || context.relative {
        details.line("Created", time(directory.date_added));
    }
    if !shown.has(MODIFIED) || context.relative {
        details.line("Modified", time(directory.last_modified));
    }
    details.line("Accessed", time(directory.last_accessed));
    details.section("Id");
    // All of it has room beside the list without an indent.
    details.push(Line::styled(visible_name(&directory.directory_id).into_owned(), context.theme.plain()));
    details.into_lines()
}
