//! The way to another screen, back, forward, and out again.

use crate::tui::effect::Effect;
use crate::tui::route::Route;
use crate::tui::screens::SCREENS;
use crate::tui::screens::screen::Screen;
use crate::tui::trail::{Location, Trail};

use super::Model;

impl Model {
    /// Goes to a screen. Esc leads back out of it, unless it is a main screen as it was left.
    pub(super) fn go(&mut self, route: &Route) -> Vec<Effect> {
        self.note_location();
        let is_main = route.filter.is_none()
            && SCREENS.iter().any(|screen| screen.id == route.screen && screen.tab.is_some());
        let next = if is_main {
            Location::main(route.screen)
        } else {
            Location::inner(route.screen, route.filter.clone().unwrap_or_default(), self.trail.here())
        };
        if self.front != route.screen {
            self.notice = None;
        }
        self.front = route.screen;
        self.opens_by = None;
        let base_filter = next.base_filter.clone();
        // Esc has left what the screen was entered with.
        let before = self.trail.before_entered(route.screen).filter(|_| is_main).cloned();
        let effects = self.with_front(|screen, context| {
            screen.set_base_filter(&base_filter);
            match &before {
                Some(view) => screen.restore(context, view),
                None => screen.open(context, route.filter.as_deref()),
            }
        });
        let view = self.screen().map(Screen::list_view).unwrap_or_default();
        self.trail.arrive(next.with_view(view));
        effects
    }

    pub(super) fn go_back(&mut self) -> Vec<Effect> {
        self.travel(Trail::go_back, "Nothing to go back to")
    }

    pub(super) fn go_forward(&mut self) -> Vec<Effect> {
        self.travel(Trail::go_forward, "Nothing to go forward to")
    }

    /// Goes out of a board, or of the screen that another one led to. On a main screen it ends that the console is seen as
    /// somebody else, or does nothing.
    pub(super) fn go_out(&mut self) -> Vec<Effect> {
        self.note_location();
        if self.trail.go_out() { self.show_location() } else { self.end_viewing() }
    }

    fn travel(&mut self, step: fn(&mut Trail) -> bool, nowhere: &str) -> Vec<Effect> {
        self.note_location();
        if step(&mut self.trail) {
            return self.show_location();
        }
        self.say_nothing_done(nowhere.into());
        Vec::new()
    }

    /// Shows the location that the trail has come to.
    pub(super) fn show_location(&mut self) -> Vec<Effect> {
        let to = self.trail.here().clone();
        self.front = to.screen;
        self.opens_by = None;
        self.notice = None;
        self.with_front(|screen, context| {
            screen.set_base_filter(&to.base_filter);
            screen.restore(context, &to.view)
        })
    }

    /// Notes what the screen in front shows. While a filter is being typed, it is not settled yet.
    pub(super) fn note_location(&mut self) {
        if self.operator.is_none() || self.login.is_some() {
            return;
        }
        if let Some(screen) = self.screen().filter(|screen| !screen.takes_text()) {
            let view = screen.list_view();
            self.trail.note(view);
        }
    }
}
