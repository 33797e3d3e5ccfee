//! Changes by others between a count and the action that follows it.

use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::Selection;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Fields, Status, UserId};
use crate::store::contract_tests::deletion_info;

use super::super::contract::{
    AccountAction, AccountChange, AccountSelection, ActionSummary, Bin, Caller, CountedRows, Directories,
    DirectorySelector, FailureKind, InBin, Own, Reply, Request, Sessions, Undo,
};
use super::super::testing::{Bench, OTHER, accounts_named, secret, who};

const OWNER: Caller = Caller::Owner;
const HOUR: Duration = Duration::hours(1);

fn users(filter: &str) -> AccountSelection {
    AccountSelection::Shown { filter: Filter::parse(ListKind::Users, filter).unwrap(), except: vec![] }
}

fn sessions(filter: &str) -> Selection {
    Selection::Shown { filter: Filter::parse(ListKind::Sessions, filter).unwrap(), except: vec![] }
}

fn all_in_bin() -> InBin {
    InBin::Items(Selection::Shown { filter: Filter::default(), except: vec![] })
}

fn status(status: Status) -> Fields {
    Fields { status: Some(status), ..Fields::default() }
}

impl Bench {
    /// Returns a store with `ada` and the pending accounts `p1` to `p4`, whose ids are 2 to 5.
    fn waiting() -> Self {
        let mut bench = Self::new();
        for n in 1..=4 {
            bench.account(&format!("p{n}"), AccessLevel::User, Status::Pending);
        }
        bench
    }

    /// Performs a counted action on its rows.
    fn answer(&mut self, caller: Caller, request: impl Into<Request>, rows: CountedRows) -> ActionSummary {
        let request: Request = request.into();
        self.done(caller, request.for_rows(rows))
    }

    fn with_status(&self, status: Status) -> Vec<i64> {
        let filter = Filter::parse(ListKind::Users, &format!("status:{}", status.word())).unwrap();
        self.read(|rows| rows.user_ids(self.now, &filter))
    }
}

/// Adds a fifth account, deletes `p1` and changes the status of `p2`, as another operator does.
fn meddle(bench: &mut Bench, with: Status) {
    let mut other = bench.second();
    other.account("late", AccessLevel::User, Status::Pending);
    other.done(OWNER, AccountAction::Delete.on(accounts_named(&["p1"])));
    let now = other.now;
    other.write(|rows| rows.update_user(now, UserId(3), &status(with))).unwrap();
}

#[test]
fn an_act_on_a_filter_is_done_to_the_rows_that_were_counted_and_still_match() {
    let acts: [fn(AccountSelection) -> Request; 4] = [
        |people| AccountAction::Confirm.on(people).into(),
        |people| AccountAction::Promote.on(people).into(),
        |people| AccountAction::Delete.on(people).into(),
        |people| Directories::Provision(people).into(),
    ];
    for act in acts {
        for filter in ["status:pending", "status:pending nexus.example", "status:pending !ada !has:sessions"]
        {
            let mut bench = Bench::waiting();
            let request = act(users(filter));
            let (counted, rows) = bench.count(OWNER, request.clone());
            assert_eq!((counted.accounts, &rows.ids[..]), (4, &[2, 3, 4, 5][..]), "{request:?}");
            meddle(&mut bench, Status::Suspended);
            let done = bench.answer(OWNER, request.clone(), rows);
            assert_eq!((done.accounts, done.vanished), (2, 2), "{request:?}");
            let words = "; 2 left out: no longer there or no longer matching";
            assert!(done.done().ends_with(words), "{}", done.done());
            assert_eq!(bench.user("late").status, Status::Pending, "{request:?}");
            assert_eq!(bench.user("p2").status, Status::Suspended, "{request:?}");
            assert_eq!(bench.user("p2").level, AccessLevel::User, "{request:?}");
        }
    }
}

