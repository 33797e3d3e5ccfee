//! The journal: what was done, by whom, and what it changed; all of it or of one thing. Any act can be undone from here.

mod view;

use ratatui::text::Line;

use super::list_screen::{ListScreen, ListSpec, ListStyle};
use super::listing::{ListSource, SortKey};
use super::{Context, Route};
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{Entry, Head, JournalColumn};
use crate::domain::page::{RowRange, Sort, Window};
use crate::service::contract::{Journal as Wish, Reply, Request, Undo};
use crate::tui::effect::Ask;
use crate::tui::keys::Key;
use crate::tui::widgets::table::Cell;

#[cfg(test)]
mod tests;

/// The screen.
pub(crate) type Journal = ListScreen<EntryList>;

/// Where the rows of the journal come from.
#[derive(Debug, Default)]
pub(crate) struct EntryList;

impl ListSource for EntryList {
    type Row = Entry;
    type Column = JournalColumn;
    const SUBJECT: ListKind = ListKind::Journal;
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
        Request::Journal(Wish::List { filter: filter.clone(), sort, span })
    }

    fn rows(&self, reply: Reply) -> Option<Window<Entry>> {
        match reply {
            Reply::Entries(window) => Some(window),
            _ => None,
        }
    }
}

/// What a key means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Msg {
    Sessions,
    Directories,
    Undo,
    Copy,
}

const KEYS: &[Key<Msg>] = &[
    Key {
        on: &["s"],
        name: "account-sessions",
        msg: Msg::Sessions,
        hint: "sessions",
        help: "the sessions of the entry's account",
    },
    Key {
        on: &["f"],
        name: "account-directories",
        msg: Msg::Directories,
        hint: "directories",
        help: "the directories of the entry's account",
    },
    Key {
        on: &["u"],
        name: "undo",
        msg: Msg::Undo,
        hint: "undo",
        help: "undo the act that the entry is of, whoever did it",
    },
    Key { on: &["y"], name: "copy", msg: Msg::Copy, hint: "", help: "copy the entry's number and hash" },
];

/// What is done about the entry under the cursor.
fn on_entry(entry: &Entry, msg: Msg) -> Ask {
    let filter = entry.object.account.map(|account| format!("user:{account}"));
    match (msg, filter) {
        (Msg::Copy, _) => Ask::Copy(Head { seq: entry.seq, hash: entry.hash.clone() }.to_string()),
        (Msg::Undo, _) => Ask::Act(Request::Undo(Undo::Entry(entry.seq))),
        (Msg::Sessions, Some(filter)) => Ask::Go(Route::Sessions(Some(filter))),
        (Msg::Directories, Some(filter)) => Ask::Go(Route::Directories(Some(filter))),
        (_, None) => Ask::refusal("This entry is about no single account."),
    }
}

impl ListSpec for EntryList {
    type Msg = Msg;
    const FACE: ListStyle = view::FACE;
    const KEYS: &'static [Key<Msg>] = KEYS;

    fn changes(msg: Msg) -> bool {
        match msg {
            Msg::Undo => true,
            Msg::Sessions | Msg::Directories | Msg::Copy => false,
        }
    }

    fn act(screen: &mut Journal, _: &Context, msg: Msg) -> Vec<Ask> {
        screen.current().map(|entry| on_entry(entry, msg)).into_iter().collect()
    }

    fn cells(_: &Journal, context: &Context, entry: &Entry) -> Vec<Cell> {
        view::cells(context, entry)
    }

    fn place_of(column: JournalColumn) -> Option<usize> {
        Some(view::place_of(column))
    }

    fn history(entry: &Entry) -> Option<Route> {
        Route::history(entry.object.kind, entry.object.id)
    }

    fn detail(&self, context: &Context, entry: &Entry) -> Vec<Line<'static>> {
        view::detail(context, entry)
    }
}
