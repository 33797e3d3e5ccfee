//! The status of an account in a table.

use crate::domain::user::Status;

use super::output::{Cell, Tone};

/// Returns a status as word and shape.
pub(super) fn status_cell(status: Status) -> Cell {
    match status {
        Status::Confirmed => Cell::state("● confirmed", Tone::Good),
        Status::Pending => Cell::state("◌ pending", Tone::Confirmation),
        Status::Suspended => Cell::state("■ suspended", Tone::Bad),
    }
}
