//! The idle limit of tokens. While it is on, triggers keep for each token whose row says `active` when it was last used: what
//! NEXUS notes of it, or the time at which its row came up. Sessions of consoles are none of them: a console locks.

use rusqlite::{Connection, params};

use crate::domain::session_settings::TokenIdleRule;
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::UserId;
use crate::store::Result;

use super::error;
use super::idle::DatedNumber;
use super::moments::ends;
use super::statement::{execute, first};
use super::values::time;

/// The settings that hold the rule; the schema and the expressions below name them, too.
const RULE: DatedNumber = DatedNumber { number: "token_idle_minutes", since: "token_idle_since" };

/// The latest last use that a token may not have at a time; NULL without the rule. It takes the SQL of the time.
macro_rules! unused_cutoff {
    ($($now:tt)+) => {
        concat!(
            "datetime(",
            $($now)+,
            ", '-' || (SELECT value FROM nexus_settings WHERE name = 'token_idle_minutes') || ' minutes')"
        )
    };
}

/// The time at which the rule was switched on.
macro_rules! unused_rule_since {
    () => {
        "(SELECT value FROM nexus_settings WHERE name = 'token_idle_since')"
    };
}

/// The moment at which the idle limit ends the token of which `k` tells when it was last used.
macro_rules! unused_end {
    () => {
        concat!(
            "datetime(max(k.base, ",
            $crate::store::sqlite::unused::unused_rule_since!(),
            "), '+' || (SELECT value FROM nexus_settings WHERE name = 'token_idle_minutes') || ' minutes')"
        )
    };
}

/// The expression that is true if any token is subject to the limit. It is asked once for all rows.
macro_rules! any_unused {
    () => {
        "EXISTS (SELECT 1 FROM nexus_unused)"
    };
}

/// The expression that is true if a session `s` is over because nobody used it for too long. It takes the SQL of the time.
macro_rules! is_unused {
    ($($now:tt)+) => {
        concat!(
            "(",
            $crate::store::sqlite::unused::any_unused!(),
            " AND EXISTS (SELECT 1 FROM nexus_unused k WHERE k.session_id = s.id AND max(k.base, ",
            $crate::store::sqlite::unused::unused_rule_since!(),
            ") <= ",
            $crate::store::sqlite::unused::unused_cutoff!($($now)+),
            "))"
        )
    };
}

/// The sessions `s` that nobody used for too long, with `k`, along the index of their last use. It takes the SQL of the time,
/// and ends with a condition.
macro_rules! unused_sessions {
    ($($now:tt)+) => {
        concat!(
            "nexus_unused k INDEXED BY nexus_unused_base
               CROSS JOIN de_torres_vincent_session_tokens s ON s.id = k.session_id
             WHERE k.base <= ",
            $crate::store::sqlite::unused::unused_cutoff!($($now)+),
            " AND ",
            $crate::store::sqlite::unused::unused_rule_since!(),
            " <= ",
            $crate::store::sqlite::unused::unused_cutoff!($($now)+),
            " AND s.status = 'active'"
        )
    };
}

/// The last use of a session `s`, and the moment at which it ends without another one: two columns.
macro_rules! idle_limit {
    () => {
        concat!(
            "iif(",
            $crate::store::sqlite::unused::any_unused!(),
            ", (SELECT k.base FROM nexus_unused k WHERE k.session_id = s.id), NULL), iif(",
            $crate::store::sqlite::unused::any_unused!(),
            ", (SELECT ",
            $crate::store::sqlite::unused::unused_end!(),
            " FROM nexus_unused k WHERE k.session_id = s.id), NULL)"
        )
    };
}

pub(super) use {
    any_unused, idle_limit, is_unused, unused_cutoff, unused_end, unused_rule_since, unused_sessions,
};

/// The tokens whose last use NEXUS notes, as a scan finds them while the rule is on.
pub(super) const SCANNED: &str =
    "SELECT s.id, max(n.started_at, ifnull(n.last_seen, '')) FROM de_torres_vincent_session_tokens s
       INDEXED BY nexus_sessions_active CROSS JOIN nexus_sessions n ON n.session_id = s.id
     WHERE s.status = 'active' AND n.origin <> 'console'
       AND EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'token_idle_minutes')";

