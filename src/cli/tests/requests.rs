//! Arguments become requests, replies become output, failures become exit codes.

use crate::domain::filter::{Filter, Test};
use crate::domain::foreign::RowPlace;
use crate::domain::page::Selection;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Fields, Status, UserId, Who};
use crate::service::contract::{
    AccountAction, AccountSelection, Accounts, Action, ActionSummary, ChangedLater, CodeInForce, Directories,
    DirectorySelector, Failure, Import, ImportReport, LaterStatements, Progress, RefusedRow, Reply, Request,
    Sessions, SignIn, TableCounts, UnreadDate, UserDetail,
};

use super::super::testing::{World, done, now, session, user};
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
        let words: Vec<_> = action.command().split(' ').chain(["ada"]).collect();
        assert_eq!(account(&words), action.on(named(&[ada()])));
    }
    assert_eq!(
        account(&["user", "access-code", "ada", "--for", "90m"]),
        Accounts::MakeCode { who: ada(), life: Duration::minutes(90) }
    );
    assert_eq!(
        account(&["user", "access-code", "ada"]),
        Accounts::MakeCode { who: ada(), life: Duration::hours(24) }
    );
    assert_eq!(account(&["user", "access-code", "ada", "--revoke"]), Accounts::RevokeCode(ada()));
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
        Accounts::Edit { who: ada(), fields, was: None }
    );
}

