//! Rows that refer to rows that are not there: other programs delete accounts without what belongs to them unless they ask
//! SQLite to heed foreign keys.

use rusqlite::{Connection, Row};

use crate::domain::finding::{Finding, FoundRows, Severity};
use crate::domain::sqlite::quoted;
use crate::domain::stored_table::StoredTable;
use crate::domain::text::{count, excerpt_bare};
use crate::store::Result;

use super::error::{self, unless_missing};
use super::statement::all;
use super::values::text;

/// The rows of a table that refer to rows of another in vain.
struct Orphans {
    table: String,
    parent: String,
    rows: FoundRows,
    are_numbered: bool,
}

/// Returns a finding for each foreign key that rows break.
pub(super) fn findings(connection: &Connection) -> Result<Vec<Finding>> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL ORDER BY name";
    let mut found = Vec::new();
    for table in all(connection, sql, [], |row| text(row, 0))? {
        let orphans = unless_missing(orphans(connection, &table))?.unwrap_or_default();
        found.extend(orphans.iter().map(Orphans::finding));
    }
    Ok(found)
}

/// Deletes the rows of NEXUS's tables that are about rows of the three tables that are gone. Returns the findings about them.
pub(super) fn delete_remains(connection: &Connection) -> Result<Vec<Finding>> {
    let sql = r#"SELECT m.name, f."table", f."from" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f
                 WHERE m.type = 'table' AND m.name LIKE 'nexus@_%' ESCAPE '@' ORDER BY m.name"#;
    let keys = all(connection, sql, [], |row| Ok((text(row, 0)?, text(row, 1)?, text(row, 2)?)))?;
    let mut deleted = Vec::new();
    for (table, parent, column) in keys {
        let orphans = unless_missing(orphans(connection, &table))?.unwrap_or_default();
        let of_key = orphans.into_iter().filter(|orphans| orphans.parent.eq_ignore_ascii_case(&parent));
        for orphans in of_key.filter(Orphans::are_remains) {
            let (table, parent, column) = (quoted(&table), quoted(&parent), quoted(&column));
            let sql = format!("DELETE FROM {table} WHERE {column} NOT IN (SELECT id FROM {parent})");
            connection.execute(&sql, []).map_err(error::of)?;
            deleted.push(orphans.finding());
        }
    }
    Ok(deleted)
}

/// Returns the rows of a table that refer to others in vain, by the tables of those.
fn orphans(connection: &Connection, table: &str) -> Result<Vec<Orphans>> {
    let sql = format!("PRAGMA main.foreign_key_check({})", quoted(table));
    let mut statement = match connection.prepare(&sql) {
        // A key that cannot be checked has a finding of its own.
        Err(why) if error::is_key_mismatch(&why) => return Ok(Vec::new()),
        statement => statement.map_err(error::of)?,
    };
    let mut rows = statement.query([]).map_err(error::of)?;
    let mut found: Vec<Orphans> = Vec::new();
    while let Some(row) = rows.next().map_err(error::of)? {
        let (id, parent) = orphan(row).map_err(error::of)?;
        if let Some(same) = found.iter_mut().find(|orphans| orphans.parent == parent) {
            same.rows.add(id);
        } else {
            let (mut rows, are_numbered) = (FoundRows::default(), !id.is_empty());
            rows.add(id);
            found.push(Orphans { table: table.to_owned(), parent, rows, are_numbered });
        }
    }
    Ok(found)
}

/// Returns the number of a row, empty where its table numbers none (WITHOUT ROWID), and the table that it refers to.
fn orphan(row: &Row<'_>) -> rusqlite::Result<(String, String)> {
    Ok((text(row, 1)?, text(row, 2)?))
}

impl Orphans {
    /// Returns true for what NEXUS keeps about rows of the three tables beside their columns. It says nothing once they are
    /// gone.
    fn are_remains(&self) -> bool {
        self.table.starts_with("nexus_") && StoredTable::named(&self.parent).is_some()
    }

    /// Returns the numbers of the rows, behind a blank; none for a table that numbers none.
    fn numbers(&self) -> String {
        if self.are_numbered { format!(" {}", self.rows.names()) } else { String::new() }
    }

    fn finding(&self) -> Finding {
        let (child, parent) = (excerpt_bare(&self.table), excerpt_bare(&self.parent));
        let refer = count(self.rows.total(), "row refers", "rows refer");
        let fix = if self.are_remains() {
            "nexus doctor --fix deletes them.".into()
        } else {
            format!(
                "Put the rows of {parent} back from a backup, or delete these: PRAGMA foreign_key_check({child}) lists them."
            )
        };
        Finding {
            check: "references",
            severity: Severity::Warning,
            object: self.table.clone(),
            message: format!("{refer} to rows of {parent} that do not exist: {child}{}.", self.numbers()),
            fix,
            fixable: self.are_remains(),
        }
    }
}
