//! Keys that were typed ahead. They wait, in their order, for the rows that they are for.
//!
//! `/alan`, Enter and `x` may come in one burst, before the filter has found anybody. A form or a menu that opens
//! meanwhile gets the keys behind the one that opened it. A question does not: it takes no key that came before it was
//! drawn.

use crate::tui::effect::{Effect, Slot};
use crate::tui::keys::Press;
use crate::tui::pending::Purpose;

use super::Model;
use super::key_queue::QueuedKey;

impl Model {
    /// Keeps a key for which the screen in front has no rows yet. If no rows are being loaded, they are read again.
    pub(super) fn wait_for_rows(&mut self, press: Press) -> Vec<Effect> {
        self.ahead.push_press(press);
        let is_read = |slot| self.pending.has(Purpose::Screen(self.current_screen(), slot));
        if [Slot::Rows, Slot::Range, Slot::Completion].into_iter().any(is_read) {
            return Vec::new();
        }
        self.refresh_front()
    }

    /// Presses the keys that waited for rows, up to one that must wait again.
    pub(super) fn press_ahead(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut waiting = self.ahead.take();
        while let Some(next) = waiting.pop_front() {
            effects.extend(match next {
                // A dialog that has opened by itself since then covers the rows.
                QueuedKey::Press(_) if self.overlay.is_some() || self.asking.is_some() => break,
                QueuedKey::Press(press) => self.press(press),
                QueuedKey::Key(key, at) => self.key_of(key, at),
            });
            if self.ahead.is_waiting() {
                self.ahead.append(&mut waiting);
            }
        }
        effects
    }
}
