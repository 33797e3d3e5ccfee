//! The drawing of the bin.

use ratatui::text::Line;

use crate::domain::bin::{BinColumn, BinItem};
use crate::domain::columns::Column;
use crate::domain::journal::EntityKind;
use crate::domain::list_columns::bin;
use crate::domain::text::{count, grouped};
use crate::domain::time::Timestamp;
use crate::tui::context::Context;
use crate::tui::screens::listing::{CellOf, ListStyle, RowShown};
use crate::tui::widgets::detail_lines::Details;
use crate::tui::widgets::table::Cell;

const DELETED: usize = 0;
const BY: usize = 1;
const KIND: usize = 2;
const WHAT: usize = 3;
const SESSIONS: usize = 4;
const DIRECTORIES: usize = 5;

const COLUMNS: &[Column] = &[bin::DELETED, bin::BY, bin::KIND, bin::WHAT, bin::SESSIONS, bin::DIRECTORIES];

pub(super) const STYLE: ListStyle<BinItem, BinColumn, ()> = ListStyle {
    name: "Bin",
    unit: "items",
    none: "The bin is empty.  What you delete comes here first.",
    no_match: "Nothing in the bin matches.  {out esc} clears the filter.",
    columns: COLUMNS,
    sorted_column: |column| match column {
        BinColumn::Deleted => Some(DELETED),
        BinColumn::Label => Some(WHAT),
        BinColumn::By => Some(BY),
        BinColumn::Kind => Some(KIND),
        BinColumn::Sessions => Some(SESSIONS),
        BinColumn::Directories => Some(DIRECTORIES),
    },
    cells: CELLS,
    detail,
    group: None,
    crumbs: None,
};

const CELLS: &[CellOf<BinItem>] = &[
    |context, item, _| Cell::new(item.deleted_at.map_or("unreadable".into(), |at| context.moment(Some(at)))),
    |_, item, _| Cell::new(&item.deleted_by),
    |_, item, _| Cell::new(item.kind.word()),
    |_, item, _| Cell::new(&item.label),
    |_, item, _| number(item.sessions),
    |_, item, _| number(below(item)),
];

/// Returns a cell of a number, or of nothing for 0.
fn number<'a>(number: u64) -> Cell<'a> {
    Cell::new(if number == 0 { String::new() } else { grouped(number) })
}

/// Returns the number of directories that were deleted with it.
fn below(item: &BinItem) -> u64 {
    item.directories.saturating_sub(u64::from(item.kind == EntityKind::Directory))
}

fn detail(context: &Context, item: &BinItem, _: Option<&()>, shown: RowShown) -> Vec<Line<'static>> {
    let time = |time: Option<Timestamp>| time.map_or("unreadable".into(), |time| context.date_time(time));
    let of = match item.kind {
        EntityKind::Directory => format!("directory {} of account {}", item.object_id, item.user_id),
        EntityKind::Account | EntityKind::Session | EntityKind::Store => {
            format!("account {}", item.object_id)
        }
    };
    let mut details = Details::new(context.theme, &item.label, of);
    details.section(if item.is_rejected { "Rejected" } else { "Deleted" });
    details.line("Time", time(item.deleted_at));
    if !shown.has(BY) {
        details.line("By", &item.deleted_by);
    }
    if let Some(reason) = &item.reason {
        details.line("Reason", reason);
    }
    details.section("Comes back with it");
    if item.sessions > 0 && !shown.has(SESSIONS) {
        details.text(count(item.sessions, "session", "sessions"), context.theme.plain());
    }
    if below(item) > 0 && !shown.has(DIRECTORIES) {
        details.text(count(below(item), "directory", "directories"), context.theme.plain());
    }
    details.section(if item.kind == EntityKind::Account { "Account" } else { "Place" });
    if let Some(parent) = &item.parent {
        details.line("Was in", parent);
    }
    if item.kind == EntityKind::Account {
        if let Some(email) = &item.email {
            details.line("Email", email);
        }
        details.line("Reserved to", time(item.held_until));
    }
    details.into_lines()
}
