//! The trail of an operator through screens, filters and orders, as in a web browser.

use std::sync::Arc;

use super::preferences::SavedOrder;
use super::route::{RowPosition, ScreenId};

/// The most locations in either direction.
const MAX_LOCATIONS: usize = 100;
/// The most screens that Esc leads out of, one after another.
const MAX_DEPTH: u8 = 30;

/// The filter, the order and the cursor of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListView {
    /// The text of the filter line; empty for none.
    pub filter: String,
    /// `None` if the list cannot be sorted, or to leave the order as it is.
    pub sort: Option<SavedOrder>,
    pub row: RowPosition,
}

impl ListView {
    /// Returns true if both show the same rows in the same order.
    pub fn shows_same(&self, other: &Self) -> bool {
        self.filter == other.filter && self.sort == other.sort
    }
}

/// A screen with the filter, the order and the cursor that it has or had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub screen: ScreenId,
    pub view: ListView,
    /// The filter with which it was entered from another location; empty on a main screen.
    pub base_filter: String,
    /// The location that Esc leads out to; `None` on a main screen.
    from: Option<Arc<Location>>,
    depth: u8,
}

impl Location {
    /// Creates the location of a main screen, which Esc does not leave.
    pub fn main(screen: ScreenId) -> Self {
        Self { screen, view: ListView::default(), base_filter: String::new(), from: None, depth: 0 }
    }

    /// Creates the location of a screen that was entered from another location, with this filter.
    pub fn inner(screen: ScreenId, base_filter: String, from: &Self) -> Self {
        let is_same = from.from.is_some() && from.screen == screen && from.base_filter == base_filter;
        let (from, depth) = if is_same || from.depth == MAX_DEPTH {
            (from.from.clone(), from.depth)
        } else {
            (Some(Arc::new(from.clone())), from.depth + 1)
        };
        Self { screen, view: ListView::default(), base_filter, from, depth }
    }

    /// Sets the filter, the order and the cursor.
    pub fn with_view(self, view: ListView) -> Self {
        Self { view, ..self }
    }

    fn shows_same(&self, other: &Self) -> bool {
        self.screen == other.screen && self.view.shows_same(&other.view)
    }
}

/// The current location, and those before and after it.
#[derive(Debug)]
pub struct Trail {
    here: Location,
    back: Vec<Location>,
    forward: Vec<Location>,
    /// The screens that Esc led out of, with what they showed before they were entered.
    left: Vec<(ScreenId, ListView)>,
}

impl Trail {
    /// Creates a trail that begins at a main screen that shows this.
    pub fn new(screen: ScreenId, view: ListView) -> Self {
        let here = Location::main(screen).with_view(view);
        Self { here, back: Vec::new(), forward: Vec::new(), left: Vec::new() }
    }

    pub fn here(&self) -> &Location {
        &self.here
    }

    /// Notes what the current screen shows now. Another filter or order is a new location, another cursor is not.
    pub fn note(&mut self, view: ListView) {
        let next = Location { view, ..self.here.clone() };
        self.arrive(next);
    }

    /// Notes what the current screen shows from the start.
    pub fn amend(&mut self, view: ListView) {
        self.here.view = view;
    }

    /// Goes on to a location. One that shows the same takes the place of the current one.
    pub fn arrive(&mut self, next: Location) {
        let before = std::mem::replace(&mut self.here, next);
        self.forget_left();
        if !before.shows_same(&self.here) {
            self.forward.clear();
            push(&mut self.back, before);
        }
    }

    /// Goes back by one location, and returns false if there is none.
    pub fn go_back(&mut self) -> bool {
        let is_done = step(&mut self.here, &mut self.back, &mut self.forward);
        self.forget_left();
        is_done
    }

    /// Goes forward by one location, and returns false if there is none.
    pub fn go_forward(&mut self) -> bool {
        let is_done = step(&mut self.here, &mut self.forward, &mut self.back);
        self.forget_left();
        is_done
    }

