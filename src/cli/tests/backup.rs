//! Backups and restores on the command line: what is asked, and what is said.

use crate::domain::backup::{BackupCheck, BackupContent};
use crate::domain::finding::{Finding, Severity};
use crate::domain::journal::Head;
use crate::service::contract::{
    Backup, BackupReply, BackupReport, NeededKey, Reply, Request, RestoreReport, VerifiedBackup,
};

use super::super::testing::*;

pub(super) fn content() -> BackupContent {
    BackupContent {
        schema: 9,
        bytes: 1_500_000,
        accounts: 300,
        sessions: 688,
        directories: 2_292,
        factors: 2,
        head: Head { seq: 12, hash: "ab".repeat(32) },
        changed_at: Some(now()),
    }
}

fn made() -> Reply {
    let (bytes, sha256, findings) = (1_000, "cd".repeat(32), Vec::new());
    let report = BackupReport {
        file: "/srv/b.db".into(),
        bytes,
        sha256,
        content: content(),
        findings,
        set_aside: vec!["/srv/b.db.damaged-1".into()],
        key_file: None,
        entry: Some(13),
    };
    Reply::Backup(Box::new(BackupReply::Made(report)))
}

fn verified(findings: Vec<Finding>) -> VerifiedBackup {
    let check = BackupCheck { content: Some(content()), findings };
    VerifiedBackup { file: "/srv/b\u{1b}[2J.db".into(), check }
}

fn needed(is_there: bool) -> NeededKey {
    NeededKey { path: "/srv/nexus.db.key".into(), is_there }
}

fn finding(severity: Severity) -> Finding {
    Finding {
        check: "backup",
        severity,
        object: "journal".into(),
        message: "The journal is not intact.".into(),
        fix: "Use another backup.".into(),
        fixable: false,
    }
}

/// Runs a command at a terminal, over a service in which the file to write is there already.
fn run(args: &[&str], typed: &str) -> Ran {
    let world = World { input: typed, ..World::terminal() };
    world.run(args, &mut |request, dry_run| match (request, dry_run) {
        (Request::Backup(Backup::Make { file, .. }), true) => {
            Ok(Reply::Backup(Box::new(BackupReply::Foreseen { file: file.clone(), overwrites: true })))
        }
        (Request::Backup(Backup::Make { overwrite: true, .. }), false) => Ok(made()),
        (Request::Backup(Backup::Restore { .. }), true) => {
            let (backup, store) = (verified(vec![finding(Severity::Warning)]), Some("/srv/nexus.db".into()));
            Ok(Reply::Backup(Box::new(BackupReply::RestoreForeseen {
                backup,
                store,
                sessions: 7,
                key: Some(needed(true)),
            })))
        }
        (Request::Backup(Backup::Restore { .. }), false) => {
            let report = RestoreReport {
                backup: verified(Vec::new()),
                store: "/srv/nexus.db".into(),
                kept: Some("/srv/nexus.db.before-now".into()),
                sessions_ended: 7,
                key: Some(needed(false)),
                entry: Some(13),
            };
            Ok(Reply::Backup(Box::new(BackupReply::Restored(report))))
        }
        other => panic!("{other:?}"),
    })
}

#[test]
fn a_file_that_is_there_is_overwritten_only_after_a_yes() {
    for (typed, code, requests) in [("y\n", 0, 2), ("n\n", 2, 1), ("", 2, 1)] {
        let ran = run(&["backup", "b.db"], typed);
        assert_eq!((ran.code, ran.asked.len()), (code, requests), "{typed:?}: {}", ran.err);
        assert!(ran.err.contains("Overwrite b.db? [y/N]"), "{}", ran.err);
    }
    let ran = run(&["backup", "b.db", "--yes"], "");
    assert!(
        ran.err.starts_with("Backed up the store to /srv/b.db (1.0 kB): 300 accounts, 688 sessions"),
        "{}",
        ran.err
    );
    let ran = run(&["backup", "b.db", "--dry-run"], "");
    assert_eq!(
        (ran.asked.len(), ran.err.as_str()),
        (1, "Would back up the store to b.db, overwriting the older file.\n")
    );
}

#[test]
fn a_restore_asks_and_says_what_it_would_mean() {
    let ran = run(&["restore", "b.db"], "n\n");
    assert_eq!((ran.code, ran.asked.len()), (2, 1));
    for words in [
        "The backup holds 300 accounts",
        "All rows of /srv/nexus.db are replaced; it is kept beside.",
        "7 active sessions end.",
        "warning: journal: The journal is not intact.",
        "Restore b.db? [y/N]",
    ] {
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
    }
    let ran = run(&["restore", "b.db"], "y\n");
    assert_eq!((ran.code, ran.asked.len()), (0, 2));
    assert!(ran.err.contains("The old store is kept as /srv/nexus.db.before-now."), "{}", ran.err);
    assert!(!ran.err.contains('\u{1b}') && ran.err.contains("␛[2J"), "{}", ran.err);
}

#[test]
fn a_verification_exits_8_with_findings_and_prints_each_with_its_fix() {
    let verify = |findings: &[Finding]| {
        World::default().run(&["backup", "--verify", "b.db"], &mut |request, _| {
            assert_eq!(request, &Request::Backup(Backup::Verify { file: "b.db".into() }));
            Ok(Reply::Backup(Box::new(BackupReply::Verified(verified(findings.to_vec())))))
        })
    };
    let sound = verify(&[]);
    assert_eq!((sound.code, sound.err.as_str()), (0, "No findings.\n"));
    assert!(sound.out.contains("12 entries, the newest of "), "{}", sound.out);
    assert!(!sound.out.contains('\u{1b}'), "{}", sound.out);
    let broken = verify(&[finding(Severity::Error)]);
    assert_eq!(broken.code, 8);
    assert!(
        broken.out.contains("error (backup): The journal is not intact.\n  fix: Use another backup.\n"),
        "{}",
        broken.out
    );
}

#[test]
fn what_cannot_go_together_is_wrong_usage() {
    for args in [
        &["backup"] as &[_],
        &["backup", "a", "--verify", "--keep", "3"],
        &["backup", "a", "--verify", "--compress"],
        &["backup", "a", "--keep", "0"],
        &["backup", "a", "b"],
        &["backup", "-"],
        &["restore"],
    ] {
        let ran = run(args, "");
        assert_eq!((ran.code, ran.asked.len()), (2, 0), "{args:?}");
    }
}
