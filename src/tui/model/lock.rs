//! The lock after a time without a key.

use crate::domain::time::{Duration, Timestamp};
use crate::tui::effect::Effect;
use crate::tui::screens::login::LoginScreen;

use super::Model;

/// The time without a key after which the console locks (security policy 3.3).
const IDLE: Duration = Duration::minutes(15);

impl Model {
    /// Returns the time at which the console locks unless a key is pressed.
    pub(super) fn lock_at(&self) -> Option<Timestamp> {
        self.operator.as_ref().filter(|_| self.login.is_none()).map(|_| self.typing.last() + IDLE)
    }

    /// Covers everything with the log-in until the operator unlocks it.
    pub(super) fn lock(&mut self) -> Vec<Effect> {
        // The admin unlocks it, with their own password.
        let mut effects = self.end_viewing();
        let Some(operator) = &self.operator else { return Vec::new() };
        self.login = Some(LoginScreen::locked(&self.start, operator));
        self.notice = None;
        self.prefix = None;
        self.ahead.clear();
        effects.extend(self.cancel_question());
        effects
    }
}
