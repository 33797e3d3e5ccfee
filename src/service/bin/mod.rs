//! The bin: list, restore and purge what was deleted.
//!
//! A bin item comes and goes as a whole, in one transaction: half an account is worse than a long wait.

mod bulk_actions;

use crate::domain::bin::BinItem;
use crate::domain::directory::{check_path, split};
use crate::domain::journal::{BIN, EntityKind, EntityRef, FieldValues};
use crate::domain::session::{EndReason, SessionEnd};
use crate::domain::text::excerpt;
use crate::domain::time::{Timestamp, date_time};
use crate::domain::user::{Field, Fields, UserId, Who};
use crate::store::{ListOf, Read};

use super::bulk::run_bulk;
use super::contract::{Action, ActionSummary, Bin, Failure, FailureKind, InBin, Reply};
use super::directory_rows::require_path_free;
use super::instance::Service;
use super::operator::Principal;
use super::request_context::RequestContext;
use super::transaction::{Snapshot, Transaction, with_snapshot};
use super::{erasure, journal, lookup};
use bulk_actions::{BinRestoration, Purging};

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Bin,
) -> Result<Reply, Failure> {
    match request {
        Bin::List { filter, sort, span } => with_snapshot(service, context, |snapshot| {
            let list = ListOf { filter, scope: snapshot.principal.scope(), sort };
            Ok(Reply::Items(snapshot.rows.bin(snapshot.now, &list, span)?))
        }),
        Bin::Restore { which, to, with_sessions } => {
            if let Some(path) = &to {
                check_path(path).map_err(|rule| Failure::rule(Field::DirectoryName, rule))?;
            }
            let mut ids = match &context.counted {
                Some(counted) => counted.ids.to_vec(),
                None => with_snapshot(service, context, |snapshot| items(snapshot, &which))?,
            };
            ids.sort_unstable();
            run_bulk(service, context, &BinRestoration { named: which, which: ids, to, with_sessions })
        }
        Bin::Purge(which) => run_bulk(service, context, &Purging(which)),
        Bin::Erase(who) => erasure::perform(service, context, &who),
    }
}

/// Moves an account and everything it owns to the bin, reusing the bin item `number` if given. Returns the number of the
/// bin item as the journal records it.
///
/// # Errors
/// Those of the store.
pub(super) fn delete_account(
    tx: &mut Transaction<'_>,
    id: UserId,
    number: Option<i64>,
) -> Result<FieldValues, Failure> {
    let info = tx.deletion_info(number);
    Ok(lying_in(tx.rows.bin_user(id, &info)?))
}

/// Moves a directory and everything below it to the bin, as [`delete_account`] does, under the path `to` if given.
///
/// # Errors
/// Those of the store.
pub(super) fn trash_directory(
    tx: &mut Transaction<'_>,
    id: i64,
    to: Option<&str>,
    number: Option<i64>,
) -> Result<FieldValues, Failure> {
    let info = tx.deletion_info(number);
    Ok(lying_in(tx.rows.bin_directory(id, to, &info)?))
}

/// The fate of the sessions of an account that is restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RestoredSessions {
    AsTheyWere,
    /// Those that were active come back as ended by the deletion.
    Ended,
}

fn ended_by_deletion(item: &BinItem, now: Timestamp) -> SessionEnd {
    let at = item.deleted_at.unwrap_or(now);
    SessionEnd::new(at, Some(item.deleted_by.clone()), EndReason::AccountDeleted)
}

/// Restores a bin item that [`restorable`] accepted in the same transaction. Returns the fields of the restored thing.
///
/// # Errors
/// Those of the store.
pub(super) fn bring_back(
    tx: &mut Transaction<'_>,
    item: &BinItem,
    to: Option<&str>,
    sessions: RestoredSessions,
) -> Result<FieldValues, Failure> {
    let end = match sessions {
        RestoredSessions::AsTheyWere => None,
        RestoredSessions::Ended => Some(ended_by_deletion(item, tx.now)),
    };
    let left_out = tx.rows.restore(item.id, to, end.as_ref())?;
    tx.left_out += left_out;
    let image = if item.kind == EntityKind::Account {
        journal::image(&lookup::known(tx.rows, tx.now, item.user_id)?)
    } else {
        FieldValues::new().with("directory_path", to.unwrap_or(&item.label))
    };
    Ok(image.with_count("rows_left_out", left_out))
}

