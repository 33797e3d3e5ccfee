//! The version of a store's schema, as its header and its objects tell it.

use rusqlite::Connection;

use crate::domain::finding::{Finding, Severity};
use crate::store::Result;
use crate::store::sqlite::schema::{HeaderMarks, LATEST};
use crate::store::sqlite::{error, schema};

/// The version of a store's schema.
pub(super) struct SchemaVersion {
    /// The version in the file's header.
    pub(super) told: i64,
    /// The version that the objects have, even if the header says a lower one. One that only a newer program knows
    /// counts as the latest.
    pub(super) actual: i64,
}

impl SchemaVersion {
    pub(super) fn of(connection: &Connection) -> Result<Self> {
        let told = HeaderMarks::of(connection).map_err(error::of)?.version;
        Ok(Self { told, actual: schema::version_of_objects(connection, told.min(LATEST))? })
    }

    pub(super) fn finding(&self) -> Option<Finding> {
        let Self { told, actual } = self;
        if told < actual {
            return Some(Finding {
                check: schema::CHECK,
                severity: Severity::Error,
                object: "user_version".into(),
                message: format!(
                    "The file says that its schema has version {told}, but it has objects of version {actual}."
                ),
                fix: "nexus doctor --fix writes the version that it has.".into(),
                fixable: true,
            });
        }
        (*actual < LATEST).then(|| Finding {
            check: schema::CHECK,
            severity: Severity::Warning,
            object: "user_version".into(),
            message: format!("The schema has version {actual}; this program writes version {LATEST}."),
            fix: "The next other command without --readonly brings it up to date, and keeps a copy.".into(),
            fixable: false,
        })
    }
}
