//! Actions in steps: they have the same result as in one transaction, are continued by other processes, undone, and
//! kept from each other.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::domain::filter::Filter;
use crate::domain::journal::{Action, Outcome};
use crate::domain::page::Selection;
use crate::domain::session::SessionEnd;
use crate::domain::time::Duration as Span;
use crate::domain::user::{AccessLevel, Status, UserId};
use crate::store::{NewDirectory, NewSession, SessionStart};

use super::super::contract::{
    AccountAction, AccountChange, Bin, Caller, Directories, DirectorySelector, FailureKind, InBin, Reply,
    Sessions, Undo,
};
use super::super::testing::*;
use super::super::{HostInfo, perform};
use super::*;

mod bench;
mod dependents;

use bench::*;

const OWNER: Caller = Caller::Owner;

/// Returns each kind of action, with what has to be done before it.
fn acts() -> Vec<(Vec<Request>, Request)> {
    let photos = || InBin::Directory("00002_BOB/Photos".into());
    let bob = || accounts_named(&["bob"]);
    let delete = || Request::from(AccountAction::Delete.on(bob()));
    vec![
        (vec![], move_photos()),
        (vec![], Directories::Rename { place: place("00002_BOB/Photos"), name: "Bilder".into() }.into()),
        (vec![], trash_photos()),
        (vec![], Directories::Trash(vec![place("00002_BOB")]).into()),
        (vec![trash_photos()], restore(photos(), None)),
        (vec![trash_photos()], restore(photos(), Some("00002_BOB/Ördner"))),
        (vec![trash_photos(), restore(photos(), Some("00002_BOB/Kept"))], Undo::Last.into()),
        (vec![trash_photos()], Bin::Purge(photos()).into()),
        (vec![], delete()),
        (vec![delete()], restore(InBin::Account(who("bob")), None)),
        (vec![delete()], Bin::Purge(InBin::Account(who("bob"))).into()),
        (vec![], AccountAction::Suspend.on(bob()).into()),
        (vec![], AccountAction::Promote.on(bob()).into()),
        (
            vec![],
            AccountChange::Edit {
                fields: crate::domain::user::Fields { status: Some(Status::Pending), ..Default::default() },
                was: None,
            }
            .of(who("bob"))
            .into(),
        ),
    ]
}

#[test]
fn an_act_in_steps_comes_to_the_same_as_in_one() {
    for (before, act) in acts() {
        let mut whole = Bench::before(&before);
        let mut divided = whole.copy().in_batches();
        let steps = std::cell::Cell::new(0);
        let mut progress = |_| {
            steps.set(steps.get() + 1);
            ControlFlow::Continue(())
        };
        let context = divided.context(OWNER, &mut progress);
        let Ok(Reply::Done(summary)) = perform(&mut divided.service, context, act.clone()) else {
            panic!("{act:?}")
        };
        assert!(steps.get() > 2, "{act:?} took {} steps", steps.get());
        assert_eq!(whole.done(OWNER, act.clone()), summary, "{act:?}");
        assert_eq!(divided.state(), whole.state(), "{act:?}");
        let last = |bench: &Bench| {
            let entry = bench.read(|rows| rows.entry(summary.written.unwrap())).unwrap();
            (
                entry.action,
                entry.outcome,
                entry.before,
                entry.after,
                bench.read(|rows| rows.journal_head()).seq,
            )
        };
        assert_eq!(last(&divided), last(&whole), "{act:?}");
        assert_eq!(divided.under_way(), [], "{act:?}");
    }
}

#[test]
fn what_was_begun_is_continued_by_the_next_process_wherever_it_was_killed() {
    for (before, act) in acts() {
        let mut whole = Bench::before(&before);
        let prepared = whole.copy().in_batches();
        let everywhere = whole.everywhere();
        whole.done(OWNER, act.clone());
        for steps in 0.. {
            let mut killed = prepared.copy();
            if !killed.killed_after(steps, act.clone()) {
                assert!(steps > 1, "{act:?}");
                break;
            }
            if !matches!(act, Request::Bin(Bin::Purge(_))) {
                assert_eq!(killed.everywhere(), everywhere, "{act:?} after {steps} steps");
                assert_eq!(killed.orphans(), "", "{act:?} after {steps} steps");
            }
            let mut next = killed.next();
            assert!(!carry_on(&mut next.service, &mut || true).unwrap());
            assert_eq!(next.state(), whole.state(), "{act:?} after {steps} steps");
            assert_eq!(next.under_way(), []);
        }
    }
}

