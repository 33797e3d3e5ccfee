//! Authentication by a password or an access code. Neither words nor the work done tell a missing account, a damaged
//! one and a wrong password apart.

use std::time::Duration;

use crate::auth::code::normalise;
use crate::auth::password::{self, OtherCosts, PasswordMatch, bcrypt_cost, reads_whole};
use crate::auth::policy::MIN_CHARS;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::user::{Shut, UserId, Who};
use crate::store::{AccessCode, Credentials, Read, StoreError, Write, read};

use super::contract::{Failure, FailureKind, SignIn, WhyChoose};
use super::instance::Service;
use super::lookup::credentials;
use super::request_context::RequestContext;
use super::throttle::{self, CountedTry};

/// A proof of identity that fits the stored credentials. `stored` tells later whether they have changed.
pub(super) struct CredentialCheck {
    account: UserId,
    by: By,
    /// The try, which counts as failed until it is taken back.
    pub(super) counted: CountedTry,
}

enum By {
    Password { stored: String, renewed: Option<String> },
    Code { stored: String },
}

/// The step that follows a valid proof.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Enter,
    /// The account must choose a new password first.
    Choose(WhyChoose),
}

impl CredentialCheck {
    /// Checks what was typed against the account's password and, if it has the form of an access code, against its
    /// code. Both are hashed even if there is nothing to compare with. A wrong code costs an attempt: see
    /// [`tried_code`]. If the store cannot record that, no code is accepted.
    ///
    /// # Errors
    /// [`FailureKind::TooSoon`] during a wait, otherwise [`wrong`] in every case.
    pub(super) fn check(
        service: &mut Service,
        context: &mut RequestContext<'_>,
        name: &str,
        secret: &Secret,
    ) -> Result<Self, Failure> {
        let now = context.now;
        let counted = throttle::count_log_in(service, context, name)?;
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

        let Some(found) = found.as_ref().filter(|_| counted.can_succeed) else {
            return Err(counted.failed(wrong()));
        };
        let account = found.user.id;
        let stored = found.password_hash.clone();
        let by = match (password, code) {
            (PasswordMatch::Right, _) => By::Password { stored, renewed: None },
            (PasswordMatch::Stale(renewed), _) => By::Password { stored, renewed: Some(renewed) },
            (PasswordMatch::Wrong, Some(code)) if code_fits => By::Code { stored: code.hash.clone() },
            (PasswordMatch::Wrong, _) => return Err(counted.failed(wrong())),
        };
        Ok(Self { account, by, counted })
    }

    /// Returns the account as it is now, if the stored credentials are still those that were checked.
    ///
    /// # Errors
    /// [`wrong`] if the password or code was changed meanwhile.
    pub(super) fn holds(&self, rows: &dyn Read, now: Timestamp) -> Result<Credentials, Failure> {
        let same = |found: &Credentials| match &self.by {
            By::Password { stored, .. } => found.password_hash == *stored,
            By::Code { stored } => code_in_force(found, now).is_some_and(|code| code.hash == *stored),
        };
        rows.credentials(now, &Who::Id(self.account))?.filter(same).ok_or_else(wrong)
    }

    /// Returns the step that follows the proof for this account.
    ///
    /// # Errors
    /// [`FailureKind::Refused`] if the account is suspended, out of its dates, or pending and the proof is not a code.
    pub(super) fn next(
        &self,
        now: Timestamp,
        account: &Credentials,
        secret: &Secret,
    ) -> Result<Next, Failure> {
        let by_code = matches!(self.by, By::Code { .. });
        let state = account.user.state();
        let shut = match state.shut(now) {
            // The code confirms it.
            Some(Shut::Pending) if by_code => state.shut_by_time(now),
            shut => shut,
        };
        if let Some(shut) = shut {
            return Err(refused(&shut.sentence()));
        }
        Ok(if by_code {
            Next::Choose(WhyChoose::Code)
        } else if account.must_change {
            Next::Choose(WhyChoose::MustChange)
        } else if self.breaks_policy(secret) {
            Next::Choose(WhyChoose::BreaksPolicy)
        } else {
            Next::Enter
        })
    }

