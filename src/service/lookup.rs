//! Lookup of the accounts that requests name.

use crate::domain::text::excerpt;
use crate::domain::time::Timestamp;
use crate::domain::user::{User, UserId, Who};
use crate::store::{Credentials, Read, StoreError};

use super::contract::{ActionSummary, Failure, FailureKind};
use super::operator::Principal;

/// Returns the account, if it exists and the principal may see it.
///
/// # Errors
/// [`FailureKind::NotFound`], in the same words for one that is not there and one that must not be seen.
pub(super) fn find(
    rows: &dyn Read,
    now: Timestamp,
    principal: &Principal,
    who: &Who,
) -> Result<User, Failure> {
    let found = rows.user(now, who)?.filter(|user| principal.sees(user.id));
    found.map(|user| principal.shown(user)).ok_or_else(|| missing(who))
}

/// Returns the account as [`find`] does, with its credentials.
///
/// # Errors
/// Those of [`find`].
pub(super) fn find_credentials(
    rows: &dyn Read,
    now: Timestamp,
    principal: &Principal,
    who: &Who,
) -> Result<Credentials, Failure> {
    let found = rows.credentials(now, who)?.filter(|found| principal.sees(found.user.id));
    let found = found.ok_or_else(|| missing(who))?;
    Ok(Credentials { user: principal.shown(found.user), ..found })
}

/// Returns the account with this id, which the caller knows to exist.
///
/// # Errors
/// [`StoreError::Gone`] all the same, as a failure.
pub(super) fn known(rows: &dyn Read, now: Timestamp, id: UserId) -> Result<User, Failure> {
    Ok(rows.user(now, &Who::Id(id))?.ok_or(StoreError::Gone)?)
}

/// Returns the failure for an account that does not exist.
pub(super) fn missing(who: &Who) -> Failure {
    Failure::new(FailureKind::NotFound, format!("There is no account {}.", excerpt(&who.to_string())))
}

/// Adds the account's name and id to the summary.
pub(super) fn about(mut summary: ActionSummary, user: &User) -> ActionSummary {
    summary.label = Some(user.label().to_owned());
    summary.id = Some(user.id.0);
    summary
}

/// Returns the failure for what is not in the bin.
pub(super) fn not_in_the_bin(name: &str) -> Failure {
    Failure::new(FailureKind::NotFound, format!("{} is not in the bin.", excerpt(name)))
}

/// Returns the account that a log-in names, by the rule that holds everywhere. If no account has exactly this name,
/// blanks around it are ignored, because nobody can see them in the field.
pub(super) fn credentials(
    rows: &dyn Read,
    now: Timestamp,
    name: &str,
) -> Result<Option<Credentials>, StoreError> {
    let called = |name: &str| Who::parse(name).map_or(Ok(None), |who| rows.credentials(now, &who));
    match called(name)? {
        None if name.trim() != name => called(name.trim()),
        found => Ok(found),
    }
}
