//! Requests about backups, and the replies to them.

use std::path::PathBuf;

use crate::domain::backup::{BackupCheck, BackupContent};
use crate::domain::finding::Finding;

/// Requests about backups → [`Reply::Backup`](super::Reply::Backup).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backup {
    /// Writes one state of the store into a file → [`BackupReply::Made`]; a dry run → [`BackupReply::Foreseen`].
    Make {
        /// The file, as the operator named it.
        file: PathBuf,
        /// The number of files to keep, this one included: `FILE`, `FILE.1`, …. Without it, an older file is overwritten.
        keep: Option<u32>,
        /// Packs it with zstd.
        compress: bool,
        /// True if an older file may be overwritten.
        overwrite: bool,
    },
    /// Verifies a backup → [`BackupReply::Verified`].
    Verify { file: PathBuf },
    /// Puts the rows of a backup in place of the store's → [`BackupReply::Restored`]; a dry run →
    /// [`BackupReply::RestoreForeseen`].
    Restore {
        file: PathBuf,
        /// Restores the backup even if its journal or its schema is not intact.
        despite_findings: bool,
    },
}

/// The replies to requests about backups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackupReply {
    /// The file that a backup would be written to.
    Foreseen {
        file: PathBuf,
        /// True if it would overwrite an older file.
        overwrites: bool,
    },
    Made(BackupReport),
    Verified(VerifiedBackup),
    RestoreForeseen {
        backup: VerifiedBackup,
        /// The store that would be replaced, if there is one.
        store: Option<String>,
        /// The number of active sessions that would end.
        sessions: u64,
        /// The key file that the backup's second factors need, if it has any.
        key: Option<NeededKey>,
    },
    Restored(RestoreReport),
}

/// The report of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// The file, with its folder.
    pub file: PathBuf,
    /// The size of the file.
    pub bytes: u64,
    /// The SHA-256 of the file, as `sha256sum` prints it.
    pub sha256: String,
    pub content: BackupContent,
    /// Faults that the rows have in the store as well. They do not make the backup worthless.
    pub findings: Vec<Finding>,
    /// The new names of older files that are damaged, so that they were renamed instead of kept as backups.
    pub set_aside: Vec<PathBuf>,
    /// The key file of the second factors, which is not in the backup; `None` if there is none.
    pub key_file: Option<PathBuf>,
    /// The journal entry. `None` if the store cannot be written.
    pub entry: Option<i64>,
}

/// The key file that the second factors of a backup need. No backup holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeededKey {
    pub path: PathBuf,
    /// True if there is one beside the store, whether or not it is the right one.
    pub is_there: bool,
}

/// A backup that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedBackup {
    pub file: PathBuf,
    pub check: BackupCheck,
}

/// The report of a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreReport {
    pub backup: VerifiedBackup,
    /// The path of the store.
    pub store: String,
    /// The file that keeps the replaced store. `None` if there was none.
    pub kept: Option<PathBuf>,
    /// The number of active sessions of the replaced store, which have ended.
    pub sessions_ended: u64,
    /// The key file that the restored second factors need, if there are any.
    pub key: Option<NeededKey>,
    /// The journal entry, in the restored store.
    pub entry: Option<i64>,
}
