//! The keys of every list screen, beside those of its list and of its details.

use crate::tui::keys::{Group, Key};

use super::detail_pane::Divide;

/// A key of any list screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScreenKey {
    /// Goes to the history of the row under the cursor.
    History,
    Columns,
    Divide(Divide),
}

pub(super) const KEYS: &[Key<ScreenKey>] = &[
    Key {
        on: &["H"],
        name: "history",
        group: Group::Row,
        msg: ScreenKey::History,
        hint: "history",
        help: "all that was done to it, newest first",
    },
    Key {
        on: &["C"],
        name: "columns",
        group: Group::Everywhere,
        msg: ScreenKey::Columns,
        hint: "",
        help: "choose and order the columns",
    },
    Key {
        on: &["<"],
        name: "wider-details",
        group: Group::Move,
        msg: ScreenKey::Divide(Divide::Left),
        hint: "",
        help: "move the divide to the left",
    },
    Key {
        on: &[">"],
        name: "narrower-details",
        group: Group::Move,
        msg: ScreenKey::Divide(Divide::Right),
        hint: "",
        help: "move the divide to the right",
    },
];