    /// Goes out to the location from which this screen was entered, and returns false on a main screen.
    pub fn go_out(&mut self) -> bool {
        let Some(from) = self.here.from.clone() else { return false };
        let left = self.here.screen;
        let was_main = |location: &&Location| location.screen == left && location.from.is_none();
        let before = self.back.iter().rev().find(was_main).map(|location| location.view.clone());
        self.arrive(Arc::unwrap_or_clone(from));
        if self.here.screen != left {
            self.left.retain(|(screen, _)| *screen != left);
            self.left.push((left, before.unwrap_or_default()));
        }
        true
    }

    /// Returns what a screen showed before it was entered, if Esc led out of it since.
    pub fn before_entered(&self, screen: ScreenId) -> Option<&ListView> {
        self.left.iter().find(|(left, _)| *left == screen).map(|(_, view)| view)
    }

    fn forget_left(&mut self) {
        self.left.retain(|(screen, _)| *screen != self.here.screen);
    }
}

fn step(here: &mut Location, from: &mut Vec<Location>, to: &mut Vec<Location>) -> bool {
    let Some(next) = from.pop() else { return false };
    push(to, std::mem::replace(here, next));
    true
}

fn push(locations: &mut Vec<Location>, location: Location) {
    if locations.len() == MAX_LOCATIONS {
        locations.remove(0);
    }
    locations.push(location);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(filter: &str) -> ListView {
        ListView { filter: filter.into(), ..ListView::default() }
    }

    fn go(trail: &mut Trail, screen: ScreenId, filter: &str) {
        let next = Location::inner(screen, filter.into(), trail.here());
        trail.arrive(Location { view: filtered(filter), ..next });
    }

    fn filters(trail: &mut Trail, step: fn(&mut Trail) -> bool) -> Vec<String> {
        let mut filters = Vec::new();
        while step(trail) {
            filters.push(trail.here().view.filter.clone());
        }
        filters
    }

    #[test]
    fn it_goes_back_and_forward_through_all_locations() {
        let mut trail = Trail::new(ScreenId::USERS, ListView::default());
        for filter in ["a", "b", "c"] {
            trail.note(filtered(filter));
        }
        assert_eq!(filters(&mut trail, Trail::go_back), ["b", "a", ""]);
        assert_eq!(filters(&mut trail, Trail::go_forward), ["a", "b", "c"]);
        trail.go_back();
        trail.note(filtered("d"));
        assert!(!trail.go_forward(), "another way was taken");
        assert_eq!(filters(&mut trail, Trail::go_back), ["b", "a", ""]);
    }

    #[test]
    fn another_row_is_no_other_location() {
        let mut trail = Trail::new(ScreenId::USERS, ListView::default());
        let row = RowPosition { id: Some(7), at: 6, above: 2 };
        trail.note(ListView { row, ..ListView::default() });
        assert!(!trail.go_back());
        assert_eq!(trail.here().view.row, row);
    }

    #[test]
    fn out_leads_where_a_screen_was_entered_from_and_back_again() {
        let mut trail = Trail::new(ScreenId::USERS, ListView::default());
        trail.note(filtered("gra"));
        go(&mut trail, ScreenId::SESSIONS, "user:grace");
        go(&mut trail, ScreenId::JOURNAL, "session:7");
        go(&mut trail, ScreenId::JOURNAL, "session:7");
        assert!(trail.go_out());
        assert_eq!(
            (trail.here().screen, trail.here().base_filter.as_str()),
            (ScreenId::SESSIONS, "user:grace")
        );
        assert!(trail.go_out());
        assert_eq!((trail.here().screen, trail.here().view.filter.as_str()), (ScreenId::USERS, "gra"));
        assert!(!trail.go_out());
        assert!(trail.go_back());
        assert_eq!(trail.here().screen, ScreenId::SESSIONS);
        assert!(trail.go_out(), "it knows its way out again");
    }

    #[test]
    fn it_stays_small() {
        let mut trail = Trail::new(ScreenId::USERS, ListView::default());
        for n in 0..1_000 {
            go(&mut trail, ScreenId::SESSIONS, &n.to_string());
        }
        assert_eq!(trail.back.len(), MAX_LOCATIONS);
        assert_eq!(trail.here().depth, MAX_DEPTH);
        assert!(trail.go_out());
    }
}
