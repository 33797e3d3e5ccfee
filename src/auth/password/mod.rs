//! Makes and checks password hashes: argon2id for all new ones, bcrypt for those imported from the original
//! program.
//!
//! Every check does the same work in the same order, so that its time reveals neither which accounts exist nor
//! how their passwords are stored: one argon2id at the current cost, one at each other cost that accounts have,
//! and the most expensive bcrypt among theirs. It does not wait, count tries or know accounts: the caller
//! answers every failure after [`answer_after`], which hides the remaining differences.

use std::time::Duration;

pub use super::cost::Cost;
use crate::domain::secret::Secret;

use super::argon::Workspace;
use super::stored_hash::{self, Argon2id, StoredHash};
use super::{AuthError, bcrypt_hash, random};

/// Salt length of new hashes, in bytes (RFC 9106, section 3.1: 16 are recommended).
const SALT_BYTES: usize = 16;
/// Tag length of new hashes, in bytes (RFC 9106, section 4: 256 bits).
const TAG_BYTES: usize = 32;

/// The least cost of bcrypt by the OWASP Password Storage Cheat Sheet.
const LEAST_BCRYPT: u8 = 10;

/// Stored in place of a hash for an account without a password: no password matches it.
pub const UNUSABLE: &str = "!";

/// The result of a password check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordMatch {
    /// The password does not match, or nothing can.
    Wrong,
    Right,
    /// The password matches, but its hash is bcrypt or weaker than the current cost: store this one instead.
    Stale(String),
}

/// The costs of the hashes that accounts have besides those at the current cost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OtherCosts {
    argon2: Vec<Cost>,
    bcrypt: Option<u8>,
}

impl OtherCosts {
    /// Maximum number of argon2id costs that every check works at. An account whose hash has a further cost can
    /// be recognised by its time; no program has made that many.
    const MOST_ARGON2: usize = 3;

    /// Reads costs as hashes spell them: two digits for bcrypt, `m=…,t=…,p=…` for argon2id. Costs that no
    /// log-in accepts are ignored; if there are too many, the most expensive are kept.
    pub fn read<'a>(bcrypt: Option<&str>, argon2: impl IntoIterator<Item = &'a str>) -> Self {
        let mut argon2: Vec<_> = argon2.into_iter().filter_map(stored_hash::argon2_cost).collect();
        argon2.sort_by_key(|cost| std::cmp::Reverse(cost.work()));
        argon2.truncate(Self::MOST_ARGON2);
        Self { argon2, bcrypt: bcrypt.and_then(stored_hash::bcrypt_cost) }
    }
}

/// Makes and checks hashes, one at a time, in one work buffer that it keeps.
pub struct Hasher {
    cost: Cost,
    work: Workspace,
    legacy: bcrypt_hash::Checker,
}

