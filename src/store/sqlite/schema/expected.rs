//! The schema that a version must have, derived from the migrations: their statements are followed one by one, and what
//! they leave is what SQLite would keep in `sqlite_schema`.
//!
//! To run the migrations in memory instead takes three times as long as opening a store may. A test does run them and
//! compares every version.

use std::sync::OnceLock;

use rusqlite::{Connection, Row};
use sha2::{Digest as _, Sha256};

use crate::domain::sqlite::quoted;
use crate::domain::text::hex;
use crate::store::Result;
use crate::store::sqlite::error;
use crate::store::sqlite::statement::all;
use crate::store::sqlite::values::text;

use super::sql::{PlacedToken, SqlToken, statements, tokens};
use super::steps::STEPS;

/// The digest of the latest schema. It changes with every migration that is added; a test says what it must be.
pub(super) const LATEST_DIGEST: &str = "b563b7f37d7d1b00043c04da7f2ae9083f237aeef7d1d87f6c4c3f2ccd4999a2";

/// The kind of a schema object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ObjectKind {
    Table,
    Index,
    View,
    Trigger,
}

impl ObjectKind {
    /// Returns the word that SQLite and messages use.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Index => "index",
            Self::View => "view",
            Self::Trigger => "trigger",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Table, Self::Index, Self::View, Self::Trigger].into_iter().find(|kind| kind.word() == word)
    }
}

/// A row of `sqlite_schema`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) kind: ObjectKind,
    pub(super) name: String,
    /// The table that it is, or that it belongs to.
    pub(super) table: String,
    pub(super) sql: String,
}

impl Object {
    /// Returns `true` for the object of this kind and name.
    pub(super) fn is(&self, kind: ObjectKind, name: &str) -> bool {
        self.kind == kind && self.name.eq_ignore_ascii_case(name)
    }

    /// Returns all objects that a file holds and that have a definition of their own.
    pub(super) fn all(connection: &Connection) -> Result<Vec<Self>> {
        let read = |row: &Row<'_>| Ok((text(row, 0)?, text(row, 1)?, text(row, 2)?, text(row, 3)?));
        let rows = all(
            connection,
            "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid",
            [],
            read,
        )?;
        let object = |(kind, name, table, sql): (String, _, _, _)| {
            Some(Self { kind: ObjectKind::parse(&kind)?, name, table, sql })
        };
        Ok(rows.into_iter().filter_map(object).collect())
    }
}

/// Returns the highest version of which the store holds an object that the version before it does not make, or makes otherwise;
/// `told` where there is none above that.
pub(crate) fn version_of_objects(connection: &Connection, told: i64) -> Result<i64> {
    let found = Object::all(connection)?;
    let mut version = told;
    for later in told + 1..=STEPS.len() as i64 {
        let (before, objects) = (expected(later - 1)?, expected(later)?);
        let same = |all: &[Object], object: &Object| {
            all.iter().find(|one| one.is(object.kind, &object.name)).map(|one| one.sql.clone())
        };
        let is_made = |object: &Object| match (same(before, object), same(&found, object)) {
            (None, there) => there.is_some(),
            (Some(earlier), there) => earlier != object.sql && there.as_ref() == Some(&object.sql),
        };
        if objects.iter().any(is_made) {
            version = later;
        }
    }
    Ok(version)
}

/// Returns the objects of the schema with this version, in the order in which they are made.
pub(super) fn expected(version: i64) -> Result<&'static [Object]> {
    static VERSIONS: [OnceLock<Vec<Object>>; STEPS.len()] = [const { OnceLock::new() }; STEPS.len()];
    let steps = usize::try_from(version).unwrap_or_default();
    let Some(known) = steps.checked_sub(1).and_then(|at| VERSIONS.get(at)) else { return Ok(&[]) };
    if let Some(objects) = known.get() {
        return Ok(objects);
    }
    let objects = follow(STEPS.iter().take(steps).copied())?;
    Ok(known.get_or_init(|| objects))
}

