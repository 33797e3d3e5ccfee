//! The methods of the store over one connection: each is a line that calls the function with the SQL.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use rusqlite::Connection;

use crate::domain::bin::{BinColumn, BinItem, DeletionInfo, ReservedNames, Restorable};
use crate::domain::calendar::Calendar;
use crate::domain::clock::BootTime;
use crate::domain::dependents::{DeletionTarget, Dependents, add};
use crate::domain::directory::{Directory, DirectoryColumn, TreeRow};
use crate::domain::erasure::Erasable;
use crate::domain::failed_tries::{FailedTries, NAME_KEY_BYTES, TryTarget};
use crate::domain::filter::{Filter, ListKind};
use crate::domain::finding::Finding;
use crate::domain::idle_settings::IdleRule;
use crate::domain::integrity::CheckTimes;
use crate::domain::journal::{Action, Entry, Head, JournalColumn, Line, NewEntry};
use crate::domain::operation::Operation;
use crate::domain::overview::{Figures, StoreFacts, TabCounts, Totals};
use crate::domain::page::{RowRange, Window};
use crate::domain::session::{Session, SessionColumn, SessionEnd};
use crate::domain::session_settings::TokenIdleRule;
use crate::domain::stored_table::{StoredRow, StoredTable};
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{Field, Fields, User, UserColumn, UserId, Who};
use crate::store::{
    AccessCode, ActorFilter, AdminTerm, ConsoleSession, Continued, Credentials, Division, HashCosts,
    Invitation, JournalCheck, ListOf, Load, NewDirectory, NewSession, NewUser, Read, Result, Write,
};

use super::cache::CachedReader;
use super::dependents::DeletedRows;
use super::load::{FEW_ROWS, Loading};
use super::{
    bin, boot, calendar, carried, completion, credentials, directories, entries, erasure, error,
    failed_log_ins, hashes, idle, integrity, invitations, journal, journal_head, journal_lines,
    journal_verify, matching, names, notes, operations, overview, sessions, stored, tree, unused, users,
};

/// The rows, inside a transaction.
pub(super) struct Rows<'c>(pub(super) &'c Connection, CachedReader<'c>, Option<Division>);

impl<'c> Rows<'c> {
    /// Creates the rows that the reader sees.
    pub(super) fn new(reader: CachedReader<'c>) -> Self {
        Self(reader.connection, reader, None)
    }

    /// Counts the rows of an action.
    fn counted(&self, what: &str, id: i64, count: impl FnOnce() -> Result<u64>) -> Result<u64> {
        let most = self.2.as_ref().map(|division| division.at_once);
        self.1.count_of_act(&format!("{what} {id}"), most, count)
    }

    /// Counts the rows of the three tables that a deletion begins with.
    fn rows_of(&self, target: DeletionTarget) -> Result<u64> {
        match target {
            DeletionTarget::Account(id) => Ok(self.session_count(id)? + self.directory_count(id)?),
            DeletionTarget::Directory(id) => self.below(id),
            DeletionTarget::BinItem(_) => Ok(0),
        }
    }

    /// Counts the rows of other programs in a bin item.
    fn rows_carried(&self, number: i64) -> Result<u64> {
        self.counted("rows carried in", number, || carried::count(self.0, number))
    }
}

