//! Checks before a store is opened.

use std::path::PathBuf;

use super::super::testing::{World, parsed};
use super::super::*;

fn at_terminal() -> Environment {
    let terminal = Terminal { input: true, output: true, error: true, columns: Some(100) };
    let term = Some("xterm-256color".into());
    Environment { home: Some("/home/op".into()), term, terminal, ..Environment::default() }
}

fn scripted() -> Environment {
    Environment { terminal: Terminal::default(), ..at_terminal() }
}

fn command(args: &[&str], environment: &Environment) -> Command {
    match parsed(args, environment) {
        Ok(Invocation::Command(command)) => *command,
        other => panic!("no command: {other:?}"),
    }
}

fn exit(args: &[&str], environment: &Environment) -> Exit {
    parsed(args, environment).unwrap_err()
}

#[test]
fn the_store_is_where_the_nearest_word_says() {
    let store = |args, environment: &Environment| command(args, environment).store.path().to_owned();
    let home = scripted();
    assert_eq!(store(&["user", "list"], &home), PathBuf::from("/home/op/.local/share/nexus/nexus.db"));
    let xdg = Environment { data_home: Some("/data".into()), ..home.clone() };
    assert_eq!(store(&["user", "list"], &xdg), PathBuf::from("/data/nexus/nexus.db"));
    let relative = Environment { data_home: Some("data".into()), ..home };
    assert_eq!(store(&["user", "list"], &relative), PathBuf::from("/home/op/.local/share/nexus/nexus.db"));
    let named = Environment { store: Some("/s.db".into()), ..xdg };
    assert_eq!(store(&["user", "list"], &named), PathBuf::from("/s.db"));
    assert_eq!(store(&["--store", "/t.db", "user", "list"], &named), PathBuf::from("/t.db"));
    assert_eq!(store(&["user", "list", "--store=/t.db"], &named), PathBuf::from("/t.db"));
}

