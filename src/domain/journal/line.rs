//! The journal as lists show it: entries of one action that follow each other can be folded into one line.

use super::Entry;

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The entry; of several in one line the first that was written.
    pub entry: Entry,
    pub fold: Fold,
}

/// The part of a line in a fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// The line is an entry by itself.
    Single,
    /// The line stands for this many entries of one action.
    Closed(u64),
    /// The line is one of the entries of an action that is unfolded.
    Open {
        /// Set if it is the uppermost line of them.
        is_first: bool,
        /// The number of the lines.
        entries: u64,
    },
}
