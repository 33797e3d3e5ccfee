//! Files that a killed program left beside the store.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use rusqlite::Connection;

use super::fixture::Fixture;

/// The header of a rollback journal that was begun when the store was empty.
const FIRST_JOURNAL: [u8; 28] = [
    0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 16,
    0,
];

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn what_does_not_belong_to_the_store_is_named_and_left_with_exit_code_7() {
    let fixture = Fixture::with_admin();
    let (store, backup) = (fixture.store(), fixture.path("backup.db"));
    fs::copy(&store, &backup).unwrap();
    fixture.ok(&[
        "user",
        "add",
        "--username",
        "bob",
        "--email",
        "b@x.example",
        "--firstname",
        "B",
        "--lastname",
        "O",
    ]);
    // A log that holds what the file does not.
    let other = Connection::open(&store).unwrap();
    other.execute("UPDATE de_torres_vincent_users SET address = 'later'", []).unwrap();
    let log = fs::read(store.with_extension("db-wal")).unwrap();
    drop(other);
    for (suffix, leftover) in [("db-wal", log), ("db-journal", [&FIRST_JOURNAL[..], &[0; 484]].concat())] {
        fs::copy(&backup, &store).unwrap();
        let beside = store.with_extension(suffix);
        fs::write(&beside, &leftover).unwrap();
        for command in [&["user", "list"][..], &["user", "list", "--readonly"], &["journal", "head"]] {
            let ran = fixture.run(command);
            assert_eq!(ran.code, 7, "{suffix}: {}", ran.err);
            for named in [name(&store), name(&beside), "mv "] {
                assert!(ran.err.contains(named), "{}", ran.err);
            }
        }
        assert_eq!(
            (fs::read(&store).unwrap(), fs::read(&beside).unwrap()),
            (fs::read(&backup).unwrap(), leftover)
        );
        fs::remove_file(beside).unwrap();
        assert!(fixture.ok(&["user", "list", "--format", "csv"]).contains("root"));
    }
}

#[test]
fn a_command_that_is_killed_at_any_moment_leaves_a_store_that_opens() {
    let fixture = Fixture::with_admin();
    for round in 0_u32..20 {
        let email = format!("u{round}@x.example");
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("nexus"))
            .args([
                "--store",
                name(&fixture.store()),
                "user",
                "add",
                "--firstname",
                "A",
                "--lastname",
                "B",
                "--email",
                &email,
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        // Calls of the system instead of a clock: each round kills at another point of the command.
        let ended = (0..round * 400).any(|_| {
            std::hint::black_box(fs::metadata(fixture.store())).is_err()
                || command.try_wait().unwrap().is_some()
        });
        if !ended {
            command.kill().unwrap();
        }
        command.wait().unwrap();
        let ran = fixture.run(&["user", "list", "--limit", "1"]);
        assert_eq!(ran.code, 0, "round {round}: {}", ran.err);
    }
    fixture.ok(&["journal", "verify"]);
}
