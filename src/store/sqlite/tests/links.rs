//! Several names of one file, and who else may write it.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use crate::domain::sqlite::beside;
use crate::store::Opening;

use super::*;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn add(store: &mut SqliteStore, name: &str) -> Result<i64> {
    change(store, TransactionEnd::Commit, |rows| rows.insert_user(&account(name, AccessLevel::User)))
        .map(|id| id.0)
}

fn ids(store: &SqliteStore) -> Vec<i64> {
    look(store, |rows| rows.user_ids(now(), &Filter::default()))
}

/// Returns the finding in an error.
fn complaint(error: StoreError) -> Finding {
    match error {
        StoreError::Finding(finding) => *finding,
        other => panic!("not a finding: {other}"),
    }
}

#[test]
fn paths_with_different_symbolic_links_lead_to_one_log() {
    let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    fs::create_dir(folder.path().join("real")).unwrap();
    symlink(folder.path().join("real"), other.path().join("folder")).unwrap();
    symlink("folder/nexus.db", other.path().join("file.db")).unwrap();
    let mut first = SqliteStore::open(&folder.path().join("real/nexus.db"), Access::ReadWrite).unwrap();
    let mut second = SqliteStore::open(&other.path().join("folder/nexus.db"), Access::Existing).unwrap();
    let mut third = SqliteStore::open(&other.path().join("file.db"), Access::Existing).unwrap();
    for (store, name) in [(&mut first, "ada"), (&mut second, "bob"), (&mut third, "cyd")] {
        add(store, name).unwrap();
    }
    assert_eq!([ids(&first), ids(&second), ids(&third)], [[1, 2, 3], [1, 2, 3], [1, 2, 3]]);
    assert_eq!(names(other.path()), ["file.db", "folder"]);
    assert_eq!(names(&folder.path().join("real")), ["nexus.db", "nexus.db-shm", "nexus.db-wal"]);
}

#[test]
fn a_file_with_two_names_is_only_read_and_nothing_is_left_beside_it() {
    let folder = TempDir::new().unwrap();
    keep(&mut fresh(&folder), |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    fs::hard_link(folder.path().join("nexus.db"), folder.path().join("second.db")).unwrap();
    for name in ["nexus.db", "second.db"] {
        let path = folder.path().join(name);
        let mut store = SqliteStore::open(&path, Access::Existing).unwrap();
        assert_eq!(ids(&store), [1]);
        let refused = complaint(add(&mut store, "bob").unwrap_err());
        assert_eq!(store.warnings(), std::slice::from_ref(&refused));
        assert_eq!((refused.check, store.writable()), ("links", Err(StoreError::Finding(Box::new(refused)))));
        drop(store);
        assert_eq!(names(folder.path()), ["nexus.db", "second.db"]);
    }
}

#[test]
fn the_commands_that_mend_two_names_do_so() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("it's mine.db");
    drop(SqliteStore::open(&path, Access::ReadWrite).unwrap());
    fs::hard_link(&path, folder.path().join("second.db")).unwrap();
    let store = SqliteStore::open(&path, Access::Existing).unwrap();
    let [warning] = store.warnings() else { panic!("{:?}", store.warnings()) };
    let warning = warning.clone();
    let (_, commands) = warning.fix.split_once("of its own: ").unwrap();
    let (commands, _) = commands.split_once(" (the names").unwrap();
    drop(store);
    assert!(Command::new("sh").args(["-c", commands]).status().unwrap().success());
    let mut store = SqliteStore::open(&path, Access::Existing).unwrap();
    assert_eq!((add(&mut store, "ada"), store.warnings()), (Ok(1), &[][..]));
}

#[test]
fn a_name_that_is_made_while_it_is_open_stops_the_next_change() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    add(&mut store, "ada").unwrap();
    let second = folder.path().join("second.db");
    fs::hard_link(folder.path().join("nexus.db"), &second).unwrap();
    assert_eq!(complaint(add(&mut store, "bob").unwrap_err()).check, "links");
    assert_eq!(ids(&store), [1]);
    fs::remove_file(second).unwrap();
    assert_eq!(add(&mut store, "bob"), Ok(2));
}

#[test]
fn what_everyone_may_write_is_refused_and_not_touched() {
    for (what, mode) in
        [("nexus.db", 0o666), ("nexus.db", 0o602), ("", 0o777), ("", 0o1777), ("nexus.db-wal", 0o646)]
    {
        let folder = TempDir::new().unwrap();
        drop(fresh(&folder));
        let at = |name: &str| folder.path().join(name);
        fs::write(at("nexus.db-wal"), "").unwrap();
        set_mode(&at("nexus.db-wal"), 0o600);
        set_mode(&at(what), mode);
        let before = fs::read(at("nexus.db")).unwrap();
        for access in [Access::ReadWrite, Access::Existing, Access::DryRun, Access::ReadOnly] {
            let refused = complaint(SqliteStore::open(&at("nexus.db"), access).unwrap_err());
            assert_eq!((refused.check, refused.severity), ("mode", Severity::Error), "{what} {access:?}");
        }
        assert_eq!(fs::metadata(at(what)).unwrap().mode() & 0o7777, mode);
        assert_eq!(fs::read(at("nexus.db")).unwrap(), before);
        assert_eq!(names(folder.path()), ["nexus.db", "nexus.db-wal"]);
        set_mode(folder.path(), 0o700);
    }
}

