//! Windows of lists. A list is read one window at a time, never as a whole.

use super::filter::Filter;

/// The row that a window is anchored to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The row at this position, counted from 0 in the list's order. A position past the end means the last
    /// row.
    Position(u64),
    /// The row with this id, wherever it is now; if it is gone, the position where it was last seen.
    Row {
        id: i64,
        /// The position where it was last seen.
        last_seen_at: u64,
    },
    /// The rows with ids above this one, in id order (for streaming a whole table).
    After(i64),
}

/// A range of rows around an [`Anchor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRange {
    pub anchor: Anchor,
    /// Number of rows wanted before the anchor.
    pub before: u32,
    /// Number of rows in all.
    pub len: u32,
}

/// A window of a list: some of its rows, as they were at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window<R> {
    /// The rows, in order.
    pub rows: Vec<R>,
    /// Position of the first row, counted from 0.
    pub first: u64,
    /// Position of the anchor's row, if it exists.
    pub anchor: Option<u64>,
    /// Number of rows that match the filter.
    pub total: u64,
    /// Number of rows without the filter.
    pub unfiltered: u64,
}

impl<R> Window<R> {
    /// Returns the row at `position` if it is in the window.
    pub fn at(&self, position: u64) -> Option<&R> {
        self.rows.get(usize::try_from(position.checked_sub(self.first)?).ok()?)
    }

    /// Converts each row, keeping the positions and counts.
    pub fn map<S>(self, row: impl FnMut(R) -> S) -> Window<S> {
        Window {
            rows: self.rows.into_iter().map(row).collect(),
            first: self.first,
            anchor: self.anchor,
            total: self.total,
            unfiltered: self.unfiltered,
        }
    }

    /// Converts each row and leaves out those of which nothing is found, keeping the positions and counts.
    ///
    /// # Errors
    /// That of the first conversion that fails.
    pub fn try_filter_map<S, E>(self, row: impl FnMut(R) -> Result<Option<S>, E>) -> Result<Window<S>, E> {
        let Self { rows, first, anchor, total, unfiltered } = self;
        let rows = rows.into_iter().map(row).filter_map(Result::transpose).collect::<Result<_, _>>()?;
        Ok(Window { rows, first, anchor, total, unfiltered })
    }
}

impl<R> Default for Window<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), first: 0, anchor: None, total: 0, unfiltered: 0 }
    }
}

/// A sort column and a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sort<C> {
    /// The column; ties are broken by id.
    pub column: C,
    /// True for largest first.
    pub descending: bool,
}

/// The rows that an action applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These rows, by id.
    Ids(Vec<i64>),
    /// Every row that matches the filter when the action starts.
    Shown {
        /// The filter; an empty one matches every row.
        filter: Filter,
        /// Ids of matching rows to leave out.
        except: Vec<i64>,
    },
}

impl Selection {
    /// Selects a single row by its id.
    pub fn one(id: i64) -> Self {
        Self::Ids(vec![id])
    }

    /// Returns the filter of a selection by filter.
    pub fn filter(&self) -> Option<&Filter> {
        match self {
            Self::Ids(_) => None,
            Self::Shown { filter, .. } => Some(filter),
        }
    }
}
