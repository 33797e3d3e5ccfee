//! The step of a log-in after the password: a code of the second factor, or the set-up of one where the policy demands it.

use crate::auth::seal::SealingKey;
use crate::domain::config::FactorPolicy;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::user::{User, UserId};
use crate::store::{Read, read};

use super::super::authentication::{CredentialCheck, Next};
use super::super::contract::{Failure, FailureKind, Reply};
use super::super::instance::Service;
use super::super::request_context::RequestContext;
use super::super::second_factor::{self, Proven};
use super::super::transaction::{Transaction, with_sign_in};

/// The second step, with all that it needs besides the rows.
pub(super) struct SecondStep {
    policy: FactorPolicy,
    /// The key of the key file, or the reason why it cannot be read.
    key: Result<Option<SealingKey>, Failure>,
    code: Option<Secret>,
    now: Timestamp,
    /// The accounts whose second factor an earlier step of this log-in has proven.
    earlier: Vec<UserId>,
    /// The account whose factor this step has proven, and how.
    account: Option<UserId>,
    pub(super) proven: Option<Proven>,
    /// Set once what was typed was no code of the account.
    pub(super) is_wrong: bool,
}

impl SecondStep {
    /// Creates the step for what was typed as a code, if anything was.
    pub(super) fn new(service: &Service, now: Timestamp, code: Option<&Secret>) -> Self {
        Self {
            policy: service.factor_policy,
            key: second_factor::key(service),
            code: code.cloned(),
            now,
            earlier: service.proofs.factors_of(now),
            account: None,
            proven: None,
            is_wrong: false,
        }
    }

    /// Asks for a code of the account's second factor, or checks the one that was typed and stores that it was used.
    ///
    /// # Errors
    /// The code is wrong, or the secret cannot be read.
    pub(super) fn require(
        &mut self,
        tx: &mut Transaction<'_>,
        user: &User,
    ) -> Result<Option<Reply>, Failure> {
        let Some(factor) = tx.rows.second_factor(user.id)? else { return Ok(None) };
        if self.earlier.contains(&user.id) {
            self.account = Some(user.id);
            return Ok(None);
        }
        let is_verified = factor.since.is_some();
        let Some(code) = &self.code else { return Ok(Some(Reply::EnterCode { is_verified })) };
        if !is_verified && code.is_empty() {
            return Ok(None);
        }
        let key = self.key.as_ref().map_err(Clone::clone)?;
        let (proven, checked) = second_factor::check(key.as_ref(), user, &factor, code, self.now)
            .inspect_err(|failure| self.is_wrong = *failure == second_factor::wrong_code())?;
        tx.rows.set_second_factor(user.id, Some(&checked))?;
        (self.account, self.proven) = (Some(user.id), Some(proven));
        Ok(None)
    }

    /// As [`Self::require`], on a store that cannot be written: that a code was used cannot be noted there, so that recovery
    /// codes are not taken, and a code of the app is good for its 90 seconds.
    ///
    /// # Errors
    /// As [`Self::require`].
    pub(super) fn require_reading(&mut self, rows: &dyn Read, user: &User) -> Result<Option<Reply>, Failure> {
        let Some(factor) = rows.second_factor(user.id)? else {
            let words = "A second factor must be set up first, and nothing can be written here.";
            let demanded = self.policy.demands(user.level);
            return if demanded { Err(Failure::new(FailureKind::Unavailable, words)) } else { Ok(None) };
        };
        let is_verified = factor.since.is_some();
        let Some(code) = &self.code else { return Ok(Some(Reply::EnterCode { is_verified })) };
        if !is_verified && code.is_empty() {
            return Ok(None);
        }
        let key = self.key.as_ref().map_err(Clone::clone)?;
        let (proven, _) = second_factor::check(key.as_ref(), user, &factor, code, self.now)
            .inspect_err(|failure| self.is_wrong = *failure == second_factor::wrong_code())?;
        match proven {
            Proven::ByCode => Ok(None),
            Proven::ByRecoveryCode(_) => {
                let words = "A recovery code is good only once, and nothing can be written here.";
                Err(Failure::new(FailureKind::Unavailable, words).hint("Enter a code of the app."))
            }
        }
    }

    /// Offers a second factor to an account that must set one up.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub(super) fn offer(&self, rows: &dyn Read, user: &User) -> Result<Option<Reply>, Failure> {
        let has_one = rows.second_factor(user.id)?.is_some_and(|factor| factor.since.is_some());
        if has_one || !self.policy.demands(user.level) {
            return Ok(None);
        }
        Ok(Some(Reply::FactorOffer(Box::new(second_factor::offer(user)?))))
    }

    /// Remembers what was proven for the next step of the log-in, or forgets it at its end.
    pub(super) fn end(self, service: &mut Service, now: Timestamp, reply: &Reply) {
        let Some(account) = self.account else { return };
        if matches!(reply, Reply::SignedIn(_)) {
            service.proofs.forget_factor(account);
        } else {
            service.proofs.note_factor(account, now);
        }
    }
}

/// Sets up a second factor in the middle of a log-in, with its first code. The log-in then goes on without another one.
///
/// # Errors
/// The proof or the code is wrong; the account has a second factor already, or needs none.
pub(super) fn enrol(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    (name, secret): (&str, &Secret),
    (factor, code): (&Secret, &Secret),
) -> Result<Reply, Failure> {
    let check = CredentialCheck::check(service, context, name, secret)?;
    let set = enrol_proven(service, context, &check, secret, (factor, code));
    // Whoever sets a secret cannot guess its codes; the log-in goes on with another try.
    check.counted.no_guess(service, context);
    set
}

fn enrol_proven(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    proof: &CredentialCheck,
    secret: &Secret,
    (factor, code): (&Secret, &Secret),
) -> Result<Reply, Failure> {
    let account = read(&*service.store, |rows| proof.holds(rows, context.now))?;
    let policy = service.factor_policy;
    if proof.next(context.now, &account, secret)? != Next::Enter || !policy.demands(account.user.level) {
        return Err(Failure::new(FailureKind::Refused, "No second factor is to be set up here."));
    }
    let (totp, step) = second_factor::verified(factor, code, context.now)?;
    let key = second_factor::key_for(service, false)?;
    let slip = with_sign_in(service, context, |tx| {
        let account = proof.holds(tx.rows, tx.now)?;
        proof.next(tx.now, &account, secret)?;
        tx.sign_in_as(&account.user, None);
        second_factor::enrol(tx, &account.user, &key, &totp, Some((tx.now, step)))
    })?;
    service.proofs.note_factor(account.user.id, context.now);
    Ok(Reply::FactorSet(Box::new(slip)))
}
