//! Which acts ask, what they ask, and what each answer leads to.

use super::super::errand::Course;
use super::super::testing::{Ran, World, done};
use crate::service::contract::{
    Failure, FailureKind, ImportReport, Reply, Request, TableCounts, Tally, Verb,
};

const ASKING: &[&[&str]] = &[
    &["user", "delete", "alan"],
    &["user", "suspend", "alan"],
    &["user", "demote", "alan"],
    &["user", "password", "alan", "--password-file", "f"],
    &["user", "edit", "alan", "--status", "pending"],
    &["user", "edit", "alan", "--access-level", "admin"],
    &["session", "revoke", "7", "8"],
    &["session", "revoke", "--filter", "alan"],
    &["directory", "trash", "a/b"],
];

/// These want the name.
const PURGES: &[&[&str]] =
    &[&["user", "purge", "alan"], &["user", "purge", "3"], &["directory", "purge", "a/b"]];

const NOT_ASKING: &[&[&str]] = &[
    &["user", "add", "--firstname", "A", "--lastname", "B", "--email", "a@b"],
    &["user", "edit", "alan", "--address", ""],
    &["user", "confirm", "alan"],
    &["user", "promote", "alan"],
    &["user", "access-code", "alan"],
    &["user", "access-code", "alan", "--revoke"],
    &["session", "issue", "alan"],
    &["session", "renew", "7"],
    &["session", "revoke", "7", "7"],
    &["session", "sweep"],
    &["directory", "add", "a"],
    &["directory", "rename", "a", "b"],
    &["directory", "move", "a", "b"],
    &["directory", "provision", "alan"],
    &["user", "restore", "alan"],
    &["directory", "restore", "a/b"],
    &["undo"],
    &["undo", "7"],
];

fn with_file(world: World<'_>) -> World<'_> {
    World { file: Some(("f", "correct horse battery\n")), ..world }
}

/// Runs it over a service in which each act ends two sessions.
fn run(world: World<'_>, args: &[&str]) -> Ran {
    world.run(args, &mut |_, _| Ok(done(2)))
}

#[test]
fn nobody_to_ask_is_exit_2_and_nothing_is_done() {
    for args in ASKING.iter().chain(PURGES) {
        let ran = run(with_file(World::default()), args);
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.for_good().is_empty(), "{args:?}");
        assert!(ran.err.contains("--yes"), "{args:?}: {}", ran.err);
    }
    let ran = run(with_file(World::terminal()), &["user", "delete", "alan", "--no-input"]);
    assert_eq!((ran.code, ran.asked.len()), (2, 0));
}

#[test]
fn nothing_is_asked_about_what_is_so_already() {
    let so_already = || Ok(Reply::Done(Tally { unchanged: 2, ..Tally::new(Verb::Revoked) }));
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
            assert_eq!(ran.for_good().len(), usize::from(code == 0), "{args:?} {input:?}");
            assert!(ran.err.contains(" [y/N] "), "{args:?}: {}", ran.err);
        }
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
                (ran.code, ran.for_good().len()),
                (code, usize::from(code == 0)),
                "{args:?} {input:?}"
            );
        }
    }
}

#[test]
fn a_name_is_typed_as_the_terminal_shows_it() {
    let purge = |label: &str, input| {
        let tally = Tally { label: Some(label.into()), accounts: 1, sessions: 2, ..Tally::new(Verb::Purged) };
        World { input, ..World::terminal() }
            .run(&["user", "purge", "3"], &mut |_, _| Ok(Reply::Done(tally.clone())))
    };
    let ran = purge("al\x1ban ", "al␛an\n");
    let question = "Purge al␛an  with 2 sessions? It is for good. Type the name to go on: ";
    assert_eq!((ran.code, ran.err), (0, format!("{question}Purged al␛an  with 2 sessions.\n")));
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
        let ran = run(World::default(), args);
        assert_eq!((ran.code, ran.asked.len()), (0, 1), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_dry_run_never_asks_and_changes_nothing() {
    for args in ASKING.iter().chain(PURGES).chain(NOT_ASKING) {
        let args = [args, &["--dry-run"][..]].concat();
        let ran = run(with_file(World::default()), &args);
        assert_eq!((ran.code, ran.asked.len()), (0, 1), "{args:?}");
        assert!(ran.for_good().is_empty(), "{args:?}");
        assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", "Would suspend alan, end 2 sessions.\n"));
    }
}

#[test]
fn ending_one_session_by_filter_does_not_ask() {
    let ran = World::default().run(&["session", "revoke", "--filter", "alan"], &mut |_, _| Ok(done(1)));
    assert_eq!((ran.code, ran.for_good().len()), (0, 1));
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
    Take 300 accounts, 688 sessions, 1 directory, replacing 12 accounts of the store? [y/N] Read 300 accounts, 688 sessions, 1 directory.
    Took 300 accounts, 688 sessions, 1 directory.
      12 accounts took the place of accounts in the store
    ");
    assert_eq!((ran.code, ran.asked.len()), (0, 2));
}

/// An import of a file in which two accounts are admins: it is done only where they were agreed to, or nobody is asked.
fn with_admins(request: &Request, _: Course) -> Result<Reply, Failure> {
    let Request::Import(wish) = request else { panic!("{request:?}") };
    let admins = vec!["ada".to_owned(), "zo\u{eb}\u{1b}".to_owned()];
    let report = ImportReport { admins: admins.clone(), ..ImportReport::default() };
    if wish.agreed_admins.as_ref().is_some_and(|agreed| *agreed != admins) {
        return Err(Failure::new(FailureKind::Conflict, "not agreed to").with_report(report));
    }
    Ok(Reply::Imported(Box::new(report)))
}

#[test]
fn imported_admins_are_asked_about_on_a_terminal() {
    let args = &["import", "legacy.sql"];
    let question = "These 2 accounts become admins: ada, zoë␛. Import them? [y/N] ";
    let agreed = World { input: "y\n", ..World::terminal() }.run(args, &mut with_admins);
    assert!(agreed.err.starts_with(question), "{}", agreed.err);
    assert_eq!((agreed.code, agreed.asked.len()), (0, 2));
    let declined = World { input: "n\n", ..World::terminal() }.run(args, &mut with_admins);
    assert_eq!((declined.code, declined.asked.len()), (2, 1));
}

#[test]
fn imported_admins_are_not_asked_about_elsewhere() {
    let run = |world: World, args: &[&str]| {
        let ran = world.run(&[&["import", "legacy.sql"], args].concat(), &mut with_admins);
        assert_eq!((ran.code, ran.asked.len()), (0, 1), "{args:?} {}", ran.err);
        assert!(ran.err.contains("2 accounts are admins: ada, zoë␛"), "{}", ran.err);
    };
    run(World::default(), &[]);
    run(World::terminal(), &["--yes"]);
    run(World::terminal(), &["--dry-run"]);
}

#[test]
fn a_replacing_import_names_the_admins_in_its_question() {
    let mut answer = |request: &Request, course| match request {
        Request::Import(wish) if course == Course::ForGood => {
            assert_eq!(wish.agreed_admins.as_ref().map(Vec::len), Some(2), "what was agreed to");
            with_admins(request, course)
        }
        _ => with_admins(request, course),
    };
    let args = &["import", "legacy.sql", "--replace"];
    let ran = World { input: "y\n", ..World::terminal() }.run(args, &mut answer);
    assert!(ran.err.contains("These 2 accounts become admins: ada"), "{}", ran.err);
    assert_eq!((ran.code, ran.asked.len()), (0, 2));
}
