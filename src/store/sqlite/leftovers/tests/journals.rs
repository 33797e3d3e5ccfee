//! Rollback journals.

use super::*;

/// Returns the journal of a first start that is killed before it has created anything.
fn first_start_journal() -> Vec<u8> {
    let place = Place::new();
    fs::write(place.path(), "").unwrap();
    let other = place.other();
    other
        .execute_batch("PRAGMA cache_size = 1; BEGIN IMMEDIATE; CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(90000))")
        .unwrap();
    let journal = fs::read(place.beside("-journal")).unwrap();
    drop(other);
    journal[..512].to_vec()
}

/// Returns the moment within a transaction of a program that uses a rollback journal, with pages of it in the file already.
fn killed_in_a_transaction(place: &Place) -> Moment {
    let other = place.other();
    other.pragma_update(None, "journal_mode", "DELETE").unwrap();
    other
        .execute_batch(
            "PRAGMA cache_size = 1; BEGIN IMMEDIATE;
             UPDATE de_torres_vincent_users SET address = hex(zeroblob(3000)), lastname = lastname || 'x';
             DELETE FROM de_torres_vincent_users WHERE id > 20;",
        )
        .unwrap();
    let moment = place.moment();
    other.execute_batch("ROLLBACK").unwrap();
    moment
}

#[test]
fn a_copy_put_over_a_first_start_that_was_killed_is_not_emptied() {
    let file = store_of(1).moment().file;
    let place = Place::of(&Moment { file, log: None, journal: Some(first_start_journal()) });
    place.is_refused("-journal");
    fs::rename(place.beside("-journal"), place.beside("-journal.aside")).unwrap();
    assert_eq!(place.count(), 1);
}

#[test]
fn a_store_with_journal_entries_alone_is_not_half_made() {
    let place = store_of(0);
    place
        .other()
        .execute_batch(
            "INSERT INTO nexus_journal VALUES (1, 'a', NULL, 'b', NULL, NULL, 'c', 'd', 'e', 'f', NULL, 'g', NULL, '{}', '{}', 1,
               NULL, 'h', NULL, NULL)",
        )
        .unwrap();
    let file = place.moment().file;
    Place::of(&Moment { file, log: None, journal: Some(first_start_journal()) }).is_refused("-journal");
}

#[test]
fn a_first_start_that_was_killed_is_made_again() {
    let journal = Some(first_start_journal());
    assert_eq!(Place::of(&Moment { file: Vec::new(), log: None, journal: journal.clone() }).count(), 0);
    let file = store_of(0).moment().file;
    assert_eq!(Place::of(&Moment { file, log: None, journal }).count(), 0);
}

#[test]
fn every_part_of_a_first_making_is_rolled_back() {
    let file = store_of(0).moment().file;
    for pages in 1..=file.len() / 4_096 {
        let file = file[..pages * 4_096].to_vec();
        let place = Place::of(&Moment { file, log: None, journal: Some(first_start_journal()) });
        assert_eq!(place.count(), 0);
    }
}

#[test]
fn a_transaction_that_was_killed_is_rolled_back() {
    let killed = killed_in_a_transaction(&store_of(60));
    assert!(killed.journal.is_some());
    let place = Place::of(&killed);
    assert_eq!(place.count(), 60);
    assert!(place.moment().journal.is_none());
}

#[test]
fn a_journal_of_an_earlier_state_is_refused() {
    let place = store_of(60);
    let journal = killed_in_a_transaction(&place).journal;
    add(&mut place.open().unwrap(), "later");
    add(&mut place.open().unwrap(), "later still");
    Place::of(&Moment { journal, ..place.moment() }).is_refused("-journal");
}

#[test]
fn a_journal_that_would_take_back_one_later_transaction_is_refused() {
    let place = store_of(60);
    place.other().pragma_update(None, "journal_mode", "DELETE").unwrap();
    let file = place.moment().file;
    let journal = killed_in_a_transaction(&place).journal;
    let with_change = |change: fn(&Place)| {
        let place = Place::of(&Moment { file: file.clone(), log: None, journal: None });
        change(&place);
        // All pages that changed are in the journal, so what it rolls back is sound.
        Place::of(&Moment { file: place.moment().file, log: None, journal: journal.clone() })
    };
    with_change(|place| {
        let named = Fields { last_name: Some("Later".into()), ..Fields::default() };
        keep(&mut place.open().unwrap(), |rows| rows.update_user(now(), UserId(5), &named));
    })
    .is_refused("-journal");
    with_change(|place| {
        drop(place.open().unwrap());
        let sql = "UPDATE de_torres_vincent_users SET lastname = 'Later' WHERE id = 5";
        place.other().execute_batch(sql).unwrap();
    })
    .is_refused("-journal");
    let only_switched = with_change(|place| drop(place.open().unwrap()));
    assert_eq!(only_switched.count(), 60);
}

