//! The writing half of a store.

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

use super::rows::{AccessCode, Invitation, NewDirectory, NewSession, NewUser};
use super::second_factor::WriteSecondFactors;
use super::{Continued, Division, Load, Read, Result};

/// Changes inside a transaction. Reads in the same transaction see them at once; others see them after the commit.
///
/// - A change to a row that does not exist, or that refers to an account that does not exist, fails with
///   [`StoreError::Gone`](super::StoreError::Gone).
/// - After an error the caller rolls the transaction back.
/// - An id is never used again, even after the row has been purged.
pub trait Write: Read + WriteSecondFactors {
    /// Appends an entry to the journal and returns its number. Numbers have no gaps, and each entry's hash covers the entry
    /// before it (`journal_chain::link`).
    fn record(&mut self, entry: &NewEntry) -> Result<i64>;

    /// Inserts an account and returns its id.
    ///
    /// # Errors
    /// [`StoreError::Taken`](super::StoreError::Taken) with the field that another account has,
    /// [`StoreError::Duplicate`](super::StoreError::Duplicate) if another account has the id.
    fn insert_user(&mut self, user: &NewUser) -> Result<UserId>;
    /// Sets the fields that are not `None`, and the time of the last change.
    ///
    /// # Errors
    /// [`StoreError::Taken`](super::StoreError::Taken) with the field that another account has.
    fn update_user(&mut self, now: Timestamp, id: UserId, fields: &Fields) -> Result<()>;
    /// Sets the password hash and the flag that the next log-in must choose a new password.
    fn set_password(&mut self, now: Timestamp, id: UserId, hash: &str, must_change: bool) -> Result<()>;
    /// Sets or removes the access code.
    fn set_access_code(&mut self, now: Timestamp, id: UserId, code: Option<&AccessCode>) -> Result<()>;
    /// Inserts an invitation and returns its number, which no other ever has.
    fn insert_invitation(&mut self, invitation: &Invitation) -> Result<i64>;
    /// Sets the number of wrong attempts that an invitation has left.
    fn set_invitation_tries(&mut self, id: i64, left: u32) -> Result<()>;
    /// Removes an invitation. Returns false if there is none with this number.
    fn remove_invitation(&mut self, id: i64) -> Result<bool>;
    /// Removes the invitations that cannot be used any more.
    fn remove_ended_invitations(&mut self, now: Timestamp) -> Result<()>;
    /// Records that the account was seen.
    fn saw_user(&mut self, now: Timestamp, id: UserId) -> Result<()>;
    /// Switches the rule for idle accounts on or off, or changes it.
    fn set_idle_rule(&mut self, rule: Option<IdleRule>) -> Result<()>;
    /// Switches the idle limit of tokens on or off, or changes it.
    fn set_token_idle_rule(&mut self, rule: Option<TokenIdleRule>) -> Result<()>;
    /// Begins to count anew for how long an account is idle.
    fn restart_idle(&mut self, now: Timestamp, id: UserId) -> Result<()>;
    /// Records, for good, that a usable admin exists.
    fn note_usable_admin(&mut self) -> Result<()>;
    /// Keeps the failed tries at a target from one origin, in place of those before. Of names, and of accounts, at most
    /// [`FailedTries::MOST_KEPT`] are kept: those whose last failure is oldest are dropped.
    fn keep_failed_tries(&mut self, target: TryTarget, origin: &str, tries: &FailedTries) -> Result<()>;
    /// Forgets the failed tries at a target from one origin, or from all.
    fn forget_failed_tries(&mut self, target: TryTarget, origin: Option<&str>) -> Result<()>;
    /// Sets the key with which typed names are hashed.
    fn set_name_key(&mut self, key: &[u8; NAME_KEY_BYTES]) -> Result<()>;
    /// Records the times of the integrity checks.
    fn note_check_times(&mut self, times: CheckTimes) -> Result<()>;

