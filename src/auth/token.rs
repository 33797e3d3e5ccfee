//! Session tokens, the digests that are stored in their place, and directory ids.
//!
//! A token is shown once and never stored. It has 256 random bits, so it needs no slow hash (ASVS 5.0, 6.5.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::text::hex;
use crate::domain::time::Timestamp;
use crate::domain::user::UserId;

use super::{AuthError, random};

const TOKEN_PREFIX: &str = "nxs_";
const DIGEST_PREFIX: &str = "sha256:";
const DIGEST_DIGITS: usize = 64;

/// Creates a session token: `nxs_` and 32 random bytes in base64url without padding.
///
/// # Errors
/// The system has no random numbers.
pub fn new_token() -> Result<Secret, AuthError> {
    let body = Zeroizing::new(URL_SAFE_NO_PAD.encode(random::<32>()?));
    let mut token = Secret::from_text(TOKEN_PREFIX)?;
    token.push_str(&body)?;
    Ok(token)
}

/// Returns the digest that is stored for `token`: `sha256:` and the SHA-256 of its whole text in lower-case
/// hex.
pub fn digest(token: &str) -> String {
    format!("{DIGEST_PREFIX}{}", hex(&Sha256::digest(token)))
}

/// Returns true if `text` has the form of a [`digest`].
pub fn is_digest(text: &str) -> bool {
    text.strip_prefix(DIGEST_PREFIX).is_some_and(|digits| {
        digits.len() == DIGEST_DIGITS && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Creates a directory id: 16 bytes as 32 lower-case hex digits. The first 6 are the time in milliseconds, the next 4 the end of
/// the owner's id, and the rest are random: ids that are made together stand together in their index, of which an action on
/// many accounts then writes few pages.
///
/// # Errors
/// The system has no random numbers.
pub fn new_directory_id(now: Timestamp, owner: UserId) -> Result<String, AuthError> {
    let [_, _, time @ ..] = now.timestamp_millis().to_be_bytes();
    let [_, _, _, _, owner @ ..] = owner.0.to_be_bytes();
    Ok(hex(&time) + &hex(&owner) + &hex(random::<6>()?.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_prefix_and_256_bits() {
        let token = new_token().unwrap();
        let body = token.expose().strip_prefix("nxs_").unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(body).unwrap().len(), 32);
        assert!(token != new_token().unwrap());
    }

    #[test]
    fn a_digest_is_sha256_of_the_whole_text() {
        // The example of FIPS 180-4.
        assert_eq!(digest("abc"), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_ne!(digest("nxs_abc"), digest("abc"));
    }

    #[test]
    fn only_digests_look_like_digests() {
        let good = digest("abc");
        assert!(is_digest(&good));
        for text in [
            "",
            "sha256:",
            "abc",
            &good[7..],
            &good[..70],
            &format!("{good}0"),
            &good.to_uppercase(),
            &good.replace("sha256:ba", "sha256:BA"),
            &good.replace("ba78", "bg78"),
            &good.replace("ba78", "é78"),
        ] {
            assert!(!is_digest(text), "{text}");
        }
    }

    #[test]
    fn a_directory_id_is_32_hex_digits_of_which_the_first_tell_time_and_owner() {
        let at = |seconds| Timestamp::from_timestamp(seconds, 7_000_000).unwrap();
        let new = |seconds, owner| new_directory_id(at(seconds), UserId(owner)).unwrap();
        let id = new(1_700_000_000, 258);
        assert!(id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{id}");
        assert!(id.starts_with("018bcfe5680700000102"), "{id}");
        assert_ne!(id, new(1_700_000_000, 258));
        assert!(id < new(1_700_000_000, 259) && id < new(1_700_000_001, 1));
        assert_eq!(new(-1, i64::MAX).len(), 32);
    }
}
