//! The journal over a real store, and over one that somebody wrote into.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use rusqlite::Connection;

use super::fixture::{Fixture, PASSWORD};

/// A store with `root` and `alan`, of which `alan` was edited and deleted.
fn fixture() -> Fixture {
    let fixture = Fixture::with_admin();
    let names = ["--firstname", "Alan", "--lastname", "Turing", "--email", "alan@nexus.example"];
    fixture.ok(&[&["user", "add", "--username", "alan"], &names[..]].concat());
    fixture.ok(&["user", "edit", "alan", "--username", "turing", "--address", "1 Bletchley Park"]);
    fixture.ok(&["user", "delete", "turing", "--yes"]);
    fixture
}

/// Writes into the journal past NEXUS and its triggers, and leaves no other trace.
fn forge(fixture: &Fixture, sql: &str) {
    let connection = Connection::open(fixture.store()).unwrap();
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'nexus_journal'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for (name, _) in &triggers {
        connection.execute(&format!("DROP TRIGGER {name}"), []).unwrap();
    }
    connection.execute_batch(sql).unwrap();
    for (_, trigger) in &triggers {
        connection.execute(trigger, []).unwrap();
    }
}

/// Asserts that the journal is found to be broken at this entry.
fn broken_at(fixture: &Fixture, seq: u64, args: &[&str]) {
    let ran = fixture.run(&[&["journal", "verify"], args].concat());
    assert_eq!(ran.code, 8, "{ran:?}");
    assert!(ran.out.starts_with(&format!("entry {seq}: ")), "{}", ran.out);
    assert!(ran.err.contains(&format!("entry {seq}: ")), "{}", ran.err);
}

#[test]
fn the_journal_lists_what_was_done() {
    let fixture = fixture();
    let list = fixture.json(&["journal", "list"]);
    let verbs: Vec<_> =
        list.as_array().unwrap().iter().map(|entry| entry["verb"].as_str().unwrap()).collect();
    assert_eq!((verbs[0], verbs.last()), ("delete", Some(&"set-up")));
    assert_eq!(list[0]["seq"].as_u64(), Some(verbs.len() as u64));
    let edit = fixture.json(&["journal", "list", "--filter", "verb:edit"]);
    assert_eq!(
        (&edit[0]["before"]["username"], &edit[0]["after"]["username"]),
        (&"alan".into(), &"turing".into())
    );
    assert_eq!(fixture.count(&["journal", "list", "--limit", "1"]), 1);
    fixture.fails(6, &["journal", "list", "--filter", "colour:red"]);
}

#[test]
fn an_account_that_is_gone_is_found_by_any_of_its_names() {
    let fixture = fixture();
    for who in ["2", "alan", "turing"] {
        let history = fixture.json(&["user", "history", who]);
        assert_eq!(history[0]["verb"], "delete", "{who}");
    }
    fixture.fails(3, &["user", "history", "nobody"]);
}

#[test]
fn an_account_is_shown_as_it_was() {
    let fixture = Fixture::legacy();
    fixture.ok(&["user", "edit", "1", "--firstname", "Another"]);
    let before = fixture.json(&["user", "history", "1", "--at", "2026-01-01"]);
    assert_ne!(before["firstname"], "Another");
    assert_eq!(before["created_at"], fixture.json(&["user", "show", "1"])["created_at"]);
    let after = fixture.json(&["user", "history", "1", "--at", "2999-12-31"]);
    assert_eq!(after["firstname"], "Another");
    fixture.fails(3, &["user", "history", "1", "--at", "1999-12-31"]);
}

#[test]
fn a_journal_that_nobody_touched_is_whole() {
    let fixture = fixture();
    let head = fixture.ok(&["journal", "head"]);
    assert_eq!(fixture.ok(&["journal", "verify"]), head);
    assert_eq!(fixture.ok(&["journal", "verify", "--expect", head.trim()]), head);
    fixture.ok_with(&["user", "password", "root", "--password-stdin", "--yes"], PASSWORD);
    assert_ne!(fixture.ok(&["journal", "verify", "--expect", head.trim()]), head);
}

#[test]
fn an_entry_that_was_changed_is_named() {
    let fixture = fixture();
    forge(&fixture, "UPDATE nexus_journal SET actor = 'nobody' WHERE seq = 2");
    broken_at(&fixture, 2, &[]);
}

#[test]
fn an_entry_that_was_taken_out_is_missed() {
    let fixture = fixture();
    forge(&fixture, "DELETE FROM nexus_journal WHERE seq = 2");
    broken_at(&fixture, 2, &[]);
}

#[test]
fn an_entry_before_the_first_is_found() {
    for seq in [0, -5] {
        let fixture = fixture();
        let columns =
            "at, actor_id, 'forged', sudo_user, session_id, place, verb, outcome, kind, object_id, label,
                       account_id, before, after, act, undoes, hash, actor_seal, object_seal";
        forge(
            &fixture,
            &format!(
                "PRAGMA ignore_check_constraints = ON;
                 INSERT INTO nexus_journal SELECT {seq}, {columns} FROM nexus_journal WHERE seq = 2"
            ),
        );
        let ran = fixture.run(&["journal", "verify"]);
        assert_eq!(ran.code, 8, "{ran:?}");
        assert!(ran.out.starts_with(&format!("entry {seq}: it stands before the first")), "{ran:?}");
    }
}

