//! Erasure of what NEXUS's own tables say of a person whose account was deleted.
//!
//! Of an entry that is about the account its names and fields are erased, of one that it wrote its name and origin. Their
//! digests take the place of the salts, so that the chain of the journal holds. Ids, times and actions stay.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::domain::erasure::Erasable;
use crate::domain::journal::{Action, Break, FieldValues, Head, Outcome, REASON, erased_name};
use crate::domain::user::UserId;
use crate::store::journal_chain::{Digest, ErasablePart};
use crate::store::{Result, StoreError};

use super::journal_parts::{BY_ACCOUNT, IN_ANY_PART};
use super::journal_verify::{self, COLUMNS, Chained, FROM};
use super::mentions::Names;
use super::statement::{all, execute, first};
use super::values::text;
use super::{error, journal_head};

/// The parts of entries that an erasure removes, by entry: the actor's, and the object's.
type ErasedParts = BTreeMap<i64, [bool; 2]>;

/// Returns what an erasure of the account would remove. Entries up to the newest that `seen` has looked at are not searched for
/// mentions again.
pub(super) fn find(connection: &Connection, account: UserId, seen: Option<&Erasable>) -> Result<Erasable> {
    let up_to = journal_head::read(connection)?.seq;
    let mut found = Erasable { up_to, ..seen.cloned().unwrap_or_default() };
    let sql = "SELECT id FROM nexus_bin WHERE user_id = ? ORDER BY id";
    found.items = all(connection, sql, &[Value::Integer(account.0)], |row| row.get(0))?;
    found.entries = parts(connection, account)?.into_keys().collect();
    let names = Names::read(connection, account)?;
    found.mentions.extend(names.mentions(connection, account, seen.map_or(0, |seen| seen.up_to))?);
    found.broken = unsealed(connection)?;
    Ok(found)
}

/// Returns true if a text that somebody wrote has a name of the account in it.
pub(super) fn is_mentioned(connection: &Connection, account: UserId, text: &str) -> Result<bool> {
    Ok(Names::read(connection, account)?.are_in(text))
}

/// Returns the entry at which the chain was broken when the journal should have been chained anew, if that was so.
fn unsealed(connection: &Connection) -> Result<Option<Break>> {
    let sql = "SELECT j.object_seal IS NULL AND r.seq IS NULL
               FROM nexus_journal j LEFT JOIN nexus_journal_rechained r ON r.seq = j.seq ORDER BY j.seq LIMIT 1";
    if !first(connection, sql, [], |row| row.get(0))?.unwrap_or(false) {
        return Ok(None);
    }
    let check = journal_verify::verify(connection, &Head::empty(), u32::MAX)?;
    Ok(Some(check.broken.unwrap_or(Break { seq: 1, what: "it was rewritten" })))
}

/// Returns the parts of entries that tell of the account.
fn parts(connection: &Connection, account: UserId) -> Result<ErasedParts> {
    let mut parts = ErasedParts::new();
    let erasures = Value::Text(Action::Erased.word().into());
    let log_in = Value::Text(Action::LoggedIn.word().into());
    // Nobody is known to have failed to log in but whoever has the account.
    let sql = format!(
        "SELECT j.seq, j.verb = ?3 AND j.actor_id IS NULL AND length(j.actor_seal) IS NOT 32,
           length(j.object_seal) IS NOT 32
         FROM {BY_ACCOUNT} WHERE {IN_ANY_PART} AND j.account_id = ?1 AND NOT (j.verb = ?2 AND j.outcome = 'done')"
    );
    let read = |row: &Row<'_>| Ok((row.get(0)?, [row.get(1)?, row.get(2)?]));
    for (seq, [actor, object]) in all(connection, &sql, &[account.0.into(), erasures, log_in], read)? {
        if actor || object {
            parts.insert(seq, [actor, object]);
        }
    }
    let sql = "SELECT seq FROM nexus_journal INDEXED BY nexus_journal_actor_id
               WHERE actor_id = ? AND length(actor_seal) IS NOT 32";
    for seq in all(connection, sql, &[account.0.into()], |row| row.get(0))? {
        parts.entry(seq).or_default()[0] = true;
    }
    Ok(parts)
}

/// Erases what was found of an account, except its items in the bin.
///
/// # Errors
/// [`StoreError::Damaged`] if an entry is not as it was written: to erase it would hide that.
pub(super) fn erase(connection: &Connection, account: UserId, found: &Erasable) -> Result<()> {
    let names = Names::read(connection, account)?;
    let mut parts = parts(connection, account)?;
    for seq in &found.mentions {
        parts.entry(*seq).or_default()[1] = true;
    }
    erase_actor_elsewhere(connection, account)?;
    erase_remarks(connection, &found.mentions)?;
    for (seq, which) in parts {
        erase_entry(connection, seq, which)?;
    }
    let sql = "DELETE FROM nexus_journal_labels WHERE account_id = ?";
    execute(connection, sql, [account.0])?;
    forget_samples(connection, &names)
}

