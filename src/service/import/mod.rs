//! The import of a legacy database: one transaction, all or nothing unless bad rows may be skipped.
//!
//! Accounts are read first, then the sessions and directories that belong to them, so that memory stays flat whatever
//! the source's order. The source is never changed.

mod belongings;
mod conflicts;
mod fields;
mod findings;
mod id_map;
mod journal_entry;
mod part;
mod progress_reporter;
mod reading;
mod row_report;
mod rows;
mod source;
mod strip_prefix;
mod tables;
mod times;
mod unfit;

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::AtomicBool;

use crate::domain::bin::{DeletionInfo, ReservedNames};
use crate::domain::foreign::{Row, RowPlace};
use crate::domain::journal::{Action, FieldValues};
use crate::domain::stored_table::StoredTable;
use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, Field, Fields as AccountFields, UserId};
use crate::exchange::export::Cell;
use crate::store::{AccountNotes, Load, NewUser, StoreError};

use super::contract::{Failure, FailureKind, Import, ImportReport, RefusedRow, Reply};
use super::instance::Service;
use super::journal_writer;
use super::request_context::RequestContext;
use super::transaction::with_load;
use conflicts::{AccountConflicts, bad_rows};
use id_map::{IdMap, IdSet};
use journal_entry::Contents;
use part::SourcePart;
use progress_reporter::ProgressReporter;
use reading::meanwhile;
use row_report::{RowReport, RowResult};
use rows::AccountRow;
use source::ImportSource;

const USERS: &str = StoredTable::Users.name();
const SESSIONS: &str = StoredTable::Sessions.name();
const DIRECTORIES: &str = StoredTable::Directories.name();

/// The reason for which an account is not imported whose username or email one in the bin has.
const IN_BIN: &str = "has a name that is reserved for an account in the bin";

/// Imports the file.
///
/// # Errors
/// [`FailureKind::Invalid`] for a file that is not a dump, is cut off or holds bad rows (the report goes with it);
/// [`FailureKind::Conflict`] if accounts of the store have the same names.
pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: &Import,
) -> Result<Reply, Failure> {
    let mut source = ImportSource::open(request, &*service.store, &mut *context.progress)?;
    let contents = Contents::open(&request.file)?;
    let is_dry_run = context.dry_run;
    let mut rows_report = RowReport::create(request.report.as_deref(), &*service.store)?;
    let mut is_placed = false;
    let result = with_load(service, context, |tx| {
        tx.principal.admin_only("import a database")?;
        let report = tx.keep_an_admin(|tx| {
            let reserved = tx.rows.reserved_names(tx.now)?;
            let deletion = tx.deletion_info(None);
            let conflicts = AccountConflicts::among(tx.rows.operations()?);
            let idle_from = tx.rows.idle_rule()?.map(|_| tx.now);
            let rows = tx.rows.load()?;
            // The deferred work takes about as long as the reading.
            let work = rows.total_work(source.size());
            let mut progress_reporter = ProgressReporter::new(work, &mut *tx.progress);
            let mut importer = Importer {
                conflicts,
                idle_from,
                ..Importer::new(rows, reserved, deletion, request, tx.now, &mut rows_report)
            };
            if importer.take_accounts(&mut source, &mut progress_reporter)? {
                importer.take_the_rest(&mut source, &mut progress_reporter)?;
            }
            // The other core has little to do then.
            let sum = |is_stopped: &AtomicBool| contents.checksum(is_stopped);
            let (report, sum) = meanwhile(sum, || importer.finish(&mut progress_reporter))?;
            let file = journal_writer::store(&request.file.to_string_lossy());
            tx.note(Action::Imported, file, FieldValues::new(), journal_entry::entry(&report, sum))?;
            // A dry run rolls its entry back.
            let entry = tx.journal.first.filter(|_| !is_dry_run);
            Ok(ImportReport { entry, ..report })
        })?;
        if !is_dry_run {
            // Before the rows are there for good: a report that cannot be written refuses the import.
            std::mem::take(&mut rows_report).finish(true)?;
            is_placed = true;
        }
        Ok(report)
    });
    match result {
        Ok(report) => Ok(Reply::Imported(Box::new(report))),
        Err(failure) if is_placed => {
            // Its rows were taken back when the transaction could not end.
            if let Some(path) = &request.report {
                let _ = std::fs::remove_file(path);
            }
            Err(failure)
        }
        Err(failure) if is_dry_run || failure.kind == FailureKind::Stopped => Err(failure),
        // The import is asked for once more when the admins are agreed to.
        Err(failure) if failure.report.as_ref().is_some_and(|report| !report.admins.is_empty()) => {
            Err(failure)
        }
        Err(failure) => {
            rows_report.finish(false)?;
            Err(failure)
        }
    }
}

