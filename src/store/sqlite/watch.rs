//! Long work of SQLite that somebody watches: its progress is reported, and it can be stopped.
//!
//! A single statement may run for half a minute, and SQLite asks nobody meanwhile but a handler that must not borrow
//! anything. So the work runs on a thread of its own, and the thread that waits for it asks.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

use crate::store::{Finished, OnStep, Result, StoreError};

use super::error;

/// The interval between two reports.
const INTERVAL: Duration = Duration::from_millis(50);

/// The number of steps of SQLite's virtual machine between two polls of the stop flag: less than a millisecond.
const STEPS_BETWEEN_POLLS: i32 = 1_000;

/// The progress of the work, shared by the thread that works and the one that watches.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch(Arc<WatchState>);

#[derive(Debug, Default)]
struct WatchState {
    done: AtomicU64,
    total: AtomicU64,
    stop: AtomicBool,
}

impl Watch {
    /// Adds work that is known to come.
    pub(super) fn plan(&self, work: u64) {
        self.0.total.fetch_add(work, Ordering::Relaxed);
    }

    /// Adds work that is done.
    ///
    /// # Errors
    /// [`StoreError::Stopped`].
    pub(super) fn done(&self, work: u64) -> Result<()> {
        self.0.done.fetch_add(work, Ordering::Relaxed);
        if self.0.stop.load(Ordering::SeqCst) { Err(StoreError::Stopped) } else { Ok(()) }
    }

    /// Runs work during which statements of this connection can be stopped.
    ///
    /// # Errors
    /// Those of `work`, and [`StoreError::Stopped`].
    pub(super) fn stopping<T>(
        &self,
        connection: &mut Connection,
        work: impl FnOnce(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        let state = Arc::clone(&self.0);
        let is_stopped = move || state.stop.load(Ordering::SeqCst);
        connection.progress_handler(STEPS_BETWEEN_POLLS, Some(is_stopped)).map_err(error::of)?;
        let done = work(connection);
        connection.progress_handler(0, None::<fn() -> bool>).map_err(error::of)?;
        done
    }

    fn finished(&self) -> Finished {
        let [done, total] = [&self.0.done, &self.0.total].map(|work| work.load(Ordering::Relaxed));
        Finished { done, total }
    }
}

/// Runs work on another thread, and `on_step` on this one before it and from time to time.
///
/// # Errors
/// Those of `work`; [`StoreError::Stopped`] if `on_step` stopped it.
pub(super) fn watched<T: Send>(
    on_step: &mut OnStep<'_>,
    work: impl FnOnce(&Watch) -> Result<T> + Send,
) -> Result<T> {
    let watch = Watch::default();
    if !on_step(watch.finished()) {
        return Err(StoreError::Stopped);
    }
    thread::scope(|scope| {
        let (end, ended) = channel::<()>();
        let theirs = watch.clone();
        let worker = thread::Builder::new().name("sqlite".into()).spawn_scoped(scope, move || {
            let _end = end;
            work(&theirs)
        });
        let worker =
            worker.map_err(|error| StoreError::Unreachable(format!("no thread can be started: {error}")))?;
        while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
            if !on_step(watch.finished()) {
                watch.0.stop.store(true, Ordering::SeqCst);
            }
        }
        worker.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts for longer than anybody waits.
    const ENDLESS: &str =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    #[test]
    fn a_statement_that_never_ends_is_stopped_by_whoever_watches() {
        let mut reports = 0;
        let mut on_step = |_: Finished| {
            reports += 1;
            reports == 1
        };
        let result = watched(&mut on_step, |watch| {
            let mut connection = Connection::open_in_memory().map_err(error::of)?;
            watch.stopping(&mut connection, |connection| {
                connection.query_row(ENDLESS, [], |row| row.get::<_, i64>(0)).map_err(error::of)
            })
        });
        assert_eq!(result, Err(StoreError::Stopped));
        assert!(reports > 1);
        let nothing_begun = watched(&mut |_| false, |_| -> Result<()> { unreachable!() });
        assert_eq!(nothing_begun, Err(StoreError::Stopped));
    }

    #[test]
    fn what_the_work_returns_comes_back_and_its_progress_adds_up() {
        let told = watched(&mut |_| true, |watch| {
            watch.plan(3);
            watch.done(1)?;
            watch.done(2)?;
            Ok(watch.finished())
        });
        assert_eq!(told, Ok(Finished { done: 3, total: 3 }));
    }
}
