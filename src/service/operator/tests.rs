use std::sync::Barrier;
use std::thread;

use proptest::prelude::*;

use crate::domain::filter::Filter;
use crate::domain::page::Selection;
use crate::domain::session::DEFAULT_LIFE;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Fields, Status, User, UserId};
use crate::store::contract_tests::revoked;

use super::super::contract::{
    AccountAction, AccountChange, AccountSelection, Accounts, Bin, Caller, Directories, DirectorySelector,
    FailureKind, InBin, Reply, Request, Sessions, SignIn, Undo,
};
use super::super::testing::{ALL, Bench, OTHER, PASSWORD, accounts_named, fields, in_order, secret, who};

const HOUR: Duration = Duration::hours(1);
/// The number of races between two callers.
const RACES: usize = 500;

fn status(status: Status) -> Fields {
    Fields { status: Some(status), ..Fields::default() }
}

fn level(level: AccessLevel) -> Fields {
    Fields { level: Some(level), ..Fields::default() }
}

fn edit(name: &str, fields: Fields) -> Accounts {
    AccountChange::Edit { fields, was: None }.of(who(name))
}

fn everybody() -> AccountSelection {
    AccountSelection::Shown { filter: Filter::default(), except: Vec::new() }
}

/// Returns one of each request that changes something or shows something of others.
fn admins_only(bobs_session: i64) -> Vec<Request> {
    let path = DirectorySelector::Path("00001_ADA".into());
    vec![
        Accounts::Add { fields: fields("eve"), password: None, must_change: false }.into(),
        edit("ada", Fields { first_name: Some("X".into()), ..Fields::default() }).into(),
        edit("nobody", Fields { first_name: Some("X".into()), ..Fields::default() }).into(),
        edit("bob", Fields { username: Some("bobby".into()), ..Fields::default() }).into(),
        edit("bob", Fields { email: Some("b@c".into()), ..Fields::default() }).into(),
        edit("bob", level(AccessLevel::Admin)).into(),
        edit("bob", status(Status::Pending)).into(),
        AccountAction::Confirm.on(accounts_named(&["bob"])).into(),
        AccountAction::Suspend.on(accounts_named(&["bob"])).into(),
        AccountAction::Promote.on(accounts_named(&["bob"])).into(),
        AccountChange::SetPassword { password: secret(OTHER), must_change: false }.of(who("bob")).into(),
        AccountChange::MakeCode { life: HOUR }.of(who("bob")).into(),
        AccountChange::RevokeCode.of(who("bob")).into(),
        AccountChange::Recover { password: None }.of(who("bob")).into(),
        AccountAction::Unlock.on(accounts_named(&["bob"])).into(),
        Accounts::ListCodes.into(),
        AccountAction::Delete.on(accounts_named(&["bob"])).into(),
        Sessions::Issue { who: who("bob"), life: HOUR, label: None }.into(),
        Sessions::Verify(secret("nxs_")).into(),
        Sessions::Sweep.into(),
        Directories::Add { path: "New".into(), owner: Some(who("bob")) }.into(),
        Directories::Rename { place: DirectorySelector::Path("00002_BOB".into()), name: "00003_EVE".into() }
            .into(),
        Directories::Provision(accounts_named(&["bob"])).into(),
        // What is somebody else's is not there at all.
        Accounts::Show(who("ada")).into(),
        Accounts::Why(who("ada")).into(),
        Sessions::Show(bobs_session - 1).into(),
        Sessions::Revoke(Selection::one(bobs_session - 1)).into(),
        Sessions::Renew { which: Selection::one(bobs_session - 1), life: HOUR }.into(),
        Directories::Show(path.clone()).into(),
        Directories::Trash(vec![path.clone()]).into(),
        Directories::Rename { place: DirectorySelector::Path("00001_ADA/Photos".into()), name: "x".into() }
            .into(),
        Directories::Move { place: DirectorySelector::Path("00002_BOB/Photos".into()), to: path.clone() }
            .into(),
        Directories::Move { place: path, to: DirectorySelector::Path("00002_BOB".into()) }.into(),
        Directories::Add { path: "00001_ADA/New".into(), owner: None }.into(),
        Directories::List { of: Some(who("ada")), filter: Filter::default(), sort: in_order(), span: ALL }
            .into(),
    ]
}

