//! The checks of `nexus doctor`, and a store that is opened for them in whatever state it is.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::domain::backup::BackupContent;
use crate::domain::finding::{Finding, Severity};
use crate::domain::integrity::{CHECK, Damage, TableCheck};
use crate::store::sqlite::cache::CachedReader;
use crate::store::{
    IdleWork, Interrupter, Maintenance, NoteRepair, OnStep, Opening, Read, Repaired, Replaced, Restoration,
    Result, Store, StoreError, TransactionEnd, Write,
};

use super::backup::Place;
use super::file::Identity;
use super::schema::{LATEST, Marks};
use super::{
    Rows, SqliteStore, error, integrity, kept_tables, leftovers, location, permissions, schema,
    unchecked_keys,
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
fn findings(subject: &Subject<'_>, unopened: Option<&StoreError>) -> Vec<Finding> {
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
fn mend_files(subject: &Subject<'_>) -> Vec<Finding> {
    let mut mended = Vec::new();
    for check in &CHECKS {
        let Some(mend) = check.mend else { continue };
        let found = (check.find)(subject).unwrap_or_default();
        mended.extend(found.into_iter().filter(|finding| finding.fixable && mend(subject, finding).is_ok()));
    }
    mended
}

/// A store that is opened whatever its schema, or not at all.
pub(crate) struct Examined {
    path: PathBuf,
    opening: Opening,
    store: Result<SqliteStore>,
}

impl Examined {
    /// Opens the store at `path` as far as that is possible.
    ///
    /// # Errors
    /// There is no store that this program knows.
    pub(crate) fn open(path: &Path, opening: Opening) -> Result<Self> {
        match SqliteStore::open_as_it_is(path, opening) {
            Err(
                error @ (StoreError::Missing(_)
                | StoreError::NotAStore(_)
                | StoreError::Importable(_)
                | StoreError::Newer { .. }),
            ) => Err(error),
            store => Ok(Self { path: path.to_owned(), opening, store }),
        }
    }

    /// Returns the target of the checks without a connection.
    fn subject(&self) -> Subject<'_> {
        Subject { path: &self.path, group: self.opening.group, connection: None }
    }

    fn store(&self) -> Result<&SqliteStore> {
        self.store.as_ref().map_err(Clone::clone)
    }

    fn store_mut(&mut self) -> Result<&mut SqliteStore> {
        self.store.as_mut().map_err(|error| error.clone())
    }
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

impl Store for Examined {
    fn transact(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> Result<()> {
        self.store_mut()?.transact(work)
    }

    fn transact_lazily(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> Result<()> {
        self.store_mut()?.transact_lazily(work)
    }

    fn snapshot(&self, work: &mut dyn FnMut(&dyn Read)) -> Result<()> {
        self.store()?.snapshot(work)
    }

    fn interrupter(&self) -> Interrupter {
        self.store.as_ref().map_or_else(|_| Interrupter::new(|| ()), Store::interrupter)
    }

    fn writable(&self) -> Result<()> {
        self.store()?.writable()
    }

    fn location(&self) -> String {
        self.path.display().to_string()
    }
}

impl Maintenance for Examined {
    fn yield_to_writers(&self) {
        if let Ok(store) = &self.store {
            store.yield_to_writers();
        }
    }

    fn change_counter(&self) -> Result<i64> {
        self.store()?.change_counter()
    }

    fn run_idle_work(&mut self) -> Result<IdleWork> {
        self.store_mut()?.run_idle_work()
    }

    fn warm_up(&self) -> Result<()> {
        self.store()?.warm_up()
    }

    fn warnings(&self) -> &[Finding] {
        // They are findings.
        &[]
    }

    fn check_table(&mut self, before: u32, go_on: &mut dyn FnMut() -> bool) -> Result<Option<TableCheck>> {
        self.store_mut()?.check_table(before, go_on)
    }

    fn damage(&self) -> Option<Damage> {
        self.store.as_ref().ok().and_then(Maintenance::damage)
    }

    fn note_damage(&mut self, damage: &Damage) {
        if let Ok(store) = &mut self.store {
            store.note_damage(damage);
        }
    }

    fn forget_damage(&mut self) -> Result<bool> {
        self.store_mut()?.forget_damage()
    }

    fn reopen_if_changed(&mut self) -> Result<bool> {
        // An examination says what is found, also where nothing can be read.
        self.store.as_mut().map_or(Ok(false), Maintenance::reopen_if_changed)
    }

    fn verify_schema(&self) -> Result<()> {
        self.store()?.verify_schema()
    }

    fn findings(&self) -> Vec<Finding> {
        match &self.store {
            Ok(store) => store.examine(),
            Err(why) => findings(&self.subject(), Some(why)),
        }
    }

    fn repair(&mut self, drop_foreign: bool, note: &mut NoteRepair<'_>) -> Result<Repaired> {
        let mut before = Vec::new();
        if self.store.is_err() && self.opening.access.writes() {
            before = mend_files(&self.subject());
            self.store = SqliteStore::open_as_it_is(&self.path, self.opening);
        }
        match &mut self.store {
            Ok(store) => store.mend(before, drop_foreign, note),
            Err(why) if before.is_empty() => Err(why.clone()),
            Err(_) => Ok(Repaired { mended: before, saved: None }),
        }
    }

    fn owns(&self, path: &Path) -> bool {
        self.store.as_ref().is_ok_and(|store| store.owns(path))
    }

    fn back_up(&self, file: &Path, on_step: &mut OnStep<'_>) -> Result<BackupContent> {
        self.store()?.back_up(file, on_step)
    }

    fn restore(
        &mut self,
        backup: &mut dyn io::Read,
        restoration: &mut dyn Restoration,
    ) -> Result<Option<Replaced>> {
        match &mut self.store {
            Ok(store) => store.restore(backup, restoration),
            // Nothing of it can be read, but a restore replaces it.
            Err(StoreError::Damaged) if self.opening.access.writes() => {
                let path = location::find(&self.path)?.ok_or(StoreError::Damaged)?;
                if let Some(reason) = permissions::check(&path, self.opening.group)?.read_only {
                    return Err(reason);
                }
                let place =
                    Place { path: &path, identity: Some(Identity::of(&path)?), opening: self.opening };
                let replaced = place.restore(backup, restoration)?;
                if replaced.is_some() {
                    self.store = SqliteStore::open_as_it_is(&path, self.opening);
                }
                Ok(replaced)
            }
            Err(error) => Err(error.clone()),
        }
    }
}
