//! Taking in a legacy database: one transaction, all or nothing unless bad rows may be left out.
//!
//! Accounts are read first, then the sessions and directories that belong to them, so that memory stays flat whatever
//! the source's order. The source is never changed.

mod fields;
mod rows;
mod source;
mod taken;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::auth::checksum;
use crate::auth::password::is_usable;
use crate::auth::token::{digest, is_digest};
use crate::domain::bin::Kept;
use crate::domain::foreign::RowPlace;
use crate::domain::journal::{Image, Verb};
use crate::domain::text::count;
use crate::domain::time::Timestamp;
use crate::domain::user::{Field, Fields as AccountFields, UserId};
use crate::store::{Load, NewDirectory, NewSession, NewUser, StoreError};

use super::contract::{Failure, FailureKind, Import, ImportReport, RefusedRow, Reply, TableCounts};
use super::operator::keep_an_admin;
use super::{Call, Desk, act, record};
use rows::{Account, Folder, Token};
use source::{Meter, Part, Source};
use taken::{IdSet, Taken};

const USERS: &str = "de_torres_vincent_users";
const SESSIONS: &str = "de_torres_vincent_session_tokens";
const DIRECTORIES: &str = "de_torres_vincent_user_directories";

/// Takes the file in.
///
/// # Errors
/// Invalid for a file that is no dump, is cut off, or holds bad rows (the report goes with it); a conflict where
/// accounts of the store have the same names.
pub(super) fn perform(desk: &mut Desk, call: &mut Call<'_>, wish: &Import) -> Result<Reply, Failure> {
    let source = Source::open(&wish.file, &*desk.store)?;
    let sum = checksum(&wish.file)?;
    let report = act(desk, call, |act| {
        act.actor.admin_only("import a database")?;
        keep_an_admin(act, |act| {
            let kept = act.rows.kept(act.now)?;
            let rows = act.rows.load()?;
            // What is put off takes about as long as the reading.
            let work = source.size() * if rows.puts_off() { 2 } else { 1 };
            let mut meter = Meter::new(work, &mut *act.progress);
            let mut intake = Intake::new(rows, kept, wish, act.now);
            intake.take_accounts(&source, &mut meter)?;
            intake.take_the_rest(&source, &mut meter)?;
            let report = intake.finish(&mut meter)?;
            act.rows.refresh_newest_sessions()?;
            let file = record::store(&wish.file.to_string_lossy());
            act.note(Verb::Imported, file, Image::new(), entry(&report, sum))?;
            Ok(report)
        })
    })?;
    Ok(Reply::Imported(Box::new(report)))
}

/// The SHA-256 of the file, as `sha256sum` prints it.
fn checksum(path: &Path) -> Result<String, Failure> {
    let sum = File::open(path).and_then(|file| checksum::sha256(BufReader::new(file)));
    sum.map_err(|error| {
        Failure::new(FailureKind::Invalid, format!("{} cannot be read: {error}.", path.display()))
    })
}

/// What the journal keeps of an import.
fn entry(report: &ImportReport, sum: String) -> Image {
    Image::new()
        .with("sha256", sum)
        .with("users", report.taken.users)
        .with("sessions", report.taken.sessions)
        .with("directories", report.taken.directories)
        .with_count("replaced", report.replaced)
        .with_count("renumbered", report.renumbered)
        .with_count("refused", report.refused.len() as u64)
}

/// An import under way.
struct Intake<'a> {
    rows: Box<dyn Load + 'a>,
    /// What accounts in the bin keep from others.
    kept: Kept,
    wish: &'a Import,
    now: Timestamp,
    report: ImportReport,
    taken: Taken,
    /// Accounts whose id another one in the store holds. A new one must be none of the source's ids.
    waiting: Vec<(Account, RowPlace)>,
    waiting_ids: IdSet,
    conflicts: Conflicts,
}

impl<'a> Intake<'a> {
    fn new(rows: Box<dyn Load + 'a>, kept: Kept, wish: &'a Import, now: Timestamp) -> Self {
        Self {
            rows,
            kept,
            wish,
            now,
            report: ImportReport::default(),
            taken: Taken::default(),
            waiting: Vec::new(),
            waiting_ids: IdSet::default(),
            conflicts: Conflicts::default(),
        }
    }

    fn refuse(&mut self, table: &'static str, place: RowPlace, reason: impl Into<String>) {
        self.report.refused.push(RefusedRow { table, place, reason: reason.into() });
    }

    // Accounts