#[test]
fn a_command_first_ends_what_another_process_began_and_takes_it_back() {
    for act in [move_photos(), trash_photos(), AccountAction::Delete.on(accounts_named(&["bob"])).into()] {
        for steps in [0, 1, 3] {
            let bench = Bench::large();
            let rows = |bench: &Bench| {
                bench.dump_of(&["de_torres_vincent_session_tokens", "nexus_sessions", "nexus_directories"])
                    + &bench.dump_columns("de_torres_vincent_user_directories", "id, directory_path, colour")
                    + &bench
                        .dump_columns("de_torres_vincent_users", "id, username, status, session_token, theme")
            };
            let before = rows(&bench);
            let mut bench = bench.in_batches();
            assert!(bench.killed_after(steps, act.clone()), "{act:?}");
            let mut next = bench.next();
            next.done(OWNER, Undo::Last);
            assert_eq!(rows(&next), before, "{act:?} after {steps} steps");
            let done = next.done(OWNER, Undo::Redo);
            assert_eq!(done.action, Action::Redone);
            next.done(OWNER, Undo::Last);
            assert_eq!(rows(&next), before, "{act:?} after {steps} steps, once more");
        }
    }
}

#[test]
fn other_acts_on_what_is_under_way_are_a_conflict_and_elsewhere_are_done() {
    let bob = || accounts_named(&["bob"]);
    let add = |path: &str| Directories::Add { path: path.into(), owner: None }.into();
    let rename =
        |path: &str| -> Request { Directories::Rename { place: place(path), name: "other".into() }.into() };
    let cases: [(Request, Vec<Request>, Vec<Request>); 4] = [
        (
            move_photos(),
            vec![
                add("00002_BOB/Videos/Photos/new"),
                add("00002_BOB/Photos/a/new"),
                rename("00002_BOB/Videos/Photos"),
                rename("00002_BOB/Videos"),
                rename("00002_BOB/Videos/Photos/a/x"),
                rename("00002_BOB"),
                Directories::Trash(vec![place("00002_BOB/Videos/Photos/b")]).into(),
                Directories::Move { place: place("00002_BOB/Audios"), to: place("00002_BOB/Videos/Photos") }
                    .into(),
                AccountAction::Delete.on(bob()).into(),
                Undo::Last.into(),
            ],
            vec![
                add("00002_BOB/Audios/new"),
                rename("00003_EVE/Photos"),
                Directories::Trash(vec![place("00002_BOB/Uploads")]).into(),
                AccountAction::Suspend.on(bob()).into(),
                AccountAction::Delete.on(accounts_named(&["eve"])).into(),
            ],
        ),
        (
            trash_photos(),
            vec![
                add("00002_BOB/Photos/new"),
                rename("00002_BOB/Photos"),
                restore(InBin::Items(Selection::one(1)), None),
                Bin::Purge(InBin::Items(Selection::one(1))).into(),
                Undo::Last.into(),
            ],
            vec![add("00002_BOB/Photos2"), AccountAction::Suspend.on(bob()).into()],
        ),
        (
            AccountAction::Delete.on(bob()).into(),
            vec![
                AccountAction::Confirm.on(bob()).into(),
                AccountChange::SetPassword { password: secret(OTHER), must_change: false }
                    .of(who("bob"))
                    .into(),
                AccountChange::MakeCode { life: Span::hours(1) }.of(who("bob")).into(),
                Sessions::Revoke(Selection::one(9)).into(),
                add("00002_BOB/new"),
                restore(InBin::Account(who("bob")), None),
            ],
            vec![AccountAction::Suspend.on(accounts_named(&["eve"])).into()],
        ),
        (
            AccountAction::Suspend.on(bob()).into(),
            vec![
                AccountAction::Confirm.on(bob()).into(),
                AccountAction::Delete.on(bob()).into(),
                Undo::Last.into(),
            ],
            vec![add("00002_BOB/new"), AccountAction::Suspend.on(accounts_named(&["eve"])).into()],
        ),
    ];
    for (act, refused, done) in cases {
        let mut bench = Bench::large().in_batches();
        assert!(bench.killed_after(2, act.clone()));
        let mut other = bench.second();
        // To the other it is alive: it goes on in a moment.
        other.service.host.is_alive = |_| true;
        let before = other.state();
        for request in refused {
            let failure = other.refused(OWNER, request.clone());
            assert_eq!(failure.kind, FailureKind::Conflict, "{request:?} during {act:?}: {failure:?}");
            assert!(failure.message.contains(" is under way ("), "{request:?} during {act:?}: {failure:?}");
            assert_eq!(other.state(), before, "{request:?} during {act:?}");
        }
        for request in done {
            other.done(OWNER, request);
        }
        assert_eq!(other.under_way().len(), 1);
    }
}

