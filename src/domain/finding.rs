//! Findings of a check: the faults of a store and their fixes.

use super::text::grouped;

/// The fix for another program's object on one of NEXUS's tables.
pub const DROP_FOREIGN: &str = "nexus doctor --fix --drop-foreign";

/// The check of modes: a repair sets modes even if the store cannot be opened.
pub const MODE: &str = "mode";

/// The checks of a file's owner, of its names, and of a file that is itself what is mounted.
pub const OWNER: &str = "owner";
pub const LINKS: &str = "links";
pub const MOUNT: &str = "mount";

/// The importance of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The store works, but something should be corrected.
    Warning,
    /// The store is refused or cannot be trusted until this is fixed.
    Error,
}

impl Severity {
    /// Returns the severity as reports print it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A fault that a check of the store found. Its texts may hold names from the store: make them visible before
/// printing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The short name of the check that found it, such as `schema`, `mode` or `journal`.
    pub check: &'static str,
    pub severity: Severity,
    /// The file, table, index, trigger or row with the fault.
    pub object: String,
    /// One sentence that describes the fault.
    pub message: String,
    /// One sentence or command that fixes it.
    pub fix: String,
    /// True if `doctor --fix` can fix it without losing anything.
    pub fixable: bool,
}

impl Finding {
    /// Returns true if a repair, with or without `--drop-foreign`, fixes this finding.
    pub fn is_mended(&self, drop_foreign: bool) -> bool {
        self.fixable || drop_foreign && self.fix == DROP_FOREIGN
    }
}

/// The rows that a check found: their number, and the names of the first ones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundRows {
    total: u64,
    first: Vec<String>,
}

impl FoundRows {
    /// The number of rows that a message names.
    const NAMED: usize = 5;

    /// Adds a row.
    pub fn add(&mut self, name: impl Into<String>) {
        self.total += 1;
        if self.first.len() < Self::NAMED {
            self.first.push(name.into());
        }
    }

    /// Returns the number of rows.
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Returns the rows as a list in words: `3, 7 and 12`, or `3, 7, 9, 12, 15 and 4,711 more`.
    pub fn names(&self) -> String {
        let more = self.total - self.first.len() as u64;
        match (self.first.as_slice(), more) {
            ([], _) => String::new(),
            ([only], 0) => only.clone(),
            ([first @ .., last], 0) => format!("{} and {last}", first.join(", ")),
            (first, more) => format!("{} and {} more", first.join(", "), grouped(more)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rows_are_named_and_the_others_counted() {
        let names = |rows: std::ops::Range<i64>| {
            let mut found = FoundRows::default();
            rows.for_each(|row| found.add(row.to_string()));
            found.names()
        };
        assert_eq!(names(0..0), "");
        assert_eq!(names(3..4), "3");
        assert_eq!(names(3..5), "3 and 4");
        assert_eq!(names(1..6), "1, 2, 3, 4 and 5");
        assert_eq!(names(1..1_008), "1, 2, 3, 4, 5 and 1,002 more");
    }
}
