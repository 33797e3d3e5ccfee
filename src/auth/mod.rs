//! Layer 1: password hashing, tokens, codes, the rule for new passwords, and the delays after failed log-ins.
//!
//! Nothing here knows accounts, the store or the clock. Nothing here prints or keeps a secret.

mod argon;
mod bcrypt_hash;
pub mod checksum;
pub mod code;
mod cost;
mod hmac;
pub mod machine;
pub mod password;
pub mod policy;
pub mod seal;
pub mod stack;
mod stored_hash;
pub mod throttle;
pub mod token;
pub mod totp;

use zeroize::Zeroizing;

use crate::domain::secret::TooLong;

/// The reason that no hash, token or code could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The operating system gave no random bytes.
    #[error("the operating system returned no random numbers")]
    NoRandomness,
    /// Too little memory for Argon2, or a cost at which no log-in would accept the result.
    #[error("the password could not be hashed")]
    Hashing,
    /// A secret could not be sealed with the key file's key.
    #[error("the secret could not be encrypted")]
    Sealing,
    /// The generated text does not fit into a secret.
    #[error(transparent)]
    TooLong(#[from] TooLong),
}

/// Returns `N` bytes from the system's random source.
fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, AuthError> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| AuthError::NoRandomness)?;
    Ok(bytes)
}
