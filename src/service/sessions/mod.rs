//! Sessions: list, issue, verify, renew, revoke. Only digests of tokens are stored; a token itself is made, shown once
//! and forgotten.

use crate::auth::token;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{FieldValues, SESSIONS_ENDED};
use crate::domain::operation::Touched;
use crate::domain::page::Selection;
use crate::domain::secret::Secret;
use crate::domain::session::{CONSOLE_OVERALL, EndReason, MAX_LIFE, RowStatus, Session, SessionOrigin};
use crate::domain::time::{Duration, Timestamp, date_time, to_stored};
use crate::domain::user::{Field, Who};
use crate::store::{ListOf, NewSession, Read, SessionStart};

use super::bulk::{Batch, BulkAction, in_batches, run_bulk};
use super::contract::{Action, ActionSummary, Failure, FailureKind, Own, Reply, Sessions};
use super::instance::Service;
use super::operator::Principal;
use super::request_context::RequestContext;
use super::transaction::{Snapshot, Transaction, run_single, with_snapshot, with_transaction};
use super::usable::require_usable;
use super::{clock, journal_writer, lookup};

/// The number of sessions that one transaction of a sweep marks. Others wait for the store only as long as that takes.
const SWEEP_BATCH: u32 = 100;

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Sessions,
) -> Result<Reply, Failure> {
    match request {
        Sessions::List { filter, sort, span } => with_snapshot(service, context, |snapshot| {
            let list = ListOf { filter, scope: snapshot.principal.scope(), sort };
            Ok(Reply::Sessions(snapshot.rows.sessions(snapshot.now, &list, span)?))
        }),
        Sessions::Show(id) => {
            with_snapshot(service, context, |snapshot| Ok(Reply::Session(Box::new(find(snapshot, id)?))))
        }
        Sessions::Issue { who, life } => issue(service, context, &who, life),
        Sessions::Verify(token) => verify(service, context, &token),
        Sessions::Renew { which, life } => {
            check_life(life)?;
            run_bulk(service, context, &Renewal { which, life })
        }
        Sessions::Revoke(which) => run_bulk(service, context, &Revocation(which)),
        Sessions::Sweep => sweep(service, context).map(Reply::Done),
    }
}

/// Returns the session, if it exists and the principal may see it.
fn find(snapshot: Snapshot<'_>, id: i64) -> Result<Session, Failure> {
    let missing = || Failure::new(FailureKind::NotFound, format!("There is no session {id}."));
    let found = snapshot.rows.session(id)?.filter(|session| snapshot.principal.sees(session.user_id));
    found.ok_or_else(missing)
}

fn check_life(life: Duration) -> Result<(), Failure> {
    if life <= Duration::zero() || life > MAX_LIFE {
        return Err(Failure::rule(Field::Span, "a session lasts longer than 0 seconds and at most 365 days"));
    }
    Ok(())
}

fn issue(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    who: &Who,
    life: Duration,
) -> Result<Reply, Failure> {
    check_life(life)?;
    let expires_at = context.now + life;
    let token = token::new_token()?;
    let detail = service.host.terminal.clone();
    let boot = context.boot.clone();
    let summary = run_single(service, context, |tx| {
        tx.principal.admin_only("issue tokens")?;
        let user = tx.find(who)?;
        require_usable(&user, tx.now)?;
        let start = SessionStart { origin: SessionOrigin::Service, detail, at: tx.now, process: None, boot };
        let id = tx.rows.insert_session(&NewSession {
            id: None,
            user_id: user.id,
            digest: token::digest(token.expose()),
            expiration: Some(expires_at),
            active: true,
            start: Some(start),
        })?;
        let after = FieldValues::new().with("expiration", to_stored(expires_at));
        let session = find(tx.snapshot(), id)?;
        tx.note(Action::Issued, journal_writer::session(&session), FieldValues::new(), after)?;
        let label = Some(user.label().to_owned());
        Ok(ActionSummary { label, id: Some(id), sessions: 1, ..ActionSummary::new(Action::Issued) })
    })?;
    Ok(context.show_secret(token, expires_at, summary))
}

