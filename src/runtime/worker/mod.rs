//! Two threads that do what the console asks for, with a desk each: one for what only reads, one for what writes, so
//! that no password hash and no import ever holds up a list.
//!
//! Every ticket gets exactly one [`Msg::Done`]. Nothing is decided here but when an answer is given.

use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::syslog::Syslog;
use super::{RuntimeEvent, clock, panics, start_thread};
use crate::domain::clock::ClockBehind;
use crate::domain::time::Timestamp;
use crate::service::contract::{Caller, Failure, FailureKind, Journal, Progress, Reply, Request, SignIn};
use crate::service::{self, RequestContext, Service};
use crate::store::{IdleWork, Interrupter};
use crate::tui::effect::{Msg, RequestId};
use shared::{Shared, Stoppable};

mod shared;

/// How often the store is asked whether another program has changed it: what it did shows within a second.
const LOOK: Duration = Duration::from_millis(700);

/// How often the console is told how far long work is: so often its bar is drawn anew.
const TELL: Duration = Duration::from_millis(100);

/// How long the reading worker leaves it at positions that are near the truth while others go on changing the store.
const PAUSE: Duration = Duration::from_secs(3);

/// What the workers get to finish when the console leaves, of the one second in which all must be over.
const FAREWELL: Duration = Duration::from_millis(900);

/// A desk, as a worker uses it.
pub(crate) trait Serve: Send + 'static {
    /// Does what was asked for.
    fn perform(&mut self, call: RequestContext<'_>, request: Request) -> Result<Reply, Failure>;
    /// How long after it was asked a refused log-in is answered, whatever had to be computed.
    fn answer_after(&self) -> Duration;
    /// Differs from the one before when something was committed since; `None` while that cannot be told.
    fn version(&self) -> Option<i64>;
    /// Compares this wall clock with the journal; `None` while that cannot be told.
    fn clock_behind(&self, wall: Timestamp) -> Option<ClockBehind>;
    /// The damage in the store that is remembered.
    fn damage(&self) -> Option<Failure>;
    /// There is nothing to do: give memory back.
    fn rest(&mut self);
    /// There is nothing to do: a few milliseconds of work that makes the next reading quick.
    fn run_idle_work(&mut self) -> IdleWork;
    /// What stops a reading.
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
        self.store.version().ok()
    }

    fn clock_behind(&self, wall: Timestamp) -> Option<ClockBehind> {
        service::clock::behind(self, wall).ok().flatten()
    }

    fn damage(&self) -> Option<Failure> {
        service::damage(self)
    }

    fn rest(&mut self) {
        self.hasher.rest();
    }

    fn run_idle_work(&mut self) -> IdleWork {
        // What fails here fails again where somebody waits for it, and is said there.
        self.store.run_idle_work().unwrap_or(IdleWork::Done)
    }

    fn interrupter(&self) -> Interrupter {
        self.store.interrupter()
    }
}

/// One request of the console.
#[derive(Debug)]
pub(crate) struct Job {
    /// Comes back with the answer.
    pub(crate) request_id: RequestId,
    /// Who asks.
    pub(crate) caller: Caller,
    /// What for.
    pub(crate) request: Request,
    /// Only find out what it would come to.
    pub(crate) dry_run: bool,
}

/// The two workers. Dropping it is the farewell: what is queued is still done, long work is stopped, and
/// a console session that was begun is ended.
#[derive(Debug)]
pub(crate) struct Workers {
    jobs: Option<(Sender<Job>, Sender<Job>)>,
    shared: Arc<Shared>,
    finished: Receiver<()>,
}

impl Workers {
    /// Starts both. `syslog` is told the journal's head at each log-out.
    pub(crate) fn start<S: Serve>(
        reads: S,
        writes: S,
        syslog: Option<Syslog>,
        outbox: &Sender<RuntimeEvent>,
        now: fn() -> Timestamp,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            wanted: Mutex::default(),
            leaving: AtomicBool::new(false),
            reading: Stoppable::new(reads.interrupter()),
            checking: Stoppable::new(writes.interrupter()),
        });
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
        Ok(Self { jobs, shared, finished })
    }

    /// Has a job done; the answer comes through the inbox.
    pub(crate) fn perform(&self, job: Job) {
        if let Some((reads, writes)) = &self.jobs {
            self.shared.wanted().insert(job.request_id);
            // A worker that is gone has panicked outside a request, and the process is about to end.
            let _ = if job.request.is_read() { reads.send(job) } else { writes.send(job) };
        }
    }

    /// Nobody waits for this any more: it is not begun, or stopped if it can be.
    pub(crate) fn cancel(&self, request_id: RequestId) {
        self.shared.wanted().remove(&request_id);
        self.shared.stop(Some(request_id));
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.leaving.store(true, Ordering::SeqCst);
        self.shared.stop(None);
        self.jobs = None;
        // Nobody sends here: it disconnects when both workers are through.
        let _ = self.finished.recv_timeout(FAREWELL);
    }
}

