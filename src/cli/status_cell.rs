//! The state and the status of an account in a table.

use crate::domain::time::Timestamp;
use crate::domain::user::{Shut, Status, User};

use super::output::{Cell, Tone};

/// Returns an account's state at `now` as word and shape: its status, unless it is out of its days.
pub(super) fn state_cell(user: &User, now: Timestamp) -> Cell {
    match user.shut(now) {
        Some(Shut::NotYet(_)) => Cell::state("◇ not yet", Tone::Confirmation),
        Some(Shut::Expired(_)) => Cell::state("× expired", Tone::Bad),
        Some(Shut::Pending | Shut::Suspended) | None => status_cell(user.status),
    }
}

/// Returns a status as word and shape.
pub(super) fn status_cell(status: Status) -> Cell {
    match status {
        Status::Confirmed => Cell::state("● confirmed", Tone::Good),
        Status::Pending => Cell::state("◌ pending", Tone::Confirmation),
        Status::Suspended => Cell::state("■ suspended", Tone::Bad),
    }
}
