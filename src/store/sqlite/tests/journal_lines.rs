//! The journal in lines, against a list that is sorted and folded entry by entry.

use proptest::prelude::*;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{Action, Actor, Fold, JournalColumn, Line, NewEntry};
use crate::domain::page::{Anchor, RowRange, Sort, Window};
use crate::domain::time::Duration;
use crate::store::contract_tests::journal::entry;
use crate::store::{IdleWork, ListOf};

use super::*;

/// An entry of an action: a new one, or one of those before by its place, and whether a filter matches it.
type Wanted = (Option<usize>, bool);

/// An entry as it was written.
#[derive(Debug, Clone)]
struct Known {
    seq: i64,
    act: i64,
    matches: bool,
    actor: &'static str,
}

/// Adds the entries to the store. Most entries of an action have one actor.
fn written(store: &mut SqliteStore, known: &mut Vec<Known>, wanted: &[Wanted]) {
    for (of, matches) in wanted {
        let act = of.and_then(|of| known.get(known.len().checked_sub(of % 3 + 1)?)).map(|known| known.act);
        let action = if *matches { Action::Edited } else { Action::Confirmed };
        let next = known.len() as i64 + 1;
        let actor =
            ["Ada", "bob", "ADA", "carl"][(act.unwrap_or(next) + i64::from(next % 11 == 0)) as usize % 4];
        let at = now() + Duration::seconds(next / 5 % 3);
        let by = Actor { name: actor.into(), ..Actor::default() };
        let seq = keep(store, |rows| rows.record(&NewEntry { at, actor: by, action, act, ..entry() }));
        known.push(Known { seq, act: act.unwrap_or(seq), matches: *matches, actor });
    }
}

/// Returns the place of an entry in an order.
fn key(column: JournalColumn, known: &Known) -> (bool, String, i64, i64) {
    let at = known.seq / 5 % 3;
    match column {
        JournalColumn::Seq => (false, String::new(), 0, known.seq),
        JournalColumn::Actor => (false, known.actor.to_lowercase(), at, known.seq),
        // Edits come behind confirmations.
        JournalColumn::Action => (known.matches, known.actor.to_lowercase(), at, known.seq),
    }
}

/// Returns the lines in ascending order: the entries of each. The whole journal is folded as it was written; what a filter
/// matches, as it is sorted.
fn naive(known: &[Known], column: JournalColumn, filtered: bool, unfolded: &[i64]) -> Vec<Vec<i64>> {
    let mut entries: Vec<_> = known.iter().filter(|known| known.matches || !filtered).collect();
    if filtered {
        entries.sort_by_key(|known| key(column, known));
    }
    let mut lines: Vec<Vec<&Known>> = Vec::new();
    for known in entries {
        let joins = |line: &&mut Vec<&Known>| line[0].act == known.act && !unfolded.contains(&known.act);
        match lines.last_mut().filter(joins) {
            Some(line) => line.push(known),
            None => lines.push(vec![known]),
        }
    }
    lines.sort_by_key(|line| key(column, line[0]));
    let numbers = |line: Vec<&Known>| line.iter().map(|known| known.seq).collect();
    lines.into_iter().map(numbers).collect()
}

fn list(column: JournalColumn, filtered: bool, descending: bool) -> ListOf<JournalColumn> {
    let edits = || Filter::parse(ListKind::Journal, "verb:edit").unwrap();
    let filter = if filtered { edits() } else { Filter::default() };
    ListOf { filter, scope: None, sort: Sort { column, descending } }
}

fn read_lines(
    store: &SqliteStore,
    list: &ListOf<JournalColumn>,
    unfolded: &[i64],
    anchor: Anchor,
    before: u32,
) -> Window<Line> {
    let span = RowRange { anchor, before, len: 7 };
    look(store, |rows| rows.journal_lines(now(), list, unfolded, span))
}

