//! The bin: deleted accounts and directories, to restore or to purge.

mod view;

use crate::domain::bin::{BinColumn, BinItem};
use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::{RowRange, Sort, Window};
use crate::service::contract::{Bin as BinRequest, InBin, Reply, Request};
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys::{Group, Key};
use crate::tui::route::{Route, ScreenId, Tab};
use crate::tui::screens::detail_pane::DetailPane;
use crate::tui::screens::listing::KeyMsg::{self, List, Row};
use crate::tui::screens::listing::{ListSpec, ListStyle, Listing, SortKey};

/// The list of the bin's items.
#[derive(Debug, Default)]
pub(crate) struct BinItemList;

/// A key for the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListMsg {
    Restore,
    Purge,
}

/// A key for the row under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowMsg {
    Copy,
}

type Msg = KeyMsg<ListMsg, RowMsg>;

const KEYS: &[Key<Msg>] = &[
    Key {
        on: &["u"],
        name: "restore",
        group: Group::Row,
        msg: List(ListMsg::Restore),
        hint: "restore",
        help: "bring it back as it was",
    },
    Key {
        on: &["D"],
        name: "purge",
        group: Group::Row,
        msg: List(ListMsg::Purge),
        hint: "purge",
        help: "remove it for good",
    },
    Key {
        on: &["y"],
        name: "copy",
        group: Group::Row,
        msg: Row(RowMsg::Copy),
        hint: "",
        help: "copy its name",
    },
];

impl ListSpec for BinItemList {
    type Row = BinItem;
    type Column = BinColumn;
    type Detail = ();
    type ListMsg = ListMsg;
    type RowMsg = RowMsg;

    const ID: ScreenId = ScreenId::BIN;
    const TAB: Option<Tab> = None;
    const SUBJECT: ListKind = ListKind::Bin;
    const STYLE: ListStyle<Self::Row, Self::Column, Self::Detail> = view::STYLE;
    const KEYS: &'static [Key<Msg>] = KEYS;
    const SORTS: &'static [SortKey<BinColumn>] = &[
        SortKey {
            on: &[", t", ", T"],
            column: BinColumn::Deleted,
            name: "sort-deleted",
            help: "sort by deletion date, oldest first (capital: newest first)",
        },
        SortKey { on: &[", n", ", N"], column: BinColumn::Label, name: "sort-name", help: "sort by name" },
        SortKey {
            on: &[", b", ", B"],
            column: BinColumn::By,
            name: "sort-by",
            help: "sort by who deleted it",
        },
        SortKey { on: &[", k", ", K"], column: BinColumn::Kind, name: "sort-kind", help: "sort by kind" },
        SortKey {
            on: &[", s", ", S"],
            column: BinColumn::Sessions,
            name: "sort-sessions",
            help: "sort by number of sessions",
        },
        SortKey {
            on: &[", d", ", D"],
            column: BinColumn::Directories,
            name: "sort-directories",
            help: "sort by number of directories",
        },
    ];
    const LARGEST_FIRST: bool = true;

    fn id(item: &BinItem) -> i64 {
        item.id
    }

    fn request(&self, filter: &Filter, sort: Sort<BinColumn>, span: RowRange) -> Request {
        Request::Bin(BinRequest::List { filter: filter.clone(), sort, span })
    }

    fn rows(&self, reply: Reply) -> Option<Window<BinItem>> {
        match reply {
            Reply::Items(window) => Some(window),
            _ => None,
        }
    }

    fn history(item: &BinItem) -> Option<Route> {
        Route::history(item.kind, Some(item.object_id))
    }

    fn changes(msg: Msg) -> bool {
        match msg {
            List(ListMsg::Restore | ListMsg::Purge) => true,
            Row(RowMsg::Copy) => false,
        }
    }

    fn needs_admin(msg: Msg) -> bool {
        match msg {
            List(ListMsg::Purge) => true,
            List(ListMsg::Restore) | Row(RowMsg::Copy) => false,
        }
    }

    fn on_list(list: &mut Listing<Self>, _: &mut DetailPane, msg: ListMsg) -> Vec<Ask> {
        let which = match list.target() {
            Ok(selection) => InBin::Items(selection),
            Err(asks) => return asks,
        };
        let request = match msg {
            ListMsg::Restore => BinRequest::Restore { which, to: None, with_sessions: false },
            ListMsg::Purge => BinRequest::Purge(which),
        };
        vec![Ask::Submit(Request::Bin(request))]
    }

    fn on_row(_: &Context, item: &BinItem, msg: RowMsg) -> Vec<Ask> {
        match msg {
            RowMsg::Copy => vec![Ask::Copy(item.label.clone())],
        }
    }
}

#[cfg(test)]
mod tests;
