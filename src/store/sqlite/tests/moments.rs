//! Moments as other programs write them: SQL and NEXUS read the same, everywhere.

use proptest::prelude::*;
use rusqlite::types::Value;

use crate::domain::directory::DirectoryColumn;
use crate::domain::page::Sort;
use crate::domain::session::{Session, SessionColumn};
use crate::domain::time::{from_stored, to_stored};

use super::super::moments::ENDS;
use super::*;

/// Returns the time that SQL reads from a value as a session's expiration.
fn by_sql(connection: &Connection, value: &Value) -> Option<String> {
    let sql = format!("SELECT {ENDS} FROM (SELECT ?1 AS expiration) s");
    connection.query_row(&sql, [value], |row| row.get(0)).unwrap()
}

fn by_nexus(value: &Value) -> Option<String> {
    let Value::Text(text) = value else { return None };
    from_stored(text).map(to_stored)
}

/// Texts near to times: a time with a piece of it replaced by something else.
fn nearly_a_time() -> impl Strategy<Value = String> {
    let part = |fine: &'static str, odd: &'static str| prop_oneof![8 => fine, 1 => odd];
    let zone = prop_oneof![
        3 => Just(String::new()),
        2 => Just("Z".to_owned()),
        2 => "[+-][01][0-9]:[0-5][0-9]",
        1 => "[ zZ+\\-\t]{0,2}[0-9:]{0,6}[ \t\u{b}]{0,2}",
    ];
    (
        part("[0-9]{4}", "[0-9]{0,5}"),
        part("-[01][0-9]-[0-3][0-9]", "[-/][0-9]{1,2}-?[0-9]{0,2}"),
        prop_oneof![4 => "[ T]", 1 => "[tT ]{0,2}"],
        prop_oneof![
            8 => "[012][0-9]:[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?",
            1 => "",
            1 => "[0-9:.]{0,12}",
        ],
        zone,
        prop_oneof![9 => "", 1 => "\\PC{1,2}"],
        prop_oneof![9 => "", 1 => Just("\0x".to_owned())],
    )
        .prop_map(|(year, date, between, time, zone, rest, nul)| {
            format!("{year}{date}{between}{time}{zone}{rest}{nul}")
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]
    #[test]
    fn sql_and_nexus_read_the_same_moments(text in prop_oneof![9 => nearly_a_time(), 1 => any::<String>()]) {
        let connection = Connection::open_in_memory().unwrap();
        let value = Value::Text(text);
        prop_assert_eq!(by_sql(&connection, &value), by_nexus(&value), "{:?}", value);
    }
}

#[test]
fn sql_and_nexus_agree_on_what_is_no_time() {
    let connection = Connection::open_in_memory().unwrap();
    let texts = [
        "",
        "now",
        "never",
        "2026-02-29",
        "2024-02-29",
        "2026-02-30",
        "2026-04-31T10:00",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "0000-00-00 00:00:00",
        "0000-12-31",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-14:00",
        "2026-11-23 24:00:00",
        "2026-11-23 24:00:00.5",
        "2026-11-23 23:59:60",
        "2026-11-23 10:00:00.",
        "2026-11-23 10:00:00.9996+02:00",
        "2026-11-23 10:00:00.5.5",
        "2026-11-23 10:00:00..5",
        "12:00",
        "2460000.5",
        "1764547200",
        "-2026-11-23",
        "2026-11-23 10:00:00\0+02:00",
        "2026-11-23\0",
        "2026-11-23T10:00:00.5Z\0x",
        "２026-11-23",
        "2026-11-23 10:00:00 localtime",
        "2026-11-23 utc",
        "2026-11-23 10:00:00 +02:00 ",
    ];
    let texts = texts.map(|text| Value::Text(text.into()));
    let others = [
        Value::Null,
        Value::Integer(20_261_123),
        Value::Real(2_460_000.5),
        Value::Blob(b"2026-11-23 10:00:00".to_vec()),
    ];
    for value in texts.into_iter().chain(others) {
        assert_eq!(by_sql(&connection, &value), by_nexus(&value), "{value:?}");
    }
}

/// Ends as other programs write them, all an hour or more away from the present.
const LATER: [&str; 6] = [
    "2026-11-23 13:00:00",
    "2026-11-23T13:00:00",
    "2026-11-23T13:00:00.250Z",
    "2026-11-23T15:00:00+02:00",
    "2026-11-23T13:00",
    "2026-11-24",
];
const OVER: [&str; 9] = [
    "2026-11-23 11:00:00",
    "2026-11-23T11:00:00Z",
    "2026-11-23T13:00:00+02:00",
    "2026-11-23T11:00",
    "2026-11-23",
    "never",
    "",
    "9999",
    "2027-02-30 00:00:00",
];

#[test]
fn every_list_count_and_filter_judges_sessions_alike() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let ada = keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let other = Connection::open(folder.path().join("nexus.db")).unwrap();
    let insert = |n: usize, text: Option<&str>| {
        let sql = "INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration) VALUES (1, ?, ?)";
        other.execute(sql, rusqlite::params![n.to_string(), text]).unwrap();
        other.last_insert_rowid()
    };
    let active: Vec<i64> = LATER.iter().enumerate().map(|(n, text)| insert(n, Some(text))).collect();
    let texts = OVER.iter().map(|text| Some(*text)).chain([None]);
    let over: Vec<i64> = texts.enumerate().map(|(n, text)| insert(100 + n, text)).collect();
    let ids = |store: &SqliteStore, expression: &str| {
        let filter = Filter::parse(ListKind::Sessions, expression).unwrap();
        look(store, |rows| rows.session_ids(now(), &filter))
    };
    assert_eq!(ids(&store, "status:active"), active);
    assert_eq!(ids(&store, "status:expired"), over);
    assert_eq!(ids(&store, "user:ada status:active"), active);
    assert_eq!(ids(&store, "expires:<2h"), active[..5]);
    assert_eq!(ids(&store, "expires:>2h"), active[5..]);
    for id in active.iter().chain(&over) {
        let session: Session = look(&store, |rows| rows.session(*id)).unwrap();
        assert_eq!(session.ended(now()).is_none(), active.contains(id), "{session:?}");
    }
    let user = look(&store, |rows| rows.user(now(), &crate::domain::user::Who::Id(ada))).unwrap();
    assert_eq!(user.active_sessions, active.len() as u64);
    let list = |column| ListOf { sort: Sort { column, descending: false }, ..ListOf::default() };
    let by_end = look(&store, |rows| {
        rows.sessions(
            now(),
            &list(SessionColumn::Expiration),
            RowRange { anchor: Anchor::Position(0), before: 0, len: 99 },
        )
    });
    let ends: Vec<_> = by_end.rows.iter().map(|session| session.expiration).collect();
    assert!(ends.is_sorted(), "{ends:?}");

    assert_eq!(look(&store, |rows| rows.overdue(now())).len(), over.len());
    assert_eq!(keep(&mut store, |rows| rows.sweep(now(), 100)).len(), over.len());
    assert_eq!(ids(&store, "status:active"), active);
    let swept = look(&store, |rows| rows.session(over[1])).unwrap();
    assert_eq!(swept.why_ended(now()).unwrap(), "expired, 23 Nov 2026 11:00 UTC");
}

