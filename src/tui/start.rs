//! What the console starts with.

use std::path::{Path, PathBuf};

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
    /// Where the store is.
    pub store: StorePath,
    /// For the demo: the account to use, shown on the log-in screen.
    pub demo: Option<DemoAccount>,
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
