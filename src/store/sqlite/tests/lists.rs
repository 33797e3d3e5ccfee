//! Long lists: read from any place, while others change them, and filtered by the words in memory.

use proptest::prelude::*;

use crate::domain::directory::DirectoryColumn;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::{Sort, Window};
use crate::domain::session::SessionColumn;
use crate::domain::user::User;
use crate::store::IdleWork;

use super::super::keyset::{KeysetPosition, Order, ScanStart, places};
use super::super::{denormalized, sort_orders};
use super::*;

/// More rows than are counted off from an end, so that fences have to be set.
const ROWS: u64 = 2_600;

/// Returns a store with many accounts that another program made: names repeat, some are not ASCII, some have no username.
fn crowd(folder: &TempDir) -> SqliteStore {
    let mut store = fresh(folder);
    another_program(folder)
        .execute_batch(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
             INSERT INTO de_torres_vincent_users (firstname, lastname, username, email, password, status, access_level,
               created_at, updated_at, contact_number)
             SELECT char(65 + i % 7) || 'é', char(0xc9 + i % 3) || (i * 7919 % 40), iif(i % 5, 'U' || (i * 31 % 3001), NULL),
               'm' || (i * 17 % 3001) || '@x.example', '!', iif(i % 9, 'confirmed', 'pending'), iif(i % 100, 'user', 'admin'),
               datetime('2020-01-01', '+' || (i * 13 % 500) || ' hours'), datetime('2021-01-01', '+' || (i % 50) || ' days'),
               iif(i % 3, '+' || (i * 37 % 997), NULL)
             FROM n;
             INSERT INTO nexus_accounts (user_id, last_seen) SELECT id, datetime('2022-01-01', '+' || (id % 70) || ' hours')
             FROM de_torres_vincent_users WHERE id % 4 = 0;"
        ))
        .unwrap();
    // What is not ASCII is finished by whoever writes next, a part each time.
    for _ in 0..=ROWS / 500 {
        keep(&mut store, |_| Ok(()));
    }
    store
}

fn list(column: UserColumn, descending: bool) -> ListOf<UserColumn> {
    ListOf { sort: Sort { column, descending }, ..ListOf::default() }
}

/// Returns the ids in order, as SQLite sorts them.
fn sorted(store: &SqliteStore, wanted: &ListOf<UserColumn>) -> Vec<i64> {
    users::list(now(), wanted).ids_in_order(&store.connection).unwrap()
}

fn window(store: &SqliteStore, wanted: &ListOf<UserColumn>, anchor: Anchor, before: u32) -> Window<User> {
    look(store, |rows| rows.users(now(), wanted, RowRange { anchor, before, len: 30 }))
}

fn ids(window: &Window<User>) -> Vec<i64> {
    window.rows.iter().map(|user| user.id.0).collect()
}

