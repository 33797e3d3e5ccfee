//! The table of the keys that mean the same on every screen.

use std::sync::LazyLock;

use crate::tui::keys::{BACK, FORWARD, Group, Help, Key};
use crate::tui::overlays::palette;
use crate::tui::route::ScreenId;
use crate::tui::screens::SCREENS;

/// A key that means the same on every screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Global {
    /// Goes to a screen, with a filter expression or as it was left.
    Go(ScreenId, Option<&'static str>),
    Back,
    Forward,
    /// Leads out of the screen; on a main screen it does nothing.
    Out,
    /// Lists the saved views.
    Views,
    Help,
    Palette,
    Issue,
    Sweep,
    Verify,
    SecondFactor,
    Undo,
    Redo,
    CopyCommand,
    Times,
    Mouse,
    Lock,
    Redraw,
    Suspend,
    Quit,
}

/// The condition under which a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// It works while nobody has logged in, too.
    Nothing,
    LogIn,
    Admin,
    /// It changes something, or opens a form that does.
    WritableStore,
    AdminAndWritableStore,
}

impl Global {
    fn needs(self) -> Needs {
        match self {
            Self::Redraw | Self::Suspend | Self::Quit => Needs::Nothing,
            // A board of accounts lists those of others.
            Self::Go(ScreenId::USERS, Some(_)) | Self::Verify => Needs::Admin,
            Self::Issue | Self::Sweep => Needs::AdminAndWritableStore,
            Self::Undo | Self::Redo | Self::SecondFactor => Needs::WritableStore,
            Self::Go(..)
            | Self::Back
            | Self::Forward
            | Self::Out
            | Self::Views
            | Self::Help
            | Self::Palette
            | Self::CopyCommand
            | Self::Times
            | Self::Mouse
            | Self::Lock => Needs::LogIn,
        }
    }

    /// Returns true if the key, or the form that it opens, changes something.
    pub(super) fn changes(self) -> bool {
        match self.needs() {
            Needs::WritableStore | Needs::AdminAndWritableStore => true,
            Needs::Nothing | Needs::LogIn | Needs::Admin => false,
        }
    }

    /// Returns true if the key is for something that only an admin may do.
    pub(super) fn needs_admin(self) -> bool {
        match self.needs() {
            Needs::Admin | Needs::AdminAndWritableStore => true,
            Needs::Nothing | Needs::LogIn | Needs::WritableStore => false,
        }
    }

    /// Returns true if the key works while nobody has logged in.
    pub(super) fn works_at_login(self) -> bool {
        match self.needs() {
            Needs::Nothing => true,
            Needs::LogIn | Needs::Admin | Needs::WritableStore | Needs::AdminAndWritableStore => false,
        }
    }

    /// Returns true if the key works while a secret is being made: it covers the screen or draws it, and does nothing with
    /// the list.
    pub(super) fn works_before_secret(self) -> bool {
        match self {
            Self::Lock | Self::Redraw | Self::Suspend => true,
            Self::Go(..)
            | Self::Back
            | Self::Forward
            | Self::Out
            | Self::Views
            | Self::Help
            | Self::Palette
            | Self::Issue
            | Self::Sweep
            | Self::Verify
            | Self::SecondFactor
            | Self::Undo
            | Self::Redo
            | Self::CopyCommand
            | Self::Times
            | Self::Mouse
            | Self::Quit => false,
        }
    }
}

/// The digit keys of the tabs, in their order.
const DIGITS: [&[&str]; 10] =
    [&["0"], &["1"], &["2"], &["3"], &["4"], &["5"], &["6"], &["7"], &["8"], &["9"]];

/// The global keys: one for each tab, then the others.
pub(super) static KEYS: LazyLock<Vec<Key<Global>>> = LazyLock::new(|| {
    let tabs = SCREENS.iter().filter_map(|screen| Some((screen.id, screen.tab?)));
    let tabs = tabs.zip(DIGITS).map(|((id, tab), on)| Key {
        on,
        name: tab.command,
        group: Group::Go,
        msg: Global::Go(id, None),
        hint: "",
        help: tab.help,
    });
    tabs.chain(OTHERS.iter().copied()).collect()
});

