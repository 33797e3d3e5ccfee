use chrono::NaiveDate;
use proptest::prelude::*;

use crate::domain::journal::{Action, EntityKind};
use crate::domain::session::RowStatus;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Status, Who};

use super::*;

const SUBJECTS: [ListKind; 5] =
    [ListKind::Users, ListKind::Sessions, ListKind::Directories, ListKind::Journal, ListKind::Bin];

fn tests(expression: &str) -> Vec<Test> {
    Filter::parse(ListKind::Users, expression).unwrap().terms.into_iter().map(|term| term.test).collect()
}

fn error(subject: ListKind, expression: &str) -> FilterError {
    Filter::parse(subject, expression).unwrap_err()
}

#[test]
fn words_are_folded_and_all_must_hold() {
    assert_eq!(tests("  Müller  ŁUKASZ "), [Test::Word("muller".into()), Test::Word("lukasz".into())]);
}

#[test]
fn keys_take_their_values() {
    assert_eq!(
        tests("status:Pending level:admin user:ada created:<30d seen:>2w has:sessions"),
        [
            Test::Status(Status::Pending),
            Test::Level(AccessLevel::Admin),
            Test::User(Who::Username("ada".into())),
            Test::Created(Bound::Under(Duration::days(30))),
            Test::Seen(Bound::Over(Duration::days(14))),
            Test::HasSessions,
        ]
    );
    let sessions = Filter::parse(ListKind::Sessions, "status:active expires:<2h").unwrap();
    assert_eq!(sessions.terms[0].test, Test::State(RowStatus::Active));
}

#[test]
fn the_journal_has_keys_of_its_own() {
    let filter = Filter::parse(ListKind::Journal, "by:ada verb:log-in user:alan since:2d session:34");
    let tests: Vec<_> = filter.unwrap().terms.into_iter().map(|term| term.test).collect();
    assert_eq!(
        tests,
        [
            Test::By("ada".into()),
            Test::Action(Action::LoggedIn),
            Test::User(Who::Username("alan".into())),
            Test::Since(Since::Ago(Duration::days(2))),
            Test::EntityRef(EntityKind::Session, 34),
        ]
    );
    let day = Filter::parse(ListKind::Journal, "since:2026-11-01 result:refused").unwrap();
    assert_eq!(day.terms[0].test, Test::Since(Since::Day(NaiveDate::from_ymd_opt(2026, 11, 1).unwrap())));
    let days = Filter::parse(ListKind::Journal, "since:2026-11-01..2026-11-07").unwrap();
    let of = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    assert_eq!(days.terms[0].test, Test::Since(Since::Days(of(1), of(7))));
    for wrong in ["since:2026-11-07..2026-11-01", "since:2026-11-01..", "since:..2026-11-01"] {
        assert_eq!(error(ListKind::Journal, wrong).at, 0, "{wrong}");
    }
    let moment = "since:2026-11-01T08:30:05Z";
    let at = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap().and_hms_opt(8, 30, 5).unwrap().and_utc();
    let parsed = Filter::parse(ListKind::Journal, &format!("{moment} account:unknown")).unwrap();
    assert_eq!(parsed.terms[0].test, Test::Since(Since::At(at)));
    assert_eq!(parsed.terms[1].test, Test::UnknownAccount);
    assert_eq!(parsed.to_string(), format!("{moment} account:unknown"));
    assert_eq!(error(ListKind::Journal, "since:2026-11-01T25:30:05Z").at, 0);
    assert_eq!(error(ListKind::Journal, "since:2026-13-01").at, 0);
    assert_eq!(error(ListKind::Journal, "store:1").at, 0);
}

#[test]
fn a_bang_turns_a_term_round() {
    let filter = Filter::parse(ListKind::Users, "!ada !status:pending").unwrap();
    assert!(filter.terms.iter().all(|term| term.negated));
}

#[test]
fn quotes_keep_blanks_and_colons() {
    assert_eq!(tests("\"a: b\" x"), [Test::Word("a: b".into()), Test::Word("x".into())]);
}

#[test]
fn a_quote_is_doubled_in_quotes() {
    assert_eq!(tests("\"a\"\"b\""), [Test::Word("a\"b".into())]);
    assert_eq!(tests("user:\"\"\"a b\"\"\""), [Test::User(Who::Username("\"a b\"".into()))]);
}

