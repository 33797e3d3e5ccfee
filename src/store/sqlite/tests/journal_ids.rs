//! Tests of lists of the journal that are kept while entries are added.

use proptest::prelude::*;

use crate::domain::journal::{Action, JournalColumn, Outcome};
use crate::domain::page::Sort;
use crate::store::contract_tests::entry;

use super::super::cache::CachedReader;
use super::super::{journal, journal_ids};
use super::*;

#[derive(Debug, Clone)]
enum Act {
    Written(usize, i64, bool),
    RolledBack(usize, i64),
    WrittenElsewhere(usize, i64),
    Erased(i64),
    ErasureBegun(i64),
    ErasureFinished,
    Stirred,
}

const ACTORS: [&str; 3] = ["ann", "Bob", "çem"];
const FILTERS: [&str; 9] = [
    "by:ann",
    "by:bob",
    "!by:ann",
    "verb:edit",
    "result:refused",
    "account:2",
    "user:2",
    "çem",
    "by:ann verb:edit since:2026-11-01",
];

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..3_usize, 1..4_i64, any::<bool>()).prop_map(|(actor, account, done)| Act::Written(actor, account, done)),
        2 => (0..3_usize, 1..4_i64).prop_map(|(actor, account)| Act::RolledBack(actor, account)),
        3 => (0..3_usize, 1..4_i64).prop_map(|(actor, account)| Act::WrittenElsewhere(actor, account)),
        1 => (1..4_i64).prop_map(Act::Erased),
        2 => (1..4_i64).prop_map(Act::ErasureBegun),
        2 => Just(Act::ErasureFinished),
        2 => Just(Act::Stirred),
    ]
}

fn written(rows: &mut dyn crate::store::Write, actor: usize, account: i64, done: bool) {
    let mut new = entry();
    new.action = if account == 2 { Action::Edited } else { Action::Confirmed };
    new.actor.name = ACTORS[actor].to_owned();
    new.actor.account = Some(UserId(actor as i64 + 1));
    new.outcome = if done { Outcome::Done } else { Outcome::Refused };
    new.object.account = Some(UserId(account));
    rows.record(&new).unwrap();
}

fn perform(folder: &TempDir, store: &mut SqliteStore, act: &Act) {
    match act {
        Act::Written(actor, account, done) => keep(store, |rows| {
            written(rows, *actor, *account, *done);
            Ok(())
        }),
        Act::RolledBack(actor, account) => {
            change::<_, crate::store::StoreError>(store, TransactionEnd::RollBack, |rows| {
                written(rows, *actor, *account, true);
                for filter in FILTERS {
                    let filter = Filter::parse(ListKind::Journal, filter).unwrap();
                    rows.journal(now(), &ListOf { filter, ..ListOf::default() }, ALL)?;
                }
                Ok(())
            })
            .unwrap();
        }
        Act::WrittenElsewhere(actor, account) => keep(&mut fresh(folder), |rows| {
            written(rows, *actor, *account, true);
            Ok(())
        }),
        Act::Erased(account) => keep(&mut fresh(folder), |rows| {
            let found = rows.erasable(UserId(*account), None)?;
            if found.is_empty() {
                return Ok(());
            }
            rows.erase(UserId(*account), &found)?;
            let mut new = entry();
            new.action = Action::Erased;
            new.object.account = Some(UserId(*account));
            rows.record(&new).map(drop)
        }),
        Act::ErasureBegun(account) => begin_erasure(folder, *account),
        Act::ErasureFinished => finish_erasure(folder),
        Act::Stirred => another_program(folder)
            .execute_batch("REPLACE INTO nexus_settings (name, value) VALUES ('stir', random())")
            .unwrap(),
    }
}

/// Begins an erasure in steps, if none is under way: its entry is written before the first step.
fn begin_erasure(folder: &TempDir, account: i64) {
    if account_being_erased(folder).is_some() {
        return;
    }
    keep(&mut fresh(folder), |rows| {
        let mut new = entry();
        new.action = Action::Erased;
        new.object.account = Some(UserId(account));
        rows.record(&new).map(drop)
    });
    let sql = "INSERT INTO nexus_operations (kind, process, label, account_id, total, done) VALUES ('erase', 'x', '', ?, 1, 0)";
    another_program(folder).execute(sql, [account]).unwrap();
}