    fn take_accounts(&mut self, source: &Source<'_>, meter: &mut Meter<'_>) -> Result<(), Failure> {
        let others = source.each(Part::Accounts, meter, |row| {
            self.report.read.users += 1;
            let place = row.place;
            match Account::of(row, self.now, &mut self.report) {
                Ok(account) => self.take_account(account, place)?,
                Err(reason) => self.refuse(USERS, place, reason),
            }
            Ok(())
        })?;
        let known = |table: &str| [USERS, SESSIONS, DIRECTORIES].contains(&table);
        if self.report.read.users == 0 && !others.iter().any(|(table, _)| known(table)) {
            let words = format!("{} holds none of NEXUS's tables.", self.wish.file.display());
            return Err(Failure::new(FailureKind::Invalid, words));
        }
        self.report.unknown_tables = others.into_iter().filter(|(table, _)| !known(table)).collect();
        self.conflicts.check()?;
        // Only now is every id of the source known.
        for (account, place) in std::mem::take(&mut self.waiting) {
            let source = account.new.id;
            self.insert_account(&NewUser { id: None, ..account.new }, source, place)?;
            self.report.renumbered += 1;
        }
        Ok(())
    }

    fn take_account(&mut self, account: Account, place: RowPlace) -> Result<(), Failure> {
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
        if source.is_some_and(|id| self.taken.holds(id) || self.waiting_ids.contains(id.0)) {
            self.refuse(USERS, place, "repeats the id of another row");
            return Ok(());
        }
        for holder in replaced {
            self.rows.delete_user(holder)?;
            self.report.replaced += 1;
        }
        let is_kept = source.is_some_and(|id| self.kept.has_id(id));
        if is_kept || !self.insert_account(&account.new, source, place)? {
            if let Some(id) = source {
                self.waiting_ids.insert(id.0);
            }
            self.waiting.push((account, place));
        }
        Ok(())
    }

    /// The accounts of the store that have this one's username or email.
    fn holders(&mut self, account: &Account) -> Result<Vec<(Field, UserId)>, Failure> {
        let AccountFields { username, email, .. } = &account.new.fields;
        let username = username.as_ref().map(|name| self.rows.holder_of_username(name)).transpose()?;
        let email = email.as_ref().map(|email| self.rows.holder_of_email(email)).transpose()?;
        let found = [(Field::Username, username.flatten()), (Field::Email, email.flatten())];
        Ok(found.into_iter().filter_map(|(field, holder)| Some((field, holder?))).collect())
    }

    /// Stores an account, or refuses it. `false` where another account holds its id.
    fn insert_account(
        &mut self,
        new: &NewUser,
        source: Option<UserId>,
        place: RowPlace,
    ) -> Result<bool, Failure> {
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
        self.report.unusable_passwords += u64::from(!is_usable(&new.password_hash));
        self.taken.add(source, id);
        Ok(true)
    }

    // What belongs to them

    fn take_the_rest(&mut self, source: &Source<'_>, meter: &mut Meter<'_>) -> Result<(), Failure> {
        source.each(Part::Belongings, meter, |row| {
            let place = row.place;
            if &*row.table == SESSIONS {
                self.report.read.sessions += 1;
                match Token::of(row, &mut self.report) {
                    Ok(token) => self.take_session(token, place)?,
                    Err(reason) => self.refuse(SESSIONS, place, reason),
                }
            } else {
                self.report.read.directories += 1;
                let prefix = self.wish.strip_prefix.as_deref();
                match Folder::of(row, self.now, prefix, &mut self.report) {
                    Ok(folder) => self.take_directory(folder, place)?,
                    Err(reason) => self.refuse(DIRECTORIES, place, reason),
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    fn take_session(&mut self, token: Token, place: RowPlace) -> Result<(), Failure> {
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

    fn take_directory(&mut self, folder: Folder, place: RowPlace) -> Result<(), Failure> {
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
    fn finish(mut self, meter: &mut Meter<'_>) -> Result<ImportReport, Failure> {
        if self.report.refused.is_empty() || self.wish.skip_bad_rows {
            while let Some(settled) = self.rows.settle()? {
                meter.tell_settled(settled)?;
            }
            return Ok(self.report);
        }
        let bad = self.report.refused.len() as u64;
        let words = format!("{}; nothing was taken.", count(bad, "bad row", "bad rows"));
        self.report.taken = TableCounts::default();
        let failure = Failure::new(FailureKind::Invalid, words);
        Err(failure.hint("--skip-bad-rows takes the others.").with_report(self.report))
    }
}

/// Accounts whose username or email another one in the store has.
#[derive(Debug, Default)]
struct Conflicts {
    count: u64,
    /// What to call the first ones.
    named: Vec<String>,
}

impl Conflicts {
    /// How many are named.
    const NAMED: usize = 5;

    fn add(&mut self, account: &Account, place: RowPlace) {
        self.count += 1;
        if self.named.len() < Self::NAMED {
            self.named.push(format!("{} ({place})", account.label()));
        }
    }

    fn check(&self) -> Result<(), Failure> {
        if self.count == 0 {
            return Ok(());
        }
        let count = count(self.count, "account conflicts", "accounts conflict");
        let named = self.named.join(", ");
        let more = if self.count > self.named.len() as u64 { ", …" } else { "" };
        let words = format!(
            "{count} with those in the store or its bin by username or email: {named}{more}; nothing was taken."
        );
        Err(Failure::new(FailureKind::Conflict, words).hint("--replace takes the source's."))
    }
}