/// Returns a store with the admin `ada` and the plain user `bob`, both with homes and logged in; bob's session is the
/// second.
fn ada_and_bob() -> (Bench, Caller, Caller) {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.done(Caller::Owner, Directories::Provision(everybody()));
    let ada = bench.operator("ada");
    let bob = bench.operator("bob");
    (bench, ada, bob)
}

#[test]
fn a_plain_user_is_refused_all_that_is_not_their_own() {
    let (mut bench, _, bob) = ada_and_bob();
    let before = bench.everything();
    for request in admins_only(bench.session(bob).id) {
        let told = format!("{request:?}");
        let kind = bench.kind(bob, request);
        assert!(matches!(kind, FailureKind::Refused | FailureKind::NotFound), "{told}: {kind:?}");
    }
    assert_eq!(bench.everything(), before);
}

#[test]
fn nobody_gets_nothing() {
    let (mut bench, ..) = ada_and_bob();
    let before = bench.everything();
    let mut requests = admins_only(2);
    requests.extend([
        Accounts::ChangeOwnPassword { current: secret(PASSWORD), password: secret(OTHER) }.into(),
        SignIn::Unlock(secret(PASSWORD)).into(),
        SignIn::StillIn.into(),
        Accounts::List { filter: Filter::default(), sort: in_order(), span: ALL }.into(),
        Sessions::List { filter: Filter::default(), sort: in_order(), span: ALL }.into(),
    ]);
    for request in requests {
        let told = format!("{request:?}");
        assert_eq!(bench.kind(Caller::Nobody, request), FailureKind::SignedOut, "{told}");
    }
    assert_eq!(bench.everything(), before);
}

#[test]
fn a_plain_user_sees_and_does_what_is_their_own() {
    let (mut bench, _, bob) = ada_and_bob();
    let mine = bench.session(bob).id;
    let Ok(Reply::Users(users)) =
        bench.ask(bob, Accounts::List { filter: Filter::default(), sort: in_order(), span: ALL }.into())
    else {
        panic!()
    };
    assert_eq!(users.rows.iter().map(User::label).collect::<Vec<_>>(), ["bob"]);
    let Ok(Reply::Sessions(sessions)) =
        bench.ask(bob, Sessions::List { filter: Filter::default(), sort: in_order(), span: ALL }.into())
    else {
        panic!()
    };
    assert_eq!(sessions.rows.iter().map(|session| session.id).collect::<Vec<_>>(), [mine]);
    let Ok(Reply::Tree(tree)) =
        bench.ask(bob, Directories::Tree { of: None, open: [].into(), sort: in_order(), span: ALL }.into())
    else {
        panic!()
    };
    assert_eq!(tree.rows.len(), 1);

    for request in [
        Request::from(edit("bob", Fields { first_name: Some("Robert".into()), ..Fields::default() })),
        edit("2", Fields { address: Some("12 Street".into()), ..fields("bob") }).into(),
        Directories::Add { path: "00002_BOB/New".into(), owner: None }.into(),
        Directories::Rename { place: DirectorySelector::Path("00002_BOB/New".into()), name: "Old".into() }
            .into(),
        Directories::Move {
            place: DirectorySelector::Path("00002_BOB/Old".into()),
            to: DirectorySelector::Path("00002_BOB/Photos".into()),
        }
        .into(),
        Directories::Trash(vec![DirectorySelector::Path("00002_BOB/Photos".into())]).into(),
        Accounts::ChangeOwnPassword { current: secret(PASSWORD), password: secret(OTHER) }.into(),
        Sessions::Renew { which: Selection::one(mine), life: HOUR }.into(),
        Sessions::Revoke(Selection::one(mine)).into(),
    ] {
        let told = format!("{request:?}");
        bench.ask(bob, request).unwrap_or_else(|failure| panic!("{told}: {failure:?}"));
    }
    assert!(!bench.is_in(bob));
    assert_eq!(bench.user("ada").active_sessions, 1);
}

#[test]
fn an_operator_whose_session_is_over_does_nothing_more() {
    let (mut bench, ada, bob) = ada_and_bob();
    let session = bench.session(bob).id;
    bench.done(ada, Sessions::Revoke(Selection::one(session)));
    let own = edit("bob", Fields { first_name: Some("X".into()), ..Fields::default() });
    let failure = bench.refused(bob, own);
    let words = "You were logged out: revoked by ada.";
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::SignedOut, words));
    bench.later(DEFAULT_LIFE);
    assert_eq!(bench.kind(ada, AccountAction::Suspend.on(accounts_named(&["bob"]))), FailureKind::SignedOut);
}

