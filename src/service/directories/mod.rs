//! Directories: list, add, rename, move, trash. Only rows change; the disk is not touched here.
//!
//! Several accounts may have directories with the same path (a legacy database does). Within one account a path is
//! unique, and the first name of a new path is unique in the store.

use std::collections::BTreeSet;

use crate::domain::dependents::DeletionTarget;
use crate::domain::directory::{Directory, check_name, check_path, is_within, join, split};
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{FieldValues, MADE};
use crate::domain::operation::Touched;
use crate::domain::text::excerpt;
use crate::domain::user::{Field, User, UserId, Who};
use crate::store::{ListOf, Read};

use super::bulk::{BulkAction, run_bulk};
use super::contract::{
    AccountSelection, Action, ActionSummary, Directories, DirectorySelector, Failure, FailureKind, Reply,
};
use super::dependents::{self, with_rows_of_others};
use super::directory_rows::{new_directory, require_path_free};
use super::instance::Service;
use super::operation_conflicts::require_free;
use super::operator::Principal;
use super::request_context::RequestContext;
use super::transaction::{Snapshot, Transaction, run_single, with_snapshot};
use super::{bin, homes, journal_writer, lookup};

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Directories,
) -> Result<Reply, Failure> {
    match request {
        Directories::List { of, filter, sort, span } => with_snapshot(service, context, |snapshot| {
            let scope = scope(snapshot, of.as_ref())?;
            Ok(Reply::Directories(snapshot.rows.directories(
                snapshot.now,
                &ListOf { filter, scope, sort },
                span,
            )?))
        }),
        Directories::Tree { of, open, sort, span } => with_snapshot(service, context, |snapshot| {
            let scope = scope(snapshot, of.as_ref())?;
            let list = ListOf { filter: Filter::default(), scope, sort };
            Ok(Reply::Tree(snapshot.rows.tree(&list, &open, span)?))
        }),
        Directories::Show(place) => with_snapshot(service, context, |snapshot| {
            Ok(Reply::Directory(Box::new(only(find(snapshot, &place)?)?)))
        }),
        // A directory can be opened even if the store cannot record it, or must not.
        Directories::Opened(id) if !context.may_note() || service.store.writable().is_err() => {
            with_snapshot(service, context, |snapshot| {
                let directory = only(find(snapshot, &DirectorySelector::Id(id))?)?;
                Ok(Reply::Done(done(Action::Opened, 1, &directory)))
            })
        }
        Directories::Opened(id) => run_single(service, context, |tx| opened(tx, id)).map(Reply::Done),
        Directories::Add { path, owner } => {
            check_path(&path).map_err(|rule| Failure::rule(Field::DirectoryName, rule))?;
            run_single(service, context, |tx| add(tx, path, owner.as_ref())).map(Reply::Done)
        }
        Directories::Rename { place, name } => {
            check_name(&name).map_err(|rule| Failure::rule(Field::DirectoryName, rule))?;
            count(service, context, &place)?;
            run_single(service, context, |tx| rename(tx, &place, &name)).map(Reply::Done)
        }
        Directories::Move { place, to } => {
            count(service, context, &place)?;
            run_single(service, context, |tx| move_below(tx, &place, &to)).map(Reply::Done)
        }
        Directories::Trash(places) => run_bulk(service, context, &Removal(places)),
        Directories::Provision(people) => run_bulk(service, context, &Provision(people)),
    }
}

/// Counts the rows below a directory, so that others need not wait for the count while the store is locked.
fn count(service: &Service, context: &RequestContext<'_>, place: &DirectorySelector) -> Result<(), Failure> {
    with_snapshot(service, context, |snapshot| {
        Ok(snapshot.rows.below(only(find(snapshot, place)?)?.id).map(drop)?)
    })
}

/// Returns the account whose directories a list shows, or `None` for all.
fn scope(snapshot: Snapshot<'_>, of: Option<&Who>) -> Result<Option<UserId>, Failure> {
    match of {
        Some(who) => Ok(Some(snapshot.account(who)?.id)),
        None => Ok(snapshot.principal.scope()),
    }
}

