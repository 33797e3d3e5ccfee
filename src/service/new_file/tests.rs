use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

#[test]
fn it_is_new_whole_and_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let mut file = NewFile::create(&path).unwrap();
    file.write_all(b"id\r\n").unwrap();
    file.finish().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"id\r\n");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(NewFile::create(&path).unwrap_err().kind, FailureKind::Conflict);
}

#[test]
fn it_has_no_name_until_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.csv");
    fs::write(&old, "old").unwrap();
    let mut files = [
        NewFile::create(&folder.path().join("a.csv")).unwrap(),
        NewFile::replacing(&folder.path().join("b.csv")).unwrap(),
        NewFile::replacing(&old).unwrap(),
    ];
    for file in &mut files {
        file.write_all(b"whole").unwrap();
        file.flush().unwrap();
    }
    let names = || fs::read_dir(folder.path()).unwrap().count();
    // So that a process that is killed leaves nothing.
    assert_eq!(names(), 1);
    for file in files {
        file.finish().unwrap();
    }
    assert_eq!((names(), fs::read_to_string(&old).unwrap()), (3, "whole".to_owned()));
}

#[test]
fn one_with_a_name_does_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let [new, old] = ["new", "old"].map(|name| folder.path().join(name));
    let draft = || Draft::create_named(folder.path()).unwrap();
    fs::write(&old, "old").unwrap();
    assert_eq!(draft().persist_new(&old).unwrap_err().kind(), ErrorKind::AlreadyExists);
    draft().persist_new(&new).unwrap();
    draft().persist(&old).unwrap();
    assert_eq!((fs::read(&old).unwrap().len(), fs::read_dir(folder.path()).unwrap().count()), (0, 2));
}

#[test]
fn one_that_was_not_finished_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    drop(NewFile::create(&path).unwrap());
    assert!(!path.exists());
    fs::write(&path, "old").unwrap();
    drop(NewFile::replacing(&path).unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_is_replaced_only_when_the_new_one_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, "old").unwrap();
    let mut file = NewFile::replacing(&path).unwrap();
    file.write_all(b"new").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    file.finish().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_file_has_the_old_ones_mode_before_it_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let old = fs::metadata(&path).unwrap();
    let file = NewFile::replacing(&path).unwrap().with_owner_and_mode_of(&old).unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o640);
    }
    file.finish().unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_full_disk_is_told_from_a_file_that_may_not_be_written() {
    let failure = |kind: ErrorKind| unwritten("/srv/a.csv".as_ref(), &kind.into());
    let full = failure(ErrorKind::StorageFull);
    assert_eq!(
        (full.kind, full.message.as_str()),
        (FailureKind::Unavailable, "No space is left for /srv/a.csv.")
    );
    let closed = failure(ErrorKind::PermissionDenied);
    assert_eq!(
        (closed.kind, closed.message.as_str()),
        (FailureKind::Other, "You may not write /srv/a.csv, or not in its folder.")
    );
}

#[test]
fn only_a_regular_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let [target, link] = ["target", "link"].map(|name| folder.path().join(name));
    fs::write(&target, "mine").unwrap();
    symlink(&target, &link).unwrap();
    for path in [link.as_path(), folder.path()] {
        assert_eq!(NewFile::create(path).unwrap_err().kind, FailureKind::Conflict);
        let failure = NewFile::replacing(path).unwrap_err();
        assert!(failure.message.contains("not a regular file"), "{}", failure.message);
    }
    assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
    let failure = NewFile::create("/nowhere/\u{1b}[2J.csv".as_ref()).unwrap_err();
    assert_eq!(failure.message, "The folder of /nowhere/␛[2J.csv does not exist.");
}

#[test]
fn a_file_that_came_meanwhile_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let mut file = NewFile::create(&path).unwrap();
    file.write_all(b"new").unwrap();
    fs::write(&path, "mine").unwrap();
    assert_eq!(file.finish().unwrap_err().kind, FailureKind::Conflict);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_is_whole_or_not_there() {
    let outer = tempfile::tempdir().unwrap();
    let path = outer.path().join("out");
    let folder = NewFolder::create(&path).unwrap();
    let mut file = folder.table("users").unwrap();
    file.write_all(b"id\r\n").unwrap();
    file.finish().unwrap();
    assert!(!path.exists());
    folder.finish().unwrap();
    assert_eq!(fs::read(path.join("users.csv")).unwrap(), b"id\r\n");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(path.join("users.csv")).unwrap().permissions().mode() & 0o777, 0o600);

    assert_eq!(NewFolder::create(&path).unwrap_err().kind, FailureKind::Conflict);
    let empty = outer.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let folder = NewFolder::create(&empty).unwrap();
    folder.table("users").unwrap().finish().unwrap();
    drop(NewFolder::create(&outer.path().join("dropped")).unwrap());
    folder.finish().unwrap();
    assert!(empty.join("users.csv").exists());
    assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 2);
}