#[test]
fn accounts_and_directories_of_other_programs_are_found_and_sorted_by_what_their_times_mean() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let other = Connection::open(folder.path().join("nexus.db")).unwrap();
    for (n, text) in
        ["2026-11-23T13:00:00+02:00", "2026-11-23T11:30:00Z", "soon", "2026-11-23", "2026-11-23 10:00:00"]
            .iter()
            .enumerate()
    {
        let sql = "INSERT INTO de_torres_vincent_users (firstname, lastname, email, password, created_at, updated_at)
                   VALUES ('a', 'b', ?1, 'x', ?2, ?2)";
        other.execute(sql, rusqlite::params![format!("{n}@x"), text]).unwrap();
        let sql = "INSERT INTO de_torres_vincent_user_directories
                     (user_id, directory_id, directory_name, directory_path, date_added, last_modified, last_accessed)
                   VALUES (1, ?1, 'a', ?1, ?2, ?2, ?2)";
        other.execute(sql, rusqlite::params![n.to_string(), text]).unwrap();
    }
    let sorted = |column| {
        let list = ListOf { sort: Sort { column, descending: false }, ..ListOf::default() };
        let span = RowRange { anchor: Anchor::Position(0), before: 0, len: 99 };
        let window = look(&store, |rows| rows.users(now(), &list, span));
        window.rows.iter().map(|user| user.id.0).collect::<Vec<_>>()
    };
    assert_eq!(sorted(UserColumn::Created), [3, 4, 5, 1, 2]);
    assert_eq!(sorted(UserColumn::Updated), [3, 4, 5, 1, 2]);
    for column in [DirectoryColumn::Added, DirectoryColumn::Modified] {
        for scope in [None, Some(UserId(1))] {
            let sort = Sort { column, descending: false };
            let list = ListOf { scope, sort, ..ListOf::default() };
            let rows = look(&store, |rows| rows.directories(now(), &list, ALL)).rows;
            assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [3, 4, 5, 1, 2], "{scope:?}");
        }
    }
    let created = |bound: &str| {
        let filter = Filter::parse(ListKind::Users, &format!("created:{bound}")).unwrap();
        look(&store, |rows| rows.user_ids(now(), &filter))
    };
    assert_eq!((created("<90m"), created(">90m")), (vec![1, 2], vec![4, 5]));
    let filter = Filter::parse(ListKind::Directories, "created:<90m seen:<90m").unwrap();
    let list = ListOf { filter, ..ListOf::default() };
    let span = RowRange { anchor: Anchor::Position(0), before: 0, len: 99 };
    let found = look(&store, |rows| rows.directories(now(), &list, span));
    assert_eq!(found.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn the_view_holds_what_is_active_by_the_real_clock() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let other = Connection::open(folder.path().join("nexus.db")).unwrap();
    for (token, expiration) in [
        ("a", "2999-01-01T00:00:00+02:00"),
        ("b", "2999-01-02"),
        ("c", "2000-01-01"),
        ("d", "soon"),
        ("e", "now"),
    ] {
        let sql = "INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration) VALUES (1, ?, ?)";
        other.execute(sql, [token, expiration]).unwrap();
    }
    let valid = || {
        let mut statement = other.prepare("SELECT * FROM nexus_valid_sessions ORDER BY session_id").unwrap();
        let read = |row: &rusqlite::Row<'_>| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
        };
        statement
            .query_map([], read)
            .unwrap()
            .map(|row| row.unwrap())
            .collect::<Vec<(i64, i64, String, String)>>()
    };
    let expected =
        [(1, 1, "a".into(), "2998-12-31 22:00:00".into()), (2, 1, "b".into(), "2999-01-02 00:00:00".into())];
    assert_eq!(valid(), expected);
    other.execute("UPDATE de_torres_vincent_users SET status = 'suspended'", []).unwrap();
    assert_eq!(valid(), []);
}