#[test]
fn a_server_is_no_store_yet() {
    let exit = exit(&["user", "list", "--store", "mysql://root@localhost/nexus"], &scripted());
    insta::assert_snapshot!(exit.text, @r"
    nexus: Only SQLite files are supported, not database servers.
      hint: give the path of a file with --store
    ");
    assert_eq!(exit.code, 7);
}

#[test]
fn what_sqlite_takes_for_something_else_than_a_path_is_refused() {
    let named = |name: &str| Environment { store: Some(name.into()), ..at_terminal() };
    for name in
        [":memory:", ":Memory:", "file:x", "FILE:x", "File:///x", "file:", "file::memory:?cache=shared"]
    {
        assert_eq!(exit(&["user", "list", "--store", name], &scripted()).code, 2, "{name}");
        assert_eq!(exit(&["user", "list"], &named(name)).code, 2, "{name}");
        assert_eq!(exit(&[], &named(name)).code, 2, "{name}");
        assert_eq!(exit(&["--store", name], &at_terminal()).code, 2, "{name}");
    }
    for name in ["./file:x", "/:memory:", "memory", "file", "files:x", ":memory"] {
        let store = command(&["user", "list", "--store", name], &scripted()).store;
        assert_eq!(store.path(), PathBuf::from(name));
    }
}

#[test]
fn only_setup_and_import_make_a_store_and_no_dry_run_does() {
    let access = |args: &[&str]| command(args, &scripted()).access;
    let setup: &[&str] = &[
        "setup",
        "--username=a",
        "--email=a@b.example",
        "--firstname=A",
        "--lastname=B",
        "--password-file=f",
    ];
    for making in [setup, &["import", "f"]] {
        assert_eq!(access(making), Access::ReadWrite, "{making:?}");
        assert_eq!(access(&[making, &["--dry-run"]].concat()), Access::DryRun, "{making:?}");
        assert_eq!(access(&[making, &["--readonly"]].concat()), Access::ReadOnly, "{making:?}");
    }
    for other in [
        &["user", "list"][..],
        &["user", "add", "--email=a@b.example", "--firstname=A", "--lastname=B"],
        &["user", "delete", "a", "--yes"],
        &["session", "list"],
        &["directory", "tree"],
        &["journal", "verify"],
        &["undo"],
        &["bin", "list"],
    ] {
        assert_eq!(access(other), Access::Existing, "{other:?}");
        assert_eq!(access(&[other, &["--dry-run"]].concat()), Access::Existing, "{other:?}");
        assert_eq!(access(&[other, &["--readonly"]].concat()), Access::ReadOnly, "{other:?}");
    }
}

#[test]
fn without_a_command_it_is_the_console() {
    let console = |args: &[&str], environment: &Environment| match parsed(args, environment) {
        Ok(Invocation::Console(options)) => options,
        other => panic!("no console: {other:?}"),
    };
    assert!(console(&[], &at_terminal()).colour);
    assert!(!console(&[], &at_terminal()).read_only);
    assert!(console(&["--readonly"], &at_terminal()).read_only);
    assert_eq!(console(&["--demo"], &at_terminal()).store, ConsoleStore::Demo);
    let plain = Environment { no_color: Some("1".into()), ..at_terminal() };
    assert!(!console(&[], &plain).colour);
    assert!(console(&["--color", "always"], &plain).colour);
    assert!(!console(&["--color", "never"], &at_terminal()).colour);
}

#[test]
fn the_console_needs_a_terminal_that_can_place_its_cursor() {
    assert_eq!(exit(&[], &scripted()).code, 2);
    assert_eq!(exit(&[], &Environment { term: None, ..at_terminal() }).code, 2);
    let dumb = Environment { term: Some("dumb".into()), ..at_terminal() };
    insta::assert_snapshot!(exit(&[], &dumb).text, @r"
    nexus: The console needs a terminal with cursor control (TERM is dumb or not set).
      hint: `nexus --plain` needs none, nor do the commands: see `nexus --help`
    ");
}

#[test]
fn wrong_usage_is_exit_2() {
    for args in [
        &["frobnicate"][..],
        &["user"],
        &["user", "list", "--no-such-option"],
        &["user", "list", "extra"],
        &["user", "list", "--format", "xml"],
        &["user", "list", "--color", "blue"],
        &["user", "list", "--sort", "shoe_size"],
        &["user", "list", "--sort", "id:sideways"],
        &["user", "list", "--sort", "email", "--after", "7"],
        &["user", "list", "--sort", "id:desc", "--after", "7"],
        &["user", "list", "--limit", "0"],
        &["user", "list", "--limit", "many"],
        &["user", "show"],
        &["user", "add", "--firstname", "A", "--lastname", "B"],
        &["user", "add", "--firstname", "A", "--lastname", "B", "--email", "a@b", "--access-level", "root"],
        &["user", "add", "--firstname", "A", "--lastname", "B", "--email", "a@b", "--must-change"],
        &["user", "add", "--firstname", "A", "--lastname", "B", "--email", "a@b", "--password", "x"],
        &["user", "edit", "ada"],
        &["user", "edit", "ada", "--status", "gone"],
        &["user", "password", "ada"],
        &["user", "password", "ada", "--password-stdin", "--password-file", "f"],
        &["user", "access-code"],
        &["user", "access-code", "ada", "--revoke", "--for", "2h"],
        &["user", "access-code", "ada", "--list"],
        &["user", "purge"],
        &["user", "restore"],
        &["user", "restore", "ada", "--to", "x"],
        &["directory", "restore", "a", "--to"],
        &["directory", "purge", "a", "b"],
        &["undo", "x"],
        &["undo", "-1"],
        &["undo", "7", "8"],
        &["bin"],
        &["bin", "list", "--sort", "label", "--after", "7"],
        &["bin", "list", "--sort", "email"],
        &["user", "confirm"],
        &["user", "confirm", "ada", "--all"],
        &["user", "delete", "ada", "--filter", "status:pending", "--yes"],
        &["user", "delete", "--all", "--filter", "status:pending", "--yes"],
        &["user", "delete", "--except", "7", "--yes"],
        &["user", "delete", "ada", "--except", "7", "--yes"],
        &["user", "delete", "--all", "--except", "ada", "--yes"],
        &["directory", "provision"],
        &["bin", "purge", "--yes"],
        &["bin", "purge", "7"],
        &["bin", "restore", "7", "--all"],
        &["session", "renew"],
        &["session", "revoke", "7", "--all", "--yes"],
        &["session", "revoke", "7", "--except", "8", "--yes"],
        &["session", "renew", "x"],
        &["session", "revoke"],
        &["session", "revoke", "7", "--user", "ada"],
        &["session", "revoke", "--user", "ada", "--filter", "ada"],
        &["setup", "--username", "ada"],
        &["directory", "move", "a"],
        &["directory", "list", "--sort", "lastname"],
        &["import"],
        &["journal"],
        &["journal", "delete"],
        &["journal", "verify", "--expect"],
        &["user", "history"],
        &["config"],
        &["config", "edit"],
        &["doctor", "--fix"],
        &["doctor", "--drop-foreign", "--yes"],
        &["doctor", "extra"],
        &["--demo", "user", "list"],
        &["--demo", "--store", "x"],
        &["--dry-run"],
        &["user", "list", "--store", ""],
    ] {
        let exit = exit(args, &scripted());
        assert_eq!(exit.code, 2, "{args:?}: {}", exit.text);
        assert!(exit.text.starts_with("nexus: ") || args.len() == 1, "{args:?}: {}", exit.text);
    }
}

#[test]
fn options_are_taken_before_and_after_the_command() {
    let before = command(&["--yes", "--format", "json", "user", "list"], &scripted());
    assert_eq!(before, command(&["user", "list", "--format", "json", "--yes"], &scripted()));
}

#[test]
fn hostile_arguments_are_shown_not_obeyed() {
    let exit = exit(&["user", "li\x1b[31mst\u{202e}"], &scripted());
    assert!(!exit.text.contains(['\x1b', '\u{202e}']), "{}", exit.text);
    assert!(exit.text.contains("<U+202E>"), "{}", exit.text);
}

#[test]
fn help_and_version_go_to_standard_output() {
    let ran = World::default().act(&["--version"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "nexus 0.1.0\n", ""));
    for (name, args) in [
        ("help", &["--help"][..]),
        ("help_user", &["user", "--help"]),
        ("help_user_list", &["user", "list", "--help"]),
        ("help_user_add", &["user", "add", "--help"]),
        ("help_session", &["session", "--help"]),
        ("help_directory", &["directory", "--help"]),
        ("help_journal", &["journal", "--help"]),
        ("help_journal_list", &["journal", "list", "--help"]),
        ("help_journal_verify", &["journal", "verify", "--help"]),
        ("help_user_history", &["user", "history", "--help"]),
        ("help_config_show", &["config", "show", "--help"]),
        ("help_undo", &["undo", "--help"]),
        ("help_bin_list", &["bin", "list", "--help"]),
        ("help_user_suspend", &["user", "suspend", "--help"]),
        ("help_session_revoke", &["session", "revoke", "--help"]),
        ("help_directory_rename", &["directory", "rename", "--help"]),
        ("help_bin_restore", &["bin", "restore", "--help"]),
        ("help_user_restore", &["user", "restore", "--help"]),
        ("help_user_purge", &["user", "purge", "--help"]),
        ("help_directory_restore", &["directory", "restore", "--help"]),
        ("help_import", &["import", "--help"]),
        ("help_doctor", &["doctor", "--help"]),
    ] {
        let ran = World::default().act(args);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        insta::assert_snapshot!(name, ran.out);
    }
}

#[test]
fn a_reason_goes_with_what_changes_something() {
    let reason = ["--reason", "payment failed"];
    for act in [
        &["user", "suspend", "alan"][..],
        &["user", "add", "--username", "x", "--firstname", "X", "--lastname", "Y", "--email", "x@y.z"],
        &["session", "sweep"],
        &["session", "revoke", "-"],
        &["directory", "add", "attic", "--owner", "alan"],
        &["bin", "purge", "3"],
        &["undo"],
        &["import", "old.sql"],
        &["doctor", "--fix"],
        &["setup", "--username", "x", "--firstname", "X", "--lastname", "Y", "--email", "x@y.z"],
    ] {
        let command = command(&[act, &reason[..]].concat(), &at_terminal());
        assert_eq!(command.reason.as_ref().map(Reason::words), Some("payment failed"), "{act:?}");
    }
    for read in [
        &[][..],
        &["--demo"],
        &["user", "list"],
        &["user", "show", "alan"],
        &["user", "history", "alan"],
        &["user", "access-code", "--list"],
        &["session", "list"],
        &["session", "verify"],
        &["directory", "tree"],
        &["journal", "list"],
        &["bin", "list"],
        &["doctor"],
        &["config", "show"],
    ] {
        let exit = exit(&[read, &reason[..]].concat(), &at_terminal());
        assert_eq!(exit.code, 2, "{read:?}");
        assert!(exit.text.contains("--reason goes with a command that changes something"), "{}", exit.text);
    }
}

#[test]
fn a_rejection_needs_a_reason() {
    let exit = exit(&["user", "reject", "alan", "--yes"], &at_terminal());
    assert_eq!(exit.code, 2, "{}", exit.text);
    assert!(exit.text.contains("--reason TEXT"), "{}", exit.text);
    let command = command(&["user", "reject", "alan", "--reason", "spam"], &at_terminal());
    assert_eq!(command.reason.as_ref().map(Reason::words), Some("spam"));
}

#[test]
fn a_reason_keeps_its_rules() {
    for (reason, rule) in [
        (String::new(), "must not be empty"),
        ("a\nb".into(), "takes no control characters"),
        ("a\u{1b}[2J".into(), "takes no control characters"),
        ("x".repeat(1_001), "takes at most 1,000 characters"),
    ] {
        let exit = exit(&["undo", "--reason", &reason], &scripted());
        assert_eq!((exit.code, exit.text.as_str()), (6, format!("nexus: --reason {rule}.\n").as_str()));
    }
    assert!(command(&["undo", "--reason", "-5 points"], &scripted()).reason.is_some());
}
