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

/// The expression that is true if the dates of an account keep it from being usable at a time. It takes the account's id and
/// the SQL of the time, which may be a day as well: texts compare alike.
macro_rules! out_of_dates {
    ($id:literal, $($now:tt)+) => {
        concat!(
            "EXISTS (SELECT 1 FROM nexus_accounts v INDEXED BY nexus_accounts_dated WHERE v.user_id = ",
            $id,
            " AND (v.valid_from IS NOT NULL OR v.expires_on IS NOT NULL) AND (v.valid_from > ",
            $($now)+,
            // The last day is over after its 24 hours.
            " OR v.expires_on || ' 24' <= ",
            $($now)+,
            "))"
        )
    };
}

/// The expression that is true if an account `u` is usable. It takes the time, twice: see [`usable_values`]. In memory it is
/// `AccountState::shut`.
macro_rules! usable {
    () => {
        concat!(
            "(u.status = 'confirmed' AND NOT ",
            $crate::store::sqlite::moments::out_of_dates!("u.id", "?"),
            ")"
        )
    };
}

/// The expression that is true if a session `s` of an account `u` is active: its row says so, it has not expired, and
/// its account is usable. It takes [`active_values`]. Every list, count, filter and check in SQL uses it; in memory it is
/// `Session::ended`.
macro_rules! active {
    () => {
        concat!(
            "(s.status = 'active' AND ",
            $crate::store::sqlite::moments::ends!(),
            " > ? AND ",
            $crate::store::sqlite::moments::usable!(),
            " AND NOT ",
            $crate::store::sqlite::moments::ending!(),
            ")"
        )
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

pub(super) use {active, end_joined, ending, ends, moment, out_of_dates, usable};

/// Returns the values that [`usable`] takes.
pub(super) fn usable_values(now: Timestamp) -> [Value; 2] {
    let now = Value::Text(to_stored(now));
    [now.clone(), now]
}

/// Returns the values that [`active`] takes.
pub(super) fn active_values(now: Timestamp) -> [Value; 3] {
    let [one, other] = usable_values(now);
    [one.clone(), one, other]
}

/// The expression of [`active`] as a constant.
pub(super) const ACTIVE: &str = active!();

/// When the time of a session `s` is over.
pub(super) const ENDS: &str = ends!();

/// The time at which an account `u` was created.
pub(super) const CREATED: &str = moment!("u.created_at");

/// When an account `u` was last changed.
pub(super) const UPDATED: &str = moment!("u.updated_at");
