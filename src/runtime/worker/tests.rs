//! Both workers over a toy service.

use std::sync::Mutex;

use proptest::prelude::*;

use crate::domain::clock::ClockBehind;
use crate::domain::journal::Head;
use crate::domain::secret::Secret;
use crate::domain::time::{Duration as TimeDelta, from_stored};
use crate::domain::user::{AccessLevel, UserId};
use crate::service::contract::{
    AccountAction, AccountSelection, Action, ActionSummary, Check, Import, LaterStatements, Operator,
    Sessions,
};
use crate::store::Interrupter;

use super::*;

/// A toy service that records its requests and waits when a test tells it to.
struct Toy {
    asked: Sender<(Caller, Request)>,
    version: Arc<Mutex<i64>>,
    /// Stretches of what others left, and who is told how many there were at each look.
    left: u32,
    looked: Sender<u32>,
    /// Present if reading ahead takes until it is stopped.
    stuck: Option<Stuck>,
}

/// The two ends of a read that only an interrupter ends.
struct Stuck {
    stop: Sender<()>,
    stopped: Receiver<()>,
}

const MARK: Duration = Duration::from_millis(30);

impl Serve for Toy {
    fn perform(&mut self, call: RequestContext<'_>, request: Request) -> Result<Reply, Failure> {
        self.asked.send((call.caller, request.clone())).unwrap();
        match request {
            Request::SignIn(SignIn::LogIn { name, .. }) if name == "ada" => Ok(Reply::SignedIn(Operator {
                id: UserId(1),
                label: name,
                level: AccessLevel::Admin,
                session: Some(7),
                expires_at: call.now,
                restored_at: None,
                failed: None,
                seen_by: None,
                ended_consoles: 0,
            })),
            Request::SignIn(SignIn::LogIn { .. }) => {
                Err(Failure::new(FailureKind::Refused, "Wrong username or password."))
            }
            Request::SignIn(SignIn::LogOut) => Ok(Reply::SignedOut),
            Request::Journal(Journal::Head) => Ok(Reply::Head(Head::empty())),
            Request::Import(_) | Request::Check(Check::Table(_)) => {
                for done in 0.. {
                    if (call.progress)(Progress { done, total: 1_000_000_000 }).is_break() {
                        break;
                    }
                }
                Err(Failure::new(FailureKind::Stopped, "Stopped."))
            }
            Request::Accounts(_) => panic!("planted"),
            _ => Ok(Reply::Done(ActionSummary::new(Action::Swept))),
        }
    }

    fn answer_after(&self) -> Duration {
        MARK
    }

    fn version(&self) -> Option<i64> {
        Some(*self.version.lock().unwrap())
    }

    fn clock_behind(&self, wall: Timestamp) -> Option<ClockBehind> {
        let is_behind = *self.version.lock().unwrap() < 0;
        is_behind.then(|| ClockBehind { wall, newest: wall + TimeDelta::hours(1), entry: 7 })
    }

    fn damage(&self) -> Option<Failure> {
        None
    }

    fn read_ahead(&self, _now: Timestamp, go_on: &mut dyn FnMut() -> bool) {
        if let Some(stuck) = &self.stuck
            && go_on()
        {
            stuck.stopped.recv().unwrap();
        }
    }

    fn release_memory(&mut self) {}

    fn carry_on(&mut self, go_on: &mut dyn FnMut() -> bool) -> bool {
        self.looked.send(self.left).unwrap();
        self.left -= u32::from(self.left > 0 && go_on());
        self.left > 0
    }

    fn run_idle_work(&mut self) -> IdleWork {
        IdleWork::Done
    }

    fn interrupter(&self) -> Interrupter {
        let stop = self.stuck.as_ref().map(|stuck| stuck.stop.clone());
        Interrupter::new(move || stop.iter().for_each(|stop| stop.send(()).unwrap()))
    }
}

struct Harness {
    workers: Workers,
    inbox: Receiver<RuntimeEvent>,
    asked: Receiver<(Caller, Request)>,
    version: Arc<Mutex<i64>>,
    looked: Receiver<u32>,
}

fn harness() -> Harness {
    harness_with(None, None)
}

/// Returns two workers of which the one that reads does not come to an end with reading ahead.
fn stuck_harness() -> Harness {
    let (stop, stopped) = mpsc::channel();
    harness_with(None, Some(Stuck { stop, stopped }))
}

fn harness_with(syslog: Option<Syslog>, stuck: Option<Stuck>) -> Harness {
    let (outbox, inbox) = mpsc::channel();
    let (note, asked) = mpsc::channel();
    let version = Arc::new(Mutex::new(1));
    let (look, looked) = mpsc::channel();
    let toy = |stuck| Toy {
        asked: note.clone(),
        version: Arc::clone(&version),
        left: 3,
        looked: look.clone(),
        stuck,
    };
    let now = || from_stored("2026-11-23 12:00:00").unwrap();
    let workers = Workers::start(toy(stuck), toy(None), syslog, &outbox, now).unwrap();
    Harness { workers, inbox, asked, version, looked }
}

