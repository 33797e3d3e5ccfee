//! The test of a single row against a filter.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::domain::filter::{Filter, ListKind};
use crate::domain::time::Timestamp;
use crate::store::Result;

use super::filter::Condition;
use super::{bin, directories, error, journal_filter, sessions, users};

/// Returns true if this row matches the filter.
pub(super) fn matches(
    connection: &Connection,
    now: Timestamp,
    subject: ListKind,
    filter: &Filter,
    id: i64,
) -> Result<bool> {
    let (from, row) = match subject {
        ListKind::Users => (users::FROM, "u.id"),
        ListKind::Sessions => (sessions::FROM, "s.id"),
        ListKind::Bin => (bin::TABLE, "b.id"),
        ListKind::Directories => (directories::FROM, "d.id"),
        ListKind::Journal => (journal_filter::TABLE, "j.seq"),
    };
    let condition = Condition::of_one_row(subject, now, filter);
    let sql = format!("SELECT 1 FROM {from} WHERE {row} = ? AND {}", condition.sql);
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let values = [Value::Integer(id)].into_iter().chain(condition.values);
    statement.exists(params_from_iter(values)).map_err(error::of)
}
