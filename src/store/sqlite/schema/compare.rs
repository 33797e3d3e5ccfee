//! A store's schema against the expected one, object by object.

use rusqlite::Connection;

use crate::store::Result;
use crate::store::sqlite::error::of;

use super::expected::{LATEST_DIGEST, Object, ObjectKind, digest, expected, in_memory, names};
use super::fault::{SchemaFault, Wrong};
use super::sql::{SqlToken, canonical, tokens};
use super::steps::LATEST;
use super::table::{Index, Table, TableColumn, indexes, names_any};

/// Returns the differences between the schema of a store and the one that this version must have.
///
/// Text that is the same is the same; only what differs is looked at closely, so that the usual store takes one query.
pub(super) fn faults(connection: &Connection, version: i64) -> Result<Vec<SchemaFault>> {
    let found = Object::all(connection)?;
    if version == LATEST && digest(&found) == LATEST_DIGEST {
        return Ok(Vec::new());
    }
    let expected = expected(version)?;
    let mut faults = Vec::new();
    let mut gone: Vec<&str> = Vec::new();
    for object in expected {
        match found.iter().find(|found| found.is(object.kind, &object.name)) {
            Some(same) if same.sql == object.sql && same.table == object.table => {}
            Some(other) if object.kind == ObjectKind::Table => {
                faults.extend(table_faults(connection, expected, object, other)?);
            }
            Some(other) if is_same(connection, expected, object, other)? => {}
            Some(_) => faults.push(SchemaFault::of(object, Wrong::Altered)),
            // With a table goes all that belongs to it.
            None if gone.contains(&object.table.as_str()) => {}
            None => {
                gone.extend((object.kind == ObjectKind::Table).then_some(object.table.as_str()));
                faults.push(SchemaFault::of(object, Wrong::Missing));
            }
        }
    }
    for object in found.iter().filter(|found| !expected.iter().any(|known| known.is(found.kind, &found.name)))
    {
        let wrong = match object.kind {
            ObjectKind::Trigger => is_ours(&object.table, expected).then_some(Wrong::Foreign),
            ObjectKind::Index => refuses_rows(connection, expected, object)?.then_some(Wrong::Foreign),
            ObjectKind::View => Some(Wrong::View),
            ObjectKind::Table => None,
        };
        faults.extend(wrong.map(|wrong| SchemaFault::of(object, wrong)));
    }
    Ok(faults)
}

/// Returns `true` for one of the three tables and for every table with NEXUS's prefix.
pub(super) fn is_ours(table: &str, expected: &[Object]) -> bool {
    let has_prefix = table.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("nexus_"));
    has_prefix || expected.iter().any(|object| object.is(ObjectKind::Table, table))
}

/// Returns `true` where an index, trigger or view means the same though its text differs.
fn is_same(connection: &Connection, objects: &[Object], ours: &Object, other: &Object) -> Result<bool> {
    if !ours.table.eq_ignore_ascii_case(&other.table) {
        return Ok(false);
    }
    let is_known = names(objects);
    let meaning = |sql: &str| canonical(&tokens(sql), &is_known);
    if meaning(&ours.sql) == meaning(&other.sql) {
        return Ok(true);
    }
    if ours.kind != ObjectKind::Index {
        return Ok(false);
    }
    let Some(table) = objects.iter().find(|object| object.is(ObjectKind::Table, &ours.table)) else {
        return Ok(false);
    };
    let cache = in_memory(table)?;
    cache.execute_batch(&ours.sql).map_err(of)?;
    let find = |connection: &Connection| -> Result<Option<Index>> {
        Ok(indexes(connection, &ours.table)?
            .into_iter()
            .find(|index| index.name.eq_ignore_ascii_case(&ours.name)))
    };
    let (Some(wanted), Some(found)) = (find(&cache)?, find(connection)?) else { return Ok(false) };
    // Expressions are told by their text alone.
    let is_plain = wanted.columns.iter().all(|(name, ..)| name.is_some());
    let condition = |sql: &str| {
        let tokens = meaning(sql);
        let start = tokens.iter().position(|token| token.is("where")).unwrap_or(tokens.len());
        tokens.get(start..).unwrap_or_default().to_vec()
    };
    Ok(is_plain
        && wanted.columns == found.columns
        && wanted.is_unique == found.is_unique
        && condition(&ours.sql) == condition(&other.sql))
}

