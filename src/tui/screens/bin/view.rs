//! The drawing of the bin.

use ratatui::text::{Line, Span};

use crate::domain::bin::{BinColumn, BinItem};
use crate::domain::filter::Filter;
use crate::domain::journal::EntityKind;
use crate::domain::text::{count, grouped, visible_name};
use crate::domain::time::{Timestamp, ago, date_time, when};
use crate::tui::context::Context;
use crate::tui::screens::listing::ListStyle;
use crate::tui::widgets::detail_lines::detail_line;
use crate::tui::widgets::table::{Cell, Column};

const COLUMNS: &[Column] = &[
    Column::new("Deleted", 12, 0, 0),
    Column::new("By", 10, 0, 60),
    Column::new("Kind", 9, 0, 50),
    Column::new("What", 14, 1, 0),
    Column::new("Sessions", 8, 0, 72).right(),
    Column::new("Directories", 11, 0, 64).right(),
];

pub(super) const STYLE: ListStyle<BinItem, BinColumn, ()> = ListStyle {
    name: "Bin",
    unit: "deleted things",
    none: "The bin is empty.  What you delete comes here first.",
    no_match: "Nothing in the bin matches the filter.  Esc drops the filter.",
    columns: COLUMNS,
    sorted_column: |column| match column {
        BinColumn::Deleted => Some(0),
        BinColumn::Label => Some(3),
    },
    cells,
    detail,
    group: None,
    crumbs: None,
};

fn cells(context: &Context, item: &BinItem, _: &Filter) -> Vec<Cell> {
    let theme = context.theme;
    let deleted = match item.deleted_at {
        Some(at) if context.relative => ago(context.now, at),
        Some(at) => when(context.now, at),
        None => "unreadable".into(),
    };
    let number = |n: u64| Cell::new(if n == 0 { String::new() } else { grouped(n) });
    vec![
        Cell::styled(deleted, theme.quiet()),
        Cell::new(item.deleted_by.clone()),
        Cell::new(item.kind.word()),
        Cell::styled(item.label.clone(), theme.strong()),
        number(item.sessions),
        number(below(item)),
    ]
}

/// Returns the number of directories that were deleted with it.
fn below(item: &BinItem) -> u64 {
    item.directories.saturating_sub(u64::from(item.kind == EntityKind::Directory))
}

/// Returns the number of rows that were deleted with it: `4 sessions, 9 directories`
fn with(item: &BinItem) -> String {
    let sessions = (item.sessions > 0).then(|| count(item.sessions, "session", "sessions"));
    let below = below(item);
    let directories = (below > 0).then(|| count(below, "directory", "directories"));
    [sessions, directories].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn detail(context: &Context, item: &BinItem, _: Option<&()>) -> Vec<Line<'static>> {
    let theme = context.theme;
    let line = |label, value: &str| detail_line(theme, label, Span::raw(visible_name(value).into_owned()));
    let time = |time: Option<Timestamp>| time.map_or("unreadable".into(), date_time);
    let of = match item.kind {
        EntityKind::Directory => format!("directory {} of account {}", item.object_id, item.user_id),
        _ => format!("account {}", item.object_id),
    };
    let mut lines = vec![
        Line::styled(visible_name(&item.label).into_owned(), theme.strong()),
        Line::styled(of, theme.quiet()),
        Line::raw(""),
        line("Deleted", &time(item.deleted_at)),
        line("By", &item.deleted_by),
    ];
    let with = with(item);
    lines.extend((!with.is_empty()).then(|| line("With", &with)));
    lines.extend(item.parent.as_deref().map(|parent| line("It lay in", parent)));
    if item.kind == EntityKind::Account {
        lines.extend(item.email.as_deref().map(|email| line("Email", email)));
        lines.push(line("Names held", &format!("until {}", time(item.held_until))));
    }
    lines
}
