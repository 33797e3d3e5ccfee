//! The journal of an earlier schema, chained anew so that parts of its entries can be erased.
//!
//! The entries stay as they are. Their salts and their new hashes are added beside them, in one pass and in the transaction of
//! the migration; the hashes that they have are part of the new chain, so that heads that were noted before still count. A
//! chain that is broken is left as it is: to chain it anew would hide that.

use rusqlite::Connection;

use crate::domain::journal::{
    Action, Actor, EntityKind, EntityRef, FieldValues, Head, NewEntry, Origin, Outcome,
};
use crate::domain::text::hex;
use crate::domain::time::Timestamp;
use crate::store::Result;
use crate::store::journal_chain::{ErasablePart, SALT, earlier_link, link};

use super::journal_verify::{CHAINED, fields};
use super::watch::Watch;
use super::{error, journal, journal_head};

/// The number of entries after which progress is noted.
const UNIT: u64 = 500;

/// Chains all entries anew if the chain holds, and records the head before and after that.
///
/// # Errors
/// [`StoreError::Stopped`](crate::store::StoreError::Stopped), and those of the store. The transaction must be rolled back
/// then.
pub(super) fn apply(connection: &Connection, watch: &Watch) -> Result<()> {
    let earlier = journal_head::read(connection)?;
    if earlier.seq < 1 {
        return Ok(());
    }
    watch.plan(earlier.seq.unsigned_abs());
    connection.execute_batch("SAVEPOINT nexus_rechain").map_err(error::of)?;
    let head = chain(connection, watch)?.filter(|head| head.seq == earlier.seq);
    if head.is_none() {
        connection.execute_batch("ROLLBACK TO nexus_rechain").map_err(error::of)?;
    }
    connection.execute_batch("RELEASE nexus_rechain").map_err(error::of)?;
    match head {
        Some(head) => record(connection, &earlier, &head),
        None => Ok(()),
    }
}

/// Adds the salts and the new hash of each entry. Returns the new head, or `None` if an entry is not as it was written.
fn chain(connection: &Connection, watch: &Watch) -> Result<Option<Head>> {
    let sql =
        format!("SELECT {CHAINED}, j.hash, randomblob({}) FROM nexus_journal j ORDER BY j.seq", 2 * SALT);
    let mut read = connection.prepare(&sql).map_err(error::of)?;
    let sql = "INSERT INTO nexus_journal_rechained (seq, hash, actor_salt, object_salt) VALUES (?, ?, ?, ?)";
    let mut write = connection.prepare(sql).map_err(error::of)?;
    let mut rows = read.query([]).map_err(error::of)?;
    let (mut head, mut earlier) = (Head::empty(), Head::empty().hash);
    while let Some(row) = rows.next().map_err(error::of)? {
        let seq: i64 = row.get(0).map_err(error::of)?;
        let fields = fields(row).map_err(error::of)?;
        let hash = earlier_link(&earlier, &fields);
        let stored = row.get_ref(fields.len()).map_err(error::of)?;
        if seq != head.seq + 1 || stored.as_str().ok() != Some(&hash) {
            return Ok(None);
        }
        let salts = row.get_ref(fields.len() + 1).map_err(error::of)?.as_blob().unwrap_or_default();
        let (actor_salt, object_salt) = salts.split_at(SALT.min(salts.len()));
        let [actor, object] = [
            ErasablePart::Actor.digest(&fields, actor_salt),
            ErasablePart::Object.digest(&fields, object_salt),
        ];
        let new = link(&head.hash, &fields, [&actor, &object], Some(hash.as_bytes()));
        write.execute((seq, new, actor_salt, object_salt)).map_err(error::of)?;
        (head, earlier) = (Head { seq, hash: hex(&new) }, hash);
        if seq.unsigned_abs().is_multiple_of(UNIT) {
            watch.done(UNIT)?;
        }
    }
    Ok(Some(head))
}

/// Records the head before and after. The entry has the time of the one before it: a migration is told no time.
fn record(connection: &Connection, earlier: &Head, head: &Head) -> Result<()> {
    let value = |head: &Head| FieldValues::new().with("head", head.to_string());
    let entry = NewEntry {
        at: journal::newest_time(connection)?.unwrap_or(Timestamp::UNIX_EPOCH),
        actor: Actor { account: None, name: "nexus".into(), sudo_user: None },
        origin: Origin::default(),
        action: Action::Rechained,
        outcome: Outcome::Done,
        object: EntityRef { kind: EntityKind::Store, id: None, label: "the journal".into(), account: None },
        before: value(earlier),
        after: value(head),
        act: None,
        undoes: None,
    };
    journal::record_after(connection, head, &entry).map(drop)
}
