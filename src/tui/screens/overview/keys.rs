//! The keys of the overview.

use crate::tui::keys::{Group, Key};
use crate::tui::widgets::scroll_window::Move;

/// A key of the overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OverviewKey {
    Open,
    /// Leads out, as Esc does.
    Out,
    Confirm,
    NextPanel,
    PreviousPanel,
    Step(Move),
    Refresh,
}

pub(super) const KEYS: &[Key<OverviewKey>] = &[
    Key {
        on: &["enter", "l", "right"],
        name: "open",
        group: Group::Row,
        msg: OverviewKey::Open,
        hint: "open",
        help: "to the list behind the figure",
    },
    Key {
        on: &["h", "left"],
        name: "go-out",
        group: Group::Move,
        msg: OverviewKey::Out,
        hint: "",
        help: "out again",
    },
    Key {
        on: &["c"],
        name: "confirm",
        group: Group::Row,
        msg: OverviewKey::Confirm,
        hint: "confirm",
        help: "confirm the account that waits",
    },
    Key {
        on: &["tab"],
        name: "next-panel",
        group: Group::Move,
        msg: OverviewKey::NextPanel,
        hint: "next panel",
        help: "to the next panel",
    },
    Key {
        on: &["backtab"],
        name: "previous-panel",
        group: Group::Move,
        msg: OverviewKey::PreviousPanel,
        hint: "",
        help: "to the panel before",
    },
    step(&["j", "down"], "down", Move::Down, "to the next figure"),
    step(&["k", "up"], "up", Move::Up, "to the figure before"),
    step(&["g", "home"], "first", Move::First, "to the first figure"),
    step(&["G", "end"], "last", Move::Last, "to the last figure"),
    step(&["ctrl-d"], "half-page-down", Move::HalfDown, "half a page down"),
    step(&["ctrl-u"], "half-page-up", Move::HalfUp, "half a page up"),
    step(&["pagedown"], "page-down", Move::PageDown, "a page down"),
    step(&["pageup"], "page-up", Move::PageUp, "a page up"),
    Key {
        on: &["R"],
        name: "refresh",
        group: Group::List,
        msg: OverviewKey::Refresh,
        hint: "",
        help: "read the figures again",
    },
];

const fn step(
    on: &'static [&'static str],
    name: &'static str,
    step: Move,
    help: &'static str,
) -> Key<OverviewKey> {
    Key { on, name, group: Group::Move, msg: OverviewKey::Step(step), hint: "", help }
}
