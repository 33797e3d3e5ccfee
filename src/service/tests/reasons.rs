//! The reasons of actions: where they are shown, how long they hold, and the rejection, which needs one.

use crate::domain::bin::BinItem;
use crate::domain::journal::Reason;
use crate::domain::time::Duration;
use crate::service::contract::{
    AccountAction, Bin, CodeInForce, FailureKind, InBin, Provenance, Undo, UserDetail,
};
use crate::service::testing::{accounts_named, fields};

use super::*;

const OWNER: Caller = Caller::Owner;

impl Bench {
    fn account_shown(&mut self, name: &str) -> UserDetail {
        match self.ask(OWNER, Accounts::Show(who(name)).into()).unwrap() {
            Reply::User(detail) => *detail,
            other => panic!("{other:?}"),
        }
    }

    /// Returns who gave the account its status, and why.
    fn status_set(&mut self, name: &str) -> Option<(String, Option<String>)> {
        self.account_shown(name).status_set.map(|Provenance { by, reason, .. }| (by, reason))
    }

    fn in_bin(&mut self) -> Vec<BinItem> {
        let list = Bin::List { filter: Filter::default(), sort: in_order(), span: ALL };
        match self.ask(OWNER, list.into()).unwrap() {
            Reply::Items(window) => window.rows,
            other => panic!("{other:?}"),
        }
    }

    fn codes(&mut self) -> Vec<CodeInForce> {
        match self.ask(OWNER, Accounts::ListCodes.into()).unwrap() {
            Reply::Codes(codes) => codes,
            other => panic!("{other:?}"),
        }
    }
}

fn suspend(name: &str) -> Request {
    AccountAction::Suspend.on(accounts_named(&[name])).into()
}

fn reject(names: &[&str]) -> Request {
    AccountAction::Reject.on(accounts_named(names)).into()
}

#[expect(clippy::unnecessary_wraps, reason = "an account may have none")]
fn set(by: &str, reason: &str) -> Option<(String, Option<String>)> {
    Some((by.into(), Some(reason.into())))
}

#[test]
fn an_account_tells_who_suspended_it_and_why_until_its_status_changes() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    assert_eq!(bench.status_set("bob"), None);
    let ada = bench.operator("ada");
    let at = bench.now;
    bench.because("payment failed", ada, suspend("bob")).unwrap();
    bench.later(Duration::hours(1));
    assert_eq!(bench.status_set("bob"), set("ada", "payment failed"));
    assert_eq!(bench.account_shown("bob").status_set.unwrap().at, Some(at));
    bench.done(ada, edit("bob", "1 Lane"));
    assert_eq!(bench.status_set("bob"), set("ada", "payment failed"), "an edit of something else");
    bench.done(ada, AccountAction::Confirm.on(accounts_named(&["bob"])));
    assert_eq!(bench.status_set("bob"), Some(("ada".into(), None)));
    // Another program knows no reasons.
    bench.spoil("UPDATE de_torres_vincent_users SET status = 'suspended' WHERE username = 'bob'");
    assert_eq!(bench.status_set("bob"), None);
}

#[test]
fn the_reason_of_a_status_goes_to_the_bin_and_comes_back() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.because("payment failed", OWNER, suspend("bob")).unwrap();
    bench.because("asked for it", OWNER, AccountAction::Delete.on(accounts_named(&["bob"]))).unwrap();
    let [item] = &bench.in_bin()[..] else { panic!() };
    assert_eq!((item.reason.as_deref(), item.is_rejected), (Some("asked for it"), false));
    bench.done(OWNER, Bin::Restore { which: InBin::Account(who("bob")), to: None, with_sessions: false });
    assert_eq!(bench.status_set("bob"), set("root", "payment failed"));
}

#[test]
fn an_undo_brings_back_the_status_with_a_reason_of_its_own() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.because("payment failed", OWNER, suspend("bob")).unwrap();
    bench.because("paid", OWNER, Undo::Last).unwrap();
    assert_eq!(bench.status_set("bob"), set("root", "paid"));
}

