//! State shared by the loop and both workers: requests that somebody waits for, and work that can be stopped.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::store::Interrupter;
use crate::tui::effect::RequestId;

/// State shared by the loop and both workers.
#[derive(Debug)]
pub(super) struct Shared {
    wanted: Mutex<BTreeSet<RequestId>>,
    leaving: AtomicBool,
    /// The current read of the reading worker.
    pub(super) reading: Stoppable,
    /// The current check of the store by the writing worker.
    pub(super) checking: Stoppable,
}

/// Something that can be stopped at any moment because it changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoppableWork {
    Request(RequestId),
    /// Reading ahead, for which nobody waits.
    ReadAhead,
}

/// The current work of a worker, if it can be stopped.
#[derive(Debug)]
pub(super) struct Stoppable {
    under_way: Mutex<Option<StoppableWork>>,
    interrupter: Interrupter,
}

impl Stoppable {
    pub(super) fn under_way(&self) -> MutexGuard<'_, Option<StoppableWork>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops the request if it is running, or any request if none is given. The lock is held meanwhile, so that
    /// the next one is not stopped instead.
    pub(super) fn stop(&self, request_id: Option<RequestId>) {
        let under_way = self.under_way();
        if let Some(StoppableWork::Request(running)) = *under_way
            && request_id.is_none_or(|request_id| request_id == running)
        {
            self.interrupter.stop();
        }
    }

    /// Stops reading ahead, even if it has not begun yet.
    pub(super) fn stop_reading_ahead(&self) {
        let mut under_way = self.under_way();
        if under_way.take_if(|work| *work == StoppableWork::ReadAhead).is_some() {
            self.interrupter.stop();
        }
    }

    /// Returns true if nobody has stopped reading ahead.
    pub(super) fn reads_ahead(&self) -> bool {
        *self.under_way() == Some(StoppableWork::ReadAhead)
    }
}

impl Shared {
    /// Creates the state of two workers whose services have these interrupters. The reading one begins by reading ahead.
    pub(super) fn new(reading: Interrupter, checking: Interrupter) -> Self {
        let ahead = Some(StoppableWork::ReadAhead);
        Self {
            wanted: Mutex::default(),
            leaving: AtomicBool::new(false),
            reading: Stoppable { under_way: Mutex::new(ahead), interrupter: reading },
            checking: Stoppable { under_way: Mutex::default(), interrupter: checking },
        }
    }

    /// Returns the requests that somebody waits for.
    pub(super) fn wanted(&self) -> MutexGuard<'_, BTreeSet<RequestId>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops everything that can be stopped, because the console quits.
    pub(super) fn leave(&self) {
        self.leaving.store(true, Ordering::SeqCst);
        self.stop(None);
        self.reading.stop_reading_ahead();
    }

    /// Returns true once the console quits.
    pub(super) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::SeqCst)
    }

    /// Stops the request if it can be stopped, or any request if none is given.
    pub(super) fn stop(&self, request_id: Option<RequestId>) {
        self.reading.stop(request_id);
        self.checking.stop(request_id);
    }

    pub(super) fn goes_on(&self, request_id: RequestId) -> bool {
        !self.is_leaving() && self.wanted().contains(&request_id)
    }
}
