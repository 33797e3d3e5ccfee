//! Loads: what is put away comes back, and nothing comes out differently.

use proptest::prelude::*;

use crate::domain::bin::DeletionInfo;
use crate::domain::user::UserId;
use crate::store::sqlite::load::Loading;
use crate::store::sqlite::{denormalized, search_index};
use crate::store::{Finished, Load, NewDirectory, NewSession, NewUser};

use super::*;

/// A step of a load.
#[derive(Debug, Clone)]
enum Act {
    User(Option<i64>, &'static str, &'static str),
    Session(Option<i64>, &'static str),
    Directory(Option<i64>, &'static str),
    Delete(i64),
}

fn any_act() -> impl Strategy<Value = Act> {
    let id = || prop::option::of(1_i64..12);
    let name = || {
        prop::sample::select(vec![
            "",
            "ada",
            "ADA",
            "ａda",
            "Zoë",
            "ZOË",
            "Zoe\u{308}",
            "bob",
            "eve@x.example",
            "EVE@x.example",
            "eve",
            "\u{212a}elvin",
            "kelvin",
        ])
    };
    let token = || prop::sample::select(vec!["a", "A", "b", "c"]);
    prop_oneof![
        4 => (id(), name(), name()).prop_map(|(id, name, email)| Act::User(id, name, email)),
        2 => (id(), token()).prop_map(|(id, token)| Act::Session(id, token)),
        2 => (id(), token()).prop_map(|(id, token)| Act::Directory(id, token)),
        1 => (1_i64..4).prop_map(Act::Delete),
    ]
}

/// Does it, and says what came of it.
fn act(load: &mut dyn Load, act: &Act) -> String {
    let owner = UserId(1);
    match act {
        Act::User(id, name, email) => {
            let mut new: NewUser = account("x", AccessLevel::User);
            new.id = id.map(UserId);
            new.fields.username = Some((*name).to_owned());
            let email = format!("{}@x.example", email.trim_end_matches("@x.example"));
            new.fields.email = Some(email.clone());
            let holders = (load.holder_of_username(name), load.holder_of_email(&email));
            // Of two that are taken, either may be named.
            let both = matches!(holders, (Ok(Some(_)), Ok(Some(_))));
            if both { format!("{holders:?}") } else { format!("{holders:?} {:?}", load.insert_user(&new)) }
        }
        Act::Session(id, token) => {
            let digest = (*token).to_owned();
            let new =
                NewSession { id: *id, user_id: owner, digest, expiration: None, active: true, start: None };
            format!("{:?}", load.insert_session(new))
        }
        Act::Directory(id, name) => format!(
            "{:?}",
            load.insert_directory(NewDirectory {
                id: *id,
                user_id: owner,
                directory_id: (*name).to_owned(),
                path: (*name).to_owned(),
                name: None,
                date_added: now(),
                last_modified: None,
                last_accessed: None,
                username: None,
            })
        ),
        // The owner of all sessions and directories stays.
        Act::Delete(id) => {
            let info = DeletionInfo { at: now(), by: "ada".into(), held_until: now(), number: None };
            format!("{:?}", load.bin_user(UserId(id + 1), &info))
        }
    }
}

/// Returns all rows of the three tables, and the schema.
fn everything(connection: &Connection) -> Vec<String> {
    let of = |sql: &str| {
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let text = |at| crate::store::sqlite::values::optional(row, at).unwrap();
            Ok(format!("{:?}", (0..columns).map(text).collect::<Vec<_>>()))
        };
        statement.query_map([], row).unwrap().map(std::result::Result::unwrap).collect::<Vec<_>>()
    };
    [
        "SELECT * FROM de_torres_vincent_users ORDER BY id",
        "SELECT * FROM de_torres_vincent_session_tokens ORDER BY id",
        "SELECT * FROM de_torres_vincent_user_directories ORDER BY id",
        "SELECT * FROM nexus_name_keys ORDER BY user_id",
        "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name",
        "PRAGMA foreign_keys",
        "PRAGMA integrity_check",
        "PRAGMA foreign_key_check",
    ]
    .iter()
    .flat_map(|sql| of(sql))
    .collect()
}

fn finish_some(load: &mut dyn Load) -> Vec<Finished> {
    std::iter::from_fn(|| load.finish_some().unwrap()).collect()
}

#[test]
fn all_that_was_put_away_comes_back() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let before = everything(&store.connection);
    keep(&mut store, |rows| {
        let mut load = rows.load()?;
        assert_eq!(load.total_work(1), 2);
        let steps = finish_some(&mut *load);
        let last = steps.last().unwrap();
        assert_eq!(last.done, last.total);
        Ok(())
    });
    assert_eq!(everything(&store.connection), before);
}

