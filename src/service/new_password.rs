//! New passwords: the policy first, then the hash.

use crate::auth::policy::{PasswordOwner, strength};
use crate::domain::secret::Secret;
use crate::domain::user::{Field, Fields};

use super::contract::Failure;
use super::instance::Service;

/// Returns the hash of a password that keeps the policy for the account with these fields.
///
/// # Errors
/// [`Invalid`](super::contract::FailureKind::Invalid) about the password, with the policy's reason.
pub(super) fn hashed(
    Service { hasher, host, .. }: &mut Service,
    password: &Secret,
    fields: &Fields,
) -> Result<String, Failure> {
    let owner = PasswordOwner {
        username: fields.username.as_deref().unwrap_or_default(),
        email: fields.email.as_deref().unwrap_or_default(),
        first_name: fields.first_name.as_deref().unwrap_or_default(),
        last_name: fields.last_name.as_deref().unwrap_or_default(),
        host: &host.name,
    };
    if let Some(objection) = strength(password, &owner).objection {
        return Err(Failure::rule(Field::Password, &objection));
    }
    Ok(hasher.hash(password)?)
}

/// Refuses the current password as the new one.
///
/// # Errors
/// [`Invalid`](super::contract::FailureKind::Invalid) about the password.
pub(super) fn differs(password: &Secret, current: &Secret) -> Result<(), Failure> {
    if password == current {
        return Err(Failure::rule(Field::Password, "must differ from the current one"));
    }
    Ok(())
}
