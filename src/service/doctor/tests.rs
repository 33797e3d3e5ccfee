//! Examination and repair of the store: the permissions, and the journal entries.

use std::ops::ControlFlow;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::{Anchor, RowRange, Sort};
use crate::domain::time::{Duration, from_stored};
use crate::domain::user::{AccessLevel, Status, UserId};
use crate::service::contract::{AccountAction, Backup, Directories, FailureKind, Journal, Request};

use super::super::testing::{Bench, accounts_named};
use super::*;

const EVIL: &str = "CREATE TRIGGER evil AFTER INSERT ON de_torres_vincent_users BEGIN SELECT 1; END;
    DROP TRIGGER nexus_users_touch;";

/// Returns the reply, without the finding that there is no backup yet.
fn diagnosis(reply: Reply) -> Diagnosis {
    let Reply::Diagnosis(mut diagnosis) = reply else { panic!("{reply:?}") };
    diagnosis.findings.retain(|finding| finding.check != "backup");
    *diagnosis
}

/// Returns a service whose admin has a good password hash, at a time that the clock of SQLite's triggers has not reached.
fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.store_hash(UserId(1), FIT);
    bench.now = from_stored("2100-01-01 12:00:00").unwrap();
    bench
}

const FIT: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$TkVYVVMtc2FsdC0xNmJ5dA$EbEHmqLCpPAO/kqdKo4+zYnPWzZ0sw/OKb9PavzrQIc";

fn examined(bench: &mut Bench) -> Vec<Finding> {
    let reply = bench.ask(Caller::Owner, Request::Doctor(Doctor::Examine)).unwrap();
    let Reply::Diagnosis(diagnosis) = reply else { panic!("{reply:?}") };
    diagnosis.findings
}

#[test]
fn a_repair_is_an_act_of_the_journal_with_an_entry_for_each_finding() {
    let mut bench = bench();
    bench.spoil(EVIL);
    let repair = Request::Doctor(Doctor::Repair { drop_foreign: true });
    let foreseen = diagnosis(bench.rehearse(Caller::Owner, repair.clone()).unwrap());
    assert_eq!((foreseen.mended.len(), foreseen.findings.len()), (2, 0));
    let done = diagnosis(bench.ask(Caller::Owner, repair).unwrap());
    assert_eq!((done.mended.len(), done.findings.len()), (2, 0));
    let span = RowRange { anchor: Anchor::Position(0), before: 0, len: 10 };
    let sort = Sort { descending: true, ..Sort::default() };
    let list = Journal::List { filter: Filter::parse(ListKind::Journal, "verb:repair").unwrap(), sort, span };
    let Reply::Entries(window) = bench.ask(Caller::Owner, Request::Journal(list)).unwrap() else { panic!() };
    let told: Vec<_> = window.rows.iter().map(|entry| (entry.object.label.as_str(), entry.act)).collect();
    let act = window.rows[1].seq;
    assert_eq!(told, [("evil", act), ("nexus_users_touch", act)]);
    assert!(window.rows[0].after.text("saved").unwrap().contains(".removed-"));
    assert_eq!(window.rows[0].before.text("finding"), Some(done.mended[1].message.as_str()));
}

#[test]
fn an_examination_finds_what_a_repair_would_leave() {
    let mut bench = bench();
    assert_eq!(diagnosis(bench.ask(Caller::Owner, Request::Doctor(Doctor::Examine)).unwrap()).findings, []);
    bench.spoil(EVIL);
    let found = diagnosis(bench.ask(Caller::Owner, Request::Doctor(Doctor::Examine)).unwrap());
    assert_eq!(found.findings.len(), 2);
    let repair = Request::Doctor(Doctor::Repair { drop_foreign: false });
    let done = diagnosis(bench.ask(Caller::Owner, repair).unwrap());
    assert_eq!((done.mended.len(), done.findings.len(), done.saved), (1, 1, None));
}

#[test]
fn hashes_that_nobody_can_match_and_cheap_ones_are_findings() {
    let mut bench = bench();
    for name in ["bob", "cid", "dan", "eve"] {
        bench.account(name, AccessLevel::User, Status::Confirmed);
    }
    for (id, hash) in [(2, "hunter2"), (3, "!"), (4, ""), (5, &FIT.replace("m=19456", "m=8"))] {
        bench.store_hash(UserId(id), hash);
    }
    let told: Vec<_> = examined(&mut bench).into_iter().map(|finding| finding.message).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told[0].starts_with("2 accounts have a password hash that is neither")
            && told[0].ends_with("(id 2 and 4).")
    );
    assert!(
        told[1].starts_with("1 account has a password hash that makes guessing cheap")
            && told[1].ends_with("(id 5).")
    );
    assert!(!told.concat().contains("hunter2"), "what stands there may be a password");
}