impl Harness {
    fn ask(&self, request_id: u64, request: Request) {
        let job =
            RequestJob { request_id: RequestId(request_id), caller: Caller::Nobody, request, dry_run: false };
        self.workers.perform(job);
    }

    fn next(&self) -> Msg {
        match self.inbox.recv_timeout(Duration::from_secs(20)).unwrap() {
            RuntimeEvent::Msg(msg) => *msg,
            other @ (RuntimeEvent::StatusReport
            | RuntimeEvent::TabStopsWork
            | RuntimeEvent::Stop
            | RuntimeEvent::Interrupt
            | RuntimeEvent::End(_)) => {
                panic!("{other:?}")
            }
        }
    }

    fn answer(&self, request_id: u64) -> Result<Reply, FailureKind> {
        loop {
            if let Msg::Done(done, outcome) = self.next()
                && done == RequestId(request_id)
            {
                return outcome.map_err(|failure| failure.kind);
            }
        }
    }
}

fn log_in(name: &str) -> Request {
    let secret = Secret::from_text("correct horse").unwrap();
    Request::SignIn(SignIn::LogIn { name: name.into(), secret, code: None })
}

fn long() -> Request {
    Request::Import(Import {
        file: "dump.sql".into(),
        skip_bad_rows: false,
        replace: false,
        keep_sessions: false,
        strip_prefixes: vec![],
        database: None,
        time_zone: None,
        later_statements: LaterStatements::Refuse,
        agreed_admins: None,
        report: None,
    })
}

const SWEEP: Request = Request::Sessions(Sessions::Sweep);

#[test]
fn what_others_left_is_gone_on_with_while_nothing_is_asked_for() {
    let harness = harness();
    let next = || harness.looked.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!([next(), next(), next()], [3, 2, 1]);
    for request_id in [1, 2] {
        harness.ask(request_id, SWEEP);
        harness.answer(request_id).unwrap();
        assert_eq!(next(), 0, "others may have left something meanwhile");
    }
}

#[test]
fn what_others_left_waits_for_the_log_in_screen() {
    let begun = clock::instant();
    let harness = harness();
    harness.looked.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(begun.elapsed() >= OPENING);
}

#[test]
fn neither_the_log_in_screen_nor_the_first_read_behind_it_waits_for_reading_ahead() {
    let harness = stuck_harness();
    harness.ask(1, Request::SignIn(SignIn::Look));
    assert!(harness.answer(1).is_ok(), "the other worker answers");
    harness.ask(2, Request::SignIn(SignIn::StillIn));
    assert!(harness.answer(2).is_ok());
}

#[test]
fn reading_ahead_ends_with_the_farewell() {
    let harness = stuck_harness();
    drop(harness.workers);
    let ended = harness.asked.recv_timeout(Duration::from_secs(20));
    assert_eq!(ended, Err(RecvTimeoutError::Disconnected), "the workers are gone");
}

#[test]
fn a_refused_log_in_is_answered_at_the_mark_and_holds_nothing_up() {
    let harness = harness();
    let asked = clock::instant();
    harness.ask(1, log_in("eve"));
    harness.ask(2, SWEEP);
    assert!(matches!(harness.next(), Msg::Done(RequestId(2), Ok(_))));
    assert_eq!(harness.answer(1), Err(FailureKind::Refused));
    assert!(asked.elapsed() >= MARK);
}

#[test]
fn long_work_does_not_hold_up_reading_and_can_be_stopped() {
    let harness = harness();
    harness.ask(1, long());
    harness.ask(2, Request::SignIn(SignIn::Look));
    assert!(harness.answer(2).is_ok());
    harness.workers.cancel(RequestId(1));
    assert_eq!(harness.answer(1), Err(FailureKind::Stopped));
}

#[test]
fn only_the_look_that_opens_the_log_in_screen_does_not_wait_for_the_reading_worker() {
    let [look, still_in] = [SignIn::Look, SignIn::StillIn].map(Request::SignIn);
    for (request, has_begun, is_read) in [
        (&look, false, false),
        (&look, true, true),
        (&still_in, false, true),
        (&SWEEP, false, false),
        (&SWEEP, true, false),
    ] {
        assert_eq!(is_for_reader(request, has_begun), is_read, "{request:?} {has_begun}");
    }
}

#[test]
fn a_check_that_is_cancelled_gives_way_to_what_was_asked_for_next() {
    let harness = harness();
    harness.ask(1, Request::Check(Check::Table(0)));
    harness.workers.cancel(RequestId(1));
    harness.ask(2, SWEEP);
    assert_eq!(harness.answer(1), Err(FailureKind::Stopped));
    assert!(harness.answer(2).is_ok());
}

