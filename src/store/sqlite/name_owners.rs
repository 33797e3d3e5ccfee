//! Accounts by their names in memory, while very many come in and no index tells.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use rusqlite::Connection;

use crate::domain::name;
use crate::domain::user::UserId;
use crate::store::Result;

use super::error;
use super::names::{self, NameColumn};
use super::values::optional;

/// The accounts by the hashes of their names' keys.
#[derive(Default)]
pub(super) struct NameOwners {
    hasher: RandomState,
    usernames: HashMap<u64, i64>,
    emails: HashMap<u64, i64>,
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

    fn names(&mut self, column: NameColumn) -> &mut HashMap<u64, i64> {
        match column {
            NameColumn::Username => &mut self.usernames,
            NameColumn::Email => &mut self.emails,
        }
    }

    fn hash(&self, text: &str) -> u64 {
        self.hasher.hash_one(name::key(text))
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
