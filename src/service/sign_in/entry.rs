//! The session with which a log-in ends, and the older ones that make room for it.

use crate::auth::token;
use crate::domain::journal::FieldValues;
use crate::domain::session::{DEFAULT_LIFE, EndReason, SessionEnd, SessionOrigin};
use crate::domain::session_settings::{AtCap, SessionSettings};
use crate::domain::text::count;
use crate::domain::time::to_stored;
use crate::domain::user::User;
use crate::store::{NewSession, SessionStart, StoreError};

use super::super::contract::{Action, Failure, FailureKind, Operator};
use super::super::operator::described;
use super::super::second_factor::Proven;
use super::super::transaction::Transaction;
use super::super::{journal_writer, throttle};

/// Opens a console session for the account. Sessions of processes that have ended are ended first, then the account's
/// oldest beyond the number that it may have; or that number refuses the new one.
pub(super) fn enter(
    tx: &mut Transaction<'_>,
    settings: SessionSettings,
    user: &User,
    proven: Option<Proven>,
) -> Result<Operator, Failure> {
    let (now, host) = (tx.now, tx.host);
    let mut ended = end_abandoned(tx)?;
    let surplus = end_surplus(tx, settings, user)?;
    let ended_consoles = surplus.len() as u64;
    ended.extend(surplus);
    let expires_at = now + DEFAULT_LIFE;
    let start = SessionStart {
        origin: SessionOrigin::Console,
        detail: host.terminal.clone(),
        label: None,
        at: now,
        process: Some(host.process.clone()),
        boot: tx.boot.clone(),
    };
    // The token itself is dropped: the console names its session by the row.
    let digest = token::digest(token::new_token()?.expose());
    let session = tx.rows.insert_session(&NewSession {
        id: None,
        user_id: user.id,
        digest,
        expiration: Some(expires_at),
        active: true,
        start: Some(start),
    })?;
    tx.rows.saw_session(now, session)?;
    let after = FieldValues::new().with("expiration", to_stored(expires_at));
    let after = if ended.is_empty() { after } else { after.with("other_sessions_ended", ended) };
    let after = proven.map_or_else(|| after.clone(), |proven| proven.noted(after.clone()));
    let entered = tx.rows.session(session)?.ok_or(StoreError::Gone)?;
    tx.sign_in_as(user, Some(session));
    tx.note(Action::LoggedIn, journal_writer::session(&entered), FieldValues::new(), after)?;
    let failed = throttle::take_failures(tx, user)?;
    Ok(Operator { failed, ended_consoles, ..described(user, Some(session), expires_at) })
}

/// Ends the console sessions whose processes have ended, of all accounts. Returns their ids.
fn end_abandoned(tx: &mut Transaction<'_>) -> Result<Vec<i64>, Failure> {
    let end = SessionEnd::new(tx.now, None, EndReason::ProcessGone);
    let mut ended = Vec::new();
    for session in tx.rows.console_sessions(None)? {
        if !(tx.host.is_alive)(&session.process) && tx.rows.end_session(session.id, &end)? {
            ended.push(session.id);
        }
    }
    Ok(ended)
}

/// Ends the account's oldest console sessions, so that there is room for one more. Returns their ids.
///
/// # Errors
/// [`FailureKind::Refused`] where the settings do not let one end for another.
fn end_surplus(
    tx: &mut Transaction<'_>,
    settings: SessionSettings,
    user: &User,
) -> Result<Vec<i64>, Failure> {
    let most = usize::from(settings.max.get());
    let mut active = Vec::new();
    for console in tx.rows.console_sessions(Some(user.id))? {
        let session = tx.rows.session(console.id)?;
        active.extend(session.filter(|session| session.ended(tx.now).is_none()).map(|session| session.id));
    }
    let surplus = (active.len() + 1).saturating_sub(most);
    if surplus > 0 && settings.at_cap == AtCap::Refuse {
        let message = format!(
            "You have {} already, and may not have more.",
            count(most as u64, "console session", "console sessions")
        );
        return Err(Failure::new(FailureKind::Refused, message)
            .hint("Leave one of them, or have an admin revoke it."));
    }
    active.truncate(surplus);
    let end = SessionEnd::new(tx.now, Some(user.label().to_owned()), EndReason::TooMany);
    for id in &active {
        tx.rows.end_session(*id, &end)?;
    }
    Ok(active)
}
