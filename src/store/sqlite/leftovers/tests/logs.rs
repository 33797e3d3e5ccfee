//! Write-ahead logs.

use crate::domain::integrity::Damage;
use crate::domain::user::{Fields, UserId};
use crate::store::contract_tests::deletion_info;
use crate::store::sqlite::damage;
use crate::store::sqlite::tests::earlier;
use crate::store::{ReportedWork, Store};

use super::*;

#[test]
fn a_log_is_played_into_the_file_that_it_continues() {
    let place = store_of(3);
    let killed = killed_while_adding(&place, &["x", "y"]);
    assert!(killed.log.is_some());
    let left = Place::of(&killed);
    let found = findings(&left.path()).unwrap();
    assert!(matches!(&found[..], [Finding { severity: Severity::Warning, .. }]), "{found:?}");
    assert_eq!(left.count(), 5);
    assert_eq!(findings(&left.path()).unwrap(), []);
}

#[test]
fn an_older_or_newer_file_under_a_log_is_refused() {
    let place = store_of(3);
    let older = place.moment().file;
    add(&mut place.open().unwrap(), "between");
    let killed = killed_while_adding(&place, &["x", "y"]);
    Place::of(&Moment { file: older, ..killed.clone() }).is_refused("-wal");
    let newer = store_of(5).moment().file;
    Place::of(&Moment { file: newer, ..killed.clone() }).is_refused("-wal");
    let later = Place::of(&killed);
    add(&mut later.open().unwrap(), "z");
    Place::of(&Moment { file: later.moment().file, ..killed }).is_refused("-wal");
}

#[test]
fn a_copy_of_what_the_log_continues_takes_its_place() {
    let place = store_of(3);
    let same = place.moment().file;
    let killed = killed_while_adding(&place, &["x"]);
    assert_eq!(Place::of(&Moment { file: same, ..killed }).count(), 4);
}

#[test]
fn a_change_by_another_program_makes_another_state() {
    let place = store_of(3);
    let older = place.moment().file;
    place.other().execute_batch("UPDATE de_torres_vincent_users SET address = 'new'").unwrap();
    let killed = killed_while_adding(&place, &["x"]);
    Place::of(&Moment { file: older, ..killed.clone() }).is_refused("-wal");
    assert_eq!(Place::of(&killed).count(), 4);
}

#[test]
fn a_log_that_only_other_programs_wrote_is_judged_as_well() {
    let place = store_of(3);
    let older = place.moment().file;
    add(&mut place.open().unwrap(), "between");
    let other = place.other();
    other.execute_batch("UPDATE de_torres_vincent_users SET address = 'new' WHERE id < 3").unwrap();
    let killed = place.moment();
    Place::of(&Moment { file: older, ..killed.clone() }).is_refused("-wal");
    assert_eq!(Place::of(&killed).count(), 4);
}

/// The two files would be consistent: only the revision shows that a change is missing.
#[test]
fn a_change_that_is_in_neither_the_file_nor_the_log_is_not_lost_silently() {
    let place = store_of(40);
    let other = place.other();
    let address = |id: i64, address: &str| {
        let sql = "UPDATE de_torres_vincent_users SET address = ? WHERE id = ?";
        other.execute(sql, rusqlite::params![address, id]).unwrap();
    };
    for id in 1..40 {
        address(id, &"x".repeat(3_000));
    }
    other.pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
    let older = place.moment().file;
    address(1, &"y".repeat(3_000));
    keep(&mut place.open().unwrap(), |rows| rows.note_usable_admin());
    other.pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
    address(30, &"z".repeat(3_000));
    let killed = place.moment();
    let merged = Place::of(&Moment { file: older.clone(), ..killed.clone() });
    assert_eq!(whole::structure_misfit(&merged.other()), Ok(None));
    Place::of(&Moment { file: older, ..killed.clone() }).is_refused("-wal");
    assert_eq!(Place::of(&killed).count(), 40);
}

