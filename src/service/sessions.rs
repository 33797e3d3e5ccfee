//! Sessions: seen, issued, verified, renewed, ended. Only digests of tokens come by here; a token itself is made, shown
//! once, and forgotten.

use crate::auth::token;
use crate::domain::filter::{Filter, Subject};
use crate::domain::journal::{Image, SESSIONS_ENDED};
use crate::domain::page::Selection;
use crate::domain::secret::Secret;
use crate::domain::session::{CONSOLE_OVERALL, EndReason, Ended, MAX_LIFE, Origin, RowStatus, Session};
use crate::domain::text::excerpt;
use crate::domain::time::{Duration, Timestamp, date_time, to_stored};
use crate::domain::user::{Field, Status, Who};
use crate::store::{ListOf, NewSession, Read, SessionStart};

use super::contract::{Failure, FailureKind, Own, Reply, Sessions, Tally, Verb};
use super::operator::Actor;
use super::steps::{Deed, Step, View, each, in_steps};
use super::{Act, Call, Desk, act, act_on_one, clock, look, people, record};

/// Sessions that one transaction of a sweep marks: others wait for the store no longer than that takes.
const SWEEP_BATCH: u32 = 100;

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
        Sessions::Verify(token) => verify(desk, call, &token),
        Sessions::Renew { which, life } => {
            check_life(life)?;
            each(desk, call, &Renewal { which, life })
        }
        Sessions::Revoke(which) => each(desk, call, &Revocation(which)),
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
    let boot = call.boot.clone();
    let tally = act_on_one(desk, call, |act| {
        act.actor.admin_only("issue tokens")?;
        let user = act.find(who)?;
        if user.status != Status::Confirmed {
            let message = format!(
                "{} is {}; a token needs a confirmed account.",
                excerpt(user.label()),
                user.status.word()
            );
            return Err(Failure::new(FailureKind::Refused, message).hint("Confirm the account first."));
        }
        let start = SessionStart { origin: Origin::Service, detail, at: act.now, process: None, boot };
        let id = act.rows.insert_session(&NewSession {
            id: None,
            user_id: user.id,
            digest: token::digest(token.expose()),
            expiration: Some(expires_at),
            active: true,
            start: Some(start),
        })?;
        let after = Image::new().with("expiration", to_stored(expires_at));
        let session = find(act.rows, &act.actor, id)?;
        act.note(Verb::Issued, record::session(&session), Image::new(), after)?;
        let label = Some(user.label().to_owned());
        Ok(Tally { label, id: Some(id), sessions: 1, ..Tally::new(Verb::Issued) })
    })?;
    Ok(call.handing_over(token, expires_at, tally))
}

/// What is known of a token.
enum Judgement {
    Good(Session),
    /// It was good once: why it is not any more.
    Over(Session, String),
    /// There is no such session, and why.
    Gone(String),
}

/// Judges a token. Where nothing can be written, and in a rehearsal, that counts as no use of it. A session whose time is
/// over is marked, so that no clock that is set back later revives it.
fn verify(desk: &mut Desk, call: &mut Call<'_>, token: &Secret) -> Result<Reply, Failure> {
    let bad = |why: &str| Failure::new(FailureKind::Refused, format!("This token is not good: {why}."));
    if call.rehearsal || desk.store.writable().is_err() {
        return look(desk, call, |rows, actor| match judge(rows, actor, call.now, token)? {
            Judgement::Good(session) => verified(rows, call.now, session),
            Judgement::Over(_, why) | Judgement::Gone(why) => Err(bad(&why)),
        });
    }
    // What was seen to be over stays so though the answer is a refusal.
    act(desk, call, |act| {
        let session = match judge(act.rows, &act.actor, act.now, token)? {
            Judgement::Good(session) => session,
            Judgement::Over(session, why) => {
                if session.ended(act.now) == Some(Ended::TimeOver) {
                    act.rows.end_session(session.id, &act.scribe.ends(EndReason::TimeOver))?;
                }
                return Ok(Err(bad(&why)));
            }
            Judgement::Gone(why) => return Ok(Err(bad(&why))),
        };
        act.rows.saw_session(act.now, session.id)?;
        let session = find(act.rows, &act.actor, session.id)?;
        Ok(Ok(verified(act.rows, act.now, session)?))
    })?
}

/// Finds out whose a token is, or why it is not good.
fn judge(rows: &dyn Read, actor: &Actor, now: Timestamp, token: &Secret) -> Result<Judgement, Failure> {
    actor.admin_only("verify tokens")?;
    clock::require_right(rows, now)?;
    let digest = token::digest(token.expose());
    if let Some(session) = rows.session_by_digest(&digest)? {
        return Ok(match session.why_ended(now) {
            Some(why) => Judgement::Over(session, why),
            None => Judgement::Good(session),
        });
    }
    let Some(bundle) = rows.binned_session(&digest)? else {
        return Ok(Judgement::Gone("it is unknown".into()));
    };
    let at = bundle.deleted_at.map(|at| format!(", {} UTC", date_time(at))).unwrap_or_default();
    Ok(Judgement::Gone(format!("its account was deleted by {}{at}", bundle.deleted_by)))
}

fn verified(rows: &dyn Read, now: Timestamp, session: Session) -> Result<Reply, Failure> {
    let user = people::known(rows, now, session.user_id)?;
    Ok(Reply::Verified(Box::new(session), Box::new(user)))
}

