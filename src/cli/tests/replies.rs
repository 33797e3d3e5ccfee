//! Replies become output, failures become exit codes.

use crate::domain::foreign::RowPlace;
use crate::domain::time::Duration;
use crate::domain::user::{AccountNames, User, UserId};
use crate::service::contract::{
    Action, ActionSummary, ChangedLater, CodeInForce, CodeTerms, Failure, FailureKind, Import, ImportReport,
    LaterStatements, Progress, RefusedRow, Reply, Request, Sessions, TableCounts, UnreadDate, UserDetail,
};

use super::super::testing::{World, now, session, user};
use super::super::*;

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
fn an_invitation_says_what_it_needs() {
    let reply = Reply::Secret {
        summary: ActionSummary { label: Some("invitation 3".into()), ..ActionSummary::new(Action::Invited) },
        secret: Secret::from_text("3-7K3M-9QXT").unwrap(),
        expires_at: now() + Duration::hours(24),
    };
    let ran = World::default().run(&["user", "invite"], &mut |_, _| Ok(reply.clone()));
    assert_eq!(ran.out, "3-7K3M-9QXT\n");
    assert!(
        ran.err.ends_with("It works while the config file says registration = \"code\".\n"),
        "{}",
        ran.err
    );
}

#[test]
fn a_token_is_read_as_one_line() {
    let good = |request: &Request, _| match request {
        Request::Sessions(Sessions::Verify(token)) if token.expose() == "nxs_good" => {
            let session = session(7, "2026-11-23 20:00:00");
            let User { username, email, .. } = user(3, "alan");
            Ok(Reply::Verified(Box::new(session), Box::new(AccountNames { username, email })))
        }
        _ => Err(Failure::new(FailureKind::Refused, "The token is invalid.")),
    };
    let verify = |input| {
        World { input, ..World::default() }.run(&["session", "verify", "--format", "json"], &mut { good })
    };
    let ran = verify("nxs_good\n");
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!(ran.out, @r#"{"user_id":3,"username":"alan","email":"alan@nexus.example","session_id":7,"short_id":"3fa9c1e0","expiration":"2026-11-23T20:00:00Z","origin":"console","origin_detail":"pts/3","label":null,"started_at":"2026-11-23T07:41:00Z"}"#);
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
        status_set: None,
        code: None,
        must_change: true,
        second_factor: crate::service::contract::FactorState::None,
        waits: Vec::new(),
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
        terms: CodeTerms { expires_at: now() + Duration::hours(1), tries_left: 5, made: None },
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
        more_unknown_columns: 0,
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
        report: None,
    };
    assert_eq!(ran.asked, [(Request::Import(wanted), false)]);
    insta::assert_snapshot!("import_json", import(&["--format", "json", "--dry-run"]).out);
}
