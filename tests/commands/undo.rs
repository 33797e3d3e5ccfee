//! `undo`: acts taken back and done again.

use rusqlite::types::Value;

use super::fixture::{Fixture, PASSWORD};

/// `root` and `alan`, who is pending.
fn fixture() -> Fixture {
    let fixture = Fixture::with_admin();
    fixture.add("alan");
    fixture
}

/// All accounts and directories, but for when they were changed.
fn state(fixture: &Fixture) -> Vec<Vec<Value>> {
    let users = fixture.rows(
        "SELECT id, firstname, lastname, username, email, password, contact_number, address, access_level, status,
           access_code, created_at, session_token
         FROM de_torres_vincent_users ORDER BY id",
    );
    let directories =
        fixture.rows("SELECT id, user_id, directory_id, directory_path FROM de_torres_vincent_user_directories ORDER BY id");
    [users, directories].concat()
}

/// The newest entry's number.
fn newest(fixture: &Fixture) -> String {
    fixture.json(&["journal", "head"])["seq"].to_string()
}

#[test]
fn the_newest_act_is_undone_then_the_one_before() {
    let fixture = fixture();
    let pending = state(&fixture);
    fixture.ok(&["user", "confirm", "alan"]);
    let confirmed = state(&fixture);
    fixture.ok(&["user", "suspend", "alan", "--yes"]);
    assert_eq!(fixture.run(&["undo"]).err, "Undid suspend of alan.\n");
    assert_eq!(state(&fixture), confirmed);
    assert_eq!(fixture.run(&["undo"]).err, "Undid confirm of alan with 8 directories.\n");
    assert_eq!(state(&fixture), pending);
}

#[test]
fn an_entry_is_undone_with_its_whole_act() {
    let fixture = fixture();
    fixture.add("bob");
    let before = state(&fixture);
    fixture.ok(&["user", "confirm", "alan", "bob", "--yes"]);
    let entry = newest(&fixture);
    fixture.ok(&["session", "issue", "root"]);
    fixture.ok(&["undo", &entry]);
    assert_eq!(state(&fixture)[1..], before[1..]);
    let undone = fixture.json(&["journal", "list", "--limit", "2"]);
    assert_eq!(
        (&undone[1]["verb"], undone[1]["undoes"].to_string()),
        (&"undo".into(), entry),
        "the last first"
    );
    assert_eq!(undone[0]["act"], undone[1]["act"]);
}

#[test]
fn an_undo_is_undone_by_its_entry() {
    let fixture = fixture();
    fixture.ok(&["directory", "add", "00001_ROOT/Photos/2024"]);
    let before = fixture.tables();
    fixture.ok(&["user", "delete", "alan", "--yes"]);
    fixture.ok(&["directory", "trash", "00001_ROOT/Photos", "--yes"]);
    let after = fixture.tables();
    fixture.ok(&["undo"]);
    let trash = newest(&fixture);
    fixture.ok(&["undo"]);
    assert_eq!(fixture.tables(), before);
    let delete = newest(&fixture);
    fixture.ok(&["undo", &delete]);
    assert_eq!(fixture.run(&["undo", &trash]).err, "Redid trash of 00001_ROOT/Photos (2 directories).\n");
    assert_eq!(fixture.tables(), after);
    fixture.fails(4, &["undo", &trash]);
}

#[test]
fn what_a_colleague_changed_since_is_not_overwritten() {
    let fixture = fixture();
    fixture.ok(&["user", "edit", "alan", "--address", "1 Lane", "--lastname", "Turing"]);
    let entry = newest(&fixture);
    // A colleague's change by another program is in no journal.
    fixture.write("UPDATE de_torres_vincent_users SET address = '2 Lane' WHERE username = 'alan'");
    let before = fixture.tables();
    for undo in [&["undo"][..], &["undo", &entry], &["undo", "--dry-run"]] {
        let err = fixture.fails(4, undo);
        assert!(err.contains("alan was changed since: address is 2 Lane, not 1 Lane."), "{err}");
    }
    assert_eq!(fixture.tables(), before);
    fixture.ok(&["user", "edit", "alan", "--address", "1 Lane"]);
    fixture.ok(&["undo", &entry]);
    assert_eq!(fixture.json(&["user", "show", "alan"])["lastname"], "B");
}

#[test]
fn the_last_admin_is_not_undone_away() {
    let fixture = fixture();
    fixture.ok(&["user", "confirm", "alan"]);
    fixture.ok_with(&["user", "password", "alan", "--password-stdin", "--yes"], PASSWORD);
    fixture.ok(&["user", "promote", "alan", "--yes"]);
    let promotion = newest(&fixture);
    fixture.ok(&["user", "demote", "root", "--yes"]);
    let before = fixture.tables();
    fixture.fails(5, &["undo", &promotion]);
    fixture.fails(5, &["undo", &promotion, "--dry-run"]);
    assert_eq!(fixture.tables(), before);
    fixture.ok(&["undo"]);
    fixture.ok(&["undo", &promotion]);
    assert_eq!(fixture.count(&["user", "list", "--filter", "level:admin"]), 1);
}

