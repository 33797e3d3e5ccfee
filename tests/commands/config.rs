//! The config file, from outside.

use super::fixture::Fixture;

#[test]
fn without_a_file_the_usual_holds_and_no_store_is_made() {
    let fixture = Fixture::empty();
    assert_eq!(fixture.json(&["config", "show"])["bin"]["keep_days"], 30);
    assert!(!fixture.store().exists());
}

#[test]
fn the_usual_file_and_a_named_one_are_read() {
    let fixture = Fixture::empty();
    std::fs::create_dir_all(fixture.path(".config/nexus")).unwrap();
    fixture.file(".config/nexus/config.toml", "[bin]\nkeep_days = 7\n");
    assert_eq!(fixture.json(&["config", "show"])["bin"]["keep_days"], 7);
    let other = fixture.file("other.toml", "journal.anchor = \"syslog\"\n");
    let named = fixture.json(&["config", "show", "--config", &other]);
    assert_eq!((&named["journal"]["anchor"], &named["bin"]["keep_days"]), (&"syslog".into(), &30.into()));
}

#[test]
fn a_bad_file_stops_every_command_before_the_store_is_made() {
    let fixture = Fixture::empty();
    let bad = fixture.file("bad.toml", "[bin]\nkeep_days = 0\n");
    for command in [&["config", "show"][..], &["user", "list"], &["journal", "verify"]] {
        let err = fixture.fails(6, &[command, &["--config", &bad]].concat());
        assert!(err.contains("bad.toml, line 2: ") && err.contains("from 1 to 3650"), "{err}");
        fixture.fails(6, &[command, &["--config", "/nowhere/config.toml"]].concat());
    }
    assert!(!fixture.store().exists());
}

#[test]
fn a_name_that_the_console_does_not_know_stops_every_command() {
    let fixture = Fixture::empty();
    let bad = fixture.file("bad.toml", "[keys]\nundoo = \"x\"\n");
    for command in [&["config", "show"][..], &["user", "list"], &["metrics"], &["manual", "keys"]] {
        let err = fixture.fails(6, &[command, &["--config", &bad]].concat());
        assert!(err.contains("bad.toml, line 2: keys.undoo: there is no such command."), "{err}");
        assert!(err.contains("did you mean undo?"), "{err}");
    }
    let theme = fixture.file("theme.toml", "theme = \"nosuch\"\n");
    let err = fixture.fails(6, &["config", "show", "--config", &theme]);
    assert!(err.contains("There is no theme \"nosuch\"."), "{err}");
}
