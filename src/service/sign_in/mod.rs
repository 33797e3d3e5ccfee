//! Getting in and out: the set-up, the log-in, the lock screen. Nothing here slows down guessing: whoever holds back
//! a failed answer does that above.

use crate::auth::password::{OtherCosts, PasswordMatch};
use crate::auth::token;
use crate::domain::journal::{CHANGED, FieldValues, SESSIONS_ENDED};
use crate::domain::secret::Secret;
use crate::domain::session::{CONSOLE_AT_ONCE, DEFAULT_LIFE, EndReason, SessionEnd, SessionOrigin};
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{AccessLevel, Field, Fields, Status, User};
use crate::store::{NewSession, NewUser, Read, SessionStart, StoreError, Write, read};

use super::accounts::{required, status};
use super::authentication::{CredentialCheck, Next, wrong};
use super::contract::{
    Action, ActionSummary, Admins, Caller, Failure, FailureKind, Operator, Reply, SignIn, StoreStatus,
};
use super::journal_writer::JournalWriter;
use super::operator::{admins, described};
use super::{
    HostInfo, RequestContext, Service, change, division, homes, journal, journal_writer, lookup,
    new_password, operations, with_snapshot, with_transaction,
};

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: SignIn,
) -> Result<Reply, Failure> {
    match request {
        SignIn::Look => house(service),
        SignIn::SetUp { fields, password } => set_up(service, context, fields, &password),
        SignIn::LogIn { name, secret } => log_in(service, context, &name, &secret),
        SignIn::Choose { name, proof, password } => choose(service, context, &name, &proof, &password),
        SignIn::Unlock(secret) => unlock(service, context, &secret),
        SignIn::StillIn => {
            with_snapshot(service, context, |_, principal| principal.described().map(Reply::SignedIn))
        }
        SignIn::LogOut => log_out(service, context),
    }
}

fn house(service: &Service) -> Result<Reply, Failure> {
    read(&*service.store, |rows| {
        let admins = admins(rows)?;
        // Nobody is kept out because that cannot be told.
        let sound_at = rows.check_times().ok().and_then(|times| times.sound_at);
        Ok(Reply::StoreStatus(StoreStatus { store: service.store.location(), admins, sound_at }))
    })
}

/// The first admin, or for the owner of the store's file one more when none can log in. Whether there is one already is asked before the slow hash for the sake of a quick answer, and
/// in the transaction for the sake of a right one.
fn set_up(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    fields: Fields,
    password: &Secret,
) -> Result<Reply, Failure> {
    read(&*service.store, |rows| may_set_up(rows, context.caller))?;
    required(&fields, &[Field::FirstName, Field::LastName, Field::Username, Field::Email])?;
    let password_hash = new_password::hashed(&mut service.hasher, password, &fields)?;
    let fields = Fields { level: Some(AccessLevel::Admin), status: Some(Status::Confirmed), ..fields };
    let admin = NewUser { id: None, fields, password_hash, created_at: context.now, updated_at: None };

    let Service { store, host, .. } = service;
    change(&mut **store, context.verdict(), |rows| {
        may_set_up(rows, context.caller)?;
        let id = rows.insert_user(&admin)?;
        let user = lookup::known(rows, context.now, id)?;
        let directories = homes::provision(rows, context.now, user.id, user.username.as_deref())?;
        let mut journal = match context.caller {
            Caller::Owner => JournalWriter::of_command(host, context.now).because(context.reason.as_ref()),
            Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } => {
                JournalWriter::of_console(&user, None, host, context.now)
            }
        };
        let after = journal::image(&user).with_count("directories", directories);
        journal.note(rows, Action::SetUp, journal_writer::account(&user), FieldValues::new(), after)?;
        match context.caller {
            Caller::Owner => {
                let summary = ActionSummary { accounts: 1, directories, ..ActionSummary::new(Action::SetUp) };
                Ok(Reply::Done(lookup::about(summary, &user).written(journal.first)))
            }
            Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } => {
                enter(rows, context, host, &user).map(Reply::SignedIn)
            }
        }
    })
}

