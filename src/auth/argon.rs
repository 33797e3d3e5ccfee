//! The only caller of Argon2id, with the work buffer that is kept between hashes and wiped after each.
//!
//! It derives and compares; `stored_hash.rs` parses stored hashes, and `password/` checks log-ins.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use rayon::iter::{IndexedParallelIterator as _, IntoParallelIterator as _, ParallelIterator as _};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use zeroize::{Zeroize, Zeroizing};

use crate::domain::secret::Secret;

use super::AuthError;
use super::cost::Cost;
use super::stored_hash::{Argon2id, TAG_BYTES};

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
        // The system hands out each page when it is written first. That takes half as long as all else of a hash, and is shared
        // among the threads that will hash.
        (0..count).into_par_iter().map(|_| Block::new()).collect_into_vec(blocks);
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
}
