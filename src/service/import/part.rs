//! The parts of a source, and what the reading of each sort of source needs.

use std::cell::Cell;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::rc::Rc;

use crate::exchange::sql_dump::Findings;

use super::{DIRECTORIES, SESSIONS, USERS};

/// A part of a source, read in one pass.
#[derive(Debug, Clone, Copy)]
pub(super) enum SourcePart {
    Accounts,
    /// The rows that belong to the accounts: sessions and directories.
    Belongings,
}

impl SourcePart {
    pub(super) fn has(self, table: &str) -> bool {
        match self {
            Self::Accounts => table == USERS,
            Self::Belongings => table == SESSIONS || table == DIRECTORIES,
        }
    }

    pub(super) const fn wanted(self) -> fn(&str) -> bool {
        match self {
            Self::Accounts => |table| Self::Accounts.has(table),
            Self::Belongings => |table| Self::Belongings.has(table),
        }
    }
}

/// Returns true if a table is one of NEXUS's.
pub(super) fn is_known(table: &str) -> bool {
    SourcePart::Accounts.has(table) || SourcePart::Belongings.has(table)
}

/// The content of a source besides the rows of a part.
pub(super) struct OtherContent {
    /// The tables that do not belong to the part, each with the number of its rows.
    pub(super) others: Vec<(String, u64)>,
    pub(super) findings: Findings,
}

/// A file that counts the bytes read from it.
pub(super) struct Counted {
    file: File,
    taken: Rc<Cell<u64>>,
}

impl Counted {
    pub(super) fn open(path: &Path) -> std::io::Result<(Self, Rc<Cell<u64>>)> {
        let taken = Rc::new(Cell::new(0));
        Ok((Self { file: File::open(path)?, taken: taken.clone() }, taken))
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.taken.set(self.taken.get() + count as u64);
        Ok(count)
    }
}
