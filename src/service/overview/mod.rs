//! The overview: the state of the service at a glance, or that of a plain user's own account.

use crate::domain::filter::{Filter, Since, Test};
use crate::domain::journal::{Action, Entry, JournalColumn, Outcome};
use crate::domain::page::{Anchor, RowRange, Sort};
use crate::domain::time::Timestamp;
use crate::domain::user::{UserId, Who};
use crate::store::ListOf;

use super::contract::{
    Failure, Metrics, OthersAction, Overview, Reply, SinceLastVisit, StoreOverview, UndoneBy,
};
use super::instance::Service;
use super::request_context::RequestContext;
use super::transaction::{Snapshot, with_snapshot};

/// The most journal entries that are looked at for what others did, the newest first.
const MOST_ENTRIES: u32 = 500;

pub(super) fn perform(service: &Service, context: &RequestContext<'_>) -> Result<Reply, Failure> {
    let unread = store_unread(service);
    with_snapshot(service, context, |snapshot| {
        let of = snapshot.principal.scope();
        let store = || read_store(snapshot, unread);
        Ok(Reply::Overview(Box::new(Overview {
            at: snapshot.now,
            figures: snapshot.rows.figures(snapshot.now, of)?,
            since: since_last_visit(snapshot)?,
            store: if of.is_none() { Some(store()?) } else { None },
        })))
    })
}

/// Returns the figures that a monitoring system collects.
pub(super) fn metrics(service: &Service, context: &RequestContext<'_>) -> Result<Reply, Failure> {
    let unread = store_unread(service);
    with_snapshot(service, context, |snapshot| {
        snapshot.principal.admin_only("read the figures of the store")?;
        let totals = snapshot.rows.totals(snapshot.now)?;
        let store = read_store(snapshot, unread)?;
        Ok(Reply::Metrics(Box::new(Metrics { at: snapshot.now, totals, store })))
    })
}

/// Returns the place of the store, and true if damage was found in it.
fn store_unread(service: &Service) -> (String, bool) {
    (service.store.location(), service.store.damage().is_some())
}

fn read_store(
    snapshot: Snapshot<'_>,
    (location, is_damaged): (String, bool),
) -> Result<StoreOverview, Failure> {
    let (facts, times) = (snapshot.rows.store_facts()?, snapshot.rows.check_times()?);
    Ok(StoreOverview { location, facts, sound_at: times.sound_at, is_damaged })
}

/// Returns what happened since the log-in before the present one; `None` for a caller without an account.
fn since_last_visit(snapshot: Snapshot<'_>) -> Result<Option<SinceLastVisit>, Failure> {
    let Ok(user) = snapshot.principal.user() else { return Ok(None) };
    let own = user.id;
    let log_ins = log_ins_of(own, Outcome::Done);
    let newest = newest_entries(snapshot, log_ins, None, 2)?.0;
    let present = snapshot.principal.session();
    let is_present = |entry: &Entry| present.is_some() && entry.object.id == present;
    let Some(last) = newest.into_iter().find(|entry| !is_present(entry)) else {
        return Ok(Some(SinceLastVisit::default()));
    };
    let (entries, total) =
        newest_entries(snapshot, Filter::default(), snapshot.principal.scope(), MOST_ENTRIES)?;
    let reaches_back =
        (entries.len() as u64) == total || entries.last().is_some_and(|entry| entry.seq <= last.seq);
    let since = entries.into_iter().take_while(|entry| entry.seq > last.seq);
    let others = summed(since.filter(|entry| entry.actor.account != Some(own)));
    let (own_failures, failed_from) = failures_since(snapshot, own, last.at)?;
    Ok(Some(SinceLastVisit {
        last_log_in: last.at,
        others,
        is_cut: !reaches_back,
        own_failures,
        failed_from,
    }))
}

/// Returns the filter for an account's log-ins with an outcome.
fn log_ins_of(account: UserId, outcome: Outcome) -> Filter {
    Filter::of_account(Who::Id(account)).and(Test::Action(Action::LoggedIn)).and(Test::Outcome(outcome))
}

/// Returns the newest entries that match, and the number of all.
fn newest_entries(
    snapshot: Snapshot<'_>,
    filter: Filter,
    scope: Option<UserId>,
    most: u32,
) -> Result<(Vec<Entry>, u64), Failure> {
    let sort = Sort { column: JournalColumn::Seq, descending: true };
    let list = ListOf { filter, scope, sort };
    let range = RowRange { anchor: Anchor::Position(0), before: 0, len: most };
    let window = snapshot.rows.journal(snapshot.now, &list, range)?;
    Ok((window.rows, window.total))
}

/// Returns the number of failed log-ins on an account since a time, and the place of the newest.
fn failures_since(
    snapshot: Snapshot<'_>,
    own: UserId,
    since: Option<Timestamp>,
) -> Result<(u64, Option<String>), Failure> {
    let Some(since) = since else { return Ok((0, None)) };
    let ago = Test::Since(Since::Ago(snapshot.now - since));
    let filter = log_ins_of(own, Outcome::Refused).and(ago);
    let (newest, total) = newest_entries(snapshot, filter, None, 1)?;
    Ok((total, newest.into_iter().next().map(|entry| entry.origin.place)))
}

/// Sums up the entries by actor, action and kind, in the order in which each was found first. What was denied, and what
/// only records that somebody came, went or looked, is left out.
fn summed(entries: impl Iterator<Item = Entry>) -> Vec<OthersAction> {
    let mut sums: Vec<OthersAction> = Vec::new();
    for entry in entries {
        let Some(action) = Action::parse(&entry.action).filter(|action| tells(*action)) else { continue };
        if entry.outcome == Outcome::Refused {
            continue;
        }
        let is_command = entry.actor.account.is_none();
        let same = |sum: &&mut OthersAction| {
            sum.action == action
                && sum.kind == entry.object.kind
                && sum.is_command == is_command
                && sum.actor == entry.actor.name
        };
        if let Some(sum) = sums.iter_mut().find(same) {
            sum.entries += 1;
            continue;
        }
        sums.push(OthersAction {
            actor: entry.actor.name,
            is_command,
            action,
            kind: entry.object.kind,
            label: entry.object.label,
            entries: 1,
            at: entry.at,
        });
    }
    sums
}

/// Returns true if an action is worth telling to somebody who was away.
fn tells(action: Action) -> bool {
    action != Action::Opened && action.row().undone_by != UndoneBy::Skipped
}

#[cfg(test)]
mod tests;
