//! Questions before actions, and the effect of each answer.

use crate::service::contract::{
    Action, ActionSummary, CountedRows, Failure, FailureKind, ImportReport, Reply, Request, TableCounts,
};

use super::super::testing::{Ran, World, done};

const ASKING: &[&[&str]] = &[
    &["user", "delete", "alan"],
    &["user", "suspend", "alan"],
    &["user", "reject", "alan", "--reason", "spam"],
    &["user", "invite", "3", "--revoke"],
    &["user", "promote", "alan"],
    &["user", "demote", "alan"],
    &["user", "password", "alan", "--password-file", "f"],
    &["user", "edit", "alan", "--status", "pending"],
    &["user", "edit", "alan", "--access-level", "admin"],
    &["user", "access-code", "alan", "--revoke"],
    &["user", "add", "--firstname", "A", "--lastname", "B", "--email", "a@b", "--access-level", "admin"],
    &["session", "revoke", "7"],
    &["session", "revoke", "7", "8"],
    &["session", "revoke", "--filter", "alan"],
    &["directory", "trash", "a/b"],
];

/// Commands that ask for the name.
const PURGES: &[&[&str]] =
    &[&["user", "purge", "alan"], &["user", "purge", "3"], &["directory", "purge", "a/b"]];

/// Commands that ask if they apply to several rows.
const ASKING_FOR_SEVERAL: &[&[&str]] = &[
    &["user", "confirm", "alan", "ada"],
    &["user", "confirm", "--all"],
    &["user", "confirm", "--filter", "status:pending"],
    &["session", "renew", "7", "8"],
    &["session", "renew", "--filter", "alan"],
    &["directory", "provision", "--all"],
    &["bin", "restore", "7", "8"],
    &["bin", "restore", "--all"],
];

const NOT_ASKING: &[&[&str]] = &[
    &["user", "add", "--firstname", "A", "--lastname", "B", "--email", "a@b"],
    &["user", "add", "--firstname", "A", "--lastname", "B", "--email", "a@b", "--access-level", "user"],
    &["user", "edit", "alan", "--address", ""],
    &["user", "edit", "alan", "--status", "confirmed"],
    &["user", "confirm", "alan"],
    &["user", "access-code", "alan"],
    &["session", "issue", "alan"],
    &["session", "renew", "7"],
    &["session", "sweep"],
    &["directory", "add", "a"],
    &["directory", "rename", "a", "b"],
    &["directory", "move", "a", "b"],
    &["directory", "provision", "alan"],
    &["user", "restore", "alan"],
    &["directory", "restore", "a/b"],
    &["bin", "restore", "7"],
    &["undo"],
    &["undo", "7"],
];

fn with_file(world: World<'_>) -> World<'_> {
    World { file: Some(("f", "correct horse battery\n")), ..world }
}

/// Runs a command over a service in which each action ends two sessions.
fn run(world: World<'_>, args: &[&str]) -> Ran {
    world.run(args, &mut |_, _| Ok(done(2)))
}

#[test]
fn nobody_to_ask_is_exit_2_and_nothing_is_done() {
    for args in ASKING.iter().chain(PURGES) {
        let ran = run(with_file(World::default()), args);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.executed().is_empty(), "{args:?}");
        assert!(ran.err.contains("--yes"), "{args:?}: {}", ran.err);
    }
    let ran = run(with_file(World::terminal()), &["user", "delete", "alan", "--no-input"]);
    assert_eq!((ran.code, ran.asked.len()), (2, 0));
}

#[test]
fn nothing_is_asked_about_what_is_so_already() {
    let so_already =
        || Ok(Reply::Done(ActionSummary { unchanged: 2, ..ActionSummary::new(Action::Revoked) }));
    let ran = World::terminal().run(&["session", "revoke", "7", "8"], &mut |_, _| so_already());
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("Nothing to change") && !ran.err.contains("[y/N]"), "{}", ran.err);
}

#[test]
fn yes_answers_beforehand() {
    for args in ASKING.iter().chain(PURGES) {
        let args = [args, &["--yes"][..]].concat();
        let ran = run(with_file(World::default()), &args);
        assert_eq!((ran.code, ran.asked.len()), (0, 1), "{args:?}: {}", ran.err);
    }
}

#[test]
fn only_a_yes_goes_on() {
    for args in ASKING {
        for (input, code) in [("y\n", 0), ("YES\n", 0), ("n\n", 2), ("\n", 2), ("", 2), ("yup\n", 2)] {
            let world = World { input, ..with_file(World::terminal()) };
            let ran = run(world, args);
            assert_eq!(ran.code, code, "{args:?} {input:?}");
            assert_eq!(ran.executed().len(), usize::from(code == 0), "{args:?} {input:?}");
            assert!(ran.err.contains(" [y/N] "), "{args:?}: {}", ran.err);
        }
    }
}

