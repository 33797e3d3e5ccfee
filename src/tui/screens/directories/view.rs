//! How the directories look.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Directories;
use crate::domain::directory::{DirectoryColumn, TreeRow};
use crate::domain::text::{clip, grouped, visible};
use crate::domain::time::{Timestamp, date_time};
use crate::tui::screens::{Context, detail_line, moment, panes, view_detail};
use crate::tui::widgets::table::{Cell, Column, RowState, header, row};

const COLUMNS: &[Column] = &[
    Column::new("Name", 20, 3, 0),
    Column::new("Owner", 10, 1, 56),
    Column::new("Below", 6, 0, 70).right(),
    Column::new("Added", 12, 0, 80),
    Column::new("Changed", 12, 0, 96),
];

/// Cells that one level of the tree is set in by.
const INDENT: usize = 2;
/// Lines above the rows: the status line, the path, the headings.
const ABOVE: u16 = 3;

/// How many rows of the list fit.
pub(super) fn rows_height(context: &Context) -> u16 {
    context.body.height.saturating_sub(ABOVE)
}

/// Draws the screen.
pub(super) fn draw(screen: &Directories, context: &Context, frame: &mut Frame<'_>) {
    let (list, detail) = panes(context, screen.in_detail);
    if !list.is_empty() {
        let status = Rect { width: context.body.width, ..list };
        screen.list.view_status(context, frame, status, "directories");
        view_path(screen, context, frame, Rect { y: list.y + 1, height: 1, ..list });
        draw_rows(
            screen,
            context,
            frame,
            Rect { y: list.y + 2, height: list.height.saturating_sub(2), ..list },
        );
    }
    let top = u16::from(!list.is_empty());
    let detail = Rect { y: detail.y + top, height: detail.height.saturating_sub(top), ..detail };
    let lines = screen.current().map(|row| detail_lines(context, row)).unwrap_or_default();
    view_detail(context, frame, detail, screen.scroll, lines);
}

/// Where the cursor is: `00003_ALAN / Photos / 2024`.
fn view_path(screen: &Directories, context: &Context, frame: &mut Frame<'_>, area: Rect) {
    let path = screen.current().map_or("", |row| row.directory.path.as_str());
    let crumbs = format!(" {}", visible(&path.replace('/', " / ")));
    let crumbs = clip(&crumbs, usize::from(area.width)).into_owned();
    frame.render_widget(Line::styled(crumbs, context.theme.quiet()), area);
}

fn draw_rows(screen: &Directories, context: &Context, frame: &mut Frame<'_>, area: Rect) {
    let sort = screen.list.sort();
    header(frame, area, context.theme, COLUMNS, column_of(sort.column).map(|at| (at, sort.descending)));
    let cursor = screen.list.pager().cursor();
    for (line, (at, shown)) in screen.list.pager().shown().enumerate() {
        let place = Rect { y: area.y + 1 + line as u16, height: 1, ..area };
        let cells = shown.map(|shown| cells(screen, context, shown)).unwrap_or_default();
        let marked = shown.is_some_and(|shown| screen.list.is_marked(at, shown.directory.id));
        row(frame, place, context.theme, COLUMNS, &cells, RowState { cursor: at == cursor, marked });
    }
    let none = "There are no directories.  Confirming an account makes its home; a adds one.";
    screen.list.view_empty(context, frame, area, none, "No directory is like that.  Esc drops the filter.");
}

fn column_of(column: DirectoryColumn) -> Option<usize> {
    match column {
        DirectoryColumn::Name => Some(0),
        DirectoryColumn::Added => Some(3),
        DirectoryColumn::Modified => Some(4),
        DirectoryColumn::Id => None,
    }
}

fn cells(screen: &Directories, context: &Context, shown: &TreeRow) -> Vec<Cell> {
    let theme = context.theme;
    let directory = &shown.directory;
    // Found by a filter, a name alone would not say where it lies.
    let name = if screen.is_tree() {
        let twig = match (shown.children, shown.open) {
            (0, _) => " ",
            (_, true) => theme.shape("▾", "-"),
            (_, false) => theme.shape("▸", "+"),
        };
        format!("{}{twig} {}", " ".repeat(INDENT * shown.depth as usize), directory.name)
    } else {
        directory.path.clone()
    };
    let below = if shown.children == 0 { String::new() } else { grouped(shown.children) };
    vec![
        Cell::styled(name, if shown.depth == 0 { theme.strong() } else { theme.plain() }),
        Cell::styled(&directory.owner, theme.quiet()),
        Cell::new(below),
        Cell::styled(moment(context, directory.date_added), theme.quiet()),
        Cell::styled(moment(context, directory.last_modified), theme.quiet()),
    ]
}

fn detail_lines<'a>(context: &Context, shown: &'a TreeRow) -> Vec<Line<'a>> {
    let theme = context.theme;
    let directory = &shown.directory;
    let line = |label, value: String| detail_line(theme, label, Span::raw(value));
    let time = |time: Option<Timestamp>| time.map_or("never".into(), date_time);
    vec![
        Line::styled(visible(&directory.name).into_owned(), theme.strong()),
        Line::styled(visible(&directory.path).into_owned(), theme.quiet()),
        Line::raw(""),
        line("Owner", format!("{} · account {}", visible(&directory.owner), directory.user_id)),
        line("Below", grouped(shown.children)),
        Line::raw(""),
        line("Added", time(directory.date_added)),
        line("Modified", time(directory.last_modified)),
        line("Accessed", time(directory.last_accessed)),
        Line::raw(""),
        line("Id", visible(&directory.directory_id).into_owned()),
    ]
}
