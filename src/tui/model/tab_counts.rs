//! The numbers beside the tabs: accounts that wait for confirmation, and active sessions.

use crate::domain::text::grouped;
use crate::domain::time::{Duration, Timestamp};
use crate::service::contract::{Accounts, Failure, Reply, Request};
use crate::tui::effect::Effect;
use crate::tui::pending::Purpose;
use crate::tui::route::ScreenId;

use super::Model;

/// The least time between two counts that nothing was written for.
const LEAST_GAP: Duration = Duration::seconds(1);

impl Model {
    fn sees_tabs(&self) -> bool {
        self.operator.is_some() && self.login.is_none()
    }

    /// Counts what the tabs show, as long as somebody is logged in and sees them.
    pub(super) fn count_tabs(&mut self) -> Vec<Effect> {
        if !self.sees_tabs() {
            return Vec::new();
        }
        self.tabs_counted = self.now;
        self.send(Purpose::TabCounts, Request::Accounts(Accounts::TabCounts), false)
    }

    /// Returns the time at which the numbers are counted again because a session runs out. Where many do, they are counted
    /// once a second.
    pub(super) fn counts_at(&self) -> Option<Timestamp> {
        let next_end = self.tab_counts.and_then(|counts| counts.next_end)?;
        let may_count = self.sees_tabs() && !self.pending.has(Purpose::TabCounts);
        may_count.then(|| next_end.max(self.tabs_counted + LEAST_GAP))
    }

    /// Counts again if a session has run out.
    pub(super) fn recount_tabs(&mut self) -> Vec<Effect> {
        if self.counts_at().is_some_and(|at| at <= self.now) { self.count_tabs() } else { Vec::new() }
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
