//! Getting in and out: the set-up, the log-in, the lock screen. Nothing here slows down guessing: whoever holds back
//! a failed answer does that above.

use crate::auth::password::{OtherCosts, Verdict as Match};
use crate::auth::token;
use crate::domain::journal::{CHANGED, Image, SESSIONS_ENDED};
use crate::domain::secret::Secret;
use crate::domain::session::{CONSOLE_AT_ONCE, DEFAULT_LIFE, EndReason, Origin, SessionEnd};
use crate::domain::time::{Timestamp, to_stored};
use crate::domain::user::{AccessLevel, Field, Fields, Status, User};
use crate::store::{NewSession, NewUser, Read, SessionStart, StoreError, Write, read};

use super::accounts::{required, standing};
use super::contract::{Admins, Caller, Failure, FailureKind, House, Operator, Reply, SignIn, Tally, Verb};
use super::operator::{admins, described};
use super::proof::{Next, Proof, wrong};
use super::record::Scribe;
use super::{Call, Desk, Here, act, change, homes, journal, look, new_password, people, record};

pub(super) fn perform(desk: &mut Desk, call: &mut Call<'_>, request: SignIn) -> Result<Reply, Failure> {
    match request {
        SignIn::Look => house(desk),
        SignIn::SetUp { fields, password } => set_up(desk, call, fields, &password),
        SignIn::LogIn { name, secret } => log_in(desk, call, &name, &secret),
        SignIn::Choose { name, proof, password } => choose(desk, call, &name, &proof, &password),
        SignIn::Unlock(secret) => unlock(desk, call, &secret),
        SignIn::StillIn => look(desk, call, |_, actor| actor.described().map(Reply::SignedIn)),
        SignIn::LogOut => log_out(desk, call),
    }
}

fn house(desk: &Desk) -> Result<Reply, Failure> {
    read(&*desk.store, |rows| {
        let admins = admins(rows)?;
        // Nobody is kept out because that cannot be told.
        let sound_at = rows.check_times().ok().and_then(|times| times.sound_at);
        Ok(Reply::House(House { store: desk.store.place(), admins, sound_at }))
    })
}

