//! What other programs hang on accounts: columns of their own, and rows that go with them.

use super::*;
use crate::domain::user::UserId;
use crate::store::contract_tests::{folder as directory, slip};

/// A store with `ada`, a session and a directory of hers, and what other programs made of it.
fn store_with(sql: &str) -> (TempDir, SqliteStore) {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| {
        let ada = rows.insert_user(&account("ada", AccessLevel::User))?;
        rows.insert_session(&token(ada, "t1"))?;
        rows.insert_directory(&directory(ada, "1_A"))?;
        rows.insert_directory(&directory(ada, "1_A/b"))
    });
    another_program(&folder).execute_batch(sql).unwrap();
    (folder, store)
}

fn values(folder: &TempDir, sql: &str) -> Vec<rusqlite::types::Value> {
    let other = another_program(folder);
    let mut statement = other.prepare(sql).unwrap();
    let found = statement.query_map([], |row| row.get(0)).unwrap();
    found.map(rusqlite::Result::unwrap).collect()
}

#[test]
fn columns_of_other_programs_go_into_the_bin_and_come_back() {
    let (folder, mut store) = store_with(
        "ALTER TABLE de_torres_vincent_users ADD COLUMN \"plan's\" TEXT NOT NULL DEFAULT 'free';
         ALTER TABLE de_torres_vincent_users ADD COLUMN avatar;
         ALTER TABLE de_torres_vincent_users ADD COLUMN shout AS (upper(email));
         ALTER TABLE de_torres_vincent_session_tokens ADD COLUMN device REAL;
         ALTER TABLE de_torres_vincent_user_directories ADD COLUMN tag INTEGER DEFAULT 5;
         UPDATE de_torres_vincent_users SET \"plan's\" = 'gold', avatar = x'00ff';
         UPDATE de_torres_vincent_session_tokens SET device = 0.1;
         UPDATE de_torres_vincent_user_directories SET tag = 9007199254740993 WHERE directory_name = 'b';",
    );
    let all = || {
        ["users", "session_tokens", "user_directories"].map(|table| {
            let columns = match table {
                "users" => "quote(\"plan's\") || quote(avatar) || shout || updated_at",
                "session_tokens" => "device",
                _ => "tag",
            };
            values(&folder, &format!("SELECT {columns} FROM de_torres_vincent_{table} ORDER BY id"))
        })
    };
    let before = all();
    let item = keep(&mut store, |rows| rows.bin_user(UserId(1), &slip()));
    assert!(all().iter().all(Vec::is_empty));
    keep(&mut store, |rows| rows.restore(item, None));
    assert_eq!(all(), before);
    let item = keep(&mut store, |rows| rows.bin_directory(1, None, &slip()));
    keep(&mut store, |rows| rows.restore(item, Some("1_B")));
    assert_eq!(all(), before);
    assert_eq!(values(&folder, "SELECT count(*) FROM nexus_bin_columns"), [0.into()]);
}

#[test]
fn a_value_comes_back_to_its_row_under_another_id_and_a_lost_column_stays_lost() {
    let (folder, mut store) = store_with(
        "ALTER TABLE de_torres_vincent_session_tokens ADD COLUMN device TEXT;
         ALTER TABLE de_torres_vincent_users ADD COLUMN plan TEXT;
         UPDATE de_torres_vincent_users SET plan = 'gold';
         UPDATE de_torres_vincent_session_tokens SET device = 'tv';",
    );
    let item = keep(&mut store, |rows| rows.bin_user(UserId(1), &slip()));
    let bob = keep(&mut store, |rows| rows.insert_user(&account("bob", AccessLevel::User)));
    let other = another_program(&folder);
    let taken =
        "INSERT INTO de_torres_vincent_session_tokens (id, user_id, session_token) VALUES (1, ?, 't2')";
    other.execute(taken, [bob.0]).unwrap();
    other.execute("ALTER TABLE de_torres_vincent_users DROP COLUMN plan", []).unwrap();
    keep(&mut store, |rows| rows.restore(item, None));
    let devices = "SELECT id || ifnull(device, '-') FROM de_torres_vincent_session_tokens ORDER BY id";
    assert_eq!(values(&folder, devices), ["1-".to_owned().into(), "2tv".to_owned().into()]);
}

#[test]
fn rows_of_other_tables_that_would_go_with_an_account_are_counted() {
    let (_folder, mut store) = store_with(
        "CREATE TABLE ratings (id INTEGER PRIMARY KEY,
           user_id INTEGER REFERENCES de_torres_vincent_users ON DELETE CASCADE);
         CREATE TABLE \"odd \"\"name\" (rating REFERENCES ratings (id) ON DELETE CASCADE);
         CREATE TABLE devices (token INTEGER REFERENCES de_torres_vincent_session_tokens (id) ON DELETE CASCADE);
         CREATE TABLE kept (user_id INTEGER REFERENCES de_torres_vincent_users (id) ON DELETE SET NULL);
         CREATE TABLE round (id INTEGER PRIMARY KEY, up REFERENCES round (id) ON DELETE CASCADE);
         INSERT INTO ratings VALUES (1, 1), (2, 1), (3, NULL);
         INSERT INTO \"odd \"\"name\" VALUES (1), (3); INSERT INTO devices VALUES (1); INSERT INTO kept VALUES (1);
         INSERT INTO round VALUES (1, 1);",
    );
    assert_eq!(look(&store, |rows| rows.dependents(UserId(1))), 4);
    let bob = keep(&mut store, |rows| rows.insert_user(&account("bob", AccessLevel::User)));
    assert_eq!(look(&store, |rows| rows.dependents(bob)), 0);
    let left = "SELECT (SELECT count(*) FROM ratings) + (SELECT count(*) FROM \"odd \"\"name\") + (SELECT count(*) FROM devices)";
    let rows =
        |store: &SqliteStore| store.connection.query_row(left, [], |row| row.get::<_, i64>(0)).unwrap();
    let before = rows(&store);
    keep(&mut store, |rows| rows.bin_user(UserId(1), &slip()));
    assert_eq!(before - rows(&store), 4, "as many as are deleted");
}

#[test]
fn rows_of_the_three_tables_that_an_added_column_ties_to_an_account_are_counted() {
    let (_folder, mut store) = store_with(
        "ALTER TABLE de_torres_vincent_users ADD COLUMN boss INTEGER
           REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE;
         ALTER TABLE de_torres_vincent_session_tokens ADD COLUMN via INTEGER
           REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE;",
    );
    let [bob, eve] = ["bob", "eve"]
        .map(|name| keep(&mut store, |rows| rows.insert_user(&account(name, AccessLevel::User))));
    let tie = "UPDATE de_torres_vincent_users SET boss = ?1 WHERE id IN (?1, ?2)";
    store.connection.execute(tie, [bob.0, eve.0]).unwrap();
    assert_eq!(look(&store, |rows| rows.dependents(bob)), 1, "the account itself goes anyway");
    assert_eq!(look(&store, |rows| rows.dependents(eve)), 0);
    let via = "UPDATE de_torres_vincent_session_tokens SET via = ? WHERE user_id <> ?";
    let others = store.connection.execute(via, [eve.0, eve.0]).unwrap() as u64;
    assert_eq!(look(&store, |rows| rows.dependents(eve)), others);
}