#[test]
fn a_dry_run_undoes_nothing() {
    let fixture = fixture();
    fixture.ok(&["user", "confirm", "alan"]);
    let (before, head) = (fixture.tables(), newest(&fixture));
    let ran = fixture.run(&["undo", "--dry-run"]);
    let words = "Would undo confirm of alan with 8 directories.\n";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", words));
    fixture.ok(&["undo", &head, "--dry-run"]);
    assert_eq!((fixture.tables(), newest(&fixture)), (before, head));
    fixture.fails(7, &["undo", "--readonly"]);
}

#[test]
fn where_there_is_nothing_to_undo_it_says_so() {
    fixture().fails(3, &["undo", "999"]);
    fixture().fails(3, &["undo", "0"]);
    let fixture = Fixture::empty();
    let nothing = fixture.file("nothing.sql", "SELECT 1;\n");
    // A refused import leaves no store behind.
    fixture.fails(6, &["import", &nothing]);
    fixture.fails(7, &["undo"]);
}

#[test]
fn what_nothing_brings_back_is_refused() {
    let fixture = fixture();
    fixture.ok(&["user", "confirm", "alan"]);
    fixture.ok(&["session", "issue", "alan"]);
    fixture.ok(&["session", "revoke", "1", "--yes"]);
    fixture.fails(5, &["undo"]);
    fixture.ok_with(&["user", "password", "alan", "--password-stdin", "--yes"], PASSWORD);
    fixture.fails(5, &["undo"]);
    fixture.ok(&["user", "access-code", "alan"]);
    fixture.fails(5, &["undo"]);
    Fixture::legacy().fails(5, &["undo"]);
    let refused = || {
        fixture.fails(5, &["user", "delete", "root", "--yes"]);
        newest(&fixture)
    };
    fixture.fails(4, &["undo", &refused()]);
}

#[test]
fn an_account_with_5000_sessions_comes_back_byte_for_byte() {
    let fixture = fixture();
    fixture.ok(&["user", "confirm", "alan"]);
    fixture.ok(&["session", "issue", "alan"]);
    let rows = fixture.write(
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000)
         INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration, status)
         SELECT 2, 'sha256:' || lower(hex(randomblob(32))),
           CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN '2999-12-31 23:59:59' WHEN 2 THEN 'whén' ELSE '2001-02-03 04:05:06' END,
           CASE n % 2 WHEN 0 THEN 'expired' ELSE 'active' END
         FROM n",
    );
    assert_eq!(rows, 5_000);
    let before = fixture.tables();
    let err = fixture.run(&["user", "delete", "alan", "--yes"]).err;
    assert!(err.ends_with(" alan with 5,001 sessions and 8 directories.\n"), "{err}");
    assert_eq!(fixture.count(&["session", "list"]), 0);
    assert_eq!(fixture.run(&["undo"]).err, "Undid delete of alan with 5,001 sessions and 8 directories.\n");
    assert!(fixture.tables() == before, "rows differ");
    fixture.ok(&["journal", "verify"]);
}

#[test]
fn what_was_changed_since_is_left_and_all_of_it_is_a_conflict() {
    let fixture = Fixture::with_admin();
    for name in ["alan", "grace", "edsger"] {
        fixture.add(name);
    }
    let because = ["--reason", "payment; failed"];
    fixture.ok(&[&["user", "suspend", "alan", "grace", "edsger", "--yes"], &because[..]].concat());
    fixture.ok(&["user", "confirm", "grace"]);
    fixture.ok(&["user", "confirm", "edsger"]);
    let list = fixture.json(&["journal", "list", "--filter", "verb:suspend"]);
    let reasons: Vec<_> = list.as_array().unwrap().iter().map(|entry| entry["reason"].clone()).collect();
    assert_eq!(reasons, ["payment; failed"; 3]);
    let first = list[2]["seq"].to_string();
    let dry = fixture.json(&["undo", &first, "--dry-run"]);
    let told = fixture.json(&["undo", &first, "--reason", "they paid"]);
    for told in [&dry, &told] {
        assert_eq!((&told["changed"], &told["left_out"]), (&1.into(), &2.into()), "{told}");
        let reason = told["not_undone"][0]["reason"].as_str().unwrap();
        assert!(reason.contains(" was changed since: status is confirmed, not suspended"), "{told}");
    }
    let history = fixture.json(&["user", "history", "alan"]);
    assert_eq!((&history[0]["verb"], &history[0]["reason"]), (&"undo".into(), &"they paid".into()));
    assert!(fixture.ok(&["user", "history", "alan"]).contains("\"they paid\""));
    let err = fixture.fails(4, &["undo", &first]);
    assert!(err.contains("None of the 2 changes can be undone: "), "{err}");
    fixture.ok(&["journal", "verify"]);
}