#[test]
fn what_every_other_column_shows_is_an_order_too() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    another_program(&folder)
        .execute_batch(
            "INSERT INTO de_torres_vincent_users (id, firstname, lastname, username, email, password, status) VALUES
               (1, 'A', 'A', 'zoe', 'a@x', '!', 'confirmed'), (2, 'B', 'B', 'Ada', 'b@x', '!', 'confirmed'),
               (3, 'C', 'C', NULL, 'm@x', '!', 'confirmed');
             INSERT INTO de_torres_vincent_session_tokens (id, user_id, session_token, expiration, status) VALUES
               (1, 2, 'a', '2099-01-01 00:00:00', 'active'), (2, 2, 'b', '2099-01-01 00:00:00', 'active'),
               (3, 1, 'c', '2099-01-01 00:00:00', 'active'), (4, 3, 'd', '2001-01-01 00:00:00', 'active'),
               (5, 3, 'e', '2099-01-01 00:00:00', 'expired');
             INSERT INTO nexus_sessions (session_id, origin, detail, started_at) VALUES
               (1, 'service', 'web', '2026-11-23 09:00:00'), (2, 'console', 'pts/1', '2026-11-23 10:00:00'),
               (5, 'service', 'tv', '2026-11-22 10:00:00');
             INSERT INTO de_torres_vincent_user_directories (id, user_id, directory_id, directory_name, directory_path)
               VALUES (1, 1, 'r1', '00001_ZOE', '00001_ZOE'), (2, 2, 'r2', '00002_ADA', '00002_ADA'),
               (3, 3, 'r3', '00003_M', '00003_M'), (4, 2, 'r4', 'Photos', '00002_ADA/Photos'),
               (5, 2, 'r5', 'Videos', '00002_ADA/Videos'), (6, 1, 'r6', 'Photos', '00001_ZOE/Photos');",
        )
        .unwrap();
    let all = RowRange { anchor: Anchor::Position(0), before: 0, len: 30 };
    let accounts = |descending| {
        let wanted = list(UserColumn::Sessions, descending);
        ids(&look(&store, |rows| rows.users(now(), &wanted, all)))
    };
    assert_eq!((accounts(false), accounts(true)), (vec![3, 1, 2], vec![2, 1, 3]), "one of them is over");
    let words = Filter::parse(ListKind::Users, "status:confirmed").unwrap();
    let filtered = ListOf { filter: words, ..list(UserColumn::Sessions, true) };
    assert_eq!(ids(&look(&store, |rows| rows.users(now(), &filtered, all))), [2, 1, 3]);
    let sessions = |column, descending| {
        let wanted = ListOf { sort: Sort { column, descending }, ..ListOf::default() };
        let window = look(&store, |rows| rows.sessions(now(), &wanted, all));
        window.rows.iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(sessions(SessionColumn::Started, false), [3, 4, 5, 1, 2]);
    assert_eq!(sessions(SessionColumn::Origin, true), [1, 5, 2, 4, 3]);
    assert_eq!(
        sessions(SessionColumn::State, true),
        [3, 2, 1, 4, 5],
        "what is active first, the newest at the top, whatever the rows say"
    );
    let wanted = ListOf {
        filter: Filter::parse(ListKind::Sessions, "!user:zoe").unwrap(),
        sort: Sort { column: SessionColumn::State, descending: true },
        ..ListOf::default()
    };
    let found = look(&store, |rows| rows.sessions(now(), &wanted, all)).rows;
    assert_eq!(found.iter().map(|session| session.id).collect::<Vec<_>>(), [2, 1, 4, 5], "filtered, too");
    let directories = |column, descending| {
        let wanted = ListOf { sort: Sort { column, descending }, ..ListOf::default() };
        let window = look(&store, |rows| rows.tree(&wanted, &std::collections::BTreeSet::new(), all));
        window.rows.iter().map(|row| row.directory.id).collect::<Vec<_>>()
    };
    assert_eq!(directories(DirectoryColumn::Owner, false), [2, 3, 1]);
    assert_eq!(directories(DirectoryColumn::Below, true), [2, 1, 3]);
}

#[test]
fn every_order_is_right_at_any_place_both_ways() {
    let folder = TempDir::new().unwrap();
    let store = crowd(&folder);
    for (column, descending) in USER_COLUMNS.into_iter().flat_map(|column| [(column, false), (column, true)])
    {
        let wanted = list(column, descending);
        let expected = sorted(&store, &wanted);
        for at in [0, 1, 255, 256, 257, 1_023, 1_024, 1_300, 1_700, ROWS - 2, ROWS - 1, ROWS + 5] {
            let shown = at.min(ROWS - 1);
            let found = window(&store, &wanted, Anchor::Position(at), 10);
            let first = shown.saturating_sub(10);
            let expected_rows: Vec<_> = expected.iter().skip(first as usize).take(30).copied().collect();
            assert_eq!((found.first, found.anchor, found.total), (first, Some(shown), ROWS), "{wanted:?}");
            assert_eq!(ids(&found), expected_rows, "{wanted:?} at {at}");
            let anchor = Anchor::Row { id: expected[shown as usize], last_seen_at: 0 };
            assert_eq!(
                ids(&window(&store, &wanted, anchor, 10)),
                expected_rows,
                "{wanted:?} around {anchor:?}"
            );
        }
    }
}

#[test]
fn while_others_remove_rows_the_right_ones_show_and_soon_at_their_exact_places() {
    let folder = TempDir::new().unwrap();
    let mut store = crowd(&folder);
    let wanted = list(UserColumn::Email, false);
    let before = sorted(&store, &wanted);
    window(&store, &wanted, Anchor::Position(1_300), 0);
    for id in &before[5..12] {
        another_program(&folder).execute("DELETE FROM de_torres_vincent_users WHERE id = ?", [id]).unwrap();
    }
    let after = sorted(&store, &wanted);
    let row = Anchor::Row { id: before[1_300], last_seen_at: 1_300 };
    let found = window(&store, &wanted, row, 0);
    assert_eq!(ids(&found), &after[1_293..1_323]);
    assert_eq!(found.total, ROWS - 7);
    assert!(found.anchor.unwrap().abs_diff(1_293) <= 7);
    while store.run_idle_work().unwrap() != IdleWork::Refreshed {}
    assert_eq!(window(&store, &wanted, row, 0).anchor, Some(1_293));
    assert_eq!(store.run_idle_work(), Ok(IdleWork::Done));
}

