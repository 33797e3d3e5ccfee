//! Where an account stands, its status and its level, and all that goes with a change of them: homes made, sessions
//! ended, the account removed.

use crate::domain::dependents::Target;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{EntityRef, FieldValues, MADE, SESSIONS_ENDED};
use crate::domain::operation::Touched;
use crate::domain::session::EndReason;
use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, Fields, Status, User, UserId, Who};
use crate::store::{Read, Write};

use super::super::bulk::{BulkAction, Snapshot};
use super::super::contract::{AccountSelection, Action, ActionSummary, Failure, Own};
use super::super::dependents::with_rows_of_others;
use super::super::journal_writer::JournalWriter;
use super::super::operator::Principal;
use super::super::{Transaction, bin, homes, journal, journal_writer, lookup};
use super::differing;

/// Sets the status or the level of accounts.
pub(in super::super) struct StatusChange {
    people: AccountSelection,
    action: Action,
    /// What only an admin may.
    what: &'static str,
    fields: Fields,
}

pub(in super::super) fn confirm(people: AccountSelection) -> StatusChange {
    let fields = Fields { status: Some(Status::Confirmed), ..Fields::default() };
    StatusChange { people, action: Action::Confirmed, what: "confirm accounts", fields }
}

pub(in super::super) fn suspend(people: AccountSelection) -> StatusChange {
    let fields = Fields { status: Some(Status::Suspended), ..Fields::default() };
    StatusChange { people, action: Action::Suspended, what: "suspend accounts", fields }
}

pub(in super::super) fn set_level(people: AccountSelection, level: AccessLevel) -> StatusChange {
    let action = match level {
        AccessLevel::Admin => Action::Promoted,
        AccessLevel::User => Action::Demoted,
    };
    let fields = Fields { level: Some(level), ..Fields::default() };
    StatusChange { people, action, what: "change access levels", fields }
}

impl BulkAction for StatusChange {
    type Plan = Option<Change>;

    fn action(&self) -> Action {
        self.action
    }

    fn permit(&self, principal: &Principal) -> Result<(), Failure> {
        principal.admin_only(self.what)
    }

    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        snapshot.people(&self.people)
    }

    fn filter(&self) -> Option<(ListKind, &Filter)> {
        Some((ListKind::Users, self.people.filter()?))
    }

    fn own(&self, principal: &Principal) -> Option<(i64, Own)> {
        let takes = own_effect(&self.fields);
        takes.logs_out().then_some((principal.account()?, takes))
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Option<Change>), Failure> {
        let user = snapshot.account(&Who::Id(UserId(id)))?;
        snapshot.require_free(&Touched { account: Some(user.id), ..Touched::default() })?;
        let mut summary = lookup::about(ActionSummary::new(self.action), &user);
        let change = Change::plan(snapshot.rows, snapshot.now, &user, self.fields.clone(), &mut summary)?;
        Ok((summary, change))
    }

    fn execute(&self, tx: &mut Transaction<'_>, change: Option<Change>) -> Result<(), Failure> {
        let Some(change) = change else { return Ok(()) };
        change.execute(tx.rows, tx.now, &tx.journal)?;
        Ok(tx.note(self.action, change.object.clone(), change.before(), change.after())?)
    }

    fn removed_admins(&self, _: Snapshot<'_>, chosen: &[i64]) -> Result<Vec<i64>, Failure> {
        let disarms = matches!(self.action, Action::Suspended | Action::Demoted);
        Ok(if disarms { chosen.to_vec() } else { Vec::new() })
    }
}

/// Moves accounts with their sessions and directories into the bin.
pub(in super::super) struct Deletion(pub(in super::super) AccountSelection);

impl BulkAction for Deletion {
    type Plan = (User, ActionSummary);

    fn action(&self) -> Action {
        Action::Deleted
    }

