//! Undo and redo. A bulk action is undone as a unit, whoever performed it.
//!
//! The journal tells how things were before an action and after it. To undo an action is to make them as they were, if
//! they still are as the action left them. An undo is an action with journal entries of its own, so a redo undoes an
//! undo. Nothing restores a secret or a session that has ended. If some of the things were changed since a bulk
//! action, they are left as they are.

use crate::domain::journal::{Action, Entry, Outcome};
use crate::store::{ActorFilter, Read};

use super::bulk::{BulkAction, is_meanwhile, run_bulk};
use super::contract::{ActionSummary, Failure, FailureKind, Reply, Undo, UndoneBy};
use super::instance::Service;
use super::operation_conflicts::{require_finished, require_free_for_entry};
use super::request_context::RequestContext;
use super::transaction::{Snapshot, Transaction, with_snapshot};

mod home;
mod not_undone;
mod reversal;

use reversal::Reversal;

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Undo,
) -> Result<Reply, Failure> {
    let counted = context.counted.as_ref().and_then(|counted| counted.ids.first().copied());
    let undo = with_snapshot(service, context, |snapshot| {
        let Snapshot { rows, principal, .. } = snapshot;
        if let Some(seq) = counted {
            // The action that was counted, though a newer one may have been performed since.
            return UndoAction::of(rows, &rows.entry(seq)?.ok_or_else(|| nothing("undo"))?);
        }
        let commands = || ActorFilter::Commands(service.host.user.clone());
        let actor = principal.session().map_or_else(commands, ActorFilter::Session);
        match request {
            Undo::Last => last(snapshot, &actor),
            Undo::Redo => last_undone(snapshot, &actor),
            Undo::Entry(seq) => named(snapshot, seq),
        }
    })?;
    let result = run_bulk(service, context, &undo);
    not_undone::with_left(service, context, &undo, result)
}

/// Returns the action of an entry, or `None` if another program overwrote it.
fn action(entry: &Entry) -> Option<Action> {
    Action::parse(&entry.action)
}

/// Returns true for a log-in or a log-out, which is neither undone nor keeps an older action from being undone.
fn is_coming_or_going(action: Option<Action>) -> bool {
    action.is_some_and(|action| action.row().undone_by == UndoneBy::Skipped)
}

fn nothing(what: &str) -> Failure {
    Failure::new(FailureKind::NotFound, format!("Nothing to {what}."))
}

