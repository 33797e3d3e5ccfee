//! Moments as any program may write them, in SQL: one expression turns them into the store's form, in queries as in the
//! indexes of the schema, so that text order is time order whatever was written.

use rusqlite::types::Value;

use crate::domain::time::{Timestamp, to_stored};

/// The expression for a column's time in the store's format, or NULL if it has none; the same as [`from_stored`]
/// reads.
///
/// The schema's indexes contain this very expression. It must have the same value in every SQLite: so `now` never
/// gets to the functions, nor an impossible day (which they would move on, but only where they count), nor a fraction
/// (which some round).
///
/// [`from_stored`]: crate::domain::time::from_stored
macro_rules! moment {
    ($column:literal) => {
        concat!(
            // Nearly all are in the store's form. Digits come before the colon, and `now` behind it. Without a modifier SQLite
            // 3.40 leaves an impossible day as it is, and later ones do not.
            "CASE WHEN ",
            $column,
            " > '0001' AND ",
            $column,
            " < ':' AND datetime(",
            $column,
            ", '+0 days') = ",
            $column,
            " THEN ",
            $column,
            " ELSE ",
            $crate::store::sqlite::moments::any_moment!($column),
            " END"
        )
    };
}

/// The same expression for times in any form.
macro_rules! any_moment {
    ($column:literal) => {
        concat!(
            "CASE WHEN typeof(",
            $column,
            ") = 'text' AND ",
            $column,
            " GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND ",
            $column,
            " NOT GLOB '0000*' THEN ",
            "CASE WHEN date(substr(",
            $column,
            ", 1, 10), '+0 days') = substr(",
            $column,
            ", 1, 10) THEN ",
            "CASE WHEN ",
            $column,
            " GLOB '??????????[ T]??:??:??.[0-9]*' AND substr(",
            $column,
            ", 12, 2) < '24' THEN ",
            "datetime(substr(",
            $column,
            ", 1, 19) || ltrim(substr(",
            $column,
            ", 20), '.0123456789')) ",
            "WHEN length(",
            $column,
            ") = 10 OR ",
            $column,
            " GLOB '??????????[ T]??:??*' AND substr(",
            $column,
            ", 12, 2) < '24' THEN datetime(",
            $column,
            ") ",
            "END END END"
        )
    };
}

/// When the time of a session `s` is over.
macro_rules! ends {
    () => {
        $crate::store::sqlite::moments::moment!("s.expiration")
    };
}

/// The expression that is true if any account has dates. It is asked once for all rows, and often answers no.
macro_rules! any_dates {
    () => {
        "EXISTS (SELECT 1 FROM nexus_accounts INDEXED BY nexus_accounts_dated
           WHERE valid_from IS NOT NULL OR expires_on IS NOT NULL)"
    };
}

/// The expression that is true if the dates of an account keep it from being usable at a time. It takes the account's id and
/// the SQL of the time, which may be a day as well: texts compare alike.
macro_rules! out_of_dates {
    ($id:literal, $($now:tt)+) => {
        concat!(
            "(",
            $crate::store::sqlite::moments::any_dates!(),
            " AND EXISTS (SELECT 1 FROM nexus_accounts v INDEXED BY nexus_accounts_dated WHERE v.user_id = ",
            $id,
            " AND (v.valid_from IS NOT NULL OR v.expires_on IS NOT NULL) AND (v.valid_from > ",
            $($now)+,
            // The last day is over after its 24 hours.
            " OR v.expires_on || ' 24' <= ",
            $($now)+,
            ")))"
        )
    };
}

/// The latest moment from which an account may not be idle at a time, by the rule for idle accounts; NULL without one. It
/// takes the SQL of the time.
macro_rules! cutoff {
    ($($now:tt)+) => {
        concat!(
            "datetime(",
            $($now)+,
            ", '-' || (SELECT value FROM nexus_settings WHERE name = 'idle_days') || ' days')"
        )
    };
}

/// The time at which the rule for idle accounts was switched on.
macro_rules! idle_since {
    () => {
        "(SELECT value FROM nexus_settings WHERE name = 'idle_since')"
    };
}

/// The expression that is true if the rule for idle accounts spares an account `y`, of which `i` tells from when it is idle:
/// of the admins without dates who can log in, the one that was seen last. So one always remains, whatever the time.
macro_rules! is_spared {
    () => {
        "(y.access_level = 'admin' AND NOT EXISTS (
           SELECT 1 FROM de_torres_vincent_users x INDEXED BY nexus_users_admin
             CROSS JOIN nexus_idle k ON k.user_id = x.id
           WHERE x.access_level = 'admin' AND x.status = 'confirmed'
             AND (k.base > i.base OR k.base = i.base AND x.id > y.id)
             AND (x.password GLOB '$argon2id$*' OR x.password GLOB '$2[aby]$*')
             AND NOT EXISTS (SELECT 1 FROM nexus_accounts v INDEXED BY nexus_accounts_dated
               WHERE v.user_id = x.id AND (v.valid_from IS NOT NULL OR v.expires_on IS NOT NULL))))"
    };
}

/// The accounts `i` that are idle for too long, but for the one that is spared. It takes the SQL of the time.
macro_rules! idle_accounts {
    ($($now:tt)+) => {
        concat!(
            "SELECT i.user_id FROM nexus_idle i INDEXED BY nexus_idle_base
               CROSS JOIN de_torres_vincent_users y ON y.id = i.user_id
             WHERE i.base <= ",
            $crate::store::sqlite::moments::cutoff!($($now)+),
            " AND ",
            $crate::store::sqlite::moments::idle_since!(),
            " <= ",
            $crate::store::sqlite::moments::cutoff!($($now)+),
            " AND NOT ",
            $crate::store::sqlite::moments::is_spared!()
        )
    };
}

