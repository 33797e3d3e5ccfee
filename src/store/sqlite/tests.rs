use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::domain::directory::{DirectoryColumn, TreeRow, split};
use crate::domain::filter::{Filter, Subject};
use crate::domain::page::{Anchor, Sort, Span};
use crate::domain::user::{AccessLevel, UserColumn};
use crate::store::story::{self, account, keep, look, now, tell, token};
use crate::store::{ListOf, change};

const ALL: Span = Span { anchor: Anchor::Position(0), before: 0, len: 10_000 };

fn fresh(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(&folder.path().join("nexus.db"), Access::ReadWrite).unwrap()
}

fn refused(path: &Path) -> StoreError {
    SqliteStore::open(path, Access::ReadWrite).unwrap_err()
}

/// What another program sees and does, with no help of ours.
fn another_program(folder: &TempDir) -> Connection {
    Connection::open(folder.path().join("nexus.db")).unwrap()
}

#[test]
fn it_passes_the_story() {
    let folders: std::cell::RefCell<Vec<TempDir>> = std::cell::RefCell::default();
    tell(&|| {
        let folder = TempDir::new().unwrap();
        let store = fresh(&folder);
        folders.borrow_mut().push(folder);
        Box::new(store)
    });
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
        let bytes = fs::read(at(name)).ok();
        let StoreError::NotAStore(words) = refused(&at(name)) else { panic!("{name}") };
        assert_eq!(words.contains("import"), name == "seed.db", "{words}");
        assert_eq!(fs::read(at(name)).ok(), bytes, "{name}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), before, "nothing was made beside them");
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = TempDir::new().unwrap();
    drop(fresh(&folder));
    let other = another_program(&folder);
    other.pragma_update(None, "user_version", migrations::LATEST + 1).unwrap();
    other.pragma_update(None, "journal_mode", "DELETE").unwrap();
    drop(other);
    let known = migrations::LATEST;
    assert_eq!(refused(&folder.path().join("nexus.db")), StoreError::Newer { found: known + 1, known });
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
    let before = reader.version().unwrap();
    keep(&mut writer, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    assert_ne!(reader.version().unwrap(), before);
    assert_eq!(look(&reader, |rows| rows.user_ids(now(), &Filter::default())), [1]);
    let refused =
        change(&mut reader, Verdict::Commit, |rows| rows.insert_user(&account("b", AccessLevel::User)));
    assert_eq!(refused, Err(StoreError::ReadOnly));
}

#[test]
fn opening_a_store_again_does_not_let_go_of_its_locks() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("nexus.db");
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let place = format!(":{} ", fs::metadata(&path).unwrap().ino());
    // A process cannot ask for its own locks; Linux lists them.
    let locks = || {
        let all = fs::read_to_string("/proc/locks").unwrap();
        all.lines().filter(|lock| lock.contains(&place)).count()
    };
    let held = locks();
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
    assert!(matches!(migrations::apply(&mut connection), Err(StoreError::NotAStore(_))));
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
        let refused =
            change(&mut store, Verdict::Commit, |rows| rows.insert_user(&account("a", AccessLevel::User)));
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
    assert!(matches!(refused(&path), StoreError::Unreachable(words) if words.contains("another file")));
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_deleted_during_the_work_is_not_called_saved() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let outcome = change(&mut store, Verdict::Commit, |rows| {
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

#[test]
fn four_writers_at_once_are_never_told_it_is_locked() {
    let folder = TempDir::new().unwrap();
    drop(fresh(&folder));
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let folder = &folder;
            scope.spawn(move || {
                let mut store = fresh(folder);
                for n in 0..25 {
                    let new = account(&format!("w{writer}n{n}"), AccessLevel::User);
                    keep(&mut store, |rows| {
                        rows.user_ids(now(), &Filter::default())?;
                        rows.insert_user(&new)
                    });
                }
            });
        }
    });
    assert_eq!(look(&fresh(&folder), |rows| rows.user_ids(now(), &Filter::default())).len(), 100);
}

#[test]
fn the_three_tables_are_as_promised() {
    let folder = TempDir::new().unwrap();
    drop(fresh(&folder));
    let other = another_program(&folder);
    let columns = |table: &str| {
        let mut statement = other.prepare(&format!("PRAGMA table_info({table})")).unwrap();
        let names =
            statement.query_map([], |row| Ok((row.get::<_, String>(1)?, row.get::<_, bool>(3)?))).unwrap();
        let text = |(name, not_null)| if not_null { format!("{name}!") } else { name };
        names.map(|column| text(column.unwrap())).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        columns("de_torres_vincent_users"),
        "id firstname! lastname! username email! password! contact_number address access_level! status! \
         access_code created_at! updated_at! session_token"
    );
    assert_eq!(columns("de_torres_vincent_session_tokens"), "id user_id! session_token! expiration status!");
    assert_eq!(
        columns("de_torres_vincent_user_directories"),
        "id user_id! directory_id! directory_name! date_added! last_modified! last_accessed directory_path! username"
    );
    assert_eq!(other.pragma_query_value(None, "application_id", |row| row.get::<_, i64>(0)), Ok(0x4e58_5553));
    assert_eq!(
        other.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)),
        Ok("wal".into())
    );
}

