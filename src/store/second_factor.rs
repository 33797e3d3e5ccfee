//! The second factors of accounts, as they are stored.

use crate::domain::time::Timestamp;
use crate::domain::user::UserId;

use super::Result;

/// A second factor as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret that an app shares, sealed with the key of the key file.
    pub sealed: Vec<u8>,
    /// The time at which the first code was accepted; `None` while it waits for one.
    pub since: Option<Timestamp>,
    /// The time step of the last code that was accepted (RFC 6238, 4.2).
    pub last_step: i64,
    /// Keyed hashes of the recovery codes that are left.
    pub recovery_codes: Vec<String>,
}

/// Reads of second factors.
pub trait ReadSecondFactors {
    /// Returns the second factor of an account.
    fn second_factor(&self, id: UserId) -> Result<Option<SecondFactor>>;
    /// Returns the sealed secrets of at most so many accounts behind `after`, in order of their ids.
    fn sealed_secrets(&self, after: UserId, most: u32) -> Result<Vec<(UserId, Vec<u8>)>>;
}

/// Changes of second factors.
pub trait WriteSecondFactors {
    /// Sets or removes the second factor of an account.
    fn set_second_factor(&mut self, id: UserId, factor: Option<&SecondFactor>) -> Result<()>;
}
