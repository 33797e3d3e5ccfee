//! The operator's password, asked again before a grave action: in the box that asks about it.

use crate::domain::time::Duration;
use crate::service::contract::{Failure, Reply, Request, SignIn};
use crate::tui::effect::Effect;
use crate::tui::overlays::confirm::Confirm;
use crate::tui::pending::Purpose;

use super::{Model, Notice};

/// The time before a proof gets too old at which the box asks for another, so that the action does not come too late.
const MARGIN: Duration = Duration::seconds(30);

impl Model {
    /// Returns true if the last proof of the operator's identity counts for a grave action.
    pub(super) fn is_proof_recent(&self) -> bool {
        self.proved.is_some_and(|at| self.start.proof_age.is_recent(at, self.now + MARGIN))
    }

    /// Returns true if the question is about a grave action, and has to ask for the password before that.
    pub(super) fn lacks_proof(&self) -> bool {
        self.asking.as_ref().is_some_and(Confirm::lacks_proof) && !self.is_proof_recent()
    }

    /// Opens a question; it has a field for the password if the action needs it.
    pub(super) fn ask(&mut self, asking: Confirm) -> Vec<Effect> {
        let is_proof_recent = self.is_proof_recent();
        let asking = self.asking.insert(asking);
        if asking.lacks_proof() && !is_proof_recent {
            asking.ask_password();
        }
        vec![Effect::Watch(asking.request_id())]
    }

    /// Has the password checked that was entered in the question.
    pub(super) fn prove(&mut self) -> Vec<Effect> {
        let password = self.asking.as_mut().and_then(Confirm::send_password);
        password.map_or_else(Vec::new, |password| {
            self.send(Purpose::Proof, Request::SignIn(SignIn::Prove(password)), false)
        })
    }

    /// Takes the result of the check: does what the question is about, or asks again.
    pub(super) fn proof_checked(&mut self, result: Result<Reply, Failure>) -> Vec<Effect> {
        let failure = match result {
            Ok(Reply::SignedIn(operator)) => {
                self.operator = Some(operator);
                self.proved = Some(self.now);
                return self.accept();
            }
            Ok(_) => return Vec::new(),
            Err(failure) => failure,
        };
        match &mut self.asking {
            Some(asking) => asking.refuse_password(failure.message),
            None => self.notify(Notice::Failed(failure)),
        }
        Vec::new()
    }
}
