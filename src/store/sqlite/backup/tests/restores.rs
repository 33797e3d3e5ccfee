//! Restoring backups.

use super::*;

/// Returns a store of an earlier schema.
fn earlier(folder: &TempDir, version: i64) -> PathBuf {
    let path = folder.path().join(format!("schema{version}.db"));
    let older = Connection::open(&path).unwrap();
    for step in schema::STEPS.iter().take(version as usize) {
        older.execute_batch(step).unwrap();
    }
    let ada = "INSERT INTO de_torres_vincent_users (firstname, lastname, username, email, password)
               VALUES ('A', 'L', 'ada', 'a@x', '!')";
    older.execute_batch(ada).unwrap();
    older.pragma_update(None, "application_id", schema::APPLICATION_ID).unwrap();
    older.pragma_update(None, "user_version", version).unwrap();
    path
}

#[test]
fn a_backup_of_an_earlier_schema_is_verified_and_restored_as_one_of_the_latest() {
    for version in 1..LATEST {
        let folder = TempDir::new().unwrap();
        let path = earlier(&folder, version);
        let before = fs::read(&path).unwrap();
        let checked = check(&path).unwrap();
        assert_eq!(checked.findings, [], "version {version}");
        let content = checked.content.unwrap();
        assert_eq!((content.schema, content.bytes), (version, before.len() as u64));
        let mut store = with_accounts(&folder, "nexus.db", &["grace"]);
        restore(&mut store, &path).unwrap().unwrap();
        assert_eq!(names(&store), ["ada"], "version {version}");
        assert_eq!(store.verify_schema(), Ok(()));
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_restore_replaces_the_rows_under_other_programs_and_keeps_the_old_store() {
    let folder = TempDir::new().unwrap();
    let mut store = with_accounts(&folder, "nexus.db", &["ada"]);
    let backup = backed_up(&store, &folder, "backup.db");
    add(&mut store, "grace");
    let reader = SqliteStore::open(&folder.path().join("nexus.db"), Access::ReadOnly).unwrap();
    let mut writer = SqliteStore::open(&folder.path().join("nexus.db"), Access::Existing).unwrap();
    let found = |store: &SqliteStore, word: &str| {
        look(store, |rows| {
            rows.user_ids(now(), &Filter::parse(crate::domain::filter::ListKind::Users, word).unwrap())
        })
    };
    // The search index is filled, and then kept up by the log of changes.
    reader.warm_up().unwrap();
    assert_eq!(found(&reader, "grace"), [2]);
    let version = reader.change_counter().unwrap();
    let kept = restore(&mut store, &backup).unwrap().unwrap().kept.unwrap();
    assert_ne!(reader.change_counter().unwrap(), version, "a console notices it");
    for store in [&store, &reader, &writer] {
        assert_eq!(names(store), ["ada"]);
        assert_eq!(found(store, "grace"), [0_i64; 0]);
        assert_eq!(found(store, "ada"), [1]);
    }
    let session = look(&store, |rows| rows.session(1)).unwrap();
    assert_eq!(session.ended(now()).map(|_| ()), Some(()));
    assert_eq!(session.end.unwrap().reason, EndReason::StoreRestored);
    // An id that the old store has given is not given again: somebody may still use it.
    add(&mut writer, "hedy");
    assert_eq!(look(&writer, |rows| rows.user_ids(now(), &Filter::default())), [1, 3]);
    assert!(look(&writer, |rows| rows.session(3)).is_some());
    assert!(look(&writer, |rows| rows.session(2)).is_none());
    let old = SqliteStore::open(&kept, Access::ReadOnly).unwrap();
    assert_eq!(names(&old), ["ada", "grace"]);
    assert_eq!(look(&old, |rows| rows.session(1)).unwrap().end, None);
}

#[test]
fn a_restore_that_is_not_accepted_fails_or_is_stopped_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let mut store = with_accounts(&folder, "nexus.db", &["ada"]);
    let backup = backed_up(&store, &folder, "backup.db");
    add(&mut store, "grace");
    let files = || {
        let mut names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let before = files();
    let mut run = |work: &mut Plain| store.restore(&mut File::open(&backup).unwrap(), work);
    let mut not_accepted = Plain { accepts: |_| false, ..Plain::default() };
    assert_eq!(run(&mut not_accepted), Ok(None));
    assert_eq!(files(), before);
    let mut failing = Plain { fails: true, ..Plain::default() };
    assert_eq!(run(&mut failing), Err(StoreError::Gone));
    assert!(failing.replaced.unwrap().kept.is_some());
    assert_eq!(files(), before, "nor is a copy left");
    // The number of reports depends on the time that the work takes: it goes on until all have been there.
    for most in 0.. {
        let mut work = Plain { fails: true, stops_after: Some(most), ..Plain::default() };
        let stopped = run(&mut work);
        assert_eq!(files(), before, "stopped after {most} reports");
        match stopped {
            Err(StoreError::Stopped) => {}
            Err(StoreError::Gone) => break,
            other => panic!("{most}: {other:?}"),
        }
    }
    let mut late = Plain { stops_once_recorded: true, ..Plain::default() };
    assert_eq!(run(&mut late), Err(StoreError::Stopped));
    assert!(late.replaced.is_some());
    assert_eq!(files(), before);
    assert_eq!(names(&store), ["ada", "grace"]);
    assert_eq!(look(&store, |rows| rows.session(1)).unwrap().end, None);
}

#[test]
fn a_restore_mends_a_damaged_store_and_fits_another_page_size() {
    let folder = TempDir::new().unwrap();
    let store = with_accounts(&folder, "nexus.db", &["ada"]);
    let backup = backed_up(&store, &folder, "backup.db");
    spoil(&backup, "PRAGMA page_size = 8192; VACUUM;");
    drop(store);
    // All pages but the first.
    let path = folder.path().join("nexus.db");
    let bytes = fs::metadata(&path).unwrap().len();
    let file = File::options().write(true).open(&path).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &vec![0xAB; bytes as usize - 4_096], 4_096).unwrap();
    drop(file);
    let mut store = examine(&path.clone().into(), Access::Existing).unwrap();
    let replaced = store.restore(&mut File::open(&backup).unwrap(), &mut Plain::default()).unwrap().unwrap();
    assert_eq!(replaced.head, None);
    assert_eq!(fs::metadata(replaced.kept.unwrap()).unwrap().len(), bytes, "the damaged store is kept");
    assert_eq!((names(&*store), store.writable()), (vec!["ada".to_owned()], Ok(())));
    // One that is known to be damaged, and therefore only read.
    let table = integrity::TableCheck { table: "t".into(), is_sound: false, broken_rules: Vec::new() };
    store.note_damage(&integrity::Damage::in_table(&table, now()));
    drop(store);
    let mut store = examine(&path.into(), Access::Existing).unwrap();
    assert!(matches!(store.writable(), Err(StoreError::KnownDamage(_))));
    assert!(store.restore(&mut File::open(&backup).unwrap(), &mut Plain::default()).unwrap().is_some());
    assert_eq!((store.writable(), store.damage()), (Ok(()), None));
}

#[test]
fn where_there_is_no_store_a_restore_makes_one_and_a_failed_one_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let backup = backed_up(&with_accounts(&folder, "nexus.db", &["ada"]), &folder, "backup.db");
    let path = folder.path().join("new/store.db");
    let opening = Opening { making: Making::WithFirstChange, ..Access::ReadWrite.into() };
    let open = || SqliteStore::open(&path, opening).unwrap();
    let mut failing = Plain { fails: true, ..Plain::default() };
    let failed = open().restore(&mut File::open(&backup).unwrap(), &mut failing);
    assert_eq!(failed, Err(StoreError::Gone));
    let mut broken: &[u8] = b"SQLite format 3\0 and nothing more";
    assert!(open().restore(&mut broken as &mut dyn Read, &mut Plain::default()).is_err());
    assert!(!folder.path().join("new").exists());
    let mut store = open();
    assert_eq!(restore(&mut store, &backup), Ok(Some(Replaced::default())));
    add(&mut store, "grace");
    assert_eq!(names(&SqliteStore::open(&path, Access::ReadOnly).unwrap()), ["ada", "grace"]);
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_store_that_is_only_read_is_not_replaced() {
    let folder = TempDir::new().unwrap();
    let backup = backed_up(&with_accounts(&folder, "nexus.db", &["ada"]), &folder, "backup.db");
    let path = folder.path().join("nexus.db");
    let mut reader = SqliteStore::open(&path, Access::ReadOnly).unwrap();
    assert_eq!(restore(&mut reader, &backup), Err(StoreError::ReadOnly));
    fs::hard_link(&path, folder.path().join("second.db")).unwrap();
    let mut linked = SqliteStore::open(&path, Access::Existing).unwrap();
    assert!(matches!(restore(&mut linked, &backup), Err(StoreError::Finding(_))));
}

#[test]
fn a_folder_that_another_program_has_locked_is_not_waited_for_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let open = || File::open(folder.path()).unwrap();
    let (other, own) = (open(), open());
    other.lock().unwrap();
    assert!(!super::super::is_locked(&own, 1));
    other.unlock().unwrap();
    assert!(super::super::is_locked(&own, 1));
}

