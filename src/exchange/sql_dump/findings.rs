//! Facts about a dump besides its rows: databases, later changes to tables, time zones.

use std::collections::BTreeSet;

/// Maximum number of statements that are listed; the others are counted.
const MAX_NAMED: usize = 100;
/// Maximum number of databases and time zones that are listed.
const MAX_NAMES: usize = 1_000;

/// A statement that changes a table after rows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterStatement {
    /// The line, counted from 1.
    pub line: u64,
    /// The statement's first words, in capitals.
    pub action: String,
    /// The table; `None` if the statement may change any.
    pub table: Option<String>,
}

/// Facts about a dump besides its rows, as far as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The databases that hold the watched tables; an empty name stands for the unnamed one.
    pub databases: BTreeSet<String>,
    /// Statements that change watched tables after their rows.
    pub later: Vec<LaterStatement>,
    /// Number of such statements, including those that are not listed.
    pub later_count: u64,
    /// The time zones, other than UTC, in which times are written.
    pub zones: BTreeSet<String>,
    /// True if times are in a time zone that the file does not name.
    pub zone_unknown: bool,
    /// True if the file has an end mark.
    pub end_marked: bool,
}

impl Findings {
    pub(super) fn add_database(&mut self, database: &str) {
        if !self.databases.contains(database) && self.databases.len() < MAX_NAMES {
            self.databases.insert(database.to_owned());
        }
    }

    pub(super) fn add_zone(&mut self, zone: &impl ToString) {
        if self.zones.len() < MAX_NAMES {
            self.zones.insert(zone.to_string());
        }
    }

    pub(super) fn add_later(&mut self, statement: LaterStatement) {
        self.later_count += 1;
        if self.later.len() < MAX_NAMED {
            self.later.push(statement);
        }
    }
}
