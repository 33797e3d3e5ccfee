//! The gates between an account and the console, judged for one account: why it gets in, or does not.

use crate::domain::time::Timestamp;
use crate::domain::user::Who;

use super::contract::{Failure, Gates, Reply};
use super::transaction::Snapshot;

mod evidence;
mod table;

use evidence::Evidence;

/// Returns the gates of an account. Plain users see their own alone.
pub(super) fn of_account(snapshot: Snapshot<'_>, who: &Who) -> Result<Reply, Failure> {
    let user = snapshot.account(who)?;
    let entries = snapshot.rows.entries_about(user.id, Timestamp::UNIX_EPOCH)?;
    let credentials = snapshot.rows.credentials(snapshot.now, &Who::Id(user.id))?;
    let evidence = Evidence { now: snapshot.now, user: &user, credentials, entries };
    let gates = table::GATES.iter().map(|judge| judge(&evidence)).collect();
    Ok(Reply::Gates(Box::new(Gates { user, gates })))
}

#[cfg(test)]
mod tests;