/// Returns `true` for an index of another program that can refuse rows which NEXUS writes.
fn refuses_rows(connection: &Connection, objects: &[Object], index: &Object) -> Result<bool> {
    let Some(table) = objects.iter().find(|object| object.is(ObjectKind::Table, &index.table)) else {
        return Ok(false);
    };
    let found = indexes(connection, &index.table)?;
    let Some(unique) =
        found.iter().find(|found| found.is_unique && found.name.eq_ignore_ascii_case(&index.name))
    else {
        return Ok(false);
    };
    let is_known = names(objects);
    let cache = in_memory(table)?;
    let ours = Table::read(&cache, &table.name, &table.sql, &is_known)?;
    let theirs = Table::read(connection, &index.table, "", &is_known)?;
    Ok(!never_refuses(unique, &ours, &theirs))
}

/// Returns `true` where a unique index holds for every row that NEXUS writes: it has a column that NEXUS leaves NULL, or
/// the row's own id.
fn never_refuses(unique: &Index, ours: &Table, theirs: &Table) -> bool {
    unique.columns.iter().any(|(name, _, _)| {
        let Some(name) = name else { return false };
        match ours.column(name) {
            Some(column) => {
                column.key > 0 && ours.columns.iter().filter(|column| column.key > 0).count() == 1
            }
            None => theirs.column(name).is_some_and(TableColumn::is_left_null),
        }
    })
}

/// Returns what differs in a table whose text differs.
fn table_faults(
    connection: &Connection,
    objects: &[Object],
    ours: &Object,
    other: &Object,
) -> Result<Vec<SchemaFault>> {
    let is_known = names(objects);
    let cache = in_memory(ours)?;
    let wanted = Table::read(&cache, &ours.name, &ours.sql, &is_known)?;
    let found = Table::read(connection, &other.name, &other.sql, &is_known)?;
    let mut parts = Vec::new();
    columns(&wanted, &found, &mut parts);
    constraints(&wanted, &found, &mut parts);
    if wanted.options != found.options {
        parts.push(Wrong::Part("its options (STRICT, WITHOUT ROWID) are altered".into()));
    }
    Ok(parts.into_iter().map(|wrong| SchemaFault::of(ours, wrong)).collect())
}

fn columns(wanted: &Table, found: &Table, parts: &mut Vec<Wrong>) {
    let part = |text: String| Wrong::Part(text);
    for column in &wanted.columns {
        match found.column(&column.name) {
            None => parts.push(part(format!("column {} is missing", column.name))),
            Some(other) if other == column => {}
            Some(other) => parts.push(part(format!("column {} {}", column.name, difference(column, other)))),
        }
    }
    let ours = |column: &&TableColumn| wanted.column(&column.name).is_some();
    let order = found.columns.iter().filter(ours).map(|column| column.name.to_ascii_lowercase());
    let here: Vec<_> = order.collect();
    let promised = wanted.columns.iter().map(|column| column.name.to_ascii_lowercase());
    if promised.filter(|name| here.contains(name)).ne(here.iter().cloned()) {
        parts.push(part("its columns are in another order".into()));
    }
    for column in found.columns.iter().filter(|column| !ours(column)) {
        if column.key > 0 {
            parts.push(part(format!("column {} is part of the primary key", column.name)));
        } else if !column.can_be_left_out() {
            parts.push(Wrong::Column(format!("column {} is not null and has no default", column.name)));
        }
    }
}

/// Says in which way a column differs.
fn difference(wanted: &TableColumn, found: &TableColumn) -> String {
    let yes_or_no =
        |has: bool, what: &str| if has { format!("must be {what}") } else { format!("must not be {what}") };
    if wanted.name != found.name {
        format!("is written {}", found.name)
    } else if wanted.kind != found.kind {
        format!("has the type {} instead of {}", or_none(&found.kind), or_none(&wanted.kind))
    } else if wanted.not_null != found.not_null {
        yes_or_no(wanted.not_null, "NOT NULL")
    } else if wanted.default != found.default {
        "has another default".into()
    } else if wanted.key != found.key {
        yes_or_no(wanted.key > 0, "in the primary key")
    } else if wanted.collation != found.collation {
        format!("has the collation {} instead of {}", found.collation, wanted.collation)
    } else if wanted.is_autoincrement != found.is_autoincrement {
        yes_or_no(wanted.is_autoincrement, "AUTOINCREMENT")
    } else {
        "is generated".into()
    }
}