#[test]
fn a_journal_that_is_full_is_said_to_be_damaged() {
    let fixture = fixture();
    forge(
        &fixture,
        "UPDATE nexus_journal SET seq = 9223372036854775807 WHERE seq = (SELECT max(seq) FROM nexus_journal)",
    );
    fixture.fails(7, &["user", "edit", "root", "--firstname", "Q"]);
}

#[test]
fn other_programs_are_refused_to_write_over_an_entry() {
    let fixture = fixture();
    fixture.ok(&["undo"]);
    let connection = Connection::open(fixture.store()).unwrap();
    let columns = "at, actor_id, actor, sudo_user, session_id, place, verb, outcome, kind, object_id, label, account_id,
                   before, after, act, undoes, hash, actor_seal, object_seal";
    for sql in [
        "UPDATE nexus_journal SET actor = 'x'".into(),
        // These look like an erasure and are none.
        "UPDATE nexus_journal SET label = '', before = '{}', after = '{}'".into(),
        "UPDATE nexus_journal SET label = '', before = '{}', after = '{}', object_seal = NULL".into(),
        "UPDATE nexus_journal SET actor = '', sudo_user = NULL, place = '', actor_seal = randomblob(16)".into(),
        "UPDATE nexus_journal SET actor = '', sudo_user = NULL, place = 'x', actor_seal = randomblob(32)".into(),
        "UPDATE nexus_journal SET verb = 'erase', actor = '', sudo_user = NULL, place = '', actor_seal = randomblob(32)"
            .into(),
        "UPDATE nexus_journal SET actor_seal = randomblob(32)".into(),
        "UPDATE OR REPLACE nexus_journal SET seq = 1 WHERE seq = 2".into(),
        "DELETE FROM nexus_journal".into(),
        format!("REPLACE INTO nexus_journal SELECT 2, {columns} FROM nexus_journal WHERE seq = 3"),
        format!(
            "REPLACE INTO nexus_journal SELECT (SELECT max(seq) + 1 FROM nexus_journal), {columns}
             FROM nexus_journal WHERE undoes IS NOT NULL"
        ),
    ] {
        assert!(connection.execute(&sql, []).is_err(), "{sql}");
    }
    fixture.ok(&["journal", "verify"]);
}

#[test]
fn a_tail_that_was_cut_shows_by_a_noted_head_only() {
    let fixture = fixture();
    let head = fixture.ok(&["journal", "head"]);
    let last: u64 = head.split(':').next().unwrap().parse().unwrap();
    forge(&fixture, &format!("DELETE FROM nexus_journal WHERE seq = {last}"));
    fixture.ok(&["journal", "verify"]);
    broken_at(&fixture, last, &["--expect", head.trim()]);
}

#[test]
fn a_journal_of_its_own_making_shows_by_a_noted_head_only() {
    let (fixture, other) = (fixture(), Fixture::legacy());
    let head = other.ok(&["journal", "head"]);
    let seq = head.split(':').next().unwrap().parse().unwrap();
    fixture.ok(&["journal", "verify"]);
    broken_at(&fixture, seq, &["--expect", head.trim()]);
}

/// A command that follows the journal.
struct Follower {
    process: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Follower {
    fn start(fixture: &Fixture, args: &[&str]) -> Self {
        let mut process = Command::new(cargo_bin("nexus"))
            .args(["journal", "list", "--follow", "--store"])
            .arg(fixture.store())
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// Waits for the next line.
    fn next(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    /// Waits for the end; returns the exit code and standard error.
    fn end(self) -> (Option<i32>, String) {
        let Self { process, lines } = self;
        assert_eq!(lines.count(), 0);
        let output = process.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }
}

#[test]
fn a_follower_sees_what_other_processes_do_and_only_what_its_filter_lets_through() {
    let fixture = fixture();
    let args = ["--format", "csv", "--columns", "verb,label", "--limit", "1", "--filter", "!verb:delete"];
    let mut follower = Follower::start(&fixture, &args);
    assert_eq!(follower.next(), "verb,label");
    assert_eq!(follower.next(), "edit,alan");
    fixture.add("grace");
    fixture.ok(&["user", "delete", "grace", "--yes"]);
    fixture.ok(&["user", "restore", "grace", "--yes"]);
    assert_eq!(follower.next(), "add,grace");
    assert_eq!(follower.next(), "restore,grace");
    follower.process.kill().unwrap();
    follower.process.wait().unwrap();
}

#[test]
fn a_follower_ends_with_words_when_its_store_is_replaced_or_restored() {
    let fixture = fixture();
    let backup = fixture.path("b.db");
    fixture.ok(&["backup", backup.to_str().unwrap()]);
    fixture.add("grace");
    let args = ["--format", "jsonl", "--columns", "verb", "--limit", "1"];
    let mut follower = Follower::start(&fixture, &args);
    assert_eq!(follower.next(), r#"{"verb":"add"}"#);
    fixture.ok(&["restore", backup.to_str().unwrap(), "--yes"]);
    let (code, err) = follower.end();
    assert_eq!(code, Some(7), "{err}");
    assert!(err.contains("no longer the one that was followed"), "{err}");

    let mut follower = Follower::start(&fixture, &args);
    assert_eq!(follower.next(), r#"{"verb":"restore-store"}"#);
    std::fs::rename(fixture.store(), fixture.path("old.db")).unwrap();
    let (code, err) = follower.end();
    assert_eq!(code, Some(7), "{err}");
    assert!(err.contains("Start again"), "{err}");
}
