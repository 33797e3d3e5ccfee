//! The state of every list screen.

use crate::tui::route::ScreenId;
use crate::tui::screens::SCREENS;
use crate::tui::screens::screen::Screen;

/// The list screens, in the order of [`SCREENS`].
pub(super) struct Screens(Vec<Box<dyn Screen + Send>>);

impl Default for Screens {
    fn default() -> Self {
        Self(SCREENS.iter().map(|screen| (screen.new)()).collect())
    }
}

impl Screens {
    pub(super) fn get(&self, id: ScreenId) -> Option<&dyn Screen> {
        let screen = self.0.get(index(id)?)?;
        Some(screen.as_ref())
    }

    pub(super) fn get_mut(&mut self, id: ScreenId) -> Option<&mut dyn Screen> {
        let screen = self.0.get_mut(index(id)?)?;
        Some(screen.as_mut())
    }

    /// Returns the ids of all list screens.
    pub(super) fn ids() -> impl Iterator<Item = ScreenId> {
        SCREENS.iter().map(|screen| screen.id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &dyn Screen> {
        self.0.iter().map(|screen| screen.as_ref() as &dyn Screen)
    }
}

fn index(id: ScreenId) -> Option<usize> {
    SCREENS.iter().position(|screen| screen.id == id)
}
