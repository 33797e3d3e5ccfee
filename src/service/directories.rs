//! Directories: seen, added, renamed, moved, removed. Only rows: the disk is not touched here.
//!
//! Several accounts may have directories of the same path (a legacy database does). Within one account a path
//! is there once, and the first name of a new path is there once in all.

use std::collections::BTreeSet;

use crate::auth::token::new_directory_id;
use crate::domain::directory::{Directory, check_name, check_path, is_within, join, split};
use crate::domain::filter::{Filter, Subject};
use crate::domain::journal::{Image, MADE};
use crate::domain::text::excerpt;
use crate::domain::time::Timestamp;
use crate::domain::user::{Field, User, UserId, Who};
use crate::store::{ListOf, NewDirectory, Read, Write};

use super::contract::{Directories, Failure, FailureKind, People, Place, Reply, Tally, Verb};
use super::operator::Actor;
use super::steps::{Deed, View, each};
use super::{Act, Call, Desk, act_on_one, homes, look, people, record};

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
        // It is looked into all the same where that cannot be noted.
        Directories::Opened(id) if desk.store.writable().is_err() => look(desk, call, |rows, actor| {
            let directory = only(find(rows, actor, &Place::Id(id))?)?;
            Ok(Reply::Done(done(Verb::Opened, 1, &directory)))
        }),
        Directories::Opened(id) => act_on_one(desk, call, |act| opened(act, id)).map(Reply::Done),
        Directories::Add { path, owner } => {
            check_path(&path).map_err(|rule| Failure::rule(Field::DirectoryName, rule))?;
            act_on_one(desk, call, |act| add(act, path, owner.as_ref())).map(Reply::Done)
        }
        Directories::Rename { place, name } => {
            check_name(&name).map_err(|rule| Failure::rule(Field::DirectoryName, rule))?;
            act_on_one(desk, call, |act| rename(act, &place, &name)).map(Reply::Done)
        }
        Directories::Move { place, to } => {
            act_on_one(desk, call, |act| move_below(act, &place, &to)).map(Reply::Done)
        }
        Directories::Trash(places) => each(desk, call, &Removal(places)),
        Directories::Provision(people) => each(desk, call, &Provision(people)),
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
        return Err(Failure::new(
            FailureKind::NotFound,
            format!("There is no directory {}.", excerpt(&name)),
        ));
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
    let message =
        format!("Several accounts have a directory {}: {}.", excerpt(path), excerpt(&owners.join(", ")));
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
    free(&act.rows.directories_at(&path)?, &path, owner.id)?;
    let id = put(act.rows, act.now, owner.id, owner.username.as_deref(), &path)?;
    let added = only(find(act.rows, &act.actor, &Place::Id(id))?)?;
    act.note(Verb::Added, record::directory(&added), Image::new(), at_path(&path))?;
    Ok(Tally { label: Some(path), id: Some(id), directories: 1, ..Tally::new(Verb::Added) })
}

/// Whose a directory below `parent` is: the parent's owner. A wish only decides between several parents.
fn owner_of(act: &Act<'_>, parent: &str, wished: Option<&Who>) -> Result<User, Failure> {
    let mut parents = find(act.rows, &act.actor, &Place::Path(parent.to_owned()))?;
    if let (Some(who), Some(first)) = (wished, parents.first()) {
        let wished = act.find(who)?;
        let message = format!(
            "{} belongs to {}, not to {}.",
            excerpt(parent),
            excerpt(&first.owner),
            excerpt(wished.label())
        );
        parents.retain(|directory| directory.user_id == wished.id);
        if parents.is_empty() {
            return Err(Failure::new(FailureKind::Conflict, message));
        }
    }
    people::known(act.rows, act.now, only(parents)?.user_id)
}

/// A new directory row of the account, at a path that is [`free`]. Its id.
///
/// # Errors
/// What the store says.
pub(super) fn put(
    rows: &mut dyn Write,
    now: Timestamp,
    owner: UserId,
    username: Option<&str>,
    path: &str,
) -> Result<i64, Failure> {
    Ok(rows.insert_directory(&NewDirectory {
        id: None,
        user_id: owner,
        directory_id: new_directory_id()?,
        path: path.to_owned(),
        name: None,
        date_added: now,
        last_modified: None,
        last_accessed: None,
        username: username.map(str::to_owned),
    })?)
}

