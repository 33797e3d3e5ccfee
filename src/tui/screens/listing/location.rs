//! The filter, the order and the cursor of a list, to come back to.

use crate::domain::page::Sort;
use crate::tui::effect::Ask;
use crate::tui::route::ListView;

use super::{ListSpec, Listing};

impl<S: ListSpec> Listing<S> {
    /// Returns the filter, the order and the cursor.
    pub(crate) fn view(&self) -> ListView {
        ListView { filter: self.filter_text.clone(), sort: self.sort_name(), row: self.scroll.place() }
    }

    /// Returns the name of the sort key in force, and true for descending order.
    fn sort_name(&self) -> Option<(&'static str, bool)> {
        let key = S::SORTS.iter().find(|key| key.column == self.sort.column)?;
        Some((key.name, self.sort.descending))
    }

    /// Returns true if the list has this filter and this order already.
    pub(crate) fn shows(&self, view: &ListView) -> bool {
        self.filter_text == view.filter && self.sort_name() == view.sort
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
        let key = view.sort.and_then(|(name, _)| S::SORTS.iter().find(|key| key.name == name));
        if let (Some(key), Some((_, descending))) = (key, view.sort) {
            self.sort = Sort { column: key.column, descending };
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