#[test]
fn an_act_on_everything_is_done_to_everything_that_was_counted() {
    let mut bench = Bench::waiting();
    let all = AccountSelection::Shown { filter: Filter::default(), except: vec![1] };
    let (_, rows) = bench.count(OWNER, AccountAction::Suspend.on(all.clone()));
    meddle(&mut bench, Status::Confirmed);
    let done = bench.answer(OWNER, AccountAction::Suspend.on(all), rows);
    assert_eq!((done.accounts, done.vanished), (3, 1), "without a filter only what is gone is left out");
    assert_eq!(bench.user("late").status, Status::Pending);
}

#[test]
fn an_act_on_marks_leaves_out_what_is_gone() {
    let mut bench = Bench::waiting();
    let marked = || AccountSelection::Named((2..=4).map(UserId).map(crate::domain::user::Who::Id).collect());
    let (_, rows) = bench.count(OWNER, AccountAction::Confirm.on(marked()));
    meddle(&mut bench, Status::Suspended);
    let done = bench.answer(OWNER, AccountAction::Confirm.on(marked()), rows);
    assert_eq!((done.accounts, done.vanished), (2, 1));
    assert_eq!(bench.with_status(Status::Confirmed), [1, 3, 4]);
}

#[test]
fn where_nothing_is_left_nothing_is_done_and_that_is_a_conflict() {
    let mut bench = Bench::waiting();
    let request: Request = AccountAction::Suspend.on(users("status:pending")).into();
    let (_, rows) = bench.count(OWNER, request.clone());
    let now = bench.now;
    bench.second().write(|store| {
        for id in 2..=5 {
            store.update_user(now, UserId(id), &status(Status::Confirmed)).unwrap();
        }
    });
    let before = bench.everything();
    let failure = bench.refused(OWNER, request.for_rows(rows));
    assert_eq!((failure.kind, failure.kind.exit_code()), (FailureKind::Conflict, 4));
    assert!(failure.message.starts_with("None of the 4 rows that were counted"), "{failure:?}");
    assert_eq!(bench.everything(), before);
}

#[test]
fn as_many_as_expected_or_nothing() {
    let mut bench = Bench::waiting();
    let request: Request = AccountAction::Confirm.on(users("status:pending")).into();
    let (_, rows) = bench.count(OWNER, request.clone());
    meddle(&mut bench, Status::Suspended);
    let before = bench.everything();
    let failure = bench.refused(OWNER, request.for_rows(CountedRows { all_or_nothing: true, ..rows }));
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert_eq!(failure.message, "This is for 2 rows, not 4; nothing was changed.");
    assert_eq!(bench.everything(), before);
}

#[test]
fn without_a_question_the_rows_are_taken_once_when_the_act_begins() {
    let mut bench = Bench::waiting();
    let now = bench.now;
    bench.meddle(move |rows| {
        rows.bin_user(UserId(2), &deletion_info()).unwrap();
        rows.update_user(now, UserId(3), &status(Status::Suspended)).unwrap();
        rows.update_user(now, UserId(1), &Fields { last_name: Some("Pending".into()), ..Fields::default() })
            .unwrap();
    });
    let done = bench.done(OWNER, AccountAction::Confirm.on(users("status:pending")));
    assert_eq!((done.accounts, done.vanished), (2, 2));
    let now = bench.now;
    bench.meddle(move |rows| rows.update_user(now, UserId(3), &status(Status::Confirmed)).unwrap());
    let failure = bench.refused(OWNER, AccountAction::Delete.on(users("status:suspended")));
    assert_eq!(failure.kind, FailureKind::Conflict, "{failure:?}");
}

