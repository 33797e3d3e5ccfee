//! Tests that the counts beside the rows are what a scan finds, whoever wrote.

use proptest::prelude::*;

use crate::domain::idle_settings::IdleRule;
use crate::domain::journal::{Action, Outcome};
use crate::domain::overview::AccountCounts;
use crate::domain::session::SessionOrigin;
use crate::domain::session_settings::TokenIdleRule;
use crate::domain::time::Duration;
use crate::domain::user::{Fields, Status};
use crate::store::contract_tests::{deletion_info, folder as directory};
use crate::store::{NewSession, SessionStart};

use super::super::{account_counts, active_hours, kept_tables};
use super::journal_counts::journal_entry;
use super::usable::agree_at;
use super::*;

/// An action of NEXUS, or a statement of another program.
#[derive(Debug, Clone)]
enum Act {
    Added(&'static str, Status),
    Status(i64, Status),
    Dated(i64, &'static str, &'static str),
    IdleRule(Option<u16>),
    TokenIdleRule(Option<u32>),
    TokenSeen(i64, i64),
    Seen(i64, i64),
    Restarted(i64, i64),
    Deleted(i64),
    Restored(i64),
    Loaded(&'static str, Status),
    Session(i64, &'static str, i64, Option<SessionOrigin>),
    Directory(i64, &'static str),
    Tree(i64, &'static str),
    Moved(i64, &'static str),
    Recorded(Vec<(i64, &'static str, Action, Outcome, i64)>),
    Ended(i64),
    Swept(i64),
    Foreign(String),
}

const STATUSES: [Status; 3] = [Status::Pending, Status::Confirmed, Status::Suspended];

/// Returns a statement of another program that adds, replaces, changes or deletes accounts.
fn any_statement() -> impl Strategy<Value = String> {
    let conflict =
        prop::sample::select(vec!["", "OR REPLACE", "OR REPLACE", "OR IGNORE", "OR FAIL", "OR ROLLBACK"]);
    let id = prop_oneof![Just("NULL".to_owned()), (-1_i64..6).prop_map(|id| id.to_string())];
    let name = prop::sample::select(vec!["NULL", "'a'", "'A'", "'b'", "'c'"]);
    let email = prop::sample::select(vec!["'a@x'", "'A@x'", "'b@x'", "'c@x'", "'d@x'"]);
    let status = prop::sample::select(STATUSES.to_vec());
    (conflict, id, name, email, status, 0..5_usize).prop_map(|(conflict, id, name, email, status, form)| {
        let status = status.word();
        let users = "de_torres_vincent_users";
        let added = format!(
            "INTO {users} (id, firstname, lastname, username, email, password, status)
             VALUES ({id}, 'f', 'l', {name}, {email}, '!', '{status}')"
        );
        match form {
            0 => format!("INSERT {conflict} {added}"),
            1 => format!("INSERT {added} ON CONFLICT DO UPDATE SET status = '{status}', email = email || 'x'"),
            2 => format!("UPDATE {conflict} {users} SET status = '{status}' WHERE id % 2 = ifnull({id}, 0) % 2"),
            3 => format!(
                "UPDATE {conflict} {users} SET id = ifnull({id}, id), username = {name}, email = {email}, status = '{status}'
                 WHERE id = (SELECT min(id) FROM {users} WHERE id > ifnull({id}, 0) - 3)"
            ),
            _ => format!("DELETE FROM {users} WHERE id = {id}"),
        }
    })
}

/// Returns statements of another program that add, replace, change or delete sessions.
fn any_session_statement() -> impl Strategy<Value = String> {
    let conflict = prop::sample::select(vec!["", "OR REPLACE", "OR REPLACE", "OR IGNORE", "OR FAIL"]);
    let id = prop_oneof![Just("NULL".to_owned()), (-1_i64..6).prop_map(|id| id.to_string())];
    let token = prop::sample::select(vec!["p", "q", "r", "s"]);
    let end = prop::sample::select(vec![
        "NULL",
        "'soon'",
        "'2026-11-23 12:30:00'",
        "'2026-11-23T13:30:00Z'",
        "'2026-11-23 13:30:00+01:00'",
        "'2026-11-24'",
    ]);
    let status = prop::sample::select(vec!["active", "active", "expired"]);
    (conflict, id, -1_i64..6, token, end, status, 0..5_usize).prop_map(
        |(conflict, id, owner, token, end, status, form)| {
            let sessions = "de_torres_vincent_session_tokens";
            let added = format!(
                "INTO {sessions} (id, user_id, session_token, expiration, status)
                 VALUES ({id}, {owner}, '{token}', {end}, '{status}')"
            );
            match form {
                0 => format!("INSERT {conflict} {added}"),
                1 => format!("INSERT {added} ON CONFLICT DO UPDATE SET expiration = {end}, user_id = {owner}"),
                2 => format!(
                    "UPDATE {conflict} {sessions} SET id = ifnull({id}, id), user_id = {owner}, session_token = '{token}',
                       expiration = {end}, status = '{status}' WHERE id = {owner}"
                ),
                3 => format!("UPDATE {sessions} SET status = '{status}' WHERE id % 2 = {owner} % 2"),
                _ => format!("DELETE FROM {sessions} WHERE id = {id}"),
            }
        },
    )
}

/// Returns statements of another program that add, replace, change or delete directories.
fn any_directory_statement() -> impl Strategy<Value = String> {
    let conflict = prop::sample::select(vec!["", "OR REPLACE", "OR REPLACE", "OR IGNORE", "OR FAIL"]);
    let id = prop_oneof![Just("NULL".to_owned()), (-1_i64..6).prop_map(|id| id.to_string())];
    let name = prop::sample::select(vec!["p", "q", "r", "s"]);
    (conflict, id, -1_i64..6, name, 0..5_usize).prop_map(|(conflict, id, owner, name, form)| {
        let directories = "de_torres_vincent_user_directories";
        let added = format!(
            "INTO {directories} (id, user_id, directory_id, directory_name, directory_path)
             VALUES ({id}, {owner}, '{name}', '{name}', '{name}')"
        );
        match form {
            0 => format!("INSERT {conflict} {added}"),
            1 => format!("INSERT {added} ON CONFLICT DO UPDATE SET user_id = {owner}"),
            2 => format!(
                "UPDATE {conflict} {directories} SET id = ifnull({id}, id), directory_id = '{name}' WHERE id = {owner}"
            ),
            3 => format!("UPDATE {conflict} {directories} SET directory_id = '{name}' WHERE id % 2 = {owner} % 2"),
            _ => format!("DELETE FROM {directories} WHERE id = {id}"),
        }
    })
}

fn any_day() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "2026-11-22", "2026-11-23", "2026-11-24"])
}

fn any_origin() -> impl Strategy<Value = Option<SessionOrigin>> {
    prop::sample::select(vec![None, Some(SessionOrigin::Console), Some(SessionOrigin::Service)])
}

fn any_act() -> impl Strategy<Value = Act> {
    let name = || prop::sample::select(vec!["a", "b", "d", "e"]);
    let status = || prop::sample::select(STATUSES.to_vec());
    prop_oneof![
        2 => (name(), status()).prop_map(|(name, status)| Act::Added(name, status)),
        2 => (1..6_i64, status()).prop_map(|(id, status)| Act::Status(id, status)),
        1 => (1..6_i64).prop_map(Act::Deleted),
        1 => (1..3_i64).prop_map(Act::Restored),
        1 => (name(), status()).prop_map(|(name, status)| Act::Loaded(name, status)),
        3 => (1..5_i64, prop::sample::select(vec!["t", "u", "v", "w"]), -3..4_i64, any_origin())
            .prop_map(|(owner, token, hours, origin)| Act::Session(owner, token, hours, origin)),
        2 => prop::option::of(prop::sample::select(vec![5_u32, 30, 90, 600])).prop_map(Act::TokenIdleRule),
        2 => (1..6_i64, -300..60_i64).prop_map(|(id, minutes)| Act::TokenSeen(id, minutes)),
        1 => (1..6_i64).prop_map(Act::Ended),
        1 => (-3..4_i64).prop_map(Act::Swept),
        3 => (1..6_i64, any_day(), any_day()).prop_map(|(id, first, last)| Act::Dated(id, first, last)),
        2 => prop::option::of(1..3_u16).prop_map(Act::IdleRule),
        1 => (1..6_i64, -72..2_i64).prop_map(|(id, hours)| Act::Seen(id, hours)),
        1 => (1..6_i64, -72..2_i64).prop_map(|(id, hours)| Act::Restarted(id, hours)),
        1 => (1..6_i64, prop::sample::select(vec!["admin", "user"]), -3..1_i64).prop_map(|(id, level, days)| {
            Act::Foreign(format!(
                "UPDATE de_torres_vincent_users SET access_level = '{level}', password = '$2y$04$',
                   created_at = datetime('2026-11-23 12:00:00', '{days} days') WHERE id = {id}"
            ))
        }),
        2 => (1..6_i64, any_day()).prop_map(|(id, last)| Act::Foreign(format!(
            "INSERT INTO nexus_accounts (user_id, expires_on) VALUES ({id}, nullif('{last}', ''))
             ON CONFLICT DO UPDATE SET expires_on = excluded.expires_on"
        ))),
        5 => any_statement().prop_map(Act::Foreign),
        5 => any_session_statement().prop_map(Act::Foreign),
        5 => any_directory_statement().prop_map(Act::Foreign),
        1 => (1..6_i64, prop::sample::select(vec!["p", "t"])).prop_map(|(owner, path)| Act::Directory(owner, path)),
        1 => (1..6_i64, prop::sample::select(vec!["t", "u"])).prop_map(|(owner, path)| Act::Tree(owner, path)),
        1 => (1..6_i64, prop::sample::select(vec!["t", "v"])).prop_map(|(id, path)| Act::Moved(id, path)),
        2 => prop::collection::vec(any_entry(), 0..5).prop_map(Act::Recorded),
    ]
}

/// Returns an account, what it is called, an action and its outcome, and the days since.
fn any_entry() -> impl Strategy<Value = (i64, &'static str, Action, Outcome, i64)> {
    let label = prop::sample::select(vec!["", "ada", "ADA", "bob"]);
    let action = prop::sample::select(vec![Action::Confirmed, Action::Edited]);
    let outcome = prop::sample::select(vec![Outcome::Done, Outcome::Refused]);
    (1..4_i64, label, action, outcome, 0..2_i64)
}

fn with_status(name: &str, status: Status) -> crate::store::NewUser {
    let new = account(name, AccessLevel::User);
    crate::store::NewUser { fields: Fields { status: Some(status), ..new.fields }, ..new }
}

/// Does it; one that cannot be done changes nothing.
fn perform(store: &mut SqliteStore, other: &Connection, act: &Act) {
    let done = match act {
        Act::Foreign(sql) => {
            let _ = other.execute_batch(sql);
            return;
        }
        Act::Added(name, status) => change(store, TransactionEnd::Commit, |rows| {
            rows.insert_user(&with_status(name, *status)).map(drop)
        }),
        Act::Status(id, status) => change(store, TransactionEnd::Commit, |rows| {
            let fields = Fields { status: Some(*status), ..Fields::default() };
            rows.update_user(now(), UserId(*id), &fields)
        }),
        Act::Dated(id, first, last) => change(store, TransactionEnd::Commit, |rows| {
            let (valid_from, expires_on) = (Some((*first).to_owned()), Some((*last).to_owned()));
            rows.update_user(now(), UserId(*id), &Fields { valid_from, expires_on, ..Fields::default() })
        }),
        Act::IdleRule(days) => change(store, TransactionEnd::Commit, |rows| {
            rows.set_idle_rule(days.map(|days| IdleRule { days, since: now() - Duration::days(2) }))
        }),
        Act::Seen(id, hours) => change(store, TransactionEnd::Commit, |rows| {
            rows.saw_user(now() + Duration::hours(*hours), UserId(*id))
        }),
        Act::Restarted(id, hours) => change(store, TransactionEnd::Commit, |rows| {
            rows.restart_idle(now() + Duration::hours(*hours), UserId(*id))
        }),
        Act::Deleted(id) => change(store, TransactionEnd::Commit, |rows| {
            rows.bin_user(UserId(*id), &deletion_info()).map(drop)
        }),
        Act::Restored(number) => {
            change(store, TransactionEnd::Commit, |rows| rows.restore(*number, None, None).map(drop))
        }
        Act::Session(owner, digest, hours, origin) => change(store, TransactionEnd::Commit, |rows| {
            let new = token(UserId(*owner), digest);
            let expiration = Some(now() + Duration::minutes(hours * 60 + 20));
            let at = now() - Duration::hours(1);
            let start =
                origin.zip(new.start.clone()).map(|(origin, start)| SessionStart { origin, at, ..start });
            rows.insert_session(&NewSession { expiration, start, ..new }).map(drop)
        }),
        Act::TokenIdleRule(minutes) => change(store, TransactionEnd::Commit, |rows| {
            let since = now() - Duration::minutes(100);
            rows.set_token_idle_rule(minutes.map(|minutes| TokenIdleRule { minutes, since }))
        }),
        Act::TokenSeen(id, minutes) => change(store, TransactionEnd::Commit, |rows| {
            rows.saw_session(now() + Duration::minutes(*minutes), *id)
        }),
        Act::Directory(owner, path) => change(store, TransactionEnd::Commit, |rows| {
            rows.insert_directory(&directory(UserId(*owner), path)).map(drop)
        }),
        Act::Tree(owner, path) => change(store, TransactionEnd::Commit, |rows| {
            let paths = [(*path).to_owned(), format!("{path}/a"), format!("{path}/b")];
            rows.insert_directories(&paths.map(|path| directory(UserId(*owner), &path)))
        }),
        Act::Moved(id, path) => {
            change(store, TransactionEnd::Commit, |rows| rows.relocate(now(), *id, path).map(drop))
        }
        // Entries that are rolled back are not counted, whatever was read meanwhile.
        Act::Recorded(entries) => change(store, TransactionEnd::Commit, |rows| {
            for (account, label, action, outcome, days) in entries {
                rows.record(&journal_entry((*account, *label), *action, *outcome, *days))?;
                if *action == Action::Edited {
                    rows.totals(now())?;
                }
            }
            if entries.len() == 1 { Err(StoreError::Gone) } else { Ok(()) }
        }),
        Act::Ended(id) => {
            change(store, TransactionEnd::Commit, |rows| rows.end_session(*id, &revoked()).map(drop))
        }
        Act::Swept(hours) => change(store, TransactionEnd::Commit, |rows| {
            rows.sweep(now() + Duration::hours(*hours), 100).map(drop)
        }),
        Act::Loaded(name, status) => change(store, TransactionEnd::Commit, |rows| {
            let mut load = rows.load()?;
            // Whether or not it can be inserted.
            let _ = load.insert_user(&with_status(name, *status));
            while load.finish_some()?.is_some() {}
            Ok(())
        }),
    };
    drop(done);
}

/// Returns true if what is kept is what a scan finds, and if all that tells active sessions agrees at several times.
fn is_right(store: &SqliteStore) -> bool {
    let is_right_at = |minutes: i64| agree_at(store, now() + Duration::minutes(minutes));
    // What names and the tree hold of rows that another program replaced stays until `nexus doctor --fix` deletes it.
    let found = kept_tables::findings(&store.connection).unwrap();
    found.iter().all(|finding| ["nexus_names", "nexus_directories"].contains(&&*finding.object))
        && [-721, -200, 0, 20, 29, 30, 59, 60, 90, 719, 720, 800].into_iter().all(is_right_at)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn accounts_sessions_and_directories_are_counted_whoever_adds_changes_replaces_and_deletes_them(
        acts in prop::collection::vec(any_act(), 1..24),
        (recursive, cascades) in any::<(bool, bool)>(),
    ) {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        let other = another_program(&folder);
        other.pragma_update(None, "recursive_triggers", recursive).unwrap();
        other.pragma_update(None, "foreign_keys", cascades).unwrap();
        for act in &acts {
            perform(&mut store, &other, act);
            prop_assert!(is_right(&store), "{act:?}");
        }
    }
}

#[test]
fn counts_are_of_each_status_and_of_all() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| {
        for (name, status) in [("a", 0), ("b", 0), ("c", 1), ("d", 2), ("e", 1), ("f", 1)] {
            rows.insert_user(&with_status(name, STATUSES[status]))?;
        }
        Ok(())
    });
    let counts = account_counts::all(&store.connection).unwrap();
    assert_eq!(counts, AccountCounts { confirmed: 3, pending: 2, suspended: 1 });
    // A row that another program took away is no reason to fail.
    another_program(&folder).execute_batch("DELETE FROM nexus_account_counts").unwrap();
    assert_eq!(account_counts::all(&store.connection).unwrap(), counts);
    let total: i64 = store.connection.query_row(account_counts::TOTAL, [], |row| row.get(0)).unwrap();
    assert_eq!(total, 6);
}

#[test]
fn sessions_that_end_step_by_step_are_over_from_the_beginning() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| {
        let ada = rows.insert_user(&account("ada", AccessLevel::User))?;
        for digest in ["a", "b", "c"] {
            rows.insert_session(&token(ada, digest))?;
        }
        Ok(())
    });
    let active = |store: &SqliteStore| active_hours::active(&store.connection, now()).unwrap();
    assert_eq!(active(&store), 3);
    another_program(&folder)
        .execute_batch(
            "INSERT INTO nexus_operations (kind, process, label, account_id, last_id, spared, total, done)
             VALUES ('end-sessions', '', 'ada', 1, 2, NULL, 2, 0)",
        )
        .unwrap();
    assert_eq!(active(&store), 1);
    another_program(&folder)
        .execute_batch("DELETE FROM nexus_operations; DELETE FROM nexus_active_hours")
        .unwrap();
    assert_eq!(active(&store), 3, "until they are counted again");
    another_program(&folder).execute_batch("DELETE FROM nexus_session_counts").unwrap();
    let total: i64 = store.connection.query_row(active_hours::TOTAL, [], |row| row.get(0)).unwrap();
    assert_eq!(total, 3);
}

#[test]
fn an_account_that_another_program_puts_in_the_place_of_a_confirmed_one_is_not_idle() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| {
        rows.set_idle_rule(Some(IdleRule { days: 1, since: now() - Duration::days(2) }))?;
        for name in ["a", "b"] {
            rows.insert_user(&with_status(name, Status::Confirmed))?;
        }
        rows.insert_user(&with_status("c", Status::Pending)).map(drop)
    });
    let other = another_program(&folder);
    other
        .execute_batch(
            "INSERT OR REPLACE INTO de_torres_vincent_users (id, firstname, lastname, email, password, status)
             VALUES (1, 'f', 'l', 'x@x', '!', 'pending');
             UPDATE OR REPLACE de_torres_vincent_users SET id = 2 WHERE username = 'c';",
        )
        .unwrap();
    let kept = "SELECT count(*) FROM nexus_idle";
    assert_eq!(store.connection.query_row(kept, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    assert!(is_right(&store));
}
