//! Work that somebody waits for: its name, its rate and the time left.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::bars;
use crate::domain::text::{grouped, width};
use crate::domain::time::{Duration, Timestamp, span};
use crate::tui::theme::Theme;

/// How far work is, and how fast it goes on. It changes only when something is heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Done so far.
    pub done: u64,
    /// All of it.
    pub total: u64,
    /// Done in a second, on the average since it began to move.
    pub rate: u64,
    /// How long the rest takes at that rate, where there is one yet.
    pub left: Option<Duration>,
}

/// The work that somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningWork {
    /// What is being done, in a word.
    pub doing: &'static str,
    /// Since when it is waited for.
    pub since: Timestamp,
    /// How far it is.
    pub rate: Option<Rate>,
    /// It was told to stop.
    pub stopping: bool,
    /// How many others wait until it is through.
    pub behind: usize,
}

/// Draws what is being done: in a word, and where its pace is given with a bar and numbers, as many as fit.
pub fn view(frame: &mut Frame<'_>, area: Rect, theme: Theme, work: &RunningWork) {
    let line = lines_of_work(theme, work).into_iter().find(|line| width(line) <= usize::from(area.width));
    bars::line(frame, area, &line.unwrap_or_default(), theme.care());
}

/// The same said at more and less length.
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
