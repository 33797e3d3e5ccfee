//! The texts, the columns and the drawing of a list.

use ratatui::text::Line;

use crate::domain::columns::Column;
use crate::domain::filter::Filter;
use crate::tui::context::Context;
use crate::tui::widgets::table::Cell;

/// Returns one cell of a row.
pub(crate) type CellOf<R> = for<'r> fn(&Context, &'r R, &Filter) -> Cell<'r>;

/// The style of a list of rows `R`, sorted by `C`, with details `D` that are loaded beside a row.
pub(crate) struct ListStyle<R: 'static, C, D> {
    /// The name of the screen.
    pub(crate) name: &'static str,
    /// The name of the rows, in the plural.
    pub(crate) unit: &'static str,
    /// The text of an empty list: the reason, two blanks, what to press.
    pub(crate) none: &'static str,
    /// The text where a filter matches nothing: the reason, two blanks, what to press.
    pub(crate) no_match: &'static str,
    pub(crate) columns: &'static [Column],
    /// Returns the index of the column that the list is sorted by, if it is shown.
    pub(crate) sorted_column: fn(C) -> Option<usize>,
    /// Return the cells of a row, in the order of the columns.
    pub(crate) cells: &'static [CellOf<R>],
    /// Returns the lines of the details of a row, without what the row itself shows; what is loaded beside it is given
    /// once it is there.
    pub(crate) detail: fn(&Context, &R, Option<&D>, RowShown) -> Vec<Line<'static>>,
    /// Returns the heading of the group that a row is in, on a screen whose rows are grouped. Rows of one group are
    /// adjacent.
    pub(crate) group: Option<fn(&Context, &R) -> String>,
    /// Returns the line above the headings about the row under the cursor, on a screen that has one.
    pub(crate) crumbs: Option<fn(&R) -> String>,
}

/// The columns that show the whole of their values in a row beside its details, by their indices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RowShown(u64);

impl RowShown {
    /// Returns true if the row shows the whole value of a column.
    pub(crate) const fn has(self, at: usize) -> bool {
        self.0 >> at & 1 == 1
    }
}

impl FromIterator<usize> for RowShown {
    fn from_iter<I: IntoIterator<Item = usize>>(columns: I) -> Self {
        Self(columns.into_iter().fold(0, |shown, at| shown | 1 << at))
    }
}
