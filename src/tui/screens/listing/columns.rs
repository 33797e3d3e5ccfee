//! The column that a list is sorted by, and the widths of what its columns hold.

use std::borrow::Cow;

use crate::domain::page::Sort;
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::preferences::SavedOrder;

use super::{ListSpec, Listing, SortKey};

impl<S: ListSpec> Listing<S> {
    /// Takes the order that is remembered, or the usual one; one that this list does not have is left alone.
    pub(crate) fn prefer(&mut self, saved: Option<&SavedOrder>) -> Vec<Ask> {
        let Some(sort) = saved.and_then(Self::sort_of) else { return Vec::new() };
        if sort == self.sort {
            return Vec::new();
        }
        self.set_sort(sort)
    }

    /// Returns true if a key sorts the list.
    pub(crate) fn is_order(name: &str) -> bool {
        S::SORTS.iter().any(|sort| sort.on.contains(&name))
    }

    /// Returns the order by the column with this index, the other way if the list is sorted by it already; `None` if it
    /// cannot be sorted by it.
    pub(crate) fn order_by(&self, column: usize) -> Option<Sort<S::Column>> {
        let key = S::SORTS.iter().find(|key| (S::STYLE.sorted_column)(key.column) == Some(column))?;
        let descending = key.column == self.sort.column && !self.sort.descending;
        Some(Sort { column: key.column, descending })
    }

    /// Sorts the list.
    pub(crate) fn set_sort(&mut self, sort: Sort<S::Column>) -> Vec<Ask> {
        self.sort = sort;
        self.restart()
    }

    /// Returns the name of the column that the list is sorted by.
    pub(crate) fn column_name(&self) -> Option<&'static str> {
        S::SORTS.iter().find(|key| key.column == self.sort.column).map(SortKey::column_name)
    }

    /// Returns the order as it is remembered.
    pub(crate) fn saved_order(&self) -> Option<SavedOrder> {
        let descending = self.sort.descending;
        self.column_name().map(|column| SavedOrder { column: column.to_owned(), descending })
    }

    /// Returns the widths of the columns' content, the widest so far, so that columns do not move while rows scroll. In
    /// another form of times they are those of the rows that are shown, until rows are read again.
    pub(crate) fn widths(&self, context: &Context) -> Cow<'_, [u16]> {
        if self.measured_in == TimeForm::of(context) {
            return Cow::Borrowed(&self.widths);
        }
        let mut widths = Vec::new();
        for row in self.scroll.shown().filter_map(|(_, row)| row) {
            self.widen(context, row, &mut widths);
        }
        Cow::Owned(widths)
    }

    /// Notes the widths of the loaded rows.
    pub(super) fn measure(&mut self, context: &Context) {
        let form = TimeForm::of(context);
        let mut widths = if form == self.measured_in { std::mem::take(&mut self.widths) } else { Vec::new() };
        for row in self.scroll.loaded() {
            self.widen(context, row, &mut widths);
        }
        (self.widths, self.measured_in) = (widths, form);
    }

    /// Makes the widths those of a row, where its content is wider.
    fn widen(&self, context: &Context, row: &S::Row, widths: &mut Vec<u16>) {
        for (at, cell) in S::STYLE.cells.iter().enumerate() {
            let width = cell(context, row, &self.filter).width().min(usize::from(u16::MAX)) as u16;
            match widths.get_mut(at) {
                Some(known) => *known = width.max(*known),
                None => widths.push(width),
            }
        }
    }
}

/// The form in which times are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TimeForm {
    is_relative: bool,
    zone: &'static str,
}

impl TimeForm {
    fn of(context: &Context) -> Self {
        Self { is_relative: context.relative, zone: context.zone_name() }
    }
}
