//! Arguments become requests.

use crate::domain::filter::{Filter, Test};
use crate::domain::page::Selection;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Fields, Status, UserId, Who};
use crate::service::contract::{
    AccountAction, AccountChange, AccountSelection, Accounts, Directories, DirectorySelector, Reply, Request,
    Sessions, SignIn, UserDetail,
};

use super::super::testing::{World, done, user};
use super::super::*;

/// Returns the only request that a command makes.
fn request(args: &[&str]) -> Request {
    let world = World { input: "correct horse battery\r\nmore\n", ..World::default() };
    let mut ran = world.act(&[args, &["--yes"]].concat());
    assert_eq!((ran.code, ran.asked.len()), (0, 1), "{args:?}: {}", ran.err);
    ran.asked.remove(0).0
}

fn account(args: &[&str]) -> Accounts {
    match request(args) {
        Request::Accounts(accounts) => accounts,
        other => panic!("{other:?}"),
    }
}

fn ada() -> Who {
    Who::Username("ada".into())
}

fn secret() -> Secret {
    Secret::from_text("correct horse battery").unwrap()
}

#[test]
fn accounts() {
    let named = |who: &[Who]| AccountSelection::Named(who.to_vec());
    assert_eq!(
        account(&["user", "confirm", "ada", "3", "x@y"]),
        AccountAction::Confirm.on(named(&[ada(), Who::Id(UserId(3)), Who::Email("x@y".into())]))
    );
    for action in AccountAction::ALL {
        let words: Vec<_> = action.command().split(' ').chain(["ada", "--reason", "why not"]).collect();
        assert_eq!(account(&words), action.on(named(&[ada()])));
    }
    assert_eq!(
        account(&["user", "access-code", "ada", "--for", "90m"]),
        AccountChange::MakeCode { life: Duration::minutes(90) }.of(ada())
    );
    assert_eq!(
        account(&["user", "access-code", "ada"]),
        AccountChange::MakeCode { life: Duration::hours(24) }.of(ada())
    );
    assert_eq!(account(&["user", "access-code", "ada", "--revoke"]), AccountChange::RevokeCode.of(ada()));
    assert_eq!(account(&["user", "invite"]), Accounts::Invite { life: Duration::hours(24) });
    assert_eq!(account(&["user", "invite", "--for", "7d"]), Accounts::Invite { life: Duration::days(7) });
    assert_eq!(account(&["user", "invite", "3", "--revoke"]), Accounts::RevokeInvitation(3));
}

#[test]
fn fields_of_accounts() {
    let fields = Fields {
        first_name: Some("Ada".into()),
        last_name: Some("Byron".into()),
        email: Some("a@b".into()),
        address: Some(String::new()),
        level: Some(AccessLevel::Admin),
        status: Some(Status::Confirmed),
        ..Fields::default()
    };
    let texts = ["--firstname", "Ada", "--lastname", "Byron", "--email", "a@b", "--address", ""];
    let words = ["--access-level", "admin", "--status", "Confirmed"];
    assert_eq!(
        account(&[&["user", "add"], &texts[..], &words].concat()),
        Accounts::Add { fields: fields.clone(), password: None, must_change: false }
    );
    assert_eq!(
        account(&[&["user", "edit", "ada"], &texts[..], &words].concat()),
        AccountChange::Edit { fields, was: None }.of(ada())
    );
}

