//! The cursor and the scroll window over a list of which only a span is loaded.
//!
//! Everything is computed here in `update`; drawing only reads. Invariant: the row under the cursor is always within
//! the rows shown.

use crate::domain::page::{Anchor, RowRange, Window};
use crate::tui::route::RowPosition;

/// The number of pages that are loaded before and after the one shown, so that the next page needs no wait.
const MARGIN: u64 = 1;

/// A move of the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Up,
    Down,
    HalfUp,
    HalfDown,
    PageUp,
    PageDown,
    First,
    Last,
    /// Moves to this row, counted from 0.
    To(u64),
}

/// A cursor in a list, the rows around it, and the position of the first row shown.
#[derive(Debug, Clone)]
pub struct ScrollWindow<R> {
    window: Window<R>,
    cursor: u64,
    top: u64,
    height: u64,
    /// The row to go to once the rows around it are loaded.
    sought: Option<RowPosition>,
    id_of: fn(&R) -> i64,
}

impl<R> ScrollWindow<R> {
    /// Creates an empty list; `id_of` returns the id of a row.
    pub fn new(id_of: fn(&R) -> i64) -> Self {
        Self { window: Window::default(), cursor: 0, top: 0, height: 1, sought: None, id_of }
    }

    /// Sets the number of rows that can be shown at once.
    pub fn set_height(&mut self, rows: u16) {
        self.height = u64::from(rows).max(1);
        self.follow();
    }

    /// Moves the cursor as far as the list goes. Returns true if it moved.
    pub fn step(&mut self, step: Move) -> bool {
        let before = self.cursor;
        self.sought = None;
        let half = (self.height / 2).max(1);
        let page = self.height.saturating_sub(1).max(1);
        let to = match step {
            Move::Up => self.cursor.saturating_sub(1),
            Move::Down => self.cursor + 1,
            Move::HalfUp => self.cursor.saturating_sub(half),
            Move::HalfDown => self.cursor + half,
            Move::PageUp => self.cursor.saturating_sub(page),
            Move::PageDown => self.cursor + page,
            Move::First => 0,
            Move::Last => u64::MAX,
            Move::To(row) => row,
        };
        self.cursor = to.min(self.total().saturating_sub(1));
        self.follow();
        self.cursor != before
    }

    /// Scrolls as little as needed to show the cursor, and never beyond the last row.
    fn follow(&mut self) {
        let last_top = self.total().saturating_sub(self.height);
        let lowest = self.cursor.saturating_sub(self.height - 1);
        self.top = self.top.clamp(lowest, self.cursor).min(last_top);
    }

    /// Returns the span to load if rows that should be shown are not loaded.
    pub fn missing(&self) -> Option<RowRange> {
        let end = (self.top + self.height).min(self.total());
        let loaded = self.window.first..self.window.first + self.window.rows.len() as u64;
        let there = self.top >= loaded.start && end <= loaded.end;
        (!there && self.total() > 0).then(|| self.span(Anchor::Position(self.cursor)))
    }

    /// Returns the span to load when the rows may have changed: around the row under the cursor, wherever it is now.
    pub fn refresh(&self) -> RowRange {
        if self.sought.is_some() {
            return self.start();
        }
        let anchor = match self.current() {
            Some(row) => Anchor::Row { id: (self.id_of)(row), last_seen_at: self.cursor },
            None => Anchor::Position(self.cursor),
        };
        self.span(anchor)
    }

    /// Returns the span to load of what may be another list: around the row that is sought, or else from the first row.
    pub fn start(&self) -> RowRange {
        match self.sought {
            Some(sought) => {
                let before = (sought.above.min(self.height) + self.height * MARGIN) as u32;
                RowRange { anchor: sought.anchor(), before, len: self.len() }
            }
            None => RowRange { anchor: Anchor::Position(0), before: 0, len: self.len() },
        }
    }

    /// Goes to a row as soon as rows around it are loaded; [`Self::start`] returns the span to load.
    pub fn seek(&mut self, row: RowPosition) {
        self.sought = Some(row);
    }

