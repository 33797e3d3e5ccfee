//! What a dump says beside its rows: in which databases the tables stand, what is done to them later, by which clock.

use std::collections::BTreeSet;

/// The most statements that are named; the others are counted.
const MAX_NAMED: usize = 100;
/// The most databases and zones that are named.
const MAX_NAMES: usize = 1_000;

/// A statement that changes a table of which rows stand before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterStatement {
    /// Where it stands, counted from 1.
    pub line: u64,
    /// Its first words, in capitals.
    pub action: String,
    /// The table.
    pub table: String,
}

/// What a dump says beside its rows, as far as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The databases in which the watched tables stand; empty for the one that has no name.
    pub databases: BTreeSet<String>,
    /// Statements that change watched tables after their rows.
    pub later: Vec<LaterStatement>,
    /// The number of them, also of those that are not named.
    pub later_count: u64,
    /// The zones, other than UTC, in which times are written.
    pub zones: BTreeSet<String>,
    /// Times are written in a zone that the file does not name.
    pub zone_unknown: bool,
    /// The file bears a mark of its end.
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