/// Returns a digest of these objects with all their text, in whatever order they stand; SQLite's own are left out.
///
/// It tells that a store has the latest schema without following the migrations, which takes longer than all else of opening
/// the usual store.
pub(super) fn digest(objects: &[Object]) -> String {
    let mut sorted: Vec<_> = objects.iter().filter(|object| !object.name.starts_with("sqlite_")).collect();
    sorted.sort_by_key(|object| (object.kind, &object.name));
    let mut digest = Sha256::new();
    for Object { kind, name, table, sql } in sorted {
        for part in [kind.word(), name, table, sql] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    hex(&digest.finalize())
}

/// Follows the statements of these scripts.
fn follow<'s>(scripts: impl Iterator<Item = &'s str>) -> Result<Vec<Object>> {
    let mut objects: Vec<Object> = Vec::new();
    for script in scripts {
        let script_tokens = tokens(script);
        for statement in statements(&script_tokens) {
            let word =
                |at: usize| statement.get(at).and_then(|placed| placed.token.name()).unwrap_or_default();
            match word(0).as_str() {
                "create" => objects.extend(created(script, statement)),
                "drop" => {
                    let (kind, name) = (ObjectKind::parse(&word(1)), word(2));
                    objects.retain(|object| {
                        let with_table =
                            kind == Some(ObjectKind::Table) && object.table.eq_ignore_ascii_case(&name);
                        !(with_table || kind.is_some_and(|kind| object.is(kind, &name)))
                    });
                }
                "alter" => alter(&mut objects, &word(2), source(script, statement))?,
                // Rows are no part of the schema.
                _ => {}
            }
        }
    }
    Ok(objects)
}

fn source<'s>(script: &'s str, statement: &[PlacedToken]) -> &'s str {
    let ends = statement.first().zip(statement.last());
    ends.and_then(|(first, last)| script.get(first.range.start..last.range.end)).unwrap_or_default()
}

/// Returns the object that a CREATE statement makes, with the text that SQLite keeps of it.
fn created(script: &str, statement: &[PlacedToken]) -> Option<Object> {
    let at = statement
        .iter()
        .position(|placed| placed.token.name().and_then(|word| ObjectKind::parse(&word)).is_some())?;
    let kind = ObjectKind::parse(&statement.get(at)?.token.name()?)?;
    let (name, rest) = statement.get(at + 1..)?.split_first()?;
    let unique =
        if statement.iter().take(at).any(|placed| placed.token.is("unique")) { " UNIQUE" } else { "" };
    let sql =
        format!("CREATE{unique} {} {}", kind.word().to_uppercase(), source(script, statement.get(at + 1..)?));
    let name = name.token.name()?;
    let table = match kind {
        ObjectKind::Table | ObjectKind::View => name.clone(),
        ObjectKind::Index | ObjectKind::Trigger => {
            let on = rest.iter().position(|placed| placed.token.is("on"))?;
            rest.get(on + 1)?.token.name()?
        }
    };
    Some(Object { kind, name, table, sql })
}

/// Lets SQLite alter a table.
fn alter(objects: &mut [Object], table: &str, statement: &str) -> Result<()> {
    let cache = Connection::open_in_memory().map_err(error::of)?;
    for object in objects.iter_mut().filter(|object| object.is(ObjectKind::Table, table)) {
        cache.execute_batch(&format!("{}; {statement}", object.sql)).map_err(error::of)?;
        let sql = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?";
        object.sql = cache.query_row(sql, [table], |row| row.get(0)).map_err(error::of)?;
    }
    Ok(())
}

/// Returns the names that the schema itself uses, in lower case: what can stand in quotes and mean the same.
pub(super) fn names(objects: &[Object]) -> impl Fn(&str) -> bool {
    let mut names = std::collections::HashSet::new();
    for object in objects {
        names.extend([object.name.to_lowercase(), object.table.to_lowercase()]);
        if object.kind == ObjectKind::Table {
            let words = tokens(&object.sql).into_iter().filter_map(|placed| match placed.token {
                SqlToken::Word(word) => Some(word),
                SqlToken::Quoted(_) | SqlToken::Text(_) | SqlToken::Mark(_) => None,
            });
            names.extend(words);
        }
    }
    // Bare, these are no names but values.
    for keyword in ["current_timestamp", "current_time", "current_date", "null", "true", "false"] {
        names.remove(keyword);
    }
    move |name| names.contains(name)
}

/// Returns a connection in memory with one table of the expected schema, to ask SQLite about it.
pub(super) fn in_memory(table: &Object) -> Result<Connection> {
    let cache = Connection::open_in_memory().map_err(error::of)?;
    cache.execute_batch(&table.sql).map_err(error::of)?;
    Ok(cache)
}

/// Returns a name for use in SQL.
pub(super) fn name_in_sql(name: &str) -> String {
    quoted(name)
}