#[test]
fn a_load_that_is_given_up_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.insert_user(&account("root", AccessLevel::Admin)));
    let before = everything(&store.connection);
    let outcome: Result<()> = change(&mut store, TransactionEnd::Commit, |rows| {
        let mut load = rows.load()?;
        act(&mut *load, &Act::User(None, "ada", "ada"));
        act(&mut *load, &Act::Session(None, "a"));
        load.finish_some()?;
        Err(StoreError::Busy)
    });
    assert_eq!(outcome, Err(StoreError::Busy));
    assert_eq!(everything(&store.connection), before);
}

#[test]
fn readers_go_on_meanwhile() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.insert_user(&account("root", AccessLevel::Admin)));
    let reader = fresh(&folder);
    let seen = || look(&reader, |rows| rows.user_ids(now(), &Filter::default())).len();
    keep(&mut store, |rows| {
        let mut load = rows.load()?;
        act(&mut *load, &Act::User(None, "ada", "ada"));
        assert_eq!(seen(), 1);
        finish_some(&mut *load);
        assert_eq!(seen(), 1);
        Ok(())
    });
    assert_eq!(seen(), 2);
}

#[test]
fn other_indexes_are_left_alone() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    another_program(&folder)
        .execute_batch(
            "CREATE INDEX [nexus_'s \"best\"] ON de_torres_vincent_users (lastname);
             CREATE INDEX their_index ON de_torres_vincent_users (lastname);",
        )
        .unwrap();
    keep(&mut store, |rows| {
        let mut load = rows.load()?;
        act(&mut *load, &Act::User(Some(7), "ada", "ada"));
        finish_some(&mut *load);
        Ok(())
    });
    let kept =
        "SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'de_torres_vincent_users' AND name LIKE '%''s%'";
    assert_eq!(store.connection.query_row(kept, [], |row| row.get::<_, i64>(0)), Ok(1));
}

#[test]
fn what_other_programs_check_is_checked_in_a_load_too() {
    for theirs in [
        "ALTER TABLE de_torres_vincent_users ADD COLUMN shoe INTEGER CHECK (lastname <> 'x')",
        "CREATE TABLE theirs (id INTEGER CHECK (id <> 7));
         CREATE TRIGGER theirs AFTER INSERT ON de_torres_vincent_users BEGIN INSERT INTO theirs VALUES (NEW.id); END",
    ] {
        let folder = TempDir::new().unwrap();
        let store = fresh(&folder);
        another_program(&folder).execute_batch(theirs).unwrap();
        let connection = &store.connection;
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut load = Loading::begin(connection, 1_000).unwrap();
        let mut new: NewUser = account("ada", AccessLevel::User);
        new.fields.last_name = Some("x".into());
        new.id = Some(UserId(7));
        assert!(load.insert_user(&new).is_err(), "{theirs}");
    }
}

#[test]
fn checks_hold_again_after_a_load() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let connection = &store.connection;
    let ignored =
        || connection.query_row("PRAGMA ignore_check_constraints", [], |row| row.get::<_, bool>(0)).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut load = Loading::begin(connection, 1_000).unwrap();
    assert!(ignored());
    load.finish_some().unwrap();
    assert!(!ignored(), "what is derived from the rows is checked");
    drop(load);
    drop(Loading::begin(connection, 1_000).unwrap());
    assert!(!ignored(), "also where it is given up");
}

#[test]
fn in_a_store_with_many_rows_nothing_is_put_away() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let connection = &store.connection;
    let before = everything(connection);
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(Loading::begin(connection, 1).unwrap().total_work(1), 2);
    connection.execute_batch("ROLLBACK").unwrap();
    let mut load = Loading::begin(connection, 0).unwrap();
    assert_eq!(load.total_work(1), 1);
    assert_eq!(everything(connection), before);
    // The newest sessions are worked out at the end there as well.
    assert_eq!(finish_some(&mut load).len(), 1);
}

