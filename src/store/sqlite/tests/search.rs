//! Tests that a search finds what a look at each row finds, whoever wrote, however much stays in memory.

use proptest::prelude::*;

use crate::domain::search_settings::SearchMemory;
use crate::domain::user::Fields;
use crate::store::contract_tests::deletion_info;

use super::super::search_index;
use super::*;

/// An action of NEXUS, or a statement of another program.
#[derive(Debug, Clone)]
enum Act {
    Added(&'static str),
    Renamed(i64, &'static str),
    Deleted(i64),
    Restored(i64),
    CaughtUp,
    Rewritten,
    Foreign(String),
}

fn any_name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["ann", "bea_ann", "Zoë", "ЗОЯ-7", "carl.7", "a", "\u{1}", "李"])
}

fn any_act() -> impl Strategy<Value = Act> {
    let id = || prop::sample::select(vec![-7_i64, 1, 2, 3, 4, 5, 70_000, 1 << 40]);
    let users = "de_torres_vincent_users";
    prop_oneof![
        3 => any_name().prop_map(Act::Added),
        2 => (id(), any_name()).prop_map(|(id, name)| Act::Renamed(id, name)),
        1 => id().prop_map(Act::Deleted),
        1 => (1..3_i64).prop_map(Act::Restored),
        3 => Just(Act::CaughtUp),
        1 => Just(Act::Rewritten),
        4 => (id(), any_name(), any_name()).prop_map(move |(id, name, local)| Act::Foreign(format!(
            "INSERT INTO {users} (id, firstname, lastname, username, email, password, status, access_level)
             VALUES ({id}, '{name}', 'Ann', '{local}_{id}', '{local}{id}@mail.ann.example', '!',
               CASE {id} % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'confirmed' ELSE 'suspended' END, 'admin')"
        ))),
        3 => (id(), any_name()).prop_map(move |(id, name)| Act::Foreign(format!(
            "UPDATE OR FAIL {users} SET lastname = '{name}', email = email || '{name}' WHERE id >= {id}"
        ))),
        1 => (id(), id()).prop_map(move |(old, new)| Act::Foreign(format!(
            "UPDATE {users} SET id = {new} WHERE id = {old}"
        ))),
        1 => (id(), any::<bool>()).prop_map(move |(id, is_admin)| Act::Foreign(format!(
            "UPDATE {users} SET status = 'pending', access_level = '{}' WHERE id = {id}",
            if is_admin { "admin" } else { "user" }
        ))),
        1 => id().prop_map(move |id| Act::Foreign(format!("DELETE FROM {users} WHERE id > {id}"))),
    ]
}

/// Does it; one that cannot be done changes nothing.
fn perform(store: &mut SqliteStore, other: &Connection, act: &Act) {
    let new = |name: &str| {
        let new = account(name, AccessLevel::User);
        let first_name = Some(name.to_owned());
        crate::store::NewUser { fields: Fields { first_name, ..new.fields }, ..new }
    };
    let mut act_with = |work: &mut dyn FnMut(&mut dyn Write) -> Result<()>| {
        let _ = change(store, TransactionEnd::Commit, |rows| work(rows));
    };
    match act {
        Act::Foreign(sql) => drop(other.execute_batch(sql)),
        Act::Added(name) => act_with(&mut |rows| rows.insert_user(&new(name)).map(drop)),
        Act::Renamed(id, name) => act_with(&mut |rows| {
            let fields = Fields { last_name: Some((*name).to_owned()), ..Fields::default() };
            rows.update_user(now(), UserId(*id), &fields)
        }),
        Act::Deleted(id) => act_with(&mut |rows| rows.bin_user(UserId(*id), &deletion_info()).map(drop)),
        Act::Restored(item) => act_with(&mut |rows| rows.restore(*item, None, None).map(drop)),
        Act::CaughtUp => while search_index::catch_up(&store.connection, 0).unwrap() {},
        Act::Rewritten => search_index::rewrite(&store.connection).unwrap(),
    }
}

/// The texts that are searched for: letters, words, and texts that packed words hold in pieces.
const FILTERS: [&str; 22] = [
    "a",
    "n",
    "é",
    "7",
    "@",
    ".",
    "ann",
    "zoe",
    "зоя",
    "李",
    "_1",
    "ann_",
    "a_ann",
    "ann.example",
    "7@mail",
    "зоя-7",
    "email:ann",
    "email:mail",
    "email:7@m",
    "status:pending a",
    "status:confirmed",
    "level:user !ann",
];

