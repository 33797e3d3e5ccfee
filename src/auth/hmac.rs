//! HMAC with SHA-256 (RFC 2104).

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The block size of SHA-256, to which HMAC pads its key.
const BLOCK: usize = 64;

/// Returns the HMAC of a message.
pub(super) fn sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let key: Zeroizing<Vec<u8>> = Zeroizing::new(match key {
        long if long.len() > BLOCK => Sha256::digest(long).to_vec(),
        short => short.to_vec(),
    });
    let padded = |pad: u8| -> Zeroizing<Vec<u8>> {
        let byte = |at: usize| key.get(at).copied().unwrap_or_default() ^ pad;
        Zeroizing::new((0..BLOCK).map(byte).collect())
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use crate::domain::text::hex;

    use super::*;

    #[test]
    fn it_gives_the_values_of_rfc_4231() {
        for (key, data, mac) in [
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".as_slice(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex(&sha256(&key, data)), mac);
        }
    }
}
