//! Checks that a store is complete and NEXUS's own. Those that read the whole file are reported, and can be stopped.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension as _};
use std::path::Path;

use crate::domain::journal::Head;
use crate::store::{Access, ReportedWork, Result, StoreError};

use super::super::integrity::{Depth, Tables};
use super::super::schema::{APPLICATION_ID, HeaderMarks};
use super::super::watch::watched;
use super::super::{error, journal_verify, settings};
use super::{Misfit, damage};

/// Put together, the two make a damaged store.
pub(super) const DAMAGED: Misfit = "the two do not fit together";
const NO_STORE: Misfit = "it belongs to another program's file";
const BROKEN_CHAIN: Misfit = "with it, the journal of changes would have a gap";

/// Opens a store so that neither the file nor its log changes, not even when the connection is closed.
pub(super) fn open(path: &Path) -> Result<Connection> {
    let connection = settings::connect(path, Access::ReadOnly)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(error::of)?;
    overlook_rules(&connection, true)?;
    Ok(connection)
}

/// Overlooks rows that break a rule, which do not make a store damaged, or heeds them again.
pub(super) fn overlook_rules(connection: &Connection, overlook: bool) -> Result<()> {
    connection.pragma_update(None, "ignore_check_constraints", overlook).map_err(error::of)
}

/// Returns the reason why this is not a NEXUS store, or `None` if it is one.
pub(super) fn ownership_misfit(connection: &Connection) -> Result<Option<Misfit>> {
    damage(HeaderMarks::of(connection).map(|marks| (marks.application != APPLICATION_ID).then_some(NO_STORE)))
}

/// The announcement of a check of a whole store to whoever waits for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct CheckAnnouncement<'w> {
    /// The words that announce the check.
    pub(super) words: &'w str,
    /// [`Opening::reported`](crate::store::Opening::reported).
    pub(super) reported: fn(&str, &mut ReportedWork<'_>),
}

/// A check of the whole store, which returns the reason why it is not sound.
type Check = fn(&Connection) -> Result<Option<Misfit>>;

impl CheckAnnouncement<'_> {
    /// Runs checks of the whole store in their order, until one finds a reason.
    ///
    /// # Errors
    /// [`StoreError::Stopped`], and those of the checks.
    pub(super) fn first_misfit(
        self,
        connection: &mut Connection,
        checks: &[Check],
    ) -> Result<Option<Misfit>> {
        let mut found = Err(StoreError::Stopped);
        (self.reported)(self.words, &mut |on_step| {
            found = watched(on_step, |watch| {
                watch.stopping(connection, |connection| {
                    let work = match Tables::of(connection, Depth::Pages) {
                        Err(StoreError::Damaged) => return Ok(Some(DAMAGED)),
                        tables => tables?.total_work(),
                    };
                    watch.plan(work * checks.len() as u64);
                    for check in checks {
                        watch.begin(work);
                        if let Some(why) = check(connection)? {
                            return Ok(Some(why));
                        }
                        watch.done(work)?;
                    }
                    Ok(None)
                })
            });
        });
        found
    }
}

/// Returns the reason why the pages of the file are inconsistent, or `None` if they are sound.
pub(super) fn structure_misfit(connection: &Connection) -> Result<Option<Misfit>> {
    let checked = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    damage(checked.map(|words| (words != "ok").then_some(DAMAGED)))
}

/// Checks the pages and all indexes: a rollback of a journal is written at once, and stays.
pub(super) fn full_misfit(connection: &Connection) -> Result<Option<Misfit>> {
    let checked = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
    damage(checked.map(|words| (words != "ok").then_some(DAMAGED)))
}

/// Returns the reason why the hash chain of the journal is broken, or `None` if it is sound or does not exist yet.
pub(super) fn chain_misfit(connection: &Connection) -> Result<Option<Misfit>> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'nexus_journal'";
    let has_journal = connection.query_row(sql, [], |_| Ok(())).optional();
    if has_journal.map_err(error::of)?.is_none() {
        return Ok(None);
    }
    match journal_verify::verify(connection, &Head::empty(), u32::MAX) {
        Ok(walked) => Ok(walked.broken.map(|_| BROKEN_CHAIN)),
        Err(crate::store::StoreError::Damaged) => Ok(Some(DAMAGED)),
        Err(error) => Err(error),
    }
}