#[test]
fn a_rejection_moves_a_pending_account_to_the_bin_with_its_reason() {
    let mut bench = Bench::new();
    bench.account("pia", AccessLevel::User, Status::Pending);
    let ada = bench.operator("ada");
    let reply = bench.because("not a member", ada, reject(&["pia"])).unwrap();
    let Reply::Done(summary) = reply else { panic!("{reply:?}") };
    assert_eq!(summary.done(), "Rejected pia");
    let [item] = &bench.in_bin()[..] else { panic!() };
    assert_eq!((item.label.as_str(), item.reason.as_deref()), ("pia", Some("not a member")));
    assert!(item.is_rejected && item.deleted_by == "ada");
    bench.done(ada, Undo::Last);
    assert_eq!(bench.user("pia").status, Status::Pending);
    bench.done(ada, Undo::Redo);
    assert_eq!(bench.in_bin().len(), 1);
    bench.done(OWNER, Bin::Restore { which: InBin::Account(who("pia")), to: None, with_sessions: false });
    assert_eq!(bench.user("pia").status, Status::Pending);
}

#[test]
fn a_rejection_is_for_pending_accounts_and_admins_and_needs_a_reason() {
    let mut bench = Bench::new();
    for (name, status) in [("pia", Status::Pending), ("bob", Status::Confirmed), ("sue", Status::Suspended)] {
        bench.account(name, AccessLevel::User, status);
    }
    let bob = bench.operator("bob");
    let before = bench.dump();
    assert_eq!(bench.kind(OWNER, reject(&["pia"])), FailureKind::Invalid);
    for (caller, names, kind) in [
        (bob, &["pia"][..], FailureKind::Refused),
        (OWNER, &["bob"], FailureKind::Conflict),
        (OWNER, &["sue"], FailureKind::Conflict),
        (OWNER, &["pia", "bob"], FailureKind::Conflict),
        (OWNER, &["nobody"], FailureKind::NotFound),
    ] {
        let failure = bench.because("spam", caller, reject(names)).unwrap_err();
        assert_eq!(failure.kind, kind, "{names:?}: {}", failure.message);
    }
    assert_eq!(bench.dump(), before);
}

#[test]
fn an_account_that_was_confirmed_since_it_was_counted_is_not_rejected() {
    let mut bench = Bench::new();
    bench.account("pia", AccessLevel::User, Status::Pending);
    bench.account("una", AccessLevel::User, Status::Pending);
    let ada = bench.operator("ada");
    let (summary, rows) = bench.count(ada, reject(&["pia", "una"]));
    assert_eq!(summary.accounts, 2);
    bench.done(OWNER, AccountAction::Confirm.on(accounts_named(&["pia"])));
    let reason = Reason::parse("spam").ok();
    let request = reject(&["pia", "una"]).for_rows(rows).because(reason);
    let done = bench.done(ada, request);
    assert_eq!((done.accounts, done.vanished), (1, 1));
    assert_eq!(bench.user("pia").status, Status::Confirmed);
    assert_eq!(bench.in_bin().iter().map(|item| item.reason.as_deref()).collect::<Vec<_>>(), [Some("spam")]);
}

#[test]
fn a_reason_that_came_with_the_action_counts_for_it_alone() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let ada = bench.operator("ada");
    bench.done(ada, suspend("bob").because(Reason::parse("payment failed").ok()));
    assert_eq!(bench.status_set("bob"), set("ada", "payment failed"));
    bench.done(ada, AccountAction::Confirm.on(accounts_named(&["bob"])));
    assert_eq!(bench.status_set("bob"), Some(("ada".into(), None)));
}

#[test]
fn a_code_tells_who_made_it_when_and_the_tries_that_are_left() {
    let mut bench = Bench::new();
    let ada = bench.operator("ada");
    let at = bench.now;
    bench
        .ask(ada, Accounts::Add { fields: fields("bob"), password: None, must_change: false }.into())
        .unwrap();
    bench.later(Duration::minutes(5));
    bench.log_in("bob", "0000-0000").unwrap_err();
    let made = |code: &CodeInForce| code.terms.made.clone().map(|made| (made.by, made.at));
    let [code] = &bench.codes()[..] else { panic!() };
    assert_eq!((made(code), code.terms.tries_left), (Some(("ada".into(), Some(at))), 4));
    // Another code is somebody else's, and one that travelled through the bin is still theirs.
    let again = AccountChange::MakeCode { life: Duration::hours(1) }.of(who("bob"));
    bench.ask(OWNER, again.into()).unwrap();
    let now = bench.now;
    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob"])));
    assert_eq!(bench.codes(), []);
    bench.done(OWNER, Bin::Restore { which: InBin::Account(who("bob")), to: None, with_sessions: false });
    let code = bench.account_shown("bob").code.unwrap();
    assert_eq!((made(&code), code.terms.tries_left), (Some(("root".into(), Some(now))), 5));
}
