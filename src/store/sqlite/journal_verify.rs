//! Verification of the journal: that its entries are as they were written, and that what was erased was to be.
//!
//! An entry stands in one of three forms. A *sealed* one has a seal for each of its parts. One that was *chained anew* has its
//! salts and its hash beside the journal, and its first hash in it. The entries of a store whose chain was broken when they
//! should have been chained anew are left in the *earlier* form, and have no seals.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::domain::journal::{Action, Break, FieldValues, Head, MENTIONS};
use crate::domain::text::hex;
use crate::store::journal_chain::{
    Digest, ErasablePart, FIELDS, HashedField, HashedFields, SALT, earlier_link, link,
};
use crate::store::{JournalCheck, Result};

use super::error;
use super::statement::{all, first};
use super::values::text;

/// Expands to the columns of [`CHAINED`].
macro_rules! chained {
    () => {
        "j.seq, j.at, j.actor_id, j.actor, j.sudo_user, j.session_id, j.place, j.verb, j.outcome, j.kind, j.object_id,
  j.label, j.account_id, j.before, j.after, j.act, j.undoes"
    };
}

/// The columns that the chain covers, in their order.
pub(super) const CHAINED: &str = chained!();

/// The columns that the chain covers, the hash, the seals, and what stands beside the journal.
pub(super) const COLUMNS: &str =
    concat!(chained!(), ", j.hash, j.actor_seal, j.object_seal, r.hash, r.actor_salt, r.object_salt");

/// The columns of a store of an earlier schema.
const EARLIER_COLUMNS: &str = concat!(chained!(), ", j.hash, NULL, NULL, NULL, NULL, NULL");

pub(super) const FROM: &str = "nexus_journal j LEFT JOIN nexus_journal_rechained r ON r.seq = j.seq";

const ALTERED: &str = "it is not as it was written";
const NOT_ERASED: &str = "what it said was removed, and no entry says that it was erased";

