//! The journal: each action with its actor and its changes, of the whole store or of one thing. Any action can be
//! undone from here.

mod fields;
mod sentence;
mod view;

use std::collections::BTreeSet;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{Fold, Head, JournalColumn, Line};
use crate::domain::page::{RowRange, Sort, Window};
use crate::domain::user::Who;
use crate::service::contract::{Journal as JournalRequest, Reply, Request, Undo};
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::keys::{Group, Key};
use crate::tui::route::{Route, ScreenId, Tab, TabArgument};
use crate::tui::screens::detail_pane::DetailPane;
use crate::tui::screens::listing::KeyMsg::{self, List, Row};
use crate::tui::screens::listing::{ListSpec, ListStyle, Listing, SortKey};

/// The list of the journal's entries. Entries of one action are one line until it is unfolded.
#[derive(Debug, Default)]
pub(crate) struct EntryList {
    /// The actions that are unfolded, by their first entries.
    unfolded: BTreeSet<i64>,
}

/// A key for the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListMsg {
    /// Unfolds the action under the cursor, or shows its only entry in detail.
    Open,
    /// Folds the action under the cursor, or goes back to the list.
    Close,
}

/// A key for the row under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowMsg {
    Sessions,
    Directories,
    Undo,
    Copy,
}

/// The reason that a key for one row does nothing.
const SEVERAL: &str = "This line is about several rows. Enter unfolds it.";

type Msg = KeyMsg<ListMsg, RowMsg>;

const KEYS: &[Key<Msg>] = &[
    Key {
        on: &["enter", "l", "right"],
        name: "unfold",
        group: Group::Row,
        msg: List(ListMsg::Open),
        hint: "",
        help: "unfold an action on several rows; an entry in detail",
    },
    Key {
        on: &["h", "left"],
        name: "fold",
        group: Group::Row,
        msg: List(ListMsg::Close),
        hint: "",
        help: "fold the action again; back to the list",
    },
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
    type Row = Line;
    type Column = JournalColumn;
    type Detail = ();
    type ListMsg = ListMsg;
    type RowMsg = RowMsg;

    const ID: ScreenId = ScreenId::JOURNAL;
    const TAB: Option<Tab> =
        Some(Tab { command: "journal [FILTER]", help: "journal", argument: TabArgument::Filter });
    const SUBJECT: ListKind = ListKind::Journal;
    const STYLE: ListStyle<Self::Row, Self::Column, Self::Detail> = view::STYLE;
    const KEYS: &'static [Key<Msg>] = KEYS;
    const SORTS: &'static [SortKey<JournalColumn>] = &[
        SortKey {
            on: &[", t", ", T"],
            column: JournalColumn::Seq,
            name: "sort-time",
            help: "sort by time, oldest first (capital: newest first)",
        },
        SortKey {
            on: &[", b", ", B"],
            column: JournalColumn::Actor,
            name: "sort-by",
            help: "sort by who did it, then by time",
        },
        SortKey {
            on: &[", w", ", W"],
            column: JournalColumn::Action,
            name: "sort-what",
            help: "sort by what was done, then by who did it",
        },
    ];
    const LARGEST_FIRST: bool = true;

    fn id(line: &Line) -> i64 {
        line.entry.seq
    }

    fn request(&self, filter: &Filter, sort: Sort<JournalColumn>, span: RowRange) -> Request {
        let unfolded = self.unfolded.iter().copied().collect();
        Request::Journal(JournalRequest::Lines { filter: filter.clone(), sort, unfolded, span })
    }

    fn rows(&self, reply: Reply) -> Option<Window<Line>> {
        match reply {
            Reply::Lines(window) => Some(window),
            _ => None,
        }
    }

    fn history(line: &Line) -> Option<Route> {
        match line.fold {
            Fold::Closed(_) => None,
            Fold::Single | Fold::Open { .. } => Route::history(line.entry.object.kind, line.entry.object.id),
        }
    }

    fn why_no_history(line: &Line) -> &'static str {
        match line.fold {
            Fold::Closed(_) => SEVERAL,
            Fold::Single | Fold::Open { .. } => "The whole store has no history of its own.",
        }
    }

    fn changes(msg: Msg) -> bool {
        match msg {
            Row(RowMsg::Undo) => true,
            List(ListMsg::Open | ListMsg::Close)
            | Row(RowMsg::Sessions | RowMsg::Directories | RowMsg::Copy) => false,
        }
    }

    fn needs_admin(msg: Msg) -> bool {
        match msg {
            List(ListMsg::Open | ListMsg::Close)
            | Row(RowMsg::Undo | RowMsg::Sessions | RowMsg::Directories | RowMsg::Copy) => false,
        }
    }

    fn on_list(list: &mut Listing<Self>, pane: &mut DetailPane, msg: ListMsg) -> Vec<Ask> {
        let Some((act, fold)) = list.current().map(|line| (line.entry.act, line.fold)) else {
            return Vec::new();
        };
        match (msg, fold) {
            (ListMsg::Open, Fold::Closed(_)) if !pane.is_open() => {
                list.source.unfolded.insert(act);
                list.refresh_in_place()
            }
            (ListMsg::Close, Fold::Open { .. }) if !pane.is_open() => {
                list.source.unfolded.remove(&act);
                list.refresh()
            }
            (ListMsg::Open, _) => {
                pane.open();
                Vec::new()
            }
            (ListMsg::Close, _) => {
                pane.close();
                Vec::new()
            }
        }
    }

    fn on_row(_: &Context, line: &Line, msg: RowMsg) -> Vec<Ask> {
        let entry = &line.entry;
        let go = |screen| match (line.fold, entry.object.account) {
            (Fold::Closed(_), _) => Ask::refusal(SEVERAL),
            (Fold::Single | Fold::Open { .. }, Some(account)) => {
                Ask::Go(Route::of_account(screen, Who::Id(account)))
            }
            (Fold::Single | Fold::Open { .. }, None) => Ask::refusal("This entry is not about one account."),
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