#[test]
fn a_change_by_another_program_is_noted_but_for_its_sessions() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let other = another_program(&folder);
    let updated = || {
        other
            .query_row("SELECT updated_at FROM de_torres_vincent_users", [], |row| row.get::<_, String>(0))
            .unwrap()
    };
    let set = |what: &str| other.execute(&format!("UPDATE de_torres_vincent_users SET {what}"), []).unwrap();
    set("session_token = 'x'");
    assert_eq!(updated(), "2026-11-23 12:00:00");
    set("lastname = 'L', updated_at = '2020-01-01 00:00:00'");
    assert_eq!(updated(), "2020-01-01 00:00:00");
    set("lastname = 'M'");
    assert_ne!(updated(), "2020-01-01 00:00:00");
}

#[test]
fn what_another_program_stored_breaks_no_list() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    another_program(&folder)
        .execute_batch(
            "INSERT INTO de_torres_vincent_users (firstname, lastname, email, password, created_at)
               VALUES (x'ff00', 12, 3.5, '', 'never');
             INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration)
               VALUES (1, 'in the clear', 'never'), (1, x'00ff', 99), (1, 'z', NULL);
             INSERT INTO de_torres_vincent_user_directories (user_id, directory_id, directory_name, directory_path)
               VALUES (1, 'a', '', ''), (1, 'b', '//', '//'), (1, 'c', 'x', '/'), (1, 'd', x'ff', x'ff2f');",
        )
        .unwrap();
    assert_eq!(look(&store, |rows| rows.users(now(), &ListOf::default(), ALL)).rows.len(), 2);
    let sessions = look(&store, |rows| rows.sessions(now(), &ListOf::default(), ALL)).rows;
    assert!(sessions.iter().all(|session| session.ended(now()).is_some() && session.short_id.is_empty()));
    assert_eq!(look(&store, |rows| rows.directories(now(), &ListOf::default(), ALL)).rows.len(), 4);
    let open: BTreeSet<_> = (1..=4).collect();
    look(&store, |rows| rows.tree(&ListOf::default(), &open, ALL));
    let active =
        ListOf { filter: Filter::parse(Subject::Sessions, "status:active").unwrap(), ..ListOf::default() };
    assert_eq!(look(&store, |rows| rows.sessions(now(), &active, ALL)).total, 0);
}

#[test]
fn the_newest_session_stands_with_its_account() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let ada = keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let other = another_program(&folder);
    let noted = || {
        other
            .query_row("SELECT session_token FROM de_torres_vincent_users", [], |row| {
                row.get::<_, Option<String>>(0)
            })
            .unwrap()
    };
    let first = keep(&mut store, |rows| rows.insert_session(&token(ada, "sha256:a")));
    let second = keep(&mut store, |rows| rows.insert_session(&token(ada, "sha256:b")));
    assert_eq!(noted(), Some("sha256:b".to_owned()));
    keep(&mut store, |rows| rows.end_session(second));
    assert_eq!(noted(), Some("sha256:a".to_owned()));
    keep(&mut store, |rows| rows.end_session(first));
    assert_eq!(noted(), None);
}

#[test]
fn the_plans_that_matter_use_their_indexes() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let plan = |sql: &str| {
        let mut statement = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let values = vec![rusqlite::types::Null; statement.parameter_count()];
        let rows =
            statement.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
        rows.map(|row| row.unwrap()).collect::<Vec<_>>().join("; ")
    };
    for (sql, index) in [
        ("SELECT id FROM de_torres_vincent_users WHERE username = ? COLLATE NOCASE", "nexus_users_username"),
        ("SELECT id FROM de_torres_vincent_users WHERE email = ? COLLATE NOCASE", "nexus_users_email"),
        ("SELECT id FROM de_torres_vincent_session_tokens WHERE session_token = ?", "nexus_sessions_token"),
        (
            "SELECT id FROM de_torres_vincent_session_tokens WHERE status = 'active' AND expiration <= ? ORDER BY expiration",
            "nexus_sessions_active",
        ),
        (
            "SELECT count(*) FROM de_torres_vincent_user_directories d WHERE d.user_id = ?
               AND rtrim(d.directory_path, replace(d.directory_path, '/', '')) = ?",
            "nexus_directories_parent",
        ),
        (
            "SELECT id FROM de_torres_vincent_user_directories WHERE directory_path = ?",
            "nexus_directories_by_path",
        ),
    ] {
        let plan = plan(sql);
        assert!(plan.contains("SEARCH") && plan.contains(index) && !plan.contains("SCAN"), "{sql}\n{plan}");
    }
}

