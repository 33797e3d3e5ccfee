//! The board of the bin: what was deleted, to be brought back or thrown away for good.

mod view;

use ratatui::text::Line;

use super::list_screen::{Face, Kind, ListScreen};
use super::listing::{SortKey, Source};
use super::{Context, Route};
use crate::domain::bin::{BinColumn, Bundle};
use crate::domain::filter::{Filter, Subject};
use crate::domain::page::{Selection, Sort, Span, Window};
use crate::service::contract::{Bin as Wish, InBin, Reply, Request};
use crate::tui::effect::Ask;
use crate::tui::keys::Key;
use crate::tui::widgets::table::Cell;

#[cfg(test)]
mod tests;

/// The screen.
pub(crate) type Bin = ListScreen<BundleList>;

/// Where the rows of the bin come from.
#[derive(Debug, Default)]
pub(crate) struct BundleList;

impl Source for BundleList {
    type Row = Bundle;
    type Column = BinColumn;
    const SUBJECT: Subject = Subject::Bin;
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

    fn id(bundle: &Bundle) -> i64 {
        bundle.id
    }

    fn request(&self, filter: &Filter, sort: Sort<BinColumn>, span: Span) -> Request {
        Request::Bin(Wish::List { filter: filter.clone(), sort, span })
    }

    fn rows(&self, reply: Reply) -> Option<Window<Bundle>> {
        match reply {
            Reply::Bundles(window) => Some(window),
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

impl Kind for BundleList {
    type Msg = Msg;
    const FACE: Face = view::FACE;
    const KEYS: &'static [Key<Msg>] = KEYS;

    fn changes(msg: Msg) -> bool {
        match msg {
            Msg::Restore | Msg::Purge => true,
            Msg::Copy => false,
        }
    }

    fn act(screen: &mut Bin, _: &Context, msg: Msg) -> Vec<Ask> {
        let wish: fn(Selection) -> Wish = match msg {
            Msg::Restore => |which| Wish::Restore { which: InBin::Bundles(which), to: None },
            Msg::Purge => |which| Wish::Purge(InBin::Bundles(which)),
            Msg::Copy => {
                return screen.current().map(|bundle| Ask::Copy(bundle.label.clone())).into_iter().collect();
            }
        };
        match screen.list.target() {
            Ok(which) => vec![Ask::Act(Request::Bin(wish(which)))],
            Err(asks) => asks,
        }
    }

    fn cells(_: &Bin, context: &Context, bundle: &Bundle) -> Vec<Cell> {
        view::cells(context, bundle)
    }

    fn place_of(column: BinColumn) -> Option<usize> {
        Some(view::place_of(column))
    }

    fn history(bundle: &Bundle) -> Option<Route> {
        Route::history(bundle.kind, Some(bundle.object_id))
    }

    fn detail(&self, context: &Context, bundle: &Bundle) -> Vec<Line<'static>> {
        view::detail(context, bundle)
    }
}
