//! Stores with damaged pages: what the check finds, and what becomes of a store that is known to be damaged.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use crate::domain::integrity::{CheckTimes, Damage, TableCheck};

use super::super::Examined;
use super::*;

/// Returns a store with many accounts and a few free pages, in one file without a log.
fn filled(folder: &TempDir) -> PathBuf {
    keep(&mut fresh(folder), |rows| {
        for n in 0..600 {
            let name = format!("user{n}");
            let id = rows.insert_user(&account(&name, AccessLevel::User))?;
            rows.set_password(now(), id, &"x".repeat(if n == 300 { 20_000 } else { 90 }), false)?;
        }
        Ok(())
    });
    let path = folder.path().join("nexus.db");
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(400000)); DROP TABLE t").unwrap();
    path
}

/// Overwrites a page with bytes that mean nothing.
fn overwrite(path: &Path, page: u32) {
    let file = File::options().write(true).open(path).unwrap();
    file.write_all_at(&[0xa5; 4_096], u64::from(page - 1) * 4_096).unwrap();
}

/// Returns the page that is found by this query on a connection that is closed again.
fn page(path: &Path, sql: &str) -> u32 {
    Connection::open(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Returns a page of a table or an index, by the type that its first byte says.
fn page_of(path: &Path, root: &str, kind: u8) -> u32 {
    let bytes = fs::read(path).unwrap();
    let root = page(path, &format!("SELECT rootpage FROM sqlite_schema WHERE name = '{root}'"));
    let at = (root as usize - 1) * 4_096;
    // The right-most child of the root.
    let child = u32::from_be_bytes(bytes[at + 8..at + 12].try_into().unwrap());
    assert_eq!(bytes[(child as usize - 1) * 4_096], kind);
    child
}

fn first_free(path: &Path) -> u32 {
    let bytes = fs::read(path).unwrap();
    u32::from_be_bytes(bytes[32..36].try_into().unwrap())
}

/// Returns an overflow page: one that begins with the number of another and holds nothing but x.
fn overflow(path: &Path) -> u32 {
    let bytes = fs::read(path).unwrap();
    let is_one = |page: &&[u8]| page[4..].iter().all(|byte| *byte == b'x') && page[..3] == [0; 3];
    let at = bytes.chunks(4_096).position(|page| is_one(&page)).unwrap();
    at as u32 + 1
}

fn all_checks(store: &mut SqliteStore) -> Vec<TableCheck> {
    (0..).map_while(|before| store.check_table(before, &mut || true).unwrap()).collect()
}

fn damaged(store: &mut SqliteStore) -> Vec<String> {
    all_checks(store).into_iter().filter(|check| !check.is_sound).map(|check| check.table).collect()
}

fn add(store: &mut SqliteStore) -> Result<UserId> {
    change(store, TransactionEnd::Commit, |rows| rows.insert_user(&account("new", AccessLevel::User)))
}

fn found() -> Damage {
    Damage { object: "table t".into(), found_at: now(), is_certain: true }
}

fn mark(path: &Path) -> PathBuf {
    crate::domain::sqlite::beside(path, "-damaged")
}

#[test]
fn a_sound_store_is_checked_table_by_table_and_its_own_tables_are_all_among_them() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE \"a'b\u{1b}\" (x)").unwrap();
    let mut store = SqliteStore::open(&path, Access::Existing).unwrap();
    let checks = all_checks(&mut store);
    assert!(checks.iter().all(|check| check.is_sound), "{checks:?}");
    let names: Vec<_> = checks.iter().map(|check| check.table.as_str()).collect();
    for table in ["sqlite_schema", "de_torres_vincent_users", "nexus_journal", "nexus_checks", "a'b\u{1b}"] {
        assert!(names.contains(&table), "{names:?}");
    }
}

#[test]
fn damage_is_found_wherever_it_is_and_the_table_is_named() {
    type Place = fn(&Path) -> u32;
    let places: [(Place, &str); 5] = [
        (|path| page_of(path, "de_torres_vincent_users", 13), "de_torres_vincent_users"),
        (|path| page_of(path, "nexus_users_email", 10), "de_torres_vincent_users"),
        (overflow, "de_torres_vincent_users"),
        (|path| page_of(path, "nexus_names", 13), "nexus_names"),
        (first_free, "sqlite_schema"),
    ];
    for (place, table) in places {
        let folder = TempDir::new().unwrap();
        let path = filled(&folder);
        overwrite(&path, place(&path));
        let mut store = SqliteStore::open(&path, Access::Existing).unwrap();
        assert_eq!(damaged(&mut store), [table], "{table}");
        drop(store);
        let mut examined = Examined::open(&path, Access::Existing.into()).unwrap();
        let findings = findings(&mut examined);
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!((finding.check, finding.fixable), ("integrity", false));
        assert!(finding.message.contains(table.trim_start_matches("sqlite_")), "{finding:?}");
        assert!(!finding.fix.contains("doctor"), "its reader has just run it: {finding:?}");
        let before = fs::read(&path).unwrap();
        assert_eq!(examined.repair(false, &mut Repairing(|_: &mut dyn Write| Ok(()))).unwrap().mended, []);
        assert!(fs::read(&path).unwrap() == before, "a damaged file is left as it is");
    }
}

