//! Directories: seen, added, renamed, moved, removed. Only rows: the disk is not touched here.
//!
//! Several accounts may have directories of the same path (a legacy database does). Within one account a path
//! is there once, and the first name of a new path is there once in all.

use crate::auth::token::new_directory_id;
use crate::domain::directory::{Directory, check_name, check_path, is_within, join, split};
use crate::domain::filter::Filter;
use crate::domain::time::Timestamp;
use crate::domain::user::{Field, User, UserId, Who};
use crate::store::{ListOf, NewDirectory, Read, Write};

use super::contract::{Directories, Failure, FailureKind, Place, Reply, Tally, Verb};
use super::operator::Actor;
use super::{Act, Call, Desk, act, homes, look, people};

pub(super) fn perform(desk: &mut Desk, call: &mut Call<'_>, request: Directories) -> Result<Reply, Failure> {
    match request {
        Directories::List { of, filter, sort, span } => look(desk, call, |rows, actor| {
            let scope = scope(rows, call.now, actor, of.as_ref())?;
            Ok(Reply::Directories(rows.directories(call.now, &ListOf { filter, scope, sort }, span)?))
        }),
        Directories::Tree { of, open, sort, span } => look(desk, call, |rows, actor| {
            let scope = scope(rows, call.now, actor, of.as_ref())?;
            let list = ListOf { filter: Filter::default(), scope, sort };
            Ok(Reply::Tree(rows.tree(&list, &open, span)?))
        }),
        Directories::Show(place) => {
            look(desk, call, |rows, actor| Ok(Reply::Directory(Box::new(only(find(rows, actor, &place)?)?))))
        }
        Directories::Opened(id) => act(desk, call, |act| opened(act, id)).map(Reply::Done),
        Directories::Add { path, owner } => {
            check_path(&path).map_err(|rule| Failure::rule(Field::DirectoryName, rule))?;
            act(desk, call, |act| add(act, path, owner.as_ref())).map(Reply::Done)
        }
        Directories::Rename { place, name } => {
            check_name(&name).map_err(|rule| Failure::rule(Field::DirectoryName, rule))?;
            act(desk, call, |act| rename(act, &place, &name)).map(Reply::Done)
        }
        Directories::Move { place, to } => {
            act(desk, call, |act| move_below(act, &place, &to)).map(Reply::Done)
        }
        Directories::Trash(places) => act(desk, call, |act| trash(act, &places)).map(Reply::Done),
        Directories::Provision(people) => act(desk, call, |act| {
            act.actor.admin_only("make homes")?;
            act.each(Verb::Provisioned, &people, |act, user, tally| {
                match homes::provision(act.rows, act.now, user)? {
                    0 => tally.unchanged += 1,
                    made => {
                        tally.accounts += 1;
                        tally.directories += made;
                    }
                }
                Ok(())
            })
        })
        .map(Reply::Done),
    }
}

/// Whose directories a list shows.
fn scope(
    rows: &dyn Read,
    now: Timestamp,
    actor: &Actor,
    of: Option<&Who>,
) -> Result<Option<UserId>, Failure> {
    match of {
        Some(who) => Ok(Some(people::find(rows, now, actor, who)?.id)),
        None => Ok(actor.scope()),
    }
}

/// The directories at a place that the actor may see, at least one.
fn find(rows: &dyn Read, actor: &Actor, place: &Place) -> Result<Vec<Directory>, Failure> {
    let (mut found, name) = match place {
        Place::Id(id) => (rows.directory(*id)?.into_iter().collect(), id.to_string()),
        Place::Path(path) => (rows.directories_at(path)?, path.clone()),
    };
    found.retain(|directory| actor.sees(directory.user_id));
    if found.is_empty() {
        return Err(Failure::new(FailureKind::NotFound, format!("There is no directory {name}.")));
    }
    Ok(found)
}

/// The one directory at a place.
fn only(found: Vec<Directory>) -> Result<Directory, Failure> {
    match <[Directory; 1]>::try_from(found) {
        Ok([directory]) => Ok(directory),
        Err(several) => Err(ambiguous(&several)),
    }
}

fn ambiguous(several: &[Directory]) -> Failure {
    let path = several.first().map_or("", |directory| directory.path.as_str());
    let owners: Vec<_> = several.iter().map(|directory| directory.owner.as_str()).collect();
    let message = format!("Several accounts have a directory {path}: {}.", owners.join(", "));
    Failure::new(FailureKind::Conflict, message).hint("Name the owner, or choose the one in the console.")
}

fn done(verb: Verb, directories: u64, directory: &Directory) -> Tally {
    Tally { label: Some(directory.path.clone()), id: Some(directory.id), directories, ..Tally::new(verb) }
}

fn opened(act: &mut Act<'_>, id: i64) -> Result<Tally, Failure> {
    let directory = only(find(act.rows, &act.actor, &Place::Id(id))?)?;
    act.rows.opened_directory(act.now, id)?;
    Ok(done(Verb::Opened, 1, &directory))
}