/// Takes the only step of an erasure, which adds no entry.
fn finish_erasure(folder: &TempDir) {
    let Some(account) = account_being_erased(folder) else { return };
    keep(&mut fresh(folder), |rows| {
        let found = rows.erasable(UserId(account), None)?;
        if found.is_empty() { Ok(()) } else { rows.erase(UserId(account), &found) }
    });
    another_program(folder).execute("DELETE FROM nexus_operations", []).unwrap();
}

fn account_being_erased(folder: &TempDir) -> Option<i64> {
    use rusqlite::OptionalExtension as _;
    let sql = "SELECT account_id FROM nexus_operations WHERE kind = 'erase'";
    another_program(folder).query_row(sql, [], |row| row.get(0)).optional().unwrap()
}

/// Reads the whole journal in pages of two entries, in all orders.
fn pages(store: &SqliteStore) -> Vec<Vec<i64>> {
    let mut found = Vec::new();
    for column in [JournalColumn::Actor, JournalColumn::Action] {
        for descending in [false, true] {
            let list = ListOf { sort: Sort { column, descending }, ..ListOf::default() };
            let page = |at| -> Vec<i64> {
                let span = RowRange { anchor: Anchor::Position(at), before: 0, len: 2 };
                let (entries, lines) = look(store, |rows| {
                    Ok((rows.journal(now(), &list, span)?, rows.journal_lines(now(), &list, &[], span)?))
                });
                let lines = lines.rows.into_iter().map(|line| line.entry.seq);
                entries.rows.into_iter().map(|entry| entry.seq).chain(lines).collect()
            };
            found.extend((0..12).step_by(2).map(page));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_list_that_is_kept_is_what_is_found_anew_whoever_adds_or_erases(
        acts in prop::collection::vec(any_act(), 1..12),
    ) {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        for act in &acts {
            perform(&folder, &mut store, act);
            let new = fresh(&folder);
            prop_assert_eq!(pages(&store), pages(&new), "after {:?}", act);
            for (expression, descending) in FILTERS.into_iter().flat_map(|filter| [(filter, false), (filter, true)]) {
                let filter = Filter::parse(ListKind::Journal, expression).unwrap();
                let sort = Sort { column: JournalColumn::Seq, descending };
                let list = ListOf { filter, sort, ..ListOf::default() };
                let kept = look(&store, |rows| rows.journal(now(), &list, ALL));
                let found = look(&new, |rows| rows.journal(now(), &list, ALL));
                prop_assert_eq!(kept, found, "{} after {:?}", expression, act);
            }
        }
    }
}

#[test]
fn no_place_of_a_name_is_kept_while_it_is_being_erased() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    for actor in [2, 1, 0, 2, 0, 1] {
        keep(&mut store, |rows| {
            written(rows, actor, 3, true);
            Ok(())
        });
    }
    pages(&store);
    begin_erasure(&folder, 3);
    pages(&store);
    assert_eq!(format!("{:?}", store.cache.borrow().journal_places), "JournalPlaces([])");
    finish_erasure(&folder);
    assert_eq!(pages(&store), pages(&fresh(&folder)));
}

#[test]
fn of_a_longer_journal_only_the_new_entries_are_looked_at() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let filter = Filter::parse(ListKind::Journal, "by:ann").unwrap();
    let list = journal::list(now(), &ListOf { filter: filter.clone(), ..ListOf::default() });
    let write = |store: &mut SqliteStore, actor| {
        keep(store, |rows| {
            written(rows, actor, 1, true);
            Ok(())
        });
    };
    let find = |store: &SqliteStore| {
        let reader = CachedReader::new(&store.connection, &store.cache).unwrap();
        journal_ids::find(reader, &filter, &list).unwrap()
    };
    write(&mut store, 0);
    let first = find(&store);
    write(&mut store, 1);
    assert!(std::sync::Arc::ptr_eq(&first, &find(&store)), "the same list, not found again");
    write(&mut store, 0);
    assert_eq!(*find(&store), [1, 3]);
    let plan = super::plans::plan(&store, &journal_ids::newer_sql(&list));
    assert_eq!(plan, "SEARCH j USING INTEGER PRIMARY KEY (rowid>?)");
}
