//! Tests that the work for rows of other programs grows with their number, not with its square.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::dependents::DeletionTarget;
use crate::store::contract_tests::{deletion_info, folder as directory};

use super::others::store_with;
use super::*;

/// The steps of SQLite's machine between two calls of the counter.
const STEPS: i32 = 100;

/// Rows of other programs on sessions, directories and accounts, each found along an index, and columns of theirs.
const TABLES: &str = "CREATE TABLE plays (id INTEGER PRIMARY KEY,
       folder INTEGER REFERENCES de_torres_vincent_user_directories (id) ON DELETE CASCADE,
       device INTEGER REFERENCES devices (id) ON DELETE CASCADE);
     CREATE TABLE devices (id INTEGER PRIMARY KEY,
       session INTEGER REFERENCES de_torres_vincent_session_tokens (id) ON DELETE CASCADE);
     CREATE INDEX plays_folder ON plays (folder); CREATE INDEX plays_device ON plays (device);
     CREATE INDEX devices_session ON devices (session);
     ALTER TABLE de_torres_vincent_user_directories ADD COLUMN tag;";

/// Returns hundreds of steps that each of several actions takes in a store with `rows` rows of each kind.
fn work(rows: u64) -> Vec<(&'static str, u64)> {
    let (_folder, mut store) = store_with(TABLES);
    keep(&mut store, |write| {
        let ada = UserId(1);
        for at in 0..rows {
            write.insert_session(&token(ada, &format!("s{at}")))?;
            write.insert_directory(&directory(ada, &format!("1_A/d{at}")))?;
        }
        Ok(())
    });
    store
        .connection
        .execute_batch(
            "INSERT INTO devices SELECT id, id FROM de_torres_vincent_session_tokens;
             INSERT INTO plays SELECT d.id, d.id, s.id FROM de_torres_vincent_user_directories d
               LEFT JOIN devices s ON s.id = d.id;
             UPDATE de_torres_vincent_user_directories SET tag = id; ANALYZE;",
        )
        .unwrap();
    let steps = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&steps);
    let count = move || {
        counter.fetch_add(1, Ordering::Relaxed);
        false
    };
    store.connection.progress_handler(STEPS, Some(count)).unwrap();
    let mut found = Vec::new();
    let mut note = |name| found.push((name, steps.swap(0, Ordering::Relaxed)));
    let account = DeletionTarget::Account(UserId(1));
    assert_eq!(look(&store, |read| read.dependents(account)).deleted.len(), 2);
    note("count what goes with an account");
    let item = keep(&mut store, |write| write.bin_user(UserId(1), &deletion_info()));
    note("delete an account");
    look(&store, |read| read.dependents(DeletionTarget::BinItem(item)));
    note("count what lies in the bin");
    assert_eq!(keep(&mut store, |write| write.restore(item, None, None)), 0);
    note("restore an account");
    look(&store, |read| read.dependents(DeletionTarget::Directory(1)));
    note("count what goes with a directory");
    let item = keep(&mut store, |write| write.bin_directory(1, None, &deletion_info()));
    note("trash a directory");
    assert_eq!(keep(&mut store, |write| write.restore(item, None, None)), 0);
    note("restore a directory");
    found
}

#[test]
fn work_for_rows_of_other_programs_grows_with_their_number() {
    let (few, many) = (work(400), work(1_600));
    for ((name, few), (_, many)) in few.into_iter().zip(many) {
        // Four times the rows take four times the steps, and a little for deeper trees; squared it would be sixteen.
        assert!(many < few.max(20) * 6, "{name}: {few} and {many} hundred steps");
    }
}
