use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::stored_table::StoredTable;
use crate::domain::user::{AccessLevel, Status};
use crate::service::contract::{
    AccountAction, Caller, ExportForm, ExportSyntax, OutputStream, Request, Undo,
};
use crate::service::perform as perform_any;
use crate::service::testing::{Bench, accounts_named, names_in};

use super::*;

/// Returns the export of everything into this file of the store's folder.
fn export(bench: &Bench, name: &str) -> Export {
    let path = bench.folder().join(name);
    let form = ExportForm::of(Some(&path), None, false).unwrap();
    let to = ExportTarget::Named { path, replaces: false };
    Export { to, form, filter: Filter::default(), only: None, with_hashes: false, with_journal: false }
}

fn exported(bench: &mut Bench, export: Export) -> ExportReport {
    match bench.ask(Caller::Owner, Request::Export(export)).unwrap() {
        Reply::Exported(report) => report,
        other => panic!("{other:?}"),
    }
}

fn json(bench: &Bench, name: &str) -> serde_json::Value {
    serde_json::from_str(&bench.text(name)).unwrap()
}

/// Returns a store with two accounts, and rows as other programs write them.
fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Pending);
    bench.spoil(
        "UPDATE de_torres_vincent_users SET access_code = '$argon2id$code' WHERE id = 2;
         INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration, status) VALUES
           (1, 'clear-token', '2026-11-23T13:00:00Z', 'active'),
           (1, 'sha256:' || hex(zeroblob(32)), '2026-11-23 11:59:59', 'active'),
           (2, 'other', 'soon', 'active');
         INSERT INTO de_torres_vincent_user_directories (user_id, directory_id, directory_name, directory_path)
           VALUES (2, 'd', 'B', 'B');",
    );
    bench
}

#[test]
fn secrets_are_left_out() {
    let mut bench = bench();
    let plain = export(&bench, "a.json");
    let report = exported(&mut bench, plain);
    assert_eq!((report.users, report.sessions, report.directories, report.entries), (2, 3, 1, 0));
    assert_eq!((report.tokens_digested, report.unreadable_times), (2, 1));
    let found = bench.text("a.json");
    for secret in ["password", "argon2id", "access_code", "clear-token", "\"other\""] {
        assert!(!found.contains(secret), "{secret}: {found}");
    }
    let hashes = Export { with_hashes: true, ..export(&bench, "b.json") };
    exported(&mut bench, hashes);
    let users = &json(&bench, "b.json")["users"];
    assert!(users[0]["password"].as_str().unwrap().starts_with("$argon2id$"));
    assert!(users[1].get("access_code").is_none());
}

#[test]
fn hashes_that_leave_the_store_leave_an_entry() {
    let mut bench = bench();
    bench.done(Caller::Owner, AccountAction::Promote.on(accounts_named(&["bob"])));
    let head = |bench: &Bench| bench.read(|rows| rows.journal_head()).seq;
    let before = head(&bench);
    let with_hashes = |bench: &Bench, name: &str| Export { with_hashes: true, ..export(bench, name) };
    // No hashes, none of their table, nothing written, and a file that is there.
    let plain = export(&bench, "a.json");
    assert_eq!(exported(&mut bench, plain.clone()).entry, None);
    let only = Some(ExportedTable::Stored(StoredTable::Sessions));
    let sessions = Export { only, ..with_hashes(&bench, "s.json") };
    assert_eq!(exported(&mut bench, sessions).entry, None);
    let refused = Export { with_hashes: true, ..plain };
    assert_eq!(bench.kind(Caller::Owner, Request::Export(refused)), FailureKind::Conflict);
    let foreseen = Request::Export(with_hashes(&bench, "b.json"));
    bench.rehearse(Caller::Owner, foreseen.clone()).unwrap();
    assert_eq!(head(&bench), before);

    let filter = Filter::parse(ListKind::Users, "status:pending").unwrap();
    let pending = Export { filter, ..with_hashes(&bench, "b.json") };
    assert_eq!(exported(&mut bench, pending).entry, Some(before + 1));
    let entry = bench.read(|rows| rows.entry(before + 1)).unwrap();
    assert_eq!((entry.action.as_str(), entry.after.text("filter")), ("export", Some("status:pending")));
    assert_eq!(Path::new(&entry.object.label), bench.folder().join("b.json"));
    // Undo goes on to what was done before.
    assert_eq!(bench.done(Caller::Owner, Request::Undo(Undo::Last)).of, Some(Action::Promoted));

    bench.read_only();
    let read = with_hashes(&bench, "c.json");
    assert_eq!(exported(&mut bench, read).entry, None);
}

