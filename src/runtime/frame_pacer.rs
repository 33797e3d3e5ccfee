//! Decides when the next frame may be drawn, so that frames do not pile up on a slow link.
//!
//! Behind SSH the kernel and the network take far more than the terminal has shown, so a write that does not block
//! says nothing. Each frame therefore ends with a request for the terminal's status (DSR, ECMA-48, 8.3.35), and the
//! next one waits for the report. Pure: times go in, times come out.

use std::time::{Duration, Instant};

use ratatui::backend::Backend;

/// The request that follows a frame: `CSI 5 n`. A terminal reports `CSI 0 n`.
pub(super) const STATUS_REQUEST: &str = "\x1b[5n";

/// Maximum wait for a report.
const MAX_WAIT: Duration = Duration::from_secs(1);
/// Minimum time between two frames while output blocks.
const BLOCKED_INTERVAL: Duration = Duration::from_millis(100);
/// Number of reports missing in a row after which the terminal counts as one that sends none.
const MAX_MISSING: u8 = 3;

/// The fate of a frame that was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SentFrame {
    /// True if it requested the terminal's status.
    pub(crate) requested: bool,
    /// True if the terminal did not take it at once.
    pub(crate) blocked: bool,
}

/// A backend whose frames can request the terminal's status.
pub(crate) trait FrameBackend: Backend {
    /// Sets if the next frame, unless it is empty, requests the status.
    fn request_status(&mut self, requests: bool);
    /// Returns what became of the last frame.
    fn sent_frame(&mut self) -> SentFrame;
}

/// The state of the terminal's link, as far as the next frame depends on it.
#[derive(Debug, Default)]
pub(super) struct FramePacer {
    /// True while the terminal reports its status when asked. Not before its first report.
    reports: bool,
    /// The time of the request that was not answered yet.
    requested_at: Option<Instant>,
    /// Number of reports missing in a row.
    missing: u8,
    /// The earliest time of the next frame after output blocked.
    blocked_until: Option<Instant>,
}

impl FramePacer {
    /// Returns true if the next frame should request the status: each one of a terminal that reports, and the first one.
    pub(super) fn requests(&self) -> bool {
        self.reports || self.requested_at.is_none()
    }

    /// Returns the time before which no frame may be drawn; an earlier report lifts it.
    pub(super) fn not_before(&self) -> Option<Instant> {
        let report = self.requested_at.filter(|_| self.reports).map(|at| at + MAX_WAIT);
        report.max(self.blocked_until)
    }

    /// Returns the time until which a report may still arrive.
    pub(super) fn report_due(&self) -> Option<Instant> {
        self.requested_at.map(|at| at + MAX_WAIT)
    }

    /// Notes that a frame was sent.
    pub(super) fn sent(&mut self, now: Instant, frame: SentFrame) {
        self.blocked_until = frame.blocked.then(|| now + BLOCKED_INTERVAL);
        if !frame.requested {
            return;
        }
        if self.requested_at.is_some() {
            self.missing += 1;
            self.reports = self.missing < MAX_MISSING;
        }
        self.requested_at = Some(now);
    }

