//! Sessions: list, issue, verify, renew, revoke. Only digests of tokens are stored; a token itself is made, shown once
//! and forgotten.

use crate::auth::token;
use crate::domain::filter::{Filter, ListKind, Term, Test};
use crate::domain::journal::FieldValues;
use crate::domain::operation::Touched;
use crate::domain::page::Selection;
use crate::domain::session::{EndReason, MAX_LIFE, RowStatus, Session, SessionLabel, SessionOrigin};
use crate::domain::text::{count, excerpt};
use crate::domain::time::{Duration, Timestamp, to_stored};
use crate::domain::user::{Field, User, UserId, Who};
use crate::store::{ListOf, NewSession, SessionStart};

use super::bulk::{BulkAction, run_bulk};
use super::contract::{Action, ActionSummary, Failure, FailureKind, Own, Reply, Sessions};
use super::instance::Service;
use super::journal_writer;
use super::operator::Principal;
use super::request_context::RequestContext;
use super::sweep::sweep;
use super::transaction::{Snapshot, Transaction, run_single, with_snapshot};
use super::usable::require_usable;

mod verify;

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
        Sessions::Issue { who, life, label } => issue(service, context, &who, life, label.as_ref()),
        Sessions::Verify(token) => verify::perform(service, context, &token),
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
        return Err(Failure::rule(Field::Span, "must be between 1 second and 365 days"));
    }
    Ok(())
}

fn issue(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    who: &Who,
    life: Duration,
    label: Option<&SessionLabel>,
) -> Result<Reply, Failure> {
    check_life(life)?;
    let expires_at = context.now + life;
    let most = u64::from(service.sessions.max_tokens.get());
    let token = token::new_token()?;
    let detail = service.host.terminal.clone();
    let boot = context.boot.clone();
    let summary = run_single(service, context, |tx| {
        tx.principal.admin_only("issue tokens")?;
        let user = tx.find(who)?;
        require_usable(&user, tx.now)?;
        let tokens = tx.rows.session_ids(tx.now, &active_tokens(user.id))?;
        if tokens.len() as u64 >= most {
            return Err(too_many_tokens(&user, most));
        }
        let label = label.map(|label| label.as_str().to_owned());
        let start = SessionStart {
            origin: SessionOrigin::Service,
            detail,
            label: label.clone(),
            at: tx.now,
            process: None,
            boot,
        };
        let id = tx.rows.insert_session(&NewSession {
            id: None,
            user_id: user.id,
            digest: token::digest(token.expose()),
            expiration: Some(expires_at),
            active: true,
            start: Some(start),
        })?;
        let after = FieldValues::new().with("expiration", to_stored(expires_at)).with("label", label);
        let session = find(tx.snapshot(), id)?;
        tx.note(Action::Issued, journal_writer::session(&session), FieldValues::new(), after)?;
        let label = Some(user.label().to_owned());
        Ok(ActionSummary { label, id: Some(id), sessions: 1, ..ActionSummary::new(Action::Issued) })
    })?;
    Ok(context.show_secret(token, expires_at, summary))
}

/// Returns the filter of an account's active sessions that are not of consoles.
fn active_tokens(user: UserId) -> Filter {
    let not_of_console = Term { negated: true, test: Test::Origin(SessionOrigin::Console) };
    let mut filter = Filter::of_account(Who::Id(user)).and(Test::State(RowStatus::Active));
    filter.terms.push(not_of_console);
    filter
}

/// Returns the failure to issue a token for an account that has as many as it may have.
fn too_many_tokens(user: &User, most: u64) -> Failure {
    let message = format!(
        "{} has {} already, and may not have more.",
        excerpt(user.label()),
        count(most, "token", "tokens")
    );
    Failure::new(FailureKind::Conflict, message)
        .hint("Revoke one first, or raise sessions.max_tokens in the config file.")
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
        let capped_until = session.latest_end().filter(|latest| *latest < asked);
        let capped = u64::from(capped_until.is_some());
        let summary =
            ActionSummary { sessions: 1, capped, capped_until, ..ActionSummary::new(Action::Renewed) };
        Ok((about(summary, &session), (session, capped_until.unwrap_or(asked))))
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

#[cfg(test)]
mod tests;