fn erase_entry(connection: &Connection, seq: i64, [actor, object]: [bool; 2]) -> Result<()> {
    let Some([actor_digest, object_digest]) = digests(connection, seq)? else {
        return Err(StoreError::Damaged);
    };
    if actor {
        let sql =
            "UPDATE nexus_journal SET actor = '', sudo_user = NULL, place = '', actor_seal = ? WHERE seq = ?";
        execute(connection, sql, params![actor_digest, seq])?;
        execute(connection, "UPDATE nexus_journal_rechained SET actor_salt = NULL WHERE seq = ?", [seq])?;
    }
    if object {
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

/// Erases the account's name where it stands as that of an actor, beside rows of others: who deleted them, who ended their
/// sessions, and from where they were issued. Its entries, which must still be whole, say which rows these are.
fn erase_actor_elsewhere(connection: &Connection, account: UserId) -> Result<()> {
    let sql =
        "SELECT DISTINCT at, actor FROM nexus_journal INDEXED BY nexus_journal_actor_id WHERE actor_id = ?";
    let read = |row: &Row<'_>| Ok((text(row, 0)?, text(row, 1)?));
    let acts: BTreeSet<(String, String)> =
        all(connection, sql, &[account.0.into()], read)?.into_iter().collect();
    let name = erased_name(Some(account));
    for (at, actor) in &acts {
        let sql = "UPDATE nexus_session_ends SET ended_by = ? WHERE ended_at = ? AND ended_by = ?";
        execute(connection, sql, [&name, at, actor])?;
    }
    for actor in acts.iter().map(|(_, actor)| actor).collect::<BTreeSet<_>>() {
        for (table, at, by) in [
            ("nexus_bin", "deleted_at", "deleted_by"),
            ("nexus_bin_sessions", "ended_at", "ended_by"),
            ("nexus_operations", "ended_at", "ended_by"),
        ] {
            let sql = format!(
                "UPDATE {table} SET {by} = ?1 WHERE {by} = ?2 AND {at} IN (SELECT j.at
                   FROM nexus_journal j INDEXED BY nexus_journal_actor_id WHERE j.actor_id = ?3 AND j.actor = ?2)"
            );
            execute(connection, &sql, params![name, actor, account.0])?;
        }
    }
    let own = "UPDATE nexus_sessions SET detail = '' WHERE EXISTS (SELECT 1
                 FROM nexus_journal j WHERE j.seq = ?1 AND j.object_id = session_id AND j.place = detail)
               AND session_id = (SELECT object_id FROM nexus_journal WHERE seq = ?1)";
    let binned = "UPDATE nexus_bin_sessions SET detail = '' WHERE EXISTS (SELECT 1
                    FROM nexus_journal j WHERE j.seq = ?1 AND j.object_id = id AND j.place = detail)
                  AND bundle IN (SELECT b.id FROM nexus_bin b JOIN nexus_journal j ON j.account_id = b.user_id
                    WHERE j.seq = ?1)";
    for seq in issued(connection, account)? {
        execute(connection, own, [seq])?;
        execute(connection, binned, [seq])?;
    }
    Ok(())
}

/// Erases the reasons of entries that mention an account where they stand with the sessions that ended.
fn erase_remarks(connection: &Connection, mentions: &[i64]) -> Result<()> {
    let mut remarks = BTreeSet::new();
    for seq in mentions {
        let sql = "SELECT at, after FROM nexus_journal WHERE seq = ?";
        let read = |row: &Row<'_>| Ok((text(row, 0)?, FieldValues::parse(&text(row, 1)?)));
        let found = first(connection, sql, [seq], read)?;
        remarks.extend(found.and_then(|(at, after)| Some((at, after.text(REASON)?.to_owned()))));
    }
    for (at, remark) in remarks {
        for (table, reason) in [
            ("nexus_session_ends", "reason"),
            ("nexus_bin_sessions", "end_reason"),
            ("nexus_operations", "reason"),
        ] {
            let sql = format!(
                "UPDATE {table} SET {reason} = substr({reason}, 1, instr({reason}, ': ') - 1)
                 WHERE ended_at = ? AND {reason} LIKE '%: %' AND substr({reason}, instr({reason}, ': ') + 2) = ?"
            );
            execute(connection, &sql, [&at, &remark])?;
        }
    }
    Ok(())
}

/// Returns the entries of the account about tokens that it issued.
fn issued(connection: &Connection, account: UserId) -> Result<Vec<i64>> {
    let sql = "SELECT seq FROM nexus_journal INDEXED BY nexus_journal_actor_id
               WHERE actor_id = ? AND verb = ? AND outcome = ?";
    let words = [Action::Issued.word(), Outcome::Done.word()].map(|word| Value::Text(word.into()));
    let [verb, outcome] = words;
    all(connection, sql, &[account.0.into(), verb, outcome], |row| row.get(0))
}

/// Removes the samples of indexes that another program had SQLite take, where they hold a name of the account.
fn forget_samples(connection: &Connection, names: &Names) -> Result<()> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat4'";
    if connection.query_row(sql, [], |_| Ok(())).optional().map_err(error::of)?.is_none() {
        return Ok(());
    }
    for name in names.all() {
        let sql = "DELETE FROM sqlite_stat4 WHERE instr(lower(CAST(sample AS TEXT)), ?) > 0
                     OR instr(sample, CAST(? AS BLOB)) > 0";
        execute(connection, sql, params![name.to_lowercase(), name])?;
    }
    Ok(())
}
