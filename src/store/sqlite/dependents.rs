//! Rows that foreign keys of other programs delete, keep or change where an account, a directory or what lies in the bin is
//! deleted: rows of their tables, and rows of the three tables that a column of theirs ties to it.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use crate::domain::dependents::{DeletionTarget, Dependents, TableRows, add};
use crate::store::Result;

use super::directories::{BELOW, with_root};
use super::error;
use super::foreign_keys::{ForeignKeys, OnDelete};
use super::statement::all;
use super::values::number;

/// The rows that a deletion begins with, in a store with foreign keys of other programs that it meets.
pub(super) struct DeletedRows {
    pub(super) keys: ForeignKeys,
    /// The place of their table.
    root: usize,
    /// The query that selects them; its parameters follow.
    seeds: String,
    pub(super) values: Vec<Value>,
}

impl DeletedRows {
    /// Finds out what a deletion begins with; `None` where it meets no foreign key of another program.
    pub(super) fn of(connection: &Connection, target: DeletionTarget) -> Result<Option<Self>> {
        let Some(keys) = ForeignKeys::read(connection)? else { return Ok(None) };
        let table = match target {
            DeletionTarget::Account(_) => "de_torres_vincent_users",
            DeletionTarget::Directory(_) => "de_torres_vincent_user_directories",
            DeletionTarget::BinItem(_) => "nexus_bin",
        };
        let Some(root) = keys.place(table).filter(|root| !keys.foreign(*root).is_empty()) else {
            return Ok(None);
        };
        let one = format!("SELECT {root}, id FROM main.{table} WHERE id = ?1");
        let (seeds, values) = match target {
            DeletionTarget::Account(user) => (one, vec![Value::Integer(user.0)]),
            DeletionTarget::BinItem(number) => (one, vec![Value::Integer(number)]),
            DeletionTarget::Directory(id) => {
                let (top, path) = with_root(connection, id)?;
                let seeds = format!("SELECT {root}, id FROM main.{table} WHERE id = ?3 OR {BELOW}");
                (seeds, vec![top.user_id.0.into(), path.map_or(Value::Null, Value::Text), id.into()])
            }
        };
        Ok(Some(Self { keys, root, seeds, values }))
    }

    /// Finds out what the deletion of some rows of a table begins with, as [`of`](Self::of) does; `ids` is a JSON array.
    pub(super) fn of_portion(connection: &Connection, table: &str, ids: Value) -> Result<Option<Self>> {
        let Some(keys) = ForeignKeys::read(connection)? else { return Ok(None) };
        let Some(root) = keys.place(table).filter(|root| !keys.foreign(*root).is_empty()) else {
            return Ok(None);
        };
        let seeds = format!("SELECT {root}, value FROM json_each(?1)");
        Ok(Some(Self { keys, root, seeds, values: vec![ids] }))
    }

    /// Returns true if a column of another program ties rows of NEXUS's tables to rows that are deleted.
    pub(super) fn is_tied(&self) -> bool {
        self.keys.is_tied(self.root)
    }

    /// Returns the rows of other programs that the deletion meets.
    pub(super) fn dependents(&self, connection: &Connection) -> Result<Dependents> {
        Ok(Dependents {
            blocking: self.staying(connection, OnDelete::Forbid)?,
            deleted: self.counts(connection)?,
            cleared: self.staying(connection, OnDelete::Clear)?,
        })
    }

    /// Returns the start of a query with the rows that go as `going`, and those of them that go by NEXUS's own keys as
    /// `own`.
    fn with(&self) -> String {
        let going = self.keys.going("going", self.root, &self.seeds, false);
        let own = self.keys.going("own", self.root, &self.seeds, true);
        format!("WITH RECURSIVE {going}, {own}")
    }

    /// Returns the places and keys of the rows that go only by keys of other programs, each after a row that it goes with.
    pub(super) fn along(&self, connection: &Connection) -> Result<Vec<(usize, Value)>> {
        // Not `(t, r) NOT IN`: that reads all of `own` for each row that is not in it, in case one is NULL.
        let sql = format!(
            "{} SELECT g.t, g.r FROM going g LEFT JOIN own o ON o.t = g.t AND o.r = g.r WHERE o.t IS NULL",
            self.with()
        );
        let read = |row: &Row<'_>| Ok((place(row)?, row.get(1)?));
        all(connection, &sql, &self.values, read)
    }

    fn counts(&self, connection: &Connection) -> Result<Vec<TableRows>> {
        let sql = format!(
            "{} SELECT t, count(*) FROM (SELECT t, r FROM going EXCEPT SELECT t, r FROM own) GROUP BY t",
            self.with()
        );
        let found = all(connection, &sql, &self.values, |row| Ok((place(row)?, number(row, 1)?)))?;
        let mut counts = Vec::new();
        for (place, rows) in found {
            let table = self.keys.tables.get(place).filter(|table| !table.is_nexus());
            counts.extend(table.map(|table| TableRows { table: table.name.clone(), rows }));
        }
        Ok(counts)
    }

    /// Counts the rows that stay and refer to those that go by keys with this effect.
    fn staying(&self, connection: &Connection, effect: OnDelete) -> Result<Vec<TableRows>> {
        let foreign = self.keys.foreign(self.root);
        let mut children: Vec<_> =
            foreign.iter().filter(|key| key.effect == effect).map(|key| key.child).collect();
        children.sort_unstable();
        children.dedup();
        let mut counts = Vec::new();
        for child in children {
            let ways: Vec<_> = foreign
                .iter()
                .filter(|key| key.effect == effect && key.child == child)
                .map(|key| {
                    format!("SELECT {} AS r FROM {}", self.keys.child_key(key), self.keys.join("going", key))
                })
                .collect();
            let sql = format!(
                "{} SELECT count(*) FROM (SELECT {child}, r FROM ({}) EXCEPT SELECT t, r FROM going)",
                self.with(),
                ways.join(" UNION ")
            );
            let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
            let values = params_from_iter(&self.values);
            let rows = statement.query_row(values, |row| number(row, 0)).map_err(error::of)?;
            if let Some(table) = self.keys.tables.get(child).filter(|_| rows > 0) {
                add(&mut counts, &[TableRows { table: table.name.clone(), rows }]);
            }
        }
        Ok(counts)
    }
}

/// Returns the place of a table, which stands first in a row.
fn place(row: &Row<'_>) -> rusqlite::Result<usize> {
    Ok(row.get::<_, u32>(0)? as usize)
}
