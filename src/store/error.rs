//! Errors of a store.

use std::path::PathBuf;

use crate::domain::finding::Finding;
use crate::domain::text::{excerpt_path, grouped};
use crate::domain::user::Field;

/// The reason why a store cannot do what was asked. Messages are for people and contain no secrets and no SQL.
///
/// The variants that mention a file are for backends that have one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another account has this username or email, in whatever spelling.
    #[error("this {} is taken", .0.label().to_lowercase())]
    Taken(Field),
    /// Another value that must be unique exists already: an id, a token digest, the id of a directory.
    #[error("{0} already exists")]
    Duplicate(&'static str),
    /// A foreign key of another program forbids the deletion.
    #[error("rows of another program refer to it")]
    Referenced,
    /// The row does not exist, or no longer.
    #[error("it no longer exists")]
    Gone,
    /// Others locked the store for longer than NEXUS waits (5 s).
    #[error("the store is busy")]
    Busy,
    /// The store was opened for reading only.
    #[error("the store was opened for reading only")]
    ReadOnly,
    /// The file, its folder or the mount cannot be written.
    #[error("the store cannot be written")]
    NotWritable,
    /// There is no store at this path.
    #[error("there is no store at {}", excerpt_path(.0))]
    Missing(PathBuf),
    /// A check of the file found a reason not to write it, or not to use it at all.
    #[error("{}", .0.message)]
    Finding(Box<Finding>),
    /// An action on very many of these rows has begun and has not finished.
    #[error("{0}")]
    UnderWay(String),
    /// No space is left.
    #[error("no space is left for the store")]
    Full,
    /// The file is damaged.
    #[error("the store is damaged")]
    Damaged,
    /// The schema is not the one that NEXUS created; the file was left unchanged. The text names the difference.
    #[error("the store's schema was altered: {0}")]
    Altered(String),
    /// Damage was found in the file earlier, so it is only read.
    #[error("{}", .0.message)]
    KnownDamage(Box<Finding>),
    /// A newer NEXUS created it.
    #[error("the store has schema {found}, this program knows up to {known}")]
    Newer {
        /// The number of the schema in the file.
        found: i64,
        /// The highest number that this program knows.
        known: i64,
    },
    /// The schema is an earlier one, and the store is too large to migrate a copy for reading only.
    #[error(
        "the store has schema {found}, and to read it without bringing it up to schema {latest} a copy is made of at \
         most {} MiB: it has {} MiB", grouped(.most >> 20), grouped(.bytes >> 20)
    )]
    Earlier {
        /// The number of the schema in the file.
        found: i64,
        /// The schema that this program writes.
        latest: i64,
        /// The size of the store.
        bytes: u64,
        /// The size of the largest store that is copied.
        most: u64,
    },
    /// The file is not a NEXUS store; it was left unchanged.
    #[error("{0}")]
    NotAStore(String),
    /// The file is not a NEXUS store but has its tables; it was left unchanged.
    #[error("the file {} holds NEXUS's tables but is not a NEXUS store", excerpt_path(.0))]
    Importable(PathBuf),
    /// The open file was deleted, or another file has taken its path.
    #[error("the store's file was deleted or replaced while it was open")]
    Replaced,
    /// A log or journal beside the file, left by a killed program, does not belong to it; both were left unchanged.
    #[error("{} cannot be used with the store {}: {why}", excerpt_path(.leftover), excerpt_path(.file))]
    Leftover {
        file: PathBuf,
        /// The log or the journal.
        leftover: PathBuf,
        /// The difference that shows it.
        why: &'static str,
    },
    /// A read was stopped with its [`Interrupter`](super::Interrupter).
    #[error("stopped; nothing has changed")]
    Stopped,
    /// The store cannot be opened or read.
    #[error("the store cannot be used: {0}")]
    Unreachable(String),
}
