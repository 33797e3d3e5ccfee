//! The reading half of a store.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::domain::bin::{BinColumn, BinItem, ReservedNames, Restorable};
use crate::domain::calendar::Calendar;
use crate::domain::clock::BootTime;
use crate::domain::dependents::{DeletionTarget, Dependents};
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
use crate::domain::time::Timestamp;
use crate::domain::user::{AccountNames, Field, Fields, User, UserColumn, UserId, Who};

use super::Result;
use super::rows::{
    AccessCode, ActorFilter, AdminTerm, ConsoleSession, Credentials, HashCosts, Invitation, JournalCheck,
    ListOf,
};
use super::second_factor::ReadSecondFactors;

/// Queries on one unchanging state of the rows.
///
/// - `now` decides which sessions are active, which reservations hold, and what filters on time mean.
/// - Names are compared by [`name::key`](crate::domain::name::key), so that every spelling of a name finds the account.
///   Where one account's username is another's email, the email wins.
/// - A row that does not exist is `None` or an empty list, not an error.
/// - Lists are in the order of their [`Sort`](crate::domain::page::Sort), and rows that are equal in it are in id order.
///   The positions of a [`Window`] are exact, except directly after a change to a very large list
///   ([`IdleWork::Refreshed`](super::IdleWork::Refreshed)). With the anchor
///   [`After`](crate::domain::page::Anchor::After) a window has rows only, no positions and counts.
/// - Sessions and directories in the bin are in no list, and neither are their accounts.
pub trait Read: ReadSecondFactors {
    /// Returns a range of the accounts list.
    fn users(&self, now: Timestamp, list: &ListOf<UserColumn>, range: RowRange) -> Result<Window<User>>;
    /// Returns the ids of all accounts that match a filter, in ascending order.
    fn user_ids(&self, now: Timestamp, filter: &Filter) -> Result<Vec<i64>>;
    /// Returns true if the account, session or bin item with this id matches the filter. The cost does not depend on the
    /// number of rows in the list, so bulk actions ask for each row.
    fn matches(&self, now: Timestamp, list: ListKind, filter: &Filter, id: i64) -> Result<bool>;
    /// Returns the account with this id, email or username.
    fn user(&self, now: Timestamp, who: &Who) -> Result<Option<User>>;
    /// Returns the names of an account.
    fn account_names(&self, id: UserId) -> Result<Option<AccountNames>>;
    /// Returns up to `most` accounts whose username begins with a text, in the order of their usernames, and behind them
    /// those whose email does; of one account or of all. If there are more, the window's total is larger. The cost does not
    /// depend on the number of accounts.
    fn users_begun(
        &self,
        now: Timestamp,
        typed: &str,
        of: Option<UserId>,
        most: usize,
    ) -> Result<Window<User>>;
    /// Returns an account with its password hash and access code, as a log-in needs them.
    fn credentials(&self, now: Timestamp, who: &Who) -> Result<Option<Credentials>>;
    /// Returns the first of these names that an account other than `own` has as its username or email, and that account.
    fn holder(&self, own: Option<UserId>, fields: &Fields) -> Result<Option<(Field, UserId)>>;
    /// Returns a finding for each pair of names that cannot be told apart.
    fn name_findings(&self) -> Result<Vec<Finding>>;
    /// Returns all access codes that can be used, with their accounts.
    fn access_codes(&self, now: Timestamp) -> Result<Vec<(User, AccessCode)>>;
    /// Returns all invitations that can be used, oldest first.
    fn invitations(&self, now: Timestamp) -> Result<Vec<Invitation>>;
    /// Returns the invitation with this number, if it can be used.
    fn invitation(&self, now: Timestamp, id: i64) -> Result<Option<Invitation>>;
    /// Returns true if a confirmed admin exists who is within its dates and whose id and password hash `usable` accepts.
    fn has_usable_admin(
        &self,
        now: Timestamp,
        term: AdminTerm,
        usable: &dyn Fn(UserId, &str) -> bool,
    ) -> Result<bool>;
    /// Returns true if [`Write::note_usable_admin`](super::Write::note_usable_admin) was ever called.
    fn had_usable_admin(&self) -> Result<bool>;
    /// Returns the failed tries at a target from one origin.
    fn failed_tries(&self, target: TryTarget, origin: &str) -> Result<Option<FailedTries>>;
    /// Returns the origins of failed tries at a target, with the tries; the last one to fail comes last.
    fn failed_tries_at(&self, target: TryTarget) -> Result<Vec<(String, FailedTries)>>;
    /// Returns the failed tries of which some have no entry in the journal and the last one was before this minute, counted from
    /// 1970.
    fn unwritten_failures(&self, before: i64) -> Result<Vec<(TryTarget, String, FailedTries)>>;
    /// Returns the key with which typed names are hashed.
    fn name_key(&self) -> Result<Option<[u8; NAME_KEY_BYTES]>>;
    /// Returns the costs of the accounts' password hashes, except NEXUS's usual one.
    fn hash_costs(&self) -> Result<HashCosts>;

