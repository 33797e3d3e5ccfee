//! The pane of details beside a list: its focus, its scroll position and its area.
//!
//! On a wide terminal it is always shown; on a narrow one it is shown while it has the focus.

use ratatui::layout::Rect;

use crate::domain::time::{Duration, Timestamp};
use crate::tui::context::{Context, Medium};
use crate::tui::keys::{Group, Key};

/// The number of columns from which the details stand beside the list.
const WIDE: u16 = 110;

/// The usual width of the details, and the width of the terminal from which they get more.
const USUAL: u16 = 36;
/// The cells of it that stay blank: behind the line at its left, and at its right.
pub const MARGINS: u16 = 3;
const ROOMY: u16 = 200;
/// The width of the details beyond which the list gets all further room.
const WIDEST_USUAL: u16 = 56;
/// The minimum widths of the details and of the list beside them.
const NARROWEST: u16 = 24;
const NARROWEST_LIST: u16 = 44;
/// The cells by which a key moves the divide.
const STEP: u16 = 4;

/// The time for which the cursor must rest before the details follow it: longer than a held key takes to repeat, so
/// that moving through a list over a slow link costs no bytes for details that nobody reads.
const REST: Duration = Duration::milliseconds(60);

/// The time after which the details of a row that was left are taken away while the list scrolls on: the terminal moves
/// whole lines, so that over a slow link it would be they that most bytes are for.
const OLD: Duration = Duration::milliseconds(200);

/// The way of the cursor since the details were about its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Following {
    /// The time at which the details follow.
    pub at: Timestamp,
    since: Timestamp,
    /// The first row on the screen then.
    top: u64,
}

impl Following {
    /// Returns the state after a move of the cursor to a screen that begins with the row `top`.
    pub fn after_move(before: Option<Self>, now: Timestamp, top: u64) -> Self {
        let at = now + REST;
        before.map_or(Self { at, since: now, top }, |before| Self { at, ..before })
    }

    /// Returns true if the list has scrolled for so long that the details are to be taken away.
    pub fn is_old(self, now: Timestamp, top: u64) -> bool {
        now - self.since >= OLD && top != self.top
    }
}

/// A direction in which the divide moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Divide {
    Left,
    Right,
}

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
    /// The width that the operator has set, in cells.
    width: Option<u16>,
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
        *self = Self { open: true, top: 0, ..*self };
    }

    /// Moves the focus to the list.
    pub fn close(&mut self) {
        *self = Self { width: self.width, ..Self::default() };
    }

    /// Returns the width that the operator has set.
    pub fn set_width(self) -> Option<u16> {
        self.width
    }

    /// Sets the width that is remembered.
    pub fn prefer(&mut self, width: Option<u16>) {
        self.width = width;
    }

    /// Moves the divide by one step: to the left, where the details get wider, or to the right. Returns false where the
    /// details do not stand beside the list, or there is no room.
    pub fn move_divide(&mut self, context: &Context, step: Divide) -> bool {
        if !is_wide(context) {
            return false;
        }
        let before = self.width_in(context.body.width);
        let to = match step {
            Divide::Left => before + STEP,
            Divide::Right => before.saturating_sub(STEP),
        };
        self.width = Some(to);
        let after = self.width_in(context.body.width);
        self.width = Some(after);
        before != after
    }

    /// Returns the width of the details beside a list on a terminal of this width.
    fn width_in(self, terminal: u16) -> u16 {
        let usual = USUAL + terminal.saturating_sub(ROOMY) / 2;
        let width = self.width.unwrap_or(usual.min(WIDEST_USUAL));
        width.clamp(NARROWEST, terminal.saturating_sub(NARROWEST_LIST).max(NARROWEST))
    }

    /// Returns the areas of the list and of the details; one is empty if only the other is shown.
    pub fn areas(self, context: &Context) -> (Rect, Rect) {
        let body = context.body;
        let nothing = Rect { width: 0, ..body };
        if is_wide(context) {
            let width = self.width_in(body.width);
            let list = body.width - width;
            (Rect { width: list, ..body }, Rect { x: body.x + list, width, ..body })
        } else if self.open {
            (nothing, body)
        } else {
            (body, nothing)
        }
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

/// Returns true if there is room for the details beside the list. In lines nothing stands beside anything.
pub fn is_wide(context: &Context) -> bool {
    context.medium == Medium::Screen && context.body.width >= WIDE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::testing::context;

    #[test]
    fn the_divide_moves_and_leaves_room_for_both() {
        let mut pane = DetailPane::default();
        let context = context(120, 36);
        assert_eq!(pane.areas(&context).1.width, USUAL);
        assert!(pane.move_divide(&context, Divide::Left));
        assert_eq!((pane.areas(&context).1.width, pane.set_width()), (USUAL + STEP, Some(USUAL + STEP)));
        while pane.move_divide(&context, Divide::Left) {}
        assert_eq!(pane.areas(&context).0.width, NARROWEST_LIST);
        while pane.move_divide(&context, Divide::Right) {}
        assert_eq!(pane.areas(&context).1.width, NARROWEST);
        // Whatever a file says, both stay on the screen.
        pane.prefer(Some(u16::MAX));
        assert_eq!(pane.areas(&context).0.width, NARROWEST_LIST);
        assert!(!pane.move_divide(&crate::tui::testing::context(80, 24), Divide::Left));
    }

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