/// The moment at which the rule for idle accounts cuts off the account of which `i` tells from when it is idle.
macro_rules! idle_end {
    () => {
        concat!(
            "datetime(max(i.base, ",
            $crate::store::sqlite::moments::idle_since!(),
            "), '+' || (SELECT value FROM nexus_settings WHERE name = 'idle_days') || ' days')"
        )
    };
}

/// The expression that is true if there is a rule for idle accounts. It is asked once for all rows.
macro_rules! any_idle {
    () => {
        "EXISTS (SELECT 1 FROM nexus_idle)"
    };
}

/// The moment at which the rule for idle accounts cuts an account off; NULL if it does not. It takes the account's id.
macro_rules! idle_at {
    ($id:literal) => {
        concat!(
            "iif(",
            $crate::store::sqlite::moments::any_idle!(),
            ", (SELECT ",
            $crate::store::sqlite::moments::idle_end!(),
            " FROM nexus_idle i CROSS JOIN de_torres_vincent_users y ON y.id = i.user_id WHERE i.user_id = ",
            $id,
            " AND NOT ",
            $crate::store::sqlite::moments::is_spared!(),
            "), NULL)"
        )
    };
}

/// The expression that is true if a confirmed account is not usable at a time all the same: it is out of its dates, or idle
/// for too long. It takes the account's id and the SQL of the time.
macro_rules! out_of_time {
    ($id:literal, $($now:tt)+) => {
        concat!(
            "(",
            $crate::store::sqlite::moments::out_of_dates!($id, $($now)+),
            " OR (",
            $crate::store::sqlite::moments::any_idle!(),
            " AND EXISTS (SELECT 1 FROM nexus_idle i CROSS JOIN de_torres_vincent_users y ON y.id = i.user_id
                WHERE i.user_id = ",
            $id,
            " AND max(i.base, ",
            $crate::store::sqlite::moments::idle_since!(),
            ") <= ",
            $crate::store::sqlite::moments::cutoff!($($now)+),
            " AND NOT ",
            $crate::store::sqlite::moments::is_spared!(),
            ")))"
        )
    };
}

/// The expression that is true if an account `u` is usable. It takes [`usable_values`]. In memory it is
/// `AccountState::shut`.
macro_rules! usable {
    () => {
        concat!(
            "(u.status = 'confirmed' AND NOT ",
            $crate::store::sqlite::moments::out_of_time!("u.id", "?"),
            ")"
        )
    };
}

/// The expression that is true if a session `s` of an account `u` is active: its row says so, it has not expired, its
/// account is usable, and it is no token that nobody used for too long. It takes [`active_values`]. Every list, count,
/// filter and check in SQL uses it; in memory it is `Session::ended`.
macro_rules! active {
    () => {
        concat!(
            "(s.status = 'active' AND ",
            $crate::store::sqlite::moments::ends!(),
            " > ? AND ",
            $crate::store::sqlite::moments::usable!(),
            " AND NOT ",
            $crate::store::sqlite::unused::is_unused!("?"),
            " AND NOT ",
            $crate::store::sqlite::moments::ending!(),
            ")"
        )
    };
}

/// The ids of the sessions that are over though their rows say `active`, as far as they were noted on this connection
/// (`CachedReader::note_overdue`).
macro_rules! overdue {
    () => {
        "SELECT value FROM json_each(nexus_overdue())"
    };
}

/// Joins the end of a session `s` as `e`. One whose row says `active` has none: it is not even looked for.
macro_rules! end_joined {
    () => {
        "LEFT JOIN nexus_session_ends e ON e.session_id = iif(s.status = 'active', NULL, s.id)"
    };
}

/// The expression that is true if a session `s` is one of very many that end step by step, and so is over though its
/// row does not say so yet.
macro_rules! ending {
    () => {
        // The first part is asked once for all rows, and nearly always answers no.
        "(EXISTS (SELECT 1 FROM nexus_operations WHERE kind = 'end-sessions')
           AND EXISTS (SELECT 1 FROM nexus_operations o WHERE o.kind = 'end-sessions' AND o.account_id = s.user_id
             AND s.id <= o.last_id AND s.id IS NOT o.spared))"
    };
}

/// The expression of [`moment`] as a number of seconds: as indexes of times hold it, in half the room of a text.
macro_rules! seconds {
    ($column:literal) => {
        concat!("unixepoch(", $crate::store::sqlite::moments::moment!($column), ")")
    };
}

pub(super) use {
    active, any_dates, any_idle, any_moment, cutoff, end_joined, ending, ends, idle_accounts, idle_at,
    idle_end, idle_since, is_spared, moment, out_of_dates, out_of_time, overdue, seconds, usable,
};

/// Returns the values that [`usable`] takes.
pub(super) fn usable_values(now: Timestamp) -> [Value; 3] {
    let now = Value::Text(to_stored(now));
    [now.clone(), now.clone(), now]
}

/// Returns the values that [`active`] takes.
pub(super) fn active_values(now: Timestamp) -> [Value; 5] {
    let now = Value::Text(to_stored(now));
    [(); 5].map(|()| now.clone())
}

/// The expression of [`active`] as a constant.
pub(super) const ACTIVE: &str = active!();

/// When the time of a session `s` is over.
pub(super) const ENDS: &str = ends!();

/// When an account `u` was created and last changed, as numbers, in the order of which its indexes are.
pub(super) const CREATED: &str = seconds!("u.created_at");
pub(super) const UPDATED: &str = seconds!("u.updated_at");

/// The dates of a directory `d`, likewise.
pub(super) const ADDED: &str = seconds!("d.date_added");
pub(super) const MODIFIED: &str = seconds!("d.last_modified");
