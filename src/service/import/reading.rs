//! Rows that one thread reads and converts while another stores those before them.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use crate::domain::foreign::{Row, Value};
use crate::service::contract::{Failure, FailureKind};

/// The rows that are passed on at once.
const ROWS: usize = 256;
/// The bytes in values from which on fewer rows are passed on.
const BYTES: usize = 256 * 1_024;
/// The number of batches that wait to be stored.
const WAITING: usize = 2;

/// Takes a row, with the work that is done once it is read.
pub(super) type TakeRow<'t> = dyn FnMut(Row, u64) -> Result<(), Failure> + 't;

struct Batch<T> {
    rows: Vec<T>,
    bytes: usize,
    done: u64,
}

impl<T> Batch<T> {
    const fn new() -> Self {
        Self { rows: Vec::new(), bytes: 0, done: 0 }
    }

    fn add(&mut self, row: T, bytes: usize, done: u64) {
        self.bytes += bytes;
        self.done = done;
        self.rows.push(row);
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= ROWS || self.bytes >= BYTES
    }
}

fn bytes(row: &Row) -> usize {
    let of_value = |value: &Value| match value {
        Value::Null | Value::Nested => 0,
        Value::Text(text) | Value::Number(text) | Value::Expression(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
    };
    row.values.iter().map(of_value).sum()
}

/// Runs `read` on a thread of its own, converts its rows there, and passes them to `take` on this one, some at a time.
///
/// # Errors
/// Those of both; no thread can be started.
pub(super) fn beside<T: Send, F: Send>(
    read: impl FnOnce(&mut TakeRow<'_>) -> Result<F, Failure> + Send,
    mut convert: impl FnMut(Row) -> T + Send,
    mut take: impl FnMut(Vec<T>, u64) -> Result<(), Failure>,
) -> Result<F, Failure> {
    thread::scope(|scope| {
        let (sender, batches) = sync_channel(WAITING);
        let read_all = move || {
            let mut batch = Batch::new();
            let found = read(&mut |row, done| {
                let bytes = bytes(&row);
                batch.add(convert(row), bytes, done);
                if batch.is_full() {
                    return pass_on(&sender, std::mem::replace(&mut batch, Batch::new()));
                }
                Ok(())
            })?;
            if !batch.rows.is_empty() {
                pass_on(&sender, batch)?;
            }
            Ok(found)
        };
        let reader = thread::Builder::new()
            .name("import".into())
            .spawn_scoped(scope, read_all)
            .map_err(|error| no_thread(&error))?;
        // A failure drops the receiver, and that ends the reading.
        let taken = batches.into_iter().try_for_each(|Batch { rows, done, .. }| take(rows, done));
        let found = reader.join().unwrap_or_else(|panic| resume_unwind(panic));
        taken.and(found)
    })
}

/// Runs `work` while another thread does `aside`, and returns the results of both. Once `work` has failed, `aside` is told to
/// stop.
///
/// # Errors
/// Those of both, that of `work` first; no thread can be started.
pub(super) fn meanwhile<T, U: Send>(
    aside: impl FnOnce(&AtomicBool) -> Result<U, Failure> + Send,
    work: impl FnOnce() -> Result<T, Failure>,
) -> Result<(T, U), Failure> {
    let is_stopped = AtomicBool::new(false);
    thread::scope(|scope| {
        let aside = thread::Builder::new()
            .name("checksum".into())
            .spawn_scoped(scope, || aside(&is_stopped))
            .map_err(|error| no_thread(&error))?;
        let done = work();
        is_stopped.store(done.is_err(), Ordering::Relaxed);
        let other = aside.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok((done?, other?))
    })
}

fn no_thread(error: &std::io::Error) -> Failure {
    Failure::new(FailureKind::Other, format!("No thread can be started: {error}."))
}

/// Passes rows to the other thread. Where that has failed, its failure counts.
fn pass_on<T>(sender: &SyncSender<Batch<T>>, batch: Batch<T>) -> Result<(), Failure> {
    sender.send(batch).map_err(|_| Failure::new(FailureKind::Stopped, "Stopped; nothing was imported."))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::foreign::RowPlace;

    fn row(number: u64, bytes: usize) -> Row {
        let values = vec![Value::Text("x".repeat(bytes)), Value::Null];
        Row { table: Arc::from("t"), place: RowPlace::Row(number), columns: None, values, zone: None }
    }

    #[test]
    fn all_rows_come_in_their_order_and_large_ones_in_small_batches() {
        for (bytes, most) in [(3, ROWS), (BYTES / 2, 2), (BYTES * 2, 1)] {
            let mut next = 1;
            let found = beside(
                |take| (1..=1_000).try_for_each(|number| take(row(number, bytes), number)).map(|()| "end"),
                |row| row.place,
                |places, done| {
                    assert!(places.len() <= most, "{}", places.len());
                    for place in places {
                        assert_eq!(place, RowPlace::Row(next));
                        next += 1;
                    }
                    assert_eq!(done, next - 1);
                    Ok(())
                },
            );
            assert_eq!((found, next), (Ok("end"), 1_001));
        }
    }

    #[test]
    fn the_first_failure_counts_and_ends_the_reading() {
        let failure = |words: &str| Failure::new(FailureKind::Other, words);
        let stored = beside(
            |take| (1..).try_for_each(|number| take(row(number, 3), number)),
            |row| row,
            |_, done| if done > 5_000 { Err(failure("full")) } else { Ok(()) },
        );
        assert_eq!(stored.unwrap_err().message, "full");
        let mut rows = 0;
        let read = beside(
            |take| {
                take(row(1, 3), 1)?;
                Err::<(), _>(failure("cut off"))
            },
            |row| row,
            |batch, _| {
                rows += batch.len();
                Ok(())
            },
        );
        assert_eq!((read.unwrap_err().message.as_str(), rows), ("cut off", 0));
    }
}
