//! Seeing the console as an account gets it: `:as WHO`, for admins. Nothing can be changed meanwhile, and nothing is noted.
//!
//! The service answers each request by the rights of that account, so that the screens need to know nothing of it.

use crate::domain::overview::TabCounts;
use crate::domain::text::{clip, visible_name};
use crate::domain::user::{AccessLevel, Who};
use crate::service::contract::{Failure, FailureKind, Operator, Reply, Request, SignIn};
use crate::tui::effect::Effect;
use crate::tui::pending::Purpose;
use crate::tui::preferences::Preferences;
use crate::tui::route::ScreenId;
use crate::tui::screens::screen::Screen;
use crate::tui::trail::{ListView, Trail};

use super::commands::not_understood;
use super::{Model, Notice, Screens};

/// The most cells of the account's name in the title.
const NAME: usize = 16;

/// The admin's own console, as it was before.
pub(super) struct OwnConsole {
    operator: Operator,
    screens: Screens,
    front: ScreenId,
    trail: Trail,
    preferences: Preferences,
    tab_counts: Option<TabCounts>,
}

impl Model {
    /// Returns true if the operator may begin, or end, to see the console as an account gets it.
    pub(super) fn may_view_as(&self) -> bool {
        let is_admin = self.operator.as_ref().is_some_and(|operator| operator.level == AccessLevel::Admin);
        self.own_console.is_some() || is_admin && !self.is_read_only()
    }

    /// Returns the mark that every screen shows meanwhile.
    pub(super) fn viewing_mark(&self) -> Option<String> {
        self.own_console.as_ref()?;
        let label = &self.operator.as_ref()?.label;
        Some(format!("as {}", clip(&visible_name(label), NAME)))
    }

    /// Returns the failure of every change meanwhile.
    pub(super) fn viewing_refusal(&self) -> Option<Failure> {
        let mark = self.viewing_mark()?;
        let words = format!("You see the console {mark}: nothing can be changed.");
        Some(Failure::new(FailureKind::Unavailable, words).hint("Esc ends it."))
    }

    /// Begins to see the console as the account of this name gets it; without a name, ends that.
    pub(super) fn view_as_command(&mut self, name: &str) -> Vec<Effect> {
        let invalid = |words: String| Notice::Failed(Failure::new(FailureKind::Invalid, words));
        let mut effects = self.end_viewing();
        if name.is_empty() {
            if effects.is_empty() {
                self.notify(invalid("as needs an account: as alan.".into()));
            }
            return effects;
        }
        match Who::parse(name) {
            Ok(_) if self.pending.has_action() => self.notify(invalid("Work is under way.".into())),
            Ok(who) => {
                effects.extend(self.send(Purpose::ViewAs, Request::SignIn(SignIn::SeeAs(who)), false));
            }
            Err(why) => self.notify(invalid(not_understood(name, why))),
        }
        effects
    }

    /// Takes the answer of the service to that.
    pub(super) fn view_as(&mut self, result: Result<Reply, Failure>) -> Vec<Effect> {
        match result {
            Ok(Reply::SignedIn(operator)) => self.begin_viewing(operator),
            Ok(_) => Vec::new(),
            Err(failure) => {
                self.notify(Notice::Failed(failure));
                Vec::new()
            }
        }
    }

    fn begin_viewing(&mut self, operator: Operator) -> Vec<Effect> {
        let mut effects = self.drop_everything_open();
        let Some(own) = self.operator.replace(operator) else { return effects };
        self.own_console = Some(Box::new(OwnConsole {
            operator: own,
            screens: std::mem::take(&mut self.screens),
            front: std::mem::replace(&mut self.front, self.start.front),
            trail: std::mem::replace(&mut self.trail, Trail::new(self.start.front, ListView::default())),
            preferences: std::mem::take(&mut self.preferences),
            tab_counts: self.tab_counts.take(),
        }));
        effects.extend(self.open_front());
        let view = self.screen().map(Screen::list_view).unwrap_or_default();
        self.trail = Trail::new(self.front, view);
        effects.extend(self.count_tabs());
        effects
    }

    /// Brings the admin's own console back as it was, and reads again what may have changed.
    pub(super) fn end_viewing(&mut self) -> Vec<Effect> {
        if self.own_console.is_none() {
            return Vec::new();
        }
        let mut effects = self.drop_everything_open();
        self.restore_own_console();
        effects.extend(self.store_changed());
        effects
    }

    /// Puts the admin's own console in place again.
    pub(super) fn restore_own_console(&mut self) {
        let Some(own) = self.own_console.take() else { return };
        let OwnConsole { operator, screens, front, trail, preferences, tab_counts } = *own;
        self.operator = Some(operator);
        self.screens = screens;
        self.front = front;
        self.trail = trail;
        self.preferences = preferences;
        self.tab_counts = tab_counts;
    }

    /// Closes what covers the screen and drops what waits for replies, because another console takes the place of this one.
    fn drop_everything_open(&mut self) -> Vec<Effect> {
        self.overlay = None;
        self.notice = None;
        self.prefix = None;
        self.opens_by = None;
        self.ahead.clear();
        self.pending.forget_all().into_iter().map(Effect::Cancel).collect()
    }
}
