//! The step of a log-in after the password: a code of the second factor, or the set-up of one where the policy demands it.

use crate::auth::seal::SealingKey;
use crate::domain::config::FactorPolicy;
use crate::domain::journal::FieldValues;
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::domain::user::{User, UserId};
use crate::store::{Read, read};

use super::super::authentication::{CredentialCheck, Next};
use super::super::contract::{Action, Failure, FailureKind, Reply};
use super::super::instance::Service;
use super::super::journal_writer;
use super::super::proofs::{FactorProof, LaterStep};
use super::super::request_context::RequestContext;
use super::super::second_factor::{self, Proven};
use super::super::transaction::{Transaction, with_sign_in};

/// The second step, with all that it needs besides the rows.
pub(super) struct SecondStep {
    policy: FactorPolicy,
    /// The key of the key file, or the reason why it cannot be read.
    key: Result<Option<SealingKey>, Failure>,
    part: Part,
    now: Timestamp,
    /// The second factors that an earlier step of the log-in has proven.
    earlier: Vec<FactorProof>,
    /// The account whose second factor is proven, and how.
    proven: Option<(UserId, Proven)>,
    /// Set once a code was checked in this step and was right.
    has_used_code: bool,
    /// Set once what was typed was no code of the account.
    pub(super) is_wrong: bool,
}

/// The part of a log-in that the step belongs to.
enum Part {
    /// The log-in itself, with what was typed as a code, if anything was.
    LogIn(Option<Secret>),
    /// The choice of a password, which follows a log-in that has asked for a code.
    Choice,
}

impl SecondStep {
    /// Creates the step of a log-in, for what was typed as a code, if anything was. Without a code it may follow the set-up of
    /// a second factor.
    pub(super) fn of_log_in(service: &Service, now: Timestamp, code: Option<&Secret>) -> Self {
        let earlier = match code {
            Some(_) => Vec::new(),
            None => service.proofs.factors_for(LaterStep::LogIn, now),
        };
        Self::new(service, now, Part::LogIn(code.cloned()), earlier)
    }

    /// Creates the step of the choice of a password.
    pub(super) fn of_choice(service: &Service, now: Timestamp) -> Self {
        let earlier = service.proofs.factors_for(LaterStep::Choice, now);
        Self::new(service, now, Part::Choice, earlier)
    }

    fn new(service: &Service, now: Timestamp, part: Part, earlier: Vec<FactorProof>) -> Self {
        Self {
            policy: service.factor_policy,
            key: second_factor::key(service),
            part,
            now,
            earlier,
            proven: None,
            has_used_code: false,
            is_wrong: false,
        }
    }

    /// Returns how the second factor was proven, in this step or an earlier one.
    pub(super) fn proven(&self) -> Option<Proven> {
        self.proven.map(|(_, proven)| proven)
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
        if let Some(earlier) = self.earlier.iter().find(|earlier| earlier.account == user.id) {
            let proven = earlier.recovery_codes_left.map_or(Proven::ByCode, Proven::ByRecoveryCode);
            self.proven = Some((user.id, proven));
            return Ok(None);
        }
        let is_verified = factor.since.is_some();
        let code = match &self.part {
            Part::LogIn(Some(code)) => code,
            // The log-in has asked for the first code, and it was left out.
            Part::Choice if !is_verified => return Ok(None),
            Part::LogIn(None) | Part::Choice => return Ok(Some(Reply::EnterCode { is_verified })),
        };
        if !is_verified && code.is_empty() {
            return Ok(None);
        }
        let key = self.key.as_ref().map_err(Clone::clone)?;
        let (proven, checked) = second_factor::check(key.as_ref(), user, &factor, code, self.now)
            .inspect_err(|failure| self.is_wrong = *failure == second_factor::wrong_code())?;
        tx.rows.set_second_factor(user.id, Some(&checked))?;
        self.proven = Some((user.id, proven));
        self.has_used_code = true;
        Ok(None)
    }

    /// As [`Self::require`], on a store that cannot be written: that a code was used cannot be noted there, so that recovery
    /// codes are not taken, and a code of the app is good for its 90 seconds.
    ///
    /// # Errors
    /// As [`Self::require`]; a second factor would have to be set up first.
    pub(super) fn require_reading(&mut self, rows: &dyn Read, user: &User) -> Result<Option<Reply>, Failure> {
        let Some(factor) = rows.second_factor(user.id)? else { return self.without_factor(user) };
        let is_verified = factor.since.is_some();
        let code = match &self.part {
            Part::LogIn(Some(code)) => code,
            Part::LogIn(None) | Part::Choice => return Ok(Some(Reply::EnterCode { is_verified })),
        };
        if !is_verified && code.is_empty() {
            return self.without_factor(user);
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

    /// Lets an account go on without a second factor where none can be set up.
    ///
    /// # Errors
    /// The policy demands one.
    fn without_factor(&self, user: &User) -> Result<Option<Reply>, Failure> {
        if self.policy.demands(user.level) {
            let words = "A second factor must be set up first, and nothing can be written here.";
            return Err(Failure::new(FailureKind::Unavailable, words));
        }
        Ok(None)
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

    /// Records that a code was used in a log-in that goes on with another step: whoever leaves it there has used the code all
    /// the same. The entry of a log-in that ends here tells of it itself.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) fn note_used(&self, tx: &mut Transaction<'_>, user: &User) -> Result<(), Failure> {
        let Some(proven) = self.proven().filter(|_| self.has_used_code) else { return Ok(()) };
        tx.sign_in_as(user, None);
        let after = proven.noted(FieldValues::new());
        Ok(tx.note(Action::FactorEnrolled, journal_writer::account(user), FieldValues::new(), after)?)
    }

    /// Remembers what was proven for the choice of a password that follows, or forgets it.
    pub(super) fn end(self, service: &mut Service, now: Timestamp, reply: &Reply) {
        let Some((account, proven)) = self.proven else { return };
        if matches!(reply, Reply::ChoosePassword(_)) {
            let recovery_codes_left = match proven {
                Proven::ByCode => None,
                Proven::ByRecoveryCode(left) => Some(left),
            };
            let good_for = LaterStep::Choice;
            service.proofs.note_factor(FactorProof { account, recovery_codes_left, good_for, at: now });
        } else {
            service.proofs.forget_factor(account);
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
    service.proofs.note_factor(FactorProof {
        account: account.user.id,
        recovery_codes_left: None,
        good_for: LaterStep::LogIn,
        at: context.now,
    });
    Ok(Reply::FactorSet(Box::new(slip)))
}
