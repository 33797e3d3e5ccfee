//! Acts taken back, and done again: whoever did them, as one where they were one.
//!
//! The journal says how things were before an act and after it. To undo it is to make them as they were, as long as
//! they still are as it left them; that is an act like any other, with entries of its own, and so to do it again is
//! to undo the undoing. What a secret was, and that a session had ended, nothing brings back.

use crate::domain::journal::{Entry, Outcome, Verb};
use crate::store::{Hand, Read};

use super::contract::{Failure, FailureKind, Reply, Tally, Undo};
use super::operator::Actor;
use super::steps::{Deed, View, each};
use super::{Act, Call, Desk, look};

mod home;
mod reversal;
#[cfg(test)]
mod tests;

use reversal::Reversal;

pub(super) fn perform(desk: &mut Desk, call: &mut Call<'_>, request: Undo) -> Result<Reply, Failure> {
    let counted = call.counted.as_ref().and_then(|counted| counted.ids.first().copied());
    let act = look(desk, call, |rows, actor| {
        if let Some(seq) = counted {
            // The act that was counted, though a newer one may have been done since.
            return TakingBack::of(rows, &rows.entry(seq)?.ok_or_else(|| nothing("undo"))?);
        }
        let commands = || Hand::Commands(desk.here.user.clone());
        let hand = actor.session().map_or_else(commands, Hand::Session);
        match request {
            Undo::Last => last(rows, &hand),
            Undo::Redo => last_undone(rows, &hand),
            Undo::Entry(seq) => named(rows, actor, seq),
        }
    })?;
    each(desk, call, &act)
}

/// What an entry says was done; `None` where somebody wrote over it.
fn verb(entry: &Entry) -> Option<Verb> {
    Verb::parse(&entry.verb)
}

/// Whether an act is only about being there: neither undone nor in the way of undoing something else.
fn is_coming_or_going(verb: Option<Verb>) -> bool {
    matches!(verb, Some(Verb::LoggedIn | Verb::LoggedOut))
}

fn nothing(what: &str) -> Failure {
    Failure::new(FailureKind::NotFound, format!("Nothing to {what}."))
}

/// The newest act of a hand that is not undone.
fn last(rows: &dyn Read, hand: &Hand) -> Result<TakingBack, Failure> {
    let mut before = i64::MAX;
    while let Some(entry) = rows.act_before(hand, before)? {
        before = entry.seq;
        let passed = is_coming_or_going(verb(&entry)) || verb(&entry) == Some(Verb::Undone);
        if !passed && !rows.entries_to_undo(entry.seq)?.is_empty() {
            return TakingBack::of(rows, &entry);
        }
    }
    Err(nothing("undo").hint("Acts of others, and older ones, are undone from the journal."))
}

/// The act that a hand undid last, if it has done nothing else since.
fn last_undone(rows: &dyn Read, hand: &Hand) -> Result<TakingBack, Failure> {
    let mut before = i64::MAX;
    while let Some(entry) = rows.act_before(hand, before)? {
        before = entry.seq;
        match verb(&entry) {
            Some(Verb::Undone) if !rows.entries_to_undo(entry.seq)?.is_empty() => {
                return TakingBack::of(rows, &entry);
            }
            Some(Verb::Undone | Verb::Redone) => {}
            verb if is_coming_or_going(verb) => {}
            _ => break,
        }
    }
    Err(nothing("redo"))
}

/// The act that an entry is of. One that was undone and done again is undone by undoing the latter; so with the entry
/// of an undo.
fn named(rows: &dyn Read, actor: &Actor, seq: i64) -> Result<TakingBack, Failure> {
    let missing = || Failure::new(FailureKind::NotFound, format!("There is no entry {seq}."));
    let sees =
        |entry: &Entry| entry.object.account.map_or(actor.scope().is_none(), |owner| actor.sees(owner));
    let mut entry = rows.entry(seq)?.filter(sees).ok_or_else(missing)?;
    if entry.outcome == Outcome::Refused {
        let message = format!("Entry {seq} was refused: it changed nothing.");
        return Err(Failure::new(FailureKind::Conflict, message));
    }
    let mut is_undone = false;
    while let Some(by) = rows.undone_by(entry.seq)? {
        entry = rows.entry(by)?.ok_or_else(missing)?;
        is_undone = !is_undone;
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
    /// [`Verb::Undone`], or of what was undone [`Verb::Redone`].
    verb: Verb,
    /// What was done at first.
    of: Option<Verb>,
}

impl TakingBack {
    fn of(rows: &dyn Read, entry: &Entry) -> Result<Self, Failure> {
        let again = verb(entry) == Some(Verb::Undone);
        let mut first = entry.clone();
        while let Some(before) = first.undoes.map(|seq| rows.entry(seq)).transpose()?.flatten() {
            first = before;
        }
        let verb_now = if again { Verb::Redone } else { Verb::Undone };
        Ok(Self { act: entry.act, verb: verb_now, of: verb(&first) })
    }
}

impl Deed for TakingBack {
    type Plan = (i64, Reversal);

    fn verb(&self) -> Verb {
        self.verb
    }

    fn chosen(&self, view: View<'_>) -> Result<Vec<i64>, Failure> {
        let entries = view.rows.entries_to_undo(self.act)?;
        if entries.is_empty() {
            let message = format!("Entry {} is undone already.", self.act);
            return Err(Failure::new(FailureKind::Conflict, message));
        }
        Ok(entries)
    }

    fn plan(&self, view: View<'_>, seq: i64) -> Result<(Tally, Self::Plan), Failure> {
        let entry = view.rows.entry(seq)?.ok_or_else(|| nothing("undo"))?;
        if let Some(by) = view.rows.undone_by(seq)? {
            let message = format!("Entry {seq} is undone already, by entry {by}.");
            return Err(Failure::new(FailureKind::Conflict, message));
        }
        let (tally, reversal) = Reversal::of(view, &entry)?;
        let (label, ids) = (Some(entry.object.label), entry.object.id.into_iter().collect());
        let entry = Some(self.act);
        let own = reversal.own(view);
        Ok((Tally { verb: self.verb, of: self.of, entry, label, ids, own, ..tally }, (seq, reversal)))
    }

    fn carry_out(&self, act: &mut Act<'_>, (seq, reversal): Self::Plan) -> Result<(), Failure> {
        act.scribe.undoes = Some(seq);
        reversal.carry_out(act, self.verb)
    }

    /// What was done last is taken back first.
    fn arrange(&self, entries: &mut [i64]) {
        entries.reverse();
    }

    /// What is not as the act left it is not what the operator means to take back.
    fn leaves_out(&self, _: &Failure, _in_one: bool) -> bool {
        false
    }

    fn disarmed(&self, view: View<'_>, chosen: &[i64]) -> Result<Vec<i64>, Failure> {
        let mut disarmed = Vec::new();
        for seq in chosen {
            let entry = view.rows.entry(*seq)?;
            disarmed.extend(entry.filter(reversal::disarms).and_then(|entry| entry.object.id));
        }
        disarmed.sort_unstable();
        Ok(disarmed)
    }
}
