//! The queue of keys that were typed ahead.

use std::collections::VecDeque;

use crossterm::event::KeyEvent;

use crate::domain::time::Timestamp;
use crate::tui::keys::Press;

/// The most keys in the queue; nobody types further ahead.
const MAX_KEYS: usize = 1_000;

/// The keys that wait for rows, in the order in which they were typed.
#[derive(Debug, Default)]
pub(super) struct KeyQueue(VecDeque<QueuedKey>);

#[derive(Debug)]
pub(super) enum QueuedKey {
    /// The key that the screen could not handle yet.
    Press(Press),
    /// A key behind it, and the time at which it came.
    Key(KeyEvent, Timestamp),
}

impl KeyQueue {
    pub(super) fn is_waiting(&self) -> bool {
        !self.0.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds a key behind the others; drops it if the queue is full.
    pub(super) fn push(&mut self, key: KeyEvent, at: Timestamp) {
        if self.0.len() < MAX_KEYS {
            self.0.push_back(QueuedKey::Key(key, at));
        }
    }

    /// Adds the key that the others wait behind.
    pub(super) fn push_press(&mut self, press: Press) {
        self.0.push_back(QueuedKey::Press(press));
    }

    /// Takes all keys out of the queue.
    pub(super) fn take(&mut self) -> VecDeque<QueuedKey> {
        std::mem::take(&mut self.0)
    }

    /// Adds keys that were taken out behind those that are in the queue now.
    pub(super) fn append(&mut self, keys: &mut VecDeque<QueuedKey>) {
        self.0.append(keys);
    }
}
