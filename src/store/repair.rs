//! A repair of a store: what it tells, and what it did.

use std::path::{Path, PathBuf};

use super::{Result, Write};
use crate::domain::finding::Finding;

/// Told of each finding that is mended, and of the file that keeps the definitions of what was removed or replaced.
pub type NoteRepair<'n> = dyn FnMut(&mut dyn Write, &Finding, Option<&Path>) -> Result<()> + 'n;

/// What a repair of a store did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The findings that are mended.
    pub mended: Vec<Finding>,
    /// The file that keeps the definitions of what was removed or replaced.
    pub saved: Option<PathBuf>,
}