impl Read for Rows<'_> {
    fn users(&self, now: Timestamp, list: &ListOf<UserColumn>, span: RowRange) -> Result<Window<User>> {
        users::window(self.1, now, list, span)
    }
    fn user_ids(&self, now: Timestamp, filter: &Filter) -> Result<Vec<i64>> {
        users::ids(self.0, now, filter)
    }
    fn matches(&self, now: Timestamp, subject: ListKind, filter: &Filter, id: i64) -> Result<bool> {
        matching::matches(self.0, now, subject, filter, id)
    }
    fn user(&self, now: Timestamp, who: &Who) -> Result<Option<User>> {
        users::find(self.0, now, who)
    }
    fn credentials(&self, now: Timestamp, who: &Who) -> Result<Option<Credentials>> {
        credentials::credentials(self.0, now, who)
    }
    fn access_codes(&self, now: Timestamp) -> Result<Vec<(User, AccessCode)>> {
        credentials::access_codes(self.0, now)
    }
    fn invitations(&self, now: Timestamp) -> Result<Vec<Invitation>> {
        invitations::list(self.0, now)
    }
    fn invitation(&self, now: Timestamp, id: i64) -> Result<Option<Invitation>> {
        invitations::find(self.0, now, id)
    }
    fn has_usable_admin(
        &self,
        now: Timestamp,
        term: AdminTerm,
        usable: &dyn Fn(UserId, &str) -> bool,
    ) -> Result<bool> {
        credentials::has_usable_admin(self.0, now, term, usable)
    }
    fn had_usable_admin(&self) -> Result<bool> {
        notes::had_usable_admin(self.0)
    }
    fn failed_tries(&self, target: TryTarget, origin: &str) -> Result<Option<FailedTries>> {
        failed_log_ins::find(self.0, target, origin)
    }
    fn failed_tries_at(&self, target: TryTarget) -> Result<Vec<(String, FailedTries)>> {
        failed_log_ins::from_all_origins(self.0, target)
    }
    fn unwritten_failures(&self, before: i64) -> Result<Vec<(TryTarget, String, FailedTries)>> {
        failed_log_ins::unwritten_before(self.0, before)
    }
    fn name_key(&self) -> Result<Option<[u8; NAME_KEY_BYTES]>> {
        failed_log_ins::name_key(self.0)
    }
    fn hash_costs(&self) -> Result<HashCosts> {
        hashes::costs(self.0)
    }
    fn holder(&self, own: Option<UserId>, fields: &Fields) -> Result<Option<(Field, UserId)>> {
        names::taken(self.0, own, fields)
    }
    fn users_begun(
        &self,
        now: Timestamp,
        typed: &str,
        of: Option<UserId>,
        most: usize,
    ) -> Result<Window<User>> {
        completion::begun(self.0, now, typed, of, most)
    }
    fn name_findings(&self) -> Result<Vec<Finding>> {
        names::findings(self.0)
    }
    fn sessions(
        &self,
        now: Timestamp,
        list: &ListOf<SessionColumn>,
        span: RowRange,
    ) -> Result<Window<Session>> {
        sessions::window(self.1, now, list, span)
    }
    fn session_ids(&self, now: Timestamp, filter: &Filter) -> Result<Vec<i64>> {
        sessions::ids(self.0, now, filter)
    }
    fn session(&self, id: i64) -> Result<Option<Session>> {
        sessions::find(self.0, id)
    }
    fn session_by_digest(&self, digest: &str) -> Result<Option<Session>> {
        sessions::by_digest(self.0, digest)
    }
    fn active_sessions(&self, now: Timestamp, user: UserId) -> Result<u64> {
        let name = format!("active at {} of", to_stored(now));
        self.counted(&name, user.0, || sessions::active(self.0, now, user))
    }
    fn session_count(&self, user: UserId) -> Result<u64> {
        self.counted("sessions of", user.0, || sessions::count_of(self.0, user))
    }
    fn figures(&self, now: Timestamp, of: Option<UserId>) -> Result<Figures> {
        overview::figures(self.0, now, of)
    }
    fn tab_counts(&self, now: Timestamp, of: Option<UserId>) -> Result<TabCounts> {
        overview::tab_counts(self.0, now, of)
    }
    fn store_facts(&self) -> Result<StoreFacts> {
        overview::store_facts(self.0)
    }
    fn totals(&self, now: Timestamp) -> Result<Totals> {
        overview::totals(self.0, now)
    }
    fn overdue(&self, now: Timestamp) -> Result<Vec<i64>> {
        sessions::overdue(self.0, now)
    }
    fn idle_rule(&self) -> Result<Option<IdleRule>> {
        idle::rule(self.0)
    }
    fn token_idle_rule(&self) -> Result<Option<TokenIdleRule>> {
        unused::rule(self.0)
    }
    fn idle_accounts(&self, now: Timestamp, most: u32) -> Result<Vec<UserId>> {
        idle::overdue(self.0, now, most)
    }
    fn ahead(&self, now: Timestamp, of: Option<UserId>, most: usize) -> Result<Calendar> {
        calendar::ahead(self.0, now, of, most)
    }
    fn any_over_by_boot(&self, now: Timestamp, boot: &BootTime) -> Result<bool> {
        boot::any_over(self.0, now, boot)
    }
    fn binned_session(&self, digest: &str) -> Result<Option<BinItem>> {
        bin::of_session(self.0, digest)
    }
    fn console_sessions(&self, of: Option<UserId>) -> Result<Vec<ConsoleSession>> {
        sessions::of_consoles(self.0, of)
    }
    fn directories(
        &self,
        now: Timestamp,
        list: &ListOf<DirectoryColumn>,
        span: RowRange,
    ) -> Result<Window<Directory>> {
        directories::window(self.1, now, list, span)
    }
    fn tree(
        &self,
        list: &ListOf<DirectoryColumn>,
        open: &BTreeSet<i64>,
        span: RowRange,
    ) -> Result<Window<TreeRow>> {
        tree::window(self.1, list, open, span)
    }
    fn directory(&self, id: i64) -> Result<Option<Directory>> {
        directories::find(self.0, id)
    }
    fn directories_at(&self, path: &str) -> Result<Vec<Directory>> {
        directories::at_path(self.0, path)
    }
    fn home(&self, user: UserId) -> Result<Option<Directory>> {
        directories::home(self.0, user)
    }
    fn directory_count(&self, user: UserId) -> Result<u64> {
        self.counted("directories of", user.0, || directories::count(self.0, user))
    }
    fn below(&self, id: i64) -> Result<u64> {
        self.counted("below", id, || directories::below(self.0, id))
    }
    fn journal(&self, now: Timestamp, list: &ListOf<JournalColumn>, span: RowRange) -> Result<Window<Entry>> {
        journal::window(self.1, now, list, span)
    }
    fn journal_lines(
        &self,
        now: Timestamp,
        list: &ListOf<JournalColumn>,
        unfolded: &[i64],
        span: RowRange,
    ) -> Result<Window<Line>> {
        journal_lines::window(self.1, now, list, unfolded, span)
    }
    fn journal_head(&self) -> Result<Head> {
        journal_head::read(self.0)
    }
    fn latest_entry(&self) -> Result<Option<(i64, Timestamp)>> {
        journal::latest(self.0)
    }
    fn verify_journal(&self, from: &Head, most: u32) -> Result<JournalCheck> {
        journal_verify::verify(self.0, from, most)
    }
    fn entries_about(&self, account: UserId, since: Timestamp) -> Result<Vec<Entry>> {
        journal::about(self.0, account, since)
    }
    fn last_done(&self, action: Action) -> Result<Option<Timestamp>> {
        journal::last_done(self.0, action)
    }
    fn actions_from(&self, action: Action, actor: &str, place: &str, since: Timestamp) -> Result<u64> {
        journal::actions_from(self.0, action, actor, place, since)
    }
    fn former_holder(&self, who: &Who) -> Result<Option<UserId>> {
        journal::former_holder(self.0, who)
    }
    fn entry(&self, seq: i64) -> Result<Option<Entry>> {
        journal::find(self.0, seq)
    }
    fn status_entry(&self, account: UserId) -> Result<Option<Entry>> {
        entries::of_status(self.0, account)?.map_or(Ok(None), |seq| self.entry(seq))
    }
    fn entries_to_undo(&self, act: i64) -> Result<Vec<i64>> {
        journal::to_undo(self.0, act)
    }
    fn is_undone_in_part(&self, act: i64) -> Result<bool> {
        journal::is_undone_in_part(self.0, act)
    }
    fn undone_by(&self, seq: i64) -> Result<Option<i64>> {
        journal::undone_by(self.0, seq)
    }
    fn previous_action(&self, actor: &ActorFilter, action: i64) -> Result<Option<Entry>> {
        journal::previous_action(self.0, actor, action)
    }
    fn check_times(&self) -> Result<CheckTimes> {
        integrity::times(self.0)
    }
    fn each_stored(
        &self,
        table: StoredTable,
        take: &mut dyn FnMut(&StoredRow<'_>) -> ControlFlow<()>,
    ) -> Result<()> {
        stored::each(self.0, table, take)
    }
    fn stored_count(&self, table: StoredTable) -> Result<u64> {
        stored::count(self.0, table)
    }
    fn bin(&self, now: Timestamp, list: &ListOf<BinColumn>, span: RowRange) -> Result<Window<BinItem>> {
        bin::window(self.1, now, list, span)
    }
    fn bin_item_ids(&self, now: Timestamp, filter: &Filter) -> Result<Vec<i64>> {
        bin::ids(self.0, now, filter)
    }
    fn item(&self, number: i64) -> Result<Option<BinItem>> {
        bin::find(self.0, number)
    }
    fn reserved_names(&self, now: Timestamp) -> Result<ReservedNames> {
        bin::reserved_names(self.0, now)
    }
    fn dependents(&self, target: DeletionTarget) -> Result<Dependents> {
        let mut found = match DeletedRows::of(self.0, target)? {
            None => Dependents::default(),
            Some(deletion) => {
                let most = self.2.as_ref().map(|division| division.at_once);
                let rows = self.rows_of(target)?;
                self.1.dependents_of_act(target, most, rows, || deletion.dependents(self.0))?
            }
        };
        if let DeletionTarget::BinItem(number) = target {
            add(&mut found.deleted, &carried::counts(self.0, number)?);
        }
        Ok(found)
    }
    fn restorable(&self, now: Timestamp, number: i64) -> Result<Restorable> {
        // For the restore, which then has the lock.
        self.rows_carried(number)?;
        let sessions = self.counted("sessions in", number, || bin::restorable_sessions(self.0, number))?;
        let directories =
            self.counted("directories in", number, || bin::restorable_directories(self.0, number))?;
        Ok(Restorable { sessions, active_sessions: bin::active_sessions(self.0, now, number)?, directories })
    }
    fn erasable(&self, account: UserId, seen: Option<&Erasable>) -> Result<Erasable> {
        erasure::find(self.0, account, seen)
    }
    fn mentions(&self, account: UserId, text: &str) -> Result<bool> {
        erasure::is_mentioned(self.0, account, text)
    }
    fn binned_accounts(&self, who: &Who) -> Result<Vec<BinItem>> {
        bin::accounts(self.0, who)
    }
    fn binned_directories(&self, path: &str) -> Result<Vec<BinItem>> {
        bin::directories_at(self.0, path)
    }
    fn operations(&self) -> Result<Vec<Operation>> {
        // Stores of earlier schemas know none.
        Ok(error::unless_missing(operations::list(self.0))?.unwrap_or_default())
    }
    fn reserved_by(&self, now: Timestamp, fields: &Fields) -> Result<Option<(Field, BinItem)>> {
        bin::reserved_by(self.0, now, fields)
    }
}

