//! Results of actions for programs: one object, or one error.

use serde_json::{Value, json};

use crate::domain::time::Duration;
use crate::service::contract::{
    Action, ActionSummary, Failure, ImportReport, NotUndone, Own, RefusedRow, Reply, TableCounts,
};

use super::super::testing::{Ran, World, now, parsed};
use super::super::*;

fn suspended() -> ActionSummary {
    ActionSummary {
        accounts: 2,
        sessions: 7,
        unchanged: 1,
        vanished: 1,
        left_out: 2,
        own: Own::LeftOut,
        ids: vec![3, 9],
        written: Some(41),
        ..ActionSummary::new(Action::Suspended)
    }
}

fn suspend(more: &[&str], reply: &Reply) -> Ran {
    let args = [&["user", "suspend", "3", "9", "--yes"], more].concat();
    World::default().run(&args, &mut |_, _| Ok(reply.clone()))
}

fn object(text: &str) -> Value {
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn an_act_prints_one_object_for_programs_and_nothing_else() {
    let wanted = json!({
        "action": "suspend", "dry_run": false, "changed": 2, "unchanged": 1, "ids": [3, 9], "entry": 41,
        "left_out": 4, "sessions_ended": 7, "directories_made": 0
    });
    for format in ["json", "jsonl"] {
        let ran = suspend(&["--format", format], &Reply::Done(suspended()));
        assert_eq!((ran.code, object(&ran.out), ran.err.as_str()), (0, wanted.clone(), ""));
    }
}

#[test]
fn an_act_in_csv_is_a_header_and_a_row() {
    let ran = suspend(&["--format", "csv"], &Reply::Done(suspended()));
    assert_eq!(
        ran.out,
        "action,dry_run,changed,unchanged,ids,entry,left_out,sessions_ended,directories_made\r\n\
         suspend,false,2,1,3 9,41,4,7,0\r\n"
    );
    assert_eq!(ran.err, "");
}

#[test]
fn a_dry_run_prints_the_same_object_without_an_entry() {
    let summary = ActionSummary { written: None, ..suspended() };
    let dry = object(&suspend(&["--format", "json", "--dry-run"], &Reply::Done(summary)).out);
    let mut done = object(&suspend(&["--format", "json"], &Reply::Done(suspended())).out);
    (done["dry_run"], done["entry"]) = (true.into(), Value::Null);
    assert_eq!(dry, done);
}

#[test]
fn what_was_made_is_told_with_its_id_and_secret() {
    for (action, args, key) in [
        (Action::Issued, &["session", "issue", "ada"][..], "token"),
        (
            Action::Added,
            &["user", "add", "--firstname", "A", "--lastname", "B", "--email", "a@b.c"],
            "access_code",
        ),
    ] {
        let summary = ActionSummary {
            accounts: 1,
            sessions: 1,
            id: Some(7),
            ids: vec![7],
            ..ActionSummary::new(action)
        };
        let secret = Secret::from_text("7K3M-9QXT").unwrap();
        let reply = Reply::Secret { summary, secret, expires_at: now() + Duration::hours(8) };
        let run = |more: &[&str]| {
            let args = [args, &["--format", "json", "--yes"], more].concat();
            let ran = World::default().run(&args, &mut |_, _| Ok(reply.clone()));
            assert_eq!((ran.code, ran.err.as_str()), (0, ""));
            object(&ran.out)
        };
        let made = run(&[]);
        assert_eq!((&made[key], &made["id"]), (&"7K3M-9QXT".into(), &7.into()));
        assert_eq!(made["expires_at"], "2026-11-23T20:00:00Z");
        let rehearsed = run(&["--dry-run"]);
        assert_eq!(
            (rehearsed.get(key), &rehearsed["id"], &rehearsed["ids"]),
            (None, &Value::Null, &json!([]))
        );
        assert_eq!(rehearsed["changed"], 1);
    }
}

#[test]
fn a_failure_is_an_object_on_standard_error() {
    for kind in [
        FailureKind::Other,
        FailureKind::Stopped,
        FailureKind::NotFound,
        FailureKind::Conflict,
        FailureKind::Refused,
        FailureKind::SignedOut,
        FailureKind::Invalid,
        FailureKind::Unavailable,
    ] {
        let failure = Failure::new(kind, "there is no \x1b[31mada.").hint("list\u{202e} them");
        for format in ["json", "jsonl"] {
            let args = ["user", "suspend", "ada", "--yes", "--format", format];
            let ran = World::default().run(&args, &mut |_, _| Err(failure.clone()));
            assert_eq!((ran.code, ran.out.as_str()), (kind.exit_code(), ""));
            assert!(!ran.err.contains(['\x1b', '\u{202e}']), "{}", ran.err);
            let (exit, kind) = (kind.exit_code(), kind.word());
            let error = json!({
                "kind": kind, "message": "there is no \x1b[31mada.", "hint": "list\u{202e} them", "exit": exit
            });
            assert_eq!(object(&ran.err), json!({ "error": error }));
        }
    }
}

#[test]
fn wrong_usage_is_an_object_wherever_the_format_stands() {
    for args in [
        &["--format", "json", "user", "shwo"][..],
        &["user", "show", "--format=json"],
        &["user", "list", "--frobnicate", "--format", "jsonl"],
        &["user", "list", "--limit", "many", "--format", "json"],
        &["session", "--format", "json"],
        &["user", "suspend", "ada", "--format", "json"],
        &["user", "purge", "ada", "--format", "json"],
        &["user", "password", "ada", "--format", "json"],
        &["user", "edit", "ada", "--format", "json"],
        &["--demo", "user", "list", "--format", "json"],
        &["--store", ":memory:", "user", "list", "--format", "json"],
        &["user", "edit", "ada", "--firstname", "--lastname", "--format", "json"],
    ] {
        let ran = World::default().act(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        let error = &object(&ran.err)["error"];
        assert_eq!((&error["kind"], &error["exit"]), (&"usage".into(), &2.into()), "{args:?}");
        let message = error["message"].as_str().unwrap();
        assert!(message.len() > 10 && !message.contains('\n') && !message.starts_with("nexus"), "{message}");
        assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{args:?}");
    }
}

#[test]
fn the_format_is_an_option_and_no_other_word() {
    let form = |args: &[&str]| ErrorFormat::of(&args.iter().map(OsString::from).collect::<Vec<_>>());
    for args in [&["--format", "json"][..], &["--format=jsonl", "x"], &["--format", "csv", "--format=json"]] {
        assert_eq!(form(args), ErrorFormat::Json, "{args:?}");
    }
    for args in [&[][..], &["json"], &["--", "--format=json"], &["--format"], &["--format", "csv"]] {
        assert_eq!(form(args), ErrorFormat::Text, "{args:?}");
    }
}

#[test]
fn an_answer_that_is_no_yes_is_told_as_not_confirmed() {
    let world = World { input: "no\n", ..World::terminal() };
    let ran = world.act(&["user", "suspend", "alan", "--format", "json"]);
    let (question, error) = ran.err.split_once("[y/N] ").unwrap();
    assert!(question.ends_with("? ") && ran.code == 2, "{question}");
    assert_eq!(object(error)["error"]["kind"], "not_confirmed");
}

#[test]
fn help_is_text_in_every_format() {
    let exit = parsed(&["user", "--help", "--format", "json"], &Environment::default()).unwrap_err();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    assert_eq!(exit.print(ErrorFormat::Json, &mut out, &mut err), 0);
    assert!(out.starts_with(b"Accounts") && err.is_empty());
}

#[test]
fn a_refused_import_tells_its_report_with_the_error() {
    let refused = RefusedRow {
        table: "de_torres_vincent_users",
        place: crate::domain::foreign::RowPlace::Line(12),
        rows: 1,
        reason: "has no @".into(),
    };
    let read = TableCounts { users: 3, ..TableCounts::default() };
    let report = ImportReport { read, refused: vec![refused], ..ImportReport::default() };
    let failure = Failure::new(FailureKind::Invalid, "1 bad row; nothing was imported.").with_report(report);
    let ran =
        World::default().run(&["import", "x.sql", "--format", "json"], &mut |_, _| Err(failure.clone()));
    assert_eq!((ran.code, ran.out.as_str()), (6, ""));
    let error = &object(&ran.err)["error"];
    assert_eq!((&error["kind"], &error["report"]["read"]["users"]), (&"invalid".into(), &3.into()));
    assert_eq!(error["report"]["refused"][0]["line"], 12);
}

#[test]
fn a_million_ids_are_printed_one_by_one() {
    let summary = ActionSummary {
        ids: (1..=1_000_000).collect(),
        accounts: 1_000_000,
        ..ActionSummary::new(Action::Confirmed)
    };
    let ran = suspend(&["--format", "json"], &Reply::Done(summary));
    let object = object(&ran.out);
    assert_eq!(object["ids"].as_array().unwrap().len(), 1_000_000);
    assert_eq!((&object["ids"][999_999], &object["changed"]), (&1_000_000.into(), &1_000_000.into()));
}

#[test]
fn what_an_undo_left_is_told_to_people_and_programs() {
    let left = vec![NotUndone { entry: 9, why: "eve was changed since: status is x\u{1b}, not y.".into() }];
    let summary = ActionSummary {
        accounts: 2,
        of: Some(Action::Suspended),
        entry: Some(8),
        vanished: 1,
        not_undone: left,
        ids: vec![3, 5],
        ..ActionSummary::new(Action::Undone)
    };
    let undo = |more: &[&str]| {
        World::default().run(&[&["undo"], more].concat(), &mut |_, _| Ok(Reply::Done(summary.clone())))
    };
    let told =
        "Undid suspend of 2 accounts; 1 is left as it is: eve was changed since: status is x␛, not y.\n";
    let ran = undo(&[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, told));
    let told = object(&undo(&["--format", "json"]).out);
    assert_eq!(told["left_out"], 1);
    let reason = "eve was changed since: status is x\u{1b}, not y.";
    assert_eq!(told["not_undone"], json!([{ "entry": 9, "reason": reason }]));
}
