//! The methods that write.

use crate::domain::bin::DeletionInfo;
use crate::domain::clock::BootTime;
use crate::domain::erasure::Erasable;
use crate::domain::failed_tries::{FailedTries, NAME_KEY_BYTES, TryTarget};
use crate::domain::idle_settings::IdleRule;
use crate::domain::integrity::CheckTimes;
use crate::domain::journal::NewEntry;
use crate::domain::session::SessionEnd;
use crate::domain::session_settings::TokenIdleRule;
use crate::domain::time::Timestamp;
use crate::domain::user::{Fields, UserId};
use crate::store::{
    AccessCode, Continued, Division, Invitation, Load, NewDirectory, NewSession, NewUser, Read, Result, Write,
};

use super::super::load::{FEW_ROWS, Loading};
use super::super::{
    bin, boot, credentials, directories, entries, erasure, error, failed_log_ins, idle, integrity,
    invitations, new_trees, notes, operations, sessions, unused, users,
};
use super::Rows;

impl Write for Rows<'_> {
    fn record(&mut self, entry: &NewEntry) -> Result<i64> {
        let seq = self.3.record(self.0, entry)?;
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
    fn insert_directories(&mut self, directories: &[NewDirectory]) -> Result<()> {
        new_trees::insert(self.0, directories)
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