    /// Returns a range of the sessions list.
    fn sessions(
        &self,
        now: Timestamp,
        list: &ListOf<SessionColumn>,
        range: RowRange,
    ) -> Result<Window<Session>>;
    /// Returns the ids of all sessions that match a filter, in ascending order.
    fn session_ids(&self, now: Timestamp, filter: &Filter) -> Result<Vec<i64>>;
    /// Returns the session with this id.
    fn session(&self, id: i64) -> Result<Option<Session>>;
    /// Returns the session with this token digest.
    fn session_by_digest(&self, digest: &str) -> Result<Option<Session>>;
    /// Returns the number of an account's active sessions.
    fn active_sessions(&self, now: Timestamp, user: UserId) -> Result<u64>;
    /// Returns the number of an account's sessions, active or not.
    fn session_count(&self, user: UserId) -> Result<u64>;
    /// Returns the ids of the sessions that [`Write::sweep`](super::Write::sweep) would mark: their rows say `active`, but
    /// they have expired.
    fn overdue(&self, now: Timestamp) -> Result<Vec<i64>>;
    /// Returns the rule for idle accounts, if one is on.
    fn idle_rule(&self) -> Result<Option<IdleRule>>;
    /// Returns the idle limit of tokens, if one is on.
    fn token_idle_rule(&self) -> Result<Option<TokenIdleRule>>;
    /// Returns up to `most` accounts that are idle for too long by the rule for idle accounts.
    fn idle_accounts(&self, now: Timestamp, most: u32) -> Result<Vec<UserId>>;
    /// Returns up to `most` changes that the coming days bring to one account, or to all.
    fn ahead(&self, now: Timestamp, of: Option<UserId>, most: usize) -> Result<Calendar>;
    /// Returns true if [`Write::end_sessions_by_boot`](super::Write::end_sessions_by_boot) would mark any session.
    fn any_over_by_boot(&self, now: Timestamp, boot: &BootTime) -> Result<bool>;
    /// Returns the bin item that contains the session with this token digest.
    fn binned_session(&self, digest: &str) -> Result<Option<BinItem>>;
    /// Returns the console sessions whose rows say `active`, of one account or of all, oldest first.
    fn console_sessions(&self, of: Option<UserId>) -> Result<Vec<ConsoleSession>>;

    /// Returns a range of the flat directories list.
    fn directories(
        &self,
        now: Timestamp,
        list: &ListOf<DirectoryColumn>,
        range: RowRange,
    ) -> Result<Window<Directory>>;
    /// Returns a range of the tree, in which the directories `open` are expanded. The list's filter is ignored, and the
    /// range must not have the anchor [`After`](crate::domain::page::Anchor::After).
    fn tree(
        &self,
        list: &ListOf<DirectoryColumn>,
        open: &BTreeSet<i64>,
        range: RowRange,
    ) -> Result<Window<TreeRow>>;
    /// Returns the directory with this id.
    fn directory(&self, id: i64) -> Result<Option<Directory>>;
    /// Returns the directories with this path. Several accounts may use the same path.
    fn directories_at(&self, path: &str) -> Result<Vec<Directory>>;
    /// Returns an account's home: its topmost directory named `NNNNN_…`.
    fn home(&self, user: UserId) -> Result<Option<Directory>>;
    /// Returns the number of an account's directories.
    fn directory_count(&self, user: UserId) -> Result<u64>;
    /// Returns the number of directories at any depth below this one. Of several directories with one path, the oldest has
    /// the directories below it.
    fn below(&self, id: i64) -> Result<u64>;

