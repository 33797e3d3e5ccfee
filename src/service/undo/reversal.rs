//! What it takes to make one thing as it was before an entry of the journal.

use crate::domain::bin::Bundle;
use crate::domain::directory::{Directory, is_within, split};
use crate::domain::journal::{BIN, BINNED, CHANGED, Entry, Image, Kind, MADE, SESSIONS_ENDED, Verb};
use crate::domain::session::{EndReason, RowStatus, Session};
use crate::domain::text::excerpt;
use crate::domain::time::{Timestamp, from_stored, to_stored};
use crate::domain::user::{AccessLevel, Fields, Status, User, Who};

use super::super::accounts::may_set;
use super::super::accounts::standing::Change;
use super::super::bin::{object, restorable, with_belongings};
use super::super::contract::{Failure, FailureKind, Own, Tally};
use super::super::steps::View;
use super::super::{Act, directories, journal, record};
use super::home::{self, Removed};

/// How a thing becomes as it was.
pub(super) enum Reversal {
    /// It comes out of the bin.
    BringBack(Bundle, Tally),
    /// It goes into the bin, back to the number under which it lay there, if it did.
    BinAccount(User, Tally, Option<i64>),
    /// As above, and from this path.
    BinDirectory(Directory, Tally, Option<i64>, String),
    /// An account's fields become others; directories that were made for it go into the bin, or come back from there.
    Set(Box<Setting>),
    /// A directory goes back to this path.
    Relocate(Directory, String),
    /// A token dies.
    End(Session),
    /// A session's end moves back.
    Extend(Session, Timestamp),
}

/// An account's fields, and the directories that were made with them.
pub(super) struct Setting {
    user: User,
    change: Option<Change>,
    /// Directories that were made, each with all below it.
    made: Vec<Directory>,
    /// The paths of all that were made.
    paths: Vec<String>,
    /// Bundles of directories that were made and taken back into the bin (by an older NEXUS).
    binned: Vec<Bundle>,
    /// Directories that were made and taken back, to be made again.
    removed: Vec<Removed>,
}

/// Whether an account cannot act as admin once this entry is undone.
pub(super) fn disarms(entry: &Entry) -> bool {
    let was = |field, word| entry.before.text(field).is_some_and(|was| was != word);
    let goes = entry.after.get(BIN).is_none() && (entry.before.is_empty() || entry.before.get(BIN).is_some());
    entry.object.kind == Kind::Account
        && (was("status", Status::Confirmed.word())
            || was("access_level", AccessLevel::Admin.word())
            || goes && entry.after.get("email").is_some())
}

fn conflict(message: String) -> Failure {
    Failure::new(FailureKind::Conflict, message).hint("Look at what was done since.")
}

