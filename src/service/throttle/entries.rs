//! Failed log-ins in the journal: the first ones of a run have an entry each, and the others one for each minute, so that
//! nobody can fill the disk with them.

use crate::domain::failed_tries::{FailedTries, FailureRun, TryTarget};
use crate::domain::journal::{Action, EntityRef};
use crate::domain::text::grouped;
use crate::domain::time::{Duration, Timestamp, to_stored};
use crate::domain::user::{UserId, Who};
use crate::store::StoreError;

use super::super::denied::unnamed_account;
use super::super::journal_writer;
use super::super::transaction::Transaction;

/// Records a failed log-in, at once or later with others of its minute.
///
/// # Errors
/// Those of the store.
pub(in super::super) fn note_failure(
    tx: &mut Transaction<'_>,
    object: EntityRef,
    why: &str,
) -> Result<(), StoreError> {
    write_rest(tx)?;
    let origin = tx.host.origin.as_str();
    let target = object.account.map_or(TryTarget::UnknownNames, TryTarget::Account);
    let found = tx.rows.failed_tries(target, origin)?;
    let tries = found.unwrap_or_else(|| FailedTries {
        count: 0,
        untold: 0,
        last: super::Moment { wall: tx.now, boot: tx.boot.clone() },
        run: FailureRun::default(),
    });
    let (run, is_written) = tries.run.with_failure(minute_of(tx.now));
    tx.rows.keep_failed_tries(target, origin, &FailedTries { run, ..tries })?;
    if !is_written {
        return Ok(());
    }
    tx.journal.note_refusal(tx.rows, Action::LoggedIn, object, why)
}

/// Writes the entries for failures of earlier minutes that have none yet: one for each minute.
///
/// # Errors
/// Those of the store.
pub(super) fn write_rest(tx: &mut Transaction<'_>) -> Result<(), StoreError> {
    for (target, origin, tries) in tx.rows.unwritten_failures(minute_of(tx.now))? {
        let object = match target {
            TryTarget::Account(id) => account(tx, id)?,
            TryTarget::UnknownNames => unnamed_account("unknown"),
            // Of names nothing is written.
            TryTarget::Name(_) => continue,
        };
        let FailureRun { minute, unwritten, .. } = tries.run;
        let why = format!("{} more at {}, by {origin}", grouped(unwritten.into()), begin_of(minute));
        tx.journal.note_refusal(tx.rows, Action::LoggedIn, object, &why)?;
        let run = FailureRun { unwritten: 0, ..tries.run };
        tx.rows.keep_failed_tries(target, &origin, &FailedTries { run, ..tries })?;
    }
    Ok(())
}

fn account(tx: &Transaction<'_>, id: UserId) -> Result<EntityRef, StoreError> {
    let user = tx.rows.user(tx.now, &Who::Id(id))?;
    Ok(user.as_ref().map_or_else(|| unnamed_account("unknown"), journal_writer::account))
}

/// Returns the minute of a time, counted from 1970.
fn minute_of(time: Timestamp) -> i64 {
    time.timestamp().div_euclid(60)
}

fn begin_of(minute: i64) -> String {
    let begin = Timestamp::default().checked_add_signed(Duration::minutes(minute)).unwrap_or_default();
    let begin = to_stored(begin);
    format!("{} UTC", begin.strip_suffix(":00").unwrap_or(&begin))
}