#[test]
fn texts_that_are_no_utf_8_are_named() {
    let mut bench = bench();
    bench.spoil(
        "UPDATE de_torres_vincent_users SET lastname = CAST(X'61ff62' AS TEXT), address = X'c3' WHERE id = 2;
         UPDATE de_torres_vincent_user_directories SET username = X'c3a9'",
    );
    let all = export(&bench, "a.json");
    let report = exported(&mut bench, all);
    let named: Vec<_> = report.replaced.iter().map(|text| (text.table, &*text.id, text.column)).collect();
    assert_eq!(named, [("users", "2", "lastname"), ("users", "2", "address")]);
    assert_eq!(report.texts_replaced, 2);
    let found = json(&bench, "a.json");
    assert_eq!(
        (&found["users"][1]["lastname"], &found["directories"][0]["username"]),
        (&"a\u{fffd}b".into(), &"é".into())
    );
}

#[test]
fn what_nexus_notes_about_accounts_comes_along_but_for_sql() {
    let mut bench = bench();
    bench.spoil(
        "INSERT INTO nexus_accounts (user_id, must_change, last_seen) VALUES (2, 1, '2026-11-20 08:00:00')",
    );
    for name in ["a.json", "a.sql"] {
        let all = export(&bench, name);
        exported(&mut bench, all);
    }
    let users = &json(&bench, "a.json")["users"];
    assert_eq!((&users[0]["must_change"], &users[0]["last_seen"]), (&false.into(), &serde_json::Value::Null));
    assert_eq!(
        (&users[1]["must_change"], &users[1]["last_seen"]),
        (&true.into(), &"2026-11-20T08:00:00Z".into())
    );
    assert!(!bench.text("a.sql").contains("must_change"));
}

#[test]
fn sessions_are_active_only_while_their_time_is_not_over() {
    let mut bench = bench();
    let all = export(&bench, "a.json");
    exported(&mut bench, all);
    let sessions = &json(&bench, "a.json")["sessions"];
    let state = |at: usize| (sessions[at]["status"].as_str().unwrap(), sessions[at]["expiration"].as_str());
    assert_eq!(state(0), ("active", Some("2026-11-23T13:00:00Z")));
    assert_eq!(state(1), ("expired", Some("2026-11-23T11:59:59Z")));
    assert_eq!(state(2), ("expired", None));
}

#[test]
fn a_filter_takes_accounts_with_what_belongs_to_them() {
    let mut bench = bench();
    let filter = Filter::parse(ListKind::Users, "status:pending").unwrap();
    let pending = Export { filter, with_journal: true, ..export(&bench, "a.json") };
    let report = exported(&mut bench, pending);
    assert_eq!((report.users, report.sessions, report.directories), (1, 1, 1));
    let found = json(&bench, "a.json");
    assert_eq!(
        (&found["users"][0]["username"], &found["directories"][0]["user_id"]),
        (&"bob".into(), &2.into())
    );
    let only = Some(ExportedTable::Stored(StoredTable::Sessions));
    let form = ExportForm::of(Some(Path::new("s.csv")), None, true).unwrap();
    let sessions = Export { form, only, ..export(&bench, "s.json") };
    let report = exported(&mut bench, sessions);
    assert_eq!((report.users, report.sessions), (0, 3));
    assert_eq!(bench.text("s.json").lines().count(), 4);
}

#[test]
fn the_journal_comes_along_newest_first() {
    let mut bench = bench();
    bench.operator("ada");
    let both = Export { with_journal: true, ..export(&bench, "a.json") };
    let report = exported(&mut bench, both);
    let entries = json(&bench, "a.json")["journal"].as_array().unwrap().clone();
    assert_eq!(report.entries, entries.len() as u64);
    assert_eq!(entries.last().unwrap()["seq"], 1);
    assert!(entries[0]["after"].is_object() && entries[0]["hash"].as_str().unwrap().len() == 64);
}

