//! The circumstances of one request.

use std::ops::ControlFlow;

use crate::domain::clock::{BootTime, Moment};
use crate::domain::journal::Reason;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::store::TransactionEnd;

use super::contract::{ActionSummary, Caller, CountedRows, Progress, Reply};

/// The caller, the time and the options of one request.
pub struct RequestContext<'a> {
    pub caller: Caller,
    pub now: Timestamp,
    /// The time since boot, read together with `now`; `None` if it is unknown.
    pub boot: Option<BootTime>,
    /// Only report what the action would do (`--dry-run`, and the counts in a confirmation dialog). An action on one thing
    /// is performed and rolled back, one on many is counted.
    pub dry_run: bool,
    /// The reason that the caller gave.
    pub reason: Option<Reason>,
    /// The rows that the action was counted with, once [`Request::Counted`](super::contract::Request::Counted) names them.
    pub counted: Option<CountedRows>,
    /// Receives the progress of long work. [`ControlFlow::Break`] stops it, and the failure says what stays done.
    pub progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl RequestContext<'_> {
    /// Returns the time of the request by both clocks.
    pub(super) fn moment(&self) -> Moment {
        Moment { wall: self.now, boot: self.boot.clone() }
    }

    /// Returns the way in which the transaction of a successful action ends.
    pub(super) fn verdict(&self) -> TransactionEnd {
        if self.dry_run { TransactionEnd::RollBack } else { TransactionEnd::Commit }
    }

    /// Returns true unless the request must leave nothing behind, not even a note of what was used.
    pub(super) fn may_note(&self) -> bool {
        match self.caller {
            Caller::Viewer { .. } => false,
            Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } | Caller::Owner => !self.dry_run,
        }
    }

    /// Returns the reply that shows a new token or code. A dry run shows none, because it would not work.
    pub(super) fn show_secret(&self, secret: Secret, expires_at: Timestamp, summary: ActionSummary) -> Reply {
        if self.dry_run { Reply::Done(summary) } else { Reply::Secret { summary, secret, expires_at } }
    }
}
