//! Access codes: one-time codes with which the owner of an account sets a password.
//!
//! A code has only 40 bits, so it is stored like a password, hashed by [`Hasher`](super::password::Hasher)
//! (ASVS 5.0, 6.5.2). Its life is decided, and tries are counted, elsewhere.

use crate::domain::secret::Secret;

use super::{AuthError, random};

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M',
    'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];
/// Number of wrong tries after which a code becomes invalid (ASVS 5.0, 6.5.1; 5 of 2^40 can be tried).
pub const TRIES: u32 = 5;
/// Number of characters in a code, 5 bits each.
const LENGTH: usize = 8;

/// Creates a code of 40 random bits, `XXXX-XXXX`. Its [`normalise`]d form is what gets hashed.
///
/// # Errors
/// The system has no random numbers.
pub fn new_code() -> Result<Secret, AuthError> {
    let mut code = Secret::new();
    // 256 is a multiple of 32, so the low five bits of a random byte are uniform.
    for (at, byte) in random::<LENGTH>()?.iter().enumerate() {
        if at == LENGTH / 2 {
            code.push_str("-")?;
        }
        let digit = ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or_default();
        code.push_str(digit.encode_utf8(&mut [0; 4]))?;
    }
    Ok(code)
}

/// Returns the eight characters of a typed code, or `None` if it is not one. Case, dashes and blanks do not
/// matter; O is read as 0, and I and L as 1.
pub fn normalise(typed: &Secret) -> Option<Secret> {
    let mut code = Secret::new();
    for c in typed.expose().chars().filter(|c| *c != '-' && !c.is_whitespace()) {
        let digit = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        if !ALPHABET.contains(&digit) {
            return None;
        }
        code.push_str(digit.encode_utf8(&mut [0; 4])).ok()?;
    }
    (code.chars() == LENGTH).then_some(code)
}

/// The code of an invitation: the number of the invitation, and a code.
#[derive(Debug, Clone, PartialEq)]
pub struct InvitationCode {
    pub number: i64,
    /// As [`normalise`] returns it, or as [`new_code`] does.
    pub code: Secret,
}

impl InvitationCode {
    /// Returns the code that was typed, `12-XXXX-XXXX`, as tolerantly as [`normalise`] does; `None` if it is not one.
    pub fn parse(typed: &Secret) -> Option<Self> {
        let letters = || typed.expose().chars().filter(|c| *c != '-' && !c.is_whitespace());
        let digits = letters().count().checked_sub(LENGTH)?;
        let number: String = letters().take(digits).collect();
        let mut code = Secret::new();
        for letter in letters().skip(digits) {
            code.push_str(letter.encode_utf8(&mut [0; 4])).ok()?;
        }
        let is_number = number.bytes().all(|digit| digit.is_ascii_digit());
        let number = number.parse().ok().filter(|_| is_number)?;
        Some(Self { number, code: normalise(&code)? })
    }

    /// Returns the code as it is shown once.
    ///
    /// # Errors
    /// It does not fit into a secret.
    pub fn shown(&self) -> Result<Secret, AuthError> {
        let mut shown = Secret::from_text(&format!("{}-", self.number))?;
        shown.push_str(self.code.expose())?;
        Ok(shown)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::auth::password::{Cost, Hasher};

    fn normalised(text: &str) -> Option<String> {
        normalise(&Secret::from_text(text).unwrap()).map(|code| code.expose().to_owned())
    }

    #[test]
    fn a_code_is_two_groups_of_four() {
        let code = new_code().unwrap();
        let (left, right) = code.expose().split_once('-').unwrap();
        assert_eq!((left.len(), right.len()), (4, 4));
        assert_eq!(normalised(code.expose()).unwrap(), format!("{left}{right}"));
        assert!(code != new_code().unwrap());
    }

    #[test]
    fn all_digits_occur() {
        let mut seen = [false; 32];
        for _ in 0..200 {
            for c in new_code().unwrap().expose().chars().filter(|c| *c != '-') {
                seen[ALPHABET.iter().position(|digit| *digit == c).unwrap()] = true;
            }
        }
        assert!(seen.iter().all(|seen| *seen));
    }

    #[test]
    fn what_people_type_is_understood() {
        for typed in ["7K1M-0QRS", "7k1m0qrs", " 7kim - oqrs\n", "7-K-l-M-O-Q-R-S", "7kLm\toQrS"] {
            assert_eq!(normalised(typed).as_deref(), Some("7K1M0QRS"), "{typed}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for typed in
            ["", "-", "7K1M-0QR", "7K1M-0QRS9", "7K1M-0QRU", "7K1M–0QRS", "7K1M_0QRS", "日本語日本語日本"]
        {
            assert_eq!(normalised(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_typed_code_meets_its_hash() {
        let mut hasher = Hasher::new(Cost::CHEAPEST).unwrap();
        let code = new_code().unwrap();
        let stored = hasher.hash(&normalise(&code).unwrap()).unwrap();
        let typed = Secret::from_text(&code.expose().to_lowercase()).unwrap();
        assert!(hasher.verify_code(&normalise(&typed).unwrap(), Some(&stored)));
    }

    #[test]
    fn the_code_of_an_invitation_begins_with_its_number() {
        let code = Secret::from_text("7K1M-0QRS").unwrap();
        let shown = InvitationCode { number: 12, code }.shown().unwrap();
        assert_eq!(shown.expose(), "12-7K1M-0QRS");
        for typed in ["12-7K1M-0QRS", "12 7klm oqrs", "127K1M0QRS", " 12-7K1M-0QRS\n"] {
            let parsed = InvitationCode::parse(&Secret::from_text(typed).unwrap()).unwrap();
            assert_eq!((parsed.number, parsed.code.expose()), (12, "7K1M0QRS"), "{typed}");
        }
        for typed in ["", "12", "7K1M-0QRS", "x-7K1M-0QRS", "-1-7K1M-0QRU", "99999999999999999999-7K1M-0QRS"]
        {
            assert_eq!(InvitationCode::parse(&Secret::from_text(typed).unwrap()), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(typed in "[0-9A-Za-z -]{0,12}|\\PC{0,12}") {
            if let Some(once) = normalised(&typed) {
                prop_assert_eq!(normalised(&once), Some(once));
            }
        }
    }
}
