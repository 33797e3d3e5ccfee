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
        2 => Just(Act::Stirred),
    ]
}

fn written(rows: &mut dyn crate::store::Write, actor: usize, account: i64, done: bool) {
    let mut new = entry();
    new.action = if account == 2 { Action::Edited } else { Action::Confirmed };
    new.actor.name = ACTORS[actor].to_owned();
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
        Act::Stirred => another_program(folder)
            .execute_batch("REPLACE INTO nexus_settings (name, value) VALUES ('stir', random())")
            .unwrap(),
    }
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
