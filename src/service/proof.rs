//! Who somebody is, by a password or an access code. Nothing here tells apart, by words or by work done, an account
//! that is not there, one that is damaged, and a wrong password.

use crate::auth::code::normalise;
use crate::auth::password::{Verdict as Match, bcrypt_cost, reads_whole};
use crate::auth::policy::MIN_CHARS;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::user::{Status, UserId};
use crate::store::{AccessCode, Credentials, Read, Verdict, read};

use super::contract::{Failure, FailureKind, WhyChoose};
use super::{Desk, change};

/// What was typed fits what is stored; `stored` tells later whether that is still so.
pub(super) struct Proof {
    account: UserId,
    by: By,
}

enum By {
    Password { stored: String, stale: bool },
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

impl Proof {
    /// Checks what was typed against the account's password, and, where it has the form of an access code, against
    /// its code. Both are hashed whether there is anything to compare with or not. A wrong code costs a try; where that
    /// cannot be written down, no code is good.
    ///
    /// # Errors
    /// [`wrong`], whatever was wrong.
    pub(super) fn check(
        desk: &mut Desk,
        now: Timestamp,
        name: &str,
        secret: &Secret,
    ) -> Result<Self, Failure> {
        let found = read(&*desk.store, |rows| rows.credentials(now, name))?;
        let stored = found.as_ref().map(|found| found.password_hash.as_str());
        let password = desk.hasher.verify(secret, stored);
        let typed_code = normalise(secret);
        let can_cost = desk.store.writable().is_ok();
        let code = found.as_ref().filter(|_| can_cost).and_then(|found| code_in_force(found, now));
        let code_fits = typed_code.as_ref().is_some_and(|typed| {
            desk.hasher.verify(typed, code.map(|code| code.hash.as_str())) != Match::Wrong
        });

        let Some(found) = &found else { return Err(wrong()) };
        let account = found.user.id;
        if password != Match::Wrong {
            let stored = found.password_hash.clone();
            return Ok(Self { account, by: By::Password { stored, stale: password == Match::Stale } });
        }
        let (Some(_), Some(code)) = (typed_code, code) else { return Err(wrong()) };
        if code_fits {
            return Ok(Self { account, by: By::Code { stored: code.hash.clone() } });
        }
        spend_a_try(desk, now, name, &code.hash)?;
        Err(wrong())
    }

    /// The account as it stands now, if what was checked is still what is stored.
    ///
    /// # Errors
    /// [`wrong`] when the password or code was changed meanwhile.
    pub(super) fn holds(&self, rows: &dyn Read, now: Timestamp, name: &str) -> Result<Credentials, Failure> {
        let same = |found: &Credentials| match &self.by {
            By::Password { stored, .. } => found.password_hash == *stored,
            By::Code { stored } => code_in_force(found, now).is_some_and(|code| code.hash == *stored),
        };
        rows.credentials(now, name)?
            .filter(|found| found.user.id == self.account && same(found))
            .ok_or_else(wrong)
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

    /// Whether the stored hash is weaker than what NEXUS makes now.
    pub(super) fn is_stale(&self) -> bool {
        matches!(self.by, By::Password { stale: true, .. })
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

/// Takes one try from the code, if it is still the one that was tried; the last one kills it. A rehearsal pays too:
/// else it could be used to guess.
fn spend_a_try(desk: &mut Desk, now: Timestamp, name: &str, tried: &str) -> Result<(), Failure> {
    change(&mut *desk.store, Verdict::Commit, |rows| {
        let Some(found) = rows.credentials(now, name)? else { return Ok(()) };
        let Some(code) = found.code.filter(|code| code.hash == tried) else { return Ok(()) };
        let tries_left = code.tries_left.saturating_sub(1);
        let left = (tries_left > 0).then_some(AccessCode { tries_left, ..code });
        Ok(rows.set_access_code(now, found.user.id, left.as_ref())?)
    })
}
