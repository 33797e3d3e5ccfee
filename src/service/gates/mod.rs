//! The gates between an account and the console, judged for one account: why it gets in, or does not.

use crate::domain::clock::Moment;
use crate::domain::time::Timestamp;
use crate::domain::user::Who;

use super::contract::{Failure, Gates, Reply};
use super::throttle;
use super::transaction::Snapshot;

mod evidence;
mod table;

use evidence::Evidence;

/// Returns the gates of an account. Plain users see their own alone.
pub(super) fn of_account(snapshot: Snapshot<'_>, moment: &Moment, who: &Who) -> Result<Reply, Failure> {
    let user = snapshot.account(who)?;
    let entries = snapshot.rows.entries_about(user.id, Timestamp::UNIX_EPOCH)?;
    let credentials = snapshot.rows.credentials(snapshot.now, &Who::Id(user.id))?;
    let waits = throttle::waits(snapshot.rows, moment, user.id)?;
    let idle_rule = snapshot.rows.idle_rule()?;
    let evidence = Evidence { now: snapshot.now, user: &user, credentials, idle_rule, entries, waits };
    let gates = table::GATES.iter().map(|judge| judge(&evidence)).collect();
    Ok(Reply::Gates(Box::new(Gates { user, gates })))
}

#[cfg(test)]
mod tests;