    /// Returns the row to come back to later: the one that is sought, or else the one under the cursor.
    pub fn place(&self) -> RowPosition {
        self.sought.unwrap_or_else(|| RowPosition {
            id: self.current().map(self.id_of),
            at: self.cursor,
            above: self.cursor - self.top,
        })
    }

    fn span(&self, anchor: Anchor) -> RowRange {
        let above = self.cursor - self.top;
        RowRange { anchor, before: (above + self.height * MARGIN) as u32, len: self.len() }
    }

    fn len(&self) -> u32 {
        (self.height * (1 + 2 * MARGIN)) as u32
    }

    /// Takes loaded rows. If they were loaded around a row, the cursor follows that row, unless it has moved on since.
    pub fn take(&mut self, window: Window<R>, asked: Anchor) {
        let held = self.current().map(self.id_of);
        if let (Anchor::Row { id, .. }, Some(at)) = (asked, window.anchor)
            && held == Some(id)
        {
            let above = self.cursor.saturating_sub(self.top);
            self.cursor = at;
            self.top = at.saturating_sub(above);
        }
        if let Some(sought) = self.sought.take_if(|sought| sought.anchor() == asked) {
            self.cursor = window.anchor.unwrap_or(sought.at);
            self.top = self.cursor.saturating_sub(sought.above);
        }
        self.window = window;
        self.cursor = self.cursor.min(self.total().saturating_sub(1));
        self.follow();
    }

    /// Moves the cursor to the first row, before another list is loaded.
    pub fn reset(&mut self) {
        self.sought = None;
        self.cursor = 0;
        self.top = 0;
    }

    /// Returns the row under the cursor, if it is loaded.
    pub fn current(&self) -> Option<&R> {
        self.window.at(self.cursor)
    }

    /// Returns all rows that are loaded.
    pub fn loaded(&self) -> &[R] {
        &self.window.rows
    }

    /// Returns the position of the first row that is loaded.
    pub fn first_loaded(&self) -> u64 {
        self.window.first
    }

    /// Returns the rows shown from top to bottom with their positions; `None` for one that is still loading.
    pub fn shown(&self) -> impl Iterator<Item = (u64, Option<&R>)> {
        let end = (self.top + self.height).min(self.total());
        (self.top..end).map(|at| (at, self.window.at(at)))
    }

    /// Returns the ids between two positions, inclusive; `None` if not all of them are loaded.
    pub fn ids_between(&self, a: u64, b: u64) -> Option<Vec<i64>> {
        (a.min(b)..=a.max(b)).map(|at| self.window.at(at).map(self.id_of)).collect()
    }

    /// Returns the position of the nearest loaded row before the cursor that is `wanted`.
    pub fn before_cursor(&self, wanted: impl Fn(&R) -> bool) -> Option<u64> {
        (self.window.first..self.cursor).rev().find(|at| self.window.at(*at).is_some_and(&wanted))
    }

    /// Returns the position of the cursor, counted from 0.
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Returns the position of the first row shown, counted from 0.
    pub fn top(&self) -> u64 {
        self.top
    }

    /// Returns the number of rows that can be shown.
    pub fn height(&self) -> u64 {
        self.height
    }

    /// Returns the number of rows that the filter shows.
    pub fn total(&self) -> u64 {
        self.window.total
    }

