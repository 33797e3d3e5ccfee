//! The journal in lines, against a list that is folded entry by entry.

use proptest::prelude::*;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::{Action, Fold, JournalColumn, Line, NewEntry};
use crate::domain::page::{Anchor, RowRange, Sort, Window};
use crate::store::contract_tests::journal::entry;
use crate::store::{IdleWork, ListOf};

use super::*;

/// An entry of an action: a new one, or one of those before by its place, and whether a filter matches it.
type Wanted = (Option<usize>, bool);

/// Adds the entries to the store. Returns their actions and whether the filter matches.
fn written(store: &mut SqliteStore, known: &mut Vec<(i64, bool)>, wanted: &[Wanted]) {
    for (of, matches) in wanted {
        let act = of.and_then(|of| known.get(known.len().checked_sub(of % 3 + 1)?)).map(|(act, _)| *act);
        let action = if *matches { Action::Edited } else { Action::Confirmed };
        let seq = keep(store, |rows| rows.record(&NewEntry { action, act, ..entry() }));
        known.push((act.unwrap_or(seq), *matches));
    }
}

/// Returns the lines in the order of writing: the entries of each.
fn naive(known: &[(i64, bool)], filtered: bool, unfolded: &[i64]) -> Vec<Vec<i64>> {
    let mut lines: Vec<(i64, Vec<i64>)> = Vec::new();
    for (seq, (act, matches)) in (1..).zip(known) {
        if filtered && !matches {
            continue;
        }
        match lines.last_mut() {
            Some((last, entries)) if last == act && !unfolded.contains(act) => entries.push(seq),
            _ => lines.push((*act, vec![seq])),
        }
    }
    lines.into_iter().map(|(_, entries)| entries).collect()
}

fn list(filtered: bool, descending: bool) -> ListOf<JournalColumn> {
    let edits = || Filter::parse(ListKind::Journal, "verb:edit").unwrap();
    let filter = if filtered { edits() } else { Filter::default() };
    ListOf { filter, scope: None, sort: Sort { column: JournalColumn::Seq, descending } }
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
fn check(store: &SqliteStore, known: &[(i64, bool)], filtered: bool, descending: bool, unfolded: &[i64]) {
    let list = list(filtered, descending);
    let mut expected = naive(known, filtered, unfolded);
    if descending {
        expected.reverse();
    }
    for (at, entries) in expected.iter().enumerate() {
        let found = read_lines(store, &list, unfolded, Anchor::Position(at as u64), 2);
        assert_eq!((found.total, found.unfiltered), (expected.len() as u64, known.len() as u64));
        let line = found.at(at as u64).unwrap();
        assert_eq!(line.entry.seq, entries[0], "{expected:?}");
        match line.fold {
            Fold::Closed(folded) => assert_eq!(folded, entries.len() as u64),
            Fold::Single | Fold::Open { .. } => assert_eq!(entries.len(), 1),
        }
        if let Fold::Open { entries, .. } = line.fold {
            assert!(entries > 1 && unfolded.contains(&line.entry.act));
        }
        for seq in entries {
            let found = read_lines(store, &list, unfolded, Anchor::Row { id: *seq, last_seen_at: 0 }, 1);
            assert_eq!(found.anchor, Some(at as u64), "entry {seq} of {expected:?}");
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
            read_lines(&store, &list(false, true), &[], Anchor::Position(0), 0);
            while store.run_idle_work().unwrap() == IdleWork::More {}
            for (filtered, descending) in [(false, true), (false, false), (true, true), (true, false)] {
                check(&store, &known, filtered, descending, &unfolded);
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
    let top = read_lines(&store, &list(false, true), &[], Anchor::Position(0), 0);
    assert_eq!((top.rows[0].fold, top.total), (Fold::Closed(20), 41));
    let mut work = Vec::new();
    while work.last() != Some(&IdleWork::Done) {
        work.push(store.run_idle_work().unwrap());
    }
    assert_eq!(work.iter().filter(|work| **work == IdleWork::Refreshed).count(), 1, "{work:?}");
    assert_eq!(read_lines(&store, &list(false, true), &[], Anchor::Position(0), 0).total, 3);
}
