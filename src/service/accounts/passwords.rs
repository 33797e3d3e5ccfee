//! Passwords and access codes of existing accounts. A change of either ends what was opened with the old password.

use crate::auth::AuthError;
use crate::auth::code::{TRIES, new_code, normalise};
use crate::auth::password::{Hasher, OtherCosts, PasswordMatch};
use crate::domain::journal::{CHANGED, FieldValues, SESSIONS_ENDED};
use crate::domain::secret::Secret;
use crate::domain::session::EndReason;
use crate::domain::text::excerpt;
use crate::domain::time::{Duration, Timestamp, to_stored};
use crate::domain::user::{Field, User, Who};
use crate::store::{AccessCode, Credentials, Read};

use super::super::contract::{
    Action, ActionSummary, Caller, CodeInForce, CodeTerms, Failure, FailureKind, Provenance, Reply,
};
use super::super::instance::Service;
use super::super::request_context::RequestContext;
use super::super::throttle::CountedTry;
use super::super::transaction::{Snapshot, Transaction, with_snapshot};
use super::super::{journal_writer, lookup, new_password, throttle};
use super::write;

/// The longest life of an access code (security policy 3.5).
pub(super) const LONGEST_CODE: Duration = Duration::hours(24);
/// The shortest life of an access code: nobody reads one out and types it in less.
const SHORTEST_CODE: Duration = Duration::minutes(1);

/// A new access code: what is stored of it, and what is shown once.
pub(super) struct NewCode {
    pub(super) stored: AccessCode,
    shown: Secret,
}

impl NewCode {
    pub(super) fn make(hasher: &mut Hasher, expires_at: Timestamp) -> Result<Self, Failure> {
        let shown = new_code()?;
        let typed = normalise(&shown).ok_or(AuthError::NoRandomness)?;
        let hash = hasher.hash(&typed)?;
        Ok(Self { stored: AccessCode { hash, expires_at, tries_left: TRIES, entry: None }, shown })
    }

    pub(super) fn shown(&self) -> &Secret {
        &self.shown
    }

    pub(super) fn show(self, context: &RequestContext<'_>, summary: ActionSummary) -> Reply {
        context.show_secret(self.shown, self.stored.expires_at, summary)
    }
}

/// Sets another account's password. Operators change their own with the current one as proof.
pub(super) fn set(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    who: &Who,
    password: &Secret,
    must_change: bool,
) -> Result<ActionSummary, Failure> {
    let user = with_snapshot(service, context, |snapshot| whose_to_set(snapshot, who))?;
    let hash = new_password::hashed(service, password, &user.fields())?;
    let must_change = must_change || context.caller != Caller::Owner;
    write(service, context, |tx| {
        let user = whose_to_set(tx.snapshot(), &Who::Id(user.id))?;
        replace(tx, &user, &hash, must_change)
    })
}

fn whose_to_set(snapshot: Snapshot<'_>, who: &Who) -> Result<User, Failure> {
    snapshot.principal.admin_only("set another account's password")?;
    let user = snapshot.account(who)?;
    if snapshot.principal.session_of(user.id).is_some() {
        let words = "Your own password is changed with the current one as proof.";
        return Err(Failure::new(FailureKind::Refused, words));
    }
    Ok(user)
}

pub(super) fn change_own(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    current: &Secret,
    password: &Secret,
) -> Result<ActionSummary, Failure> {
    let verified = with_snapshot(service, context, |snapshot| {
        snapshot.principal.credentials(snapshot.rows, snapshot.now)
    })?;
    let counted = throttle::count_own(service, context, verified.user.id)?;
    if service.hasher.verify(current, Some(&verified.password_hash), &OtherCosts::default())
        == PasswordMatch::Wrong
    {
        return Err(counted.failed(wrong()));
    }
    let changed = change_proven(service, context, &verified, &counted, (current, password));
    counted.right(service, context, changed)
}

/// Changes the operator's own password after the current one was right.
fn change_proven(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    verified: &Credentials,
    counted: &CountedTry,
    (current, password): (&Secret, &Secret),
) -> Result<ActionSummary, Failure> {
    new_password::differs(password, current)?;
    let hash = new_password::hashed(service, password, &verified.user.fields())?;
    write(service, context, |tx| {
        let now = tx.principal.credentials(tx.rows, tx.now)?;
        if now.password_hash != verified.password_hash {
            return Err(wrong());
        }
        counted.succeeded(tx)?;
        replace(tx, &now.user, &hash, false)
    })
}

