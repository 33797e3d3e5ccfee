//! `undo`: acts taken back and done again.

use rusqlite::types::Value;

use super::house::{House, PASSWORD};

/// `root` and `alan`, who is pending.
fn house() -> House {
    let house = House::with_admin();
    house.add("alan");
    house
}

/// All accounts and directories, but for when they were changed.
fn state(house: &House) -> Vec<Vec<Value>> {
    let users = house.rows(
        "SELECT id, firstname, lastname, username, email, password, contact_number, address, access_level, status,
           access_code, created_at, session_token
         FROM de_torres_vincent_users ORDER BY id",
    );
    let directories =
        house.rows("SELECT id, user_id, directory_id, directory_path FROM de_torres_vincent_user_directories ORDER BY id");
    [users, directories].concat()
}

/// The newest entry's number.
fn newest(house: &House) -> String {
    house.json(&["journal", "head"])["seq"].to_string()
}

#[test]
fn the_newest_act_is_undone_then_the_one_before() {
    let house = house();
    let pending = state(&house);
    house.ok(&["user", "confirm", "alan"]);
    let confirmed = state(&house);
    house.ok(&["user", "suspend", "alan", "--yes"]);
    assert_eq!(house.run(&["undo"]).err, "Undid suspend of alan.\n");
    assert_eq!(state(&house), confirmed);
    assert_eq!(house.run(&["undo"]).err, "Undid confirm of alan with 8 directories.\n");
    assert_eq!(state(&house), pending);
}

#[test]
fn an_entry_is_undone_with_its_whole_act() {
    let house = house();
    house.add("bob");
    let before = state(&house);
    house.ok(&["user", "confirm", "alan", "bob", "--yes"]);
    let entry = newest(&house);
    house.ok(&["session", "issue", "root"]);
    house.ok(&["undo", &entry]);
    assert_eq!(state(&house)[1..], before[1..]);
    let undone = house.json(&["journal", "list", "--limit", "2"]);
    assert_eq!(
        (&undone[1]["verb"], undone[1]["undoes"].to_string()),
        (&"undo".into(), entry),
        "the last first"
    );
    assert_eq!(undone[0]["act"], undone[1]["act"]);
}

#[test]
fn an_undo_is_undone_by_its_entry() {
    let house = house();
    house.ok(&["directory", "add", "00001_ROOT/Photos/2024"]);
    let before = house.tables();
    house.ok(&["user", "delete", "alan", "--yes"]);
    house.ok(&["directory", "trash", "00001_ROOT/Photos", "--yes"]);
    let after = house.tables();
    house.ok(&["undo"]);
    let trash = newest(&house);
    house.ok(&["undo"]);
    assert_eq!(house.tables(), before);
    let delete = newest(&house);
    house.ok(&["undo", &delete]);
    assert_eq!(house.run(&["undo", &trash]).err, "Did again trash of 00001_ROOT/Photos (2 directories).\n");
    assert_eq!(house.tables(), after);
    house.fails(4, &["undo", &trash]);
}

#[test]
fn what_a_colleague_changed_since_is_not_overwritten() {
    let house = house();
    house.ok(&["user", "edit", "alan", "--address", "1 Lane", "--lastname", "Turing"]);
    let entry = newest(&house);
    // A colleague's change by another program is in no journal.
    house.write("UPDATE de_torres_vincent_users SET address = '2 Lane' WHERE username = 'alan'");
    let before = house.tables();
    for undo in [&["undo"][..], &["undo", &entry], &["undo", "--dry-run"]] {
        let err = house.fails(4, undo);
        assert!(err.contains("alan was changed since: address is 2 Lane, not 1 Lane."), "{err}");
    }
    assert_eq!(house.tables(), before);
    house.ok(&["user", "edit", "alan", "--address", "1 Lane"]);
    house.ok(&["undo", &entry]);
    assert_eq!(house.json(&["user", "show", "alan"])["lastname"], "B");
}

#[test]
fn the_last_admin_is_not_undone_away() {
    let house = house();
    house.ok(&["user", "confirm", "alan"]);
    house.ok_with(&["user", "password", "alan", "--password-stdin", "--yes"], PASSWORD);
    house.ok(&["user", "promote", "alan", "--yes"]);
    let promotion = newest(&house);
    house.ok(&["user", "demote", "root", "--yes"]);
    let before = house.tables();
    house.fails(5, &["undo", &promotion]);
    house.fails(5, &["undo", &promotion, "--dry-run"]);
    assert_eq!(house.tables(), before);
    house.ok(&["undo"]);
    house.ok(&["undo", &promotion]);
    assert_eq!(house.count(&["user", "list", "--filter", "level:admin"]), 1);
}

#[test]
fn a_dry_run_undoes_nothing() {
    let house = house();
    house.ok(&["user", "confirm", "alan"]);
    let (before, head) = (house.tables(), newest(&house));
    let ran = house.run(&["undo", "--dry-run"]);
    let words = "Would undo confirm of alan with 8 directories.\n";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", words));
    house.ok(&["undo", &head, "--dry-run"]);
    assert_eq!((house.tables(), newest(&house)), (before, head));
    house.fails(7, &["undo", "--readonly"]);
}

#[test]
fn where_there_is_nothing_to_undo_it_says_so() {
    house().fails(3, &["undo", "999"]);
    house().fails(3, &["undo", "0"]);
    let house = House::empty();
    let nothing = house.file("nothing.sql", "SELECT 1;\n");
    // It makes the store before it finds nothing to take.
    house.fails(6, &["import", &nothing]);
    house.fails(3, &["undo"]);
}

#[test]
fn what_nothing_brings_back_is_refused() {
    let house = house();
    house.ok(&["user", "confirm", "alan"]);
    house.ok(&["session", "issue", "alan"]);
    house.ok(&["session", "revoke", "1", "--yes"]);
    house.fails(5, &["undo"]);
    house.ok_with(&["user", "password", "alan", "--password-stdin", "--yes"], PASSWORD);
    house.fails(5, &["undo"]);
    house.ok(&["user", "access-code", "alan"]);
    house.fails(5, &["undo"]);
    House::legacy().fails(5, &["undo"]);
    let refused = || {
        house.fails(5, &["user", "delete", "root", "--yes"]);
        newest(&house)
    };
    house.fails(4, &["undo", &refused()]);
}

#[test]
fn an_account_with_5000_sessions_comes_back_byte_for_byte() {
    let house = house();
    house.ok(&["user", "confirm", "alan"]);
    let rows = house.write(
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000)
         INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration, status)
         SELECT 2, 'sha256:' || lower(hex(randomblob(32))),
           CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN '2999-12-31 23:59:59' WHEN 2 THEN 'whén' ELSE '2001-02-03 04:05:06' END,
           CASE n % 2 WHEN 0 THEN 'expired' ELSE 'active' END
         FROM n",
    );
    assert_eq!(rows, 5_000);
    house.ok(&["session", "issue", "alan"]);
    let before = house.tables();
    let err = house.run(&["user", "delete", "alan", "--yes"]).err;
    assert!(err.ends_with(" alan with 5,001 sessions and 8 directories.\n"), "{err}");
    assert_eq!(house.count(&["session", "list"]), 0);
    assert_eq!(house.run(&["undo"]).err, "Undid delete of alan with 5,001 sessions and 8 directories.\n");
    assert!(house.tables() == before, "rows differ");
    house.ok(&["journal", "verify"]);
}