/// The first admin, or for the owner of the store's file one more when none can log in. Whether there is one already is asked before the slow hash for the sake of a quick answer, and
/// in the transaction for the sake of a right one.
fn set_up(desk: &mut Desk, call: &mut Call<'_>, fields: Fields, password: &Secret) -> Result<Reply, Failure> {
    read(&*desk.store, |rows| may_set_up(rows, call.caller))?;
    required(&fields, &[Field::FirstName, Field::LastName, Field::Username, Field::Email])?;
    let password_hash = new_password::hashed(&mut desk.hasher, password, &fields)?;
    let fields = Fields { level: Some(AccessLevel::Admin), status: Some(Status::Confirmed), ..fields };
    let admin = NewUser { id: None, fields, password_hash, created_at: call.now, updated_at: None };

    let Desk { store, here, .. } = desk;
    change(&mut **store, call.verdict(), |rows| {
        may_set_up(rows, call.caller)?;
        let id = rows.insert_user(&admin)?;
        let user = people::known(rows, call.now, id)?;
        let directories = homes::provision(rows, call.now, user.id, user.username.as_deref())?;
        let mut scribe = match call.caller {
            Caller::Owner => Scribe::of_command(here, call.now),
            Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } => {
                Scribe::of_console(&user, None, here, call.now)
            }
        };
        let after = journal::image(&user).with_count("directories", directories);
        scribe.note(rows, Verb::SetUp, record::account(&user), Image::new(), after)?;
        match call.caller {
            Caller::Owner => {
                let tally = Tally { accounts: 1, directories, ..Tally::new(Verb::SetUp) };
                Ok(Reply::Done(people::about(tally, &user).written(scribe.first)))
            }
            Caller::Nobody | Caller::Operator(_) | Caller::Reader { .. } => {
                enter(rows, call, here, &user).map(Reply::SignedIn)
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

fn log_in(desk: &mut Desk, call: &mut Call<'_>, name: &str, secret: &Secret) -> Result<Reply, Failure> {
    let proof = Proof::check(desk, call.now, name, secret)?;
    if desk.store.writable().is_err() {
        return enter_reading(desk, call.now, &proof, secret);
    }

    let Desk { store, here, .. } = desk;
    change(&mut **store, call.verdict(), |rows| {
        let account = proof.holds(rows, call.now)?;
        if let Next::Choose(why) = proof.next(&account, secret)? {
            return Ok(Reply::ChoosePassword(why));
        }
        if let Some(hash) = proof.renewed_hash() {
            rows.set_password(call.now, account.user.id, hash, false)?;
            let mut scribe = Scribe::of_console(&account.user, None, here, call.now);
            let after = Image::new().with("password", "the same, hashed anew");
            scribe.note(rows, Verb::PasswordSet, record::account(&account.user), Image::new(), after)?;
        }
        enter(rows, call, here, &account.user).map(Reply::SignedIn)
    })
}

/// Lets somebody in where nothing can be written: no session begins, and nothing is noted.
fn enter_reading(desk: &Desk, now: Timestamp, proof: &Proof, secret: &Secret) -> Result<Reply, Failure> {
    read(&*desk.store, |rows| {
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
    desk: &mut Desk,
    call: &mut Call<'_>,
    name: &str,
    old: &Secret,
    password: &Secret,
) -> Result<Reply, Failure> {
    let proof = Proof::check(desk, call.now, name, old)?;
    let account = read(&*desk.store, |rows| proof.holds(rows, call.now))?;
    proof.next(&account, old)?;
    new_password::differs(password, old)?;
    let hash = new_password::hashed(&mut desk.hasher, password, &account.user.fields())?;

    let Desk { store, here, .. } = desk;
    change(&mut **store, call.verdict(), |rows| {
        let account = proof.holds(rows, call.now)?;
        proof.next(&account, old)?;
        let user = &account.user;
        rows.set_password(call.now, user.id, &hash, false)?;
        rows.set_access_code(call.now, user.id, None)?;
        let mut scribe = Scribe::of_console(user, None, here, call.now);
        let ended = rows.end_sessions_of(user.id, None, &scribe.ends(EndReason::PasswordChanged))?;
        let after = Image::new().with("password", CHANGED).with_count(SESSIONS_ENDED, ended);
        scribe.note(rows, Verb::PasswordSet, record::account(user), Image::new(), after)?;
        let confirmed = Fields { status: Some(Status::Confirmed), ..Fields::default() };
        let tally = &mut Tally::new(Verb::Confirmed);
        if let Some(change) = standing::change_to(rows, call.now, &scribe, user, confirmed, tally)? {
            let (before, after) = (change.before(), change.after());
            scribe.note(rows, Verb::Confirmed, record::account(user), before, after)?;
        }
        enter(rows, call, here, user).map(Reply::SignedIn)
    })
}

/// The operator's password again. It opens the session that is there; it makes no new one.
fn unlock(desk: &mut Desk, call: &mut Call<'_>, secret: &Secret) -> Result<Reply, Failure> {
    let own = look(desk, call, |rows, actor| actor.credentials(rows, call.now))?;
    // Whose it is, is no secret here.
    if desk.hasher.verify(secret, Some(&own.password_hash), &OtherCosts::default()) == Match::Wrong {
        return Err(wrong());
    }
    if desk.store.writable().is_err() {
        return look(desk, call, |_, actor| actor.described().map(Reply::SignedIn));
    }
    act(desk, call, |act| {
        if let Some(session) = act.actor.session() {
            act.rows.saw_session(act.now, session)?;
        }
        act.actor.described().map(Reply::SignedIn)
    })
}

/// Whoever is out already may log out too.
fn log_out(desk: &mut Desk, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let Caller::Operator(id) = call.caller else { return Ok(Reply::SignedOut) };
    // The session's row stays active until its time is over, or until a console that may write finds its process gone.
    if desk.store.writable().is_err() {
        return Ok(Reply::SignedOut);
    }
    let Desk { store, here, .. } = desk;
    change(&mut **store, call.verdict(), |rows| {
        let Some(session) = rows.session(id)? else { return Ok(Reply::SignedOut) };
        let user = people::known(rows, call.now, session.user_id)?;
        let mut scribe = Scribe::of_console(&user, Some(id), here, call.now);
        if rows.end_session(id, &scribe.ends(EndReason::LoggedOut))? {
            scribe.note(rows, Verb::LoggedOut, record::session(&session), Image::new(), Image::new())?;
        }
        Ok(Reply::SignedOut)
    })
}

/// A console session for the account. Sessions of processes that died are ended first, then the account's oldest
/// beyond [`CONSOLE_AT_ONCE`].
fn enter(rows: &mut dyn Write, call: &Call<'_>, here: &Here, user: &User) -> Result<Operator, Failure> {
    let now = call.now;
    let mut ended = Vec::new();
    let gone = SessionEnd { at: now, by: None, reason: EndReason::ProcessGone };
    let too_many = SessionEnd { at: now, by: Some(user.label().to_owned()), reason: EndReason::TooMany };
    for session in rows.console_sessions(None)? {
        if !(here.is_alive)(&session.process) && rows.end_session(session.id, &gone)? {
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
        origin: Origin::Console,
        detail: here.terminal.clone(),
        at: now,
        process: Some(here.process.clone()),
        boot: call.boot.clone(),
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
    let after = Image::new().with("expiration", to_stored(expires_at));
    let after = if ended.is_empty() { after } else { after.with("other_sessions_ended", ended) };
    let entered = rows.session(session)?.ok_or(StoreError::Gone)?;
    let mut scribe = Scribe::of_console(user, Some(session), here, now);
    scribe.note(rows, Verb::LoggedIn, record::session(&entered), Image::new(), after)?;
    Ok(described(user, Some(session), expires_at))
}

#[cfg(test)]
mod tests;