/// The counts of changes would permit it: only the times of the files tell that one was put in the place of another.
#[test]
fn an_older_file_that_was_put_under_a_log_of_other_programs_is_refused() {
    let place = store_of(60);
    let other = place.other();
    let address = |ids: std::ops::Range<i64>, address: &str| {
        let sql = "UPDATE de_torres_vincent_users SET address = ?, username = username || 'x' WHERE id BETWEEN ? AND ?";
        other.execute(sql, rusqlite::params![address.repeat(900), ids.start, ids.end]).unwrap();
    };
    let older = place.moment().file;
    address(1..9, "y");
    other.pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
    address(30..32, "z");
    let killed = place.moment();
    let put = |file: &[u8]| {
        let place = Place::of(&killed);
        fs::write(place.path(), file).unwrap();
        let log = fs::metadata(place.beside("-wal")).unwrap().modified().unwrap();
        let later = log + std::time::Duration::from_millis(4);
        fs::File::options().write(true).open(place.path()).unwrap().set_modified(later).unwrap();
        place
    };
    put(&older).is_refused("-wal");
    assert_eq!(Place::of(&killed).count(), 60);
    // A checkpoint that was killed has changed the file last, too.
    other.pragma_update(None, "wal_checkpoint", "PASSIVE").unwrap();
    let after = place.moment().file;
    let begun: Vec<u8> = [&after[..20 * 4_096], &killed.file[20 * 4_096..]].concat();
    assert_eq!(put(&begun).count(), 60);
}

#[test]
fn the_log_of_a_store_that_is_known_to_be_damaged_is_not_blamed_for_it() {
    let place = store_of(90);
    let killed = killed_while_adding(&place, &["x"]);
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'de_torres_vincent_users'";
    let root: u32 = place.other().query_row(sql, [], |row| row.get(0)).unwrap();
    let mut file = killed.file.clone();
    // The first child of the root; the new account is in the last.
    let root = (root as usize - 1) * 4_096;
    let cell = root + usize::from(u16::from_be_bytes(file[root + 12..root + 14].try_into().unwrap()));
    let at = (u32::from_be_bytes(file[cell..cell + 4].try_into().unwrap()) as usize - 1) * 4_096;
    assert_eq!((file[root], file[at]), (5, 13), "pages of a table");
    file[at + 200..at + 4_096].fill(0xa5);
    let left = Place::of(&Moment { file, ..killed });
    left.is_refused("-wal");
    let damage = Damage { object: "table t".into(), found_at: now(), is_certain: true };
    damage::remember(&left.path(), &damage).unwrap();
    let before = left.moment();
    let store = left.open().unwrap();
    assert!(Store::writable(&store).is_err());
    drop(store);
    assert!(before == left.moment(), "something was touched");
}

#[test]
fn a_log_of_which_a_part_is_in_the_file_already_is_played() {
    let place = store_of(50);
    let mut store = place.open().unwrap();
    for n in 0..50 {
        add(&mut store, &format!("b{n}"));
    }
    let (before, log) = (place.moment().file, place.moment().log);
    store.connection.pragma_update(None, "wal_checkpoint", "PASSIVE").unwrap();
    let after = place.moment().file;
    // A checkpoint copies pages in their order, each with one write.
    for pages in (0..=after.len() / 4_096).step_by(7) {
        let cut = (pages * 4_096).min(after.len());
        let mut file = before.clone();
        file.resize(file.len().max(cut), 0);
        file[..cut].copy_from_slice(&after[..cut]);
        assert_eq!(Place::of(&Moment { file, log: log.clone(), journal: None }).count(), 100);
    }
}

/// Schema 5 has no revision; schema 6 creates it.
#[test]
fn a_log_with_a_migration_is_played_however_much_of_it_is_in_the_file() {
    let place = Place::new();
    earlier(&place.folder, 5);
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o600)).unwrap();
    place.other().pragma_update(None, "journal_mode", "WAL").unwrap();
    let before = place.moment().file;
    let mut store = place.open().unwrap();
    add(&mut store, "b");
    let log = place.moment().log;
    store.connection.pragma_update(None, "wal_checkpoint", "PASSIVE").unwrap();
    let after = place.moment().file;
    for cut in (0..=after.len()).step_by(3 * 4_096) {
        let file = [&after[..cut], before.get(cut..).unwrap_or_default()].concat();
        assert_eq!(Place::of(&Moment { file, log: log.clone(), journal: None }).count(), 2, "{cut}");
    }
}

#[test]
fn a_torn_log_is_played_up_to_its_last_whole_transaction() {
    let place = store_of(3);
    let killed = killed_while_adding(&place, &["x", "y", "z"]);
    let log = killed.log.clone().unwrap();
    let mut counts = Vec::new();
    for bytes in (0..log.len()).step_by(1_021) {
        let torn = Moment { log: Some(log[..bytes].to_vec()), ..killed.clone() };
        counts.push(Place::of(&torn).count());
    }
    assert!(counts.is_sorted() && counts.first() == Some(&3) && counts.contains(&5), "{counts:?}");
}

