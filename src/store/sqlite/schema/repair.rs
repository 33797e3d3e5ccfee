//! NEXUS's own part of the schema restored, in one transaction.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use crate::domain::finding::Finding;
use crate::domain::sqlite::beside;
use crate::store::new_file::sync_folder;
use crate::store::sqlite::{copy, denormalized, error, kept_tables, location, references, search_index};
use crate::store::{Result, StoreError};

use super::compare::{faults, is_foreign, is_ours};
use super::expected::{Object, ObjectKind, expected, in_memory, name_in_sql, names};
use super::fault::{SchemaFault, Wrong, stale_table};
use super::table::Table;
use super::{lost, obstacle};

/// The name that a table has while it is rebuilt.
const REBUILT: &str = "nexus_rebuilt";

/// A callback for each fault that is fixed, inside the transaction, with the file that keeps removed definitions.
pub(crate) type OnMended<'n> = dyn FnMut(&Connection, &Finding, Option<&Path>) -> Result<()> + 'n;

/// Returns the differences from the schema of this version as findings.
pub(crate) fn findings(connection: &Connection, version: i64) -> Result<Vec<Finding>> {
    let objects = expected(version)?;
    let found = faults(connection, version)?;
    let findings = found.iter().map(|fault| Ok(fault.finding(obstacle::of(connection, objects, fault)?)));
    findings.chain(unknown_tables(connection, objects)?.into_iter().map(Ok)).collect()
}

/// Returns a finding for each table that has NEXUS's prefix and that this version does not know.
fn unknown_tables(connection: &Connection, objects: &[Object]) -> Result<Vec<Finding>> {
    let is_unknown = |object: &Object| {
        object.kind == ObjectKind::Table
            && is_ours(&object.name, objects)
            && !objects.iter().any(|known| known.is(ObjectKind::Table, &object.name))
    };
    let tables = Object::all(connection)?.into_iter().filter(is_unknown);
    Ok(tables.map(|table| stale_table(table.name)).collect())
}

/// Restores what is NEXUS's own, and with `drop_foreign` removes what other programs hung on its tables. Returns what
/// was mended, and where the definitions that were removed or replaced are kept.
///
/// # Errors
/// Nothing has changed then. What cannot be mended is no error: it stays a finding.
pub(crate) fn mend(
    connection: &Connection,
    path: &Path,
    version: i64,
    drop_foreign: bool,
    note: &mut OnMended<'_>,
) -> Result<(Vec<Finding>, Option<PathBuf>)> {
    let _switches = Switches::set(connection)?;
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate);
    let transaction = transaction.map_err(error::of)?;
    let objects = expected(version)?;
    let mut before = Vec::new();
    for fault in faults(&transaction, version)? {
        let is_in_reach = match fault.wrong {
            Wrong::Missing | Wrong::Altered | Wrong::Part(_) => {
                obstacle::of(&transaction, objects, &fault)?.is_none()
            }
            Wrong::Foreign => drop_foreign,
            Wrong::Column(_) | Wrong::View => false,
        };
        before.extend(is_in_reach.then_some(fault));
    }
    let saved = save(&transaction, path, &before)?;
    let mended = mend_all(&transaction, version, &before).and_then(|mended| {
        for finding in &mended {
            // A journal that cannot be written must not keep its own triggers from coming back.
            attempt(&transaction, || note(&transaction, finding, saved.as_deref()))?;
        }
        Ok(mended)
    });
    let done = mended.and_then(|mended| transaction.commit().map_err(error::of).map(|()| mended));
    if let (Some(saved), true) = (&saved, done.as_ref().map_or(true, Vec::is_empty)) {
        // Nothing was removed after all. A file too many does no harm.
        let _ = std::fs::remove_file(saved);
        return done.map(|mended| (mended, None));
    }
    done.map(|mended| (mended, saved))
}

