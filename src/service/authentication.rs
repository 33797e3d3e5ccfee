//! Who somebody is, by a password or an access code. Nothing here tells apart, by words or by work done, an account
//! that is not there, one that is damaged, and a wrong password.

use crate::auth::code::normalise;
use crate::auth::password::{OtherCosts, PasswordMatch, bcrypt_cost, reads_whole};
use crate::auth::policy::MIN_CHARS;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::user::{Status, UserId, Who};
use crate::store::{AccessCode, Credentials, Read, StoreError, Write, read};

use super::Service;
use super::contract::{Failure, FailureKind, WhyChoose};

/// What was typed fits what is stored; `stored` tells later whether that is still so.
pub(super) struct CredentialCheck {
    account: UserId,
    by: By,
}

enum By {
    Password { stored: String, renewed: Option<String> },
    Code { stored: String },
}

/// Where a right proof leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// In.
    Enter,
    /// To a new password first.
    Choose(WhyChoose),
}

impl CredentialCheck {
    /// Checks what was typed against the account's password, and, where it has the form of an access code, against
    /// its code. Both are hashed whether there is anything to compare with or not. A wrong code costs a try: see
    /// [`tried_code`]; where that cannot be written down, no code is good.
    ///
    /// # Errors
    /// [`wrong`], whatever was wrong.
    pub(super) fn check(
        service: &mut Service,
        now: Timestamp,
        name: &str,
        secret: &Secret,
    ) -> Result<Self, Failure> {
        let (found, others) = read(&*service.store, |rows| {
            Ok::<_, Failure>((credentials(rows, now, name)?, other_costs(rows)?))
        })?;
        let stored = found.as_ref().map(|found| found.password_hash.as_str());
        let password = service.hasher.verify(secret, stored, &others);
        let typed_code = normalise(secret);
        let can_cost = service.store.writable().is_ok();
        let code = found.as_ref().filter(|_| can_cost).and_then(|found| code_in_force(found, now));
        let code_fits = typed_code
            .as_ref()
            .is_some_and(|typed| service.hasher.verify_code(typed, code.map(|code| code.hash.as_str())));

        let Some(found) = &found else { return Err(wrong()) };
        let account = found.user.id;
        let stored = found.password_hash.clone();
        match (password, code) {
            (PasswordMatch::Right, _) => Ok(Self { account, by: By::Password { stored, renewed: None } }),
            (PasswordMatch::Stale(renewed), _) => {
                Ok(Self { account, by: By::Password { stored, renewed: Some(renewed) } })
            }
            (PasswordMatch::Wrong, Some(code)) if code_fits => {
                Ok(Self { account, by: By::Code { stored: code.hash.clone() } })
            }
            (PasswordMatch::Wrong, _) => Err(wrong()),
        }
    }

    /// The account as it stands now, if what was checked is still what is stored.
    ///
    /// # Errors
    /// [`wrong`] when the password or code was changed meanwhile.
    pub(super) fn holds(&self, rows: &dyn Read, now: Timestamp) -> Result<Credentials, Failure> {
        let same = |found: &Credentials| match &self.by {
            By::Password { stored, .. } => found.password_hash == *stored,
            By::Code { stored } => code_in_force(found, now).is_some_and(|code| code.hash == *stored),
        };
        rows.credentials(now, &Who::Id(self.account))?.filter(same).ok_or_else(wrong)
    }

    /// Where the proof leads for an account that stands like this.
    ///
    /// # Errors
    /// [`FailureKind::Refused`] while the account is suspended, or pending and the proof is no code.
    pub(super) fn next(&self, account: &Credentials, secret: &Secret) -> Result<Next, Failure> {
        let by_code = matches!(self.by, By::Code { .. });
        match account.user.status {
            Status::Suspended => Err(refused("This account is suspended.")),
            Status::Pending if !by_code => Err(refused("This account is waiting for confirmation.")),
            Status::Pending | Status::Confirmed if by_code => Ok(Next::Choose(WhyChoose::Code)),
            Status::Pending | Status::Confirmed if account.must_change => {
                Ok(Next::Choose(WhyChoose::MustChange))
            }
            Status::Pending | Status::Confirmed if self.breaks_policy(secret) => {
                Ok(Next::Choose(WhyChoose::BreaksPolicy))
            }
            Status::Pending | Status::Confirmed => Ok(Next::Enter),
        }
    }

    /// Returns the hash to store in place of one that is weaker than what NEXUS makes now.
    pub(super) fn renewed_hash(&self) -> Option<&str> {
        match &self.by {
            By::Password { renewed, .. } => renewed.as_deref(),
            By::Code { .. } => None,
        }
    }

    /// Whether a legacy password is shorter than the policy allows, or longer than its hash could tell.
    fn breaks_policy(&self, secret: &Secret) -> bool {
        match &self.by {
            By::Password { stored, .. } if bcrypt_cost(stored).is_some() => {
                secret.chars() < MIN_CHARS || !reads_whole(secret, stored)
            }
            By::Password { .. } | By::Code { .. } => false,
        }
    }
}

/// The one answer to every failed log-in.
pub(super) fn wrong() -> Failure {
    refused("Wrong username or password.")
}

fn refused(words: &str) -> Failure {
    Failure::new(FailureKind::Refused, words)
}

fn code_in_force(found: &Credentials, now: Timestamp) -> Option<&AccessCode> {
    found.code.as_ref().filter(|code| code.expires_at > now && code.tries_left > 0)
}

/// Returns the account that is meant at a log-in, by the rule that holds everywhere. Where nobody is called just that,
/// blanks around it are taken for a slip: nobody can see them in the field.
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

/// Returns the costs of the hashes in the store at which every log-in works besides NEXUS's own.
pub(super) fn other_costs(rows: &dyn Read) -> Result<OtherCosts, StoreError> {
    let costs = rows.hash_costs()?;
    Ok(OtherCosts::read(costs.bcrypt.as_deref(), costs.argon2.iter().map(String::as_str)))
}

/// An access code that somebody may have tried to guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tried {
    account: UserId,
    hash: String,
}

/// Returns the account's code, where what was typed has the form of one.
pub(super) fn tried_code(found: &Credentials, now: Timestamp, secret: &Secret) -> Option<Tried> {
    let code = code_in_force(found, now).filter(|_| normalise(secret).is_some())?;
    Some(Tried { account: found.user.id, hash: code.hash.clone() })
}

impl Tried {
    /// Takes one try from the code, if it is still the one that was tried; the last one kills it. This goes with the
    /// entry of the failed log-in into one transaction, so that it takes no longer than that.
    pub(super) fn spend(&self, rows: &mut dyn Write, now: Timestamp) -> Result<(), StoreError> {
        let found = rows.credentials(now, &Who::Id(self.account))?;
        let Some(code) = found.and_then(|found| found.code).filter(|code| code.hash == self.hash) else {
            return Ok(());
        };
        let tries_left = code.tries_left.saturating_sub(1);
        let left = (tries_left > 0).then_some(AccessCode { tries_left, ..code });
        rows.set_access_code(now, self.account, left.as_ref())
    }
}
