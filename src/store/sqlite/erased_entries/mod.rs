//! The entries of the journal that tell of an account, and the erasure of their parts.
//!
//! Entries are erased from the newest to the oldest, each together with the rows beside the journal that it tells of. So an
//! erasure of very many entries is divided into steps, and after each of them the chain holds.

use std::collections::BTreeSet;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};

use crate::domain::journal::{Action, EntityKind, FieldValues, Head, MENTIONS};
use crate::domain::user::UserId;
use crate::store::journal_chain::{Digest, ErasablePart};
use crate::store::{Result, StoreError};

use super::journal_parts::parts_between;
use super::journal_verify::{COLUMNS, Chained, FROM};
use super::statement::{all, execute, first};
use super::values::text;

mod beside;

/// The result of a step of an erasure.
pub(super) struct ErasureStep {
    pub(super) rows: u64,
    /// The entry at which the next step goes on; `None` if this was the last.
    pub(super) next: Option<i64>,
}

/// Erases up to about `most` of the entries that tell of an account, from the one at `up_to` to older ones. `entry` is the one
/// about the erasure, which lists those about others.
pub(super) fn step(
    connection: &Connection,
    account: UserId,
    (entry, up_to): (Option<i64>, i64),
    most: Option<u64>,
) -> Result<ErasureStep> {
    let sql = "SELECT before FROM nexus_journal WHERE seq = ?";
    let before = first(connection, sql, [entry], |row| text(row, 0))?;
    let mentions = before.map(|before| FieldValues::parse(&before).numbers(MENTIONS)).unwrap_or_default();
    Entries { connection, account, mentions: &mentions }.erase(up_to, most)
}

/// The parts of an entry that an erasure removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Parts {
    actor: bool,
    object: bool,
}

/// The entries that tell of an account.
pub(super) struct Entries<'a> {
    pub(super) connection: &'a Connection,
    pub(super) account: UserId,
    /// Those about others that mention it.
    pub(super) mentions: &'a [i64],
}

impl Entries<'_> {
    /// Returns those after `after`, up to `up_to`, that tell of the account still, without the mentions.
    pub(super) fn telling(&self, (after, up_to): (i64, i64)) -> Result<Vec<i64>> {
        let mut telling = Vec::new();
        for seq in self.candidates((after, up_to), None)? {
            if self.parts(seq)? != Parts::default() {
                telling.push(seq);
            }
        }
        Ok(telling)
    }

    /// Erases the parts of up to about `most` entries, from the one at `up_to` to older ones, and after the last of them the
    /// names by which the journal finds the account.
    pub(super) fn erase(&self, up_to: i64, most: Option<u64>) -> Result<ErasureStep> {
        let mut candidates = self.candidates((0, up_to), most)?;
        let mentions: BTreeSet<i64> = self.mentions.iter().copied().filter(|seq| *seq <= up_to).collect();
        candidates.extend(&mentions);
        let most = most.map_or(usize::MAX, |most| usize::try_from(most.max(1)).unwrap_or(usize::MAX));
        let next = candidates.iter().rev().nth(most).copied();
        let mut rows = 0;
        for seq in candidates.into_iter().rev().take(most) {
            let mut parts = self.parts(seq)?;
            parts.object |= mentions.contains(&seq) && self.has_object(seq)?;
            if parts != Parts::default() {
                // They are found by what the entry says.
                beside::erase(self.connection, self.account, seq, parts)?;
                erase_entry(self.connection, seq, parts)?;
                rows += 1;
            }
        }
        if next.is_none() {
            let sql = "DELETE FROM nexus_journal_labels WHERE account_id = ?";
            execute(self.connection, sql, [self.account.0])?;
        }
        Ok(ErasureStep { rows, next })
    }

    /// Returns the entries after `after`, up to `up_to`, that are about the account or written by it, also those that were
    /// erased before. If there are more than `most`, the newest `most` are among them, and one more.
    fn candidates(&self, (after, up_to): (i64, i64), most: Option<u64>) -> Result<BTreeSet<i64>> {
        let limit = most.map_or(i64::MAX, |most| i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1));
        let sql = "SELECT seq FROM nexus_journal INDEXED BY nexus_journal_actor_id
                   WHERE actor_id = ? AND seq > ? AND seq <= ? ORDER BY seq DESC LIMIT ?";
        let values = [self.account.0, after, up_to, limit].map(Value::Integer);
        let read = |row: &Row<'_>| row.get(0);
        let mut found: BTreeSet<i64> = all(self.connection, sql, &values, read)?.into_iter().collect();
        let sql = "SELECT seq FROM nexus_journal INDEXED BY nexus_journal_account
                   WHERE (seq >> 16) = ? AND account_id = ? AND kind = ? AND seq > ? AND seq <= ?
                   ORDER BY seq DESC LIMIT ?";
        let mut about: u64 = 0;
        for part in parts_between(after, up_to).rev() {
            for kind in EntityKind::ALL {
                let [account, after, up_to, limit] = values.clone();
                let values = [part.into(), account, Value::Text(kind.word().into()), after, up_to, limit];
                let seqs = all(self.connection, sql, &values, read)?;
                about = about.saturating_add(seqs.len() as u64);
                found.extend(seqs);
            }
            if most.is_some_and(|most| about > most) {
                break;
            }
        }
        Ok(found)
    }

    /// Returns the parts of an entry that tell of the account.
    fn parts(&self, seq: i64) -> Result<Parts> {
        // Nobody is known to have failed to log in but whoever has the account, who may have registered it.
        let sql = "SELECT (actor_id IS ?2 OR account_id IS ?2 AND actor_id IS NULL
                       AND (verb = ?4 OR verb = ?5 AND outcome = 'done'))
                     AND length(actor_seal) IS NOT 32,
                   account_id IS ?2 AND NOT (verb = ?3 AND outcome = 'done') AND length(object_seal) IS NOT 32
                   FROM nexus_journal WHERE seq = ?1";
        let values = params![
            seq,
            self.account.0,
            Action::Erased.word(),
            Action::LoggedIn.word(),
            Action::Registered.word()
        ];
        let read = |row: &Row<'_>| Ok(Parts { actor: row.get(0)?, object: row.get(1)? });
        Ok(first(self.connection, sql, values, read)?.unwrap_or_default())
    }

    /// Returns true if the entry says what it is about.
    fn has_object(&self, seq: i64) -> Result<bool> {
        let sql = "SELECT length(object_seal) IS NOT 32 FROM nexus_journal WHERE seq = ?";
        Ok(first(self.connection, sql, [seq], |row| row.get(0))?.unwrap_or(false))
    }
}