#[test]
fn the_rows_that_are_replaced_are_judged_while_nobody_can_change_them() {
    let folder = TempDir::new().unwrap();
    let mut first = with_accounts(&folder, "nexus.db", &["ada"]);
    let backup = backed_up(&first, &folder, "b.db");
    // Somebody writes after the backup was read, and before it takes the store's place.
    let mut second = store(&folder, "nexus.db");
    add(&mut second, "grace");
    let path = folder.path().join("nexus.db");
    let judge = move |replaced: Result<&dyn Rows>| {
        let ids = replaced?.user_ids(now(), &Filter::default())?;
        let writes =
            Connection::open(&path).unwrap().execute_batch("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE");
        assert_eq!((ids.len(), writes.is_err()), (2, true));
        Err(StoreError::Stopped)
    };
    let mut judged = Plain { judge: Box::new(judge), ..Plain::default() };
    let refused = first.restore(&mut File::open(&backup).unwrap(), &mut judged);
    assert!(matches!(refused, Err(StoreError::Stopped)), "{refused:?}");
    assert_eq!((names(&first), judged.replaced), (vec!["ada".to_owned(), "grace".into()], None));
    let beside = fs::read_dir(folder.path()).unwrap().flatten();
    assert!(!beside.into_iter().any(|entry| entry.file_name().to_string_lossy().contains("before")));
}