#[test]
fn no_store_is_made_where_everyone_may_write() {
    for mode in [0o777, 0o1777] {
        let folder = TempDir::new().unwrap();
        set_mode(folder.path(), mode);
        let refused = SqliteStore::open(&folder.path().join("nexus.db"), Access::ReadWrite).unwrap_err();
        assert_eq!(complaint(refused).check, "mode");
        assert!(names(folder.path()).is_empty());
        // A folder of its own in it will do.
        SqliteStore::open(&folder.path().join("nexus/nexus.db"), Access::ReadWrite).unwrap();
    }
}

#[test]
fn a_group_that_may_write_is_told_of_unless_it_is_meant_to() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    drop(fresh(&folder));
    set_mode(folder.path(), 0o770);
    set_mode(&path, 0o660);
    let group = fs::metadata(&path).unwrap().gid();
    let warnings = |group| {
        let mut store = SqliteStore::open(&path, Opening { group, ..Access::Existing.into() }).unwrap();
        change(&mut store, TransactionEnd::RollBack, |rows| {
            rows.insert_user(&account("ada", AccessLevel::User))
        })
        .unwrap();
        store.warnings().iter().map(|warning| warning.check).collect::<Vec<_>>()
    };
    assert_eq!(warnings(None), ["mode", "mode"]);
    assert_eq!(warnings(Some(group + 1)), ["mode", "mode"]);
    assert!(warnings(Some(group)).is_empty());
}

#[test]
fn what_is_planted_where_sqlite_keeps_its_files_is_not_followed() {
    for suffix in ["-wal", "-shm", "-journal"] {
        for kind in ["link", "dangling", "folder", "pipe"] {
            let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
            drop(fresh(&folder));
            let (planted, target) =
                (beside(&folder.path().join("nexus.db"), suffix), other.path().join("theirs"));
            match kind {
                "link" => {
                    fs::write(&target, "theirs").unwrap();
                    symlink(&target, &planted).unwrap();
                }
                "dangling" => symlink(&target, &planted).unwrap(),
                "folder" => fs::create_dir(&planted).unwrap(),
                _ => assert!(Command::new("mkfifo").arg(&planted).status().unwrap().success()),
            }
            for access in [Access::ReadWrite, Access::Existing, Access::ReadOnly] {
                let refused = SqliteStore::open(&folder.path().join("nexus.db"), access).unwrap_err();
                assert_eq!(complaint(refused).object, planted.display().to_string(), "{kind}");
            }
            assert_eq!(
                fs::read(&target).ok(),
                (kind == "link").then(|| b"theirs".to_vec()),
                "{suffix} {kind}"
            );
        }
    }
}

#[test]
fn a_check_reports_what_is_wrong_and_takes_away_what_is_too_much() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    drop(fresh(&folder));
    let told = || -> Vec<_> {
        let findings = permissions::findings(&path, None).unwrap();
        findings.into_iter().map(|finding| (finding.check, finding.fixable)).collect()
    };
    assert_eq!(told(), []);
    set_mode(&path, 0o644);
    assert_eq!(told(), [("mode", true)], "everyone may read the hashes");
    set_mode(&path, 0o666);
    set_mode(folder.path(), 0o775);
    assert_eq!(told(), [("mode", true), ("mode", true), ("mode", true)]);
    let mend = || {
        for finding in permissions::findings(&path, None).unwrap().iter().filter(|finding| finding.fixable) {
            permissions::mend(&path, None, finding).unwrap();
        }
    };
    mend();
    assert_eq!(told(), []);
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
    assert_eq!((mode(&path), mode(folder.path())), (0o600, 0o700));
    SqliteStore::open(&path, Access::Existing).unwrap();
    // A folder in which other things lie stays open to those who use them.
    fs::write(folder.path().join("notes"), "").unwrap();
    set_mode(folder.path(), 0o777);
    mend();
    assert_eq!(mode(folder.path()), 0o755);
    // A folder for everyone stays one.
    set_mode(folder.path(), 0o1777);
    assert_eq!(told(), [("mode", false)]);
    mend();
    assert_eq!(mode(folder.path()), 0o1777);
    fs::hard_link(&path, folder.path().join("second.db")).unwrap();
    assert_eq!(told(), [("mode", false), ("links", false)]);
    assert!(matches!(permissions::findings(&folder.path().join("none"), None), Err(StoreError::Missing(_))));
}