/// Runs a command over a service that finds this many accounts.
fn run_for(accounts: i64, world: World<'_>, args: &[&str]) -> Ran {
    let summary =
        ActionSummary { accounts: accounts.unsigned_abs(), ..ActionSummary::new(Action::Confirmed) };
    let rows = CountedRows { ids: (1..=accounts).collect(), left_out: None, all_or_nothing: false };
    world.run(args, &mut |_, dry_run| {
        Ok(if dry_run {
            Reply::Counted { summary: summary.clone(), rows: rows.clone() }
        } else {
            Reply::Done(summary.clone())
        })
    })
}

#[test]
fn what_turns_out_to_be_for_several_rows_is_asked_about_then() {
    for args in ASKING_FOR_SEVERAL {
        let ran = run_for(2, World::default(), args);
        assert_eq!((ran.code, ran.executed().len()), (2, 0), "{args:?}: {}", ran.err);
        assert!(ran.err.contains("--yes"), "{args:?}: {}", ran.err);
        let ran = run_for(2, World { input: "y\n", ..World::terminal() }, args);
        assert_eq!((ran.code, ran.executed().len()), (0, 1), "{args:?}: {}", ran.err);
        let ran = run_for(1, World::default(), args);
        assert_eq!((ran.code, ran.executed().len()), (0, 1), "{args:?}: {}", ran.err);
        let ran = run_for(0, World::default(), args);
        assert_eq!((ran.code, ran.err.as_str()), (0, "Nothing to confirm.\n"), "{args:?}");
    }
}

#[test]
fn more_than_ten_rows_take_their_number() {
    for args in ASKING_FOR_SEVERAL {
        for (input, code) in [("11\n", 0), (" 11 \n", 0), ("y\n", 2), ("yes\n", 2), ("10\n", 2), ("\n", 2)] {
            let ran = run_for(11, World { input, ..World::terminal() }, args);
            assert_eq!(
                (ran.code, ran.executed().len()),
                (code, usize::from(code == 0)),
                "{args:?} {input:?}"
            );
            assert!(ran.err.starts_with("Confirm 11 accounts? Type 11 to confirm: "), "{}", ran.err);
        }
    }
}

#[test]
fn what_is_done_is_done_to_the_rows_that_were_counted() {
    let ran = run_for(3, World { input: "y\n", ..World::terminal() }, &["user", "delete", "--all"]);
    let Some((Request::Counted(counted), false)) = ran.asked.last() else { panic!("{:?}", ran.asked) };
    let rows = counted.rows.as_ref().unwrap();
    assert_eq!((&rows.ids[..], rows.all_or_nothing), (&[1, 2, 3][..], false));
}

#[test]
fn as_many_rows_as_expected_or_nothing() {
    let act = ["user", "confirm", "--all", "--yes", "--expect"];
    for (expect, code) in [("3", 0), ("2", 4), ("4", 4), ("0", 4)] {
        let ran = run_for(3, World::default(), &[&act[..], &[expect]].concat());
        assert_eq!((ran.code, ran.executed().len()), (code, usize::from(code == 0)), "{expect}: {}", ran.err);
    }
    let ran = run_for(3, World::default(), &[&act[..], &["2"]].concat());
    assert_eq!(ran.err, "nexus: It applies to 3 rows, not to 2.\n  hint: Nothing was changed.\n");
    let ran = run_for(3, World::default(), &[&act[..], &["3"]].concat());
    let Some((Request::Counted(counted), _)) = ran.asked.last() else { panic!("{:?}", ran.asked) };
    assert!(counted.rows.as_ref().unwrap().all_or_nothing);
    let ran = run_for(3, World::default(), &[&act[..], &["2", "--dry-run"]].concat());
    assert_eq!(ran.code, 4);
    let ran = run_for(3, World::default(), &["user", "confirm", "--all", "--expect", "3"]);
    assert_eq!((ran.code, ran.executed().len()), (2, 0), "it asks all the same");
    for wrong in ["-1", "x", ""] {
        assert_eq!(run_for(3, World::default(), &[&act[..], &[wrong]].concat()).code, 2, "{wrong}");
    }
}

#[test]
fn a_purge_goes_on_only_with_the_name() {
    for args in PURGES {
        for (input, code) in [
            ("alan\n", 0),
            (" alan \r\n", 0),
            ("y\n", 2),
            ("yes\n", 2),
            ("Alan\n", 2),
            ("3\n", 2),
            ("\n", 2),
            ("", 2),
        ] {
            let ran = run(World { input, ..World::terminal() }, args);
            assert_eq!(
                (ran.code, ran.executed().len()),
                (code, usize::from(code == 0)),
                "{args:?} {input:?}"
            );
        }
    }
}

#[test]
fn a_name_is_typed_as_the_terminal_shows_it() {
    let purge = |label: &str, input| {
        let summary = ActionSummary {
            label: Some(label.into()),
            accounts: 1,
            sessions: 2,
            ..ActionSummary::new(Action::Purged)
        };
        World { input, ..World::terminal() }
            .run(&["user", "purge", "3"], &mut |_, _| Ok(Reply::Done(summary.clone())))
    };
    let ran = purge("al\x1ban ", "al␛an\n");
    let question = "Purge “al␛an ” with 2 sessions? Type al␛an to purge: ";
    assert_eq!((ran.code, ran.err), (0, format!("{question}Purged “al␛an ” with 2 sessions.\n")));
    assert_eq!(purge(" ", "\n").code, 2);
}

