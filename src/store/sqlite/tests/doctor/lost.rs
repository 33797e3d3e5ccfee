//! Lost tables made again.

use super::*;

#[test]
fn a_table_of_which_nothing_else_tells_is_not_made_again_empty() {
    let folder = altered("");
    keep(&mut fresh(&folder), |rows| rows.bin_user(UserId(1), &contract_tests::deletion_info()));
    let sql = "DROP TABLE nexus_names; DROP TRIGGER nexus_journal_kept; DROP TABLE nexus_bin_users;";
    another_program(&folder).execute_batch(sql).unwrap();
    let mended = repaired(&folder, false).mended.len();
    assert_eq!(mended, 2);
    let left = found(&folder);
    assert_eq!(left.iter().map(|finding| finding.object.as_str()).collect::<Vec<_>>(), ["nexus_bin_users"]);
    let named = another_program(&folder).query_row("SELECT count(*) FROM nexus_names", [], |row| row.get(0));
    assert_eq!(named, Ok(1), "what can be told from other rows is told again");
}

/// Drops a table as another program may: with no rows going along.
fn without(table: &str) -> TempDir {
    altered(&format!("PRAGMA foreign_keys = OFF; DROP TABLE {table};"))
}

#[test]
fn every_table_that_held_nothing_or_that_other_rows_tell_is_made_again() {
    let all: Vec<String> = another_program(&altered(""))
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'nexus@_%' ESCAPE '@'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(rusqlite::Result::unwrap)
        .collect();
    assert!(all.len() > 12);
    for table in all {
        let folder = without(&table);
        let before = rows(&folder);
        repaired(&folder, false);
        let left: Vec<_> = found(&folder).into_iter().map(|finding| (finding.object, finding.fix)).collect();
        if ["nexus_journal", "nexus_bin"].contains(&table.as_str()) {
            let fix = "Restore a backup: the rows of this table are gone.".to_owned();
            assert_eq!(left, [(table, fix)]);
            continue;
        }
        assert_eq!(left, [], "{table}");
        assert_eq!(rows(&folder), before, "{table}");
        let mut store = fresh(&folder);
        keep(&mut store, |rows| rows.insert_user(&account("eve", AccessLevel::User)));
        let item = keep(&mut store, |rows| rows.bin_user(UserId(1), &contract_tests::deletion_info()));
        keep(&mut store, |rows| rows.restore(item, None, None));
    }
}

#[test]
fn the_rest_of_an_operation_that_was_under_way_is_not_forgotten() {
    let half_moved = "UPDATE de_torres_vincent_user_directories SET directory_path = '2_B/c' WHERE directory_path = '1_A/b/c'";
    let half_binned = "INSERT INTO nexus_bin (kind, object_id, user_id, label, deleted_at, deleted_by, held_until, sessions,
        directories) VALUES ('directory', 2, 1, '1_A/b', '2026-11-24 00:00:00', 'ada', '2026-11-24 00:00:00', 0, 2)";
    // A move gives its rows new paths under the same parents, which is what it tells the triggers.
    let moving = format!(
        "INSERT INTO nexus_settings (name, value) VALUES ('moving', ''); {half_moved};
        DELETE FROM nexus_settings WHERE name = 'moving'"
    );
    for sql in [moving.as_str(), half_binned] {
        let folder = altered(&format!("PRAGMA foreign_keys = OFF; {sql}; DROP TABLE nexus_operations;"));
        repaired(&folder, false);
        let left: Vec<_> = found(&folder).into_iter().map(|finding| (finding.object, finding.fix)).collect();
        let fix = "Restore a backup: the rows of this table are gone.".to_owned();
        assert_eq!(left, [("nexus_operations".to_owned(), fix)], "{sql}");
    }
}

#[test]
fn all_tables_that_can_be_told_are_made_again_at_once() {
    let tables = [
        "accounts",
        "sessions",
        "session_ends",
        "access_codes",
        "settings",
        "revision",
        "checks",
        "name_keys",
    ];
    let drops: Vec<_> = tables.iter().map(|table| format!("DROP TABLE nexus_{table};")).collect();
    let sql = drops.concat();
    let folder = altered(&format!("PRAGMA foreign_keys = OFF; {sql}"));
    repaired(&folder, false);
    assert_eq!(found(&folder), []);
}

#[test]
fn what_the_journal_tells_of_accounts_sessions_and_codes_stands_in_the_tables_again() {
    let folder = altered("");
    let mut store = fresh(&folder);
    keep(&mut store, |rows| {
        let note = |action, kind, id, account: i64, after: FieldValues| {
            let object =
                EntityRef { kind, id: Some(id), label: String::new(), account: Some(UserId(account)) };
            NewEntry { action, object, after, outcome: Outcome::Done, ..entry() }
        };
        rows.record(&note(Action::Issued, EntityKind::Session, 1, 1, FieldValues::new()))?;
        rows.record(&note(
            Action::PasswordSet,
            EntityKind::Account,
            1,
            1,
            FieldValues::new().with("must_change", true),
        ))?;
        rows.record(&note(
            Action::PasswordSet,
            EntityKind::Account,
            2,
            2,
            FieldValues::new().with("must_change", true),
        ))?;
        rows.record(&note(Action::PasswordSet, EntityKind::Account, 2, 2, FieldValues::new()))?;
        rows.record(&note(Action::LoggedIn, EntityKind::Session, 9, 2, FieldValues::new()))?;
        rows.record(&note(Action::Revoked, EntityKind::Session, 1, 1, FieldValues::new()))?;
        rows.record(&note(
            Action::CodeMade,
            EntityKind::Account,
            2,
            2,
            FieldValues::new().with("expires_at", "2026-11-24 00:00:00"),
        ))
    });
    drop(store);
    let sql = "PRAGMA foreign_keys = OFF; UPDATE de_torres_vincent_session_tokens SET status = 'expired';
        DROP TABLE nexus_accounts; DROP TABLE nexus_sessions; DROP TABLE nexus_access_codes;
        DROP TABLE nexus_session_ends; UPDATE de_torres_vincent_users SET access_code = '$x' WHERE id = 2;";
    another_program(&folder).execute_batch(sql).unwrap();
    repaired(&folder, false);
    assert_eq!(found(&folder), []);
    let line =
        |sql: &str| another_program(&folder).query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    let accounts = "SELECT group_concat(user_id || ' ' || ifnull(last_seen, '-') || ' ' || must_change, ', ') FROM nexus_accounts";
    assert_eq!(line(accounts), "1 - 1, 2 2026-11-23 12:00:00 0");
    assert_eq!(
        line("SELECT session_id || origin || started_at FROM nexus_sessions"),
        "1service2026-11-23 12:00:00"
    );
    assert_eq!(line("SELECT session_id || reason FROM nexus_session_ends"), "1revoked");
    let codes = "SELECT user_id || ' ' || expires_at || ' ' || tries_left FROM nexus_access_codes";
    assert_eq!(line(codes), "2 2026-11-24 00:00:00 1");
}
