//! The state of rows that only time tells: sessions that are over, and the age of the last backup.

use crate::domain::finding::{Finding, FoundRows, Severity};
use crate::domain::text::count;
use crate::domain::time::{Duration, Timestamp, date_time, span};
use crate::store::{Read, Result};

/// The age of the last backup from which on it is a finding.
const OLD_BACKUP: Duration = Duration::days(7);

/// Returns the finding about sessions whose rows say `active` though their time is over: programs that look at the row alone
/// let them in.
///
/// # Errors
/// The rows cannot be read.
pub(super) fn sessions(rows: &dyn Read, now: Timestamp) -> Result<Option<Finding>> {
    let mut over = FoundRows::default();
    rows.overdue(now)?.into_iter().for_each(|id| over.add(id.to_string()));
    let are = count(over.total(), "session is", "sessions are");
    let finding = || Finding {
        check: "sessions",
        severity: Severity::Warning,
        object: "sessions".into(),
        message: format!("{are} over but still marked active: {}.", over.names()),
        fix: "nexus session sweep".into(),
        fixable: true,
    };
    Ok((over.total() > 0).then(finding))
}

/// Returns the finding about a backup that is old or was never made, as far as the journal tells.
///
/// # Errors
/// The rows cannot be read.
pub(super) fn backup(rows: &dyn Read, now: Timestamp, store: String) -> Result<Option<Finding>> {
    let message = match rows.store_facts()?.last_backup {
        None => "There is no backup: the journal records none.".to_owned(),
        Some(at) if now - at > OLD_BACKUP => {
            format!("The last backup is {} old: it is of {} UTC.", span(now - at), date_time(at))
        }
        Some(_) => return Ok(None),
    };
    Ok(Some(Finding {
        check: "backup",
        severity: Severity::Warning,
        object: store,
        message,
        fix: "nexus backup FILE".into(),
        fixable: false,
    }))
}