impl Hasher {
    /// Creates a hasher whose new hashes have this cost.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn new(cost: Cost) -> Result<Self, AuthError> {
        random::<SALT_BYTES>()?;
        Ok(Self { cost, work: Workspace::default(), legacy: bcrypt_hash::Checker::default() })
    }

    /// Returns the PHC string of argon2id over the NFC of `secret`, with a new salt.
    ///
    /// # Errors
    /// No random numbers, no memory, or a cost that [`is_usable`] would not accept.
    pub fn hash(&mut self, secret: &Secret) -> Result<String, AuthError> {
        let salt = random::<SALT_BYTES>()?.to_vec();
        let mut tag = vec![0; TAG_BYTES];
        self.work.derive(secret, self.cost, &salt, &mut tag)?;
        Ok(Argon2id { cost: self.cost, salt, tag }.to_string())
    }

    /// Checks `secret` against `stored`. The work does not depend on the result or on `stored`, which may be
    /// missing (no account), damaged, past the limits, of either algorithm and of any cost among `others`.
    pub fn verify(&mut self, secret: &Secret, stored: Option<&str>, others: &OtherCosts) -> PasswordMatch {
        let stored = stored.and_then(StoredHash::read);
        let (argon2, bcrypt) = match &stored {
            Some(StoredHash::Argon2id(hash)) => (Some(hash), None),
            Some(StoredHash::Bcrypt(hash)) => (None, Some(hash)),
            None => (None, None),
        };
        let at = |cost: Cost| argon2.filter(|hash| hash.cost == cost);
        // A bcrypt hash, or one at another cost, is checked below. This pass still derives, for a new hash in
        // case it matches.
        let (mut fits, renewed) = match at(self.cost) {
            Some(hash) => (self.work.matches(secret, hash), None),
            None => (false, self.hash(secret).ok()),
        };
        let own = self.cost;
        for cost in others.argon2.iter().filter(|cost| **cost != own) {
            fits |= self.matches_at(*cost, secret, at(*cost));
        }
        if let Some(hash) = argon2.filter(|hash| hash.cost != own && !others.argon2.contains(&hash.cost)) {
            fits |= self.work.matches(secret, hash);
        }
        if let Some(dearest) = others.bcrypt.max(bcrypt.map(|hash| hash.cost)) {
            fits |= self.legacy.matches(secret, bcrypt, dearest);
        }
        let is_stale = bcrypt.is_some() || argon2.is_some_and(|hash| hash.cost.is_weaker_than(self.cost));
        match renewed {
            _ if !fits => PasswordMatch::Wrong,
            Some(renewed) if is_stale => PasswordMatch::Stale(renewed),
            _ => PasswordMatch::Right,
        }
    }

    /// Returns true if `secret` is the access code from which `stored` was made. Codes are hashed at the
    /// current cost.
    pub fn verify_code(&mut self, secret: &Secret, stored: Option<&str>) -> bool {
        match stored.and_then(StoredHash::read) {
            Some(StoredHash::Argon2id(hash)) => self.work.matches(secret, &hash),
            Some(StoredHash::Bcrypt(_)) | None => self.matches_at(self.cost, secret, None),
        }
    }

    /// Derives at this cost; returns true if `hash`, which has this cost, matches `secret`.
    fn matches_at(&mut self, cost: Cost, secret: &Secret, hash: Option<&Argon2id>) -> bool {
        if let Some(hash) = hash {
            return self.work.matches(secret, hash);
        }
        // The result is not compared with anything: any salt will do.
        let nothing = self.work.derive(secret, cost, &[0; SALT_BYTES], &mut [0; TAG_BYTES]);
        let _ = std::hint::black_box(nothing);
        false
    }

    /// Frees the work buffer. Call it when no hash is waiting; the next hash allocates it again.
    pub fn release_memory(&mut self) {
        self.work.release();
    }

    /// Returns the work done so far: the costs at which argon2id has run, and the rounds of bcrypt.
    #[cfg(test)]
    pub(crate) fn worked(&self) -> (&[Cost], u64) {
        (&self.work.runs, self.legacy.rounds)
    }
}

/// Returns true if any password can match `stored`. Looks only at form and limits and does no work.
pub fn is_usable(stored: &str) -> bool {
    StoredHash::read(stored).is_some()
}

/// The fitness of a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fitness {
    Fit,
    /// It is cheaper to try passwords on than the OWASP Password Storage Cheat Sheet allows. A log-in replaces it.
    Weak,
    /// It stands for an account without a password.
    NoPassword,
    /// No password can match it.
    Unknown,
}

/// Returns the fitness of a stored hash. Looks only at form and cost and does no work.
pub fn fitness(stored: &str) -> Fitness {
    let is_weak = match StoredHash::read(stored) {
        Some(StoredHash::Argon2id(hash)) => hash.cost.is_weak(),
        Some(StoredHash::Bcrypt(hash)) => hash.cost < LEAST_BCRYPT,
        None if stored == UNUSABLE => return Fitness::NoPassword,
        None => return Fitness::Unknown,
    };
    if is_weak { Fitness::Weak } else { Fitness::Fit }
}

/// Returns the cost of a bcrypt hash that NEXUS accepts, 4 to 14.
pub fn bcrypt_cost(stored: &str) -> Option<u8> {
    match StoredHash::read(stored) {
        Some(StoredHash::Bcrypt(hash)) => Some(hash.cost),
        Some(StoredHash::Argon2id(_)) | None => None,
    }
}

/// Returns true if a check of `secret` against `stored` reads all of it: bcrypt reads 72 bytes.
pub fn reads_whole(secret: &Secret, stored: &str) -> bool {
    bcrypt_cost(stored).is_none() || secret.expose().len() <= bcrypt_hash::READ_BYTES
}

/// Returns the time after Enter at which every failed log-in is answered: the smallest multiple of half a
/// second that covers the work for all three variants of a password.
pub fn answer_after(others: &OtherCosts) -> Duration {
    /// Time of one bcrypt at cost 10, in milliseconds: 60 measured on two cores, plus a margin. It doubles at
    /// each step of cost.
    const COST_10: u64 = 80;
    /// Time of one argon2id at the standard cost, in milliseconds, likewise.
    const ARGON2: u64 = 150;
    const STEP: u64 = 500;
    let bcrypt = others.bcrypt.map_or(0, |cost| (3 * COST_10) << (cost.clamp(10, 14) - 10));
    let argon2: u64 = others.argon2.iter().map(|cost| ARGON2 * cost.work() / Cost::STANDARD.work()).sum();
    Duration::from_millis((ARGON2 + argon2 + bcrypt).div_ceil(STEP) * STEP)
}

#[cfg(test)]
mod tests;
