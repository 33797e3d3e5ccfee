//! The check of a store's pages, a table with its indexes at a time.
//!
//! The full check of a table also looks every row up in every index. It takes about six times as long as the quick one
//! (measured for 200,000 accounts: 5.7 s for all tables, at most 1.9 s for one, against 0.9 s), and finds indexes that no
//! longer fit their table.

use rusqlite::{Connection, OptionalExtension as _};

use crate::domain::integrity::{CheckTimes, TableCheck};
use crate::domain::time::to_stored;
use crate::store::{Result, StoreError};

use super::error;
use super::statement::execute;
use super::values::{text, time};

/// The tables to check. The schema's own table includes the list of free pages (sqlite.org/pragma.html,
/// `integrity_check`).
const TABLES: &str = "SELECT name FROM (SELECT 'sqlite_schema' AS name UNION ALL
  SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0) ORDER BY name LIMIT 1 OFFSET ?1";

/// The beginnings of SQLite's messages about rows that break a rule: other programs may have stored them, and no page
/// is damaged.
const BROKEN_RULES: [&str; 4] =
    ["CHECK constraint failed in ", "NULL value in ", "NUMERIC value in ", "TEXT value in "];

/// The depth of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// The pages of tables and indexes, and the rows on them.
    Pages,
    /// Besides, each row is looked up in each index.
    Full,
}

/// Checks the table after the first `before` tables, or returns `None` if there is none.
///
/// # Errors
/// The table cannot be read. Damage is not an error.
pub(super) fn check_table(connection: &Connection, before: u32) -> Result<Option<TableCheck>> {
    check_table_to(Depth::Full, connection, before)
}

/// Checks a table as [`check_table`] does, to a depth.
///
/// # Errors
/// As [`check_table`].
pub(super) fn check_table_to(
    depth: Depth,
    connection: &Connection,
    before: u32,
) -> Result<Option<TableCheck>> {
    let name = connection.query_row(TABLES, [before], |row| text(row, 0)).optional();
    let Some(table) = name.map_err(error::of)? else { return Ok(None) };
    // What lies in the cache says nothing about the file.
    connection.execute_batch("PRAGMA shrink_memory").map_err(error::of)?;
    // The name goes from one table to the other as it is: it need not be text at all.
    let check = match depth {
        Depth::Pages => "quick_check",
        Depth::Full => "integrity_check",
    };
    let sql = format!("SELECT c.{check} FROM ({TABLES}) t, pragma_{check}(t.name) c");
    let is_sound = match all_hold(connection, &sql, before).map_err(error::of) {
        Err(StoreError::Damaged) => false,
        other => other?,
    };
    Ok(Some(TableCheck { table, is_sound }))
}

fn all_hold(connection: &Connection, sql: &str, before: u32) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare(sql)?;
    let mut words = statement.query_map([before], |row| text(row, 0))?;
    words.try_fold(true, |sound, words| {
        let words = words?;
        let is_rule = BROKEN_RULES.iter().any(|rule| words.starts_with(rule));
        Ok(sound && (words == "ok" || is_rule))
    })
}

/// Checks all tables and returns those that are damaged.
///
/// # Errors
/// As [`check_table`].
pub(super) fn damaged_tables(connection: &Connection) -> Result<Vec<TableCheck>> {
    let mut damaged = Vec::new();
    let mut before = 0;
    while let Some(check) = check_table(connection, before)? {
        if !check.is_sound {
            damaged.push(check);
        }
        before += 1;
    }
    Ok(damaged)
}

/// Returns the times of the integrity checks.
pub(super) fn times(connection: &Connection) -> Result<CheckTimes> {
    let sql = "SELECT begun_at, sound_at FROM nexus_checks";
    let times = connection
        .query_row(sql, [], |row| Ok(CheckTimes { begun_at: time(row, 0)?, sound_at: time(row, 1)? }))
        .optional();
    Ok(times.map_err(error::of)?.unwrap_or_default())
}

/// Records the times of the integrity checks.
pub(super) fn note_times(connection: &Connection, times: CheckTimes) -> Result<()> {
    let [begun_at, sound_at] = [times.begun_at, times.sound_at].map(|time| time.map(to_stored));
    let sql = "INSERT INTO nexus_checks (id, begun_at, sound_at) VALUES (1, ?1, ?2)
               ON CONFLICT (id) DO UPDATE SET begun_at = excluded.begun_at, sound_at = excluded.sound_at";
    execute(connection, sql, [begun_at, sound_at]).map(|_| ())
}
