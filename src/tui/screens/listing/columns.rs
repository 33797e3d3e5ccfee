//! The column that a list is sorted by, and the widths of what its columns hold.

use std::borrow::Cow;
use std::ops::Range;

use crate::domain::filter::Filter;
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

    /// Returns the widths of the content of these columns: the widest of the rows shown so far, so that columns do not move to
    /// and fro while rows scroll. Where the last rows were noted for other columns, or another form of times, they are those
    /// of the rows shown.
    pub(crate) fn widths(&self, context: &Context, columns: &[usize]) -> Cow<'_, [u16]> {
        if self.widths.are_of(context, columns) {
            return Cow::Borrowed(&self.widths.widest);
        }
        let mut widths = Widths::new(context, columns);
        widths.note(context, &self.filter, S::STYLE.cells, self.scroll.shown());
        Cow::Owned(widths.widest)
    }

    /// Notes the widths of the rows that are shown. A row that is only loaded must not make a column wide: nothing is cut
    /// while blanks stand beside it.
    pub(crate) fn note_shown(&mut self, context: &Context, columns: &[usize]) {
        if !self.widths.are_of(context, columns) {
            self.widths = Widths::new(context, columns);
        }
        self.widths.note(context, &self.filter, S::STYLE.cells, self.scroll.shown());
    }

    /// Forgets the widths of rows that have nothing to do with the next ones.
    pub(super) fn forget_widths(&mut self) {
        self.widths = Widths::default();
    }

    /// Notes that other rows were loaded.
    pub(super) fn measure_again(&mut self) {
        self.widths.noted = 0..0;
    }
}

/// The widths of the columns' content, by their indices.
#[derive(Debug, Default)]
pub(super) struct Widths {
    /// Those of all rows that were shown; 0 for a column that was not measured.
    widest: Vec<u16>,
    /// The positions of rows that were measured.
    noted: Range<u64>,
    /// The columns that were measured.
    columns: Vec<usize>,
    /// The form of times in which they were measured.
    form: TimeForm,
}

impl Widths {
    fn new(context: &Context, columns: &[usize]) -> Self {
        let form = TimeForm::of(context);
        Self { widest: Vec::new(), noted: 0..0, columns: columns.to_vec(), form }
    }

    fn are_of(&self, context: &Context, columns: &[usize]) -> bool {
        self.columns == columns && self.form == TimeForm::of(context)
    }

    /// Widens the columns to the content of rows, each with its position, that were not noted yet.
    fn note<'r, R: 'r>(
        &mut self,
        context: &Context,
        filter: &Filter,
        cells: &[CellOf<R>],
        rows: impl Iterator<Item = (u64, Option<&'r R>)>,
    ) {
        let mut noted: Option<Range<u64>> = None;
        for (at, row) in rows {
            let Some(row) = row else { continue };
            noted = Some(noted.map_or(at, |noted| noted.start)..at + 1);
            if self.noted.contains(&at) {
                continue;
            }
            self.widest.resize(cells.len(), 0);
            for column in &self.columns {
                if let (Some(cell), Some(widest)) = (cells.get(*column), self.widest.get_mut(*column)) {
                    let width = cell(context, row, filter).width().min(usize::from(u16::MAX));
                    *widest = (width as u16).max(*widest);
                }
            }
        }
        self.noted = noted.unwrap_or_default();
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
