//! The end of the journal, to which a transaction adds entries one after the other.

use rusqlite::Connection;

use crate::domain::journal::{Head, NewEntry};
use crate::store::Result;
use crate::store::journal_chain::SALT;

use super::{journal, journal_head};

/// The random bytes of one entry: the salts of its two parts.
const SALTS: usize = 2 * SALT;
/// The number of entries whose salts are made at once, once there are several.
const AT_ONCE: usize = 32;

/// The end of the journal as one transaction knows it. All its entries are written through this.
#[derive(Debug, Default)]
pub(super) struct JournalTail {
    /// The newest entry, once one was written.
    head: Option<Head>,
    /// Salts of entries to come.
    salts: Vec<u8>,
}

impl JournalTail {
    /// Writes an entry after all others and returns its number.
    pub(super) fn record(&mut self, connection: &Connection, new: &NewEntry) -> Result<i64> {
        // If writing it fails, the head is read again.
        let (head, entries) = match self.head.take() {
            Some(head) => (head, AT_ONCE),
            None => (journal_head::read(connection)?, 1),
        };
        if self.salts.len() < SALTS {
            self.salts = journal::new_salts(connection, entries * SALTS)?;
        }
        let salts = self.salts.split_off(self.salts.len().saturating_sub(SALTS));
        let head = journal::insert(connection, &head, &salts, new)?;
        Ok(self.head.insert(head).seq)
    }
}
