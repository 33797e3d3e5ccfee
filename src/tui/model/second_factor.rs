//! The set-up of the operator's own second factor.

use crate::service::contract::{Accounts, Failure, Reply, Request};
use crate::tui::effect::Effect;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::second_factor::SecondFactorDialog;
use crate::tui::pending::Purpose;

use super::{Model, Notice};

impl Model {
    /// Asks for a secret.
    pub(super) fn ask_for_factor(&mut self) -> Vec<Effect> {
        self.send(Purpose::FactorOffer, Request::Accounts(Accounts::OfferFactor), false)
    }

    /// Takes the secret and opens the dialog that shows it, unless something else was opened meanwhile.
    pub(super) fn factor_offered(&mut self, result: Result<Reply, Failure>) -> Vec<Effect> {
        match result {
            Ok(Reply::FactorOffer(offer)) if self.overlay.is_none() && self.asking.is_none() => {
                self.overlay = Some(Overlay::SecondFactor(Box::new(SecondFactorDialog::new(*offer))));
            }
            Ok(_) => {}
            Err(failure) => self.notify(Notice::Failed(failure)),
        }
        Vec::new()
    }
}