#[test]
fn the_newest_sessions_are_filled_in_before_the_triggers_come_back() {
    for (few, firings) in [(1_000, 0), (0, 3)] {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        keep(&mut store, |rows| rows.insert_user(&account("root", AccessLevel::Admin)));
        let connection = &store.connection;
        let read = |sql| connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut load = Loading::begin(connection, few).unwrap();
        act(&mut load, &Act::User(Some(7), "ada", "ada"));
        act(&mut load, &Act::Session(None, "sha256:aa"));
        finish_some(&mut load);
        assert_eq!(read("SELECT session_token FROM de_torres_vincent_users WHERE id = 1"), "sha256:aa");
        // The new account, the session, and the account with its newest session: of a million that would cost more than
        // the rows themselves.
        let fired = read("SELECT CAST(changes AS TEXT) FROM nexus_revision");
        assert_eq!(fired, firings.to_string());
    }
}

#[test]
fn names_and_blocks_of_a_load_are_those_that_a_scan_makes() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let connection = &store.connection;
    // Bytes that are no text are among them, and lines within names.
    connection
        .execute_batch(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 9000)
             INSERT INTO de_torres_vincent_users (id, firstname, lastname, username, email, password)
             SELECT 3 * n, CASE n % 5 WHEN 0 THEN 'Zoë' WHEN 1 THEN CAST(x'ff41c3' AS TEXT) WHEN 2 THEN x'4142e2'
               WHEN 3 THEN 'Ａnn' || char(10) ELSE '' END,
               'Last' || n, iif(n % 3, 'User' || n, NULL), 'E' || n || '@X.Example', '' FROM n",
        )
        .unwrap();
    let all = || {
        [
            "SELECT * FROM nexus_names ORDER BY user_id",
            "SELECT first, ids, domains, numbers, lengths, words FROM nexus_search_blocks ORDER BY first",
            "SELECT * FROM nexus_search_letters ORDER BY letter, first",
        ]
        .map(|sql| {
            let mut statement = connection.prepare(sql).unwrap();
            let columns = statement.column_count();
            let row = |row: &rusqlite::Row<'_>| (0..columns).map(|at| row.get(at)).collect();
            let rows = statement.query_map([], row).unwrap();
            rows.map(std::result::Result::unwrap).collect::<Vec<Vec<rusqlite::types::Value>>>()
        })
    };
    search_index::fill(connection).unwrap();
    let filled = all();
    assert_eq!((filled[0].len(), filled[1].len()), (9_000, 3));
    denormalized::all_names(connection).unwrap();
    search_index::rewrite(connection).unwrap();
    assert!(filled == all(), "they differ");
    // A second time as well, and without any accounts.
    search_index::fill(connection).unwrap();
    assert!(filled == all(), "they differ");
    connection.execute_batch("DELETE FROM de_torres_vincent_users").unwrap();
    search_index::fill(connection).unwrap();
    assert!(all().iter().all(Vec::is_empty), "something is left");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn it_comes_to_the_same_with_and_without_indexes(
        before in prop::collection::vec(any_act(), 0..6), during in prop::collection::vec(any_act(), 0..24),
    ) {
        let outcomes = [0, 1_000].map(|few| {
            let folder = TempDir::new().unwrap();
            let store = fresh(&folder);
            let connection = &store.connection;
            connection.execute_batch("BEGIN IMMEDIATE").unwrap();
            let mut said = Vec::new();
            let owner = Act::User(Some(1), "owner", "owner");
            for (few, acts) in [(0, std::iter::once(&owner).chain(&before).collect::<Vec<_>>()), (few, during.iter().collect())] {
                let mut load = Loading::begin(connection, few).unwrap();
                said.extend(acts.into_iter().map(|each| act(&mut load, each)));
                finish_some(&mut load);
            }
            connection.execute_batch("COMMIT").unwrap();
            (said, everything(connection))
        });
        let [(said, left), (said_too, left_too)] = outcomes;
        prop_assert_eq!(said, said_too);
        prop_assert_eq!(left, left_too);
    }
}
