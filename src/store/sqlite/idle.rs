//! The rule for idle accounts. While it is on, triggers keep for each confirmed account the moment from which it is idle.

use std::str::FromStr;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params};

use crate::domain::idle_settings::IdleRule;
use crate::domain::time::{Timestamp, from_stored, to_stored};
use crate::domain::user::UserId;
use crate::store::Result;

use super::error;
use super::moments::{idle_accounts, moment};
use super::statement::{all, execute, first};
use super::values::text;

/// The settings that hold the rule; the schema and the expressions of [`moments`](super::moments) name them, too.
const RULE: DatedNumber = DatedNumber { number: "idle_days", since: "idle_since" };

/// A rule that two settings hold: a number, and the time at which the rule was switched on.
pub(super) struct DatedNumber {
    pub(super) number: &'static str,
    pub(super) since: &'static str,
}

impl DatedNumber {
    /// Returns the number and the time, if the rule is on.
    pub(super) fn get<T: FromStr>(&self, connection: &Connection) -> Result<Option<(T, Timestamp)>> {
        let setting = |name: &str| {
            first(connection, "SELECT value FROM nexus_settings WHERE name = ?", [name], |row: &Row<'_>| {
                text(row, 0)
            })
        };
        let Some(number) = setting(self.number)?.and_then(|number| number.parse().ok()) else {
            return Ok(None);
        };
        let since = setting(self.since)?.as_deref().and_then(from_stored);
        Ok(since.map(|since| (number, since)))
    }

    /// Switches the rule on or off, or changes its number.
    pub(super) fn set<T: ToString>(
        &self,
        connection: &Connection,
        rule: Option<(T, Timestamp)>,
    ) -> Result<()> {
        if let Some((number, since)) = rule {
            let sql = "INSERT OR REPLACE INTO nexus_settings (name, value) VALUES (?, ?), (?, ?)";
            let values = params![self.number, number.to_string(), self.since, to_stored(since)];
            execute(connection, sql, values).map(drop)
        } else {
            let sql = "DELETE FROM nexus_settings WHERE name IN (?, ?)";
            execute(connection, sql, params![self.number, self.since]).map(drop)
        }
    }
}

/// The confirmed accounts, and the moment from which each is idle, as a scan finds them while the rule is on.
pub(super) const SCANNED: &str = concat!(
    "SELECT u.id, max(ifnull(",
    moment!("u.created_at"),
    ", ''), ifnull(a.last_seen, ''), ifnull(a.idle_from, ''))
     FROM de_torres_vincent_users u LEFT JOIN nexus_accounts a ON a.user_id = u.id
     WHERE u.status = 'confirmed' AND EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'idle_days')"
);

/// The same, as it is kept.
pub(super) const KEPT: &str =
    "SELECT i.user_id, i.base FROM nexus_idle i JOIN de_torres_vincent_users u ON u.id = i.user_id";

/// The accounts that are idle for too long. It takes the time.
pub(super) const OVERDUE: &str = idle_accounts!("?1");

/// Returns the rule that is on.
pub(super) fn rule(connection: &Connection) -> Result<Option<IdleRule>> {
    Ok(RULE.get(connection)?.map(|(days, since)| IdleRule { days, since }))
}

/// Switches the rule on or off, or changes its days.
pub(super) fn set_rule(connection: &Connection, rule: Option<IdleRule>) -> Result<()> {
    RULE.set(connection, rule.map(|rule| (rule.days, rule.since)))?;
    refill(connection)
}

/// Works out anew from when each account is idle.
pub(super) fn refill(connection: &Connection) -> Result<()> {
    let sql = format!("DELETE FROM nexus_idle; INSERT INTO nexus_idle (user_id, base) {SCANNED};");
    connection.execute_batch(&sql).map_err(error::of)
}

/// Returns up to `most` accounts that are idle for too long.
pub(super) fn overdue(connection: &Connection, now: Timestamp, most: u32) -> Result<Vec<UserId>> {
    let sql = format!("{OVERDUE} ORDER BY i.base, i.user_id LIMIT ?2");
    let values = [Value::Text(to_stored(now)), Value::Integer(most.into())];
    all(connection, &sql, &values, |row| row.get(0).map(UserId))
}

/// Begins to count anew for an account.
pub(super) fn restart(connection: &Connection, now: Timestamp, id: UserId) -> Result<()> {
    let sql = "INSERT INTO nexus_accounts (user_id, idle_from) VALUES (?1, ?2)
               ON CONFLICT (user_id) DO UPDATE SET idle_from = ?2";
    execute(connection, sql, params![id.0, to_stored(now)]).map(drop)
}