/// The result of looking a token up.
enum Judgement {
    Good(Session),
    /// The token was valid once; the reason why it is not any more.
    Over(Session, String),
    /// There is no such session; the reason.
    Gone(String),
}

/// Verifies a token. In a dry run, or if the store cannot be written, that does not count as a use of the token. A
/// session whose time is over is marked, so that a clock that is set back later does not revive it.
fn verify(service: &mut Service, context: &mut RequestContext<'_>, token: &Secret) -> Result<Reply, Failure> {
    let bad = |why: &str| Failure::new(FailureKind::Refused, format!("Invalid token: {why}."));
    if context.dry_run || service.store.writable().is_err() {
        return with_snapshot(service, context, |snapshot| match judge(snapshot, token)? {
            Judgement::Good(session) => verified(snapshot.rows, snapshot.now, session),
            Judgement::Over(_, why) | Judgement::Gone(why) => Err(bad(&why)),
        });
    }
    // The end of a session is committed although the answer is a refusal.
    with_transaction(service, context, |tx| {
        let session = match judge(tx.snapshot(), token)? {
            Judgement::Good(session) => session,
            Judgement::Over(session, why) => {
                if let Some(end) = session.ended_by_time(tx.now) {
                    tx.rows.end_session(session.id, &end)?;
                }
                return Ok(Err(bad(&why)));
            }
            Judgement::Gone(why) => return Ok(Err(bad(&why))),
        };
        tx.rows.saw_session(tx.now, session.id)?;
        let session = find(tx.snapshot(), session.id)?;
        Ok(Ok(verified(tx.rows, tx.now, session)?))
    })?
}

/// Looks up the session of a token, or the reason why the token is not valid.
fn judge(snapshot: Snapshot<'_>, token: &Secret) -> Result<Judgement, Failure> {
    let Snapshot { rows, principal, now } = snapshot;
    principal.admin_only("verify tokens")?;
    clock::require_right(rows, now)?;
    let digest = token::digest(token.expose());
    if let Some(session) = rows.session_by_digest(&digest)? {
        return Ok(match session.why_ended(now) {
            Some(why) => Judgement::Over(session, why),
            None => Judgement::Good(session),
        });
    }
    let Some(item) = rows.binned_session(&digest)? else {
        return Ok(Judgement::Gone("it is unknown".into()));
    };
    let at = item.deleted_at.map(|at| format!(", {} UTC", date_time(at))).unwrap_or_default();
    Ok(Judgement::Gone(format!("its account was deleted by {}{at}", item.deleted_by)))
}

fn verified(rows: &dyn Read, now: Timestamp, session: Session) -> Result<Reply, Failure> {
    let user = lookup::known(rows, now, session.user_id)?;
    Ok(Reply::Verified(Box::new(session), Box::new(user)))
}

/// Returns the ids of the selected sessions.
fn select(snapshot: Snapshot<'_>, which: &Selection) -> Result<Vec<i64>, Failure> {
    let one = |id| Ok(find(snapshot, id)?.id);
    snapshot.selected(which, one, |filter| snapshot.rows.session_ids(snapshot.now, filter))
}

/// Adds the session's id, its owner and its label to the summary: the first digits of its digest, or else its row.
fn about(mut summary: ActionSummary, session: &Session) -> ActionSummary {
    let short = &session.short_id;
    let label = if short.is_empty() { session.id.to_string() } else { short.clone() };
    summary.label = Some(label);
    summary.whose = Some(session.user.clone());
    summary.id = Some(session.id);
    summary
}

/// The renewal of sessions: their ends move to `life` from now, but a console session's no further than its longest
/// life. A session that has ended stays ended.
struct Renewal {
    which: Selection,
    life: Duration,
}

impl BulkAction for Renewal {
    type Plan = (Session, Timestamp);

