//! The config file: its location, its contents, and the printed settings.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::domain::config::{Config, HeadAnchor, KeepDays};
use crate::domain::settings::SETTINGS;
use crate::service::contract::{ConfigFiles, Failure};

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
    ConfigFile::Named("/c.toml".into()).settings(|_| Ok(text.as_bytes()), |_| Ok(()))
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
            "line 3: unknown field `thema`, expected one of `start`, `theme`, `mouse`, `registration`, `second_factor`, `store`, `journal`, `bin`, `idle`, `lock`, `reauth`, `sessions`, `search`, `log`, `keys`.",
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
    assert_eq!(ConfigFile::Default(path()).settings(read, |_| Ok(())), Ok(Config::default()));
    assert_eq!(ConfigFile::Named(path()).settings(read, |_| Ok(())).unwrap_err().kind, FailureKind::Invalid);
    let endless = |_: &Path| Ok(io::repeat(b'#'));
    assert_eq!(
        ConfigFile::Default(path()).settings(endless, |_| Ok(())).unwrap_err().kind,
        FailureKind::Invalid
    );
    let unreadable = |_: &Path| Err::<io::Empty, _>(io::ErrorKind::PermissionDenied.into());
    assert_eq!(
        ConfigFile::Default(path()).settings(unreadable, |_| Ok(())).unwrap_err().kind,
        FailureKind::Invalid
    );
    assert_eq!(
        ConfigFile::Unknown.settings(|_| -> io::Result<io::Empty> { unreachable!() }, |_| Ok(())),
        Ok(Config::default())
    );
}

/// Config files in memory.
#[derive(Debug, Default)]
pub(super) struct Files(RefCell<BTreeMap<PathBuf, String>>);

impl ConfigFiles for Files {
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        let text = self.0.borrow().get(path).cloned().ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(io::Cursor::new(text)))
    }

    fn create(&self, path: &Path, text: &str) -> Result<(), Failure> {
        if self.0.borrow().contains_key(path) {
            return Err(Failure::new(FailureKind::Conflict, "It already exists."));
        }
        self.replace(path, text)
    }

    fn replace(&self, path: &Path, text: &str) -> Result<(), Failure> {
        self.0.borrow_mut().insert(path.to_owned(), text.to_owned());
        Ok(())
    }
}

pub(super) const USUAL: &str = "/home/op/.config/nexus/config.toml";

pub(super) fn files(text: &str) -> Files {
    let files = Files::default();
    files.replace(Path::new(USUAL), text).unwrap();
    files
}

pub(super) fn contents(files: &Files) -> String {
    files.0.borrow().get(Path::new(USUAL)).cloned().unwrap_or_default()
}