#[test]
fn an_operator_who_is_signed_out_during_the_hash_changes_nothing() {
    let (mut bench, ada, _) = ada_and_bob();
    for request in [
        Request::from(
            AccountChange::SetPassword { password: secret(OTHER), must_change: false }.of(who("bob")),
        ),
        Accounts::ChangeOwnPassword { current: secret(PASSWORD), password: secret(OTHER) }.into(),
        AccountChange::MakeCode { life: HOUR }.of(who("bob")).into(),
        Accounts::Add { fields: fields("eve"), password: None, must_change: false }.into(),
        SignIn::Unlock(secret(PASSWORD)).into(),
    ] {
        let ada = bench.operator("ada");
        let session = bench.session(ada).id;
        bench.meddle(move |rows| assert!(rows.end_session(session, &revoked()).unwrap()));
        let told = format!("{request:?}");
        assert_eq!(bench.kind(ada, request), FailureKind::SignedOut, "{told}");
    }
    assert!(bench.is_in(ada) && bench.log_in("bob", PASSWORD).is_ok());
}

#[test]
fn two_admins_who_demote_each_other_at_once_leave_one() {
    let (mut bench, ada, _) = ada_and_bob();
    bench.done(ada, AccountAction::Promote.on(accounts_named(&["bob"])));
    let now = bench.now;
    bench.meddle(move |rows| rows.update_user(now, UserId(1), &level(AccessLevel::User)).unwrap());
    let demote = AccountAction::Demote.on(accounts_named(&["bob"]));
    assert_eq!(bench.kind(Caller::Owner, demote), FailureKind::Refused);
    assert!(bench.has_usable_admin());
}

/// Runs two processes at the same time, often enough to meet every order of their steps.
#[test]
fn two_consoles_that_race_to_demote_the_last_two_admins_leave_one() {
    let mut first = Bench::new();
    first.account("bob", AccessLevel::Admin, Status::Confirmed);
    let mut second = first.second();
    for _ in 0..RACES {
        let (ada, bob) = (first.operator("ada"), second.operator("bob"));
        let start = Barrier::new(2);
        let race = |bench: &mut Bench, caller, other| {
            start.wait();
            bench.ask(caller, AccountAction::Demote.on(accounts_named(&[other])).into()).is_ok()
        };
        let (one, two) = thread::scope(|scope| {
            let one = scope.spawn(|| race(&mut first, ada, "bob"));
            let two = race(&mut second, bob, "ada");
            (one.join().unwrap(), two)
        });
        assert!(one != two, "one of them is too late");
        assert!(first.has_usable_admin());
        let both = || accounts_named(&["ada", "bob"]);
        first.done(Caller::Owner, AccountAction::Promote.on(both()));
    }
}

#[test]
fn rights_are_those_of_this_moment() {
    let (mut bench, ada, bob) = ada_and_bob();
    bench.done(Caller::Owner, AccountAction::Promote.on(accounts_named(&["bob"])));
    assert!(!bench.is_in(bob));
    let bob = bench.operator("bob");
    bench.done(bob, AccountAction::Demote.on(accounts_named(&["ada"])));
    assert_eq!(bench.kind(ada, AccountAction::Suspend.on(accounts_named(&["bob"]))), FailureKind::SignedOut);
}

#[test]
fn the_last_usable_admin_stays_on_every_path() {
    let (mut bench, ada, _) = ada_and_bob();
    bench.account("pia", AccessLevel::Admin, Status::Pending);
    let before = bench.everything();
    let many: [Request; 3] = [
        AccountAction::Suspend.on(everybody()).into(),
        AccountAction::Demote.on(accounts_named(&["bob", "ada"])).into(),
        AccountAction::Delete.on(everybody()).into(),
    ];
    for request in many {
        assert_eq!(bench.kind(Caller::Owner, request.clone()), FailureKind::Refused, "{request:?}");
    }
    for request in [
        Request::from(AccountAction::Suspend.on(accounts_named(&["ada"]))),
        AccountAction::Delete.on(accounts_named(&["ada"])).into(),
        edit("ada", level(AccessLevel::User)).into(),
        edit("ada", status(Status::Pending)).into(),
        edit("ada", status(Status::Suspended)).into(),
    ] {
        for caller in [Caller::Owner, ada] {
            let failure = bench.refused(caller, request.clone());
            assert_eq!(failure.kind, FailureKind::Refused, "{request:?}");
            assert_eq!(failure.message, "That would leave no usable admin.");
        }
    }
    assert_eq!(bench.everything(), before);
}

