//! Tests of the store in a SQLite file: what only SQLite can do, beside the contract.

mod counts;
mod damage;
mod dependents;
mod doctor;
mod earlier;
mod erasure;
mod file;
mod growth;
mod journal_counts;
mod journal_ids;
mod journal_lines;
mod journal_parts;
mod links;
mod lists;
mod load;
mod making;
mod moments;
mod names;
mod new_trees;
mod others;
mod plans;
mod plans_of_orders;
mod raw_bytes;
mod read_only;
mod search;
mod usable;
mod windows;

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::finding::{Finding, Severity};
use crate::domain::page::{Anchor, RowRange};
use crate::domain::time::{Timestamp, from_stored};
use crate::domain::user::{AccessLevel, UserColumn, UserId, Who};
use crate::store::contract_tests::{account, keep, look, now, revoked, run_all, token};
use crate::store::{Access, Examination, Finished, ListOf, Making, Repair, change};

use super::*;

const ALL: RowRange = RowRange { anchor: Anchor::Position(0), before: 0, len: 10_000 };

/// All that accounts can be sorted by along an index.
const USER_COLUMNS: [UserColumn; 11] = [
    UserColumn::Phone,
    UserColumn::Id,
    UserColumn::Username,
    UserColumn::Name,
    UserColumn::Email,
    UserColumn::Status,
    UserColumn::Level,
    UserColumn::FirstName,
    UserColumn::Created,
    UserColumn::Updated,
    UserColumn::LastSeen,
];

/// Returns the findings about a store at a time that no clock has reached.
fn findings(store: &mut dyn Store) -> Vec<Finding> {
    let later = from_stored("2100-01-01 00:00:00").unwrap();
    store.findings(Examination::Whole, later, &mut |_| true).unwrap()
}

/// A repair that records its findings with this function.
struct Repairing<F>(F);

impl<F: FnMut(&mut dyn Write) -> Result<()>> Repair for Repairing<F> {
    fn now(&self) -> Timestamp {
        now()
    }

    fn step(&mut self, _done: Finished) -> bool {
        true
    }

    fn note(&mut self, rows: &mut dyn Write, _finding: &Finding, _saved: Option<&Path>) -> Result<()> {
        (self.0)(rows)
    }
}

fn fresh(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(&folder.path().join("nexus.db"), Access::ReadWrite).unwrap()
}

/// Returns another program's connection, without NEXUS's functions and settings.
fn another_program(folder: &TempDir) -> Connection {
    Connection::open(folder.path().join("nexus.db")).unwrap()
}

/// Makes a store as an earlier version did, with an account in it.
pub(super) fn earlier(folder: &TempDir, version: usize) {
    let older = another_program(folder);
    for step in schema::STEPS.iter().take(version) {
        older.execute_batch(step).unwrap();
    }
    let ada = "INSERT INTO de_torres_vincent_users (firstname, lastname, email, password) VALUES ('A', 'L', 'a@x', '!')";
    older.execute_batch(ada).unwrap();
    older.pragma_update(None, "application_id", schema::APPLICATION_ID).unwrap();
    older.pragma_update(None, "user_version", version as i64).unwrap();
}