    /// Returns a range of the journal. The anchor [`After`](crate::domain::page::Anchor::After) continues with older
    /// entries.
    fn journal(&self, now: Timestamp, list: &ListOf<JournalColumn>, range: RowRange)
    -> Result<Window<Entry>>;
    /// Returns a range of the journal in lines: adjacent entries of one action are one line, but those of the actions in
    /// `unfolded` (by their first entries). Old entries of a long journal may not be folded before [idle
    /// work](super::Maintenance::run_idle_work) has looked through them.
    fn journal_lines(
        &self,
        now: Timestamp,
        list: &ListOf<JournalColumn>,
        unfolded: &[i64],
        range: RowRange,
    ) -> Result<Window<Line>>;
    /// Returns the newest entry's number and hash.
    fn journal_head(&self) -> Result<Head>;
    /// Returns the number and time of the entry with the latest time, from the newest clock entry on.
    fn latest_entry(&self) -> Result<Option<(i64, Timestamp)>>;
    /// Verifies the hashes of up to `most` entries after one that is known to be right, and stops at the first wrong one.
    fn verify_journal(&self, from: &Head, most: u32) -> Result<JournalCheck>;
    /// Returns the entries about an account itself for actions since a time, newest first.
    fn entries_about(&self, account: UserId, since: Timestamp) -> Result<Vec<Entry>>;
    /// Returns the latest time at which an action was done.
    fn last_done(&self, action: Action) -> Result<Option<Timestamp>>;
    /// Returns the number of entries about this action, done or denied, that this actor wrote from this place since a time.
    fn actions_from(&self, action: Action, actor: &str, place: &str, since: Timestamp) -> Result<u64>;
    /// Returns the account that most recently had this name, according to the journal.
    fn former_holder(&self, who: &Who) -> Result<Option<UserId>>;
    /// Returns the figures of an overview: of the whole service, or of one account. The cost does not grow with the rows
    /// that are older than the figures are about.
    fn figures(&self, now: Timestamp, of: Option<UserId>) -> Result<Figures>;
    /// Returns the numbers beside the tabs: of the whole service, or of one account.
    fn tab_counts(&self, now: Timestamp, of: Option<UserId>) -> Result<TabCounts>;
    /// Returns facts about the store itself.
    fn store_facts(&self) -> Result<StoreFacts>;
    /// Returns numbers of all rows. The cost does not depend on the number of rows.
    fn totals(&self, now: Timestamp) -> Result<Totals>;
    /// Returns a journal entry.
    fn entry(&self, seq: i64) -> Result<Option<Entry>>;
    /// Returns the entry that last gave the account a status. Another program may have given it one since.
    fn status_entry(&self, account: UserId) -> Result<Option<Entry>>;
    /// Returns the numbers of the entries of an action that can still be undone, in ascending order. `action` is the number
    /// of its first entry.
    fn entries_to_undo(&self, action: i64) -> Result<Vec<i64>>;
    /// Returns true if an entry of an action was undone. `action` is the number of its first entry.
    fn is_undone_in_part(&self, action: i64) -> Result<bool>;
    /// Returns the number of the entry that undid this one.
    fn undone_by(&self, seq: i64) -> Result<Option<i64>>;
    /// Returns the first entry of the newest action of this actor before another one. `action` is the number of that one's
    /// first entry.
    fn previous_action(&self, actor: &ActorFilter, action: i64) -> Result<Option<Entry>>;

    /// Returns the times of the integrity checks.
    fn check_times(&self) -> Result<CheckTimes>;

    /// Passes every row of a table to `take` in id order and as it is stored, until `take` breaks. Rows in the bin are not
    /// among them.
    fn each_stored(
        &self,
        table: StoredTable,
        take: &mut dyn FnMut(&StoredRow<'_>) -> ControlFlow<()>,
    ) -> Result<()>;
    /// Returns the number of rows of a table.
    fn stored_count(&self, table: StoredTable) -> Result<u64>;

    /// Returns a range of the bin.
    fn bin(&self, now: Timestamp, list: &ListOf<BinColumn>, range: RowRange) -> Result<Window<BinItem>>;
    /// Returns the numbers of all bin items that match a filter, in order of deletion.
    fn bin_item_ids(&self, now: Timestamp, filter: &Filter) -> Result<Vec<i64>>;
    /// Returns a bin item.
    fn item(&self, number: i64) -> Result<Option<BinItem>>;
    /// Returns the names and ids that are reserved for the accounts in the bin.
    fn reserved_names(&self, now: Timestamp) -> Result<ReservedNames>;
    /// Returns the rows of other programs that the deletion of this target would delete, change or be forbidden by.
    fn dependents(&self, target: DeletionTarget) -> Result<Dependents>;
    /// Returns the number of rows of a bin item that can be restored.
    fn restorable(&self, now: Timestamp, number: i64) -> Result<Restorable>;
    /// Returns the operations that have begun and not finished, oldest first.
    fn operations(&self) -> Result<Vec<Operation>>;
    /// Returns what [`Write::erase`](super::Write::erase) and the purge of its items would remove of an account. The cost grows
    /// with the journal: entries up to the newest at which `seen` has looked are not searched for mentions again.
    fn erasable(&self, account: UserId, seen: Option<&Erasable>) -> Result<Erasable>;
    /// Returns true if a text that somebody wrote mentions an account by a name that it has had and that nobody else has now.
    fn mentions(&self, account: UserId, text: &str) -> Result<bool>;
    /// Returns the accounts in the bin that have this name, newest first.
    fn binned_accounts(&self, who: &Who) -> Result<Vec<BinItem>>;
    /// Returns the directories in the bin that had this path, newest first.
    fn binned_directories(&self, path: &str) -> Result<Vec<BinItem>>;
    /// Returns the first of these names that is reserved for an account in the bin, and that account's bin item.
    fn reserved_by(&self, now: Timestamp, fields: &Fields) -> Result<Option<(Field, BinItem)>>;
}
