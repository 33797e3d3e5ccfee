//! The methods of the store over one connection: each is a line that calls the function with the SQL.
//!
//! `read` has those of the reading half of a store, `write` those of the writing half.

use rusqlite::Connection;

use crate::domain::dependents::DeletionTarget;
use crate::store::{Division, Read, Result};

use super::cache::CachedReader;
use super::carried;
use super::journal_tail::JournalTail;

mod read;
mod write;

/// The rows, inside a transaction.
pub(super) struct Rows<'c>(pub(super) &'c Connection, CachedReader<'c>, Option<Division>, JournalTail);

impl<'c> Rows<'c> {
    /// Creates the rows that the reader sees.
    pub(super) fn new(reader: CachedReader<'c>) -> Self {
        Self(reader.connection, reader, None, JournalTail::default())
    }

    /// Does what is left to the end of the transaction: counts its entries. In stores of schemas before 18 triggers have done so.
    pub(super) fn finish(&self) -> Result<()> {
        self.3.count(self.0)
    }

    /// Counts the rows of an action.
    fn counted(&self, what: &str, id: i64, count: impl FnOnce() -> Result<u64>) -> Result<u64> {
        let most = self.2.as_ref().map(|division| division.at_once);
        self.1.count_of_act(&format!("{what} {id}"), most, count)
    }

    /// Counts the rows of the three tables that a deletion begins with.
    fn rows_of(&self, target: DeletionTarget) -> Result<u64> {
        match target {
            DeletionTarget::Account(id) => Ok(self.session_count(id)? + self.directory_count(id)?),
            DeletionTarget::Directory(id) => self.below(id),
            DeletionTarget::BinItem(_) => Ok(0),
        }
    }

    /// Counts the rows of other programs in a bin item.
    fn rows_carried(&self, number: i64) -> Result<u64> {
        self.counted("rows carried in", number, || carried::count(self.0, number))
    }
}
