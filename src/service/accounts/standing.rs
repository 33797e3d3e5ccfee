//! Where an account stands, its status and its level, and all that goes with a change of them: homes made, sessions
//! ended, the account removed.

use crate::domain::filter::{Filter, Subject};
use crate::domain::journal::{Image, MADE, Object, SESSIONS_ENDED};
use crate::domain::session::EndReason;
use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, Fields, Status, User, UserId, Who};
use crate::store::{Read, Write};

use super::super::contract::{Failure, Own, People, Tally, Verb};
use super::super::operator::Actor;
use super::super::record::Scribe;
use super::super::steps::{Deed, View};
use super::super::{Act, bin, homes, journal, people, record};
use super::differing;

/// Sets the status or the level of accounts.
pub(in super::super) struct Setting {
    people: People,
    verb: Verb,
    /// What only an admin may.
    what: &'static str,
    fields: Fields,
}

pub(in super::super) fn confirm(people: People) -> Setting {
    let fields = Fields { status: Some(Status::Confirmed), ..Fields::default() };
    Setting { people, verb: Verb::Confirmed, what: "confirm accounts", fields }
}

pub(in super::super) fn suspend(people: People) -> Setting {
    let fields = Fields { status: Some(Status::Suspended), ..Fields::default() };
    Setting { people, verb: Verb::Suspended, what: "suspend accounts", fields }
}

pub(in super::super) fn set_level(people: People, level: AccessLevel) -> Setting {
    let verb = match level {
        AccessLevel::Admin => Verb::Promoted,
        AccessLevel::User => Verb::Demoted,
    };
    let fields = Fields { level: Some(level), ..Fields::default() };
    Setting { people, verb, what: "change access levels", fields }
}

impl Deed for Setting {
    type Plan = Option<Change>;

    fn verb(&self) -> Verb {
        self.verb
    }

    fn permit(&self, actor: &Actor) -> Result<(), Failure> {
        actor.admin_only(self.what)
    }

    fn chosen(&self, view: View<'_>) -> Result<Vec<i64>, Failure> {
        view.people(&self.people)
    }

    fn filter(&self) -> Option<(Subject, &Filter)> {
        Some((Subject::Users, self.people.filter()?))
    }

    fn own(&self, actor: &Actor) -> Option<(i64, Own)> {
        let takes = own_effect(&self.fields);
        takes.logs_out().then_some((actor.account()?, takes))
    }

    fn plan(&self, view: View<'_>, id: i64) -> Result<(Tally, Option<Change>), Failure> {
        let user = view.account(&Who::Id(UserId(id)))?;
        let mut tally = people::about(Tally::new(self.verb), &user);
        let change = Change::plan(view.rows, view.now, &user, self.fields.clone(), &mut tally)?;
        Ok((tally, change))
    }

    fn carry_out(&self, act: &mut Act<'_>, change: Option<Change>) -> Result<(), Failure> {
        let Some(change) = change else { return Ok(()) };
        change.carry_out(act.rows, act.now, &act.scribe)?;
        Ok(act.note(self.verb, change.object.clone(), change.before(), change.after())?)
    }

    fn disarmed(&self, _: View<'_>, chosen: &[i64]) -> Result<Vec<i64>, Failure> {
        let disarms = matches!(self.verb, Verb::Suspended | Verb::Demoted);
        Ok(if disarms { chosen.to_vec() } else { Vec::new() })
    }
}

/// Moves accounts with their sessions and directories into the bin.
pub(in super::super) struct Deletion(pub(in super::super) People);

impl Deed for Deletion {
    type Plan = (User, Tally);

    fn verb(&self) -> Verb {
        Verb::Deleted
    }

    fn permit(&self, actor: &Actor) -> Result<(), Failure> {
        actor.admin_only("delete accounts")
    }

    fn chosen(&self, view: View<'_>) -> Result<Vec<i64>, Failure> {
        view.people(&self.0)
    }

    fn filter(&self) -> Option<(Subject, &Filter)> {
        Some((Subject::Users, self.0.filter()?))
    }

    fn own(&self, actor: &Actor) -> Option<(i64, Own)> {
        Some((actor.account()?, Own::Account))
    }

    fn plan(&self, view: View<'_>, id: i64) -> Result<(Tally, Self::Plan), Failure> {
        let user = view.account(&Who::Id(UserId(id)))?;
        let tally = Tally {
            accounts: 1,
            sessions: view.session_count(user.id)?,
            directories: view.rows.directory_count(user.id)?,
            dependents: view.rows.dependents(user.id)?,
            ..Tally::new(Verb::Deleted)
        };
        let tally = people::about(tally, &user);
        Ok((tally.clone(), (user, tally)))
    }

    fn carry_out(&self, act: &mut Act<'_>, (user, tally): Self::Plan) -> Result<(), Failure> {
        let before = bin::with_belongings(journal::image(&user), &tally);
        let after = act.bin_account(user.id, None)?;
        Ok(act.note(Verb::Deleted, record::account(&user), before, after)?)
    }

    fn disarmed(&self, _: View<'_>, chosen: &[i64]) -> Result<Vec<i64>, Failure> {
        Ok(chosen.to_vec())
    }
}

/// Whether whoever gets these fields can log in no more.
fn is_cut_off(fields: &Fields) -> bool {
    fields.status.is_some_and(|status| status != Status::Confirmed)
}

