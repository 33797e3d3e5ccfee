//! The reversal of one journal entry: the change that makes a thing as it was before.

use crate::domain::bin::BinItem;
use crate::domain::directory::Directory;
use crate::domain::journal::{Action, BIN, EntityKind, Entry, FieldValues};
use crate::domain::session::{EndReason, RowStatus, Session};
use crate::domain::text::{excerpt, excerpt_bare};
use crate::domain::time::{Timestamp, from_stored, to_stored};
use crate::domain::user::{AccessLevel, Status, User};

use super::super::bin::{self, RestoredSessions, bring_back, object, restorable};
use super::super::contract::{ActionSummary, Failure, FailureKind, Own, SESSION_STAYS_ENDED, UndoneBy};
use super::super::dependents::{with_belongings, with_rows_of_others};
use super::super::transaction::{Snapshot, Transaction};
use super::super::{directories, journal, journal_writer};
use super::is_coming_or_going;

mod account;
mod directory;

use account::{AccountReversal, of_account};
use directory::of_directory;

/// The change that reverses an entry.
pub(super) enum Reversal {
    /// Restores a bin item.
    BringBack(BinItem, ActionSummary),
    /// Moves an account to the bin, reusing the number of the bin item in which it lay before.
    BinAccount(User, ActionSummary, Option<i64>),
    /// Moves a directory to the bin likewise, under this path.
    BinDirectory(Directory, ActionSummary, Option<i64>, String),
    /// Sets fields of an account, and removes or restores the directories that were made with them.
    Set(Box<AccountReversal>),
    /// Moves a directory back to this path.
    Relocate(Directory, String),
    /// Ends a session.
    End(Session),
    /// Moves the end of a session back.
    Extend(Session, Timestamp),
}

/// Returns true if undoing this entry leaves an account that cannot act as admin.
pub(super) fn removes_admin(entry: &Entry) -> bool {
    let was = |field, word| entry.before.text(field).is_some_and(|was| was != word);
    let goes = entry.after.get(BIN).is_none() && (entry.before.is_empty() || entry.before.get(BIN).is_some());
    entry.object.kind == EntityKind::Account
        && (was("status", Status::Confirmed.word())
            || was("access_level", AccessLevel::Admin.word())
            || goes && entry.after.get("email").is_some())
}

fn conflict(message: String) -> Failure {
    Failure::new(FailureKind::Conflict, message).hint("Look at what was done since.")
}

/// Refuses if a thing is no longer as an entry left it, and names every difference.
fn is_as_left(label: &str, left: &FieldValues, now: &FieldValues) -> Result<(), Failure> {
    let differing: Vec<_> = left
        .fields()
        .filter(|(field, value)| now.get(field).is_some_and(|now| now != *value))
        .map(|(field, _)| {
            format!("{field} is {}, not {}", excerpt(&now.words(field)), excerpt(&left.words(field)))
        })
        .collect();
    if differing.is_empty() {
        return Ok(());
    }
    Err(conflict(format!("{} was changed since: {}.", excerpt(label), differing.join("; "))))
}

impl Reversal {
    /// Plans the reversal of an entry, and summarizes it.
    ///
    /// # Errors
    /// [`FailureKind::Conflict`] where the thing is no longer as the entry left it; [`FailureKind::Refused`] where
    /// nothing brings it back, or the actor may not do it.
    pub(super) fn of(snapshot: Snapshot<'_>, entry: &Entry) -> Result<(ActionSummary, Self), Failure> {
        if entry.erased.object {
            let message = format!("Entry {} was erased: nothing tells what was before it.", entry.seq);
            return Err(Failure::new(FailureKind::Conflict, message));
        }
        if let Some(number) = entry.after.number(BIN) {
            return of_binned(snapshot, entry, number);
        }
        if entry.after.is_empty() {
            return Err(for_good(entry));
        }
        match entry.object.kind {
            EntityKind::Account => of_account(snapshot, entry),
            EntityKind::Session => of_session(snapshot, entry),
            EntityKind::Directory => of_directory(snapshot, entry),
            EntityKind::Store => Err(for_good(entry)),
        }
    }

    /// Returns what it takes away from the operator.
    pub(super) fn own(&self, snapshot: Snapshot<'_>) -> Own {
        let is_own = |session: &Session| snapshot.principal.session_of(session.user_id) == Some(session.id);
        match self {
            Self::BinAccount(user, ..) if snapshot.principal.account() == Some(user.id.0) => Own::Account,
            Self::Set(reversal) => reversal.own(snapshot),
            Self::End(session) if is_own(session) => Own::Session,
            Self::Extend(session, end) if is_own(session) && *end <= snapshot.now => Own::Session,
            Self::BringBack(..)
            | Self::BinAccount(..)
            | Self::BinDirectory(..)
            | Self::Relocate(..)
            | Self::End(_)
            | Self::Extend(..) => Own::Untouched,
        }
    }

