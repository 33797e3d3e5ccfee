//! Making and verifying backups.

use super::*;

#[test]
fn a_backup_is_one_state_of_the_store_while_others_write() {
    let folder = TempDir::new().unwrap();
    let many: Vec<_> = (0..2_000).map(|n| format!("user{n}")).collect();
    let mut first = store(&folder, "nexus.db");
    keep(&mut first, |rows| {
        many.iter().try_for_each(|name| rows.insert_user(&account(name, AccessLevel::User)).map(drop))
    });
    let mut second = store(&folder, "nexus.db");
    let path = folder.path().join("backup.db");
    drop(File::create_new(&path).unwrap());
    let mut writes = 0;
    let content = first
        .back_up(&path, &mut |_| {
            add(&mut second, &format!("late{writes}"));
            writes += 1;
            true
        })
        .unwrap();
    assert!(writes > 0, "somebody wrote in the middle of it");
    assert_eq!((content.accounts, content.sessions, content.head), (2_000, 0, Head::empty()));
    for source in [BackupSource::File(&path), BackupSource::Own(&path)] {
        let checked = verify_backup(source, &mut |_| true).unwrap();
        assert_eq!(checked.findings, []);
        assert_eq!(checked.content.unwrap().accounts, 2_000);
    }
    // It is read where nothing can be written, and leaves nothing beside it.
    let read = Connection::open(&path).unwrap();
    let mode: String = read.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "delete");
    assert_eq!(names(&first).len(), 2_000 + writes);
}

#[test]
fn one_that_is_stopped_or_of_a_damaged_store_is_none() {
    let folder = TempDir::new().unwrap();
    let mut store = with_accounts(&folder, "nexus.db", &["ada"]);
    keep(&mut store, |rows| {
        (0..3_000).try_for_each(|n| rows.insert_user(&account(&format!("u{n}"), AccessLevel::User)).map(drop))
    });
    let path = folder.path().join("backup.db");
    drop(File::create_new(&path).unwrap());
    assert_eq!(store.back_up(&path, &mut |_| false), Err(StoreError::Stopped));
    store.note_damage(&integrity::Damage::while_reading(now()));
    assert!(matches!(store.back_up(&path, &mut |_| true), Err(StoreError::KnownDamage(_))));
}

#[test]
fn a_verification_finds_what_is_wrong_with_a_backup() {
    let folder = TempDir::new().unwrap();
    let store = with_accounts(&folder, "nexus.db", &["ada", "grace"]);
    let sound = backed_up(&store, &folder, "sound.db");
    assert_eq!(check(&sound).unwrap().findings, []);
    let copy = |name: &str| {
        let path = folder.path().join(name);
        fs::copy(&sound, &path).unwrap();
        path
    };

    let cut = copy("cut.db");
    let bytes = fs::metadata(&cut).unwrap().len();
    for left in [bytes - 1, bytes / 2, 5_000, 4_096, 200, 72, 71, 40, 16] {
        File::options().write(true).open(&cut).unwrap().set_len(left).unwrap();
        let checked = check(&cut).unwrap();
        assert!(checked.is_damaged() || !checked.is_fit(), "{left}: {checked:?}");
    }
    let longer = copy("longer.db");
    File::options().write(true).open(&longer).unwrap().set_len(bytes + 3).unwrap();
    assert_eq!(findings(&check(&longer).unwrap()), [("the file", Severity::Error)]);

    let orphan = copy("orphan.db");
    spoil(&orphan, "UPDATE de_torres_vincent_session_tokens SET user_id = 77 WHERE id = 1");
    let checked = check(&orphan).unwrap();
    assert_eq!(findings(&checked), [("de_torres_vincent_session_tokens", Severity::Warning)]);
    assert!(checked.is_fit(), "the store has that fault too");

    let altered = copy("altered.db");
    spoil(&altered, "DROP TRIGGER nexus_journal_kept");
    let checked = check(&altered).unwrap();
    assert_eq!(findings(&checked), [("schema", Severity::Error)]);
    assert!(!checked.is_damaged() && !checked.is_fit());

    let index = copy("index.db");
    spoil(
        &index,
        "PRAGMA writable_schema = 1;
         UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'nexus_users_created')
         WHERE name = 'nexus_users_status'",
    );
    assert!(check(&index).unwrap().is_damaged());
    let as_copy = verify_backup(BackupSource::Own(&index), &mut |_| true).unwrap();
    assert!(as_copy.findings.iter().all(|finding| finding.check != CHECK || finding.object != "journal"));
}

#[test]
fn a_journal_that_is_not_intact_is_a_finding() {
    let folder = TempDir::new().unwrap();
    let store = with_accounts(&folder, "nexus.db", &["ada"]);
    let path = backed_up(&store, &folder, "backup.db");
    let fixed = "SELECT sql FROM sqlite_schema WHERE name = 'nexus_journal_gapless'";
    let trigger: String = Connection::open(&path).unwrap().query_row(fixed, [], |row| row.get(0)).unwrap();
    let forged = format!(
        "DROP TRIGGER nexus_journal_gapless;
         INSERT INTO nexus_journal (seq, at, actor, place, verb, outcome, kind, label, before, after, act, hash)
         VALUES (1, '2026-01-01 00:00:00', 'x', '', 'add', 'done', 'store', '', '{{}}', '{{}}', 1, 'x');
         {trigger};"
    );
    spoil(&path, &forged);
    let checked = check(&path).unwrap();
    assert_eq!(findings(&checked), [("journal", Severity::Error)]);
    assert_eq!(checked.content.unwrap().head.seq, 1);
}

#[test]
fn what_is_no_backup_or_of_a_newer_program_is_told_apart() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    for path in [file("empty", b""), file("text", b"INSERT INTO t VALUES (1);"), file("short", b"SQLite")] {
        assert!(matches!(check(&path), Err(StoreError::NotAStore(_))), "{}", path.display());
        let mut stream = File::open(&path).unwrap();
        let streamed = verify_backup(BackupSource::Stream(&mut stream), &mut |_| true);
        assert!(matches!(streamed, Err(StoreError::NotAStore(_))), "{}", path.display());
    }
    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(matches!(check(&other), Err(StoreError::NotAStore(_))));
    let store = with_accounts(&folder, "nexus.db", &["ada"]);
    let newer = backed_up(&store, &folder, "newer.db");
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", LATEST + 1).unwrap();
    assert_eq!(check(&newer), Err(StoreError::Newer { found: LATEST + 1, known: LATEST }));
}
