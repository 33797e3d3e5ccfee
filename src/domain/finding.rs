//! Findings of a check: what is wrong with a store, and what mends it.

/// The fix of a finding that is another program's object on one of NEXUS's tables.
pub const DROP_FOREIGN: &str = "nexus doctor --fix --drop-foreign";

/// The check of permissions: a repair sets modes even where the store cannot be opened.
pub const MODE: &str = "mode";

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The store works, but something should be put right.
    Warning,
    /// The store is refused, or cannot be trusted, until this is mended.
    Error,
}

impl Severity {
    /// Returns the word that reports print.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that a check of the store found wrong. Texts may hold names from the store: make them visible before
/// printing them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The short name of the check that found it: `schema`, `mode`, `owner`, `links`, `leftover`.
    pub check: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The file, table, index, trigger or row that it is about.
    pub object: String,
    /// One sentence that says what is wrong.
    pub message: String,
    /// One sentence or command that mends it.
    pub fix: String,
    /// Whether `doctor --fix` can mend it without losing anything.
    pub fixable: bool,
}

impl Finding {
    /// Returns `true` for a finding that a repair mends, one with `--drop-foreign` or without.
    pub fn is_mended(&self, drop_foreign: bool) -> bool {
        self.fixable || drop_foreign && self.fix == DROP_FOREIGN
    }
}
