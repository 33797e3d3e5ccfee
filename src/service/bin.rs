//! The bin: what was deleted, seen, brought back, or thrown away for good.
//!
//! One bundle goes in and comes back whole, in one transaction: half an account is worse than a long wait.

use crate::domain::bin::{Bundle, Slip};
use crate::domain::directory::{check_path, split};
use crate::domain::filter::{Filter, Subject};
use crate::domain::journal::{BIN, Image, Kind, Object};
use crate::domain::text::excerpt;
use crate::domain::time::{Timestamp, date_time};
use crate::domain::user::{Field, Fields, UserId, Who};
use crate::store::{ListOf, Read};

use super::contract::{Bin, Failure, FailureKind, InBin, Reply, Tally, Verb};
use super::directories::free;
use super::steps::{Deed, View, each};
use super::{Act, Call, Desk, journal, look, people};

pub(super) fn perform(desk: &mut Desk, call: &mut Call<'_>, request: Bin) -> Result<Reply, Failure> {
    match request {
        Bin::List { filter, sort, span } => look(desk, call, |rows, actor| {
            let list = ListOf { filter, scope: actor.scope(), sort };
            Ok(Reply::Bundles(rows.bin(call.now, &list, span)?))
        }),
        Bin::Restore { which, to } => {
            if let Some(path) = &to {
                check_path(path).map_err(|rule| Failure::rule(Field::DirectoryName, rule))?;
            }
            let mut ids = match &call.counted {
                Some(counted) => counted.ids.to_vec(),
                None => look(desk, call, |rows, actor| View { rows, actor, now: call.now }.bundles(&which))?,
            };
            ids.sort_unstable();
            each(desk, call, &Restoration { named: which, which: ids, to })
        }
        Bin::Purge(which) => each(desk, call, &Purging(which)),
    }
}

impl Act<'_> {
    /// What is written on a bundle of this act.
    pub(super) fn slip(&self, number: Option<i64>) -> Slip {
        let by = self.scribe.author_name().to_owned();
        Slip { at: self.now, by, held_until: self.now + self.keep, number }
    }

    /// Moves an account with all that it has into the bin; back to where it lay there, if it did. Where it lies there.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn bin_account(&mut self, id: UserId, number: Option<i64>) -> Result<Image, Failure> {
        let slip = self.slip(number);
        Ok(lying_in(self.rows.bin_user(id, &slip)?))
    }

    /// Moves a directory with all that lies below it into the bin, as above. Where it lies there.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn bin_directory(&mut self, id: i64, number: Option<i64>) -> Result<Image, Failure> {
        let slip = self.slip(number);
        Ok(lying_in(self.rows.bin_directory(id, &slip)?))
    }

    /// Brings a bundle back, as [`restorable`] found it in the same transaction: the image of what is there then.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn bring_back(&mut self, bundle: &Bundle, to: Option<&str>) -> Result<Image, Failure> {
        self.rows.restore(bundle.id, to)?;
        if bundle.kind == Kind::Account {
            return Ok(journal::image(&people::known(self.rows, self.now, bundle.user_id)?));
        }
        Ok(Image::new().with("directory_path", to.unwrap_or(&bundle.label)))
    }
}

/// Of a thing that lies in the bin, where.
fn lying_in(number: i64) -> Image {
    Image::new().with(BIN, number)
}

/// A bundle as the journal names it: as what it was.
pub(super) fn object(bundle: &Bundle) -> Object {
    let (id, label, account) = (Some(bundle.object_id), bundle.label.clone(), Some(bundle.user_id));
    Object { kind: bundle.kind, id, label, account }
}

/// Refuses a name that is held for a deleted account.
///
/// # Errors
/// [`FailureKind::Conflict`] about the field.
pub(super) fn not_held(rows: &dyn Read, now: Timestamp, fields: &Fields) -> Result<(), Failure> {
    let Some((field, bundle)) = rows.held(now, fields)? else { return Ok(()) };
    let until = bundle.held_until.map(date_time).unwrap_or_default();
    let message = format!(
        "This {} is held for {}, who is in the bin, until {until} UTC.",
        field.label().to_lowercase(),
        excerpt(&bundle.label)
    );
    Err(Failure::new(FailureKind::Conflict, message).hint("Restore that account, or purge it.").about(field))
}

/// What bringing a bundle back comes to, when those of `with` that are newer come back before it; they are in the order of
/// their numbers.
///
/// # Errors
/// [`FailureKind::Conflict`] where something stands in its way.
pub(super) fn restorable(
    view: View<'_>,
    bundle: &Bundle,
    to: Option<&str>,
    with: &[i64],
) -> Result<Tally, Failure> {
    if bundle.kind == Kind::Account {
        account_is_free(view, bundle)?;
    } else {
        path_is_free(view, bundle, to.unwrap_or(&bundle.label), with)?;
    }
    let rows = view.rows.restorable(bundle.id)?;
    Ok(Tally {
        sessions: rows.sessions,
        directories: rows.directories,
        left_out: (bundle.sessions + bundle.directories).saturating_sub(rows.sessions + rows.directories),
        ..about(Verb::Restored, bundle)
    })
}

