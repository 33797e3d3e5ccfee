//! The cost of an Argon2id hash.

/// The cost of one Argon2id hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Number of lanes that can be computed in parallel.
    pub lanes: u32,
}

impl Cost {
    /// RFC 9106, section 4, second recommended choice: 64 MiB, 3 passes, 4 lanes.
    pub const STANDARD: Self = Self { memory_kib: 65_536, passes: 3, lanes: 4 };
    /// The minimum of OWASP's password storage cheat sheet: 19 MiB, 2 passes, 1 lane.
    pub const LOW_MEMORY: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
    /// The minimum of Argon2. Protects nothing: only for tests and the temporary demo store.
    pub const CHEAPEST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    /// Returns true if NEXUS works at this cost: at most 256 MiB, 10 passes and 8 lanes (2.6 s on one core of a
    /// small server), and at least what Argon2 asks, 8 KiB a lane (RFC 9106, section 3.1).
    pub(super) fn is_accepted(self) -> bool {
        let Self { memory_kib, passes, lanes } = self;
        (1..=8).contains(&lanes) && (8 * lanes..=262_144).contains(&memory_kib) && (1..=10).contains(&passes)
    }

    /// Returns the work of one hash: the number of 1 KiB blocks that are computed.
    pub(super) fn work(self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.passes)
    }

    /// Returns true below all minima of OWASP's password storage cheat sheet, from 46 MiB and 1 pass to 7 MiB and 5 passes.
    pub(super) fn is_weak(self) -> bool {
        let least = Self { memory_kib: 7_168, passes: 5, lanes: 1 };
        self.memory_kib < least.memory_kib || self.work() < least.work()
    }

    /// Returns true if guessing is cheaper at this cost than at `other`: chip area times time, which grows with
    /// the square of the memory and with the passes (RFC 9106, section 7.2). Lanes change neither. This is a
    /// total order, so a hash is never replaced by a cheaper one.
    pub(super) fn is_weaker_than(self, other: Self) -> bool {
        let effort = |cost: Self| u128::from(cost.memory_kib).pow(2) * u128::from(cost.passes);
        effort(self) < effort(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_owasp_allows_is_not_weak() {
        let cost = |memory_kib, passes| Cost { memory_kib, passes, lanes: 1 };
        for (memory, passes) in [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5), (65_536, 3)] {
            assert!(!cost(memory, passes).is_weak(), "{memory} {passes}");
        }
        for (memory, passes) in [(8, 1), (19_456, 1), (7_168, 4), (4_096, 10)] {
            assert!(cost(memory, passes).is_weak(), "{memory} {passes}");
        }
    }

    #[test]
    fn weaker_is_by_memory_squared_and_passes() {
        let cost = |memory_kib, passes, lanes| Cost { memory_kib, passes, lanes };
        assert!(Cost::LOW_MEMORY.is_weaker_than(Cost::STANDARD));
        assert!(cost(65_536, 2, 4).is_weaker_than(Cost::STANDARD));
        assert!(cost(32_768, 10, 4).is_weaker_than(Cost::STANDARD));
        assert!(!cost(65_536, 4, 1).is_weaker_than(Cost::STANDARD), "PHP's default");
        assert!(!cost(262_144, 1, 1).is_weaker_than(Cost::STANDARD));
        assert!(!Cost::STANDARD.is_weaker_than(Cost::STANDARD));
    }
}
