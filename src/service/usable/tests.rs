//! Accounts with a first and a last day: who gets in, and who must remain.

use crate::domain::filter::{Filter, Test};
use crate::domain::session::{EndReason, RowStatus};
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Field, Fields, Status};
use crate::service::contract::{
    AccountAction, AccountChange, Accounts, Caller, FailureKind, Own, Reply, Request, Sessions,
};
use crate::service::testing::{Bench, PASSWORD, accounts_named, who};

fn days(valid_from: Option<&str>, expires_on: Option<&str>) -> Fields {
    Fields {
        valid_from: valid_from.map(str::to_owned),
        expires_on: expires_on.map(str::to_owned),
        ..Fields::default()
    }
}

fn edit(name: &str, fields: Fields) -> Request {
    AccountChange::Edit { fields, was: None }.of(who(name)).into()
}

#[test]
fn only_the_right_password_tells_that_an_account_is_out_of_its_days() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    for (fields, words) in [
        (days(None, Some("2026-11-22")), "This account expired on 2026-11-22."),
        (days(Some("2026-12-01"), Some("")), "This account is valid from 2026-12-01."),
    ] {
        bench.done(Caller::Owner, edit("bob", fields));
        assert_eq!(bench.log_in("bob", PASSWORD).unwrap_err().message, words);
        let wrong = bench.log_in("bob", "not the password at all").unwrap_err();
        assert_eq!(wrong.message, "Wrong username or password.");
        let refused = bench.refused(
            Caller::Owner,
            Sessions::Issue { who: who("bob"), life: Duration::hours(1), label: None },
        );
        assert_eq!(refused.kind, FailureKind::Refused);
    }
    bench.done(Caller::Owner, edit("bob", days(Some(""), Some("2026-11-23"))));
    assert!(bench.log_in("bob", PASSWORD).is_ok(), "the last day lasts until its end");
}

#[test]
fn a_date_that_cuts_an_account_off_ends_its_sessions_and_asks() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let bob = bench.operator("bob");
    let later = bench.count(Caller::Owner, edit("bob", days(None, Some("2026-12-31")))).0;
    assert_eq!((later.ended, later.cuts_off), (0, false));
    let past = bench.count(Caller::Owner, edit("bob", days(None, Some("2026-11-22")))).0;
    assert_eq!((past.ended, past.cuts_off), (1, true));
    bench.done(Caller::Owner, edit("bob", days(None, Some("2026-11-22"))));
    assert!(!bench.is_in(bob));
    assert_eq!(bench.session(bob).end.unwrap().reason, EndReason::AccountNotValid);
}

#[test]
fn a_session_is_over_with_the_last_day_of_its_account() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.done(Caller::Owner, edit("bob", days(None, Some("2026-11-23"))));
    let issue = Sessions::Issue { who: who("bob"), life: Duration::days(30), label: None };
    let Reply::Secret { secret: token, .. } = bench.ask(Caller::Owner, issue.into()).unwrap() else {
        panic!()
    };
    assert!(bench.ask(Caller::Owner, Sessions::Verify(token.clone()).into()).is_ok());
    bench.later(Duration::hours(12));
    let active = Filter::default().and(Test::State(RowStatus::Active));
    assert!(bench.read(|rows| rows.session_ids(bench.now, &active)).is_empty());
    let refused = bench.refused(Caller::Owner, Sessions::Verify(token.clone()));
    assert_eq!(refused.message, "Invalid token: account expired on 2026-11-23.");
    // It was written down: a later end of the account does not bring it back.
    bench.done(Caller::Owner, edit("bob", days(None, Some(""))));
    let refused = bench.refused(Caller::Owner, Sessions::Verify(token));
    assert_eq!(refused.message, "Invalid token: account expired on 2026-11-23.");
}

#[test]
fn a_token_of_an_account_that_is_not_valid_yet_says_from_when_it_is() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let issue = Sessions::Issue { who: who("bob"), life: Duration::days(30), label: None };
    let Reply::Secret { secret: token, .. } = bench.ask(Caller::Owner, issue.into()).unwrap() else {
        panic!()
    };
    bench.done(Caller::Owner, edit("bob", days(Some("2026-12-01"), None)));
    let words = "account not valid before 2026-12-01; ended by root, 23 Nov 2026 12:00 UTC";
    let refused = bench.refused(Caller::Owner, Sessions::Verify(token));
    assert_eq!(refused.message, format!("Invalid token: {words}."));
}

#[test]
fn a_usable_admin_without_a_last_day_must_remain() {
    let mut bench = Bench::new();
    let ada = bench.operator("ada");
    for fields in
        [days(None, Some("2026-11-22")), days(Some("2026-12-01"), None), days(None, Some("2027-11-22"))]
    {
        let refused = bench.refused(Caller::Owner, edit("ada", fields));
        assert_eq!(refused.kind, FailureKind::Refused);
        assert!(refused.message.starts_with("That would leave no usable admin"), "{}", refused.message);
    }
    bench.account("bob", AccessLevel::Admin, Status::Confirmed);
    bench.done(Caller::Owner, edit("bob", days(None, Some("2027-01-01"))));
    let suspend = AccountAction::Suspend.on(accounts_named(&["ada"]));
    assert_eq!(bench.kind(Caller::Owner, suspend), FailureKind::Refused);
    bench.account("eve", AccessLevel::Admin, Status::Confirmed);
    let own = bench.count(ada, edit("ada", days(None, Some("2026-11-22")))).0;
    assert_eq!(own.own, Own::Account);
    bench.done(Caller::Owner, edit("ada", days(None, Some("2026-11-22"))));
    assert!(!bench.is_in(ada) && bench.has_usable_admin());
}

#[test]
fn dates_are_judged_together_and_belong_to_admins() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.done(Caller::Owner, edit("bob", days(None, Some("2026-12-31"))));
    let refused = bench.refused(Caller::Owner, edit("bob", days(Some("2027-01-01"), None)));
    assert_eq!((refused.kind, refused.field), (FailureKind::Invalid, Some(Field::ExpiresOn)));
    let refused = bench.refused(Caller::Owner, edit("bob", days(None, Some("31.12.2026"))));
    assert_eq!((refused.kind, refused.field), (FailureKind::Invalid, Some(Field::ExpiresOn)));
    let bob = bench.operator("bob");
    assert_eq!(bench.kind(bob, edit("bob", days(None, Some("")))), FailureKind::Refused);
}

#[test]
fn dates_are_undone_and_come_back_from_the_bin() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.done(Caller::Owner, edit("bob", days(Some("2026-11-01"), Some("2026-12-31"))));
    let before = bench.user("bob");
    bench.done(Caller::Owner, edit("bob", days(None, Some(""))));
    bench.done(Caller::Owner, crate::service::contract::Undo::Last);
    assert_eq!(bench.user("bob").expires_on, before.expires_on);
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["bob"])));
    bench.done(Caller::Owner, crate::service::contract::Undo::Last);
    let after = bench.user("bob");
    assert_eq!((after.valid_from, after.expires_on), (before.valid_from, before.expires_on));
    let Reply::Users(found) = bench
        .ask(
            Caller::Owner,
            Accounts::List {
                filter: Filter::parse(crate::domain::filter::ListKind::Users, "expires:<90d").unwrap(),
                sort: crate::domain::page::Sort::default(),
                span: crate::service::testing::ALL,
            }
            .into(),
        )
        .unwrap()
    else {
        panic!()
    };
    assert_eq!(found.rows.len(), 1);
}
