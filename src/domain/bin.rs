//! The bin: deleted accounts and directories, complete until they are restored or purged.

use std::collections::BTreeSet;

use super::journal::EntityKind;
use super::name;
use super::time::Timestamp;
use super::user::UserId;

/// A deleted account or directory with everything that was deleted along with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinItem {
    /// The item's id in the bin.
    pub id: i64,
    /// An account or a directory.
    pub kind: EntityKind,
    /// The id of the deleted row.
    pub object_id: i64,
    /// The deleted account, or the owner of the deleted directory.
    pub user_id: UserId,
    /// The name at the time of deletion: username or email, or a path.
    pub label: String,
    /// The path of the directory that it was in, if any.
    pub parent: Option<String>,
    pub username: Option<String>,
    pub email: Option<String>,
    /// Number of session rows in the item.
    pub sessions: u64,
    /// Number of directory rows in the item.
    pub directories: u64,
    /// Time of deletion; `None` if the stored text was overwritten by something else.
    pub deleted_at: Option<Timestamp>,
    /// The person who deleted it, as the journal names them.
    pub deleted_by: String,
    /// The account's names are reserved until then; `None` as above.
    pub held_until: Option<Timestamp>,
}

/// The details recorded with a bin item at its deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionInfo {
    pub at: Timestamp,
    /// The person who deletes it.
    pub by: String,
    /// The account's names are reserved until then.
    pub held_until: Timestamp,
    /// The item's earlier id in the bin, if it goes back there.
    pub number: Option<i64>,
}

/// The number of rows that a bin item can give back. The others would violate a unique index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Restorable {
    /// Number of session rows.
    pub sessions: u64,
    /// Number of those that would be active again.
    pub active_sessions: u64,
    /// Number of directory rows.
    pub directories: u64,
}

/// Ids and names that belong to accounts in the bin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReservedNames {
    ids: BTreeSet<i64>,
    /// Comparison keys of the reserved names.
    names: BTreeSet<String>,
}

impl ReservedNames {
    /// Adds an account in the bin and its reserved names.
    pub fn add(&mut self, id: UserId, names: impl IntoIterator<Item = String>) {
        self.ids.insert(id.0);
        self.names.extend(names.into_iter().map(|name| name::key(&name)));
    }

    /// Returns true if an account in the bin has this id.
    pub fn has_id(&self, id: UserId) -> bool {
        self.ids.contains(&id.0)
    }

    /// Returns true if the username or email is reserved, as either, in any spelling with the same key.
    pub fn holds(&self, name: &str) -> bool {
        !self.names.is_empty() && self.names.contains(&name::key(name))
    }
}

/// Sort columns of the bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BinColumn {
    /// Order of deletion.
    #[default]
    Deleted,
    /// Name at the time of deletion.
    Label,
    /// The person who deleted it.
    By,
    /// Account or directory.
    Kind,
    /// Number of sessions that were deleted with it.
    Sessions,
    /// Number of directories that were deleted with it.
    Directories,
}