#[test]
fn an_undo_that_is_under_way_keeps_older_acts_from_being_undone() {
    let eve = || AccountAction::Suspend.on(accounts_named(&["eve"]));
    let mut bench = Bench::before(&[eve().into(), trash_photos()]).in_batches();
    assert!(bench.killed_after(1, Undo::Last.into()));
    let mut other = bench.second();
    other.service.host.is_alive = |_| true;
    for request in [Undo::Last, Undo::Redo] {
        let failure = other.refused(OWNER, request);
        assert_eq!(failure.kind, FailureKind::Conflict, "{request:?}: {failure:?}");
        assert!(failure.message.contains("restore of 00002_BOB/Photos is under way"), "{failure:?}");
        let rehearsed = other.rehearse(OWNER, request.into()).unwrap_err();
        assert_eq!(rehearsed.kind, FailureKind::Conflict);
    }
    assert_eq!(other.user("eve").status, Status::Suspended);
    carry_on(&mut bench.service, &mut || true).unwrap();
    other.done(OWNER, Undo::Last);
    assert_eq!(other.user("eve").status, Status::Confirmed);
}

#[test]
fn the_journal_tells_it_once_as_begun_and_then_as_done() {
    let mut bench = Bench::large().in_batches();
    let head = bench.read(|rows| rows.journal_head()).seq;
    assert!(bench.killed_after(1, move_photos()));
    let entry = |bench: &Bench| bench.read(|rows| rows.entry(head + 1)).unwrap();
    assert_eq!((entry(&bench).action.as_str(), entry(&bench).outcome), ("move", Outcome::Begun));
    let begun = |bench: &Bench| {
        let filter = Filter::parse(crate::domain::filter::ListKind::Journal, "result:begun").unwrap();
        let list = crate::store::ListOf { filter, ..Default::default() };
        bench.read(|rows| rows.journal(bench.now, &list, ALL)).rows.len()
    };
    assert_eq!(begun(&bench), 1);
    let mut next = bench.next();
    carry_on(&mut next.service, &mut || true).unwrap();
    assert_eq!((entry(&next).outcome, begun(&next)), (Outcome::Done, 0));
    assert_eq!(next.read(|rows| rows.journal_head()).seq, head + 1);
}

#[test]
fn sessions_that_end_in_steps_are_over_from_the_beginning() {
    let acts: [Request; 2] = [
        AccountAction::Promote.on(accounts_named(&["bob"])).into(),
        AccountChange::SetPassword { password: secret(OTHER), must_change: false }.of(who("bob")).into(),
    ];
    for act in acts {
        let mut bench = Bench::large().in_batches();
        assert!(bench.read(|rows| rows.active_sessions(bench.now, UserId(2))) > 3);
        assert!(bench.killed_after(1, act.clone()));
        let left = bench.dump_columns("de_torres_vincent_session_tokens", "sum(status = 'active')");
        assert!(!left.contains("Integer(0)"), "{left}");
        assert_eq!(bench.read(|rows| rows.active_sessions(bench.now, UserId(2))), 0, "{act:?}");
        let session = bench.read(|rows| rows.session(9)).unwrap();
        assert!(session.ended(bench.now).is_some(), "{act:?}");
        assert_eq!(bench.dump_columns("nexus_valid_sessions", "session_id"), "", "{act:?}");
        let issue = Sessions::Issue { who: who("bob"), life: Span::hours(1), label: None };
        assert_eq!(bench.user("bob").active_sessions, 0);
        let mut next = bench.next();
        next.ask(OWNER, issue.into()).unwrap();
        assert_eq!(next.read(|rows| rows.active_sessions(next.now, UserId(2))), 1, "{act:?}");
    }
}

#[test]
fn sessions_that_end_in_steps_all_tell_the_reason() {
    let mut bench = Bench::large().in_batches();
    bench.because("unpaid", OWNER, AccountAction::Suspend.on(accounts_named(&["bob"]))).unwrap();
    let remarks =
        bench.dump_columns("nexus_session_ends WHERE reason = 'account-suspended: unpaid'", "session_id");
    assert_eq!(remarks.lines().count(), 5, "those that were active and in time");
}

