//! The keys of the accounts.

use crate::service::contract::AccountAction;
use crate::tui::keys::{Group, Key};
use crate::tui::screens::listing::KeyMsg::{self, List, Row};

/// A key for the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListMsg {
    Act(AccountAction),
    /// Suspends; on the board of pending accounts, rejects.
    CutOff,
    /// Changes the level to the other one.
    Level,
    Add,
    MakeHome,
}

/// A key for the row under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowMsg {
    Edit,
    EndSessions,
    Password,
    AccessCode,
    Sessions,
    Directories,
    Why,
    Note,
    Copy,
}

pub(super) type Msg = KeyMsg<ListMsg, RowMsg>;

/// The footer's word and the line of the help for the key that rejects.
pub(super) const REJECT: (&str, &str) = ("reject", "reject the pending account: to the bin, with the reason");

/// The command that suspends. Its key is the one to cut off, so on the board of pending accounts that rejects.
pub(super) const SUSPEND: &str = "suspend";

/// The command suspends on that board, too.
pub(super) const BY_NAME: &[Key<Msg>] = &[Key {
    on: &["by-name:suspend"],
    name: SUSPEND,
    group: Group::Row,
    msg: List(ListMsg::Act(AccountAction::Suspend)),
    hint: "",
    help: "",
}];

pub(super) const KEYS: &[Key<Msg>] = &[
    Key {
        on: &["c"],
        name: "confirm",
        group: Group::Row,
        msg: List(ListMsg::Act(AccountAction::Confirm)),
        hint: "confirm",
        help: "confirm the account, or lift its suspension or its waits after failed log-ins",
    },
    Key {
        on: &[":unlock"],
        name: "unlock",
        group: Group::Row,
        msg: List(ListMsg::Act(AccountAction::Unlock)),
        hint: "",
        help: "lift the waits after failed log-ins",
    },
    Key {
        on: &["e"],
        name: "edit",
        group: Group::Row,
        msg: Row(RowMsg::Edit),
        hint: "edit",
        help: "edit the account",
    },
    Key {
        on: &["x"],
        name: SUSPEND,
        group: Group::Row,
        msg: List(ListMsg::CutOff),
        hint: "suspend",
        help: "suspend the account and end its sessions",
    },
    Key {
        on: &["P"],
        name: "password",
        group: Group::Row,
        msg: Row(RowMsg::Password),
        hint: "password",
        help: "password and access code",
    },
    Key {
        on: &["s"],
        name: "account-sessions",
        group: Group::Row,
        msg: Row(RowMsg::Sessions),
        hint: "sessions",
        help: "the account's sessions",
    },
    Key {
        on: &["f"],
        name: "account-directories",
        group: Group::Row,
        msg: Row(RowMsg::Directories),
        hint: "directories",
        help: "the account's directories",
    },
    Key {
        on: &["W"],
        name: "why",
        group: Group::Row,
        msg: Row(RowMsg::Why),
        hint: "why",
        help: "why the account can log in or cannot",
    },
    Key {
        on: &["n"],
        name: "note",
        group: Group::Row,
        msg: Row(RowMsg::Note),
        hint: "note",
        help: "change the note on the account",
    },
    Key {
        on: &["a"],
        name: "add",
        group: Group::List,
        msg: List(ListMsg::Add),
        hint: "add",
        help: "add an account",
    },
    Key {
        on: &["d"],
        name: "delete",
        group: Group::Row,
        msg: List(ListMsg::Act(AccountAction::Delete)),
        hint: "delete",
        help: "delete the account, its sessions and directories",
    },
    Key {
        on: &["X"],
        name: "revoke",
        group: Group::Row,
        msg: Row(RowMsg::EndSessions),
        hint: "",
        help: "end all sessions of the account",
    },
    Key {
        on: &["A"],
        name: "level",
        group: Group::Row,
        msg: List(ListMsg::Level),
        hint: "",
        help: "promote to admin, or demote to user",
    },
    Key {
        on: &[":reject"],
        name: "reject",
        group: Group::Row,
        msg: List(ListMsg::Act(AccountAction::Reject)),
        hint: "",
        help: REJECT.1,
    },
    Key {
        on: &[":promote"],
        name: "promote",
        group: Group::Row,
        msg: List(ListMsg::Act(AccountAction::Promote)),
        hint: "",
        help: "make an admin of the account",
    },
    Key {
        on: &[":demote"],
        name: "demote",
        group: Group::Row,
        msg: List(ListMsg::Act(AccountAction::Demote)),
        hint: "",
        help: "make a user of the account",
    },
    Key {
        on: &[":access-code"],
        name: "access-code",
        group: Group::Row,
        msg: Row(RowMsg::AccessCode),
        hint: "",
        help: "make a one-time access code, good for 24 hours",
    },
    Key {
        on: &["i"],
        name: "provision",
        group: Group::Row,
        msg: List(ListMsg::MakeHome),
        hint: "",
        help: "make the home and its libraries",
    },
    Key {
        on: &["y"],
        name: "copy",
        group: Group::Row,
        msg: Row(RowMsg::Copy),
        hint: "",
        help: "copy the email",
    },
];
