//! Words that complete a line in a shell.

use std::ffi::OsStr;
use std::sync::{Arc, Mutex};

use crate::domain::bin::BinItem;
use crate::domain::journal::EntityKind;
use crate::domain::page::{Anchor, Window};
use crate::domain::user::User;
use crate::service::contract::{Accounts, Bin, Directories, Reply, Request, Sessions};

use super::super::testing::{directory, item, parsed, session, user};
use super::super::*;

fn environment() -> Environment {
    Environment { home: Some("/home/op".into()), ..Environment::default() }
}

/// Returns the words that complete a line whose last word is under the cursor. The store holds accounts with these
/// usernames.
fn completed(shell: &str, words: &[&str], usernames: &[&str]) -> Vec<String> {
    let users: Vec<User> = usernames.iter().map(|name| user(7, name)).collect();
    let read = move |_: &StoreUrl, request: Request| match request {
        Request::Accounts(Accounts::Begun(begun)) => {
            let begun = begun.to_lowercase();
            let begins = |user: &&User| user.label().starts_with(&begun) || user.email.starts_with(&begun);
            let rows: Vec<_> = users.iter().filter(begins).cloned().collect();
            let total = rows.len() as u64;
            Some(Reply::Users(Window { first: 0, anchor: None, total, unfiltered: total, rows }))
        }
        Request::Accounts(Accounts::List { span, .. }) => {
            let Anchor::After(after) = span.anchor else { panic!("{span:?}") };
            let rows: Vec<_> = [7, 70, 79, 700]
                .into_iter()
                .filter(|id| *id > after)
                .take(span.len as usize)
                .map(|id| user(id, "ada"))
                .collect();
            Some(Reply::Users(Window { first: 0, anchor: None, total: 4, unfiltered: 4, rows }))
        }
        Request::Sessions(Sessions::List { filter, .. }) => {
            assert_eq!(filter.to_string(), "status:active");
            let rows = vec![session(17, "2027-01-01 00:00:00"), session(2, "2027-01-01 00:00:00")];
            Some(Reply::Sessions(Window { first: 0, anchor: None, total: 2, unfiltered: 2, rows }))
        }
        Request::Bin(Bin::List { .. }) => {
            let account = |id, username: &str| BinItem {
                username: Some(username.into()),
                email: Some(format!("{username}@nexus.example")),
                label: username.into(),
                ..item(id, EntityKind::Account)
            };
            let rows = vec![account(12, "alan"), item(17, EntityKind::Directory), account(19, "42")];
            Some(Reply::Items(Window { first: 0, anchor: None, total: 3, unfiltered: 3, rows }))
        }
        Request::Directories(Directories::List { filter, .. }) => {
            assert_eq!(filter.to_string(), "1_a");
            let rows = vec![
                directory(1, "1_A"),
                directory(2, "1_A/b"),
                directory(3, "x/1_A"),
                directory(4, "1_A/c d"),
            ];
            Some(Reply::Directories(Window { first: 0, anchor: None, total: 4, unfiltered: 4, rows }))
        }
        _ => None,
    };
    let args = ["nexus", "--", "nexus"].iter().chain(words).map(OsString::from);
    let shell = OsStr::new(shell);
    let out = ShellLine::new(shell, args, Some(words.len())).complete(shell, &environment(), Arc::new(read));
    let out = String::from_utf8(out).unwrap();
    out.split(['\u{b}', '\n']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn commands_and_options_are_completed() {
    assert_eq!(completed("bash", &["us"], &[]), ["user"]);
    assert_eq!(completed("bash", &["user", "susp"], &[]), ["suspend"]);
    assert_eq!(completed("bash", &["user", "list", "--lim"], &[]), ["--limit"]);
    assert_eq!(completed("bash", &["user", "list", "--format", "js"], &[]), ["json", "jsonl"]);
    assert_eq!(completed("bash", &["config", "set", "lo"], &[]), ["lock.after", "log.syslog"]);
}

#[test]
fn accounts_come_from_the_store() {
    let names = ["alan", "alma", "bob"];
    assert_eq!(completed("bash", &["user", "show", "al"], &names), ["alan", "alma"]);
    assert_eq!(completed("bash", &["user", "suspend", "bob", "alm"], &names), ["alma"]);
    assert_eq!(completed("bash", &["session", "issue", "b"], &names), ["bob"]);
    assert_eq!(completed("bash", &["user", "show", "alan", "@"], &["alan"]), ["@nexus.example"]);
    assert_eq!(completed("bash", &["user", "show", "Alan", "@NEX"], &["alan"]), ["@nexus.example"]);
    // What is deleted is in the bin.
    assert_eq!(completed("bash", &["user", "restore", "alm"], &names), Vec::<String>::new());
    let fish = completed("fish", &["user", "show", "b"], &names);
    assert!(fish.len() == 1 && fish[0].starts_with("bob\t"), "{fish:?}");
}

#[test]
fn a_name_that_is_no_plain_word_is_not_offered() {
    let names = [
        "a;rm",
        "a\tb",
        "a$(x)",
        "a`x`",
        "a\u{1b}[2J",
        "a\nb",
        "a'b",
        "a\"b",
        "a\u{b}c",
        "a|b",
        "a\u{a0}b",
        "a\u{202e}b",
        "a\\b",
        "añejo",
        "an\u{303}o",
        "a.b-c_d",
    ];
    assert_eq!(completed("bash", &["user", "show", "a"], &names), ["añejo", "an\u{303}o", "a.b-c_d"]);
    // Digits are an id, and what begins with a hyphen is an option: their emails name them.
    assert_eq!(completed("bash", &["user", "show", "123"], &["123"]), ["123@nexus.example"]);
    assert!(
        !completed("bash", &["user", "suspend", "--al"], &["--all"]).contains(&"--all@nexus.example".into())
    );
}

#[test]
fn names_with_blanks_are_completed_with_the_quotes_of_each_shell() {
    let names = ["al two", "al tre", "bob"];
    assert_eq!(completed("bash", &["user", "show", "al"], &names), ["al\\ two", "al\\ tre"]);
    assert_eq!(completed("bash", &["user", "show", "al\\ tw"], &names), ["al\\ two"]);
    // Behind a quote none is needed, and bash closes it.
    for typed in ["\"al tw", "'al tw"] {
        assert_eq!(completed("bash", &["user", "show", typed], &names), ["al two"], "{typed}");
    }
    // Fish quotes what it inserts, and so does zsh.
    for typed in ["al\\ tw", "\"al tw"] {
        let found = completed("fish", &["user", "show", typed], &names);
        assert!(found.len() == 1 && found[0].starts_with("al two"), "{typed} {found:?}");
    }
    // Letters other than those of ASCII are the same in both cases, too.
    assert_eq!(completed("bash", &["user", "show", "ÅS"], &["åsa"]), ["åsa"]);
}

#[test]
fn accounts_are_completed_by_their_ids_and_columns_by_their_names() {
    assert_eq!(completed("bash", &["user", "show", "7"], &[]), ["7", "70", "79"]);
    assert_eq!(completed("bash", &["user", "suspend", "70"], &[]), ["70", "700"]);
    assert_eq!(completed("bash", &["user", "list", "--columns", "id,em"], &[]), ["id,email"]);
    assert_eq!(completed("bash", &["session", "list", "--columns", "time"], &[]), ["time_left"]);
    assert_eq!(completed("bash", &["journal", "list", "--fo"], &[]), ["--follow", "--format"]);
}

#[test]
fn sessions_are_completed_by_their_numbers() {
    assert_eq!(completed("bash", &["session", "revoke", "1"], &[]), ["17"]);
    assert_eq!(completed("bash", &["session", "renew", "2"], &[]), ["2"]);
}

#[test]
fn what_is_in_the_bin_is_completed_by_its_numbers_and_accounts_also_by_their_names() {
    assert_eq!(completed("bash", &["bin", "restore", "1"], &[]), ["12", "17", "19"]);
    assert_eq!(completed("bash", &["bin", "purge", "12", "17"], &[]), ["17"]);
    assert_eq!(completed("bash", &["user", "restore", "al"], &[]), ["alan"]);
    assert_eq!(completed("bash", &["user", "purge", "--erase", "ALAN", "@"], &[]), ["@nexus.example"]);
    // Digits are an id.
    assert_eq!(completed("bash", &["user", "restore", "42"], &[]), ["42@nexus.example"]);
}

#[test]
fn directories_are_completed_by_their_paths() {
    assert_eq!(completed("bash", &["directory", "rename", "1_a"], &[]), ["1_A", "1_A/b", "1_A/c\\ d"]);
    assert_eq!(completed("bash", &["directory", "move", "x", "1_a"], &[]), ["1_A", "1_A/b", "1_A/c\\ d"]);
}

#[test]
fn bash_is_left_to_complete_files_itself() {
    let exit = parsed(&["completions", "bash"], &environment()).unwrap_err();
    assert!(exit.text.contains("-o bashdefault -o default"), "{}", exit.text);
    let keeps_quotes = "== [:=] || ${words[COMP_CWORD]} == [\\\"\\']* ]] || words[COMP_CWORD]=";
    assert!(exit.text.contains(keeps_quotes), "{}", exit.text);
    assert_eq!(completed("bash", &["import", "/"], &[]), Vec::<String>::new());
    assert!(completed("fish", &["import", "/"], &[]).iter().any(|path| path.starts_with("/usr")));
}

#[test]
fn terms_of_a_filter_are_completed_although_bash_separates_them() {
    let filter = ["user", "list", "--filter"];
    let at_end = |words: &[&str]| completed("bash", &[&filter[..], words].concat(), &["alan"]);
    assert_eq!(at_end(&["stat"]), ["status:"]);
    assert_eq!(at_end(&["status", ":", "pen"]), ["pending"]);
    assert_eq!(at_end(&["status", ":"]), ["pending", "confirmed", "suspended"]);
    assert_eq!(at_end(&["user", ":", "al"]), ["alan"]);
    assert_eq!(
        completed("bash", &["user", "list", "--filter", "=", "status", ":", "sus"], &[]),
        ["suspended"]
    );
    assert_eq!(completed("fish", &["user", "list", "--filter", "status:pen"], &[]), ["status:pending"]);
    assert_eq!(completed("fish", &["export", "a.csv", "--filter", "status:pen"], &[]), ["status:pending"]);
}

#[test]
fn the_store_is_that_of_the_line() {
    let asked = |words: &[&str]| {
        let stores = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&stores);
        let read = move |url: &StoreUrl, _: Request| {
            seen.lock().unwrap().push(url.path().to_owned());
            None
        };
        let args = ["nexus", "--", "nexus"].iter().chain(words).map(OsString::from);
        let shell = OsStr::new("fish");
        assert_eq!(ShellLine::new(shell, args, None).complete(shell, &environment(), Arc::new(read)), b"");
        let stores = stores.lock().unwrap();
        stores.clone()
    };
    let path = |path: &str| vec![PathBuf::from(path)];
    assert_eq!(asked(&["user", "show", "a"]), path("/home/op/.local/share/nexus/nexus.db"));
    assert_eq!(asked(&["--store", "/a.db", "user", "show", "a"]), path("/a.db"));
    assert_eq!(asked(&["user", "--store=/b.db", "show", "a"]), path("/b.db"));
    assert_eq!(asked(&["--store", "~/c.db", "user", "show", "a"]), path("/home/op/c.db"));
}

#[test]
fn each_shell_has_a_script() {
    for shell in ["bash", "zsh", "fish"] {
        let exit = parsed(&["completions", shell], &environment()).unwrap_err();
        assert_eq!(exit.code, 0);
        assert!(exit.text.contains("NEXUS_COMPLETE") && exit.text.contains("nexus"), "{}", exit.text);
    }
    let in_zsh = parsed(&["completions", "zsh"], &environment()).unwrap_err().text;
    assert!(
        in_zsh.contains("local -a open=()") && in_zsh.contains("_describe -V 'values' open -S ''"),
        "{in_zsh}"
    );
    assert!(in_zsh.contains("elif [[ \"$value\" == */ ]]; then"), "{in_zsh}");
    assert!(in_zsh.contains("funcstack") && in_zsh.matches("compdef _clap").count() == 1, "{in_zsh}");
    assert_eq!(parsed(&["completions", "tcsh"], &environment()).unwrap_err().code, 2);
    assert_eq!(parsed(&["completions", "bash", "--format", "json"], &environment()).unwrap_err().code, 2);
    assert_eq!(completed("tcsh", &["us"], &[]), Vec::<String>::new());
}