#[test]
fn passwords_come_by_line() {
    let set = |must_change| AccountChange::SetPassword { password: secret(), must_change }.of(ada());
    assert_eq!(account(&["user", "password", "ada", "--password-stdin"]), set(false));
    assert_eq!(account(&["user", "password", "ada", "--password-stdin", "--must-change"]), set(true));
    let recover = |password| AccountChange::Recover { password }.of(ada());
    assert_eq!(account(&["recover", "ada"]), recover(None));
    assert_eq!(account(&["recover", "ada", "--password-stdin"]), recover(Some(secret())));
    let names = ["--username", "ada", "--email", "a@b", "--firstname", "A", "--lastname", "B"];
    match request(&[&["setup"], &names[..], &["--password-stdin"]].concat()) {
        Request::SignIn(SignIn::SetUp { fields, password }) => {
            assert_eq!((fields.username.as_deref(), password), (Some("ada"), secret()));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn passwords_come_from_files_and_prompts() {
    let args = ["user", "password", "ada", "--yes"];
    let file = World { file: Some(("f", "correct horse battery")), ..World::default() };
    let typed = World { typed: &["correct horse battery"; 2], ..World::terminal() };
    for ran in [file.act(&[&args[..], &["--password-file", "f"]].concat()), typed.act(&args)] {
        assert!(matches!(
            &ran.asked[..],
            [(Request::Accounts(Accounts::Change { change: AccountChange::SetPassword { password, .. }, .. }), _)] if *password == secret()
        ));
    }
}

#[test]
fn bad_passwords_are_invalid_before_anything_is_asked() {
    let long = "x".repeat(2_000);
    for (input, words) in [("", "No password"), (long.as_str(), "longer than 256 characters")] {
        let ran = World { input, ..World::default() }.act(&[
            "user",
            "password",
            "ada",
            "--password-stdin",
            "--yes",
        ]);
        assert_eq!((ran.code, ran.asked.len()), (6, 0));
        assert!(ran.err.contains(words), "{}", ran.err);
    }
    let typed = World { typed: &["one", "two"], ..World::terminal() };
    let ran = typed.act(&["user", "password", "ada"]);
    assert_eq!((ran.code, ran.err.as_str()), (6, "nexus: The two passwords differ.\n"));
    let ran = World::default().act(&["user", "password", "ada", "--password-file", "gone", "--yes"]);
    assert_eq!((ran.code, ran.err.as_str()), (6, "nexus: Cannot read gone: entity not found.\n"));
}

#[test]
fn sessions() {
    let session = |args: &[&str]| match request(args) {
        Request::Sessions(sessions) => sessions,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        session(&["session", "issue", "ada"]),
        Sessions::Issue { who: ada(), life: Duration::hours(8), label: None }
    );
    assert_eq!(
        session(&["session", "renew", "7", "--for", "2d"]),
        Sessions::Renew { which: Selection::one(7), life: Duration::days(2) }
    );
    assert_eq!(session(&["session", "revoke", "8", "7", "8"]), Sessions::Revoke(Selection::Ids(vec![7, 8])));
    assert_eq!(session(&["session", "sweep"]), Sessions::Sweep);
}

#[test]
fn revoking_a_users_sessions_needs_the_user() {
    let detail = UserDetail {
        user: user(3, "alan"),
        home: None,
        directories: 0,
        status_set: None,
        code: None,
        must_change: false,
        second_factor: crate::service::contract::FactorState::None,
        waits: Vec::new(),
    };
    let ran = World::default().run(&["session", "revoke", "--user", "alan", "--yes"], &mut |request, _| {
        match request {
            Request::Accounts(Accounts::Show(_)) => Ok(Reply::User(Box::new(detail.clone()))),
            _ => Ok(done(2)),
        }
    });
    let filter = Filter::default().and(Test::User(Who::Id(UserId(3))));
    assert_eq!(
        ran.asked.last().unwrap().0,
        Request::Sessions(Sessions::Revoke(Selection::Shown { filter, except: vec![] }))
    );
}

#[test]
fn directories() {
    let directory = |args: &[&str]| match request(args) {
        Request::Directories(directories) => directories,
        other => panic!("{other:?}"),
    };
    let place = |path: &str| DirectorySelector::Path(path.into());
    assert_eq!(
        directory(&["directory", "add", "a/b", "--owner", "ada"]),
        Directories::Add { path: "a/b".into(), owner: Some(ada()) }
    );
    assert_eq!(
        directory(&["directory", "rename", "a/b", "c/d"]),
        Directories::Rename { place: place("a/b"), name: "c/d".into() }
    );
    assert_eq!(
        directory(&["directory", "move", "a/b", "c"]),
        Directories::Move { place: place("a/b"), to: place("c") }
    );
    assert_eq!(
        directory(&["directory", "trash", "a", "b"]),
        Directories::Trash(vec![place("a"), place("b")])
    );
    assert_eq!(
        directory(&["directory", "provision", "ada"]),
        Directories::Provision(AccountSelection::Named(vec![ada()]))
    );
}

#[test]
fn what_breaks_a_rule_is_exit_6() {
    for args in [
        &["user", "show", ""][..],
        &["user", "show", "99999999999999999999"],
        &["user", "list", "--filter", ""],
        &["user", "list", "--filter", "colour:red"],
        &["session", "revoke", "--filter", "", "--yes"],
        &["user", "delete", "--filter", "", "--yes"],
        &["user", "delete", "--filter", "  ", "--yes"],
        &["directory", "trash", "--id", "00003_ALAN", "--yes"],
        &["session", "issue", "ada", "--for", "8"],
        &["user", "access-code", "ada", "--for", "0h"],
    ] {
        let ran = World::default().act(args);
        assert_eq!((ran.code, ran.asked.len()), (6, 0), "{args:?}: {}", ran.err);
    }
}