impl Write for Rows<'_> {
    fn record(&mut self, entry: &NewEntry) -> Result<i64> {
        let seq = journal::record(self.0, entry)?;
        // Stores of earlier schemas have no tables for these.
        error::unless_missing(operations::note_entry(self.0, seq))?;
        error::unless_missing(entries::note(self.0, seq, entry))?;
        Ok(seq)
    }
    fn insert_user(&mut self, user: &NewUser) -> Result<UserId> {
        users::insert(self.0, user)
    }
    fn update_user(&mut self, now: Timestamp, id: UserId, fields: &Fields) -> Result<()> {
        users::update(self.0, now, id, fields)
    }
    fn set_password(&mut self, now: Timestamp, id: UserId, hash: &str, must_change: bool) -> Result<()> {
        credentials::set_password(self.0, now, id, hash, must_change)
    }
    fn set_access_code(&mut self, now: Timestamp, id: UserId, code: Option<&AccessCode>) -> Result<()> {
        credentials::set_access_code(self.0, now, id, code)
    }
    fn insert_invitation(&mut self, invitation: &Invitation) -> Result<i64> {
        invitations::insert(self.0, invitation)
    }
    fn set_invitation_tries(&mut self, id: i64, left: u32) -> Result<()> {
        invitations::set_tries(self.0, id, left)
    }
    fn remove_invitation(&mut self, id: i64) -> Result<bool> {
        invitations::remove(self.0, id)
    }
    fn remove_ended_invitations(&mut self, now: Timestamp) -> Result<()> {
        invitations::remove_ended(self.0, now)
    }
    fn saw_user(&mut self, now: Timestamp, id: UserId) -> Result<()> {
        users::saw(self.0, now, id)
    }
    fn set_idle_rule(&mut self, rule: Option<IdleRule>) -> Result<()> {
        idle::set_rule(self.0, rule)
    }
    fn set_token_idle_rule(&mut self, rule: Option<TokenIdleRule>) -> Result<()> {
        unused::set_rule(self.0, rule)
    }
    fn restart_idle(&mut self, now: Timestamp, id: UserId) -> Result<()> {
        idle::restart(self.0, now, id)
    }
    fn note_usable_admin(&mut self) -> Result<()> {
        notes::note_usable_admin(self.0)
    }
    fn keep_failed_tries(&mut self, target: TryTarget, origin: &str, tries: &FailedTries) -> Result<()> {
        failed_log_ins::keep(self.0, target, origin, tries)
    }
    fn forget_failed_tries(&mut self, target: TryTarget, origin: Option<&str>) -> Result<()> {
        failed_log_ins::forget(self.0, target, origin)
    }
    fn set_name_key(&mut self, key: &[u8; NAME_KEY_BYTES]) -> Result<()> {
        failed_log_ins::set_name_key(self.0, key)
    }
    fn note_check_times(&mut self, times: CheckTimes) -> Result<()> {
        integrity::note_times(self.0, times)
    }
    fn insert_session(&mut self, session: &NewSession) -> Result<i64> {
        sessions::insert(self.0, session)
    }
    fn extend_session(
        &mut self,
        now: Timestamp,
        boot: Option<&BootTime>,
        id: i64,
        expiration: Timestamp,
    ) -> Result<()> {
        sessions::extend(self.0, now, boot, id, expiration)
    }
    fn end_session(&mut self, id: i64, end: &SessionEnd) -> Result<bool> {
        sessions::end(self.0, id, end)
    }
    fn end_sessions_of(&mut self, user: UserId, except: Option<i64>, end: &SessionEnd) -> Result<u64> {
        operations::end_sessions(self.0, self.2.as_ref(), user, except, end)
    }
    fn end_all_sessions(&mut self, end: &SessionEnd) -> Result<()> {
        sessions::end_all(self.0, end)
    }
    fn end_sessions_by_boot(&mut self, now: Timestamp, boot: &BootTime) -> Result<u64> {
        boot::end(self.0, now, boot)
    }
    fn saw_session(&mut self, now: Timestamp, id: i64) -> Result<()> {
        sessions::seen(self.0, now, id)
    }
    fn sweep(&mut self, now: Timestamp, most: u32) -> Result<Vec<i64>> {
        sessions::sweep(self.0, now, most)
    }
    fn load(&mut self) -> Result<Box<dyn Load + '_>> {
        Ok(Box::new(Loading::begin(self.0, FEW_ROWS)?))
    }
    fn insert_directory(&mut self, directory: &NewDirectory) -> Result<i64> {
        directories::insert(self.0, directory)
    }
    fn relocate(&mut self, now: Timestamp, id: i64, new_path: &str) -> Result<u64> {
        let rows = 1 + self.below(id)?;
        operations::relocate(self.0, self.2.as_ref(), now, id, new_path, rows)
    }
    fn opened_directory(&mut self, now: Timestamp, id: i64) -> Result<()> {
        directories::opened(self.0, now, id)
    }
    fn bin_user(&mut self, id: UserId, info: &DeletionInfo) -> Result<i64> {
        let counts = (self.session_count(id)?, self.directory_count(id)?);
        bin::put_account(self.0, self.2.as_ref(), id, counts, info)
    }
    fn bin_directory(&mut self, id: i64, to: Option<&str>, info: &DeletionInfo) -> Result<i64> {
        let rows = 1 + self.below(id)?;
        bin::put_directory(self.0, self.2.as_ref(), id, to, rows, info)
    }
    fn restore(&mut self, number: i64, to: Option<&str>, sessions_end: Option<&SessionEnd>) -> Result<u64> {
        let carried = self.rows_carried(number)?;
        bin::restore(self.0, self.2.as_ref(), (number, carried), to, sessions_end)
    }
    fn erase(&mut self, account: UserId, found: &Erasable) -> Result<()> {
        erasure::erase(self.0, self.2.as_ref(), account, found)
    }
    fn purge(&mut self, number: i64) -> Result<()> {
        bin::purge(self.0, self.2.as_ref(), number)
    }
    fn divide(&mut self, division: Division) {
        self.2 = Some(division);
    }
    fn adopt_operation(&mut self, id: i64, from: &str, to: &str) -> Result<bool> {
        operations::adopt(self.0, id, from, to)
    }
    fn continue_operation(&mut self, id: i64, process: &str, most: u64) -> Result<Continued> {
        operations::go_on(self.0, id, process, most)
    }
}
