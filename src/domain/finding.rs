//! Findings of a check: the faults of a store and their fixes.

/// The fix for another program's object on one of NEXUS's tables.
pub const DROP_FOREIGN: &str = "nexus doctor --fix --drop-foreign";

/// The check of modes and owners: a repair sets modes even if the store cannot be opened.
pub const MODE: &str = "mode";

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
    /// The short name of the check that found it: `schema`, `mode`, `owner`, `links`, `leftover`.
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
