//! Rows that foreign keys of other programs tie to accounts and directories: counted, carried through the bin, or in the way.

use crate::domain::dependents::{DeletionTarget, Dependents, TableRows};
use crate::store::contract_tests::deletion_info;

use super::others::{store_with, values};
use super::*;

const ADA: DeletionTarget = DeletionTarget::Account(UserId(1));

fn rows(counts: &[(&str, u64)]) -> Vec<TableRows> {
    counts.iter().map(|(table, rows)| TableRows { table: (*table).into(), rows: *rows }).collect()
}

fn find(store: &SqliteStore, target: DeletionTarget) -> Dependents {
    look(store, |rows| rows.dependents(target))
}

/// Returns all rows of these tables, as SQL.
fn all_of(folder: &TempDir, tables: &[&str]) -> Vec<Vec<String>> {
    let other = another_program(folder);
    let lines = |table: &&str| {
        let mut statement = other.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let width = statement.column_count();
        let line = |row: &rusqlite::Row<'_>| {
            Ok((0..width).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect::<Vec<_>>().join(" "))
        };
        statement.query_map([], line).unwrap().map(rusqlite::Result::unwrap).collect()
    };
    tables.iter().map(lines).collect()
}

const TABLES: &str = "CREATE TABLE ratings (id INTEGER PRIMARY KEY, stars,
       user_id INTEGER REFERENCES de_torres_vincent_users ON DELETE CASCADE);
     CREATE TABLE \"odd \"\"name\" (rating REFERENCES ratings (id) ON DELETE CASCADE, \"a 'b\" BLOB);
     CREATE TABLE devices (token INTEGER REFERENCES de_torres_vincent_session_tokens (id) ON DELETE CASCADE, name TEXT);
     CREATE TABLE tags (a TEXT, b TEXT, folder INTEGER REFERENCES de_torres_vincent_user_directories (id) ON DELETE CASCADE,
       shout AS (upper(a)), PRIMARY KEY (a, b)) WITHOUT ROWID;
     CREATE TABLE kept (rowid TEXT, user_id INTEGER REFERENCES de_torres_vincent_users (id) ON DELETE SET NULL);
     CREATE TABLE round (id INTEGER PRIMARY KEY, up REFERENCES round (id) ON DELETE CASCADE);
     INSERT INTO ratings VALUES (1, x'00ff', 1), (2, 0.1, 1), (3, 'three', NULL);
     INSERT INTO \"odd \"\"name\" VALUES (1, x'c0ff'), (3, NULL);
     INSERT INTO devices VALUES (1, 'tv');
     INSERT INTO tags VALUES ('x', 'y', 2), ('x', 'z', NULL); INSERT INTO kept VALUES ('k', 1);
     INSERT INTO round VALUES (1, 1);";

const CARRIED: [&str; 4] = ["ratings", "\"odd \"\"name\"", "devices", "tags"];

#[test]
fn rows_that_go_with_an_account_are_counted_carried_and_come_back() {
    let (folder, mut store) = store_with(TABLES);
    let found = find(&store, ADA);
    let mut deleted = found.deleted.clone();
    deleted.sort_by(|one, other| one.table.cmp(&other.table));
    assert_eq!(deleted, rows(&[("devices", 1), ("odd \"name", 1), ("ratings", 2), ("tags", 1)]));
    assert_eq!((found.blocking, found.cleared), (Vec::new(), rows(&[("kept", 1)])));
    let bob = keep(&mut store, |rows| rows.insert_user(&account("bob", AccessLevel::User)));
    assert_eq!(find(&store, DeletionTarget::Account(bob)), Dependents::default());
    let before = all_of(&folder, &CARRIED);
    let item = keep(&mut store, |rows| rows.bin_user(UserId(1), &deletion_info()));
    assert_eq!(all_of(&folder, &CARRIED).concat().len(), 3, "those that refer to nothing");
    assert_eq!(find(&store, DeletionTarget::BinItem(item)), Dependents { deleted, ..Dependents::default() });
    assert_eq!(keep(&mut store, |rows| rows.restore(item, None, None)), 0);
    assert_eq!(all_of(&folder, &CARRIED), before);
    assert_eq!(values(&folder, "SELECT count(*) FROM nexus_bin_columns"), [0.into()]);
    assert_eq!(
        values(&folder, "SELECT count(user_id) FROM kept"),
        [0.into()],
        "a reference does not come back"
    );
}

#[test]
fn rows_that_go_with_a_directory_are_counted_carried_and_come_back() {
    let (folder, mut store) = store_with(TABLES);
    assert_eq!(find(&store, DeletionTarget::Directory(1)).deleted, rows(&[("tags", 1)]));
    assert_eq!(find(&store, DeletionTarget::Directory(2)).deleted, rows(&[("tags", 1)]));
    let before = all_of(&folder, &["tags"]);
    let item = keep(&mut store, |rows| rows.bin_directory(1, None, &deletion_info()));
    assert_eq!(all_of(&folder, &["tags"]).concat().len(), 1);
    assert_eq!(keep(&mut store, |rows| rows.restore(item, Some("1_B"), None)), 0);
    assert_eq!(all_of(&folder, &["tags"]), before);
}

