//! The store that is examined.

use std::path::Path;

use rusqlite::Connection;

use crate::domain::time::Timestamp;
use crate::store::sqlite::watch::Watch;

/// The store that checks examine: its path and, if it could be opened, a connection to it.
pub(crate) struct CheckContext<'a> {
    pub(crate) path: &'a Path,
    /// The group that may write the store, besides its owner.
    pub(crate) group: Option<u32>,
    /// `None` for a file that must not be opened.
    pub(crate) connection: Option<&'a Connection>,
    /// The version number of the SQLite that wrote the file last, if it is known.
    pub(crate) written_by: Option<u32>,
    pub(crate) now: Timestamp,
    pub(crate) watch: &'a Watch,
}
