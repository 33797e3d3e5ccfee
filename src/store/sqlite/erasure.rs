//! Erasure of what NEXUS's own tables say of a person whose account was deleted.
//!
//! Of an entry that is about the account its names and fields are erased, of one that it wrote its name and origin. Their
//! digests take the place of the salts, so that the chain of the journal holds. Ids, times and actions stay.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::domain::erasure::{Erasable, FormerNames};
use crate::domain::journal::{Action, Break, Head};
use crate::domain::operation::OperationKind;
use crate::domain::user::UserId;
use crate::store::{Division, Result};

use super::erased_entries::Entries;
use super::journal_parts::parts_between;
use super::operations::Job;
use super::statement::{all, execute, first};
use super::{error, journal_head, journal_verify, mentions, search_index};

/// Returns what an erasure of the account would remove. Entries up to the newest that `seen` has looked at are not searched
/// again.
pub(super) fn find(connection: &Connection, account: UserId, seen: Option<&Erasable>) -> Result<Erasable> {
    let up_to = journal_head::read(connection)?.seq;
    let seen = match seen {
        Some(seen) if !is_erased_since(connection, account, (seen.up_to, up_to))? => seen.clone(),
        Some(_) | None => Erasable::default(),
    };
    let after = seen.up_to;
    let mut found = Erasable { up_to, ..seen };
    let sql = "SELECT id FROM nexus_bin WHERE user_id = ? ORDER BY id";
    found.items = all(connection, sql, &[Value::Integer(account.0)], |row| row.get(0))?;
    found.names = mentions::names(connection, account, found.names, (after, up_to))?;
    let entries = Entries { connection, account, mentions: &[] };
    found.entries.extend(entries.telling((after, up_to))?);
    found.mentions.extend(mentions::find(connection, account, &found.names, after)?);
    found.broken = unsealed(connection)?;
    Ok(found)
}

/// Returns true if one of these entries says that the account was erased.
fn is_erased_since(connection: &Connection, account: UserId, (after, up_to): (i64, i64)) -> Result<bool> {
    let sql = "SELECT 1 FROM nexus_journal INDEXED BY nexus_journal_account
               WHERE (seq >> 16) = ? AND account_id = ? AND kind = 'account' AND seq > ? AND verb = ? LIMIT 1";
    for part in parts_between(after, up_to) {
        let values = params![part, account.0, after, Action::Erased.word()];
        if first(connection, sql, values, |_| Ok(()))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns true if a text that somebody wrote has a name of the account in it.
pub(super) fn is_mentioned(connection: &Connection, account: UserId, text: &str) -> Result<bool> {
    let up_to = journal_head::read(connection)?.seq;
    let names = mentions::names(connection, account, FormerNames::default(), (0, up_to))?;
    Ok(mentions::are_in(&names, text))
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

/// Erases what was found of an account, except its items in the bin. An erasure of very many entries only begins here.
///
/// # Errors
/// [`StoreError::Damaged`](crate::store::StoreError::Damaged) if an entry is not as it was written: to erase it would hide
/// that.
pub(super) fn erase(
    connection: &Connection,
    division: Option<&Division>,
    account: UserId,
    found: &Erasable,
) -> Result<()> {
    forget_samples(connection, &found.names)?;
    search_index::forget(connection, account)?;
    let total = found.entries.len().saturating_add(found.mentions.len()) as u64;
    // Not by its name: that would stay until the last step.
    let mut job = Job::new(OperationKind::Erase, account, &format!("account {account}"), total);
    job.last_id = found.up_to;
    if job.is_divided(division) {
        // Its steps find the mentions in the entry about it.
        return job.run(connection, division).map(drop);
    }
    Entries { connection, account, mentions: &found.mentions }.erase(found.up_to, None).map(drop)
}

/// Removes the samples of indexes that another program had SQLite take, where they hold a name of the account.
fn forget_samples(connection: &Connection, names: &FormerNames) -> Result<()> {
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