#[test]
fn every_table_is_a_file_of_csv() {
    let mut bench = bench();
    let form = ExportForm::of(Some(Path::new("out")), Some(ExportSyntax::Csv), false).unwrap();
    let folder = Export { form, ..export(&bench, "out.json") };
    exported(&mut bench, folder.clone());
    let found = names_in(&bench.folder().join("out.json"));
    assert_eq!(found, ["directories.csv", "sessions.csv", "users.csv"]);
    assert_eq!(bench.kind(Caller::Owner, Request::Export(folder)), FailureKind::Conflict);
    let archive = export(&bench, "out.zip");
    exported(&mut bench, archive);
    assert!(fs::read(bench.folder().join("out.zip")).unwrap().starts_with(b"PK"));
}

#[test]
fn a_file_that_is_there_is_replaced_only_on_purpose() {
    let mut bench = bench();
    let named = export(&bench, "a.json");
    fs::write(bench.folder().join("a.json"), "mine").unwrap();
    assert_eq!(bench.kind(Caller::Owner, Request::Export(named.clone())), FailureKind::Conflict);
    assert_eq!(bench.text("a.json"), "mine");
    let ExportTarget::Named { path, .. } = named.to.clone() else { panic!("{named:?}") };
    exported(&mut bench, Export { to: ExportTarget::Named { path, replaces: true }, ..named });
    assert!(bench.text("a.json").starts_with("{\"format\""));
    assert_eq!(names_in(bench.folder()), ["a.json"]);
}

#[test]
fn one_that_is_stopped_leaves_nothing() {
    let mut bench = bench();
    for name in ["a.json", "a.zip", "a.sql.zst"] {
        let request = Request::Export(export(&bench, name));
        let mut calls = 0;
        let mut stop = |_| {
            calls += 1;
            if calls == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let context = bench.context(Caller::Owner, &mut stop);
        let failure = perform_any(&mut bench.service, context, request).unwrap_err();
        assert_eq!(
            (failure.kind, failure.message.as_str()),
            (FailureKind::Stopped, "Stopped; no file was written.")
        );
    }
    assert_eq!(names_in(bench.folder()), Vec::<String>::new());
}

#[test]
fn only_an_admin_exports() {
    let mut bench = bench();
    bench.account("eve", AccessLevel::User, Status::Confirmed);
    let eve = bench.operator("eve");
    let all = export(&bench, "a.json");
    assert_eq!(bench.kind(eve, Request::Export(all)), FailureKind::Refused);
    assert_eq!(names_in(bench.folder()), Vec::<String>::new());
}

#[test]
fn a_stream_is_never_written_twice() {
    let mut bench = bench();
    let path = bench.folder().join("stream");
    let stream = |path: &Path| {
        let file = Arc::new(File::create(path).unwrap());
        ExportTarget::Stream(OutputStream { file, is_terminal: false, is_closed: Arc::default() })
    };
    let all = Export { to: stream(&path), ..export(&bench, "a.json") };
    assert_eq!(exported(&mut bench, all.clone()).users, 2);
    assert_eq!(json(&bench, "stream")["users"][1]["username"], "bob");
    // Another program changes a store that is read without locks.
    bench.read_without_locks(|path| {
        let other = rusqlite::Connection::open(path).unwrap();
        other.execute("UPDATE de_torres_vincent_users SET lastname = 'New'", []).unwrap();
    });
    let all = Export { to: stream(&path), ..all };
    assert_eq!(bench.kind(Caller::Owner, Request::Export(all)), FailureKind::Unavailable);
    assert_eq!(bench.text("stream").matches("nexus-export").count(), 1);
}

#[test]
fn files_of_the_store_are_never_replaced() {
    let mut bench = bench();
    let store = fs::read(bench.folder().join("nexus.db")).unwrap();
    for name in ["nexus.db", "nexus.db-wal", "nexus.db-journal", "./nexus.db-damaged", "nexus.db.key"] {
        let path = bench.folder().join(name);
        let to = ExportTarget::Named { path, replaces: true };
        let form = export(&bench, "a.json").form;
        let failure =
            bench.refused(Caller::Owner, Request::Export(Export { to, form, ..export(&bench, "a.json") }));
        assert_eq!(failure.kind, FailureKind::Invalid, "{name}");
        assert!(failure.message.ends_with("belongs to the store itself."), "{}", failure.message);
    }
    assert_eq!(fs::read(bench.folder().join("nexus.db")).unwrap(), store);
    assert!(!bench.folder().join("nexus.db-journal").exists());
}
