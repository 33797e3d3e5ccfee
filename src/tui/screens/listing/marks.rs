//! The marked rows of a list, and the rows that an action is for.

use super::{ListSpec, Listing};
use crate::domain::page::{Anchor, Selection, Span};
use crate::domain::text::grouped;
use crate::tui::effect::{Ask, Slot};
use crate::tui::widgets::selection::Marks;

/// The most rows that one marked range may hold.
const MAX_RANGE: u64 = 100_000;

impl<S: ListSpec> Listing<S> {
    /// Begins a range, or ends it: then its rows are marked, read first where they are not loaded.
    pub(super) fn range(&mut self) -> Vec<Ask> {
        if self.outdated {
            return Vec::new();
        }
        let here = self.scroll.cursor();
        let Some(from) = self.range.take() else {
            self.range = Some(here);
            return Vec::new();
        };
        if let Some(ids) = self.scroll.ids_between(from, here) {
            self.marks.add(ids);
            return Vec::new();
        }
        let rows = from.abs_diff(here) + 1;
        if rows > MAX_RANGE {
            return vec![Ask::refusal(format!("A range holds {} rows at most.", grouped(MAX_RANGE)))];
        }
        let span = Span { anchor: Anchor::Position(from.min(here)), before: 0, len: rows as u32 };
        self.marking = true;
        vec![Ask::Query(Slot::Range, self.source.request(&self.filter, self.sort, span))]
    }

    /// What an act is for: the marked rows, else the one under the cursor.
    ///
    /// # Errors
    /// What to ask for instead: nothing on an empty list; a range that is not loaded whole is read and marked first,
    /// so that nothing is done to a part of it.
    pub(crate) fn target(&mut self) -> Result<Selection, Vec<Ask>> {
        if self.outdated {
            return Err(Vec::new());
        }
        if self.range.is_some() {
            let asks = self.range();
            if !asks.is_empty() {
                return Err(asks);
            }
        }
        let none_is_left = self.marks.count(self.scroll.total()) == 0;
        match &self.marks {
            Marks::Only(ids) if ids.is_empty() => {
                self.current().map(|row| Selection::one(S::id(row))).ok_or_else(Vec::new)
            }
            Marks::AllBut(_) if none_is_left => Err(Vec::new()),
            Marks::Only(ids) => Ok(Selection::Ids(ids.iter().copied().collect())),
            Marks::AllBut(ids) => {
                Ok(Selection::Shown { filter: self.filter.clone(), except: ids.iter().copied().collect() })
            }
        }
    }

    /// Takes the marks away: what they were for is done.
    pub(crate) fn unmark(&mut self) {
        self.marks.clear();
        self.range = None;
    }
}
