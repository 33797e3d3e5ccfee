//! Acts on very many rows: others get their turn meanwhile, and a kill in the middle loses nothing.

use std::process::{Child, Command, Stdio};

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, TransactionBehavior};

use super::fixture::Fixture;

/// Rows in `00001_ROOT/Photos` besides itself.
const ROWS: i64 = 20_000;

fn large() -> Fixture {
    let fixture = Fixture::with_admin();
    let rows = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
         INSERT INTO de_torres_vincent_user_directories (user_id, directory_id, directory_name, directory_path)
         SELECT 1, printf('%032x', i), 'd' || i, '00001_ROOT/Photos/d' || i FROM n"
    );
    assert_eq!(fixture.write(&rows), 20_000);
    fixture
}

/// Begins a command that goes on by itself.
fn begin(fixture: &Fixture, args: &[&str]) -> Child {
    Command::new(assert_cmd::cargo::cargo_bin!("nexus"))
        .env_clear()
        .env("XDG_DATA_HOME", fixture.path("data"))
        .env("HOME", fixture.path("."))
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .spawn()
        .unwrap()
}

/// A program that asks for the lock all the time.
fn other_writer(fixture: &Fixture) -> Connection {
    let mut other = Connection::open(fixture.store()).unwrap();
    let ask_again = |_| {
        std::thread::yield_now();
        true
    };
    other.busy_handler(Some(ask_again)).unwrap();
    other
}

/// Returns the number of rows that the work under way has finished; `None` while there is no work.
fn done(fixture: &Fixture) -> Option<i64> {
    match fixture.rows("SELECT done FROM nexus_operations").first().map(Vec::as_slice) {
        Some([Cell::Integer(done)]) => Some(*done),
        _ => None,
    }
}

/// Waits until so many rows are through.
fn wait_for(fixture: &Fixture, child: &mut Child, rows: i64) {
    while done(fixture).is_none_or(|done| done < rows) {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was seen under way");
        std::thread::yield_now();
    }
}

fn paths(fixture: &Fixture) -> Vec<Vec<Cell>> {
    fixture
        .rows("SELECT id, directory_path, directory_name FROM de_torres_vincent_user_directories ORDER BY id")
}

#[test]
fn another_program_writes_while_a_large_tree_moves() {
    let fixture = large();
    let mut mover = begin(&fixture, &["directory", "move", "00001_ROOT/Photos", "00001_ROOT/Videos"]);
    let mut other = other_writer(&fixture);
    wait_for(&fixture, &mut mover, 0);
    let mut between = 0;
    while mover.try_wait().unwrap().is_none() {
        let transaction = other.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        let under_way = transaction.query_row("SELECT count(*) FROM nexus_operations", [], |row| row.get(0));
        between += under_way.unwrap_or(0);
        transaction
            .execute("UPDATE de_torres_vincent_users SET address = ?", [format!("{between} Lane")])
            .unwrap();
        transaction.commit().unwrap();
    }
    assert!(mover.wait().unwrap().success());
    assert!(between > 0, "nothing was written while it was under way");
    let there = "SELECT count(*) FROM de_torres_vincent_user_directories
                 WHERE directory_path = '00001_ROOT/Videos/Photos/' || directory_name";
    assert_eq!(fixture.rows(there), [[Cell::Integer(ROWS)]]);
    assert_eq!(done(&fixture), None);
    fixture.ok(&["journal", "verify"]);
}

#[test]
fn a_kill_in_the_middle_is_continued_and_taken_back_by_the_next_command() {
    let moves = ["directory", "move", "00001_ROOT/Photos", "00001_ROOT/Videos"];
    let trashes = ["directory", "trash", "00001_ROOT/Photos", "--yes"];
    let fixture = large();
    let before = paths(&fixture);
    for act in [&moves[..], &trashes[..]] {
        let mut child = begin(&fixture, act);
        wait_for(&fixture, &mut child, 1);
        fixture.fails(4, &["directory", "rename", "00001_ROOT/Photos", "Pictures"]);
        let listed = fixture.json(&["journal", "list", "--filter", "result:begun"]);
        assert_eq!((listed[0]["verb"].as_str(), listed.as_array().unwrap().len()), (Some(act[1]), 1));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(done(&fixture).is_some(), "{act:?} was through before it was killed");
        fixture.ok(&["undo"]);
        assert_eq!(done(&fixture), None);
        assert_eq!(paths(&fixture), before, "{act:?}");
    }
    assert_eq!(fixture.rows("SELECT * FROM nexus_bin"), Vec::<Vec<Cell>>::new());
    fixture.ok(&["journal", "verify"]);
}
