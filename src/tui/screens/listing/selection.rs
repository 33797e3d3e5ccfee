//! The marked rows of a list, and the rows that an action is for.

use crate::domain::page::{Anchor, RowRange, Selection};
use crate::domain::text::grouped;
use crate::tui::effect::{Ask, Slot};
use crate::tui::widgets::selection::Marks;

use super::{ListSpec, Listing};

/// The maximum number of rows in one marked range.
const MAX_RANGE: u64 = 100_000;

impl<S: ListSpec> Listing<S> {
    /// Begins a range, or ends it and marks its rows. Rows that are not loaded are read first.
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
        let span = RowRange { anchor: Anchor::Position(from.min(here)), before: 0, len: rows as u32 };
        self.marking = true;
        vec![Ask::Query(Slot::Range, self.source.request(&self.filter, self.sort, span))]
    }

    /// Returns the rows that an action is for: the marked ones, or else the one under the cursor.
    ///
    /// # Errors
    ///
    /// The asks to make instead: none on an empty list; for a range that is not loaded in full, the read of its rows,
    /// so that no action is done on a part of it.
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

    pub(crate) fn unmark(&mut self) {
        self.marks.clear();
        self.range = None;
    }
}
