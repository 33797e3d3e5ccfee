//! A name for this machine that does not reveal its id: machine-id(5) asks for a keyed hash before the id goes
//! anywhere.

use crate::domain::text::hex;

use super::hmac;

/// The message, specific to this program: other programs get other hashes of the same id.
const PROGRAM: &[u8] = b"nexus console session";
/// Number of bytes kept of the hash.
const HASH_BYTES: usize = 16;

/// Returns a keyed hash of a machine id, in hex digits: HMAC-SHA-256 with the id as the key.
pub fn hash(machine_id: &str) -> String {
    let mac = hmac::sha256(machine_id.as_bytes(), PROGRAM);
    hex(mac.get(..HASH_BYTES).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_hmac_of_the_program_by_the_machine_s_id() {
        // printf 'nexus console session' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
        assert_eq!(hash("0123456789abcdef0123456789abcdef"), "957ad5be1c2a6d4a86f011a84ce9cd94");
        assert_ne!(hash(""), hash("x"));
        assert_eq!(hash(&"x".repeat(100)).len(), 2 * HASH_BYTES);
    }
}
