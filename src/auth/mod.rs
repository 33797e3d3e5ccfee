//! Floor 1: password hashing, tokens, codes, and the policy for new passwords.
//!
//! Nothing here knows a store or a clock. Stored hashes are hostile input: they are checked for form and cost before
//! any work is done for them.

pub mod code;
mod legacy;
pub mod password;
mod phc;
pub mod policy;
pub mod token;

/// Why a secret could not be made or hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random numbers")]
    NoRandomness,
    /// Hashing failed: no memory for it.
    #[error("the password could not be hashed")]
    Hashing,
}

/// Bytes from the operating system's random number generator.
fn random<const N: usize>() -> Result<[u8; N], AuthError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| AuthError::NoRandomness)?;
    Ok(bytes)
}

/// Lower-case hex digits.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
