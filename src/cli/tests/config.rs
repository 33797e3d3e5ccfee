//! The config file: its location, its contents, and the printed settings.

use std::path::PathBuf;

use crate::domain::config::{Config, HeadAnchor, KeepDays};
use crate::service::contract::Failure;

use super::super::testing::parsed;
use super::super::*;

fn environment() -> Environment {
    Environment { home: Some("/home/op".into()), ..Environment::default() }
}

fn file(args: &[&str], environment: &Environment) -> ConfigFile {
    match parsed(&[&["user", "list"], args].concat(), environment) {
        Ok(Invocation::Command(command)) => command.config,
        other => panic!("no command: {other:?}"),
    }
}

#[test]
fn the_file_is_where_the_nearest_word_says() {
    let usual = |path: &str| ConfigFile::Default(PathBuf::from(path));
    let home = environment();
    assert_eq!(file(&[], &home), usual("/home/op/.config/nexus/config.toml"));
    let xdg = Environment { config_home: Some("/etc/xdg".into()), ..home.clone() };
    assert_eq!(file(&[], &xdg), usual("/etc/xdg/nexus/config.toml"));
    let relative = Environment { config_home: Some("etc".into()), ..home };
    assert_eq!(file(&[], &relative), usual("/home/op/.config/nexus/config.toml"));
    assert_eq!(file(&["--config", "/c.toml"], &xdg), ConfigFile::Named("/c.toml".into()));
    let homeless = Environment { store: Some("/s.db".into()), ..Environment::default() };
    assert_eq!(file(&[], &homeless), ConfigFile::Unknown);
    assert_eq!(parsed(&["user", "list", "--config", ""], &xdg).unwrap_err().code, 2);
}

fn read(text: &str) -> Result<Config, Failure> {
    ConfigFile::Named("/c.toml".into()).settings(|_| Ok(text.as_bytes()))
}

#[test]
fn what_is_not_said_holds_as_usual() {
    for text in ["", "# nothing\n", "[journal]\n", "[bin]\n[journal]\n"] {
        assert_eq!(read(text), Ok(Config::default()), "{text}");
    }
    let config = read("[journal]\nanchor = \"syslog\"\n\n[bin]\nkeep_days = 7\n").unwrap();
    assert_eq!((config.journal.anchor, Some(config.bin.keep_days)), (HeadAnchor::Syslog, KeepDays::new(7)));
}

#[test]
fn what_breaks_a_rule_is_named_with_its_line() {
    for (text, words) in [
        (
            "[bin]\nkeep_days = 0",
            "/c.toml, line 2: invalid value: integer `0`, expected a whole number of days from 1 to 3650.",
        ),
        ("[bin]\n\nkeep_days = 3651", "line 3: invalid value: integer `3651`, expected a whole number"),
        ("[bin]\nkeep_days = \"7\"", "line 2: invalid type: string \"7\", expected a whole number of days"),
        ("[bin]\nkeep_days = 1.5", "line 2: invalid type: floating point `1.5`, expected a whole number"),
        ("[bin]\nkeep_days = 18446744073709551615", "line 2: "),
        ("[journal]\nanchor = \"paper\"", "line 2: unknown variant `paper`, expected `none` or `syslog`."),
        ("[bin]\nkeep_weeks = 1", "line 2: unknown field `keep_weeks`, expected `keep_days`."),
        (
            "\n\n[thema]\n",
            "line 3: unknown field `thema`, expected one of `start`, `theme`, `mouse`, `store`, `journal`, `bin`, `keys`.",
        ),
        ("mouse = \"yes\"", "line 1: invalid type: string \"yes\", expected a boolean."),
        ("start = \"journal\"", "line 1: unknown variant `journal`, expected `users` or `overview`."),
        ("keep_days = 7", "line 1: unknown field `keep_days`"),
        (
            "[store]\ngroup = \"\"",
            "line 2: invalid value: string \"\", expected the name or number of a group.",
        ),
        ("[store]\ngroup = \"a:b\"", "line 2: invalid value"),
        ("store.group = \"a\\u001bb\"", "line 1: invalid value"),
        (
            "store.group = 1001",
            "line 1: invalid type: integer `1001`, expected the name or number of a group.",
        ),
        ("[bin]\nkeep_days = 1\nkeep_days = 2", "line 3: duplicate key"),
        ("[bin\n", "line 1: "),
        ("\u{feff}\0", "line 1: "),
    ] {
        let failure = read(text).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Invalid, "{text}");
        assert!(failure.message.contains(words), "{text}: {}", failure.message);
    }
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let read = |_: &Path| Err::<io::Empty, _>(io::ErrorKind::NotFound.into());
    let path = || PathBuf::from("/c.toml");
    assert_eq!(ConfigFile::Default(path()).settings(read), Ok(Config::default()));
    assert_eq!(ConfigFile::Named(path()).settings(read).unwrap_err().kind, FailureKind::Invalid);
    let endless = |_: &Path| Ok(io::repeat(b'#'));
    assert_eq!(ConfigFile::Default(path()).settings(endless).unwrap_err().kind, FailureKind::Invalid);
    let unreadable = |_: &Path| Err::<io::Empty, _>(io::ErrorKind::PermissionDenied.into());
    assert_eq!(ConfigFile::Default(path()).settings(unreadable).unwrap_err().kind, FailureKind::Invalid);
    assert_eq!(
        ConfigFile::Unknown.settings(|_| -> io::Result<io::Empty> { unreachable!() }),
        Ok(Config::default())
    );
}

fn shown(args: &[&str], text: &str) -> String {
    match parsed(&[&["config", "show"], args].concat(), &environment()) {
        Ok(Invocation::ShowConfig(show)) => show.exit(|_| Ok(text.as_bytes())).unwrap().text,
        other => panic!("not the settings: {other:?}"),
    }
}

#[test]
fn the_settings_in_force_are_a_config_file() {
    let text = shown(&[], "");
    insta::assert_snapshot!(text, @r#"
    start = "users"
    theme = "terminal-16"
    mouse = false

    [store]

    [journal]
    anchor = "none"

    [bin]
    keep_days = 30
    "#);
    assert_eq!(read(&text), Ok(Config::default()));
    assert!(read("mouse = true").unwrap().mouse);
    assert!(shown(&[], "store.group = \"media\"").contains("[store]\ngroup = \"media\"\n"));
    let json = shown(&["--format", "json"], "bin.keep_days = 7");
    assert_eq!(
        json,
        "{\"start\":\"users\",\"theme\":\"terminal-16\",\"mouse\":false,\"store\":{},\"journal\":{\"anchor\":\"none\"},\"bin\":{\"keep_days\":7}}\n"
    );
    assert_eq!(parsed(&["config", "show", "--format", "csv"], &environment()).unwrap_err().code, 2);
}
