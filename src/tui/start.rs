//! What the console starts with.

use super::theme::Look;
use crate::domain::time::Timestamp;

/// What the console starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The time.
    pub now: Timestamp,
    /// What the terminal can show.
    pub look: Look,
    /// The machine's name.
    pub host: String,
    /// For the demo: the account to use, shown on the log-in screen.
    pub demo: Option<DemoAccount>,
}

/// The account of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// Username.
    pub username: String,
    /// Password: no secret, as the whole store is thrown away.
    pub password: String,
}
