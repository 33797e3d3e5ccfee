//! The content of a backup, and the result of its verification.

use super::finding::{Finding, Severity};
use super::integrity;
use super::journal::Head;
use super::time::Timestamp;

/// The check whose findings are about a backup as a file.
pub const CHECK: &str = "backup";

/// The facts about the rows in a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupContent {
    /// The number of its schema.
    pub schema: i64,
    /// The size of the rows, not compressed.
    pub bytes: u64,
    pub accounts: u64,
    pub sessions: u64,
    pub directories: u64,
    /// The number of accounts with a second factor. Their secrets are sealed with a key that is in no backup.
    pub factors: u64,
    /// The newest entry of its journal.
    pub head: Head,
    /// The time of the newest entry of its journal.
    pub changed_at: Option<Timestamp>,
}

/// The result of the verification of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupCheck {
    /// `None` if it is too damaged to be read.
    pub content: Option<BackupContent>,
    pub findings: Vec<Finding>,
}

impl BackupCheck {
    /// Returns true if pages are damaged or missing.
    pub fn is_damaged(&self) -> bool {
        self.content.is_none() || self.findings.iter().any(|finding| finding.check == integrity::CHECK)
    }

    /// Returns true if nothing that was found forbids to use the backup. Warnings do not.
    pub fn is_fit(&self) -> bool {
        self.content.is_some() && self.findings.iter().all(|finding| finding.severity != Severity::Error)
    }
}
