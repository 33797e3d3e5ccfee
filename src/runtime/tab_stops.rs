//! Tab stops as short cuts: a tab to the next column of a list is one byte, any other move there is four or more.
//!
//! The stops belong to the frame's writer while the screen is taken over, and [`default_stops`] puts back one at each
//! eighth column, as every terminal begins with. They are only used on a terminal that has shown with the reply to [`TRIAL`]
//! that it sets and clears them (HTS and TBC: ECMA-48, 8.3.62 and 8.3.154).

use std::fmt::Write as _;

/// Number of columns between the stops that terminals begin with.
const DEFAULT_INTERVAL: u16 = 8;

/// Sets one stop where none is by default, goes there with a tab and requests the cursor's position. On the second line:
/// the report of the first could be taken for a key (xterm: F3 with modifiers).
pub(super) const TRIAL: &str = "\x1b[3g\x1b[2;19H\x1bH\x1b[2H\t\x1b[6n";
/// The parameters of the report of a terminal that passes the trial.
pub(super) const TRIAL_REPORT: &[u8] = b"2;19";
/// The size of a screen from which the trial makes sense.
pub(super) const TRIAL_SIZE: (u16, usize) = (20, 2);

/// The columns at which the terminal's tabs stop, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TabStops(Vec<u16>);

/// A way along a line by tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TabWay {
    pub(super) tabs: u16,
    /// Number of columns from the last stop to the target.
    pub(super) rest: u16,
}

impl TabStops {
    pub(super) fn new(mut columns: Vec<u16>) -> Self {
        columns.sort_unstable();
        columns.dedup();
        Self(columns)
    }

    pub(super) fn columns(&self) -> &[u16] {
        &self.0
    }

    /// Returns the way from one column to a later one; `None` if no stop is between.
    pub(super) fn way(&self, from: u16, to: u16) -> Option<TabWay> {
        let passed = self.0.iter().filter(|stop| (from + 1..=to).contains(stop));
        let last = passed.clone().next_back()?;
        Some(TabWay { tabs: passed.count() as u16, rest: to - last })
    }
}

/// Returns the bytes that set the stops with which terminals begin.
pub(super) fn default_stops(width: u16) -> String {
    let mut text = String::from("\x1b[3g\r");
    for _ in 0..width.saturating_sub(1) / DEFAULT_INTERVAL {
        // Writing to a String cannot fail.
        let _ = write!(text, "\x1b[{DEFAULT_INTERVAL}C\x1bH");
    }
    text.push('\r');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_by_tabs_ends_at_or_before_its_target() {
        let stops = TabStops::new(vec![36, 16, 54, 36]);
        let way = |from, to| stops.way(from, to).map(|way| (way.tabs, way.rest));
        assert_eq!(way(0, 16), Some((1, 0)));
        assert_eq!(way(16, 36), Some((1, 0)));
        assert_eq!(way(0, 56), Some((3, 2)));
        assert_eq!(way(16, 35), None);
        assert_eq!(way(40, 20), None);
    }

    #[test]
    fn the_stops_of_a_new_terminal_are_set_within_its_width() {
        assert_eq!(default_stops(16), "\x1b[3g\r\x1b[8C\x1bH\r");
        assert_eq!(default_stops(17), "\x1b[3g\r\x1b[8C\x1bH\x1b[8C\x1bH\r");
        assert_eq!(default_stops(0), "\x1b[3g\r\r");
    }
}