#[test]
fn the_question_counts_what_it_will_touch() {
    let world = World { input: "no\n", ..World::terminal() };
    let ran = run(world, &["user", "suspend", "alan"]);
    insta::assert_snapshot!(ran.err, @r"
    Suspend alan, end 2 sessions? [y/N] nexus: Nothing was changed.
    ");
}

#[test]
fn what_cannot_be_done_is_not_asked() {
    let world = World { input: "y\n", ..World::terminal() };
    let ran = world.run(&["user", "delete", "ada"], &mut |_, _| {
        Err(Failure::new(FailureKind::Refused, "ada is the last usable admin.").hint("promote another first"))
    });
    insta::assert_snapshot!(ran.err, @r"
    nexus: ada is the last usable admin.
      hint: promote another first
    ");
    assert_eq!(ran.code, 5);
}

#[test]
fn the_rest_never_asks() {
    for args in NOT_ASKING {
        let ran = run_for_one(World::default(), args);
        assert_eq!((ran.code, ran.executed().len()), (0, 1), "{args:?}: {}", ran.err);
    }
}

/// Runs a command over a service that does one thing, by name.
fn run_for_one(world: World<'_>, args: &[&str]) -> Ran {
    let summary =
        ActionSummary { label: Some("alan".into()), accounts: 1, ..ActionSummary::new(Action::Confirmed) };
    world.run(args, &mut |_, _| Ok(Reply::Done(summary.clone())))
}

#[test]
fn a_code_that_replaces_one_is_asked_about() {
    let summary = ActionSummary {
        replaces_code: true,
        label: Some("alan".into()),
        accounts: 1,
        ..ActionSummary::new(Action::CodeMade)
    };
    let make = |world: World<'_>| {
        world.run(&["user", "access-code", "alan"], &mut |_, _| Ok(Reply::Done(summary.clone())))
    };
    assert_eq!(make(World::default()).code, 2);
    assert_eq!(make(World { input: "y\n", ..World::terminal() }).code, 0);
}

#[test]
fn a_dry_run_never_asks_and_changes_nothing() {
    for args in ASKING.iter().chain(PURGES).chain(NOT_ASKING) {
        let args = [args, &["--dry-run"][..]].concat();
        let ran = run(with_file(World::default()), &args);
        assert_eq!((ran.code, ran.asked.len()), (0, 1), "{args:?}");
        assert!(ran.executed().is_empty(), "{args:?}");
        assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", "Would suspend alan, end 2 sessions.\n"));
    }
}

#[test]
fn a_replacing_import_tells_what_it_takes() {
    let taken = TableCounts { users: 300, sessions: 688, directories: 1 };
    let report = ImportReport { taken, read: taken, replaced: 12, ..ImportReport::default() };
    let mut answer = |_: &Request, _| Ok(Reply::Imported(Box::new(report.clone())));
    let args = &["import", "legacy.sql", "--replace"];
    assert_eq!(World::default().run(args, &mut answer).code, 2);
    let ran = World { input: "y\n", ..World::terminal() }.run(args, &mut answer);
    insta::assert_snapshot!(ran.err, @r"
    Import 300 accounts, 688 sessions, 1 directory, replacing 12 accounts in the store? [y/N] Read 300 accounts, 688 sessions, 1 directory.
    Imported 300 accounts, 688 sessions, 1 directory.
      12 accounts replaced accounts in the store
    ");
    assert_eq!((ran.code, ran.asked.len()), (0, 2));
}

#[test]
fn an_act_on_one_row_is_held_to_the_number_too() {
    let acts = [
        &["user", "add", "--firstname", "A", "--lastname", "B", "--email", "a@b.c"][..],
        &["user", "edit", "alan", "--firstname", "A"],
        &["user", "password", "alan", "--password-stdin"],
        &["user", "access-code", "alan"],
        &["user", "access-code", "alan", "--revoke"],
        &["user", "restore", "alan"],
        &["user", "purge", "alan"],
        &["session", "issue", "alan"],
        &["directory", "add", "a"],
        &["directory", "rename", "a", "b"],
        &["directory", "move", "a", "b"],
        &["directory", "restore", "a"],
        &["directory", "purge", "a"],
        &[
            "setup",
            "--username",
            "a",
            "--firstname",
            "A",
            "--lastname",
            "B",
            "--email",
            "a@b.c",
            "--password-stdin",
        ],
    ];
    for act in acts {
        for (expect, code) in [("1", 0), ("2", 4), ("0", 4)] {
            let world = World { input: "correct horse battery\n", ..World::default() };
            let ran = world.act(&[act, &["--yes", "--expect", expect]].concat());
            assert_eq!(
                (ran.code, ran.executed().len()),
                (code, usize::from(code == 0)),
                "{act:?}: {}",
                ran.err
            );
        }
    }
    for no_act in [&["user", "list"][..], &["user", "access-code", "--list"], &["session", "list"]] {
        assert_eq!(World::default().act(&[no_act, &["--expect", "1"]].concat()).code, 2, "{no_act:?}");
    }
}