fn erase_entry(connection: &Connection, seq: i64, parts: Parts) -> Result<()> {
    let Some([actor_digest, object_digest]) = digests(connection, seq)? else {
        return Err(StoreError::Damaged);
    };
    if parts.actor {
        let sql =
            "UPDATE nexus_journal SET actor = '', sudo_user = NULL, place = '', actor_seal = ? WHERE seq = ?";
        execute(connection, sql, params![actor_digest, seq])?;
        execute(connection, "UPDATE nexus_journal_rechained SET actor_salt = NULL WHERE seq = ?", [seq])?;
    }
    if parts.object {
        let sql =
            "UPDATE nexus_journal SET label = '', before = '{}', after = '{}', object_seal = ? WHERE seq = ?";
        execute(connection, sql, params![object_digest, seq])?;
        execute(connection, "UPDATE nexus_journal_rechained SET object_salt = NULL WHERE seq = ?", [seq])?;
    }
    Ok(())
}

/// Returns the digests of the parts of an entry, or `None` if it is not as it was written.
fn digests(connection: &Connection, seq: i64) -> Result<Option<[Digest; 2]>> {
    let sql =
        "SELECT j.hash, r.hash FROM nexus_journal j LEFT JOIN nexus_journal_rechained r ON r.seq = j.seq
               WHERE j.seq = ?";
    let hashes = |row: &Row<'_>| {
        let earlier = text(row, 0)?;
        let hash = row.get_ref(1)?.as_blob().map_or_else(|_| earlier.clone(), crate::domain::text::hex);
        Ok((hash, earlier))
    };
    let before = first(connection, sql, [seq - 1], hashes)?;
    let (before, earlier) = before.unwrap_or_else(|| (Head::empty().hash, Head::empty().hash));
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE j.seq = ?");
    let found = first(connection, &sql, [seq], |row| {
        let entry = Chained::of(row)?;
        let is_sound = entry.verified(&before, &earlier).is_some();
        let seals = entry.seals.filter(|_| is_sound);
        Ok(seals.map(|[actor, object]| {
            [
                actor.digest(ErasablePart::Actor, &entry.fields),
                object.digest(ErasablePart::Object, &entry.fields),
            ]
        }))
    })?;
    Ok(found.flatten())
}
