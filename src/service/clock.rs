//! The clock: a wall clock that was set back, and sessions whose time is over all the same.

use crate::domain::clock::{BootTime, ClockBehind};
use crate::domain::finding::{Finding, Severity};
use crate::domain::journal::{Image, SESSIONS_ENDED};
use crate::domain::time::{Timestamp, to_stored};
use crate::store::{Read, StoreError, Verdict, change, read};

use super::contract::{Failure, FailureKind, Verb};
use super::record::{self, Scribe};
use super::{Call, Desk, act};

/// Compares the wall clock with the journal: the newest entry counts since the last clock entry.
///
/// # Errors
/// The store cannot be read.
pub fn behind(desk: &Desk, wall: Timestamp) -> Result<Option<ClockBehind>, Failure> {
    read(&*desk.store, |rows| judge(rows, wall))
}

fn judge(rows: &dyn Read, wall: Timestamp) -> Result<Option<ClockBehind>, Failure> {
    Ok(rows.latest_entry()?.and_then(|newest| ClockBehind::judge(wall, newest)))
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
pub fn findings(desk: &Desk, wall: Timestamp) -> Result<Vec<Finding>, Failure> {
    Ok(behind(desk, wall)?.as_ref().map(finding).into_iter().collect())
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
pub fn restart(desk: &mut Desk, call: &mut Call<'_>) -> Result<bool, Failure> {
    act(desk, call, |act| {
        act.actor.admin_only("write a clock entry")?;
        let Some(behind) = judge(act.rows, act.now)? else { return Ok(false) };
        let before = Image::new().with("newest", to_stored(behind.newest)).with("entry", behind.entry);
        let after = Image::new().with("clock", to_stored(behind.wall));
        act.note(Verb::ClockSet, record::store("the clock"), before, after)?;
        Ok(true)
    })
}

/// Ends the sessions whose time is over by the time since boot, though a wall clock that was set back says otherwise. In
/// nearly every case there are none, and nothing is written. A store that can only be read is left as it is.
pub(super) fn end_by_boot(desk: &mut Desk, call: &Call<'_>) -> Result<(), Failure> {
    let Some(boot) = &call.boot else { return Ok(()) };
    let is_over = |rows: &dyn Read| Ok::<_, Failure>(rows.any_over_by_boot(call.now, boot)?);
    if call.rehearsal || !read(&*desk.store, is_over)? {
        return Ok(());
    }
    match mark(desk, call, boot) {
        Err(StoreError::ReadOnly) => Ok(()),
        marked => Ok(marked?),
    }
}

fn mark(desk: &mut Desk, call: &Call<'_>, boot: &BootTime) -> Result<(), StoreError> {
    let Desk { store, here, .. } = desk;
    change(&mut **store, Verdict::Commit, |rows| {
        let ended = rows.end_sessions_by_boot(call.now, boot)?;
        if ended > 0 {
            // Whoever asks, it is the program itself that notices.
            let mut scribe = Scribe::of_command(here, call.now);
            let after = Image::new().with(SESSIONS_ENDED, ended).with("because", "the clock was set back");
            scribe.note(rows, Verb::Swept, record::store("sessions"), Image::new(), after)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests;