/// Checks that the index finds what the rows say, in an order of its own and in that of names.
fn agrees(store: &SqliteStore) -> std::result::Result<(), TestCaseError> {
    for expression in FILTERS {
        let filter = Filter::parse(ListKind::Users, expression).unwrap();
        let by_rows = look(store, |rows| rows.user_ids(now(), &filter));
        let list = ListOf { filter: filter.clone(), ..ListOf::default() };
        let mut streamed: Vec<i64> = Vec::new();
        loop {
            let anchor = Anchor::After(streamed.last().copied().unwrap_or(i64::MIN));
            let part = look(store, |rows| rows.users(now(), &list, RowRange { anchor, before: 0, len: 7 }));
            streamed.extend(part.rows.iter().map(|user| user.id.0));
            if part.rows.is_empty() {
                break;
            }
        }
        prop_assert_eq!(&streamed, &by_rows, "{} streamed", expression);
        for (column, descending) in
            [(UserColumn::Id, false), (UserColumn::Id, true), (UserColumn::Name, false)]
        {
            let sort = crate::domain::page::Sort { column, descending };
            let list = ListOf { filter: filter.clone(), sort, ..ListOf::default() };
            let found = look(store, |rows| rows.users(now(), &list, ALL));
            let mut ids: Vec<_> = found.rows.iter().map(|user| user.id.0).collect();
            prop_assert_eq!(found.total as usize, ids.len(), "{}", expression);
            if let Some(at) = ids.len().checked_sub(2) {
                let anchor = Anchor::Row { id: ids[at], last_seen_at: 0 };
                let part =
                    look(store, |rows| rows.users(now(), &list, RowRange { anchor, before: 1, len: 3 }));
                let part: Vec<_> = part.rows.iter().map(|user| user.id.0).collect();
                prop_assert_eq!(&part, &ids[at.saturating_sub(1)..], "{} by {:?}", expression, column);
            }
            if column == UserColumn::Id {
                prop_assert!(ids.is_sorted_by_key(|id| if descending { -id } else { *id }), "{:?}", ids);
            }
            ids.sort_unstable();
            prop_assert_eq!(&ids, &by_rows, "{} by {:?}", expression, column);
        }
    }
    Ok(())
}

fn with_memory(folder: &TempDir, mebibytes: i64) -> SqliteStore {
    let search_memory = SearchMemory::new(mebibytes).unwrap();
    let opening = Opening { search_memory, ..Access::ReadWrite.into() };
    SqliteStore::open(&folder.path().join("nexus.db"), opening).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn a_search_finds_what_is_in_the_rows_whoever_wrote(acts in prop::collection::vec(any_act(), 1..16)) {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        let other = another_program(&folder);
        let without_memory = with_memory(&folder, 0);
        for act in &acts {
            perform(&mut store, &other, act);
            agrees(&store)?;
            agrees(&without_memory)?;
            prop_assert!(!search_index::differ(&store.connection).unwrap(), "{:?}", act);
        }
    }
}

/// Adds accounts by plain SQL.
fn add_many(other: &Connection, first: i64, count: i64) {
    let sql = format!(
        "WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {first} + {count} - 1)
         INSERT INTO de_torres_vincent_users (id, firstname, lastname, username, email, password)
         SELECT i, 'Ann', 'Lee', 'ann_lee' || i, 'ann.lee' || i || '@x.example', '!' FROM n"
    );
    other.execute_batch(&sql).unwrap();
}

#[test]
fn very_many_accounts_of_another_program_are_found_before_and_while_their_blocks_are_written() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let other = another_program(&folder);
    add_many(&other, 100_000, 5_000);
    search_index::rewrite(&store.connection).unwrap();
    add_many(&other, 50_000, 21_000);
    let blocks = || {
        let sql = "SELECT count(*), (SELECT count(*) FROM nexus_search_changes) FROM nexus_search_blocks";
        other.query_row(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))).unwrap()
    };
    assert_eq!(blocks(), (2, 21_000));
    let expected = [("lee500", 100), ("e", 26_000), ("example", 26_000), ("lee104999@x", 1)];
    let check = |store: &SqliteStore| {
        for (text, count) in expected {
            let filter = Filter::parse(ListKind::Users, text).unwrap();
            let list = ListOf { filter, ..ListOf::default() };
            assert_eq!(look(store, |rows| rows.users(now(), &list, ALL)).total, count, "{text}");
        }
        assert!(!search_index::differ(&store.connection).unwrap());
    };
    check(&store);
    let mut transactions = 0;
    while store.catch_up().unwrap() {
        transactions += 1;
        check(&store);
    }
    assert!((2..9).contains(&transactions), "{transactions}");
    assert!(blocks().1 <= search_index::MANY as i64, "{:?}", blocks());
    // Whoever only reads has nothing to do.
    assert!(!store.catch_up().unwrap());
}

#[test]
fn blocks_that_are_wrong_are_found_and_written_again() {
    for spoilt in [
        "UPDATE nexus_search_blocks SET words = substr(words, 2)",
        "UPDATE nexus_search_blocks SET ids = x'00'",
        "UPDATE nexus_search_letters SET bits = zeroblob(length(bits)) WHERE letter = 4",
        "INSERT INTO nexus_search_letters VALUES (0, 7, x'00')",
        "DELETE FROM nexus_search_letters WHERE letter = 4",
        "DROP TABLE nexus_search_letters",
        "UPDATE nexus_search_blocks SET first = 2",
        "DELETE FROM nexus_search_blocks",
        "DROP TABLE nexus_search_blocks",
        "DROP TABLE nexus_search_changes",
        "DROP TRIGGER nexus_names_changed; UPDATE de_torres_vincent_users SET lastname = 'Pan'",
    ] {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        let other = another_program(&folder);
        add_many(&other, 1, 20);
        search_index::rewrite(&store.connection).unwrap();
        add_many(&other, 21, 1);
        assert_eq!(findings(&mut store), [], "{spoilt}");
        other.execute_batch(spoilt).unwrap();
        assert_ne!(findings(&mut store), [], "{spoilt}");
        store.repair(false, &mut Repairing(|_: &mut dyn Write| Ok(()))).unwrap();
        drop(store);
        let mut store = fresh(&folder);
        assert_eq!(findings(&mut store), [], "{spoilt}");
        agrees(&store).unwrap();
    }
}
