//! Rows beside the journal that an entry tells of: who deleted them, who ended their sessions and why, and from where they
//! were issued. They are found by the account or the session that the entry is about, and by its time.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};

use crate::domain::journal::{Action, EntityKind, FieldValues, Outcome, REASON, erased_name};
use crate::domain::user::UserId;
use crate::store::Result;

use super::super::statement::{execute, first};
use super::super::values::text;
use super::Parts;

/// The fields of an entry by which the rows beside it are found.
struct ErasedEntry {
    at: String,
    actor: String,
    place: String,
    verb: String,
    outcome: String,
    kind: String,
    object: Option<i64>,
    account: Option<i64>,
    reason: Option<String>,
}

impl ErasedEntry {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            at: text(row, 0)?,
            actor: text(row, 1)?,
            place: text(row, 2)?,
            verb: text(row, 3)?,
            outcome: text(row, 4)?,
            kind: text(row, 5)?,
            object: row.get(6)?,
            account: row.get(7)?,
            reason: FieldValues::parse(&text(row, 8)?).text(REASON).map(str::to_owned),
        })
    }

    fn is(&self, action: Action) -> bool {
        self.verb == action.word()
    }

    fn is_done(&self) -> bool {
        self.outcome == Outcome::Done.word()
    }

    /// Returns the sessions that it can have ended: a condition, and the value bound in it.
    fn sessions(&self) -> Option<(&'static str, Value)> {
        if !self.is_done() {
            return None;
        }
        // A log-in is about the new session, and can end older ones of the account.
        if self.kind == EntityKind::Session.word() && self.object.is_some() && !self.is(Action::LoggedIn) {
            return Some(("session_id = ?1", self.object.into()));
        }
        let of_account = "session_id IN (SELECT id FROM de_torres_vincent_session_tokens WHERE user_id = ?1)";
        // An entry about no account, such as that of an import, is about any. The value is bound all the same.
        Some(match self.account {
            Some(account) => (of_account, account.into()),
            None => ("?1 IS NULL", Value::Null),
        })
    }

    /// Returns the condition for the items in the bin that it can have made or changed.
    fn items(&self) -> Option<&'static str> {
        match self.account {
            Some(_) if self.is_done() => Some("user_id = ?1"),
            // It can have replaced any accounts.
            None if self.is_done() && self.is(Action::Imported) => Some("?1 IS NULL"),
            Some(_) | None => None,
        }
    }
}

/// Erases what rows beside the journal say of an account because of an entry that is still whole: the account's name where it
/// acted, and the reason of an entry that mentions it.
pub(super) fn erase(connection: &Connection, account: UserId, seq: i64, parts: Parts) -> Result<()> {
    let sql = "SELECT at, actor, place, verb, outcome, kind, object_id, account_id, after
               FROM nexus_journal WHERE seq = ?";
    let Some(entry) = first(connection, sql, [seq], ErasedEntry::of)? else { return Ok(()) };
    if parts.actor {
        erase_actor(connection, account, &entry)?;
        if entry.is(Action::Issued) && entry.is_done() {
            erase_issuer(connection, &entry)?;
        }
    }
    match &entry.reason {
        Some(reason) if parts.object => erase_reason(connection, &entry, reason),
        Some(_) | None => Ok(()),
    }
}

fn erase_actor(connection: &Connection, account: UserId, entry: &ErasedEntry) -> Result<()> {
    let ErasedEntry { at, actor, .. } = entry;
    let name = erased_name(Some(account));
    if let Some((sessions, value)) = entry.sessions() {
        let sql = format!(
            "UPDATE nexus_session_ends SET ended_by = ?2 WHERE {sessions} AND ended_at = ?3 AND ended_by = ?4"
        );
        execute(connection, &sql, params![value, name, at, actor])?;
    }
    if let Some(items) = entry.items() {
        let sql = format!(
            "UPDATE nexus_bin SET deleted_by = ?2 WHERE {items} AND deleted_at = ?3 AND deleted_by = ?4"
        );
        execute(connection, &sql, params![entry.account, name, at, actor])?;
        let sql = format!(
            "UPDATE nexus_bin_sessions SET ended_by = ?2
             WHERE bundle IN (SELECT id FROM nexus_bin WHERE {items}) AND ended_at = ?3 AND ended_by = ?4"
        );
        execute(connection, &sql, params![entry.account, name, at, actor])?;
    }
    let sql = "UPDATE nexus_operations SET ended_by = ? WHERE ended_at = ? AND ended_by = ?";
    execute(connection, sql, params![name, at, actor]).map(drop)
}

/// Erases from where the account issued a token.
fn erase_issuer(connection: &Connection, entry: &ErasedEntry) -> Result<()> {
    let sql = "UPDATE nexus_sessions SET detail = '' WHERE session_id = ? AND detail = ?";
    execute(connection, sql, params![entry.object, entry.place])?;
    let sql = "UPDATE nexus_bin_sessions SET detail = '' WHERE id = ? AND detail = ?
               AND bundle IN (SELECT id FROM nexus_bin WHERE user_id = ?)";
    execute(connection, sql, params![entry.object, entry.place, entry.account]).map(drop)
}

/// Erases the reason of an entry where it stands with the sessions that ended.
fn erase_reason(connection: &Connection, entry: &ErasedEntry, reason: &str) -> Result<()> {
    let at = &entry.at;
    let without = |column: &str| {
        format!(
            "SET {column} = substr({column}, 1, instr({column}, ': ') - 1)
             WHERE {column} LIKE '%: %' AND substr({column}, instr({column}, ': ') + 2) = ?2"
        )
    };
    if let Some((sessions, value)) = entry.sessions() {
        let reasons = without("reason");
        let sql = format!("UPDATE nexus_session_ends {reasons} AND {sessions} AND ended_at = ?3");
        execute(connection, &sql, params![value, reason, at])?;
    }
    if let Some(items) = entry.items() {
        let reasons = without("end_reason");
        let sql = format!(
            "UPDATE nexus_bin_sessions {reasons} AND ended_at = ?3
             AND bundle IN (SELECT id FROM nexus_bin WHERE {items})"
        );
        execute(connection, &sql, params![entry.account, reason, at])?;
    }
    let reasons = without("reason").replace("?2", "?1");
    let sql = format!("UPDATE nexus_operations {reasons} AND ended_at = ?2");
    execute(connection, &sql, params![reason, at]).map(drop)
}
