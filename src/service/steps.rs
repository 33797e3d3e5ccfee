//! Acts on many rows: looked through first, by reading alone; then done in steps, each a transaction that holds the
//! store for a short time, so that others get their turn and the work can be stopped.
//!
//! What fits in one step happens whole or not at all. Of more, every step that was done stays done, and whatever ends
//! the act early says how far it came. A rehearsal is the look that every act begins with: it takes no lock, and what
//! it counts is counted by the same code that then acts.

use crate::domain::time::Timestamp;
use crate::store::{Read, read};

use super::contract::{Failure, FailureKind, Progress, Tally, Verb};
use super::operator::{Actor, keep_an_admin, leaves_an_admin};
use super::{Act, Call, Desk, act};

#[cfg(test)]
mod tests;

/// How much one step may do. Others wait for the store as long as a step takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Rows that are gone through.
    pub(super) rows: usize,
    /// Rows that are written on their account, theirs and those that go with them.
    pub(super) touched: u64,
}

/// Measured on a store of 1,000,000 accounts, 2,000,000 directories and 5,000,000 entries of the journal on two cores: with
/// 200 rows touched, another writer waited for up to 58 ms while 50,000 were confirmed. It must not be 50.
pub(super) const STEP: Pace = Pace { rows: 200, touched: 150 };

/// Rows as somebody may see them at one moment.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// The rows.
    pub(super) rows: &'a dyn Read,
    /// Who looks.
    pub(super) actor: &'a Actor,
    /// The time.
    pub(super) now: Timestamp,
}

/// What is done to each of many rows.
pub(super) trait Deed {
    /// What it takes to do it to one row.
    type Plan;

    /// What it is called.
    fn verb(&self) -> Verb;