/// Returns the reason for which an import refuses a row, of which an export contains these values, one for each column.
pub(super) fn refusal(table: StoredTable, cells: &[Cell<'_>], now: Timestamp) -> Option<String> {
    rows::refusal(table, cells, now)
}

/// An import in progress.
struct Importer<'a> {
    rows: Box<dyn Load + 'a>,
    /// The names and ids that are reserved for accounts in the bin.
    reserved: ReservedNames,
    /// The deletion details of accounts that are replaced.
    deletion: DeletionInfo,
    request: &'a Import,
    now: Timestamp,
    report: ImportReport,
    id_map: IdMap,
    /// Accounts whose id another one in the store has. A new id must be none of the source's.
    waiting: Vec<(AccountRow, RowPlace)>,
    /// Accounts whose username may turn out to be the email of another one.
    undecided: Vec<(AccountRow, RowPlace)>,
    waiting_ids: IdSet,
    conflicts: AccountConflicts,
    /// The moment from which imported accounts may be idle, while there is a rule for that.
    idle_from: Option<Timestamp>,
    /// The results for each row.
    rows_report: &'a mut RowReport,
}

impl<'a> Importer<'a> {
    fn new(
        rows: Box<dyn Load + 'a>,
        reserved: ReservedNames,
        deletion: DeletionInfo,
        request: &'a Import,
        now: Timestamp,
        rows_report: &'a mut RowReport,
    ) -> Self {
        Self {
            rows,
            reserved,
            deletion,
            request,
            now,
            report: ImportReport::default(),
            id_map: IdMap::default(),
            waiting: Vec::new(),
            undecided: Vec::new(),
            waiting_ids: IdSet::default(),
            conflicts: AccountConflicts::default(),
            idle_from: None,
            rows_report,
        }
    }

    fn refuse(&mut self, table: &'static str, place: RowPlace, reason: impl Into<String>) {
        let reason = reason.into();
        self.rows_report.note(table, place, RowResult::Refused(&reason));
        self.report.refused.push(RefusedRow { table, place, rows: 1, reason });
    }

    // Accounts

    /// Imports the accounts, and returns true if the source has tables of what belongs to them.
    fn take_accounts(
        &mut self,
        source: &mut ImportSource<'_>,
        progress_reporter: &mut ProgressReporter<'_>,
    ) -> Result<bool, Failure> {
        let now = self.now;
        let mut noted = ImportReport::default();
        let convert = |row: Row| (row.place, AccountRow::of(row, now, &mut noted));
        let beside = source.each(SourcePart::Accounts, progress_reporter, convert, |(place, account)| {
            self.report.read.users += 1;
            match account {
                Ok(account) if account.email_like_username().is_some() => self.put_off(account, place),
                Ok(account) => self.take_account(account, place)?,
                Err(reason) => self.refuse(USERS, place, reason),
            }
            Ok(())
        })?;
        // Nothing else was noted of this kind yet.
        self.report.take_notes(noted);
        findings::check(&beside, self.request, &mut self.report)?;
        self.take_undecided()?;
        // Every id of the source is known only now.
        for (account, place) in std::mem::take(&mut self.waiting) {
            let source = account.new.id;
            let new = AccountRow { new: NewUser { id: None, ..account.new }, ..account };
            let before = self.report.taken.users;
            self.insert_account(&new, source, place)?;
            self.report.renumbered += self.report.taken.users - before;
        }
        self.check_admins()?;
        Ok(beside.others.iter().any(|(table, _)| SourcePart::Belongings.has(table)))
    }

    fn put_off(&mut self, account: AccountRow, place: RowPlace) {
        match account.new.id {
            Some(id) if self.is_repeated(id) => self.refuse(USERS, place, "repeats the id of another row"),
            id => {
                if let Some(id) = id {
                    self.waiting_ids.insert(id.0);
                }
                self.undecided.push((account, place));
            }
        }
    }

    /// Returns true if another account of the source has this id.
    fn is_repeated(&self, id: UserId) -> bool {
        self.id_map.holds(id) || self.waiting_ids.contains(id.0) || self.conflicts.holds(id.0)
    }

    /// Imports the accounts that were put off until every email of the source is known.
    fn take_undecided(&mut self) -> Result<(), Failure> {
        let undecided = std::mem::take(&mut self.undecided);
        if undecided.is_empty() {
            return Ok(());
        }
        // Emails of accounts that are not stored yet.
        let emails: HashSet<String> =
            self.waiting.iter().chain(&undecided).map(|(account, _)| account.email()).collect();
        for (account, place) in undecided {
            let username = account.email_like_username().unwrap_or_default();
            let taken =
                emails.contains(&username.to_lowercase()) || self.rows.holder_of_email(username)?.is_some();
            if taken {
                self.refuse(USERS, place, "has a username that is the email of another account");
                continue;
            }
            if let Some(id) = account.new.id {
                self.waiting_ids.remove(id.0);
            }
            self.take_account(account, place)?;
        }
        Ok(())
    }

    /// Refuses the import if the accounts that become admins are not those that the operator agreed to.
    fn check_admins(&mut self) -> Result<(), Failure> {
        let agreed = self.request.agreed_admins.as_ref();
        let is_bad = !self.report.refused.is_empty() && !self.request.skip_bad_rows;
        if is_bad || !self.conflicts.is_empty() || agreed.is_none_or(|agreed| *agreed == self.report.admins) {
            return Ok(());
        }
        let words = "The accounts that would become admins were not agreed to; nothing was imported.";
        let admins = std::mem::take(&mut self.report.admins);
        let report = ImportReport { admins, ..std::mem::take(&mut self.report).nothing_taken() };
        Err(Failure::new(FailureKind::Conflict, words).with_report(report))
    }

