//! The keys that every list has: moving, marking, filtering and sorting.

use crate::tui::keys::{Found, Group, Help, Key, find};
use crate::tui::widgets::scroll_window::Move;

/// A key of every list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListKey {
    Step(Move),
    Filter,
    /// Marks the row and moves the cursor down.
    Mark,
    /// Begins or ends a marked range.
    Range,
    /// Marks all rows that the filter shows.
    MarkAll,
    Invert,
    Refresh,
}

pub(super) const KEYS: &[Key<ListKey>] = &[
    Key {
        on: &["j", "down"],
        name: "down",
        group: Group::Move,
        msg: ListKey::Step(Move::Down),
        hint: "",
        help: "one row down",
    },
    Key {
        on: &["k", "up"],
        name: "up",
        group: Group::Move,
        msg: ListKey::Step(Move::Up),
        hint: "",
        help: "one row up",
    },
    Key {
        on: &["g", "home"],
        name: "first",
        group: Group::Move,
        msg: ListKey::Step(Move::First),
        hint: "",
        help: "to the first row",
    },
    Key {
        on: &["G", "end"],
        name: "last",
        group: Group::Move,
        msg: ListKey::Step(Move::Last),
        hint: "",
        help: "to the last row",
    },
    Key {
        on: &["ctrl-d"],
        name: "half-page-down",
        group: Group::Move,
        msg: ListKey::Step(Move::HalfDown),
        hint: "",
        help: "half a page down",
    },
    Key {
        on: &["ctrl-u"],
        name: "half-page-up",
        group: Group::Move,
        msg: ListKey::Step(Move::HalfUp),
        hint: "",
        help: "half a page up",
    },
    Key {
        on: &["pagedown"],
        name: "page-down",
        group: Group::Move,
        msg: ListKey::Step(Move::PageDown),
        hint: "",
        help: "a page down",
    },
    Key {
        on: &["pageup"],
        name: "page-up",
        group: Group::Move,
        msg: ListKey::Step(Move::PageUp),
        hint: "",
        help: "a page up",
    },
    Key {
        on: &["/"],
        name: "filter",
        group: Group::Find,
        msg: ListKey::Filter,
        hint: "filter",
        help: "filter; Enter keeps it, Esc drops it",
    },
    Key {
        on: &["space"],
        name: "mark",
        group: Group::Mark,
        msg: ListKey::Mark,
        hint: "mark",
        help: "mark the row and go on",
    },
    Key {
        on: &["v"],
        name: "range",
        group: Group::Mark,
        msg: ListKey::Range,
        hint: "",
        help: "mark a range: v here, move, v there",
    },
    Key {
        on: &["*"],
        name: "mark-all",
        group: Group::Mark,
        msg: ListKey::MarkAll,
        hint: "",
        help: "mark all that the filter shows",
    },
    Key {
        on: &["~"],
        name: "invert",
        group: Group::Mark,
        msg: ListKey::Invert,
        hint: "",
        help: "invert selection",
    },
    Key {
        on: &["R"],
        name: "refresh",
        group: Group::List,
        msg: ListKey::Refresh,
        hint: "",
        help: "read the rows again",
    },
];

/// The keys of the open filter line, for the footer.
pub(crate) const FILTER_HINTS: &[Help] = &[
    filter_hint(&["enter"], "keep"),
    filter_hint(&["tab"], "complete"),
    filter_hint(&["up"], "earlier filters"),
    filter_hint(&["esc"], "drop"),
];

const fn filter_hint(on: &'static [&'static str], hint: &'static str) -> Help {
    Help { on, name: "", group: Group::Find, hint, help: "" }
}

/// Returns true if a key is for the row under the cursor or for the marks, rather than a move to another row.
pub(crate) fn is_about_row(name: &str) -> bool {
    match find(KEYS, name) {
        Found::Hit(ListKey::Mark | ListKey::Range | ListKey::MarkAll | ListKey::Invert) => true,
        Found::Hit(ListKey::Step(_) | ListKey::Filter | ListKey::Refresh) | Found::Prefix | Found::Miss => {
            false
        }
    }
}

/// Returns true if a key moves the cursor.
pub(crate) fn is_move(name: &str) -> bool {
    matches!(find(KEYS, name), Found::Hit(ListKey::Step(_)))
}
