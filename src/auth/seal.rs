//! Secrets that are stored and must be read again: sealed with a key that is not in the store.
//!
//! XChaCha20-Poly1305 has nonces so long that random ones never meet (draft-irtf-cfrg-xchacha-03, 2.1); the cipher itself is
//! that of RFC 8439.

use std::fmt;

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::text::hex;

use super::{AuthError, hmac, random};

/// Number of bytes in a key.
pub const KEY_BYTES: usize = 32;
/// Number of bytes in a nonce, which stands before the sealed text.
const NONCE_BYTES: usize = 24;
/// Keeps hashes apart from other uses of the key.
const FOR_HASHES: &[u8] = b"NEXUS recovery codes";

/// A key for sealing.
#[derive(Clone, PartialEq, Eq)]
pub struct SealingKey(Zeroizing<[u8; KEY_BYTES]>);

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

impl SealingKey {
    /// Creates a random key.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn new() -> Result<Self, AuthError> {
        Ok(Self(random()?))
    }

    /// Returns the key with these bytes, or `None` if their number is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// Returns the key that a text of 64 hex digits stands for, or `None` if it is none.
    pub fn parse(text: &Secret) -> Option<Self> {
        let digits = text.expose().as_bytes();
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        if digits.len() != 2 * KEY_BYTES {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in pair {
                let value = char::from(*digit).to_digit(16)?;
                *byte = *byte << 4 | u8::try_from(value).ok()?;
            }
        }
        Some(Self(bytes))
    }

    /// Returns the key as 64 hex digits.
    ///
    /// # Errors
    /// None in practice: the text fits into a secret.
    pub fn to_text(&self) -> Result<Secret, AuthError> {
        let text = Zeroizing::new(hex(self.bytes()));
        Ok(Secret::from_text(&text)?)
    }

    /// Returns the bytes of the key.
    pub fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Seals a text that belongs to `owner`: for another one it cannot be opened.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn seal(&self, text: &[u8], owner: &str) -> Result<Vec<u8>, AuthError> {
        let nonce = random::<NONCE_BYTES>()?;
        let payload = Payload { msg: text, aad: owner.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(*nonce), payload);
        let sealed = sealed.map_err(|_| AuthError::Sealing)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens a sealed text. Returns `None` if it was sealed with another key or for another owner, or is damaged.
    pub fn open(&self, sealed: &[u8], owner: &str) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: owner.as_bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }

    /// Returns a keyed hash of a secret that belongs to `owner`, in hex (HMAC, RFC 2104). Without the key, nobody can
    /// test guesses against it.
    pub fn hash(&self, secret: &Secret, owner: &str) -> String {
        let parts = [FOR_HASHES, owner.as_bytes(), secret.expose().as_bytes(), &[]];
        let message = Zeroizing::new(parts.join(&0));
        hex(&hmac::sha256(self.bytes(), &message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SealingKey {
        SealingKey::from_bytes(&[byte; KEY_BYTES]).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_for_its_owner_only() {
        let sealed = key(1).seal(b"secret", "account 7").unwrap();
        assert_eq!(key(1).open(&sealed, "account 7").unwrap().as_slice(), b"secret");
        assert_eq!(key(2).open(&sealed, "account 7"), None);
        assert_eq!(key(1).open(&sealed, "account 8"), None);
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_ne!(sealed, key(1).seal(b"secret", "account 7").unwrap(), "each has a nonce of its own");
    }

    #[test]
    fn one_bit_less_opens_nothing() {
        let sealed = key(1).seal(b"secret", "account 7").unwrap();
        for at in 0..sealed.len() {
            let mut other = sealed.clone();
            other[at] ^= 1;
            assert_eq!(key(1).open(&other, "account 7"), None, "{at}");
            assert_eq!(key(1).open(&sealed[..at], "account 7"), None, "{at}");
        }
    }

    /// draft-irtf-cfrg-xchacha-03, A.3.1.
    #[test]
    fn the_cipher_is_that_of_the_draft() {
        let key: Vec<u8> = (0x80..0xa0).collect();
        let nonce: Vec<u8> = (0x40..0x58).collect();
        let text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let aad = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let cipher = SealingKey::from_bytes(&key).unwrap().cipher();
        let nonce = XNonce::from(<[u8; NONCE_BYTES]>::try_from(nonce.as_slice()).unwrap());
        let sealed = cipher.encrypt(&nonce, Payload { msg: text, aad: &aad }).unwrap();
        assert_eq!(hex(&sealed[..16]), "bd6d179d3e83d43b9576579493c0e939");
        assert_eq!(hex(&sealed[text.len()..]), "c0875924c1c7987947deafd8780acf49");
    }

    #[test]
    fn a_hash_depends_on_key_owner_and_secret() {
        let hash = |byte, text, owner| key(byte).hash(&Secret::from_text(text).unwrap(), owner);
        let first = hash(1, "7K1M0QRS", "account 7");
        assert_eq!((first.len(), &first), (64, &hash(1, "7K1M0QRS", "account 7")));
        for other in [
            hash(2, "7K1M0QRS", "account 7"),
            hash(1, "7K1M0QRT", "account 7"),
            hash(1, "7K1M0QRS", "account 8"),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_key_comes_back_from_its_text() {
        let key = SealingKey::new().unwrap();
        let text = key.to_text().unwrap();
        assert_eq!(text.chars(), 64);
        assert_eq!(SealingKey::parse(&text), Some(key));
        for wrong in ["", "00", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"+".repeat(64)] {
            assert_eq!(SealingKey::parse(&Secret::from_text(wrong).unwrap()), None, "{wrong}");
        }
    }

    #[test]
    fn nothing_of_a_key_is_printed() {
        assert_eq!(format!("{:?}", key(7)), "SealingKey(…)");
    }
}
