//! Two threads that perform the console's requests, with a service each: one for reads, one for writes, so that
//! no password hash and no import ever holds up a list.
//!
//! Every request id gets exactly one [`Msg::Done`]. The workers decide nothing but the time of an answer.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant};

use crate::domain::time::Timestamp;
use crate::service::RequestContext;
use crate::service::contract::{Caller, Failure, FailureKind, Journal, Progress, Reply, Request, SignIn};
use crate::store::IdleWork;
use crate::tui::effect::{Msg, RequestId};

use super::syslog::Syslog;
use super::{RuntimeEvent, clock, panics, start_thread};

use prefetcher::Prefetcher;
use requests::{begins_session, is_for_reader, is_proof};
use shared::{Shared, StoppableWork};

pub(crate) use serve::Serve;

mod prefetcher;
mod requests;
mod serve;
mod shared;

/// Interval at which the store is checked for changes by other programs: they must show within a second.
const CHECK_INTERVAL: Duration = Duration::from_millis(700);

/// Interval of progress reports, and thus of redraws of the progress bar.
pub(super) const REPORT_INTERVAL: Duration = Duration::from_millis(100);

/// Time for which unfinished operations are continued before the next look at the queue.
const STRETCH: Duration = Duration::from_millis(100);

/// Time in which the console asks for something once it is open.
const OPENING: Duration = Duration::from_millis(200);

/// Time without a request after which the memory of a password hash is given back. While 64 MiB are, no thread of the process
/// gets memory: after a log-in the first rows would wait for that.
const MEMORY_KEPT: Duration = Duration::from_millis(500);

/// Time for the workers to finish when the console quits; everything must be over within one second.
const FAREWELL: Duration = Duration::from_millis(900);

/// A request of the console.
#[derive(Debug)]
pub(crate) struct RequestJob {
    /// The id that the reply carries.
    pub(crate) request_id: RequestId,
    pub(crate) caller: Caller,
    pub(crate) request: Request,
    /// True to find out the effects without changing anything.
    pub(crate) dry_run: bool,
}

/// The two workers. Dropping it shuts them down: queued work is still done, long work is stopped, and an open
/// console session is ended.
#[derive(Debug)]
pub(crate) struct Workers {
    jobs: Option<(Sender<RequestJob>, Sender<RequestJob>)>,
    /// True once something was asked for.
    has_begun: Cell<bool>,
    shared: Arc<Shared>,
    finished: Receiver<()>,
}

impl Workers {
    /// Starts both workers. `syslog` gets the journal's head at each log-out.
    pub(crate) fn start<S: Serve>(
        reads: S,
        writes: S,
        syslog: Option<Syslog>,
        outbox: &Sender<RuntimeEvent>,
        now: fn() -> Timestamp,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared::new(reads.interrupter(), writes.interrupter()));
        let (finish, finished) = mpsc::channel();
        let hire = |name, service, syslog, duty: fn(Worker<S>)| {
            let (sender, jobs) = mpsc::channel();
            let (shared, finish) = (Arc::clone(&shared), finish.clone());
            start_thread(name, outbox, move |outbox| {
                duty(Worker { service, jobs, outbox: outbox.clone(), shared, syslog, now });
                drop(finish);
            })
            .map(|()| sender)
        };
        let reads = hire("reads", reads, None, Worker::read)?;
        let jobs = Some((reads, hire("writes", writes, syslog, Worker::write)?));
        Ok(Self { jobs, has_begun: Cell::new(false), shared, finished })
    }

    /// Queues a job; the reply comes through the inbox.
    pub(crate) fn perform(&self, job: RequestJob) {
        let is_read = is_for_reader(&job.request, self.has_begun.replace(true));
        if let Some((reads, writes)) = &self.jobs {
            self.shared.wanted().insert(job.request_id);
            if is_read {
                self.shared.reading.stop_reading_ahead();
            }
            // A missing worker has panicked outside a request, and the process is about to end.
            let _ = if is_read { reads.send(job) } else { writes.send(job) };
        }
    }

    /// Cancels a request: it is not begun, or interrupted if possible.
    pub(crate) fn cancel(&self, request_id: RequestId) {
        self.shared.wanted().remove(&request_id);
        self.shared.stop(Some(request_id));
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.leave();
        self.jobs = None;
        // Nothing is sent here: the channel disconnects when both workers are done.
        let _ = self.finished.recv_timeout(FAREWELL);
    }
}

struct Worker<S> {
    service: S,
    jobs: Receiver<RequestJob>,
    outbox: Sender<RuntimeEvent>,
    shared: Arc<Shared>,
    syslog: Option<Syslog>,
    now: fn() -> Timestamp,
}

