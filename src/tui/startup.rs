//! What the console starts with.

use std::path::{Path, PathBuf};

use super::theme::Look;
use crate::domain::time::Timestamp;
use crate::service::contract::{Failure, FailureKind};

/// What the console starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartupOptions {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The time.
    pub now: Timestamp,
    /// What the terminal can show.
    pub look: Look,
    /// The machine's name.
    pub host: String,
    /// Where the store is.
    pub store: StorePath,
    /// For the demo: the account to use, shown on the log-in screen.
    pub demo: Option<DemoAccount>,
    /// Why nothing can be changed, where that is so.
    pub read_only: Option<ReadOnly>,
}

/// Why nothing can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOnly {
    /// What is said to whoever tries.
    pub why: Failure,
    /// Whoever started the console wanted it so.
    pub wanted: bool,
}

impl ReadOnly {
    /// Returns the words for the title.
    pub fn mark(&self) -> &'static str {
        if self.why.kind == FailureKind::Damaged { "damaged read-only" } else { "read-only" }
    }
}

/// Where the store is: its absolute path, and whether commands find it by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorePath {
    /// A command that names no store opens this one.
    Usual(PathBuf),
    /// A command must name it.
    Named(PathBuf),
}

impl StorePath {
    /// The path.
    pub fn path(&self) -> &Path {
        let (Self::Usual(path) | Self::Named(path)) = self;
        path
    }
}

/// The account of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// Username.
    pub username: String,
    /// Password: no secret, as the whole store is thrown away.
    pub password: String,
}
