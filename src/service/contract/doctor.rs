//! The requests and replies of examining and repairing the store.

use std::path::PathBuf;

use crate::domain::finding::Finding;

/// Requests about the state of the store → [`Reply::Diagnosis`](super::Reply::Diagnosis).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doctor {
    /// Looks for faults.
    Examine,
    /// Repairs what can be repaired without loss.
    Repair {
        /// True to remove also triggers and unique indexes of other programs on NEXUS's tables.
        drop_foreign: bool,
    },
}

/// The state of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The findings; after a repair, those that are left.
    pub findings: Vec<Finding>,
    /// The findings that a repair fixed, or would fix in a dry run.
    pub mended: Vec<Finding>,
    /// The file with the definitions of removed or replaced objects.
    pub saved: Option<PathBuf>,
}
