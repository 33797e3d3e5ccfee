//! Atomicity of transactions, and what they see.

use crate::domain::filter::Filter;
use crate::domain::user::AccessLevel;
use crate::store::{Store, StoreError, TransactionEnd, change};

use super::{account, keep, look, now};

pub(super) fn a_transaction_is_all_or_nothing(store: &mut dyn Store) {
    let ids = |store: &dyn Store| look(store, |rows| rows.user_ids(now(), &Filter::default()));
    let seen = keep(store, |rows| {
        rows.insert_user(&account("ada", AccessLevel::User))?;
        rows.user_ids(now(), &Filter::default())
    });
    assert_eq!(seen, [1], "a transaction sees its own changes");
    let taken: Result<(), _> = change(store, TransactionEnd::Commit, |rows| {
        rows.insert_user(&account("bob", AccessLevel::User))?;
        rows.insert_user(&account("ada", AccessLevel::User)).map(drop)
    });
    assert!(matches!(taken, Err(StoreError::Taken(_))));
    assert_eq!(ids(store), [1], "nothing of it has happened");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        change(store, TransactionEnd::Commit, |rows| {
            rows.insert_user(&account("eve", AccessLevel::User))?;
            std::panic::resume_unwind(Box::new(()));
            #[allow(unreachable_code, reason = "it gives the closure its type")]
            Ok::<(), StoreError>(())
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(ids(store), [1], "a panic rolls back");
    keep(store, |rows| rows.insert_user(&account("eve", AccessLevel::User)));
    assert_eq!(ids(store).len(), 2, "the store is usable afterwards");
}
