//! Hashing passwords and codes with argon2id, and checking them against what is stored.
//!
//! Whatever is stored, a check that fails costs about one hash: who measures it learns nothing about which accounts
//! there are.

use std::time::Duration;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroize as _;

use super::phc::Phc;
use super::{AuthError, legacy, random};
use crate::domain::secret::Secret;

/// Argon2id cost (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// RFC 9106, section 4, second recommended option: 64 MiB, 3 passes, 4 lanes.
    pub const STANDARD: Self = Self { memory_kib: 65_536, passes: 3, lanes: 4 };
    /// The least that OWASP's Password Storage Cheat Sheet allows: 19 MiB, 2 passes, 1 lane.
    pub const LOW_MEMORY: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
    /// For tests, and for the throw-away store of the demo.
    pub const CHEAPEST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    /// Whether a hash at this cost should be made anew at `wanted`.
    fn is_below(self, wanted: Self) -> bool {
        self.memory_kib < wanted.memory_kib || self.passes < wanted.passes
    }
}

/// A stored hash that no password matches and that never counts as usable.
pub const UNUSABLE: &str = "!";
/// Salt of a new hash, in bytes (RFC 9106, section 3.1).
const SALT_BYTES: usize = 16;
/// Tag of a new hash, in bytes.
const TAG_BYTES: usize = 32;

/// What a check of a password learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It does not match, or nothing could.
    Wrong,
    /// It matches.
    Right,
    /// It matches, and what is stored is weaker than it should be: store a new hash.
    Stale,
}

/// Hashes and checks, one at a time, in one buffer that is kept between hashes and wiped after each.
///
/// A fresh buffer per hash costs more than half of the hash's time in page faults and leaves old ones in freed memory.
pub struct Hasher {
    cost: Cost,
    blocks: Vec<Block>,
    /// Stands in where an account has no hash to check: its salt and tag are random.
    dummy: Phc,
    runs: u64,
}

impl Hasher {
    /// A hasher that makes new hashes at `cost`.
    ///
    /// # Errors
    /// [`AuthError::NoRandomness`].
    pub fn new(cost: Cost) -> Result<Self, AuthError> {
        let dummy =
            Phc { cost, salt: random::<SALT_BYTES>()?.to_vec(), tag: random::<TAG_BYTES>()?.to_vec() };
        Ok(Self { cost, blocks: Vec::new(), dummy, runs: 0 })
    }

    /// The argon2id hash of a secret's NFC form (NIST SP 800-63B-4, 3.1.1.2), with a new salt, as a PHC string.
    ///
    /// # Errors
    /// [`AuthError`] where there is no randomness or no memory.
    pub fn hash(&mut self, secret: &Secret) -> Result<String, AuthError> {
        let mut phc =
            Phc { cost: self.cost, salt: random::<SALT_BYTES>()?.to_vec(), tag: vec![0; TAG_BYTES] };
        let mut tag = std::mem::take(&mut phc.tag);
        self.run(secret, &phc, &mut tag)?;
        phc.tag = tag;
        Ok(phc.text())
    }

    /// Whether the secret matches what is stored; for nothing stored, or nothing that could match, the same work is
    /// done for nothing.
    pub fn verify(&mut self, secret: &Secret, stored: Option<&str>) -> Verdict {
        let phc = stored.and_then(Phc::parse);
        match (stored, phc) {
            (_, Some(phc)) if self.matches(secret, &phc) => {
                if phc.cost.is_below(self.cost) {
                    Verdict::Stale
                } else {
                    Verdict::Right
                }
            }
            (_, Some(_)) => Verdict::Wrong,
            (Some(stored), None) if legacy::cost(stored).is_some() => {
                if legacy::verify(secret, stored) {
                    Verdict::Stale
                } else {
                    Verdict::Wrong
                }
            }
            _ => {
                let dummy = self.dummy.clone();
                self.matches(secret, &dummy);
                Verdict::Wrong
            }
        }
    }

    /// Gives the buffer back to the system; for when no hash is waiting.
    pub fn rest(&mut self) {
        self.blocks = Vec::new();
    }

    /// How many argon2id runs were made.
    #[cfg(test)]
    pub(crate) fn runs(&self) -> u64 {
        self.runs
    }

    fn matches(&mut self, secret: &Secret, phc: &Phc) -> bool {
        let mut tag = vec![0; phc.tag.len()];
        let done = self.run(secret, phc, &mut tag).is_ok();
        // Every byte is looked at, so that the time says nothing about the first that differs.
        let differing = tag.iter().zip(&phc.tag).fold(0, |all, (a, b)| all | (a ^ b));
        tag.zeroize();
        done && differing == 0
    }

    fn run(&mut self, secret: &Secret, phc: &Phc, tag: &mut [u8]) -> Result<(), AuthError> {
        let Cost { memory_kib, passes, lanes } = phc.cost;
        let params =
            Params::new(memory_kib, passes, lanes, Some(tag.len())).map_err(|_| AuthError::Hashing)?;
        let blocks = params.block_count();
        if self.blocks.len() < blocks {
            let more = blocks - self.blocks.len();
            self.blocks.try_reserve_exact(more).map_err(|_| AuthError::Hashing)?;
            self.blocks.resize(blocks, Block::new());
        }
        let room = self.blocks.get_mut(..blocks).ok_or(AuthError::Hashing)?;
        let normal = composed(secret);
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let done =
            argon.hash_password_into_with_memory(normal.expose().as_bytes(), &phc.salt, tag, &mut *room);
        room.iter_mut().for_each(Block::zeroize);
        self.runs += 1;
        done.map_err(|_| AuthError::Hashing)
    }
}

