//! The service, as a worker uses it.

use std::time::Duration;

use crate::domain::clock::ClockBehind;
use crate::domain::time::Timestamp;
use crate::service::contract::{Failure, Reply, Request};
use crate::service::{self, RequestContext, Service};
use crate::store::{IdleWork, Interrupter};

/// The service, as a worker uses it.
pub(crate) trait Serve: Send + 'static {
    fn perform(&mut self, call: RequestContext<'_>, request: Request) -> Result<Reply, Failure>;
    /// Returns the time after which a refused log-in is answered, however long the check took.
    fn answer_after(&self) -> Duration;
    /// Returns a number that changes with every commit; `None` while it cannot be read.
    fn version(&self) -> Option<i64>;
    /// Compares this wall clock with the journal; `None` while that is impossible or the clock is right.
    fn clock_behind(&self, wall: Timestamp) -> Option<ClockBehind>;
    /// Returns the recorded damage of the store.
    fn damage(&self) -> Option<Failure>;
    /// Reads what the first screen after the log-in shows, so that it is quick then, as long as `go_on` says so.
    fn read_ahead(&self, now: Timestamp, go_on: &mut dyn FnMut() -> bool);
    /// Frees memory while there is nothing to do.
    fn release_memory(&mut self);
    /// Continues operations of processes that have ended, as long as `go_on` says so. Returns true if there is more to do.
    fn carry_on(&mut self, go_on: &mut dyn FnMut() -> bool) -> bool;
    /// Does a few milliseconds of idle work that makes the next read quick.
    fn run_idle_work(&mut self) -> IdleWork;
    /// Returns a handle that interrupts a read.
    fn interrupter(&self) -> Interrupter;
}

impl Serve for Service {
    fn perform(&mut self, call: RequestContext<'_>, request: Request) -> Result<Reply, Failure> {
        service::perform(self, call, request)
    }

    fn answer_after(&self) -> Duration {
        service::answer_after(self)
    }

    fn version(&self) -> Option<i64> {
        self.store.change_counter().ok()
    }

    fn clock_behind(&self, wall: Timestamp) -> Option<ClockBehind> {
        service::clock::behind(self, wall).ok().flatten()
    }

    fn damage(&self) -> Option<Failure> {
        service::damage(self)
    }

    fn read_ahead(&self, now: Timestamp, go_on: &mut dyn FnMut() -> bool) {
        service::read_ahead(self, now, go_on);
    }

    fn release_memory(&mut self) {
        self.hasher.release_memory();
    }

    fn carry_on(&mut self, go_on: &mut dyn FnMut() -> bool) -> bool {
        // What cannot be done now is tried again after the next request.
        let is_left = service::operations::carry_on(self, go_on).unwrap_or(false);
        is_left || self.store.catch_up().unwrap_or(false)
    }

    fn run_idle_work(&mut self) -> IdleWork {
        // An error here recurs when somebody waits for the result, and is reported then.
        self.store.run_idle_work().unwrap_or(IdleWork::Done)
    }

    fn interrupter(&self) -> Interrupter {
        self.store.interrupter()
    }
}
