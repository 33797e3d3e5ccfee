//! Accounts by their names, while very many come in and no index tells.

use std::hash::{BuildHasher as _, RandomState};

use rusqlite::Connection;

use crate::domain::name;
use crate::domain::user::UserId;
use crate::store::Result;

use super::error;
use super::hashed_ids::HashedIds;
use super::names::{self, NameColumn};
use super::values::optional;

/// A number added to the hash of an email, so that a username with the same key has another hash.
const EMAIL: u64 = 0xA076_1D64_78BD_642F;

/// The accounts by the hashes of their names' keys.
pub(super) struct NameOwners {
    hasher: RandomState,
    ids: HashedIds,
    /// The hashes that were asked for last and that nobody has: each is asked for several times before it is added.
    free: [Option<u64>; 2],
    /// The names that were hashed last, with their hashes: each is asked for several times.
    recent: [(String, u64); 2],
    /// The memory for a key that is hashed.
    key: String,
}

impl NameOwners {
    pub(super) fn of(connection: &Connection) -> Result<Self> {
        let mut owners = Self {
            hasher: RandomState::new(),
            ids: HashedIds::beside(connection),
            free: [None; 2],
            recent: Default::default(),
            key: String::new(),
        };
        let sql = "SELECT id, username, email FROM de_torres_vincent_users";
        let mut statement = connection.prepare(sql).map_err(error::of)?;
        let mut rows = statement.query([]).map_err(error::of)?;
        while let Some(row) = rows.next().map_err(error::of)? {
            let id = row.get(0).map_err(error::of)?;
            for (column, at) in [(NameColumn::Username, 1), (NameColumn::Email, 2)] {
                if let Some(text) = optional(row, at).map_err(error::of)? {
                    owners.add(column, &text, id)?;
                }
            }
        }
        Ok(owners)
    }

    /// Returns the hash of a name in a column.
    fn hash_in(&mut self, column: NameColumn, text: &str) -> u64 {
        let hash = self.hash(text);
        match column {
            NameColumn::Username => hash,
            NameColumn::Email => hash.wrapping_add(EMAIL),
        }
    }

    fn hash(&mut self, text: &str) -> u64 {
        if let Some((_, hash)) = self.recent.iter().find(|(recent, _)| !text.is_empty() && recent == text) {
            return *hash;
        }
        let hash = if text.is_ascii() {
            // The key of such a name.
            self.key.clear();
            self.key.push_str(text);
            self.key.make_ascii_lowercase();
            self.hasher.hash_one(&self.key)
        } else {
            self.hasher.hash_one(name::key(text))
        };
        self.recent.rotate_left(1);
        let [_, (recent, of_recent)] = &mut self.recent;
        recent.clear();
        recent.push_str(text);
        *of_recent = hash;
        hash
    }

    pub(super) fn add(&mut self, column: NameColumn, text: &str, id: i64) -> Result<()> {
        let hash = self.hash_in(column, text);
        self.free = [None; 2];
        self.ids.insert(hash, id)
    }

    /// Returns the account that has this name according to its row: it may have been deleted, and a hash proves
    /// nothing.
    pub(super) fn owner(
        &mut self,
        connection: &Connection,
        column: NameColumn,
        text: &str,
    ) -> Result<Option<UserId>> {
        let hash = self.hash_in(column, text);
        if self.free.contains(&Some(hash)) {
            return Ok(None);
        }
        let Some(id) = self.ids.get(hash)?.map(UserId) else {
            let [_, newest] = self.free;
            self.free = [newest, Some(hash)];
            return Ok(None);
        };
        let found = names::of(connection, column, id)?;
        Ok(found.filter(|found| name::key(found) == name::key(text)).map(|_| id))
    }
}