struct Worker<S> {
    service: S,
    jobs: Receiver<Job>,
    outbox: Sender<RuntimeEvent>,
    shared: Arc<Shared>,
    syslog: Option<Syslog>,
    now: fn() -> Timestamp,
}

impl<S: Serve> Worker<S> {
    /// The worker that only reads also sees to it that changes are noticed, and works ahead when nothing is asked for.
    fn read(mut self) {
        let mut seen = self.service.version();
        let mut ahead = Prefetcher::default();
        let mut behind = self.tell_of_clock(false);
        let mut is_damaged = false;
        loop {
            let next = match self.jobs.try_recv() {
                Err(TryRecvError::Empty) if ahead.is_due() => {
                    let idle_work = self.service.run_idle_work();
                    ahead.tended(idle_work);
                    if idle_work == IdleWork::Refreshed {
                        self.send(Msg::StoreChanged);
                    }
                    continue;
                }
                Err(TryRecvError::Empty) => self.jobs.recv_timeout(LOOK),
                Err(TryRecvError::Disconnected) => Err(RecvTimeoutError::Disconnected),
                Ok(job) => Ok(job),
            };
            match next {
                Ok(job) => {
                    *self.shared.reading.under_way() = Some(job.request_id);
                    let done = self.attend(job);
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

    /// Tells the console when the wall clock gets behind the journal, and when it is right again. Returns whether it is behind.
    fn tell_of_clock(&self, was_behind: bool) -> bool {
        let behind = self.service.clock_behind(clock::wall());
        let is_behind = behind.is_some();
        if is_behind != was_behind {
            self.send(Msg::Clock(behind));
        }
        is_behind
    }

    /// The worker that writes also keeps back what must not be answered yet, and goes on working meanwhile.
    fn write(mut self) {
        let mut held = VecDeque::<(Instant, Msg)>::new();
        // The console session that lives with this process.
        let mut session = None;
        let mut unsaid = None;
        loop {
            let next = match self.jobs.try_recv() {
                Err(TryRecvError::Empty) => {
                    self.service.rest();
                    self.wait(held.front().map(|(due, _)| *due))
                }
                Err(TryRecvError::Disconnected) => Err(RecvTimeoutError::Disconnected),
                Ok(job) => Ok(job),
            };
            match next {
                Ok(job) => {
                    let (taken, is_proof) = (clock::instant(), is_proof(&job.request));
                    let can_be_stopped =
                        matches!(job.request, Request::Check(check) if check.can_be_stopped());
                    *self.shared.checking.under_way() = can_be_stopped.then_some(job.request_id);
                    let done = self.attend(job);
                    *self.shared.checking.under_way() = None;
                    match &done {
                        Msg::Done(_, Ok(Reply::SignedIn(operator))) => session = operator.session,
                        Msg::Done(_, Ok(Reply::SignedOut)) if session.is_some() => {
                            session = None;
                            unsaid = self.anchor().err();
                        }
                        _ => {}
                    }
                    match done {
                        refused @ Msg::Done(_, Err(_)) if is_proof => {
                            let after = on_the_mark(taken.elapsed(), self.service.answer_after());
                            held.push_back((taken + after, refused));
                        }
                        done => self.send(done),
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    if let Some((_, done)) = held.pop_front() {
                        self.send(done);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        if let Some(session) = session {
            self.log_out(session);
            unsaid = self.anchor().err();
        }
        // Only now has the terminal been given back.
        if let Some(why) = unsaid {
            let _ = writeln!(io::stderr(), "nexus: The journal's head was not sent to the syslog: {why}.");
        }
    }

    fn wait(&self, until: Option<Instant>) -> Result<Job, RecvTimeoutError> {
        match until {
            Some(due) => self.jobs.recv_timeout(due.saturating_duration_since(clock::instant())),
            None => self.jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Does a job, unless nobody wants it any more.
    fn attend(&mut self, job: Job) -> Msg {
        let request_id = job.request_id;
        let outcome = if self.shared.wanted().contains(&request_id) {
            self.perform(job)
        } else {
            Err(Failure::new(FailureKind::Stopped, "Stopped before it began; nothing has changed."))
        };
        self.shared.wanted().remove(&request_id);
        Msg::Done(request_id, outcome)
    }

    fn perform(&mut self, Job { request_id, caller, request, dry_run }: Job) -> Result<Reply, Failure> {
        let mut told = None::<Instant>;
        let mut progress = |progress: Progress| {
            if told.is_none_or(|told| told.elapsed() >= TELL) {
                told = Some(clock::instant());
                let _ = self.outbox.send(RuntimeEvent::Msg(Box::new(Msg::Progress(request_id, progress))));
            }
            if self.shared.goes_on(request_id) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        if begins_session(&request) {
            clock::anchor();
        }
        let (now, boot) = ((self.now)(), clock::boot());
        let call = RequestContext { caller, now, boot, dry_run, counted: None, progress: &mut progress };
        panics::guard(|| self.service.perform(call, request)).unwrap_or_else(|place| {
            Err(Failure::new(
                FailureKind::Other,
                "Something went wrong inside NEXUS; what was under way is undone.",
            )
            .hint(format!("Please report it: {place}.")))
        })
    }

    /// However the console ends, its session ends with it.
    fn log_out(&mut self, session: i64) {
        let call = RequestContext {
            caller: Caller::Operator(session),
            now: (self.now)(),
            boot: clock::boot(),
            dry_run: false,
            counted: None,
            progress: &mut |_| ControlFlow::Continue(()),
        };
        let _ = panics::guard(|| self.service.perform(call, Request::SignIn(SignIn::LogOut)));
    }

    /// Notes the journal's head in the syslog, if that is wanted. The operator is out by then, so that it is the program
    /// itself that asks; nothing that fails here hinders anybody.
    fn anchor(&mut self) -> Result<(), String> {
        let Some(syslog) = &self.syslog else { return Ok(()) };
        let now = (self.now)();
        let call = RequestContext {
            caller: Caller::Owner,
            now,
            boot: None,
            dry_run: false,
            counted: None,
            progress: &mut |_| ControlFlow::Continue(()),
        };
        match panics::guard(|| self.service.perform(call, Request::Journal(Journal::Head)))? {
            Ok(Reply::Head(head)) => syslog.send(now, &head).map_err(|error| error.to_string()),
            Ok(_) => Err("it is not known".to_owned()),
            Err(failure) => Err(failure.message.trim_end_matches('.').to_owned()),
        }
    }

    fn send(&self, msg: Msg) {
        // Without a receiver the console has left, and nobody is interested.
        let _ = self.outbox.send(RuntimeEvent::Msg(Box::new(msg)));
    }
}

/// When the reading worker works ahead.
#[derive(Debug, Default)]
struct Prefetcher {
    /// Something was read or has changed since it was through.
    wanted: bool,
    /// When it was last through with work that had to be done anew.
    settled: Option<Instant>,
}

impl Prefetcher {
    fn is_due(&self) -> bool {
        self.wanted && self.settled.is_none_or(|settled| settled.elapsed() >= PAUSE)
    }

    fn tended(&mut self, idle_work: IdleWork) {
        self.wanted = idle_work == IdleWork::More;
        if idle_work == IdleWork::Refreshed {
            self.settled = Some(clock::instant());
        }
    }
}

fn is_proof(request: &Request) -> bool {
    matches!(request, Request::SignIn(request) if request.is_proof())
}

fn begins_session(request: &Request) -> bool {
    matches!(request, Request::SignIn(request) if request.begins_session())
}

/// The first multiple of `mark` that is not before `taken`.
fn on_the_mark(taken: Duration, mark: Duration) -> Duration {
    let marks = taken.as_nanos().div_ceil(mark.as_nanos().max(1)).max(1);
    mark.saturating_mul(u32::try_from(marks).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
