//! The daily check of the store's pages, while nobody types.

use crate::domain::integrity::EVERY;
use crate::domain::time::{Duration, Timestamp};
use crate::service::contract::{CheckStep, Failure, FailureKind, Reply, Request};
use crate::tui::effect::Effect;
use crate::tui::pending::Purpose;

use super::Model;

/// The time without a key after which the check goes on.
const QUIET: Duration = Duration::seconds(60);

/// The delay before a check that failed for another reason than damage is tried again.
const AGAIN: Duration = Duration::hours(1);

impl Model {
    /// Returns the time at which the check can go on, if nothing happens until then.
    pub(super) fn check_at(&self) -> Option<Timestamp> {
        let can_begin = self.pending.is_empty();
        can_begin.then(|| self.checking.due_at.max(self.typing.last() + QUIET))
    }

    /// Goes on with the check if its time has come.
    pub(super) fn check(&mut self) -> Vec<Effect> {
        if self.check_at().is_none_or(|at| at > self.now) {
            return Vec::new();
        }
        self.send(Purpose::Check, Request::Check(self.checking.next()), false)
    }

    /// Stops the check for now, because somebody types or sends a request. The current table is checked again later.
    pub(super) fn pause_check(&mut self) -> Vec<Effect> {
        if !self.checking.next().can_be_stopped() {
            return Vec::new();
        }
        self.pending.forget(Purpose::Check).into_iter().map(Effect::Cancel).collect()
    }

    /// Takes the result of a step of the check.
    pub(super) fn checked(&mut self, result: Result<Reply, Failure>) -> Vec<Effect> {
        let now = self.now;
        let checking = &mut self.checking;
        match result {
            Ok(Reply::Check(step)) => match step {
                CheckStep::Begun => checking.under_way = Some((now, 0)),
                CheckStep::NotDue(due_at) => checking.wait_until(due_at),
                CheckStep::Sound => {
                    checking.under_way = checking.under_way.map(|(begun_at, done)| (begun_at, done + 1));
                }
                CheckStep::NoMore => checking.is_through = true,
                CheckStep::Noted { mended } => {
                    checking.wait_until(now + EVERY);
                    if mended {
                        self.say("The store is sound again; restart NEXUS to change it".into());
                    }
                }
            },
            Ok(_) => checking.wait_until(now + AGAIN),
            Err(failure) => match failure.kind {
                FailureKind::Stopped => {}
                FailureKind::Damaged => checking.wait_until(now + EVERY),
                FailureKind::Other
                | FailureKind::NotFound
                | FailureKind::Conflict
                | FailureKind::Refused
                | FailureKind::ProofNeeded
                | FailureKind::TooSoon
                | FailureKind::SignedOut
                | FailureKind::Invalid
                | FailureKind::Unavailable => checking.wait_until(now + AGAIN),
            },
        }
        Vec::new()
    }
}