    fn action(&self) -> Action {
        Action::Renewed
    }

    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        select(snapshot, &self.which)
    }

    fn filter(&self) -> Option<(ListKind, &Filter)> {
        Some((ListKind::Sessions, self.which.filter()?))
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Self::Plan), Failure> {
        let session = find(snapshot, id)?;
        snapshot.require_free(&Touched { account: Some(session.user_id), ..Touched::default() })?;
        if let Some(why) = session.ended(snapshot.now) {
            let why = session.why_ended(snapshot.now).unwrap_or_else(|| why.words().into_owned());
            let message = format!("Session {} is over: {why}.", session.id);
            return Err(Failure::new(FailureKind::Conflict, message).hint("Log in, or issue a new token."));
        }
        let asked = snapshot.now + self.life;
        let end = match (session.origin, session.started_at) {
            (SessionOrigin::Console, Some(start)) => asked.min(start + CONSOLE_OVERALL),
            (SessionOrigin::Console, None) | (SessionOrigin::Service | SessionOrigin::Elsewhere, _) => asked,
        };
        Ok((
            about(ActionSummary { sessions: 1, ..ActionSummary::new(Action::Renewed) }, &session),
            (session, end),
        ))
    }

    fn execute(&self, tx: &mut Transaction<'_>, (session, end): Self::Plan) -> Result<(), Failure> {
        tx.rows.extend_session(tx.now, tx.boot.as_ref(), session.id, end)?;
        let before = FieldValues::new().with("expiration", session.expiration.map(to_stored));
        let after = FieldValues::new().with("expiration", to_stored(end));
        tx.note(Action::Renewed, journal_writer::session(&session), before, after)?;
        if tx.principal.session_of(session.user_id) == Some(session.id) {
            tx.rows.saw_session(tx.now, session.id)?;
        }
        Ok(())
    }
}

/// The revocation of sessions.
struct Revocation(Selection);

impl BulkAction for Revocation {
    type Plan = Session;

    fn action(&self) -> Action {
        Action::Revoked
    }

    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        select(snapshot, &self.0)
    }

    fn filter(&self) -> Option<(ListKind, &Filter)> {
        Some((ListKind::Sessions, self.0.filter()?))
    }

    fn own(&self, principal: &Principal) -> Option<(i64, Own)> {
        Some((principal.session()?, Own::Session))
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Session), Failure> {
        let session = find(snapshot, id)?;
        snapshot.require_free(&Touched { account: Some(session.user_id), ..Touched::default() })?;
        let summary = ActionSummary::new(Action::Revoked);
        let summary = match session.ended(snapshot.now) {
            None => ActionSummary { sessions: 1, ..summary },
            Some(_) => ActionSummary { unchanged: 1, ..summary },
        };
        Ok((about(summary, &session), session))
    }

    fn execute(&self, tx: &mut Transaction<'_>, session: Session) -> Result<(), Failure> {
        let end = tx.journal.ends(EndReason::Revoked);
        if tx.rows.end_session(session.id, &end)? {
            let status = |status: RowStatus| FieldValues::new().with("status", status.word());
            let (before, after) = (status(RowStatus::Active), status(RowStatus::Expired));
            tx.note(Action::Revoked, journal_writer::session(&session), before, after)?;
        }
        Ok(())
    }
}

/// Marks sessions whose time is over.
pub(super) fn sweep(
    service: &mut Service,
    context: &mut RequestContext<'_>,
) -> Result<ActionSummary, Failure> {
    let overdue = with_snapshot(service, context, |snapshot| {
        snapshot.principal.admin_only("sweep sessions")?;
        Ok(snapshot.rows.overdue(snapshot.now)?)
    })?;
    let foreseen = ActionSummary { sessions: overdue.len() as u64, ..ActionSummary::new(Action::Swept) };
    if context.dry_run || overdue.is_empty() {
        return Ok(ActionSummary { ids: overdue, ..foreseen }.in_order());
    }
    in_batches(service, context, &foreseen, |tx| {
        tx.principal.admin_only("sweep sessions")?;
        let ids = tx.rows.sweep(tx.now, SWEEP_BATCH)?;
        let sessions = ids.len() as u64;
        if sessions > 0 {
            let after = FieldValues::new().with(SESSIONS_ENDED, sessions);
            tx.note(Action::Swept, journal_writer::store("sessions"), FieldValues::new(), after)?;
        }
        let is_last = sessions < u64::from(SWEEP_BATCH);
        Ok(Batch { done: ActionSummary { sessions, ids, ..ActionSummary::new(Action::Swept) }, is_last })
    })
}

#[cfg(test)]
mod tests;
