//! The lock, on demand or after a time without a key.

use crate::domain::time::Timestamp;
use crate::tui::effect::Effect;
use crate::tui::screens::login::LoginScreen;

use super::{Model, NOTICE, Notice};

impl Model {
    /// Returns the time at which the console locks unless a key is pressed.
    pub(super) fn lock_at(&self) -> Option<Timestamp> {
        self.operator
            .as_ref()
            .filter(|_| !self.is_locked())
            .map(|_| self.typing.last() + self.start.lock_after)
    }

    /// Returns true while an operator is logged in and has to unlock the console.
    pub(super) fn is_locked(&self) -> bool {
        self.operator.is_some() && self.login.is_some()
    }

    /// Covers everything with the log-in until the operator unlocks it. What was typed stays, but for secrets.
    pub(super) fn lock(&mut self) -> Vec<Effect> {
        // The admin unlocks it, with their own password.
        let mut effects = self.end_viewing();
        let Some(operator) = &self.operator else { return Vec::new() };
        self.login = Some(LoginScreen::locked(&self.start, operator));
        self.notice = None;
        self.prefix = None;
        self.clicked = None;
        self.ahead.clear();
        if let Some(overlay) = &mut self.overlay {
            overlay.wipe_secrets();
        }
        effects.extend(self.cancel_question());
        effects
    }

    /// Shows the notice that came while the console was locked, for as long as any other.
    pub(super) fn show_withheld(&mut self, notice: Option<Notice>) {
        let Some(mut notice) = notice else { return };
        if let Notice::Info { until, .. } = &mut notice {
            *until = self.now + NOTICE;
        }
        self.notify(notice);
    }
}
