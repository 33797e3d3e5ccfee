//! Time-based one-time passwords (RFC 6238): the secret that an authenticator app shares, and the codes that it shows.
//!
//! SHA-1, six digits and 30 seconds are what every app understands; SHA-1 is sound in HMAC (RFC 4226, B.2).

use std::fmt;

use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::text::hex;
use crate::domain::time::Timestamp;

use super::{AuthError, random};

/// Number of bytes in a secret (RFC 4226, 4: 160 bits are recommended).
pub const SECRET_BYTES: usize = 20;
/// Number of digits in a code.
pub const DIGITS: usize = 6;
/// Duration of a time step, in seconds (RFC 6238, 5.2).
const STEP_SECONDS: i64 = 30;
/// The name under which an app shows the account.
const ISSUER: &str = "NEXUS";
/// Maximum length of the account's name in a URI, so that its QR code has at most 37 modules a side.
const MOST_LABEL: usize = 28;
/// The digits of base 32 (RFC 4648, 6).
const BASE_32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A secret that an authenticator app shares.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(Zeroizing<[u8; SECRET_BYTES]>);

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl TotpSecret {
    /// Creates a random secret.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn new() -> Result<Self, AuthError> {
        Ok(Self(random()?))
    }

    /// Returns the secret with these bytes, or `None` if their number is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// Returns the bytes of the secret.
    pub fn bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    /// Returns the secret that a text in base 32 stands for, or `None` if it is none.
    pub fn parse(text: &Secret) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
        let digits = text.expose().as_bytes();
        if digits.len() * 5 != SECRET_BYTES * 8 {
            return None;
        }
        // Eight digits hold five bytes.
        for (five, eight) in bytes.chunks_exact_mut(5).zip(digits.chunks_exact(8)) {
            let mut bits: u64 = 0;
            for digit in eight {
                let value = BASE_32.iter().position(|known| known == digit)?;
                bits = bits << 5 | u64::try_from(value).ok()?;
            }
            five.copy_from_slice(bits.to_be_bytes().get(3..)?);
        }
        Some(Self(bytes))
    }

    /// Returns the secret in base 32, as people type it into an app.
    ///
    /// # Errors
    /// None in practice: the text fits into a secret.
    pub fn to_text(&self) -> Result<Secret, AuthError> {
        let mut text = Secret::new();
        for five in self.0.chunks_exact(5) {
            let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            for shift in (0..8).rev() {
                let digit = usize::try_from(bits >> (shift * 5) & 31).unwrap_or_default();
                let digit = BASE_32.get(digit).copied().unwrap_or_default();
                text.push_str(char::from(digit).encode_utf8(&mut [0; 4]))?;
            }
        }
        Ok(text)
    }

    /// Returns the URI that an app reads from a QR code; `label` names the account.
    ///
    /// # Errors
    /// None in practice: the text fits into a secret.
    pub fn uri(&self, label: &str) -> Result<Secret, AuthError> {
        let mut uri = Secret::from_text("otpauth://totp/")?;
        uri.push_str(ISSUER)?;
        uri.push_str(":")?;
        uri.push_str(&escaped(label))?;
        uri.push_str("?secret=")?;
        uri.push_str(self.to_text()?.expose())?;
        uri.push_str("&issuer=")?;
        uri.push_str(ISSUER)?;
        Ok(uri)
    }

    /// Returns the time step that the typed code belongs to: the present one, the one before or the one after (RFC 6238, 5.2).
    /// `None` if it belongs to none of them. Codes of steps up to `used` are refused: each is accepted once.
    pub fn step_of(&self, code: &Secret, now: Timestamp, used: i64) -> Option<i64> {
        let code: Zeroizing<String> =
            code.expose().chars().filter(|c| !c.is_whitespace()).collect::<String>().into();
        let now = u64::try_from(now.timestamp()).ok()?;
        let step = self.totp().check(&code, now)?;
        i64::try_from(step).ok().filter(|step| *step > used)
    }

    /// Returns the code of the present time step.
    #[cfg(test)]
    pub fn code(&self, now: Timestamp) -> String {
        self.totp().generate(u64::try_from(now.timestamp()).unwrap_or_default()).to_string()
    }

    fn totp(&self) -> Totp {
        Builder::new()
            .with_digits(DIGITS as u8)
            .with_skew(1)
            .with_step_duration(STEP_SECONDS as u64)
            .with_secret(*self.0)
            .build_noncompliant()
    }
}

/// Returns true if what was typed has the form of a code.
pub fn may_be_code(typed: &Secret) -> bool {
    let mut digits = 0;
    typed.expose().chars().filter(|c| !c.is_whitespace()).all(|c| {
        digits += 1;
        c.is_ascii_digit()
    }) && digits == DIGITS
}

