//! The way back in for whoever may write the store's file: an account becomes an admin who can log in.

use crate::domain::journal::{CHANGED, FieldValues, SESSIONS_ENDED};
use crate::domain::secret::Secret;
use crate::domain::session::EndReason;
use crate::domain::time::to_stored;
use crate::domain::user::{AccessLevel, Fields, Status, User, Who};

use super::super::contract::{Action, ActionSummary, Caller, Failure, FailureKind, Reply};
use super::super::instance::Service;
use super::super::request_context::RequestContext;
use super::super::transaction::{Transaction, with_snapshot};
use super::super::{journal_writer, lookup, new_password, status, throttle};
use super::passwords::{LONGEST_CODE, NewCode};
use super::write;

/// The secret with which the account's owner logs in next.
enum NewSecret {
    PasswordHash(String),
    Code(NewCode),
}

/// Makes an account a confirmed admin whom nothing keeps out, and sets its password or makes an access code.
///
/// # Errors
/// [`FailureKind::Refused`] unless a command asks for it.
pub(super) fn recover(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    who: &Who,
    password: Option<&Secret>,
) -> Result<Reply, Failure> {
    if context.caller != Caller::Owner {
        // Somebody who is not logged in is told that first.
        with_snapshot(service, context, |_| Ok(()))?;
        let words = "Only whoever may write the store's file can recover an account.";
        return Err(Failure::new(FailureKind::Refused, words));
    }
    let user = with_snapshot(service, context, |snapshot| snapshot.account(who))?;
    let secret = match password {
        Some(password) => NewSecret::PasswordHash(new_password::hashed(service, password, &user.fields())?),
        None => NewSecret::Code(NewCode::make(&mut service.hasher, context.now + LONGEST_CODE)?),
    };
    let summary = write(service, context, |tx| {
        let user = tx.find(&Who::Id(user.id))?;
        let summary = let_in(tx, &user, &secret)?;
        Ok(lookup::about(summary, &user))
    })?;
    Ok(match secret {
        NewSecret::PasswordHash(_) => Reply::Done(summary),
        NewSecret::Code(code) => code.show(context, summary),
    })
}

/// Removes whatever keeps the account from logging in as an admin.
fn let_in(tx: &mut Transaction<'_>, user: &User, secret: &NewSecret) -> Result<ActionSummary, Failure> {
    let fields = Fields {
        level: Some(AccessLevel::Admin),
        status: Some(Status::Confirmed),
        valid_from: Some(String::new()),
        expires_on: Some(String::new()),
        ..Fields::default()
    };
    let mut summary = ActionSummary::new(Action::Recovered);
    let change = status::change_to(tx, user, fields, &mut summary)?;
    let (before, after) = change
        .map_or_else(|| (FieldValues::new(), FieldValues::new()), |change| (change.before(), change.after()));
    let after = match secret {
        NewSecret::PasswordHash(hash) => {
            tx.rows.set_password(tx.now, user.id, hash, false)?;
            tx.rows.set_access_code(tx.now, user.id, None)?;
            let end = tx.journal.ends(EndReason::PasswordChanged);
            summary.sessions += tx.rows.end_sessions_of(user.id, None, &end)?;
            after.with("password", CHANGED).with_count(SESSIONS_ENDED, summary.sessions)
        }
        NewSecret::Code(code) => {
            tx.rows.set_access_code(tx.now, user.id, Some(&code.stored))?;
            after.with("access_code", CHANGED).with("expires_at", to_stored(code.stored.expires_at))
        }
    };
    let after = if tx.rows.second_factor(user.id)?.is_some() {
        tx.rows.set_second_factor(user.id, None)?;
        after.with("second_factor", "removed")
    } else {
        after
    };
    throttle::lift(tx, user)?;
    tx.note(Action::Recovered, journal_writer::account(user), before, after)?;
    let ended = summary.sessions;
    Ok(ActionSummary { accounts: 1, unchanged: 0, ended, ..summary })
}
