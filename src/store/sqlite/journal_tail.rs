//! The end of the journal, to which a transaction adds entries one after the other.

use std::cell::RefCell;

use rusqlite::{Connection, params};

use crate::domain::journal::{Action, EntityKind, Head, NewEntry, Outcome};
use crate::domain::time::{Timestamp, to_stored};
use crate::store::Result;
use crate::store::journal_chain::SALT;

use super::statement::execute;
use super::{error, journal, journal_head};

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
    /// Entries that are not counted beside the journal yet. Those of a transaction are mostly alike: they are counted at once.
    uncounted: RefCell<Vec<Uncounted>>,
}

/// Entries of one day about one action with one outcome.
#[derive(Debug)]
struct Uncounted {
    /// The time of the first of them.
    at: Timestamp,
    action: Action,
    outcome: Outcome,
    entries: i64,
}

impl Uncounted {
    fn is_of(&self, new: &NewEntry) -> bool {
        (self.action, self.outcome) == (new.action, new.outcome)
            && (self.at == new.at || self.at.date_naive() == new.at.date_naive())
    }
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
        note_label(connection, new)?;
        let uncounted = self.uncounted.get_mut();
        if let Some(alike) = uncounted.iter_mut().find(|alike| alike.is_of(new)) {
            alike.entries += 1;
        } else {
            let NewEntry { at, action, outcome, .. } = *new;
            uncounted.push(Uncounted { at, action, outcome, entries: 1 });
        }
        Ok(self.head.insert(head).seq)
    }

    /// Counts the entries of the transaction so far by day, action and outcome.
    pub(super) fn count(&self, connection: &Connection) -> Result<()> {
        let sql =
            "INSERT INTO nexus_journal_days (day, verb, outcome, entries) VALUES (substr(?, 1, 10), ?, ?, ?)
                   ON CONFLICT DO UPDATE SET entries = entries + excluded.entries";
        let mut uncounted = self.uncounted.borrow_mut();
        // What fails stays to be counted.
        while let Some(Uncounted { at, action, outcome, entries }) = uncounted.last() {
            execute(connection, sql, params![to_stored(*at), action.word(), outcome.word(), entries])?;
            uncounted.pop();
        }
        Ok(())
    }
}

/// Notes what an account is called, so that it is found by that name when it has another one or is gone.
fn note_label(connection: &Connection, new: &NewEntry) -> Result<()> {
    let object = &new.object;
    // An erased account has no name, and neither has the entry that says so.
    if object.kind != EntityKind::Account || object.account.is_none() || object.label.is_empty() {
        return Ok(());
    }
    let sql = "INSERT OR IGNORE INTO nexus_journal_labels (label, account_id) VALUES (?, ?)";
    let noted = execute(connection, sql, params![object.label, object.account.map(|id| id.0)]);
    // Stores of early schemas have no such table.
    error::unless_missing(noted).map(drop)
}
