//! Tests of what is found in a journal that has more than one part.

use super::super::{denormalized, journal};
use super::*;

/// Returns a journal of two parts: each of a thousand accounts is named in turn, by the sessions of one operator.
fn store_of_two_parts(folder: &TempDir) -> SqliteStore {
    let store = fresh(folder);
    another_program(folder)
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70000)
             INSERT INTO nexus_journal
             SELECT i, '2026-11-23 12:00:00', 1, 'ann', NULL, i % 100, 'pts/0', 'edit', 'done', 'account', i % 1000,
               'user' || (i % 1000) || CASE WHEN i > 66000 THEN 'new' ELSE '' END, i % 1000, '{}', '{}', i, NULL, '', NULL, NULL
             FROM n;",
        )
        .unwrap();
    denormalized::all_journal_labels(&store.connection).unwrap();
    store
}

#[test]
fn an_account_a_name_and_a_session_are_found_in_every_part() {
    let folder = TempDir::new().unwrap();
    let store = store_of_two_parts(&folder);
    for (expression, found) in [
        ("account:7", 70),
        ("user:7", 70),
        ("user:USER7", 70),
        ("user:user7new verb:edit", 70),
        ("user:nobody", 0),
        ("by:ann account:7", 70),
        ("account:5000", 0),
        ("!account:7", 69_930),
    ] {
        let filter = Filter::parse(ListKind::Journal, expression).unwrap();
        let list = journal::list(now(), &ListOf { filter, ..ListOf::default() });
        assert_eq!(list.ids_unordered(&store.connection).unwrap().len(), found, "{expression}");
    }
    let scoped = journal::list(now(), &ListOf { scope: Some(UserId(7)), ..ListOf::default() });
    assert_eq!(scoped.ids_unordered(&store.connection).unwrap().len(), 70);
    let hand = crate::store::ActorFilter::Session(7);
    let newest =
        |before| journal::previous_action(&store.connection, &hand, before).unwrap().map(|entry| entry.seq);
    assert_eq!(
        [newest(70_000), newest(66_000), newest(107), newest(7)],
        [Some(69_907), Some(65_907), Some(7), None]
    );
}

#[test]
fn a_former_name_is_of_the_account_that_had_it_last() {
    let folder = TempDir::new().unwrap();
    let store = store_of_two_parts(&folder);
    another_program(&folder)
        .execute_batch(
            "INSERT INTO nexus_journal SELECT 70001, at, 1, 'ann', NULL, NULL, 'pts/0', 'edit', 'done', 'account', 9,
               'USER7', 9, '{}', '{}', 70001, NULL, '', NULL, NULL FROM nexus_journal WHERE seq = 1",
        )
        .unwrap();
    denormalized::all_journal_labels(&store.connection).unwrap();
    let holder =
        |name: &str| journal::former_holder(&store.connection, &Who::Username(name.to_owned())).unwrap();
    assert_eq!(
        ["user7", "user7new", "user8", "nobody"].map(holder),
        [Some(UserId(9)), Some(UserId(7)), Some(UserId(8)), None]
    );
    let by_id = |id| journal::former_holder(&store.connection, &Who::Id(UserId(id))).unwrap();
    assert_eq!([by_id(7), by_id(5000)], [Some(UserId(7)), None]);
}

#[test]
fn an_action_is_undone_with_its_first_entry() {
    let folder = TempDir::new().unwrap();
    let store = fresh(&folder);
    let entry = |seq: i64, act: i64, undoes: &str| {
        format!(
            "INSERT INTO nexus_journal VALUES ({seq}, '2026-11-23 12:00:00', 1, 'ann', NULL, 3, 'pts/0', 'edit', 'done',
               'account', {seq}, 'a', {seq}, '{{}}', '{{}}', {act}, {undoes}, '', NULL, NULL);"
        )
    };
    let entries = [(1, 1, "NULL"), (2, 1, "NULL"), (3, 3, "NULL"), (4, 1, "NULL"), (5, 5, "2")];
    let sql: String = entries.map(|(seq, act, undoes)| entry(seq, act, undoes)).concat();
    another_program(&folder).execute_batch(&sql).unwrap();
    let to_undo = |act| journal::to_undo(&store.connection, act).unwrap();
    assert_eq!([to_undo(1), to_undo(3), to_undo(2)], [vec![1, 4], vec![3], vec![]]);
    let in_part = |act| journal::is_undone_in_part(&store.connection, act).unwrap();
    assert_eq!([in_part(1), in_part(3)], [true, false]);
}
