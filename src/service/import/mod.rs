//! Taking in a legacy database: one transaction, all or nothing unless bad rows may be left out.
//!
//! Accounts are read first, then the sessions and directories that belong to them, so that memory stays flat whatever
//! the source's order. The source is never changed.

mod fields;
mod rows;
mod source;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::auth::password::{bcrypt_cost, is_usable};
use crate::auth::token::{digest, is_digest};
use crate::domain::foreign::RowPlace;
use crate::domain::text::count;
use crate::domain::time::Timestamp;
use crate::domain::user::{Field, UserId, Who};
use crate::store::{NewDirectory, NewSession, NewUser, StoreError, Write};

use super::contract::{Failure, FailureKind, Import, ImportReport, RefusedRow, Reply, TableCounts};
use super::operator::keep_an_admin;
use super::{Call, Desk, act};
use rows::{Account, Folder, Token};
use source::{Meter, Part, Source};

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
    let report = act(desk, call, |act| {
        act.actor.admin_only("import a database")?;
        keep_an_admin(act, |act| {
            let mut meter = Meter::new(source.size(), &mut *act.progress);
            let (report, taken) = (ImportReport::default(), Taken::default());
            let mut intake = Intake { rows: &mut *act.rows, wish, now: act.now, report, taken };
            intake.take_accounts(&source, &mut meter)?;
            intake.take_the_rest(&source, &mut meter)?;
            intake.finish()
        })
    })?;
    Ok(Reply::Imported(Box::new(report)))
}

/// The accounts of the source that were taken: how their rows are told from the store's own.
#[derive(Default)]
struct Taken {
    /// Ids in the store.
    ids: BTreeSet<i64>,
    /// Source ids that became others.
    renumbered: BTreeMap<i64, i64>,
}

impl Taken {
    /// The account in the store for an id in the source.
    fn account(&self, source: i64) -> Option<UserId> {
        match self.renumbered.get(&source) {
            Some(id) => Some(UserId(*id)),
            None => self.ids.contains(&source).then_some(UserId(source)),
        }
    }
}

/// An import under way.
struct Intake<'a> {
    rows: &'a mut dyn Write,
    wish: &'a Import,
    now: Timestamp,
    report: ImportReport,
    taken: Taken,
}

