//! The journal: numbers without gaps, and hashes that are the same on every backend.

use crate::domain::journal::{
    Action, Actor, EntityKind, EntityRef, FieldValues, Head, NewEntry, Origin, Outcome,
};
use crate::store::{Store, StoreError, TransactionEnd, change};

use super::{keep, look, now};

/// Returns an entry about the store.
pub(crate) fn entry() -> NewEntry {
    NewEntry {
        at: now(),
        actor: Actor::default(),
        origin: Origin::default(),
        action: Action::Repaired,
        outcome: Outcome::Done,
        object: EntityRef { kind: EntityKind::Store, id: None, label: String::new(), account: None },
        before: FieldValues::new(),
        after: FieldValues::new(),
        act: None,
        undoes: None,
    }
}

pub(super) fn is_a_chain_without_gaps(store: &mut dyn Store) {
    assert_eq!(look(store, |rows| rows.journal_head()), Head::empty());
    assert_eq!(keep(store, |rows| rows.record(&entry())), 1);
    let first = look(store, |rows| rows.journal_head());
    assert_eq!((first.seq, first.hash.len()), (1, 64));
    let undone: Result<(), _> = change(store, TransactionEnd::Commit, |rows| {
        rows.record(&entry())?;
        Err(StoreError::Gone)
    });
    assert_eq!(undone, Err(StoreError::Gone));
    assert_eq!(keep(store, |rows| rows.record(&entry())), 2, "a number that was rolled back is used again");
    let head = look(store, |rows| rows.journal_head());
    assert_ne!(head.hash, first.hash);
    let whole = look(store, |rows| rows.verify_journal(&Head::empty(), 10));
    assert_eq!((whole.head, whole.broken, whole.is_last), (head, None, true));
    assert_eq!(look(store, |rows| rows.last_done(Action::Repaired)), Some(now()));
    assert_eq!(look(store, |rows| rows.last_done(Action::BackedUp)), None);
    let refused = NewEntry { outcome: Outcome::Refused, action: Action::BackedUp, ..entry() };
    keep(store, |rows| rows.record(&refused));
    assert_eq!(look(store, |rows| rows.last_done(Action::BackedUp)), None, "it was not done");
    let part = look(store, |rows| rows.verify_journal(&Head::empty(), 1));
    assert_eq!((part.head, part.broken, part.is_last), (first, None, false));
}
