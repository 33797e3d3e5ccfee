//! Rows of other programs that prevent actions, or are changed by them.

use crate::domain::dependents::TableRows;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::{Anchor, RowRange, Sort};
use crate::domain::user::{AccessLevel, Status};
use crate::service::contract::confirmation::{Confirmation, FrontEnd, consequences, hint};
use crate::service::contract::{
    AccountAction, ActionSummary, Bin, Caller, Directories, DirectorySelector, FailureKind, InBin, Journal,
    Reply, Request, Undo,
};

use super::super::testing::{Bench, accounts_named, who};

const OWNER: Caller = Caller::Owner;

/// Returns a store with the confirmed `bob`, his home, `eve`, and a table of another program.
fn bench_with(sql: &str) -> Bench {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Pending);
    bench.done(OWNER, AccountAction::Confirm.on(accounts_named(&["bob"])));
    bench.account("eve", AccessLevel::User, Status::Pending);
    bench.spoil(sql);
    bench
}

fn undo() -> Request {
    Undo::Last.into()
}

fn trash(path: &str) -> Directories {
    Directories::Trash(vec![DirectorySelector::Path(path.into())])
}

fn newest(bench: &mut Bench) -> crate::domain::journal::Entry {
    let span = RowRange { anchor: Anchor::Position(0), before: 0, len: 1 };
    let sort = Sort { descending: true, ..Sort::default() };
    let list = Journal::List { filter: Filter::parse(ListKind::Journal, "result:done").unwrap(), sort, span };
    let Reply::Entries(window) = bench.ask(OWNER, Request::Journal(list)).unwrap() else { panic!() };
    window.rows.into_iter().next().unwrap()
}

#[test]
fn a_table_that_forbids_a_deletion_is_named_before_anything_happens() {
    for action in ["", "ON DELETE RESTRICT", "DEFERRABLE INITIALLY DEFERRED"] {
        let mut bench = bench_with(&format!(
            "CREATE TABLE \"invo\u{1b}ices\" (user_id INTEGER REFERENCES de_torres_vincent_users (id) {action});
             INSERT INTO \"invo\u{1b}ices\" SELECT id FROM de_torres_vincent_users, (VALUES (1), (2))
               WHERE username = 'bob';"
        ));
        let before = bench.dump();
        for delete in [&["bob"][..], &["bob", "eve"]] {
            let delete = || Request::from(AccountAction::Delete.on(accounts_named(delete)));
            let rehearsed = bench.rehearse(OWNER, delete()).unwrap_err();
            let failed = bench.refused(OWNER, delete());
            for failure in [rehearsed, failed] {
                assert_eq!((failure.kind, failure.kind.exit_code()), (FailureKind::Conflict, 4));
                let words = "bob cannot be deleted: 2 rows of table invo\u{1b}ices refer to it.";
                assert_eq!(failure.message, words);
                assert!(failure.hint.unwrap().contains("the program that made the table"));
            }
        }
        assert_eq!(bench.dump(), before);
        bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["eve"])));
    }
}

#[test]
fn a_table_that_forbids_to_trash_or_to_undo_is_named() {
    let mut bench = bench_with(
        "CREATE TABLE scans (folder INTEGER REFERENCES de_torres_vincent_user_directories (id));
         INSERT INTO scans SELECT id FROM de_torres_vincent_user_directories WHERE directory_name = 'Photos';",
    );
    let home = bench.paths().into_iter().find(|path| !path.contains('/')).unwrap();
    let before = bench.dump();
    for path in [home.clone(), format!("{home}/Photos")] {
        let failure = bench.refused(OWNER, trash(&path));
        assert_eq!(failure.kind, FailureKind::Conflict);
        assert_eq!(failure.message, format!("{path} cannot be deleted: 1 row of table scans refers to it."));
    }
    // The confirmation of bob, which made his home, is the last act.
    let failure = bench.refused(OWNER, undo());
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert!(failure.message.contains("1 row of table scans refers to it"), "{}", failure.message);
    assert_eq!(bench.dump(), before);
    bench.done(OWNER, trash(&format!("{home}/Audios")));
}

#[test]
fn rows_that_go_along_are_counted_in_the_box_written_down_and_come_back() {
    let mut bench = bench_with(
        "CREATE TABLE ratings (id INTEGER PRIMARY KEY,
           user_id INTEGER REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE);
         CREATE TABLE plans (user_id INTEGER REFERENCES de_torres_vincent_users (id) ON DELETE SET NULL);
         INSERT INTO ratings SELECT NULL, id FROM de_torres_vincent_users WHERE username = 'bob';
         INSERT INTO ratings SELECT NULL, id FROM de_torres_vincent_users WHERE username = 'bob';
         INSERT INTO plans SELECT id FROM de_torres_vincent_users WHERE username = 'bob';",
    );
    let before = bench.dump_of(&["ratings"]);
    let delete = || Request::from(AccountAction::Delete.on(accounts_named(&["bob"])));
    let (summary, _) = bench.count(OWNER, delete());
    let rows = |table: &str, rows| [TableRows { table: table.into(), rows }];
    assert_eq!((summary.carried(), summary.cleared()), (&rows("ratings", 2)[..], &rows("plans", 1)[..]));
    assert_eq!(Confirmation::of(&delete(), &summary, FrontEnd::Console), Confirmation::Ask);
    let lines = consequences(&delete(), &summary);
    assert!(
        lines.contains(&"2 rows of table ratings are deleted too, and restored with it.".to_owned()),
        "{lines:?}"
    );
    assert!(lines.contains(&"1 row of table plans loses its reference for good.".to_owned()), "{lines:?}");
    assert_eq!(hint(&summary), Some("u undoes the rest"));

    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob"])));
    assert_eq!(bench.dump_of(&["ratings"]), "");
    let entry = newest(&mut bench);
    assert_eq!(entry.before.text("rows_carried"), Some("2 rows of table ratings"));
    assert_eq!(entry.before.text("rows_cleared"), Some("1 row of table plans"));
    bench.ask(OWNER, undo()).unwrap();
    assert_eq!(bench.dump_of(&["ratings"]), before);
    // And again, now that the undoing is undone: the reference in the other table is gone already.
    let redone = bench.ask(OWNER, Undo::Redo.into()).unwrap();
    let Reply::Done(redone) = redone else { panic!("{redone:?}") };
    assert_eq!((redone.carried(), redone.cleared()), (&rows("ratings", 2)[..], &[][..]));
    let back = Bin::Restore { which: InBin::Account(who("bob")), to: None, with_sessions: true };
    bench.done(OWNER, back);
    assert_eq!(bench.dump_of(&["ratings"]), before);
}

