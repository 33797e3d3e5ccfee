//! Pending requests: their purpose and their progress.

use std::collections::BTreeMap;

use crate::domain::time::{Duration, Timestamp};
use crate::service::contract::Progress;

use super::effect::{RequestId, Slot};
use super::route::ScreenId;
use super::widgets::progress::{Rate, RunningWork};

/// The purpose of a request: who gets the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A request of a screen: a read, a log-in.
    Screen(ScreenId, Slot),
    /// The count of the rows that an action would touch.
    Count,
    Action,
    /// The check of the password before a grave action.
    Proof,
    /// The check that the operator is still logged in.
    StillIn,
    /// The numbers beside the tabs.
    TabCounts,
    /// A step of the check of the store's pages.
    Check,
    /// The note that the store is damaged.
    Damage,
    /// The values for an argument in the palette.
    Completion,
    /// The account that a typed command is about.
    LookUp,
    /// The offer of a second factor.
    FactorOffer,
    /// The verification of a token.
    Verify,
    /// The look at the console as somebody else gets it.
    ViewAs,
    /// A command that prints.
    Print,
    /// A list that is written into a file.
    Export,
}

/// A pending request and its progress.
#[derive(Debug, Clone, Copy)]
struct PendingRequest {
    purpose: Purpose,
    /// The progress label.
    doing: &'static str,
    since: Timestamp,
    /// The last progress report, and before it the last one from before the count began to rise.
    heard: Option<(Heard, Heard)>,
    /// Set after it was told to stop.
    stopping: bool,
}

/// A progress report and its time.
#[derive(Debug, Clone, Copy)]
struct Heard {
    at: Timestamp,
    progress: Progress,
}

impl PendingRequest {
    /// Returns true if somebody waits for its end, rather than for rows to appear.
    fn is_work(&self) -> bool {
        match self.purpose {
            Purpose::Action
            | Purpose::Count
            | Purpose::Proof
            | Purpose::Screen(_, Slot::Single)
            | Purpose::LookUp
            | Purpose::FactorOffer
            | Purpose::Verify
            | Purpose::ViewAs
            | Purpose::Print
            | Purpose::Export => true,
            Purpose::Screen(
                _,
                Slot::Rows | Slot::Detail | Slot::Range | Slot::Prefetch | Slot::Completion,
            )
            | Purpose::StillIn
            | Purpose::TabCounts
            | Purpose::Check
            | Purpose::Damage
            | Purpose::Completion => false,
        }
    }

    /// Returns true if what the operator sees depends on its reply.
    fn is_awaited(&self) -> bool {
        match self.purpose {
            Purpose::Action
            | Purpose::Count
            | Purpose::Proof
            | Purpose::Screen(_, Slot::Single | Slot::Rows | Slot::Detail | Slot::Range | Slot::Completion)
            | Purpose::LookUp
            | Purpose::FactorOffer
            | Purpose::Verify
            | Purpose::ViewAs
            | Purpose::Print
            | Purpose::Export
            | Purpose::Completion => true,
            Purpose::Screen(_, Slot::Prefetch)
            | Purpose::StillIn
            | Purpose::TabCounts
            | Purpose::Check
            | Purpose::Damage => false,
        }
    }

    /// Returns true if it may be told to stop, and was not.
    fn can_stop(&self) -> bool {
        matches!(self.purpose, Purpose::Action | Purpose::Print | Purpose::Export) && !self.stopping
    }

    /// Returns the rate of its progress, once it has reported some.
    fn rate(&self) -> Option<Rate> {
        let (first, latest) = self.heard?;
        let Progress { done, total } = latest.progress;
        let spent = u64::try_from((latest.at - first.at).num_milliseconds()).unwrap_or_default();
        let rate = (done.saturating_sub(first.progress.done) * 1_000).checked_div(spent).unwrap_or_default();
        let left = total.saturating_sub(done).checked_div(rate);
        let left = left.and_then(|seconds| Duration::try_seconds(i64::try_from(seconds).ok()?));
        Some(Rate { done, total, rate, left })
    }
}

/// The pending requests, by id.
#[derive(Debug, Default)]
pub struct PendingRequests {
    last: u64,
    waiting: BTreeMap<RequestId, PendingRequest>,
}

impl PendingRequests {
    /// Adds a request. Returns its id, and the ids of the requests that it supersedes: their replies are not needed any
    /// more.
    pub fn add(
        &mut self,
        purpose: Purpose,
        doing: &'static str,
        now: Timestamp,
    ) -> (RequestId, Vec<RequestId>) {
        let superseded = if purpose == Purpose::Action { Vec::new() } else { self.forget(purpose) };
        self.last += 1;
        let request_id = RequestId(self.last);
        let waiting = PendingRequest { purpose, doing, since: now, heard: None, stopping: false };
        self.waiting.insert(request_id, waiting);
        (request_id, superseded)
    }

    /// Returns an id that no request has, for what is only drawn.
    pub fn unused_id(&mut self) -> RequestId {
        self.last += 1;
        RequestId(self.last)
    }

    /// Returns true if no request is pending whose reply the operator waits for: work, rows or details.
    pub fn is_settled(&self) -> bool {
        !self.waiting.values().any(PendingRequest::is_awaited)
    }

    /// Returns true if no request is pending.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Returns true if a request with this purpose is pending.
    pub fn has(&self, purpose: Purpose) -> bool {
        self.waiting.values().any(|waiting| waiting.purpose == purpose)
    }

