//! Set-up, log-in, the lock screen and log-out. Every check of a secret is counted by the throttle first, and the front end
//! delays the answer to a failed one.

use crate::auth::password::{OtherCosts, PasswordMatch};
use crate::domain::journal::{CHANGED, FieldValues, REHASHED, SESSIONS_ENDED};
use crate::domain::secret::Secret;
use crate::domain::session::{DEFAULT_LIFE, EndReason};
use crate::domain::time::Timestamp;
use crate::domain::user::{Fields, Status, Who};
use crate::store::read;

use super::authentication::{CredentialCheck, Next, wrong_password};
use super::contract::{
    Action, ActionSummary, Caller, Failure, FailureKind, Operator, Reply, SignIn, StoreStatus,
};
use super::instance::Service;
use super::operator::{Principal, admins, described};
use super::registration;
use super::request_context::RequestContext;
use super::throttle::CountedTry;
use super::transaction::{Snapshot, finish_operations, with_sign_in, with_snapshot, with_transaction};
use super::{journal_writer, lookup, new_password, status, throttle};
use entry::enter;
use second_step::SecondStep;
use set_up::set_up;

mod entry;
mod second_step;
mod set_up;

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: SignIn,
) -> Result<Reply, Failure> {
    match request {
        SignIn::Look => store_status(service, context.now),
        SignIn::SetUp { fields, password } => set_up(service, context, fields, &password),
        SignIn::LogIn { name, secret, code } => log_in(service, context, &name, &secret, code.as_ref()),
        SignIn::EnrolFactor { name, proof, factor, code } => {
            second_step::enrol(service, context, (&name, &proof), (&factor, &code))
        }
        SignIn::Choose { name, proof, password } => choose(service, context, &name, &proof, &password),
        SignIn::Register { fields, password, code } => {
            registration::register(service, context, fields, &password, &code)
        }
        SignIn::Unlock(secret) | SignIn::Prove(secret) => unlock(service, context, &secret),
        SignIn::StillIn => {
            with_snapshot(service, context, |snapshot| snapshot.principal.described().map(Reply::SignedIn))
        }
        SignIn::SeeAs(who) => with_snapshot(service, context, |snapshot| see_as(snapshot, &who)),
        SignIn::LogOut => log_out(service, context),
    }
}

fn store_status(service: &Service, now: Timestamp) -> Result<Reply, Failure> {
    read(&*service.store, |rows| {
        let admins = admins(rows, now)?;
        // A store whose check times cannot be read still lets everyone in.
        let sound_at = rows.check_times().ok().and_then(|times| times.sound_at);
        let registration = registration::registration(service, admins);
        Ok(Reply::StoreStatus(StoreStatus {
            store: service.store.location(),
            admins,
            sound_at,
            registration,
        }))
    })
}

fn log_in(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    name: &str,
    secret: &Secret,
    code: Option<&Secret>,
) -> Result<Reply, Failure> {
    let proof = CredentialCheck::check(service, context, name, secret)?;
    let mut step = SecondStep::of_log_in(service, context.now, code);
    let entered = if service.store.writable().is_ok() {
        enter_writing(service, context, &proof, secret, &mut step)
    } else {
        enter_reading(service, context.now, &proof, secret, &mut step)
    };
    if step.is_wrong {
        return entered.map_err(|failure| proof.counted.failed(failure));
    }
    let reply = proof.counted.right(service, context, entered)?;
    step.end(service, context.now, &reply);
    Ok(reply)
}