impl Intake<'_> {
    fn refuse(&mut self, table: &'static str, place: RowPlace, reason: impl Into<String>) {
        self.report.refused.push(RefusedRow { table, place, reason: reason.into() });
    }

    // Accounts

    fn take_accounts(&mut self, source: &Source<'_>, meter: &mut Meter<'_>) -> Result<(), Failure> {
        let mut waiting = Vec::new();
        let mut conflicts = Vec::new();
        let others = source.each(Part::Accounts, meter, |row| {
            self.report.read.users += 1;
            let place = row.place;
            match Account::of(&row, self.now, &mut self.report) {
                Ok(account) => self.take_account(account, place, &mut waiting, &mut conflicts)?,
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
        if !conflicts.is_empty() {
            return Err(conflict(&conflicts));
        }
        // Only now is every id of the source known, so that a new one can be none of them.
        for (account, place) in waiting {
            let source = account.new.id;
            self.insert_account(&NewUser { id: None, ..account.new }, source, place)?;
            self.report.renumbered += 1;
        }
        Ok(())
    }

    fn take_account(
        &mut self,
        account: Account,
        place: RowPlace,
        waiting: &mut Vec<(Account, RowPlace)>,
        conflicts: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let mut replaced = BTreeSet::new();
        for (field, holder) in self.holders(&account)? {
            if self.taken.ids.contains(&holder.0)
                || waiting.iter().any(|(other, _)| other.new.id == Some(holder))
            {
                self.refuse(
                    USERS,
                    place,
                    format!("repeats the {} of another row", field.label().to_lowercase()),
                );
                return Ok(());
            }
            if !self.wish.replace {
                conflicts.push(format!("{} ({place})", account.label()));
                return Ok(());
            }
            replaced.insert(holder);
        }
        for holder in &replaced {
            self.rows.delete_user(*holder)?;
            self.report.replaced += 1;
        }
        let Some(id) = account.new.id else {
            return self.insert_account(&account.new, None, place);
        };
        if self.taken.ids.contains(&id.0) || waiting.iter().any(|(other, _)| other.new.id == Some(id)) {
            self.refuse(USERS, place, "repeats the id of another row");
            return Ok(());
        }
        if self.rows.user(self.now, &Who::Id(id))?.is_some() {
            waiting.push((account, place));
            return Ok(());
        }
        self.insert_account(&account.new, Some(id), place)
    }

    /// The accounts that have this one's username or email already.
    fn holders(&self, account: &Account) -> Result<Vec<(Field, UserId)>, Failure> {
        let fields = &account.new.fields;
        let mut holders = Vec::new();
        for (field, who) in [
            (Field::Username, fields.username.clone().map(Who::Username)),
            (Field::Email, fields.email.clone().map(Who::Email)),
        ] {
            if let Some(who) = who
                && let Some(user) = self.rows.user(self.now, &who)?
            {
                holders.push((field, user.id));
            }
        }
        Ok(holders)
    }

    fn insert_account(
        &mut self,
        new: &NewUser,
        source: Option<UserId>,
        place: RowPlace,
    ) -> Result<(), Failure> {
        let id = match self.rows.insert_user(new) {
            Ok(id) => id,
            Err(StoreError::Taken(field)) => {
                let reason = format!("repeats the {} of another account", field.label().to_lowercase());
                self.refuse(USERS, place, reason);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.report.taken.users += 1;
        self.report.unusable_passwords += u64::from(!is_usable(&new.password_hash));
        if let Some(cost) = bcrypt_cost(&new.password_hash) {
            self.rows.note_bcrypt_cost(cost)?;
        }
        self.taken.ids.insert(id.0);
        if let Some(source) = source.filter(|source| *source != id) {
            self.taken.renumbered.insert(source.0, id.0);
        }
        Ok(())
    }

    // What belongs to them

    fn take_the_rest(&mut self, source: &Source<'_>, meter: &mut Meter<'_>) -> Result<(), Failure> {
        source.each(Part::Belongings, meter, |row| {
            let place = row.place;
            if &*row.table == SESSIONS {
                self.report.read.sessions += 1;
                match Token::of(&row, &mut self.report) {
                    Ok(token) => self.take_session(token, place)?,
                    Err(reason) => self.refuse(SESSIONS, place, reason),
                }
            } else {
                self.report.read.directories += 1;
                let prefix = self.wish.strip_prefix.as_deref();
                match Folder::of(&row, self.now, prefix, &mut self.report) {
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
            id: self.free_session(token.id)?,
            user_id,
            digest: if clear { digest(&token.text) } else { token.text },
            expiration: token.expiration,
            active,
            start: None,
        };
        match self.rows.insert_session(&session) {
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

    fn free_session(&self, id: Option<i64>) -> Result<Option<i64>, Failure> {
        let Some(wanted) = id else { return Ok(None) };
        Ok(if self.rows.session(wanted)?.is_some() { None } else { Some(wanted) })
    }

    fn take_directory(&mut self, folder: Folder, place: RowPlace) -> Result<(), Failure> {
        let Some(user_id) = self.taken.account(folder.user) else {
            self.refuse(DIRECTORIES, place, format!("points to no account that was taken ({})", folder.user));
            return Ok(());
        };
        let id = match folder.new.id {
            Some(wanted) if self.rows.directory(wanted)?.is_some() => None,
            id => id,
        };
        match self.rows.insert_directory(&NewDirectory { id, user_id, ..folder.new }) {
            Ok(_) => self.report.taken.directories += 1,
            Err(StoreError::Duplicate(_)) => {
                self.refuse(DIRECTORIES, place, "repeats the directory_id of another row");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    // The end

    /// With bad rows that may not be left out, nothing is taken.
    fn finish(mut self) -> Result<ImportReport, Failure> {
        self.rows.refresh_newest_sessions()?;
        if self.report.refused.is_empty() || self.wish.skip_bad_rows {
            return Ok(self.report);
        }
        let bad = self.report.refused.len() as u64;
        let words = format!("{}; nothing was taken.", count(bad, "bad row", "bad rows"));
        self.report.taken = TableCounts::default();
        let failure = Failure::new(FailureKind::Invalid, words);
        Err(failure.hint("--skip-bad-rows takes the others.").with_report(self.report))
    }
}

fn conflict(accounts: &[String]) -> Failure {
    /// How many are named.
    const NAMED: usize = 5;
    let count = count(accounts.len() as u64, "account conflicts", "accounts conflict");
    let named = accounts.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = if accounts.len() > NAMED { ", …" } else { "" };
    let words =
        format!("{count} with those in the store by username or email: {named}{more}; nothing was taken.");
    Failure::new(FailureKind::Conflict, words).hint("--replace takes the source's.")
}
