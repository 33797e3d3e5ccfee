//! Rows that keep a part of the schema from being restored.

use rusqlite::Connection;

use crate::store::Result;
use crate::store::sqlite::error;
use crate::store::sqlite::statement::all;
use crate::store::sqlite::values::text;

use super::compare::is_ours;
use super::expected::{Object, ObjectKind, in_memory, name_in_sql, names};
use super::fault::{SchemaFault, Wrong};
use super::lost;
use super::sql::tokens;
use super::table::{Index, Table, TableColumn, indexes};

/// Rows that a finding names.
const NAMED: usize = 5;

/// The tables that are computed again if the rows that they are derived from may have changed.
const DERIVED: [&str; 3] = ["nexus_names", "nexus_changes", "nexus_directories"];

/// Returns the reason why a fault cannot be fixed, as a sentence about what to do; `None` if nothing prevents it.
pub(super) fn of(connection: &Connection, objects: &[Object], fault: &SchemaFault) -> Result<Option<String>> {
    let Some(object) = objects.iter().find(|object| object.is(fault.kind, &fault.name)) else {
        return Ok(None);
    };
    match (&fault.wrong, object.kind) {
        (Wrong::Missing, ObjectKind::Table) => of_missing(connection, object),
        (Wrong::Missing | Wrong::Altered, ObjectKind::Index) => of_index(connection, objects, object),
        (Wrong::Part(_), ObjectKind::Table) => of_table(connection, objects, object),
        (
            Wrong::Missing
            | Wrong::Altered
            | Wrong::Part(_)
            | Wrong::Column(_)
            | Wrong::Foreign
            | Wrong::View,
            ObjectKind::Table | ObjectKind::Index | ObjectKind::View | ObjectKind::Trigger,
        ) => Ok(None),
    }
}

/// Returns the obstacle to creating a missing table again: an empty table in place of one whose rows cannot be
/// derived would hide the loss.
fn of_missing(connection: &Connection, table: &Object) -> Result<Option<String>> {
    let is_told = lost::is_told(connection, &table.name)?;
    Ok((!is_told).then(|| "Restore a backup: the rows of this table are gone.".to_owned()))
}

fn of_index(connection: &Connection, objects: &[Object], index: &Object) -> Result<Option<String>> {
    let Some(table) = objects.iter().find(|object| object.is(ObjectKind::Table, &index.table)) else {
        return Ok(None);
    };
    let cache = in_memory(table)?;
    cache.execute_batch(&index.sql).map_err(error::of)?;
    let wanted = indexes(&cache, &table.name)?;
    let Some(unique) = wanted.iter().find(|wanted| wanted.is_unique && wanted.name == index.name) else {
        return Ok(None);
    };
    let columns: Vec<_> = unique.columns.iter().filter_map(|(name, ..)| name.clone()).collect();
    let rows = duplicates(connection, &table.name, unique)?;
    Ok((!rows.is_empty()).then(|| {
        format!("Change or delete rows first: {} have the same {}.", rows.join("; "), columns.join(" and "))
    }))
}

/// Returns the ids of rows that a unique index would not take, those of each value together.
fn duplicates(connection: &Connection, table: &str, index: &Index) -> Result<Vec<String>> {
    let keys: Vec<_> = index
        .columns
        .iter()
        .filter_map(|(name, _, collation)| {
            Some(format!("{} COLLATE {collation}", name_in_sql(name.as_ref()?)))
        })
        .collect();
    let some = index.columns.iter().filter_map(|(name, ..)| name.as_deref());
    let not_null: Vec<_> = some.map(|name| format!("{} IS NOT NULL", name_in_sql(name))).collect();
    let sql = format!(
        "SELECT 'rows ' || min(rowid) || ' and ' || max(rowid) FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1
         ORDER BY min(rowid) LIMIT {NAMED}",
        name_in_sql(table),
        not_null.join(" AND "),
        keys.join(", ")
    );
    all(connection, &sql, [], |row| text(row, 0))
}

/// Searches for rows that violate the rules of a table that is rebuilt.
fn of_table(connection: &Connection, objects: &[Object], object: &Object) -> Result<Option<String>> {
    let is_known = names(objects);
    let cache = in_memory(object)?;
    let wanted = Table::read(&cache, &object.name, &object.sql, &is_known)?;
    let found = Table::read(connection, &object.name, "", &is_known)?;
    let here = |column: &&TableColumn| found.column(&column.name).is_some_and(|column| column.hidden == 0);
    let lost = wanted.columns.iter().find(|column| !here(column) && !column.can_be_left_out());
    if let Some(column) = lost {
        return Ok(Some(format!("Restore a backup: what {} held is gone.", column.name)));
    }
    let mut rules: Vec<(String, String)> = Vec::new();
    for column in wanted.columns.iter().filter(here).filter(|column| column.not_null) {
        rules.push((format!("{} IS NULL", name_in_sql(&column.name)), format!("NULL in {}", column.name)));
    }
    for check in wanted.definitions.iter().flat_map(|definition| &definition.checks) {
        let named = tokens(&check.source);
        let is_here = |column: &&TableColumn| named.iter().any(|placed| placed.token.is(&column.name));
        if wanted.columns.iter().filter(is_here).all(|column| here(&column)) {
            rules.push((format!("NOT {}", check.source), format!("what CHECK {} refuses", check.source)));
        }
    }
    for key in &wanted.foreign_keys {
        for (from, to) in key.columns.iter().filter(|(from, _)| found.column(from).is_some()) {
            let rule = format!(
                "{} NOT IN (SELECT {} FROM {})",
                name_in_sql(from),
                name_in_sql(to),
                name_in_sql(&key.table)
            );
            rules.push((rule, format!("a {from} that is in no row of {}", key.table)));
        }
    }
    let key =
        wanted.columns.iter().find(|column| column.key == 1).filter(here).map_or("rowid", |key| &key.name);
    for (rule, words) in rules {
        let sql = format!(
            "SELECT {} FROM {} WHERE {rule} LIMIT {NAMED}",
            name_in_sql(key),
            name_in_sql(&object.name)
        );
        let rows = all(connection, &sql, [], |row| text(row, 0))?;
        if !rows.is_empty() {
            return Ok(Some(format!(
                "Change or delete rows first: {} (by {key}) hold {words}.",
                rows.join(", ")
            )));
        }
    }
    Ok(None)
}

/// Returns `true` where what NEXUS works out of the three tables may not fit them any more.
pub(super) fn touches_derived(fault: &SchemaFault, objects: &[Object]) -> bool {
    let bases = ["de_torres_vincent_users", "de_torres_vincent_user_directories"];
    let is = |table: &str| fault.table.eq_ignore_ascii_case(table);
    let is_rows =
        matches!(fault.kind, ObjectKind::Table | ObjectKind::Trigger) && is_ours(&fault.table, objects);
    is_rows && (bases.iter().chain(&DERIVED).any(|table| is(table)))
}
