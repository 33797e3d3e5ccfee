//! The examination of a backup that is open.

use rusqlite::Connection;

use crate::domain::backup::{BackupCheck, CHECK};
use crate::domain::finding::{Finding, Severity};
use crate::domain::text::{count, grouped, sentence, visible};
use crate::store::{OnStep, Result, StoreError};

use super::super::integrity::{Depth, Tables};
use super::super::schema::{self, LATEST};
use super::super::values::number;
use super::super::watch::{Watch, watched};
use super::super::{chain, error, journal_head, pages};
use super::content;

/// Returns the memory for pages, in KiB, for all connections together. A full check compares an index with its table in the
/// order of the table, which is any order for the index; otherwise each page is read once.
const fn cache_kib(depth: Depth) -> i64 {
    match depth {
        Depth::Pages => 16_384,
        Depth::Full => 262_144,
    }
}

const USE_ANOTHER: &str = "Use another backup.";

/// The tables whose foreign keys are checked.
const REFERRING: [&str; 2] = ["de_torres_vincent_session_tokens", "de_torres_vincent_user_directories"];

/// Returns the result for a file of which nothing can be read.
pub(super) fn unreadable() -> BackupCheck {
    let message = "It is cut off, or its first pages are damaged.";
    BackupCheck { content: None, findings: vec![finding("the file", Severity::Error, message.into())] }
}

/// Examines a backup of the latest schema over connections that each see the same. Its file takes this many bytes. Several
/// connections check several tables at a time.
///
/// # Errors
/// [`StoreError::Stopped`]; it cannot be read. Damage is no error.
pub(super) fn of_connections(
    first: &mut Connection,
    others: &mut [Connection],
    depth: Depth,
    bytes: u64,
    on_step: &mut OnStep<'_>,
) -> Result<BackupCheck> {
    let checked = watched(on_step, |watch| {
        watch.stopping(first, |first| {
            let cache = cache_kib(depth) / (1 + others.len() as i64);
            for connection in others.iter().chain([&*first]) {
                connection.pragma_update(None, "cache_size", -cache).map_err(error::of)?;
            }
            examine(first, others, (depth, bytes), watch)
        })
    });
    match checked {
        Err(StoreError::Damaged) => Ok(unreadable()),
        checked => checked,
    }
}

fn examine(
    first: &mut Connection,
    others: &mut [Connection],
    (depth, bytes): (Depth, u64),
    watch: &Watch,
) -> Result<BackupCheck> {
    let expected = pages::size(first)?;
    let entries = journal_head::read(first).map_or(0, |head| head.seq.unsigned_abs());
    let tables = Tables::of(first, depth)?;
    watch.plan(tables.total_work() + entries);
    let damaged = tables.check(first, others, watch)?.into_iter().filter(|check| !check.is_sound);
    let mut findings: Vec<_> =
        damaged.map(|check| Finding { fix: USE_ANOTHER.into(), ..check.finding() }).collect();
    if bytes != expected {
        let message = format!("It has {} bytes, but its header says {}.", grouped(bytes), grouped(expected));
        findings.push(finding("the file", Severity::Error, message));
    }
    let is_sound = findings.is_empty();
    match examine_rows(first, watch) {
        Ok(more) => findings.extend(more),
        Err(StoreError::Damaged) if !is_sound => {}
        Err(error) => return Err(error),
    }
    let content = match content::of(first) {
        Ok(content) => Some(content),
        Err(StoreError::Damaged) if !is_sound => None,
        Err(error) => return Err(error),
    };
    Ok(BackupCheck { content, findings })
}

/// Returns the findings about the schema, the references between rows, and the chain of the journal.
fn examine_rows(connection: &Connection, watch: &Watch) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    match schema::verify(connection, LATEST) {
        Ok(()) => {}
        Err(error @ StoreError::Altered(_)) => {
            findings.push(finding("schema", Severity::Error, sentence(&visible(&error.to_string()))));
        }
        Err(error) => return Err(error),
    }
    for table in REFERRING {
        let sql = format!("SELECT count(*) FROM pragma_foreign_key_check('{table}')");
        let orphans = connection.query_row(&sql, [], |row| number(row, 0)).map_err(error::of)?;
        if orphans > 0 {
            let rows = count(orphans, "row refers", "rows refer");
            findings.push(finding(
                table,
                Severity::Warning,
                format!("{rows} to an account that does not exist."),
            ));
        }
    }
    findings.extend(broken_chain(connection, watch)?);
    Ok(findings)
}

fn broken_chain(connection: &Connection, watch: &Watch) -> Result<Option<Finding>> {
    let broken = chain::first_break(connection, watch)?;
    Ok(broken.map(|broken| finding("journal", Severity::Error, broken.sentence())))
}

fn finding(object: &str, severity: Severity, message: String) -> Finding {
    let fix = match severity {
        Severity::Error => USE_ANOTHER,
        Severity::Warning => "It can be restored; `nexus doctor` then says more.",
    };
    Finding { check: CHECK, severity, object: object.into(), message, fix: fix.into(), fixable: false }
}