/// Whether a path can become a directory of this account; `there` are those that have it.
///
/// # Errors
/// [`FailureKind::Conflict`] where the account has it already, or, at the top, anybody.
pub(super) fn free(there: &[Directory], path: &str, owner: UserId) -> Result<(), Failure> {
    let at_top = split(path).0.is_none();
    match there.iter().find(|directory| at_top || directory.user_id == owner) {
        None => Ok(()),
        Some(there) => {
            let message = format!(
                "There is a directory {} already; it belongs to {}.",
                excerpt(path),
                excerpt(&there.owner)
            );
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
    relocate(act, Verb::Moved, &directory, &path)
}

/// Where a directory is, as the journal tells it.
pub(super) fn at_path(path: &str) -> Image {
    Image::new().with("directory_path", path)
}

/// Whether a directory can get another path: nothing of its owner is there, and where it shall lie is.
///
/// # Errors
/// [`FailureKind::Conflict`].
pub(super) fn can_go(rows: &dyn Read, directory: &Directory, path: &str) -> Result<(), Failure> {
    free(&rows.directories_at(path)?, path, directory.user_id)?;
    let (now, then) = (split(&directory.path).0, split(path).0);
    let Some(parent) = then.filter(|then| now != Some(then)) else { return Ok(()) };
    if rows.directories_at(parent)?.iter().any(|above| above.user_id == directory.user_id) {
        return Ok(());
    }
    let message = format!("{}, where {} belongs, is not there.", excerpt(parent), excerpt(path));
    Err(Failure::new(FailureKind::Conflict, message))
}

/// Gives a directory another path, and writes that down.
///
/// # Errors
/// As [`can_go`]; [`FailureKind::Invalid`].
pub(super) fn relocate(
    act: &mut Act<'_>,
    verb: Verb,
    directory: &Directory,
    path: &str,
) -> Result<Tally, Failure> {
    if path == directory.path {
        return Ok(Tally { unchanged: 1, ..done(verb, 0, directory) });
    }
    check_path(path).map_err(|rule| Failure::rule(Field::DirectoryName, rule))?;
    can_go(act.rows, directory, path)?;
    let moved = act.rows.relocate(act.now, directory.id, path)?;
    let after = at_path(path).with("directories", moved);
    act.note(verb, record::directory(directory), at_path(&directory.path), after)?;
    Ok(Tally { label: Some(path.to_owned()), ..done(verb, moved, directory) })
}

/// Moves directories with all that lies below them into the bin.
struct Removal(Vec<Place>);

impl Deed for Removal {
    type Plan = Directory;

    fn verb(&self) -> Verb {
        Verb::Trashed
    }

    /// One that goes with another is not counted twice.
    fn chosen(&self, view: View<'_>) -> Result<Vec<i64>, Failure> {
        let named = self.0.iter().map(|place| only(find(view.rows, view.actor, place)?));
        let named = named.collect::<Result<Vec<_>, Failure>>()?;
        let ids: BTreeSet<i64> = named.iter().map(|directory| directory.id).collect();
        let mut chosen = Vec::new();
        for directory in &named {
            if !goes_with_another(view.rows, directory, &ids)? {
                chosen.push(directory.id);
            }
        }
        Ok(chosen)
    }

    fn plan(&self, view: View<'_>, id: i64) -> Result<(Tally, Directory), Failure> {
        let directory = only(find(view.rows, view.actor, &Place::Id(id))?)?;
        Ok((done(Verb::Trashed, 1 + view.rows.below(id)?, &directory), directory))
    }

    fn carry_out(&self, act: &mut Act<'_>, directory: Directory) -> Result<(), Failure> {
        let rows = 1 + act.rows.below(directory.id)?;
        let before = at_path(&directory.path).with("directories", rows);
        let after = act.bin_directory(directory.id, None)?;
        Ok(act.note(Verb::Trashed, record::directory(&directory), before, after)?)
    }
}

/// Whether the directory lies below one of these. What is below a path belongs to the oldest of the account's
/// directories there.
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

/// Makes homes and their libraries where they are missing.
struct Provision(People);

impl Deed for Provision {
    type Plan = (User, Vec<String>);

    fn verb(&self) -> Verb {
        Verb::Provisioned
    }

    fn permit(&self, actor: &Actor) -> Result<(), Failure> {
        actor.admin_only("make homes")
    }

    fn chosen(&self, view: View<'_>) -> Result<Vec<i64>, Failure> {
        view.people(&self.0)
    }

    fn filter(&self) -> Option<(Subject, &Filter)> {
        Some((Subject::Users, self.0.filter()?))
    }

    fn plan(&self, view: View<'_>, id: i64) -> Result<(Tally, Self::Plan), Failure> {
        let user = view.account(&Who::Id(UserId(id)))?;
        let paths = homes::missing(view.rows, user.id, user.username.as_deref())?;
        let tally = match paths.len() as u64 {
            0 => Tally { unchanged: 1, ..Tally::new(Verb::Provisioned) },
            directories => Tally { accounts: 1, directories, ..Tally::new(Verb::Provisioned) },
        };
        Ok((people::about(tally, &user), (user, paths)))
    }

    fn carry_out(&self, act: &mut Act<'_>, (user, paths): Self::Plan) -> Result<(), Failure> {
        homes::make(act.rows, act.now, user.id, user.username.as_deref(), &paths)?;
        if !paths.is_empty() {
            let after = Image::new().with(MADE, paths);
            act.note(Verb::Provisioned, record::account(&user), Image::new(), after)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
