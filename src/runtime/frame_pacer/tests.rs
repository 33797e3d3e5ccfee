use proptest::prelude::*;

use crate::runtime::clock;

use super::*;

const REQUESTED: SentFrame = SentFrame { requested: true, blocked: false, bytes: 300 };

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Returns a pacer whose terminal has answered the first frame.
fn reporting(now: Instant) -> FramePacer {
    let mut pacer = FramePacer::default();
    pacer.sent(now, REQUESTED);
    pacer.reported(now);
    pacer
}

#[test]
fn before_the_rate_is_known_the_next_frame_waits_for_the_report_and_at_most_a_second() {
    let now = clock::instant();
    let mut pacer = reporting(now);
    assert_eq!(pacer.not_before(now), None);
    assert!(pacer.requests());
    pacer.sent(now, REQUESTED);
    assert_eq!(pacer.not_before(now), Some(now + millis(1_000)));
    pacer.reported(now);
    assert_eq!(pacer.not_before(now), None);
}

#[test]
fn a_terminal_that_does_not_report_at_the_start_is_asked_once_and_never_waited_for() {
    let now = clock::instant();
    let mut pacer = FramePacer::default();
    assert!(pacer.requests());
    pacer.sent(now, REQUESTED);
    assert!(!pacer.requests());
    assert_eq!(pacer.not_before(now), None);
    let later = now + millis(5_000);
    pacer.sent(later, SentFrame::default());
    assert_eq!((pacer.requests(), pacer.not_before(later)), (false, None));
}

#[test]
fn a_late_first_report_still_counts() {
    let now = clock::instant();
    let mut pacer = FramePacer::default();
    pacer.sent(now, REQUESTED);
    pacer.sent(now + millis(3_000), SentFrame::default());
    pacer.reported(now + millis(3_100));
    assert!(pacer.requests());
}

#[test]
fn a_terminal_that_stops_reporting_is_not_waited_for_after_three_times() {
    let now = clock::instant();
    let mut pacer = reporting(now);
    for n in 0..MAX_MISSING {
        let at = now + millis(1_000) * u32::from(n);
        pacer.sent(at, REQUESTED);
        assert_eq!(pacer.not_before(at), Some(at + MAX_WAIT), "{n}");
    }
    let at = now + millis(3_000);
    pacer.sent(at, REQUESTED);
    assert_eq!((pacer.requests(), pacer.not_before(at)), (false, None));
    pacer.reported(at);
    assert!(pacer.requests());
}

#[test]
fn ten_frames_a_second_are_drawn_while_output_blocks() {
    let now = clock::instant();
    let mut pacer = FramePacer::default();
    pacer.sent(now, SentFrame { blocked: true, ..REQUESTED });
    assert_eq!(pacer.not_before(now), Some(now + millis(100)));
    let later = now + millis(100);
    pacer.sent(later, SentFrame::default());
    assert_eq!(pacer.not_before(later), None);
}

#[test]
fn the_last_report_of_a_terminal_that_reports_may_take_three_seconds() {
    let now = clock::instant();
    let mut pacer = FramePacer::default();
    pacer.sent(now, REQUESTED);
    assert_eq!(pacer.last_report_due(), Some(now + millis(1_000)));
    pacer.reported(now);
    assert_eq!(pacer.last_report_due(), None);
    pacer.sent(now, REQUESTED);
    assert_eq!(pacer.last_report_due(), Some(now + millis(3_000)));
    pacer.sent(now + millis(1_500), REQUESTED);
    pacer.reported(now + millis(1_600));
    assert_eq!(pacer.last_report_due(), Some(now + millis(4_500)), "the older one arrived");
}

#[test]
fn reports_that_come_after_a_stall_are_not_measured() {
    let now = clock::instant();
    let mut pacer = FramePacer::default();
    for at in [0, 1_000, 2_000] {
        pacer.sent(now + millis(at), REQUESTED);
    }
    // That of the first frame, which is waited for no longer.
    pacer.reported(now + millis(2_050));
    assert_eq!(pacer.link.round_trip(), None);
    pacer.reported(now + millis(2_060));
    pacer.sent(now + millis(4_100), REQUESTED);
    pacer.reported(now + millis(4_400));
    assert_eq!(pacer.link.round_trip(), Some(millis(300)));
}

/// A link with a delay in both directions and a rate, behind which a terminal reports its status.
#[derive(Debug)]
struct Link {
    delay: Duration,
    bytes_per_second: u32,
    free_at: Instant,
    /// The times at which reports arrive.
    reports: VecDeque<Instant>,
    /// The number of frames sent.
    frames: usize,
    /// The frames, by number, whose reports are lost.
    loses: Vec<usize>,
    /// The longest time that a frame waited for others on the link.
    longest_queue: Duration,
}

impl Link {
    fn new(start: Instant, delay: u64, bytes_per_second: u32) -> Self {
        Self {
            delay: millis(delay),
            bytes_per_second,
            free_at: start,
            reports: VecDeque::new(),
            frames: 0,
            loses: Vec::new(),
            longest_queue: Duration::ZERO,
        }
    }

    fn transmission(&self, bytes: u32) -> Duration {
        Duration::from_secs(1) * bytes / self.bytes_per_second
    }

    /// Sends a frame and returns the time at which it is shown.
    fn send(&mut self, now: Instant, bytes: u32) -> Instant {
        self.longest_queue = self.longest_queue.max(self.free_at.saturating_duration_since(now));
        self.free_at = self.free_at.max(now) + self.transmission(bytes);
        if !self.loses.contains(&self.frames) {
            self.reports.push_back(self.free_at + self.delay * 2);
        }
        self.frames += 1;
        self.free_at + self.delay
    }
}