/// A tally with the bundle's name and what it was.
fn about(verb: Verb, bundle: &Bundle) -> Tally {
    Tally {
        label: Some(bundle.label.clone()),
        id: Some(bundle.object_id),
        accounts: u64::from(bundle.kind == Kind::Account),
        sessions: bundle.sessions,
        directories: bundle.directories,
        ..Tally::new(verb)
    }
}

impl Tally {
    /// The same with the bundle's number in the bin, where it was named by that: what lies there is not all of one kind.
    fn by_number(self, named: &InBin, bundle: &Bundle) -> Self {
        match named {
            InBin::Bundles(_) => Self { ids: vec![bundle.id], ..self },
            InBin::Account(_) | InBin::Directory(_) => self,
        }
    }
}

fn account_is_free(view: View<'_>, bundle: &Bundle) -> Result<(), Failure> {
    let taken = |field, words: String| {
        Err(Failure::new(FailureKind::Conflict, words)
            .hint("Give that account another one first.")
            .about(field))
    };
    if let Some(holder) = view.rows.user(view.now, &Who::Id(bundle.user_id))? {
        let label = excerpt(holder.label());
        return taken(Field::Username, format!("The id {} is {label}'s now.", bundle.user_id));
    }
    let (username, email) = (bundle.username.clone(), bundle.email.clone());
    let names = Fields { username, email, ..Fields::default() };
    let Some((field, holder)) = view.rows.holder(None, &names)? else { return Ok(()) };
    let name = names.texts().find(|(named, _)| *named == field).map_or("", |(_, name)| name);
    taken(field, format!("{} is taken by the account {holder} now.", excerpt(name)))
}

fn path_is_free(view: View<'_>, bundle: &Bundle, path: &str, with: &[i64]) -> Result<(), Failure> {
    let comes_before = |found: Vec<Bundle>| {
        let is_one = |one: &Bundle| one.id > bundle.id && with.binary_search(&one.id).is_ok();
        found.iter().any(|one| one.user_id == bundle.user_id && is_one(one))
    };
    let account = Who::Id(bundle.user_id);
    // All that the account had comes with it.
    if comes_before(view.rows.binned_accounts(&account)?) {
        return Ok(());
    }
    if view.rows.user(view.now, &account)?.is_none() {
        let message = format!("{} belongs to an account that is not there.", excerpt(&bundle.label));
        return Err(Failure::new(FailureKind::Conflict, message).hint("Restore the account first."));
    }
    free(&view.rows.directories_at(path)?, path, bundle.user_id)
        .map_err(|failure| failure.hint("Name another path for it with --to."))?;
    // What was a root stays one, wherever its path points.
    let needed = if path == bundle.label { bundle.parent.as_deref() } else { split(path).0 };
    let Some(parent) = needed else { return Ok(()) };
    let is_there = view.rows.directories_at(parent)?.iter().any(|above| above.user_id == bundle.user_id);
    if is_there {
        return Ok(());
    }
    let mut above = Some(parent);
    while let Some(path) = above {
        if comes_before(view.rows.binned_directories(path)?) {
            return Ok(());
        }
        above = split(path).0;
    }
    let message = format!("{}, where {} belongs, is not there.", excerpt(parent), excerpt(path));
    Err(Failure::new(FailureKind::Conflict, message).hint("Name another path for it with --to."))
}

impl View<'_> {
    /// One bundle that the actor may see.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`].
    pub(super) fn bundle(self, number: i64) -> Result<Bundle, Failure> {
        let found = self.rows.bundle(number)?.filter(|bundle| self.actor.sees(bundle.user_id));
        found.ok_or_else(|| not_in_the_bin(&number.to_string()))
    }

    fn bundles(self, which: &InBin) -> Result<Vec<i64>, Failure> {
        let (name, found) = match which {
            InBin::Bundles(which) => {
                return self.selected(
                    which,
                    |id| Ok(self.bundle(id)?.id),
                    |filter| self.rows.bundle_ids(self.now, filter),
                );
            }
            InBin::Account(who) => (who.to_string(), self.rows.binned_accounts(who)?),
            InBin::Directory(path) => (path.clone(), self.rows.binned_directories(path)?),
        };
        let newest = found.into_iter().find(|bundle| self.actor.sees(bundle.user_id));
        newest.map(|bundle| vec![bundle.id]).ok_or_else(|| not_in_the_bin(&name))
    }

    /// Refuses a plain user what is an admin's to decide: accounts, and directories at the top.
    pub(super) fn may_bring_back(self, bundle: &Bundle, to: Option<&str>) -> Result<(), Failure> {
        if bundle.kind == Kind::Account {
            self.actor.admin_only("restore accounts")
        } else if split(to.unwrap_or(&bundle.label)).0.is_none() {
            self.actor.admin_only("restore a directory at the top")
        } else {
            Ok(())
        }
    }
}

