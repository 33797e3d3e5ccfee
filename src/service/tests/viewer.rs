//! An admin who sees the console as an account gets it.

use crate::domain::filter::Filter;
use crate::domain::user::{AccessLevel, Status, Who};

use super::super::contract::{
    AccountAction, AccountSelection, Accounts, Caller, Check, Directories, FailureKind, Operator, Reply,
    Request, Sessions, SignIn,
};
use super::super::testing::{ALL, Bench, PASSWORD, accounts_named, in_order, secret, who};
use super::every_request::requests;
use super::levels::{comparable, zelda_and_bob};

fn see_as(bench: &mut Bench, admin: Caller, name: &str) -> Operator {
    match bench.ask(admin, SignIn::SeeAs(who(name)).into()).unwrap() {
        Reply::SignedIn(operator) => operator,
        other => panic!("{other:?}"),
    }
}

fn everything_stored(bench: &Bench) -> String {
    bench.dump() + &bench.dump_of(&["nexus_journal", "nexus_sessions", "nexus_settings", "nexus_bin"])
}

#[test]
fn whatever_is_asked_is_answered_as_to_the_account_and_nothing_is_written() {
    let (mut bench, others, bob) = zelda_and_bob();
    let zelda = bench.operator("zelda");
    let before = everything_stored(&bench);
    let operator = see_as(&mut bench, zelda, "bob");
    let viewer = operator.caller();
    assert_eq!((operator.level, operator.session), (AccessLevel::User, None));
    for request in requests(&others) {
        let told = format!("{request:?}");
        let is_own = matches!(&request, Request::SignIn(_) | Request::Check(_));
        let (seen, may_view) = (bench.ask(viewer, request.clone()), request.can_be_viewed());
        assert_eq!(everything_stored(&bench), before, "{told}");
        if !may_view {
            assert_eq!(seen.unwrap_err().kind, FailureKind::Unavailable, "{told}");
        } else if !is_own {
            let own = bench.copy().ask(bob, request);
            assert_eq!(comparable(&seen), comparable(&own), "{told}");
        }
    }
    assert!(bench.is_in(zelda) && bench.is_in(viewer) && bench.is_in(bob));
}

#[test]
fn the_use_of_a_token_and_of_a_directory_is_not_noted() {
    let (mut bench, others, _) = zelda_and_bob();
    bench.done(Caller::Owner, AccountAction::Promote.on(accounts_named(&["bob"])));
    let zelda = bench.operator("zelda");
    let viewer = see_as(&mut bench, zelda, "bob").caller();
    bench.later(crate::domain::time::Duration::minutes(5));
    let before = everything_stored(&bench);
    let verify = || Request::Sessions(Sessions::Verify(secret(&others.token)));
    assert!(matches!(bench.ask(viewer, verify()), Ok(Reply::Verified(..))));
    assert!(matches!(bench.ask(viewer, Directories::Opened(others.home).into()), Ok(Reply::Done(_))));
    assert_eq!(everything_stored(&bench), before);
    assert_eq!(bench.kind(viewer, AccountAction::Suspend.on(others.named())), FailureKind::Unavailable);
    assert!(bench.rehearse(viewer, AccountAction::Suspend.on(others.named()).into()).is_err());
    assert_eq!(everything_stored(&bench), before);
    assert!(matches!(bench.ask(Caller::Owner, verify()), Ok(Reply::Verified(..))));
    assert_ne!(everything_stored(&bench), before);
}

#[test]
fn it_lasts_as_long_as_the_admins_session_and_the_accounts_status() {
    let mut bench = Bench::new();
    for (name, status) in [("bob", Status::Confirmed), ("pia", Status::Pending), ("sue", Status::Suspended)] {
        bench.account(name, AccessLevel::User, status);
    }
    let (ada, bob) = (bench.operator("ada"), bench.operator("bob"));
    for (caller, name, kind) in [
        (ada, "nobody", FailureKind::NotFound),
        (ada, "pia", FailureKind::Conflict),
        (ada, "sue", FailureKind::Conflict),
        (bob, "bob", FailureKind::Refused),
        (Caller::Owner, "bob", FailureKind::Refused),
        (Caller::Nobody, "bob", FailureKind::SignedOut),
    ] {
        assert_eq!(bench.kind(caller, SignIn::SeeAs(who(name))), kind, "{name}");
    }
    let seen = see_as(&mut bench, ada, "bob");
    let viewer = seen.caller();
    assert_eq!(bench.ask(viewer, SignIn::StillIn.into()), Ok(Reply::SignedIn(seen)));
    assert_eq!(bench.kind(viewer, SignIn::SeeAs(who("ada"))), FailureKind::Refused, "not from there");
    bench.done(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["bob"])));
    let failure = bench.refused(viewer, SignIn::StillIn);
    let words = "bob gets no console: account suspended.";
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Conflict, words));

    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    assert!(bench.is_in(viewer));
    bench.ask(ada, SignIn::LogOut.into()).unwrap();
    assert_eq!(bench.kind(viewer, SignIn::StillIn), FailureKind::SignedOut);
    let ada = bench.operator("ada");
    let viewer = see_as(&mut bench, ada, "bob").caller();
    let all = AccountSelection::Named(vec![Who::Username("bob".into())]);
    bench.done(Caller::Owner, AccountAction::Delete.on(all));
    assert_eq!(bench.kind(viewer, SignIn::StillIn), FailureKind::Conflict);
    let list = Accounts::List { filter: Filter::default(), sort: in_order(), span: ALL };
    assert_eq!(bench.kind(viewer, list), FailureKind::Conflict);
    assert_eq!(bench.kind(viewer, SignIn::Unlock(secret(PASSWORD))), FailureKind::Unavailable);
    assert!(matches!(bench.ask(viewer, Request::Check(Check::Table(999))), Ok(Reply::Check(_))));
}
