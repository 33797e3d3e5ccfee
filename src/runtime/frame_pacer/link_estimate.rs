//! Estimates the delay and the rate of the terminal's link from the times at which frames were sent and reported.

use std::time::{Duration, Instant};

/// Size of a frame, in bytes, up to which its time on the link is no more than the headers of SSH and TCP take (RFC 4253,
/// 6; RFC 9293, 3.1): it tells the delay, but not the rate.
const TINY: u32 = 100;
/// Number of bytes that the rate is worked out from; older ones count less and less.
const MEMORY: u32 = 16 << 10;
/// The time after which a route may have become longer: the shortest round trip is that of this period and the last.
const PERIOD: Duration = Duration::from_secs(60);
/// The longest time that one frame is taken to have needed; the link has stalled then.
const MAX_SERVICE: Duration = Duration::from_secs(1);

/// The delay and the rate of a link, as far as reports have shown them.
#[derive(Debug, Default)]
pub(super) struct LinkEstimate {
    /// The shortest round trip of this period.
    shortest: Option<Duration>,
    /// That of the period before.
    shortest_before: Option<Duration>,
    period_began: Option<Instant>,
    /// The time that the link was busy with the bytes beside.
    busy: Duration,
    bytes: u32,
}

impl LinkEstimate {
    /// Returns the time from sending almost nothing to its report.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.shortest.into_iter().chain(self.shortest_before).min()
    }

    /// Returns the time that the link needs for a number of bytes.
    pub(super) fn transmission(&self, bytes: u32) -> Option<Duration> {
        (self.bytes > 0).then(|| self.busy.saturating_mul(bytes) / self.bytes)
    }

    /// Notes that a frame sent at `sent_at` was reported at `now`; `reported_before` is the time of the report before.
    pub(super) fn observe(
        &mut self,
        now: Instant,
        sent_at: Instant,
        bytes: u32,
        reported_before: Option<Instant>,
    ) {
        let taken = now.saturating_duration_since(sent_at);
        self.observe_round_trip(now, taken);
        let Some(round_trip) = self.round_trip().filter(|shortest| *shortest < taken && bytes > TINY) else {
            return;
        };
        // The link began with it once it had arrived and the frame before was through.
        let begun = reported_before.map_or(sent_at + round_trip, |before| before.max(sent_at + round_trip));
        let service = now.saturating_duration_since(begun).min(MAX_SERVICE);
        let kept = MEMORY.saturating_sub(bytes);
        self.busy = self.busy * kept / MEMORY + service;
        self.bytes = (u64::from(self.bytes) * u64::from(kept) / u64::from(MEMORY)) as u32;
        self.bytes = self.bytes.saturating_add(bytes);
    }

    fn observe_round_trip(&mut self, now: Instant, taken: Duration) {
        let is_over = |began: Instant| now.saturating_duration_since(began) >= PERIOD;
        if self.period_began.is_none_or(is_over) {
            self.shortest_before = self.shortest.take();
            self.period_began = Some(now);
        }
        self.shortest = Some(self.shortest.map_or(taken, |shortest| shortest.min(taken)));
    }
}

#[cfg(test)]
mod tests {
    use crate::runtime::clock;

    use super::*;

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn small_frames_tell_the_delay_and_large_ones_the_rate() {
        let now = clock::instant();
        let mut link = LinkEstimate::default();
        assert_eq!((link.round_trip(), link.transmission(300)), (None, None));
        // 8,000 bytes a second, 200 ms each way.
        link.observe(now + millis(488), now, 700, None);
        assert_eq!((link.round_trip(), link.transmission(300)), (Some(millis(488)), None));
        link.observe(now + millis(1_400), now + millis(1_000), 20, Some(now + millis(488)));
        assert_eq!((link.round_trip(), link.transmission(300)), (Some(millis(400)), None));
        link.observe(now + millis(2_900), now + millis(2_000), 4_000, Some(now + millis(1_400)));
        assert_eq!((link.round_trip(), link.transmission(4_000)), (Some(millis(400)), Some(millis(500))));
    }

    #[test]
    fn a_frame_behind_another_took_the_time_between_their_reports() {
        let now = clock::instant();
        let mut link = LinkEstimate::default();
        link.observe(now + millis(400), now, 20, None);
        link.observe(now + millis(1_500), now + millis(1_000), 800, Some(now + millis(400)));
        link.observe(now + millis(1_600), now + millis(1_010), 800, Some(now + millis(1_500)));
        assert_eq!(link.transmission(800).map(|time| time.as_millis()), Some(100));
    }

    #[test]
    fn reports_that_arrive_together_count_as_one() {
        let now = clock::instant();
        let mut link = LinkEstimate::default();
        link.observe(now + millis(400), now, 20, None);
        let both = now + millis(1_600);
        link.observe(both, now + millis(1_000), 800, Some(now + millis(400)));
        link.observe(both, now + millis(1_010), 800, Some(both));
        let time = link.transmission(800).unwrap().as_millis();
        assert!((95..=105).contains(&time), "{time}");
    }

    #[test]
    fn a_longer_route_is_believed_after_two_periods() {
        let now = clock::instant();
        let mut link = LinkEstimate::default();
        for (at, taken, shortest) in
            [(0, 50, 50), (59_000, 400, 50), (61_000, 400, 50), (122_000, 410, 400), (123_000, 30, 30)]
        {
            link.observe(now + millis(at + taken), now + millis(at), 20, None);
            assert_eq!(link.round_trip(), Some(millis(shortest)), "{at}");
        }
    }

    #[test]
    fn a_slower_link_is_noticed_within_a_few_frames() {
        let now = clock::instant();
        let mut link = LinkEstimate::default();
        link.observe(now + millis(10), now, 20, None);
        let mut before = now + millis(10);
        for service in [10, 10, 10, 100, 100, 100, 100, 100, 100] {
            let at = before + millis(1_000);
            before = at + millis(10 + service);
            link.observe(before, at, 2_000, Some(at));
        }
        let time = link.transmission(2_000).unwrap().as_millis();
        assert!((70..=100).contains(&time), "{time}");
    }
}