#[test]
fn a_name_that_was_counted_is_the_account_that_had_it() {
    let requests: [fn() -> Request; 4] = [
        || AccountAction::Delete.on(accounts_named(&["p1"])).into(),
        || AccountChange::Edit { fields: status(Status::Suspended), was: None }.of(who("p1")).into(),
        || AccountChange::SetPassword { password: secret(OTHER), must_change: false }.of(who("p1")).into(),
        || AccountChange::MakeCode { life: HOUR }.of(who("p1")).into(),
    ];
    for request in requests {
        let mut bench = Bench::waiting();
        let (_, rows) = bench.count(OWNER, request());
        assert_eq!(rows.ids[..], [2]);
        let now = bench.now;
        let named = |name: &str| Fields { username: Some(name.into()), ..Fields::default() };
        bench.second().write(|store| {
            store.update_user(now, UserId(2), &named("was-p1")).unwrap();
            store.update_user(now, UserId(3), &named("p1")).unwrap();
        });
        let untouched = bench.user("p1");
        bench.ask(OWNER, request().for_rows(rows.clone())).unwrap();
        assert_eq!(bench.user("p1"), untouched, "{:?}", request());
        bench
            .second()
            .write(|store| store.bin_user(UserId(2), &deletion_info()).map(drop).unwrap_or_default());
        assert_eq!(bench.kind(OWNER, request().for_rows(rows)), FailureKind::Conflict, "{:?}", request());
    }
}

#[test]
fn sessions_that_begin_to_match_are_not_ended_and_those_that_ended_are_left_out() {
    let mut bench = Bench::new();
    for _ in 0..3 {
        bench.ask(OWNER, Sessions::Issue { who: who("ada"), life: HOUR, label: None }.into()).unwrap();
    }
    let acts: [Request; 2] = [
        Sessions::Renew { which: sessions("status:active"), life: HOUR }.into(),
        Sessions::Revoke(sessions("status:active user:ada")).into(),
    ];
    for (at, act) in (1..).zip(acts) {
        let (counted, rows) = bench.count(OWNER, act.clone());
        let mut other = bench.second();
        other.ask(OWNER, Sessions::Issue { who: who("ada"), life: HOUR, label: None }.into()).unwrap();
        other.done(OWNER, Sessions::Revoke(Selection::one(at)));
        let done = bench.answer(OWNER, act.clone(), rows);
        assert_eq!((done.sessions, done.vanished), (counted.sessions - 1, 1), "{act:?}");
    }
    assert_eq!(bench.user("ada").active_sessions, 1, "the one that came last");
    let marked = || Sessions::Renew { which: Selection::Ids(vec![4, 5]), life: HOUR };
    bench.ask(OWNER, Sessions::Issue { who: who("ada"), life: HOUR, label: None }.into()).unwrap();
    let (_, rows) = bench.count(OWNER, Sessions::Renew { which: Selection::Ids(vec![5, 6]), life: HOUR });
    bench.second().done(OWNER, Sessions::Revoke(Selection::one(5)));
    let done = bench.answer(OWNER, marked(), rows);
    assert_eq!((done.sessions, done.vanished), (1, 1), "marks, too");
}

#[test]
fn what_comes_into_the_bin_later_is_neither_purged_nor_restored() {
    for act in
        [Bin::Purge(all_in_bin()), Bin::Restore { which: all_in_bin(), to: None, with_sessions: false }]
    {
        let mut bench = Bench::waiting();
        bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["p1", "p2", "p3"])));
        let (counted, rows) = bench.count(OWNER, act.clone());
        assert_eq!(counted.accounts, 3);
        let mut other = bench.second();
        other.done(OWNER, AccountAction::Delete.on(accounts_named(&["p4"])));
        other.done(OWNER, Bin::Restore { which: InBin::Account(who("p2")), to: None, with_sessions: false });
        let done = bench.answer(OWNER, act.clone(), rows);
        assert_eq!((done.accounts, done.vanished), (2, 1), "{act:?}");
        let left = bench.read(|rows| rows.bin_item_ids(bench.now, &Filter::default()));
        assert_eq!(left, [4], "{act:?}");
    }
}

