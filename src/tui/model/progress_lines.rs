//! Long work in the front end in lines: how far it is, told after two seconds and then every ten, and its end by Ctrl-C.

use crossterm::event::{KeyCode, KeyEvent};

use crate::domain::time::{Duration, Timestamp};
use crate::tui::context::Medium;
use crate::tui::effect::Effect;
use crate::tui::pending::Purpose;
use crate::tui::widgets::progress::{RunningWork, sentence};

use super::{Model, SHOW_BAR};

/// The time between two lines about the same work.
const TELL_AGAIN: Duration = Duration::seconds(10);

/// The work of which a line has told, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct ToldWork {
    since: Timestamp,
    at: Timestamp,
}

/// A line about work that somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgressText {
    pub words: String,
    /// True for the first line about this work.
    pub is_first: bool,
}

impl Model {
    /// Returns the line about the work that is awaited, if it is time for one.
    pub fn take_progress(&mut self) -> Option<ProgressText> {
        if self.progress_at()? > self.now {
            return None;
        }
        let work = self.pending.work()?;
        let is_first = self.told(&work).is_none();
        self.told_work = Some(ToldWork { since: work.since, at: self.now });
        Some(ProgressText { words: sentence(&work), is_first })
    }

    /// Returns the time of the next line about the work that is awaited.
    pub(super) fn progress_at(&self) -> Option<Timestamp> {
        let work = self.pending.work().filter(|_| self.medium == Medium::Lines)?;
        Some(self.told(&work).map_or(work.since + SHOW_BAR, |told| told.at + TELL_AGAIN))
    }

    fn told(&self, work: &RunningWork) -> Option<ToldWork> {
        self.told_work.filter(|told| told.since == work.since)
    }

    /// Returns true if Ctrl-C stops work and does not leave.
    pub fn can_interrupt(&self) -> bool {
        self.pending.can_stop() || self.is_counting()
    }

    /// Stops the oldest work that goes on, or the count before a question.
    pub(super) fn interrupt(&mut self) -> Vec<Effect> {
        if self.is_counting() {
            return self.key_of(KeyEvent::from(KeyCode::Esc), self.now);
        }
        let Some(request_id) = self.pending.stop() else { return Vec::new() };
        self.say("Stopping".into());
        vec![Effect::Cancel(request_id)]
    }

    fn is_counting(&self) -> bool {
        self.asking.is_some() && self.pending.has(Purpose::Count)
    }
}
