//! Keys that were typed ahead: they wait, in their order, for the rows that they are for.
//!
//! `/alan`, Enter and `x` may come in one burst, before the filter has found anybody. A form or a menu that opens
//! meanwhile gets what was typed behind its key. A box that asks does not: it takes nothing that came before it was drawn.

use std::collections::VecDeque;

use crossterm::event::KeyEvent;

use super::Model;
use crate::domain::time::Timestamp;
use crate::tui::effect::{Effect, Slot};
use crate::tui::pending::Purpose;
use crate::tui::screens::Press;

/// The most keys that wait; nobody types further ahead.
const MOST: usize = 1_000;

/// Keys that wait.
#[derive(Debug, Default)]
pub(super) struct TypedAhead(VecDeque<Waiting>);

#[derive(Debug)]
enum Waiting {
    /// The one that the screen could not take yet.
    Press(Press),
    /// One behind it, and when it came.
    Key(KeyEvent, Timestamp),
}

impl TypedAhead {
    /// Returns whether keys wait.
    pub(super) fn is_waiting(&self) -> bool {
        !self.0.is_empty()
    }

    /// Drops them.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Lets a key wait behind the others.
    pub(super) fn push(&mut self, key: KeyEvent, at: Timestamp) {
        if self.0.len() < MOST {
            self.0.push_back(Waiting::Key(key, at));
        }
    }
}

impl Model {
    /// The screen in front has no rows yet for this key. Where none are on their way either, they are read again.
    pub(super) fn wait_for_rows(&mut self, press: Press) -> Vec<Effect> {
        self.ahead.0.push_back(Waiting::Press(press));
        let is_read = |slot| self.pending.has(Purpose::Load(self.place(), slot));
        if is_read(Slot::Rows) || is_read(Slot::Range) {
            return Vec::new();
        }
        self.with_front(|screen, context| screen.refresh(context))
    }

    /// The rows have come: presses the keys that waited for them, up to one that must wait again.
    pub(super) fn press_ahead(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut waiting = std::mem::take(&mut self.ahead.0);
        while let Some(next) = waiting.pop_front() {
            effects.extend(match next {
                // A box that opened since then by itself is in front of the rows.
                Waiting::Press(_) if self.overlay.is_some() || self.asking.is_some() => break,
                Waiting::Press(press) => self.press(press),
                Waiting::Key(key, at) => self.key_of(key, at),
            });
            if self.ahead.is_waiting() {
                self.ahead.0.append(&mut waiting);
            }
        }
        effects
    }
}
