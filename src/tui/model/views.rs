//! Saved views: a screen with its filter and order, kept by name across runs.

use crate::domain::filter::Filter;
use crate::domain::text::excerpt;
use crate::service::contract::{Failure, FailureKind};
use crate::tui::effect::Effect;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::view_list::ViewList;
use crate::tui::preferences::{MAX_VIEWS, SavedView, is_short_text};
use crate::tui::route::RowPosition;
use crate::tui::screens::screen::Screen;
use crate::tui::screens::{SCREENS, ScreenDef};
use crate::tui::trail::{ListView, Location};

use super::{Model, Notice};

/// The commands that save and remove a view.
pub(super) const SAVE: &str = "save";
pub(super) const UNSAVE: &str = "unsave";

impl Model {
    /// Saves what the screen in front shows under a name.
    pub(super) fn save_view(&mut self, name: &str) -> Vec<Effect> {
        if name.is_empty() {
            return self.refuse_view("A view needs a name: save NAME.", "");
        }
        if !is_short_text(name) {
            return self
                .refuse_view("The name of a view has at most 500 bytes and no control characters.", "");
        }
        let is_known = self.preferences.views.contains_key(name);
        if !is_known && self.preferences.views.len() >= MAX_VIEWS {
            return self.refuse_view(
                &format!("There are already {MAX_VIEWS} saved views."),
                "unsave NAME removes one.",
            );
        }
        let shown = self.screen().map(Screen::list_view).unwrap_or_default();
        let view = SavedView { screen: self.front.name().to_owned(), filter: shown.filter, sort: shown.sort };
        if !view.is_short() {
            return self.refuse_view("This filter is too long to be saved.", "");
        }
        let effects = self.remember(|preferences| {
            preferences.views.insert(name.to_owned(), view);
        });
        let done = if is_known { "Replaced" } else { "Saved" };
        self.say(format!("{done} the view {}; :view brings it back", excerpt(name)));
        effects
    }

    /// Goes to a saved view; without a name it lists them.
    pub(super) fn open_view(&mut self, name: &str) -> Vec<Effect> {
        if name.is_empty() {
            return self.list_views();
        }
        let Some(view) = self.named_view(name).and_then(|name| self.preferences.views.get(&name)).cloned()
        else {
            let words = format!("There is no saved view {}.", excerpt(name));
            return self.refuse_view(&words, "views lists them.");
        };
        match screen_of(&view) {
            Ok(screen) => {
                self.note_location();
                let next = Location::inner(screen.id, view.filter.clone(), self.trail.here());
                let shown = ListView { filter: view.filter, sort: view.sort, row: RowPosition::default() };
                self.trail.arrive(next.with_view(shown));
                self.show_location()
            }
            Err(why) => self.refuse_view(
                &format!("The view {} cannot be shown: {why}.", excerpt(name)),
                "unsave removes it.",
            ),
        }
    }

    /// Removes a saved view. Only its whole name will do.
    pub(super) fn remove_view(&mut self, name: &str) -> Vec<Effect> {
        if name.is_empty() {
            return self.refuse_view("unsave needs the name of a view: unsave NAME.", "views lists them.");
        }
        if !self.preferences.views.contains_key(name) {
            let words = format!("There is no saved view {}.", excerpt(name));
            return self.refuse_view(&words, "views lists them.");
        }
        let effects = self.remember(|preferences| {
            preferences.views.remove(name);
        });
        self.say(format!("Removed the view {}", excerpt(name)));
        effects
    }

    /// Opens the list of saved views.
    pub(super) fn list_views(&mut self) -> Vec<Effect> {
        if self.preferences.views.is_empty() {
            self.say_nothing_done("No views are saved yet; :save NAME keeps screen, filter and order".into());
            return Vec::new();
        }
        let views = self.preferences.views.iter().map(|(name, view)| (name.clone(), view.clone()));
        self.overlay = Some(Overlay::ViewList(ViewList::new(views.collect())));
        Vec::new()
    }

    /// Returns the name of the view that is meant: the same one, or the only one that begins so.
    fn named_view(&self, name: &str) -> Option<String> {
        let views = &self.preferences.views;
        if views.contains_key(name) {
            return Some(name.to_owned());
        }
        let mut begun = views.keys().filter(|known| known.starts_with(name));
        begun.next().filter(|_| begun.next().is_none()).cloned()
    }

    fn refuse_view(&mut self, words: &str, hint: &str) -> Vec<Effect> {
        let failure = Failure::new(FailureKind::Invalid, words);
        self.notify(Notice::Failed(if hint.is_empty() { failure } else { failure.hint(hint) }));
        Vec::new()
    }
}

/// Returns the screen of a view, or the reason why there is none or why its filter is none. The file that views are kept
/// in may have been changed by anybody.
fn screen_of(view: &SavedView) -> Result<&'static ScreenDef, String> {
    let screen = SCREENS.iter().find(|screen| screen.id.name() == view.screen);
    let screen = screen.ok_or_else(|| format!("there is no screen {}", excerpt(&view.screen)))?;
    if !view.filter.trim().is_empty() {
        let subject = screen.subject.ok_or_else(|| format!("{} has no filter", screen.name))?;
        Filter::parse(subject, &view.filter).map_err(|error| error.to_string())?;
    }
    Ok(screen)
}