    /// Makes the change and records it.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) fn execute(self, tx: &mut Transaction<'_>, action: Action) -> Result<(), Failure> {
        match self {
            Self::BringBack(item, summary) => {
                let after =
                    with_belongings(bring_back(tx, &item, None, RestoredSessions::AsTheyWere)?, &summary);
                Ok(tx.note(action, object(&item), FieldValues::new().with(BIN, item.id), after)?)
            }
            Self::BinAccount(user, summary, number) => {
                let before = with_rows_of_others(with_belongings(journal::image(&user), &summary), &summary);
                let after = bin::delete_account(tx, user.id, number)?;
                Ok(tx.note(action, journal_writer::account(&user), before, after)?)
            }
            Self::BinDirectory(directory, summary, number, path) => {
                let before = with_belongings(directories::at_path(&directory.path), &summary);
                let before = with_rows_of_others(before, &summary);
                let after = bin::trash_directory(tx, directory.id, Some(&path), number)?;
                Ok(tx.note(action, journal_writer::directory(&directory), before, after)?)
            }
            Self::Set(reversal) => reversal.execute(tx, action),
            Self::Relocate(directory, path) => directories::relocate(tx, action, &directory, &path).map(drop),
            Self::End(session) => {
                tx.rows.end_session(session.id, &tx.journal.ends(EndReason::IssueUndone))?;
                let status = |status: RowStatus| FieldValues::new().with("status", status.word());
                let (before, after) = (status(RowStatus::Active), status(RowStatus::Expired));
                Ok(tx.note(action, journal_writer::session(&session), before, after)?)
            }
            Self::Extend(session, end) => {
                tx.rows.extend_session(tx.now, tx.boot.as_ref(), session.id, end)?;
                let before = FieldValues::new().with("expiration", session.expiration.map(to_stored));
                let after = FieldValues::new().with("expiration", to_stored(end));
                Ok(tx.note(action, journal_writer::session(&session), before, after)?)
            }
        }
    }
}

/// Returns the failure for an entry that nothing reverses.
fn for_good(entry: &Entry) -> Failure {
    let row = Action::parse(&entry.action).map(Action::row);
    let why = match (entry.object.kind, row.map(|row| row.undone_by)) {
        (EntityKind::Session, _) => SESSION_STAYS_ENDED,
        (_, Some(UndoneBy::Never(why))) => why,
        (_, Some(UndoneBy::Undo | UndoneBy::Redo | UndoneBy::Skipped) | None) => "this action has no undo",
    };
    let message = format!(
        "“{} {}” cannot be undone: {why}.",
        excerpt_bare(&entry.action),
        excerpt_bare(&entry.object.label)
    );
    Failure::new(FailureKind::Refused, message)
}

fn of_binned(
    snapshot: Snapshot<'_>,
    entry: &Entry,
    number: i64,
) -> Result<(ActionSummary, Reversal), Failure> {
    let vanished =
        || conflict(format!("{} is no longer in the bin: restored or purged.", excerpt(&entry.object.label)));
    let item = bin::item(snapshot, number).map_err(|_| vanished())?;
    bin::may_bring_back(snapshot.principal, &item, None)?;
    let summary = restorable(snapshot, &item, None, &[])?.with_sessions();
    Ok((summary.clone(), Reversal::BringBack(item, summary)))
}

/// Returns true if the thing did not exist before this entry, except in the bin.
fn came_to_be(entry: &Entry, field: &str) -> bool {
    (entry.before.is_empty() || entry.before.get(BIN).is_some()) && entry.after.get(field).is_some()
}

/// Returns the number under which a thing lay in the bin before this entry restored it, because older entries name
/// that number.
fn lay_at(snapshot: Snapshot<'_>, entry: &Entry) -> Result<Option<i64>, Failure> {
    let Some(number) = entry.before.number(BIN) else { return Ok(None) };
    Ok(snapshot.rows.item(number)?.is_none().then_some(number))
}

fn of_session(snapshot: Snapshot<'_>, entry: &Entry) -> Result<(ActionSummary, Reversal), Failure> {
    let is_entry_of_life = entry.after.get("expiration").is_some();
    let action = Action::parse(&entry.action);
    if !is_entry_of_life || is_coming_or_going(action) {
        return Err(for_good(entry));
    }
    let found = entry.object.id.map(|id| snapshot.rows.session(id)).transpose()?.flatten();
    let session = found
        .filter(|session| snapshot.principal.sees(session.user_id) && session.ended(snapshot.now).is_none());
    let Some(session) = session else {
        return Err(conflict(format!("The session of {} has already ended.", excerpt(&entry.object.label))));
    };
    let summary = ActionSummary { sessions: 1, ..ActionSummary::new(Action::Undone) };
    let end = FieldValues::new().with("expiration", session.expiration.map(to_stored));
    is_as_left(&entry.object.label, &entry.after, &end)?;
    if entry.before.is_empty() {
        return Ok((ActionSummary { ended: 1, ..summary }, Reversal::End(session)));
    }
    let before = entry.before.text("expiration").and_then(from_stored).ok_or_else(|| for_good(entry))?;
    Ok((summary, Reversal::Extend(session, before)))
}
