//! A store beside which nothing may be written: here because its file has two names, which root heeds as well.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;

use super::*;

/// Returns a store with `ada` whose file has a second name.
fn linked(folder: &TempDir) -> PathBuf {
    keep(&mut fresh(folder), |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let path = folder.path().join("nexus.db");
    fs::hard_link(&path, folder.path().join("second.db")).unwrap();
    path
}

fn rename(connection: &Connection, name: &str) {
    connection.execute("UPDATE de_torres_vincent_users SET firstname = ?1", [name]).unwrap();
}

fn first_name(store: &SqliteStore) -> String {
    look(store, |rows| rows.user(now(), &Who::Id(UserId(1)))).unwrap().first_name
}

/// Returns the names in a folder and what they hold.
fn outside(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let mut all: Vec<_> = entries
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    all.sort();
    all
}

#[test]
fn without_a_log_it_is_read_alone_and_again_where_it_changed() {
    let folder = TempDir::new().unwrap();
    let path = linked(&folder);
    let mut store = SqliteStore::open(&path, Access::Existing).unwrap();
    assert_eq!(first_name(&store), "ada");
    assert_eq!(store.reopen_if_changed(), Ok(false));
    let version = store.change_counter().unwrap();
    assert_eq!(store.change_counter().unwrap(), version);
    rename(&another_program(&folder), "Grace");
    assert_ne!(store.change_counter().unwrap(), version, "a console notices it");
    assert_eq!(store.reopen_if_changed(), Ok(true));
    assert_eq!(first_name(&store), "Grace");
    assert_eq!(store.reopen_if_changed(), Ok(false));
    let refused =
        change(&mut store, TransactionEnd::Commit, |rows| rows.insert_user(&account("b", AccessLevel::User)));
    assert!(matches!(refused, Err(StoreError::Finding(_))));
}

#[test]
fn a_log_that_somebody_has_open_is_read_with_it() {
    let folder = TempDir::new().unwrap();
    let path = linked(&folder);
    let other = another_program(&folder);
    rename(&other, "Grace");
    let mut store = SqliteStore::open(&path, Access::Existing).unwrap();
    assert_eq!(first_name(&store), "Grace");
    rename(&other, "Edith");
    assert_eq!(first_name(&store), "Edith");
    assert_eq!(store.reopen_if_changed(), Ok(false));
}

#[test]
fn a_log_that_nobody_has_open_is_played_into_a_copy() {
    let (folder, copied) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let path = linked(&folder);
    // As after a crash: the file and its log.
    let other = another_program(&folder);
    rename(&other, "Grace");
    for name in ["nexus.db", "nexus.db-wal"] {
        fs::copy(folder.path().join(name), copied.path().join(name)).unwrap();
    }
    drop(other);
    let path = copied.path().join(path.file_name().unwrap());
    fs::hard_link(&path, copied.path().join("second.db")).unwrap();
    let before = outside(copied.path());
    let store = SqliteStore::open(&path, Access::Existing).unwrap();
    assert_eq!(first_name(&store), "Grace");
    drop(store);
    assert_eq!(outside(copied.path()), before);
}

#[test]
fn a_journal_that_must_be_rolled_back_is_rolled_back_in_a_copy() {
    let (folder, copied) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    drop(linked(&folder));
    let other = another_program(&folder);
    other.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN").unwrap();
    rename(&other, &"Grace".repeat(50));
    other.execute_batch("CREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT hex(randomblob(100)) FROM n").unwrap();
    for name in ["nexus.db", "nexus.db-journal"] {
        fs::copy(folder.path().join(name), copied.path().join(name)).unwrap();
    }
    drop(other);
    let path = copied.path().join("nexus.db");
    fs::hard_link(&path, copied.path().join("second.db")).unwrap();
    let before = outside(copied.path());
    let store = SqliteStore::open(&path, Access::Existing).unwrap();
    assert_eq!(first_name(&store), "ada");
    drop(store);
    assert_eq!(outside(copied.path()), before);
}

/// Returns a log that a killed program left, beside a store in which nothing may be written.
fn with_lone_log(folder: &TempDir) -> PathBuf {
    let path = linked(folder);
    let other = another_program(folder);
    other.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    rename(&other, "Grace");
    let log = fs::read(folder.path().join("nexus.db-wal")).unwrap();
    other.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    drop(other);
    fs::write(folder.path().join("nexus.db-wal"), log).unwrap();
    let _ = fs::remove_file(folder.path().join("nexus.db-shm"));
    path
}

#[test]
fn a_lone_log_is_copied_once_to_be_judged_and_read() {
    static COPIES: AtomicUsize = AtomicUsize::new(0);
    fn counted(work: &mut dyn FnMut()) {
        COPIES.fetch_add(1, Ordering::SeqCst);
        work();
    }
    let folder = TempDir::new().unwrap();
    let path = with_lone_log(&folder);
    let before = outside(folder.path());
    let opening = Opening { uninterrupted: counted, ..Access::Existing.into() };
    let store = SqliteStore::open(&path, opening).unwrap();
    assert_eq!(first_name(&store), "Grace");
    assert_eq!(COPIES.load(Ordering::SeqCst), 1);
    assert_eq!(outside(folder.path()), before);
    // Rules are heeded in it as in any other.
    let ignored: bool =
        store.connection.pragma_query_value(None, "ignore_check_constraints", |row| row.get(0)).unwrap();
    assert!(!ignored);
}
