//! Acts taken back, and done again: whoever did them, as one where they were one.
//!
//! The journal says how things were before an act and after it. To undo it is to make them as they were, as long as
//! they still are as it left them; that is an act like any other, with entries of its own, and so to do it again is
//! to undo the undoing. What a secret was, and that a session had ended, nothing brings back. Of an act on many things,
//! those that somebody changed since are left as they are.

use crate::domain::journal::{Action, Entry, Outcome};
use crate::store::{ActorFilter, Read};

use super::bulk::{BulkAction, Snapshot, is_meanwhile, run_bulk};
use super::contract::{ActionSummary, Failure, FailureKind, Reply, Undo, UndoneBy};
use super::operations::require_free_for_entry;
use super::operator::Principal;
use super::{RequestContext, Service, Transaction, with_snapshot};

mod home;
mod left;
mod reversal;
#[cfg(test)]
mod tests;

use reversal::Reversal;

pub(super) fn perform(
    service: &mut Service,
    context: &mut RequestContext<'_>,
    request: Undo,
) -> Result<Reply, Failure> {
    let counted = context.counted.as_ref().and_then(|counted| counted.ids.first().copied());
    let act = with_snapshot(service, context, |rows, principal| {
        if let Some(seq) = counted {
            // The act that was counted, though a newer one may have been done since.
            return TakingBack::of(rows, &rows.entry(seq)?.ok_or_else(|| nothing("undo"))?);
        }
        let commands = || ActorFilter::Commands(service.host.user.clone());
        let hand = principal.session().map_or_else(commands, ActorFilter::Session);
        match request {
            Undo::Last => last(Snapshot { rows, principal, now: context.now }, &hand),
            Undo::Redo => last_undone(Snapshot { rows, principal, now: context.now }, &hand),
            Undo::Entry(seq) => named(rows, principal, seq),
        }
    })?;
    let result = run_bulk(service, context, &act);
    left::told(service, context, &act, result)
}

/// What an entry says was done; `None` where somebody wrote over it.
fn action(entry: &Entry) -> Option<Action> {
    Action::parse(&entry.action)
}

/// Whether an act is only about being there: neither undone nor in the way of undoing something else.
fn is_coming_or_going(action: Option<Action>) -> bool {
    action.is_some_and(|action| action.row().undone_by == UndoneBy::Skipped)
}

fn nothing(what: &str) -> Failure {
    Failure::new(FailureKind::NotFound, format!("Nothing to {what}."))
}

/// Returns whether an act can still be taken back. Of one that was taken back in part, what was changed since counts no
/// longer: else it would stand before all older acts for ever.
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

/// The newest act of a hand that is not undone.
fn last(snapshot: Snapshot<'_>, hand: &ActorFilter) -> Result<TakingBack, Failure> {
    let rows = snapshot.rows;
    let mut before = i64::MAX;
    while let Some(entry) = rows.previous_action(hand, before)? {
        before = entry.seq;
        let passed = is_coming_or_going(action(&entry)) || action(&entry) == Some(Action::Undone);
        if !passed && is_open(snapshot, entry.seq)? {
            return TakingBack::of(rows, &entry);
        }
    }
    Err(nothing("undo").hint("Acts of others, and older ones, are undone from the journal."))
}

/// The act that a hand undid last, if it has done nothing else since.
fn last_undone(snapshot: Snapshot<'_>, hand: &ActorFilter) -> Result<TakingBack, Failure> {
    let rows = snapshot.rows;
    let mut before = i64::MAX;
    while let Some(entry) = rows.previous_action(hand, before)? {
        before = entry.seq;
        match action(&entry) {
            Some(Action::Undone) if is_open(snapshot, entry.seq)? => {
                return TakingBack::of(rows, &entry);
            }
            Some(Action::Undone | Action::Redone) => {}
            action if is_coming_or_going(action) => {}
            Some(_) | None => break,
        }
    }
    Err(nothing("redo"))
}

/// The act that an entry is of. One that was undone and done again is undone by undoing the latter; so with the entry
/// of an undo.
fn named(rows: &dyn Read, principal: &Principal, seq: i64) -> Result<TakingBack, Failure> {
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
        // Of its act something is left.
        return TakingBack::of(rows, &first);
    }
    if is_undone {
        let message = format!("Entry {seq} is undone already, by entry {}.", entry.seq);
        return Err(Failure::new(FailureKind::Conflict, message));
    }
    TakingBack::of(rows, &entry)
}

/// Takes back an act.
struct TakingBack {
    /// Its first entry.
    act: i64,
    /// [`Action::Undone`], or of what was undone [`Action::Redone`].
    action: Action,
    /// What was done at first.
    of: Option<Action>,
    /// It changed several things, or several of them are left to be taken back.
    several: bool,
}

impl TakingBack {
    fn of(rows: &dyn Read, entry: &Entry) -> Result<Self, Failure> {
        let again = action(entry) == Some(Action::Undone);
        let mut first = entry.clone();
        while let Some(before) = first.undoes.map(|seq| rows.entry(seq)).transpose()?.flatten() {
            first = before;
        }
        let verb_now = if again { Action::Redone } else { Action::Undone };
        let several = rows.entries_to_undo(entry.act)?.len() > 1;
        Ok(Self { act: entry.act, action: verb_now, of: action(&first), several })
    }
}

impl BulkAction for TakingBack {
    type Plan = (i64, Reversal);

    fn action(&self) -> Action {
        self.action
    }

    fn chosen(&self, snapshot: Snapshot<'_>) -> Result<Vec<i64>, Failure> {
        let entries = snapshot.rows.entries_to_undo(self.act)?;
        if entries.is_empty() {
            let message = format!("Entry {} is undone already.", self.act);
            return Err(Failure::new(FailureKind::Conflict, message));
        }
        Ok(entries)
    }

    fn plan(&self, snapshot: Snapshot<'_>, seq: i64) -> Result<(ActionSummary, Self::Plan), Failure> {
        let entry = snapshot.rows.entry(seq)?.ok_or_else(|| nothing("undo"))?;
        if let Some(by) = snapshot.rows.undone_by(seq)? {
            let message = format!("Entry {seq} is undone already, by entry {by}.");
            return Err(Failure::new(FailureKind::Conflict, message));
        }
        // To take it back is to do to the same thing the other way round.
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

    /// What was done last is taken back first.
    fn order(&self, entries: &mut [i64]) {
        entries.reverse();
    }

    fn skips_conflicts(&self) -> bool {
        self.several
    }

    /// What is not as the act left it is not what the operator means to take back; what else the act did is.
    fn leaves_out(&self, failure: &Failure, _in_one: bool) -> bool {
        self.several && is_meanwhile(failure)
    }

    fn removed_admins(&self, snapshot: Snapshot<'_>, chosen: &[i64]) -> Result<Vec<i64>, Failure> {
        let mut removed_admins = Vec::new();
        for seq in chosen {
            let entry = snapshot.rows.entry(*seq)?.filter(reversal::disarms);
            // What is left as it is takes nothing away from anybody.
            let entry = entry.filter(|entry| Reversal::of(snapshot, entry).is_ok());
            removed_admins.extend(entry.and_then(|entry| entry.object.id));
        }
        removed_admins.sort_unstable();
        Ok(removed_admins)
    }
}
