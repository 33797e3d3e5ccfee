//! Rows that contradict the schema, or the time.

use rusqlite::{Connection, Row};

use crate::domain::clock::TOLERANCE;
use crate::domain::finding::{Finding, FoundRows, Severity};
use crate::domain::session::RowStatus;
use crate::domain::stored_table::StoredTable;
use crate::domain::text::count;
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{AccessLevel, Status};
use crate::store::Result;
use crate::store::sqlite::error::{self, unless_missing};
use crate::store::sqlite::moments::moment;
use crate::store::sqlite::stored;
use crate::store::sqlite::values::{number, text};

use super::check_context::CheckContext;

/// The check of values that the schema refuses.
pub(super) const CHECK: &str = "rows";

/// Returns the number of rows of the three tables. What cannot be counted is damaged.
pub(super) fn total(connection: &Connection) -> u64 {
    StoredTable::ALL.into_iter().map(|table| stored::count(connection, table).unwrap_or_default()).sum()
}

/// Finds rows whose level or status is none of NEXUS's. SQLite's own check looks at CHECKs only if the file is open for writing.
pub(super) fn of_values(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    let Some(connection) = context.connection else { return Ok(Vec::new()) };
    let levels = AccessLevel::ALL.map(AccessLevel::word);
    let statuses = Status::ALL.map(Status::word);
    let row_statuses = RowStatus::ALL.map(RowStatus::word);
    let mut found = Vec::new();
    for (table, column, values) in [
        (StoredTable::Users, "access_level", &levels[..]),
        (StoredTable::Users, "status", &statuses[..]),
        (StoredTable::Sessions, "status", &row_statuses[..]),
    ] {
        let rows = ids(connection, table, &format!("{column} NOT IN ('{}')", values.join("', '")))?;
        found.extend((rows.total() > 0).then(|| value_finding(table, column, values, &rows)));
    }
    Ok(found)
}

fn value_finding(table: StoredTable, column: &str, values: &[&str], rows: &FoundRows) -> Finding {
    let have = count(rows.total(), "row has", "rows have");
    Finding {
        check: CHECK,
        severity: Severity::Error,
        object: format!("{}.{column}", table.name()),
        message: format!(
            "{have} another {column} than {}: {} {}.",
            values.join(" or "),
            table.word(),
            rows.names()
        ),
        fix: "Correct them with UPDATE: changes of these rows fail until then.".into(),
        fixable: false,
    }
}

/// The columns with times that are in the past, each with an expression for its time.
const PAST: [(StoredTable, &str, &str); 5] = [
    (StoredTable::Users, "created_at", moment!("created_at")),
    (StoredTable::Users, "updated_at", moment!("updated_at")),
    (StoredTable::Directories, "date_added", moment!("date_added")),
    (StoredTable::Directories, "last_modified", moment!("last_modified")),
    (StoredTable::Directories, "last_accessed", moment!("last_accessed")),
];

/// The only column with times to come.
const TO_COME: (StoredTable, &str, &str) = (StoredTable::Sessions, "expiration", moment!("expiration"));

/// Finds times that cannot be understood, and those that the clock has not reached yet.
pub(super) fn of_times(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    let Some(connection) = context.connection else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (table, column, moment) in PAST.into_iter().chain([TO_COME]) {
        let unread = format!("{column} IS NOT NULL AND ({moment}) IS NULL");
        let rows = ids(connection, table, &unread)?;
        found.extend((rows.total() > 0).then(|| unread_finding(table, column, &rows)));
    }
    found.extend(ahead(connection, context.now)?);
    Ok(found)
}

fn unread_finding(table: StoredTable, column: &str, rows: &FoundRows) -> Finding {
    let times = count(rows.total(), "row has a time", "rows have times");
    Finding {
        check: "times",
        severity: Severity::Warning,
        object: format!("{}.{column}", table.name()),
        message: format!("{times} that cannot be read in {column}: {} {}.", table.word(), rows.names()),
        fix: "Let the program that wrote them write UTC as YYYY-MM-DD HH:MM:SS.".into(),
        fixable: false,
    }
}

/// Returns a finding about the newest time that the clock has not reached yet.
fn ahead(connection: &Connection, now: Timestamp) -> Result<Option<Finding>> {
    let limit = to_stored(now + TOLERANCE);
    let mut newest: Option<(String, String)> = None;
    let mut rows = 0;
    for (table, column, moment) in PAST {
        let sql = format!("SELECT count(*), max({moment}), id FROM {} WHERE ({moment}) > ?1", table.name());
        let read = |row: &Row<'_>| Ok((number(row, 0)?, text(row, 1)?, text(row, 2)?));
        let found = connection.query_row(&sql, [&limit], read).map_err(error::of);
        let Some((more, time, id)) = unless_missing(found)? else { continue };
        rows += more;
        if more > 0 && newest.as_ref().is_none_or(|(newest, _)| *newest < time) {
            newest = Some((time, format!("{} {id}, {column}", table.word())));
        }
    }
    Ok(newest.map(|(time, place)| ahead_finding(now, rows, &time, place)))
}

fn ahead_finding(now: Timestamp, rows: u64, time: &str, place: String) -> Finding {
    let rows = count(rows, "time is", "times are");
    Finding {
        check: "clock",
        severity: Severity::Warning,
        message: format!(
            "{rows} ahead of the clock, which says {} UTC. The latest is {time} UTC ({place}).",
            to_stored(now)
        ),
        object: place,
        fix: "Set the clock right; if it is right, correct the times.".into(),
        fixable: false,
    }
}

/// Returns the rows of a table that a condition holds for.
fn ids(connection: &Connection, table: StoredTable, condition: &str) -> Result<FoundRows> {
    let sql = format!("SELECT id FROM {} WHERE {condition} ORDER BY id", table.name());
    Ok(unless_missing(found_rows(connection, &sql))?.unwrap_or_default())
}

fn found_rows(connection: &Connection, sql: &str) -> Result<FoundRows> {
    let mut statement = connection.prepare(sql).map_err(error::of)?;
    let mut rows = statement.query([]).map_err(error::of)?;
    let mut found = FoundRows::default();
    while let Some(row) = rows.next().map_err(error::of)? {
        found.add(text(row, 0).map_err(error::of)?);
    }
    Ok(found)
}
