//! Makes and checks password hashes: argon2id for all new ones, bcrypt for those taken over from the origin.
//!
//! A failed check does the same work whatever is stored, so that its time does not tell which accounts exist. It
//! does not wait, count tries or know accounts: the caller answers all failures after [`answer_after`].

use std::time::Duration;

pub use super::argon::Cost;
use super::argon::Workspace;
use super::stored::{Argon2id, StoredHash};
use super::{AuthError, legacy, random};
use crate::domain::secret::Secret;

/// Salt length of new hashes, in bytes (RFC 9106, section 3.1: 16 are recommended).
const SALT_BYTES: usize = 16;
/// Tag length of new hashes, in bytes (RFC 9106, section 4: 256 bits).
const TAG_BYTES: usize = 32;

/// What stands for the hash of an account without a password: no password matches it.
pub const UNUSABLE: &str = "!";

/// What a log-in learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password does not match, or nothing can.
    Wrong,
    /// The password matches.
    Right,
    /// The password matches, but its hash is bcrypt or weaker than the cost in force: store a new one.
    Stale,
}

/// Hashes and checks, one at a time, in one work buffer that it keeps.
pub struct Hasher {
    cost: Cost,
    /// What an account without a usable hash is checked against.
    nobody: Argon2id,
    work: Workspace,
}

impl Hasher {
    /// A hasher whose new hashes have this cost.
    ///
    /// # Errors
    /// No random numbers.
    pub fn new(cost: Cost) -> Result<Self, AuthError> {
        let (salt, tag) = (random::<SALT_BYTES>()?.to_vec(), random::<TAG_BYTES>()?.to_vec());
        Ok(Self { cost, nobody: Argon2id { cost, salt, tag }, work: Workspace::default() })
    }

    /// The PHC string of argon2id over the NFC of `secret`, with a new salt.
    ///
    /// # Errors
    /// No random numbers, no memory, or a cost that [`is_usable`] would not accept.
    pub fn hash(&mut self, secret: &Secret) -> Result<String, AuthError> {
        let salt = random::<SALT_BYTES>()?.to_vec();
        let mut tag = vec![0; TAG_BYTES];
        self.work.derive(secret, self.cost, &salt, &mut tag)?;
        Ok(Argon2id { cost: self.cost, salt, tag }.to_string())
    }

    /// Whether `secret` is what `stored` was made from. Without a usable hash (no account, damaged, past the limits)
    /// it does the work of one hash and says `Wrong`, as it does when memory runs out.
    pub fn verify(&mut self, secret: &Secret, stored: Option<&str>) -> Verdict {
        match stored.and_then(StoredHash::read) {
            None => {
                self.work.matches(secret, &self.nobody);
                Verdict::Wrong
            }
            Some(StoredHash::Argon2id(hash)) if !self.work.matches(secret, &hash) => Verdict::Wrong,
            Some(StoredHash::Argon2id(hash)) if hash.cost.is_weaker_than(self.cost) => Verdict::Stale,
            Some(StoredHash::Argon2id(_)) => Verdict::Right,
            Some(StoredHash::Bcrypt(hash)) if legacy::matches(secret, &hash) => Verdict::Stale,
            Some(StoredHash::Bcrypt(_)) => Verdict::Wrong,
        }
    }

    /// Gives the work buffer's memory back. Call it when no hash is waiting; the next hash takes it again.
    pub fn rest(&mut self) {
        self.work.release();
    }

    /// How many times argon2id has run.
    #[cfg(test)]
    pub(crate) fn runs(&self) -> u64 {
        self.work.runs
    }
}

/// Whether any password can match `stored`. Looks at form and limits only and does no work.
pub fn is_usable(stored: &str) -> bool {
    StoredHash::read(stored).is_some()
}

/// The cost of a bcrypt hash that NEXUS accepts, 4 to 14.
pub fn bcrypt_cost(stored: &str) -> Option<u8> {
    match StoredHash::read(stored) {
        Some(StoredHash::Bcrypt(hash)) => Some(hash.cost),
        Some(StoredHash::Argon2id(_)) | None => None,
    }
}

/// Whether a check of `secret` against `stored` reads all of it: bcrypt reads 72 bytes.
pub fn reads_whole(secret: &Secret, stored: &str) -> bool {
    bcrypt_cost(stored).is_none() || secret.expose().len() <= legacy::READ_BYTES
}

/// How long after Enter every failed log-in is answered, in a store whose dearest bcrypt hash has `bcrypt_cost`: half
/// a second, or as many halves as the work for all three forms of a password takes.
pub fn answer_after(bcrypt_cost: Option<u8>) -> Duration {
    /// One form at cost 10, in milliseconds: 60 measured on two cores, and room to spare. It doubles at each step.
    const COST_10: u64 = 80;
    const STEP: u64 = 500;
    let steps = bcrypt_cost.unwrap_or_default().clamp(10, 14) - 10;
    let work = (3 * COST_10) << steps;
    Duration::from_millis(work.div_ceil(STEP) * STEP)
}

#[cfg(test)]
mod tests;