/// Returns the directories at a place that the principal may see, at least one.
fn find(snapshot: Snapshot<'_>, place: &DirectorySelector) -> Result<Vec<Directory>, Failure> {
    let Snapshot { rows, principal, .. } = snapshot;
    let (mut found, name) = match place {
        DirectorySelector::Id(id) => (rows.directory(*id)?.into_iter().collect(), id.to_string()),
        DirectorySelector::Path(path) => (rows.directories_at(path)?, path.clone()),
    };
    found.retain(|directory| principal.sees(directory.user_id));
    if found.is_empty() {
        is_not_moving(rows, principal, place)?;
        return Err(Failure::new(
            FailureKind::NotFound,
            format!("There is no directory {}.", excerpt(&name)),
        ));
    }
    Ok(found)
}

/// Refuses a path that is missing only because an unfinished operation still moves it.
fn is_not_moving(rows: &dyn Read, principal: &Principal, place: &DirectorySelector) -> Result<(), Failure> {
    let DirectorySelector::Path(path) = place else { return Ok(()) };
    for account in rows.operations()?.into_iter().map(|operation| operation.account) {
        if principal.sees(account) {
            let touched = Touched { account: Some(account), path: Some(path), ..Touched::default() };
            require_free(rows, &touched, None)?;
        }
    }
    Ok(())
}

/// Returns the only directory at a place.
fn only(found: Vec<Directory>) -> Result<Directory, Failure> {
    match <[Directory; 1]>::try_from(found) {
        Ok([directory]) => Ok(directory),
        Err(several) => Err(ambiguous(&several)),
    }
}

fn ambiguous(several: &[Directory]) -> Failure {
    let path = several.first().map_or("", |directory| directory.path.as_str());
    let owners: Vec<_> = several.iter().map(|directory| directory.owner.as_str()).collect();
    let message =
        format!("Several accounts have a directory {}: {}.", excerpt(path), excerpt(&owners.join(", ")));
    Failure::new(FailureKind::Conflict, message).hint("Name the owner, or choose the one in the console.")
}

fn done(action: Action, directories: u64, directory: &Directory) -> ActionSummary {
    ActionSummary {
        label: Some(directory.path.clone()),
        id: Some(directory.id),
        directories,
        ..ActionSummary::new(action)
    }
}

fn opened(tx: &mut Transaction<'_>, id: i64) -> Result<ActionSummary, Failure> {
    let directory = only(find(tx.snapshot(), &DirectorySelector::Id(id))?)?;
    tx.rows.opened_directory(tx.now, id)?;
    Ok(done(Action::Opened, 1, &directory))
}

fn add(tx: &mut Transaction<'_>, path: String, owner: Option<&Who>) -> Result<ActionSummary, Failure> {
    let owner = match (split(&path).0, owner) {
        (Some(parent), owner) => owner_of(tx, parent, owner)?,
        (None, owner) => {
            tx.principal.admin_only("add a directory at the top")?;
            let missing = || Failure::new(FailureKind::Invalid, "A directory at the top needs an owner.");
            tx.find(owner.ok_or_else(missing)?)?
        }
    };
    require_path_free(&tx.rows.directories_at(&path)?, &path, owner.id)?;
    let new = new_directory(tx.now, owner.id, owner.username.as_deref(), &path)?;
    let id = tx.rows.insert_directory(&new)?;
    let added = only(find(tx.snapshot(), &DirectorySelector::Id(id))?)?;
    tx.note(Action::Added, journal_writer::directory(&added), FieldValues::new(), at_path(&path))?;
    Ok(ActionSummary { label: Some(path), id: Some(id), directories: 1, ..ActionSummary::new(Action::Added) })
}

