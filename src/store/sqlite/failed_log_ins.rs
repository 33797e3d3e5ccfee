//! Failed tries to log in.

use rusqlite::{Connection, Row, params};

use crate::domain::clock::{BootTime, Moment};
use crate::domain::failed_tries::{FailedTries, FailureRun, NAME_KEY_BYTES, TryTarget};
use crate::domain::text::hex;
use crate::domain::time::Timestamp;
use crate::domain::user::UserId;
use crate::store::Result;

use super::statement::{execute, first};
use super::values::{number, optional, text};
use super::{error, notes};

const ACCOUNT: &str = "account:";
const NAME: &str = "name:";
const UNKNOWN: &str = "unknown";

/// The columns that [`tries`] reads, from this one on.
const COLUMNS: &str = "failures, untold, wall_ms, boot, boot_ms, minute, written, unwritten";

pub(super) fn find(connection: &Connection, target: TryTarget, origin: &str) -> Result<Option<FailedTries>> {
    let sql = format!("SELECT {COLUMNS} FROM nexus_failed_log_ins WHERE target = ? AND origin = ?");
    first(connection, &sql, params![stored(target), origin], |row| tries(row, 0))
}

pub(super) fn from_all_origins(
    connection: &Connection,
    target: TryTarget,
) -> Result<Vec<(String, FailedTries)>> {
    let sql = format!("SELECT origin, {COLUMNS} FROM nexus_failed_log_ins WHERE target = ? ORDER BY id");
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let rows = statement.query_map([stored(target)], |row| Ok((text(row, 0)?, tries(row, 1)?)));
    rows.and_then(Iterator::collect).map_err(error::of)
}

pub(super) fn unwritten_before(
    connection: &Connection,
    minute: i64,
) -> Result<Vec<(TryTarget, String, FailedTries)>> {
    let sql = format!(
        "SELECT target, origin, {COLUMNS} FROM nexus_failed_log_ins INDEXED BY nexus_failed_log_ins_unwritten
         WHERE unwritten > 0 AND minute < ? ORDER BY minute, id"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    let rows = statement.query_map([minute], |row| Ok((text(row, 0)?, text(row, 1)?, tries(row, 2)?)));
    let rows: Vec<_> = rows.and_then(Iterator::collect).map_err(error::of)?;
    let read = |(target, origin, tries): (String, _, _)| Some((target_of(&target)?, origin, tries));
    Ok(rows.into_iter().filter_map(read).collect())
}

pub(super) fn keep(
    connection: &Connection,
    target: TryTarget,
    origin: &str,
    tries: &FailedTries,
) -> Result<()> {
    let FailedTries { count, untold, last, run } = tries;
    // A row that is replaced gets a new id, so that the ids are in the order of the last failures.
    let sql = "INSERT OR REPLACE INTO nexus_failed_log_ins
                 (target, origin, failures, untold, wall_ms, boot, boot_ms, minute, written, unwritten)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let values = params![
        stored(target),
        origin,
        count,
        untold,
        last.wall.timestamp_millis(),
        last.boot.as_ref().map(|boot| boot.id.as_str()),
        last.boot.as_ref().map(BootTime::in_millis),
        run.minute,
        run.written,
        run.unwritten,
    ];
    execute(connection, sql, values)?;
    drop_oldest(connection, target)
}

/// Drops the oldest row of the target's kind if there are too many.
fn drop_oldest(connection: &Connection, target: TryTarget) -> Result<()> {
    let kind = match target {
        TryTarget::Name(_) => NAME,
        TryTarget::Account(_) => ACCOUNT,
        TryTarget::UnknownNames => UNKNOWN,
    };
    // A colon is followed by a semicolon in ASCII.
    let end = kind.replace(':', ";");
    let sql = "DELETE FROM nexus_failed_log_ins WHERE id = (
                 SELECT min(id) FROM nexus_failed_log_ins WHERE target >= ?1 AND target < ?2 HAVING count(*) > ?3)";
    execute(connection, sql, params![kind, end, FailedTries::MOST_KEPT]).map(drop)
}

pub(super) fn forget(connection: &Connection, target: TryTarget, origin: Option<&str>) -> Result<()> {
    let sql = "DELETE FROM nexus_failed_log_ins WHERE target = ?1 AND origin = ifnull(?2, origin)";
    execute(connection, sql, params![stored(target), origin]).map(drop)
}

/// The name of the setting with the key of the names' hashes.
const NAME_KEY: &str = "name_key";

pub(super) fn name_key(connection: &Connection) -> Result<Option<[u8; NAME_KEY_BYTES]>> {
    Ok(notes::setting(connection, NAME_KEY)?.and_then(|key| bytes(&key)))
}

pub(super) fn set_name_key(connection: &Connection, key: &[u8; NAME_KEY_BYTES]) -> Result<()> {
    notes::set(connection, NAME_KEY, &hex(key))
}

/// Returns the text that stands for a target.
fn stored(target: TryTarget) -> String {
    match target {
        TryTarget::Name(hash) => format!("{NAME}{}", hex(&hash)),
        TryTarget::Account(id) => format!("{ACCOUNT}{}", id.0),
        TryTarget::UnknownNames => UNKNOWN.to_owned(),
    }
}

/// Returns the target that a text stands for, unless another program wrote it.
fn target_of(text: &str) -> Option<TryTarget> {
    if let Some(id) = text.strip_prefix(ACCOUNT) {
        return id.parse().ok().map(|id| TryTarget::Account(UserId(id)));
    }
    match text.strip_prefix(NAME) {
        Some(digits) => bytes(digits).map(TryTarget::Name),
        None => (text == UNKNOWN).then_some(TryTarget::UnknownNames),
    }
}

/// Returns the bytes of a hash or key in hex digits.
fn bytes<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let digit = |at: usize| u8::from_str_radix(digits.get(at..at.saturating_add(2))?, 16).ok();
    let bytes: Vec<u8> = (0..digits.len()).step_by(2).map(digit).collect::<Option<_>>()?;
    bytes.try_into().ok()
}

/// Converts columns; what another program wrote into them counts as nothing.
fn tries(row: &Row<'_>, at: usize) -> rusqlite::Result<FailedTries> {
    let small = |at| Ok::<_, rusqlite::Error>(u32::try_from(number(row, at)?).unwrap_or(u32::MAX));
    let whole = |at| Ok::<_, rusqlite::Error>(row.get_ref(at)?.as_i64().ok());
    let wall = whole(at + 2)?.and_then(Timestamp::from_timestamp_millis).unwrap_or_default();
    let boot = optional(row, at + 3)?.zip(whole(at + 4)?);
    let boot = boot.map(|(id, millis)| BootTime::of_millis(id, millis));
    Ok(FailedTries {
        count: small(at)?,
        untold: small(at + 1)?,
        last: Moment { wall, boot },
        run: FailureRun {
            minute: whole(at + 5)?.unwrap_or_default(),
            written: small(at + 6)?,
            unwritten: small(at + 7)?,
        },
    })
}
