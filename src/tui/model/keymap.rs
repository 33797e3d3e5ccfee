//! The keymap of all screens, and the rows of the key tables as people read them.

use crate::domain::key_settings::KeySettings;
use crate::service::contract::Failure;
use crate::tui::keymap::{Keymap, ScreenKeys};
use crate::tui::keys::{Help, Key, shown};
use crate::tui::route::ScreenId;
use crate::tui::screens::{SCREENS, ScreenDef};

use super::Model;
use super::global_keys::{Global, KEYS};

/// Returns the keymap of these settings.
///
/// # Errors
/// As [`Keymap::new`].
pub fn keymap(settings: &KeySettings) -> Result<Keymap, Failure> {
    let keys_of = |screen: &ScreenDef| ScreenKeys {
        screen: screen.id,
        rows: joined((screen.new)().help(), KEYS.iter().map(Key::help)),
    };
    let at_login = KEYS.iter().filter(|key| key.msg.works_at_login()).map(Key::help);
    let login = ScreenKeys { screen: ScreenId::LOGIN, rows: at_login.collect() };
    let screens: Vec<_> = SCREENS.iter().map(keys_of).chain([login]).collect();
    Keymap::new(settings, &screens)
}

/// Returns the rows of a screen, and the global ones that it does not replace.
pub(super) fn joined(own: Vec<Help>, everywhere: impl Iterator<Item = Help>) -> Vec<Help> {
    let is_hidden = |other: &Help| {
        let is_own = |key: &&str| own.iter().any(|row| row.on.contains(key));
        let is_replaced = other.on.iter().all(is_own);
        is_replaced || own.iter().any(|row| row.command() == other.command())
    };
    let others: Vec<_> = everywhere.filter(|other| !is_hidden(other)).collect();
    own.into_iter().chain(others).collect()
}

impl Model {
    /// Returns rows of the key tables with the keys that they have on the screen in front.
    pub(super) fn with_their_keys(&self, rows: Vec<Help>) -> Vec<Help> {
        let screen = self.current_screen();
        rows.into_iter().map(|row| self.start.keymap.shown(screen, row)).collect()
    }

    /// Returns the key that leads to a screen with a tab, or nothing if it has none.
    pub(super) fn key_of_screen(&self, screen: ScreenId) -> String {
        let row = KEYS.iter().find(|key| key.msg == Global::Go(screen, None)).map(Key::help);
        let row = row.map(|row| self.start.keymap.shown(self.current_screen(), row));
        let key = row.and_then(|row| row.on.first().copied()).filter(|on| !on.starts_with(':'));
        key.map_or_else(String::new, shown)
    }

    /// Returns words that begin with a global key of the tables with the key that its command has on the screen in front.
    pub(super) fn with_its_key(&self, words: &str) -> String {
        let (key, rest) = words.split_once(' ').unwrap_or((words, ""));
        let is_meant = |row: &Help| row.on.iter().any(|on| shown(on) == key);
        let row = KEYS.iter().map(Key::help).find(is_meant);
        let row = row.map(|row| self.start.keymap.shown(self.current_screen(), row));
        let key = row.and_then(|row| row.on.first().copied()).map_or_else(|| key.to_owned(), shown);
        format!("{key} {rest}")
    }
}
