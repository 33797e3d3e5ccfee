//! The caller of a request.

use crate::domain::time::Timestamp;
use crate::domain::user::UserId;

/// The one who makes a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Somebody who is not logged in: may only make the requests of [`SignIn`](super::SignIn).
    Nobody,
    /// The operator of the console session with this row id.
    Operator(i64),
    /// An operator who logged in while the store could not be written, and so has no session row.
    Reader {
        /// The operator's account.
        account: UserId,
        /// The latest time at which the operator is logged out.
        until: Timestamp,
        /// The time of the store's last restore as they logged in: a later one signs them out.
        restored_at: Option<Timestamp>,
    },
    /// An admin who sees the console as an account gets it. Nothing can be changed then, and nothing is noted.
    Viewer {
        /// The admin's console session.
        session: i64,
        account: UserId,
    },
    /// A command: whoever may write the store's file is its owner.
    Owner,
}