#[test]
fn texts_that_are_not_utf_8_are_findings() {
    let mut bench = bench();
    bench.spoil("UPDATE de_torres_vincent_users SET address = CAST(x'61ff' AS TEXT)");
    let told: Vec<_> = examined(&mut bench).into_iter().map(|finding| finding.message).collect();
    assert_eq!(told[0], "1 account has texts that are not UTF-8 (id 1): parts of them show as U+FFFD.");
}

#[test]
fn names_that_look_alike_are_findings_of_the_later_account() {
    let mut bench = bench();
    for name in ["modern", "modem", "b\u{43e}b", "bob", "mia"] {
        let id = bench.account(name, AccessLevel::User, Status::Confirmed);
        bench.store_hash(id, FIT);
    }
    let told: Vec<_> = examined(&mut bench)
        .into_iter()
        .filter(|finding| finding.check == "names")
        .map(|finding| (finding.object, finding.message, finding.fix))
        .collect();
    let [ref name, .., ref email] = told[..] else { panic!("{told:?}") };
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!(name.0, "account 5");
    assert_eq!(name.1, "The username bob looks like b\u{43e}b, which is that of account 4.");
    assert_eq!(
        email.1,
        "The email modem@nexus.example looks like modern@nexus.example, which is that of account 2."
    );
    assert_eq!(email.2, "nexus user edit 3 --email NAME");
}

#[test]
fn many_names_that_look_alike_hide_none_however_far_apart_they_are() {
    let mut bench = bench();
    for letter in ["o", "\u{43e}"] {
        for n in 0..102 {
            bench.account(&format!("{letter}-{n}"), AccessLevel::User, Status::Confirmed);
        }
    }
    let found: Vec<_> = examined(&mut bench).into_iter().filter(|finding| finding.check == "names").collect();
    for column in ["username", "email"] {
        let of_column = |finding: &&Finding| finding.message.starts_with(&format!("The {column} "));
        assert_eq!(found.iter().filter(of_column).count(), 50, "{found:?}");
    }
}

#[test]
fn sessions_that_are_over_are_swept_by_a_repair() {
    let mut bench = Bench::new();
    bench.operator("ada");
    bench.later(Duration::days(2));
    let over = |found: &[Finding]| found.iter().filter(|finding| finding.check == "sessions").count();
    assert_eq!(over(&examined(&mut bench)), 1);
    let repair = Request::Doctor(Doctor::Repair { drop_foreign: false });
    let done = diagnosis(bench.ask(Caller::Owner, repair).unwrap());
    assert_eq!((over(&done.mended), over(&done.findings)), (1, 0));
    assert_eq!(over(&examined(&mut bench)), 0);
}

#[test]
fn no_backup_and_an_old_one_are_findings() {
    let mut bench = bench();
    let told = |bench: &mut Bench| examined(bench).pop().map(|finding| (finding.check, finding.message));
    let none = "There is no backup: the journal records none.";
    assert_eq!(told(&mut bench), Some(("backup", none.to_owned())));
    let file = bench.folder().join("backup.db");
    let make = Backup::Make { file, keep: None, compress: false, overwrite: false };
    bench.ask(Caller::Owner, Request::Backup(make)).unwrap();
    assert_eq!(told(&mut bench), None);
    bench.later(Duration::days(7));
    assert_eq!(told(&mut bench), None);
    bench.later(Duration::days(1));
    let old = "The last backup is 8 d old: it is of 1 Jan 2100 12:00 UTC.";
    assert_eq!(told(&mut bench), Some(("backup", old.to_owned())));
}

#[test]
fn an_examination_can_be_stopped_at_every_step() {
    let bench = bench();
    for steps in 0..4 {
        let mut left = steps;
        let mut service = bench.copy().service;
        let mut count = |progress: Progress| {
            assert!(progress.done <= progress.total, "{progress:?}");
            left -= 1;
            if left < 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let context = bench.context(Caller::Owner, &mut count);
        let examined = super::super::perform(&mut service, context, Request::Doctor(Doctor::Examine));
        if let Err(failure) = examined {
            assert_eq!(failure.kind, FailureKind::Stopped);
        } else {
            assert!(left >= 0, "it was told to stop");
        }
    }
}

#[test]
fn only_an_admin_may_examine_the_store_from_the_console() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let (ada, bob) = (bench.operator("ada"), bench.operator("bob"));
    let examine = || Request::Doctor(Doctor::Examine);
    assert_eq!(bench.kind(bob, examine()), FailureKind::Refused);
    assert_eq!(bench.kind(bob, Request::Doctor(Doctor::Repair { drop_foreign: true })), FailureKind::Refused);
    assert_eq!(bench.kind(Caller::Nobody, examine()), FailureKind::SignedOut);
    assert!(bench.ask(ada, examine()).is_ok());
}