/// Refuses where a thing is not as an entry left it, with every difference.
fn is_as_left(label: &str, left: &Image, now: &Image) -> Result<(), Failure> {
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
    /// Finds out what it takes, and what that comes to.
    ///
    /// # Errors
    /// [`FailureKind::Conflict`] where the thing is no longer as the entry left it; [`FailureKind::Refused`] where
    /// nothing brings it back, or the actor may not do it.
    pub(super) fn of(view: View<'_>, entry: &Entry) -> Result<(Tally, Self), Failure> {
        if let Some(number) = entry.after.number(BIN) {
            return bring_back(view, entry, number);
        }
        if entry.after.is_empty() {
            return Err(for_good(entry));
        }
        match entry.object.kind {
            Kind::Account => of_account(view, entry),
            Kind::Session => of_session(view, entry),
            Kind::Directory => of_directory(view, entry),
            Kind::Store => Err(for_good(entry)),
        }
    }

    /// Returns what it takes away from the operator.
    pub(super) fn own(&self, view: View<'_>) -> Own {
        let is_own = |session: &Session| view.actor.session_of(session.user_id) == Some(session.id);
        match self {
            Self::BinAccount(user, ..) if view.actor.account() == Some(user.id.0) => Own::Account,
            Self::Set(setting) => {
                setting.change.as_ref().map_or(Own::Untouched, |change| change.own(view.actor))
            }
            Self::End(session) if is_own(session) => Own::Session,
            Self::Extend(session, end) if is_own(session) && *end <= view.now => Own::Session,
            Self::BringBack(..)
            | Self::BinAccount(..)
            | Self::BinDirectory(..)
            | Self::Relocate(..)
            | Self::End(_)
            | Self::Extend(..) => Own::Untouched,
        }
    }

    /// Does it, and writes it down.
    ///
    /// # Errors
    /// What the store says.
    pub(super) fn carry_out(self, act: &mut Act<'_>, verb: Verb) -> Result<(), Failure> {
        match self {
            Self::BringBack(bundle, tally) => {
                let after = with_belongings(act.bring_back(&bundle, None)?, &tally);
                Ok(act.note(verb, object(&bundle), Image::new().with(BIN, bundle.id), after)?)
            }
            Self::BinAccount(user, tally, number) => {
                let before = with_belongings(journal::image(&user), &tally);
                let after = act.bin_account(user.id, number)?;
                Ok(act.note(verb, record::account(&user), before, after)?)
            }
            Self::BinDirectory(directory, tally, number, path) => {
                let before = with_belongings(directories::at_path(&directory.path), &tally);
                if path != directory.path {
                    act.rows.relocate(act.now, directory.id, &path)?;
                }
                let after = act.bin_directory(directory.id, number)?;
                Ok(act.note(verb, record::directory(&directory), before, after)?)
            }
            Self::Set(setting) => setting.carry_out(act, verb),
            Self::Relocate(directory, path) => directories::relocate(act, verb, &directory, &path).map(drop),
            Self::End(session) => {
                act.rows.end_session(session.id, &act.scribe.ends(EndReason::IssueUndone))?;
                let status = |status: RowStatus| Image::new().with("status", status.word());
                let (before, after) = (status(RowStatus::Active), status(RowStatus::Expired));
                Ok(act.note(verb, record::session(&session), before, after)?)
            }
            Self::Extend(session, end) => {
                act.rows.extend_session(act.now, act.boot.as_ref(), session.id, end)?;
                let before = Image::new().with("expiration", session.expiration.map(to_stored));
                let after = Image::new().with("expiration", to_stored(end));
                Ok(act.note(verb, record::session(&session), before, after)?)
            }
        }
    }
}

/// Refuses what nothing brings back.
fn for_good(entry: &Entry) -> Failure {
    let why = match (entry.object.kind, Verb::parse(&entry.verb)) {
        (Kind::Session, _) => "a session that has ended stays ended",
        (_, Some(Verb::PasswordSet | Verb::CodeMade | Verb::CodeRevoked)) => "the journal keeps no secrets",
        (_, Some(Verb::Purged)) => "a purge is for good",
        _ => "it cannot be taken back",
    };
    let message =
        format!("“{} {}” cannot be undone: {why}.", excerpt(&entry.verb), excerpt(&entry.object.label));
    Failure::new(FailureKind::Refused, message)
}

fn bring_back(view: View<'_>, entry: &Entry, number: i64) -> Result<(Tally, Reversal), Failure> {
    let gone =
        || conflict(format!("{} is no longer in the bin: restored or purged.", excerpt(&entry.object.label)));
    let bundle = view.bundle(number).map_err(|_| gone())?;
    view.may_bring_back(&bundle, None)?;
    let tally = restorable(view, &bundle, None, &[])?;
    Ok((tally.clone(), Reversal::BringBack(bundle, tally)))
}

/// Whether the entry is of something that was not there before it, but for the bin.
fn came_to_be(entry: &Entry, field: &str) -> bool {
    (entry.before.is_empty() || entry.before.get(BIN).is_some()) && entry.after.get(field).is_some()
}

/// Where in the bin a thing lay before this entry brought it back: entries before it name that place.
fn lay_at(view: View<'_>, entry: &Entry) -> Result<Option<i64>, Failure> {
    let Some(number) = entry.before.number(BIN) else { return Ok(None) };
    Ok(view.rows.bundle(number)?.is_none().then_some(number))
}

