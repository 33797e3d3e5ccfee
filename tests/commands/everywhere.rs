//! Rules that hold for every command: stores, exit codes, hostile data, closed pipes.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use super::fixture::{Fixture, LEGACY};

/// Every list and view there is over the legacy store.
const VIEWS: &[&[&str]] = &[
    &["user", "list"],
    &["user", "show", "evil"],
    &["session", "list"],
    &["directory", "list"],
    &["directory", "tree"],
    &["user", "access-code", "--list"],
    &["journal", "list"],
    &["user", "history", "evil"],
    &["bin", "list"],
];

#[test]
fn the_console_needs_a_terminal() {
    Fixture::empty().fails(2, &[]);
}

#[test]
fn the_store_is_private() {
    let fixture = Fixture::with_admin();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(fixture.store()), mode(fixture.path("data/nexus"))), (0o600, 0o700));
}

#[test]
fn what_is_no_store_is_refused_and_not_touched() {
    let fixture = Fixture::empty();
    let text = fixture.file("notes.txt", "not a database, but a page of notes\n");
    fixture.fails(7, &["user", "list", "--store", &text]);
    assert_eq!(std::fs::read_to_string(&text).unwrap(), "not a database, but a page of notes\n");
    fixture.fails(7, &["user", "list", "--store", fixture.path("").to_str().unwrap()]);
    fixture.fails(7, &["user", "list", "--store", "mysql://root@localhost/nexus"]);
}

#[test]
fn a_store_opened_for_reading_is_not_changed() {
    let fixture = Fixture::with_admin();
    assert_eq!(fixture.count(&["user", "list", "--readonly"]), 1);
    fixture.fails(7, &["user", "edit", "root", "--firstname", "X", "--readonly"]);
    fixture.fails(7, &["user", "list", "--readonly", "--store", fixture.path("none.db").to_str().unwrap()]);
    assert!(!fixture.path("none.db").exists());
}

#[test]
fn asking_comes_before_the_store_is_made() {
    let fixture = Fixture::empty();
    fixture.fails(2, &["user", "delete", "ada"]);
    assert!(!fixture.store().exists());
}

#[test]
fn hostile_data_reaches_no_terminal_raw() {
    let fixture = Fixture::empty();
    let hostile = "x\u{1b}[31m\u{9b}\u{202e}\u{7f}=1+1";
    let dump = fixture.file(
        "hostile.sql",
        &format!(
            "INSERT INTO `de_torres_vincent_users` VALUES (1,'{hostile}','{hostile}','evil','e@v.il','x','{hostile}',\
             '{hostile}','user','confirmed',NULL,'2024-01-08 16:08:22','2024-01-08 16:08:22',NULL);\n\
             INSERT INTO `de_torres_vincent_user_directories` VALUES (1,1,'abc','x','2024-01-08 16:08:22',\
             '2024-01-08 16:08:22',NULL,'x','{hostile}');\n"
        ),
    );
    fixture.ok(&["import", &dump]);
    // An import takes no such name of a directory, but other programs write to the store, too.
    let store = rusqlite::Connection::open(fixture.store()).unwrap();
    let sql = "UPDATE de_torres_vincent_user_directories SET directory_name = ?1, directory_path = ?1";
    assert_eq!(store.execute(sql, [hostile]).unwrap(), 1);
    drop(store);
    for view in VIEWS {
        for format in ["table", "json"] {
            let out = fixture.ok(&[view, &["--format", format][..]].concat());
            let raw = out.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
            assert_eq!(raw, None, "{view:?} {format}");
        }
    }
    assert_eq!(fixture.json(&["user", "show", "evil"])["firstname"].as_str(), Some(hostile));
}

#[test]
fn a_closed_pipe_is_quiet() {
    let fixture = Fixture::empty();
    fixture.ok(&["import", LEGACY]);
    for format in ["table", "json", "csv"] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_nexus"))
            .args(["directory", "list", "--format", format, "--store"])
            .arg(fixture.store())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{format}");
    }
}

#[test]
fn secrets_are_in_no_json() {
    let fixture = Fixture::legacy();
    for view in VIEWS.iter().filter(|view| !view.contains(&"evil")) {
        let out = fixture.ok(&[view, &["--format", "json"][..]].concat());
        for key in ["\"password\"", "session_token", "access_code", "$2y$", "sha256:"] {
            assert!(!out.contains(key), "{view:?} {key}");
        }
    }
}
