//! Tests of the file at the path: created, refused, locked, replaced.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::*;

fn refused(path: &Path) -> StoreError {
    SqliteStore::open(path, Access::ReadWrite).unwrap_err()
}

#[test]
fn what_it_makes_is_private() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a/b/nexus.db");
    let mut store = SqliteStore::open(&path, Access::ReadWrite).unwrap();
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder.path().join("a")), mode(&folder.path().join("a/b"))), (0o700, 0o700));
    for file in fs::read_dir(folder.path().join("a/b")).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
}

#[test]
fn a_path_need_not_be_utf_8() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(OsStr::from_bytes(b"a?b#c%41\xff.db"));
    drop(SqliteStore::open(&path, Access::ReadWrite).unwrap());
    SqliteStore::open(&path, Access::ReadOnly).unwrap();
}

#[test]
fn what_is_no_store_is_refused_and_not_touched() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("text"), "no database at all").unwrap();
    fs::write(at("long"), "x".repeat(5_000)).unwrap();
    Connection::open(at("other.db")).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let tables =
        "CREATE TABLE de_torres_vincent_users (id); CREATE TABLE de_torres_vincent_session_tokens (id);
                  CREATE TABLE de_torres_vincent_user_directories (id);";
    Connection::open(at("seed.db")).unwrap().execute_batch(tables).unwrap();
    fs::create_dir(at("folder")).unwrap();
    let before = fs::read_dir(folder.path()).unwrap().count();
    for name in ["text", "long", "other.db", "seed.db", "folder"] {
        let left = || (fs::read(at(name)).ok(), fs::metadata(at(name)).unwrap().modified().unwrap());
        let found = left();
        match refused(&at(name)) {
            StoreError::Importable(path) => assert_eq!(path, at("seed.db")),
            StoreError::NotAStore(words) => assert_ne!(name, "seed.db", "{words}"),
            other => panic!("{name}: {other}"),
        }
        assert_eq!(left(), found, "{name}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), before, "nothing was made beside them");
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = TempDir::new().unwrap();
    drop(fresh(&folder));
    let other = another_program(&folder);
    other.pragma_update(None, "user_version", schema::LATEST + 1).unwrap();
    other.pragma_update(None, "journal_mode", "DELETE").unwrap();
    drop(other);
    let known = schema::LATEST;
    let path = folder.path().join("nexus.db");
    let bytes = fs::read(&path).unwrap();
    assert_eq!(refused(&path), StoreError::Newer { found: known + 1, known });
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was made beside it");
}

#[test]
fn a_store_that_is_not_there_is_not_made_for_reading() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    assert!(SqliteStore::open(&path, Access::ReadOnly).is_err());
    assert!(!path.exists());
}

#[test]
fn a_reader_sees_what_a_writer_commits_and_writes_nothing() {
    let folder = TempDir::new().unwrap();
    let mut writer = fresh(&folder);
    let mut reader = SqliteStore::open(&folder.path().join("nexus.db"), Access::ReadOnly).unwrap();
    let before = reader.change_counter().unwrap();
    keep(&mut writer, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    assert_ne!(reader.change_counter().unwrap(), before);
    assert_eq!(look(&reader, |rows| rows.user_ids(now(), &Filter::default())), [1]);
    let refused = change(&mut reader, TransactionEnd::Commit, |rows| {
        rows.insert_user(&account("b", AccessLevel::User))
    });
    assert_eq!(refused, Err(StoreError::ReadOnly));
}

#[test]
fn opening_a_store_again_does_not_let_go_of_its_locks() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    // A process cannot ask for its own locks; Linux lists those that each open file holds. (The list of all locks,
    // `/proc/locks`, is not read in one moment: while others lock, a line may be missing from it.)
    let path = path.canonicalize().unwrap();
    let locks = || -> usize {
        let open = fs::read_dir("/proc/self/fd").unwrap().flatten();
        let here = open.filter(|file| fs::read_link(file.path()).is_ok_and(|to| to == path));
        let told = here.map(|file| fs::read_to_string(Path::new("/proc/self/fdinfo").join(file.file_name())));
        told.map(|told| told.unwrap_or_default().lines().filter(|line| line.starts_with("lock:")).count())
            .sum()
    };
    let held = locks();
    assert!(held > 0);
    for access in [Access::ReadOnly, Access::ReadWrite] {
        drop(SqliteStore::open(&path, access).unwrap());
        assert_eq!(locks(), held);
    }
}

