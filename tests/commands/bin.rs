//! The bin: deleting, `restore`, `purge` and `bin list`.

use super::fixture::{Fixture, PASSWORD};

/// `root`, and `alan` with a home and a session.
fn fixture() -> Fixture {
    let fixture = Fixture::with_admin();
    fixture.add("alan");
    fixture.ok(&["user", "confirm", "alan"]);
    fixture.ok(&["session", "issue", "alan"]);
    fixture
}

const PHOTOS: &str = "00002_ALAN/Photos";

#[test]
fn a_deleted_account_comes_back_as_it_was() {
    let fixture = fixture();
    let token = fixture.ok(&["session", "issue", "alan"]);
    let before = fixture.tables();
    for who in ["alan", "2", "alan@nexus.example"] {
        fixture.ok(&["user", "delete", "alan", "--yes"]);
        fixture.fails(3, &["user", "show", "alan"]);
        assert_eq!(fixture.run_with(&["session", "verify"], &token).code, 5);
        let err = fixture.run(&["user", "restore", who, "--with-sessions"]).err;
        assert_eq!(err, "Restored alan with 2 sessions and 8 directories.\n");
        assert_eq!(fixture.tables(), before);
        fixture.ok_with(&["session", "verify"], &token);
    }
    fixture.fails(3, &["user", "restore", "alan"]);
    fixture.fails(3, &["user", "restore", "nobody"]);
}

#[test]
fn the_bin_is_listed() {
    let fixture = fixture();
    assert_eq!(fixture.count(&["bin", "list"]), 0);
    fixture.ok(&["directory", "trash", PHOTOS, "--yes"]);
    fixture.ok(&["user", "delete", "alan", "--yes"]);
    let bin = fixture.json(&["bin", "list"]);
    let (photos, alan) = (&bin[0], &bin[1]);
    assert_eq!((&photos["kind"], &photos["label"]), (&"directory".into(), &PHOTOS.into()));
    assert_eq!((&photos["parent"], &photos["held_until"]), (&"00002_ALAN".into(), &().into()));
    assert_eq!((&alan["object_id"], &alan["username"]), (&2.into(), &"alan".into()));
    assert_eq!((&alan["sessions"], &alan["directories"]), (&1.into(), &7.into()));
    assert!(alan["held_until"].as_str() > alan["deleted_at"].as_str(), "{alan}");
    assert_eq!(fixture.count(&["bin", "list", "--filter", "photos"]), 1);
    assert_eq!(fixture.count(&["bin", "list", "--filter", "user:alan"]), 2);
    assert_eq!(fixture.json(&["bin", "list", "--sort", "label:desc", "--limit", "1"])[0]["label"], "alan");
    assert_eq!(fixture.json(&["bin", "list", "--after", &photos["id"].to_string()])[0], *alan);
    fixture.fails(6, &["bin", "list", "--filter", "status:pending"]);
}

#[test]
fn the_names_of_a_deleted_account_are_held() {
    let fixture = fixture();
    fixture.ok(&["user", "delete", "alan", "--yes"]);
    for (username, email) in [("Alan", "b@nexus.example"), ("bob", "ALAN@nexus.example")] {
        let names = ["--username", username, "--email", email, "--firstname", "A", "--lastname", "B"];
        let err = fixture.fails(4, &[&["user", "add"], &names[..]].concat());
        assert!(err.contains("is reserved for alan, who is in the bin, until "), "{err}");
    }
    fixture.fails(4, &["user", "edit", "root", "--username", "alan"]);
    fixture.fails(2, &["user", "purge", "alan"]);
    fixture.ok(&["user", "purge", "alan", "--yes"]);
    fixture.add("alan");
}

#[test]
fn a_purge_is_for_good() {
    let fixture = fixture();
    fixture.fails(3, &["user", "purge", "alan", "--yes"]);
    fixture.ok(&["user", "delete", "alan", "--yes"]);
    fixture.ok(&["user", "purge", "alan", "--dry-run"]);
    assert_eq!(fixture.count(&["bin", "list"]), 1);
    let err = fixture.run(&["user", "purge", "2", "--yes"]).err;
    assert_eq!(err, "Purged alan with 1 session and 8 directories.\n");
    assert_eq!(fixture.count(&["bin", "list"]), 0);
    fixture.fails(3, &["user", "restore", "alan"]);
    fixture.fails(5, &["undo"]);
}

#[test]
fn a_directory_comes_back_where_it_was_or_elsewhere() {
    let fixture = fixture();
    fixture.ok(&["directory", "add", "00002_ALAN/Photos/2024"]);
    let before = fixture.tables();
    fixture.ok(&["directory", "trash", PHOTOS, "--yes"]);
    fixture.ok(&["directory", "restore", PHOTOS]);
    assert_eq!(fixture.tables(), before);
    fixture.ok(&["directory", "trash", PHOTOS, "--yes"]);
    fixture.ok(&["directory", "add", PHOTOS]);
    let err = fixture.fails(4, &["directory", "restore", PHOTOS]);
    assert!(err.contains("--to"), "{err}");
    fixture.fails(4, &["directory", "restore", PHOTOS, "--to", "00002_ALAN/Gone/Old"]);
    fixture.fails(6, &["directory", "restore", PHOTOS, "--to", "../Old"]);
    fixture.ok(&["directory", "restore", PHOTOS, "--to", "00002_ALAN/Videos/Old"]);
    assert_eq!(fixture.count(&["directory", "list", "--filter", "Videos/Old/2024"]), 1);
    fixture.fails(3, &["directory", "restore", PHOTOS]);
}

