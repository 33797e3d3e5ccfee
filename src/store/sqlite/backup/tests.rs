use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::domain::backup::{BackupCheck, CHECK};
use crate::domain::filter::Filter;
use crate::domain::finding::Severity;
use crate::domain::integrity;
use crate::domain::journal::Head;
use crate::domain::session::{EndReason, SessionEnd};
use crate::domain::user::{AccessLevel, UserId, Who};
use crate::store::contract_tests::{account, keep, look, now, token};
use crate::store::sqlite::schema::LATEST;
use crate::store::{
    Access, BackupSource, Finished, Maintenance, Making, Opening, Read as Rows, Replaced, Restoration,
    Result, Store, StoreError, Write, examine, verify_backup,
};

use super::super::{SqliteStore, schema};

fn store(folder: &TempDir, name: &str) -> SqliteStore {
    SqliteStore::open(&folder.path().join(name), Access::ReadWrite).unwrap()
}

/// Returns a store with these accounts, each with an active session.
fn with_accounts(folder: &TempDir, name: &str, accounts: &[&str]) -> SqliteStore {
    let mut store = store(folder, name);
    for name in accounts {
        add(&mut store, name);
    }
    store
}

fn add(store: &mut dyn Store, name: &str) {
    keep(store, |rows| {
        let id = rows.insert_user(&account(name, AccessLevel::User))?;
        rows.insert_session(&token(id, &format!("sha256:{name}"))).map(drop)
    });
}

fn names(store: &dyn Store) -> Vec<String> {
    look(store, |rows| {
        let ids = rows.user_ids(now(), &Filter::default())?;
        let named = ids.into_iter().map(|id| rows.user(now(), &Who::Id(UserId(id))));
        Ok(named.map(|user| user.unwrap().unwrap().username.unwrap()).collect())
    })
}

/// Backs up the store into a new file.
fn backed_up(store: &SqliteStore, folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    drop(File::create_new(&path).unwrap());
    store.back_up(&path, &mut |_| true).unwrap();
    path
}

fn check(path: &Path) -> Result<BackupCheck> {
    verify_backup(BackupSource::File(path), &mut |_| true)
}

/// Returns the object and the severity of each finding.
fn findings(check: &BackupCheck) -> Vec<(&str, Severity)> {
    check.findings.iter().map(|finding| (finding.object.as_str(), finding.severity)).collect()
}

/// Runs SQL on a file as another program does, past NEXUS's triggers.
fn spoil(path: &Path, sql: &str) {
    let other = Connection::open(path).unwrap();
    other.pragma_update(None, "foreign_keys", false).unwrap();
    other.execute_batch(sql).unwrap();
}

type Judge = dyn FnMut(Result<&dyn Rows>) -> Result<()>;

/// A restore with nothing around it.
struct Plain {
    accepts: fn(&BackupCheck) -> bool,
    judge: Box<Judge>,
    fails: bool,
    /// The number of reports after which it is stopped.
    stops_after: Option<usize>,
    steps: usize,
    replaced: Option<Replaced>,
}

impl Default for Plain {
    fn default() -> Self {
        Self {
            accepts: BackupCheck::is_fit,
            judge: Box::new(|_| Ok(())),
            fails: false,
            stops_after: None,
            steps: 0,
            replaced: None,
        }
    }
}

impl Restoration for Plain {
    fn step(&mut self, _: Finished) -> bool {
        self.steps += 1;
        self.stops_after.is_none_or(|most| self.steps <= most)
    }
    fn accepts(&mut self, check: &BackupCheck) -> bool {
        (self.accepts)(check)
    }
    fn prepare(&mut self, rows: &mut dyn Write) -> Result<()> {
        rows.end_all_sessions(&SessionEnd::new(now(), None, EndReason::StoreRestored))
    }
    fn judge(&mut self, replaced: Result<&dyn Rows>) -> Result<()> {
        (self.judge)(replaced)
    }
    fn record(&mut self, _: &mut dyn Write, replaced: &Replaced) -> Result<()> {
        self.replaced = Some(replaced.clone());
        if self.fails { Err(StoreError::Gone) } else { Ok(()) }
    }
}

fn restore(store: &mut SqliteStore, backup: &Path) -> Result<Option<Replaced>> {
    store.restore(&mut File::open(backup).unwrap(), &mut Plain::default())
}

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
    for left in [bytes - 1, bytes / 2, 5_000, 4_096, 200] {
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
    let mut steps = Plain { fails: true, ..Plain::default() };
    assert_eq!(run(&mut steps), Err(StoreError::Gone));
    assert!(steps.replaced.unwrap().kept.is_some());
    assert_eq!(files(), before, "nor is a copy left");
    for most in 0..=steps.steps {
        let mut work = Plain { stops_after: Some(most), ..Plain::default() };
        let stopped = run(&mut work);
        let Err(error) = stopped else { panic!("{most} of {}: {stopped:?}", steps.steps) };
        assert_eq!(error, StoreError::Stopped);
        assert_eq!(files(), before);
    }
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
    assert!(!super::is_locked(&own, 1));
    other.unlock().unwrap();
    assert!(super::is_locked(&own, 1));
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
