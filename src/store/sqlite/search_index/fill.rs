//! The names of all accounts and the blocks of the search, made at once after a load: a thread folds and packs some accounts
//! while this one reads the next and stores those before.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use rusqlite::{Connection, Row, Statement, params};

use crate::domain::text::fold;
use crate::store::{Result, StoreError};

use super::super::error;
use super::blocks::{ACCOUNTS, LEAST, NewBlock, clear};

/// The batches that are folded, or wait for that.
const UNDER_WAY: usize = 2;

const READ: &str = "SELECT id, firstname, lastname, username, email FROM de_torres_vincent_users ORDER BY id";
const STORE: &str = "INSERT INTO nexus_names (user_id, name, words, folded) VALUES (?, ?, ?, 1)";

/// Accounts in the order of their ids.
#[derive(Default)]
struct Batch {
    ids: Vec<i64>,
    /// First name, last name, username and email of each, one after the other.
    text: Vec<u8>,
    /// The bytes of each of them.
    lengths: Vec<[usize; 4]>,
}

/// The same accounts, folded.
#[derive(Default)]
struct Folded {
    /// The name and the words of each.
    text: String,
    /// The bytes of both.
    lengths: Vec<[usize; 2]>,
    block: NewBlock,
}

impl Batch {
    fn push(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        self.ids.push(row.get(0)?);
        let mut lengths = [0; 4];
        for (at, length) in (1..).zip(&mut lengths) {
            // Whatever bytes another program has written there.
            let bytes = row.get_ref(at)?.as_bytes_or_null()?.unwrap_or_default();
            self.text.extend_from_slice(bytes);
            *length = bytes.len();
        }
        self.lengths.push(lengths);
        Ok(())
    }

    fn folded(self) -> Folded {
        let mut folded = Folded::default();
        let mut rest = self.text.as_slice();
        let mut next = |length| {
            let (part, others) = rest.split_at(length);
            rest = others;
            part
        };
        let mut whole = Vec::new();
        for (id, lengths) in self.ids.into_iter().zip(self.lengths) {
            let [first, last, username, email] = lengths.map(&mut next);
            let name = folded.push(&mut whole, &[last, b" ", first]);
            let words = folded.push(&mut whole, &[first, b" ", last, b"\n", username, b"\n", email]);
            folded.lengths.push([name, words]);
            let from = folded.text.len() - words;
            folded.block.push(id, folded.text.as_bytes().get(from..).unwrap_or_default());
        }
        folded
    }
}

impl Folded {
    /// Adds these parts in a row, folded, and returns the number of bytes.
    fn push(&mut self, whole: &mut Vec<u8>, parts: &[&[u8]]) -> usize {
        whole.clear();
        for part in parts {
            whole.extend_from_slice(part);
        }
        let text = fold(&String::from_utf8_lossy(whole));
        self.text.push_str(&text);
        text.len()
    }

    /// Stores the names, and the block with its first id.
    fn store(&mut self, connection: &Connection, insert: &mut Statement<'_>, first: i64) -> Result<()> {
        let mut rest = self.text.as_str();
        for (id, [name, words]) in self.block.ids.iter().zip(&self.lengths) {
            let (name, others) = rest.split_at(*name);
            let (words, others) = others.split_at(*words);
            rest = others;
            insert.execute(params![id, name, words]).map_err(error::of)?;
        }
        self.block.write(connection, first)
    }
}

/// Computes the names of all accounts and writes all blocks of the search. No trigger notes it.
///
/// # Errors
/// The store fails; no thread can be started.
pub(crate) fn fill(connection: &Connection) -> Result<()> {
    connection.execute_batch("DELETE FROM nexus_names;").map_err(error::of)?;
    clear(connection)?;
    thread::scope(|scope| {
        let (sender, batches) = sync_channel::<Batch>(UNDER_WAY);
        let (done, folded) = sync_channel(UNDER_WAY);
        let fold_all = move || {
            for batch in batches {
                // Where nobody takes what is folded any more, `stored` says why.
                if done.send(batch.folded()).is_err() {
                    break;
                }
            }
        };
        let folding = thread::Builder::new()
            .name("fold".into())
            .spawn_scoped(scope, fold_all)
            .map_err(|error| StoreError::Unreachable(format!("no thread can be started: {error}")))?;
        let stored = pass_all(connection, sender, &folded);
        drop(folded);
        folding.join().unwrap_or_else(|panic| resume_unwind(panic));
        stored
    })
}

/// Passes all accounts to the thread that folds them, and stores what comes back.
fn pass_all(connection: &Connection, sender: SyncSender<Batch>, folded: &Receiver<Folded>) -> Result<()> {
    let mut insert = connection.prepare(STORE).map_err(error::of)?;
    let mut is_first = true;
    let mut store_one = || -> Result<()> {
        // The thread ends before its time only with a panic, which goes on where it is joined.
        let Ok(mut folded) = folded.recv() else { return Ok(()) };
        let first = if is_first { LEAST } else { folded.block.ids.first().copied().unwrap_or(LEAST) };
        is_first = false;
        folded.store(connection, &mut insert, first)
    };
    let mut select = connection.prepare(READ).map_err(error::of)?;
    let mut rows = select.query([]).map_err(error::of)?;
    let mut under_way = 0;
    loop {
        let mut batch = Batch::default();
        while batch.ids.len() < ACCOUNTS
            && let Some(row) = rows.next().map_err(error::of)?
        {
            batch.push(row).map_err(error::of)?;
        }
        let is_last = batch.ids.len() < ACCOUNTS;
        if !batch.ids.is_empty() {
            let _ = sender.send(batch);
            under_way += 1;
        }
        while under_way > 0 && (is_last || under_way == UNDER_WAY) {
            store_one()?;
            under_way -= 1;
        }
        if is_last {
            drop(sender);
            return Ok(());
        }
    }
}