/// Returns the number of a bin item as the journal records it.
fn lying_in(number: i64) -> FieldValues {
    FieldValues::new().with(BIN, number)
}

/// Returns the deleted thing as the journal names it.
pub(super) fn object(item: &BinItem) -> EntityRef {
    let (id, label, account) = (Some(item.object_id), item.label.clone(), Some(item.user_id));
    EntityRef { kind: item.kind, id, label, account }
}

/// Refuses a name that is reserved for a deleted account.
///
/// # Errors
/// [`FailureKind::Conflict`] about the field.
pub(super) fn not_held(rows: &dyn Read, now: Timestamp, fields: &Fields) -> Result<(), Failure> {
    let Some((field, item)) = rows.reserved_by(now, fields)? else { return Ok(()) };
    let until = item.held_until.map(date_time).unwrap_or_default();
    let message = format!(
        "This {} is reserved for {}, who is in the bin, until {until} UTC.",
        field.label().to_lowercase(),
        excerpt(&item.label)
    );
    Err(Failure::new(FailureKind::Conflict, message).hint("Restore that account, or purge it.").about(field))
}

/// Plans and summarizes the restoration of a bin item, whose sessions are lost unless
/// [`with_sessions`](ActionSummary::with_sessions) says otherwise. Of the items `with`, in the order of their numbers, the newer
/// ones are restored before it.
///
/// # Errors
/// [`FailureKind::Conflict`] if something prevents it.
pub(super) fn restorable(
    snapshot: Snapshot<'_>,
    item: &BinItem,
    to: Option<&str>,
    with: &[i64],
) -> Result<ActionSummary, Failure> {
    if item.kind == EntityKind::Account {
        account_is_free(snapshot, item)?;
    } else {
        path_is_free(snapshot, item, to.unwrap_or(&item.label), with)?;
    }
    let rows = snapshot.rows.restorable(snapshot.now, item.id)?;
    Ok(ActionSummary {
        sessions: rows.sessions,
        lost: rows.active_sessions,
        directories: rows.directories,
        left_out: (item.sessions + item.directories).saturating_sub(rows.sessions + rows.directories),
        ..about(Action::Restored, item)
    })
}

/// Returns a summary with the item's name and kind.
fn about(action: Action, item: &BinItem) -> ActionSummary {
    ActionSummary {
        label: Some(item.label.clone()),
        id: Some(item.object_id),
        accounts: u64::from(item.kind == EntityKind::Account),
        sessions: item.sessions,
        directories: item.directories,
        ..ActionSummary::new(action)
    }
}

impl ActionSummary {
    /// Says that the sessions come back as they were.
    pub(super) fn with_sessions(self) -> Self {
        Self { lost: 0, ..self }
    }

    /// Adds the number in the bin if the request named it, because the things in the bin are of several kinds.
    fn by_number(self, named: &InBin, item: &BinItem) -> Self {
        match named {
            InBin::Items(_) => Self { ids: vec![item.id], ..self },
            InBin::Account(_) | InBin::Directory(_) => self,
        }
    }
}

