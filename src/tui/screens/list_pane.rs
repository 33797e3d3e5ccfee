//! The details beside a list: they follow the cursor and take the keys of their pane.

use crate::tui::context::Context;
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{BACK, Found, find};

use super::detail_pane::{self, Following, PaneKey};
use super::list_screen::ListScreen;
use super::listing::ListSpec;

impl<S: ListSpec> ListScreen<S> {
    /// Moves the details to the row under the cursor: when the cursor has rested if they are beside the list and about
    /// another row, otherwise at once.
    pub(super) fn follow_cursor(&mut self, context: &Context) -> Vec<Ask> {
        self.note_shown(context);
        let id = |row: Option<&S::Row>| row.map(S::id);
        let is_beside = self.pane.shows(context) && !self.pane.is_open();
        if !is_beside || id(self.list.scroll().current()) == id(self.detail_row.as_ref()) {
            return self.follow_now(context);
        }
        let following = Following::after_move(self.following, context.now, self.list.scroll().top());
        if following.is_old(context.now, self.list.scroll().top()) {
            self.detail_row = None;
        }
        self.following = Some(following);
        Vec::new()
    }

    /// Moves the details to the row under the cursor.
    pub(super) fn follow_now(&mut self, context: &Context) -> Vec<Ask> {
        self.following = None;
        self.detail_row = self.list.scroll().current().cloned();
        self.load_detail(context)
    }

    /// Loads the details of the row under the cursor, if they are shown and are not loaded yet.
    pub(super) fn load_detail(&self, context: &Context) -> Vec<Ask> {
        let is_missing = self.current().is_some_and(|row| self.detail_of(row).is_none());
        if is_missing { self.reload_detail(context) } else { Vec::new() }
    }

    /// Loads the details of the row under the cursor again, if they are shown.
    pub(super) fn reload_detail(&self, context: &Context) -> Vec<Ask> {
        let request = self.current().filter(|_| self.pane.shows(context)).and_then(S::detail_request);
        request.map(|request| Ask::Query(Slot::Detail, request)).into_iter().collect()
    }

    /// Returns the details of a row that were loaded beside it.
    pub(super) fn detail_of(&self, row: &S::Row) -> Option<&S::Detail> {
        self.detail.as_ref().filter(|(id, _)| *id == S::id(row)).map(|(_, detail)| detail)
    }

    /// Scrolls the details by a key. Returns false if the key does not scroll.
    pub(super) fn scroll_detail(&mut self, context: &Context, name: &str) -> bool {
        let (_, area) = self.pane.areas(context);
        let lines = self.detail_lines(context).len() as u16;
        self.pane.scroll(name, lines, area.height)
    }

    /// Handles a key of the details; `None` if it is none.
    pub(super) fn press_pane(&mut self, context: &Context, name: &str) -> Option<Vec<Ask>> {
        if self.pane.is_open() {
            if self.scroll_detail(context, name) {
                return Some(Vec::new());
            }
            if name == "esc" || BACK.contains(&name) {
                self.pane.close();
                return Some(Vec::new());
            }
        }
        let Found::Hit(key) = find(detail_pane::KEYS, name) else { return None };
        let any = self.current().is_some();
        match key {
            PaneKey::In if any => self.pane.open(),
            PaneKey::Other if any && !self.pane.is_open() => self.pane.open(),
            PaneKey::In | PaneKey::Out | PaneKey::Other => self.pane.close(),
        }
        Some(self.follow_now(context))
    }
}