fn add(act: &mut Act<'_>, path: String, owner: Option<&Who>) -> Result<Tally, Failure> {
    let owner = match (split(&path).0, owner) {
        (Some(parent), owner) => owner_of(act, parent, owner)?,
        (None, owner) => {
            act.actor.admin_only("add a directory at the top")?;
            let missing = || Failure::new(FailureKind::Invalid, "A directory at the top needs an owner.");
            act.find(owner.ok_or_else(missing)?)?
        }
    };
    let id = insert(act.rows, act.now, &owner, &path)?;
    Ok(Tally { label: Some(path), id: Some(id), directories: 1, ..Tally::new(Verb::Added) })
}

/// Whose a directory below `parent` is: the parent's owner. A wish only decides between several parents.
fn owner_of(act: &Act<'_>, parent: &str, wished: Option<&Who>) -> Result<User, Failure> {
    let mut parents = find(act.rows, &act.actor, &Place::Path(parent.to_owned()))?;
    if let (Some(who), Some(first)) = (wished, parents.first()) {
        let wished = act.find(who)?;
        let message = format!("{parent} belongs to {}, not to {}.", first.owner, wished.label());
        parents.retain(|directory| directory.user_id == wished.id);
        if parents.is_empty() {
            return Err(Failure::new(FailureKind::Conflict, message));
        }
    }
    people::known(act.rows, act.now, only(parents)?.user_id)
}

/// A new directory row of the account. Its id.
///
/// # Errors
/// As [`free`].
pub(super) fn insert(rows: &mut dyn Write, now: Timestamp, owner: &User, path: &str) -> Result<i64, Failure> {
    free(rows, path, owner.id)?;
    Ok(rows.insert_directory(&NewDirectory {
        id: None,
        user_id: owner.id,
        directory_id: new_directory_id()?,
        path: path.to_owned(),
        name: None,
        date_added: now,
        last_modified: None,
        last_accessed: None,
        username: owner.username.clone(),
    })?)
}

/// Whether the path can become a directory of this account.
///
/// # Errors
/// [`FailureKind::Conflict`] where the account has it already, or, at the top, anybody.
fn free(rows: &dyn Read, path: &str, owner: UserId) -> Result<(), Failure> {
    let at_top = split(path).0.is_none();
    let there = rows.directories_at(path)?;
    match there.iter().find(|directory| at_top || directory.user_id == owner) {
        None => Ok(()),
        Some(there) => {
            let message = format!("There is a directory {path} already; it belongs to {}.", there.owner);
            Err(Failure::new(FailureKind::Conflict, message).about(Field::DirectoryName))
        }
    }
}

/// Gives a directory another last name. Names at the top are an admin's to give: homes are found by them.
fn rename(act: &mut Act<'_>, place: &Place, name: &str) -> Result<Tally, Failure> {
    let directory = only(find(act.rows, &act.actor, place)?)?;
    let (parent, _) = split(&directory.path);
    if parent.is_none() {
        act.actor.admin_only("rename a directory at the top")?;
    }
    let path = join(parent, name);
    relocate(act, Verb::Renamed, &directory, &path)
}

fn move_below(act: &mut Act<'_>, place: &Place, to: &Place) -> Result<Tally, Failure> {
    let directory = only(find(act.rows, &act.actor, place)?)?;
    let mut parents = find(act.rows, &act.actor, to)?;
    let foreign = parents.first().map(|parent| parent.owner.clone());
    parents.retain(|parent| parent.user_id == directory.user_id);
    if let (true, Some(foreign)) = (parents.is_empty(), foreign) {
        let message = format!("A directory stays with its owner: {}, not {foreign}.", directory.owner);
        return Err(Failure::new(FailureKind::Refused, message));
    }
    let parent = only(parents)?;
    if is_within(&parent.path, &directory.path) {
        return Err(Failure::new(FailureKind::Invalid, "A directory cannot lie below itself."));
    }
    let path = join(Some(&parent.path), split(&directory.path).1);
    relocate(act, Verb::Moved, &directory, &path)
}

fn relocate(act: &mut Act<'_>, verb: Verb, directory: &Directory, path: &str) -> Result<Tally, Failure> {
    if path == directory.path {
        return Ok(Tally { unchanged: 1, ..done(verb, 0, directory) });
    }
    check_path(path).map_err(|rule| Failure::rule(Field::DirectoryName, rule))?;
    free(act.rows, path, directory.user_id)?;
    let moved = act.rows.relocate(act.now, directory.id, path)?;
    Ok(Tally { label: Some(path.to_owned()), ..done(verb, moved, directory) })
}

/// Removes directories with what lies below them. One that went with an earlier one is not missed.
fn trash(act: &mut Act<'_>, places: &[Place]) -> Result<Tally, Failure> {
    let directories = places
        .iter()
        .map(|place| only(find(act.rows, &act.actor, place)?))
        .collect::<Result<Vec<_>, Failure>>()?;
    let mut tally = match directories.as_slice() {
        [one] => done(Verb::Trashed, 0, one),
        _ => Tally::new(Verb::Trashed),
    };
    for (done, directory) in directories.iter().enumerate() {
        act.step(done, directories.len())?;
        if act.rows.directory(directory.id)?.is_some() {
            tally.directories += act.rows.delete_directory(directory.id)?;
        }
    }
    Ok(tally)
}

#[cfg(test)]
mod tests;
