//! Arguments of unusual lengths and forms: quoting of arguments, and values that begin with a hyphen.

use crate::domain::user::Who;
use crate::service::contract::{AccountChange, Accounts, Action, ActionSummary, Reply, Request};

use super::super::testing::{World, parsed};
use super::super::*;

fn scripted() -> Environment {
    Environment { home: Some("/home/op".into()), ..Environment::default() }
}

/// Returns the first request of a command, or the code and text with which it is refused before a store is
/// opened.
fn first_request(args: &[&str]) -> Result<Request, (u8, String)> {
    let mut asked = None;
    let ran = World::default().run(args, &mut |request, _| {
        asked.get_or_insert_with(|| request.clone());
        Ok(Reply::Done(ActionSummary::new(Action::Edited)))
    });
    asked.ok_or((ran.code, ran.err))
}

#[test]
fn a_value_may_begin_with_a_hyphen() {
    for args in [
        &["user", "edit", "1", "--firstname", "-Anna"][..],
        &["user", "edit", "1", "--firstname=--Anna"],
        &["user", "edit", "--firstname", "--Anna", "1"],
        &["user", "edit", "--firstname", "-", "1"],
    ] {
        assert!(
            matches!(
                first_request(args),
                Ok(Request::Accounts(Accounts::Change { change: AccountChange::Edit { .. }, .. }))
            ),
            "{args:?}"
        );
    }
    let show = |name: &str| Ok(Request::Accounts(Accounts::Show(Who::Username(name.into()))));
    assert_eq!(first_request(&["user", "show", "-x"]), show("-x"));
    assert_eq!(first_request(&["user", "show", "-x", "--format", "json"]), show("-x"));
    assert_eq!(first_request(&["user", "show", "--", "--x"]), show("--x"));
}

#[test]
fn a_mistyped_option_is_no_value() {
    for args in [
        &["user", "show", "--formt", "json"][..],
        &["user", "delete", "ann", "--yess"],
        &["user", "delete", "ann", "--yess=1"],
        &["directory", "rename", "a/b", "--name"],
        &["user", "edit", "1", "--firstname", "--yes"],
        &["user", "edit", "1", "--firstname", "--lastname", "X"],
        &["user", "list", "--filter", "--no-input"],
        &["user", "list", "-l"],
    ] {
        let (code, text) = first_request(args).unwrap_err();
        assert_eq!(code, 2, "{args:?}: {text}");
    }
}

#[test]
fn a_message_quotes_at_most_200_characters_of_an_argument() {
    let long = "ñ ".repeat(25_000);
    let word = "b".repeat(50_000);
    let status = format!("status:{word}");
    let key = format!("{word}:x");
    for args in [
        &["user", "list", "--filter", &status][..],
        &["user", "list", "--filter", &key],
        &["user", "list", "--filter", &word],
        &["user", "list", "--sort", &word],
        &["user", "list", &format!("--sort={word}:up")],
        &["user", "list", "--limit", &word],
        &["user", "history", "1", "--at", &long],
        &["session", "issue", "1", "--for", &word],
        &["journal", "verify", "--expect", &word],
        &["directory", "trash", "--id", &word, "--yes"],
        &[&word],
        &["user", &word],
        &["--format", &word, "user", "list"],
        &["user", "list", &format!("--{word}")],
    ] {
        let (code, text) = first_request(args).unwrap_err();
        assert!([2, 6].contains(&code), "{code}: {text}");
        let run =
            |c: char| text.split(|other| other != c && other != ' ').map(|run| run.chars().count()).max();
        assert!(run('b').max(run('ñ')).unwrap() <= 202, "{} characters: {text:.300}", text.chars().count());
        assert!(text.chars().count() < 1_200, "{} characters: {text:.300}", text.chars().count());
    }
}

#[test]
fn a_filter_has_bounds() {
    let terms = |n: usize| vec!["a"; n].join(" ");
    for (filter, code) in [(terms(200), None), (terms(201), Some(6)), ("a".repeat(4_097), Some(6))] {
        let refused = first_request(&["user", "list", "--filter", &filter]).err().map(|(code, _)| code);
        assert_eq!(refused, code, "{} bytes", filter.len());
    }
}

#[test]
fn a_format_has_a_name() {
    for (format, known) in [("table", true), ("json", true), ("jsonl", true), ("csv", true), ("xml", false)] {
        assert_eq!(parsed(&["user", "list", "--format", format], &scripted()).is_ok(), known, "{format}");
    }
}
