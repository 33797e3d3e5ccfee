//! Taking in a legacy database: one transaction, all or nothing unless bad rows may be left out.
//!
//! Accounts are read first, then the sessions and directories that belong to them, so that memory stays flat whatever
//! the source's order. The source is never changed.

mod conflicts;
mod fields;
mod findings;
mod id_map;
mod progress_reporter;
mod rows;
mod source;
mod times;
mod unfit;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::auth::checksum;
use crate::auth::password::is_usable;
use crate::auth::token::{digest, is_digest};
use crate::domain::bin::{DeletionInfo, ReservedNames};
use crate::domain::foreign::RowPlace;
use crate::domain::journal::{Action, FieldValues};
use crate::domain::text::count;
use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, Field, Fields as AccountFields, UserId};
use crate::store::{Load, NewDirectory, NewSession, NewUser, StoreError};

use super::contract::{Failure, FailureKind, Import, ImportReport, RefusedRow, Reply};
use super::operator::keep_an_admin;
use super::{RequestContext, Service, journal_writer, with_transaction};
use conflicts::Conflicts;
use id_map::{IdMap, IdSet};
use progress_reporter::ProgressReporter;
use rows::{AccountRow, DirectoryRow, SessionRow};
use source::{ImportSource, Part};

const USERS: &str = "de_torres_vincent_users";
const SESSIONS: &str = "de_torres_vincent_session_tokens";
const DIRECTORIES: &str = "de_torres_vincent_user_directories";

/// Takes the file in.
///
/// # Errors
/// Invalid for a file that is no dump, is cut off, or holds bad rows (the report goes with it); a conflict where
/// accounts of the store have the same names.
pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    wish: &Import,
) -> Result<Reply, Failure> {
    let source = ImportSource::open(wish, &*service.store, &mut *context.progress)?;
    let sum = checksum(&wish.file)?;
    let is_rehearsal = context.dry_run;
    let report = with_transaction(service, context, |tx| {
        tx.principal.admin_only("import a database")?;
        keep_an_admin(tx, |tx| {
            let kept = tx.rows.reserved_names(tx.now)?;
            let slip = tx.slip(None);
            let rows = tx.rows.load()?;
            let work = rows.total_work(source.size());
            let mut progress_reporter = ProgressReporter::new(work, &mut *tx.progress);
            let mut intake = Importer::new(rows, kept, slip, wish, tx.now);
            intake.take_accounts(&source, &mut progress_reporter)?;
            intake.take_the_rest(&source, &mut progress_reporter)?;
            let report = intake.finish(&mut progress_reporter)?;
            let file = journal_writer::store(&wish.file.to_string_lossy());
            tx.note(Action::Imported, file, FieldValues::new(), entry(&report, sum))?;
            // What a rehearsal wrote is taken back.
            let entry = tx.journal.first.filter(|_| !is_rehearsal);
            Ok(ImportReport { entry, ..report })
        })
    })?;
    Ok(Reply::Imported(Box::new(report)))
}

/// The SHA-256 of the file, as `sha256sum` prints it.
fn checksum(path: &Path) -> Result<String, Failure> {
    let sum = File::open(path).and_then(|file| checksum::sha256(BufReader::new(file)));
    sum.map_err(|error| {
        Failure::new(FailureKind::Invalid, format!("{} cannot be read: {error}.", unfit::shown(path)))
    })
}

/// What the journal keeps of an import.
fn entry(report: &ImportReport, sum: String) -> FieldValues {
    FieldValues::new()
        .with("sha256", sum)
        .with("users", report.taken.users)
        .with("sessions", report.taken.sessions)
        .with("directories", report.taken.directories)
        .with_count("replaced", report.replaced)
        .with_count("renumbered", report.renumbered)
        .with_count("refused", report.refused_rows())
}

/// An import under way.
struct Importer<'a> {
    rows: Box<dyn Load + 'a>,
    /// What accounts in the bin keep from others.
    kept: ReservedNames,
    /// How accounts that are replaced go into the bin.
    slip: DeletionInfo,
    wish: &'a Import,
    now: Timestamp,
    report: ImportReport,
    taken: IdMap,
    /// Accounts whose id another one in the store holds. A new one must be none of the source's ids.
    waiting: Vec<(AccountRow, RowPlace)>,
    /// Accounts whose username may turn out to be the email of another one.
    undecided: Vec<(AccountRow, RowPlace)>,
    waiting_ids: IdSet,
    conflicts: Conflicts,
}