#[test]
fn rows_come_back_to_a_session_under_another_id_and_never_to_somebody_else_s() {
    let (folder, mut store) = store_with(TABLES);
    let item = keep(&mut store, |rows| rows.bin_user(UserId(1), &deletion_info()));
    let bob = keep(&mut store, |rows| rows.insert_user(&account("bob", AccessLevel::User)));
    let taken =
        "INSERT INTO de_torres_vincent_session_tokens (id, user_id, session_token) VALUES (1, ?1, 't2')";
    store.connection.execute(taken, [bob.0]).unwrap();
    assert_eq!(keep(&mut store, |rows| rows.restore(item, None, None)), 0);
    assert_eq!(values(&folder, "SELECT token FROM devices"), [2.into()]);

    let (folder, mut store) = store_with(TABLES);
    let item = keep(&mut store, |rows| rows.bin_user(UserId(1), &deletion_info()));
    let bob = keep(&mut store, |rows| rows.insert_user(&account("bob", AccessLevel::User)));
    // The token itself is somebody else's now: the session stays out, and so does what hung on it.
    let digest = "INSERT INTO de_torres_vincent_session_tokens (id, user_id, session_token)
        SELECT 1, ?1, session_token FROM nexus_bin_sessions";
    store.connection.execute(digest, [bob.0]).unwrap();
    assert_eq!(keep(&mut store, |rows| rows.restore(item, None, None)), 1);
    assert_eq!(all_of(&folder, &["devices"]).concat(), [""; 0]);
}

#[test]
fn rows_that_no_longer_fit_stay_out_and_the_others_come_back() {
    let (folder, mut store) = store_with(TABLES);
    let item = keep(&mut store, |rows| rows.bin_user(UserId(1), &deletion_info()));
    another_program(&folder)
        .execute_batch("INSERT INTO ratings VALUES (2, 'new', NULL); DROP TABLE tags;")
        .unwrap();
    assert_eq!(keep(&mut store, |rows| rows.restore(item, None, None)), 2);
    assert_eq!(values(&folder, "SELECT count(*) FROM ratings"), [3.into()]);
    assert_eq!(values(&folder, "SELECT stars FROM ratings WHERE id = 2"), ["new".to_owned().into()]);
}

#[test]
fn rows_that_refer_to_each_other_come_back_in_whatever_order() {
    let (folder, mut store) = store_with(
        "CREATE TABLE b (id INTEGER PRIMARY KEY, user_id REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE,
           a REFERENCES a (id) ON DELETE CASCADE);
         CREATE TABLE a (id INTEGER PRIMARY KEY, user_id REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE,
           up REFERENCES a (id) ON DELETE CASCADE);
         INSERT INTO a VALUES (1, NULL, NULL), (2, 1, 2), (3, NULL, 2), (1000, NULL, 3);
         INSERT INTO b VALUES (1, 1, 1000), (2, 1, 2), (3, 1, NULL);",
    );
    let before = all_of(&folder, &["a", "b"]);
    assert_eq!(find(&store, ADA).deleted, rows(&[("a", 3), ("b", 3)]));
    let item = keep(&mut store, |rows| rows.bin_user(UserId(1), &deletion_info()));
    assert_eq!(keep(&mut store, |rows| rows.restore(item, None, None)), 0);
    assert_eq!(all_of(&folder, &["a", "b"]), before);
}

#[test]
fn other_accounts_that_an_added_column_ties_to_one_go_and_come_back_with_all_they_have() {
    let (folder, mut store) = store_with(
        "ALTER TABLE de_torres_vincent_users ADD COLUMN boss INTEGER
           REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE;",
    );
    let [bob, eve] = ["bob", "eve"]
        .map(|name| keep(&mut store, |rows| rows.insert_user(&account(name, AccessLevel::User))));
    keep(&mut store, |rows| {
        rows.insert_session(&token(eve, "t9"))?;
        rows.insert_directory(&crate::store::contract_tests::folder(eve, "3_E"))?;
        rows.set_password(now(), eve, "hash", true)
    });
    let tie = "UPDATE de_torres_vincent_users SET boss = ?1 WHERE id IN (?1, ?2)";
    store.connection.execute(tie, [bob.0, eve.0]).unwrap();
    let deleted = find(&store, DeletionTarget::Account(bob)).deleted;
    assert_eq!(
        deleted.iter().map(|one| one.rows).sum::<u64>(),
        3,
        "eve, her session and her directory: {deleted:?}"
    );
    assert!(find(&store, DeletionTarget::Account(eve)).is_empty());
    let tables = [
        "de_torres_vincent_users",
        "de_torres_vincent_session_tokens",
        "de_torres_vincent_user_directories",
        "nexus_accounts",
        "nexus_sessions",
        "nexus_names",
        "nexus_directories",
    ];
    let before = all_of(&folder, &tables);
    let item = keep(&mut store, |rows| rows.bin_user(bob, &deletion_info()));
    assert_eq!(look(&store, |rows| rows.user_ids(now(), &Filter::default())), [1]);
    assert_eq!(keep(&mut store, |rows| rows.restore(item, None, None)), 0);
    assert_eq!(all_of(&folder, &tables), before);
}