#[test]
fn a_store_without_a_usable_admin_may_be_filled() {
    let mut bench = Bench::empty();
    bench.account("bob", AccessLevel::User, Status::Pending);
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    bench.done(Caller::Owner, AccountAction::Promote.on(accounts_named(&["bob"])));
    assert!(bench.has_usable_admin());
}

#[test]
fn whoever_demotes_themselves_beside_another_admin_is_out() {
    let (mut bench, ada, _) = ada_and_bob();
    bench.done(ada, AccountAction::Promote.on(accounts_named(&["bob"])));
    bench.done(ada, AccountAction::Demote.on(accounts_named(&["ada"])));
    assert!(!bench.is_in(ada));
}

#[test]
fn a_rehearsal_counts_the_same_and_leaves_nothing() {
    let (mut bench, ada, _) = ada_and_bob();
    bench.account("pia", AccessLevel::User, Status::Pending);
    for request in [
        Request::from(AccountAction::Confirm.on(accounts_named(&["pia"]))),
        AccountAction::Suspend.on(accounts_named(&["bob", "pia"])).into(),
        AccountAction::Promote.on(accounts_named(&["pia"])).into(),
        AccountChange::SetPassword { password: secret(OTHER), must_change: true }.of(who("pia")).into(),
        Directories::Trash(vec![DirectorySelector::Path("00002_BOB".into())]).into(),
        AccountAction::Delete.on(accounts_named(&["pia", "bob"])).into(),
    ] {
        let before = bench.everything();
        let (rehearsed, _) = bench.count(ada, request.clone());
        assert_eq!(bench.everything(), before, "{request:?}");
        assert_eq!(bench.done_unwritten(ada, request.clone()), rehearsed);
        assert_ne!(bench.everything(), before, "{request:?}");
    }
}

#[test]
fn a_rehearsal_hands_no_secret_over() {
    let (mut bench, ada, _) = ada_and_bob();
    for request in [
        Request::from(Accounts::Add { fields: fields("eve"), password: None, must_change: false }),
        AccountChange::MakeCode { life: HOUR }.of(who("bob")).into(),
        Sessions::Issue { who: who("bob"), life: HOUR, label: None }.into(),
    ] {
        assert!(matches!(bench.rehearse(ada, request), Ok(Reply::Counted { .. })));
    }
}

/// Returns an action of one of two admins on one of four accounts.
fn random_act() -> impl Strategy<Value = (bool, u8, usize)> {
    (any::<bool>(), 0..13_u8, 0..4_usize)
}

fn act_on(kind: u8, name: &str) -> Request {
    let one = || accounts_named(&[name]);
    match kind {
        0 => AccountAction::Suspend.on(one()).into(),
        1 => AccountAction::Confirm.on(one()).into(),
        2 => AccountAction::Demote.on(one()).into(),
        3 => AccountAction::Promote.on(one()).into(),
        4 => AccountAction::Delete.on(one()).into(),
        5 => edit(name, status(Status::Pending)).into(),
        6 => edit(name, level(AccessLevel::User)).into(),
        7 => Accounts::Add { fields: fields(name), password: None, must_change: false }.into(),
        8 => AccountAction::Suspend.on(everybody()).into(),
        9 => Bin::Restore { which: InBin::Account(who(name)), to: None, with_sessions: false }.into(),
        10 => Undo::Redo.into(),
        _ => Undo::Last.into(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_acts_of_two_admins_leave_a_usable_one(acts in prop::collection::vec(random_act(), 1..40)) {
        let mut first = Bench::new();
        first.account("bob", AccessLevel::Admin, Status::Confirmed);
        first.account("eve", AccessLevel::Admin, Status::Pending);
        let mut second = first.second();
        let (ada, bob) = (first.operator("ada"), second.operator("bob"));
        for (by_ada, kind, name) in acts {
            let request = act_on(kind, ["ada", "bob", "eve", "dan"][name]);
            let (bench, caller) = if by_ada { (&mut first, ada) } else { (&mut second, bob) };
            // Whether it is done or refused, and whoever is out by now: an admin is left.
            let _ = bench.ask(caller, request);
            prop_assert!(bench.has_usable_admin());
        }
    }
}