/// Mends these faults as far as that is possible, and returns those that are gone.
fn mend_all(connection: &Connection, version: i64, before: &[SchemaFault]) -> Result<Vec<Finding>> {
    let objects = expected(version)?;
    for fault in before.iter().filter(|fault| fault.wrong == Wrong::Foreign) {
        let sql = format!("DROP {} main.{}", fault.kind.word(), name_in_sql(&fault.name));
        attempt(connection, || run(connection, &sql))?;
    }
    let tables = |is_it: fn(&Wrong) -> bool| {
        let of_it =
            |table: &Object, fault: &SchemaFault| fault.kind == ObjectKind::Table && fault.name == table.name;
        let has_it =
            move |table: &&Object| before.iter().any(|fault| of_it(table, fault) && is_it(&fault.wrong));
        objects.iter().filter(|object| object.kind == ObjectKind::Table).filter(has_it)
    };
    for table in tables(|wrong| matches!(wrong, Wrong::Part(_))) {
        attempt(connection, || rebuild(connection, objects, table))?;
    }
    for table in lost::in_order(tables(|wrong| *wrong == Wrong::Missing)) {
        attempt(connection, || lost::remake(connection, table))?;
    }
    let left = faults(connection, version)?;
    for object in objects.iter().filter(|object| object.kind != ObjectKind::Table) {
        match left
            .iter()
            .find(|fault| fault.kind == object.kind && fault.name == object.name)
            .map(|fault| &fault.wrong)
        {
            Some(Wrong::Altered) => attempt(connection, || {
                run(connection, &format!("DROP {} main.{}", object.kind.word(), name_in_sql(&object.name)))?;
                run(connection, &object.sql)
            })?,
            Some(Wrong::Missing) => attempt(connection, || run(connection, &object.sql))?,
            Some(Wrong::Part(_) | Wrong::Column(_) | Wrong::Foreign | Wrong::View) | None => true,
        };
    }
    if before.iter().any(|fault| obstacle::touches_derived(fault, objects)) {
        let has = |table: &str| objects.iter().any(|object| object.is(ObjectKind::Table, table));
        if has("nexus_names") {
            attempt(connection, || denormalized::all_names(connection))?;
        }
        if has("nexus_search_letters") {
            attempt(connection, || search_index::rewrite(connection))?;
        }
        if has("nexus_directories") {
            attempt(connection, || denormalized::all_directories(connection))?;
        }
    }
    let mut counted = Vec::new();
    attempt(connection, || kept_tables::mend(connection).map(|mended| counted = mended))?;
    attempt(connection, || references::delete_remains(connection).map(|mended| counted.extend(mended)))?;
    let left = faults(connection, version)?;
    let mended = before.iter().filter(|fault| !left.contains(fault)).map(|fault| fault.finding(None));
    Ok(mended.chain(counted).collect())
}

/// Does a part of the work, or undoes it where it cannot be done. Returns `true` if it was done.
///
/// # Errors
/// The store itself cannot go on.
fn attempt(connection: &Connection, work: impl FnOnce() -> Result<()>) -> Result<bool> {
    run(connection, "SAVEPOINT nexus_repair")?;
    let done = work();
    if done.is_err() {
        run(connection, "ROLLBACK TO nexus_repair")?;
    }
    run(connection, "RELEASE nexus_repair")?;
    match done {
        Ok(()) => Ok(true),
        Err(
            error @ (StoreError::Busy
            | StoreError::ReadOnly
            | StoreError::Full
            | StoreError::Damaged
            | StoreError::Replaced
            | StoreError::Stopped),
        ) => Err(error),
        // A row or another program's object is in the way: the fault stays, and says so.
        Err(_) => Ok(false),
    }
}

/// Runs one statement; text that goes on behind it is an error.
fn run(connection: &Connection, sql: &str) -> Result<()> {
    connection.execute(sql, []).map(drop).map_err(error::of)
}

