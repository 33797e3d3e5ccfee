//! The journal over a real store, and over one that somebody wrote into.

use rusqlite::Connection;

use super::house::{House, PASSWORD};

/// A store with `root` and `alan`, of which `alan` was edited and deleted.
fn house() -> House {
    let house = House::with_admin();
    let names = ["--firstname", "Alan", "--lastname", "Turing", "--email", "alan@nexus.example"];
    house.ok(&[&["user", "add", "--username", "alan"], &names[..]].concat());
    house.ok(&["user", "edit", "alan", "--username", "turing", "--address", "1 Bletchley Park"]);
    house.ok(&["user", "delete", "turing", "--yes"]);
    house
}

/// Writes into the journal past NEXUS and its triggers, and leaves no other trace.
fn forge(house: &House, sql: &str) {
    let connection = Connection::open(house.store()).unwrap();
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
fn broken_at(house: &House, seq: u64, args: &[&str]) {
    let ran = house.run(&[&["journal", "verify"], args].concat());
    assert_eq!(ran.code, 8, "{ran:?}");
    assert!(ran.out.starts_with(&format!("entry {seq}: ")), "{}", ran.out);
    assert!(ran.err.contains(&format!("entry {seq}: ")), "{}", ran.err);
}

#[test]
fn the_journal_lists_what_was_done() {
    let house = house();
    let list = house.json(&["journal", "list"]);
    let verbs: Vec<_> =
        list.as_array().unwrap().iter().map(|entry| entry["verb"].as_str().unwrap()).collect();
    assert_eq!((verbs[0], verbs.last()), ("delete", Some(&"set-up")));
    assert_eq!(list[0]["seq"].as_u64(), Some(verbs.len() as u64));
    let edit = house.json(&["journal", "list", "--filter", "verb:edit"]);
    assert_eq!(
        (&edit[0]["before"]["username"], &edit[0]["after"]["username"]),
        (&"alan".into(), &"turing".into())
    );
    assert_eq!(house.count(&["journal", "list", "--limit", "1"]), 1);
    house.fails(6, &["journal", "list", "--filter", "colour:red"]);
}

#[test]
fn an_account_that_is_gone_is_found_by_any_of_its_names() {
    let house = house();
    for who in ["2", "alan", "turing"] {
        let history = house.json(&["user", "history", who]);
        assert_eq!(history[0]["verb"], "delete", "{who}");
    }
    house.fails(3, &["user", "history", "nobody"]);
}

#[test]
fn an_account_is_shown_as_it_was() {
    let house = House::legacy();
    house.ok(&["user", "edit", "1", "--firstname", "Another"]);
    let before = house.json(&["user", "history", "1", "--at", "2026-01-01"]);
    assert_ne!(before["firstname"], "Another");
    assert_eq!(before["created_at"], house.json(&["user", "show", "1"])["created_at"]);
    let after = house.json(&["user", "history", "1", "--at", "2999-12-31"]);
    assert_eq!(after["firstname"], "Another");
    house.fails(3, &["user", "history", "1", "--at", "1999-12-31"]);
}

#[test]
fn a_journal_that_nobody_touched_is_whole() {
    let house = house();
    let head = house.ok(&["journal", "head"]);
    assert_eq!(house.ok(&["journal", "verify"]), head);
    assert_eq!(house.ok(&["journal", "verify", "--expect", head.trim()]), head);
    house.ok_with(&["user", "password", "root", "--password-stdin", "--yes"], PASSWORD);
    assert_ne!(house.ok(&["journal", "verify", "--expect", head.trim()]), head);
}

#[test]
fn an_entry_that_was_changed_is_named() {
    let house = house();
    forge(&house, "UPDATE nexus_journal SET actor = 'nobody' WHERE seq = 2");
    broken_at(&house, 2, &[]);
}

#[test]
fn an_entry_that_was_taken_out_is_missed() {
    let house = house();
    forge(&house, "DELETE FROM nexus_journal WHERE seq = 2");
    broken_at(&house, 2, &[]);
}

#[test]
fn an_entry_before_the_first_is_found() {
    for seq in [0, -5] {
        let house = house();
        let columns =
            "at, actor_id, 'forged', sudo_user, session_id, place, verb, outcome, kind, object_id, label,
                       account_id, before, after, act, undoes, hash";
        forge(
            &house,
            &format!(
                "PRAGMA ignore_check_constraints = ON;
                 INSERT INTO nexus_journal SELECT {seq}, {columns} FROM nexus_journal WHERE seq = 2"
            ),
        );
        let ran = house.run(&["journal", "verify"]);
        assert_eq!(ran.code, 8, "{ran:?}");
        assert!(ran.out.starts_with(&format!("entry {seq}: it stands before the first")), "{ran:?}");
    }
}

#[test]
fn a_journal_that_is_full_is_said_to_be_damaged() {
    let house = house();
    forge(
        &house,
        "UPDATE nexus_journal SET seq = 9223372036854775807 WHERE seq = (SELECT max(seq) FROM nexus_journal)",
    );
    house.fails(7, &["user", "edit", "root", "--firstname", "Q"]);
}

#[test]
fn other_programs_are_refused_to_write_over_an_entry() {
    let house = house();
    house.ok(&["undo"]);
    let connection = Connection::open(house.store()).unwrap();
    let columns = "at, actor_id, actor, sudo_user, session_id, place, verb, outcome, kind, object_id, label, account_id,
                   before, after, act, undoes, hash";
    for sql in [
        "UPDATE nexus_journal SET actor = 'x'".into(),
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
    house.ok(&["journal", "verify"]);
}

#[test]
fn a_tail_that_was_cut_shows_by_a_noted_head_only() {
    let house = house();
    let head = house.ok(&["journal", "head"]);
    let last: u64 = head.split(':').next().unwrap().parse().unwrap();
    forge(&house, &format!("DELETE FROM nexus_journal WHERE seq = {last}"));
    house.ok(&["journal", "verify"]);
    broken_at(&house, last, &["--expect", head.trim()]);
}

#[test]
fn a_journal_of_its_own_making_shows_by_a_noted_head_only() {
    let (house, other) = (house(), House::legacy());
    let head = other.ok(&["journal", "head"]);
    let seq = head.split(':').next().unwrap().parse().unwrap();
    house.ok(&["journal", "verify"]);
    broken_at(&house, seq, &["--expect", head.trim()]);
}
