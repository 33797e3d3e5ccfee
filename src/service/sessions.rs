//! Sessions: seen, issued, verified, renewed, ended. Only digests of tokens come by here; a token itself is made, shown
//! once, and forgotten.

use std::ops::ControlFlow;

use crate::auth::token;
use crate::domain::page::Selection;
use crate::domain::secret::Secret;
use crate::domain::session::{CONSOLE_OVERALL, MAX_LIFE, Origin, Session};
use crate::domain::time::Duration;
use crate::domain::user::{Field, Status, Who};
use crate::store::{ListOf, NewSession, Read, SessionStart};

use super::contract::{Failure, FailureKind, Progress, Reply, Sessions, Tally, Verb};
use super::operator::Actor;
use super::{Act, Call, Desk, act, look, people};

/// Sessions that one transaction of a sweep marks: others wait for the store no longer than that takes.
const SWEEP_BATCH: u32 = 200;

pub(super) fn perform(desk: &mut Desk, call: &mut Call<'_>, request: Sessions) -> Result<Reply, Failure> {
    match request {
        Sessions::List { filter, sort, span } => look(desk, call, |rows, actor| {
            let list = ListOf { filter, scope: actor.scope(), sort };
            Ok(Reply::Sessions(rows.sessions(call.now, &list, span)?))
        }),
        Sessions::Show(id) => {
            look(desk, call, |rows, actor| Ok(Reply::Session(Box::new(find(rows, actor, id)?))))
        }
        Sessions::Issue { who, life } => issue(desk, call, &who, life),
        Sessions::Verify(token) => act(desk, call, |act| verify(act, &token)),
        Sessions::Renew { which, life } => {
            check_life(life)?;
            let renew =
                |act: &mut Act<'_>, session: &Session, tally: &mut Tally| renew(act, session, life, tally);
            act(desk, call, |act| act.each_session(Verb::Renewed, &which, renew)).map(Reply::Done)
        }
        Sessions::Revoke(which) => {
            act(desk, call, |act| act.each_session(Verb::Revoked, &which, revoke)).map(Reply::Done)
        }
        Sessions::Sweep => sweep(desk, call).map(Reply::Done),
    }
}

/// The session, if it is there and the actor may see it.
fn find(rows: &dyn Read, actor: &Actor, id: i64) -> Result<Session, Failure> {
    let missing = || Failure::new(FailureKind::NotFound, format!("There is no session {id}."));
    rows.session(id)?.filter(|session| actor.sees(session.user_id)).ok_or_else(missing)
}

fn check_life(life: Duration) -> Result<(), Failure> {
    if life <= Duration::zero() || life > MAX_LIFE {
        return Err(Failure::rule(Field::Span, "a session lives for more than nothing and at most 365 days"));
    }
    Ok(())
}

fn issue(desk: &mut Desk, call: &mut Call<'_>, who: &Who, life: Duration) -> Result<Reply, Failure> {
    check_life(life)?;
    let expires_at = call.now + life;
    let token = token::new_token()?;
    let detail = desk.here.terminal.clone();
    let tally = act(desk, call, |act| {
        act.actor.admin_only("issue tokens")?;
        let user = act.find(who)?;
        if user.status != Status::Confirmed {
            let message =
                format!("{} is {}; a token needs a confirmed account.", user.label(), user.status.word());
            return Err(Failure::new(FailureKind::Refused, message).hint("Confirm the account first."));
        }
        let start = SessionStart { origin: Origin::Service, detail, at: act.now, process: None };
        let id = act.rows.insert_session(&NewSession {
            id: None,
            user_id: user.id,
            digest: token::digest(token.expose()),
            expiration: Some(expires_at),
            active: true,
            start: Some(start),
        })?;
        let label = Some(user.label().to_owned());
        Ok(Tally { label, id: Some(id), sessions: 1, ..Tally::new(Verb::Issued) })
    })?;
    Ok(call.handing_over(token, expires_at, tally))
}

