//! The details beside a list: they follow the cursor and take the keys of their pane.

use crate::domain::time::{Duration, Timestamp};
use crate::tui::context::Context;
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{BACK, Found, find};

use super::detail_pane::{self, PaneKey};
use super::list_screen::ListScreen;
use super::listing::ListSpec;

/// The time for which the cursor must rest before the details follow it: longer than a held key takes to repeat, so
/// that moving through a list over a slow link costs no bytes for details that nobody reads.
const REST: Duration = Duration::milliseconds(60);

/// The time after which the details of a row that was left are taken away while the list scrolls on: the terminal moves
/// whole lines, so that over a slow link it would be they that most bytes are for.
const OLD: Duration = Duration::milliseconds(200);

/// The way of the cursor since the details were about its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Following {
    /// The time at which the details follow.
    pub(super) at: Timestamp,
    since: Timestamp,
    /// The first row on the screen then.
    top: u64,
}

impl<S: ListSpec> ListScreen<S> {
    /// Moves the details to the row under the cursor: when the cursor has rested if they are beside the list and about
    /// another row, otherwise at once.
    pub(super) fn follow_cursor(&mut self, context: &Context) -> Vec<Ask> {
        let id = |row: Option<&S::Row>| row.map(S::id);
        let is_beside = self.pane.shows(context) && !self.pane.is_open();
        if !is_beside || id(self.list.scroll().current()) == id(self.detail_row.as_ref()) {
            return self.follow_now(context);
        }
        let top = self.list.scroll().top();
        let begun = Following { at: context.now + REST, since: context.now, top };
        let following = self.following.map_or(begun, |before| Following { at: begun.at, ..before });
        if context.now - following.since >= OLD && top != following.top {
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