/// A console whose state changes at certain times, behind a link.
struct Run {
    link: Link,
    pacer: FramePacer,
    at: Instant,
}

/// The last frame of a run.
#[derive(Debug, Clone, Copy)]
struct LastFrame {
    sent_at: Instant,
    shown_at: Instant,
    changes: usize,
}

impl Run {
    /// Creates a run after a log-in: a first frame, some letters, and a list.
    fn logged_in(start: Instant, delay: u64, bytes_per_second: u32) -> Self {
        let mut run =
            Self { link: Link::new(start, delay, bytes_per_second), pacer: FramePacer::default(), at: start };
        for bytes in [700, 25, 25, 25, 4_000] {
            let at = run.at;
            run.play(&[at], bytes);
            run.at += millis(2_500);
            run.report();
        }
        run
    }

    fn report(&mut self) {
        while let Some(at) = self.link.reports.front().copied().filter(|at| *at <= self.at) {
            self.link.reports.pop_front();
            self.pacer.reported(at);
        }
    }

    /// Draws frames until all changes were drawn: every millisecond a report arrives, and what changed since the last
    /// frame is drawn if that may be.
    fn play(&mut self, changes: &[Instant], bytes: u32) -> LastFrame {
        let mut last = LastFrame { sent_at: self.at, shown_at: self.at, changes: 0 };
        while last.changes < changes.len() {
            self.report();
            let ready = changes.iter().filter(|change| **change <= self.at).count();
            if ready > last.changes && self.pacer.not_before(self.at).is_none_or(|frame| frame <= self.at) {
                let frame = SentFrame { requested: self.pacer.requests(), bytes, ..REQUESTED };
                let shown_at = self.link.send(self.at, bytes);
                self.pacer.sent(self.at, frame);
                last = LastFrame { sent_at: self.at, shown_at, changes: ready };
            }
            self.at += millis(1);
        }
        last
    }
}

impl Run {
    /// Returns the time from a change to its frame on the screen, without what the link needs for that frame alone.
    fn beyond(&self, last: LastFrame, change: Instant, bytes: u32) -> Duration {
        let alone = change + self.link.transmission(bytes) + self.link.delay;
        last.shown_at.saturating_duration_since(alone)
    }
}

/// Returns the times of a key held down for three seconds.
fn held(from: Instant) -> Vec<Instant> {
    (0..90).map(|n| from + millis(33) * n).collect()
}

#[test]
fn a_key_held_for_three_seconds_over_a_slow_link_is_over_soon() {
    for (delay, rate, bytes) in
        [(200, 8_000, 300), (200, 8_000, 700), (200, 8_000, 1_100), (100, 8_000, 700), (300, 125_000, 700)]
    {
        let mut run = Run::logged_in(clock::instant(), delay, rate);
        let keys = held(run.at);
        let last = run.play(&keys, bytes);
        let beyond = run.beyond(last, keys[89], bytes);
        assert!(beyond <= millis(150), "{delay} ms, {rate} bytes/s, {bytes} bytes: {beyond:?}");
    }
}

#[test]
fn a_link_that_becomes_slower_is_not_filled() {
    let mut run = Run::logged_in(clock::instant(), 100, 64_000);
    run.link.bytes_per_second = 8_000;
    let keys = held(run.at);
    let last = run.play(&keys, 700);
    let beyond = run.beyond(last, keys[89], 700);
    assert!(beyond <= millis(150), "{beyond:?}");
    // Frames go on for one round trip, until a report is late.
    let unnoticed = run.link.transmission(700) * 200 / 33;
    assert!(run.link.longest_queue <= unnoticed + GRACE, "{:?}", run.link.longest_queue);
}

#[test]
fn a_frame_after_a_pause_is_sent_at_once() {
    let mut run = Run::logged_in(clock::instant(), 200, 8_000);
    assert_eq!(run.pacer.not_before(run.at), None);
    run.link.loses = vec![run.link.frames];
    let at = run.at;
    run.play(&[at], 300);
    run.at += millis(1_001);
    let again = run.at;
    assert_eq!(run.play(&[again], 300).sent_at, again);
}

proptest! {
    #[test]
    fn frames_do_not_pile_up_and_the_last_change_is_drawn_within_a_second(
        delay in 0_u64..400,
        // On a slower link the list of the log-in takes longer than the second after which a link counts as stalled.
        rate in 4_000_u32..500_000,
        bytes in 20_u32..2_500,
        gaps in prop::collection::vec(0_u64..120, 1..80),
    ) {
        let mut run = Run::logged_in(clock::instant(), delay, rate);
        run.link.longest_queue = Duration::ZERO;
        let mut at = run.at;
        let changes: Vec<_> = gaps.into_iter().map(|gap| { at += millis(gap); at }).collect();
        let last = run.play(&changes, bytes);
        prop_assert!(last.sent_at <= changes[changes.len() - 1] + MAX_WAIT);
        let bound = GRACE + run.link.transmission(bytes);
        prop_assert!(run.link.longest_queue <= bound, "{:?} > {bound:?}", run.link.longest_queue);
    }

    #[test]
    fn lost_reports_delay_a_frame_by_a_second_at_most(
        loses in prop::collection::vec(5_usize..60, 0..20),
        gaps in prop::collection::vec(0_u64..700, 1..60),
    ) {
        let mut run = Run::logged_in(clock::instant(), 50, 8_000);
        run.link.loses = loses;
        for gap in gaps {
            run.at += millis(gap);
            let change = run.at;
            let last = run.play(&[change], 300);
            prop_assert!(last.sent_at <= change + MAX_WAIT);
        }
        prop_assert!(run.pacer.in_flight.len() <= MAX_IN_FLIGHT);
    }
}