fn of_account(view: View<'_>, entry: &Entry) -> Result<(Tally, Reversal), Failure> {
    let is_secret = entry.after.fields().any(|(_, value)| value.as_str() == Some(CHANGED));
    if is_secret || Verb::parse(&entry.verb) == Some(Verb::PasswordSet) {
        return Err(for_good(entry));
    }
    let gone = |_| conflict(format!("{} is not there any more.", excerpt(&entry.object.label)));
    let id = entry.object.account.ok_or_else(|| for_good(entry))?;
    let user = view.account(&Who::Id(id)).map_err(gone)?;
    is_as_left(user.label(), &entry.after, &journal::image(&user))?;
    if came_to_be(entry, "email") {
        view.actor.admin_only("delete accounts")?;
        let tally = Tally {
            accounts: 1,
            sessions: view.session_count(user.id)?,
            directories: view.rows.directory_count(user.id)?,
            dependents: view.rows.dependents(user.id)?,
            ..Tally::new(Verb::Undone)
        };
        let number = lay_at(view, entry)?;
        return Ok((tally.clone(), Reversal::BinAccount(user, tally, number)));
    }
    let (tally, setting) = Setting::plan(view, entry, user)?;
    Ok((tally, Reversal::Set(Box::new(setting))))
}

impl Setting {
    fn plan(view: View<'_>, entry: &Entry, user: User) -> Result<(Tally, Self), Failure> {
        let bundles = entry.after.numbers(BINNED);
        let paths = if bundles.is_empty() { &entry.after } else { &entry.before }.texts(MADE);
        let fields = record::of_image(&entry.before);
        let removed = if paths.is_empty() { home::removed(entry) } else { Vec::new() };
        if fields == Fields::default() && paths.is_empty() && removed.is_empty() && bundles.is_empty() {
            return Err(for_good(entry));
        }
        may_set(view.actor, user.id, &fields)?;
        if !paths.is_empty() || !removed.is_empty() || !bundles.is_empty() {
            view.actor.admin_only("make homes")?;
        }
        let lost = entry.after.number(SESSIONS_ENDED).unwrap_or_default();
        let lost = u64::try_from(lost).unwrap_or_default();
        let mut tally = Tally { accounts: 1, lost, ..Tally::new(Verb::Undone) };
        let mut change = None;
        if fields != Fields::default() {
            tally.accounts = 0;
            change = Change::plan(view.rows, view.now, &user, fields, &mut tally)?;
        }
        // The home that was made at first comes back; where none was made, none is.
        tally.directories -= change.as_mut().map_or(0, Change::leave_home);
        let mut made = Vec::new();
        if bundles.is_empty() {
            made = tops(view, &user, &paths)?;
            tally.directories += paths.len() as u64;
        }
        home::are_free(view, &user, &removed)?;
        tally.directories += removed.len() as u64;
        let mut binned = Vec::new();
        for number in bundles {
            let gone =
                |_| conflict(format!("The home of {} is no longer in the bin.", excerpt(user.label())));
            let bundle = view.bundle(number).map_err(gone)?;
            let back = restorable(view, &bundle, None, &[])?;
            tally.directories += back.directories;
            tally.left_out += back.left_out;
            binned.push(bundle);
        }
        Ok((tally, Self { user, change, made, paths, binned, removed }))
    }

    fn carry_out(self, act: &mut Act<'_>, verb: Verb) -> Result<(), Failure> {
        let (mut before, mut after) =
            self.change.as_ref().map_or_else(Default::default, |change| (change.before(), change.after()));
        if let Some(change) = &self.change {
            change.carry_out(act.rows, act.now, &act.scribe)?;
        }
        if !self.made.is_empty() {
            after = after.with(home::REMOVED, self.paths.len());
            before = act.remove_made(&self.user, &self.made, &self.paths, before)?;
        }
        if !self.removed.is_empty() {
            after = after.with(MADE, act.make_again(&self.user, self.removed)?);
        }
        if !self.binned.is_empty() {
            let numbers: Vec<_> = self.binned.iter().map(|bundle| bundle.id).collect();
            for bundle in &self.binned {
                act.bring_back(bundle, None)?;
            }
            before = before.with(BINNED, numbers);
            after = after.with(MADE, self.paths);
        }
        Ok(act.note(verb, record::account(&self.user), before, after)?)
    }
}

