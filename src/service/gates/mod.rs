//! The gates between an account and the console, judged for one account: why it gets in, or does not.

use crate::auth::seal::SealingKey;
use crate::domain::clock::Moment;
use crate::domain::time::Timestamp;
use crate::domain::user::Who;

use super::contract::{Failure, Gates, Reply};
use super::transaction::Snapshot;
use super::{second_factor, throttle};

mod evidence;
mod table;

use evidence::Evidence;

/// Returns the gates of an account. Plain users see their own alone.
/// `key` is that of the key file, if it can be read.
pub(super) fn of_account(
    snapshot: Snapshot<'_>,
    moment: &Moment,
    who: &Who,
    key: Option<&SealingKey>,
) -> Result<Reply, Failure> {
    let user = snapshot.account(who)?;
    let entries = snapshot.rows.entries_about(user.id, Timestamp::UNIX_EPOCH)?;
    let credentials = snapshot.rows.credentials(snapshot.now, &Who::Id(user.id))?;
    let factor = snapshot.rows.second_factor(user.id)?;
    let can_check_codes = factor.as_ref().is_none_or(|factor| second_factor::can_check(key, user.id, factor));
    let waits = throttle::waits(snapshot.rows, moment, user.id)?;
    let idle_rule = snapshot.rows.idle_rule()?;
    let now = snapshot.now;
    let evidence =
        Evidence { now, user: &user, credentials, idle_rule, factor, can_check_codes, entries, waits };
    let gates = table::GATES.iter().map(|judge| judge(&evidence)).collect();
    Ok(Reply::Gates(Box::new(Gates { user, gates })))
}

#[cfg(test)]
mod tests;
