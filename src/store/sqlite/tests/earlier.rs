//! Stores of earlier schemas that are only read.

use std::fs;
use std::path::Path;

use crate::store::sqlite::earlier::{MOST_BYTES, migrated_copy};
use crate::store::{ReportedWork, examine};

use super::*;

fn path(folder: &TempDir) -> PathBuf {
    folder.path().join("nexus.db")
}

/// Returns the content of a folder, except an empty log and the shared memory, which every reader may leave.
fn outside(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let mut all: Vec<_> = entries
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .filter(|(name, bytes)| !(name.ends_with("-shm") || name.ends_with("-wal") && bytes.is_empty()))
        .collect();
    all.sort();
    all
}

/// Returns the emails of all accounts.
fn emails(store: &SqliteStore) -> Vec<String> {
    look(store, |rows| rows.users(now(), &ListOf::default(), ALL))
        .rows
        .into_iter()
        .map(|user| user.email)
        .collect()
}

/// Switches a store to write-ahead logging, as every NEXUS did.
fn logged(folder: &TempDir) {
    let mode = another_program(folder).pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0));
    assert_eq!(mode, Ok("wal".to_owned()));
}

#[test]
fn a_store_of_every_earlier_version_is_read_and_stays_as_it_is() {
    for version in 1..schema::LATEST {
        for has_log in [false, true] {
            let folder = TempDir::new().unwrap();
            earlier(&folder, version as usize);
            if has_log {
                logged(&folder);
            }
            let before = outside(folder.path());
            let mut store = SqliteStore::open(&path(&folder), Access::ReadOnly).unwrap();
            assert_eq!(emails(&store), ["a@x"], "version {version}");
            assert_eq!(look(&store, |rows| rows.store_facts()).schema, version);
            assert_eq!(store.reopen_if_changed(), Ok(false));
            assert_eq!(store.writable(), Err(StoreError::ReadOnly));
            let insert = change(&mut store, TransactionEnd::Commit, |rows| {
                rows.insert_user(&account("b", AccessLevel::User))
            });
            assert_eq!(insert, Err(StoreError::ReadOnly));
            drop(store);
            assert_eq!(outside(folder.path()), before, "version {version}");
        }
    }
}

#[test]
fn one_beside_which_nothing_may_be_written_is_read_whatever_it_is_opened_for() {
    for version in 1..schema::LATEST {
        let folder = TempDir::new().unwrap();
        earlier(&folder, version as usize);
        fs::hard_link(path(&folder), folder.path().join("second.db")).unwrap();
        let before = outside(folder.path());
        let mut store = SqliteStore::open(&path(&folder), Access::Existing).unwrap();
        assert_eq!(emails(&store), ["a@x"], "version {version}");
        assert_eq!(store.reopen_if_changed(), Ok(false));
        assert!(matches!(store.writable(), Err(StoreError::Finding(_))));
        drop(store);
        assert_eq!(outside(folder.path()), before);
    }
}

#[test]
fn what_stands_only_in_its_log_is_read_while_another_program_goes_on_writing() {
    let folder = TempDir::new().unwrap();
    earlier(&folder, 4);
    logged(&folder);
    let other = another_program(&folder);
    let rename =
        |email: &str| other.execute("UPDATE de_torres_vincent_users SET email = ?", [email]).unwrap();
    rename("b@x");
    let mut store = SqliteStore::open(&path(&folder), Access::ReadOnly).unwrap();
    assert_eq!(emails(&store), ["b@x"]);
    assert_eq!(store.reopen_if_changed(), Ok(false));
    let version = store.change_counter().unwrap();
    rename("c@x");
    assert_ne!(store.change_counter().unwrap(), version, "a console notices it");
    assert_eq!(store.reopen_if_changed(), Ok(true));
    assert_eq!(emails(&store), ["c@x"]);
}

#[test]
fn once_it_is_brought_up_to_date_it_is_read_without_a_copy() {
    let folder = TempDir::new().unwrap();
    earlier(&folder, 2);
    let mut store = SqliteStore::open(&path(&folder), Access::ReadOnly).unwrap();
    drop(fresh(&folder));
    assert_eq!(store.reopen_if_changed(), Ok(true));
    assert_eq!(emails(&store), ["a@x"]);
    assert!(store.unlocked.is_none());
}

#[test]
fn one_that_is_too_large_is_refused_with_its_size() {
    let folder = TempDir::new().unwrap();
    earlier(&folder, 3);
    let other = another_program(&folder);
    let bytes = fs::metadata(path(&folder)).unwrap().len();
    assert!(bytes < MOST_BYTES);
    assert!(migrated_copy(&other, bytes).is_ok());
    let refused = migrated_copy(&other, bytes - 1).map(drop);
    assert_eq!(
        refused,
        Err(StoreError::Earlier { found: 3, latest: schema::LATEST, bytes, most: bytes - 1 })
    );
}

#[test]
fn an_altered_one_is_refused_and_examined_as_it_is() {
    let folder = TempDir::new().unwrap();
    earlier(&folder, 4);
    another_program(&folder).execute_batch("DROP TRIGGER nexus_journal_kept").unwrap();
    let words = "trigger nexus_journal_kept is missing".to_owned();
    assert_eq!(SqliteStore::open(&path(&folder), Access::ReadOnly).err(), Some(StoreError::Altered(words)));
    fs::hard_link(path(&folder), folder.path().join("second.db")).unwrap();
    let found = findings(&mut *examine(&path(&folder).into(), Access::ReadOnly).unwrap());
    let objects: Vec<_> =
        found.iter().filter(|finding| finding.check == "schema").map(|one| &one.object).collect();
    assert_eq!(objects, ["user_version", "nexus_journal_kept"], "{found:?}");
}

#[test]
fn a_migration_that_is_stopped_leaves_the_store_as_it_was_and_one_that_is_not_reports_its_progress() {
    let folder = TempDir::new().unwrap();
    earlier(&folder, 4);
    let before = fs::read(path(&folder)).unwrap();
    let stopped = Opening { reported: |_, work| work(&mut |_| false), ..Access::Existing.into() };
    assert_eq!(SqliteStore::open(&path(&folder), stopped).map(drop), Err(StoreError::Stopped));
    assert_eq!(fs::read(path(&folder)).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no copy is left");
    let reported = |words: &str, work: &mut ReportedWork<'_>| {
        assert_eq!(words, format!("Bringing nexus.db from schema 4 to {}…", schema::LATEST));
        work(&mut |done| done.done <= done.total);
    };
    let opened = SqliteStore::open(&path(&folder), Opening { reported, ..Access::Existing.into() }).unwrap();
    assert_eq!(emails(&opened), ["a@x"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().flatten().filter(is_kept).count(), 1);
}

fn is_kept(entry: &fs::DirEntry) -> bool {
    entry.file_name().to_string_lossy().contains(".before-")
}