#[test]
fn no_page_in_use_can_be_overwritten_unnoticed() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    // Afterwards no page is free.
    Connection::open(&path).unwrap().execute_batch("VACUUM").unwrap();
    let sound = fs::read(&path).unwrap();
    let pages = u32::try_from(sound.len() / 4_096).unwrap();
    for page in 2..=pages {
        fs::write(&path, &sound).unwrap();
        overwrite(&path, page);
        let found =
            Examined::open(&path, Access::ReadOnly.into()).map(|mut examined| findings(&mut examined));
        assert!(found.is_err() || found.is_ok_and(|found| !found.is_empty()), "page {page} of {pages}");
    }
}

#[test]
fn an_index_that_no_longer_fits_its_table_is_damage() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    let other = Connection::open(&path).unwrap();
    other.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).unwrap();
    // The index is taken out of the schema, a row is changed without it, and it is put back.
    other
        .execute_batch(
            "PRAGMA writable_schema = 1;
             CREATE TEMP TABLE kept AS SELECT * FROM sqlite_schema WHERE name = 'nexus_users_email';
             DELETE FROM sqlite_schema WHERE name = 'nexus_users_email';
             PRAGMA writable_schema = RESET;",
        )
        .unwrap();
    other
        .execute("UPDATE de_torres_vincent_users SET email = 'x@y.example' WHERE username = 'user5'", [])
        .unwrap();
    other
        .execute_batch(
            "PRAGMA writable_schema = 1; INSERT INTO sqlite_schema SELECT * FROM kept;
             PRAGMA writable_schema = RESET;",
        )
        .unwrap();
    drop(other);
    let mut store = SqliteStore::open(&path, Access::Existing).unwrap();
    assert_eq!(damaged(&mut store), ["de_torres_vincent_users"]);
}

#[test]
fn rows_that_break_a_rule_are_no_damage() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    Connection::open(&path)
        .unwrap()
        .execute_batch(
            "PRAGMA ignore_check_constraints = 1; UPDATE de_torres_vincent_users SET status = 'odd' WHERE id = 5",
        )
        .unwrap();
    let mut store = SqliteStore::open(&path, Access::Existing).unwrap();
    assert_eq!(damaged(&mut store), [""; 0]);
}

#[test]
fn a_check_stops_at_once_and_is_done_again_later() {
    let folder = TempDir::new().unwrap();
    let mut store = SqliteStore::open(&filled(&folder), Access::Existing).unwrap();
    assert_eq!(store.check_table(0, &mut || false), Err(StoreError::Stopped));
    // The word to stop comes at the worst moment: after it was asked for, and before SQLite begins.
    let interrupter = store.interrupter();
    let mut asked = || {
        interrupter.stop();
        true
    };
    let users = (0..100).find(|before| {
        let check = store.check_table(*before, &mut || true).unwrap();
        check.unwrap().table == "de_torres_vincent_users"
    });
    let users = users.unwrap();
    assert_eq!(store.check_table(users, &mut asked), Err(StoreError::Stopped));
    assert!(store.check_table(users, &mut || true).unwrap().unwrap().is_sound);
    assert!(add(&mut store).is_ok(), "nothing stays stopped");
}

#[test]
fn a_store_that_is_known_to_be_damaged_is_only_read_by_everybody_from_then_on() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    let mut open_already = SqliteStore::open(&path, Access::Existing).unwrap();
    let mut finder = SqliteStore::open(&path, Access::Existing).unwrap();
    finder.note_damage(&found());
    for store in [&mut finder, &mut open_already] {
        assert!(matches!(add(store), Err(StoreError::KnownDamage(_))));
    }
    drop((finder, open_already));
    let mut later = SqliteStore::open(&path, Access::Existing).unwrap();
    assert!(matches!(add(&mut later), Err(StoreError::KnownDamage(_))));
}

