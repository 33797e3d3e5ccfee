//! The pane of details beside a list: its focus, its scroll position and its area.
//!
//! On a wide terminal it is always shown; on a narrow one it is shown while it has the focus.

use ratatui::layout::Rect;

use crate::tui::context::Context;
use crate::tui::keys::{Group, Key};

/// The number of columns from which the details stand beside the list.
const WIDE: u16 = 110;

/// A key that changes between list and details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaneKey {
    /// Goes to the details.
    In,
    /// Goes back to the list.
    Out,
    /// Goes to the other one.
    Other,
}

pub const KEYS: &[Key<PaneKey>] = &[
    Key {
        on: &["enter", "l", "right"],
        name: "detail",
        group: Group::Move,
        msg: PaneKey::In,
        hint: "",
        help: "the row in detail",
    },
    Key {
        on: &["h", "left"],
        name: "list",
        group: Group::Move,
        msg: PaneKey::Out,
        hint: "",
        help: "back to the list",
    },
    Key {
        on: &["tab"],
        name: "other-pane",
        group: Group::Move,
        msg: PaneKey::Other,
        hint: "",
        help: "to the other pane",
    },
];

/// The state of the pane.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DetailPane {
    open: bool,
    top: u16,
}

impl DetailPane {
    /// Returns true if the details have the focus.
    pub fn is_open(self) -> bool {
        self.open
    }

    /// Returns true if the details are shown.
    pub fn shows(self, context: &Context) -> bool {
        self.open || is_wide(context)
    }

    /// Returns the index of the first line that is shown.
    pub fn top(self) -> u16 {
        self.top
    }

    /// Moves the focus to the details.
    pub fn open(&mut self) {
        *self = Self { open: true, top: 0 };
    }

    /// Moves the focus to the list.
    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// Scrolls to the first line, for other details.
    pub fn reset(&mut self) {
        self.top = 0;
    }

    /// Scrolls `lines` of details in `height` lines of room by a key. Returns false if the key does not scroll.
    pub fn scroll(&mut self, name: &str, lines: u16, height: u16) -> bool {
        let most = lines.saturating_sub(height);
        let (half, page) = ((height / 2).max(1), height.saturating_sub(1).max(1));
        let to = match name {
            "j" | "down" => self.top.saturating_add(1),
            "k" | "up" => self.top.saturating_sub(1),
            "ctrl-d" => self.top.saturating_add(half),
            "ctrl-u" => self.top.saturating_sub(half),
            "pagedown" => self.top.saturating_add(page),
            "pageup" => self.top.saturating_sub(page),
            "g" | "home" => 0,
            "G" | "end" => most,
            _ => return false,
        };
        self.top = to.min(most);
        true
    }
}

/// Returns true if there is room for the details beside the list.
pub fn is_wide(context: &Context) -> bool {
    context.body.width >= WIDE
}

/// Returns the areas of the list and of the details; one is empty if only the other is shown.
pub fn panes(context: &Context, details: bool) -> (Rect, Rect) {
    let body = context.body;
    let nothing = Rect { width: 0, ..body };
    if is_wide(context) {
        let list = body.width - (body.width * 3 / 10).clamp(36, 56);
        (Rect { width: list, ..body }, Rect { x: body.x + list, width: body.width - list, ..body })
    } else if details {
        (nothing, body)
    } else {
        (body, nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_scrolls_no_further_than_its_lines() {
        let mut pane = DetailPane::default();
        pane.open();
        for _ in 0..50 {
            assert!(pane.scroll("j", 12, 10));
        }
        assert_eq!(pane.top(), 2);
        pane.scroll("k", 12, 10);
        assert_eq!(pane.top(), 1);
        assert!(!pane.scroll("x", 12, 10));
    }
}