#[test]
fn it_passes_the_story() {
    let folders: std::cell::RefCell<Vec<TempDir>> = std::cell::RefCell::default();
    run_all(|| -> Box<dyn Store> {
        let folder = TempDir::new().unwrap();
        let store = fresh(&folder);
        folders.borrow_mut().push(folder);
        Box::new(store)
    });
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
fn a_panic_in_the_work_undoes_it() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = change(&mut store, TransactionEnd::Commit, |rows| -> Result<()> {
            rows.insert_user(&account("ada", AccessLevel::User))?;
            panic!("in the midst of it")
        });
    }));
    assert!(panicked.is_err());
    assert!(look(&store, |rows| rows.user_ids(now(), &Filter::default())).is_empty());
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
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
    let unique = "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema
                    WHERE sql LIKE 'CREATE UNIQUE INDEX%' ORDER BY name)";
    assert_eq!(
        other.query_row(unique, [], |row| row.get::<_, String>(0)).unwrap(),
        "nexus_directories_id nexus_failed_log_ins_target nexus_journal_undoes nexus_sessions_token nexus_users_email \
         nexus_users_username"
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
            "PRAGMA foreign_keys = 0;
             INSERT INTO de_torres_vincent_users (firstname, lastname, email, password, created_at)
               VALUES (x'ff00', 12, 3.5, '', 'never');
             INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration)
               VALUES (1, 'in the clear', 'never'), (1, x'00ff', 99), (1, 'z', NULL), (1.5, 'y', NULL), ('abc', 'x', NULL),
                 (x'00', 'w', NULL);
             INSERT INTO de_torres_vincent_user_directories (user_id, directory_id, directory_name, directory_path)
               VALUES (1, 'a', '', ''), (1, 'b', '//', '//'), (1, 'c', 'x', '/'), (1, 'd', x'ff', x'ff2f');
             UPDATE de_torres_vincent_users SET access_code = 'x';
             INSERT INTO nexus_access_codes (user_id, expires_at, tries_left)
               VALUES (1, '2099-01-01 00:00:00', 'many'), (2, 'x', -1);
             INSERT INTO nexus_accounts (user_id, last_seen, must_change) VALUES (1, x'ff', 'yes');",
        )
        .unwrap();
    assert_eq!(look(&store, |rows| rows.users(now(), &ListOf::default(), ALL)).rows.len(), 2);
    assert_eq!(
        look(&store, |rows| rows.credentials(now(), &crate::domain::user::Who::Username("ada".into())))
            .unwrap()
            .code,
        None
    );
    assert!(look(&store, |rows| rows.access_codes(now())).is_empty());
    let sessions = look(&store, |rows| rows.sessions(now(), &ListOf::default(), ALL)).rows;
    assert!(sessions.iter().all(|session| session.ended(now()).is_some() && session.short_id.is_empty()));
    assert_eq!(look(&store, |rows| rows.directories(now(), &ListOf::default(), ALL)).rows.len(), 4);
    let open: BTreeSet<_> = (1..=4).collect();
    look(&store, |rows| rows.tree(&ListOf::default(), &open, ALL));
    let active =
        ListOf { filter: Filter::parse(ListKind::Sessions, "status:active").unwrap(), ..ListOf::default() };
    assert_eq!(look(&store, |rows| rows.sessions(now(), &active, ALL)).total, 0);
}

#[test]
fn the_newest_session_stays_with_its_account_while_others_end() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let ids = keep(&mut store, |rows| {
        let ada = rows.insert_user(&account("ada", AccessLevel::User))?;
        ["sha256:1", "sha256:2", "sha256:3"]
            .map(|text| rows.insert_session(&token(ada, text)))
            .into_iter()
            .collect::<Result<Vec<_>>>()
    });
    let newest = || -> Option<i64> {
        let sql = "SELECT (SELECT s.id FROM de_torres_vincent_session_tokens s WHERE s.session_token = u.session_token)
                   FROM de_torres_vincent_users u";
        another_program(&folder).query_row(sql, [], |row| row.get(0)).unwrap()
    };
    for (ended, left) in [(ids[0], Some(ids[2])), (ids[2], Some(ids[1])), (ids[1], None)] {
        assert!(keep(&mut store, |rows| rows.end_session(ended, &revoked())));
        assert_eq!(newest(), left);
    }
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
    let clear =
        "INSERT INTO de_torres_vincent_session_tokens (user_id, session_token) VALUES (1, 'in the clear')";
    other.execute(clear, []).unwrap();
    keep(&mut store, |rows| rows.end_session(second, &revoked()));
    assert_eq!(noted(), Some("sha256:a".to_owned()), "what is no digest is not copied");
    keep(&mut store, |rows| rows.end_session(first, &revoked()));
    assert_eq!(noted(), None);
}

#[test]
fn statements_are_planned_once_whatever_is_bound() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let sql = "SELECT d.id FROM de_torres_vincent_user_directories d JOIN de_torres_vincent_users u
                 ON u.id = d.user_id WHERE d.directory_path = ? ORDER BY d.id";
    for path in ["a", "b", "c"] {
        assert_eq!(store.connection.prepare_cached(sql).unwrap().exists([path]), Ok(false));
    }
    let statement = store.connection.prepare_cached(sql).unwrap();
    assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0);
}