    /// Notes a report of the terminal.
    pub(super) fn reported(&mut self) {
        *self = Self { reports: true, blocked_until: self.blocked_until, ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use crate::runtime::clock;

    use super::*;

    const REQUESTED: SentFrame = SentFrame { requested: true, blocked: false };

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// Returns a pacer whose terminal has answered the first frame.
    fn reporting(now: Instant) -> FramePacer {
        let mut pacer = FramePacer::default();
        pacer.sent(now, REQUESTED);
        pacer.reported();
        pacer
    }

    #[test]
    fn the_next_frame_waits_for_the_report_and_at_most_a_second() {
        let now = clock::instant();
        let mut pacer = reporting(now);
        assert_eq!(pacer.not_before(), None);
        assert!(pacer.requests());
        pacer.sent(now, REQUESTED);
        assert_eq!(pacer.not_before(), Some(now + millis(1_000)));
        pacer.reported();
        assert_eq!(pacer.not_before(), None);
    }

    #[test]
    fn a_terminal_that_does_not_report_at_the_start_is_asked_once_and_never_waited_for() {
        let now = clock::instant();
        let mut pacer = FramePacer::default();
        assert!(pacer.requests());
        pacer.sent(now, REQUESTED);
        assert!(!pacer.requests());
        assert_eq!(pacer.not_before(), None);
        pacer.sent(now + millis(5_000), SentFrame::default());
        assert_eq!((pacer.requests(), pacer.not_before()), (false, None));
    }

    #[test]
    fn a_late_first_report_still_counts() {
        let now = clock::instant();
        let mut pacer = FramePacer::default();
        pacer.sent(now, REQUESTED);
        pacer.sent(now + millis(3_000), SentFrame::default());
        pacer.reported();
        assert!(pacer.requests());
    }

    #[test]
    fn a_terminal_that_stops_reporting_is_not_waited_for_after_three_times() {
        let now = clock::instant();
        let mut pacer = reporting(now);
        for n in 0..MAX_MISSING {
            let at = now + millis(1_000) * u32::from(n);
            pacer.sent(at, REQUESTED);
            assert_eq!(pacer.not_before(), Some(at + MAX_WAIT), "{n}");
        }
        pacer.sent(now + millis(3_000), REQUESTED);
        assert_eq!((pacer.requests(), pacer.not_before()), (false, None));
        pacer.reported();
        assert!(pacer.requests());
    }

    #[test]
    fn ten_frames_a_second_are_drawn_while_output_blocks() {
        let now = clock::instant();
        let mut pacer = FramePacer::default();
        pacer.sent(now, SentFrame { requested: true, blocked: true });
        assert_eq!(pacer.not_before(), Some(now + millis(100)));
        pacer.sent(now + millis(100), SentFrame::default());
        assert_eq!(pacer.not_before(), None);
    }

    /// A link with a delay in both directions and a rate, behind which a terminal reports its status.
    struct Link {
        delay: Duration,
        bytes_per_second: u32,
        free_at: Instant,
    }

    impl Link {
        /// Returns the times at which a frame is shown and at which its report arrives here.
        fn send(&mut self, now: Instant, bytes: u32) -> (Instant, Instant) {
            self.free_at = self.free_at.max(now) + Duration::from_secs(1) * bytes / self.bytes_per_second;
            (self.free_at + self.delay, self.free_at + self.delay * 2)
        }
    }

    #[test]
    fn a_key_held_for_three_seconds_over_a_slow_link_is_over_soon() {
        let start = clock::instant();
        let mut link = Link { delay: millis(100), bytes_per_second: 8_000, free_at: start };
        let mut pacer = reporting(start);
        let keys: Vec<_> = (0..90).map(|n| start + millis(33) * n).collect();
        let last = keys[89];
        let (mut at, mut report_at, mut shown_at, mut drawn) = (start, None, start, 0);
        // Every millisecond: a report arrives, and what was typed since the last frame is drawn if that may be.
        while at < last + millis(2_000) {
            if report_at.is_some_and(|report| report <= at) {
                pacer.reported();
                report_at = None;
            }
            let typed = keys.iter().filter(|key| **key <= at).count();
            if typed > drawn && pacer.not_before().is_none_or(|frame| frame <= at) {
                let (shown, report) = link.send(at, 700);
                pacer.sent(at, REQUESTED);
                (shown_at, report_at, drawn) = (shown, Some(report), typed);
            }
            at += millis(1);
        }
        assert_eq!(drawn, 90);
        let delay = shown_at - last;
        let own_delay = millis(100) * 3 + millis(88);
        assert!(delay <= own_delay + millis(150), "{delay:?}");
    }
}
