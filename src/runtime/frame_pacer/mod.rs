//! Decides when the next frame may be drawn, so that frames do not pile up on a slow link.
//!
//! Behind SSH the kernel and the network take far more than the terminal has shown, so a write that does not block
//! says nothing. Each frame therefore ends with a request for the terminal's status (DSR, ECMA-48, 8.3.35). Once the
//! reports have shown how long the way is and how fast the link, the next frame is sent as soon as the link has taken
//! the last one; until then, and while a report is late, it waits for the report. Pure: times go in, times come out.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

mod link_estimate;

use link_estimate::LinkEstimate;

/// The request that follows a frame: `CSI 5 n`. A terminal reports `CSI 0 n`.
pub(super) const STATUS_REQUEST: &str = "\x1b[5n";

/// Maximum wait for a report.
const MAX_WAIT: Duration = Duration::from_secs(1);
/// Maximum wait for the report of a terminal that reports, before it is left to the shell: a page over a slow link takes
/// longer than a second.
const MAX_LAST_WAIT: Duration = Duration::from_secs(3);
/// Minimum time between two frames while output blocks.
const BLOCKED_INTERVAL: Duration = Duration::from_millis(100);
/// Number of reports missing in a row after which the terminal counts as one that sends none.
const MAX_MISSING: u8 = 3;
/// The time by which a report may be late before the link counts as busy with something else.
const GRACE: Duration = Duration::from_millis(50);
/// The age at which a frame that was not reported counts as lost.
const LOST: Duration = Duration::from_secs(2);
/// Maximum number of frames under way.
const MAX_IN_FLIGHT: usize = 32;

/// The fate of a frame that was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SentFrame {
    /// True if it requested the terminal's status.
    pub(crate) requested: bool,
    /// True if the terminal did not take it at once.
    pub(crate) blocked: bool,
    pub(crate) bytes: u32,
}

/// A backend that shows frames, each of which can request the terminal's status.
pub(crate) trait FrameBackend {
    /// Brings the terminal to a frame, with a visible cursor at `cursor`.
    fn show(&mut self, frame: &Buffer, cursor: Option<Position>) -> io::Result<()>;
    /// Makes the next frame draw every cell.
    fn clear(&mut self);
    /// Sets if the next frame, unless it is empty, requests the status.
    fn request_status(&mut self, requests: bool);
    /// Notes that the terminal sets and clears tab stops.
    fn use_tab_stops(&mut self);
    /// Returns what became of the last frame.
    fn sent_frame(&mut self) -> SentFrame;
}

/// A frame whose report has not arrived.
#[derive(Debug, Clone, Copy)]
struct FrameInFlight {
    sent_at: Instant,
    bytes: u32,
}

/// The state of the terminal's link, as far as the next frame depends on it.
#[derive(Debug, Default)]
pub(super) struct FramePacer {
    /// True while the terminal reports its status when asked. Not before its first report.
    reports: bool,
    /// True once the terminal was asked.
    has_asked: bool,
    /// The frames that were not reported yet, the oldest first: a terminal reports them in their order.
    in_flight: VecDeque<FrameInFlight>,
    last_report: Option<Instant>,
    /// The time until which a report may be that of a frame that is waited for no longer; nothing is learned from it.
    unmatched_until: Option<Instant>,
    link: LinkEstimate,
    /// Number of reports missing in a row.
    missing: u8,
    /// The earliest time of the next frame after output blocked.
    blocked_until: Option<Instant>,
}

impl FramePacer {
    /// Returns true if the next frame should request the status: each one of a terminal that reports, and the first one.
    pub(super) fn requests(&self) -> bool {
        self.reports || !self.has_asked
    }

    /// Returns the time before which no frame may be drawn; a report may change it.
    pub(super) fn not_before(&self, now: Instant) -> Option<Instant> {
        let report = self.report_due().filter(|_| self.reports);
        let report = report.map(|due| self.link_free_at(now).map_or(due, |free| free.min(due)));
        report.max(self.blocked_until)
    }

    /// Returns the time until which the last report is waited for before the terminal is left.
    pub(super) fn last_report_due(&self) -> Option<Instant> {
        self.last_sent_at().map(|at| at + if self.reports { MAX_LAST_WAIT } else { MAX_WAIT })
    }

    /// Returns the time until which the next frame waits for the last report.
    fn report_due(&self) -> Option<Instant> {
        self.last_sent_at().map(|at| at + MAX_WAIT)
    }

    /// Returns the time of the last frame, if its report has not arrived.
    fn last_sent_at(&self) -> Option<Instant> {
        self.in_flight.back().map(|frame| frame.sent_at)
    }

    /// Returns the time at which the link has taken all frames that were sent. `None` if that cannot be known: too little
    /// was reported yet, or by then the oldest frame should have been reported.
    fn link_free_at(&self, now: Instant) -> Option<Instant> {
        let round_trip = self.link.round_trip()?;
        if self.in_flight.len() >= MAX_IN_FLIGHT {
            return None;
        }
        let mut free = self.last_report.and_then(|at| at.checked_sub(round_trip))?;
        let mut overdue = None;
        for frame in &self.in_flight {
            free = free.max(frame.sent_at) + self.link.transmission(frame.bytes)?;
            overdue.get_or_insert(free + round_trip + GRACE);
        }
        overdue.is_none_or(|overdue| free.max(now) <= overdue).then_some(free)
    }

    /// Notes that a frame was sent.
    pub(super) fn sent(&mut self, now: Instant, frame: SentFrame) {
        self.blocked_until = frame.blocked.then(|| now + BLOCKED_INTERVAL);
        if !frame.requested {
            return;
        }
        if self.report_due().is_some_and(|due| due <= now) {
            self.missing += 1;
            self.reports = self.missing < MAX_MISSING;
        }
        let waiting = self.in_flight.len();
        self.in_flight.retain(|frame| now < frame.sent_at + LOST);
        if self.in_flight.len() < waiting {
            // Their reports may still arrive and be taken for those of later frames.
            self.unmatched_until = Some(now + LOST);
        }
        self.in_flight.push_back(FrameInFlight { sent_at: now, bytes: frame.bytes });
        self.has_asked = true;
    }

    /// Notes a report of the terminal.
    pub(super) fn reported(&mut self, now: Instant) {
        self.reports = true;
        self.missing = 0;
        let Some(frame) = self.in_flight.pop_front() else { return };
        if self.unmatched_until.is_none_or(|until| until <= now) {
            self.link.observe(now, frame.sent_at, frame.bytes, self.last_report);
        }
        self.last_report = Some(now);
    }
}

#[cfg(test)]
mod tests;
