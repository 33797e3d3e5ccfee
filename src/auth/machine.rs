//! A name for this machine that does not reveal its id: machine-id(5) asks for a keyed hash before the id goes
//! anywhere.

use sha2::{Digest as _, Sha256};

use crate::domain::text::hex;

/// The block size of SHA-256, to which HMAC pads its key (RFC 2104).
const BLOCK: usize = 64;
/// The message, specific to this program: other programs get other hashes of the same id.
const PROGRAM: &[u8] = b"nexus console session";
/// Number of bytes kept of the hash.
const HASH_BYTES: usize = 16;

/// Returns a keyed hash of a machine id, in hex digits: HMAC-SHA-256 with the id as the key.
pub fn hash(machine_id: &str) -> String {
    let key: Vec<u8> = match machine_id.as_bytes() {
        long if long.len() > BLOCK => Sha256::digest(long).to_vec(),
        short => short.to_vec(),
    };
    let padded = |pad: u8| -> Vec<u8> {
        let byte = |at: usize| key.get(at).copied().unwrap_or_default() ^ pad;
        (0..BLOCK).map(byte).collect()
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(PROGRAM).finalize();
    let outer = Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize();
    hex(outer.get(..HASH_BYTES).unwrap_or_default())
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
