//! The reply to a request for an overview.

use crate::domain::journal::{Action, EntityKind};
use crate::domain::overview::{Figures, StoreFacts, Totals};
use crate::domain::time::Timestamp;

/// The state of the service at a glance. A plain user gets their own figures only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The time that the figures are about.
    pub at: Timestamp,
    pub figures: Figures,
    /// Events since the operator was here before; `None` for a command.
    pub since: Option<SinceLastVisit>,
    /// The store itself; `None` for a plain user.
    pub store: Option<StoreOverview>,
}

/// The events since an operator was here before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SinceLastVisit {
    /// The log-in before the present one; `None` if there was none.
    pub last_log_in: Option<Timestamp>,
    /// The actions of others since then, the newest first.
    pub others: Vec<OthersAction>,
    /// True if there is more than was looked at.
    pub is_cut: bool,
    /// Failed log-ins on the operator's own account since, and the place of the newest.
    pub own_failures: u64,
    pub failed_from: Option<String>,
}

/// Actions of one kind by one operator or program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OthersAction {
    /// The account's name, or that of the OS user.
    pub actor: String,
    /// True if a command did it, whose actor is an OS user.
    pub is_command: bool,
    pub action: Action,
    pub kind: EntityKind,
    /// The name of the thing that the newest entry is about.
    pub label: String,
    /// The number of entries.
    pub entries: u64,
    /// The time of the newest entry.
    pub at: Option<Timestamp>,
}

/// The store itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOverview {
    /// The path of its file.
    pub location: String,
    pub facts: StoreFacts,
    /// The end of the last check that found nothing.
    pub sound_at: Option<Timestamp>,
    /// True if damage was found.
    pub is_damaged: bool,
}

/// The figures that a monitoring system collects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metrics {
    /// The time that they are about.
    pub at: Timestamp,
    pub totals: Totals,
    pub store: StoreOverview,
}
