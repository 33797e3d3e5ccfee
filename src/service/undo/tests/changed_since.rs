//! Undo and redo of what was changed since.

use super::*;

#[test]
fn what_was_changed_since_is_not_undone() {
    let mut bench = Bench::inhabited();
    let edit = |name: &str| {
        let fields = Fields { address: Some(name.into()), ..Fields::default() };
        AccountChange::Edit { fields, was: None }.of(who("bob"))
    };
    bench.done(OWNER, edit("1 Lane"));
    let first = bench.head();
    bench.done(OWNER, edit("2 Lane"));
    let failure = bench.refused(OWNER, Undo::Entry(first));
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert_eq!(failure.message, "bob was changed since: address is 2 Lane, not 1 Lane.");
    assert_eq!(bench.user("bob").address.as_deref(), Some("2 Lane"));

    bench.done(OWNER, AccountAction::Confirm.on(accounts_named(&["eve"])));
    bench.done(OWNER, Directories::Add { path: "00003_EVE/Photos/new".into(), owner: None });
    let confirmed = bench.head() - 1;
    let failure = bench.refused(OWNER, Undo::Entry(confirmed));
    assert_eq!(failure.message, "What lies in 00003_EVE was changed since it was made.");
    assert_eq!(bench.user("eve").status, Status::Confirmed);

    bench.done(OWNER, Directories::Rename { place: place("00003_EVE/Photos/new"), name: "old".into() });
    let added = bench.head() - 1;
    let failure = bench.refused(OWNER, Undo::Entry(added));
    assert!(failure.message.contains("directory_path is 00003_EVE/Photos/old"), "{failure:?}");
}

/// Returns the reasons of an undo for what it left as it is, by the names that they begin with.
fn reasons(summary: &ActionSummary) -> Vec<&str> {
    summary.not_undone.iter().map(|left| left.why.split(' ').next().unwrap()).collect()
}

#[test]
fn what_was_changed_since_is_left_as_it_is_and_the_rest_is_undone() {
    for counts in [false, true] {
        let mut bench = Bench::inhabited();
        bench.account("zoe", AccessLevel::User, Status::Pending);
        bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob", "eve", "zoe"])));
        let first = bench.head() - 2;
        bench.done(OWNER, AccountAction::Confirm.on(accounts_named(&["eve"])));
        let changed = bench.user("eve");
        let (foreseen, rows) = bench.count(OWNER, Undo::Entry(first));
        assert_eq!((foreseen.accounts, foreseen.vanished, rows.ids.len()), (2, 1, 2));
        let undo = Request::from(Undo::Entry(first));
        let undone = bench.done_unwritten(OWNER, if counts { undo.for_rows(rows) } else { undo });
        assert_eq!((undone.accounts, undone.vanished, reasons(&undone)), (2, 1, vec!["eve"]), "{counts}");
        assert_eq!(undone.not_undone[0].entry, first + 1);
        assert_eq!(bench.user("eve"), changed);
        // What is left of it is meant by each of its entries, also by one that is undone.
        let failure = bench.refused(OWNER, Undo::Entry(first));
        assert!(failure.message.starts_with("eve was changed since: "), "{failure:?}");
        assert_eq!(
            (bench.user("bob").status, bench.user("zoe").status),
            (Status::Confirmed, Status::Pending)
        );
        let entries: Vec<_> = (bench.head() - 1..=bench.head()).map(|seq| bench.entry(seq)).collect();
        assert_eq!(entries[0].act, entries[1].act, "it is one act");
    }
}

#[test]
fn where_all_was_changed_since_nothing_is_undone_and_every_reason_is_told() {
    let mut bench = Bench::inhabited();
    bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob", "eve"])));
    let first = bench.head() - 1;
    bench.done(OWNER, AccountAction::Confirm.on(accounts_named(&["bob", "eve"])));
    let before = bench.rows();
    for dry_run in [true, false] {
        let undo = Request::from(Undo::Entry(first));
        let result = if dry_run { bench.rehearse(OWNER, undo) } else { bench.ask(OWNER, undo) };
        let failure = result.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Conflict);
        assert!(failure.message.starts_with("None of the 2 changes can be undone: bob was"), "{failure:?}");
        assert!(failure.message.contains("; eve was changed since: status is"), "{failure:?}");
    }
    assert_eq!(bench.rows(), before);
}

