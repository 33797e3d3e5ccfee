//! Changes of an account's status and level, and everything that goes with them: homes made, sessions ended, the
//! account removed.

use crate::domain::dependents::DeletionTarget;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{EntityRef, FieldValues, MADE, SESSIONS_ENDED};
use crate::domain::operation::Touched;
use crate::domain::session::EndReason;
use crate::domain::text::excerpt;
use crate::domain::user::{AccessLevel, Fields, Shut, Status, User, UserId, Who};

use super::bulk::{BulkAction, run_bulk};
use super::contract::{
    AccountAction, AccountSelection, Action, ActionSummary, Failure, FailureKind, Own, Reply,
};
use super::dependents::{self, with_belongings, with_rows_of_others};
use super::instance::Service;
use super::operator::Principal;
use super::request_context::RequestContext;
use super::throttle::{Unlock, forgotten_failures, has_failures, lift};
use super::transaction::{Snapshot, Transaction};
use super::{bin, homes, journal, journal_writer, lookup};

/// Performs an action that needs nothing but the accounts.
pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    action: AccountAction,
    accounts: AccountSelection,
) -> Result<Reply, Failure> {
    match action {
        AccountAction::Confirm => run_bulk(service, context, &confirm(accounts)),
        AccountAction::Suspend => run_bulk(service, context, &suspend(accounts)),
        AccountAction::Promote => run_bulk(service, context, &set_level(accounts, AccessLevel::Admin)),
        AccountAction::Demote => run_bulk(service, context, &set_level(accounts, AccessLevel::User)),
        AccountAction::Unlock => run_bulk(service, context, &Unlock(accounts)),
        AccountAction::Delete => run_bulk(service, context, &delete(accounts)),
        AccountAction::Reject => {
            if context.reason.is_none() && !context.dry_run {
                let failure = Failure::new(FailureKind::Invalid, "A rejection needs a reason.");
                return Err(failure.hint("Say why, for whoever looks for the account later."));
            }
            run_bulk(service, context, &reject(accounts))
        }
    }
}

/// A change of the status or the level of accounts.
pub(super) struct StatusChange {
    accounts: AccountSelection,
    action: Action,
    /// The words for what only an admin may do.
    right: &'static str,
    fields: Fields,
}

/// A planned change of an account's status or level.
pub(super) struct PlannedStatus {
    change: Option<FieldChange>,
    /// The account, if waits after failed log-ins are lifted.
    waits_of: Option<User>,
}

pub(super) fn confirm(accounts: AccountSelection) -> StatusChange {
    let fields = Fields { status: Some(Status::Confirmed), ..Fields::default() };
    StatusChange { accounts, action: Action::Confirmed, right: "confirm accounts", fields }
}

pub(super) fn suspend(accounts: AccountSelection) -> StatusChange {
    let fields = Fields { status: Some(Status::Suspended), ..Fields::default() };
    StatusChange { accounts, action: Action::Suspended, right: "suspend accounts", fields }
}

fn set_level(accounts: AccountSelection, level: AccessLevel) -> StatusChange {
    let action = match level {
        AccessLevel::Admin => Action::Promoted,
        AccessLevel::User => Action::Demoted,
    };
    let fields = Fields { level: Some(level), ..Fields::default() };
    StatusChange { accounts, action, right: "change access levels", fields }
}

impl BulkAction for StatusChange {
    type Plan = PlannedStatus;

    fn action(&self) -> Action {
        self.action
    }

    fn permit(&self, principal: &Principal) -> Result<(), Failure> {
        principal.admin_only(self.right)
    }

    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        snapshot.accounts(&self.accounts)
    }

    fn filter(&self) -> Option<(ListKind, &Filter)> {
        Some((ListKind::Users, self.accounts.filter()?))
    }

    fn own(&self, principal: &Principal) -> Option<(i64, Own)> {
        let takes = own_effect(&self.fields);
        takes.logs_out().then_some((principal.account()?, takes))
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, PlannedStatus), Failure> {
        let user = snapshot.account(&Who::Id(UserId(id)))?;
        snapshot.require_free(&Touched { account: Some(user.id), ..Touched::default() })?;
        let mut summary = lookup::about(ActionSummary::new(self.action), &user);
        let change = FieldChange::plan(snapshot, &user, self.fields.clone(), &mut summary)?;
        // Whoever lets an account in lets it in now.
        let lifts_waits = self.action == Action::Confirmed && has_failures(snapshot, user.id)?;
        if lifts_waits && change.is_none() {
            summary = ActionSummary { accounts: 1, unchanged: 0, ..summary };
        }
        Ok((summary, PlannedStatus { change, waits_of: lifts_waits.then_some(user) }))
    }

    fn execute(&self, tx: &mut Transaction<'_>, plan: PlannedStatus) -> Result<(), Failure> {
        let PlannedStatus { change, waits_of } = plan;
        let (mut before, mut after) = (FieldValues::new(), FieldValues::new());
        if let Some(change) = &change {
            change.execute(tx)?;
            (before, after) = (change.before(), change.after());
        }
        if let Some(user) = &waits_of {
            (before, after) = forgotten_failures(lift(tx, user)?, (before, after));
        }
        let waiting = waits_of.as_ref().map(journal_writer::account);
        let Some(object) = change.map(|change| change.object).or(waiting) else { return Ok(()) };
        Ok(tx.note(self.action, object, before, after)?)
    }

    fn removed_admins(&self, _: Snapshot<'_>, chosen: &[i64]) -> Result<Vec<i64>, Failure> {
        let disarms = own_effect(&self.fields).logs_out();
        Ok(if disarms { chosen.to_vec() } else { Vec::new() })
    }
}