    /// The ids of the rows that it is for, in any order.
    ///
    /// # Errors
    /// One that was named is not there; the actor may not do this at all.
    fn chosen(&self, view: View<'_>) -> Result<Vec<i64>, Failure>;

    /// Finds out what it would come to for one row (with its name), and what it takes.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`] or [`FailureKind::Conflict`] where it cannot be done to a row like that.
    fn plan(&self, view: View<'_>, id: i64) -> Result<(Tally, Self::Plan), Failure>;

    /// Does it.
    fn carry_out(&self, act: &mut Act<'_>, plan: Self::Plan) -> Result<(), Failure>;

    /// Those accounts, of the rows chosen, that cannot act as admins afterwards; in the order of their ids.
    ///
    /// # Errors
    /// What the store says.
    fn disarmed(&self, _: View<'_>, _chosen: &[i64]) -> Result<Vec<i64>, Failure> {
        Ok(Vec::new())
    }

    /// Puts the rows, which come by their ids, in the order in which they are done.
    fn arrange(&self, _: &Actor, _ids: &mut [i64]) {}

    /// Whether a row that somebody else has changed since the look is left as it is, and the others are done all the
    /// same; else the act ends there.
    fn passes_over(&self) -> bool {
        true
    }
}

/// Puts the row without which the actor could not go on at the end, if it is there.
pub(super) fn own_last(own: Option<i64>, ids: &mut [i64]) {
    let at = own.and_then(|own| ids.binary_search(&own).ok());
    if let Some(from_own) = at.and_then(|at| ids.get_mut(at..)) {
        from_own.rotate_left(1);
    }
}

/// Does a deed to every row that it is for, or in a rehearsal counts what that would come to.
///
/// # Errors
/// Those of the deed. [`FailureKind::Stopped`] where that was wished between two steps.
pub(super) fn each<D: Deed>(desk: &mut Desk, call: &mut Call<'_>, deed: &D) -> Result<Tally, Failure> {
    each_at(STEP, desk, call, deed)
}

fn each_at<D: Deed>(pace: Pace, desk: &mut Desk, call: &mut Call<'_>, deed: &D) -> Result<Tally, Failure> {
    let (ids, foreseen) = look_through(pace, desk, call, deed)?;
    if call.rehearsal {
        return Ok(foreseen);
    }
    let in_one = ids.len() <= pace.rows && foreseen.touched() <= pace.touched;
    let mut work = Work { deed, pace, in_one, rest: &ids };
    in_steps(desk, call, &foreseen, |act| keep_an_admin(act, |act| work.step(act)))
}

/// What a deed would come to, and the rows for it, each once.
fn look_through<D: Deed>(
    pace: Pace,
    desk: &Desk,
    call: &mut Call<'_>,
    deed: &D,
) -> Result<(Vec<i64>, Tally), Failure> {
    read(&*desk.store, |rows| {
        let actor = Actor::find(rows, call)?;
        let view = View { rows, actor: &actor, now: call.now };
        let mut ids = deed.chosen(view)?;
        ids.sort_unstable();
        ids.dedup();
        let disarmed = deed.disarmed(view, &ids)?;
        if !disarmed.is_empty() {
            leaves_an_admin(rows, &disarmed)?;
        }
        let mut foreseen = Tally::new(deed.verb());
        for (at, id) in ids.iter().enumerate() {
            if at > 0 && at.is_multiple_of(pace.rows) {
                let done = if call.rehearsal { at as u64 } else { 0 };
                if (call.progress)(Progress { done, total: ids.len() as u64 }).is_break() {
                    return Err(Failure::new(FailureKind::Stopped, "Stopped; nothing has changed."));
                }
            }
            let (one, _) = deed.plan(view, *id)?;
            if ids.len() == 1 {
                foreseen = one;
            } else {
                foreseen.whose =
                    one.whose.clone().filter(|whose| at == 0 || foreseen.whose.as_ref() == Some(whose));
                foreseen.add(&one);
            }
        }
        deed.arrange(&actor, &mut ids);
        Ok((ids, foreseen))
    })
}

/// A deed under way.
struct Work<'d, D> {
    deed: &'d D,
    pace: Pace,
    /// It is done whole or not at all.
    in_one: bool,
    /// The rows that are left.
    rest: &'d [i64],
}

impl<D: Deed> Work<'_, D> {
    fn step(&mut self, act: &mut Act<'_>) -> Result<Step, Failure> {
        let mut done = Tally::new(self.deed.verb());
        for _ in 0..self.pace.rows {
            let Some((id, rest)) = self.rest.split_first() else { break };
            let (one, plan) = match self.deed.plan(act.view(), *id) {
                Ok(planned) => planned,
                Err(failure) if !self.in_one && self.deed.passes_over() && is_meanwhile(&failure) => {
                    done.unchanged += 1;
                    self.rest = rest;
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            let room = self.pace.touched.saturating_sub(done.touched());
            // One row is never divided: a step that begins with a large one does that alone.
            if one.touched() > room && !self.in_one && done.touched() > 0 {
                break;
            }
            self.deed.carry_out(act, plan)?;
            done.add(&one);
            self.rest = rest;
        }
        Ok(Step { done, is_last: self.rest.is_empty() })
    }
}

/// Whether somebody else's doing, since all rows were looked through, is why a row cannot be changed.
fn is_meanwhile(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::NotFound | FailureKind::Conflict)
}

/// What a step came to.
pub(super) struct Step {
    pub(super) done: Tally,
    /// Nothing is left to do.
    pub(super) is_last: bool,
}

/// Runs `step` in a transaction of its own each time until nothing is left, and lets others have their turn between.
///
/// # Errors
/// What a step returns, and [`FailureKind::Stopped`] where that was wished; both say how far it came.
pub(super) fn in_steps(
    desk: &mut Desk,
    call: &mut Call<'_>,
    foreseen: &Tally,
    mut step: impl FnMut(&mut Act<'_>) -> Result<Step, Failure>,
) -> Result<Tally, Failure> {
    let total = foreseen.gone_through();
    let mut sum = Tally { label: foreseen.label.clone(), id: foreseen.id, ..Tally::new(foreseen.verb) };
    let mut first = None;
    loop {
        let one = |act: &mut Act<'_>| {
            act.scribe.first = first;
            let done = step(act)?;
            first = act.scribe.first;
            Ok(done)
        };
        let Step { done, is_last } =
            act(desk, call, one).map_err(|failure| cut_short(failure, &sum, foreseen))?;
        sum.add(&done);
        if is_last {
            return Ok(sum);
        }
        if (call.progress)(Progress { done: sum.gone_through(), total }).is_break() {
            let message = format!("Stopped; {}.", sum.so_far(foreseen));
            return Err(Failure::new(FailureKind::Stopped, message));
        }
        desk.store.give_way();
    }
}

/// Why an act ended early, and what of it stays.
fn cut_short(mut failure: Failure, done: &Tally, foreseen: &Tally) -> Failure {
    if done.gone_through() > 0 {
        failure.message = format!("{} Until then {}.", failure.message, done.so_far(foreseen));
    }
    failure
}