impl<'a> Importer<'a> {
    fn new(
        rows: Box<dyn Load + 'a>,
        kept: ReservedNames,
        slip: DeletionInfo,
        wish: &'a Import,
        now: Timestamp,
    ) -> Self {
        Self {
            rows,
            kept,
            slip,
            wish,
            now,
            report: ImportReport::default(),
            taken: IdMap::default(),
            waiting: Vec::new(),
            undecided: Vec::new(),
            waiting_ids: IdSet::default(),
            conflicts: Conflicts::default(),
        }
    }

    fn refuse(&mut self, table: &'static str, place: RowPlace, reason: impl Into<String>) {
        self.report.refused.push(RefusedRow { table, place, rows: 1, reason: reason.into() });
    }

    // Accounts

    fn take_accounts(
        &mut self,
        source: &ImportSource<'_>,
        progress_reporter: &mut ProgressReporter<'_>,
    ) -> Result<(), Failure> {
        let beside = source.each(Part::Accounts, progress_reporter, |row| {
            self.report.read.users += 1;
            let place = row.place;
            match AccountRow::of(row, self.now, &mut self.report) {
                Ok(account) if account.email_like_username().is_some() => self.put_off(account, place),
                Ok(account) => self.take_account(account, place)?,
                Err(reason) => self.refuse(USERS, place, reason),
            }
            Ok(())
        })?;
        findings::judge(&beside, self.wish, &mut self.report)?;
        self.take_undecided()?;
        self.conflicts.check()?;
        // Only now is every id of the source known.
        for (account, place) in std::mem::take(&mut self.waiting) {
            let source = account.new.id;
            let new = AccountRow { new: NewUser { id: None, ..account.new }, ..account };
            let before = self.report.taken.users;
            self.insert_account(&new, source, place)?;
            self.report.renumbered += self.report.taken.users - before;
        }
        self.check_admins()
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

    /// Reports whether another account of the source has this id.
    fn is_repeated(&self, id: UserId) -> bool {
        self.taken.holds(id) || self.waiting_ids.contains(id.0)
    }

    /// Takes the accounts that were put off until every email of the source is known.
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

    /// Where somebody is asked about them, no other accounts become admins than those that were agreed to.
    fn check_admins(&mut self) -> Result<(), Failure> {
        let agreed = self.wish.agreed_admins.as_ref();
        let fails = !self.report.refused.is_empty() && !self.wish.skip_bad_rows;
        if fails || agreed.is_none_or(|agreed| *agreed == self.report.admins) {
            return Ok(());
        }
        let words = "The accounts that would become admins were not agreed to; nothing was taken.";
        let admins = std::mem::take(&mut self.report.admins);
        let report = ImportReport { admins, ..std::mem::take(&mut self.report).nothing_taken() };
        Err(Failure::new(FailureKind::Conflict, words).with_report(report))
    }

    fn take_account(&mut self, account: AccountRow, place: RowPlace) -> Result<(), Failure> {
        let mut replaced = BTreeSet::new();
        for (field, holder) in self.holders(&account)? {
            if self.taken.holds(holder) {
                let reason = format!("repeats the {} of another row", field.label().to_lowercase());
                self.refuse(USERS, place, reason);
                return Ok(());
            }
            replaced.insert(holder);
        }
        let AccountFields { username, email, .. } = &account.new.fields;
        let is_held = [username, email].into_iter().flatten().any(|name| self.kept.holds(name));
        if (is_held || !replaced.is_empty()) && !self.wish.replace {
            self.conflicts.add(&account, place);
            return Ok(());
        }
        if is_held {
            self.refuse(USERS, place, "has a name that is held for an account in the bin");
            return Ok(());
        }
        let source = account.new.id;
        if source.is_some_and(|id| self.is_repeated(id)) {
            self.refuse(USERS, place, "repeats the id of another row");
            return Ok(());
        }
        for holder in replaced {
            self.rows.bin_user(holder, &self.slip)?;
            self.report.replaced += 1;
        }
        let is_kept = source.is_some_and(|id| self.kept.has_id(id));
        if is_kept || !self.insert_account(&account, source, place)? {
            if let Some(id) = source {
                self.waiting_ids.insert(id.0);
            }
            self.waiting.push((account, place));
        }
        Ok(())
    }

    /// The accounts of the store that have this one's username or email.
    fn holders(&mut self, account: &AccountRow) -> Result<Vec<(Field, UserId)>, Failure> {
        let AccountFields { username, email, .. } = &account.new.fields;
        let username = username.as_ref().map(|name| self.rows.holder_of_username(name)).transpose()?;
        let email = email.as_ref().map(|email| self.rows.holder_of_email(email)).transpose()?;
        let found = [(Field::Username, username.flatten()), (Field::Email, email.flatten())];
        Ok(found.into_iter().filter_map(|(field, holder)| Some((field, holder?))).collect())
    }

    /// Stores an account, or refuses it. `false` where another account holds its id.
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
        self.report.taken.users += 1;
        self.report.codes_dropped += u64::from(account.has_code);
        if new.fields.level == Some(AccessLevel::Admin) {
            self.report.admins.push(account.label());
        }
        self.report.unusable_passwords += u64::from(!is_usable(&new.password_hash));
        self.taken.add(source, id);
        Ok(true)
    }

