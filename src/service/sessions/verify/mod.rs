//! Verifying a token: services may do this for each of their requests.
//!
//! A token is judged by reading alone. The store is written only where something is worth it: the use of a good token once
//! a minute, the end of one whose time is over, and the use of one that is no longer good, once a minute for each.

use crate::auth::token;
use crate::domain::bin::BinItem;
use crate::domain::filter::{Filter, Since, Term, Test};
use crate::domain::journal::{EntityRef, Outcome};
use crate::domain::page::{Anchor, RowRange};
use crate::domain::secret::Secret;
use crate::domain::session::Session;
use crate::domain::time::{Duration, date_time};
use crate::store::{ListOf, StoreError};

use super::super::contract::{Action, Failure, FailureKind, Reply};
use super::super::instance::Service;
use super::super::request_context::RequestContext;
use super::super::transaction::{Snapshot, Transaction, with_snapshot, with_transaction};
use super::super::{bin, clock, journal_writer, lookup};

/// The time for which one note of a use stands for all others.
const NOTED_FOR: Duration = Duration::minutes(1);

/// The result of looking a token up.
enum Judgement {
    Good(Box<Session>),
    /// The token was valid once; the reason why it is not any more.
    Over(Box<Session>, String),
    /// The account of its session is in the bin; the same.
    Binned(Box<BinItem>, String),
    Unknown,
}

/// Verifies a token. In a dry run, for a viewer, or if the store cannot be written, that does not count as a use of the token.
pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    token: &Secret,
) -> Result<Reply, Failure> {
    let (answer, has_news) = with_snapshot(service, context, |snapshot| {
        let judgement = Judgement::of(snapshot, token)?;
        Ok((judgement.answer(snapshot), judgement.has_news(snapshot)?))
    })?;
    if !has_news || !context.may_note() || service.store.writable().is_err() {
        return answer;
    }
    // The token is judged again, for it may have ended meanwhile. What is noted is committed although the answer is a refusal.
    let noted = with_transaction(service, context, |tx| {
        let judgement = Judgement::of(tx.snapshot(), token)?;
        judgement.note(tx)?;
        let judgement = Judgement::of(tx.snapshot(), token)?;
        Ok(judgement.answer(tx.snapshot()))
    });
    match noted {
        // A store that is busy or full keeps no service from its work.
        Err(failure) if failure.kind == FailureKind::Unavailable => answer,
        noted => noted?,
    }
}

impl Judgement {
    /// Looks up the session of a token.
    fn of(snapshot: Snapshot<'_>, token: &Secret) -> Result<Self, Failure> {
        let Snapshot { rows, principal, now } = snapshot;
        principal.admin_only("verify tokens")?;
        clock::require_right(rows, now)?;
        let digest = token::digest(token.expose());
        if let Some(session) = rows.session_by_digest(&digest)? {
            let session = Box::new(session);
            return Ok(match session.why_ended(now) {
                Some(why) => Self::Over(session, why),
                None => Self::Good(session),
            });
        }
        let Some(item) = rows.binned_session(&digest)? else { return Ok(Self::Unknown) };
        let at = item.deleted_at.map(|at| format!(", {} UTC", date_time(at))).unwrap_or_default();
        let why = format!("its account was deleted by {}{at}", item.deleted_by);
        Ok(Self::Binned(Box::new(item), why))
    }

    fn answer(&self, snapshot: Snapshot<'_>) -> Result<Reply, Failure> {
        let bad = |why: &str| Err(Failure::new(FailureKind::Refused, format!("Invalid token: {why}.")));
        match self {
            Self::Good(session) => {
                let names = snapshot.rows.account_names(session.user_id)?.ok_or(StoreError::Gone)?;
                Ok(Reply::Verified(session.clone(), Box::new(names)))
            }
            Self::Over(_, why) | Self::Binned(_, why) => bad(why),
            Self::Unknown => bad("it is unknown"),
        }
    }

    /// Returns true if there is something to write about the use of the token.
    fn has_news(&self, snapshot: Snapshot<'_>) -> Result<bool, Failure> {
        match self {
            Self::Good(session) => is_worth_noting(snapshot, session),
            Self::Over(session, _) => {
                let is_to_be_marked = session.ended_by_time(snapshot.now).is_some();
                Ok(is_to_be_marked || is_new_refusal(snapshot, self.object().as_ref())?)
            }
            Self::Binned(..) => is_new_refusal(snapshot, self.object().as_ref()),
            Self::Unknown => Ok(false),
        }
    }

    /// Returns the thing that the journal's entry about the use of the token names. An unknown token has none.
    fn object(&self) -> Option<EntityRef> {
        match self {
            Self::Good(session) | Self::Over(session, _) => Some(journal_writer::session(session)),
            Self::Binned(item, _) => Some(bin::object(item)),
            Self::Unknown => None,
        }
    }

    /// Writes what is worth it. A session whose time is over is marked, so that a clock that is set back later does not
    /// revive it.
    fn note(&self, tx: &mut Transaction<'_>) -> Result<(), Failure> {
        match self {
            Self::Good(session) => {
                if is_worth_noting(tx.snapshot(), session)? {
                    tx.rows.saw_session(tx.now, session.id)?;
                }
            }
            Self::Over(session, why) => {
                if let Some(end) = session.ended_by_time(tx.now) {
                    tx.rows.end_session(session.id, &end)?;
                }
                self.note_refusal(tx, why)?;
            }
            Self::Binned(_, why) => self.note_refusal(tx, why)?,
            Self::Unknown => {}
        }
        Ok(())
    }

    fn note_refusal(&self, tx: &mut Transaction<'_>, why: &str) -> Result<(), Failure> {
        let object = self.object();
        if !is_new_refusal(tx.snapshot(), object.as_ref())? {
            return Ok(());
        }
        let Some(object) = object else { return Ok(()) };
        Ok(tx.journal.note_refusal(tx.rows, Action::TokenUsed, object, why)?)
    }
}

/// Returns true unless the use of a good token was noted within the last minute. A time in the future is that of a clock
/// that was set back.
fn is_worth_noting(snapshot: Snapshot<'_>, session: &Session) -> Result<bool, Failure> {
    let last_seen = match (session.last_seen, session.idle_limit) {
        (None, Some(limit)) => Some(limit.used_at),
        // For a session that another program made, only its account is known to be seen.
        (None, None) => lookup::known(snapshot.rows, snapshot.now, session.user_id)?.last_seen,
        (seen, _) => seen,
    };
    Ok(last_seen.is_none_or(|seen| seen > snapshot.now || snapshot.now - seen >= NOTED_FOR))
}

/// Returns true unless the journal has an entry of the last minute about such a use.
fn is_new_refusal(snapshot: Snapshot<'_>, object: Option<&EntityRef>) -> Result<bool, Failure> {
    let Some((kind, id)) = object.and_then(|object| Some((object.kind, object.id?))) else {
        return Ok(false);
    };
    let tests = [
        Test::EntityRef(kind, id),
        Test::Action(Action::TokenUsed),
        Test::Outcome(Outcome::Refused),
        Test::Since(Since::Ago(NOTED_FOR)),
    ];
    let terms = tests.map(|test| Term { negated: false, test }).to_vec();
    let list = ListOf { filter: Filter { terms }, ..ListOf::default() };
    let first = RowRange { anchor: Anchor::Position(0), before: 0, len: 1 };
    Ok(snapshot.rows.journal(snapshot.now, &list, first)?.rows.is_empty())
}

#[cfg(test)]
mod tests;