#[test]
fn a_file_that_another_program_makes_meanwhile_stays_its_own() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    fs::write(&path, "").unwrap();
    let mut connection = settings::connect(&path, Access::ReadWrite).unwrap();
    another_program(&folder).execute_batch("CREATE TABLE t (x); PRAGMA user_version = 2").unwrap();
    let bytes = fs::read(&path).unwrap();
    assert!(matches!(migrations::make(&mut connection, &path), Err(StoreError::NotAStore(_))));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_deleted_or_replaced_file_is_never_written_to() {
    for replace in [false, true] {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        let path = folder.path().join("nexus.db");
        fs::remove_file(&path).unwrap();
        if replace {
            fs::write(&path, "").unwrap();
        }
        let refused = change(&mut store, TransactionEnd::Commit, |rows| {
            rows.insert_user(&account("a", AccessLevel::User))
        });
        assert_eq!(refused, Err(StoreError::Replaced));
    }
}

#[test]
fn a_log_that_another_file_left_behind_is_not_played_into_this_one() {
    let (old, new) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut store = fresh(&old);
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    drop(fresh(&new));
    let path = old.path().join("nexus.db");
    fs::copy(new.path().join("nexus.db"), old.path().join("copy")).unwrap();
    fs::rename(old.path().join("copy"), &path).unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(refused(&path), StoreError::Leftover { .. }));
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_deleted_during_the_work_is_not_called_saved() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let outcome = change(&mut store, TransactionEnd::Commit, |rows| {
        let id = rows.insert_user(&account("ada", AccessLevel::User))?;
        fs::remove_file(folder.path().join("nexus.db")).unwrap();
        Ok(id)
    });
    assert_eq!(outcome, Err(StoreError::Replaced));
}

#[test]
fn a_store_half_made_is_made_again() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    // Cut a making short: the journal stays, with pages of the transaction already in the file.
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE; CREATE TABLE t (x);")
        .unwrap();
    other
        .execute_batch(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
        INSERT INTO t SELECT hex(randomblob(100)) FROM n",
        )
        .unwrap();
    let journal = folder.path().join("nexus.db-journal");
    let (file, hot) = (fs::read(&path).unwrap(), fs::read(&journal).unwrap());
    drop(other);
    assert!(!file.is_empty() && !hot.is_empty());
    fs::write(&path, file).unwrap();
    fs::write(&journal, hot).unwrap();
    let store = SqliteStore::open(&path, Access::ReadWrite).unwrap();
    assert!(look(&store, |rows| rows.user_ids(now(), &Filter::default())).is_empty());
}

/// Returns the names of the files in a folder that begin like copies of its store.
fn copies(folder: &TempDir) -> Vec<String> {
    let names =
        fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains("before")).collect()
}

#[test]
fn a_store_of_every_earlier_version_is_copied_beside_and_opened() {
    for version in 1..schema::LATEST {
        let folder = TempDir::new().unwrap();
        earlier(&folder, version as usize);
        let store = fresh(&folder);
        assert_eq!(look(&store, |rows| rows.user_ids(now(), &Filter::default())), [1], "version {version}");
        let copies = copies(&folder);
        assert_eq!(copies.len(), 1, "{copies:?}");
        let copy = folder.path().join(&copies[0]);
        assert!(copies[0].starts_with("nexus.db.before-2"), "{copies:?}");
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        let copy = Connection::open(copy).unwrap();
        let version_of = copy.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
        assert_eq!(version_of, Ok(version));
        assert_eq!(
            copy.query_row("SELECT email FROM de_torres_vincent_users", [], |row| row.get(0)),
            Ok("a@x".to_owned())
        );
        drop(store);
        drop(fresh(&folder));
        assert_eq!(self::copies(&folder).len(), 1, "nothing is copied again");
    }
}

