//! The column that a list is sorted by, and the widths of what its columns hold.

use std::borrow::Cow;

use crate::domain::page::Sort;
use crate::tui::context::Context;
use crate::tui::effect::Ask;
use crate::tui::preferences::SavedOrder;

use super::style::CellOf;
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

    /// Returns the widths of the columns' content: the widest of the rows shown so far, so that columns do not move to and
    /// fro while rows scroll. In another form of times they are those of the rows shown, until rows are read again.
    pub(crate) fn widths(&self, context: &Context) -> Cow<'_, [u16]> {
        if self.widths.form == TimeForm::of(context) {
            return Cow::Borrowed(&self.widths.widest);
        }
        let mut widest = Vec::new();
        for row in self.scroll.shown().filter_map(|(_, row)| row) {
            widen(&mut widest, self.widths_of(context, row));
        }
        Cow::Owned(widest)
    }

    /// Measures the loaded rows. `is_new` if they have nothing to do with those before.
    pub(super) fn measure(&mut self, context: &Context, is_new: bool) {
        let form = TimeForm::of(context);
        let is_kept = !is_new && form == self.widths.form;
        let widest = if is_kept { std::mem::take(&mut self.widths.widest) } else { Vec::new() };
        let rows = self.scroll.loaded().iter().map(|row| self.widths_of(context, row).collect()).collect();
        self.widths = Widths { widest, rows, form };
        self.note_shown();
    }

    /// Notes the widths of the rows that are shown. A row that is only loaded must not make a column wide: nothing is cut
    /// while blanks stand beside it.
    pub(super) fn note_shown(&mut self) {
        let first = self.scroll.first_loaded();
        let Widths { widest, rows, .. } = &mut self.widths;
        for (at, _) in self.scroll.shown() {
            let row = at.checked_sub(first).and_then(|at| rows.get(usize::try_from(at).ok()?));
            widen(widest, row.into_iter().flatten().copied());
        }
    }

    /// Returns the widths of the cells of a row.
    fn widths_of(&self, context: &Context, row: &S::Row) -> impl Iterator<Item = u16> {
        let width =
            |cell: &CellOf<S::Row>| cell(context, row, &self.filter).width().min(usize::from(u16::MAX));
        S::STYLE.cells.iter().map(move |cell| width(cell) as u16)
    }
}

/// The widths of the columns' content, by their indices.
#[derive(Debug, Default)]
pub(super) struct Widths {
    /// Those of all rows that were shown.
    widest: Vec<u16>,
    /// Those of each row that is loaded.
    rows: Vec<Vec<u16>>,
    /// The form of times in which they were measured.
    form: TimeForm,
}

/// Makes widths those of a row, where its content is wider.
fn widen(widest: &mut Vec<u16>, row: impl Iterator<Item = u16>) {
    for (at, width) in row.enumerate() {
        match widest.get_mut(at) {
            Some(known) => *known = width.max(*known),
            None => widest.push(width),
        }
    }
}

/// The form in which times are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct TimeForm {
    is_relative: bool,
    zone: &'static str,
}

impl TimeForm {
    fn of(context: &Context) -> Self {
        Self { is_relative: context.relative, zone: context.zone_name() }
    }
}