/// Checks every position of a list, and the position of every entry.
fn check(store: &SqliteStore, known: &[Known], list: &ListOf<JournalColumn>, unfolded: &[i64]) {
    let Sort { column, descending } = list.sort;
    let mut expected = naive(known, column, !list.filter.is_empty(), unfolded);
    if descending {
        expected.reverse();
    }
    let mut entries: Vec<_> = known.iter().filter(|known| known.matches || list.filter.is_empty()).collect();
    entries.sort_by_key(|known| key(column, known));
    let mut entries: Vec<_> = entries.into_iter().map(|known| known.seq).collect();
    if descending {
        entries.reverse();
    }
    let span = RowRange { anchor: Anchor::Position(1), before: 1, len: 100 };
    let read = look(store, |rows| rows.journal(now(), list, span));
    let read: Vec<_> = read.rows.iter().map(|entry| entry.seq).collect();
    assert_eq!(read, entries, "{list:?}");
    for (at, entries) in expected.iter().enumerate() {
        let found = read_lines(store, list, unfolded, Anchor::Position(at as u64), 2);
        assert_eq!((found.total, found.unfiltered), (expected.len() as u64, known.len() as u64));
        let line = found.at(at as u64).unwrap();
        assert_eq!(Some(&line.entry.seq), entries.iter().min(), "{list:?} {at} of {expected:?}");
        match line.fold {
            Fold::Closed(folded) => assert_eq!(folded, entries.len() as u64),
            Fold::Single | Fold::Open { .. } => assert_eq!(entries.len(), 1),
        }
        if let Fold::Open { entries, .. } = line.fold {
            assert!(entries > 1 && unfolded.contains(&line.entry.act));
        }
        for seq in entries {
            let found = read_lines(store, list, unfolded, Anchor::Row { id: *seq, last_seen_at: 0 }, 1);
            assert_eq!(found.anchor, Some(at as u64), "{list:?} entry {seq} of {expected:?}");
        }
    }
}

fn entries() -> impl Strategy<Value = Vec<Wanted>> {
    let one = (prop_oneof![1 => Just(None), 2 => (0_usize..3).prop_map(Some)], any::<bool>());
    prop::collection::vec(one, 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn lines_are_those_of_entries_folded_one_by_one(
        first in entries(), more in entries(), unfolded in prop::collection::vec(1_i64..24, 0..3)
    ) {
        let folder = TempDir::new().unwrap();
        let mut store = fresh(&folder);
        let mut known = Vec::new();
        for part in [&first, &more] {
            written(&mut store, &mut known, part);
            read_lines(&store, &list(JournalColumn::Seq, false, true), &[], Anchor::Position(0), 0);
            while store.run_idle_work().unwrap() == IdleWork::More {}
            for column in [JournalColumn::Seq, JournalColumn::Actor, JournalColumn::Action] {
                for (filtered, descending) in [(false, true), (false, false), (true, true), (true, false)] {
                    check(&store, &known, &list(column, filtered, descending), &unfolded);
                }
            }
        }
    }
}

#[test]
fn the_newest_lines_are_folded_at_once_and_the_oldest_in_idle_time() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let mut known = Vec::new();
    // Three actions of 20 entries: more than one step looks through.
    for _ in 0..3 {
        written(&mut store, &mut known, &[(None, true)]);
        written(&mut store, &mut known, &[(Some(0), true); 19]);
    }
    let top = read_lines(&store, &list(JournalColumn::Seq, false, true), &[], Anchor::Position(0), 0);
    assert_eq!((top.rows[0].fold, top.total), (Fold::Closed(20), 41));
    let mut work = Vec::new();
    while work.last() != Some(&IdleWork::Done) {
        work.push(store.run_idle_work().unwrap());
    }
    assert_eq!(work.iter().filter(|work| **work == IdleWork::Refreshed).count(), 1, "{work:?}");
    assert_eq!(
        read_lines(&store, &list(JournalColumn::Seq, false, true), &[], Anchor::Position(0), 0).total,
        3
    );
}