#[test]
fn a_row_that_stays_out_is_written_down() {
    let mut bench = bench_with(
        "CREATE TABLE ratings (id INTEGER PRIMARY KEY,
           user_id INTEGER REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE);
         INSERT INTO ratings SELECT 1, id FROM de_torres_vincent_users WHERE username = 'bob';",
    );
    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob"])));
    bench.spoil("INSERT INTO ratings VALUES (1, NULL)");
    let restored =
        bench.done(OWNER, Bin::Restore { which: InBin::Account(who("bob")), to: None, with_sessions: true });
    assert_eq!(restored.left_out, 1);
    assert_eq!(newest(&mut bench).after.number("rows_left_out"), Some(1));
}

#[test]
fn an_undo_says_what_stays_out() {
    let mut bench = bench_with(
        "CREATE TABLE ratings (id INTEGER PRIMARY KEY, title TEXT UNIQUE,
           user_id INTEGER REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE);
         INSERT INTO ratings SELECT 1, 'a', id FROM de_torres_vincent_users WHERE username = 'bob';
         INSERT INTO ratings SELECT 2, 'b', id FROM de_torres_vincent_users WHERE username = 'bob';",
    );
    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob"])));
    bench.spoil("INSERT INTO ratings VALUES (9, 'b', NULL)");
    let reply = bench.ask(OWNER, undo()).unwrap();
    let Reply::Done(undone) = reply else { panic!("{reply:?}") };
    assert_eq!(undone.left_out, 1);
}

#[test]
fn a_home_on_which_other_rows_hang_is_not_taken_back() {
    let mut bench = bench_with(
        "CREATE TABLE scans (folder INTEGER REFERENCES de_torres_vincent_user_directories (id) ON DELETE CASCADE);
         INSERT INTO scans SELECT id FROM de_torres_vincent_user_directories WHERE directory_name = 'Photos';",
    );
    let failure = bench.refused(OWNER, undo());
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert!(failure.message.starts_with("1 row of table scans refers to "), "{}", failure.message);
    assert_eq!(bench.dump_of(&["scans"]).lines().count(), 1);
}

#[test]
fn a_purge_says_what_goes_for_good() {
    let mut bench = bench_with(
        "CREATE TABLE archive (bundle INTEGER REFERENCES nexus_bin (id) ON DELETE CASCADE);
         CREATE TABLE holds (bundle INTEGER REFERENCES nexus_bin (id));",
    );
    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob"])));
    bench.spoil("INSERT INTO archive SELECT id FROM nexus_bin");
    let purge = || Request::from(Bin::Purge(InBin::Account(who("bob"))));
    let (summary, _) = bench.count(OWNER, purge());
    assert_eq!(summary.question(), "Purge bob with 8 directories, and for good 1 row of table archive?");
    bench.spoil("INSERT INTO holds SELECT id FROM nexus_bin");
    let failure = bench.refused(OWNER, purge());
    assert_eq!(failure.message, "bob cannot be deleted: 1 row of table holds refers to it.");
    bench.spoil("DELETE FROM holds");
    bench.done(OWNER, purge_of("bob"));
    assert_eq!(bench.dump_of(&["archive"]), "");
}

#[test]
fn a_purge_counts_the_rows_that_lie_in_the_bin() {
    let mut bench = bench_with(
        "CREATE TABLE ratings (id INTEGER PRIMARY KEY,
           user_id INTEGER REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE);
         INSERT INTO ratings SELECT 1, id FROM de_torres_vincent_users WHERE username = 'bob';
         INSERT INTO ratings SELECT 2, id FROM de_torres_vincent_users WHERE username = 'bob';",
    );
    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob"])));
    let (summary, _) = bench.count(OWNER, Request::from(purge_of("bob")));
    assert_eq!(summary.question(), "Purge bob with 8 directories, and for good 2 rows of table ratings?");
}

fn purge_of(name: &str) -> Bin {
    Bin::Purge(InBin::Account(who(name)))
}

#[test]
fn a_sweep_deletes_nothing_and_is_never_in_the_way() {
    let mut bench = bench_with(
        "CREATE TABLE devices (session INTEGER REFERENCES de_torres_vincent_session_tokens (id) ON DELETE RESTRICT);
         INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration)
           SELECT id, 'x', '2020-01-01 00:00:00' FROM de_torres_vincent_users WHERE username = 'bob';
         INSERT INTO devices SELECT id FROM de_torres_vincent_session_tokens WHERE session_token = 'x';",
    );
    let swept: ActionSummary = bench.done(OWNER, crate::service::contract::Sessions::Sweep);
    assert_eq!(swept.sessions, 1);
}
