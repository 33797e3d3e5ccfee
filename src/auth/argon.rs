//! The only caller of Argon2id: its cost, and the work buffer that is kept between hashes and wiped after each.
//!
//! It derives and compares; `stored.rs` parses stored hashes, and `password/` checks log-ins.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use zeroize::{Zeroize, Zeroizing};

use crate::domain::secret::Secret;

use super::AuthError;
use super::stored::{Argon2id, TAG_BYTES};

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

    /// Returns true if guessing is cheaper at this cost than at `other`: chip area times time, which grows with
    /// the square of the memory and with the passes (RFC 9106, section 7.2). Lanes change neither. This is a
    /// total order, so a hash is never replaced by a cheaper one.
    pub(super) fn is_weaker_than(self, other: Self) -> bool {
        let effort = |cost: Self| u128::from(cost.memory_kib).pow(2) * u128::from(cost.passes);
        effort(self) < effort(other)
    }
}

/// Minimum capacity of the buffer, in blocks of 1 KiB. Only the blocks that a hash writes to take memory. glibc
/// returns a freed buffer to the system at once, instead of keeping it in the heap, only above 32 MiB
/// (mallopt(3), `M_MMAP_THRESHOLD`): at 19 MiB ten hashes grew the process to 140 MB.
const LEAST_RESERVED: usize = 33 * 1024;

/// The work buffer. Between hashes it holds only zeros.
#[derive(Default)]
pub(super) struct Workspace {
    blocks: Vec<Block>,
    /// The costs of all derivations so far.
    #[cfg(test)]
    pub(super) runs: Vec<Cost>,
}

impl Workspace {
    /// Derives Argon2id version 19 of the NFC of `secret` and fills `tag`.
    pub(super) fn derive(
        &mut self,
        secret: &Secret,
        cost: Cost,
        salt: &[u8],
        tag: &mut [u8],
    ) -> Result<(), AuthError> {
        if !cost.is_accepted() {
            return Err(AuthError::Hashing);
        }
        let Cost { memory_kib, passes, lanes } = cost;
        let params =
            Params::new(memory_kib, passes, lanes, Some(tag.len())).map_err(|_| AuthError::Hashing)?;
        let blocks = room_for(&mut self.blocks, params.block_count())?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let text = composed(secret);
        let outcome =
            argon2.hash_password_into_with_memory(text.expose().as_bytes(), salt, tag, &mut *blocks);
        blocks.iter_mut().for_each(Zeroize::zeroize);
        #[cfg(test)]
        {
            self.runs.push(cost);
        }
        outcome.map_err(|_| AuthError::Hashing)
    }

    /// Returns true if `hash` matches `secret`. The comparison takes the same time wherever the tags differ.
    pub(super) fn matches(&mut self, secret: &Secret, hash: &Argon2id) -> bool {
        let mut buffer = Zeroizing::new([0; *TAG_BYTES.end()]);
        let Some(tag) = buffer.get_mut(..hash.tag.len()) else { return false };
        let derived = self.derive(secret, hash.cost, &hash.salt, tag);
        let differing = tag.iter().zip(&hash.tag).fold(0, |all, (a, b)| all | (a ^ b));
        derived.is_ok() && differing == 0
    }

    /// Returns the buffer to the allocator.
    pub(super) fn release(&mut self) {
        self.blocks = Vec::new();
    }

    #[cfg(test)]
    pub(super) fn blocks(&self) -> &[Block] {
        &self.blocks
    }
}

/// Returns the first `count` blocks, growing the buffer if it is too short.
fn room_for(blocks: &mut Vec<Block>, count: usize) -> Result<&mut [Block], AuthError> {
    if blocks.len() < count {
        // Free the old buffer first: it holds nothing worth copying, and both at once would take too much
        // memory.
        *blocks = Vec::new();
        blocks.try_reserve_exact(count.max(LEAST_RESERVED)).map_err(|_| AuthError::Hashing)?;
        blocks.resize(count, Block::new());
    }
    blocks.get_mut(..count).ok_or(AuthError::Hashing)
}

/// Returns the NFC of `secret` (NIST SP 800-63B-4, section 3.1.1.2), or `secret` itself in the rare case that
/// its NFC is too long for a secret. Either way the same text always gives the same bytes.
fn composed(secret: &Secret) -> Secret {
    let text = secret.expose();
    if is_nfc(text) {
        return secret.clone();
    }
    let mut composed = Secret::new();
    let fitted = text.nfc().try_for_each(|c| composed.push_str(c.encode_utf8(&mut [0; 4])));
    if fitted.is_ok() { composed } else { secret.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composed_text(text: &str) -> String {
        composed(&Secret::from_text(text).unwrap()).expose().to_owned()
    }

    #[test]
    fn letters_and_accents_compose() {
        assert_eq!(composed_text("pa\u{308}sswo\u{308}rd"), "pässwörd");
        assert_eq!(composed_text("한글 ASCII"), "한글 ASCII");
    }

    #[test]
    fn what_grows_too_long_stays_raw() {
        let longest = "\u{958}".repeat(256);
        assert_eq!(composed_text(&longest), longest);
    }

    #[test]
    fn the_buffer_is_wiped_after_each_hash_and_given_back() {
        let mut work = Workspace::default();
        work.derive(&Secret::from_text("hunter2").unwrap(), Cost::CHEAPEST, &[7; 16], &mut [0; 32]).unwrap();
        assert_eq!(work.blocks().len(), 8);
        assert!(work.blocks().iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
        work.release();
        assert!(work.blocks().is_empty());
    }

    #[test]
    fn a_used_buffer_changes_no_later_hash() {
        let secret = Secret::from_text("hunter2").unwrap();
        let small = Cost::CHEAPEST;
        let large = Cost { memory_kib: 64, passes: 2, lanes: 2 };
        let tag = |work: &mut Workspace, cost| {
            let mut tag = [0; 32];
            work.derive(&secret, cost, &[7; 16], &mut tag).unwrap();
            tag
        };
        let mut kept = Workspace::default();
        for cost in [small, large, small, large] {
            assert_eq!(tag(&mut kept, cost), tag(&mut Workspace::default(), cost));
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