/// The NFC form, or the text itself where that form is too long.
fn composed(secret: &Secret) -> Secret {
    let mut normal = Secret::new();
    for c in secret.expose().nfc() {
        if normal.push_str(c.encode_utf8(&mut [0; 4])).is_err() {
            return secret.clone();
        }
    }
    normal
}

/// Whether a log-in with this stored hash can ever succeed: its form is one that is accepted.
pub fn is_usable(stored: &str) -> bool {
    Phc::parse(stored).is_some() || legacy::cost(stored).is_some()
}

/// The cost of a stored bcrypt hash.
pub fn bcrypt_cost(stored: &str) -> Option<u8> {
    legacy::cost(stored)
}

/// Whether a password checked against this stored hash was read whole: bcrypt reads 72 bytes.
pub fn reads_whole(secret: &Secret, stored: &str) -> bool {
    legacy::cost(stored).is_none() || secret.expose().len() <= legacy::MAX_BYTES
}

/// How long after Enter every failed log-in is answered, so that its time says nothing about the account: half a
/// second, or as many halves as three bcrypt checks at the costliest stored cost take.
pub fn answer_after(bcrypt_cost: Option<u8>) -> Duration {
    /// One check at cost 10, measured on two cores, with room to spare.
    const COST_10: u64 = 80;
    const STEP: u64 = 500;
    let cost = u32::from(bcrypt_cost.unwrap_or_default());
    let three = 3 * ((COST_10 << cost.min(14)) >> 10);
    Duration::from_millis(three.div_ceil(STEP).max(1) * STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::from_text(text).unwrap()
    }

    fn cheap() -> Hasher {
        Hasher::new(Cost::CHEAPEST).unwrap()
    }

    #[test]
    fn known_tags_are_reproduced() {
        // The same strings come from PHP's password_hash and from Debian's libargon2.
        let mut hasher = Hasher::new(Cost::STANDARD).unwrap();
        let password = secret("correct horse battery staple");
        let low = "$argon2id$v=19$m=19456,t=2,p=1$TkVYVVMtc2FsdC0xNmJ5dA$EbEHmqLCpPAO/kqdKo4+zYnPWzZ0sw/OKb9PavzrQIc";
        let standard = "$argon2id$v=19$m=65536,t=3,p=4$TkVYVVMtc2FsdC0xNmJ5dA$9GfjC/wJvThTI7aPmyt0SzkwBf7S2233WNXzMQRkjxw";
        assert_eq!(hasher.verify(&password, Some(low)), Verdict::Stale);
        assert_eq!(hasher.verify(&password, Some(standard)), Verdict::Right);
        assert_eq!(hasher.verify(&secret("correct horse battery staplf"), Some(low)), Verdict::Wrong);
    }

    #[test]
    fn what_it_hashes_it_verifies() {
        let mut hasher = cheap();
        let stored = hasher.hash(&secret("pässwörd-日本語-🔑")).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        assert_eq!(hasher.verify(&secret("pässwörd-日本語-🔑"), Some(&stored)), Verdict::Right);
        assert_eq!(hasher.verify(&secret("passwörd-日本語-🔑"), Some(&stored)), Verdict::Wrong);
        assert_ne!(stored, hasher.hash(&secret("pässwörd-日本語-🔑")).unwrap());
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_password() {
        let mut hasher = cheap();
        let stored = hasher.hash(&secret("pa\u{308}sswort")).unwrap();
        assert_eq!(hasher.verify(&secret("p\u{e4}sswort"), Some(&stored)), Verdict::Right);
    }

    #[test]
    fn unknown_wrong_and_damaged_cost_one_run_each() {
        let mut hasher = cheap();
        let stored = hasher.hash(&secret("right")).unwrap();
        let before = hasher.runs();
        for stored in [None, Some(stored.as_str()), Some("$argon2id$v=19$m=8,t=1"), Some(""), Some(UNUSABLE)]
        {
            assert_eq!(hasher.verify(&secret("wrong"), stored), Verdict::Wrong);
        }
        assert_eq!(hasher.runs() - before, 5);
    }

    #[test]
    fn hostile_hashes_are_answered_without_their_work() {
        let mut hasher = cheap();
        let hostile = "$argon2id$v=19$m=4194304,t=4294967295,p=1$TkVYVVMtc2FsdC0xNmJ5dA$EbEHmqLCpPAO/kqdKo4+zYnPWzZ0sw/OKb9PavzrQIc";
        assert_eq!(hasher.verify(&secret("x"), Some(hostile)), Verdict::Wrong);
        assert!(!is_usable(hostile) && !is_usable(UNUSABLE) && !is_usable(""));
    }

    #[test]
    fn the_buffer_is_wiped_kept_and_given_back() {
        let mut hasher = cheap();
        hasher.hash(&secret("right")).unwrap();
        assert!(hasher.blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
        assert_eq!(hasher.blocks.len(), 8);
        hasher.rest();
        assert_eq!(hasher.blocks.capacity(), 0);
    }

    #[test]
    fn failures_are_answered_at_a_fixed_mark() {
        for (cost, millis) in [(None, 500), (Some(10), 500), (Some(12), 1_000), (Some(14), 4_000)] {
            assert_eq!(answer_after(cost), Duration::from_millis(millis));
        }
    }

    #[test]
    fn bcrypt_is_stale_when_right() {
        let stored = "$2y$10$RiTWTTKra0DqbAyvLkH3b.QxFZnycsrMJgWUF.lVXnlGW6rrgLt2O";
        assert_eq!(cheap().verify(&secret("correct horse battery staple"), Some(stored)), Verdict::Stale);
        assert_eq!(cheap().verify(&secret("correct horse battery"), Some(stored)), Verdict::Wrong);
        assert!(is_usable(stored));
        assert!(!reads_whole(&secret(&"x".repeat(73)), stored));
    }
}
