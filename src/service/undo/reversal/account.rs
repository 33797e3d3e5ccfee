//! The reversal of a change of an account: its earlier fields, and the directories that were made with the later ones.

use crate::domain::bin::BinItem;
use crate::domain::dependents::{DeletionTarget, total, words};
use crate::domain::directory::{Directory, is_within};
use crate::domain::journal::{Action, BINNED, CHANGED, Entry, FAILED_LOG_INS, MADE, SESSIONS_ENDED};
use crate::domain::text::excerpt;
use crate::domain::user::{Fields, User, Who};
use crate::service::accounts::may_set;
use crate::service::bin::{self, RestoredSessions, bring_back, restorable};
use crate::service::contract::{ActionSummary, Failure, FailureKind, Own};
use crate::service::dependents;
use crate::service::status::FieldChange;
use crate::service::transaction::{Snapshot, Transaction};
use crate::service::{journal, journal_writer};

use super::super::home::{self, Removed};
use super::{Reversal, came_to_be, conflict, for_good, is_as_left, lay_at};

/// Earlier fields of an account, and the directories that were made with the later ones.
pub(crate) struct AccountReversal {
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

pub(super) fn of_account(
    snapshot: Snapshot<'_>,
    entry: &Entry,
) -> Result<(ActionSummary, Reversal), Failure> {
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

    /// Returns what it takes away from the operator.
    pub(super) fn own(&self, snapshot: Snapshot<'_>) -> Own {
        self.change.as_ref().map_or(Own::Untouched, |change| change.own(snapshot.principal))
    }

    pub(super) fn execute(self, tx: &mut Transaction<'_>, action: Action) -> Result<(), Failure> {
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
