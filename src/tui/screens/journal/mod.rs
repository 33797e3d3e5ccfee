//! The journal: each action with its actor and its changes, of the whole store or of one thing. Any action can be
//! undone from here.

mod fields;
mod sentence;
mod view;

use std::convert::Infallible;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{Entry, Head, JournalColumn};
use crate::domain::page::{RowRange, Sort, Window};
use crate::service::contract::{Journal as JournalRequest, Reply, Request, Undo};
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys::{Group, Key};
use crate::tui::route::{Route, ScreenId, Tab, TabArgument};
use crate::tui::screens::detail_pane::DetailPane;
use crate::tui::screens::listing::KeyMsg::{self, List, Row};
use crate::tui::screens::listing::{ListSpec, ListStyle, Listing, SortKey};

/// The list of the journal's entries.
#[derive(Debug, Default)]
pub(crate) struct EntryList;

/// A key for the row under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowMsg {
    Sessions,
    Directories,
    Undo,
    Copy,
}

type Msg = KeyMsg<Infallible, RowMsg>;

const KEYS: &[Key<Msg>] = &[
    Key {
        on: &["s"],
        name: "account-sessions",
        group: Group::Row,
        msg: Row(RowMsg::Sessions),
        hint: "sessions",
        help: "the sessions of the entry's account",
    },
    Key {
        on: &["f"],
        name: "account-directories",
        group: Group::Row,
        msg: Row(RowMsg::Directories),
        hint: "directories",
        help: "the directories of the entry's account",
    },
    Key {
        on: &["u"],
        name: "undo",
        group: Group::Row,
        msg: Row(RowMsg::Undo),
        hint: "undo",
        help: "undo the action of this entry, whoever did it",
    },
    Key {
        on: &["y"],
        name: "copy",
        group: Group::Row,
        msg: Row(RowMsg::Copy),
        hint: "",
        help: "copy the entry's number and hash",
    },
];

impl ListSpec for EntryList {
    type Row = Entry;
    type Column = JournalColumn;
    type Detail = ();
    type ListMsg = Infallible;
    type RowMsg = RowMsg;

    const ID: ScreenId = ScreenId::JOURNAL;
    const TAB: Option<Tab> =
        Some(Tab { command: "journal [FILTER]", help: "journal", argument: TabArgument::Filter });
    const SUBJECT: ListKind = ListKind::Journal;
    const STYLE: ListStyle<Self::Row, Self::Column, Self::Detail> = view::STYLE;
    const KEYS: &'static [Key<Msg>] = KEYS;
    const SORTS: &'static [SortKey<JournalColumn>] = &[SortKey {
        on: &[", t", ", T"],
        column: JournalColumn::Seq,
        name: "sort-time",
        help: "sort by time, oldest first (capital: newest first)",
    }];
    const LARGEST_FIRST: bool = true;

    fn id(entry: &Entry) -> i64 {
        entry.seq
    }

    fn request(&self, filter: &Filter, sort: Sort<JournalColumn>, span: RowRange) -> Request {
        Request::Journal(JournalRequest::List { filter: filter.clone(), sort, span })
    }

    fn rows(&self, reply: Reply) -> Option<Window<Entry>> {
        match reply {
            Reply::Entries(window) => Some(window),
            _ => None,
        }
    }

    fn history(entry: &Entry) -> Option<Route> {
        Route::history(entry.object.kind, entry.object.id)
    }

    fn changes(msg: Msg) -> bool {
        match msg {
            List(never) => match never {},
            Row(RowMsg::Undo) => true,
            Row(RowMsg::Sessions | RowMsg::Directories | RowMsg::Copy) => false,
        }
    }

    fn on_list(_: &mut Listing<Self>, _: &mut DetailPane, never: Infallible) -> Vec<Ask> {
        match never {}
    }

    fn on_row(_: &Context, entry: &Entry, msg: RowMsg) -> Vec<Ask> {
        let go = |screen| match entry.object.account {
            Some(account) => Ask::Go(Route::filtered(screen, format!("user:{account}"))),
            None => Ask::refusal("This entry is not about one account."),
        };
        vec![match msg {
            RowMsg::Copy => Ask::Copy(Head { seq: entry.seq, hash: entry.hash.clone() }.to_string()),
            RowMsg::Undo => Ask::Submit(Request::Undo(Undo::Entry(entry.seq))),
            RowMsg::Sessions => go(ScreenId::SESSIONS),
            RowMsg::Directories => go(ScreenId::DIRECTORIES),
        }]
    }
}

#[cfg(test)]
mod tests;
