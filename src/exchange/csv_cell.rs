//! The texts in cells of CSV. Where a spreadsheet would run a formula they get a `'`, which reading removes. An empty
//! cell is no value; a text without characters is a `'` alone.

use std::borrow::Cow;

use crate::domain::text::{defused, without_marks};

const EMPTY_TEXT: &str = "'";

/// Returns the cell for a text.
pub(super) fn write(text: &str) -> Cow<'_, str> {
    if text.is_empty() { EMPTY_TEXT.into() } else { defused(text) }
}

/// Returns the text of a cell, or `None` for an empty one.
pub(super) fn read(cell: &str) -> Option<Cow<'_, str>> {
    if cell.is_empty() { None } else { Some(without_marks(cell)) }
}
