//! The rules for idle accounts and unused tokens, as the config file asks for them and the store keeps them.

use crate::domain::idle_settings::{IdleRule, IdleSettings};
use crate::domain::session_settings::{SessionSettings, TokenIdleRule};
use crate::domain::time::Timestamp;
use crate::store::Write;

use super::contract::Failure;

/// Puts the rules of the config file in force, if that says anything about them.
pub(super) fn apply_rules(
    rows: &mut dyn Write,
    (accounts, sessions): (IdleSettings, SessionSettings),
    now: Timestamp,
) -> Result<(), Failure> {
    apply_to_accounts(rows, accounts, now)?;
    apply_to_tokens(rows, sessions, now)
}

fn apply_to_tokens(rows: &mut dyn Write, settings: SessionSettings, now: Timestamp) -> Result<(), Failure> {
    let Some(asked) = settings.idle else { return Ok(()) };
    let present = rows.token_idle_rule()?;
    if present.map(|rule| rule.minutes) == asked.minutes() {
        return Ok(());
    }
    let since = present.map_or(now, |rule| rule.since);
    Ok(rows.set_token_idle_rule(asked.minutes().map(|minutes| TokenIdleRule { minutes, since }))?)
}

fn apply_to_accounts(rows: &mut dyn Write, settings: IdleSettings, now: Timestamp) -> Result<(), Failure> {
    let Some(asked) = settings.suspend_after else { return Ok(()) };
    let present = rows.idle_rule()?;
    if present.map(|rule| rule.days) == asked.days() {
        return Ok(());
    }
    let since = present.map_or(now, |rule| rule.since);
    Ok(rows.set_idle_rule(asked.days().map(|days| IdleRule { days, since }))?)
}
