use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use crate::domain::journal::{Action, Entry};
use crate::domain::session::DEFAULT_LIFE;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Status};
use crate::service::contract::{
    Backup, BackupReply, BackupReport, Caller, FailureKind, Reply, Request, RestoreReport,
};
use crate::service::perform;
use crate::service::testing::{Bench, PASSWORD};

fn make(file: &Path, keep: Option<u32>) -> Request {
    Request::Backup(Backup::Make { file: file.to_owned(), keep, compress: false, overwrite: false })
}

fn restore(file: &Path) -> Request {
    Request::Backup(Backup::Restore { file: file.to_owned(), despite_findings: false })
}

fn reply(bench: &mut Bench, caller: Caller, request: Request) -> BackupReply {
    match bench.ask(caller, request).unwrap() {
        Reply::Backup(reply) => *reply,
        other => panic!("{other:?}"),
    }
}

fn made(bench: &mut Bench, request: Request) -> BackupReport {
    match reply(bench, Caller::Owner, request) {
        BackupReply::Made(report) => report,
        other => panic!("{other:?}"),
    }
}

fn restored(bench: &mut Bench, caller: Caller, file: &Path) -> RestoreReport {
    match reply(bench, caller, restore(file)) {
        BackupReply::Restored(report) => report,
        other => panic!("{other:?}"),
    }
}

