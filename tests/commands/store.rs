//! The store's path: what makes a store, what is refused, and what can only be read.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use super::fixture::{Fixture, LEGACY};

/// Commands of every topic that make no store.
const NO_MAKERS: &[&[&str]] = &[
    &["user", "list"],
    &["user", "show", "ada"],
    &["user", "add", "--email", "a@nexus.example", "--firstname", "A", "--lastname", "B"],
    &["user", "delete", "--all", "--yes"],
    &["session", "list"],
    &["session", "sweep"],
    &["directory", "tree"],
    &["directory", "provision", "ada", "--yes"],
    &["journal", "list"],
    &["journal", "verify"],
    &["bin", "list"],
    &["undo"],
];

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_mistyped_path_is_named_and_nothing_is_made_there() {
    let fixture = Fixture::empty();
    let (none, deep) = (fixture.path("none.db"), fixture.path("no/such/folder.db"));
    for command in NO_MAKERS {
        for path in [&none, &deep] {
            let path = path.to_str().unwrap();
            for flag in [&[][..], &["--readonly"], &["--dry-run"]] {
                let err = fixture.fails(7, &[command, &["--store", path][..], flag].concat());
                assert!(err.contains(path) && err.contains("nexus setup"), "{err}");
                assert!(!err.contains("--readonly"), "{err}");
            }
        }
        fixture.fails(7, command);
    }
    assert_eq!(fs::read_dir(fixture.path("")).unwrap().count(), 0, "nothing was made");
}

#[test]
fn what_is_no_path_is_wrong_usage_and_leaves_no_file() {
    let fixture = Fixture::empty();
    for name in [":memory:", "file:x", "FILE:x?mode=rwc", "file:///x"] {
        for command in [&["user", "list"][..], &["import", LEGACY], &["import", LEGACY, "--dry-run"]] {
            fixture.fails(2, &[command, &["--store", name]].concat());
        }
    }
    assert_eq!(fs::read_dir(fixture.path("")).unwrap().count(), 0, "nothing was made");
}

#[test]
fn a_dry_run_of_an_import_counts_and_leaves_no_store() {
    let fixture = Fixture::empty();
    let mut report = fixture.json(&["import", LEGACY, "--dry-run"]);
    assert_eq!(fs::read_dir(fixture.path("")).unwrap().count(), 0, "nothing was made");
    assert_eq!((&report["dry_run"], &report["entry"]), (&true.into(), &().into()));
    (report["dry_run"], report["entry"]) = (false.into(), 1.into());
    assert_eq!(fixture.json(&["import", LEGACY]), report);
}

#[test]
fn a_file_with_two_names_is_read_and_the_warning_says_what_mends_it() {
    let fixture = Fixture::with_admin();
    let second = fixture.path("data/nexus/second.db");
    fs::hard_link(fixture.store(), &second).unwrap();
    for path in [fixture.store(), second.clone()] {
        let path = path.to_str().unwrap();
        let ran = fixture.run(&["user", "list", "--format", "json", "--store", path]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("root@nexus.example"), "{}", ran.out);
        let commands = format!("cp -p {path} {path}.single && mv {path}.single {path}");
        assert!(ran.err.contains("warning: ") && ran.err.contains(&commands), "{}", ran.err);
        let edit = ["user", "edit", "root", "--firstname", "X", "--store", path];
        let err = fixture.fails(7, &edit);
        assert_eq!(err.matches(&commands).count(), 1, "as an error, and not as a warning too: {err}");
        assert!(!err.contains("warning: "), "{err}");
    }
    let names = fs::read_dir(fixture.path("data/nexus")).unwrap().count();
    assert_eq!(names, 2, "nothing was left beside it");
    fs::remove_file(second).unwrap();
    assert_eq!(fixture.run(&["user", "edit", "root", "--firstname", "X"]).err, "Changed root.\n");
}

#[test]
fn what_everyone_may_write_is_refused_with_the_command_that_mends_it() {
    let fixture = Fixture::with_admin();
    set_mode(&fixture.store(), 0o666);
    let err = fixture.fails(7, &["user", "list"]);
    assert!(err.contains("written by everyone") && err.contains("chmod 600 "), "{err}");
    set_mode(&fixture.store(), 0o600);
    set_mode(&fixture.path("data/nexus"), 0o777);
    let err = fixture.fails(7, &["user", "list", "--readonly"]);
    assert!(err.contains("written by everyone") && err.contains("chmod 755 "), "{err}");
    set_mode(&fixture.path("data/nexus"), 0o755);
    fixture.ok(&["user", "list"]);
}

#[test]
fn a_group_that_may_write_is_warned_of_until_the_config_file_names_it() {
    let fixture = Fixture::with_admin();
    set_mode(&fixture.store(), 0o660);
    let group = fs::metadata(fixture.store()).unwrap().gid();
    let ran = fixture.run(&["user", "list"]);
    assert!(ran.code == 0 && ran.err.contains("store.group"), "{}", ran.err);
    let config = fixture.file("config.toml", &format!("[store]\ngroup = \"{group}\"\n"));
    assert_eq!(fixture.run(&["user", "list", "--config", &config]).err, "");
    let config = fixture.file("config.toml", "store.group = \"no such group\"\n");
    fixture.fails(6, &["user", "list", "--config", &config]);
    let config = fixture.file("config.toml", "store.group = \"no-such-group\"\n");
    assert!(fixture.fails(6, &["user", "list", "--config", &config]).contains("no-such-group"));
}

#[test]
fn an_empty_file_behind_a_symbolic_link_stays_as_it_is() {
    let fixture = Fixture::empty();
    let target = fixture.file("theirs", "");
    set_mode(Path::new(&target), 0o644);
    let link = fixture.path("link.db");
    symlink(&target, &link).unwrap();
    fixture.fails(7, &["import", LEGACY, "--store", link.to_str().unwrap()]);
    let left = fs::metadata(&target).unwrap();
    assert_eq!((left.mode() & 0o7777, left.len()), (0o644, 0));
}

#[test]
fn hostile_paths_reach_no_terminal_raw() {
    let fixture = Fixture::empty();
    let hostile = fixture.path("x\u{1b}[31m\u{202e}.db");
    let err = fixture.fails(7, &["user", "list", "--store", hostile.to_str().unwrap()]);
    assert!(!err.contains(['\u{1b}', '\u{202e}']), "{err:?}");
    fixture.ok(&["import", LEGACY, "--store", hostile.to_str().unwrap()]);
    fs::hard_link(&hostile, fixture.path("second.db")).unwrap();
    let ran = fixture.run(&["user", "list", "--store", hostile.to_str().unwrap()]);
    assert!(ran.code == 0 && !ran.err.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.err);
}
