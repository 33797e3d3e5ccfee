//! The reversal of one journal entry: the change that makes a thing as it was before.

use crate::domain::bin::BinItem;
use crate::domain::dependents::{DeletionTarget, total, words};
use crate::domain::directory::{Directory, is_within, split};
use crate::domain::journal::{
    Action, BIN, BINNED, CHANGED, EntityKind, Entry, FAILED_LOG_INS, FieldValues, MADE, SESSIONS_ENDED,
};
use crate::domain::session::{EndReason, RowStatus, Session};
use crate::domain::text::{excerpt, excerpt_bare};
use crate::domain::time::{Timestamp, from_stored, to_stored};
use crate::domain::user::{AccessLevel, Fields, Status, User, Who};

use super::super::accounts::may_set;
use super::super::bin::{self, RestoredSessions, bring_back, object, restorable};
use super::super::contract::{ActionSummary, Failure, FailureKind, Own, SESSION_STAYS_ENDED, UndoneBy};
use super::super::dependents::{self, with_belongings, with_rows_of_others};
use super::super::status::FieldChange;
use super::super::transaction::{Snapshot, Transaction};
use super::super::{directories, journal, journal_writer};
use super::home::{self, Removed};
use super::is_coming_or_going;

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

/// Earlier fields of an account, and the directories that were made with the later ones.
pub(super) struct AccountReversal {
    user: User,
    change: Option<FieldChange>,
    /// The topmost of the directories that were made, each with everything below it.
    made: Vec<Directory>,
    /// The paths of all directories that were made.
    paths: Vec<String>,
    /// Bin items of directories that were made and taken back (by an older NEXUS).
    binned: Vec<BinItem>,
    /// Directories that were made and taken back, to be made again.
    removed: Vec<Removed>,
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
            Self::Set(reversal) => {
                reversal.change.as_ref().map_or(Own::Untouched, |change| change.own(snapshot.principal))
            }
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

fn of_account(snapshot: Snapshot<'_>, entry: &Entry) -> Result<(ActionSummary, Reversal), Failure> {
    let is_secret = entry.after.fields().any(|(_, value)| value.as_str() == Some(CHANGED));
    if is_secret || Action::parse(&entry.action) == Some(Action::PasswordSet) {
        return Err(for_good(entry));
    }
    let vanished = |_| conflict(format!("{} no longer exists.", excerpt(&entry.object.label)));
    let id = entry.object.account.ok_or_else(|| for_good(entry))?;
    let user = snapshot.account(&Who::Id(id)).map_err(vanished)?;
    is_as_left(user.label(), &entry.after, &journal::image(&user))?;
    if came_to_be(entry, "email") {
        snapshot.principal.admin_only("delete accounts")?;
        let summary = ActionSummary {
            accounts: 1,
            sessions: snapshot.rows.session_count(user.id)?,
            directories: snapshot.rows.directory_count(user.id)?,
            ..ActionSummary::new(Action::Undone)
        };
        let target = DeletionTarget::Account(user.id);
        let summary = summary.with_dependents(dependents::find(snapshot, target, user.label())?);
        let number = lay_at(snapshot, entry)?;
        return Ok((summary.clone(), Reversal::BinAccount(user, summary, number)));
    }
    let (summary, reversal) = AccountReversal::plan(snapshot, entry, user)?;
    Ok((summary, Reversal::Set(Box::new(reversal))))
}

impl AccountReversal {
    fn plan(snapshot: Snapshot<'_>, entry: &Entry, user: User) -> Result<(ActionSummary, Self), Failure> {
        let items = entry.after.numbers(BINNED);
        let paths = if items.is_empty() { &entry.after } else { &entry.before }.texts(MADE);
        let fields = journal_writer::of_image(&entry.before);
        let removed = if paths.is_empty() { home::removed(entry) } else { Vec::new() };
        if fields == Fields::default() && paths.is_empty() && removed.is_empty() && items.is_empty() {
            let is_confirmed = Action::parse(&entry.action) == Some(Action::Confirmed);
            if is_confirmed && entry.before.number(FAILED_LOG_INS).is_some() {
                let message = format!("The failed log-ins of {} are forgotten.", excerpt(user.label()));
                return Err(Failure::new(FailureKind::Conflict, message));
            }
            return Err(for_good(entry));
        }
        may_set(snapshot.principal, user.id, &fields)?;
        if !paths.is_empty() || !removed.is_empty() || !items.is_empty() {
            snapshot.principal.admin_only("make homes")?;
        }
        let lost = entry.after.number(SESSIONS_ENDED).unwrap_or_default();
        let lost = u64::try_from(lost).unwrap_or_default();
        let mut summary = ActionSummary { accounts: 1, lost, ..ActionSummary::new(Action::Undone) };
        let mut change = None;
        if fields != Fields::default() {
            summary.accounts = 0;
            change = FieldChange::plan(snapshot, &user, fields, &mut summary)?;
        }
        // The home that was made at first comes back. If none was made then, none is made now.
        summary.directories -= change.as_mut().map_or(0, FieldChange::leave_home);
        let mut made = Vec::new();
        if items.is_empty() {
            made = tops(snapshot, &user, &paths)?;
            summary.directories += paths.len() as u64;
        }
        home::are_free(snapshot, &user, &removed)?;
        summary.directories += removed.len() as u64;
        let mut binned = Vec::new();
        for number in items {
            let vanished =
                |_| conflict(format!("The home of {} is no longer in the bin.", excerpt(user.label())));
            let item = bin::item(snapshot, number).map_err(vanished)?;
            let back = restorable(snapshot, &item, None, &[])?;
            summary.directories += back.directories;
            summary.left_out += back.left_out;
            binned.push(item);
        }
        Ok((summary, Self { user, change, made, paths, binned, removed }))
    }

