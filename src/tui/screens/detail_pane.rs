//! The details beside a list: whether they have the keys, how far they are scrolled, and where they stand.
//!
//! On a wide terminal they always show; on a narrow one they show while they have the keys.

use ratatui::layout::Rect;

use crate::tui::context::Context;
use crate::tui::keys::Key;

/// From this many columns on the details stand beside the list.
const WIDE: u16 = 110;

/// What a key does to the panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaneKey {
    /// Into the details.
    In,
    /// Back to the list.
    Out,
    /// To the other one.
    Other,
}

/// The keys of the panes.
pub const KEYS: &[Key<PaneKey>] = &[
    Key {
        on: &["enter", "l", "right"],
        name: "detail",
        msg: PaneKey::In,
        hint: "",
        help: "the row in detail",
    },
    Key { on: &["h", "left"], name: "list", msg: PaneKey::Out, hint: "", help: "back to the list" },
    Key { on: &["tab"], name: "other-pane", msg: PaneKey::Other, hint: "", help: "to the other pane" },
];

/// The details' state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DetailPane {
    open: bool,
    top: u16,
}

impl DetailPane {
    /// Whether the keys are for the details.
    pub fn is_open(self) -> bool {
        self.open
    }

    /// Whether the details show.
    pub fn shows(self, context: &Context) -> bool {
        self.open || is_wide(context)
    }

    /// The first line shown.
    pub fn top(self) -> u16 {
        self.top
    }

    /// The keys are for the details now.
    pub fn open(&mut self) {
        *self = Self { open: true, top: 0 };
    }

    /// The keys are for the list now.
    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// Other details: back to their first line.
    pub fn reset(&mut self) {
        self.top = 0;
    }

    /// Scrolls `lines` of details in `height` lines of room by a key. Whether the key was one for that.
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

/// Whether there is room for the details beside the list.
pub fn is_wide(context: &Context) -> bool {
    context.body.width >= WIDE
}

/// The list's and the details' places; one is empty where only the other shows.
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
