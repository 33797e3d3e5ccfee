use std::ops::ControlFlow;

use crate::domain::filter::Filter;
use crate::domain::user::{AccessLevel, Fields, Status, UserId};
use crate::store::contract_tests::deletion_info;

use super::super::contract::{
    AccountAction, AccountSelection, Caller, Directories, DirectorySelector, FailureKind, Journal, Reply,
    Request, Sessions, Undo,
};
use super::super::status::{confirm, delete, suspend};
use super::super::testing::{Bench, accounts_named, who};
use super::*;

/// Limits of three rows a step, and so few touched rows that one confirmed account fills it.
const SLOW: BatchLimits = BatchLimits { rows: 3, touched: 27, most_touched: 27 };

fn everybody() -> AccountSelection {
    AccountSelection::Shown { filter: Filter::default(), except: Vec::new() }
}

impl Bench {
    /// Returns a store with `ada` and this many pending accounts `p1`, `p2`, …
    fn with_pending(n: usize) -> Self {
        let mut bench = Self::new();
        for n in 1..=n {
            bench.account(&format!("p{n}"), AccessLevel::User, Status::Pending);
        }
        bench
    }

    /// Runs a bulk action within [`SLOW`]; returns its summary and the progress that it reported.
    fn slowly<D: BulkAction>(
        &mut self,
        caller: Caller,
        action: &D,
        mut go_on: impl FnMut(&mut usize) -> ControlFlow<()>,
    ) -> (Result<ActionSummary, Failure>, Vec<(u64, u64)>) {
        let mut told = Vec::new();
        let mut times = 0;
        let mut progress = |progress: Progress| {
            told.push((progress.done, progress.total));
            times += 1;
            go_on(&mut times)
        };
        let mut context = self.context(caller, &mut progress);
        let result =
            run_bulk_within(SLOW, &mut self.service, &mut context, action).map(|reply| match reply {
                Reply::Done(summary) => summary,
                other => panic!("{other:?}"),
            });
        (result, told)
    }

    fn how_many(&mut self, status: Status) -> usize {
        let filter = format!("status:{}", status.word());
        let filter = Filter::parse(crate::domain::filter::ListKind::Users, &filter).unwrap();
        self.read(|rows| rows.user_ids(self.now, &filter)).len()
    }
}

