//! Lists in orders of texts that another program stored and that are not UTF-8.

use crate::domain::journal::JournalColumn;
use crate::domain::page::Sort;
use crate::store::contract_tests::entry;
use crate::store::sqlite::journal_orders::{EntryOrder, WalkStart, WalkStep};

use super::super::keyset::{Order, ScanStart, places};
use super::*;

/// Bytes that sort before and behind those of the character that would replace them.
const RAW: [&str; 4] = ["80", "EE", "FF", "61FF"];

/// Makes a store with an action of 12 entries by such an actor, between two others.
fn store_with_actor(folder: &TempDir, actor: &str) -> SqliteStore {
    let mut store = fresh(folder);
    keep(&mut store, |rows| rows.record(&entry()));
    let sql = format!(
        "WITH RECURSIVE new (seq) AS (SELECT 2 UNION ALL SELECT seq + 1 FROM new WHERE seq < 13)
         INSERT INTO nexus_journal (seq, at, actor, place, verb, outcome, kind, label, before, after, act, hash)
         SELECT new.seq, at, CAST(x'{actor}' AS TEXT), place, verb, outcome, kind, label, before, after, 2, 'x'
         FROM new, nexus_journal j WHERE j.seq = 1"
    );
    another_program(folder).execute(&sql, []).unwrap();
    keep(&mut store, |rows| rows.record(&entry()));
    store
}

#[test]
fn a_walk_that_skips_a_run_by_a_name_that_is_not_utf_8_ends() {
    for (actor, descending) in RAW.into_iter().flat_map(|actor| [(actor, false), (actor, true)]) {
        let folder = TempDir::new().unwrap();
        let store = store_with_actor(&folder, actor);
        for column in [JournalColumn::Actor, JournalColumn::Action] {
            let mut walked = Vec::new();
            let order = EntryOrder::of(column).unwrap();
            order
                .walk(&store.connection, WalkStart::Beginning, descending, &mut |place| {
                    walked.push(place.seq);
                    Ok(match place.seq {
                        _ if walked.len() > 20 => WalkStep::Stop,
                        2 if !descending => WalkStep::Behind(place.with_seq(13)),
                        13 if descending => WalkStep::To(place.with_seq(2)),
                        _ => WalkStep::Next,
                    })
                })
                .unwrap();
            let expected = if descending { vec![13, 2, 14, 1] } else { vec![1, 14, 2] };
            assert_eq!(walked, expected, "{actor} {column:?}");
            let list = ListOf { sort: Sort { column, descending }, ..ListOf::default() };
            let lines = look(&store, |rows| rows.journal_lines(now(), &list, &[], ALL));
            assert_eq!(lines.rows.len(), 3, "{actor} {column:?}");
            for at in 0..14 {
                let span = RowRange { anchor: Anchor::Position(at), before: 0, len: 1 };
                let one = look(&store, |rows| rows.journal(now(), &list, span)).rows;
                let all = look(&store, |rows| rows.journal(now(), &list, ALL)).rows;
                assert_eq!(one.first().map(|entry| entry.seq), all.get(at as usize).map(|entry| entry.seq));
            }
        }
    }
}

#[test]
fn entries_are_sorted_whatever_number_another_program_gave_one() {
    let folder = TempDir::new().unwrap();
    let store = store_with_actor(&folder, "80");
    let order = EntryOrder::of(JournalColumn::Actor).unwrap();
    let sorted = order.sort(&store.connection, &[5, 1, 1 << 62, 4, 3, 2], false).unwrap();
    assert_eq!(sorted, [1, 2, 3, 4, 5]);
}

#[test]
fn accounts_are_read_on_from_a_name_that_is_not_utf_8() {
    for (name, descending) in RAW.into_iter().flat_map(|name| [(name, false), (name, true)]) {
        let folder = TempDir::new().unwrap();
        let store = fresh(&folder);
        let sql = format!(
            "WITH RECURSIVE new (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM new WHERE id < 40)
             INSERT INTO de_torres_vincent_users (firstname, lastname, email, password)
             SELECT CAST(x'{name}' AS TEXT), 'L', id || '@x', '!' FROM new"
        );
        another_program(&folder).execute(&sql, []).unwrap();
        let order = sort_orders::of_users(UserColumn::FirstName);
        let order = Order { ranges: order, descending };
        let mut ids = Vec::new();
        let mut start = ScanStart::Beginning;
        let mut place;
        while let Some(next) = order.nth(&store.connection, start, places(1)).unwrap() {
            ids.push(next.id);
            assert!(ids.len() <= 40, "{name}: {ids:?}");
            place = next;
            start = ScanStart::Beyond(&place);
        }
        assert_eq!(ids.len(), 40, "{name}");
    }
}
