//! The texts, the columns and the drawing of a list.

use ratatui::text::Line;

use crate::domain::filter::Filter;
use crate::tui::context::Context;
use crate::tui::widgets::table::{Cell, Column};

/// The style of a list of rows `R`, sorted by `C`, with details `D` that are loaded beside a row.
pub(crate) struct ListStyle<R, C, D> {
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
    /// Returns the cells of a row, in the order of the columns.
    pub(crate) cells: fn(&Context, &R, &Filter) -> Vec<Cell>,
    /// Returns the lines of the details of a row; what is loaded beside it is given once it is there.
    pub(crate) detail: fn(&Context, &R, Option<&D>) -> Vec<Line<'static>>,
    /// Returns the heading of the group that a row is in, on a screen whose rows are grouped. Rows of one group are
    /// adjacent.
    pub(crate) group: Option<fn(&Context, &R) -> String>,
    /// Returns the line above the headings about the row under the cursor, on a screen that has one.
    pub(crate) crumbs: Option<fn(&R) -> String>,
}
