//! A store in which nothing can be written: who is let in, what they see, and that nothing is changed.

use crate::domain::filter::Filter;
use crate::domain::page::Selection;
use crate::domain::session::DEFAULT_LIFE;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Fields, Status};

use super::super::contract::{
    AccountAction, AccountChange, AccountSelection, Accounts, Bin, Caller, Directories, DirectorySelector,
    Failure, FailureKind, InBin, Operator, Reply, Request, Sessions, SignIn, Undo,
};
use super::super::testing::{ALL, Bench, OTHER, PASSWORD, accounts_named, fields, in_order, secret, who};

/// Returns a bench with `ada`, an admin, and `bob`, a plain user, with homes.
fn ada_and_bob() -> Bench {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let all = AccountSelection::Shown { filter: Filter::default(), except: Vec::new() };
    bench.done(Caller::Owner, Directories::Provision(all));
    bench
}

fn enter(bench: &mut Bench, name: &str) -> Result<Operator, Failure> {
    match bench.log_in(name, PASSWORD)? {
        Reply::SignedIn(operator) => Ok(operator),
        other => panic!("{other:?}"),
    }
}

fn tables(bench: &Bench) -> String {
    bench.dump() + &bench.dump_of(&["nexus_journal", "nexus_settings"])
}

/// Returns one of each request that changes something.
fn changes() -> Vec<Request> {
    let path = || DirectorySelector::Path("00002_BOB".into());
    let first_name = Fields { first_name: Some("X".into()), ..Fields::default() };
    vec![
        SignIn::SetUp { fields: fields("eve"), password: secret(OTHER) }.into(),
        Accounts::Add { fields: fields("eve"), password: None, must_change: false }.into(),
        AccountChange::Edit { fields: first_name, was: None }.of(who("ada")).into(),
        AccountAction::Confirm.on(accounts_named(&["bob"])).into(),
        AccountAction::Suspend.on(accounts_named(&["bob"])).into(),
        AccountAction::Promote.on(accounts_named(&["bob"])).into(),
        AccountChange::SetPassword { password: secret(OTHER), must_change: false }.of(who("bob")).into(),
        Accounts::ChangeOwnPassword { current: secret(PASSWORD), password: secret(OTHER) }.into(),
        AccountChange::MakeCode { life: Duration::hours(1) }.of(who("bob")).into(),
        AccountChange::RevokeCode.of(who("bob")).into(),
        AccountAction::Delete.on(accounts_named(&["bob"])).into(),
        Accounts::Invite { life: Duration::hours(1) }.into(),
        Accounts::RevokeInvitation(1).into(),
        SignIn::Register { fields: fields("eve"), password: secret(OTHER), code: secret("") }.into(),
        Sessions::Issue { who: who("bob"), life: Duration::hours(1), label: None }.into(),
        Sessions::Renew { which: Selection::one(1), life: Duration::hours(1) }.into(),
        Sessions::Revoke(Selection::one(1)).into(),
        Sessions::Sweep.into(),
        Directories::Add { path: "New".into(), owner: Some(who("bob")) }.into(),
        Directories::Rename { place: path(), name: "00003_EVE".into() }.into(),
        Directories::Move { place: path(), to: DirectorySelector::Path("00001_ADA".into()) }.into(),
        Directories::Trash(vec![path()]).into(),
        Directories::Provision(accounts_named(&["bob"])).into(),
        Undo::Last.into(),
        Undo::Entry(1).into(),
        Undo::Redo.into(),
        Bin::Restore { which: InBin::Account(who("bob")), to: None, with_sessions: false }.into(),
        Bin::Purge(InBin::Account(who("bob"))).into(),
    ]
}