/// The topmost of the directories that were made for an account, if nothing has happened to any of them.
fn tops(view: View<'_>, user: &User, paths: &[String]) -> Result<Vec<Directory>, Failure> {
    let mut tops = Vec::new();
    for path in paths {
        if paths.iter().any(|above| above != path && is_within(path, above)) {
            continue;
        }
        let there = view.rows.directories_at(path)?.into_iter().find(|there| there.user_id == user.id);
        let Some(top) = there else {
            return Err(conflict(format!(
                "{}, which was made for {}, is not there.",
                excerpt(path),
                excerpt(user.label())
            )));
        };
        let mine = paths.iter().filter(|below| is_within(below, path)).count() as u64;
        if 1 + view.rows.below(top.id)? != mine {
            return Err(conflict(format!("What lies in {} was changed since it was made.", excerpt(path))));
        }
        tops.push(top);
    }
    Ok(tops)
}

fn of_session(view: View<'_>, entry: &Entry) -> Result<(Tally, Reversal), Failure> {
    let is_entry_of_life = entry.after.get("expiration").is_some();
    let verb = Verb::parse(&entry.verb);
    if !is_entry_of_life || matches!(verb, Some(Verb::LoggedIn | Verb::LoggedOut)) {
        return Err(for_good(entry));
    }
    let found = entry.object.id.map(|id| view.rows.session(id)).transpose()?.flatten();
    let session =
        found.filter(|session| view.actor.sees(session.user_id) && session.ended(view.now).is_none());
    let Some(session) = session else {
        return Err(conflict(format!("The session of {} is over already.", excerpt(&entry.object.label))));
    };
    let tally = Tally { sessions: 1, ..Tally::new(Verb::Undone) };
    let end = Image::new().with("expiration", session.expiration.map(to_stored));
    is_as_left(&entry.object.label, &entry.after, &end)?;
    if entry.before.is_empty() {
        return Ok((Tally { ended: 1, ..tally }, Reversal::End(session)));
    }
    let before = entry.before.text("expiration").and_then(from_stored).ok_or_else(|| for_good(entry))?;
    Ok((tally, Reversal::Extend(session, before)))
}

/// How many directories the same act brought into this one after that entry. What was done last is taken back first, so
/// that by the time it is this one's turn they are gone.
fn came_after(view: View<'_>, entry: &Entry, path: &str) -> Result<i64, Failure> {
    let mut sum = 0;
    for seq in view.rows.entries_to_undo(entry.act)? {
        let later = view.rows.entry(seq)?.filter(|later| later.seq > entry.seq);
        let inside = later.filter(|later| later.object.account == entry.object.account);
        let came = inside.and_then(|later| {
            let to = later.after.text("directory_path")?;
            is_within(to, path).then(|| later.after.number("directories").unwrap_or(1))
        });
        sum += came.unwrap_or_default();
    }
    Ok(sum)
}

fn of_directory(view: View<'_>, entry: &Entry) -> Result<(Tally, Reversal), Failure> {
    let found = entry.object.id.map(|id| view.rows.directory(id)).transpose()?.flatten();
    let gone = || conflict(format!("{} is not there any more.", excerpt(&entry.object.label)));
    let directory = found.filter(|found| view.actor.sees(found.user_id)).ok_or_else(gone)?;
    is_as_left(&directory.path, &entry.after, &directories::at_path(&directory.path))?;
    if split(&directory.path).0.is_none() {
        view.actor.admin_only("change a directory at the top")?;
    }
    let below = view.rows.below(directory.id)?;
    let tally = Tally { directories: 1 + below, ..Tally::new(Verb::Undone) };
    if came_to_be(entry, "directory_path") {
        let then = entry.after.number("directories").unwrap_or(1);
        let more = i64::try_from(tally.directories).unwrap_or(i64::MAX) - then;
        if more != 0 && more != came_after(view, entry, &directory.path)? {
            return Err(conflict(format!("What lies in {} was changed since.", excerpt(&directory.path))));
        }
        let number = lay_at(view, entry)?;
        // It came back to another path: in the bin it is what it was, so that the removal, too, can be undone.
        let was = Some(&entry.object.label).filter(|was| number.is_some() && **was != directory.path);
        let was = was.filter(|was| directories::can_go(view.rows, &directory, was).is_ok());
        let path = was.unwrap_or(&directory.path).clone();
        return Ok((tally.clone(), Reversal::BinDirectory(directory, tally, number, path)));
    }
    let path = entry.before.text("directory_path").ok_or_else(|| for_good(entry))?.to_owned();
    directories::can_go(view.rows, &directory, &path)?;
    Ok((tally, Reversal::Relocate(directory, path)))
}
