//! How what lies in the bin looks.

use ratatui::text::{Line, Span};

use crate::domain::bin::{BinColumn, Bundle};
use crate::domain::journal::Kind;
use crate::domain::text::{count, grouped, visible};
use crate::domain::time::{Timestamp, ago, date_time, when};
use crate::tui::screens::Context;
use crate::tui::screens::list_screen::Face;
use crate::tui::screens::pane::detail_line;
use crate::tui::widgets::table::{Cell, Column};

const COLUMNS: &[Column] = &[
    Column::new("Deleted", 12, 0, 0),
    Column::new("By", 10, 0, 60),
    Column::new("Kind", 9, 0, 50),
    Column::new("What", 14, 1, 0),
    Column::new("Sessions", 8, 0, 72).right(),
    Column::new("Directories", 11, 0, 64).right(),
];

/// The list's words and columns.
pub(super) const FACE: Face = Face {
    name: "Bin",
    unit: "deleted things",
    none: "The bin is empty.  What you delete comes here first.",
    no_match: "Nothing in the bin is like that.  Esc drops the filter.",
    columns: COLUMNS,
};

/// The place of a column that the list is sorted by.
pub(super) const fn place_of(column: BinColumn) -> usize {
    match column {
        BinColumn::Deleted => 0,
        BinColumn::Label => 3,
    }
}

/// A row.
pub(super) fn cells(context: &Context, bundle: &Bundle) -> Vec<Cell> {
    let theme = context.theme;
    let deleted = match bundle.deleted_at {
        Some(at) if context.relative => ago(context.now, at),
        Some(at) => when(context.now, at),
        None => "unreadable".into(),
    };
    let number = |n: u64| Cell::new(if n == 0 { String::new() } else { grouped(n) });
    vec![
        Cell::styled(deleted, theme.quiet()),
        Cell::new(bundle.deleted_by.clone()),
        Cell::new(bundle.kind.word()),
        Cell::styled(bundle.label.clone(), theme.strong()),
        number(bundle.sessions),
        number(below(bundle)),
    ]
}

/// How many directories went with it.
fn below(bundle: &Bundle) -> u64 {
    bundle.directories.saturating_sub(u64::from(bundle.kind == Kind::Directory))
}

/// What went with it: `4 sessions, 9 directories`
fn with(bundle: &Bundle) -> String {
    let sessions = (bundle.sessions > 0).then(|| count(bundle.sessions, "session", "sessions"));
    let below = below(bundle);
    let directories = (below > 0).then(|| count(below, "directory", "directories"));
    [sessions, directories].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The details.
pub(super) fn detail(context: &Context, bundle: &Bundle) -> Vec<Line<'static>> {
    let theme = context.theme;
    let line = |label, value: &str| detail_line(theme, label, Span::raw(visible(value).into_owned()));
    let time = |time: Option<Timestamp>| time.map_or("unreadable".into(), date_time);
    let of = match bundle.kind {
        Kind::Directory => format!("directory {} of account {}", bundle.object_id, bundle.user_id),
        _ => format!("account {}", bundle.object_id),
    };
    let mut lines = vec![
        Line::styled(visible(&bundle.label).into_owned(), theme.strong()),
        Line::styled(of, theme.quiet()),
        Line::raw(""),
        line("Deleted", &time(bundle.deleted_at)),
        line("By", &bundle.deleted_by),
    ];
    let with = with(bundle);
    lines.extend((!with.is_empty()).then(|| line("With", &with)));
    lines.extend(bundle.parent.as_deref().map(|parent| line("It lay in", parent)));
    if bundle.kind == Kind::Account {
        lines.extend(bundle.email.as_deref().map(|email| line("Email", email)));
        lines.push(line("Names held", &format!("until {}", time(bundle.held_until))));
    }
    lines
}