/// The same words for a token that is unknown, ended, or its account's that is not confirmed.
fn verify(act: &mut Act<'_>, token: &Secret) -> Result<Reply, Failure> {
    act.actor.admin_only("verify tokens")?;
    let bad = || Failure::new(FailureKind::Refused, "This token is not good.");
    let found = act.rows.session_by_digest(&token::digest(token.expose()))?;
    let session = found.filter(|session| session.ended(act.now).is_none()).ok_or_else(bad)?;
    act.rows.saw_session(act.now, session.id)?;
    let session = find(act.rows, &act.actor, session.id)?;
    let user = people::known(act.rows, act.now, session.user_id)?;
    Ok(Reply::Verified(Box::new(session), Box::new(user)))
}

impl Act<'_> {
    /// Does `work` to each session, once, and gives what it came to the name of the session where it is only one.
    fn each_session(
        &mut self,
        verb: Verb,
        which: &Selection,
        mut work: impl FnMut(&mut Self, &Session, &mut Tally) -> Result<(), Failure>,
    ) -> Result<Tally, Failure> {
        let sessions = self.selected(which)?;
        let mut tally = Tally::new(verb);
        for (done, session) in sessions.iter().enumerate() {
            self.step(done, sessions.len())?;
            work(self, session, &mut tally)?;
        }
        if let [only] = sessions.as_slice() {
            tally.label = Some(name(only));
            tally.id = Some(only.id);
        }
        Ok(tally)
    }

    /// The sessions, each once: all are found before anything is done to the first.
    fn selected(&self, which: &Selection) -> Result<Vec<Session>, Failure> {
        let mut ids = match which {
            Selection::Ids(ids) => ids.clone(),
            Selection::Shown { filter, except } => {
                let mut shown = self.rows.session_ids(self.now, &self.scoped(filter))?;
                shown.retain(|id| !except.contains(id));
                shown
            }
        };
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().map(|id| find(self.rows, &self.actor, id)).collect()
    }
}

/// What to call a session: its digest's first digits, else its row.
fn name(session: &Session) -> String {
    if session.short_id.is_empty() { session.id.to_string() } else { session.short_id.clone() }
}

/// Moves a session's end to `life` from now; a console session's no further than it may live overall. One that is over
/// stays over.
fn renew(act: &mut Act<'_>, session: &Session, life: Duration, tally: &mut Tally) -> Result<(), Failure> {
    if let Some(why) = session.ended(act.now) {
        let message = format!("Session {} is over: {}.", session.id, why.words());
        return Err(Failure::new(FailureKind::Conflict, message).hint("Log in, or issue a new token."));
    }
    let asked = act.now + life;
    let end = match (session.origin, session.started_at) {
        (Origin::Console, Some(start)) => asked.min(start + CONSOLE_OVERALL),
        _ => asked,
    };
    act.rows.extend_session(session.id, end)?;
    if act.actor.session_of(session.user_id) == Some(session.id) {
        act.rows.saw_session(act.now, session.id)?;
    }
    tally.sessions += 1;
    Ok(())
}

fn revoke(act: &mut Act<'_>, session: &Session, tally: &mut Tally) -> Result<(), Failure> {
    act.rows.end_session(session.id)?;
    match session.ended(act.now) {
        None => tally.sessions += 1,
        Some(_) => tally.unchanged += 1,
    }
    Ok(())
}

/// Marks sessions whose time is over, in steps that hold the store for a short time each. A rehearsal takes them all
/// in one step, for it leaves none of them marked.
fn sweep(desk: &mut Desk, call: &mut Call<'_>) -> Result<Tally, Failure> {
    let batch = if call.rehearsal { u32::MAX } else { SWEEP_BATCH };
    let mut tally = Tally::new(Verb::Swept);
    loop {
        let swept = act(desk, call, |act| {
            act.actor.admin_only("sweep sessions")?;
            Ok(act.rows.sweep(act.now, batch)?)
        })?;
        tally.sessions += swept;
        if swept < u64::from(batch) {
            return Ok(tally);
        }
        // How many are left is not known before they are found; at least one more step is.
        let progress = Progress { done: tally.sessions, total: tally.sessions + swept };
        if (call.progress)(progress) == ControlFlow::Break(()) {
            let message = format!("Stopped; {} sessions are swept.", tally.sessions);
            return Err(Failure::new(FailureKind::Stopped, message));
        }
    }
}

#[cfg(test)]
mod tests;