impl<S: Serve> Worker<S> {
    /// Runs the reading worker, which also watches for changes and prefetches when idle.
    fn read(mut self) {
        let mut seen = self.service.version();
        let mut ahead = Prefetcher::default();
        let mut behind = self.tell_of_clock(false);
        // Meanwhile the operator types a name.
        let reading = &self.shared.reading;
        self.service.read_ahead((self.now)(), &mut || reading.reads_ahead());
        *reading.under_way() = None;
        let mut is_damaged = false;
        loop {
            let next = match self.jobs.try_recv() {
                Err(TryRecvError::Empty) if ahead.is_due() => {
                    let idle_work = self.service.run_idle_work();
                    ahead.note_idle_work(idle_work);
                    if idle_work == IdleWork::Refreshed {
                        self.send(Msg::StoreChanged);
                    }
                    continue;
                }
                Err(TryRecvError::Empty) => self.jobs.recv_timeout(CHECK_INTERVAL),
                Err(TryRecvError::Disconnected) => Err(RecvTimeoutError::Disconnected),
                Ok(job) => Ok(job),
            };
            match next {
                Ok(job) => {
                    *self.shared.reading.under_way() = Some(StoppableWork::Request(job.request_id));
                    let done = self.execute(job);
                    *self.shared.reading.under_way() = None;
                    self.send(done);
                    ahead.wanted = true;
                }
                Err(RecvTimeoutError::Timeout) => behind = self.tell_of_clock(behind),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if let Some(failure) = self.service.damage().filter(|_| !is_damaged) {
                is_damaged = true;
                self.send(Msg::Damaged(failure));
            }
            let version = self.service.version();
            if version != seen {
                seen = version;
                ahead.wanted = true;
                behind = self.tell_of_clock(behind);
                self.send(Msg::StoreChanged);
            }
        }
    }

    /// Notifies the console when the wall clock falls behind the journal and when it is right again. Returns
    /// true if it is behind.
    fn tell_of_clock(&self, was_behind: bool) -> bool {
        let behind = self.service.clock_behind(clock::wall());
        let is_behind = behind.is_some();
        if is_behind != was_behind {
            self.send(Msg::Clock(behind));
        }
        is_behind
    }

    /// Runs the writing worker, which also delays replies that must not be given yet, and continues working
    /// meanwhile.
    fn write(mut self) {
        let mut delayed = VecDeque::<(Instant, Msg)>::new();
        // The console session that lives with this process.
        let mut session = None;
        let mut anchor_error = None;
        let mut is_left = true;
        let mut kept_until = None;
        // What others left can wait for the log-in screen.
        let mut first = Some(self.jobs.recv_timeout(OPENING).map_err(to_try_recv_error));
        loop {
            let next = match first.take().unwrap_or_else(|| self.jobs.try_recv()) {
                Err(TryRecvError::Empty) if is_left => {
                    let until = clock::instant() + STRETCH;
                    let shared = &self.shared;
                    is_left = self.service.carry_on(&mut || clock::instant() < until && !shared.is_leaving());
                    continue;
                }
                Err(TryRecvError::Empty) => {
                    let due = delayed.front().map(|(due, _)| *due);
                    self.wait(due.into_iter().chain(kept_until).min())
                }
                Err(TryRecvError::Disconnected) => Err(RecvTimeoutError::Disconnected),
                Ok(job) => Ok(job),
            };
            match next {
                Ok(job) => {
                    is_left = true;
                    let (taken, is_proof) = (clock::instant(), is_proof(&job.request));
                    let done = self.execute_watched(job);
                    if let Msg::Done(_, Ok(Reply::SignedIn(operator))) = &done {
                        session = operator.session;
                    } else if let Msg::Done(_, Ok(Reply::SignedOut)) = &done
                        && session.take().is_some()
                    {
                        anchor_error = self.anchor().err();
                    }
                    match done {
                        refused @ Msg::Done(_, Err(_)) if is_proof => {
                            let after = on_the_mark(taken.elapsed(), self.service.answer_after());
                            delayed.push_back((taken + after, refused));
                        }
                        done => self.send(done),
                    }
                    kept_until = Some(clock::instant() + MEMORY_KEPT);
                }
                Err(RecvTimeoutError::Timeout) => {
                    let now = clock::instant();
                    if kept_until.take_if(|until| *until <= now).is_some() {
                        self.service.release_memory();
                    }
                    let is_due = delayed.front().is_some_and(|(due, _)| *due <= now);
                    if is_due && let Some((_, done)) = delayed.pop_front() {
                        self.send(done);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.end(session, anchor_error);
    }

    /// Ends the console's session, and says what went wrong with the journal's head.
    fn end(mut self, session: Option<i64>, mut anchor_error: Option<String>) {
        if let Some(session) = session {
            self.log_out(session);
            anchor_error = self.anchor().err();
        }
        // The terminal has been restored only now.
        if let Some(why) = anchor_error {
            let _ = writeln!(io::stderr(), "nexus: The journal's head was not sent to the syslog: {why}.");
        }
    }

    /// Performs a job that can be interrupted if it is a check of the store.
    fn execute_watched(&mut self, job: RequestJob) -> Msg {
        let can_be_stopped = matches!(job.request, Request::Check(check) if check.can_be_stopped());
        *self.shared.checking.under_way() = can_be_stopped.then_some(StoppableWork::Request(job.request_id));
        let done = self.execute(job);
        *self.shared.checking.under_way() = None;
        done
    }

    fn wait(&self, until: Option<Instant>) -> Result<RequestJob, RecvTimeoutError> {
        match until {
            Some(due) => self.jobs.recv_timeout(due.saturating_duration_since(clock::instant())),
            None => self.jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Performs a job, unless it was cancelled.
    fn execute(&mut self, job: RequestJob) -> Msg {
        let request_id = job.request_id;
        let outcome = if self.shared.wanted().contains(&request_id) {
            self.perform(job)
        } else {
            Err(Failure::new(FailureKind::Stopped, "Stopped before it began; nothing has changed."))
        };
        self.shared.wanted().remove(&request_id);
        Msg::Done(request_id, outcome)
    }

    fn perform(
        &mut self,
        RequestJob { request_id, caller, request, dry_run }: RequestJob,
    ) -> Result<Reply, Failure> {
        let mut reported = None::<Instant>;
        let mut progress = |progress: Progress| {
            if reported.is_none_or(|reported| reported.elapsed() >= REPORT_INTERVAL) {
                reported = Some(clock::instant());
                let _ = self.outbox.send(RuntimeEvent::Msg(Box::new(Msg::Progress(request_id, progress))));
            }
            if self.shared.goes_on(request_id) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        if begins_session(&request) {
            clock::anchor();
        }
        let (now, boot) = ((self.now)(), clock::boot());
        let call = RequestContext {
            caller,
            now,
            boot,
            dry_run,
            reason: None,
            counted: None,
            progress: &mut progress,
        };
        panics::guard(|| self.service.perform(call, request)).unwrap_or_else(|place| {
            Err(Failure::new(
                FailureKind::Other,
                "Something went wrong inside NEXUS; what was under way is undone.",
            )
            .hint(format!("Please report it: {place}.")))
        })
    }

    /// Ends the session, however the console ends.
    fn log_out(&mut self, session: i64) {
        let call = RequestContext {
            caller: Caller::Operator(session),
            now: (self.now)(),
            boot: clock::boot(),
            dry_run: false,
            reason: None,
            counted: None,
            progress: &mut |_| ControlFlow::Continue(()),
        };
        let _ = panics::guard(|| self.service.perform(call, Request::SignIn(SignIn::LogOut)));
    }

    /// Sends the journal's head to the syslog, if configured. The operator has logged out, so the program
    /// itself asks for the head; a failure stops nothing.
    fn anchor(&mut self) -> Result<(), String> {
        let Some(syslog) = &self.syslog else { return Ok(()) };
        let now = (self.now)();
        let call = RequestContext {
            caller: Caller::Owner,
            now,
            boot: None,
            dry_run: false,
            reason: None,
            counted: None,
            progress: &mut |_| ControlFlow::Continue(()),
        };
        match panics::guard(|| self.service.perform(call, Request::Journal(Journal::Head)))? {
            Ok(Reply::Head(head)) => syslog.send_head(now, &head).map_err(|error| error.to_string()),
            Ok(_) => Err("it is not known".to_owned()),
            Err(failure) => Err(failure.message.trim_end_matches('.').to_owned()),
        }
    }

    fn send(&self, msg: Msg) {
        // A missing receiver means that the console has quit.
        let _ = self.outbox.send(RuntimeEvent::Msg(Box::new(msg)));
    }
}

/// Returns the error that a receiver without a timeout gives in the same state.
fn to_try_recv_error(error: RecvTimeoutError) -> TryRecvError {
    match error {
        RecvTimeoutError::Timeout => TryRecvError::Empty,
        RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
    }
}

/// Returns the first multiple of `mark` that is not before `taken`.
fn on_the_mark(taken: Duration, mark: Duration) -> Duration {
    let marks = taken.as_nanos().div_ceil(mark.as_nanos().max(1)).max(1);
    mark.saturating_mul(u32::try_from(marks).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
