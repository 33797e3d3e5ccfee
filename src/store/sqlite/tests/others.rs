//! Tests of other programs' additions to accounts: columns of their own, and rows that go with them.

use crate::domain::user::UserId;
use crate::store::contract_tests::{deletion_info, folder as directory};

use super::*;

/// Returns a store with `ada`, a session and a directory of hers, and what other programs made of it.
pub(super) fn store_with(sql: &str) -> (TempDir, SqliteStore) {
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

pub(super) fn values(folder: &TempDir, sql: &str) -> Vec<rusqlite::types::Value> {
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
    let item = keep(&mut store, |rows| rows.bin_user(UserId(1), &deletion_info()));
    assert!(all().iter().all(Vec::is_empty));
    keep(&mut store, |rows| rows.restore(item, None, None));
    assert_eq!(all(), before);
    let item = keep(&mut store, |rows| rows.bin_directory(1, None, &deletion_info()));
    keep(&mut store, |rows| rows.restore(item, Some("1_B"), None));
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
    let item = keep(&mut store, |rows| rows.bin_user(UserId(1), &deletion_info()));
    let bob = keep(&mut store, |rows| rows.insert_user(&account("bob", AccessLevel::User)));
    let other = another_program(&folder);
    let taken =
        "INSERT INTO de_torres_vincent_session_tokens (id, user_id, session_token) VALUES (1, ?, 't2')";
    other.execute(taken, [bob.0]).unwrap();
    other.execute("ALTER TABLE de_torres_vincent_users DROP COLUMN plan", []).unwrap();
    keep(&mut store, |rows| rows.restore(item, None, None));
    let devices = "SELECT id || ifnull(device, '-') FROM de_torres_vincent_session_tokens ORDER BY id";
    assert_eq!(values(&folder, devices), ["1-".to_owned().into(), "2tv".to_owned().into()]);
}

#[test]
fn columns_of_other_programs_take_no_part_in_what_is_kept() {
    let names =
        ["owner", "user_id", "session_id", "hour", "n", "t", "e", "h", "parent", "folded", "base", "changed"];
    let tables = ["users", "session_tokens", "user_directories"];
    let (folder, store) = store_with("");
    let other = another_program(&folder);
    for (table, name) in tables.into_iter().flat_map(|table| names.map(|name| (table, name))) {
        if table == "users" || name != "user_id" {
            let sql = format!("ALTER TABLE de_torres_vincent_{table} ADD COLUMN {name}");
            other.execute(&sql, []).unwrap();
        }
    }
    let sessions = "de_torres_vincent_session_tokens";
    for sql in [
        format!("UPDATE {sessions} SET status = 'expired'"),
        format!("UPDATE {sessions} SET status = 'active'"),
        format!(
            "INSERT OR REPLACE INTO {sessions} (id, user_id, session_token, expiration, status)
             SELECT 99, user_id, session_token, expiration, status FROM {sessions}"
        ),
        format!("UPDATE OR REPLACE {sessions} SET id = 98"),
        "UPDATE de_torres_vincent_users SET status = 'suspended'".into(),
        "UPDATE de_torres_vincent_users SET status = 'confirmed'".into(),
        "UPDATE de_torres_vincent_user_directories SET directory_path = 'x/' || directory_path".into(),
        format!("DELETE FROM {sessions}"),
    ] {
        assert!(other.execute(&sql, []).unwrap() > 0, "{sql}");
        assert_eq!(kept_tables::findings(&store.connection).unwrap(), [], "{sql}");
    }
}

#[test]
fn a_directory_may_have_the_id_of_one_that_was_replaced_whatever_the_clause_of_its_insert() {
    for clause in ["", "OR FAIL", "OR IGNORE", "OR ABORT", "OR ROLLBACK", "OR REPLACE"] {
        let (folder, store) = store_with("");
        let other = another_program(&folder);
        let insert = |clause: &str, id: i64, directory: &str, path: &str| {
            let sql = format!(
                "INSERT {clause} INTO de_torres_vincent_user_directories
                   (id, user_id, directory_id, directory_name, directory_path) VALUES (?1, 1, ?2, ?3, ?3)"
            );
            other.execute(&sql, rusqlite::params![id, directory, path]).unwrap()
        };
        insert("", 10, "one", "old");
        insert("OR REPLACE", 11, "one", "other");
        assert_eq!(insert(clause, 10, "two", "new"), 1, "{clause}");
        assert_eq!(
            values(&folder, "SELECT name FROM nexus_directories WHERE id = 10"),
            ["new".to_owned().into()]
        );
        assert_eq!(values(&folder, "SELECT directories FROM nexus_directory_counts"), [4.into()], "{clause}");
        drop(store);
    }
}
