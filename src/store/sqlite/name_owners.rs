//! Accounts by their names in memory, while very many come in and no index tells.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState};

use rusqlite::Connection;

use crate::domain::name;
use crate::domain::user::UserId;
use crate::store::Result;

use super::error;
use super::names::{self, NameColumn};
use super::values::optional;

/// The hasher of a number that is a hash already.
#[derive(Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| hash.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Ids by hashes that nobody can foresee.
type Ids = HashMap<u64, i64, BuildHasherDefault<Hashed>>;

/// The accounts by the hashes of their names' keys.
#[derive(Default)]
pub(super) struct NameOwners {
    hasher: RandomState,
    usernames: Ids,
    emails: Ids,
    /// The names that were hashed last, with their hashes: each is asked for several times.
    recent: [(String, u64); 2],
    /// The memory for a key that is hashed.
    key: String,
}

impl NameOwners {
    pub(super) fn of(connection: &Connection) -> Result<Self> {
        let mut owners = Self::default();
        let sql = "SELECT id, username, email FROM de_torres_vincent_users";
        let mut statement = connection.prepare(sql).map_err(error::of)?;
        let mut rows = statement.query([]).map_err(error::of)?;
        while let Some(row) = rows.next().map_err(error::of)? {
            let id = row.get(0).map_err(error::of)?;
            for (column, at) in [(NameColumn::Username, 1), (NameColumn::Email, 2)] {
                if let Some(text) = optional(row, at).map_err(error::of)? {
                    owners.add(column, &text, id);
                }
            }
        }
        Ok(owners)
    }

    fn names(&mut self, column: NameColumn) -> &mut Ids {
        match column {
            NameColumn::Username => &mut self.usernames,
            NameColumn::Email => &mut self.emails,
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

    pub(super) fn add(&mut self, column: NameColumn, text: &str, id: i64) {
        let hash = self.hash(text);
        self.names(column).insert(hash, id);
    }

    /// Returns the account that has this name according to its row: it may have been deleted, and a hash proves
    /// nothing.
    pub(super) fn owner(
        &mut self,
        connection: &Connection,
        column: NameColumn,
        text: &str,
    ) -> Result<Option<UserId>> {
        let hash = self.hash(text);
        let Some(id) = self.names(column).get(&hash).map(|id| UserId(*id)) else { return Ok(None) };
        let found = names::of(connection, column, id)?;
        Ok(found.filter(|found| name::key(found) == name::key(text)).map(|_| id))
    }
}
