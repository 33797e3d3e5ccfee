//! The surroundings of a screen or an overlay: time, styles, room, viewer.

use ratatui::layout::Rect;

use crate::domain::time::{Timestamp, ago, date};
use crate::domain::user::{AccessLevel, UserId};

use super::theme::Theme;

/// The operator as screens see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    pub id: UserId,
    pub level: AccessLevel,
    /// The operator's own session, if they have a session row.
    pub session: Option<i64>,
}

/// Everything that a screen may know of the world around it.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The time of this message.
    pub now: Timestamp,
    pub theme: Theme,
    /// The area in which screens are drawn.
    pub body: Rect,
    /// The operator who has logged in.
    pub viewer: Option<Viewer>,
    /// Shows times as `2 min ago` instead of dates.
    pub relative: bool,
    /// Set when a request takes long enough to say so.
    pub waiting: bool,
    /// Set when nothing can be changed.
    pub read_only: bool,
}

impl Context {
    /// Returns a moment as the operator wants to see it: as an age or as a date.
    pub fn moment(&self, time: Option<Timestamp>) -> String {
        match time {
            Some(time) if self.relative => ago(self.now, time),
            Some(time) => date(time),
            None => self.theme.shape("–", "-").to_owned(),
        }
    }
}