#[test]
fn a_directory_that_is_put_where_another_was_is_not_trashed() {
    let mut bench = Bench::new();
    bench.done(OWNER, Directories::Provision(accounts_named(&["ada"])));
    let trash = || {
        Directories::Trash(vec![
            DirectorySelector::Path("00001_ADA/Photos".into()),
            DirectorySelector::Path("00001_ADA/Audios".into()),
        ])
    };
    let (_, rows) = bench.count(OWNER, trash());
    let mut other = bench.second();
    let named = |from: &str, to: &str| Directories::Rename {
        place: DirectorySelector::Path(from.into()),
        name: to.into(),
    };
    other.done(OWNER, named("00001_ADA/Photos", "Pictures"));
    other.done(OWNER, named("00001_ADA/Videos", "Photos"));
    other.done(OWNER, Directories::Trash(vec![DirectorySelector::Path("00001_ADA/Audios".into())]));
    let done = bench.answer(OWNER, trash(), rows);
    assert_eq!((done.directories, done.vanished), (1, 1));
    let paths = bench.paths();
    assert!(paths.contains(&"00001_ADA/Photos".into()) && !paths.contains(&"00001_ADA/Pictures".into()));
}

#[test]
fn u_takes_back_the_act_that_was_the_newest_then() {
    let mut bench = Bench::waiting();
    bench.done(OWNER, AccountAction::Confirm.on(accounts_named(&["p1", "p2"])));
    let (_, rows) = bench.count(OWNER, Undo::Last);
    bench.second().done(OWNER, AccountAction::Confirm.on(accounts_named(&["p3"])));
    let undone = bench.answer(OWNER, Undo::Last, rows.clone());
    assert_eq!(undone.accounts, 2);
    assert_eq!(bench.with_status(Status::Confirmed), [1, 4]);
    assert_eq!(bench.kind(OWNER, Request::from(Undo::Last).for_rows(rows)), FailureKind::Conflict);
    let (_, rows) = bench.count(OWNER, Undo::Redo);
    assert_eq!(bench.answer(OWNER, Undo::Redo, rows).accounts, 2);
}

#[test]
fn an_act_on_many_leaves_the_operators_own_out() {
    let mut bench = Bench::waiting();
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    let ada = bench.operator("ada");
    let everybody = || AccountSelection::Shown { filter: Filter::default(), except: vec![6] };
    let acts: [Request; 5] = [
        AccountAction::Suspend.on(everybody()).into(),
        AccountAction::Demote.on(accounts_named(&["ada", "p1"])).into(),
        AccountAction::Suspend.on(accounts_named(&["ada", "p1"])).into(),
        AccountAction::Delete.on(users("level:admin ada")).into(),
        AccountAction::Delete.on(everybody()).into(),
    ];
    for act in acts {
        let (counted, rows) = bench.count(ada, act.clone());
        assert_eq!((counted.own, rows.left_out), (Own::LeftOut, Some(1)), "{act:?}");
        assert!(!rows.ids.contains(&1), "{act:?}");
        let done = bench.answer(ada, act.clone(), rows);
        assert!(done.done().ends_with("your own account is left out"), "{}", done.done());
        assert!(bench.is_in(ada), "{act:?}");
    }
}

#[test]
fn a_revocation_of_many_leaves_the_operators_own_session_out() {
    let mut bench = Bench::new();
    let ada = bench.operator("ada");
    let other = bench.operator("ada");
    for which in [sessions("user:ada"), Selection::Ids(vec![1, 2])] {
        let (counted, rows) = bench.count(ada, Sessions::Revoke(which));
        assert_eq!((counted.sessions, counted.own, rows.left_out), (1, Own::LeftOut, Some(1)));
        assert_eq!(counted.along(), ["Your own session is left out."]);
    }
    let done = bench.done(ada, Sessions::Revoke(sessions("user:ada")));
    assert!(done.done().starts_with("Revoked session "), "{}", done.done());
    assert!(done.done().ends_with(" of ada; your own session is left out"), "{}", done.done());
    assert!(bench.is_in(ada) && !bench.is_in(other));
    let (counted, _) = bench.count(ada, Sessions::Revoke(sessions("status:active")));
    assert_eq!(counted.done(), "Nothing to revoke; your own session is left out");
    let (counted, _) = bench.count(ada, Sessions::Revoke(Selection::one(1)));
    assert_eq!(counted.own, Own::Session);
}