#[test]
fn passwords_come_by_line() {
    let set = |must_change| Accounts::SetPassword { who: ada(), password: secret(), must_change };
    assert_eq!(account(&["user", "password", "ada", "--password-stdin"]), set(false));
    assert_eq!(account(&["user", "password", "ada", "--password-stdin", "--must-change"]), set(true));
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
            [(Request::Accounts(Accounts::SetPassword { password, .. }), _)] if *password == secret()
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
        Sessions::Issue { who: ada(), life: Duration::hours(8) }
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
        code_expires_at: None,
        must_change: false,
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

#[test]
fn each_kind_of_failure_has_its_exit_code() {
    for (kind, code) in [
        (FailureKind::Other, 1),
        (FailureKind::NotFound, 3),
        (FailureKind::Conflict, 4),
        (FailureKind::Refused, 5),
        (FailureKind::Invalid, 6),
        (FailureKind::Unavailable, 7),
    ] {
        let ran = World::default().run(&["user", "show", "ada"], &mut |_, _| {
            Err(Failure::new(kind, "there is no \x1b[31mada.").hint("list\u{202e} them"))
        });
        assert_eq!((ran.code, ran.out.as_str()), (code, ""));
        assert_eq!(ran.err, "nexus: there is no ␛[31mada.\n  hint: list<U+202E> them\n");
    }
}

#[test]
fn secrets_stand_alone_on_standard_output() {
    let reply = Reply::Secret {
        summary: ActionSummary {
            label: Some("ada".into()),
            accounts: 1,
            ..ActionSummary::new(Action::CodeMade)
        },
        secret: Secret::from_text("7K3M-9QXT").unwrap(),
        expires_at: now() + Duration::hours(24),
    };
    let ran = World::default().run(&["user", "access-code", "ada"], &mut |_, _| Ok(reply.clone()));
    assert_eq!(ran.out, "7K3M-9QXT\n");
    assert_eq!(ran.err, "Made an access code for ada. The code ends 24 Nov 2026 12:00 UTC.\n");
    let ran =
        World::default().run(&["user", "access-code", "ada", "--dry-run"], &mut |_, _| Ok(reply.clone()));
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", "Would make an access code for ada.\n"));
}

#[test]
fn a_token_is_read_as_one_line() {
    let good = |request: &Request, _| match request {
        Request::Sessions(Sessions::Verify(token)) if token.expose() == "nxs_good" => {
            let session = session(7, "2026-11-23 20:00:00");
            Ok(Reply::Verified(Box::new(session), Box::new(user(3, "alan"))))
        }
        _ => Err(Failure::new(FailureKind::Refused, "This token is not good.")),
    };
    let verify = |input| {
        World { input, ..World::default() }.run(&["session", "verify", "--format", "json"], &mut { good })
    };
    let ran = verify("nxs_good\n");
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!(ran.out, @r#"{"user_id":3,"username":"alan","email":"alan@nexus.example","session_id":7,"short_id":"3fa9c1e0","expiration":"2026-11-23T20:00:00Z","origin":"console","origin_detail":"pts/3","started_at":"2026-11-23T07:41:00Z"}"#);
    for input in ["nxs_bad\n", "", "\n", &"x".repeat(3_000)] {
        assert_eq!(verify(input).code, 5, "{input}");
    }
}

#[test]
fn one_account_as_a_table() {
    let detail = UserDetail {
        user: user(3, "alan"),
        home: Some("00003_ALAN".into()),
        directories: 8,
        code_expires_at: None,
        must_change: true,
    };
    let show = |args: &[&str]| {
        World::default().run(&[&["user", "show", "3"], args].concat(), &mut |_, _| {
            Ok(Reply::User(Box::new(detail.clone())))
        })
    };
    insta::assert_snapshot!("user_show_table", show(&[]).out);
    insta::assert_snapshot!("user_show_json", show(&["--format", "json"]).out);
}

#[test]
fn codes_in_force_are_listed_without_the_codes() {
    let codes = vec![CodeInForce {
        user_id: UserId(3),
        user: "alan\x1b".into(),
        expires_at: now() + Duration::hours(1),
        tries_left: 5,
    }];
    let list = |args: &[&str], codes: Vec<_>| {
        World::default().run(&[&["user", "access-code", "--list"], args].concat(), &mut |_, _| {
            Ok(Reply::Codes(codes.clone()))
        })
    };
    insta::assert_snapshot!("codes_table", list(&[], codes.clone()).out);
    insta::assert_snapshot!("codes_json", list(&["--format", "json"], codes).out);
    assert_eq!(list(&[], vec![]).err, "There are no valid access codes.\n");
}

#[test]
fn an_import_reports_everything() {
    let report = ImportReport {
        ids: vec![3, 4, 5],
        entry: Some(8),
        read: TableCounts { users: 301, sessions: 689, directories: 1_200 },
        taken: TableCounts { users: 300, sessions: 688, directories: 1_200 },
        unknown_tables: vec![("play\x1blists".into(), 2)],
        unknown_columns: vec!["de_torres_vincent_users.shoe_size".into()],
        replaced: 0,
        renumbered: 1,
        codes_dropped: 40,
        tokens_digested: 688,
        sessions_expired: 1,
        unusable_passwords: 2,
        refused: vec![
            RefusedRow {
                table: "de_torres_vincent_users",
                place: RowPlace::Line(812),
                rows: 1,
                reason: "email: no @ in x\u{202e}".into(),
            },
            RefusedRow {
                table: "de_torres_vincent_session_tokens",
                place: RowPlace::Row(40),
                rows: 1,
                reason: "no account 999".into(),
            },
        ],
        admins: vec!["ada".into(), "ro\x1bot".into()],
        end_unmarked: true,
        zones: vec!["+02:00".into()],
        zone_assumed: true,
        later_statements: vec![ChangedLater {
            line: 9,
            action: "UPDATE".into(),
            table: Some("de_torres_vincent_users".into()),
        }],
        more_later_statements: 3,
        unread_dates: vec![UnreadDate {
            table: "de_torres_vincent_session_tokens",
            place: RowPlace::Line(7),
            column: "expiration",
            text: "so\x1bon".into(),
        }],
        more_unread_dates: 2,
    };
    let import = |args: &[&str]| {
        let progress = &[(0, 10), (5, 1_000), (500, 1_000), (1_000, 1_000)]
            .map(|(done, total)| Progress { done, total });
        World { progress, ..World::default() }
            .run(&[&["import", "x.sql", "--skip-bad-rows"], args].concat(), &mut |_, _| {
                Ok(Reply::Imported(Box::new(report.clone())))
            })
    };
    let ran = import(&[]);
    insta::assert_snapshot!("import_words", ran.err);
    assert_eq!(ran.out, "");
    let wanted = Import {
        file: "x.sql".into(),
        skip_bad_rows: true,
        replace: false,
        keep_sessions: false,
        strip_prefixes: vec![],
        database: None,
        time_zone: None,
        later_statements: LaterStatements::Refuse,
        agreed_admins: None,
    };
    assert_eq!(ran.asked, [(Request::Import(wanted), false)]);
    insta::assert_snapshot!("import_json", import(&["--format", "json", "--dry-run"]).out);
}
