//! What holds for every request.

use super::contract::{Accounts, Caller, Reply};
use super::testing::{ALL, Bench, in_order};
use crate::domain::filter::Filter;
use crate::domain::user::{AccessLevel, Status};

mod read_only;

fn names(bench: &mut Bench) -> Vec<Option<String>> {
    let request = Accounts::List { filter: Filter::default(), sort: in_order(), span: ALL };
    match bench.ask(Caller::Owner, request.into()).unwrap() {
        Reply::Users(window) => window.rows.into_iter().map(|user| user.username).collect(),
        other => panic!("no accounts: {other:?}"),
    }
}

#[test]
fn a_store_that_changes_while_it_is_read_without_locks_is_read_again() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.read_without_locks(|path| {
        let other = rusqlite::Connection::open(path).unwrap();
        other
            .execute("UPDATE de_torres_vincent_users SET username = 'alan' WHERE username = 'bob'", [])
            .unwrap();
    });
    assert_eq!(names(&mut bench), [Some("ada".into()), Some("alan".into())]);
}