    /// Returns true if this request is pending.
    pub fn holds(&self, request_id: RequestId) -> bool {
        self.waiting.contains_key(&request_id)
    }

    /// Removes an answered request and returns its purpose, if somebody still waits for it.
    pub fn take(&mut self, request_id: RequestId) -> Option<Purpose> {
        self.waiting.remove(&request_id).map(|waiting| waiting.purpose)
    }

    /// Drops all pending requests with this purpose and returns their ids.
    pub fn forget(&mut self, purpose: Purpose) -> Vec<RequestId> {
        let of_purpose = |(request_id, waiting): (&RequestId, &PendingRequest)| {
            (waiting.purpose == purpose).then_some(*request_id)
        };
        let gone: Vec<_> = self.waiting.iter().filter_map(of_purpose).collect();
        self.waiting.retain(|_, waiting| waiting.purpose != purpose);
        gone
    }

    /// Drops all pending requests and returns their ids.
    pub fn forget_all(&mut self) -> Vec<RequestId> {
        std::mem::take(&mut self.waiting).into_keys().collect()
    }

    /// Takes a progress report.
    pub fn progressed(&mut self, request_id: RequestId, progress: Progress, now: Timestamp) {
        if let Some(waiting) = self.waiting.get_mut(&request_id) {
            let latest = Heard { at: now, progress };
            let begun = waiting.heard.filter(|(first, _)| first.progress.done < progress.done);
            waiting.heard = Some((begun.map_or(latest, |(first, _)| first), latest));
        }
    }

    /// Returns the oldest work: requests are worked on one after another.
    pub fn work(&self) -> Option<RunningWork> {
        let mut work = self.waiting.values().filter(|waiting| waiting.is_work());
        let oldest = work.next()?;
        let (rate, behind) = (oldest.rate(), work.count());
        Some(RunningWork {
            doing: oldest.doing,
            since: oldest.since,
            rate,
            stopping: oldest.stopping,
            behind,
        })
    }

    /// Returns true if an action or an export is pending.
    pub fn has_action(&self) -> bool {
        self.waiting.values().any(|waiting| matches!(waiting.purpose, Purpose::Action | Purpose::Export))
    }

    /// Returns true if an action or command is pending that was not told to stop.
    pub fn can_stop(&self) -> bool {
        self.waiting.values().any(PendingRequest::can_stop)
    }

    /// Marks the oldest action or command that was not told to stop as stopping, and returns its id.
    pub fn stop(&mut self) -> Option<RequestId> {
        let (request_id, waiting) = self.waiting.iter_mut().find(|(_, waiting)| waiting.can_stop())?;
        waiting.stopping = true;
        Some(*request_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::now;

    fn act(pending: &mut PendingRequests) -> RequestId {
        pending.add(Purpose::Action, "confirming", now()).0
    }

    #[test]
    fn a_newer_read_supersedes_an_older_one_of_the_same_purpose() {
        let mut pending = PendingRequests::default();
        let rows = Purpose::Screen(ScreenId::USERS, Slot::Rows);
        let (first, none) = pending.add(rows, "reading", now());
        let (second, superseded) = pending.add(rows, "reading", now());
        assert_eq!((none, superseded), (vec![], vec![first]));
        assert_eq!((pending.take(first), pending.take(second)), (None, Some(rows)));
    }

    #[test]
    fn acts_do_not_supersede_each_other() {
        let mut pending = PendingRequests::default();
        act(&mut pending);
        let (second, superseded) = pending.add(Purpose::Action, "suspending", now());
        assert_eq!(superseded, vec![]);
        let work = pending.work().unwrap();
        assert_eq!((work.doing, work.behind), ("confirming", 1));
        assert_eq!(pending.take(second), Some(Purpose::Action));
        assert_eq!(pending.work().unwrap().behind, 0);
    }

    #[test]
    fn they_are_stopped_one_by_one_in_the_order_of_their_work() {
        let mut pending = PendingRequests::default();
        let (first, second) = (act(&mut pending), act(&mut pending));
        assert_eq!([pending.stop(), pending.stop(), pending.stop()], [Some(first), Some(second), None]);
        assert!(pending.work().unwrap().stopping);
    }

    #[test]
    fn only_work_is_waited_for() {
        let mut pending = PendingRequests::default();
        pending.add(Purpose::Screen(ScreenId::USERS, Slot::Rows), "reading", now());
        assert_eq!(pending.work(), None);
        act(&mut pending);
        assert!(pending.work().is_some() && pending.has_action());
        assert_eq!(pending.forget_all().len(), 2);
        assert_eq!(pending.work(), None);
    }

    #[test]
    fn the_pace_is_that_since_it_began() {
        let mut pending = PendingRequests::default();
        let request_id = act(&mut pending);
        let rate = |pending: &PendingRequests| pending.work().unwrap().rate;
        let hear = |pending: &mut PendingRequests, done, after| {
            pending.progressed(
                request_id,
                Progress { done, total: 1_000 },
                now() + Duration::milliseconds(after),
            );
        };
        assert_eq!(rate(&pending), None);
        hear(&mut pending, 0, 50_000);
        hear(&mut pending, 0, 60_000);
        assert_eq!(rate(&pending), Some(Rate { done: 0, total: 1_000, rate: 0, left: None }));
        hear(&mut pending, 200, 60_500);
        let left = Some(Duration::seconds(2));
        assert_eq!(rate(&pending), Some(Rate { done: 200, total: 1_000, rate: 400, left }));
    }
}
