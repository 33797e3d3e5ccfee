//! The time of a prefetch: the reading worker prepares the search while it has nothing else to do.

use std::time::{Duration, Instant};

use crate::runtime::clock;
use crate::store::IdleWork;

/// Time for which the reading worker accepts slightly outdated positions while others keep changing the store.
const PAUSE: Duration = Duration::from_secs(3);

/// Decides when the reading worker prefetches.
#[derive(Debug, Default)]
pub(super) struct Prefetcher {
    /// True if something was read or has changed since the last prefetch.
    pub(super) wanted: bool,
    /// The end of the last prefetch that had something to do.
    settled: Option<Instant>,
}

impl Prefetcher {
    pub(super) fn is_due(&self) -> bool {
        self.wanted && self.settled.is_none_or(|settled| settled.elapsed() >= PAUSE)
    }

    /// Notes the result of a prefetch.
    pub(super) fn note_idle_work(&mut self, idle_work: IdleWork) {
        self.wanted = idle_work == IdleWork::More;
        if idle_work == IdleWork::Refreshed {
            self.settled = Some(clock::instant());
        }
    }
}
