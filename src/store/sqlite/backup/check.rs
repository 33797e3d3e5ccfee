//! The examination of a backup that is open.

use std::cmp::Reverse;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rusqlite::Connection;

use crate::domain::backup::{BackupCheck, CHECK};
use crate::domain::finding::{Finding, Severity};
use crate::domain::journal::Head;
use crate::domain::sqlite::quoted;
use crate::domain::text::{count, grouped, sentence, visible};
use crate::store::{OnStep, Result, StoreError};

use super::super::integrity::Depth;
use super::super::schema::{self, LATEST};
use super::super::statement::all;
use super::super::values::{number, text};
use super::super::watch::{Watch, watched};
use super::super::{error, integrity, journal, journal_head, pages};
use super::content;

/// The entries of the journal that are verified between two reports.
const ENTRIES_AT_ONCE: u32 = 50_000;

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
    watch.plan(tables.work.iter().map(|(_, work)| work).sum::<u64>() + entries);
    let mut findings = tables.check(first, others, watch)?;
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

/// The tables to check, the largest first, and the next of them.
struct Tables {
    /// The place of each in the order of [`integrity::check_table`], and the work: about its rows in the table and its
    /// indexes.
    work: Vec<(u32, u64)>,
    depth: Depth,
    next: AtomicUsize,
}

impl Tables {
    fn of(connection: &Connection, depth: Depth) -> Result<Self> {
        let sql = "SELECT name, (SELECT count(*) FROM sqlite_schema i WHERE i.type = 'index' AND i.tbl_name = t.name)
                   FROM (SELECT 'sqlite_schema' AS name UNION ALL
                     SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0) t ORDER BY name";
        let tables = all(connection, sql, [], |row| Ok((text(row, 0)?, number(row, 1)?)))?;
        // A table that cannot be counted is damaged, and that is found when it is checked.
        let rows = |name: &str| {
            let sql = format!("SELECT count(*) FROM {}", quoted(name));
            connection.query_row(&sql, [], |row| number(row, 0)).unwrap_or(1)
        };
        let work = tables.iter().map(|(name, indexes)| rows(name) * (1 + indexes));
        let mut work: Vec<_> = (0..).zip(work).collect();
        work.sort_by_key(|(_, work)| Reverse(*work));
        Ok(Self { work, depth, next: AtomicUsize::new(0) })
    }

    /// Checks all of them, and returns findings about those that are damaged.
    fn check(&self, first: &Connection, others: &mut [Connection], watch: &Watch) -> Result<Vec<Finding>> {
        thread::scope(|scope| {
            let workers: Vec<_> = others
                .iter_mut()
                .map(|other| {
                    scope
                        .spawn(move || watch.stopping(other, |connection| self.check_rest(connection, watch)))
                })
                .collect();
            let mut findings = self.check_rest(first, watch)?;
            for worker in workers {
                findings.extend(worker.join().unwrap_or_else(|panic| resume_unwind(panic))?);
            }
            Ok(findings)
        })
    }

    fn check_rest(&self, connection: &Connection, watch: &Watch) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        while let Some((table, work)) = self.work.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(check) = integrity::check_table_to(self.depth, connection, *table)?
                && !check.is_sound
            {
                findings.push(Finding { fix: USE_ANOTHER.into(), ..check.finding() });
            }
            watch.done(*work)?;
        }
        Ok(findings)
    }
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
                format!("{rows} to an account that is not there."),
            ));
        }
    }
    findings.extend(broken_chain(connection, watch)?);
    Ok(findings)
}

fn broken_chain(connection: &Connection, watch: &Watch) -> Result<Option<Finding>> {
    let mut head = Head::empty();
    loop {
        let check = journal::verify(connection, &head, ENTRIES_AT_ONCE)?;
        if let Some(broken) = check.broken {
            let message = format!("The journal is not intact: entry {}: {}.", broken.seq, broken.what);
            return Ok(Some(finding("journal", Severity::Error, message)));
        }
        watch.done((check.head.seq - head.seq).unsigned_abs())?;
        if check.is_last {
            return Ok(None);
        }
        head = check.head;
    }
}

fn finding(object: &str, severity: Severity, message: String) -> Finding {
    let fix = match severity {
        Severity::Error => USE_ANOTHER,
        Severity::Warning => "It can be restored; `nexus doctor` then says more.",
    };
    Finding { check: CHECK, severity, object: object.into(), message, fix: fix.into(), fixable: false }
}