    fn take_account(&mut self, account: AccountRow, place: RowPlace) -> Result<(), Failure> {
        let mut replaced = BTreeSet::new();
        for (field, holder) in self.holders(&account)? {
            if self.id_map.holds(holder) {
                let reason = format!("repeats the {} of another row", field.label().to_lowercase());
                self.refuse(USERS, place, reason);
                return Ok(());
            }
            replaced.insert(holder);
        }
        let AccountFields { username, email, .. } = &account.new.fields;
        let is_reserved = [username, email].into_iter().flatten().any(|name| self.reserved.holds(name));
        if (is_reserved || !replaced.is_empty()) && !self.request.replace {
            let holders: Vec<_> = replaced.iter().map(|holder| holder.0.to_string()).collect();
            let reason = match holders.as_slice() {
                [] => IN_BIN.to_owned(),
                holders => {
                    format!("has the username or email of account {} in the store", holders.join(" and "))
                }
            };
            self.rows_report.note(USERS, place, RowResult::Conflict(&reason));
            self.conflicts.add(&account, place);
            return Ok(());
        }
        if is_reserved {
            self.refuse(USERS, place, IN_BIN);
            return Ok(());
        }
        let source = account.new.id;
        if source.is_some_and(|id| self.is_repeated(id)) {
            self.refuse(USERS, place, "repeats the id of another row");
            return Ok(());
        }
        for holder in replaced {
            self.conflicts.require_free(holder)?;
            self.rows.bin_user(holder, &self.deletion)?;
            self.report.replaced += 1;
        }
        let is_id_reserved = source.is_some_and(|id| self.reserved.has_id(id));
        if is_id_reserved || !self.insert_account(&account, source, place)? {
            if let Some(id) = source {
                self.waiting_ids.insert(id.0);
            }
            self.waiting.push((account, place));
        }
        Ok(())
    }

    /// Returns the accounts of the store that have this one's username or email.
    fn holders(&mut self, account: &AccountRow) -> Result<Vec<(Field, UserId)>, Failure> {
        let AccountFields { username, email, .. } = &account.new.fields;
        let username = username.as_ref().map(|name| self.rows.holder_of_username(name)).transpose()?;
        let email = email.as_ref().map(|email| self.rows.holder_of_email(email)).transpose()?;
        let found = [(Field::Username, username.flatten()), (Field::Email, email.flatten())];
        Ok(found.into_iter().filter_map(|(field, holder)| Some((field, holder?))).collect())
    }

    /// Stores or refuses an account. Returns false if another account has its id.
    fn insert_account(
        &mut self,
        account: &AccountRow,
        source: Option<UserId>,
        place: RowPlace,
    ) -> Result<bool, Failure> {
        let new = &account.new;
        let id = match self.rows.insert_user(new) {
            Ok(id) => id,
            Err(StoreError::Duplicate(_)) => return Ok(false),
            Err(StoreError::Taken(field)) => {
                let reason = format!("repeats the {} of another account", field.label().to_lowercase());
                self.refuse(USERS, place, reason);
                return Ok(true);
            }
            Err(error) => return Err(error.into()),
        };
        let AccountRow { must_change, last_seen, .. } = *account;
        self.rows.note_user(id, AccountNotes { must_change, last_seen, idle_from: self.idle_from })?;
        self.rows_report.note(USERS, place, RowResult::Imported(id.0));
        self.report.taken.users += 1;
        self.report.codes_dropped += u64::from(account.has_code);
        if new.fields.level == Some(AccessLevel::Admin) {
            self.report.admins.push(account.label());
        }
        self.report.unusable_passwords += u64::from(!account.has_usable_password);
        self.id_map.add(source, id);
        Ok(true)
    }

    // The end

    /// Returns the report. With bad rows that may not be skipped, nothing is imported.
    fn finish(mut self, progress_reporter: &mut ProgressReporter<'_>) -> Result<ImportReport, Failure> {
        self.report.refused = findings::merged(std::mem::take(&mut self.report.refused), self.report.read);
        if !self.conflicts.is_empty() {
            return Err(self.conflicts.failure(self.report));
        }
        if self.report.refused.is_empty() || self.request.skip_bad_rows {
            while let Some(settled) = self.rows.finish_some()? {
                progress_reporter.report_finished(settled)?;
            }
            return Ok(ImportReport { ids: self.id_map.ids(), ..self.report });
        }
        let words = format!("{}; nothing was imported.", bad_rows(self.report.refused_rows()));
        let failure = Failure::new(FailureKind::Invalid, words);
        Err(failure.hint("--skip-bad-rows imports the others.").with_report(self.report.nothing_taken()))
    }
}

#[cfg(test)]
mod tests;
