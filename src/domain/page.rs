//! Windows: lists are read a screenful at a time, never whole.

use super::filter::Filter;

/// Which rows of a list are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The row at this position, counted from 0 in the list's order. Past the end means the last row.
    Position(u64),
    /// The row with this id, wherever it stands now; where it is gone, the position it was last seen at.
    Row {
        /// The row's id.
        id: i64,
        /// Where it stood when it was last seen.
        last_seen_at: u64,
    },
    /// The rows with ids above this one, in id order (for streaming a whole table).
    After(i64),
}

/// A stretch of a list around an [`Anchor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// What the stretch is fixed to.
    pub anchor: Anchor,
    /// How many rows before the anchor are wanted too.
    pub before: u32,
    /// How many rows in all.
    pub len: u32,
}

/// A stretch of a list, as it stood in one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window<R> {
    /// The rows, in order.
    pub rows: Vec<R>,
    /// Position of the first of them, counted from 0.
    pub first: u64,
    /// Position of the anchor's row, where there is one.
    pub anchor: Option<u64>,
    /// How many rows the filter shows.
    pub total: u64,
    /// How many rows there are without the filter.
    pub unfiltered: u64,
}

impl<R> Window<R> {
    /// The row at `position`, if it is in the window.
    pub fn at(&self, position: u64) -> Option<&R> {
        self.rows.get(usize::try_from(position.checked_sub(self.first)?).ok()?)
    }

    /// The same stretch of other rows.
    pub fn map<S>(self, row: impl FnMut(R) -> S) -> Window<S> {
        Window {
            rows: self.rows.into_iter().map(row).collect(),
            first: self.first,
            anchor: self.anchor,
            total: self.total,
            unfiltered: self.unfiltered,
        }
    }
}

impl<R> Default for Window<R> {
    fn default() -> Self {
        Self { rows: Vec::new(), first: 0, anchor: None, total: 0, unfiltered: 0 }
    }
}

/// A column to sort by, and which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sort<C> {
    /// The column; ties are broken by id.
    pub column: C,
    /// Largest first.
    pub descending: bool,
}

/// Which rows an act is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These rows, by id.
    Ids(Vec<i64>),
    /// Every row that the filter shows at the moment of the act.
    Shown {
        /// The filter; an empty one shows everything.
        filter: Filter,
        /// Rows left out all the same, by id.
        except: Vec<i64>,
    },
}

impl Selection {
    /// One row.
    pub fn one(id: i64) -> Self {
        Self::Ids(vec![id])
    }

    /// Returns the filter that shows the rows, where they are not named.
    pub fn filter(&self) -> Option<&Filter> {
        match self {
            Self::Ids(_) => None,
            Self::Shown { filter, .. } => Some(filter),
        }
    }
}
