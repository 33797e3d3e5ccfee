//! Laws of lists and trees.

use proptest::prelude::*;

use crate::domain::directory::{DirectoryColumn, TreeRow, join, split};
use crate::domain::page::Sort;
use crate::domain::session::SessionColumn;
use crate::domain::time::{Duration, to_stored};
use crate::domain::user::{Status, UserColumn};
use crate::store::contract_tests::{deletion_info, folder as directory};
use crate::store::{IdleWork, NewDirectory};

use super::super::keyset::Order;
use super::super::{shared_keys, sort_orders};
use super::plans::plan;
use super::*;

/// Returns a store with these directories, by the place of their parent among the earlier ones; names repeat.
fn forest(folder: &TempDir, parents: &[Option<usize>]) -> (SqliteStore, Vec<(i64, String)>) {
    let mut store = fresh(folder);
    let ada = keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let mut made: Vec<(i64, String)> = Vec::new();
    for (at, parent) in parents.iter().enumerate() {
        let above =
            parent.and_then(|parent| made.get(parent % made.len().max(1))).map(|(_, path)| path.clone());
        let path = join(above.as_deref(), &format!("n{}", at % 7));
        let mut new = directory(ada, &path);
        new.directory_id = at.to_string();
        let id = keep(&mut store, |rows| rows.insert_directory(&new));
        made.push((id, path));
    }
    (store, made)
}

/// Returns the visible rows, worked out from everything: id, depth and whether it is open.
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

#[test]
fn rows_are_read_in_the_order_of_the_ids_that_were_found() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    for (sql, row) in [
        (users::list(now(), &ListOf::default()).rows_sql(), "u"),
        (sessions::list(now(), &ListOf::default()).rows_sql(), "s"),
        (directories::list(now(), &ListOf::default()).rows_sql(), "d"),
        (journal::list(now(), &ListOf::default()).rows_sql(), "j"),
    ] {
        let plan = plan(&store, &sql);
        let first =
            format!("SCAN ids VIRTUAL TABLE INDEX 1:; SEARCH {row} USING INTEGER PRIMARY KEY (rowid=?)");
        assert!(plan.starts_with(&first) && !plan.contains("TEMP B-TREE"), "{sql}\n{plan}");
    }
}

#[test]
fn sessions_are_counted_by_account_along_indexes_alone() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let [range] = sort_orders::of_sessions(SessionColumn::User) else { panic!("several ranges") };
    let shared = range.counted.unwrap().shared.unwrap();
    for (sql, expected) in [
        (shared.owners, "SCAN s USING COVERING INDEX nexus_sessions_user"),
        (shared.keys, "SCAN u USING COVERING INDEX nexus_users_label"),
    ] {
        assert_eq!(plan(&store, sql), expected);
    }
}

#[test]
fn positions_by_account_pass_over_sessions_whose_account_is_no_number() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    for name in ["ada", "grace", "alan"] {
        keep(&mut store, |rows| rows.insert_user(&account(name, AccessLevel::User)));
    }
    let other = another_program(&folder);
    let insert = "INSERT INTO de_torres_vincent_session_tokens (user_id, session_token) VALUES";
    other.execute_batch(&format!("{insert} (1, 'a'), (3, 'b'), (2, 'c'), (3, 'd'), (2, 'e')")).unwrap();
    let order = Order { ranges: sort_orders::of_sessions(SessionColumn::User), descending: false };
    let positions = || shared_keys::positions(&store.connection, order, (1, 2)).unwrap().unwrap();
    let expected = positions();
    let known: Vec<_> = expected.iter().map(|(at, place)| (*at, place.id)).collect();
    assert_eq!(known, [(0, 1), (1, 2), (3, 3)]);
    let odd =
        format!("PRAGMA foreign_keys = 0; {insert} ('abc', 'f'), (1.5, 'g'), (x'00', 'h'), (-0.5, 'i')");
    other.execute_batch(&odd).unwrap();
    assert_eq!(positions(), expected);
}