/// Returns the newest entry of the journal.
fn newest(bench: &Bench) -> Entry {
    bench.read(|rows| rows.entry(rows.journal_head()?.seq)).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_backup_is_private_verified_and_recorded_and_leaves_nothing_beside() {
    let mut bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    for compress in [false, true] {
        let (file, overwrite) = (file.clone(), true);
        let make = Backup::Make { file: file.clone(), keep: None, compress, overwrite };
        let report = made(&mut bench, Request::Backup(make));
        let metadata = fs::metadata(&file).unwrap();
        assert_eq!((metadata.permissions().mode() & 0o777, metadata.len()), (0o600, report.bytes));
        assert_eq!((report.content.accounts, report.findings.len()), (1, 0));
        assert_eq!(report.bytes < report.content.bytes, compress);
        let entry = newest(&bench);
        assert_eq!((report.entry, entry.action.as_str()), (Some(entry.seq), Action::BackedUp.word()));
        assert_eq!(Path::new(&entry.object.label), file.canonicalize().unwrap());
        assert_eq!(entry.after.text("sha256"), Some(report.sha256.as_str()));
        let verify = Request::Backup(Backup::Verify { file: file.clone() });
        let BackupReply::Verified(verified) = reply(&mut bench, Caller::Owner, verify) else { panic!() };
        assert_eq!((verified.check.content, verified.check.findings.len()), (Some(report.content), 0));
        assert_eq!(names(folder.path()), ["backup.db"]);
    }
    let last = bench.read(|rows| rows.store_facts()).last_backup;
    assert_eq!(last, Some(bench.now));
}

#[test]
fn a_file_is_overwritten_only_where_that_was_agreed_and_older_ones_are_pushed_on() {
    let mut bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.db");
    let foreseen = |bench: &mut Bench, keep| match bench.rehearse(Caller::Owner, make(&file, keep)).unwrap() {
        Reply::Backup(reply) => match *reply {
            BackupReply::Foreseen { overwrites, .. } => overwrites,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert!(!foreseen(&mut bench, None));
    assert_eq!(names(folder.path()), [""; 0]);
    made(&mut bench, make(&file, None));
    assert!(foreseen(&mut bench, None) && !foreseen(&mut bench, Some(1)));
    assert_eq!(bench.kind(Caller::Owner, make(&file, None)), FailureKind::Conflict);

    let entries = |file: &Path| {
        let connection = rusqlite::Connection::open(file).unwrap();
        connection.query_row("SELECT count(*) FROM nexus_journal", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    // The journal has an entry more at each.
    for kept in [2, 3, 3] {
        made(&mut bench, make(&file, Some(3)));
        assert_eq!(names(folder.path()).len(), kept);
    }
    let numbered = |number: u32| PathBuf::from(format!("{}.{number}", file.display()));
    assert_eq!([entries(&file), entries(&numbered(1)), entries(&numbered(2))], [3, 2, 1]);
    // What is no backup of that name is left alone.
    fs::write(numbered(3), "somebody's notes").unwrap();
    made(&mut bench, make(&file, Some(2)));
    assert_eq!(names(folder.path()), ["b.db", "b.db.1", "b.db.3"]);
    made(&mut bench, make(&file, Some(1)));
    assert_eq!(names(folder.path()), ["b.db", "b.db.3"]);
}

#[test]
fn the_store_itself_and_what_is_no_regular_file_are_no_place_for_a_backup() {
    let mut bench = Bench::new();
    let store = bench.folder().join("nexus.db");
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    symlink(&store, path("link")).unwrap();
    symlink(path("nowhere"), path("dangling")).unwrap();
    fs::create_dir(path("folder")).unwrap();
    fs::create_dir(path("pushed.1")).unwrap();
    let before = names(folder.path());
    let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", store.display()));
    let dotted = bench.folder().join(".").join("nexus.db");
    let places = [
        store.clone(),
        dotted,
        beside("-wal"),
        beside("-shm"),
        beside("-journal"),
        path("link"),
        path("dangling"),
        path("folder"),
        path("folder/"),
        path(".."),
        "/dev/null".into(),
        "/dev/full".into(),
    ];
    for place in places {
        assert_eq!(
            bench.kind(Caller::Owner, make(&place, None)),
            FailureKind::Invalid,
            "{}",
            place.display()
        );
    }
    assert_eq!(bench.kind(Caller::Owner, make(&path("pushed"), Some(2))), FailureKind::Invalid);
    assert_eq!(bench.kind(Caller::Owner, make(&path("no/such"), None)), FailureKind::Other);
    assert_eq!(names(folder.path()), before);
    assert_eq!(bench.kind(Caller::Owner, restore(&store)), FailureKind::Invalid);
    assert_eq!(bench.kind(Caller::Owner, restore(&path("link"))), FailureKind::Invalid);
    assert_eq!(bench.kind(Caller::Owner, restore(&path("folder"))), FailureKind::Invalid);
}

#[test]
fn only_an_admin_may_back_up_or_restore() {
    let mut bench = Bench::new();
    bench.account("alan", AccessLevel::User, Status::Confirmed);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.db");
    let alan = bench.operator("alan");
    let verify = || Request::Backup(Backup::Verify { file: file.clone() });
    for request in [make(&file, None), verify(), restore(&file)] {
        assert_eq!(bench.kind(alan, request.clone()), FailureKind::Refused);
        assert_eq!(bench.kind(Caller::Nobody, request), FailureKind::SignedOut);
    }
    assert!(!file.exists());
    let ada = bench.operator("ada");
    assert!(matches!(reply(&mut bench, ada, make(&file, None)), BackupReply::Made(_)));
    assert_eq!(newest(&bench).actor.name, "ada");
}

#[test]
fn a_store_that_cannot_be_written_is_backed_up_without_an_entry() {
    let mut bench = Bench::new();
    bench.read_only();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.db");
    let report = made(&mut bench, make(&file, None));
    assert_eq!((report.entry, report.content.accounts), (None, 1));
    assert_eq!(bench.kind(Caller::Owner, restore(&file)), FailureKind::Unavailable);
}

#[test]
fn a_restore_ends_all_sessions_and_is_recorded_in_the_restored_journal() {
    let mut bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.db");
    let before_backup = bench.operator("ada");
    made(&mut bench, make(&file, None));
    bench.account("grace", AccessLevel::Admin, Status::Confirmed);
    let grace = bench.operator("grace");
    let old_head = bench.read(|rows| rows.journal_head());
    let foreseen = bench.rehearse(grace, restore(&file)).unwrap();
    let Reply::Backup(foreseen) = foreseen else { panic!("{foreseen:?}") };
    assert!(matches!(*foreseen, BackupReply::RestoreForeseen { sessions: 2, .. }), "{foreseen:?}");
    assert!(bench.is_in(grace), "nothing has changed");

    let report = restored(&mut bench, grace, &file);
    assert_eq!(report.sessions_ended, 2);
    for caller in [before_backup, grace] {
        assert!(!bench.is_in(caller));
    }
    let entry = newest(&bench);
    assert_eq!((report.entry, entry.action.as_str()), (Some(entry.seq), Action::StoreRestored.word()));
    // In the restored store her ids may be those of somebody else.
    assert_eq!((entry.actor.name.as_str(), entry.actor.account), ("grace", None));
    assert_eq!(entry.origin.session, None);
    assert_eq!(entry.before.text("head"), Some(old_head.to_string().as_str()));
    assert_eq!(entry.after.text("kept"), report.kept.as_ref().and_then(|kept| kept.to_str()));
    assert!(bench.log_in("grace", PASSWORD).is_err());
    assert!(bench.log_in("ada", PASSWORD).is_ok());
}

#[test]
fn a_restore_signs_out_operators_of_read_only_consoles() {
    let mut bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.db");
    made(&mut bench, make(&file, None));
    let reader = |bench: &Bench, restored_at| Caller::Reader {
        account: bench.user("ada").id,
        until: bench.now + DEFAULT_LIFE,
        restored_at,
    };
    let before = reader(&bench, None);
    assert!(bench.is_in(before));
    bench.now += Duration::minutes(5);
    restored(&mut bench, Caller::Owner, &file);
    let restored_at = Some(bench.now);
    assert!(!bench.is_in(before));
    bench.now += Duration::seconds(1);
    let after = reader(&bench, restored_at);
    assert!(bench.is_in(after));
    // The time of a restore is that of its beginning: this one logged in to the old store while it went on.
    let meanwhile = reader(&bench, None);
    assert!(!bench.is_in(meanwhile));
}

#[test]
fn a_backup_without_an_admin_does_not_lock_everybody_out() {
    let mut bench = Bench::empty();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.db");
    made(&mut bench, make(&file, None));
    let again = folder.path().join("c.db");
    assert!(restored(&mut bench, Caller::Owner, &file).kept.is_some(), "there was none before");
    bench.account("ada", AccessLevel::Admin, Status::Confirmed);
    assert_eq!(bench.kind(Caller::Owner, restore(&file)), FailureKind::Refused);
    made(&mut bench, make(&again, None));
    assert!(bench.has_usable_admin());
}

#[test]
fn an_admin_who_comes_while_a_backup_is_verified_is_not_locked_out() {
    let mut bench = Bench::empty();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.db");
    made(&mut bench, make(&file, None));
    let mut second = bench.second();
    let mut is_added = false;
    let mut meddle = |_| {
        if !std::mem::replace(&mut is_added, true) {
            second.account("ada", AccessLevel::Admin, Status::Confirmed);
        }
        ControlFlow::Continue(())
    };
    let context = bench.context(Caller::Owner, &mut meddle);
    let failure = perform(&mut bench.service, context, restore(&file)).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused, "{}", failure.message);
    assert!(bench.has_usable_admin());
}

#[test]
fn an_unfit_backup_is_refused_and_the_store_stays_as_it_was() {
    let mut bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.db");
    made(&mut bench, make(&file, None));
    let sound = fs::read(&file).unwrap();
    let (before, files) = (bench.everything(), names(bench.folder()));
    for (bytes, kind) in [
        (&sound[..sound.len() / 2], FailureKind::Unavailable),
        (&sound[..30], FailureKind::Unavailable),
        (b"no backup", FailureKind::Invalid),
        (b"", FailureKind::Invalid),
    ] {
        fs::write(&file, bytes).unwrap();
        assert_eq!(bench.kind(Caller::Owner, restore(&file)), kind, "{} bytes", bytes.len());
        assert_eq!(bench.service.store.damage(), None, "the damage is not the store's");
    }
    fs::write(&file, &sound).unwrap();
    let backup = rusqlite::Connection::open(&file).unwrap();
    backup.execute_batch("DROP TRIGGER nexus_journal_kept").unwrap();
    drop(backup);
    let failure = bench.refused(Caller::Owner, restore(&file));
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(failure.hint.unwrap().contains("--despite-findings"));
    assert_eq!(bench.everything(), before);
    assert_eq!(names(bench.folder()), files);
    let despite = Request::Backup(Backup::Restore { file, despite_findings: true });
    assert!(bench.ask(Caller::Owner, despite).is_ok());
}

#[test]
fn a_copy_whose_newest_rows_lie_beside_it_is_no_backup() {
    let mut bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.db");
    made(&mut bench, make(&file, None));
    let link = folder.path().join("link.db");
    symlink(&file, &link).unwrap();
    let before = bench.everything();
    for suffix in ["-wal", "-journal"] {
        let beside = folder.path().join(format!("b.db{suffix}"));
        fs::write(&beside, "commits").unwrap();
        for path in [&file, &link] {
            for request in [restore(path), Request::Backup(Backup::Verify { file: path.clone() })] {
                let failure = bench.refused(Caller::Owner, request);
                assert_eq!(failure.kind, FailureKind::Unavailable);
                assert!(failure.message.contains("lies beside it"), "{}", failure.message);
            }
        }
        fs::write(&beside, "").unwrap();
    }
    assert_eq!(bench.everything(), before);
    restored(&mut bench, Caller::Owner, &link);
}

#[test]
fn older_files_are_renamed_and_removed_only_if_they_are_backups_and_not_the_store() {
    let mut bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.db");
    made(&mut bench, make(&file, None));
    let numbered = |number: u32| PathBuf::from(format!("{}.{number}", file.display()));
    let other = |path: &Path, application: i64| {
        let connection = rusqlite::Connection::open(path).unwrap();
        connection.pragma_update(None, "application_id", application).unwrap();
        connection.execute_batch("CREATE TABLE t (a)").unwrap();
    };
    // Another program's database beyond those that are kept is left alone, and what is to be kept is refused.
    other(&numbered(2), 7);
    made(&mut bench, make(&file, Some(2)));
    assert_eq!(names(folder.path()), ["b.db", "b.db.1", "b.db.2"]);
    let before = fs::read(&file).unwrap();
    let failure = bench.refused(Caller::Owner, make(&file, Some(3)));
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert!(
        failure.message.contains("b.db.2 already exists and is not a NEXUS backup"),
        "{}",
        failure.message
    );
    assert!(bench.rehearse(Caller::Owner, make(&file, Some(3))).is_err());
    assert!(fs::read(&file).unwrap() == before);
    let notes = folder.path().join("notes");
    fs::write(&notes, "somebody's notes").unwrap();
    assert_eq!(bench.kind(Caller::Owner, make(&notes, Some(1))), FailureKind::Conflict);
    assert_eq!(fs::read(&notes).unwrap(), b"somebody's notes");
    // The store under such a number.
    fs::remove_file(numbered(2)).unwrap();
    fs::hard_link(bench.folder().join("nexus.db"), numbered(2)).unwrap();
    assert_eq!(bench.kind(Caller::Owner, make(&file, Some(1))), FailureKind::Invalid);
    assert_eq!(names(folder.path()), ["b.db", "b.db.1", "b.db.2", "notes"]);
}

#[test]
fn a_damaged_older_file_does_not_stop_the_rotation() {
    let mut bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.db");
    for _ in 0..3 {
        made(&mut bench, make(&file, Some(3)));
    }
    let second = fs::read(folder.path().join("b.db.1")).unwrap();
    fs::write(&file, "").unwrap();
    fs::write(folder.path().join("b.db.2"), [0; 5_000]).unwrap();
    let report = made(&mut bench, make(&file, Some(3)));
    let aside = ["b.db.damaged-1", "b.db.2.damaged-1"].map(|name| folder.path().join(name));
    assert_eq!(report.set_aside, aside);
    assert_eq!([fs::read(&aside[0]).unwrap().len(), fs::read(&aside[1]).unwrap().len()], [0, 5_000]);
    assert!(fs::read(folder.path().join("b.db.2")).unwrap() == second);
    assert_eq!(names(folder.path()), ["b.db", "b.db.2", "b.db.2.damaged-1", "b.db.damaged-1"]);
    let report = made(&mut bench, make(&file, Some(1)));
    assert_eq!(report.set_aside, [""; 0].map(PathBuf::from));
}
