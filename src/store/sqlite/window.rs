//! Windows of rows: the one place where a position in a list becomes rows, and a row a position.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::error;
use super::filter::Condition;
use super::values::number;
use crate::domain::page::{Anchor, Span, Window};
use crate::store::Result;

/// A list: where its rows come from and how they are ordered. All texts are fixed pieces of SQL.
#[derive(Debug, Clone)]
pub(super) struct List<'a> {
    /// Tables and joins that filter and order need: `de_torres_vincent_users u LEFT JOIN …`.
    pub(super) from: &'a str,
    /// The row's id: `u.id`.
    pub(super) id: &'a str,
    /// What it is sorted by before the id; never NULL.
    pub(super) key: Option<String>,
    /// Largest first.
    pub(super) descending: bool,
    /// The columns that rows are made of.
    pub(super) columns: &'a str,
    /// Values bound in the columns.
    pub(super) column_values: Vec<Value>,
    /// What the filter asks.
    pub(super) condition: Condition,
    /// The list without its filter.
    pub(super) unfiltered: Condition,
}

impl List<'_> {
    /// A stretch of the list. `After` streams by id: then `first`, `anchor` and the totals are not worked out.
    pub(super) fn window<R>(
        &self,
        connection: &Connection,
        span: Span,
        row: fn(&Row<'_>) -> rusqlite::Result<R>,
    ) -> Result<Window<R>> {
        if let Anchor::After(id) = span.anchor {
            return Ok(Window { rows: self.after(connection, id, span.len, row)?, ..Window::default() });
        }
        let total = self.count(connection, &self.condition)?;
        let unfiltered =
            if self.condition == self.unfiltered { total } else { self.count(connection, &self.unfiltered)? };
        let last = total.saturating_sub(1);
        let anchor = match span.anchor {
            Anchor::Row { id, last_seen_at } => {
                self.position(connection, id)?.unwrap_or(last_seen_at).min(last)
            }
            Anchor::Position(at) => at.min(last),
            Anchor::After(_) => 0,
        };
        let first = anchor.saturating_sub(u64::from(span.before));
        let rows = self.slice(connection, first, span.len, row)?;
        Ok(Window { rows, first, anchor: (total > 0).then_some(anchor), total, unfiltered })
    }

    fn order(&self) -> String {
        let way = if self.descending { " DESC" } else { "" };
        let key = self.key.as_ref().map(|key| format!("{key}{way}, ")).unwrap_or_default();
        format!("{key}{}{way}", self.id)
    }

    /// How many rows of the list's tables are as asked.
    pub(super) fn count(&self, connection: &Connection, condition: &Condition) -> Result<u64> {
        let sql = format!("SELECT count(*) FROM {} WHERE {}", self.from, condition.sql);
        let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
        statement.query_row(params_from_iter(&condition.values), |row| number(row, 0)).map_err(error::of)
    }

    /// `len` rows from a position on. Only ids are skipped over, never whole rows.
    pub(super) fn slice<R>(
        &self,
        connection: &Connection,
        first: u64,
        len: u32,
        row: fn(&Row<'_>) -> rusqlite::Result<R>,
    ) -> Result<Vec<R>> {
        let bounds = [Value::Integer(i64::from(len)), Value::Integer(first as i64)];
        let values = self.column_values.iter().chain(&self.condition.values).chain(&bounds);
        all(connection, &self.slice_sql(), values, row)
    }

    pub(super) fn slice_sql(&self) -> String {
        let (from, id, order) = (self.from, self.id, self.order());
        format!(
            "SELECT {} FROM {from} WHERE {id} IN (SELECT {id} FROM {from} WHERE {} ORDER BY {order} LIMIT ? OFFSET ?)
             ORDER BY {order}",
            self.columns, self.condition.sql
        )
    }

    fn after<R>(
        &self,
        connection: &Connection,
        id: i64,
        len: u32,
        row: fn(&Row<'_>) -> rusqlite::Result<R>,
    ) -> Result<Vec<R>> {
        let bounds = [Value::Integer(id), Value::Integer(i64::from(len))];
        let values = self.column_values.iter().chain(&self.condition.values).chain(&bounds);
        all(connection, &self.after_sql(), values, row)
    }

    pub(super) fn after_sql(&self) -> String {
        format!(
            "SELECT {} FROM {} WHERE {} AND {} > ? ORDER BY {} LIMIT ?",
            self.columns, self.from, self.condition.sql, self.id, self.id
        )
    }

    /// The ids of all rows, in id order.
    pub(super) fn ids(&self, connection: &Connection) -> Result<Vec<i64>> {
        let sql = format!(
            "SELECT {} FROM {} WHERE {} ORDER BY {}",
            self.id, self.from, self.condition.sql, self.id
        );
        all(connection, &sql, &self.condition.values, |row| row.get(0))
    }

    /// Where the row stands in this order and filter; `None` where the filter does not show it.
    pub(super) fn position(&self, connection: &Connection, id: i64) -> Result<Option<u64>> {
        let (from, this) = (self.from, self.id);
        let shown = format!("SELECT count(*) FROM {from} WHERE {} AND {this} = ?", self.condition.sql);
        let values = self.condition.values.iter().cloned().chain([Value::Integer(id)]);
        let mut statement = connection.prepare_cached(&shown).map_err(error::of)?;
        if statement.query_row(params_from_iter(values), |row| number(row, 0)).map_err(error::of)? == 0 {
            return Ok(None);
        }
        let before = if self.descending { '>' } else { '<' };
        let mut values = self.condition.values.clone();
        let precedes = match &self.key {
            None => format!("{this} {before} ?"),
            Some(key) => {
                let value = self.key_of(connection, key, id)?;
                values.extend([value.clone(), value]);
                format!("({key} {before} ? OR ({key} = ? AND {this} {before} ?))")
            }
        };
        values.push(Value::Integer(id));
        let sql = format!("SELECT count(*) FROM {from} WHERE {} AND {precedes}", self.condition.sql);
        let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
        statement.query_row(params_from_iter(values), |row| number(row, 0)).map(Some).map_err(error::of)
    }

    fn key_of(&self, connection: &Connection, key: &str, id: i64) -> Result<Value> {
        let sql = format!("SELECT {key} FROM {} WHERE {} = ?", self.from, self.id);
        let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
        statement.query_row([id], |row| row.get(0)).map_err(error::of)
    }
}

/// All rows of a statement.
pub(super) fn all<'v, R>(
    connection: &Connection,
    sql: &str,
    values: impl IntoIterator<Item = &'v Value>,
    row: fn(&Row<'_>) -> rusqlite::Result<R>,
) -> Result<Vec<R>> {
    let mut statement = connection.prepare_cached(sql).map_err(error::of)?;
    let rows = statement.query_map(params_from_iter(values), row).map_err(error::of)?;
    rows.collect::<rusqlite::Result<_>>().map_err(error::of)
}
