//! Passwords and access codes of accounts that are there already. Whatever is set here ends what was opened with
//! the password before.

use crate::auth::AuthError;
use crate::auth::code::{TRIES, new_code, normalise};
use crate::auth::password::{Hasher, OtherCosts, Verdict as Match};
use crate::domain::journal::{CHANGED, Image, SESSIONS_ENDED};
use crate::domain::secret::Secret;
use crate::domain::session::EndReason;
use crate::domain::text::excerpt;
use crate::domain::time::{Duration, Timestamp, to_stored};
use crate::domain::user::{Field, User, Who};
use crate::store::{AccessCode, Read};

use super::super::contract::{Caller, CodeInForce, Failure, FailureKind, Reply, Tally, Verb};
use super::super::operator::Actor;
use super::super::{Act, Call, Desk, look, new_password, people, record};
use super::write;

/// The longest life of an access code (security policy 3.5).
pub(super) const LONGEST_CODE: Duration = Duration::hours(24);
/// The shortest: nobody reads one out and types it in less.
const SHORTEST_CODE: Duration = Duration::minutes(1);

/// An access code on its way: what is stored of it, and what is shown once.
pub(super) struct NewCode {
    pub(super) stored: AccessCode,
    shown: Secret,
}

impl NewCode {
    pub(super) fn make(hasher: &mut Hasher, expires_at: Timestamp) -> Result<Self, Failure> {
        let shown = new_code()?;
        let typed = normalise(&shown).ok_or(AuthError::NoRandomness)?;
        let hash = hasher.hash(&typed)?;
        Ok(Self { stored: AccessCode { hash, expires_at, tries_left: TRIES }, shown })
    }

    pub(super) fn handed_over(self, call: &Call<'_>, tally: Tally) -> Reply {
        call.handing_over(self.shown, self.stored.expires_at, tally)
    }
}

/// Sets another account's password. Their own, operators change with the current one as proof.
pub(super) fn set(
    desk: &mut Desk,
    call: &mut Call<'_>,
    who: &Who,
    password: &Secret,
    must_change: bool,
) -> Result<Tally, Failure> {
    let user = look(desk, call, |rows, actor| whose_to_set(rows, call.now, actor, who))?;
    let hash = new_password::hashed(&mut desk.hasher, password, &user.fields())?;
    let must_change = must_change || call.caller != Caller::Owner;
    write(desk, call, |act| {
        let user = whose_to_set(act.rows, act.now, &act.actor, &Who::Id(user.id))?;
        replace(act, &user, &hash, must_change)
    })
}

fn whose_to_set(rows: &dyn Read, now: Timestamp, actor: &Actor, who: &Who) -> Result<User, Failure> {
    actor.admin_only("set another account's password")?;
    let user = people::find(rows, now, actor, who)?;
    if actor.session_of(user.id).is_some() {
        let words = "Your own password is changed with the current one as proof.";
        return Err(Failure::new(FailureKind::Refused, words));
    }
    Ok(user)
}

pub(super) fn change_own(
    desk: &mut Desk,
    call: &mut Call<'_>,
    current: &Secret,
    password: &Secret,
) -> Result<Tally, Failure> {
    let wrong = || Failure::new(FailureKind::Refused, "The current password is wrong.");
    let verified = look(desk, call, |rows, actor| actor.credentials(rows, call.now))?;
    if desk.hasher.verify(current, Some(&verified.password_hash), &OtherCosts::default()) == Match::Wrong {
        return Err(wrong());
    }
    new_password::differs(password, current)?;
    let hash = new_password::hashed(&mut desk.hasher, password, &verified.user.fields())?;
    write(desk, call, |act| {
        let now = act.actor.credentials(act.rows, act.now)?;
        if now.password_hash != verified.password_hash {
            return Err(wrong());
        }
        replace(act, &now.user, &hash, false)
    })
}

/// Stores the new hash. An access code in force dies, and all sessions of the account end but the actor's own.
fn replace(act: &mut Act<'_>, user: &User, hash: &str, must_change: bool) -> Result<Tally, Failure> {
    let replaces_code = has_code(act, user)?;
    act.rows.set_password(act.now, user.id, hash, must_change)?;
    act.rows.set_access_code(act.now, user.id, None)?;
    let end = act.scribe.ends(EndReason::PasswordChanged);
    let sessions = act.rows.end_sessions_of(user.id, act.actor.session_of(user.id), &end)?;
    let after = Image::new().with("password", CHANGED).with_count(SESSIONS_ENDED, sessions);
    let after = if must_change { after.with("must_change", true) } else { after };
    act.note(Verb::PasswordSet, record::account(user), Image::new(), after)?;
    let tally =
        Tally { accounts: 1, sessions, ended: sessions, replaces_code, ..Tally::new(Verb::PasswordSet) };
    Ok(people::about(tally, user))
}

/// Whether the account has an access code that is in force.
fn has_code(act: &Act<'_>, user: &User) -> Result<bool, Failure> {
    Ok(act.rows.access_codes(act.now)?.iter().any(|(owner, _)| owner.id == user.id))
}

pub(super) fn make_code(
    desk: &mut Desk,
    call: &mut Call<'_>,
    who: &Who,
    life: Duration,
) -> Result<Reply, Failure> {
    if !(SHORTEST_CODE..=LONGEST_CODE).contains(&life) {
        return Err(Failure::rule(Field::Span, "an access code is good for 1 minute to 24 hours"));
    }
    let code = NewCode::make(&mut desk.hasher, call.now + life)?;
    let tally = write(desk, call, |act| {
        act.actor.admin_only("make access codes")?;
        let user = act.find(who)?;
        let replaces_code = has_code(act, &user)?;
        act.rows.set_access_code(act.now, user.id, Some(&code.stored))?;
        let after =
            Image::new().with("access_code", CHANGED).with("expires_at", to_stored(code.stored.expires_at));
        act.note(Verb::CodeMade, record::account(&user), Image::new(), after)?;
        Ok(people::about(Tally { accounts: 1, replaces_code, ..Tally::new(Verb::CodeMade) }, &user))
    })?;
    Ok(code.handed_over(call, tally))
}

pub(super) fn revoke_code(act: &mut Act<'_>, who: &Who) -> Result<Tally, Failure> {
    act.actor.admin_only("revoke access codes")?;
    let user = act.find(who)?;
    if !has_code(act, &user)? {
        let message = format!("{} has no access code.", excerpt(user.label()));
        return Err(Failure::new(FailureKind::NotFound, message));
    }
    act.rows.set_access_code(act.now, user.id, None)?;
    let after = Image::new().with("access_code", CHANGED);
    act.note(Verb::CodeRevoked, record::account(&user), Image::new(), after)?;
    Ok(people::about(Tally { accounts: 1, replaces_code: true, ..Tally::new(Verb::CodeRevoked) }, &user))
}

pub(super) fn list_codes(rows: &dyn Read, now: Timestamp, actor: &Actor) -> Result<Reply, Failure> {
    actor.admin_only("see access codes")?;
    let in_force = rows.access_codes(now)?.into_iter().map(|(user, code)| CodeInForce {
        user_id: user.id,
        user: user.label().to_owned(),
        expires_at: code.expires_at,
        tries_left: code.tries_left,
    });
    Ok(Reply::Codes(in_force.collect()))
}