/// Rebuilds a table with the expected definition and moves its rows there (`sqlite.org/lang_altertable.html`, 7).
/// Other programs' columns stay, and so do all indexes and triggers.
fn rebuild(connection: &Connection, objects: &[Object], table: &Object) -> Result<()> {
    let is_known = names(objects);
    let all = Object::all(connection)?;
    let Some(old) = all.iter().find(|object| object.is(ObjectKind::Table, &table.name)) else {
        return Err(StoreError::Gone);
    };
    let cache = in_memory(table)?;
    let wanted = Table::read(&cache, &table.name, &table.sql, &is_known)?;
    let found = Table::read(connection, &table.name, &old.sql, &is_known)?;
    run(connection, &definition(&wanted, &found, &table.sql))?;
    let kept: Vec<_> = found
        .columns
        .iter()
        .filter(|column| column.hidden == 0)
        .map(|column| name_in_sql(&column.name))
        .collect();
    let (columns, name) = (kept.join(", "), name_in_sql(&table.name));
    run(connection, &format!("INSERT INTO {REBUILT} ({columns}) SELECT {columns} FROM {name}"))?;
    let number =
        last_number(connection, wanted.columns.iter().any(|column| column.is_autoincrement), &table.name)?;
    run(connection, &format!("DROP TABLE {name}"))?;
    run(connection, &format!("ALTER TABLE {REBUILT} RENAME TO {name}"))?;
    if let Some(number) = number {
        let sql = "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = ?2";
        if connection.execute(sql, params![number, table.name]).map_err(error::of)? == 0 {
            let sql = "INSERT INTO sqlite_sequence (seq, name) VALUES (?1, ?2)";
            connection.execute(sql, params![number, table.name]).map_err(error::of)?;
        }
    }
    for object in all
        .iter()
        .filter(|object| object.kind != ObjectKind::Table && object.table.eq_ignore_ascii_case(&table.name))
    {
        run(connection, &object.sql)?;
    }
    let sql = format!("PRAGMA main.foreign_key_check({name})");
    let is_broken = connection.prepare(&sql).and_then(|mut check| check.exists([])).map_err(error::of)?;
    if is_broken { Err(StoreError::Gone) } else { Ok(()) }
}

/// Returns the CREATE statement of a rebuilt table: NEXUS's columns, those of other programs, and the constraints of
/// both.
fn definition(wanted: &Table, found: &Table, sql: &str) -> String {
    let ours = |is_column: bool| {
        let of_kind = wanted.definitions.iter().filter(move |one| one.column.is_some() == is_column);
        of_kind.map(|one| one.source.as_str())
    };
    let theirs = |is_column: bool| {
        let of_kind = found.definitions.iter().filter(move |one| one.column.is_some() == is_column);
        of_kind
            .filter(|one| is_foreign(one.column.as_deref(), &one.tokens, wanted))
            .map(|one| one.source.as_str())
    };
    let parts: Vec<_> = ours(true).chain(theirs(true)).chain(ours(false)).chain(theirs(false)).collect();
    // Behind the last parenthesis stand the options, in NEXUS's own words.
    let options = sql.rfind(')').and_then(|at| sql.get(at + 1..)).unwrap_or_default();
    format!("CREATE TABLE {REBUILT} (\n  {}\n){options}", parts.join(",\n  "))
}

/// Returns the number that a table with AUTOINCREMENT gave last: it is never given again.
fn last_number(connection: &Connection, is_counted: bool, table: &str) -> Result<Option<i64>> {
    if !is_counted {
        return Ok(None);
    }
    let sql = "SELECT max(seq) FROM sqlite_sequence WHERE name = ?";
    let number = connection.query_row(sql, [table], |row| row.get::<_, Option<i64>>(0)).optional();
    number.map(Option::flatten).map_err(error::of)
}

/// Writes the definitions that are about to be removed or replaced into a new file beside the store.
fn save(connection: &Connection, path: &Path, before: &[SchemaFault]) -> Result<Option<PathBuf>> {
    let is_removed = |object: &&Object| {
        before.iter().any(|fault| object.is(fault.kind, &fault.name) && fault.wrong != Wrong::Missing)
    };
    let removed: Vec<_> =
        Object::all(connection)?.iter().filter(is_removed).map(|object| object.sql.clone()).collect();
    if removed.is_empty() {
        return Ok(None);
    }
    let suffix = format!(".removed-{}.sql", copy::time_of_day()?);
    let name = beside(path, &suffix);
    let written = copy::numbered(&name).and_then(|(name, mut file)| {
        file.write_all(format!("{};\n", removed.join(";\n\n")).as_bytes())?;
        file.sync_all()?;
        sync_folder(&name)?;
        Ok(name)
    });
    written.map(Some).map_err(|error| location::unreachable(&name, &error))
}

/// The settings during a rebuild: foreign keys are not enforced, and a table's new name is not written into other
/// objects.
struct Switches<'c>(&'c Connection);

impl<'c> Switches<'c> {
    fn set(connection: &'c Connection) -> Result<Self> {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false).map_err(error::of)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, true).map_err(error::of)?;
        Ok(Self(connection))
    }
}

impl Drop for Switches<'_> {
    fn drop(&mut self) {
        // Neither can fail on a connection that is open.
        let _ = self.0.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true);
        let _ = self.0.set_db_config(DbConfig::SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, false);
    }
}
