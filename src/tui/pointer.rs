//! The mouse, as far as the console takes it: a click, and a turn of the wheel.

use ratatui::layout::Position;

/// The number of rows by which a turn of the wheel moves.
pub const WHEEL_ROWS: u16 = 3;

/// A report of the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointer {
    pub at: Position,
    pub gesture: Gesture,
}

/// The part of a report that is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    /// The left button was pressed.
    Click,
    Wheel(Wheel),
}

/// The direction of a turn of the wheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wheel {
    Up,
    Down,
}

impl Wheel {
    /// Returns the place that a turn leads to from `at`.
    pub fn moved(self, at: u64) -> u64 {
        let rows = WHEEL_ROWS.into();
        match self {
            Self::Up => at.saturating_sub(rows),
            Self::Down => at.saturating_add(rows),
        }
    }
}
