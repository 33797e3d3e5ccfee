//! Access codes: eight characters that a person can read out.

use zeroize::Zeroizing;

use super::{AuthError, random};
use crate::domain::secret::Secret;

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters in a code: 40 bits (OWASP ASVS 6.5.4 asks for 20).
const LENGTH: usize = 8;
/// Wrong tries after which a code is dead (security policy 3.5).
pub const TRIES: u32 = 5;

/// A new code as it is shown: `XXXX-XXXX`.
pub fn new_code() -> Result<Secret, AuthError> {
    let bytes = Zeroizing::new(random::<LENGTH>()?);
    let mut code = Secret::new();
    for (at, byte) in bytes.iter().enumerate() {
        // 256 is a multiple of 32: every character is as likely as any other.
        let c = ALPHABET.get(usize::from(byte % 32)).map_or('0', |c| char::from(*c));
        // Nine characters fit into a secret.
        let _ = if at == 4 { code.push_str("-") } else { Ok(()) };
        let _ = code.push_str(c.encode_utf8(&mut [0; 4]));
    }
    Ok(code)
}

/// The eight characters of what was typed, if it has the form of a code: capitals, dashes and blanks dropped, `O` read
/// as `0`, `I` and `L` as `1`. This is what is hashed.
pub fn normalise(typed: &Secret) -> Option<Secret> {
    let mut code = Secret::new();
    for c in typed.expose().chars() {
        let c = match c.to_ascii_uppercase() {
            '-' | ' ' => continue,
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        if !c.is_ascii() || !ALPHABET.contains(&(c as u8)) || code.chars() == LENGTH {
            return None;
        }
        code.push_str(c.encode_utf8(&mut [0; 4])).ok()?;
    }
    (code.chars() == LENGTH).then_some(code)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normal(text: &str) -> Option<String> {
        normalise(&Secret::from_text(text).unwrap()).map(|code| code.expose().to_owned())
    }

    #[test]
    fn a_code_is_shown_in_two_groups() {
        let code = new_code().unwrap();
        assert_eq!((code.chars(), code.expose().find('-')), (9, Some(4)));
        assert!(code != new_code().unwrap());
        assert!(normalise(&code).is_some());
    }

    #[test]
    fn what_people_type_is_understood() {
        for typed in ["ABCD-0123", "abcd 0123", "abcdo1z3", " abcd-O1 23 "] {
            assert!(normal(typed).is_some(), "{typed}");
        }
        assert_eq!(normal("abcd-oil3").as_deref(), Some("ABCD0113"));
    }

    #[test]
    fn what_is_no_code_is_not_taken_for_one() {
        for typed in ["", "ABCD-012", "ABCD-01234", "ABCU-0123", "Correct horse battery 1", "ÄBCD0123"] {
            assert_eq!(normal(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_code_stays_as_it_is(typed in "[A-Za-z0-9 -]{0,12}") {
            if let Some(code) = normal(&typed) {
                let again = normal(&code);
                prop_assert_eq!(again, Some(code));
            }
        }
    }
}
