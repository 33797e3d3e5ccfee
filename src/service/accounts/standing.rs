//! Where an account stands, its status and its level, and all that goes with a change of them: homes made, sessions
//! ended, the account removed.

use crate::domain::time::Timestamp;
use crate::domain::user::{AccessLevel, Fields, Status, User};
use crate::store::Write;

use super::super::contract::{Failure, People, Tally, Verb};
use super::super::{Act, homes, people};
use super::differing;

pub(super) fn confirm(act: &mut Act<'_>, people: &People) -> Result<Tally, Failure> {
    act.actor.admin_only("confirm accounts")?;
    let confirmed = Fields { status: Some(Status::Confirmed), ..Fields::default() };
    set(act, Verb::Confirmed, people, &confirmed)
}

pub(super) fn suspend(act: &mut Act<'_>, people: &People) -> Result<Tally, Failure> {
    act.actor.admin_only("suspend accounts")?;
    let suspended = Fields { status: Some(Status::Suspended), ..Fields::default() };
    set(act, Verb::Suspended, people, &suspended)
}

pub(super) fn set_level(act: &mut Act<'_>, people: &People, level: AccessLevel) -> Result<Tally, Failure> {
    act.actor.admin_only("change access levels")?;
    let verb = match level {
        AccessLevel::Admin => Verb::Promoted,
        AccessLevel::User => Verb::Demoted,
    };
    set(act, verb, people, &Fields { level: Some(level), ..Fields::default() })
}

pub(super) fn delete(act: &mut Act<'_>, people: &People) -> Result<Tally, Failure> {
    act.actor.admin_only("delete accounts")?;
    act.each(Verb::Deleted, people, |act, user, tally| {
        tally.sessions += act.session_count(user.id)?;
        tally.directories += act.rows.directory_count(user.id)?;
        tally.accounts += 1;
        Ok(act.rows.delete_user(user.id)?)
    })
}

fn set(act: &mut Act<'_>, verb: Verb, people: &People, fields: &Fields) -> Result<Tally, Failure> {
    act.each(verb, people, |act, user, tally| change_to(act.rows, act.now, user, fields.clone(), tally))
}

/// Sets those fields that differ from what stands, and does what a new status or level brings with it. An account that
/// is no longer confirmed, or has another level, loses its sessions: they were opened with other rights. One that
/// becomes confirmed has a home.
pub(in super::super) fn change_to(
    rows: &mut dyn Write,
    now: Timestamp,
    user: &User,
    fields: Fields,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let fields = differing(fields, &user.fields());
    if fields == Fields::default() {
        tally.unchanged += 1;
        return Ok(());
    }
    rows.update_user(now, user.id, &fields)?;
    tally.accounts += 1;
    let cut_off = fields.status.is_some_and(|status| status != Status::Confirmed);
    if cut_off || fields.level.is_some() {
        tally.sessions += rows.end_sessions_of(user.id, None)?;
    }
    if fields.status == Some(Status::Confirmed) && rows.home(user.id)?.is_none() {
        let user = people::known(rows, now, user.id)?;
        tally.directories += homes::provision(rows, now, &user)?;
    }
    Ok(())
}
