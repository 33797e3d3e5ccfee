//! The methods that read.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::domain::bin::{BinColumn, BinItem, ReservedNames, Restorable};
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
use crate::domain::journal::{Action, Entry, Head, JournalColumn, Line};
use crate::domain::operation::Operation;
use crate::domain::overview::{Figures, StoreFacts, TabCounts, Totals};
use crate::domain::page::{RowRange, Window};
use crate::domain::session::{Session, SessionColumn};
use crate::domain::session_settings::TokenIdleRule;
use crate::domain::stored_table::{StoredRow, StoredTable};
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{AccountNames, Field, Fields, User, UserColumn, UserId, Who};
use crate::store::{
    AccessCode, ActorFilter, AdminTerm, ConsoleSession, Credentials, HashCosts, Invitation, JournalCheck,
    ListOf, Read, Result,
};

use super::super::dependents::DeletedRows;
use super::super::{
    account_search, bin, boot, calendar, carried, completion, credentials, directories, entries, erasure,
    error, failed_log_ins, hashes, idle, integrity, invitations, journal, journal_head, journal_lines,
    journal_verify, matching, names, notes, operations, overview, sessions, stored, tree, unused, users,
};
use super::Rows;

impl Read for Rows<'_> {
    fn users(&self, now: Timestamp, list: &ListOf<UserColumn>, span: RowRange) -> Result<Window<User>> {
        account_search::window(self.1, now, list, span)
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
    fn account_names(&self, id: UserId) -> Result<Option<AccountNames>> {
        users::names_of(self.0, id)
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
        self.finish()?;
        overview::figures(self.0, now, of)
    }
    fn tab_counts(&self, now: Timestamp, of: Option<UserId>) -> Result<TabCounts> {
        overview::tab_counts(self.0, now, of)
    }
    fn store_facts(&self) -> Result<StoreFacts> {
        overview::store_facts(self.0)
    }
    fn totals(&self, now: Timestamp) -> Result<Totals> {
        self.finish()?;
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