/// The deletion or rejection of accounts: they move to the bin with their sessions and directories.
pub(super) struct Deletion {
    accounts: AccountSelection,
    action: Action,
    /// The words for what only an admin may do.
    right: &'static str,
    /// The only status that the accounts may have.
    only: Option<Status>,
}

pub(super) const fn delete(accounts: AccountSelection) -> Deletion {
    Deletion { accounts, action: Action::Deleted, right: "delete accounts", only: None }
}

const fn reject(accounts: AccountSelection) -> Deletion {
    Deletion { accounts, action: Action::Rejected, right: "reject accounts", only: Some(Status::Pending) }
}

impl Deletion {
    /// Refuses an account whose status is another one than it may have.
    ///
    /// # Errors
    /// [`FailureKind::Conflict`].
    fn suits(&self, user: &User) -> Result<(), Failure> {
        let Some(only) = self.only.filter(|only| user.status != *only) else { return Ok(()) };
        let (label, status) = (excerpt(user.label()), user.status.word());
        let message = format!("{label} is {status}: only {} accounts can be rejected.", only.word());
        Err(Failure::new(FailureKind::Conflict, message).hint("Suspend or delete the account instead."))
    }
}

impl BulkAction for Deletion {
    type Plan = (User, ActionSummary);

    fn action(&self) -> Action {
        self.action
    }

    fn permit(&self, principal: &Principal) -> Result<(), Failure> {
        principal.admin_only(self.right)
    }

    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        snapshot.accounts(&self.accounts)
    }

    fn filter(&self) -> Option<(ListKind, &Filter)> {
        Some((ListKind::Users, self.accounts.filter()?))
    }

    fn own(&self, principal: &Principal) -> Option<(i64, Own)> {
        Some((principal.account()?, Own::Account))
    }

    fn plan(&self, snapshot: Snapshot<'_>, id: i64) -> Result<(ActionSummary, Self::Plan), Failure> {
        let user = snapshot.account(&Who::Id(UserId(id)))?;
        self.suits(&user)?;
        let account = Some(user.id);
        snapshot.require_free(&Touched { account, takes_directories: true, ..Touched::default() })?;
        let summary = ActionSummary {
            accounts: 1,
            sessions: snapshot.rows.session_count(user.id)?,
            directories: snapshot.rows.directory_count(user.id)?,
            ..ActionSummary::new(self.action)
        };
        let summary = summary.with_dependents(dependents::find(
            snapshot,
            DeletionTarget::Account(user.id),
            user.label(),
        )?);
        let summary = lookup::about(summary, &user);
        Ok((summary.clone(), (user, summary)))
    }

    fn execute(&self, tx: &mut Transaction<'_>, (user, summary): Self::Plan) -> Result<(), Failure> {
        let before = with_rows_of_others(with_belongings(journal::image(&user), &summary), &summary);
        let after = bin::delete_account(tx, user.id, None)?;
        Ok(tx.note(self.action, journal_writer::account(&user), before, after)?)
    }

    fn removed_admins(&self, _: Snapshot<'_>, chosen: &[i64]) -> Result<Vec<i64>, Failure> {
        Ok(chosen.to_vec())
    }
}

/// The key in the journal that tells that an account is not idle any more.
const IDLENESS: &str = "idleness";

/// Returns true if an account with these fields can no longer log in.
fn is_cut_off(fields: &Fields) -> bool {
    fields.status.is_some_and(|status| status != Status::Confirmed)
}

/// Returns what operators lose who get these fields themselves. A level that changes can only be an admin's, because
/// nobody else changes levels.
fn own_effect(fields: &Fields) -> Own {
    if is_cut_off(fields) {
        Own::Account
    } else if fields.level == Some(AccessLevel::User) {
        Own::Level
    } else {
        Own::Untouched
    }
}

/// The planned change of one account's fields.
pub(super) struct FieldChange {
    object: EntityRef,
    id: UserId,
    /// The earlier values of the fields that change.
    was: Fields,
    fields: Fields,
    /// True if the account can no longer log in.
    cuts_off: bool,
    /// True if it begins anew to be counted for how long it is idle.
    ends_idleness: bool,
    /// The reason for which its sessions end, if they do.
    ends_sessions: Option<EndReason>,
    /// The number of sessions that end.
    sessions: u64,
    /// The missing directories of its home, and the username with which they are made.
    home: Vec<String>,
    username: Option<String>,
}