const OTHERS: &[Key<Global>] = &[
    Key {
        on: &["o p"],
        name: "pending",
        group: Group::Go,
        msg: Global::Go(ScreenId::USERS, Some("status:pending")),
        hint: "",
        help: "pending accounts",
    },
    Key {
        on: &["o e"],
        name: "ended",
        group: Group::Go,
        msg: Global::Go(ScreenId::SESSIONS, Some("status:expired")),
        hint: "",
        help: "ended sessions",
    },
    Key {
        on: &["o t"],
        name: "bin",
        group: Group::Go,
        msg: Global::Go(ScreenId::BIN, None),
        hint: "",
        help: "the bin",
    },
    Key {
        on: BACK,
        name: "back",
        group: Group::Go,
        msg: Global::Back,
        hint: "",
        help: "back to where you were, with filter, order and row",
    },
    Key {
        on: FORWARD,
        name: "forward",
        group: Group::Go,
        msg: Global::Forward,
        hint: "",
        help: "forward again",
    },
    Key {
        on: &[":views"],
        name: "views",
        group: Group::Find,
        msg: Global::Views,
        hint: "",
        help: "list the saved views",
    },
    Key {
        on: &["esc"],
        name: "out",
        group: Group::Go,
        msg: Global::Out,
        hint: "",
        help: "out of one thing: box, marks, filter, board",
    },
    Key {
        on: &[":issue"],
        name: "issue",
        group: Group::Everywhere,
        msg: Global::Issue,
        hint: "",
        help: "issue a token",
    },
    Key {
        on: &[":sweep"],
        name: "sweep",
        group: Group::Everywhere,
        msg: Global::Sweep,
        hint: "",
        help: "mark all expired sessions",
    },
    Key {
        on: &[":verify"],
        name: "verify",
        group: Group::Everywhere,
        msg: Global::Verify,
        hint: "",
        help: "verify a token",
    },
    Key {
        on: &[":second-factor"],
        name: "second-factor",
        group: Group::Everywhere,
        msg: Global::SecondFactor,
        hint: "",
        help: "set up your second factor",
    },
    Key {
        on: &["u"],
        name: "undo",
        group: Group::Everywhere,
        msg: Global::Undo,
        hint: "",
        help: "undo your last action",
    },
    Key {
        on: &["ctrl-r"],
        name: "redo",
        group: Group::Everywhere,
        msg: Global::Redo,
        hint: "",
        help: "do again what you undid",
    },
    Key {
        on: &[":"],
        name: "commands",
        group: Group::Everywhere,
        msg: Global::Palette,
        hint: "",
        help: "a command by name, or a row by number",
    },
    Key {
        on: &["Y"],
        name: "copy-command",
        group: Group::Everywhere,
        msg: Global::CopyCommand,
        hint: "",
        help: "copy the last action as a command",
    },
    Key {
        on: &["t"],
        name: "times",
        group: Group::Everywhere,
        msg: Global::Times,
        hint: "",
        help: "show times as ages, in UTC or in local time",
    },
    Key {
        on: &[":mouse"],
        name: "mouse",
        group: Group::Everywhere,
        msg: Global::Mouse,
        hint: "",
        help: "use the mouse, or stop using it",
    },
    Key {
        on: &["L"],
        name: "lock",
        group: Group::Everywhere,
        msg: Global::Lock,
        hint: "",
        help: "lock the console",
    },
    Key {
        on: &["ctrl-l"],
        name: "redraw",
        group: Group::Everywhere,
        msg: Global::Redraw,
        hint: "",
        help: "redraw the screen",
    },
    Key {
        on: &["ctrl-z"],
        name: "shell",
        group: Group::Everywhere,
        msg: Global::Suspend,
        hint: "",
        help: "go to the shell; fg resumes",
    },
    Key {
        on: &["q", "ctrl-c"],
        name: "quit",
        group: Group::Everywhere,
        msg: Global::Quit,
        hint: "",
        help: "leave",
    },
    Key {
        on: &["?", "f1"],
        name: "help",
        group: Group::Everywhere,
        msg: Global::Help,
        hint: "all keys",
        help: "all keys; type to filter",
    },
];

/// The commands that only the palette has.
pub(super) const TYPED: [Help; 8] = [
    Help {
        on: &[":export FILE"],
        name: palette::EXPORT,
        group: Group::List,
        hint: "",
        help: "write the list into a file (.csv .json .jsonl)",
    },
    Help {
        on: &[":record FILE"],
        name: palette::RECORD,
        group: Group::Everywhere,
        hint: "",
        help: "write a runbook: actions as commands; :record ends it",
    },
    Help {
        on: &[":theme NAME"],
        name: palette::THEME.1,
        group: Group::Everywhere,
        hint: "",
        help: "use another theme",
    },
    Help {
        on: &[":as WHO"],
        name: palette::VIEW_AS.1,
        group: Group::Everywhere,
        hint: "",
        help: "see the console as an account gets it; :as ends it",
    },
    Help { on: &[":N"], name: palette::ROW, group: Group::Move, hint: "", help: "to row N of the list" },
    Help {
        on: &[":save NAME"],
        name: "save NAME",
        group: Group::Find,
        hint: "",
        help: "save screen, filter and order as a view",
    },
    Help {
        on: &[":view NAME"],
        name: palette::VIEW.1,
        group: Group::Find,
        hint: "",
        help: "bring back a saved view",
    },
    Help {
        on: &[":unsave NAME"],
        name: "unsave VIEW",
        group: Group::Find,
        hint: "",
        help: "remove a saved view",
    },
];