    // What belongs to them

    fn take_the_rest(
        &mut self,
        source: &ImportSource<'_>,
        progress_reporter: &mut ProgressReporter<'_>,
    ) -> Result<(), Failure> {
        source.each(Part::Belongings, progress_reporter, |row| {
            let place = row.place;
            if &*row.table == SESSIONS {
                self.report.read.sessions += 1;
                match SessionRow::of(row, &mut self.report) {
                    Ok(token) => self.take_session(token, place)?,
                    Err(reason) => self.refuse(SESSIONS, place, reason),
                }
            } else {
                self.report.read.directories += 1;
                match DirectoryRow::of(row, self.now, &self.wish.strip_prefixes, &mut self.report) {
                    Ok(folder) => self.take_directory(folder, place)?,
                    Err(reason) => self.refuse(DIRECTORIES, place, reason),
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    fn take_session(&mut self, token: SessionRow, place: RowPlace) -> Result<(), Failure> {
        let Some(user_id) = self.taken.account(token.user) else {
            self.refuse(SESSIONS, place, format!("points to no account that was taken ({})", token.user));
            return Ok(());
        };
        let in_time = token.expiration.is_some_and(|end| end > self.now);
        let active = token.active && self.wish.keep_sessions && in_time;
        let clear = !is_digest(&token.text);
        let session = NewSession {
            id: token.id,
            user_id,
            digest: if clear { digest(&token.text) } else { token.text },
            expiration: token.expiration,
            active,
            start: None,
        };
        match self.rows.insert_session(session) {
            Ok(_) => {
                self.report.taken.sessions += 1;
                self.report.tokens_digested += u64::from(clear);
                self.report.sessions_expired += u64::from(token.active && !active);
            }
            Err(StoreError::Duplicate(_)) => self.refuse(SESSIONS, place, "repeats the token of another row"),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn take_directory(&mut self, folder: DirectoryRow, place: RowPlace) -> Result<(), Failure> {
        let Some(user_id) = self.taken.account(folder.user) else {
            self.refuse(DIRECTORIES, place, format!("points to no account that was taken ({})", folder.user));
            return Ok(());
        };
        match self.rows.insert_directory(NewDirectory { user_id, ..folder.new }) {
            Ok(_) => self.report.taken.directories += 1,
            Err(StoreError::Duplicate(_)) => {
                self.refuse(DIRECTORIES, place, "repeats the directory_id of another row");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    // The end

    /// The report. With bad rows that may not be left out, nothing is taken.
    fn finish(mut self, progress_reporter: &mut ProgressReporter<'_>) -> Result<ImportReport, Failure> {
        self.report.refused = findings::merged(std::mem::take(&mut self.report.refused), self.report.read);
        if self.report.refused.is_empty() || self.wish.skip_bad_rows {
            while let Some(settled) = self.rows.finish_some()? {
                progress_reporter.report_finished(settled)?;
            }
            return Ok(ImportReport { ids: self.taken.ids(), ..self.report });
        }
        let words =
            format!("{}; nothing was taken.", count(self.report.refused_rows(), "bad row", "bad rows"));
        let failure = Failure::new(FailureKind::Invalid, words);
        Err(failure.hint("--skip-bad-rows takes the others.").with_report(self.report.nothing_taken()))
    }
}
