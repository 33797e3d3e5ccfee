//! The board of the bin: what was deleted, to be brought back or thrown away for good.

mod view;

use ratatui::text::Line;

use super::list_screen::{ListScreen, ListSpec, ListStyle};
use super::listing::{ListSource, SortKey};
use super::{Context, Route};
use crate::domain::bin::{BinColumn, BinItem};
use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::{RowRange, Selection, Sort, Window};
use crate::service::contract::{Bin as Wish, InBin, Reply, Request};
use crate::tui::effect::Ask;
use crate::tui::keys::Key;
use crate::tui::widgets::table::Cell;

#[cfg(test)]
mod tests;

/// The screen.
pub(crate) type Bin = ListScreen<BinItemList>;

/// Where the rows of the bin come from.
#[derive(Debug, Default)]
pub(crate) struct BinItemList;

impl ListSource for BinItemList {
    type Row = BinItem;
    type Column = BinColumn;
    const SUBJECT: ListKind = ListKind::Bin;
    const SORTS: &'static [SortKey<BinColumn>] = &[
        SortKey {
            on: &[", t", ", T"],
            column: BinColumn::Deleted,
            name: "sort-deleted",
            help: "sort by when deleted, oldest first (capital: newest first)",
        },
        SortKey { on: &[", n", ", N"], column: BinColumn::Label, name: "sort-name", help: "sort by name" },
    ];
    const LARGEST_FIRST: bool = true;

    fn id(item: &BinItem) -> i64 {
        item.id
    }

    fn request(&self, filter: &Filter, sort: Sort<BinColumn>, span: RowRange) -> Request {
        Request::Bin(Wish::List { filter: filter.clone(), sort, span })
    }

    fn rows(&self, reply: Reply) -> Option<Window<BinItem>> {
        match reply {
            Reply::Items(window) => Some(window),
            _ => None,
        }
    }
}

/// What a key means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Msg {
    Restore,
    Purge,
    Copy,
}

const KEYS: &[Key<Msg>] = &[
    Key {
        on: &["u"],
        name: "restore",
        msg: Msg::Restore,
        hint: "bring back",
        help: "bring it back as it was",
    },
    Key { on: &["D"], name: "purge", msg: Msg::Purge, hint: "purge", help: "throw it away for good" },
    Key { on: &["y"], name: "copy", msg: Msg::Copy, hint: "", help: "copy what it was called" },
];

impl ListSpec for BinItemList {
    type Msg = Msg;
    const FACE: ListStyle = view::FACE;
    const KEYS: &'static [Key<Msg>] = KEYS;

    fn changes(msg: Msg) -> bool {
        match msg {
            Msg::Restore | Msg::Purge => true,
            Msg::Copy => false,
        }
    }

    fn act(screen: &mut Bin, _: &Context, msg: Msg) -> Vec<Ask> {
        let submit: fn(Selection) -> Wish = match msg {
            Msg::Restore => |which| Wish::Restore { which: InBin::Items(which), to: None },
            Msg::Purge => |which| Wish::Purge(InBin::Items(which)),
            Msg::Copy => {
                return screen.current().map(|item| Ask::Copy(item.label.clone())).into_iter().collect();
            }
        };
        match screen.list.target() {
            Ok(which) => vec![Ask::Act(Request::Bin(submit(which)))],
            Err(asks) => asks,
        }
    }

    fn cells(_: &Bin, context: &Context, item: &BinItem) -> Vec<Cell> {
        view::cells(context, item)
    }

    fn place_of(column: BinColumn) -> Option<usize> {
        Some(view::place_of(column))
    }

    fn history(item: &BinItem) -> Option<Route> {
        Route::history(item.kind, Some(item.object_id))
    }

    fn detail(&self, context: &Context, item: &BinItem) -> Vec<Line<'static>> {
        view::detail(context, item)
    }
}
