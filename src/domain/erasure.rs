//! The erasure of what the journal says of a person.

use super::journal::Break;

/// The data that an erasure of an account would remove from the store, besides the account itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erasable {
    /// The items in the bin that are the account, or that belonged to it.
    pub items: Vec<i64>,
    /// The entries that are about the account, or that it wrote.
    pub entries: Vec<i64>,
    /// Entries about others that mention the account by a name: a reason, or the path of its home.
    pub mentions: Vec<i64>,
    /// The newest entry that was looked at for mentions.
    pub up_to: i64,
    /// The first entry that is not as it was written, if that keeps anything from being erased.
    pub broken: Option<Break>,
}

impl Erasable {
    /// Returns true if nothing is left of the account.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty() && self.entries.is_empty() && self.mentions.is_empty()
    }
}
