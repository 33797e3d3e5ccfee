//! The schema, step by step. Steps are only ever added.

use rusqlite::{Connection, TransactionBehavior};

use super::error;
use crate::store::{Result, StoreError};

/// Marks a SQLite file as a NEXUS store: `NXUS` (see `PRAGMA application_id` in its documentation).
pub(super) const APPLICATION_ID: i64 = 0x4e58_5553;

/// The steps; the n-th brings a store to `user_version` n.
const STEPS: [&str; 2] = [
    include_str!("../../../assets/schema/sqlite/0001_accounts.sql"),
    include_str!("../../../assets/schema/sqlite/0002_nexus.sql"),
];

/// The schema that this program writes.
pub(super) const LATEST: i64 = STEPS.len() as i64;

/// Brings the store to the latest schema in one transaction. In an empty file that happens before the file is switched
/// to write-ahead logging, so that a store half made lies in one file and its journal.
pub(super) fn apply(connection: &mut Connection) -> Result<()> {
    if version(connection)? == LATEST {
        return Ok(());
    }
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(error::of)?;
    // Another program may have been here between the look and the lock.
    let found = version(&transaction)?;
    if found > LATEST {
        return Err(StoreError::Newer { found, known: LATEST });
    }
    for step in STEPS.iter().skip(found as usize) {
        transaction.execute_batch(step).map_err(error::of)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(error::of)?;
    transaction.pragma_update(None, "user_version", LATEST).map_err(error::of)?;
    transaction.commit().map_err(error::of)
}

fn version(connection: &Connection) -> Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(error::of)
}
