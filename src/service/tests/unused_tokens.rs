//! The idle limit of tokens: from when it counts, what it spares, and what is told of it.

use crate::domain::page::Selection;
use crate::domain::session::{EndReason, Session};
use crate::domain::session_settings::{IdleMinutes, SessionSettings};
use crate::domain::time::Duration;
use crate::service::contract::{FailureKind, Sessions};

use super::*;

const OWNER: Caller = Caller::Owner;
const LIFE: Duration = Duration::days(30);

impl Bench {
    /// Sets the limit in the config file, and lets a transaction see it.
    fn token_limit(&mut self, minutes: i64) {
        self.service.sessions =
            SessionSettings { idle: IdleMinutes::new(minutes), ..SessionSettings::default() };
        self.done(OWNER, Sessions::Sweep);
    }

    fn rehearsed_sweep(&mut self) -> u64 {
        match self.rehearse(OWNER, Sessions::Sweep.into()).unwrap() {
            Reply::Done(summary) | Reply::Counted { summary, .. } => summary.sessions,
            other => panic!("{other:?}"),
        }
    }

    /// Issues a token for `ada`; returns it and its session's row.
    fn issued_token(&mut self) -> (String, i64) {
        let issue = Sessions::Issue { who: who("ada"), life: LIFE, label: None };
        match self.ask(OWNER, issue.into()).unwrap() {
            Reply::Secret { summary, secret, .. } => (secret.expose().to_owned(), summary.id.unwrap()),
            other => panic!("{other:?}"),
        }
    }

    /// Returns the reason why a token is not good; nothing if it is.
    fn fault(&mut self, token: &str) -> String {
        self.ask(OWNER, Sessions::Verify(secret(token)).into())
            .map_or_else(|why| why.message, |_| String::new())
    }

    fn token_row(&self, id: i64) -> Session {
        self.session(Caller::Operator(id))
    }
}

#[test]
fn a_token_that_nobody_uses_ends_and_says_since_when() {
    let mut bench = Bench::new();
    bench.token_limit(60);
    let (token, id) = bench.issued_token();
    bench.later(Duration::minutes(50));
    assert_eq!(bench.fault(&token), "");
    bench.later(Duration::minutes(60) - Duration::seconds(1));
    assert!(bench.token_row(id).ended(bench.now).is_none());
    bench.later(Duration::seconds(1));
    let words = "not used since 23 Nov 2026 12:50 UTC";
    assert_eq!(bench.token_row(id).why_ended(bench.now).as_deref(), Some(words));
    assert_eq!(bench.user("ada").active_sessions, 0);
    let renewal = Sessions::Renew { which: Selection::one(id), life: LIFE };
    assert_eq!(bench.kind(OWNER, renewal), FailureKind::Conflict);
    assert_eq!(bench.fault(&token), format!("Invalid token: {words}."));
    // The use of a token that is over marks it, so that a clock that is set back does not revive it.
    let end = bench.token_row(id).end.unwrap();
    assert_eq!((end.reason, end.by, end.at), (EndReason::NotUsed, None, bench.now));
    assert_eq!(bench.token_row(id).why_ended(bench.now).as_deref(), Some(words));
    assert_eq!(bench.fault(&token), format!("Invalid token: {words}."));
}

#[test]
fn a_sweep_writes_down_which_tokens_were_not_used() {
    let mut bench = Bench::new();
    bench.token_limit(60);
    let [(_, unused), (used, other)] = [bench.issued_token(), bench.issued_token()];
    bench.later(Duration::minutes(45));
    assert_eq!(bench.fault(&used), "");
    bench.later(Duration::minutes(45));
    assert_eq!(bench.rehearsed_sweep(), 1);
    assert_eq!(bench.done(OWNER, Sessions::Sweep).sessions, 1);
    assert_eq!(bench.token_row(unused).end.unwrap().reason, EndReason::NotUsed);
    assert!(bench.token_row(other).ended(bench.now).is_none());
    assert_eq!(bench.done(OWNER, Sessions::Sweep).sessions, 0);
}

#[test]
fn the_limit_counts_from_when_it_was_switched_on_and_stays_until_it_is_switched_off() {
    let mut bench = Bench::new();
    let (token, id) = bench.issued_token();
    bench.later(Duration::days(10));
    bench.token_limit(60);
    bench.later(Duration::minutes(59));
    assert!(bench.token_row(id).ended(bench.now).is_none());
    bench.service.sessions = SessionSettings::default();
    bench.later(Duration::minutes(1));
    assert!(bench.token_row(id).ended(bench.now).is_some(), "without a word in the file it stays");
    bench.service.sessions = SessionSettings { idle: IdleMinutes::new(0), ..SessionSettings::default() };
    bench.done(OWNER, edit("ada", "Main Street 1"));
    assert_eq!(bench.fault(&token), "");
}

#[test]
fn a_console_is_not_a_token() {
    let mut bench = Bench::new();
    bench.token_limit(5);
    let console = bench.operator("ada");
    bench.later(Duration::hours(1));
    assert!(bench.is_in(console));
    assert_eq!(bench.session(console).idle_limit, None);
    assert_eq!(bench.done(OWNER, Sessions::Sweep).sessions, 0);
}

#[test]
fn a_token_of_another_program_is_in_use_while_it_is_verified() {
    let mut bench = Bench::new();
    bench.token_limit(60);
    let token = "nxs_of_another_program";
    let digest = crate::auth::token::digest(token);
    bench.spoil(&format!(
        "INSERT INTO de_torres_vincent_session_tokens (id, user_id, session_token, expiration)
         VALUES (77, 1, '{digest}', '2036-01-01 00:00:00');
         UPDATE nexus_unused SET base = '2026-11-23 12:00:00'"
    ));
    for _ in 0..5 {
        bench.later(Duration::minutes(50));
        assert_eq!(bench.fault(token), "");
    }
    bench.later(Duration::minutes(60));
    assert_eq!(bench.fault(token), "Invalid token: not used for too long, 23 Nov 2026 17:10 UTC.");
}
