//! The numbers beside the tabs: accounts that wait for confirmation, and active sessions.

use crate::domain::text::grouped;
use crate::service::contract::{Accounts, Failure, Reply, Request};
use crate::tui::effect::Effect;
use crate::tui::pending::Purpose;
use crate::tui::route::ScreenId;

use super::Model;

impl Model {
    /// Counts what the tabs show, as long as somebody is logged in and sees them.
    pub(super) fn count_tabs(&mut self) -> Vec<Effect> {
        if self.operator.is_none() || self.login.is_some() {
            return Vec::new();
        }
        self.send(Purpose::TabCounts, Request::Accounts(Accounts::TabCounts), false)
    }

    /// Takes the counts. If they cannot be read, the last ones would be wrong.
    pub(super) fn take_tab_counts(&mut self, result: &Result<Reply, Failure>) {
        self.tab_counts = match result {
            Ok(Reply::TabCounts(counts)) => Some(*counts),
            Ok(_) | Err(_) => None,
        };
    }

    /// Returns the number beside a tab; empty if there is nothing to tell.
    pub(super) fn tab_count(&self, screen: ScreenId) -> String {
        let Some(counts) = self.tab_counts else { return String::new() };
        if screen == ScreenId::USERS && counts.pending > 0 {
            return format!("{}{}", self.theme.shape("◌", "o"), grouped(counts.pending));
        }
        if screen == ScreenId::SESSIONS && counts.active_sessions > 0 {
            return grouped(counts.active_sessions);
        }
        String::new()
    }
}
