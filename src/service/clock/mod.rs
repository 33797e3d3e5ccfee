//! The clock: a wall clock that was set back, and sessions whose time is over all the same.

use crate::domain::clock::{BootTime, ClockBehind};
use crate::domain::finding::{Finding, Severity};
use crate::domain::journal::{FieldValues, SESSIONS_ENDED};
use crate::domain::time::{Timestamp, to_stored};
use crate::store::{Read, StoreError, TransactionEnd, change, read};

use super::contract::{Action, Failure, FailureKind};
use super::journal_writer::{self, JournalWriter};
use super::{RequestContext, Service, with_transaction};

/// Compares the wall clock with the journal: the newest entry counts since the last clock entry.
///
/// # Errors
/// The store cannot be read.
pub fn behind(service: &Service, wall: Timestamp) -> Result<Option<ClockBehind>, Failure> {
    read(&*service.store, |rows| judge(rows, wall))
}

fn judge(rows: &dyn Read, wall: Timestamp) -> Result<Option<ClockBehind>, Failure> {
    Ok(rows.latest_entry()?.and_then(|newest| ClockBehind::check(wall, newest)))
}

/// Refuses to judge a token by a clock that is behind the journal.
///
/// # Errors
/// [`FailureKind::Unavailable`] with both times.
pub(super) fn require_right(rows: &dyn Read, wall: Timestamp) -> Result<(), Failure> {
    judge(rows, wall)?.map_or(Ok(()), |behind| {
        Err(Failure::new(FailureKind::Unavailable, behind.to_string()).hint(ClockBehind::HINT))
    })
}

/// Returns what `nexus doctor` reports about the clock.
///
/// # Errors
/// The store cannot be read.
pub fn findings(service: &Service, wall: Timestamp) -> Result<Vec<Finding>, Failure> {
    Ok(behind(service, wall)?.as_ref().map(finding).into_iter().collect())
}

fn finding(behind: &ClockBehind) -> Finding {
    Finding {
        check: "clock",
        severity: Severity::Error,
        object: format!("journal entry {}", behind.entry),
        message: behind.to_string(),
        fix: "Set the clock right; if it is right, --fix writes a clock entry from which times count again."
            .into(),
        fixable: true,
    }
}

/// Writes a clock entry into the journal: from it on the times of entries count again. Nothing is written where the clock
/// is not behind. Returns whether it was.
///
/// # Errors
/// As any act; only an admin may.
pub fn restart(service: &mut Service, context: &mut RequestContext<'_>) -> Result<bool, Failure> {
    with_transaction(service, context, |tx| {
        tx.principal.admin_only("write a clock entry")?;
        let Some(behind) = judge(tx.rows, tx.now)? else { return Ok(false) };
        let before = FieldValues::new().with("newest", to_stored(behind.newest)).with("entry", behind.entry);
        let after = FieldValues::new().with("clock", to_stored(behind.wall));
        tx.note(Action::ClockSet, journal_writer::store("the clock"), before, after)?;
        Ok(true)
    })
}

/// Ends the sessions whose time is over by the time since boot, though a wall clock that was set back says otherwise. In
/// nearly every case there are none, and nothing is written. A store that can only be read is left as it is.
pub(super) fn end_by_boot(service: &mut Service, context: &RequestContext<'_>) -> Result<(), Failure> {
    let Some(boot) = &context.boot else { return Ok(()) };
    let is_over = |rows: &dyn Read| Ok::<_, Failure>(rows.any_over_by_boot(context.now, boot)?);
    if context.dry_run || !read(&*service.store, is_over)? {
        return Ok(());
    }
    match mark(service, context, boot) {
        Err(StoreError::ReadOnly) => Ok(()),
        marked => Ok(marked?),
    }
}

fn mark(service: &mut Service, context: &RequestContext<'_>, boot: &BootTime) -> Result<(), StoreError> {
    let Service { store, host, .. } = service;
    change(&mut **store, TransactionEnd::Commit, |rows| {
        let ended = rows.end_sessions_by_boot(context.now, boot)?;
        if ended > 0 {
            // Whoever asks, it is the program itself that notices.
            let mut journal = JournalWriter::of_command(host, context.now);
            let after =
                FieldValues::new().with(SESSIONS_ENDED, ended).with("because", "the clock was set back");
            journal.note(
                rows,
                Action::Swept,
                journal_writer::store("sessions"),
                FieldValues::new(),
                after,
            )?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests;