#[test]
fn a_log_in_checks_the_password_and_writes_nothing() {
    let mut bench = ada_and_bob();
    bench.account("pia", AccessLevel::User, Status::Pending);
    bench.account("sam", AccessLevel::User, Status::Suspended);
    let before = tables(&bench);
    bench.read_only();
    let ada = enter(&mut bench, "ada").unwrap();
    assert_eq!((ada.label.as_str(), ada.level, ada.session), ("ada", AccessLevel::Admin, None));
    assert_eq!(ada.expires_at, bench.now + DEFAULT_LIFE);
    let words = |result: Result<Reply, Failure>| result.unwrap_err().message;
    assert_eq!(words(bench.log_in("ada", OTHER)), "Wrong username or password.");
    assert_eq!(words(bench.log_in("nobody", PASSWORD)), "Wrong username or password.");
    assert_eq!(words(bench.log_in("pia", PASSWORD)), "This account is waiting for confirmation.");
    assert_eq!(words(bench.log_in("sam", PASSWORD)), "This account is suspended.");
    assert_eq!(bench.ask(ada.caller(), SignIn::LogOut.into()), Ok(Reply::SignedOut));
    assert_eq!(tables(&bench), before);
}

#[test]
fn a_legacy_hash_is_accepted_and_not_renewed() {
    let mut bench = ada_and_bob();
    bench.store_hash(bench.user("ada").id, &bcrypt::hash(PASSWORD, 4).unwrap());
    let before = tables(&bench);
    bench.read_only();
    enter(&mut bench, "ada").unwrap();
    assert_eq!(tables(&bench), before);
}

#[test]
fn no_access_code_is_good_and_whoever_must_choose_a_password_is_told_why_they_cannot() {
    let mut bench = ada_and_bob();
    let request = AccountChange::MakeCode { life: Duration::hours(1) }.of(who("bob"));
    let Ok(Reply::Secret { secret: code, .. }) = bench.ask(Caller::Owner, request.into()) else { panic!() };
    let request = AccountChange::SetPassword { password: secret(PASSWORD), must_change: true }.of(who("ada"));
    bench.done(Caller::Owner, request);
    bench.read_only();
    let by_code = SignIn::LogIn { name: "bob".into(), secret: code, code: None };
    assert_eq!(bench.kind(Caller::Nobody, by_code), FailureKind::Refused);
    let must_choose = enter(&mut bench, "ada").unwrap_err();
    assert_eq!(must_choose.kind, FailureKind::Unavailable);
    assert!(must_choose.message.contains("new password"), "{must_choose:?}");
}

#[test]
fn a_reader_sees_what_their_level_shows() {
    let mut bench = ada_and_bob();
    bench.read_only();
    let shown = |bench: &mut Bench, caller| {
        let list = Accounts::List { filter: Filter::default(), sort: in_order(), span: ALL };
        match bench.ask(caller, list.into()) {
            Ok(Reply::Users(window)) => window.rows.len(),
            other => panic!("{other:?}"),
        }
    };
    let ada = enter(&mut bench, "ada").unwrap().caller();
    let bob = enter(&mut bench, "bob").unwrap().caller();
    assert_eq!((shown(&mut bench, ada), shown(&mut bench, bob)), (2, 1));
    assert_eq!(bench.kind(bob, Accounts::Show(who("ada"))), FailureKind::NotFound);
    assert_eq!(bench.kind(bob, Sessions::Verify(secret("nxs_"))), FailureKind::Refused);
    let id = 1;
    let opened = bench.done(ada, Directories::Opened(id));
    assert_eq!(opened.id, Some(id));
    assert_eq!(bench.kind(bob, Directories::Opened(id)), FailureKind::NotFound);
}

#[test]
fn a_reader_changes_nothing_whatever_is_asked_for() {
    let mut bench = ada_and_bob();
    let before = tables(&bench);
    bench.read_only();
    let ada = enter(&mut bench, "ada").unwrap().caller();
    for request in changes() {
        assert!(!request.can_do_without_writing(), "{request:?}");
        for dry_run in [false, true] {
            let request = request.clone();
            let told = format!("{request:?}");
            let result = if dry_run { bench.rehearse(ada, request) } else { bench.ask(ada, request) };
            assert_eq!(result.unwrap_err().kind, FailureKind::Unavailable, "{told}");
        }
    }
    assert_eq!(tables(&bench), before);
}