#[test]
fn a_flat_list_by_path_shows_a_directory_before_those_below_it_at_any_place() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    let other = another_program(&folder);
    for change in [
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
         INSERT INTO de_torres_vincent_user_directories (user_id, directory_id, directory_name, directory_path)
         SELECT 1, i, 'n', char(65 + i % 2 * 32 + i % 5) || iif(i % 3, iif(i % 2, '/', '-') || char(97 - i % 7 * 8), '')
           || iif(i % 11, '', '/É')
         FROM n",
        "UPDATE de_torres_vincent_user_directories SET directory_path = 'a/' || directory_path WHERE id % 3 = 0",
        "INSERT OR REPLACE INTO de_torres_vincent_user_directories (id, user_id, directory_id, directory_name, directory_path)
         VALUES (3, 1, '9', 'n', 'E'), (70, 1, '12', 'n', 'é')",
        "DELETE FROM de_torres_vincent_user_directories WHERE id % 4 = 1",
    ] {
        other.execute_batch(change).unwrap();
        let mut all = look(&store, |rows| rows.directories(now(), &ListOf::default(), ALL)).rows;
        all.sort_by_key(|row| (row.path.replace('/', "\u{1}").to_ascii_lowercase(), row.id));
        let sort = Sort { column: DirectoryColumn::Name, descending: false };
        look(&store, |rows| rows.directories(now(), &ListOf { sort, ..ListOf::default() }, ALL));
        // Positions are exact once idle time has followed the change.
        while store.run_idle_work().unwrap() != IdleWork::Done {}
        for descending in [false, true] {
            let sort = Sort { column: DirectoryColumn::Name, descending };
            let list = ListOf { sort, ..ListOf::default() };
            for (at, row) in all.iter().enumerate() {
                for anchor in [Anchor::Position(at as u64), Anchor::Row { id: row.id, last_seen_at: 0 }] {
                    let span = RowRange { anchor, before: 0, len: 4 };
                    let found = look(&store, |rows| rows.directories(now(), &list, span));
                    let rest: Vec<_> = all.iter().skip(at).take(4).collect();
                    assert_eq!(found.rows.iter().collect::<Vec<_>>(), rest, "{anchor:?} {sort:?} after {change}");
                }
            }
            all.reverse();
        }
    }
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
        let window = look(&store, |rows| rows.tree(&list, &open, RowRange { anchor, before, len }));
        let from = window.first as usize;
        let to = (from + len as usize).min(expected.len());
        prop_assert_eq!(seen(&window.rows), &expected[from..to]);

        let (id, ..) = expected[at as usize % expected.len()];
        let anchor = Anchor::Row { id, last_seen_at: 0 };
        let found = look(&store, |rows| rows.tree(&list, &open, RowRange { anchor, before, len })).anchor;
        prop_assert_eq!(found, expected.iter().position(|row| row.0 == id).map(|at| at as u64));
    }

    #[test]
    fn every_row_of_the_tree_shows_once_whatever_its_path(
        paths in prop::collection::vec("[a/\0]{0,5}", 1..12),
    ) {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        let ada = keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
        let all: BTreeSet<i64> = paths.iter().enumerate().map(|(at, path)| {
            let new = NewDirectory { directory_id: at.to_string(), ..directory(ada, path) };
            keep(&mut store, |rows| rows.insert_directory(&new))
        }).collect();
        let shown = look(&store, |rows| rows.tree(&ListOf::default(), &all, ALL));
        let mut ids: Vec<_> = shown.rows.iter().map(|row| row.directory.id).collect();
        ids.sort_unstable();
        prop_assert_eq!(ids, all.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn windows_are_slices_of_the_whole_list(
        names in prop::collection::vec("[a-cA-Cä]{1,3}", 1..20),
        column in prop::sample::select(vec![
            UserColumn::Id, UserColumn::Name, UserColumn::Username, UserColumn::LastSeen, UserColumn::Status,
        ]),
        gaps in prop::collection::btree_set(0_usize..20, 0..6),
        descending in any::<bool>(), word in prop::option::of("[a-c]"),
        at in 0_u64..25, before in 0_u32..6, len in 1_u32..8, idle in 0..3, between in any::<bool>(),
    ) {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        for (n, name) in names.iter().enumerate() {
            let mut new = account(&format!("u{n}"), AccessLevel::User);
            new.fields.last_name = Some(name.clone());
            new.fields.first_name = Some("x".into());
            if n % 3 == 0 { new.fields.username = None; }
            if n % 4 == 0 { new.fields.status = Some(Status::Suspended); }
            let id = keep(&mut store, |rows| rows.insert_user(&new));
            if gaps.contains(&n) {
                keep(&mut store, |rows| rows.bin_user(id, &deletion_info()).map(drop));
            } else if n % 5 < 2 {
                keep(&mut store, |rows| rows.saw_user(now(), id));
            }
        }
        let filter = word.map_or_else(Filter::default, |word| Filter::parse(ListKind::Users, &word).unwrap());
        let list = ListOf { filter, scope: None, sort: Sort { column, descending } };
        let whole = look(&store, |rows| rows.users(now(), &list, ALL));
        let span = RowRange { anchor: Anchor::Position(at), before, len };
        // Idle time completes what positions are told by, at any moment.
        for _ in 0..idle {
            store.run_idle_work().unwrap();
        }
        let window = look(&store, |rows| rows.users(now(), &list, span));
        let from = window.first as usize;
        let to = (from + len as usize).min(whole.rows.len());
        prop_assert_eq!(&window.rows, &whole.rows[from..to]);
        if let Some(user) = whole.rows.get(at as usize) {
            if between {
                look(&store, |rows| rows.sessions(now(), &ListOf::default(), ALL));
            }
            let anchor = Anchor::Row { id: user.id.0, last_seen_at: 0 };
            let found = look(&store, |rows| rows.users(now(), &list, RowRange { anchor, before, len }));
            prop_assert_eq!(found.anchor, Some(at));
        }
    }

    #[test]
    fn windows_of_sessions_by_state_are_slices_with_the_active_ones_first(
        sessions in prop::collection::vec((0_i64..3, -3_i64..4), 1..30), later in 0_i64..4,
        at in 0_u64..35, before in 0_u32..4, len in 1_u32..8, idle in 0..3, descending in any::<bool>(),
    ) {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        let other = another_program(&folder);
        for n in 0..3 {
            keep(&mut store, |rows| rows.insert_user(&account(&format!("u{n}"), AccessLevel::User)));
        }
        // One account is not valid yet, and one is over.
        other
            .execute_batch(
                "INSERT INTO nexus_accounts (user_id, valid_from) VALUES (2, '2098-01-01') ON CONFLICT DO UPDATE
                   SET valid_from = excluded.valid_from;
                 UPDATE de_torres_vincent_users SET status = 'confirmed';",
            )
            .unwrap();
        for (n, (owner, hours)) in sessions.iter().enumerate() {
            let ends = to_stored(now() + Duration::hours(*hours));
            let status = if n % 4 == 3 { "expired" } else { "active" };
            other
                .execute(
                    "INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration, status)
                     VALUES (?, ?, ?, ?)",
                    (owner + 1, n.to_string(), ends, status),
                )
                .unwrap();
        }
        let sort = Sort { column: SessionColumn::State, descending };
        let list = ListOf { sort, ..ListOf::default() };
        let mut shown = None;
        // Time alone changes the order, after positions were found: also right after other rows were shown.
        for now in [now(), now() + Duration::hours(later)] {
            if let Some(id) = shown {
                let anchor = Anchor::Row { id, last_seen_at: 0 };
                let found = look(&store, |rows| rows.sessions(now, &list, RowRange { anchor, before, len }));
                let whole = look(&store, |rows| rows.sessions(now, &list, ALL));
                let at = whole.rows.iter().position(|session| session.id == id).map(|at| at as u64);
                prop_assert_eq!(found.anchor, at);
            }
            let whole = look(&store, |rows| rows.sessions(now, &list, ALL));
            prop_assert_eq!(whole.rows.len(), sessions.len());
            let active: Vec<_> = whole.rows.iter().map(|session| session.ended(now).is_none()).collect();
            prop_assert!(active.is_sorted_by(|a, b| if descending { a >= b } else { a <= b }), "{:?}", active);
            for _ in 0..idle {
                store.run_idle_work().unwrap();
            }
            let span = RowRange { anchor: Anchor::Position(at), before, len };
            let window = look(&store, |rows| rows.sessions(now, &list, span));
            let from = window.first as usize;
            let to = (from + len as usize).min(whole.rows.len());
            prop_assert_eq!(&window.rows, &whole.rows[from..to]);
            if let Some(session) = whole.rows.get(at as usize) {
                let anchor = Anchor::Row { id: session.id, last_seen_at: 0 };
                let found = look(&store, |rows| rows.sessions(now, &list, RowRange { anchor, before, len }));
                prop_assert_eq!(found.anchor, Some(at));
                shown = Some(session.id);
            }
        }
    }

    #[test]
    fn windows_of_sessions_by_account_are_slices_of_the_whole_list(
        owners in prop::collection::vec(1_i64..9, 1..40), descending in any::<bool>(),
        at in 0_u64..45, before in 0_u32..4, len in 1_u32..8, idle in 0..3, between in any::<bool>(),
    ) {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        for n in 0..8 {
            keep(&mut store, |rows| rows.insert_user(&account(&format!("u{}", n * 5 % 8), AccessLevel::User)));
        }
        // The email of one is the username of another.
        another_program(&folder)
            .execute_batch("UPDATE de_torres_vincent_users SET username = NULL, email = 'U5' WHERE id = 3")
            .unwrap();
        for (n, owner) in owners.iter().enumerate() {
            keep(&mut store, |rows| rows.insert_session(&token(UserId(*owner), &n.to_string())).map(drop));
        }
        let sort = Sort { column: SessionColumn::User, descending };
        let list = ListOf { sort, ..ListOf::default() };
        let whole = look(&store, |rows| rows.sessions(now(), &list, ALL));
        prop_assert_eq!(whole.rows.len(), owners.len());
        for _ in 0..idle {
            store.run_idle_work().unwrap();
        }
        let span = RowRange { anchor: Anchor::Position(at), before, len };
        let window = look(&store, |rows| rows.sessions(now(), &list, span));
        let from = window.first as usize;
        let to = (from + len as usize).min(whole.rows.len());
        prop_assert_eq!(&window.rows, &whole.rows[from..to]);
        if let Some(session) = whole.rows.get(at as usize) {
            if between {
                look(&store, |rows| rows.users(now(), &ListOf::default(), ALL));
            }
            let anchor = Anchor::Row { id: session.id, last_seen_at: 0 };
            let found = look(&store, |rows| rows.sessions(now(), &list, RowRange { anchor, before, len }));
            prop_assert_eq!(found.anchor, Some(at));
        }
    }
}

#[test]
fn the_sessions_of_one_account_are_counted_again_when_rows_have_changed_and_only_then() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let ada = keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
    keep(&mut store, |rows| rows.insert_session(&token(ada, "a")).map(drop));
    let other = another_program(&folder);
    let filter = Filter::parse(ListKind::Sessions, "status:active").unwrap();
    let list = ListOf { filter, scope: Some(ada), ..ListOf::default() };
    let all = |store: &SqliteStore| look(store, |rows| rows.sessions(now(), &list, ALL)).unfiltered;
    assert_eq!(all(&store), 1);
    for (sql, count) in [
        ("REPLACE INTO nexus_settings (name, value) VALUES ('x', '1')", 1),
        ("INSERT INTO de_torres_vincent_session_tokens (user_id, session_token) VALUES (1, 'b')", 2),
        (
            "INSERT OR REPLACE INTO de_torres_vincent_session_tokens (id, user_id, session_token) VALUES (9, 1, 'a')",
            2,
        ),
        ("DELETE FROM de_torres_vincent_session_tokens WHERE id = 9", 1),
        ("DELETE FROM de_torres_vincent_session_tokens", 0),
    ] {
        other.execute_batch(sql).unwrap();
        assert_eq!(all(&store), count, "{sql}");
    }
    keep(&mut store, |rows| rows.insert_session(&token(ada, "c")).map(drop));
    assert_eq!(all(&store), 1);
    // One that does not come to be leaves no number behind.
    let undone = change(&mut store, TransactionEnd::RollBack, |rows| {
        rows.insert_session(&token(ada, "d"))?;
        Ok::<_, StoreError>(rows.sessions(now(), &list, ALL)?.unfiltered)
    });
    assert_eq!((undone, all(&store)), (Ok(2), 1));
}