/// Returns what operators lose who get these fields themselves. A level that changes can only be an admin's, for nobody
/// else changes levels.
fn own_effect(fields: &Fields) -> Own {
    if is_cut_off(fields) {
        Own::Account
    } else if fields.level == Some(AccessLevel::User) {
        Own::Level
    } else {
        Own::Untouched
    }
}

/// What it takes to set fields of one account.
pub(in super::super) struct Change {
    object: Object,
    id: UserId,
    /// Those that change, as they are.
    was: Fields,
    fields: Fields,
    /// Why its sessions end, if they do.
    ends_sessions: Option<EndReason>,
    /// How many sessions that ends.
    sessions: u64,
    /// The directories of its home that are missing, and the username that they are made with.
    home: Vec<String>,
    username: Option<String>,
}

impl Change {
    /// Finds those fields that differ from what stands, and what a new status or level brings with it. An account that
    /// is no longer confirmed, or has another level, loses its sessions: they were opened with other rights. One that
    /// becomes confirmed has a home.
    pub(in super::super) fn plan(
        rows: &dyn Read,
        now: Timestamp,
        user: &User,
        fields: Fields,
        tally: &mut Tally,
    ) -> Result<Option<Self>, Failure> {
        let fields = differing(fields, &user.fields());
        if fields == Fields::default() {
            tally.unchanged += 1;
            return Ok(None);
        }
        bin::not_held(rows, now, &fields)?;
        let cut_off = is_cut_off(&fields);
        let ends_sessions = match fields.status {
            Some(Status::Suspended) => Some(EndReason::Suspended),
            Some(Status::Pending) => Some(EndReason::Unconfirmed),
            Some(Status::Confirmed) | None => fields.level.map(|_| EndReason::LevelChanged),
        };
        let username = fields.username.clone().or_else(|| user.username.clone());
        let username = username.filter(|name| !name.is_empty());
        let home = if fields.status == Some(Status::Confirmed) && rows.home(user.id)?.is_none() {
            homes::new_home(rows, user.id, username.as_deref())?
        } else {
            Vec::new()
        };
        let sessions = if ends_sessions.is_some() { rows.active_sessions(now, user.id)? } else { 0 };
        tally.accounts += 1;
        tally.sessions += sessions;
        tally.ended += if ends_sessions.is_some() { user.active_sessions } else { 0 };
        tally.changes_level |= fields.level.is_some();
        tally.cuts_off |= cut_off;
        tally.directories += home.len() as u64;
        let (object, was) = (record::account(user), held_to(user.fields(), &fields));
        Ok(Some(Self { object, id: user.id, was, fields, ends_sessions, sessions, home, username }))
    }

    /// Returns what it does to the operator, if the account is their own.
    pub(in super::super) fn own(&self, actor: &Actor) -> Own {
        if actor.account() == Some(self.id.0) { own_effect(&self.fields) } else { Own::Untouched }
    }

    /// Makes no home. How many directories that spares.
    pub(in super::super) fn leave_home(&mut self) -> u64 {
        std::mem::take(&mut self.home).len() as u64
    }

    /// What changes, as it was.
    pub(in super::super) fn before(&self) -> Image {
        record::fields(&self.was)
    }

    /// The same as it is afterwards, and what that brought with it.
    pub(in super::super) fn after(&self) -> Image {
        let image = record::fields(&self.fields).with_count(SESSIONS_ENDED, self.sessions);
        if self.home.is_empty() { image } else { image.with(MADE, self.home.clone()) }
    }

    pub(in super::super) fn carry_out(
        &self,
        rows: &mut dyn Write,
        now: Timestamp,
        by: &Scribe,
    ) -> Result<(), Failure> {
        rows.update_user(now, self.id, &self.fields)?;
        if let Some(reason) = self.ends_sessions {
            rows.end_sessions_of(self.id, None, &by.ends(reason))?;
        }
        homes::make(rows, now, self.id, self.username.as_deref(), &self.home)
    }
}

/// Those of the fields that the other ones set.
fn held_to(fields: Fields, others: &Fields) -> Fields {
    fn both<T>(field: Option<T>, other: Option<&T>) -> Option<T> {
        field.filter(|_| other.is_some())
    }
    Fields {
        first_name: both(fields.first_name, others.first_name.as_ref()),
        last_name: both(fields.last_name, others.last_name.as_ref()),
        username: both(fields.username, others.username.as_ref()),
        email: both(fields.email, others.email.as_ref()),
        contact_number: both(fields.contact_number, others.contact_number.as_ref()),
        address: both(fields.address, others.address.as_ref()),
        level: both(fields.level, others.level.as_ref()),
        status: both(fields.status, others.status.as_ref()),
    }
}

/// Sets those fields of an account that differ from what stands, and does what that brings with it: what changed, if
/// anything did.
pub(in super::super) fn change_to(
    rows: &mut dyn Write,
    now: Timestamp,
    by: &Scribe,
    user: &User,
    fields: Fields,
    tally: &mut Tally,
) -> Result<Option<Change>, Failure> {
    let change = Change::plan(rows, now, user, fields, tally)?;
    change.as_ref().map_or(Ok(()), |change| change.carry_out(rows, now, by))?;
    Ok(change)
}
