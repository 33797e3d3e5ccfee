//! Session tokens: random, shown once, stored as digests only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{AuthError, hex, random};
use crate::domain::secret::Secret;

/// What every token begins with, so that a leaked one can be told for what it is.
const PREFIX: &str = "nxs_";
/// What every stored digest begins with.
const DIGEST_PREFIX: &str = "sha256:";
/// Random bytes in a token: 256 bits (OWASP ASVS 7.2.3 asks for 128).
const TOKEN_BYTES: usize = 32;
/// Random bytes in a directory's id.
const DIRECTORY_ID_BYTES: usize = 16;

/// A new token: `nxs_` and 256 random bits in base64url (RFC 4648, section 5, without padding).
pub fn new_token() -> Result<Secret, AuthError> {
    let bytes = Zeroizing::new(random::<TOKEN_BYTES>()?);
    let mut text = [0; 43];
    let mut token = Secret::new();
    let written = URL_SAFE_NO_PAD.encode_slice(*bytes, &mut text).unwrap_or_default();
    let text = Zeroizing::new(text);
    let text = text.get(..written).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default();
    // Both fit into a secret.
    let _ = token.push_str(PREFIX).and_then(|()| token.push_str(text));
    Ok(token)
}

/// What is stored of a token: `sha256:` and the 64 lower-case hex digits of the SHA-256 (FIPS 180-4) of its text.
pub fn digest(token: &str) -> String {
    format!("{DIGEST_PREFIX}{}", hex(&Sha256::digest(token.as_bytes())))
}

/// Whether `text` has the form of a stored digest.
pub fn is_digest(text: &str) -> bool {
    text.strip_prefix(DIGEST_PREFIX)
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

/// A new directory's id: 32 random lower-case hex digits.
pub fn new_directory_id() -> Result<String, AuthError> {
    Ok(hex(&random::<DIRECTORY_ID_BYTES>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (a, b) = (new_token().unwrap(), new_token().unwrap());
        assert_eq!(a.expose().len(), 4 + 43);
        assert!(a.expose().starts_with("nxs_"));
        assert!(a != b);
    }

    #[test]
    fn a_digest_is_the_sha_256_of_the_whole_text() {
        // NIST's example for the one-block message "abc".
        let abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest("abc"), abc);
        assert!(is_digest(abc));
    }

    #[test]
    fn other_texts_are_no_digests() {
        for text in [
            "",
            "sha256:",
            "BuDUBB52yXDIvTLUcSmRTFDDJqOfsR7V",
            &digest("x").to_uppercase(),
            &digest("x")[1..],
        ] {
            assert!(!is_digest(text), "{text}");
        }
    }

    #[test]
    fn directory_ids_are_32_hex_digits() {
        let id = new_directory_id().unwrap();
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()));
    }
}