/// The same, as it is kept.
pub(super) const KEPT: &str = "SELECT k.session_id, k.base FROM nexus_unused k
  JOIN de_torres_vincent_session_tokens s ON s.id = k.session_id JOIN nexus_sessions n ON n.session_id = k.session_id";

/// The sessions that a sweep marks because nobody used them for too long (the time is `?1`), but for those that it marks
/// because their own time or the last day of their account is over.
pub(super) const OVERDUE: &str = concat!(
    "SELECT s.id, s.user_id FROM ",
    unused_sessions!("?1"),
    " AND ",
    ends!(),
    " > ?1 AND NOT EXISTS (SELECT 1 FROM nexus_accounts v WHERE v.user_id = s.user_id AND v.expires_on < substr(?1, 1, 10))"
);

/// Returns the rule that is on.
pub(super) fn rule(connection: &Connection) -> Result<Option<TokenIdleRule>> {
    let found = RULE.get(connection)?;
    Ok(found.map(|(minutes, since)| TokenIdleRule { minutes, since }))
}

/// Switches the rule on or off, or changes its minutes.
pub(super) fn set_rule(connection: &Connection, rule: Option<TokenIdleRule>) -> Result<()> {
    RULE.set(connection, rule.map(|rule| (rule.minutes, rule.since)))?;
    refill(connection)
}

/// Works out anew when tokens were last used. Of those of which NEXUS knows nothing, what was kept stays.
pub(super) fn refill(connection: &Connection) -> Result<()> {
    let sql = format!(
        "DELETE FROM nexus_unused WHERE NOT EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'token_idle_minutes')
           OR session_id IN (SELECT session_id FROM nexus_sessions)
           OR session_id NOT IN (SELECT id FROM de_torres_vincent_session_tokens WHERE status = 'active');
         INSERT INTO nexus_unused (session_id, base) {SCANNED};
         INSERT OR IGNORE INTO nexus_unused (session_id, base)
         SELECT s.id, datetime('now') FROM de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_active
         WHERE s.status = 'active' AND NOT EXISTS (SELECT 1 FROM nexus_sessions n WHERE n.session_id = s.id)
           AND EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'token_idle_minutes');"
    );
    connection.execute_batch(&sql).map_err(error::of)
}

/// Notes the use of a token. The trigger does so for those of which NEXUS keeps the last use.
pub(super) fn used(connection: &Connection, now: Timestamp, id: i64) -> Result<()> {
    let sql = "UPDATE nexus_unused SET base = ? WHERE session_id = ?
                 AND NOT EXISTS (SELECT 1 FROM nexus_sessions n WHERE n.session_id = nexus_unused.session_id)";
    execute(connection, sql, params![to_stored(now), id]).map(drop)
}

/// Returns the time at which the next token ends without another use, of one account or of all.
pub(super) fn next_end(
    connection: &Connection,
    now: Timestamp,
    of: Option<UserId>,
) -> Result<Option<Timestamp>> {
    let end = match of {
        Some(owner) => first(connection, BY_OWNER, params![to_stored(now), owner.0], |row| time(row, 0))?,
        None => first(connection, BY_USE, [to_stored(now)], |row| time(row, 0))?,
    };
    Ok(end.flatten())
}

/// The next end of all tokens, and of those of one account.
pub(super) const BY_USE: &str = concat!(
    "SELECT ",
    unused_end!(),
    " FROM nexus_unused k INDEXED BY nexus_unused_base CROSS JOIN de_torres_vincent_session_tokens s ON s.id = k.session_id
     WHERE s.status = 'active' AND (k.base > ",
    unused_cutoff!("?1"),
    " OR ",
    unused_rule_since!(),
    " > ",
    unused_cutoff!("?1"),
    ") ORDER BY k.base LIMIT 1"
);
const BY_OWNER: &str = concat!(
    "SELECT min(",
    unused_end!(),
    ") FROM de_torres_vincent_session_tokens s INDEXED BY nexus_sessions_user_active
       CROSS JOIN nexus_unused k ON k.session_id = s.id
     WHERE s.status = 'active' AND s.user_id = ?2
       AND EXISTS (SELECT 1 FROM nexus_settings WHERE name = 'token_idle_minutes') AND max(k.base, ",
    unused_rule_since!(),
    ") > ",
    unused_cutoff!("?1")
);