fn not_in_the_bin(name: &str) -> Failure {
    Failure::new(FailureKind::NotFound, format!("{} is not in the bin.", excerpt(name)))
}

/// Brings bundles back.
struct Restoration {
    /// As the request says which.
    named: InBin,
    /// In the order of their numbers.
    which: Vec<i64>,
    to: Option<String>,
}

impl Deed for Restoration {
    type Plan = (Bundle, Tally);

    fn verb(&self) -> Verb {
        Verb::Restored
    }

    fn chosen(&self, _: View<'_>) -> Result<Vec<i64>, Failure> {
        if self.to.is_some() && self.which.len() > 1 {
            return Err(Failure::new(FailureKind::Invalid, "Only one directory can get another path."));
        }
        Ok(self.which.clone())
    }

    fn filter(&self) -> Option<(Subject, &Filter)> {
        filter(&self.named)
    }

    /// What went last comes back first: what lay in it finds it there.
    fn arrange(&self, numbers: &mut [i64]) {
        numbers.reverse();
    }

    /// One in the way of another is no one's doing meanwhile.
    fn leaves_out(&self, failure: &Failure, in_one: bool) -> bool {
        failure.kind == FailureKind::NotFound || failure.kind == FailureKind::Conflict && !in_one
    }

    fn plan(&self, view: View<'_>, id: i64) -> Result<(Tally, Self::Plan), Failure> {
        let bundle = view.bundle(id)?;
        let to = self.to.as_deref();
        if to.is_some() && bundle.kind == Kind::Account {
            return Err(Failure::new(FailureKind::Invalid, "Only a directory can get another path."));
        }
        view.may_bring_back(&bundle, to)?;
        let tally = restorable(view, &bundle, to, &self.which)?.by_number(&self.named, &bundle);
        Ok((tally.clone(), (bundle, tally)))
    }

    fn carry_out(&self, act: &mut Act<'_>, (bundle, tally): Self::Plan) -> Result<(), Failure> {
        let to = self.to.as_deref();
        // What should have come back before it has by now, or it never will.
        restorable(act.view(), &bundle, to, &[])?;
        let after = act.bring_back(&bundle, to)?;
        let after = with_belongings(after, &tally);
        Ok(act.note(Verb::Restored, object(&bundle), lying_in(bundle.id), after)?)
    }
}

/// The filter that shows bundles, where they are not named.
fn filter(which: &InBin) -> Option<(Subject, &Filter)> {
    match which {
        InBin::Bundles(which) => Some((Subject::Bin, which.filter()?)),
        InBin::Account(_) | InBin::Directory(_) => None,
    }
}

/// Throws bundles away for good.
struct Purging(InBin);

impl Deed for Purging {
    type Plan = Bundle;

    fn verb(&self) -> Verb {
        Verb::Purged
    }

    /// A name that several bundles have does not say which one: what is for good must not be guessed.
    fn chosen(&self, view: View<'_>) -> Result<Vec<i64>, Failure> {
        let several = match &self.0 {
            InBin::Bundles(_) => 1,
            InBin::Account(who) => view.rows.binned_accounts(who)?.len(),
            InBin::Directory(path) => view.rows.binned_directories(path)?.len(),
        };
        if several > 1 {
            let message = format!("{several} things in the bin are called that.");
            return Err(Failure::new(FailureKind::Conflict, message)
                .hint("Purge the one that is meant on the console's board of the bin."));
        }
        view.bundles(&self.0)
    }

    fn filter(&self) -> Option<(Subject, &Filter)> {
        filter(&self.0)
    }

    fn plan(&self, view: View<'_>, id: i64) -> Result<(Tally, Bundle), Failure> {
        let bundle = view.bundle(id)?;
        view.actor.admin_only("purge")?;
        Ok((about(Verb::Purged, &bundle).by_number(&self.0, &bundle), bundle))
    }

    fn carry_out(&self, act: &mut Act<'_>, bundle: Bundle) -> Result<(), Failure> {
        act.rows.purge(bundle.id)?;
        let before = with_belongings(lying_in(bundle.id), &about(Verb::Purged, &bundle));
        Ok(act.note(Verb::Purged, object(&bundle), before, Image::new())?)
    }
}

/// What goes with a thing, in numbers.
pub(super) fn with_belongings(image: Image, tally: &Tally) -> Image {
    image.with_count("sessions", tally.sessions).with_count("directories", tally.directories)
}

#[cfg(test)]
mod tests;
