//! The store examined and repaired: what is asked for, and what comes back.

use std::path::PathBuf;

use crate::domain::finding::Finding;

/// About the state of the store → [`Reply::Diagnosis`](super::Reply::Diagnosis).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doctor {
    /// Finds what is wrong.
    Examine,
    /// Mends what can be mended without losing anything.
    Repair {
        /// Also removes triggers and unique indexes of other programs on NEXUS's tables.
        drop_foreign: bool,
    },
}

/// The state of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// What is wrong; after a repair, what is left.
    pub findings: Vec<Finding>,
    /// What a repair mended, or in a rehearsal would mend.
    pub mended: Vec<Finding>,
    /// The file that keeps the definitions of what was removed or replaced.
    pub saved: Option<PathBuf>,
}