/// A store with these directories, by the place of their parent among the earlier ones; names repeat.
fn forest(folder: &TempDir, parents: &[Option<usize>]) -> (SqliteStore, Vec<(i64, String)>) {
    let mut store = fresh(folder);
    let ada = keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let mut made: Vec<(i64, String)> = Vec::new();
    for (at, parent) in parents.iter().enumerate() {
        let above =
            parent.and_then(|parent| made.get(parent % made.len().max(1))).map(|(_, path)| path.clone());
        let path = crate::domain::directory::join(above.as_deref(), &format!("n{}", at % 7));
        let mut new = story::folder(ada, &path);
        new.directory_id = at.to_string();
        let id = keep(&mut store, |rows| rows.insert_directory(&new));
        made.push((id, path));
    }
    (store, made)
}

/// The visible rows, worked out from everything: id, depth and whether it is open.
fn naive(all: &[(i64, String)], open: &BTreeSet<i64>) -> Vec<(i64, u32, bool)> {
    let oldest = |path: &str| all.iter().filter(|(_, other)| other == path).map(|(id, _)| *id).min();
    let parent = |path: &str| split(path).0.and_then(oldest);
    let mut sorted = all.to_vec();
    sorted.sort_by_key(|(id, path)| (path.replace('/', "\u{1}"), *id));
    let mut out = Vec::new();
    naive_below(&sorted, &parent, None, 0, open, &mut out);
    out
}

fn naive_below(
    sorted: &[(i64, String)],
    parent: &dyn Fn(&str) -> Option<i64>,
    of: Option<i64>,
    depth: u32,
    open: &BTreeSet<i64>,
    out: &mut Vec<(i64, u32, bool)>,
) {
    for (id, path) in sorted {
        if parent(path) == of {
            let first =
                sorted.iter().filter(|(_, other)| other == path).map(|(id, _)| *id).min() == Some(*id);
            let shown_open = open.contains(id) && first;
            out.push((*id, depth, shown_open));
            if shown_open {
                naive_below(sorted, parent, Some(*id), depth + 1, open, out);
            }
        }
    }
}

fn seen(rows: &[TreeRow]) -> Vec<(i64, u32, bool)> {
    rows.iter().map(|row| (row.directory.id, row.depth, row.open)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_tree_shows_what_a_naive_one_would(
        parents in prop::collection::vec(prop::option::weighted(0.8, 0_usize..20), 1..25),
        open in prop::collection::btree_set(1_i64..25, 0..12),
        at in 0_u64..30, before in 0_u32..5, len in 1_u32..8,
    ) {
        let folder = TempDir::new().unwrap();
        let (store, all) = forest(&folder, &parents);
        let expected = naive(&all, &open);
        let list = ListOf { sort: Sort { column: DirectoryColumn::Name, descending: false }, ..ListOf::default() };
        let whole = look(&store, |rows| rows.tree(&list, &open, ALL));
        prop_assert_eq!(seen(&whole.rows), expected.clone());
        prop_assert_eq!(whole.total, expected.len() as u64);

        let anchor = Anchor::Position(at);
        let window = look(&store, |rows| rows.tree(&list, &open, Span { anchor, before, len }));
        let from = window.first as usize;
        let to = (from + len as usize).min(expected.len());
        prop_assert_eq!(seen(&window.rows), &expected[from..to]);

        let (id, ..) = expected[at as usize % expected.len()];
        let anchor = Anchor::Row { id, last_seen_at: 0 };
        let found = look(&store, |rows| rows.tree(&list, &open, Span { anchor, before, len })).anchor;
        prop_assert_eq!(found, expected.iter().position(|row| row.0 == id).map(|at| at as u64));
    }

    #[test]
    fn windows_are_slices_of_the_whole_list(
        names in prop::collection::vec("[a-cA-Cä]{1,3}", 1..20),
        column in prop::sample::select(vec![UserColumn::Id, UserColumn::Name, UserColumn::Username, UserColumn::LastSeen]),
        descending in any::<bool>(), word in prop::option::of("[a-c]"),
        at in 0_u64..25, before in 0_u32..6, len in 1_u32..8,
    ) {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        for (n, name) in names.iter().enumerate() {
            let mut new = account(&format!("u{n}"), AccessLevel::User);
            new.fields.last_name = Some(name.clone());
            new.fields.first_name = Some("x".into());
            if n % 3 == 0 { new.fields.username = None; }
            keep(&mut store, |rows| rows.insert_user(&new));
        }
        let filter = word.map_or_else(Filter::default, |word| Filter::parse(Subject::Users, &word).unwrap());
        let list = ListOf { filter, scope: None, sort: Sort { column, descending } };
        let whole = look(&store, |rows| rows.users(now(), &list, ALL));
        let span = Span { anchor: Anchor::Position(at), before, len };
        let window = look(&store, |rows| rows.users(now(), &list, span));
        let from = window.first as usize;
        let to = (from + len as usize).min(whole.rows.len());
        prop_assert_eq!(&window.rows, &whole.rows[from..to]);
        if let Some(user) = whole.rows.get(at as usize) {
            let anchor = Anchor::Row { id: user.id.0, last_seen_at: 0 };
            let found = look(&store, |rows| rows.users(now(), &list, Span { anchor, before, len }));
            prop_assert_eq!(found.anchor, Some(at));
        }
    }
}