fn account_is_free(snapshot: Snapshot<'_>, item: &BinItem) -> Result<(), Failure> {
    let taken = |field, words: String| {
        Err(Failure::new(FailureKind::Conflict, words)
            .hint("Give that account another one first.")
            .about(field))
    };
    if let Some(holder) = snapshot.rows.user(snapshot.now, &Who::Id(item.user_id))? {
        let label = excerpt(holder.label());
        return taken(Field::Username, format!("The id {} is {label}'s now.", item.user_id));
    }
    let (username, email) = (item.username.clone(), item.email.clone());
    let names = Fields { username, email, ..Fields::default() };
    let Some((field, holder)) = snapshot.rows.holder(None, &names)? else { return Ok(()) };
    let name = names.get(field).unwrap_or_default();
    taken(field, format!("{} is taken by the account {holder} now.", excerpt(name)))
}

fn path_is_free(snapshot: Snapshot<'_>, item: &BinItem, path: &str, with: &[i64]) -> Result<(), Failure> {
    let comes_before = |found: Vec<BinItem>| {
        let is_one = |one: &BinItem| one.id > item.id && with.binary_search(&one.id).is_ok();
        found.iter().any(|one| one.user_id == item.user_id && is_one(one))
    };
    let account = Who::Id(item.user_id);
    // Everything that the account had is restored with it.
    if comes_before(snapshot.rows.binned_accounts(&account)?) {
        return Ok(());
    }
    if snapshot.rows.user(snapshot.now, &account)?.is_none() {
        let message = format!("{} belongs to an account that does not exist.", excerpt(&item.label));
        return Err(Failure::new(FailureKind::Conflict, message).hint("Restore the account first."));
    }
    require_path_free(&snapshot.rows.directories_at(path)?, path, item.user_id)
        .map_err(|failure| failure.hint("Name another path for it with --to."))?;
    // A directory without a parent keeps having none, wherever its path points.
    let needed = if path == item.label { item.parent.as_deref() } else { split(path).0 };
    let Some(parent) = needed else { return Ok(()) };
    let is_there = snapshot.rows.directories_at(parent)?.iter().any(|above| above.user_id == item.user_id);
    if is_there {
        return Ok(());
    }
    let mut above = Some(parent);
    while let Some(path) = above {
        if comes_before(snapshot.rows.binned_directories(path)?) {
            return Ok(());
        }
        above = split(path).0;
    }
    let message = format!("{}, where {} belongs, does not exist.", excerpt(parent), excerpt(path));
    Err(Failure::new(FailureKind::Conflict, message).hint("Name another path for it with --to."))
}

/// Returns a bin item that the principal may see.
///
/// # Errors
/// [`FailureKind::NotFound`].
pub(super) fn item(snapshot: Snapshot<'_>, number: i64) -> Result<BinItem, Failure> {
    let found = snapshot.rows.item(number)?.filter(|item| snapshot.principal.sees(item.user_id));
    found.ok_or_else(|| lookup::not_in_the_bin(&number.to_string()))
}

/// Returns the numbers of the selected bin items: of those with the same name, the newest.
fn items(snapshot: Snapshot<'_>, which: &InBin) -> Result<Vec<i64>, Failure> {
    let Snapshot { rows, principal, now } = snapshot;
    let (name, found) = match which {
        InBin::Items(which) => {
            let one = |id| Ok(item(snapshot, id)?.id);
            return snapshot.selected(which, one, |filter| rows.bin_item_ids(now, filter));
        }
        InBin::Account(who) => (who.to_string(), rows.binned_accounts(who)?),
        InBin::Directory(path) => (path.clone(), rows.binned_directories(path)?),
    };
    let newest = found.into_iter().find(|item| principal.sees(item.user_id));
    newest.map(|item| vec![item.id]).ok_or_else(|| lookup::not_in_the_bin(&name))
}

/// Refuses to let a plain user restore accounts and directories at the top, which is an admin's to decide.
///
/// # Errors
/// [`FailureKind::Refused`].
pub(super) fn may_bring_back(principal: &Principal, item: &BinItem, to: Option<&str>) -> Result<(), Failure> {
    if item.kind == EntityKind::Account {
        principal.admin_only("restore accounts")
    } else if split(to.unwrap_or(&item.label)).0.is_none() {
        principal.admin_only("restore a directory at the top")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