#[test]
fn every_name_that_a_store_may_hold_can_be_asked_for() {
    for name in
        ["zoë", "two words", "bob ", "-dash", "a:b", "!x", "a\"b", "\"", "a\u{a0}b", "ÄÖ@ü", "\u{200b}"]
    {
        let who = Who::parse(name).unwrap();
        let written = Filter::default().and(Test::User(who.clone())).to_string();
        assert_eq!(tests(&written), [Test::User(who)], "{written}");
    }
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_place() {
    for (expression, at) in [
        ("", 0),
        ("   ", 0),
        ("!", 0),
        ("\"\"", 0),
        ("ada colour:red", 4),
        ("ada status:", 4),
        ("status:gone", 0),
        ("created:30d", 0),
        ("created:2026-02-01..2026-01-01", 0),
        ("created:2026-02-30..2026-03-01", 0),
        ("created:2026-02-01..", 0),
        ("created:+2026-02-01..2026-03-01", 0),
        ("created:never", 0),
        ("has:homes", 0),
        ("email:\u{301}", 0),
        ("from:x", 0),
        ("é \"open", 2),
        ("expires:2h", 0),
        ("::", 0),
        ("user:99999999999999999999", 0),
        ("user:\"a\"\"", 0),
    ] {
        assert_eq!(error(ListKind::Users, expression).at, at, "{expression}");
    }
}

#[test]
fn the_message_names_what_would_be_right() {
    assert_eq!(
        error(ListKind::Directories, "x status:active").to_string(),
        "unknown key status: use one of user:ada email:example.org id:56 created:<30d seen:>30d (at character 3)"
    );
}

#[test]
fn a_filter_is_written_as_it_is_typed() {
    for (subject, typed) in [
        (
            ListKind::Users,
            "muller !status:pending level:admin user:ada !id:3 has:sessions created:<30d seen:>2w",
        ),
        (ListKind::Users, "\"a: b\" \"!c\" !\"!d\" user:\"a b@c\""),
        (
            ListKind::Users,
            "email:\"a b\" email:x@y created:2026-01-01..2026-02-01 seen:never !has:code has:home has:failures",
        ),
        (ListKind::Sessions, "status:active expires:<90m user:17"),
        (ListKind::Sessions, "level:admin email:x origin:imported expires:2026-01-01..2026-01-01"),
        (ListKind::Journal, "from:\"fe80::1\" from:pts/3"),
        (
            ListKind::Journal,
            "by:ada verb:log-in since:2d since:2026-11-01 since:2026-11-01..2026-11-07 result:refused session:34",
        ),
    ] {
        assert_eq!(Filter::parse(subject, typed).unwrap().to_string(), typed);
    }
}

proptest! {
    #[test]
    fn what_was_read_is_written(
        word in any::<String>(),
        key in "(!?(status|level|user|email|created|expires|seen|has|origin|by|from|verb|since|session):)?",
        value in "[a-z0-9@!:\"＂： <>]{0,8}|pending|active|admin|<[0-9]{1,3}[smhdw]|[0-9]{1,3}d|2026-11-0[1-9]|2026-11-0[1-5]..2026-11-0[3-9]|never|home|code|console|delete",
    ) {
        let expression = format!("{word} {key}{value}");
        for subject in SUBJECTS {
            for expression in [&expression, &word, &expression.replace('"', "")] {
                if let Ok(filter) = Filter::parse(subject, expression) {
                    prop_assert_eq!(Filter::parse(subject, &filter.to_string()), Ok(filter));
                }
            }
        }
    }

    #[test]
    fn it_never_panics_and_never_shows_everything(expression in any::<String>()) {
        for subject in SUBJECTS {
            if let Ok(filter) = Filter::parse(subject, &expression) {
                prop_assert!(!filter.is_empty());
            }
        }
    }

    #[test]
    fn one_more_term_is_one_more_condition(a in "[a-z!:\" <0-9]{0,12}", b in "[a-z!:\" <0-9]{0,12}") {
        let both = Filter::parse(ListKind::Users, &format!("{a} {b}"));
        if let (Ok(a), Ok(b), Ok(both)) =
            (Filter::parse(ListKind::Users, &a), Filter::parse(ListKind::Users, &b), both)
        {
            let mut terms = a.terms;
            terms.extend(b.terms);
            prop_assert_eq!(terms, both.terms);
        }
    }
}

#[test]
fn every_suggestion_is_a_filter() {
    for subject in SUBJECTS {
        for key in keys(subject) {
            let before = format!("{}:", key.name);
            assert!(Filter::parse(subject, &format!("{before}{}", key.example)).is_ok(), "{before}");
            let FilterOptions::Texts(texts) = complete(subject, &before).options else { continue };
            assert!(!texts.is_empty(), "{before}");
            for text in texts {
                assert!(Filter::parse(subject, &format!("{before}{text}")).is_ok(), "{before}{text}");
            }
        }
    }
}
