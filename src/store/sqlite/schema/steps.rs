//! The schema, step by step. Steps are only ever added.

use rusqlite::Connection;

/// Marks a SQLite file as a NEXUS store: `NXUS` (see `PRAGMA application_id` in its documentation).
pub(crate) const APPLICATION_ID: i64 = 0x4e58_5553;

/// The steps. The n-th migrates a store to `user_version` n.
pub(crate) const STEPS: [&str; 18] = [
    include_str!("../../../../assets/schema/sqlite/0001_accounts.sql"),
    include_str!("../../../../assets/schema/sqlite/0002_nexus.sql"),
    include_str!("../../../../assets/schema/sqlite/0003_lists.sql"),
    include_str!("../../../../assets/schema/sqlite/0004_journal.sql"),
    include_str!("../../../../assets/schema/sqlite/0005_bin.sql"),
    include_str!("../../../../assets/schema/sqlite/0006_trust.sql"),
    include_str!("../../../../assets/schema/sqlite/0007_operations.sql"),
    include_str!("../../../../assets/schema/sqlite/0008_overview.sql"),
    include_str!("../../../../assets/schema/sqlite/0009_orders.sql"),
    include_str!("../../../../assets/schema/sqlite/0010_speed.sql"),
    include_str!("../../../../assets/schema/sqlite/0011_active_hours.sql"),
    include_str!("../../../../assets/schema/sqlite/0012_session_counts.sql"),
    include_str!("../../../../assets/schema/sqlite/0013_erasure.sql"),
    include_str!("../../../../assets/schema/sqlite/0014_access.sql"),
    include_str!("../../../../assets/schema/sqlite/0015_scale.sql"),
    include_str!("../../../../assets/schema/sqlite/0016_counts.sql"),
    include_str!("../../../../assets/schema/sqlite/0017_orders.sql"),
    include_str!("../../../../assets/schema/sqlite/0018_writes.sql"),
];

/// The schema that this program writes.
pub(crate) const LATEST: i64 = STEPS.len() as i64;

/// The marks in the header of a SQLite file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeaderMarks {
    /// The `application_id`.
    pub(crate) application: i64,
    /// The `user_version`: the number of steps that its schema has.
    pub(crate) version: i64,
}

impl HeaderMarks {
    /// Reads the marks of an open file.
    pub(crate) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let read = |name| connection.pragma_query_value(None, name, |row| row.get(0));
        Ok(Self { application: read("application_id")?, version: read("user_version")? })
    }

    /// The marks of a store that this program writes.
    pub(crate) const STORE: Self = Self { application: APPLICATION_ID, version: LATEST };
}
