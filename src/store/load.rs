//! Taking in very many rows at once.

use super::{NewDirectory, NewSession, NewUser, Result};
use crate::domain::bin::DeletionInfo;
use crate::domain::user::UserId;

/// Very many rows on their way in: accounts first, then sessions, then directories; any other order is right, but slow.
/// What a store keeps beside the rows may lie waste meanwhile, so a load that is not settled must be rolled back.
pub trait Load {
    /// Whether about half of the work is put off until [`finish_some`](Self::finish_some).
    fn defers_indexes(&self) -> bool;
    /// Returns an account with this username, in whatever form.
    fn holder_of_username(&mut self, username: &str) -> Result<Option<UserId>>;
    /// Returns an account with this email, in whatever form.
    fn holder_of_email(&mut self, email: &str) -> Result<Option<UserId>>;
    /// Moves an account with its sessions and directories into the bin.
    fn bin_user(&mut self, id: UserId, slip: &DeletionInfo) -> Result<()>;
    /// As [`Write::insert_user`](super::Write::insert_user).
    ///
    /// # Errors
    /// As there; [`StoreError::Duplicate`](super::StoreError::Duplicate) when another account holds the id.
    fn insert_user(&mut self, user: &NewUser) -> Result<UserId>;
    /// As [`Write::insert_session`](super::Write::insert_session), but that the account's newest-session column is left to
    /// [`finish_some`](Self::finish_some), and that the account must be there; an id that another session has becomes the next free
    /// one.
    fn insert_session(&mut self, session: NewSession) -> Result<i64>;
    /// As [`Write::insert_directory`](super::Write::insert_directory), but that the account must be there; an id that another directory has becomes the
    /// next free one.
    fn insert_directory(&mut self, directory: NewDirectory) -> Result<i64>;
    /// Does the next step of the work that is left for the end, some seconds of it at most; `None` once there is none left.
    fn finish_some(&mut self) -> Result<Option<Finished>>;
}

/// How much of the work that a load put off is done, in a unit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// Done so far.
    pub done: u64,
    /// All of it.
    pub total: u64,
}
