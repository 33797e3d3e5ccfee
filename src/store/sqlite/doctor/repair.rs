//! The examination and the repair of a store that is open.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::domain::finding::Finding;
use crate::domain::integrity::CHECK;
use crate::domain::time::Timestamp;
use crate::store::sqlite::cache::CachedReader;
use crate::store::sqlite::integrity::damaged_tables;
use crate::store::sqlite::watch::{Watch, watched};
use crate::store::sqlite::{Rows, SqliteStore, error, schema, settings};
use crate::store::{
    Examination, Maintenance as _, OnStep, Repair, Repaired, Result, Store as _, StoreError, TransactionEnd,
    Write,
};

use super::check_context::CheckContext;
use super::checks::{CHECKS, Mend, Mended};
use super::examine::findings;
use super::schema_version::SchemaVersion;

/// Fixes the findings that can be fixed whatever the store holds, and returns them.
///
/// # Errors
/// [`StoreError::Full`].
pub(crate) fn mend_files(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    mend_all(context, |mended| match mended {
        Mended::Always(mend) => Some(mend),
        Mended::Elsewhere | Mended::IfSound(_) => None,
    })
}

/// Fixes the findings that can be fixed in a sound store, and returns them.
///
/// # Errors
/// [`StoreError::Full`].
fn mend_sound(context: &CheckContext<'_>) -> Result<Vec<Finding>> {
    mend_all(context, |mended| match mended {
        Mended::IfSound(mend) => Some(mend),
        Mended::Elsewhere | Mended::Always(_) => None,
    })
}

fn mend_all(context: &CheckContext<'_>, mended_now: fn(Mended) -> Option<Mend>) -> Result<Vec<Finding>> {
    let mut done = Vec::new();
    for check in &CHECKS {
        let Some(mend) = mended_now(check.mended) else { continue };
        let found = (check.find)(context).unwrap_or_default();
        for finding in found.into_iter().filter(|finding| finding.fixable) {
            match mend(context, &finding) {
                Ok(()) => done.push(finding),
                Err(StoreError::Full) => return Err(StoreError::Full),
                // It stays a finding.
                Err(_) => {}
            }
        }
    }
    Ok(done)
}

impl SqliteStore {
    fn check_context<'a>(
        &'a self,
        written_by: Option<u32>,
        now: Timestamp,
        watch: &'a Watch,
    ) -> CheckContext<'a> {
        let connection = Some(&self.connection);
        CheckContext { path: &self.path, group: self.opening.group, connection, written_by, now, watch }
    }

    /// Returns the findings of an examination.
    ///
    /// # Errors
    /// [`StoreError::Stopped`].
    pub(crate) fn examine(
        &mut self,
        examination: Examination,
        written_by: Option<u32>,
        now: Timestamp,
        on_step: &mut OnStep<'_>,
    ) -> Result<Vec<Finding>> {
        let (path, group) = (&self.path, self.opening.group);
        let mut found = watched(on_step, |watch| {
            watch.stopping(&mut self.connection, |connection| {
                // A damaged schema keeps the size from being set, which only costs time; the checks name the damage.
                let _ = settings::set_cache(connection, settings::CHECK_CACHE);
                let context =
                    CheckContext { path, group, connection: Some(&*connection), written_by, now, watch };
                let found = findings(&context, examination, None);
                let _ = settings::set_cache(connection, settings::CACHE);
                found
            })
        })?;
        if !found.iter().any(|finding| finding.check == CHECK) {
            found.extend(self.damage().map(|damage| damage.reported(&self.path)));
        }
        Ok(found)
    }

    /// Fixes everything that can be fixed, files and folders first; `before` is fixed already.
    pub(crate) fn mend(
        &mut self,
        mut before: Vec<Finding>,
        written_by: Option<u32>,
        drop_foreign: bool,
        repair: &mut dyn Repair,
    ) -> Result<Repaired> {
        if !self.opening.access.writes() {
            self.writable()?;
        }
        let now = repair.now();
        before.extend(mend_files(&self.check_context(written_by, now, &Watch::default()))?);
        match self.writable() {
            Ok(()) => {}
            // A finding says why.
            Err(StoreError::Finding(_) | StoreError::KnownDamage(_)) => {
                return Ok(Repaired::only(before));
            }
            Err(error) if before.is_empty() => return Err(error),
            Err(_) => return Ok(Repaired::only(before)),
        }
        if self.is_damaged(repair)? {
            // A damaged file is left as it is.
            return Ok(Repaired { is_damaged: true, ..Repaired::only(before) });
        }
        before.extend(mend_sound(&self.check_context(written_by, now, &Watch::default()))?);
        let cache = &self.cache;
        let version = SchemaVersion::of(&self.connection)?;
        let mut told = |connection: &Connection, finding: &Finding, saved: Option<&Path>| {
            let mut rows = Rows::new(CachedReader::new(connection, cache)?);
            repair.note(&mut rows, finding, saved)?;
            if version.actual == schema::LATEST { rows.finish() } else { Ok(()) }
        };
        if let Some(finding) = version.finding().filter(|finding| finding.fixable) {
            self.connection.pragma_update(None, "user_version", version.actual).map_err(error::of)?;
            before.push(finding);
        }
        let (mended, saved) =
            schema::mend(&self.connection, &self.path, version.actual, drop_foreign, &mut told)?;
        if !before.is_empty() && self.note_mended(&before, version.actual, repair) == Err(StoreError::Full) {
            // Otherwise the files are mended, whether or not there is a journal that can tell it.
            return Err(StoreError::Full);
        }
        before.extend(mended);
        Ok(Repaired { saved, ..Repaired::only(before) })
    }

    /// Records what was mended in the journal of a store whose schema has this version.
    fn note_mended(&mut self, files: &[Finding], version: i64, repair: &mut dyn Repair) -> Result<()> {
        let mut note =
            |rows: &mut dyn Write| files.iter().try_for_each(|finding| repair.note(rows, finding, None));
        if version == schema::LATEST {
            let mut noted = Ok(());
            self.transact(&mut |rows| {
                noted = note(rows);
                if noted.is_ok() { TransactionEnd::Commit } else { TransactionEnd::RollBack }
            })?;
            return noted;
        }
        // Other transactions are refused there.
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate);
        let transaction = transaction.map_err(error::of)?;
        note(&mut Rows::new(CachedReader::new(&transaction, &self.cache)?))?;
        transaction.commit().map_err(error::of)
    }

    /// Checks all pages, and returns true if any is damaged.
    fn is_damaged(&mut self, repair: &mut dyn Repair) -> Result<bool> {
        watched(&mut |done| repair.step(done), |watch| {
            watch.stopping(&mut self.connection, |connection| {
                Ok(!damaged_tables(connection, watch)?.is_empty())
            })
        })
    }
}