#[test]
fn what_is_cancelled_in_the_queue_is_never_begun() {
    let harness = harness();
    harness.ask(1, long());
    harness.ask(2, SWEEP);
    harness.workers.cancel(RequestId(2));
    harness.workers.cancel(RequestId(1));
    assert_eq!(harness.answer(2), Err(FailureKind::Stopped));
    drop(harness.workers);
    assert!(harness.asked.iter().all(|(_, request)| request != SWEEP));
}

#[test]
fn a_panic_is_a_failure_and_work_goes_on() {
    super::panics::restore_first(|| {});
    let harness = harness();
    harness.ask(1, Request::Accounts(AccountAction::Delete.on(AccountSelection::one(UserId(1)))));
    assert_eq!(harness.answer(1), Err(FailureKind::Other));
    harness.ask(2, SWEEP);
    assert!(harness.answer(2).is_ok());
}

#[test]
fn a_change_by_another_program_is_told() {
    let harness = harness();
    harness.ask(1, Request::SignIn(SignIn::StillIn));
    assert!(harness.answer(1).is_ok(), "the worker has looked at the version by now");
    *harness.version.lock().unwrap() += 1;
    assert_eq!(harness.next(), Msg::StoreChanged);
}

#[test]
fn a_clock_behind_the_journal_is_told_once_and_so_is_its_end() {
    let harness = harness();
    harness.ask(1, Request::SignIn(SignIn::StillIn));
    assert!(harness.answer(1).is_ok());
    for (version, is_behind) in [(-1, Some(true)), (-2, None), (2, Some(false))] {
        *harness.version.lock().unwrap() = version;
        if let Some(is_behind) = is_behind {
            assert!(matches!(harness.next(), Msg::Clock(behind) if behind.is_some() == is_behind));
        }
        assert_eq!(harness.next(), Msg::StoreChanged);
    }
}

#[test]
fn the_farewell_finishes_the_queue_and_ends_the_session() {
    let harness = harness();
    harness.ask(1, log_in("ada"));
    harness.ask(2, SWEEP);
    drop(harness.workers);
    let asked: Vec<_> = harness.asked.iter().skip(1).collect();
    let log_out = Request::SignIn(SignIn::LogOut);
    assert_eq!(asked, [(Caller::Nobody, SWEEP), (Caller::Operator(7), log_out)]);
}

#[test]
fn the_farewell_stops_long_work() {
    let harness = harness();
    harness.ask(1, log_in("ada"));
    harness.ask(2, long());
    drop(harness.workers);
    let (caller, last) = harness.asked.iter().last().unwrap();
    assert_eq!((caller, last), (Caller::Operator(7), Request::SignIn(SignIn::LogOut)));
}

/// Returns what a syslog received from two workers that performed these requests before they shut down.
fn heard(requests: &[Request]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("log");
    let listener = std::os::unix::net::UnixDatagram::bind(&socket).unwrap();
    listener.set_nonblocking(true).unwrap();
    let harness = harness_with(Some(Syslog::at(socket, "nexus.db".as_ref())), None);
    for (request_id, request) in (1..).zip(requests) {
        harness.ask(request_id, request.clone());
    }
    drop(harness.workers);
    let mut bytes = [0; 1_024];
    let messages = std::iter::from_fn(|| {
        let length = listener.recv(&mut bytes).ok()?;
        Some(String::from_utf8(bytes[..length].to_vec()).unwrap())
    });
    messages.collect()
}

#[test]
fn the_head_is_sent_once_at_each_log_out() {
    let log_out = || Request::SignIn(SignIn::LogOut);
    let [message] = &heard(&[log_in("ada"), SWEEP])[..] else { panic!("not one") };
    assert!(message.contains(&format!("journal head {} of nexus.db", Head::empty())), "{message}");
    assert_eq!(heard(&[log_in("ada"), log_out()]).len(), 1);
    assert_eq!(heard(&[log_in("ada"), log_out(), log_in("ada")]).len(), 2);
    assert_eq!(heard(&[SWEEP, log_out()]).len(), 0);
}

#[test]
fn a_syslog_that_is_not_there_hinders_no_log_out() {
    let harness = harness_with(Some(Syslog::at("/nowhere/log".into(), "nexus.db".as_ref())), None);
    harness.ask(1, log_in("ada"));
    harness.ask(2, Request::SignIn(SignIn::LogOut));
    assert!(matches!(harness.answer(1), Ok(Reply::SignedIn(_))));
    assert_eq!(harness.answer(2), Ok(Reply::SignedOut));
}

proptest! {
    #[test]
    fn answers_come_on_a_mark_and_never_before_the_work_is_done(taken in 0_u64..10_000, mark in 1_u64..2_000) {
        let (taken, mark) = (Duration::from_millis(taken), Duration::from_millis(mark));
        let at = on_the_mark(taken, mark);
        prop_assert!(at >= taken && at >= mark && at.saturating_sub(mark) <= taken);
        prop_assert_eq!(at.as_nanos() % mark.as_nanos(), 0);
    }
}