#[test]
fn a_reader_changes_nothing_either_once_the_store_can_be_written_again() {
    let mut bench = ada_and_bob();
    let caller =
        Caller::Reader { account: bench.user("ada").id, until: bench.now + DEFAULT_LIFE, restored_at: None };
    let before = tables(&bench);
    for request in changes() {
        assert_eq!(bench.kind(caller, request), FailureKind::Unavailable);
    }
    assert_eq!(tables(&bench), before);
}

#[test]
fn a_reader_is_out_when_a_session_would_be() {
    let mut bench = ada_and_bob();
    let until = bench.now + DEFAULT_LIFE;
    let [ada, bob] =
        ["ada", "bob"].map(|name| Caller::Reader { account: bench.user(name).id, until, restored_at: None });
    assert!(bench.is_in(ada) && bench.is_in(bob));
    bench.later(Duration::seconds(1));
    let request = AccountChange::SetPassword { password: secret(OTHER), must_change: false }.of(who("ada"));
    bench.done(Caller::Owner, request);
    bench.done(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["bob"])));
    assert_eq!(bench.kind(ada, SignIn::StillIn), FailureKind::SignedOut);
    assert_eq!(bench.kind(bob, SignIn::StillIn), FailureKind::SignedOut);
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    bench.later(DEFAULT_LIFE - Duration::seconds(2));
    assert!(bench.is_in(bob));
    bench.later(Duration::seconds(1));
    assert_eq!(bench.kind(bob, SignIn::StillIn), FailureKind::SignedOut, "8 hours are over");
}

#[test]
fn a_lock_opens_for_the_readers_own_password_and_its_time_goes_on() {
    let mut bench = ada_and_bob();
    bench.read_only();
    let ada = enter(&mut bench, "ada").unwrap();
    bench.later(Duration::hours(2));
    let unlocked = bench.ask(ada.caller(), SignIn::Unlock(secret(PASSWORD)).into());
    assert_eq!(unlocked, Ok(Reply::SignedIn(ada.clone())));
    assert_eq!(bench.kind(ada.caller(), SignIn::Unlock(secret(OTHER))), FailureKind::Refused);
}

#[test]
fn an_operators_session_lives_on_where_the_store_can_no_longer_be_written() {
    let mut bench = ada_and_bob();
    let ada = bench.operator("ada");
    bench.read_only();
    assert!(bench.is_in(ada));
    assert!(bench.ask(ada, SignIn::Unlock(secret(PASSWORD)).into()).is_ok());
    assert_eq!(
        bench.kind(ada, AccountAction::Suspend.on(accounts_named(&["bob"]))),
        FailureKind::Unavailable
    );
    assert_eq!(bench.ask(ada, SignIn::LogOut.into()), Ok(Reply::SignedOut));
}

#[test]
fn a_token_is_judged_without_a_trace_where_nothing_can_be_written_and_in_a_rehearsal() {
    let mut bench = ada_and_bob();
    let issue = Sessions::Issue { who: who("bob"), life: Duration::hours(1), label: None };
    let Ok(Reply::Secret { secret: token, .. }) = bench.ask(Caller::Owner, issue.into()) else { panic!() };
    let verify = |token| Request::from(Sessions::Verify(token));
    let before = tables(&bench);
    let rehearsed = bench.rehearse(Caller::Owner, verify(token.clone()));
    assert!(matches!(rehearsed, Ok(Reply::Verified(..))), "{rehearsed:?}");
    assert_eq!(tables(&bench), before);
    bench.read_only();
    let told = bench.ask(Caller::Owner, verify(token.clone()));
    assert!(matches!(&told, Ok(Reply::Verified(_, user)) if user.label() == "bob"), "{told:?}");
    assert_eq!(bench.kind(Caller::Owner, verify(secret("nxs_wrong"))), FailureKind::Refused);
    bench.later(Duration::hours(1));
    assert_eq!(bench.kind(Caller::Owner, verify(token)), FailureKind::Refused);
    assert_eq!(tables(&bench), before);
}
