//! The display of work that somebody waits for: its label, its rate and the time left.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::text::{self, grouped, width};
use crate::domain::time::{Duration, Timestamp, span};
use crate::tui::theme::Theme;

use super::bars;

/// The progress of work and its rate. It changes only with a progress report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub done: u64,
    pub total: u64,
    /// The average per second since the count began to rise.
    pub rate: u64,
    /// The time left at that rate, once there is a rate.
    pub left: Option<Duration>,
}

/// Work that somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningWork {
    /// The progress label.
    pub doing: &'static str,
    pub since: Timestamp,
    pub rate: Option<Rate>,
    /// Set after it was told to stop.
    pub stopping: bool,
    /// The number of others that wait until it is done.
    pub behind: usize,
}

/// Draws the label of the work and, if its rate is given, a bar and as many numbers as fit.
pub fn view(frame: &mut Frame<'_>, area: Rect, theme: Theme, work: &RunningWork) {
    let line = lines_of_work(theme, work).into_iter().find(|line| width(line) <= usize::from(area.width));
    bars::line(frame, area, &line.unwrap_or_default(), theme.care());
}

/// Returns the label of the work and its numbers as a sentence.
pub fn sentence(work: &RunningWork) -> String {
    let numbers = work.rate.map(|Rate { done, total, rate, left }| {
        let left = left.map(|left| format!(", {} a second, {} left", grouped(rate), span(left)));
        format!(": {} of {}{}", grouped(done), grouped(total), left.unwrap_or_default())
    });
    let behind = if work.behind > 0 { format!("; {} more after it", work.behind) } else { String::new() };
    text::sentence(&format!("{}{}{behind}", work.doing, numbers.unwrap_or_default()))
}

/// Returns the same line in several lengths, the longest first.
fn lines_of_work(theme: Theme, work: &RunningWork) -> Vec<String> {
    let doing = work.doing;
    let stop = if work.stopping { "stopping…" } else { "Esc stops" };
    let behind = if work.behind > 0 { format!("   {} more after it", work.behind) } else { String::new() };
    let Some(Rate { done, total, rate, left }) = work.rate else {
        return vec![
            format!(" {doing}…   {stop}{behind}"),
            format!(" {doing}…   {stop}"),
            format!(" {doing}…"),
        ];
    };
    let counts = format!("{} of {}", grouped(done), grouped(total));
    let left = left.map(|left| format!(", {}/s, {} left", grouped(rate), span(left))).unwrap_or_default();
    let bar = |cells| bars::gauge(theme, cells, done, total);
    vec![
        format!(" {doing} {} {counts}{left}   {stop}{behind}", bar(20)),
        format!(" {doing} {} {counts}{left}   {stop}{behind}", bar(8)),
        format!(" {} {counts}{left}   {stop}{behind}", bar(8)),
        format!(" {} {counts}{left}   {stop}", bar(8)),
        format!(" {counts}{left}   {stop}"),
        format!(" {} {counts}   {stop}", bar(4)),
        format!(" {counts}"),
    ]
}
