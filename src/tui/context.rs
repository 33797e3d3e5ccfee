//! The surroundings of a screen or an overlay: time, styles, room, viewer.

use ratatui::layout::Rect;

use crate::domain::local_zone::LocalZone;
use crate::domain::time::{Timestamp, ago, date_time, when};
use crate::domain::user::{AccessLevel, UserId};

use super::keymap::Keymap;
use super::route::ScreenId;
use super::theme::Theme;

/// The operator as screens see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    pub id: UserId,
    pub level: AccessLevel,
    /// The operator's own session, if they have a session row.
    pub session: Option<i64>,
}

/// The way in which the console is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// Drawn on a terminal.
    Screen,
    /// Written in lines.
    Lines,
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
    /// The zone of times; `None` for UTC.
    pub zone: Option<LocalZone>,
    /// Set when a request takes long enough to say so.
    pub waiting: bool,
    /// Set when nothing can be changed.
    pub read_only: bool,
    pub medium: Medium,
    pub keymap: &'static Keymap,
    /// The screen in front.
    pub screen: ScreenId,
}

impl Context {
    /// Returns a moment as the operator wants to see it: as an age, or as a time of this year or a date.
    pub fn moment(&self, time: Option<Timestamp>) -> String {
        match time {
            Some(time) if self.relative => ago(self.now, time),
            Some(time) => when(self.clocks(self.now), self.clocks(time)),
            None => self.theme.shape("–", "-").to_owned(),
        }
    }

    /// Returns a moment with its date and time.
    pub fn date_time(&self, time: Timestamp) -> String {
        date_time(self.clocks(time))
    }

    /// Returns words with the keys that the commands in them have: `{add a}` stands for the key of `add`, usually `a`.
    pub fn with_keys(&self, words: &str) -> String {
        self.keymap.in_words(self.screen, words)
    }

    /// Returns the name of the zone in which times are shown.
    pub fn zone_name(&self) -> &'static str {
        self.zone.map_or("UTC", |zone| zone.abbreviation(self.now))
    }

    /// Returns what the clocks of the operator's zone show at a moment.
    pub fn clocks(&self, time: Timestamp) -> Timestamp {
        self.zone.map_or(time, |zone| zone.clocks_at(time))
    }
}
