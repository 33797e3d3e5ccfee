//! How SQLite means to run the statements that matter.

use super::*;

/// How SQLite means to run a statement.
fn plan(store: &SqliteStore, sql: &str) -> String {
    let mut statement = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let values = vec![rusqlite::types::Null; statement.parameter_count()];
    let rows =
        statement.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
    rows.map(|row| row.unwrap()).collect::<Vec<_>>().join("; ")
}

#[test]
fn the_plans_that_matter_use_their_indexes() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    for (sql, index) in [
        ("SELECT id FROM de_torres_vincent_users WHERE username = ? COLLATE NOCASE", "nexus_users_username"),
        ("SELECT id FROM de_torres_vincent_users WHERE email = ? COLLATE NOCASE", "nexus_users_email"),
        ("SELECT id FROM de_torres_vincent_session_tokens WHERE session_token = ?", "nexus_sessions_token"),
        (
            "SELECT id FROM de_torres_vincent_session_tokens WHERE status = 'active' AND expiration <= ? ORDER BY expiration",
            "nexus_sessions_active",
        ),
        (
            "SELECT count(*) FROM de_torres_vincent_user_directories d WHERE d.user_id = ?
               AND rtrim(d.directory_path, replace(d.directory_path, '/', '')) = ?",
            "nexus_directories_parent",
        ),
        (
            "SELECT id FROM de_torres_vincent_user_directories WHERE directory_path = ?",
            "nexus_directories_by_path",
        ),
    ] {
        let plan = plan(&store, sql);
        assert!(plan.contains("SEARCH") && plan.contains(index) && !plan.contains("SCAN"), "{sql}\n{plan}");
    }
}

#[test]
fn what_is_worked_out_for_a_row_reads_no_table_whole() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    for (of, from) in [
        (sessions::NEWEST, "de_torres_vincent_users u WHERE u.id"),
        (tree::ABOVE, "de_torres_vincent_user_directories d WHERE d.id"),
        (tree::CHILDREN, "de_torres_vincent_user_directories d WHERE d.id"),
    ] {
        let plan = plan(&store, &format!("SELECT {of} FROM {from} = ?"));
        assert!(plan.contains("SEARCH") && !plan.contains("SCAN"), "{plan}");
    }
}

#[test]
fn lists_by_id_follow_the_table_and_are_not_sorted() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let (users, sessions) =
        (users::list(now(), &ListOf::default()), sessions::list(now(), &ListOf::default()));
    for sql in [users.slice_sql(), sessions.slice_sql()] {
        let plan = plan(&store, &sql);
        assert!(plan.contains("USING INTEGER PRIMARY KEY") && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    }
    for sql in [users.after_sql(), sessions.after_sql()] {
        let plan = plan(&store, &sql);
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    }
}
