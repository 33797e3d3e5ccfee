//! Rules that hold for every request.

use crate::domain::filter::Filter;
use crate::domain::user::{AccessLevel, Fields, Status};

use super::contract::{AccountChange, Accounts, Caller, Reply, Request};
use super::testing::{ALL, Bench, OTHER, in_order, secret, who};

mod every_request;
mod levels;
mod notes;
mod read_only;
mod reasons;
mod registration;
mod unused_tokens;
mod viewer;

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

/// Returns the edit of an account's address.
fn edit(name: &str, address: &str) -> Request {
    let fields = Fields { address: Some(address.into()), ..Fields::default() };
    AccountChange::Edit { fields, was: None }.of(who(name)).into()
}

#[test]
fn an_action_reads_the_store_for_its_denial_only_once_it_is_denied() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let (ada, bob) = (bench.operator("ada"), bench.operator("bob"));
    let reads = bench.reads_of(|bench| drop(bench.done(ada, edit("bob", "1 Lane"))));
    assert_eq!(reads, 1, "for operations that it has begun");
    let reads = bench.reads_of(|bench| drop(bench.done(Caller::Owner, edit("bob", "2 Lane"))));
    assert_eq!(reads, 2, "for operations that others have begun, too");
    let reads = bench.reads_of(|bench| drop(bench.log_in("ada", super::testing::PASSWORD).unwrap()));
    assert_eq!(reads, 1, "for the credentials");
    let reads = bench.reads_of(|bench| drop(bench.refused(bob, edit("ada", "3 Lane"))));
    assert_eq!(reads, 1, "for the account's name");
    let reads = bench.reads_of(|bench| drop(bench.log_in("ada", OTHER).unwrap_err()));
    assert_eq!(reads, 2, "for the credentials, and again for the journal");
    let change = Accounts::ChangeOwnPassword { current: secret("a wrong one"), password: secret(OTHER) };
    let reads = bench.reads_of(|bench| drop(bench.refused(bob, change)));
    assert_eq!(reads, 2, "for the credentials, and for the account's name");
}
