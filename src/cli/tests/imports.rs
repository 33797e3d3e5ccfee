//! Admins that an import brings: how they are named, and the question about them.

use crate::service::contract::{Failure, FailureKind, ImportReport, Reply, Request};

use super::super::testing::World;

/// Imports a file in which two accounts are admins: only if they were confirmed, or if nobody is asked.
fn with_admins(request: &Request, _: bool) -> Result<Reply, Failure> {
    let Request::Import(import) = request else { panic!("{request:?}") };
    let admins = vec!["ada".to_owned(), "zo\u{eb}\u{1b}".to_owned()];
    let report = ImportReport { admins: admins.clone(), ..ImportReport::default() };
    if import.agreed_admins.as_ref().is_some_and(|agreed| *agreed != admins) {
        return Err(Failure::new(FailureKind::Conflict, "not agreed to").with_report(report));
    }
    Ok(Reply::Imported(Box::new(report)))
}

#[test]
fn imported_admins_are_asked_about_on_a_terminal() {
    let args = &["import", "legacy.sql"];
    let question = "These 2 accounts become admins:\n  ada\n  zoë␛\nImport them? [y/N] ";
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
        assert!(ran.err.contains("  2 accounts are admins:\n    ada\n    zoë␛\n"), "{}", ran.err);
    };
    run(World::default(), &[]);
    run(World::terminal(), &["--yes"]);
    run(World::terminal(), &["--dry-run"]);
}

#[test]
fn a_replacing_import_names_the_admins_in_its_question() {
    let mut answer = |request: &Request, dry_run: bool| match request {
        Request::Import(import) if !dry_run => {
            assert_eq!(import.agreed_admins.as_ref().map(Vec::len), Some(2), "what was agreed to");
            with_admins(request, dry_run)
        }
        _ => with_admins(request, dry_run),
    };
    let args = &["import", "legacy.sql", "--replace"];
    let ran = World { input: "y\n", ..World::terminal() }.run(args, &mut answer);
    assert!(ran.err.contains("These 2 accounts become admins:\n  ada\n  zoë␛\n"), "{}", ran.err);
    assert_eq!((ran.code, ran.asked.len()), (0, 2));
}

#[test]
fn many_imported_admins_stand_one_a_line_and_the_rest_is_counted() {
    let mut many = |request: &Request, _: bool| {
        let Request::Import(import) = request else { panic!("{request:?}") };
        let admins: Vec<_> = (1..=500).map(|n| format!("admin{n}")).collect();
        let report = ImportReport { admins, ..ImportReport::default() };
        match import.agreed_admins {
            Some(ref agreed) if *agreed != report.admins => {
                Err(Failure::new(FailureKind::Conflict, "not agreed to").with_report(report))
            }
            Some(_) | None => Ok(Reply::Imported(Box::new(report))),
        }
    };
    let asked = World { input: "n\n", ..World::terminal() }.run(&["import", "legacy.sql"], &mut many);
    assert!(
        asked.err.starts_with("These 500 accounts become admins:\n  admin1\n  admin2\n"),
        "{}",
        asked.err
    );
    assert!(asked.err.contains("\n  admin19\n  and 481 more\nImport them? [y/N] "), "{}", asked.err);
    let told = World::default().run(&["import", "legacy.sql"], &mut many);
    assert!(told.err.contains("  500 accounts are admins:\n    admin1\n"), "{}", told.err);
    assert!(told.err.contains("\n    admin19\n    and 481 more\n"), "{}", told.err);
}
