//! Tests of the creation of a store: no file that NEXUS has not created itself is changed.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
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
    assert!(below.to_string().contains("is not a folder"), "{below}");
}

/// Opens a store that gets its name with the first change.
fn unnamed(path: &Path) -> SqliteStore {
    let opening = Opening { making: Making::WithFirstChange, ..Access::ReadWrite.into() };
    SqliteStore::open(path, opening).unwrap()
}

fn is_empty(folder: &TempDir) -> bool {
    fs::read_dir(folder.path()).unwrap().count() == 0
}

#[test]
fn a_store_without_a_name_lies_nowhere_until_something_is_stored_in_it() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a/b/nexus.db");
    let mut store = unnamed(&path);
    // Nothing is there while it is open, so that nothing stays, however the program ends.
    assert!(is_empty(&folder));
    let rolled_back = change(&mut store, TransactionEnd::RollBack, |rows| {
        rows.insert_user(&account("ada", AccessLevel::Admin))
    });
    rolled_back.unwrap();
    assert!(is_empty(&folder));
    drop(store);
    assert!(is_empty(&folder));

    let mut store = unnamed(&path);
    for name in ["ada", "alan"] {
        keep(&mut store, |rows| rows.insert_user(&account(name, AccessLevel::Admin)));
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }
    // Another program reads and writes the same rows meanwhile.
    let other = Connection::open(&path).unwrap();
    let users = "SELECT count(*) FROM de_torres_vincent_users";
    assert_eq!(other.query_row(users, [], |row| row.get::<_, i64>(0)).unwrap(), 2);
    other.execute("UPDATE de_torres_vincent_users SET firstname = 'A'", []).unwrap();
    drop((store, other));
    let store = SqliteStore::open(&path, Access::Existing).unwrap();
    let rows = look(&store, |rows| rows.user_ids(now(), &Filter::default()));
    assert_eq!(rows.len(), 2);
    assert_eq!(
        fs::read_dir(path.parent().unwrap())
            .unwrap()
            .filter(|entry| {
                !entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("nexus.db")
            })
            .count(),
        0
    );
}

#[test]
fn a_store_that_may_become_large_is_made_in_a_hidden_folder_and_not_copied() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a/nexus.db");
    let opening = Opening { making: Making::WithFirstLoad, ..Access::ReadWrite.into() };
    let hidden = || {
        let mut made = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        made.find(|path| path.file_name().unwrap().to_string_lossy().starts_with(".nexus-new-"))
    };
    drop(SqliteStore::open(&path, opening).unwrap());
    assert!(is_empty(&folder), "nothing was stored in it");

    let mut store = SqliteStore::open(&path, opening).unwrap();
    let made = fs::metadata(hidden().unwrap().join("new.db")).unwrap();
    assert_eq!((mode(&hidden().unwrap()), made.mode() & 0o777), (0o700, 0o600));
    assert!(!path.exists());
    for name in ["ada", "alan"] {
        keep(&mut store, |rows| rows.insert_user(&account(name, AccessLevel::Admin)));
        assert_eq!(fs::metadata(&path).unwrap().ino(), made.ino());
        assert_eq!(hidden(), None);
    }
    // The lock that tells other programs that the log is in use, which closing the file would have let go of.
    let locks = fs::read_to_string("/proc/locks").unwrap();
    let inode = format!(":{} ", made.ino());
    assert!(locks.lines().any(|line| line.contains("POSIX") && line.contains(&inode)), "{locks}");
    drop(store);
    let store = SqliteStore::open(&path, Access::Existing).unwrap();
    assert_eq!(look(&store, |rows| rows.user_ids(now(), &Filter::default())).len(), 2);
}

#[test]
fn what_was_made_meanwhile_is_not_touched_by_a_large_store_either() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    let opening = Opening { making: Making::WithFirstLoad, ..Access::ReadWrite.into() };
    let mut late = SqliteStore::open(&path, opening).unwrap();
    fs::write(&path, "somebody's").unwrap();
    let taken = change(&mut late, TransactionEnd::Commit, |rows| {
        rows.insert_user(&account("eve", AccessLevel::Admin))
    });
    assert!(matches!(taken, Err(StoreError::NotAStore(_))), "{taken:?}");
    drop(late);
    assert_eq!(fs::read(&path).unwrap(), b"somebody's");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_store_that_was_made_meanwhile_is_not_touched() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    let mut late = unnamed(&path);
    let mut first = fresh(&folder);
    keep(&mut first, |rows| rows.insert_user(&account("ada", AccessLevel::Admin)));
    drop(first);
    let taken = change(&mut late, TransactionEnd::Commit, |rows| {
        rows.insert_user(&account("eve", AccessLevel::Admin))
    });
    assert!(matches!(taken, Err(StoreError::NotAStore(_))), "{taken:?}");
    drop(late);
    let store = SqliteStore::open(&path, Access::Existing).unwrap();
    let rows = look(&store, |rows| rows.user_ids(now(), &Filter::default()));
    assert_eq!(rows.len(), 1);
}

#[test]
fn a_store_without_a_name_asks_as_much_of_its_place_as_any() {
    let folder = TempDir::new().unwrap();
    let opening = Opening { making: Making::WithFirstChange, ..Access::ReadWrite.into() };
    let link = folder.path().join("link.db");
    symlink(folder.path().join("target"), &link).unwrap();
    assert!(matches!(SqliteStore::open(&link, opening), Err(StoreError::NotAStore(_))));
    assert!(matches!(SqliteStore::open(&folder.path().join("x/."), opening), Err(StoreError::NotAStore(_))));
    let open_to_all = folder.path().join("open");
    fs::create_dir(&open_to_all).unwrap();
    set_mode(&open_to_all, 0o777);
    assert!(matches!(SqliteStore::open(&open_to_all.join("nexus.db"), opening), Err(StoreError::Finding(_))));
    let empty = folder.path().join("empty.db");
    fs::write(&empty, "").unwrap();
    set_mode(&empty, 0o644);
    assert!(SqliteStore::open(&empty, opening).is_err());
    assert_eq!(fs::read(&empty).unwrap().len(), 0);
}

#[test]
fn what_a_making_that_was_cut_short_left_is_removed_by_the_next_and_nothing_else_is() {
    let folder = TempDir::new().unwrap();
    let beside = |name: &str| folder.path().join(format!(".nexus-new-{name}"));
    let make = |name: &str, files: &[&str]| {
        fs::create_dir(beside(name)).unwrap();
        set_mode(&beside(name), 0o700);
        for file in files {
            fs::write(beside(name).join(file), "x").unwrap();
        }
    };
    make("left", &["new.db", "new.db-wal", "new.db-shm"]);
    make("empty", &[]);
    make("another", &["new.db", "notes.txt"]);
    make("used", &["new.db"]);
    make("open", &["new.db"]);
    set_mode(&beside("open"), 0o755);
    symlink(beside("another"), beside("link")).unwrap();
    fs::write(beside("file"), "x").unwrap();
    let lock = fs::File::open(beside("used")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();

    let opening = Opening { making: Making::WithFirstChange, ..Access::ReadWrite.into() };
    let mut store = SqliteStore::open(&folder.path().join("nexus.db"), opening).unwrap();
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::Admin)));
    let mut left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_prefix(".nexus-new-").map(str::to_owned))
        .collect();
    left.sort();
    assert_eq!(left, ["another", "file", "link", "open", "used"]);
    assert_eq!(fs::read_dir(beside("another")).unwrap().count(), 2);
}
