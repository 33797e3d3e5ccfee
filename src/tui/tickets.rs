//! Requests that are under way, and what each is for.

use std::collections::BTreeMap;

use super::effect::{Slot, Ticket};
use super::screens::Place;
use crate::domain::time::Timestamp;
use crate::service::contract::Progress;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A screen reads something (or, at the gate, lets somebody in).
    Load(Place, Slot),
    /// The counts for a box that asks.
    Count,
    /// Something is done.
    Act,
    /// Whether the operator is still logged in.
    StillIn,
}

/// One request under way.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    purpose: Purpose,
    since: Timestamp,
    progress: Option<Progress>,
}

impl Waiting {
    /// Whether somebody waits for its end, rather than for rows to show up.
    fn is_work(&self) -> bool {
        matches!(self.purpose, Purpose::Act | Purpose::Load(_, Slot::Once))
    }
}

/// All requests under way.
#[derive(Debug, Default)]
pub struct Tickets {
    last: u64,
    waiting: BTreeMap<Ticket, Waiting>,
}

impl Tickets {
    /// A ticket for a new request, and those that it supersedes: nobody waits for them any more.
    pub fn issue(&mut self, purpose: Purpose, now: Timestamp) -> (Ticket, Vec<Ticket>) {
        let superseded = if purpose == Purpose::Act { Vec::new() } else { self.forget(purpose) };
        self.last += 1;
        let ticket = Ticket(self.last);
        self.waiting.insert(ticket, Waiting { purpose, since: now, progress: None });
        (ticket, superseded)
    }

    /// The request is through: what it was for, if anybody still waits.
    pub fn redeem(&mut self, ticket: Ticket) -> Option<Purpose> {
        self.waiting.remove(&ticket).map(|waiting| waiting.purpose)
    }

    /// Nobody waits for requests of this purpose any more. Which those were.
    pub fn forget(&mut self, purpose: Purpose) -> Vec<Ticket> {
        let of_purpose =
            |(ticket, waiting): (&Ticket, &Waiting)| (waiting.purpose == purpose).then_some(*ticket);
        let gone: Vec<_> = self.waiting.iter().filter_map(of_purpose).collect();
        self.waiting.retain(|_, waiting| waiting.purpose != purpose);
        gone
    }

    /// Nobody waits for anything any more. What was under way.
    pub fn forget_all(&mut self) -> Vec<Ticket> {
        std::mem::take(&mut self.waiting).into_keys().collect()
    }

    /// How far a request is.
    pub fn progressed(&mut self, ticket: Ticket, progress: Progress) {
        if let Some(waiting) = self.waiting.get_mut(&ticket) {
            waiting.progress = Some(progress);
        }
    }

    /// The oldest work under way: since when, and how far it is.
    pub fn work(&self) -> Option<(Timestamp, Option<Progress>)> {
        let oldest =
            self.waiting.values().filter(|waiting| waiting.is_work()).min_by_key(|waiting| waiting.since)?;
        Some((oldest.since, oldest.progress))
    }

    /// The acts under way.
    pub fn acts(&self) -> Vec<Ticket> {
        let acts = self.waiting.iter().filter(|(_, waiting)| waiting.purpose == Purpose::Act);
        acts.map(|(ticket, _)| *ticket).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::now;

    #[test]
    fn a_newer_read_supersedes_an_older_one_of_the_same_purpose() {
        let mut tickets = Tickets::default();
        let rows = Purpose::Load(Place::Users, Slot::Rows);
        let (first, none) = tickets.issue(rows, now());
        let (second, superseded) = tickets.issue(rows, now());
        assert_eq!((none, superseded), (vec![], vec![first]));
        assert_eq!((tickets.redeem(first), tickets.redeem(second)), (None, Some(rows)));
    }

    #[test]
    fn acts_do_not_supersede_each_other() {
        let mut tickets = Tickets::default();
        let (first, _) = tickets.issue(Purpose::Act, now());
        let (second, superseded) = tickets.issue(Purpose::Act, now());
        assert_eq!((superseded, tickets.acts()), (vec![], vec![first, second]));
    }

    #[test]
    fn only_work_is_waited_for() {
        let mut tickets = Tickets::default();
        tickets.issue(Purpose::Load(Place::Users, Slot::Rows), now());
        assert_eq!(tickets.work(), None);
        let (act, _) = tickets.issue(Purpose::Act, now());
        tickets.progressed(act, Progress { done: 1, total: 2 });
        assert_eq!(tickets.work(), Some((now(), Some(Progress { done: 1, total: 2 }))));
        assert_eq!(tickets.forget_all().len(), 2);
        assert_eq!(tickets.work(), None);
    }
}
