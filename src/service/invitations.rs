//! Invitations: one-time codes with which people register where the config file asks for one.

use std::ops::RangeInclusive;

use crate::auth::code::{InvitationCode, TRIES, new_code, normalise};
use crate::auth::password::Hasher;
use crate::domain::journal::{EntityRef, FieldValues};
use crate::domain::secret::Secret;
use crate::domain::time::{Duration, to_stored};
use crate::domain::user::Field;
use crate::store::{Invitation, StoreError};

use super::contract::{
    Action, ActionSummary, CodeTerms, Failure, FailureKind, InvitationInForce, Provenance, Reply,
};
use super::instance::Service;
use super::journal_writer;
use super::request_context::RequestContext;
use super::transaction::{Snapshot, run_single};

/// The lives that an invitation may have. It only leads to a pending account, so that it may live longer than an access code.
const LIVES: RangeInclusive<Duration> = Duration::minutes(1)..=Duration::days(7);

/// Makes a one-time code with which somebody can register, and removes those that are over.
pub(super) fn invite(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    life: Duration,
) -> Result<Reply, Failure> {
    if !LIVES.contains(&life) {
        return Err(Failure::rule(Field::Span, "an invitation is good for 1 minute to 7 days"));
    }
    let expires_at = context.now + life;
    let (code, hash) = new_invitation_code(&mut service.hasher)?;
    let mut shown = Secret::new();
    let summary = run_single(service, context, |tx| {
        tx.principal.admin_only("invite people")?;
        tx.rows.remove_ended_invitations(tx.now)?;
        let new = Invitation { id: 0, hash: hash.clone(), expires_at, tries_left: TRIES, entry: None };
        let id = tx.rows.insert_invitation(&new)?;
        shown = InvitationCode { number: id, code: code.clone() }.shown()?;
        let after = FieldValues::new().with("expires_at", to_stored(expires_at));
        tx.note(Action::Invited, object(id), FieldValues::new(), after)?;
        Ok(about(Action::Invited, id))
    })?;
    Ok(context.show_secret(shown, expires_at, summary))
}

/// Returns a new code as it is shown, and the hash that is stored of it.
fn new_invitation_code(hasher: &mut Hasher) -> Result<(Secret, String), Failure> {
    let code = new_code()?;
    let typed = normalise(&code).unwrap_or_default();
    let hash = hasher.hash(&typed)?;
    Ok((code, hash))
}

/// Revokes an invitation.
pub(super) fn revoke(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    id: i64,
) -> Result<Reply, Failure> {
    run_single(service, context, |tx| {
        tx.principal.admin_only("revoke invitations")?;
        if !tx.rows.remove_invitation(id)? {
            let failure = Failure::new(FailureKind::NotFound, format!("There is no invitation {id}."));
            return Err(failure.hint("nexus user invite --list shows those that are left."));
        }
        tx.note(Action::InvitationRevoked, object(id), FieldValues::new(), FieldValues::new())?;
        Ok(about(Action::InvitationRevoked, id))
    })
    .map(Reply::Done)
}

/// Returns the invitations in force.
pub(super) fn list(snapshot: Snapshot<'_>) -> Result<Reply, Failure> {
    snapshot.principal.admin_only("see invitations")?;
    let found = snapshot.rows.invitations(snapshot.now)?.into_iter();
    let in_force = found.map(|invitation| {
        let entry = invitation.entry.map_or(Ok(None), |seq| snapshot.rows.entry(seq))?;
        Ok(InvitationInForce {
            id: invitation.id,
            terms: CodeTerms {
                expires_at: invitation.expires_at,
                tries_left: invitation.tries_left,
                made: entry.map(Provenance::from),
            },
        })
    });
    Ok(Reply::Invitations(in_force.collect::<Result<_, StoreError>>()?))
}

fn object(id: i64) -> EntityRef {
    EntityRef { id: Some(id), ..journal_writer::store(&label(id)) }
}

fn label(id: i64) -> String {
    format!("invitation {id}")
}

fn about(action: Action, id: i64) -> ActionSummary {
    ActionSummary { label: Some(label(id)), id: Some(id), accounts: 1, ..ActionSummary::new(action) }
}
