//! Reading a revision from a page.

use std::fs;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;

/// Returns the page that SQLite writes for this row.
fn page_of(changes: i64) -> Option<Revision> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("file");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(&format!(
            "CREATE TABLE nexus_revision (id INTEGER PRIMARY KEY, revision BLOB, previous BLOB, changes INTEGER);
             INSERT INTO nexus_revision VALUES (1, x'{}', x'{}', {changes})",
            "01".repeat(16),
            "02".repeat(16)
        ))
        .unwrap();
    let page = page(&connection).unwrap().unwrap() as usize;
    drop(connection);
    Revision::of_page(&fs::read(path).unwrap()[(page - 1) * 4_096..page * 4_096])
}

#[test]
fn a_row_of_any_size_is_read_from_its_page() {
    for changes in [0, 1, 2, 127, 128, -1, 300, 70_000, -70_000, 3_000_000_000, 1 << 45, i64::MAX, i64::MIN] {
        let expected = Revision { state: [1; 16], previous: [2; 16], changes };
        assert_eq!(page_of(changes), Some(expected));
    }
}

#[test]
fn what_is_no_revision_is_not_taken_for_one() {
    for page in [&[][..], &[13], &[0; 4_096], &[13; 4_096], &[255; 512]] {
        assert_eq!(Revision::of_page(page), None);
    }
}

#[test]
fn a_state_follows_the_one_that_was_changed_and_no_other() {
    let state =
        |state: u8, previous: u8, changes| Revision { state: [state; 16], previous: [previous; 16], changes };
    let follows = |one: Revision, base: Revision| one.follows(&base);
    // By NEXUS: 1 → 2; then other programs changed 3 rows.
    assert_eq!(follows(state(2, 1, 0), state(1, 9, 0)), Follows::Surely);
    assert_eq!(follows(state(2, 1, 0), state(1, 9, 5)), Follows::Surely);
    assert_eq!(follows(state(3, 1, 3), state(2, 1, 0)), Follows::Perhaps, "three rows, or the last of them");
    assert_eq!(follows(state(3, 1, 3), state(4, 1, 2)), Follows::Surely);
    for (one, base, why) in [
        (state(2, 1, 0), state(7, 9, 0), "older"),
        (state(2, 1, 0), state(3, 2, 0), "newer"),
        (state(3, 1, 3), state(4, 1, 5), "newer, by other programs"),
        (state(3, 1, 3), state(1, 9, 0), "older, by a transaction of NEXUS"),
    ] {
        assert_eq!(follows(one, base), Follows::No, "{why}");
    }
}

#[test]
fn every_change_of_a_row_makes_a_new_revision_whoever_makes_it() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    drop(crate::store::open(&path.clone().into(), crate::store::Access::ReadWrite).unwrap());
    let other = Connection::open(&path).unwrap();
    let seen = || {
        let sql = "SELECT hex(revision), changes FROM nexus_revision";
        other.query_row(sql, [], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))).unwrap()
    };
    let mut before = seen();
    for change in [
        "INSERT INTO de_torres_vincent_users (firstname, lastname, email, password) VALUES ('a', 'b', 'c@d', 'e')",
        "UPDATE de_torres_vincent_users SET address = 'x'",
        "INSERT INTO de_torres_vincent_session_tokens (user_id, session_token) VALUES (1, 'x')",
        "UPDATE de_torres_vincent_session_tokens SET status = 'expired'",
        "DELETE FROM de_torres_vincent_session_tokens",
        "INSERT INTO de_torres_vincent_user_directories (user_id, directory_id, directory_name, directory_path)
         VALUES (1, 'a', 'b', 'b')",
        "UPDATE de_torres_vincent_user_directories SET directory_name = 'x'",
        "DELETE FROM de_torres_vincent_user_directories",
        "DELETE FROM de_torres_vincent_users",
    ] {
        other.execute_batch(change).unwrap();
        let after = seen();
        assert!(after.0 != before.0 && after.1 > before.1, "{change}");
        before = after;
    }
}
