//! The second factors of accounts.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::domain::time::to_stored;
use crate::domain::user::UserId;
use crate::store::{ReadSecondFactors, Result, SecondFactor, WriteSecondFactors};

use super::error;
use super::rows::Rows;
use super::statement::{all, execute};
use super::values::{optional, time};

impl ReadSecondFactors for Rows<'_> {
    fn second_factor(&self, id: UserId) -> Result<Option<SecondFactor>> {
        of(self.0, id)
    }
    fn sealed_secrets(&self, after: UserId, most: u32) -> Result<Vec<(UserId, Vec<u8>)>> {
        sealed_secrets(self.0, after, most)
    }
}

impl WriteSecondFactors for Rows<'_> {
    fn set_second_factor(&mut self, id: UserId, factor: Option<&SecondFactor>) -> Result<()> {
        set(self.0, id, factor)
    }
}

/// The columns of a second factor in the notes about an account, and in the bin.
const COLUMNS: &str = "factor_secret, factor_since, factor_step, recovery_codes";

fn of(connection: &Connection, id: UserId) -> Result<Option<SecondFactor>> {
    let sql = format!("SELECT {COLUMNS} FROM nexus_accounts WHERE user_id = ? AND factor_secret IS NOT NULL");
    let mut statement = connection.prepare_cached(&sql).map_err(error::of)?;
    statement.query_row([id.0], |row| factor(row, 0)).optional().map_err(error::of)
}

fn sealed_secrets(connection: &Connection, after: UserId, most: u32) -> Result<Vec<(UserId, Vec<u8>)>> {
    let sql = "SELECT user_id, factor_secret FROM nexus_accounts INDEXED BY nexus_accounts_factor
               WHERE factor_secret IS NOT NULL AND user_id > ? ORDER BY user_id LIMIT ?";
    all(connection, sql, &[after.0.into(), most.into()], |row| Ok((UserId(row.get(0)?), sealed(row, 1)?)))
}

/// Returns the sealed secret in a column. What is no blob was not written by NEXUS: nothing opens it.
fn sealed(row: &Row<'_>, at: usize) -> rusqlite::Result<Vec<u8>> {
    Ok(row.get_ref(at)?.as_blob_or_null().ok().flatten().unwrap_or_default().to_owned())
}

fn factor(row: &Row<'_>, at: usize) -> rusqlite::Result<SecondFactor> {
    Ok(SecondFactor {
        sealed: sealed(row, at)?,
        since: time(row, at + 1)?,
        last_step: row.get::<_, Option<i64>>(at + 2).ok().flatten().unwrap_or_default(),
        recovery_codes: optional(row, at + 3)?
            .unwrap_or_default()
            .split(' ')
            .filter(|hash| !hash.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}

fn set(connection: &Connection, id: UserId, factor: Option<&SecondFactor>) -> Result<()> {
    let sql = format!(
        "INSERT INTO nexus_accounts (user_id, {COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (user_id) DO UPDATE SET factor_secret = ?2, factor_since = ?3, factor_step = ?4, recovery_codes = ?5"
    );
    let (sealed, since) = (factor.map(|factor| &factor.sealed), factor.and_then(|factor| factor.since));
    let codes = factor.map(|factor| factor.recovery_codes.join(" "));
    let step = factor.map(|factor| factor.last_step);
    execute(connection, &sql, params![id.0, sealed, since.map(to_stored), step, codes]).map(drop)
}
