//! The bin: list, restore and purge what was deleted.
//!
//! A bin item comes and goes as a whole, in one transaction: half an account is worse than a long wait.

use crate::domain::bin::BinItem;
use crate::domain::dependents::DeletionTarget;
use crate::domain::directory::{check_path, split};
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{BIN, EntityKind, EntityRef, FieldValues};
use crate::domain::operation::Touched;
use crate::domain::session::{EndReason, SessionEnd};
use crate::domain::text::excerpt;
use crate::domain::time::{Timestamp, date_time};
use crate::domain::user::{Field, Fields, UserId, Who};
use crate::store::{ListOf, Read};

use super::bulk::{BulkAction, run_bulk};
use super::contract::{Action, ActionSummary, Bin, Failure, FailureKind, InBin, Reply};
use super::dependents::{self, with_belongings, with_rows_of_others};
use super::directory_rows::require_path_free;
use super::instance::Service;
use super::operator::Principal;
use super::request_context::RequestContext;
use super::transaction::{Snapshot, Transaction, with_snapshot};
use super::{erasure, journal, lookup};

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

/// The restoration of bin items.
struct BinRestoration {
    /// The selection of the request.
    named: InBin,
    /// The numbers, in order.
    which: Vec<i64>,
    to: Option<String>,
    with_sessions: bool,
}

impl BulkAction for BinRestoration {
    type Plan = (BinItem, ActionSummary);

    fn action(&self) -> Action {
        Action::Restored
    }

    fn chosen(&self, _: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        if self.to.is_some() && self.which.len() > 1 {
            return Err(Failure::new(FailureKind::Invalid, "Only one directory can get another path."));
        }
        Ok(self.which.clone())
    }

    fn filter(&self) -> Option<(ListKind, &Filter)> {
        filter(&self.named)
    }

    /// Orders the items so that the last one that was deleted is restored first, and what lay in it finds it.
    fn order(&self, numbers: &mut [i64]) {
        numbers.reverse();
    }

    /// Leaves out missing items, and items in conflict unless all is done in one batch, where no one else can have
    /// caused it.
    fn leaves_out(&self, failure: &Failure, in_one: bool) -> bool {
        failure.kind == FailureKind::NotFound || failure.kind == FailureKind::Conflict && !in_one
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Self::Plan), Failure> {
        let item = item(snapshot, id)?;
        let to = self.to.as_deref();
        if to.is_some() && item.kind == EntityKind::Account {
            return Err(Failure::new(FailureKind::Invalid, "Only a directory can get another path."));
        }
        may_bring_back(snapshot.principal, &item, to)?;
        snapshot.require_free(&Touched {
            account: Some(item.user_id),
            path: (item.kind == EntityKind::Directory).then(|| to.unwrap_or(&item.label)),
            item: Some(id),
            ..Touched::default()
        })?;
        let summary = restorable(snapshot, &item, to, &self.which)?.by_number(&self.named, &item);
        let summary = if self.with_sessions { summary.with_sessions() } else { summary };
        Ok((summary.clone(), (item, summary)))
    }

    fn execute(&self, tx: &mut Transaction<'_>, (item, summary): Self::Plan) -> Result<(), Failure> {
        let to = self.to.as_deref();
        // Items that had to be restored before it are restored by now, or never will be.
        restorable(tx.snapshot(), &item, to, &[])?;
        let sessions =
            if self.with_sessions { RestoredSessions::AsTheyWere } else { RestoredSessions::Ended };
        let after = bring_back(tx, &item, to, sessions)?;
        let after = with_belongings(after, &summary);
        Ok(tx.note(Action::Restored, object(&item), lying_in(item.id), after)?)
    }
}

/// Returns the filter that selects the items, if they are not named.
fn filter(which: &InBin) -> Option<(ListKind, &Filter)> {
    match which {
        InBin::Items(which) => Some((ListKind::Bin, which.filter()?)),
        InBin::Account(_) | InBin::Directory(_) => None,
    }
}

/// The purge of bin items.
struct Purging(InBin);

impl BulkAction for Purging {
    type Plan = (BinItem, ActionSummary);

    fn action(&self) -> Action {
        Action::Purged
    }

    /// Returns the selected items. A name of several items is refused: what is purged must not be guessed.
    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        let several = match &self.0 {
            InBin::Items(_) => 1,
            InBin::Account(who) => snapshot.rows.binned_accounts(who)?.len(),
            InBin::Directory(path) => snapshot.rows.binned_directories(path)?.len(),
        };
        if several > 1 {
            let message = format!("{several} items in the bin have that name.");
            return Err(Failure::new(FailureKind::Conflict, message)
                .hint("Purge the one that is meant on the console's board of the bin."));
        }
        items(snapshot, &self.0)
    }

    fn filter(&self) -> Option<(ListKind, &Filter)> {
        filter(&self.0)
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Self::Plan), Failure> {
        let item = item(snapshot, id)?;
        snapshot.principal.admin_only("purge")?;
        snapshot.require_free(&Touched { item: Some(id), ..Touched::default() })?;
        let others = dependents::find(snapshot, DeletionTarget::BinItem(id), &item.label)?;
        let summary = about(Action::Purged, &item).by_number(&self.0, &item).with_dependents(others);
        Ok((summary.clone(), (item, summary)))
    }

    fn execute(&self, tx: &mut Transaction<'_>, (item, summary): Self::Plan) -> Result<(), Failure> {
        tx.rows.purge(item.id)?;
        let before = with_rows_of_others(with_belongings(lying_in(item.id), &summary), &summary);
        Ok(tx.note(Action::Purged, object(&item), before, FieldValues::new())?)
    }
}

#[cfg(test)]
mod tests;