#[test]
fn what_is_no_end_is_told_as_it_stands_and_no_filter_takes_it_for_a_time() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    another_program(&folder)
        .execute_batch(
            "INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration) VALUES
               (1, 'a', 'never'), (1, 'b', 99), (1, 'c', NULL), (1, 'd', '2026-02-30 00:00:00'), (1, 'e', x'ff'),
               (1, 'f', '2099-01-01T00:00:00Z');",
        )
        .unwrap();
    let sessions = |filter: &str| {
        let filter = Filter::parse(ListKind::Sessions, filter).unwrap();
        look(&store, |rows| {
            rows.sessions(now(), &ListOf { filter: filter.clone(), ..ListOf::default() }, ALL)
        })
        .rows
    };
    let told: Vec<_> =
        sessions("user:ada").into_iter().map(|session| session.unreadable_expiration).collect();
    let told: Vec<_> = told.iter().map(Option::as_deref).collect();
    let replaced = "\u{fffd}";
    assert_eq!(told, [Some("never"), Some("99"), None, Some("2026-02-30 00:00:00"), Some(replaced), None]);
    let ids = |filter: &str| sessions(filter).into_iter().map(|session| session.id).collect::<Vec<_>>();
    assert_eq!(ids("status:active"), [6]);
    assert_eq!(ids("status:expired"), [1, 2, 3, 4, 5]);
    assert_eq!(ids("expires:<2h"), [0; 0]);
    assert_eq!(ids("expires:<99999d"), [6]);
}