    /// Returns the hash to store in place of one that is weaker than what NEXUS makes now.
    pub(super) fn renewed_hash(&self) -> Option<&str> {
        match &self.by {
            By::Password { renewed, .. } => renewed.as_deref(),
            By::Code { .. } => None,
        }
    }

    /// Returns true if a legacy password is shorter than the policy allows, or longer than its hash can tell.
    fn breaks_policy(&self, secret: &Secret) -> bool {
        match &self.by {
            By::Password { stored, .. } if bcrypt_cost(stored).is_some() => {
                secret.chars() < MIN_CHARS || !reads_whole(secret, stored)
            }
            By::Password { .. } | By::Code { .. } => false,
        }
    }
}

/// Returns the only answer to a failed log-in.
pub(super) fn wrong() -> Failure {
    refused("Wrong username or password.")
}

/// Returns the answer to a wrong password of an operator who is logged in: only the password was asked.
pub(super) fn wrong_password() -> Failure {
    refused("Wrong password.")
}

/// Returns true if a secret was wrong, whatever the wait that follows.
pub(super) fn is_wrong(failure: &Failure) -> bool {
    Failure { next_try: None, ..failure.clone() } == wrong()
}

/// The refusals of a request that are recorded and reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recorded {
    EveryRefusal,
    /// Those of wrong credentials.
    WrongCredentials,
}

impl Recorded {
    pub(super) fn of(request: &SignIn) -> Self {
        match request {
            // A mistyped code of a second factor that is being set up is no failed log-in: the password was right.
            SignIn::EnrolFactor { .. } => Self::WrongCredentials,
            SignIn::Look
            | SignIn::SetUp { .. }
            | SignIn::LogIn { .. }
            | SignIn::Choose { .. }
            | SignIn::Register { .. }
            | SignIn::Unlock(_)
            | SignIn::Prove(_)
            | SignIn::StillIn
            | SignIn::SeeAs(_)
            | SignIn::LogOut => Self::EveryRefusal,
        }
    }

    pub(super) fn includes(self, failure: &Failure) -> bool {
        failure.kind == FailureKind::Refused
            && match self {
                Self::EveryRefusal => true,
                Self::WrongCredentials => is_wrong(failure),
            }
    }
}

fn refused(words: &str) -> Failure {
    Failure::new(FailureKind::Refused, words)
}

fn code_in_force(found: &Credentials, now: Timestamp) -> Option<&AccessCode> {
    found.code.as_ref().filter(|code| code.expires_at > now && code.tries_left > 0)
}

/// Returns the time after the key at which a failed log-in is answered, so that it does not tell which account exists or
/// how its password is hashed.
pub fn answer_after(service: &Service) -> Duration {
    // A store that cannot be read fails every log-in alike: the shortest wait gives nothing away.
    let others = read(&*service.store, other_costs);
    password::answer_after(&others.unwrap_or_default())
}

/// Returns the costs of the hashes in the store at which every log-in works besides NEXUS's own.
fn other_costs(rows: &dyn Read) -> Result<OtherCosts, StoreError> {
    let costs = rows.hash_costs()?;
    Ok(OtherCosts::read(costs.bcrypt.as_deref(), costs.argon2.iter().map(String::as_str)))
}

/// An access code that someone may have tried to guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tried {
    account: UserId,
    hash: String,
}

/// Returns true if what was typed has the form of an access code.
pub(super) fn may_be_code(secret: &Secret) -> bool {
    normalise(secret).is_some()
}

/// Returns the account's access code in force, which a code that was typed may have been meant to guess.
pub(super) fn tried_code(found: &Credentials, now: Timestamp) -> Option<Tried> {
    let code = code_in_force(found, now)?;
    Some(Tried { account: found.user.id, hash: code.hash.clone() })
}

impl Tried {
    /// Takes one attempt from the code, if it is still the one that was tried; the last one makes it unusable. This
    /// shares a transaction with the journal entry of the failed log-in, so that it takes no longer than that.
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