#[test]
fn what_was_found_is_known_at_the_next_start_and_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    overwrite(&path, page_of(&path, "de_torres_vincent_users", 13));
    let mut store = SqliteStore::open(&path, Access::Existing).unwrap();
    store.note_damage(&found());
    drop(store);
    let before = fs::read(&path).unwrap();
    for access in [Access::ReadWrite, Access::Existing, Access::DryRun, Access::ReadOnly] {
        let mut store = SqliteStore::open(&path, access).unwrap();
        assert!(matches!(store.writable(), Err(StoreError::KnownDamage(_))), "{access:?}");
        assert!(matches!(add(&mut store), Err(StoreError::KnownDamage(_))), "{access:?}");
        let [warning] = store.warnings() else { panic!("{:?}", store.warnings()) };
        assert_eq!(warning.check, "integrity");
        assert!(
            look(&store, |rows| rows.user(now(), &Who::Id(UserId(3)))).is_some(),
            "what is whole is read"
        );
    }
    assert!(fs::read(&path).unwrap() == before);
}

#[test]
fn a_backup_that_was_put_back_is_checked_when_it_is_opened_and_written_again() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    let backup = fs::read(&path).unwrap();
    overwrite(&path, page_of(&path, "de_torres_vincent_users", 13));
    SqliteStore::open(&path, Access::Existing).unwrap().note_damage(&found());
    assert!(SqliteStore::open(&path, Access::Existing).unwrap().writable().is_err());
    fs::write(&path, &backup).unwrap();
    assert_eq!(SqliteStore::open(&path, Access::ReadOnly).unwrap().warnings(), []);
    assert!(mark(&path).exists(), "reading alone changes nothing beside it");
    let mut store = SqliteStore::open(&path, Access::Existing).unwrap();
    assert!(!mark(&path).exists() && add(&mut store).is_ok());
}

#[test]
fn another_damaged_file_in_its_place_stays_unwritten() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    overwrite(&path, page_of(&path, "de_torres_vincent_users", 13));
    SqliteStore::open(&path, Access::Existing).unwrap().note_damage(&found());
    overwrite(&path, page_of(&path, "nexus_names", 13));
    let mut store = SqliteStore::open(&path, Access::Existing).unwrap();
    let Err(StoreError::KnownDamage(finding)) = add(&mut store) else { panic!() };
    assert_eq!(finding.object, "table de_torres_vincent_users", "it was checked anew");
}

#[test]
fn what_is_opened_for_reading_only_remembers_nothing_beside_it() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    SqliteStore::open(&path, Access::ReadOnly).unwrap().note_damage(&found());
    assert!(!mark(&path).exists());
}

#[test]
fn damage_is_forgotten_where_it_is_asked_for_and_may_be_written() {
    let folder = TempDir::new().unwrap();
    let path = filled(&folder);
    let mut store = SqliteStore::open(&path, Access::Existing).unwrap();
    assert_eq!(store.forget_damage(), Ok(false));
    store.note_damage(&found());
    assert_eq!(store.damage().unwrap().object, found().object);
    assert_eq!(SqliteStore::open(&path, Access::ReadOnly).unwrap().forget_damage(), Ok(false));
    assert_eq!(store.forget_damage(), Ok(true));
    assert_eq!(store.damage(), None);
}

#[test]
fn the_times_of_the_check_are_kept() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    assert_eq!(look(&store, |rows| rows.check_times()), CheckTimes::default());
    let times = CheckTimes { begun_at: None, sound_at: Some(now()) };
    for times in [CheckTimes { begun_at: Some(now()), sound_at: None }, times] {
        keep(&mut store, |rows| rows.note_check_times(times));
        assert_eq!(look(&store, |rows| rows.check_times()), times);
    }
}

#[test]
fn damage_that_was_only_met_is_looked_for_when_the_store_is_opened_again() {
    for is_sound in [true, false] {
        let folder = TempDir::new().unwrap();
        let path = filled(&folder);
        if !is_sound {
            overwrite(&path, page_of(&path, "nexus_names", 13));
        }
        let mut met_by = SqliteStore::open(&path, Access::Existing).unwrap();
        met_by.note_damage(&Damage::while_reading(now()));
        assert!(matches!(add(&mut met_by), Err(StoreError::KnownDamage(_))));
        drop(met_by);
        match add(&mut SqliteStore::open(&path, Access::Existing).unwrap()) {
            Ok(_) => assert!(is_sound && !mark(&path).exists()),
            Err(StoreError::KnownDamage(finding)) => {
                assert!(!is_sound);
                assert_eq!(finding.object, "table nexus_names");
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}
