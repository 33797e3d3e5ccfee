//! The rule for idle accounts, as the config file asks for it and the store keeps it.

use crate::domain::idle_settings::{IdleRule, IdleSettings};
use crate::domain::time::Timestamp;
use crate::store::Write;

use super::contract::Failure;

/// Puts the rule of the config file in force, if that says anything about it.
pub(super) fn apply_rule(
    rows: &mut dyn Write,
    settings: IdleSettings,
    now: Timestamp,
) -> Result<(), Failure> {
    let Some(asked) = settings.suspend_after else { return Ok(()) };
    let present = rows.idle_rule()?;
    if present.map(|rule| rule.days) == asked.days() {
        return Ok(());
    }
    let since = present.map_or(now, |rule| rule.since);
    Ok(rows.set_idle_rule(asked.days().map(|days| IdleRule { days, since }))?)
}