/// Returns the owner of a new directory below `parent`: the parent's owner. The given owner only decides between
/// several parents.
fn owner_of(tx: &Transaction<'_>, parent: &str, owner: Option<&Who>) -> Result<User, Failure> {
    let mut parents = find(tx.snapshot(), &DirectorySelector::Path(parent.to_owned()))?;
    if let (Some(who), Some(first)) = (owner, parents.first()) {
        let owner = tx.find(who)?;
        let message = format!(
            "{} belongs to {}, not to {}.",
            excerpt(parent),
            excerpt(&first.owner),
            excerpt(owner.label())
        );
        parents.retain(|directory| directory.user_id == owner.id);
        if parents.is_empty() {
            return Err(Failure::new(FailureKind::Conflict, message));
        }
    }
    lookup::known(tx.rows, tx.now, only(parents)?.user_id)
}

/// Gives a directory another last name. Only an admin may rename a directory at the top, because homes are found by
/// these names.
fn rename(tx: &mut Transaction<'_>, place: &DirectorySelector, name: &str) -> Result<ActionSummary, Failure> {
    let directory = only(find(tx.snapshot(), place)?)?;
    let (parent, _) = split(&directory.path);
    if parent.is_none() {
        tx.principal.admin_only("rename a directory at the top")?;
    }
    let path = join(parent, name);
    relocate(tx, Action::Renamed, &directory, &path)
}

fn move_below(
    tx: &mut Transaction<'_>,
    place: &DirectorySelector,
    to: &DirectorySelector,
) -> Result<ActionSummary, Failure> {
    let directory = only(find(tx.snapshot(), place)?)?;
    let mut parents = find(tx.snapshot(), to)?;
    let foreign = parents.first().map(|parent| parent.owner.clone());
    parents.retain(|parent| parent.user_id == directory.user_id);
    if let (true, Some(foreign)) = (parents.is_empty(), foreign) {
        let message = format!(
            "A directory stays with its owner: {}, not {}.",
            excerpt(&directory.owner),
            excerpt(&foreign)
        );
        return Err(Failure::new(FailureKind::Refused, message));
    }
    let parent = only(parents)?;
    if is_within(&parent.path, &directory.path) {
        return Err(Failure::new(FailureKind::Invalid, "A directory cannot lie below itself."));
    }
    let path = join(Some(&parent.path), split(&directory.path).1);
    relocate(tx, Action::Moved, &directory, &path)
}

/// Returns the path as a journal entry records it.
pub(super) fn at_path(path: &str) -> FieldValues {
    FieldValues::new().with("directory_path", path)
}

/// Refuses a path that a directory cannot get: the owner has a directory there, or has none above it.
///
/// # Errors
/// [`FailureKind::Conflict`].
pub(super) fn can_go(rows: &dyn Read, directory: &Directory, path: &str) -> Result<(), Failure> {
    require_path_free(&rows.directories_at(path)?, path, directory.user_id)?;
    let (now, then) = (split(&directory.path).0, split(path).0);
    let Some(parent) = then.filter(|then| now != Some(then)) else { return Ok(()) };
    if rows.directories_at(parent)?.iter().any(|above| above.user_id == directory.user_id) {
        return Ok(());
    }
    let message = format!("{}, where {} belongs, does not exist.", excerpt(parent), excerpt(path));
    Err(Failure::new(FailureKind::Conflict, message))
}

/// Gives a directory another path and records that.
///
/// # Errors
/// As [`can_go`]; [`FailureKind::Invalid`].
pub(super) fn relocate(
    tx: &mut Transaction<'_>,
    action: Action,
    directory: &Directory,
    path: &str,
) -> Result<ActionSummary, Failure> {
    if path == directory.path {
        return Ok(ActionSummary { unchanged: 1, ..done(action, 0, directory) });
    }
    check_path(path).map_err(|rule| Failure::rule(Field::DirectoryName, rule))?;
    can_go(tx.rows, directory, path)?;
    let moved = tx.rows.relocate(tx.now, directory.id, path)?;
    let after = at_path(path).with("directories", moved);
    tx.note(action, journal_writer::directory(directory), at_path(&directory.path), after)?;
    Ok(ActionSummary { label: Some(path.to_owned()), ..done(action, moved, directory) })
}