#[test]
fn sessions_are_found_by_words_as_by_their_rows() {
    let folder = TempDir::new().unwrap();
    let store = crowd(&folder);
    let other = another_program(&folder);
    for change in [
        "INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration, status)
         SELECT id % 900 + 1, id, datetime('2026-11-20', '+' || (id % 200) || ' hours'), iif(id % 3, 'active', 'expired')
         FROM de_torres_vincent_users",
        "UPDATE de_torres_vincent_users SET lastname = 'Ünïque', email = 'one' || id || '@x' WHERE id IN (7, 70, 700)",
        "DELETE FROM de_torres_vincent_users WHERE id % 50 = 3",
    ] {
        other.execute_batch(change).unwrap();
        for expression in
            ["unique", "e", "u2 status:active", "!e1 m1", "email:one", "email:m1 level:admin"]
        {
            let filter = Filter::parse(ListKind::Sessions, expression).unwrap();
            for column in [SessionColumn::Id, SessionColumn::User, SessionColumn::Expiration] {
                for descending in [false, true] {
                    let sort = Sort { column, descending };
                    let wanted = ListOf { filter: filter.clone(), scope: None, sort };
                    let expected = sessions::list(now(), &wanted).ids_in_order(&store.connection).unwrap();
                    let found = look(&store, |rows| rows.sessions(now(), &wanted, ALL));
                    let found: Vec<_> = found.rows.iter().map(|session| session.id).collect();
                    assert_eq!(found, expected, "{expression} by {column:?} after {change}");
                }
            }
        }
    }
}

#[test]
fn what_others_change_is_found_by_filters_at_once() {
    let folder = TempDir::new().unwrap();
    let store = crowd(&folder);
    let other = another_program(&folder);
    for change in [
        "SELECT 1",
        "UPDATE de_torres_vincent_users SET lastname = 'Ünïque' WHERE id IN (7, 70, 700)",
        "UPDATE de_torres_vincent_users SET status = 'suspended' WHERE id BETWEEN 100 AND 130",
        "DELETE FROM de_torres_vincent_users WHERE id % 50 = 3",
        "INSERT INTO de_torres_vincent_users (firstname, lastname, email, password) VALUES ('Zoë', 'Ünïque', 'z@x', '!')",
        "UPDATE de_torres_vincent_users SET id = 9000 WHERE id = 11",
        "UPDATE de_torres_vincent_users SET access_level = 'admin' WHERE id % 30 = 1",
        "UPDATE de_torres_vincent_users SET email = 'unique' || id || '@x' WHERE id > 100",
    ] {
        other.execute_batch(change).unwrap();
        for expression in [
            "unique",
            "e",
            "zoe",
            "a1 status:pending",
            "!e",
            "status:suspended",
            "level:admin !2",
            "m1 has:sessions",
            "email:1 status:pending",
            "!email:m1 email:x",
            "email:unique has:home",
        ] {
            for sort in [UserColumn::Name, UserColumn::Id, UserColumn::Email] {
                let filter = Filter::parse(ListKind::Users, expression).unwrap();
                let wanted = ListOf { filter, ..list(sort, true) };
                let expected = sorted(&store, &wanted);
                let found = window(&store, &wanted, Anchor::Position(0), 0);
                assert_eq!(found.total, expected.len() as u64, "{expression} after {change}");
                let first: Vec<_> = expected.into_iter().take(30).collect();
                assert_eq!(ids(&found), first, "{expression} by {sort:?} after {change}");
            }
        }
    }
}

#[test]
fn a_reading_can_be_stopped_from_outside() {
    let folder = TempDir::new().unwrap();
    let store = crowd(&folder);
    let interrupter = store.interrupter();
    let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    store
        .connection
        .create_scalar_function("stop", 0, rusqlite::functions::FunctionFlags::SQLITE_UTF8, move |_| {
            interrupter.stop();
            Ok(1)
        })
        .unwrap();
    let endless =
        store.connection.query_row(&sql.replace("count(*)", "sum(stop())"), [], |row| row.get::<_, i64>(0));
    assert_eq!(error::of(endless.unwrap_err()), StoreError::Stopped);
    assert_eq!(window(&store, &list(UserColumn::Id, false), Anchor::Position(0), 0).total, ROWS);
}

/// A change of another program to directories.
#[derive(Debug, Clone)]
enum BulkAction {
    Add(String),
    Remove(u8),
    Rename(u8, String),
}