fn go_on(_: &mut usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn stop_at(nth: usize) -> impl FnMut(&mut usize) -> ControlFlow<()> {
    move |times| if *times >= nth { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

#[test]
fn many_rows_are_done_in_steps_that_are_told() {
    let mut bench = Bench::with_pending(7);
    let (done, told) = bench.slowly(Caller::Owner, &confirm(everybody()), go_on);
    let done = done.unwrap();
    assert_eq!((done.accounts, done.directories, done.unchanged, done.label), (7, 56, 1, None));
    assert_eq!(told, [(0, 8), (0, 8), (3, 8), (6, 8)], "looked through, then done");
    assert_eq!(bench.how_many(Status::Confirmed), 8);
}

#[test]
fn a_stop_leaves_whole_steps_and_says_so() {
    let mut bench = Bench::with_pending(7);
    let (done, _) = bench.slowly(Caller::Owner, &confirm(everybody()), stop_at(4));
    let failure = done.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Stopped);
    assert_eq!(failure.message, "Stopped; 5 of 7 accounts are confirmed.");
    assert_eq!((bench.how_many(Status::Confirmed), bench.paths().len()), (6, 40));
}

#[test]
fn a_stop_while_it_looks_changes_nothing() {
    let mut bench = Bench::with_pending(7);
    let before = bench.everything();
    let (done, _) = bench.slowly(Caller::Owner, &confirm(everybody()), stop_at(1));
    assert_eq!(done.unwrap_err().message, "Stopped; nothing has changed.");
    assert_eq!(bench.everything(), before);
}

#[test]
fn what_cannot_be_done_to_one_is_begun_with_none() {
    let mut bench = Bench::with_pending(7);
    let names = ["p1", "p2", "p3", "p4", "p5", "nobody"];
    let (done, told) = bench.slowly(Caller::Owner, &confirm(accounts_named(&names)), go_on);
    assert_eq!((done.unwrap_err().kind, told), (FailureKind::NotFound, vec![]));
    assert_eq!(bench.how_many(Status::Pending), 7);
}

#[test]
fn one_that_is_gone_meanwhile_does_not_fail_the_others() {
    let mut bench = Bench::with_pending(7);
    bench.meddle(|rows| rows.bin_user(UserId(3), &deletion_info()).map(drop).unwrap());
    let (done, _) = bench.slowly(Caller::Owner, &confirm(everybody()), go_on);
    let done = done.unwrap();
    assert_eq!((done.accounts, done.unchanged, done.vanished), (6, 1, 1));
}

#[test]
fn the_last_admin_stays_whichever_step_they_are_in() {
    let mut bench = Bench::with_pending(4);
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    let before = bench.everything();
    let (done, told) = bench.slowly(Caller::Owner, &suspend(everybody()), go_on);
    assert_eq!((done.unwrap_err().kind, told), (FailureKind::Refused, vec![]), "it is not begun");
    assert_eq!(bench.everything(), before);
}

#[test]
fn an_admin_who_becomes_the_last_meanwhile_stays_too() {
    let mut bench = Bench::with_pending(6);
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    // Everybody but root, who is cut off by somebody else after the look: ada, the first, is the last one then.
    let but_root = AccountSelection::Shown { filter: Filter::default(), except: vec![1] };
    let suspended = Fields { status: Some(Status::Suspended), ..Fields::default() };
    let now = bench.now;
    bench.meddle(move |rows| rows.update_user(now, UserId(1), &suspended).unwrap());
    let (done, _) = bench.slowly(Caller::Owner, &suspend(but_root), go_on);
    let failure = done.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert_eq!(failure.message, "That would leave no usable admin. So far, 6 of 7 accounts are suspended.");
    assert!(bench.has_usable_admin());
    assert_eq!(bench.how_many(Status::Suspended), 7);
}

#[test]
fn whoever_acts_on_many_is_left_out() {
    let mut bench = Bench::with_pending(7);
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    let ada = bench.operator("ada");
    let but_root = AccountSelection::Shown { filter: Filter::default(), except: vec![9] };
    let (done, _) = bench.slowly(ada, &suspend(but_root), go_on);
    let done = done.unwrap();
    assert_eq!((done.accounts, done.own), (7, Own::LeftOut));
    assert!(done.done().ends_with("; your own account is left out"), "{}", done.done());
    assert!(bench.is_in(ada));
}

#[test]
fn a_large_account_goes_whole_in_a_step_of_its_own() {
    let mut bench = Bench::with_pending(3);
    for n in 0..60 {
        bench.done(Caller::Owner, Directories::Add { path: format!("attic{n}"), owner: Some(who("p2")) });
    }
    let (done, told) = bench.slowly(Caller::Owner, &delete(accounts_named(&["p1", "p2", "p3"])), stop_at(2));
    assert_eq!(done.unwrap_err().message, "Stopped; 2 of 3 accounts are deleted.");
    assert_eq!((told.len(), bench.paths().len(), bench.user("p3").status), (2, 0, Status::Pending));
}

#[test]
fn a_large_last_admin_stays_too() {
    let mut bench = Bench::new();
    for n in 0..60 {
        bench.done(Caller::Owner, Directories::Add { path: format!("attic{n}"), owner: Some(who("ada")) });
    }
    let (done, _) = bench.slowly(Caller::Owner, &delete(accounts_named(&["ada"])), go_on);
    assert_eq!(done.unwrap_err().kind, FailureKind::Refused);
    assert_eq!(bench.paths().len(), 60);
}

#[test]
fn a_rehearsal_counts_what_the_act_then_does() {
    let mut bench = Bench::with_pending(5);
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["p1", "p2"])));
    bench.operator("p1");
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    let but_root = || AccountSelection::Shown { filter: Filter::default(), except: vec![7] };
    let acts: [Request; 6] = [
        AccountAction::Suspend.on(but_root()).into(),
        AccountAction::Confirm.on(everybody()).into(),
        AccountAction::Promote.on(but_root()).into(),
        Directories::Provision(everybody()).into(),
        Directories::Trash(vec![
            DirectorySelector::Path("00002_P1/Photos".into()),
            DirectorySelector::Path("00002_P1".into()),
        ])
        .into(),
        AccountAction::Delete.on(but_root()).into(),
    ];
    for act in acts {
        let before = bench.everything();
        let (summary, rows) = bench.count(Caller::Owner, act.clone());
        assert_eq!(bench.everything(), before);
        assert!(summary.touched() > 0 && !rows.ids.is_empty(), "{act:?}");
        let done = bench.done_unwritten(Caller::Owner, act.clone().for_rows(rows));
        assert_eq!(done, summary, "{act:?}");
    }
    assert_eq!(bench.done(Caller::Owner, Sessions::Sweep).sessions, 0);
}

#[test]
fn an_act_tells_which_rows_it_changed_and_its_first_entry() {
    let mut bench = Bench::with_pending(3);
    let head = |bench: &mut Bench| match bench.ask(Caller::Owner, Request::Journal(Journal::Head)).unwrap() {
        Reply::Head(head) => head.seq,
        other => panic!("{other:?}"),
    };
    let one = bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["p2"])));
    assert_eq!((one.ids, one.written), (vec![3], Some(head(&mut bench))));
    let before = head(&mut bench);
    let rest = bench.done(Caller::Owner, AccountAction::Confirm.on(everybody()));
    assert!(!rest.ids.contains(&3) && rest.ids.len() as u64 == rest.accounts, "{rest:?}");
    assert_eq!((rest.unchanged, rest.written), (2, Some(before + 1)));
    let none = bench.done(Caller::Owner, AccountAction::Confirm.on(everybody()));
    assert_eq!((none.ids.len(), none.written), (0, None));
    let undone = bench.done(Caller::Owner, Undo::Last);
    assert_eq!((&undone.ids, undone.entry), (&rest.ids, rest.written));
    let path = "00003_P2/Photos".to_owned();
    let moved = Directories::Rename { place: DirectorySelector::Path(path), name: "Pictures".into() };
    let renamed = bench.done(Caller::Owner, moved);
    assert_eq!((renamed.ids, renamed.written), (vec![renamed.id.unwrap()], Some(head(&mut bench))));
}
