//! The operator's preferences: loaded at log-in, and saved with every change.

use crate::domain::user::UserId;
use crate::service::contract::Failure;
use crate::tui::effect::Effect;
use crate::tui::preferences::Preferences;
use crate::tui::screens::screen::Screen;

use super::{Model, Notice, Screens};

impl Model {
    /// Asks for the preferences of an operator who has just logged in.
    pub(super) fn load_preferences(&mut self, account: UserId) -> Effect {
        self.preferences = Preferences::default();
        self.are_preferences_loaded = false;
        Effect::LoadPreferences { account }
    }

    /// Takes the preferences of the operator, or says why they cannot be used.
    pub(super) fn preferences_loaded(
        &mut self,
        account: UserId,
        result: Result<Preferences, Failure>,
    ) -> Vec<Effect> {
        if self.operator.as_ref().is_none_or(|operator| operator.id != account) {
            return Vec::new();
        }
        self.are_preferences_loaded = true;
        let mut effects = Vec::new();
        match result {
            Ok(preferences) => {
                self.preferences = preferences;
                effects = self.apply_list_preferences();
                // The order is remembered, not chosen: nothing leads back from it.
                let view = self.screen().map(Screen::list_view).unwrap_or_default();
                self.trail.amend(view);
            }
            Err(failure) => self.notify(Notice::Warning(failure)),
        }
        if self.opens_by.is_some() {
            effects.extend(self.open_front());
        }
        effects
    }

    /// Passes each list what is remembered of it. Only the one in front reads its rows; the others do when they come
    /// to the front.
    fn apply_list_preferences(&mut self) -> Vec<Effect> {
        let context = self.context();
        let mut effects = Vec::new();
        for id in Screens::ids() {
            let list = self.preferences.list_of(id);
            let Some(screen) = self.screens.get_mut(id) else { continue };
            screen.set_filter_history(self.preferences.filters_of(id));
            let asks = screen.prefer(&context, &list);
            // One that is not open yet is read once it is.
            if id == self.current_screen() && self.opens_by.is_none() {
                effects.extend(self.fulfil(asks));
            }
        }
        effects
    }

    /// Adds a filter to the history of the screen in front.
    pub(super) fn remember_filter(&mut self, filter: &str) -> Vec<Effect> {
        let id = self.current_screen();
        let effects = self.remember(|preferences| {
            preferences.filters.entry(id.name().to_owned()).or_default().add(filter);
        });
        if let Some(screen) = self.screens.get_mut(id) {
            screen.set_filter_history(self.preferences.filters_of(id));
        }
        effects
    }

    /// Changes the preferences, and saves them if that made a difference.
    pub(super) fn remember(&mut self, change: impl FnOnce(&mut Preferences)) -> Vec<Effect> {
        let before = self.preferences.clone();
        change(&mut self.preferences);
        self.preferences = std::mem::take(&mut self.preferences).bounded();
        let account =
            self.operator.as_ref().filter(|_| self.own_console.is_none()).map(|operator| operator.id);
        match account {
            Some(account) if self.are_preferences_loaded && self.preferences != before => {
                vec![Effect::SavePreferences { account, preferences: Box::new(self.preferences.clone()) }]
            }
            Some(_) | None => Vec::new(),
        }
    }
}
