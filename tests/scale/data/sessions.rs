//! Sessions: older accounts have more of them; those of the last two weeks, and 5 of 100 others, are marked active.

use rusqlite::{Connection, params};

use super::{HEAVY_ID, HISTORY, History, Sizes};
use crate::outcome::Outcome;
use crate::random::Random;

/// Seconds that a session lives.
const LIFE: u64 = 14 * 86_400;
const SHARE_LEFT_ACTIVE: f64 = 0.05;
const SHARE_WITHOUT_END: f64 = 0.01;

pub(super) fn fill(
    connection: &Connection,
    sizes: Sizes,
    history: &History,
    random: &mut Random,
) -> Outcome<()> {
    let mut insert = connection.prepare(
        "INSERT INTO de_torres_vincent_session_tokens (id, user_id, session_token, expiration, status) VALUES (?, ?, ?, ?, ?)",
    )?;
    let heavy = if sizes.users >= HEAVY_ID { sizes.heavy_sessions() } else { 0 };
    let stride = sizes.sessions().checked_div(heavy).unwrap_or(u64::MAX);
    for (id, start) in (1..).zip(History::moments(sizes.sessions(), random)) {
        let skewed = (sizes.users as f64 * random.unit().powf(1.4)) as u64 + 1;
        let owner = if id % stride == 0 { HEAVY_ID } else { skewed.min(sizes.users) };
        let token = format!(
            "{:016x}{:016x}{:016x}{:016x}",
            random.bits(),
            random.bits(),
            random.bits(),
            random.bits()
        );
        let active = start > HISTORY - LIFE || random.unit() < SHARE_LEFT_ACTIVE;
        let end = (random.unit() >= SHARE_WITHOUT_END).then(|| history.at(start + LIFE));
        insert.execute(params![
            id as i64,
            owner as i64,
            token,
            end,
            if active { "active" } else { "expired" }
        ])?;
    }
    connection.execute_batch(
        "UPDATE de_torres_vincent_users AS u SET session_token = newest.session_token
         FROM (SELECT user_id, session_token, max(id) FROM de_torres_vincent_session_tokens WHERE status = 'active'
               GROUP BY user_id) AS newest
         WHERE newest.user_id = u.id",
    )?;
    Ok(())
}
