//! Sets of hashes in place of unique indexes that a load has dropped.

use std::hash::{BuildHasher as _, RandomState};

use rusqlite::Connection;

use crate::store::Result;

use super::error;
use super::hashed_ids::HashedIds;
use super::values::text;

/// A unique index and its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unique {
    Token,
    DirectoryId,
}

impl Unique {
    pub(super) const ALL: [Self; 2] = [Self::Token, Self::DirectoryId];

    pub(super) const fn index(self) -> &'static str {
        match self {
            Self::Token => "nexus_sessions_token",
            Self::DirectoryId => "nexus_directories_id",
        }
    }

    /// Returns the query for all values of the column.
    const fn values(self) -> &'static str {
        match self {
            Self::Token => "SELECT session_token FROM de_torres_vincent_session_tokens",
            Self::DirectoryId => "SELECT directory_id FROM de_torres_vincent_user_directories",
        }
    }
}

/// The hashes of all values of a unique index.
pub(super) struct UniqueSet {
    pub(super) unique: Unique,
    hasher: RandomState,
    hashes: HashedIds,
}

impl UniqueSet {
    pub(super) fn of(connection: &Connection, unique: Unique) -> Result<Self> {
        let hashes = HashedIds::beside(connection);
        let mut unique_set = Self { unique, hasher: RandomState::new(), hashes };
        let mut statement = connection.prepare(unique.values()).map_err(error::of)?;
        let mut rows = statement.query([]).map_err(error::of)?;
        while let Some(row) = rows.next().map_err(error::of)? {
            unique_set.add(&text(row, 0).map_err(error::of)?)?;
        }
        Ok(unique_set)
    }

    /// Adds a value and returns true if it is new.
    pub(super) fn add(&mut self, value: &str) -> Result<bool> {
        let hash = self.hasher.hash_one(value);
        let is_new = self.hashes.get(hash)?.is_none();
        if is_new {
            self.hashes.insert(hash, 0)?;
        }
        Ok(is_new)
    }
}
