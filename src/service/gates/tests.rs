//! The gates of an account: which are shut, since when and by whom, and what opens them.

use crate::auth::password::UNUSABLE;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Fields, Status};
use crate::service::contract::{
    AccountAction, AccountChange, Accounts, Caller, FailureKind, Gate, GateKind, Gates, Reply,
};
use crate::service::testing::{Bench, accounts_named, who};

fn gates(bench: &mut Bench, caller: Caller, name: &str) -> Gates {
    match bench.ask(caller, Accounts::Why(who(name)).into()).unwrap() {
        Reply::Gates(gates) => *gates,
        other => panic!("{other:?}"),
    }
}

fn gate(bench: &mut Bench, name: &str, kind: GateKind) -> Gate {
    gates(bench, Caller::Owner, name).get(kind).unwrap().clone()
}

fn command(gate: &Gate) -> &str {
    gate.lift.as_ref().unwrap().command.as_deref().unwrap()
}

#[test]
fn every_gate_is_judged_once_and_in_order() {
    let mut bench = Bench::new();
    let gates = gates(&mut bench, Caller::Owner, "ada");
    assert!(gates.gates.iter().map(|gate| gate.kind).eq(GateKind::ALL));
    assert_eq!(gates.first_shut(), None);
    assert!(gates.gates.iter().all(|gate| gate.lift.is_none()));
}

#[test]
fn a_suspension_tells_who_when_and_why() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let suspend = AccountAction::Suspend.on(accounts_named(&["bob"]));
    bench.because("lost laptop", Caller::Owner, suspend).unwrap();
    let suspended_at = bench.now;
    bench.later(Duration::days(1));
    let status = gate(&mut bench, "bob", GateKind::Status);
    assert_eq!((status.is_open, status.words.as_str()), (false, "suspended"));
    assert_eq!((status.since, status.by.as_deref()), (Some(suspended_at), Some("root")));
    assert_eq!(status.reason.as_deref(), Some("lost laptop"));
    assert_eq!(command(&status), "nexus user confirm bob");
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    let status = gate(&mut bench, "bob", GateKind::Status);
    assert_eq!((status.is_open, status.since, status.reason), (true, Some(bench.now), None));
}

#[test]
fn an_account_that_expired_tells_what_takes_its_last_day_away() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let fields = Fields { expires_on: Some("2026-11-23".into()), ..Fields::default() };
    bench.done(Caller::Owner, AccountChange::Edit { fields, was: None }.of(who("bob")));
    let open = gate(&mut bench, "bob", GateKind::ExpiresOn);
    assert_eq!((open.is_open, open.words.as_str()), (true, "until the end of 2026-11-23"));
    bench.later(Duration::days(3));
    let shut = gate(&mut bench, "bob", GateKind::ExpiresOn);
    assert_eq!((shut.is_open, shut.words.as_str()), (false, "expired on 2026-11-23"));
    assert_eq!(shut.since, crate::domain::time::from_stored("2026-11-24"));
    assert_eq!(command(&shut), "nexus user edit bob --expires-on ''");
}

#[test]
fn a_first_day_that_is_to_come_is_shut() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let fields = Fields { valid_from: Some("2026-12-01".into()), ..Fields::default() };
    bench.done(Caller::Owner, AccountChange::Edit { fields, was: None }.of(who("bob")));
    let shut = gate(&mut bench, "bob", GateKind::ValidFrom);
    assert_eq!((shut.is_open, shut.words.as_str()), (false, "opens on 2026-12-01"));
    assert_eq!((shut.by.as_deref(), command(&shut)), (Some("root"), "nexus user edit bob --valid-from ''"));
}

#[test]
fn without_a_password_an_access_code_opens_the_gate() {
    let mut bench = Bench::new();
    let bob = bench.account("bob", AccessLevel::User, Status::Pending);
    bench.store_hash(bob, UNUSABLE);
    let waiting = gate(&mut bench, "bob", GateKind::Status);
    assert_eq!((waiting.is_open, waiting.since), (false, Some(bench.now)));
    let shut = gate(&mut bench, "bob", GateKind::Password);
    assert_eq!((shut.is_open, command(&shut)), (false, "nexus user access-code bob --for 1d"));
    let code = AccountChange::MakeCode { life: Duration::hours(24) }.of(who("bob"));
    bench.ask(Caller::Owner, code.into()).unwrap();
    assert!(gate(&mut bench, "bob", GateKind::Password).is_open);
}

#[test]
fn plain_users_see_their_own_gates_alone() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let bob = bench.operator("bob");
    assert_eq!(gates(&mut bench, bob, "bob").get(GateKind::Sessions).unwrap().words, "1 active session");
    assert_eq!(bench.kind(bob, Accounts::Why(who("ada"))), FailureKind::NotFound);
}

#[test]
fn an_origin_that_failed_waits_until_somebody_lifts_it() {
    let mut bench = Bench::new();
    bench.is_throttled = true;
    bench.log_in("ada", "not the password").unwrap_err();
    let shut = gate(&mut bench, "ada", GateKind::Wait);
    assert!(!shut.is_open && shut.words.starts_with("root until "), "{}", shut.words);
    assert!(shut.words.ends_with("after 1 failure"), "{}", shut.words);
    assert_eq!((command(&shut), shut.lift.as_ref().unwrap().key), ("nexus user unlock ada", Some("c")));
    bench.done(Caller::Owner, AccountAction::Unlock.on(accounts_named(&["ada"])));
    assert!(gate(&mut bench, "ada", GateKind::Wait).is_open);
}
