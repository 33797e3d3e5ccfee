use crate::domain::clock::BootTime;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::Selection;
use crate::domain::session::{EndReason, SessionEnd};
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Status};

use super::super::clock;
use super::super::contract::{AccountAction, Caller, FailureKind, Reply, Sessions};
use super::super::testing::{ALL, Bench, PASSWORD, accounts_named, in_order, secret, who};

const HOUR: Duration = Duration::hours(1);

impl Bench {
    /// Advances both clocks.
    fn passes(&mut self, span: Duration) {
        self.later(span);
        let boot = self.boot.take().unwrap();
        self.boot = Some(BootTime { seconds: boot.seconds + span.num_seconds(), ..boot });
    }

    /// Writes a clock entry, as `doctor --fix` does.
    fn restart_clock(&mut self) -> bool {
        let mut go_on = |_| std::ops::ControlFlow::Continue(());
        let mut context = self.context(Caller::Owner, &mut go_on);
        clock::restart(&mut self.service, &mut context).unwrap()
    }

    fn is_behind(&self) -> bool {
        clock::behind(&self.service, self.now).unwrap().is_some()
    }

    fn issued(&mut self) -> (String, i64) {
        match self
            .ask(Caller::Owner, Sessions::Issue { who: who("ada"), life: HOUR, label: None }.into())
            .unwrap()
        {
            Reply::Secret { summary, secret, .. } => (secret.expose().to_owned(), summary.id.unwrap()),
            other => panic!("{other:?}"),
        }
    }

    /// Returns the reason why a token is not valid, or an empty string.
    fn verdict_on(&mut self, token: &str) -> String {
        let verified = self.ask(Caller::Owner, Sessions::Verify(secret(token)).into());
        verified.map_or_else(|failure| failure.message, |_| String::new())
    }

    fn active(&self) -> usize {
        let filter = Filter::parse(ListKind::Sessions, "status:active").unwrap();
        self.read(|rows| rows.session_ids(self.now, &filter)).len()
    }
}

fn booted() -> Bench {
    let mut bench = Bench::new();
    bench.boot = Some(BootTime { id: "b1".into(), seconds: 600, millis: 0 });
    bench
}

#[test]
fn a_clock_set_back_revives_no_token_within_a_boot() {
    let mut bench = booted();
    let (token, id) = bench.issued();
    bench.passes(HOUR * 2);
    bench.now -= HOUR * 2;
    assert_eq!(bench.active(), 1, "the wall clock alone would let it live");
    // Whoever asks first, and be it for a list, marks it.
    let list = Sessions::List { filter: Filter::default(), sort: in_order(), span: ALL };
    let Reply::Sessions(window) = bench.ask(Caller::Owner, list.into()).unwrap() else { panic!() };
    assert!(window.rows[0].ended(bench.now).is_some());
    assert_eq!(bench.active(), 0);
    bench.boot = None;
    let end = bench.session(Caller::Operator(id)).end.unwrap();
    assert_eq!(end, SessionEnd::new(bench.now, None, EndReason::TimeOver));
    assert!(bench.verdict_on(&token).contains("expired"));
}

#[test]
fn a_clock_set_back_lengthens_no_session_within_a_boot() {
    let mut bench = booted();
    let ada = bench.operator("ada");
    bench.now -= HOUR;
    for hours in 1..=7 {
        bench.passes(HOUR);
        assert!(bench.is_in(ada), "{hours}");
    }
    bench.passes(HOUR);
    assert!(!bench.is_in(ada), "its eight hours are over, whatever the clock says");
}

#[test]
fn a_renewed_session_counts_from_its_renewal_and_one_of_another_boot_by_the_clock() {
    let mut bench = booted();
    let (token, id) = bench.issued();
    bench.passes(HOUR / 2);
    let renewal = Sessions::Renew { which: Selection::one(id), life: HOUR * 4 };
    bench.done(Caller::Owner, renewal);
    bench.now -= Duration::minutes(1);
    bench.passes(HOUR * 3);
    assert_eq!(bench.verdict_on(&token), "");
    let boot = BootTime { id: "b2".into(), seconds: 1_000_000, millis: 0 };
    bench.boot = Some(boot);
    bench.now -= Duration::minutes(1);
    assert_eq!(bench.verdict_on(&token), "");
}

#[test]
fn a_clock_set_forward_and_right_again_ends_nothing_that_nobody_saw_ended() {
    let mut bench = booted();
    let (token, _) = bench.issued();
    bench.now += HOUR * 24;
    bench.now -= HOUR * 24;
    bench.passes(HOUR / 2);
    assert_eq!(bench.verdict_on(&token), "");
}

#[test]
fn a_token_that_was_seen_to_be_over_stays_so_without_any_boot() {
    let mut bench = Bench::new();
    let (token, _) = bench.issued();
    bench.later(HOUR);
    let over = bench.verdict_on(&token);
    assert!(over.starts_with("Invalid token: expired"), "{over}");
    bench.now -= Duration::minutes(1);
    assert_eq!(bench.verdict_on(&token), over, "the same words, and the same time");
}

#[test]
fn tokens_are_not_judged_by_a_clock_behind_the_journal_until_a_clock_entry_says_so() {
    let mut bench = Bench::new();
    let right = bench.now;
    let (token, _) = bench.issued();
    assert!(!bench.is_behind() && !bench.restart_clock());
    bench.now -= Duration::minutes(2);
    assert!(!bench.is_behind(), "two minutes are nothing");
    bench.now -= Duration::seconds(1);
    let failure = bench.refused(Caller::Owner, Sessions::Verify(secret(&token)));
    assert_eq!(failure.kind, FailureKind::Unavailable);
    for time in ["2026-11-23T11:57:59Z", "2026-11-23T12:00:00Z"] {
        assert!(failure.message.contains(time), "{}", failure.message);
    }
    assert!(failure.hint.unwrap().contains("nexus doctor --fix"));
    let findings = clock::findings(&bench.service, bench.now).unwrap();
    assert_eq!((findings.len(), findings[0].check, findings[0].fixable), (1, "clock", true));
    // Operators get in all the same; what they do makes the clock no righter.
    bench.operator("ada");
    assert!(bench.is_behind());
    assert!(bench.restart_clock());
    assert!(!bench.is_behind() && clock::findings(&bench.service, bench.now).unwrap().is_empty());
    assert_eq!(bench.verdict_on(&token), "");
    bench.now = right;
    assert_eq!(bench.verdict_on(&token), "");
}

#[test]
fn one_entry_from_a_clock_years_ahead_ends_nothing() {
    let mut bench = Bench::new();
    let (token, _) = bench.issued();
    let right = bench.now;
    bench.now += Duration::days(3_650);
    bench.account("eve", AccessLevel::User, Status::Pending);
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["eve"])));
    bench.now = right;
    assert_eq!(bench.active(), 1);
    assert!(bench.log_in("ada", PASSWORD).is_ok());
    assert!(bench.verdict_on(&token).contains("The clock is behind the journal"));
    assert!(bench.restart_clock());
    assert_eq!(bench.verdict_on(&token), "");
}
