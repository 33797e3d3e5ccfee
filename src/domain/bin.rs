//! The bin: what was deleted, kept whole until it is restored or purged.

use std::collections::BTreeSet;

use super::journal::EntityKind;
use super::name;
use super::time::Timestamp;
use super::user::UserId;

/// One deleted thing with all that went with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinItem {
    /// Its number in the bin.
    pub id: i64,
    /// An account or a directory.
    pub kind: EntityKind,
    /// The row that it was.
    pub object_id: i64,
    /// The account that it was or that it belongs to.
    pub user_id: UserId,
    /// What it was called: username or email, or a path.
    pub label: String,
    /// The path of the directory that it lay in, where there was one.
    pub parent: Option<String>,
    /// An account's username.
    pub username: Option<String>,
    /// An account's email.
    pub email: Option<String>,
    /// Session rows in it.
    pub sessions: u64,
    /// Directory rows in it.
    pub directories: u64,
    /// When it was deleted; `None` where somebody wrote over it.
    pub deleted_at: Option<Timestamp>,
    /// By whom, as the journal names them.
    pub deleted_by: String,
    /// Until when nobody else gets the account's names; `None` as above.
    pub held_until: Option<Timestamp>,
}

/// What is written on a bundle when it goes into the bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionInfo {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Until when nobody else gets the account's names.
    pub held_until: Timestamp,
    /// The number under which it lay in the bin before, where it goes back there.
    pub number: Option<i64>,
}

/// How many rows a bundle can give back. The others stay out: what makes them unique is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Restorable {
    /// Session rows.
    pub sessions: u64,
    /// Directory rows.
    pub directories: u64,
}

/// What accounts in the bin keep from others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReservedNames {
    ids: BTreeSet<i64>,
    /// The keys of names.
    names: BTreeSet<String>,
}

impl ReservedNames {
    /// An account in the bin, and those of its names that are held.
    pub fn add(&mut self, id: UserId, names: impl IntoIterator<Item = String>) {
        self.ids.insert(id.0);
        self.names.extend(names.into_iter().map(|name| name::key(&name)));
    }

    /// Whether an account in the bin has this id.
    pub fn has_id(&self, id: UserId) -> bool {
        self.ids.contains(&id.0)
    }

    /// Whether this username or email is held as the one or the other, in whatever form.
    pub fn holds(&self, name: &str) -> bool {
        !self.names.is_empty() && self.names.contains(&name::key(name))
    }
}

/// Columns the bin can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BinColumn {
    /// Order of deletion.
    #[default]
    Deleted,
    /// What it was called.
    Label,
}