/// Returns the failure of a wrong current password.
fn wrong() -> Failure {
    Failure::new(FailureKind::Refused, "The current password is wrong.")
}

/// Stores the new hash. An access code in force becomes invalid, and all sessions of the account end except the
/// operator's own.
fn replace(
    tx: &mut Transaction<'_>,
    user: &User,
    hash: &str,
    must_change: bool,
) -> Result<ActionSummary, Failure> {
    let replaces_code = has_code(tx, user)?;
    tx.rows.set_password(tx.now, user.id, hash, must_change)?;
    tx.rows.set_access_code(tx.now, user.id, None)?;
    let end = tx.journal.ends(EndReason::PasswordChanged);
    let sessions = tx.rows.end_sessions_of(user.id, tx.principal.session_of(user.id), &end)?;
    let after = FieldValues::new().with("password", CHANGED).with_count(SESSIONS_ENDED, sessions);
    let after = if must_change { after.with("must_change", true) } else { after };
    tx.note(Action::PasswordSet, journal_writer::account(user), FieldValues::new(), after)?;
    let summary = ActionSummary {
        accounts: 1,
        sessions,
        ended: sessions,
        replaces_code,
        ..ActionSummary::new(Action::PasswordSet)
    };
    Ok(lookup::about(summary, user))
}

/// Returns true if the account has an access code in force.
fn has_code(tx: &Transaction<'_>, user: &User) -> Result<bool, Failure> {
    let found = tx.rows.credentials(tx.now, &Who::Id(user.id))?;
    Ok(found.is_some_and(|found| found.code.is_some()))
}

pub(super) fn make_code(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    who: &Who,
    life: Duration,
) -> Result<Reply, Failure> {
    if !(SHORTEST_CODE..=LONGEST_CODE).contains(&life) {
        return Err(Failure::rule(Field::Span, "an access code is good for 1 minute to 24 hours"));
    }
    let code = NewCode::make(&mut service.hasher, context.now + life)?;
    let summary = write(service, context, |tx| {
        tx.principal.admin_only("make access codes")?;
        let user = tx.find(who)?;
        let replaces_code = has_code(tx, &user)?;
        tx.rows.set_access_code(tx.now, user.id, Some(&code.stored))?;
        let after = FieldValues::new()
            .with("access_code", CHANGED)
            .with("expires_at", to_stored(code.stored.expires_at));
        tx.note(Action::CodeMade, journal_writer::account(&user), FieldValues::new(), after)?;
        Ok(lookup::about(
            ActionSummary { accounts: 1, replaces_code, ..ActionSummary::new(Action::CodeMade) },
            &user,
        ))
    })?;
    Ok(code.show(context, summary))
}

pub(super) fn revoke_code(tx: &mut Transaction<'_>, who: &Who) -> Result<ActionSummary, Failure> {
    tx.principal.admin_only("revoke access codes")?;
    let user = tx.find(who)?;
    if !has_code(tx, &user)? {
        let message = format!("{} has no access code.", excerpt(user.label()));
        return Err(Failure::new(FailureKind::NotFound, message));
    }
    tx.rows.set_access_code(tx.now, user.id, None)?;
    let after = FieldValues::new().with("access_code", CHANGED);
    tx.note(Action::CodeRevoked, journal_writer::account(&user), FieldValues::new(), after)?;
    Ok(lookup::about(
        ActionSummary { accounts: 1, replaces_code: true, ..ActionSummary::new(Action::CodeRevoked) },
        &user,
    ))
}

pub(super) fn list_codes(snapshot: Snapshot<'_>) -> Result<Reply, Failure> {
    snapshot.principal.admin_only("see access codes")?;
    let found = snapshot.rows.access_codes(snapshot.now)?;
    let in_force = found.iter().map(|(user, code)| in_force(snapshot.rows, user, code));
    Ok(Reply::Codes(in_force.collect::<Result<_, _>>()?))
}

/// Describes an account's access code, with who made it and when.
pub(super) fn in_force(rows: &dyn Read, user: &User, code: &AccessCode) -> Result<CodeInForce, Failure> {
    let entry = code.entry.map_or(Ok(None), |seq| rows.entry(seq))?;
    Ok(CodeInForce {
        user_id: user.id,
        user: user.label().to_owned(),
        terms: CodeTerms {
            expires_at: code.expires_at,
            tries_left: code.tries_left,
            made: entry.map(Provenance::from),
        },
    })
}