impl View<'_> {
    fn sessions(self, which: &Selection) -> Result<Vec<i64>, Failure> {
        let one = |id| Ok(find(self.rows, self.actor, id)?.id);
        self.selected(which, one, |filter| self.rows.session_ids(self.now, filter))
    }
}

/// The tally with the session's id, whose it is, and what to call it: its digest's first digits, else its row.
fn about(mut tally: Tally, session: &Session) -> Tally {
    let short = &session.short_id;
    let label = if short.is_empty() { session.id.to_string() } else { short.clone() };
    tally.label = Some(label);
    tally.whose = Some(session.user.clone());
    tally.id = Some(session.id);
    tally
}

/// Moves the ends of sessions to `life` from now; a console session's no further than it may live overall. One that is
/// over stays over.
struct Renewal {
    which: Selection,
    life: Duration,
}

impl Deed for Renewal {
    type Plan = (Session, Timestamp);

    fn verb(&self) -> Verb {
        Verb::Renewed
    }

    fn chosen(&self, view: View<'_>) -> Result<Vec<i64>, Failure> {
        view.sessions(&self.which)
    }

    fn filter(&self) -> Option<(Subject, &Filter)> {
        Some((Subject::Sessions, self.which.filter()?))
    }

    fn plan(&self, view: View<'_>, id: i64) -> Result<(Tally, Self::Plan), Failure> {
        let session = find(view.rows, view.actor, id)?;
        if let Some(why) = session.ended(view.now) {
            let why = session.why_ended(view.now).unwrap_or_else(|| why.words().to_owned());
            let message = format!("Session {} is over: {why}.", session.id);
            return Err(Failure::new(FailureKind::Conflict, message).hint("Log in, or issue a new token."));
        }
        let asked = view.now + self.life;
        let end = match (session.origin, session.started_at) {
            (Origin::Console, Some(start)) => asked.min(start + CONSOLE_OVERALL),
            _ => asked,
        };
        Ok((about(Tally { sessions: 1, ..Tally::new(Verb::Renewed) }, &session), (session, end)))
    }

    fn carry_out(&self, act: &mut Act<'_>, (session, end): Self::Plan) -> Result<(), Failure> {
        act.rows.extend_session(act.now, act.boot.as_ref(), session.id, end)?;
        let before = Image::new().with("expiration", session.expiration.map(to_stored));
        let after = Image::new().with("expiration", to_stored(end));
        act.note(Verb::Renewed, record::session(&session), before, after)?;
        if act.actor.session_of(session.user_id) == Some(session.id) {
            act.rows.saw_session(act.now, session.id)?;
        }
        Ok(())
    }
}

/// Ends sessions.
struct Revocation(Selection);

impl Deed for Revocation {
    type Plan = Session;

    fn verb(&self) -> Verb {
        Verb::Revoked
    }

    fn chosen(&self, view: View<'_>) -> Result<Vec<i64>, Failure> {
        view.sessions(&self.0)
    }

    fn filter(&self) -> Option<(Subject, &Filter)> {
        Some((Subject::Sessions, self.0.filter()?))
    }

    fn own(&self, actor: &Actor) -> Option<(i64, Own)> {
        Some((actor.session()?, Own::Session))
    }

    fn plan(&self, view: View<'_>, id: i64) -> Result<(Tally, Session), Failure> {
        let session = find(view.rows, view.actor, id)?;
        let tally = Tally::new(Verb::Revoked);
        let tally = match session.ended(view.now) {
            None => Tally { sessions: 1, ..tally },
            Some(_) => Tally { unchanged: 1, ..tally },
        };
        Ok((about(tally, &session), session))
    }

    fn carry_out(&self, act: &mut Act<'_>, session: Session) -> Result<(), Failure> {
        let end = act.scribe.ends(EndReason::Revoked);
        if act.rows.end_session(session.id, &end)? {
            let status = |status: RowStatus| Image::new().with("status", status.word());
            let (before, after) = (status(RowStatus::Active), status(RowStatus::Expired));
            act.note(Verb::Revoked, record::session(&session), before, after)?;
        }
        Ok(())
    }
}

/// Marks sessions whose time is over.
fn sweep(desk: &mut Desk, call: &mut Call<'_>) -> Result<Tally, Failure> {
    let overdue = look(desk, call, |rows, actor| {
        actor.admin_only("sweep sessions")?;
        Ok(rows.overdue(call.now)?)
    })?;
    let foreseen = Tally { sessions: overdue.len() as u64, ..Tally::new(Verb::Swept) };
    if call.rehearsal || overdue.is_empty() {
        return Ok(Tally { ids: overdue, ..foreseen }.in_order());
    }
    in_steps(desk, call, &foreseen, |act| {
        act.actor.admin_only("sweep sessions")?;
        let ids = act.rows.sweep(act.now, SWEEP_BATCH)?;
        let sessions = ids.len() as u64;
        if sessions > 0 {
            let after = Image::new().with(SESSIONS_ENDED, sessions);
            act.note(Verb::Swept, record::store("sessions"), Image::new(), after)?;
        }
        let is_last = sessions < u64::from(SWEEP_BATCH);
        Ok(Step { done: Tally { sessions, ids, ..Tally::new(Verb::Swept) }, is_last })
    })
}

#[cfg(test)]
mod tests;
