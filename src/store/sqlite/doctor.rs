//! The checks of `nexus doctor`.

use std::path::Path;

use rusqlite::Connection;

use crate::domain::finding::{Finding, Severity};
use crate::domain::integrity::{CHECK, TableCheck};
use crate::store::sqlite::cache::CachedReader;
use crate::store::{Maintenance as _, NoteRepair, Repaired, Result, Store as _, StoreError, TransactionEnd};

use super::schema::{LATEST, Marks};
use super::{
    Rows, SqliteStore, error, integrity, kept_tables, leftovers, permissions, schema, unchecked_keys,
};

/// The store that checks examine: its path and, if it could be opened, a connection to it.
pub(super) struct Subject<'a> {
    pub(super) path: &'a Path,
    /// The group that may write the store, besides its owner.
    pub(super) group: Option<u32>,
    /// `None` for a file that must not be opened.
    pub(super) connection: Option<&'a Connection>,
}

/// One check, and the function that fixes a finding of it.
struct Check {
    find: fn(&Subject<'_>) -> Result<Vec<Finding>>,
    /// `None` for the schema and the counts, which are fixed as a whole, and for findings that only people can decide.
    mend: Option<fn(&Subject<'_>, &Finding) -> Result<()>>,
}

/// The beginning of the message of [`StoreError::Unreachable`].
const UNUSABLE: &str = "the store cannot be used: ";

/// All checks, in the order of their findings.
const CHECKS: [Check; 6] = [
    Check { find: of_files, mend: Some(mend_file) },
    Check { find: of_leftovers, mend: None },
    Check { find: of_pages, mend: None },
    Check { find: of_schema, mend: None },
    Check { find: of_counts, mend: None },
    Check { find: of_foreign_keys, mend: None },
];

fn of_files(subject: &Subject<'_>) -> Result<Vec<Finding>> {
    permissions::findings(subject.path, subject.group)
}

fn mend_file(subject: &Subject<'_>, finding: &Finding) -> Result<()> {
    permissions::mend(subject.path, subject.group, finding)
}

fn of_leftovers(subject: &Subject<'_>) -> Result<Vec<Finding>> {
    leftovers::findings(subject.path)
}

/// Reads the whole file: only that finds all damage.
fn of_pages(subject: &Subject<'_>) -> Result<Vec<Finding>> {
    let Some(connection) = subject.connection else { return Ok(Vec::new()) };
    Ok(integrity::damaged_tables(connection)?.iter().map(TableCheck::finding).collect())
}

fn of_schema(subject: &Subject<'_>) -> Result<Vec<Finding>> {
    let Some(connection) = subject.connection else { return Ok(Vec::new()) };
    let version = SchemaVersion::of(connection)?;
    let mut found: Vec<_> = version.finding().into_iter().collect();
    found.extend(schema::findings(connection, version.actual)?);
    Ok(found)
}

fn of_counts(subject: &Subject<'_>) -> Result<Vec<Finding>> {
    subject.connection.map_or(Ok(Vec::new()), kept_tables::findings)
}

fn of_foreign_keys(subject: &Subject<'_>) -> Result<Vec<Finding>> {
    subject.connection.map_or(Ok(Vec::new()), unchecked_keys::findings)
}

/// The version of a store's schema.
struct SchemaVersion {
    /// The version in the file's header.
    told: i64,
    /// The version that the objects have, even if the header says a lower one. One that only a newer program knows
    /// counts as the latest.
    actual: i64,
}

impl SchemaVersion {
    fn of(connection: &Connection) -> Result<Self> {
        let told = Marks::of(connection).map_err(error::of)?.version;
        Ok(Self { told, actual: schema::version_of_objects(connection, told.min(LATEST))? })
    }

    fn finding(&self) -> Option<Finding> {
        let Self { told, actual } = self;
        (told < actual).then(|| Finding {
            check: "schema",
            severity: Severity::Error,
            object: "user_version".into(),
            message: format!(
                "The file says that its schema has version {told}, but it has objects of version {actual}."
            ),
            fix: "nexus doctor --fix writes the version that it has.".into(),
            fixable: true,
        })
    }
}

/// Returns the findings of all checks, and of the store that could not be opened for this reason. A check that cannot be
/// made is a finding itself.
pub(super) fn findings(subject: &Subject<'_>, unopened: Option<&StoreError>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut errors: Vec<StoreError> = Vec::new();
    for check in &CHECKS {
        match (check.find)(subject) {
            Ok(more) => found.extend(more),
            Err(error) => errors.push(error),
        }
    }
    let is_read_only =
        found.iter().any(|one| one.severity == Severity::Error && is_of_file(one) && !one.fixable);
    for finding in found.iter_mut().filter(|finding| is_read_only && !is_of_file(finding)) {
        wait_for_others(finding);
    }
    // What keeps it from being opened keeps checks from being made.
    if let Some(why) = unopened {
        errors = vec![why.clone()];
    }
    for error in errors {
        // What is wrong with a file stands there already, and so may what several checks met with.
        let finding = match error {
            StoreError::Finding(finding) => *finding,
            StoreError::Leftover { .. } if found.iter().any(|one| one.check == leftovers::CHECK) => continue,
            error => unusable(subject.path, &error),
        };
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    found
}

/// Returns true if a finding is about files and folders, not about the content of the store.
fn is_of_file(finding: &Finding) -> bool {
    ![schema::CHECK, CHECK].contains(&finding.check)
}

/// Marks a finding as one that a repair leaves, because another finding prevents writing.
fn wait_for_others(finding: &mut Finding) {
    if finding.is_mended(true) {
        finding.fix = format!("Fix the other findings first; then: {}", finding.fix);
        finding.fixable = false;
    }
}

/// Returns the finding for a store that cannot be opened or read.
fn unusable(path: &Path, why: &StoreError) -> Finding {
    let why = why.to_string();
    Finding {
        check: "store",
        severity: Severity::Error,
        object: path.display().to_string(),
        message: format!("It cannot be used: {}.", why.strip_prefix(UNUSABLE).unwrap_or(&why)),
        fix: "See the other findings, or put back a backup.".into(),
        fixable: false,
    }
}

/// Fixes the findings about files and folders, and returns them.
pub(super) fn mend_files(subject: &Subject<'_>) -> Vec<Finding> {
    let mut mended = Vec::new();
    for check in &CHECKS {
        let Some(mend) = check.mend else { continue };
        let found = (check.find)(subject).unwrap_or_default();
        mended.extend(found.into_iter().filter(|finding| finding.fixable && mend(subject, finding).is_ok()));
    }
    mended
}

impl SqliteStore {
    fn subject(&self) -> Subject<'_> {
        Subject { path: &self.path, group: self.opening.group, connection: Some(&self.connection) }
    }

    /// Returns the findings of all checks.
    pub(super) fn examine(&self) -> Vec<Finding> {
        let mut found = findings(&self.subject(), None);
        if !found.iter().any(|finding| finding.check == CHECK) {
            found.extend(self.damage().map(|damage| damage.reported(&self.path)));
        }
        found
    }

    /// Fixes everything that can be fixed, files and folders first; `before` is fixed already.
    pub(super) fn mend(
        &mut self,
        mut before: Vec<Finding>,
        drop_foreign: bool,
        note: &mut NoteRepair<'_>,
    ) -> Result<Repaired> {
        if !self.opening.access.writes() {
            self.writable()?;
        }
        before.extend(mend_files(&self.subject()));
        match self.writable() {
            Ok(()) => {}
            // A finding says why.
            Err(StoreError::Finding(_) | StoreError::KnownDamage(_)) => {
                return Ok(Repaired { mended: before, saved: None });
            }
            Err(error) if before.is_empty() => return Err(error),
            Err(_) => return Ok(Repaired { mended: before, saved: None }),
        }
        if !of_pages(&self.subject())?.is_empty() {
            // A damaged file is left as it is.
            return Ok(Repaired { mended: before, saved: None });
        }
        let cache = &self.cache;
        let mut told = |connection: &Connection, finding: &Finding, saved: Option<&Path>| {
            note(&mut Rows::new(CachedReader::new(connection, cache)?), finding, saved)
        };
        let version = SchemaVersion::of(&self.connection)?;
        if let Some(finding) = version.finding() {
            self.connection.pragma_update(None, "user_version", version.actual).map_err(error::of)?;
            before.push(finding);
        }
        let (mended, saved) =
            schema::mend(&self.connection, &self.path, version.actual, drop_foreign, &mut told)?;
        if !before.is_empty() {
            let files = before.clone();
            // The files are mended whether or not it can be written down.
            let _ = self.transact(&mut |rows| {
                let noted = files.iter().try_for_each(|finding| note(rows, finding, None));
                if noted.is_ok() { TransactionEnd::Commit } else { TransactionEnd::RollBack }
            });
        }
        before.extend(mended);
        Ok(Repaired { mended: before, saved })
    }
}
