//! Where an account stands, its status and its level, and all that goes with a change of them: homes made, sessions
//! ended, the account removed.

use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, Fields, Status, User, UserId, Who};
use crate::store::{Read, Write};

use super::super::contract::{Failure, People, Tally, Verb};
use super::super::operator::Actor;
use super::super::steps::{Deed, View};
use super::super::{Act, homes, people};
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

    fn chosen(&self, view: View<'_>) -> Result<Vec<i64>, Failure> {
        view.actor.admin_only(self.what)?;
        view.people(&self.people)
    }

    fn plan(&self, view: View<'_>, id: i64) -> Result<(Tally, Option<Change>), Failure> {
        let user = view.account(&Who::Id(UserId(id)))?;
        let mut tally = people::about(Tally::new(self.verb), &user);
        let change = Change::plan(view.rows, &user, self.fields.clone(), &mut tally)?;
        Ok((tally, change))
    }

    fn carry_out(&self, act: &mut Act<'_>, change: Option<Change>) -> Result<(), Failure> {
        change.map_or(Ok(()), |change| change.carry_out(act.rows, act.now))
    }

    fn disarms(&self) -> bool {
        matches!(self.verb, Verb::Suspended | Verb::Demoted)
    }

    fn own(&self, actor: &Actor) -> Option<i64> {
        actor.account()
    }
}

/// Removes accounts with their sessions and directories.
pub(in super::super) struct Deletion(pub(in super::super) People);

impl Deed for Deletion {
    type Plan = UserId;

    fn verb(&self) -> Verb {
        Verb::Deleted
    }

    fn chosen(&self, view: View<'_>) -> Result<Vec<i64>, Failure> {
        view.actor.admin_only("delete accounts")?;
        view.people(&self.0)
    }

    fn plan(&self, view: View<'_>, id: i64) -> Result<(Tally, UserId), Failure> {
        let user = view.account(&Who::Id(UserId(id)))?;
        let tally = Tally {
            accounts: 1,
            sessions: view.session_count(user.id)?,
            directories: view.rows.directory_count(user.id)?,
            ..Tally::new(Verb::Deleted)
        };
        Ok((people::about(tally, &user), user.id))
    }

    fn carry_out(&self, act: &mut Act<'_>, id: UserId) -> Result<(), Failure> {
        Ok(act.rows.delete_user(id)?)
    }

    fn begin(&self, act: &mut Act<'_>, id: &UserId, most: u64) -> Result<Option<Tally>, Failure> {
        let gone = act.rows.strip_user(*id, most)?;
        let tally = Tally::new(Verb::Deleted);
        Ok(Some(Tally { sessions: gone.sessions, directories: gone.directories, ..tally }))
    }

    fn disarms(&self) -> bool {
        true
    }

    fn own(&self, actor: &Actor) -> Option<i64> {
        actor.account()
    }
}

/// What it takes to set fields of one account.
pub(in super::super) struct Change {
    id: UserId,
    fields: Fields,
    ends_sessions: bool,
    /// The directories of its home that are missing, and the username that they are made with.
    home: Vec<String>,
    username: Option<String>,
}

impl Change {
    /// Finds those fields that differ from what stands, and what a new status or level brings with it. An account that
    /// is no longer confirmed, or has another level, loses its sessions: they were opened with other rights. One that
    /// becomes confirmed has a home.
    fn plan(
        rows: &dyn Read,
        user: &User,
        fields: Fields,
        tally: &mut Tally,
    ) -> Result<Option<Self>, Failure> {
        let fields = differing(fields, &user.fields());
        if fields == Fields::default() {
            tally.unchanged += 1;
            return Ok(None);
        }
        let cut_off = fields.status.is_some_and(|status| status != Status::Confirmed);
        let ends_sessions = cut_off || fields.level.is_some();
        let username = fields.username.clone().or_else(|| user.username.clone());
        let username = username.filter(|name| !name.is_empty());
        let home = if fields.status == Some(Status::Confirmed) && rows.home(user.id)?.is_none() {
            homes::new_home(rows, user.id, username.as_deref())?
        } else {
            Vec::new()
        };
        tally.accounts += 1;
        tally.sessions += if ends_sessions { rows.marked_active(user.id)? } else { 0 };
        tally.directories += home.len() as u64;
        Ok(Some(Self { id: user.id, fields, ends_sessions, home, username }))
    }

    fn carry_out(self, rows: &mut dyn Write, now: Timestamp) -> Result<(), Failure> {
        rows.update_user(now, self.id, &self.fields)?;
        if self.ends_sessions {
            rows.end_sessions_of(self.id, None)?;
        }
        homes::make(rows, now, self.id, self.username.as_deref(), &self.home)
    }
}

/// Sets those fields of an account that differ from what stands, and does what that brings with it.
pub(in super::super) fn change_to(
    rows: &mut dyn Write,
    now: Timestamp,
    user: &User,
    fields: Fields,
    tally: &mut Tally,
) -> Result<(), Failure> {
    Change::plan(rows, user, fields, tally)?.map_or(Ok(()), |change| change.carry_out(rows, now))
}