impl FieldChange {
    /// Plans a change: the fields that differ from the present ones, and what follows from a new status, level or date. An
    /// account that is no longer usable, or has another level, loses its sessions, because they were opened with other
    /// rights. An account that becomes confirmed gets a home.
    pub(super) fn plan(
        snapshot: Snapshot<'_>,
        user: &User,
        fields: Fields,
        summary: &mut ActionSummary,
    ) -> Result<Option<Self>, Failure> {
        // To confirm an account that is idle for too long is to begin anew.
        let is_idle = matches!(user.shut(snapshot.now), Some(Shut::Idle(_)));
        let is_confirmed = user.status == Status::Confirmed;
        let ends_idleness = fields.status == Some(Status::Confirmed)
            && (is_idle || !is_confirmed && snapshot.rows.idle_rule()?.is_some());
        let fields = differing(fields, &user.fields());
        if fields == Fields::default() && !ends_idleness {
            summary.unchanged += 1;
            return Ok(None);
        }
        let Snapshot { rows, now, .. } = snapshot;
        bin::not_held(rows, now, &fields)?;
        let is_dated = fields.valid_from.is_some() || fields.expires_on.is_some();
        let is_out_of_dates = is_dated && fields.clone().or(&user.fields()).are_out_of_dates(now);
        let cuts_off = is_cut_off(&fields) || is_out_of_dates;
        let ends_sessions = match fields.status {
            Some(Status::Suspended) => Some(EndReason::Suspended),
            Some(Status::Pending) => Some(EndReason::Unconfirmed),
            Some(Status::Confirmed) | None if is_out_of_dates => Some(EndReason::AccountNotValid),
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
        summary.cuts_off |= cuts_off;
        summary.directories += home.len() as u64;
        let (object, was) = (journal_writer::account(user), held_to(user.fields(), &fields));
        Ok(Some(Self {
            object,
            id: user.id,
            was,
            fields,
            cuts_off,
            ends_idleness,
            ends_sessions,
            sessions,
            home,
            username,
        }))
    }

    /// Returns what the change takes away from the operator, if the account is their own.
    pub(super) fn own(&self, principal: &Principal) -> Own {
        match principal.account() {
            Some(own) if own == self.id.0 && self.cuts_off => Own::Account,
            Some(own) if own == self.id.0 => own_effect(&self.fields),
            Some(_) | None => Own::Untouched,
        }
    }

    /// Leaves out the home. Returns the number of directories that are not made.
    pub(super) fn leave_home(&mut self) -> u64 {
        std::mem::take(&mut self.home).len() as u64
    }

    /// Returns the earlier values of the fields that change.
    pub(super) fn before(&self) -> FieldValues {
        journal_writer::fields(&self.was)
    }

    /// Returns the new values of the fields that change, and what followed from them.
    pub(super) fn after(&self) -> FieldValues {
        let image = journal_writer::fields(&self.fields).with_count(SESSIONS_ENDED, self.sessions);
        let image = if self.ends_idleness && self.fields == Fields::default() {
            image.with(IDLENESS, "ended")
        } else {
            image
        };
        if self.home.is_empty() { image } else { image.with(MADE, self.home.clone()) }
    }

    pub(super) fn execute(&self, tx: &mut Transaction<'_>) -> Result<(), Failure> {
        if self.fields.level.is_some() {
            tx.require_proof()?;
        }
        tx.rows.update_user(tx.now, self.id, &self.fields)?;
        if self.ends_idleness {
            tx.rows.restart_idle(tx.now, self.id)?;
        }
        if let Some(reason) = self.ends_sessions {
            tx.rows.end_sessions_of(self.id, None, &tx.journal.ends(reason))?;
        }
        homes::make(tx, self.id, self.username.as_deref(), &self.home)
    }
}

/// Returns the set fields that differ from the present ones.
pub(super) fn differing(asked: Fields, now: &Fields) -> Fields {
    asked.filter(|spec, value| spec.value(now) != Some(value))
}

/// Keeps the set fields that are set in `others` too.
fn held_to(fields: Fields, others: &Fields) -> Fields {
    fields.filter(|spec, _| spec.value(others).is_some())
}

/// Plans and executes a change of an account's fields. Returns the change, or `None` if no field differs.
pub(super) fn change_to(
    tx: &mut Transaction<'_>,
    user: &User,
    fields: Fields,
    summary: &mut ActionSummary,
) -> Result<Option<FieldChange>, Failure> {
    let change = FieldChange::plan(tx.snapshot(), user, fields, summary)?;
    change.as_ref().map_or(Ok(()), |change| change.execute(tx))?;
    Ok(change)
}
