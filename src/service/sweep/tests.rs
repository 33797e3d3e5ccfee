//! The rule for idle accounts: from when it counts, whom it spares, and what a sweep writes down.

use crate::domain::idle_settings::{IdleDays, IdleSettings};
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Shut, Status};
use crate::service::contract::{AccountAction, Accounts, Caller, GateKind, Reply, Sessions};
use crate::service::testing::{Bench, PASSWORD, accounts_named, who};

impl Bench {
    /// Sets the rule in the config file, and lets a transaction see it.
    fn idle_rule(&mut self, days: i64) {
        self.service.idle = IdleSettings { suspend_after: IdleDays::new(days) };
        self.done(Caller::Owner, Sessions::Sweep);
    }
}

#[test]
fn nobody_is_idle_before_the_rule_was_on_for_its_days() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.later(Duration::days(400));
    bench.idle_rule(90);
    bench.later(Duration::days(90) - Duration::seconds(1));
    assert_eq!(bench.user("bob").shut(bench.now), None);
    bench.later(Duration::seconds(1));
    assert_eq!(bench.user("bob").shut(bench.now), Some(Shut::Idle(bench.now)));
    assert_eq!(bench.log_in("bob", PASSWORD).unwrap_err().message, "This account was not used for too long.");
}

#[test]
fn to_be_seen_and_to_be_confirmed_begin_anew() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.idle_rule(30);
    bench.later(Duration::days(20));
    bench.operator("bob");
    bench.later(Duration::days(20));
    assert_eq!(bench.user("bob").shut(bench.now), None);
    bench.later(Duration::days(20));
    assert!(matches!(bench.user("bob").shut(bench.now), Some(Shut::Idle(_))));
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    assert_eq!(bench.user("bob").shut(bench.now), None);
    assert!(bench.log_in("bob", PASSWORD).is_ok());
}

#[test]
fn a_sweep_suspends_idle_accounts_and_says_why() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.account("eve", AccessLevel::User, Status::Confirmed);
    bench.idle_rule(30);
    bench.later(Duration::days(20));
    bench.operator("eve");
    bench.later(Duration::days(20));
    let foreseen = bench.rehearse(Caller::Owner, Sessions::Sweep.into()).unwrap();
    assert!(matches!(foreseen, Reply::Counted { .. } | Reply::Done(_)), "{foreseen:?}");
    assert_eq!(bench.done(Caller::Owner, Sessions::Sweep).accounts, 1);
    assert_eq!([bench.user("bob").status, bench.user("eve").status], [Status::Suspended, Status::Confirmed]);
    let Reply::Gates(gates) = bench.ask(Caller::Owner, Accounts::Why(who("bob")).into()).unwrap() else {
        panic!()
    };
    assert_eq!(gates.get(GateKind::Status).unwrap().reason.as_deref(), Some("not seen for 30 days"));
    // A suspension that is lifted begins anew.
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    assert_eq!(bench.done(Caller::Owner, Sessions::Sweep).accounts, 0);
    assert_eq!(bench.user("bob").shut(bench.now), None);
}

#[test]
fn the_admin_who_was_seen_last_is_spared() {
    let mut bench = Bench::new();
    bench.account("eve", AccessLevel::Admin, Status::Confirmed);
    bench.idle_rule(30);
    bench.later(Duration::days(1));
    bench.operator("ada");
    bench.later(Duration::days(100));
    assert!(bench.has_usable_admin());
    assert_eq!(bench.done(Caller::Owner, Sessions::Sweep).accounts, 1);
    assert_eq!([bench.user("ada").status, bench.user("eve").status], [Status::Confirmed, Status::Suspended]);
    assert!(bench.log_in("ada", PASSWORD).is_ok());
}

#[test]
fn a_rule_that_is_switched_off_holds_for_nobody() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.idle_rule(30);
    bench.later(Duration::days(40));
    bench.service.idle = IdleSettings::default();
    assert_eq!(bench.done(Caller::Owner, Sessions::Sweep).accounts, 1, "without a word in the file it stays");
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    bench.later(Duration::days(40));
    bench.idle_rule(0);
    assert_eq!(bench.user("bob").shut(bench.now), None);
}