/// The console lets whoever comes first set up, so it does that only while nobody was ever in.
fn may_set_up(rows: &dyn Read, caller: Caller) -> Result<(), Failure> {
    let conflict = |words: &str| Failure::new(FailureKind::Conflict, words);
    match (admins(rows)?, caller) {
        (Admins::Never, _) | (Admins::NoneNow, Caller::Owner) => Ok(()),
        (Admins::NoneNow, Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. }) => {
            Err(conflict("This store had an admin before.")
                .hint("The way back in is the command nexus setup."))
        }
        (Admins::Usable, _) => {
            Err(conflict("There is an admin already.").hint("Log in, or let an admin add the account."))
        }
    }
}

fn log_in(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    name: &str,
    secret: &Secret,
) -> Result<Reply, Failure> {
    let proof = CredentialCheck::check(service, context.now, name, secret)?;
    if service.store.writable().is_err() {
        return enter_reading(service, context.now, &proof, secret);
    }

    let Service { store, host, .. } = service;
    change(&mut **store, context.verdict(), |rows| {
        let account = proof.holds(rows, context.now)?;
        if let Next::Choose(why) = proof.next(&account, secret)? {
            return Ok(Reply::ChoosePassword(why));
        }
        if let Some(hash) = proof.renewed_hash() {
            rows.set_password(context.now, account.user.id, hash, false)?;
            let mut journal = JournalWriter::of_console(&account.user, None, host, context.now);
            let after = FieldValues::new().with("password", "the same, hashed anew");
            journal.note(
                rows,
                Action::PasswordSet,
                journal_writer::account(&account.user),
                FieldValues::new(),
                after,
            )?;
        }
        enter(rows, context, host, &account.user).map(Reply::SignedIn)
    })
}

/// Lets somebody in where nothing can be written: no session begins, and nothing is noted.
fn enter_reading(
    service: &Service,
    now: Timestamp,
    proof: &CredentialCheck,
    secret: &Secret,
) -> Result<Reply, Failure> {
    read(&*service.store, |rows| {
        let account = proof.holds(rows, now)?;
        match proof.next(&account, secret)? {
            Next::Enter => Ok(Reply::SignedIn(described(&account.user, None, now + DEFAULT_LIFE))),
            Next::Choose(_) => {
                let words = "A new password must be chosen first, and nothing can be written here.";
                Err(Failure::new(FailureKind::Unavailable, words))
            }
        }
    })
}

/// A new password on the strength of an old one or of a code. All sessions of the account end: whoever had the old
/// password may be in.
fn choose(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    name: &str,
    old: &Secret,
    password: &Secret,
) -> Result<Reply, Failure> {
    let proof = CredentialCheck::check(service, context.now, name, old)?;
    let account = read(&*service.store, |rows| proof.holds(rows, context.now))?;
    proof.next(&account, old)?;
    new_password::differs(password, old)?;
    let hash = new_password::hashed(&mut service.hasher, password, &account.user.fields())?;

    let Service { store, host, steps, .. } = service;
    let chosen = change(&mut **store, context.verdict(), |rows| {
        rows.divide(division(host, steps));
        let account = proof.holds(rows, context.now)?;
        proof.next(&account, old)?;
        let user = &account.user;
        rows.set_password(context.now, user.id, &hash, false)?;
        rows.set_access_code(context.now, user.id, None)?;
        let mut journal = JournalWriter::of_console(user, None, host, context.now);
        let ended = rows.end_sessions_of(user.id, None, &journal.ends(EndReason::PasswordChanged))?;
        let after = FieldValues::new().with("password", CHANGED).with_count(SESSIONS_ENDED, ended);
        journal.note(rows, Action::PasswordSet, journal_writer::account(user), FieldValues::new(), after)?;
        let confirmed = Fields { status: Some(Status::Confirmed), ..Fields::default() };
        let summary = &mut ActionSummary::new(Action::Confirmed);
        if let Some(change) = status::change_to(rows, context.now, &journal, user, confirmed, summary)? {
            let (before, after) = (change.before(), change.after());
            journal.note(rows, Action::Confirmed, journal_writer::account(user), before, after)?;
        }
        enter(rows, context, host, user).map(Reply::SignedIn)
    })?;
    // They are in, whatever becomes of it: the sessions count as over already.
    let _ = operations::finish(service, context);
    Ok(chosen)
}

