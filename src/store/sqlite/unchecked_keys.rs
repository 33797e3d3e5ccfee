//! Foreign keys of other programs that SQLite cannot check, for which it refuses changes of NEXUS's tables.
//!
//! A key must refer to a primary key, or to columns with a unique index that compares as they do
//! (sqlite.org/foreignkeys.html, section 3). The indexes on usernames and emails ignore the case of letters.

use rusqlite::Connection;

use crate::domain::finding::{Finding, Severity};
use crate::domain::sqlite::quoted;
use crate::domain::text::excerpt_bare;
use crate::store::Result;

use super::error;
use super::schema::CHECK;
use super::statement::all;
use super::values::text;

/// The tables from which foreign keys lead to NEXUS's tables, directly or by others.
const CHILDREN: &str = "WITH RECURSIVE
    keys (child, parent) AS MATERIALIZED (SELECT m.name, lower(f.\"table\")
      FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL
          AND name NOT LIKE 'sqlite@_%' ESCAPE '@') m, pragma_foreign_key_list(m.name) f),
    leads (child) AS (
      SELECT child FROM keys WHERE parent LIKE 'nexus@_%' ESCAPE '@'
        OR parent IN ('de_torres_vincent_users', 'de_torres_vincent_session_tokens', 'de_torres_vincent_user_directories')
      UNION SELECT k.child FROM leads l JOIN keys k ON k.parent = lower(l.child))
  SELECT child FROM leads ORDER BY child";

/// Returns a finding for each table with such a key.
pub(super) fn findings(connection: &Connection) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for table in all(connection, CHILDREN, [], |row| text(row, 0))? {
        // Preparing the check finds the key of the parent; nothing is run.
        match connection.prepare(&format!("PRAGMA main.foreign_key_check({})", quoted(&table))) {
            Err(why) if error::is_key_mismatch(&why) => found.push(finding(table)),
            prepared => drop(prepared.map_err(error::of)?),
        }
    }
    Ok(found)
}

fn finding(table: String) -> Finding {
    Finding {
        check: CHECK,
        severity: Severity::Error,
        message: format!(
            "Table {} of another program has a foreign key that SQLite cannot check, so that writing may fail.",
            excerpt_bare(&table)
        ),
        fix: "Let it refer to an id, or drop it: a key to a username or an email is not possible, \
              because their unique indexes ignore the case of letters."
            .into(),
        object: table,
        fixable: false,
    }
}