/// Logs an account in whose secret was right, or asks for a new password.
fn enter_writing(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    proof: &CredentialCheck,
    secret: &Secret,
    step: &mut SecondStep,
) -> Result<Reply, Failure> {
    let settings = service.sessions;
    with_sign_in(service, context, |tx| {
        let account = proof.holds(tx.rows, tx.now)?;
        let next = proof.next(tx.now, &account, secret)?;
        let user = &account.user;
        if let Some(reply) = step.require(tx, user)? {
            proof.counted.taken_back(tx)?;
            return Ok(reply);
        }
        proof.counted.succeeded(tx)?;
        let another = match next {
            Next::Choose(why) => Some(Reply::ChoosePassword(why)),
            Next::Enter => step.offer(tx.rows, user)?,
        };
        if let Some(reply) = another {
            step.note_used(tx, user)?;
            return Ok(reply);
        }
        if let Some(hash) = proof.renewed_hash() {
            tx.rows.set_password(tx.now, user.id, hash, false)?;
            tx.sign_in_as(user, None);
            let after = FieldValues::new().with("password", REHASHED);
            tx.note(Action::PasswordSet, journal_writer::account(user), FieldValues::new(), after)?;
        }
        enter(tx, settings, user, step.proven()).map(Reply::SignedIn)
    })
}

/// Logs an account in on a read-only store: no session begins, and nothing is recorded.
fn enter_reading(
    service: &mut Service,
    now: Timestamp,
    proof: &CredentialCheck,
    secret: &Secret,
    step: &mut SecondStep,
) -> Result<Reply, Failure> {
    let entered = read(&*service.store, |rows| {
        let account = proof.holds(rows, now)?;
        let next = proof.next(now, &account, secret)?;
        if let Some(reply) = step.require_reading(rows, &account.user)? {
            return Ok(reply);
        }
        match next {
            Next::Enter => {
                let restored_at = rows.last_done(Action::StoreRestored)?;
                let operator = described(&account.user, None, now + DEFAULT_LIFE);
                Ok(Reply::SignedIn(Operator { restored_at, ..operator }))
            }
            Next::Choose(_) => {
                let words = "A new password must be chosen first, and nothing can be written here.";
                Err(Failure::new(FailureKind::Unavailable, words))
            }
        }
    })?;
    if let Reply::EnterCode { .. } = entered {
        proof.counted.taken_back_unstored(service);
    } else {
        proof.counted.succeeded_unstored(service);
    }
    Ok(entered)
}

/// Sets a new password, proven by the old one or by an access code. All sessions of the account end, because someone
/// who had the old password may have opened them.
fn choose(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    name: &str,
    old: &Secret,
    password: &Secret,
) -> Result<Reply, Failure> {
    let proof = CredentialCheck::check(service, context, name, old)?;
    let mut step = SecondStep::of_choice(service, context.now);
    let signed_in = choose_proven(service, context, &proof, (old, password), &mut step);
    let signed_in = proof.counted.right(service, context, signed_in)?;
    step.end(service, context.now, &signed_in);
    // The log-in is committed and must not fail any more. Sessions that are still to be ended count as over already.
    let _ = finish_operations(service, context);
    Ok(signed_in)
}

/// Sets a new password after the old one, or a code, was right.
fn choose_proven(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    proof: &CredentialCheck,
    (old, password): (&Secret, &Secret),
    step: &mut SecondStep,
) -> Result<Reply, Failure> {
    let account = read(&*service.store, |rows| proof.holds(rows, context.now))?;
    proof.next(context.now, &account, old)?;
    new_password::differs(password, old)?;
    let hash = new_password::hashed(service, password, &account.user.fields())?;

    let settings = service.sessions;
    with_sign_in(service, context, |tx| {
        let account = proof.holds(tx.rows, tx.now)?;
        proof.next(tx.now, &account, old)?;
        let user = &account.user;
        // The code was asked for before; nothing is changed without it.
        if let Some(reply) = step.require(tx, user)? {
            proof.counted.taken_back(tx)?;
            return Ok(reply);
        }
        proof.counted.succeeded(tx)?;
        tx.rows.set_password(tx.now, user.id, &hash, false)?;
        tx.rows.set_access_code(tx.now, user.id, None)?;
        tx.sign_in_as(user, None);
        let end = tx.journal.ends(EndReason::PasswordChanged);
        let ended = tx.rows.end_sessions_of(user.id, None, &end)?;
        let after = FieldValues::new().with("password", CHANGED).with_count(SESSIONS_ENDED, ended);
        tx.note(Action::PasswordSet, journal_writer::account(user), FieldValues::new(), after)?;
        let confirmed = Fields { status: Some(Status::Confirmed), ..Fields::default() };
        let summary = &mut ActionSummary::new(Action::Confirmed);
        if let Some(change) = status::change_to(tx, user, confirmed, summary)? {
            tx.note(Action::Confirmed, journal_writer::account(user), change.before(), change.after())?;
        }
        if let Some(reply) = step.offer(tx.rows, user)? {
            return Ok(reply);
        }
        enter(tx, settings, user, step.proven()).map(Reply::SignedIn)
    })
}

