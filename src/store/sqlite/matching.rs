//! Whether one row is as a filter asks, without a look at any other.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::filter::Condition;
use super::{bin, directories, error, journal, sessions, users};
use crate::domain::filter::{Filter, Subject};
use crate::domain::time::Timestamp;
use crate::store::Result;

/// Returns whether a filtered list holds this row.
pub(super) fn matches(
    connection: &Connection,
    now: Timestamp,
    subject: Subject,
    filter: &Filter,
    id: i64,
) -> Result<bool> {
    let (from, row) = match subject {
        Subject::Users => (users::FROM, "u.id"),
        Subject::Sessions => (sessions::FROM, "s.id"),
        Subject::Bin => (bin::TABLE, "b.id"),
        Subject::Directories => (directories::FROM, "d.id"),
        Subject::Journal => (journal::TABLE, "j.seq"),
    };
    let condition = Condition::of_one_row(subject, now, filter);
    let sql = format!("SELECT 1 FROM {from} WHERE {row} = ? AND {}", condition.sql);
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let values = [Value::Integer(id)].into_iter().chain(condition.values);
    statement.exists(params_from_iter(values)).map_err(error::of)
}