/// Returns true if an action can still be undone. If it was undone in part, the things that were changed since do not
/// count: otherwise it would keep all older actions from being undone.
fn is_open(snapshot: Snapshot<'_>, act: i64) -> Result<bool, Failure> {
    let entries = snapshot.rows.entries_to_undo(act)?;
    if entries.is_empty() || !snapshot.rows.is_undone_in_part(act)? {
        return Ok(!entries.is_empty());
    }
    for seq in entries {
        if let Some(entry) = snapshot.rows.entry(seq)?
            && Reversal::of(snapshot, &entry).is_ok()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the newest action of an actor that is not undone.
fn last(snapshot: Snapshot<'_>, actor: &ActorFilter) -> Result<UndoAction, Failure> {
    let rows = snapshot.rows;
    let mut before = i64::MAX;
    while let Some(entry) = rows.previous_action(actor, before)? {
        before = entry.seq;
        require_finished(rows, entry.seq)?;
        let passed = is_coming_or_going(action(&entry)) || action(&entry) == Some(Action::Undone);
        if !passed && is_open(snapshot, entry.seq)? {
            return UndoAction::of(rows, &entry);
        }
    }
    Err(nothing("undo").hint("Actions of others, and older ones, are undone from the journal."))
}

/// Returns the action that an actor undid last, if the actor has done nothing else since.
fn last_undone(snapshot: Snapshot<'_>, actor: &ActorFilter) -> Result<UndoAction, Failure> {
    let rows = snapshot.rows;
    let mut before = i64::MAX;
    while let Some(entry) = rows.previous_action(actor, before)? {
        before = entry.seq;
        require_finished(rows, entry.seq)?;
        match action(&entry) {
            Some(Action::Undone) if is_open(snapshot, entry.seq)? => {
                return UndoAction::of(rows, &entry);
            }
            Some(Action::Undone | Action::Redone) => {}
            action if is_coming_or_going(action) => {}
            Some(_) | None => break,
        }
    }
    Err(nothing("redo"))
}

/// Returns the action that an entry belongs to. To undo an action that was undone and redone is to undo the redo; the
/// same holds for the entry of an undo.
fn named(snapshot: Snapshot<'_>, seq: i64) -> Result<UndoAction, Failure> {
    let Snapshot { rows, principal, .. } = snapshot;
    let missing = || Failure::new(FailureKind::NotFound, format!("There is no entry {seq}."));
    let sees = |entry: &Entry| {
        entry.object.account.map_or(principal.scope().is_none(), |owner| principal.sees(owner))
    };
    let mut entry = rows.entry(seq)?.filter(sees).ok_or_else(missing)?;
    if entry.outcome == Outcome::Refused {
        let message = format!("Entry {seq} was refused: it changed nothing.");
        return Err(Failure::new(FailureKind::Conflict, message));
    }
    let first = entry.clone();
    let mut is_undone = false;
    while let Some(by) = rows.undone_by(entry.seq)? {
        entry = rows.entry(by)?.ok_or_else(missing)?;
        is_undone = !is_undone;
    }
    if is_undone && !rows.entries_to_undo(first.act)?.is_empty() {
        // Some entries of its action are left.
        return UndoAction::of(rows, &first);
    }
    if is_undone {
        let message = format!("Entry {seq} is already undone, by entry {}.", entry.seq);
        return Err(Failure::new(FailureKind::Conflict, message));
    }
    UndoAction::of(rows, &entry)
}

/// The undo or redo of an action.
struct UndoAction {
    /// The first entry of the action.
    act: i64,
    /// [`Action::Undone`], or [`Action::Redone`] if the action is itself an undo.
    action: Action,
    /// The action that was performed first.
    of: Option<Action>,
    /// The action changed several things, or several of them are left to be undone.
    several: bool,
}

impl UndoAction {
    fn of(rows: &dyn Read, entry: &Entry) -> Result<Self, Failure> {
        let again = action(entry) == Some(Action::Undone);
        let mut first = entry.clone();
        while let Some(before) = first.undoes.map(|seq| rows.entry(seq)).transpose()?.flatten() {
            first = before;
        }
        let undo = if again { Action::Redone } else { Action::Undone };
        let several = rows.entries_to_undo(entry.act)?.len() > 1;
        Ok(Self { act: entry.act, action: undo, of: action(&first), several })
    }
}

impl BulkAction for UndoAction {
    type Plan = (i64, Reversal);

    fn action(&self) -> Action {
        self.action
    }

    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        let entries = snapshot.rows.entries_to_undo(self.act)?;
        if entries.is_empty() {
            let message = format!("Entry {} is already undone.", self.act);
            return Err(Failure::new(FailureKind::Conflict, message));
        }
        Ok(entries)
    }

    fn plan(&self, snapshot: Snapshot<'_>, seq: i64) -> Result<(ActionSummary, Self::Plan), Failure> {
        let entry = snapshot.rows.entry(seq)?.ok_or_else(|| nothing("undo"))?;
        if let Some(by) = snapshot.rows.undone_by(seq)? {
            let message = format!("Entry {seq} is already undone, by entry {by}.");
            return Err(Failure::new(FailureKind::Conflict, message));
        }
        // To undo an entry is to change the same thing the other way round.
        let images = (&entry.after, &entry.before);
        require_free_for_entry(snapshot.rows, self.action, &entry.object, images, None)?;
        let (summary, reversal) = Reversal::of(snapshot, &entry)?;
        let (label, ids) = (Some(entry.object.label), entry.object.id.into_iter().collect());
        let entry = Some(self.act);
        let own = reversal.own(snapshot);
        Ok((
            ActionSummary { action: self.action, of: self.of, entry, label, ids, own, ..summary },
            (seq, reversal),
        ))
    }

    fn execute(&self, tx: &mut Transaction<'_>, (seq, reversal): Self::Plan) -> Result<(), Failure> {
        tx.journal.undoes = Some(seq);
        reversal.execute(tx, self.action)
    }

    /// Orders the entries so that the last change is undone first.
    fn order(&self, entries: &mut [i64]) {
        entries.reverse();
    }

    fn skips_conflicts(&self) -> bool {
        self.several
    }

    /// Leaves out things that are no longer as the action left them: the operator does not mean to undo these.
    fn leaves_out(&self, failure: &Failure, _in_one: bool) -> bool {
        self.several && is_meanwhile(failure)
    }

    fn removed_admins(&self, snapshot: Snapshot<'_>, chosen: &[i64]) -> Result<Vec<i64>, Failure> {
        let mut removed_admins = Vec::new();
        for seq in chosen {
            let entry = snapshot.rows.entry(*seq)?.filter(reversal::removes_admin);
            // An entry that is left as it is removes no admin.
            let entry = entry.filter(|entry| Reversal::of(snapshot, entry).is_ok());
            removed_admins.extend(entry.and_then(|entry| entry.object.id));
        }
        removed_admins.sort_unstable();
        Ok(removed_admins)
    }
}

#[cfg(test)]
mod tests;