/// Returns a name for a URI (RFC 3986, 2.1), cut where it is too long.
fn escaped(label: &str) -> String {
    let mut escaped = String::new();
    for c in label.chars() {
        let whole = escaped.len();
        if c.is_ascii_alphanumeric() || "-._~".contains(c) {
            escaped.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).as_bytes() {
                escaped.push('%');
                escaped.push_str(&hex(&[*byte]).to_uppercase());
            }
        }
        if escaped.len() > MOST_LABEL {
            escaped.truncate(whole);
            break;
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::time::{Duration, from_stored};

    fn secret(text: &str) -> Secret {
        Secret::from_text(text).unwrap()
    }

    /// Returns the secret of RFC 6238, appendix B: the ASCII text 12345678901234567890.
    fn of_the_rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    /// The times of appendix B, and the last six digits of its eight.
    const VECTORS: [(&str, &str); 6] = [
        ("1970-01-01 00:00:59", "287082"),
        ("2005-03-18 01:58:29", "081804"),
        ("2005-03-18 01:58:31", "050471"),
        ("2009-02-13 23:31:30", "005924"),
        ("2033-05-18 03:33:20", "279037"),
        ("2603-10-11 11:33:20", "353130"),
    ];

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (at, code) in VECTORS {
            let at = from_stored(at).unwrap();
            assert_eq!(of_the_rfc().code(at), code, "{at}");
            assert_eq!(of_the_rfc().step_of(&secret(code), at, 0), Some(at.timestamp() / 30), "{at}");
        }
    }

    #[test]
    fn a_code_is_good_one_step_early_and_one_step_late() {
        let at = from_stored("2026-11-23 12:00:00").unwrap();
        let (key, code) = (of_the_rfc(), secret(&of_the_rfc().code(at)));
        let step = at.timestamp() / 30;
        for (seconds, good) in [(-31, false), (-30, true), (-1, true), (0, true), (59, true), (60, false)] {
            let found = key.step_of(&code, at + Duration::seconds(seconds), 0);
            assert_eq!(found, good.then_some(step), "{seconds}");
        }
    }

    #[test]
    fn no_code_is_accepted_twice() {
        let at = from_stored("2026-11-23 12:00:00").unwrap();
        let (key, step) = (of_the_rfc(), at.timestamp() / 30);
        let code = |steps: i64| secret(&of_the_rfc().code(at + Duration::seconds(30 * steps)));
        assert_eq!(key.step_of(&code(0), at, step), None, "the same again");
        assert_eq!(key.step_of(&code(-1), at, step), None, "an earlier one");
        assert_eq!(key.step_of(&code(1), at, step), Some(step + 1));
    }

    #[test]
    fn only_six_digits_are_a_code() {
        let at = from_stored("2005-03-18 01:58:29").unwrap();
        assert!(of_the_rfc().step_of(&secret(" 081 804\t"), at, 0).is_some());
        for typed in ["", "81804", "07081804", "+81804", "o81804", "081804x", "٠٨١٨٠٤"] {
            assert_eq!(of_the_rfc().step_of(&secret(typed), at, 0), None, "{typed}");
            assert!(!may_be_code(&secret(typed)), "{typed}");
        }
        assert!(may_be_code(&secret("081 804")));
    }

    #[test]
    fn base_32_is_that_of_the_rfc() {
        // RFC 4648, 10: "foobar" is MZXW6YTBOI; here a text of 20 bytes.
        let text = of_the_rfc().to_text().unwrap();
        assert_eq!(text.expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(TotpSecret::parse(&text), Some(of_the_rfc()));
        for wrong in ["", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq", "GEZDGNBV"]
        {
            assert_eq!(TotpSecret::parse(&secret(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn a_uri_names_the_account_and_stays_short() {
        let uri = |label: &str| of_the_rfc().uri(label).unwrap().expose().to_owned();
        let rest = "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=NEXUS";
        assert_eq!(uri("ada"), format!("otpauth://totp/NEXUS:ada{rest}"));
        assert_eq!(uri("zoë@x?a&b"), format!("otpauth://totp/NEXUS:zo%C3%AB%40x%3Fa%26b{rest}"));
        assert_eq!(uri("\u{1b}[2J"), format!("otpauth://totp/NEXUS:%1B%5B2J{rest}"));
        let long = uri(&"日".repeat(200));
        assert!(long.len() <= 106 && long.ends_with(rest), "{long}");
        assert!(uri(&"a".repeat(200)).len() <= 106);
    }

    #[test]
    fn nothing_of_it_is_printed() {
        assert_eq!(format!("{:?}", of_the_rfc()), "TotpSecret(…)");
    }

    proptest! {
        #[test]
        fn any_secret_comes_back_from_its_text(bytes in any::<[u8; SECRET_BYTES]>()) {
            let key = TotpSecret::from_bytes(&bytes).unwrap();
            prop_assert_eq!(TotpSecret::parse(&key.to_text().unwrap()), Some(key));
        }
    }
}
