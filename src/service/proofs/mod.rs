//! The last proofs of identity of the operators of this process, in memory: console sessions live with their process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::UserId;

use super::contract::{Accounts, Caller, Failure, FailureKind, ProofAge, ProofNeed, Reply, Request, SignIn};
use super::request_context::RequestContext;

/// The longest time for which a proof is remembered: the highest setting of its age.
const REMEMBERED: Duration = Duration::hours(1);
/// The time within which an action must follow the proof that was given for it.
const FOR_NEXT_ACTION: Duration = Duration::minutes(1);

/// The time within which a log-in must go on after its second factor was proven.
const FOR_NEXT_STEP: Duration = Duration::minutes(5);

/// The proofs of the operators, which a clone shares because a console has several services, and those of log-ins in progress,
/// which every service has for itself.
#[derive(Debug, Clone)]
pub struct Proofs {
    given: Arc<Mutex<Vec<Proof>>>,
    /// The second factors that were proven in log-ins in progress.
    factors: Vec<FactorProof>,
    age: ProofAge,
    /// Set if the caller of the present request has given one a short time ago, or needs none.
    is_recent: bool,
}

/// The last proof of an operator.
#[derive(Debug, Clone, Copy)]
struct Proof {
    caller: Caller,
    at: Timestamp,
    /// It was given for one action, which has not been performed yet.
    is_for_next: bool,
}

/// The proof of a second factor, which one step of a log-in leaves to the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct FactorProof {
    pub(super) account: UserId,
    /// The recovery codes that are left, if it was one of them.
    pub(super) recovery_codes_left: Option<usize>,
    pub(super) good_for: LaterStep,
    pub(super) at: Timestamp,
}

/// A step of a log-in that takes the proof of a second factor from the step before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LaterStep {
    /// The log-in after the set-up of a second factor.
    LogIn,
    /// The choice of a password after the log-in.
    Choice,
}

impl Proofs {
    /// Creates a memory for proofs that count until they have this age.
    pub fn new(age: Duration) -> Self {
        Self { given: Arc::default(), factors: Vec::new(), age: ProofAge(age), is_recent: false }
    }

    /// Creates a memory for proofs that count for longer than a test lasts.
    #[cfg(test)]
    pub(super) fn endless() -> Self {
        Self::new(Duration::days(3_650))
    }

    fn given(&self) -> MutexGuard<'_, Vec<Proof>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a request: finds out if its caller has proven who they are.
    ///
    /// # Errors
    /// [`FailureKind::ProofNeeded`] if the request needs a recent proof and there is none.
    pub(super) fn begin(&mut self, context: &RequestContext<'_>, request: &Request) -> Result<(), Failure> {
        self.is_recent = context.dry_run || self.is_proven(context.caller, context.now);
        if request.proof_need() == ProofNeed::Always { self.require() } else { Ok(()) }
    }

    fn is_proven(&self, caller: Caller, now: Timestamp) -> bool {
        match caller {
            Caller::Owner => true,
            Caller::Nobody => false,
            Caller::Operator(_) | Caller::Reader { .. } | Caller::Viewer { .. } => {
                self.given().iter().any(|proof| {
                    let for_this = proof.is_for_next && ProofAge(FOR_NEXT_ACTION).is_recent(proof.at, now);
                    proof.caller == caller && (for_this || self.age.is_recent(proof.at, now))
                })
            }
        }
    }

    /// Refuses what needs a recent proof, in a request without one.
    ///
    /// # Errors
    /// [`FailureKind::ProofNeeded`].
    pub(super) fn require(&self) -> Result<(), Failure> {
        if self.is_recent {
            return Ok(());
        }
        let words = "Your password is needed again for this.";
        Err(Failure::new(FailureKind::ProofNeeded, words).hint("Try it once more, and enter it then."))
    }

    /// Ends a request: remembers a proof that it gave, or that an action has used the one that was given for it.
    pub(super) fn end(
        &mut self,
        context: &RequestContext<'_>,
        end: RequestEnd,
        result: &Result<Reply, Failure>,
    ) {
        let now = context.now;
        match (end, result) {
            (RequestEnd::Proves { is_for_next }, Ok(Reply::SignedIn(operator))) => {
                self.note(Proof { caller: operator.caller(), at: now, is_for_next });
            }
            (RequestEnd::ProvesOwn, Ok(_)) if !context.dry_run => {
                self.note(Proof { caller: context.caller, at: now, is_for_next: false });
            }
            (RequestEnd::Uses, Ok(_)) if !context.dry_run => {
                let caller = context.caller;
                for proof in self.given().iter_mut().filter(|proof| proof.caller == caller) {
                    proof.is_for_next = false;
                }
            }
            (
                RequestEnd::Proves { .. } | RequestEnd::ProvesOwn | RequestEnd::Uses | RequestEnd::Nothing,
                _,
            ) => {}
        }
    }

    /// Remembers the proof of a second factor for the next step of the log-in. It takes the place of an earlier one.
    pub(super) fn note_factor(&mut self, proof: FactorProof) {
        self.forget_factor(proof.account);
        self.factors.push(proof);
    }

    /// Returns the proofs of second factors that are good for this step.
    pub(super) fn factors_for(&self, step: LaterStep, now: Timestamp) -> Vec<FactorProof> {
        let until = ProofAge(FOR_NEXT_STEP);
        let is_good = |proof: &&FactorProof| proof.good_for == step && until.is_recent(proof.at, now);
        self.factors.iter().filter(is_good).copied().collect()
    }

    /// Forgets what a log-in has proven, because it has ended.
    pub(super) fn forget_factor(&mut self, account: UserId) {
        self.factors.retain(|proof| proof.account != account);
    }

    fn note(&self, proof: Proof) {
        let mut given = self.given();
        given.retain(|other| {
            other.caller != proof.caller && proof.at.signed_duration_since(other.at) < REMEMBERED
        });
        given.push(proof);
    }
}

/// The meaning of a request for the proofs, once it has succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestEnd {
    /// It is a log-in, or asked for the password.
    Proves {
        is_for_next: bool,
    },
    /// It carried the caller's password.
    ProvesOwn,
    /// It may have needed a proof.
    Uses,
    Nothing,
}

impl RequestEnd {
    pub(super) fn of(request: &Request) -> Self {
        match request.uncounted() {
            Request::SignIn(request) => match request {
                SignIn::SetUp { .. } | SignIn::LogIn { .. } | SignIn::Choose { .. } | SignIn::Unlock(_) => {
                    Self::Proves { is_for_next: false }
                }
                SignIn::Prove(_) => Self::Proves { is_for_next: true },
                SignIn::Look
                | SignIn::Register { .. }
                | SignIn::EnrolFactor { .. }
                | SignIn::StillIn
                | SignIn::SeeAs(_)
                | SignIn::LogOut => Self::Nothing,
            },
            Request::Accounts(Accounts::ChangeOwnPassword { .. }) => Self::ProvesOwn,
            Request::Accounts(_)
            | Request::Sessions(_)
            | Request::Directories(_)
            | Request::Import(_)
            | Request::Export(_)
            | Request::Journal(_)
            | Request::Undo(_)
            | Request::Bin(_)
            | Request::Doctor(_)
            | Request::Check(_)
            | Request::Backup(_)
            | Request::Overview
            | Request::Metrics
            | Request::Counted(_) => {
                if request.proof_need() == ProofNeed::Never {
                    Self::Nothing
                } else {
                    Self::Uses
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