/// The trashing of directories with everything below them.
struct Removal(Vec<DirectorySelector>);

impl BulkAction for Removal {
    type Plan = (Directory, ActionSummary);

    fn action(&self) -> Action {
        Action::Trashed
    }

    /// Returns the directories, except those that lie below another of them.
    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        let named = self.0.iter().map(|place| only(find(snapshot, place)?));
        let named = named.collect::<Result<Vec<_>, Failure>>()?;
        let ids: BTreeSet<i64> = named.iter().map(|directory| directory.id).collect();
        let mut chosen = Vec::new();
        for directory in &named {
            if !goes_with_another(snapshot.rows, directory, &ids)? {
                chosen.push(directory.id);
            }
        }
        Ok(chosen)
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Self::Plan), Failure> {
        let directory = only(find(snapshot, &DirectorySelector::Id(id))?)?;
        snapshot.require_free(&Touched {
            account: Some(directory.user_id),
            path: Some(&directory.path),
            ..Touched::default()
        })?;
        let others = dependents::find(snapshot, DeletionTarget::Directory(id), &directory.path)?;
        let summary = done(Action::Trashed, 1 + snapshot.rows.below(id)?, &directory).with_dependents(others);
        Ok((summary.clone(), (directory, summary)))
    }

    fn execute(&self, tx: &mut Transaction<'_>, (directory, summary): Self::Plan) -> Result<(), Failure> {
        let rows = 1 + tx.rows.below(directory.id)?;
        let before = with_rows_of_others(at_path(&directory.path).with("directories", rows), &summary);
        let after = bin::trash_directory(tx, directory.id, None, None)?;
        Ok(tx.note(Action::Trashed, journal_writer::directory(&directory), before, after)?)
    }
}

/// Returns true if the directory lies below one of these. What lies below a path belongs to the oldest of the
/// account's directories there.
fn goes_with_another(rows: &dyn Read, directory: &Directory, ids: &BTreeSet<i64>) -> Result<bool, Failure> {
    let mut above = split(&directory.path).0;
    while let Some(path) = above {
        let there = rows.directories_at(path)?;
        let own = there.iter().filter(|there| there.user_id == directory.user_id).map(|there| there.id);
        if own.min().is_some_and(|oldest| ids.contains(&oldest)) {
            return Ok(true);
        }
        above = split(path).0;
    }
    Ok(false)
}

/// The creation of missing homes and libraries.
struct Provision(AccountSelection);

impl BulkAction for Provision {
    type Plan = (User, Vec<String>);

    fn action(&self) -> Action {
        Action::Provisioned
    }

    fn permit(&self, principal: &Principal) -> Result<(), Failure> {
        principal.admin_only("make homes")
    }

    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        snapshot.accounts(&self.0)
    }

    fn filter(&self) -> Option<(ListKind, &Filter)> {
        Some((ListKind::Users, self.0.filter()?))
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Self::Plan), Failure> {
        let user = snapshot.account(&Who::Id(UserId(id)))?;
        let paths = homes::missing(snapshot.rows, user.id, user.username.as_deref())?;
        let summary = match paths.len() as u64 {
            0 => ActionSummary { unchanged: 1, ..ActionSummary::new(Action::Provisioned) },
            directories => {
                ActionSummary { accounts: 1, directories, ..ActionSummary::new(Action::Provisioned) }
            }
        };
        Ok((lookup::about(summary, &user), (user, paths)))
    }

    fn execute(&self, tx: &mut Transaction<'_>, (user, paths): Self::Plan) -> Result<(), Failure> {
        homes::make(tx, user.id, user.username.as_deref(), &paths)?;
        if !paths.is_empty() {
            let after = FieldValues::new().with(MADE, paths);
            tx.note(Action::Provisioned, journal_writer::account(&user), FieldValues::new(), after)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
