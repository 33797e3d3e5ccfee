//! The check that an account is usable, before something is made for it.

use crate::domain::text::excerpt;
use crate::domain::time::Timestamp;
use crate::domain::user::{Shut, User};

use super::contract::{Failure, FailureKind};

/// Refuses a token for an account that is not usable.
///
/// # Errors
/// [`FailureKind::Refused`].
pub(super) fn require_usable(user: &User, now: Timestamp) -> Result<(), Failure> {
    let Some(shut) = user.shut(now) else { return Ok(()) };
    let name = excerpt(user.label());
    let (message, hint) = match shut {
        Shut::Pending | Shut::Suspended => (
            format!("{name} is {}; a token needs a confirmed account.", user.status.word()),
            "Confirm the account first.".to_owned(),
        ),
        Shut::NotYet(day) => (
            format!("{name} is valid from {day}; a token needs a valid account."),
            "Change its first day first: nexus user edit WHO --valid-from DATE.".to_owned(),
        ),
        Shut::Expired(day) => (
            format!("{name} expired on {day}; a token needs a valid account."),
            "Change its last day first: nexus user edit WHO --expires-on DATE.".to_owned(),
        ),
    };
    Err(Failure::new(FailureKind::Refused, message).hint(hint))
}

#[cfg(test)]
mod tests;