#[test]
fn an_act_on_an_altered_store_is_refused_with_what_to_do() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Pending);
    bench.spoil(EVIL);
    let failure = bench.refused(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(failure.message.contains("trigger nexus_users_touch is missing"), "{}", failure.message);
    assert!(failure.hint.unwrap().contains("`nexus doctor --fix`"));
}

#[test]
fn rows_that_no_import_takes_are_findings_and_exactly_those() {
    const BY_PROGRAM: &str =
        "Correct this row of de_torres_vincent_user_directories in the program that wrote it.";
    for (spoiled, object, reason, fix) in [
        (
            "UPDATE de_torres_vincent_users SET email = 'nobody'",
            "account 1",
            "email has no @: nobody",
            "nexus user edit 1 --email EMAIL",
        ),
        (
            "UPDATE de_torres_vincent_users SET email = 'a@b' || char(0) || 'c'",
            "account 1",
            "email holds a NUL character",
            "nexus user edit 1 --email EMAIL",
        ),
        (
            "UPDATE de_torres_vincent_users SET created_at = 'soon'",
            "account 1",
            "created_at is missing",
            "UPDATE de_torres_vincent_users SET created_at = VALUE WHERE id = 1;",
        ),
        (
            "UPDATE de_torres_vincent_users SET username = 'a' || char(0) || 'b'",
            "account 1",
            "username holds a NUL character",
            "nexus user edit 1 --username NAME",
        ),
        (
            "UPDATE de_torres_vincent_user_directories SET directory_name = '' WHERE id = 2",
            "directory 2",
            "directory_name must not be empty: ",
            "nexus directory rename --id 2 NAME",
        ),
        (
            "UPDATE de_torres_vincent_user_directories SET directory_path = '/etc' WHERE id = 2",
            "directory 2",
            "directory_path is absolute: /etc",
            BY_PROGRAM,
        ),
        (
            "UPDATE de_torres_vincent_user_directories SET directory_path = 'a' || char(10) || 'b' WHERE id = 2",
            "directory 2",
            "directory_path breaks a rule (no control characters)",
            BY_PROGRAM,
        ),
        (
            "UPDATE de_torres_vincent_user_directories SET directory_path = printf('%.256c', 'x') WHERE id = 2",
            "directory 2",
            "directory_path breaks a rule (at most 255 bytes)",
            BY_PROGRAM,
        ),
        (
            "UPDATE de_torres_vincent_user_directories SET id = 9007199254740993 WHERE id = 2",
            "directory 9007199254740993",
            "id is too large: 9007199254740993",
            BY_PROGRAM,
        ),
    ] {
        let mut bench = bench();
        bench.done(Caller::Owner, Directories::Provision(accounts_named(&["ada"])));
        bench.spoil(spoiled);
        let found: Vec<_> =
            examined(&mut bench).into_iter().filter(|finding| finding.check == "import").collect();
        let [finding] = &found[..] else { panic!("{spoiled}: {found:?}") };
        let message = format!("An export of it cannot be imported: {reason}");
        assert_eq!((finding.object.as_str(), finding.fixable), (object, false));
        assert!(finding.message.starts_with(&message), "{}", finding.message);
        assert!(finding.fix.contains(fix), "{}", finding.fix);
    }
}

#[test]
fn usernames_with_an_at_sign_and_tokens_in_the_clear_are_findings() {
    let mut bench = bench();
    bench.spoil(
        "UPDATE de_torres_vincent_users SET username = 'nobody@nowhere';
         INSERT INTO de_torres_vincent_session_tokens (user_id, session_token) VALUES (1, 'open sesame')",
    );
    let told: Vec<_> =
        examined(&mut bench).into_iter().map(|finding| (finding.check, finding.message)).collect();
    let of =
        |check: &str| told.iter().find(|(found, _)| *found == check).map(|(_, message)| message.as_str());
    assert!(of("names").is_some_and(|told| told.contains("not the email of the account (id 1)")), "{told:?}");
    assert!(
        of("tokens").is_some_and(|told| told.starts_with("1 session holds its token in the clear (id 1)"))
    );
    assert!(!told.iter().any(|(_, message)| message.contains("sesame")));
    // An account's own email is a name like any other.
    bench.spoil("UPDATE de_torres_vincent_users SET username = upper(email)");
    assert!(examined(&mut bench).iter().all(|finding| finding.check != "names"));
}