/// Converts a value to a field of the hash chain.
pub(super) fn field(value: ValueRef<'_>) -> HashedField<'_> {
    match value {
        ValueRef::Null => HashedField::Nothing,
        ValueRef::Integer(number) => HashedField::Number(number),
        ValueRef::Text(bytes) => HashedField::Text(bytes),
        ValueRef::Real(number) => HashedField::Other(number.to_be_bytes().to_vec().into()),
        ValueRef::Blob(bytes) => HashedField::Other(bytes.into()),
    }
}

/// Returns the fields of a row that the chain covers.
pub(super) fn fields<'r>(row: &'r Row<'_>) -> rusqlite::Result<HashedFields<'r>> {
    let mut fields = [const { HashedField::Nothing }; FIELDS];
    for (at, stored) in fields.iter_mut().enumerate() {
        *stored = field(row.get_ref(at)?);
    }
    Ok(fields)
}

/// The seal of a part of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seal<'r> {
    Salt(&'r [u8]),
    /// The part was erased.
    Digest(Digest),
}

impl<'r> Seal<'r> {
    fn of(row: &'r Row<'_>, own: usize, beside: usize) -> rusqlite::Result<Option<Self>> {
        let ((ValueRef::Blob(bytes), _) | (ValueRef::Null, ValueRef::Blob(bytes))) =
            (row.get_ref(own)?, row.get_ref(beside)?)
        else {
            return Ok(None);
        };
        Ok(match bytes.len() {
            SALT => Some(Self::Salt(bytes)),
            _ => bytes.try_into().ok().map(Self::Digest),
        })
    }

    pub(super) fn digest(self, part: ErasablePart, fields: &HashedFields<'_>) -> Digest {
        match self {
            Self::Salt(salt) => part.digest(fields, salt),
            Self::Digest(digest) => digest,
        }
    }

    pub(super) const fn is_erased(self) -> bool {
        matches!(self, Self::Digest(_))
    }

    /// Returns true unless the part was erased and still says something, which the digest would not cover.
    fn fits(self, part: ErasablePart, fields: &HashedFields<'_>) -> bool {
        let blank: [HashedField<'_>; 3] = match part {
            ErasablePart::Actor => [HashedField::Text(b""), HashedField::Nothing, HashedField::Text(b"")],
            ErasablePart::Object => {
                [HashedField::Text(b""), HashedField::Text(b"{}"), HashedField::Text(b"{}")]
            }
        };
        !self.is_erased() || part.of(fields) == blank.each_ref()
    }
}

/// An entry with its place in the chain.
pub(super) struct Chained<'r> {
    pub(super) fields: HashedFields<'r>,
    /// The hash that stands in the journal.
    hash: &'r [u8],
    /// The seals of the actor's and of the object's part.
    pub(super) seals: Option<[Seal<'r>; 2]>,
    /// The hash that stands beside the journal, if the entry was chained anew.
    new_hash: Option<&'r [u8]>,
}

impl<'r> Chained<'r> {
    /// Reads an entry from a row with [`COLUMNS`].
    pub(super) fn of(row: &'r Row<'_>) -> rusqlite::Result<Self> {
        let seals = Seal::of(row, FIELDS + 1, FIELDS + 4)?.zip(Seal::of(row, FIELDS + 2, FIELDS + 5)?);
        Ok(Self {
            fields: fields(row)?,
            hash: row.get_ref(FIELDS)?.as_str().unwrap_or_default().as_bytes(),
            seals: seals.map(<[_; 2]>::from),
            new_hash: row.get_ref(FIELDS + 3)?.as_blob().ok(),
        })
    }

    /// Returns the hash by which the chain goes on if the entry is as it was written. `before` is that of the entry before
    /// it, `earlier` that one's hash in the earlier chain.
    pub(super) fn verified(&self, before: &str, earlier: &str) -> Option<String> {
        let Some(seals) = self.seals else {
            let hash = earlier_link(before, &self.fields);
            return (hash.as_bytes() == self.hash && self.new_hash.is_none()).then_some(hash);
        };
        let [actor, object] = seals;
        if !actor.fits(ErasablePart::Actor, &self.fields) || !object.fits(ErasablePart::Object, &self.fields)
        {
            return None;
        }
        let digests = [
            actor.digest(ErasablePart::Actor, &self.fields),
            object.digest(ErasablePart::Object, &self.fields),
        ];
        let [actor_digest, object_digest] = &digests;
        let first_hash = self.new_hash.map(|_| self.hash);
        let hash = link(before, &self.fields, [actor_digest, object_digest], first_hash);
        match self.new_hash {
            None => Some(hex(&hash)).filter(|hash| hash.as_bytes() == self.hash),
            // Whoever wrote it all anew cannot have kept the hash that it had first.
            Some(stored) => {
                let is_erased = actor.is_erased() || object.is_erased();
                let is_first = || is_erased || earlier_link(earlier, &self.fields).as_bytes() == self.hash;
                (hash == *stored && is_first()).then(|| hex(&hash))
            }
        }
    }

    /// Returns the erased parts: the actor's and the object's.
    fn erased(&self) -> [bool; 2] {
        self.seals.map_or([false; 2], |seals| seals.map(Seal::is_erased))
    }

    fn number(&self, at: usize) -> Option<i64> {
        match self.fields.get(at) {
            Some(HashedField::Number(number)) => Some(*number),
            _ => None,
        }
    }

    fn is_log_in(&self) -> bool {
        self.fields.get(7) == Some(&HashedField::Text(Action::LoggedIn.word().as_bytes()))
    }
}

/// The parts of entries that the entries about erasures name as erased.
struct Erasures {
    /// The accounts, each with the newest entry that says so.
    accounts: BTreeMap<i64, i64>,
    /// Entries about others that mentioned an account.
    mentions: BTreeSet<i64>,
}

impl Erasures {
    fn read(connection: &Connection) -> Result<Self> {
        let sql = "SELECT seq, account_id, before FROM nexus_journal INDEXED BY nexus_journal_verb
                   WHERE verb = ? AND outcome = 'done' AND account_id IS NOT NULL ORDER BY seq";
        let word = Value::Text(Action::Erased.word().into());
        let rows = all(connection, sql, &[word], |row| Ok((row.get(1)?, row.get(0)?, text(row, 2)?)))?;
        let mut erasures = Self { accounts: BTreeMap::new(), mentions: BTreeSet::new() };
        for (account, seq, before) in rows {
            erasures.accounts.insert(account, seq);
            erasures.mentions.extend(FieldValues::parse(&before).numbers(MENTIONS));
        }
        Ok(erasures)
    }

    /// Returns true if what was erased of an entry was to be.
    fn explain(&self, entry: &Chained<'_>) -> bool {
        let [actor, object] = entry.erased();
        let seq = entry.number(0).unwrap_or_default();
        let is_of = |at| {
            let newest = entry.number(at).and_then(|account| self.accounts.get(&account));
            newest.is_some_and(|newest| *newest > seq)
        };
        let (is_actor, is_object) = (is_of(2), is_of(12));
        // Whoever failed to log in to an account is taken for the person whose it was.
        (!actor || is_actor || is_object && entry.number(2).is_none() && entry.is_log_in())
            && (!object || is_object || self.mentions.contains(&seq))
    }
}

/// Returns true if the store has the table of the entries that were chained anew.
fn has_seals(connection: &Connection) -> Result<bool> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'nexus_journal_rechained'";
    let found = connection.query_row(sql, [], |_| Ok(())).optional().map_err(error::of)?;
    Ok(found.is_some())
}

