//! The keys of filters that ask about what hangs on an account, and days.

use crate::domain::directory::DirectoryColumn;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{JournalColumn, NewEntry, Origin};
use crate::domain::page::Sort;
use crate::domain::session::SessionColumn;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, UserColumn, UserId};
use crate::store::{AccessCode, ListOf, Store};

use super::{ALL, account, entry, folder, keep, look, now, token};

fn users(store: &dyn Store, expression: &str) -> Vec<i64> {
    let filter = Filter::parse(ListKind::Users, expression).unwrap();
    let ids = look(store, |rows| rows.user_ids(now(), &filter));
    let sort = Sort { column: UserColumn::Id, descending: false };
    let window = look(store, |rows| rows.users(now(), &ListOf { filter, scope: None, sort }, ALL));
    let listed: Vec<_> = window.rows.iter().map(|user| user.id.0).collect();
    assert_eq!(listed, ids, "the list and the selection of {expression}");
    ids
}

fn sessions(store: &dyn Store, expression: &str) -> Vec<i64> {
    let filter = Filter::parse(ListKind::Sessions, expression).unwrap();
    let list = ListOf { filter, scope: None, sort: Sort { column: SessionColumn::Id, descending: false } };
    look(store, |rows| rows.sessions(now(), &list, ALL)).rows.iter().map(|session| session.id).collect()
}

/// Adds four accounts: the words of the second and the third contain the email of the first.
fn people(store: &mut dyn Store) {
    let insert = |store: &mut dyn Store, name: &str, email: &str, days| {
        let mut new = account(name, AccessLevel::User);
        new.fields.email = Some(email.into());
        new.created_at = now() - Duration::days(days);
        keep(store, |rows| rows.insert_user(&new))
    };
    insert(store, "ann", "ann@one.example", 0);
    insert(store, "ann@one.exampleX", "b@two.example", 1);
    insert(store, "one.example", "Zoë@ONE.example", 10);
    insert(store, "dan", "d%_@x", 100);
}

pub(super) fn of_accounts(store: &mut dyn Store) {
    people(store);
    assert_eq!(users(store, "one.example"), [1, 2, 3]);
    assert_eq!(users(store, "email:one.example"), [1, 3], "other words do not count");
    assert_eq!(users(store, "email:ZOE@one"), [3]);
    assert_eq!(users(store, "!email:one.example"), [2, 4]);
    assert_eq!(users(store, "email:% status:confirmed"), [4]);
    assert_eq!(users(store, "email:@ !email:two"), [1, 3, 4]);
    assert_eq!(users(store, "email:nobody"), [] as [i64; 0]);
    assert_eq!(users(store, "email:one user:1"), [1]);

    assert_eq!(users(store, "created:2026-11-22..2026-11-23"), [1, 2]);
    assert_eq!(users(store, "created:2026-11-13..2026-11-13"), [3]);
    assert_eq!(users(store, "!created:2026-11-13..2026-11-22"), [1, 4]);
    assert_eq!(users(store, "seen:never"), [1, 2, 3, 4]);
    keep(store, |rows| rows.insert_session(&token(UserId(2), "sha256:a")));
    keep(store, |rows| rows.saw_session(now(), 1));
    assert_eq!(users(store, "!seen:never"), [2]);
    assert_eq!(users(store, "seen:2026-11-23..2026-11-24"), [2]);

    let code = |days, tries_left| AccessCode {
        hash: "hash".into(),
        expires_at: now() + Duration::days(days),
        tries_left,
        entry: None,
    };
    for (id, code) in [(1, code(1, 5)), (2, code(-1, 5)), (3, code(1, 0))] {
        keep(store, |rows| rows.set_access_code(now(), UserId(id), Some(&code)));
    }
    assert_eq!(users(store, "has:code"), [1], "not one that is over or used up");
    for (id, path) in
        [(1, "00001_ANN"), (2, "media/000022_B/x"), (3, "media/00003_C"), (4, "1234a_X"), (4, "12345")]
    {
        keep(store, |rows| rows.insert_directory(&folder(UserId(id), path)));
    }
    assert_eq!(users(store, "has:home"), [1, 3], "the name of the directory itself counts");
    assert_eq!(users(store, "!has:home"), [2, 4]);
}

pub(super) fn of_sessions_and_directories(store: &mut dyn Store) {
    people(store);
    keep(store, |rows| rows.update_user(now(), UserId(1), &account("ann", AccessLevel::Admin).fields));
    keep(store, |rows| rows.insert_session(&token(UserId(1), "sha256:a")));
    keep(store, |rows| rows.insert_session(&token(UserId(2), "sha256:b")));
    let mut other = token(UserId(2), "sha256:c");
    other.start = None;
    keep(store, |rows| rows.insert_session(&other));
    assert_eq!(sessions(store, "level:admin"), [1]);
    assert_eq!(sessions(store, "email:two"), [2, 3]);
    assert_eq!(sessions(store, "origin:service"), [1, 2]);
    assert_eq!(sessions(store, "origin:imported"), [3]);
    assert_eq!(sessions(store, "!origin:imported email:two"), [2]);
    assert_eq!(sessions(store, "origin:console"), [] as [i64; 0]);
    assert_eq!(sessions(store, "created:2026-11-23..2026-11-23"), [1, 2]);
    assert_eq!(sessions(store, "expires:2026-11-23..2026-11-23"), [1, 2, 3]);
    assert_eq!(sessions(store, "expires:2026-11-24..2026-12-31"), [] as [i64; 0]);
    assert_eq!(sessions(store, "seen:never"), [3], "one that begins is seen");

    keep(store, |rows| rows.insert_directory(&folder(UserId(1), "a")));
    keep(store, |rows| rows.insert_directory(&folder(UserId(2), "b")));
    let directories = |expression| {
        let filter = Filter::parse(ListKind::Directories, expression).unwrap();
        let sort = Sort { column: DirectoryColumn::Id, descending: false };
        let list = ListOf { filter, scope: None, sort };
        look(store, |rows| rows.directories(now(), &list, ALL))
            .rows
            .iter()
            .map(|row| row.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(directories("email:two"), [2]);
    assert_eq!(directories("seen:never"), [1, 2]);
    assert_eq!(directories("created:2026-11-22..2026-11-22"), [] as [i64; 0]);
}

pub(super) fn of_the_journal(store: &mut dyn Store) {
    for place in ["192.0.2.7 (claimed)", "192.0.2.70", "pts/3", "a_b"] {
        let origin = Origin { session: None, place: place.into() };
        keep(store, |rows| rows.record(&NewEntry { origin, ..entry() }));
    }
    let entries = |expression| {
        let filter = Filter::parse(ListKind::Journal, expression).unwrap();
        let sort = Sort { column: JournalColumn::Seq, descending: false };
        let list = ListOf { filter, scope: None, sort };
        look(store, |rows| rows.journal(now(), &list, ALL))
            .rows
            .iter()
            .map(|entry| entry.seq)
            .collect::<Vec<_>>()
    };
    assert_eq!(entries("from:192.0.2.7"), [1]);
    assert_eq!(entries("from:PTS/3"), [3]);
    assert_eq!(entries("!from:pts/3 since:2026-11-23"), [1, 2, 4]);
    assert_eq!(entries("from:A_B"), [4]);
    assert_eq!(entries("since:2026-11-23..2026-11-23"), [1, 2, 3, 4]);
    assert_eq!(entries("since:2026-11-20..2026-11-22"), [] as [i64; 0]);
    assert_eq!(entries("since:2026-11-24..2026-12-31"), [] as [i64; 0]);
}
