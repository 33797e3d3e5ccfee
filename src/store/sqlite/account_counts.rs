//! The number of accounts, and of those that are not confirmed. Triggers keep it, whoever writes; a load counts at its end.

use rusqlite::{Connection, Row};

use crate::domain::overview::AccountCounts;
use crate::store::Result;

use super::error;
use super::values::number;

/// The accounts without anything that is joined.
pub(super) const TABLE: &str = "de_torres_vincent_users u";

/// The number of all accounts. Where the counts are gone they are counted, until `nexus doctor --fix` puts them back.
pub(super) const TOTAL: &str = "SELECT ifnull((SELECT accounts FROM nexus_account_counts),
  (SELECT count(*) FROM de_torres_vincent_users))";

/// The number of all accounts, of the pending and of the suspended ones, as a scan finds them.
pub(super) const COUNTED: &str = "SELECT count(*), count(*) FILTER (WHERE status = 'pending'),
  count(*) FILTER (WHERE status = 'suspended') FROM de_torres_vincent_users";

/// The same, as it is kept.
pub(super) const KEPT: &str = "SELECT accounts, pending, suspended FROM nexus_account_counts";

/// Returns the number of accounts by status.
pub(super) fn all(connection: &Connection) -> Result<AccountCounts> {
    match read(connection, KEPT)? {
        Some(counts) => Ok(counts),
        None => Ok(read(connection, COUNTED)?.unwrap_or_default()),
    }
}

fn read(connection: &Connection, sql: &str) -> Result<Option<AccountCounts>> {
    let counts = |row: &Row<'_>| {
        let (pending, suspended) = (number(row, 1)?, number(row, 2)?);
        Ok(AccountCounts {
            confirmed: number(row, 0)?.saturating_sub(pending + suspended),
            pending,
            suspended,
        })
    };
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    let mut rows = statement.query_map([], counts).map_err(error::of)?;
    rows.next().transpose().map_err(error::of)
}

/// Counts all accounts again.
pub(super) fn recount(connection: &Connection) -> Result<()> {
    let sql = format!(
        "DELETE FROM nexus_replaced_accounts; DELETE FROM nexus_account_counts;
         INSERT INTO nexus_account_counts (id, accounts, pending, suspended) SELECT 1, * FROM ({COUNTED});"
    );
    connection.execute_batch(&sql).map_err(error::of)
}