    fn permit(&self, principal: &Principal) -> Result<(), Failure> {
        principal.admin_only("delete accounts")
    }

    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        snapshot.people(&self.0)
    }

    fn filter(&self) -> Option<(ListKind, &Filter)> {
        Some((ListKind::Users, self.0.filter()?))
    }

    fn own(&self, principal: &Principal) -> Option<(i64, Own)> {
        Some((principal.account()?, Own::Account))
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Self::Plan), Failure> {
        let user = snapshot.account(&Who::Id(UserId(id)))?;
        let account = Some(user.id);
        snapshot.require_free(&Touched { account, takes_directories: true, ..Touched::default() })?;
        let summary = ActionSummary {
            accounts: 1,
            sessions: snapshot.rows.session_count(user.id)?,
            directories: snapshot.rows.directory_count(user.id)?,
            ..ActionSummary::new(Action::Deleted)
        };
        let summary = summary.with_dependents(snapshot.dependents(Target::Account(user.id), user.label())?);
        let summary = lookup::about(summary, &user);
        Ok((summary.clone(), (user, summary)))
    }

    fn execute(&self, tx: &mut Transaction<'_>, (user, summary): Self::Plan) -> Result<(), Failure> {
        let before = with_rows_of_others(bin::with_belongings(journal::image(&user), &summary), &summary);
        let after = tx.bin_account(user.id, None)?;
        Ok(tx.note(Action::Deleted, journal_writer::account(&user), before, after)?)
    }

    fn removed_admins(&self, _: Snapshot<'_>, chosen: &[i64]) -> Result<Vec<i64>, Failure> {
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
    object: EntityRef,
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
        summary: &mut ActionSummary,
    ) -> Result<Option<Self>, Failure> {
        let fields = differing(fields, &user.fields());
        if fields == Fields::default() {
            summary.unchanged += 1;
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
        summary.accounts += 1;
        summary.sessions += sessions;
        summary.ended += if ends_sessions.is_some() { user.active_sessions } else { 0 };
        summary.changes_level |= fields.level.is_some();
        summary.cuts_off |= cut_off;
        summary.directories += home.len() as u64;
        let (object, was) = (journal_writer::account(user), held_to(user.fields(), &fields));
        Ok(Some(Self { object, id: user.id, was, fields, ends_sessions, sessions, home, username }))
    }

    /// Returns what it does to the operator, if the account is their own.
    pub(in super::super) fn own(&self, principal: &Principal) -> Own {
        if principal.account() == Some(self.id.0) { own_effect(&self.fields) } else { Own::Untouched }
    }

    /// Makes no home. How many directories that spares.
    pub(in super::super) fn leave_home(&mut self) -> u64 {
        std::mem::take(&mut self.home).len() as u64
    }

    /// What changes, as it was.
    pub(in super::super) fn before(&self) -> FieldValues {
        journal_writer::fields(&self.was)
    }

    /// The same as it is afterwards, and what that brought with it.
    pub(in super::super) fn after(&self) -> FieldValues {
        let image = journal_writer::fields(&self.fields).with_count(SESSIONS_ENDED, self.sessions);
        if self.home.is_empty() { image } else { image.with(MADE, self.home.clone()) }
    }

    pub(in super::super) fn execute(
        &self,
        rows: &mut dyn Write,
        now: Timestamp,
        by: &JournalWriter,
    ) -> Result<(), Failure> {
        rows.update_user(now, self.id, &self.fields)?;
        if let Some(reason) = self.ends_sessions {
            rows.end_sessions_of(self.id, None, &by.ends(reason))?;
        }
        homes::make(rows, now, self.id, self.username.as_deref(), &self.home)
    }
}

/// Keeps the fields that are set in `others` too.
fn held_to(fields: Fields, others: &Fields) -> Fields {
    fields.filter(|spec, _| spec.value(others).is_some())
}

/// Sets those fields of an account that differ from what stands, and does what that brings with it: what changed, if
/// anything did.
pub(in super::super) fn change_to(
    rows: &mut dyn Write,
    now: Timestamp,
    by: &JournalWriter,
    user: &User,
    fields: Fields,
    summary: &mut ActionSummary,
) -> Result<Option<Change>, Failure> {
    let change = Change::plan(rows, now, user, fields, summary)?;
    change.as_ref().map_or(Ok(()), |change| change.execute(rows, now, by))?;
    Ok(change)
}
