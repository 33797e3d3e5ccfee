use crate::domain::overview::AccountCounts;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Status};
use crate::service::contract::{AccountAction, Caller, FailureKind, Request};
use crate::service::testing::{Bench, accounts_named};

use super::*;

fn overview(bench: &mut Bench, caller: Caller) -> Overview {
    match bench.ask(caller, Request::Overview).unwrap() {
        Reply::Overview(overview) => *overview,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plain_user_gets_their_own_figures_only() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.account("eve", AccessLevel::User, Status::Pending);
    bench.log_in("ada", "wrong").unwrap_err();
    bench.log_in("hunter2", "wrong").unwrap_err();
    let bob = bench.operator("bob");
    let own = overview(&mut bench, bob);
    assert_eq!(own.figures.accounts, AccountCounts { confirmed: 1, ..AccountCounts::default() });
    assert_eq!((own.figures.sessions.active(), own.figures.waiting.len(), own.store), (1, 0, None));
    assert_eq!((own.figures.failures.total, own.figures.log_ins[29].done), (0, 1));

    let ada = bench.operator("ada");
    let all = overview(&mut bench, ada);
    assert_eq!(all.figures.accounts, AccountCounts { confirmed: 2, pending: 1, suspended: 0 });
    assert_eq!((all.figures.sessions.active(), all.figures.waiting.len()), (2, 1));
    assert_eq!((all.figures.failures.total, all.figures.failures.unknown_names), (2, 1));
    assert!(!format!("{all:?}").contains("hunter2"), "an unknown name may be a password");
    assert!(all.store.is_some_and(|store| store.facts.entries > 0 && !store.is_damaged));
    assert_eq!(bench.kind(Caller::Nobody, Request::Overview), FailureKind::SignedOut);
    assert_eq!(overview(&mut bench, Caller::Owner).since, None, "a command was never here before");
}

#[test]
fn it_tells_what_others_did_since_the_operator_was_here() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::Admin, Status::Confirmed);
    for name in ["eve", "fay"] {
        bench.account(name, AccessLevel::User, Status::Pending);
    }
    let ada = bench.operator("ada");
    let first = overview(&mut bench, ada).since.unwrap();
    assert_eq!(first, SinceLastVisit::default(), "she was never here before");
    let here = bench.now;
    bench.done(ada, AccountAction::Suspend.on(accounts_named(&["fay"])));
    bench.later(Duration::minutes(1));
    let bob = bench.operator("bob");
    bench.done(bob, AccountAction::Confirm.on(accounts_named(&["eve"])));
    bench.done(bob, AccountAction::Confirm.on(accounts_named(&["fay"])));
    bench.done(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["eve"])));
    bench.log_in("ada", "wrong").unwrap_err();
    bench.later(Duration::minutes(1));

    let ada = bench.operator("ada");
    let since = overview(&mut bench, ada).since.unwrap();
    assert_eq!((since.last_log_in, since.is_cut), (Some(here), false));
    let told: Vec<_> = since.others.iter().map(|one| (one.actor.as_str(), one.action, one.entries)).collect();
    let [(os_user, action, 1), ("bob", Action::Confirmed, 2)] = told[..] else { panic!("{told:?}") };
    assert_eq!((os_user, action), (since.others[0].actor.as_str(), Action::Suspended));
    assert!(since.others[0].is_command && !since.others[1].is_command);
    assert_eq!((since.own_failures, since.failed_from.as_deref()), (1, Some("pts/3")));
}

#[test]
fn it_looks_back_no_further_than_it_can() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.operator("ada");
    for _ in 0..=MOST_ENTRIES / 2 {
        bench.done(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["bob"])));
        bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    }
    let ada = bench.operator("ada");
    let since = overview(&mut bench, ada).since.unwrap();
    assert!(
        since.is_cut && since.others.iter().map(|one| one.entries).sum::<u64>() < u64::from(MOST_ENTRIES)
    );
}