fn actions() -> impl Strategy<Value = Vec<BulkAction>> {
    let path = || "[ab](/[abÄ]){0,3}";
    let action = prop_oneof![
        4 => path().prop_map(BulkAction::Add),
        1 => any::<u8>().prop_map(BulkAction::Remove),
        2 => (any::<u8>(), path()).prop_map(|(which, path)| BulkAction::Rename(which, path)),
    ];
    prop::collection::vec(action, 1..25)
}

fn nodes(connection: &Connection) -> Vec<(i64, i64)> {
    let mut statement = connection.prepare("SELECT id, parent FROM nexus_directories ORDER BY id").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(|row| row.unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn triggers_keep_the_tree_as_it_would_be_worked_out_anew(actions in actions()) {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
        let other = another_program(&folder);
        let one = "(SELECT id FROM de_torres_vincent_user_directories ORDER BY (id * 7 + ?1) % 11, id LIMIT 1)";
        for (at, action) in actions.iter().enumerate() {
            match action {
                BulkAction::Add(path) => other.execute(
                    "INSERT INTO de_torres_vincent_user_directories (user_id, directory_id, directory_name, directory_path)
                     VALUES (1, ?1, 'n', ?2)", rusqlite::params![at.to_string(), path]),
                BulkAction::Remove(which) => other.execute(
                    &format!("DELETE FROM de_torres_vincent_user_directories WHERE id = {one}"), [which]),
                BulkAction::Rename(which, path) => other.execute(
                    &format!("UPDATE de_torres_vincent_user_directories SET directory_path = ?2 WHERE id = {one}"),
                    rusqlite::params![which, path]),
            }.unwrap();
            let kept = nodes(&store.connection);
            denormalized::all_directories(&store.connection).unwrap();
            prop_assert_eq!(kept, nodes(&store.connection), "{:?}", action);
        }
    }
}

#[test]
fn a_word_is_found_in_paths_in_any_case_and_signs_mean_themselves() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let ada = keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    for (at, path) in
        ["00001_A/100%_ok", "00001_A/Übungen", "00001_A/back\\slash", "00001_A/1000 ok"].iter().enumerate()
    {
        let new = crate::store::NewDirectory {
            directory_id: at.to_string(),
            ..crate::store::contract_tests::folder(ada, path)
        };
        keep(&mut store, |rows| rows.insert_directory(&new));
    }
    for (word, found) in [
        ("ubung", 1),
        ("ÜBUNG", 1),
        ("100%", 1),
        ("0_o", 0),
        ("%_O", 1),
        ("\\s", 1),
        ("ok", 2),
        ("00001_a/", 4),
    ] {
        for scope in [None, Some(ada)] {
            let filter = Filter::parse(ListKind::Directories, word).unwrap();
            let wanted = ListOf { filter, scope, ..ListOf::default() };
            let window = look(&store, |rows| rows.directories(now(), &wanted, ALL));
            assert_eq!(window.total, found, "{word} {scope:?}");
        }
    }
}

#[test]
fn an_older_store_gets_what_lists_need_for_the_rows_it_has() {
    let folder = TempDir::new().unwrap();
    let older = another_program(&folder);
    for step in &super::super::schema::STEPS[..2] {
        older.execute_batch(step).unwrap();
    }
    older
        .execute_batch(
            "INSERT INTO de_torres_vincent_users (firstname, lastname, email, password) VALUES ('Zoë', 'Ünal', 'z@x', '!');
             INSERT INTO de_torres_vincent_user_directories (user_id, directory_id, directory_name, directory_path)
             VALUES (1, 'a', 'A', '1_Z/A'), (1, 'b', '1_Z', '1_Z'), (1, 'c', 'Ä', '1_Z/A/Ä');
             PRAGMA application_id = 0x4e585553;
             PRAGMA user_version = 2;",
        )
        .unwrap();
    let mut store = fresh(&folder);
    assert_eq!(nodes(&store.connection), [(1, 2), (2, 0), (3, 1)]);
    keep(&mut store, |_| Ok(()));
    let name: String =
        store.connection.query_row("SELECT name FROM nexus_names", [], |row| row.get(0)).unwrap();
    assert_eq!(name, "unal zoe");
}

#[test]
fn an_order_without_equal_keys_is_read_on_by_one_statement() {
    for (column, count) in [(UserColumn::Username, 1), (UserColumn::Email, 1), (UserColumn::Phone, 2)] {
        let order = Order { ranges: sort_orders::of_users(column), descending: false };
        let range = order.ranges.len() - 1;
        let place = KeysetPosition { range, key: values::Stored::Text("a".into()), id: 1 };
        for start in [ScanStart::At(&place), ScanStart::Beyond(&place)] {
            assert_eq!(order.statements(start, places(1)).len(), count, "{column:?}");
        }
    }
}