    fn execute(self, tx: &mut Transaction<'_>, action: Action) -> Result<(), Failure> {
        let (mut before, mut after) =
            self.change.as_ref().map_or_else(Default::default, |change| (change.before(), change.after()));
        if let Some(change) = &self.change {
            change.execute(tx)?;
        }
        if !self.made.is_empty() {
            after = after.with(home::REMOVED, self.paths.len());
            before = home::remove_made(tx, &self.user, &self.made, &self.paths, before)?;
        }
        if !self.removed.is_empty() {
            after = after.with(MADE, home::make_again(tx, &self.user, self.removed)?);
        }
        if !self.binned.is_empty() {
            let numbers: Vec<_> = self.binned.iter().map(|item| item.id).collect();
            for item in &self.binned {
                bring_back(tx, item, None, RestoredSessions::AsTheyWere)?;
            }
            before = before.with(BINNED, numbers);
            after = after.with(MADE, self.paths);
        }
        Ok(tx.note(action, journal_writer::account(&self.user), before, after)?)
    }
}

/// Returns the topmost of the directories that were made for an account, if nothing has happened to any of them.
fn tops(snapshot: Snapshot<'_>, user: &User, paths: &[String]) -> Result<Vec<Directory>, Failure> {
    let mut tops = Vec::new();
    for path in paths {
        if paths.iter().any(|above| above != path && is_within(path, above)) {
            continue;
        }
        let there = snapshot.rows.directories_at(path)?.into_iter().find(|there| there.user_id == user.id);
        let Some(top) = there else {
            return Err(conflict(format!(
                "{}, which was made for {}, does not exist.",
                excerpt(path),
                excerpt(user.label())
            )));
        };
        let mine = paths.iter().filter(|below| is_within(below, path)).count() as u64;
        if 1 + snapshot.rows.below(top.id)? != mine {
            return Err(conflict(format!("What lies in {} was changed since it was made.", excerpt(path))));
        }
        // The directory is purged, and they would be deleted with it.
        let others = dependents::find(snapshot, DeletionTarget::Directory(top.id), path)?;
        if !others.is_empty() {
            let refer = [others.deleted, others.cleared].concat();
            let refers = if total(&refer) == 1 { "refers" } else { "refer" };
            return Err(conflict(format!("{} {refers} to {}.", words(&refer), excerpt(path))));
        }
        tops.push(top);
    }
    Ok(tops)
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

/// Returns the number of directories that the same action moved into this one after that entry. The last change is
/// undone first, so they are gone by the time this one is undone.
fn came_after(snapshot: Snapshot<'_>, entry: &Entry, path: &str) -> Result<i64, Failure> {
    let mut sum = 0;
    for seq in snapshot.rows.entries_to_undo(entry.act)? {
        let later = snapshot.rows.entry(seq)?.filter(|later| later.seq > entry.seq);
        let inside = later.filter(|later| later.object.account == entry.object.account);
        let came = inside.and_then(|later| {
            let to = later.after.text("directory_path")?;
            is_within(to, path).then(|| later.after.number("directories").unwrap_or(1))
        });
        sum += came.unwrap_or_default();
    }
    Ok(sum)
}

fn of_directory(snapshot: Snapshot<'_>, entry: &Entry) -> Result<(ActionSummary, Reversal), Failure> {
    let found = entry.object.id.map(|id| snapshot.rows.directory(id)).transpose()?.flatten();
    let vanished = || conflict(format!("{} no longer exists.", excerpt(&entry.object.label)));
    let directory = found.filter(|found| snapshot.principal.sees(found.user_id)).ok_or_else(vanished)?;
    is_as_left(&directory.path, &entry.after, &directories::at_path(&directory.path))?;
    if split(&directory.path).0.is_none() {
        snapshot.principal.admin_only("change a directory at the top")?;
    }
    let below = snapshot.rows.below(directory.id)?;
    let summary = ActionSummary { directories: 1 + below, ..ActionSummary::new(Action::Undone) };
    if came_to_be(entry, "directory_path") {
        let then = entry.after.number("directories").unwrap_or(1);
        let more = i64::try_from(summary.directories).unwrap_or(i64::MAX) - then;
        if more != 0 && more != came_after(snapshot, entry, &directory.path)? {
            return Err(conflict(format!("What lies in {} was changed since.", excerpt(&directory.path))));
        }
        let target = DeletionTarget::Directory(directory.id);
        let summary = summary.with_dependents(dependents::find(snapshot, target, &directory.path)?);
        let number = lay_at(snapshot, entry)?;
        // It was restored to another path. In the bin it gets its old path, so that the removal can be undone, too.
        let was = Some(&entry.object.label).filter(|was| number.is_some() && **was != directory.path);
        let was = was.filter(|was| directories::can_go(snapshot.rows, &directory, was).is_ok());
        let path = was.unwrap_or(&directory.path).clone();
        return Ok((summary.clone(), Reversal::BinDirectory(directory, summary, number, path)));
    }
    let path = entry.before.text("directory_path").ok_or_else(|| for_good(entry))?.to_owned();
    directories::can_go(snapshot.rows, &directory, &path)?;
    Ok((summary, Reversal::Relocate(directory, path)))
}