/// Checks the operator's password again. It unlocks the present session and opens no new one.
fn unlock(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    secret: &Secret,
) -> Result<Reply, Failure> {
    let own = with_snapshot(service, context, |snapshot| {
        snapshot.principal.credentials(snapshot.rows, snapshot.now)
    })?;
    let counted = throttle::count_own(service, context, own.user.id)?;
    // The account is no secret here, so the time of the check may tell it.
    if service.hasher.verify(secret, Some(&own.password_hash), &OtherCosts::default()) == PasswordMatch::Wrong
    {
        return Err(counted.failed(wrong_password()));
    }
    let unlocked = unlock_proven(service, context, &counted);
    counted.right(service, context, unlocked)
}

/// Unlocks the present session after the password was right.
fn unlock_proven(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    counted: &CountedTry,
) -> Result<Reply, Failure> {
    if service.store.writable().is_err() {
        counted.succeeded_unstored(service);
        return with_snapshot(service, context, |snapshot| {
            snapshot.principal.described().map(Reply::SignedIn)
        });
    }
    with_transaction(service, context, |tx| {
        if let Some(session) = tx.principal.session() {
            tx.rows.saw_session(tx.now, session)?;
        }
        counted.succeeded(tx)?;
        let user = tx.principal.user()?.clone();
        let failed = throttle::take_failures(tx, &user)?;
        let operator = tx.principal.described()?;
        Ok(Reply::SignedIn(Operator { failed, ..operator }))
    })
}

/// Returns the operator that an admin is who sees the console as an account gets it.
fn see_as(snapshot: Snapshot<'_>, who: &Who) -> Result<Reply, Failure> {
    let Some(session) = snapshot.principal.session() else {
        let words = "Only an admin who is logged in to a console that can write sees it as somebody else.";
        return Err(Failure::new(FailureKind::Refused, words));
    };
    let account = snapshot.account(who)?.id;
    let viewer = Principal::viewer(snapshot.rows, snapshot.now, session, account)?;
    viewer.described().map(Reply::SignedIn)
}

/// Ends the caller's session. A caller whose session has ended already may log out, too.
fn log_out(service: &mut Service, context: &mut RequestContext<'_>) -> Result<Reply, Failure> {
    let Caller::Operator(id) = context.caller else { return Ok(Reply::SignedOut) };
    // The session's row stays active until its time is over, or until a console that can write finds that its process has ended.
    if service.store.writable().is_err() {
        return Ok(Reply::SignedOut);
    }
    with_sign_in(service, context, |tx| {
        let Some(session) = tx.rows.session(id)? else { return Ok(Reply::SignedOut) };
        let user = lookup::known(tx.rows, tx.now, session.user_id)?;
        tx.sign_in_as(&user, Some(id));
        if tx.rows.end_session(id, &tx.journal.ends(EndReason::LoggedOut))? {
            let object = journal_writer::session(&session);
            tx.note(Action::LoggedOut, object, FieldValues::new(), FieldValues::new())?;
        }
        Ok(Reply::SignedOut)
    })
}

#[cfg(test)]
mod tests;