fn or_none(kind: &str) -> &str {
    if kind.is_empty() { "none" } else { kind }
}

fn constraints(wanted: &Table, found: &Table, parts: &mut Vec<Wrong>) {
    let mut part = |text: String| parts.push(Wrong::Part(text));
    let checks =
        |table: &Table| table.definitions.iter().flat_map(|one| one.checks.clone()).collect::<Vec<_>>();
    let (promised, here) = (checks(wanted), checks(found));
    for check in promised.iter().filter(|check| !here.iter().any(|other| other.tokens == check.tokens)) {
        part(format!("CHECK {} is missing", check.source));
    }
    for check in here.iter().filter(|check| !promised.iter().any(|other| other.tokens == check.tokens)) {
        let theirs: Vec<_> =
            found.columns.iter().filter(|column| wanted.column(&column.name).is_none()).cloned().collect();
        // A CHECK on nothing but another program's own columns is that program's business.
        if names_any(&check.tokens, &wanted.columns) || !names_any(&check.tokens, &theirs) {
            part(format!("CHECK {} was not made by NEXUS", check.source));
        }
    }
    for key in wanted.foreign_keys.iter().filter(|key| !found.foreign_keys.contains(key)) {
        part(format!("the foreign key to {} is missing or altered", key.table));
    }
    for key in found.foreign_keys.iter().filter(|key| !wanted.foreign_keys.contains(key)) {
        if key.columns.iter().any(|(here, _)| wanted.column(here).is_some()) {
            part(format!("a foreign key to {} was not made by NEXUS", key.table));
        }
    }
    let automatic = |table: &Table| {
        let unnamed = table.indexes.iter().filter(|index| index.origin != "c");
        unnamed.map(|index| Index { name: String::new(), ..index.clone() }).collect::<Vec<_>>()
    };
    let (promised, here) = (automatic(wanted), automatic(found));
    if promised.iter().any(|index| !here.contains(index)) {
        part("a primary key or UNIQUE is missing or altered".into());
    }
    if here.iter().any(|index| !promised.contains(index) && !never_refuses(index, wanted, found)) {
        part("a UNIQUE was not made by NEXUS".into());
    }
    if clauses(wanted, wanted) != clauses(found, wanted) {
        part("a constraint has another conflict clause, or is deferred".into());
    }
}

/// Returns the clauses of all definitions that are about one of NEXUS's columns.
fn clauses(table: &Table, ours: &Table) -> Vec<String> {
    let is_ours = |name: &str| ours.column(name).is_some();
    let about = table.definitions.iter().filter(|definition| match &definition.column {
        Some(column) => is_ours(column),
        None => definition.names_any(&ours.columns),
    });
    let mut clauses: Vec<_> = about.flat_map(|definition| definition.clauses.clone()).collect();
    clauses.sort();
    clauses
}

/// Returns `true` where a definition is of another program alone.
pub(super) fn is_foreign(definition_column: Option<&str>, tokens: &[SqlToken], wanted: &Table) -> bool {
    match definition_column {
        Some(column) => wanted.column(column).is_none(),
        None => !names_any(tokens, &wanted.columns),
    }
}

/// Returns the columns that other programs added to a table and that hold values of their own.
pub(super) fn foreign_columns(connection: &Connection, version: i64, table: &str) -> Result<Vec<String>> {
    let objects = expected(version)?;
    let Some(ours) = objects.iter().find(|object| object.is(ObjectKind::Table, table)) else {
        return Ok(Vec::new());
    };
    let sql = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE";
    let mut statement = connection.prepare_cached(sql).map_err(of)?;
    let text: String = statement.query_row([table], |row| row.get(0)).map_err(of)?;
    if text == ours.sql {
        return Ok(Vec::new());
    }
    let is_known = names(objects);
    let wanted = Table::read(&in_memory(ours)?, &ours.name, &ours.sql, &is_known)?;
    let found = Table::read(connection, table, "", &is_known)?;
    let theirs = found.columns.into_iter().filter(|column| column.hidden == 0);
    Ok(theirs.map(|column| column.name).filter(|name| wanted.column(name).is_none()).collect())
}