#[test]
fn a_directory_without_its_parent_or_owner_stays_in_the_bin() {
    let fixture = fixture();
    fixture.ok(&["directory", "trash", PHOTOS, "--yes"]);
    fixture.ok(&["directory", "trash", "00002_ALAN", "--yes"]);
    fixture.fails(4, &["directory", "restore", PHOTOS]);
    fixture.ok(&["user", "delete", "alan", "--yes"]);
    fixture.fails(4, &["directory", "restore", "00002_ALAN"]);
    fixture.ok(&["user", "restore", "alan"]);
    fixture.ok(&["directory", "restore", "00002_ALAN"]);
    fixture.ok(&["directory", "restore", PHOTOS]);
}

#[test]
fn of_two_with_one_path_none_is_purged_by_it() {
    let fixture = fixture();
    for _ in 0..2 {
        fixture.ok(&["directory", "trash", PHOTOS, "--yes"]);
        fixture.ok(&["directory", "add", PHOTOS]);
    }
    fixture.fails(2, &["directory", "purge", PHOTOS]);
    fixture.fails(4, &["directory", "purge", PHOTOS, "--yes"]);
    fixture.ok(&["directory", "trash", PHOTOS, "--yes"]);
    fixture.ok(&["directory", "restore", PHOTOS]);
    assert_eq!(fixture.count(&["bin", "list"]), 2);
}

#[test]
fn what_is_there_already_stays_out_and_is_told() {
    let fixture = fixture();
    fixture.ok(&["user", "delete", "alan", "--yes"]);
    fixture.add("bob");
    // Another program writes a session with a token that lies in the bin.
    let rows = fixture.write(
        "INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, status)
         SELECT 3, session_token, 'expired' FROM nexus_bin_sessions",
    );
    assert_eq!(rows, 1);
    let ran = fixture.run(&["user", "restore", "alan"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(ran.err, "Restored alan with 8 directories; 1 exists already and was not restored.\n");
}

#[test]
fn a_name_that_another_program_took_is_a_conflict() {
    let fixture = fixture();
    fixture.add("bob");
    fixture.ok(&["user", "delete", "alan", "--yes"]);
    fixture.write("UPDATE de_torres_vincent_users SET username = 'ALAN' WHERE username = 'bob'");
    let err = fixture.fails(4, &["user", "restore", "2"]);
    assert!(err.contains("alan is taken by the account 3 now."), "{err}");
    let err = fixture.fails(4, &["undo"]);
    assert!(err.contains("alan is taken"), "{err}");
    fixture.ok(&["user", "edit", "3", "--username", "bob"]);
    fixture.ok(&["user", "restore", "2"]);
}

#[test]
fn names_are_free_after_the_days_that_the_config_names() {
    let fixture = fixture();
    let week = fixture.file("week.toml", "[bin]\nkeep_days = 7\n");
    fixture.ok(&["user", "delete", "alan", "--yes", "--config", &week]);
    let held = fixture.rows("SELECT unixepoch(held_until) - unixepoch(deleted_at) FROM nexus_bin");
    assert_eq!(held, [[(7 * 86_400).into()]]);
    fixture.write("UPDATE nexus_bin SET held_until = '2001-01-01 00:00:00'");
    fixture.add("alan");
    fixture.fails(4, &["user", "restore", "2"]);
    fixture.ok_with(&["user", "password", "alan", "--password-stdin", "--yes"], PASSWORD);
}

#[test]
fn rows_of_other_programs_forbid_a_deletion_by_name_or_go_along_and_come_back() {
    let fixture = Fixture::with_admin();
    fixture.add("bob");
    fixture.write("CREATE TABLE bills (user_id INTEGER REFERENCES de_torres_vincent_users (id))");
    fixture.write("INSERT INTO bills VALUES (2), (2), (2)");
    for args in [&["user", "delete", "bob", "--yes"][..], &["user", "delete", "bob", "--dry-run"], &["undo"]]
    {
        let said = fixture.fails(4, args);
        assert!(said.contains("bob cannot be deleted: 3 rows of table bills refer to it."), "{said}");
    }
    fixture.write("DROP TABLE bills");
    fixture.write("CREATE TABLE ratings (user_id INTEGER REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE, stars)");
    fixture.write("INSERT INTO ratings VALUES (2, 5), (2, 1)");
    let would = fixture.run(&["user", "delete", "bob", "--dry-run"]);
    assert_eq!(would.err, "Would delete bob, and 2 rows of table ratings.\n");
    let deleted = fixture.json(&["user", "delete", "bob", "--yes"]);
    assert_eq!((&deleted["other_rows"], &deleted["references_cleared"]), (&2.into(), &0.into()));
    assert!(fixture.rows("SELECT * FROM ratings").is_empty());
    fixture.ok(&["undo"]);
    let stars = fixture.rows("SELECT stars FROM ratings ORDER BY stars");
    assert_eq!(stars, [[1.into()], [5.into()]]);
    fixture.ok(&["journal", "verify"]);
}