/// The operator's password again. It opens the session that is there; it makes no new one.
fn unlock(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    secret: &Secret,
) -> Result<Reply, Failure> {
    let own = with_snapshot(service, context, |rows, principal| principal.credentials(rows, context.now))?;
    // Whose it is, is no secret here.
    if service.hasher.verify(secret, Some(&own.password_hash), &OtherCosts::default()) == PasswordMatch::Wrong
    {
        return Err(wrong());
    }
    if service.store.writable().is_err() {
        return with_snapshot(service, context, |_, principal| principal.described().map(Reply::SignedIn));
    }
    with_transaction(service, context, |tx| {
        if let Some(session) = tx.principal.session() {
            tx.rows.saw_session(tx.now, session)?;
        }
        tx.principal.described().map(Reply::SignedIn)
    })
}

/// Whoever is out already may log out too.
fn log_out(service: &mut Service, context: &mut RequestContext<'_>) -> Result<Reply, Failure> {
    let Caller::Operator(id) = context.caller else { return Ok(Reply::SignedOut) };
    // The session's row stays active until its time is over, or until a console that may write finds its process gone.
    if service.store.writable().is_err() {
        return Ok(Reply::SignedOut);
    }
    let Service { store, host, .. } = service;
    change(&mut **store, context.verdict(), |rows| {
        let Some(session) = rows.session(id)? else { return Ok(Reply::SignedOut) };
        let user = lookup::known(rows, context.now, session.user_id)?;
        let mut journal = JournalWriter::of_console(&user, Some(id), host, context.now);
        if rows.end_session(id, &journal.ends(EndReason::LoggedOut))? {
            journal.note(
                rows,
                Action::LoggedOut,
                journal_writer::session(&session),
                FieldValues::new(),
                FieldValues::new(),
            )?;
        }
        Ok(Reply::SignedOut)
    })
}

/// A console session for the account. Sessions of processes that died are ended first, then the account's oldest
/// beyond [`CONSOLE_AT_ONCE`].
fn enter(
    rows: &mut dyn Write,
    context: &RequestContext<'_>,
    host: &HostInfo,
    user: &User,
) -> Result<Operator, Failure> {
    let now = context.now;
    let mut ended = Vec::new();
    let gone = SessionEnd { at: now, by: None, reason: EndReason::ProcessGone };
    let too_many = SessionEnd { at: now, by: Some(user.label().to_owned()), reason: EndReason::TooMany };
    for session in rows.console_sessions(None)? {
        if !(host.is_alive)(&session.process) && rows.end_session(session.id, &gone)? {
            ended.push(session.id);
        }
    }
    let own = rows.console_sessions(Some(user.id))?;
    let surplus = (own.len() + 1).saturating_sub(CONSOLE_AT_ONCE);
    for session in own.iter().take(surplus) {
        if rows.end_session(session.id, &too_many)? {
            ended.push(session.id);
        }
    }
    let expires_at = now + DEFAULT_LIFE;
    let start = SessionStart {
        origin: SessionOrigin::Console,
        detail: host.terminal.clone(),
        at: now,
        process: Some(host.process.clone()),
        boot: context.boot.clone(),
    };
    // The token itself is not kept: the console names its session by the row.
    let digest = token::digest(token::new_token()?.expose());
    let session = rows.insert_session(&NewSession {
        id: None,
        user_id: user.id,
        digest,
        expiration: Some(expires_at),
        active: true,
        start: Some(start),
    })?;
    rows.saw_session(now, session)?;
    let after = FieldValues::new().with("expiration", to_stored(expires_at));
    let after = if ended.is_empty() { after } else { after.with("other_sessions_ended", ended) };
    let entered = rows.session(session)?.ok_or(StoreError::Gone)?;
    let mut journal = JournalWriter::of_console(user, Some(session), host, now);
    journal.note(rows, Action::LoggedIn, journal_writer::session(&entered), FieldValues::new(), after)?;
    Ok(described(user, Some(session), expires_at))
}

#[cfg(test)]
mod tests;