/// Verifies up to `most` entries behind one that is right, as far as all are.
pub(super) fn verify(connection: &Connection, from: &Head, most: u32) -> Result<JournalCheck> {
    let (columns, table) =
        if has_seals(connection)? { (COLUMNS, FROM) } else { (EARLIER_COLUMNS, "nexus_journal j") };
    let sql = format!("SELECT {columns} FROM {table} WHERE j.seq > ? ORDER BY j.seq LIMIT ?");
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    // What somebody put before the first entry is no more right than what is between two.
    let above = if from.seq == 0 { i64::MIN } else { from.seq };
    let mut rows = statement.query(params![above, most]).map_err(error::of)?;
    let mut check = JournalCheck { head: from.clone(), earlier: None, broken: None, is_last: false };
    let mut earlier = hash_of(connection, from)?;
    let (mut read, mut erasures) = (0, None);
    while let Some(row) = rows.next().map_err(error::of)? {
        read += 1;
        let (seq, expected) = (row.get::<_, i64>(0).map_err(error::of)?, check.head.seq + 1);
        if seq != expected {
            check.broken = Some(if seq < expected {
                Break { seq, what: "it stands before the first" }
            } else {
                Break { seq: expected, what: "it is missing" }
            });
            return Ok(check);
        }
        let entry = Chained::of(row).map_err(error::of)?;
        let Some(hash) = entry.verified(&check.head.hash, &earlier) else {
            check.broken = Some(Break { seq, what: ALTERED });
            return Ok(check);
        };
        if entry.erased() != [false; 2] {
            if erasures.is_none() {
                erasures = Some(Erasures::read(connection)?);
            }
            if !erasures.as_ref().is_some_and(|erasures| erasures.explain(&entry)) {
                check.broken = Some(Break { seq, what: NOT_ERASED });
                return Ok(check);
            }
        }
        earlier = String::from_utf8_lossy(entry.hash).into_owned();
        check.earlier = entry.new_hash.map(|_| earlier.clone());
        check.head = Head { seq, hash };
    }
    check.is_last = read < most;
    Ok(check)
}

/// Returns the hash of an entry that stands in the journal.
fn hash_of(connection: &Connection, head: &Head) -> Result<String> {
    let sql = "SELECT hash FROM nexus_journal WHERE seq = ?";
    let found = first(connection, sql, [head.seq], |row| text(row, 0))?;
    Ok(found.unwrap_or_else(|| head.hash.clone()))
}