#[test]
fn rows_that_forbid_a_deletion_are_found_before_it_and_it_fails_as_referenced() {
    for action in [
        "",
        "ON DELETE RESTRICT",
        "ON DELETE NO ACTION",
        "ON DELETE SET NULL",
        "DEFERRABLE INITIALLY DEFERRED",
    ] {
        for (parent, column) in [
            ("de_torres_vincent_users", "id"),
            ("de_torres_vincent_session_tokens", "id"),
            ("de_torres_vincent_user_directories", "id"),
        ] {
            let (_folder, mut store) = store_with(&format!(
                "CREATE TABLE invoices (of_id INTEGER NOT NULL REFERENCES {parent} ({column}) {action});
                 INSERT INTO invoices VALUES (1), (1);"
            ));
            assert_eq!(find(&store, ADA).blocking, rows(&[("invoices", 2)]), "{action} {parent}");
            let refused =
                change(&mut store, TransactionEnd::Commit, |rows| rows.bin_user(UserId(1), &deletion_info()));
            assert_eq!(refused, Err(StoreError::Referenced), "{action} {parent}");
            let is_directory = parent.ends_with("directories");
            let target = DeletionTarget::Directory(1);
            assert_eq!(!find(&store, target).blocking.is_empty(), is_directory);
            let trashed = change(&mut store, TransactionEnd::Commit, |rows| {
                rows.bin_directory(1, None, &deletion_info())
            });
            assert_eq!(trashed.is_err(), is_directory);
        }
    }
}

#[test]
fn what_goes_along_forbids_nothing_and_what_hangs_on_it_does() {
    let (_folder, mut store) = store_with(
        "CREATE TABLE plans (id INTEGER PRIMARY KEY, user_id REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE,
           also REFERENCES de_torres_vincent_users (id));
         CREATE TABLE bills (plan REFERENCES plans (id) ON DELETE RESTRICT);
         INSERT INTO plans VALUES (1, 1, 1);",
    );
    let found = find(&store, ADA);
    assert_eq!((found.blocking, found.deleted), (Vec::new(), rows(&[("plans", 1)])));
    store.connection.execute("INSERT INTO bills VALUES (1)", []).unwrap();
    assert_eq!(find(&store, ADA).blocking, rows(&[("bills", 1)]));
    let refused =
        change(&mut store, TransactionEnd::Commit, |rows| rows.bin_user(UserId(1), &deletion_info()));
    assert_eq!(refused, Err(StoreError::Referenced));
}

#[test]
fn a_value_of_an_added_column_that_refers_to_nothing_any_more_stays_out() {
    let (folder, mut store) = store_with(
        "CREATE TABLE devices (id INTEGER PRIMARY KEY); INSERT INTO devices VALUES (1), (2);
         ALTER TABLE de_torres_vincent_user_directories ADD COLUMN device INTEGER REFERENCES devices (id);
         UPDATE de_torres_vincent_user_directories SET device = id;",
    );
    let item = keep(&mut store, |rows| rows.bin_user(UserId(1), &deletion_info()));
    another_program(&folder).execute("DELETE FROM devices WHERE id = 1", []).unwrap();
    keep(&mut store, |rows| rows.restore(item, None, None));
    let devices = "SELECT id || ifnull(device, '-') FROM de_torres_vincent_user_directories ORDER BY id";
    assert_eq!(values(&folder, devices), ["1-".to_owned().into(), "22".to_owned().into()]);
}

#[test]
fn a_foreign_key_that_sqlite_cannot_check_is_told_as_what_it_is() {
    // The only unique index on that column ignores case, and a key needs one that does not.
    let (_folder, mut store) =
        store_with("CREATE TABLE plans (email TEXT REFERENCES de_torres_vincent_users (email));");
    let binned =
        change(&mut store, TransactionEnd::Commit, |rows| rows.bin_user(UserId(1), &deletion_info()));
    let Err(StoreError::Unreachable(why)) = binned else { panic!("{binned:?}") };
    assert!(why.starts_with("another program's table") && why.contains("plans"), "{why}");
}