    /// Returns the number of rows without the filter.
    pub fn unfiltered(&self) -> u64 {
        self.window.unfiltered
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Loads a span of a list of the ids 0, 10, 20 …
    fn load(total: u64, span: RowRange) -> Window<i64> {
        let at = match span.anchor {
            Anchor::Position(at) => at,
            Anchor::Row { id, .. } => id as u64 / 10,
            Anchor::After(_) => 0,
        }
        .min(total.saturating_sub(1));
        let first = at.saturating_sub(u64::from(span.before));
        let end = (first + u64::from(span.len)).min(total);
        let rows = (first..end).map(|at| at as i64 * 10).collect();
        Window { rows, first, anchor: (total > 0).then_some(at), total, unfiltered: total }
    }

    fn scroll(total: u64, height: u16) -> ScrollWindow<i64> {
        let mut scroll = ScrollWindow::new(|id| *id);
        scroll.set_height(height);
        let span = scroll.start();
        scroll.take(load(total, span), span.anchor);
        scroll
    }

    #[test]
    fn it_moves_and_scrolls_as_little_as_needed() {
        let mut scroll = scroll(100, 10);
        for _ in 0..12 {
            scroll.step(Move::Down);
        }
        assert_eq!((scroll.cursor(), scroll.top()), (12, 3));
        scroll.step(Move::Up);
        assert_eq!((scroll.cursor(), scroll.top()), (11, 3));
        scroll.step(Move::Last);
        assert_eq!((scroll.cursor(), scroll.top()), (99, 90));
        assert!(!scroll.step(Move::Down));
    }

    #[test]
    fn it_asks_only_for_what_is_missing() {
        let mut scroll = scroll(1_000, 10);
        scroll.step(Move::PageDown);
        assert_eq!(scroll.missing(), None);
        scroll.step(Move::To(500));
        let span = scroll.missing().unwrap();
        assert_eq!(span.anchor, Anchor::Position(500));
        scroll.take(load(1_000, span), span.anchor);
        assert_eq!((scroll.missing(), scroll.current()), (None, Some(&5_000)));
    }

    #[test]
    fn the_cursor_stays_on_its_row_when_rows_come_and_go() {
        let mut scroll = scroll(100, 10);
        scroll.step(Move::To(7));
        let span = scroll.refresh();
        let mut moved = load(100, span);
        // Three rows came in above.
        moved.first += 3;
        moved.anchor = Some(10);
        moved.total = 103;
        scroll.take(moved, span.anchor);
        assert_eq!((scroll.cursor(), scroll.current()), (10, Some(&70)));
    }

    #[test]
    fn a_list_that_shrank_keeps_the_cursor_inside() {
        let mut scroll = scroll(100, 10);
        scroll.step(Move::Last);
        let span = scroll.refresh();
        scroll.take(load(5, span), span.anchor);
        assert_eq!((scroll.cursor(), scroll.top()), (4, 0));
        scroll.take(load(0, span), span.anchor);
        assert_eq!((scroll.cursor(), scroll.current()), (0, None));
    }

    #[test]
    fn a_range_is_known_only_where_it_is_loaded() {
        let scroll = scroll(100, 10);
        assert_eq!(scroll.ids_between(3, 1), Some(vec![10, 20, 30]));
        assert_eq!(scroll.ids_between(3, 90), None);
    }

    fn any_move() -> impl Strategy<Value = Move> {
        prop_oneof![
            Just(Move::Up),
            Just(Move::Down),
            Just(Move::HalfUp),
            Just(Move::HalfDown),
            Just(Move::PageUp),
            Just(Move::PageDown),
            Just(Move::First),
            Just(Move::Last),
            (0_u64..300).prop_map(Move::To),
        ]
    }

    proptest! {
        #[test]
        fn the_window_always_shows_the_cursor(
            steps in prop::collection::vec((any_move(), 0_u16..40, 0_u64..200), 1..40)
        ) {
            let mut scroll = scroll(50, 10);
            for (step, height, total) in steps {
                scroll.step(step);
                scroll.set_height(height);
                let span = scroll.missing().unwrap_or_else(|| scroll.refresh());
                scroll.take(load(total, span), span.anchor);
                prop_assert!(scroll.top() <= scroll.cursor());
                prop_assert!(scroll.cursor() < scroll.top() + scroll.height());
                prop_assert!(scroll.cursor() < scroll.total().max(1));
                prop_assert!(scroll.missing().is_none());
                prop_assert!(total == 0 || scroll.shown().any(|(at, row)| at == scroll.cursor() && row.is_some()));
            }
        }
    }
}