#[test]
fn a_journal_of_a_later_state_is_refused_by_its_revision() {
    let place = store_of(60);
    let backup = place.moment().file;
    place
        .other()
        .execute_batch(
            "UPDATE de_torres_vincent_users SET status = 'suspended', access_level = 'admin' WHERE id = 5",
        )
        .unwrap();
    let journal = killed_in_a_transaction(&place).journal;
    Place::of(&Moment { file: backup, log: None, journal }).is_refused("-journal");
}

#[test]
fn a_journal_of_another_store_or_program_is_refused() {
    let file = store_of(60).moment().file;
    let mut journals = vec![killed_in_a_transaction(&store_of(80)).journal.unwrap()];
    let other = Place::new();
    other
        .other()
        .execute_batch(
            "CREATE TABLE t (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
             INSERT INTO t SELECT zeroblob(500) FROM n",
        )
        .unwrap();
    let connection = other.other();
    connection.execute_batch("PRAGMA cache_size = 1; BEGIN; UPDATE t SET x = randomblob(400)").unwrap();
    journals.push(other.moment().journal.unwrap());
    journals.push(b"a text that somebody keeps under this name".to_vec());
    journals.push(MAGIC_ALONE.to_vec());
    for journal in journals {
        Place::of(&Moment { file: file.clone(), log: None, journal: Some(journal) }).is_refused("-journal");
    }
}

const MAGIC_ALONE: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

#[test]
fn a_journal_of_zeros_is_no_matter() {
    let file = store_of(2).moment().file;
    for journal in [vec![], vec![0; 5_000]] {
        let place = Place::of(&Moment { file: file.clone(), log: None, journal: Some(journal) });
        assert_eq!(place.count(), 2);
    }
}

#[test]
fn a_journal_that_was_cut_off_never_leaves_a_damaged_store() {
    let killed = killed_in_a_transaction(&store_of(60));
    let journal = killed.journal.clone().unwrap();
    for bytes in (1..journal.len()).step_by(journal.len() / 40) {
        let moment = Moment { journal: Some(journal[..bytes].to_vec()), ..killed.clone() };
        let place = Place::of(&moment);
        match place.open() {
            Ok(store) => {
                assert_eq!(look(&store, |rows| rows.user_ids(now(), &Filter::default())).len(), 60);
                assert_eq!(whole::structure_misfit(&store.connection), Ok(None));
            }
            Err(StoreError::Leftover { .. }) => assert_eq!(place.moment(), moment),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Returns the end of a journal that is one of several in a transaction.
fn named(journal: &[u8], name: &str) -> Vec<u8> {
    let sum: u32 = name.bytes().map(u32::from).sum();
    let end =
        [&0_u32.to_be_bytes()[..], name.as_bytes(), &(name.len() as u32).to_be_bytes(), &sum.to_be_bytes()];
    [journal, &end.concat(), &MAGIC_ALONE].concat()
}

#[test]
fn a_file_that_a_journal_names_is_not_removed_unless_it_lists_the_journal() {
    let killed = killed_in_a_transaction(&store_of(60));
    let journal = killed.journal.clone().unwrap();
    let victim = TempDir::new().unwrap();
    for name in ["diary", "diary-mj0123456"] {
        let path = victim.path().join(name);
        fs::write(&path, "dear diary").unwrap();
        let journal = named(&journal, path.to_str().unwrap());
        Place::of(&Moment { journal: Some(journal), ..killed.clone() }).is_refused("-journal");
        assert!(path.exists());
    }
    let place = Place::of(&killed);
    let list = place.folder.path().join("main.db-mj0123456");
    let own = place.beside("-journal").canonicalize().unwrap();
    fs::write(&list, [own.to_str().unwrap().as_bytes(), b"\0"].concat()).unwrap();
    fs::write(place.beside("-journal"), named(&journal, list.to_str().unwrap())).unwrap();
    assert_eq!(place.count(), 60);
}

#[test]
fn a_journal_whose_store_is_gone_or_emptied_is_not_removed() {
    let killed = killed_in_a_transaction(&store_of(60));
    let emptied = Place::of(&Moment { file: Vec::new(), ..killed.clone() });
    let gone = Place::of(&killed);
    fs::remove_file(gone.path()).unwrap();
    for place in [emptied, gone] {
        assert!(matches!(place.open(), Err(StoreError::Leftover { .. })));
        assert_eq!(fs::read(place.beside("-journal")).ok(), killed.journal);
    }
}

#[test]
fn a_journal_is_tried_in_a_copy_that_no_signal_leaves_behind() {
    static NAMED: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    fn counted(work: &mut dyn FnMut()) {
        NAMED.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        work();
    }
    let place = store_of(50);
    let killed = Place::of(&killed_in_a_transaction(&place));
    let opening = Opening { uninterrupted: counted, ..Access::ReadWrite.into() };
    SqliteStore::open(&killed.path(), opening).unwrap();
    assert_eq!(NAMED.load(std::sync::atomic::Ordering::SeqCst), 1);
}