#[test]
fn a_redo_leaves_what_was_changed_since_the_undo() {
    let mut bench = Bench::inhabited();
    bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob", "eve"])));
    bench.done(OWNER, Undo::Last);
    let (now, eve) = (bench.now, bench.user("eve").id);
    let confirmed = Fields { status: Some(Status::Confirmed), ..Fields::default() };
    bench.meddle(move |rows| rows.update_user(now, eve, &confirmed).unwrap());
    let redone = bench.done(OWNER, Undo::Redo);
    assert_eq!((redone.action, redone.accounts, reasons(&redone)), (Action::Redone, 1, vec!["eve"]));
    assert_eq!((bench.user("bob").status, bench.user("eve").status), (Status::Suspended, Status::Confirmed));
    // What was done again is undone by itself.
    assert_eq!(bench.done(OWNER, Undo::Last).accounts, 1);
    assert_eq!(bench.user("bob").status, Status::Confirmed);
}

#[test]
fn what_was_undone_as_far_as_it_can_be_is_not_in_the_way_of_older_acts() {
    let mut bench = Bench::inhabited();
    let address = Fields { address: Some("1 Lane".into()), ..Fields::default() };
    bench.done(OWNER, AccountChange::Edit { fields: address, was: None }.of(who("bob")));
    bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob", "eve"])));
    let ada = bench.operator("ada");
    bench.done(ada, AccountAction::Confirm.on(accounts_named(&["eve"])));
    assert_eq!(reasons(&bench.done(OWNER, Undo::Last)), ["eve"]);
    assert_eq!(bench.done(OWNER, Undo::Last).label.as_deref(), Some("bob"));
    assert_eq!(bench.user("bob").address, None);
    // What can be undone by then is undone first.
    bench.done(OWNER, Undo::Redo);
    bench.done(ada, Undo::Last);
    let undone = bench.done(OWNER, Undo::Last);
    assert_eq!((undone.label.as_deref(), bench.user("bob").address.as_deref()), (Some("bob"), None));
    assert_eq!(bench.done(OWNER, Undo::Last).label.as_deref(), Some("eve"));
    assert_eq!(bench.user("eve").status, Status::Pending);
}

#[test]
fn an_admin_who_is_left_as_is_does_not_keep_the_rest_from_being_undone() {
    let mut bench = Bench::inhabited();
    bench.done(OWNER, AccountAction::Promote.on(accounts_named(&["bob", "eve"])));
    let first = bench.head() - 1;
    let name = Fields { level: Some(AccessLevel::User), ..Fields::default() };
    bench.done(OWNER, AccountChange::Edit { fields: name, was: None }.of(who("eve")));
    let undone = bench.done(OWNER, Undo::Entry(first));
    assert_eq!((undone.accounts, reasons(&undone)), (1, vec!["eve"]));
    assert_eq!(bench.user("bob").level, AccessLevel::User);
}

#[test]
fn an_undo_of_many_goes_on_past_one_that_was_changed_meanwhile() {
    let mut bench = Bench::new();
    let ids: Vec<_> =
        (1..=30).map(|n| bench.account(&format!("p{n}"), AccessLevel::User, Status::Pending)).collect();
    bench.done(
        OWNER,
        AccountAction::Confirm.on(AccountSelection::Shown { filter: Filter::default(), except: vec![] }),
    );
    let (now, third) = (bench.now, ids[2]);
    bench.meddle(move |rows| {
        let suspended = Fields { status: Some(Status::Suspended), ..Fields::default() };
        rows.update_user(now, third, &suspended).unwrap();
    });
    let undone = bench.done(OWNER, Undo::Last);
    assert_eq!((undone.accounts, undone.vanished), (29, 1));
    assert_eq!(undone.not_undone[0].why, "p3 was changed since: status is suspended, not confirmed.");
    assert_eq!(bench.user("p3").status, Status::Suspended);
    assert_eq!((bench.user("p2").status, bench.user("p30").status), (Status::Pending, Status::Pending));
    let first = bench.entry(bench.head());
    assert_eq!(first.act, bench.head() - 28, "all of it is one act");
}

#[test]
fn of_two_who_undo_the_same_one_does() {
    let mut bench = Bench::inhabited();
    bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob"])));
    let entry = bench.head();
    let mut second = bench.second();
    bench.done(OWNER, Undo::Entry(entry));
    let act = UndoAction { act: entry, action: Action::Undone, of: Some(Action::Suspended), several: false };
    let mut go_on = |_| std::ops::ControlFlow::Continue(());
    let mut context = second.context(OWNER, &mut go_on);
    let failure = run_bulk(&mut second.service, &mut context, &act).unwrap_err();
    assert_eq!(
        (failure.kind, failure.message),
        (FailureKind::Conflict, format!("Entry {entry} is already undone."))
    );
}