#[test]
fn a_new_password_lets_its_owner_in_while_old_sessions_end_in_steps() {
    let mut bench = Bench::large().in_batches();
    let choose = super::super::contract::SignIn::Choose {
        name: "bob".into(),
        proof: secret(PASSWORD),
        password: secret(OTHER),
    };
    let now = bench.now;
    bench.write(|rows| {
        let hash = rows.credentials(now, &who("bob")).unwrap().unwrap().password_hash;
        rows.set_password(now, UserId(2), &hash, true).unwrap();
    });
    bench.ask(Caller::Nobody, choose.into()).unwrap();
    assert_eq!(bench.under_way(), []);
    assert_eq!(bench.read(|rows| rows.active_sessions(now, UserId(2))), 1);
    assert!(bench.log_in("bob", OTHER).is_ok());
}

#[test]
fn an_account_that_goes_in_steps_lets_nobody_in() {
    let mut bench = Bench::large().in_batches();
    assert!(bench.killed_after(1, AccountAction::Delete.on(accounts_named(&["bob"])).into()));
    assert_eq!(bench.user("bob").status, Status::Suspended);
    assert!(bench.log_in("bob", PASSWORD).is_err());
    assert_eq!(bench.dump_columns("nexus_valid_sessions", "session_id"), "");
}

#[test]
fn what_is_begun_by_a_process_that_runs_is_left_to_it() {
    let mut bench = Bench::large().in_batches();
    assert!(bench.killed_after(1, move_photos()));
    let mut other = bench.second();
    let known = HostInfo::clone(&other.service.host);
    other.service.host = HostInfo { process: "boot 1 8".into(), is_alive: |_| true, ..known }.into();
    carry_on(&mut other.service, &mut || true).unwrap();
    assert_eq!(other.under_way().len(), 1);
    carry_on(&mut bench.service, &mut || true).unwrap();
    assert_eq!(bench.under_way(), []);
}

#[test]
fn another_process_that_comes_in_between_is_let_go_on_alone() {
    let mut bench = Bench::large().in_batches();
    assert!(bench.killed_after(1, trash_photos()));
    let id = bench.under_way()[0].id;
    let ours = bench.write(|rows| rows.adopt_operation(id, "gone 1", "boot 1 9")).unwrap();
    let late = bench.write(|rows| rows.adopt_operation(id, "gone 1", "boot 1 8")).unwrap();
    assert_eq!((ours, late), (true, false));
    assert_eq!(bench.write(|rows| rows.continue_operation(id, "gone 1", 2)).unwrap().rest, None);
    assert_eq!(bench.under_way()[0].done, 2, "nothing more was done");
}

#[test]
fn rows_that_another_program_adds_meanwhile_are_not_lost() {
    for act in [move_photos(), trash_photos()] {
        let mut bench = Bench::large().in_batches();
        assert!(bench.killed_after(1, act));
        bench.spoil(
            "INSERT INTO de_torres_vincent_user_directories (user_id, directory_id, directory_name, directory_path)
             VALUES (2, 'foreign', 'new', '00002_BOB/Photos/new')",
        );
        let mut next = bench.next();
        carry_on(&mut next.service, &mut || true).unwrap();
        assert_eq!(next.under_way(), []);
        assert!(next.paths().contains(&"00002_BOB/Photos/new".into()));
    }
}

#[test]
fn an_account_that_another_program_removes_meanwhile_leaves_the_rest_in_the_bin() {
    let mut bench = Bench::large();
    bench.done(OWNER, trash_photos());
    let mut bench = bench.in_batches();
    assert!(bench.killed_after(2, restore(InBin::Directory("00002_BOB/Photos".into()), None)));
    bench.spoil("PRAGMA foreign_keys = ON; DELETE FROM de_torres_vincent_users WHERE id = 2");
    let mut next = bench.next();
    carry_on(&mut next.service, &mut || true).unwrap();
    assert_eq!(next.under_way(), []);
    assert_eq!(next.dump_columns("nexus_bin_directories", "id").lines().count(), 7);
}

#[test]
fn a_dry_run_begins_nothing() {
    let mut bench = Bench::large().in_batches();
    let before = bench.state();
    for (_, act) in acts().into_iter().filter(|(before, _)| before.is_empty()) {
        bench.rehearse(OWNER, act).unwrap();
        assert_eq!((bench.under_way(), bench.state()), (vec![], before.clone()));
    }
}