/// Runs `nexus config` and returns what it printed: data, then messages.
pub(super) fn config(args: &[&str], files: &Files) -> Result<(String, String), Failure> {
    let Ok(Invocation::Config(command)) = parsed(&[&["config"], args].concat(), &environment()) else {
        panic!("no `nexus config`: {args:?}");
    };
    let no_undo = |config: &Config| match config.keys.keys_of("users", "undo") {
        Some(_) => Err(Failure::new(FailureKind::Invalid, "Undo has its key.")),
        None => Ok(()),
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    command.run(files, &no_undo, &mut out, &mut err)?;
    Ok((String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap()))
}

#[test]
fn the_settings_in_force_are_a_config_file_that_tells_their_origins() {
    let text = "start = \"overview\"\n\n[store]\nlabel = \"media\"\nkeys = 1\n".replace("keys = 1\n", "");
    let (text, _) = config(&["show"], &files(&(text + "[keys]\npending = [\"z p\"]\n"))).unwrap();
    insta::assert_snapshot!(text);
    let config_of = |text: &str| toml::from_str::<Config>(text).unwrap();
    assert_eq!(config_of(&text).store.label.unwrap().as_str(), "media");
    let (usual, _) = config(&["show"], &Files::default()).unwrap();
    assert!(usual.starts_with(&format!("# file: {USUAL} (default; not there)\n")), "{usual}");
    assert_eq!(config_of(&usual), Config::default());
}

#[test]
fn programs_read_the_settings_as_before_and_their_origins_beside() {
    let (text, _) = config(&["show", "--format", "json"], &files("bin.keep_days = 7")).unwrap();
    let object: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(object["bin"], json!({ "keep_days": 7 }));
    assert_eq!(object["theme"], json!("terminal-16"));
    assert_eq!(object["origins"]["bin.keep_days"], json!({ "line": 1 }));
    assert_eq!(object["origins"]["theme"], json!("default"));
    assert_eq!(object["config_file"], json!(USUAL));
    assert_eq!(object["store_path"], json!("/home/op/.local/share/nexus/nexus.db"));
    assert_eq!(parsed(&["config", "show", "--format", "csv"], &environment()).unwrap_err().code, 2);
}

#[test]
fn the_origin_of_the_store_is_the_nearest_word() {
    let origin = |args: &[&str], environment: &Environment| match parsed(args, environment) {
        Ok(Invocation::Config(command)) => {
            let mut out = Vec::new();
            command.run(&Files::default(), &|_| Ok(()), &mut out, &mut Vec::new()).unwrap();
            String::from_utf8(out)
                .unwrap()
                .lines()
                .find_map(|line| Some(line.strip_prefix("# store: ")?.to_owned()))
        }
        other => panic!("no `nexus config`: {other:?}"),
    };
    let variable = Environment { store: Some("/env.db".into()), ..environment() };
    assert_eq!(origin(&["config", "show"], &variable).as_deref(), Some("/env.db (NEXUS_STORE)"));
    let named = ["config", "show", "--store", "/named.db"];
    assert_eq!(origin(&named, &variable).as_deref(), Some("/named.db (--store)"));
    assert_eq!(origin(&["config", "show"], &Environment::default()), None);
}

#[test]
fn a_new_file_explains_every_setting_and_changes_none() {
    let made = Files::default();
    let (out, err) = config(&["init"], &made).unwrap();
    assert_eq!((out, err), (String::new(), format!("Wrote {USUAL}.\n")));
    let text = contents(&made);
    assert_eq!(read(&text), Ok(Config::default()));
    let uncommented: String = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(code) if code.split_once(" = ").is_some_and(|(name, _)| !name.contains(' ')) => code,
            _ => line,
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    // Every field of the settings stands there: none was forgotten, and the examples are valid.
    let all = toml::Value::try_from(read(&uncommented).unwrap()).unwrap();
    for setting in SETTINGS {
        assert!(
            setting.key.split('.').try_fold(&all, |table, name| table.get(name)).is_some(),
            "{}",
            setting.key
        );
    }
    let count = |table: &toml::Value| table.as_table().map_or(1, toml::Table::len);
    let fields: usize = all
        .as_table()
        .unwrap()
        .iter()
        .filter(|(name, _)| *name != "keys")
        .map(|(_, value)| count(value))
        .sum();
    assert_eq!(fields, SETTINGS.len(), "{all}");
    assert_eq!(config(&["init"], &made).unwrap_err().kind, FailureKind::Conflict);
    assert_eq!(contents(&made), text);
}

#[test]
fn nothing_is_written_by_a_trial_run_or_read_only() {
    let none = Files::default();
    let (_, err) = config(&["init", "--dry-run"], &none).unwrap();
    assert_eq!(err, format!("Would write {USUAL}.\n"));
    let (_, err) = config(&["set", "theme", "dark", "--dry-run"], &none).unwrap();
    assert_eq!(err, format!("Would set theme to \"dark\" in {USUAL}.\n"));
    assert_eq!(contents(&none), "");
    for args in [&["config", "init", "--readonly"][..], &["config", "set", "theme", "dark", "--readonly"]] {
        assert_eq!(parsed(args, &environment()).unwrap_err().code, 2);
    }
}

#[test]
fn a_mistyped_key_of_the_file_is_guessed() {
    for (text, hint) in [
        ("[stroe]\nlabel = \"a\"", "did you mean `store.label`? "),
        ("thme = \"dark\"\n[bin]\nkeep_day = 3", "did you mean `bin.keep_days`? "),
        ("thme = \"dark\"\n[bin]\nkeep_days = 0", "`nexus config init --help` lists"),
        ("[bin]\nqqqqqq = 3\n[lock]\naftr = 1", "`nexus config init --help` lists"),
    ] {
        let given = read(text).unwrap_err().hint.unwrap();
        assert!(given.starts_with(hint), "{given}");
    }
}

#[test]
fn what_a_check_refuses_is_named_with_its_line() {
    let refuse = |name: &'static str| {
        let text = "theme = \"dark\"\n[keys]\nundoo = \"x\"\n[keys.userz]\na = \"b\"\n";
        let check = |_: &Config| Err(Failure::new(FailureKind::Invalid, format!("{name}: no.")));
        ConfigFile::Named("/c.toml".into()).settings(|_| Ok(text.as_bytes()), check).unwrap_err().message
    };
    assert_eq!(refuse("keys.undoo"), "/c.toml, line 3: keys.undoo: no.");
    assert_eq!(refuse("keys.userz"), "/c.toml, line 5: keys.userz: no.");
    assert_eq!(
        refuse("keys: x is both, on the screen users"),
        "/c.toml, line 3: keys: x is both, on the screen users: no."
    );
    assert_eq!(refuse("There is no theme"), "/c.toml: There is no theme: no.");
}

#[test]
fn the_manual_names_every_setting() {
    let page = include_str!("../../../assets/manual/config.md");
    for setting in SETTINGS {
        let (table, name) = setting.table_and_name();
        let is_in_table = page.split("\n[").any(|part| {
            let (header, rest) = part.split_once("]\n").unwrap_or(("", part));
            (header == table || table.is_empty())
                && rest.lines().any(|line| line.starts_with(&format!("{name} = ")))
        });
        assert!(is_in_table, "{}", setting.key);
    }
}