    /// Inserts a session and updates the account's newest-session column.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`](super::StoreError::Duplicate) if the digest exists already.
    fn insert_session(&mut self, session: &NewSession) -> Result<i64>;
    /// Sets the expiration of a session; `now` and `boot` were read together.
    fn extend_session(
        &mut self,
        now: Timestamp,
        boot: Option<&BootTime>,
        id: i64,
        expiration: Timestamp,
    ) -> Result<()>;
    /// Marks a session as over, and records who ended it, when and why; if it had already expired, records that instead.
    /// Returns true if it was marked active before.
    fn end_session(&mut self, id: i64, end: &SessionEnd) -> Result<bool>;
    /// Ends all sessions of an account as [`end_session`](Self::end_session) does, except the one given. Returns the number
    /// of sessions that had not expired.
    fn end_sessions_of(&mut self, user: UserId, except: Option<i64>, end: &SessionEnd) -> Result<u64>;
    /// Ends all sessions as [`end_session`](Self::end_session) does.
    fn end_all_sessions(&mut self, end: &SessionEnd) -> Result<()>;
    /// Marks the sessions that have expired by the time since boot, whatever the wall clock was set to. Returns their number.
    fn end_sessions_by_boot(&mut self, now: Timestamp, boot: &BootTime) -> Result<u64>;
    /// Records that a session, and with it its account, was used.
    fn saw_session(&mut self, now: Timestamp, id: i64) -> Result<()>;
    /// Marks up to `most` expired sessions as over. Returns their ids.
    fn sweep(&mut self, now: Timestamp, most: u32) -> Result<Vec<i64>>;
    /// Begins to load very many rows. Until the load [has finished](Load::finish_some), nothing else can be done in this
    /// transaction.
    fn load(&mut self) -> Result<Box<dyn Load + '_>>;

    /// Inserts a directory and returns its id.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`](super::StoreError::Duplicate) if the directory's unique id exists already.
    fn insert_directory(&mut self, directory: &NewDirectory) -> Result<i64>;
    /// Inserts directories, as [`insert_directory`](Self::insert_directory) does one after the other. It is quick for the
    /// first home of an account, with the directories directly in it.
    ///
    /// # Errors
    /// As [`insert_directory`](Self::insert_directory).
    fn insert_directories(&mut self, directories: &[NewDirectory]) -> Result<()>;
    /// Gives a directory and everything below it a new path. Returns the number of directories.
    fn relocate(&mut self, now: Timestamp, id: i64, new_path: &str) -> Result<u64>;
    /// Records that an operator opened a directory.
    fn opened_directory(&mut self, now: Timestamp, id: i64) -> Result<()>;

    /// Moves an account with its sessions and directories to the bin. Returns the number of the bin item.
    fn bin_user(&mut self, id: UserId, info: &DeletionInfo) -> Result<i64>;
    /// Moves a directory and everything below it to the bin, under another path if one is given. Returns the number of the
    /// bin item.
    fn bin_directory(&mut self, id: i64, to: Option<&str>, info: &DeletionInfo) -> Result<i64>;
    /// Restores a bin item as it was; a directory to another path if one is given. Returns the number of rows of other
    /// programs that cannot come back, because a rule of theirs now forbids it.
    ///
    /// # Errors
    /// [`StoreError::Taken`](super::StoreError::Taken) with the field that another account has,
    /// [`StoreError::Duplicate`](super::StoreError::Duplicate) if another account has the id, and
    /// [`StoreError::Gone`](super::StoreError::Gone) if the item, or the account of a directory, does not exist.
    fn restore(&mut self, number: i64, to: Option<&str>, sessions_end: Option<&SessionEnd>) -> Result<u64>;
    /// Removes a bin item for good.
    fn purge(&mut self, number: i64) -> Result<()>;

    /// Erases what the journal says of an account that is gone, and its name where others were changed by it. Its items in the
    /// bin are left to [`purge`](Self::purge).
    ///
    /// # Errors
    /// [`StoreError::Damaged`](super::StoreError::Damaged) if an entry is not as it was written.
    fn erase(&mut self, account: UserId, found: &Erasable) -> Result<()>;

    /// Divides the actions of this transaction that change too many rows: they only begin here, and the rest is an
    /// [`Operation`](crate::domain::operation::Operation) that other transactions continue.
    fn divide(&mut self, division: Division);
    /// Gives an operation of one process to another, which continues it. Returns true if it still belonged to the first.
    fn adopt_operation(&mut self, id: i64, from: &str, to: &str) -> Result<bool>;
    /// Continues an operation of this process with up to about `most` rows, unless it belongs to another process now.
    fn continue_operation(&mut self, id: i64, process: &str, most: u64) -> Result<Continued>;
}
