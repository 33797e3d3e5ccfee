//! Stores with damaged pages.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use rusqlite::Connection;

use super::fixture::{Fixture, PASSWORD};

/// Overwrites the page that holds the sessions.
fn damage(fixture: &Fixture) {
    let connection = Connection::open(fixture.store()).unwrap();
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'de_torres_vincent_session_tokens'";
    let page: u32 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    drop(connection);
    let file = fs::File::options().write(true).open(fixture.store()).unwrap();
    file.write_all_at(&[0xa5; 4_096], u64::from(page - 1) * 4_096).unwrap();
}

fn beside(fixture: &Fixture) -> PathBuf {
    fixture.path("data/nexus/nexus.db-damaged")
}

#[test]
fn once_a_command_has_met_damage_the_store_is_only_read_until_a_backup_is_put_back() {
    let fixture = Fixture::with_admin();
    fixture.ok(&["session", "issue", "root"]);
    let backup = fs::read(fixture.store()).unwrap();
    damage(&fixture);
    let err = fixture.fails(7, &["session", "list"]);
    assert!(err.contains("damaged") && err.contains("backup"), "{err}");
    let before = fs::read(fixture.store()).unwrap();
    let new = ["user", "add", "--firstname", "B", "--lastname", "B", "--email", "b@c.d", "--username", "bob"];
    let again = [
        "setup",
        "--username",
        "eve",
        "--email",
        "e@x.y",
        "--firstname",
        "E",
        "--lastname",
        "E",
        "--password-stdin",
    ];
    for act in [
        &new[..],
        &["user", "edit", "root", "--firstname", "X"],
        &["user", "suspend", "root", "--yes"],
        &["user", "delete", "nobody", "--yes"],
        &["directory", "add", "New", "--owner", "root"],
        &["undo"],
        &["bin", "purge", "1", "--yes"],
    ] {
        let err = fixture.fails(7, act);
        assert!(err.contains("damaged") && err.contains("nexus doctor") && err.contains("backup"), "{err}");
    }
    assert_eq!(fixture.run_with(&again, PASSWORD).code, 7);
    let list = fixture.run(&["user", "list", "--format", "json"]);
    assert!(list.code == 0 && list.out.contains("root@nexus.example"), "what is whole is read: {list:?}");
    assert!(list.err.contains("warning: ") && list.err.contains("damaged"), "{}", list.err);
    assert!(fs::read(fixture.store()).unwrap() == before, "nothing was written");
    fs::write(fixture.store(), backup).unwrap();
    fixture.ok(&new);
    assert_eq!(fixture.run(&["session", "list"]).err, "");
    assert!(!beside(&fixture).exists());
}

#[test]
fn a_dry_run_and_a_reader_leave_nothing_beside_a_store_in_which_they_meet_damage() {
    let fixture = Fixture::with_admin();
    damage(&fixture);
    for flag in ["--dry-run", "--readonly"] {
        fixture.fails(7, &["session", "revoke", "1", "--yes", flag]);
        assert!(!beside(&fixture).exists(), "{flag}");
    }
    fixture.fails(7, &["session", "list"]);
    assert!(beside(&fixture).exists());
}
