//! The filter, the order and the cursor of a list, to come back to.

use crate::domain::page::Sort;
use crate::domain::sort_names::NamedColumn as _;
use crate::tui::effect::Ask;
use crate::tui::preferences::SavedOrder;
use crate::tui::trail::ListView;

use super::{ListSpec, Listing};

impl<S: ListSpec> Listing<S> {
    /// Returns the filter, the order and the cursor.
    pub(crate) fn view(&self) -> ListView {
        ListView { filter: self.filter_text.clone(), sort: self.saved_order(), row: self.scroll.place() }
    }

    /// Returns the sort that a saved order names, if it is one of this list.
    pub(super) fn sort_of(order: &SavedOrder) -> Option<Sort<S::Column>> {
        let column = S::Column::named(&order.column)?;
        let is_known = S::SORTS.iter().any(|key| key.column == column);
        is_known.then_some(Sort { column, descending: order.descending })
    }

    /// Returns true if the list has this filter and this order already.
    pub(crate) fn shows(&self, view: &ListView) -> bool {
        self.filter_text == view.filter && self.saved_order() == view.sort
    }

    /// Sets filter, order and cursor. If only the cursor changes, the marks stay.
    ///
    /// Until the rows are there, keys for the row under the cursor wait.
    pub(crate) fn restore(&mut self, view: &ListView) -> Vec<Ask> {
        self.editing = None;
        if self.shows(view) {
            if self.scroll.place() != view.row {
                self.scroll.seek(view.row);
                self.outdated = true;
            }
            return self.refresh();
        }
        if let Some(sort) = view.sort.as_ref().and_then(Self::sort_of) {
            self.sort = sort;
        }
        self.set_filter(&view.filter);
        self.restart();
        self.scroll.seek(view.row);
        vec![self.load(self.scroll.start())]
    }

    /// Sets the filter that Esc does not drop.
    pub(crate) fn set_base_filter(&mut self, filter: &str) {
        filter.clone_into(&mut self.base_filter);
    }
}