#[test]
fn what_is_no_log_is_refused_and_an_empty_or_zeroed_one_is_no_matter() {
    let file = store_of(2).moment().file;
    let with = |log: &[u8]| Place::of(&Moment { file: file.clone(), log: Some(log.to_vec()), journal: None });
    with(b"a text that somebody keeps under this name").is_refused("-wal");
    assert_eq!(with(&[]).count(), 2);
    assert_eq!(with(&[0; 5_000]).count(), 2);
    let linked = with(&[]);
    fs::remove_file(linked.beside("-wal")).unwrap();
    std::os::unix::fs::symlink("elsewhere", linked.beside("-wal")).unwrap();
    assert!(matches!(linked.open(), Err(StoreError::Finding(_))), "a link is not followed");
}

#[test]
fn a_log_whose_store_is_gone_or_emptied_is_not_removed() {
    let killed = killed_while_adding(&store_of(2), &["x"]);
    let emptied = Place::of(&Moment { file: Vec::new(), ..killed.clone() });
    let gone = Place::of(&killed);
    fs::remove_file(gone.path()).unwrap();
    for place in [emptied, gone] {
        assert!(matches!(place.open(), Err(StoreError::Leftover { .. })));
        assert_eq!(fs::read(place.beside("-wal")).ok(), killed.log);
    }
}

#[test]
fn a_store_copied_anew_in_order_of_its_rows_does_not_take_a_log() {
    let place = store_of(60);
    keep(&mut place.open().unwrap(), |rows| {
        for id in 1..50 {
            rows.update_user(
                now(),
                UserId(id),
                &Fields { address: Some("x".repeat(3_000)), ..Default::default() },
            )?;
        }
        Ok(())
    });
    keep(&mut place.open().unwrap(), |rows| rows.bin_user(UserId(7), &deletion_info()));
    let vacuumed = place.folder.path().join("vacuumed");
    place.other().execute("VACUUM INTO ?", [vacuumed.to_str().unwrap()]).unwrap();
    let killed = killed_while_adding(&place, &["x"]);
    Place::of(&Moment { file: fs::read(vacuumed).unwrap(), ..killed }).is_refused("-wal");
}

#[test]
fn whoever_waits_is_told_which_leftover_is_judged() {
    thread_local! {
        static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }
    fn told(words: &str, work: &mut dyn FnMut()) {
        TOLD.with_borrow_mut(|all| all.push(words.to_owned()));
        work();
    }
    let opening = || Opening { announced: told, ..Access::ReadWrite.into() };
    let place = store_of(1);
    drop(SqliteStore::open(&place.path(), opening()).unwrap());
    TOLD.with_borrow(|all| assert_eq!(*all, [""; 0], "without a leftover"));
    let moment = Moment { log: Some(vec![0; 64]), ..place.moment() };
    let place = Place::of(&moment);
    SqliteStore::open(&place.path(), opening()).unwrap();
    TOLD.with_borrow(|all| assert_eq!(*all, ["Checking the leftover log of nexus.db (64 B)…"]));
}

#[test]
fn the_check_of_a_whole_store_is_reported_and_can_be_stopped() {
    thread_local! {
        static REPORTED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }
    let place = store_of(3);
    let left = Place::of(&killed_while_adding(&place, &["x"]));
    let before = left.moment();
    let stopped = Opening { reported: |_, work| work(&mut |_| false), ..Access::ReadWrite.into() };
    assert_eq!(SqliteStore::open(&left.path(), stopped).err(), Some(StoreError::Stopped));
    assert!(before == left.moment(), "something was touched");
    let reported = |words: &str, work: &mut ReportedWork<'_>| {
        REPORTED.with_borrow_mut(|all| all.push(words.to_owned()));
        work(&mut |_| true);
    };
    drop(SqliteStore::open(&left.path(), Opening { reported, ..Access::ReadWrite.into() }).unwrap());
    let size = byte_count(before.log.unwrap().len() as u64);
    REPORTED
        .with_borrow(|all| assert_eq!(*all, [format!("Checking the leftover log of nexus.db ({size})…")]));
    assert_eq!(left.count(), 4);
}