#[test]
fn one_row_of_the_operators_own_says_what_it_takes() {
    let mut bench = Bench::new();
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    let ada = bench.operator("ada");
    let edit = |fields| AccountChange::Edit { fields, was: None }.of(who("ada"));
    let demoted = Fields { level: Some(AccessLevel::User), ..Fields::default() };
    let address = Fields { address: Some("1 Lane".into()), ..Fields::default() };
    for (act, own) in [
        (AccountAction::Suspend.on(accounts_named(&["ada"])), Own::Account),
        (AccountAction::Delete.on(accounts_named(&["ada"])), Own::Account),
        (AccountAction::Demote.on(accounts_named(&["ada"])), Own::Level),
        (AccountAction::Promote.on(accounts_named(&["ada"])), Own::Untouched),
        (AccountAction::Confirm.on(accounts_named(&["ada"])), Own::Untouched),
        (edit(demoted), Own::Level),
        (edit(status(Status::Pending)), Own::Account),
        (edit(address), Own::Untouched),
        (AccountAction::Suspend.on(accounts_named(&["root"])), Own::Untouched),
    ] {
        assert_eq!(bench.count(ada, act.clone()).0.own, own, "{act:?}");
    }
}

#[test]
fn an_undo_that_takes_ones_own_level_says_so() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let ada = bench.operator("ada");
    bench.done(ada, AccountAction::Promote.on(accounts_named(&["bob"])));
    let bob = bench.operator("bob");
    let promoted = bench
        .read(|rows| rows.previous_action(&crate::store::ActorFilter::Session(1), i64::MAX))
        .unwrap()
        .seq;
    assert_eq!(bench.count(bob, Undo::Entry(promoted)).0.own, Own::Level);
    assert_eq!(bench.count(ada, Undo::Entry(promoted)).0.own, Own::Untouched);
}

#[test]
fn a_bulk_confirm_that_is_undone_leaves_nothing_in_the_bin() {
    let mut bench = Bench::waiting();
    bench.done(OWNER, AccountAction::Confirm.on(users("status:pending")));
    let made = bench.dump_of(&["de_torres_vincent_user_directories"]);
    for _ in 0..2 {
        assert_eq!(bench.done(OWNER, Undo::Last).directories, 32);
        assert_eq!(bench.read(|rows| rows.bin_item_ids(bench.now, &Filter::default())), Vec::<i64>::new());
        assert_eq!(bench.paths(), Vec::<String>::new());
        assert_eq!(bench.done(OWNER, Undo::Redo).directories, 32);
        assert_eq!(bench.dump_of(&["de_torres_vincent_user_directories"]), made, "the very same rows");
    }
}

#[test]
fn a_code_that_is_replaced_is_counted() {
    let mut bench = Bench::waiting();
    let make = || AccountChange::MakeCode { life: HOUR }.of(who("p1"));
    assert!(!bench.count(OWNER, make()).0.replaces_code);
    bench.ask(OWNER, make().into()).unwrap();
    assert!(bench.count(OWNER, make()).0.replaces_code);
    bench.later(HOUR * 2);
    assert!(!bench.count(OWNER, make()).0.replaces_code, "one that is over is not in force");
}

#[test]
fn sessions_whose_time_is_over_are_none_that_end() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.operator("bob");
    assert_eq!(bench.count(OWNER, AccountAction::Suspend.on(accounts_named(&["bob"]))).0.ended, 1);
    bench.later(Duration::days(2));
    let (counted, _) = bench.count(OWNER, AccountAction::Suspend.on(accounts_named(&["bob"])));
    assert_eq!((counted.ended, counted.cuts_off), (0, true));
}

#[test]
fn a_dry_run_counts_and_hands_back_the_rows() {
    let mut bench = Bench::waiting();
    let reply = bench.rehearse(OWNER, AccountAction::Confirm.on(users("status:pending")).into()).unwrap();
    assert!(matches!(reply, Reply::Counted { rows, .. } if rows.ids[..] == [2, 3, 4, 5]));
}