#[test]
fn a_new_store_is_not_copied() {
    let folder = TempDir::new().unwrap();
    drop(fresh(&folder));
    assert_eq!(copies(&folder), [""; 0]);
}

#[test]
fn an_altered_store_of_an_earlier_version_is_neither_copied_nor_migrated() {
    let folder = TempDir::new().unwrap();
    earlier(&folder, 4);
    another_program(&folder).execute_batch("DROP TRIGGER nexus_journal_kept").unwrap();
    let before = fs::read(folder.path().join("nexus.db")).unwrap();
    let words = "trigger nexus_journal_kept is missing".to_owned();
    assert_eq!(refused(&folder.path().join("nexus.db")), StoreError::Altered(words));
    assert_eq!(copies(&folder), [""; 0]);
    assert_eq!(fs::read(folder.path().join("nexus.db")).unwrap(), before);
}

#[test]
fn without_a_copy_nothing_is_migrated() {
    let folder = TempDir::new().unwrap();
    earlier(&folder, 3);
    let path = folder.path().join("nexus.db");
    let before = fs::read(&path).unwrap();
    // The folder takes no new file under any name that a copy could have: all of them are too long.
    let long = folder.path().join(format!("{}.db", "x".repeat(240)));
    fs::rename(&path, &long).unwrap();
    assert!(matches!(refused(&long), StoreError::Unreachable(words) if words.contains("the copy")));
    assert_eq!(fs::read(&long).unwrap(), before);
}

#[test]
fn a_schema_altered_while_the_store_is_open_stops_the_next_act() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let other = another_program(&folder);
    other
        .execute_batch(
            "CREATE TRIGGER evil AFTER INSERT ON de_torres_vincent_users BEGIN
               UPDATE de_torres_vincent_users SET access_level = 'admin' WHERE id = NEW.id; END",
        )
        .unwrap();
    let refused =
        change(&mut store, TransactionEnd::Commit, |rows| rows.insert_user(&account("b", AccessLevel::User)));
    let words = "trigger evil on de_torres_vincent_users was not made by NEXUS".to_owned();
    assert_eq!(refused, Err(StoreError::Altered(words)));
    other.execute_batch("DROP TRIGGER evil").unwrap();
    keep(&mut store, |rows| rows.insert_user(&account("b", AccessLevel::User)));
    assert_eq!(look(&store, |rows| rows.user_ids(now(), &Filter::default())), [1, 2]);
}

#[test]
fn a_file_with_nexus_s_mark_and_somebody_else_s_trigger_does_not_become_a_store() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    for version in [0, -1] {
        let other = another_program(&folder);
        other.execute_batch("CREATE TABLE IF NOT EXISTS nexus_plugin (x)").unwrap();
        other
            .execute_batch("CREATE TRIGGER IF NOT EXISTS t AFTER INSERT ON nexus_plugin BEGIN SELECT 1; END")
            .unwrap();
        other.pragma_update(None, "application_id", schema::APPLICATION_ID).unwrap();
        other.pragma_update(None, "user_version", version).unwrap();
        drop(other);
        let before = fs::read(&path).unwrap();
        assert!(matches!(refused(&path), StoreError::Altered(_)), "version {version}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_migration_that_fails_leaves_neither_a_change_nor_a_copy() {
    let folder = TempDir::new().unwrap();
    earlier(&folder, 4);
    another_program(&folder).execute_batch("CREATE TABLE nexus_bin (theirs)").unwrap();
    let path = folder.path().join("nexus.db");
    let before = fs::read(&path).unwrap();
    assert!(matches!(refused(&path), StoreError::Unreachable(_)));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(copies(&folder), [""; 0]);
}
