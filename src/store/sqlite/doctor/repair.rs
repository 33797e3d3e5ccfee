//! The examination and the repair of a store that is open.

use std::path::Path;

use rusqlite::Connection;

use crate::domain::finding::Finding;
use crate::domain::integrity::CHECK;
use crate::domain::time::Timestamp;
use crate::store::sqlite::cache::CachedReader;
use crate::store::sqlite::integrity::damaged_tables;
use crate::store::sqlite::watch::{Watch, watched};
use crate::store::sqlite::{Rows, SqliteStore, error, schema, settings};
use crate::store::{
    Examination, Maintenance as _, OnStep, Repair, Repaired, Result, Store as _, StoreError, TransactionEnd,
};

use super::check_context::CheckContext;
use super::checks::{CHECKS, Mend, Mended};
use super::examine::findings;
use super::schema_version::SchemaVersion;

/// Fixes the findings that can be fixed whatever the store holds, and returns them.
pub(crate) fn mend_files(context: &CheckContext<'_>) -> Vec<Finding> {
    mend_all(context, |mended| match mended {
        Mended::Always(mend) => Some(mend),
        Mended::Elsewhere | Mended::IfSound(_) => None,
    })
}

/// Fixes the findings that can be fixed in a sound store, and returns them.
fn mend_sound(context: &CheckContext<'_>) -> Vec<Finding> {
    mend_all(context, |mended| match mended {
        Mended::IfSound(mend) => Some(mend),
        Mended::Elsewhere | Mended::Always(_) => None,
    })
}

fn mend_all(context: &CheckContext<'_>, mended_now: fn(Mended) -> Option<Mend>) -> Vec<Finding> {
    let mut done = Vec::new();
    for check in &CHECKS {
        let Some(mend) = mended_now(check.mended) else { continue };
        let found = (check.find)(context).unwrap_or_default();
        done.extend(found.into_iter().filter(|finding| finding.fixable && mend(context, finding).is_ok()));
    }
    done
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
        before.extend(mend_files(&self.check_context(written_by, now, &Watch::default())));
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
        before.extend(mend_sound(&self.check_context(written_by, now, &Watch::default())));
        let cache = &self.cache;
        let mut told = |connection: &Connection, finding: &Finding, saved: Option<&Path>| {
            repair.note(&mut Rows::new(CachedReader::new(connection, cache)?), finding, saved)
        };
        let version = SchemaVersion::of(&self.connection)?;
        if let Some(finding) = version.finding().filter(|finding| finding.fixable) {
            self.connection.pragma_update(None, "user_version", version.actual).map_err(error::of)?;
            before.push(finding);
        }
        let (mended, saved) =
            schema::mend(&self.connection, &self.path, version.actual, drop_foreign, &mut told)?;
        if !before.is_empty() {
            let files = before.clone();
            // The files are mended whether or not it can be written down.
            let _ = self.transact(&mut |rows| {
                let noted = files.iter().try_for_each(|finding| repair.note(rows, finding, None));
                if noted.is_ok() { TransactionEnd::Commit } else { TransactionEnd::RollBack }
            });
        }
        before.extend(mended);
        Ok(Repaired { saved, ..Repaired::only(before) })
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
