//! What makes a store, and what it is made of: nothing that NEXUS has not made itself is changed.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn an_empty_file_of_ones_own_that_nobody_else_may_use_becomes_a_store() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    fs::write(&path, "").unwrap();
    set_mode(&path, 0o600);
    drop(fresh(&folder));
    assert_eq!(mode(&path), 0o600);
    SqliteStore::open(&path, Access::Existing).unwrap();
}

#[test]
fn an_empty_file_that_others_may_use_is_not_touched() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    for others in [0o644, 0o640, 0o604, 0o660, 0o666, 0o700, 0o4600] {
        fs::write(&path, "").unwrap();
        set_mode(&path, others);
        SqliteStore::open(&path, Access::ReadWrite).unwrap_err();
        assert_eq!((mode(&path), fs::read(&path).unwrap().len()), (others, 0), "{others:o}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was made beside it");
    }
}

#[test]
fn no_store_is_made_through_a_symbolic_link() {
    let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (path, target) = (folder.path().join("nexus.db"), other.path().join("theirs"));
    symlink(&target, &path).unwrap();
    assert!(matches!(SqliteStore::open(&path, Access::ReadWrite), Err(StoreError::NotAStore(_))));
    assert!(!target.exists());
    for found in [0o600, 0o644] {
        fs::write(&target, "").unwrap();
        set_mode(&target, found);
        assert!(matches!(SqliteStore::open(&path, Access::ReadWrite), Err(StoreError::NotAStore(_))));
        assert_eq!((mode(&target), fs::read(&target).unwrap().len()), (found, 0));
    }
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 1, "nothing was made beside it");
}

#[test]
fn what_makes_no_store_says_that_there_is_none() {
    let folder = TempDir::new().unwrap();
    let empty = folder.path().join("empty.db");
    fs::write(&empty, "").unwrap();
    set_mode(&empty, 0o600);
    let dangling = folder.path().join("dangling.db");
    symlink("nowhere", &dangling).unwrap();
    for path in [folder.path().join("none.db"), folder.path().join("no/folder.db"), empty.clone(), dangling] {
        for access in [Access::Existing, Access::ReadOnly] {
            assert_eq!(SqliteStore::open(&path, access).unwrap_err(), StoreError::Missing(path.clone()));
        }
    }
    assert_eq!(fs::read(&empty).unwrap().len(), 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing was made");
}

#[test]
fn a_dry_run_needs_no_store_and_leaves_none() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("none/nexus.db");
    let mut store = SqliteStore::open(&path, Access::DryRun).unwrap();
    let id = keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    assert_eq!(look(&store, |rows| rows.user_ids(now(), &Filter::default())), [id.0]);
    assert!(!store.owns(&path));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn a_dry_run_uses_the_store_that_is_there() {
    let folder = TempDir::new().unwrap();
    keep(&mut fresh(&folder), |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let store = SqliteStore::open(&folder.path().join("nexus.db"), Access::DryRun).unwrap();
    assert_eq!(look(&store, |rows| rows.user_ids(now(), &Filter::default())), [1]);
}

#[test]
fn a_path_that_ends_in_a_folder_is_no_store() {
    let folder = TempDir::new().unwrap();
    for name in ["", "new/", "new/.", "new/.."] {
        let path = folder.path().join(name);
        let refused = SqliteStore::open(&path, Access::ReadWrite).unwrap_err();
        assert!(!matches!(refused, StoreError::Missing(_)), "{name}: {refused}");
    }
    fs::write(folder.path().join("file"), "x").unwrap();
    let below = SqliteStore::open(&folder.path().join("file/nexus.db"), Access::ReadWrite).unwrap_err();
    assert!(below.to_string().contains("is no folder"), "{below}");
}
