//! Entries that are counted beside the journal, and the names that accounts have in it.

use crate::domain::journal::{Action, Actor, EntityKind, EntityRef, FieldValues, NewEntry, Origin, Outcome};
use crate::domain::time::Duration;

use super::super::kept_tables;
use super::*;

/// Returns an entry about an account that is called so, from so many days before now.
pub(super) fn journal_entry(
    (account, label): (i64, &str),
    action: Action,
    outcome: Outcome,
    days: i64,
) -> NewEntry {
    let account = UserId(account);
    NewEntry {
        at: now() - Duration::days(days),
        actor: Actor { account: None, name: "root".into(), sudo_user: None },
        origin: Origin::default(),
        action,
        outcome,
        object: EntityRef {
            kind: EntityKind::Account,
            id: Some(account.0),
            label: label.into(),
            account: Some(account),
        },
        before: FieldValues::new(),
        after: FieldValues::new(),
        act: None,
        undoes: None,
    }
}

#[test]
fn entries_that_an_earlier_version_counted_are_counted_on() {
    let folder = TempDir::new().unwrap();
    earlier(&folder, 17);
    another_program(&folder)
        .execute_batch(
            "INSERT INTO nexus_journal (seq, at, actor, place, verb, outcome, kind, object_id, label, account_id, before,
               after, act, hash)
             VALUES (1, '2026-11-23 08:00:00', 'root', '', 'confirm', 'done', 'account', 1, 'ada', 1, '{}', '{}', 1, 'h')",
        )
        .unwrap();
    let mut store = fresh(&folder);
    for label in ["ADA", "bob"] {
        keep(&mut store, |rows| {
            rows.record(&journal_entry((1, label), Action::Confirmed, Outcome::Done, 0)).map(drop)
        });
    }
    assert_eq!(kept_tables::findings(&store.connection).unwrap(), []);
    let of_day = "SELECT entries FROM nexus_journal_days WHERE day = '2026-11-23'";
    assert_eq!(store.connection.query_row(of_day, [], |row| row.get::<_, i64>(0)).unwrap(), 3);
}

#[test]
fn an_entry_that_leaves_a_gap_or_replaces_another_is_refused_however_conflicts_are_resolved() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| {
        rows.record(&journal_entry((1, "ada"), Action::Confirmed, Outcome::Done, 0)).map(drop)
    });
    let other = another_program(&folder);
    for conflict in ["", "OR REPLACE", "OR IGNORE", "OR FAIL", "OR ABORT", "OR ROLLBACK"] {
        for seq in [1, 3] {
            let sql = format!(
                "INSERT {conflict} INTO nexus_journal SELECT {seq}, '2020-01-01 00:00:00', actor_id, actor, sudo_user,
                   session_id, place, verb, outcome, kind, object_id, label, account_id, before, after, {seq}, undoes, hash,
                   actor_seal, object_seal FROM nexus_journal"
            );
            let refused = other.execute(&sql, []).unwrap_err().to_string();
            assert_eq!(refused, "the journal has no gaps", "{conflict} {seq}");
        }
    }
    let of_day = "SELECT count(*) FROM nexus_journal WHERE at > '2026'";
    assert_eq!(store.connection.query_row(of_day, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
}

#[test]
fn a_statement_with_several_entries_keeps_those_before_the_one_that_leaves_a_gap() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| {
        rows.record(&journal_entry((1, "ada"), Action::Confirmed, Outcome::Done, 0)).map(drop)
    });
    let sql = "WITH more (seq) AS (VALUES (2), (4), (3))
               INSERT INTO nexus_journal SELECT more.seq, at, actor_id, actor, sudo_user, session_id, place, verb, outcome, kind,
                 object_id, label, account_id, before, after, more.seq, undoes, hash, actor_seal, object_seal
               FROM more JOIN nexus_journal j ON j.seq = 1";
    let refused = another_program(&folder).execute(sql, []).unwrap_err().to_string();
    assert_eq!(refused, "the journal has no gaps");
    let numbers = "SELECT group_concat(seq) FROM nexus_journal";
    assert_eq!(store.connection.query_row(numbers, [], |row| row.get::<_, String>(0)).unwrap(), "1,2");
}
