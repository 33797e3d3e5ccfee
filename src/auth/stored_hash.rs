//! Parses stored password hashes, which are hostile input: form and cost are checked before any work is done.
//! Writes the one form that NEXUS makes.

use std::fmt;
use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as B64;

use super::cost::Cost;

/// Accepted lengths of a salt, in bytes (the reference implementation asks for at least 8).
const SALT_BYTES: RangeInclusive<usize> = 8..=64;
/// Accepted lengths of a tag, in bytes (128 bits at least: a shorter one could match by chance in a large
/// store).
pub(super) const TAG_BYTES: RangeInclusive<usize> = 16..=64;
/// Accepted bcrypt costs: each step doubles the work, 14 takes about a second here.
const BCRYPT_COSTS: RangeInclusive<u8> = 4..=14;
/// The prefix of an argon2id hash. It must name version 19: parsers disagree about a missing version.
const ARGON2ID_PREFIX: &str = "$argon2id$v=19$";

/// A stored hash that a password can match.
pub(super) enum StoredHash<'a> {
    Argon2id(Argon2id),
    Bcrypt(Bcrypt<'a>),
}

/// An argon2id hash, version 19, within the limits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Argon2id {
    pub(super) cost: Cost,
    pub(super) salt: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

/// A bcrypt hash within the limits, as PHP and others write it.
pub(super) struct Bcrypt<'a> {
    pub(super) text: &'a str,
    pub(super) cost: u8,
}

impl<'a> StoredHash<'a> {
    /// Parses a stored hash; `None` for everything that no password can match.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        Argon2id::read(text).map(Self::Argon2id).or_else(|| Bcrypt::read(text).map(Self::Bcrypt))
    }
}

impl Argon2id {
    /// Parses exactly the PHC string format: this order, no further fields, no padding, no leading zeros.
    fn read(text: &str) -> Option<Self> {
        let (costs, rest) = text.strip_prefix(ARGON2ID_PREFIX)?.split_once('$')?;
        let (salt, tag) = rest.split_once('$')?;
        let cost = argon2_cost(costs)?;
        Some(Self { cost, salt: bytes(salt, &SALT_BYTES)?, tag: bytes(tag, &TAG_BYTES)? })
    }
}

/// Parses the costs of an argon2id hash, `m=…,t=…,p=…`; `None` outside the limits.
pub(super) fn argon2_cost(text: &str) -> Option<Cost> {
    let (memory, rest) = text.strip_prefix("m=")?.split_once(",t=")?;
    let (passes, lanes) = rest.split_once(",p=")?;
    let cost = Cost { memory_kib: decimal(memory)?, passes: decimal(passes)?, lanes: decimal(lanes)? };
    cost.is_accepted().then_some(cost)
}

/// Parses the cost of a bcrypt hash, two digits; `None` outside the limits.
pub(super) fn bcrypt_cost(digits: &str) -> Option<u8> {
    if digits.len() != 2 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|cost| BCRYPT_COSTS.contains(cost))
}

impl fmt::Display for Argon2id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cost { memory_kib, passes, lanes } = self.cost;
        let (salt, tag) = (B64.encode(&self.salt), B64.encode(&self.tag));
        write!(f, "{ARGON2ID_PREFIX}m={memory_kib},t={passes},p={lanes}${salt}${tag}")
    }
}

impl<'a> Bcrypt<'a> {
    /// Parses a bcrypt hash. Refuses `$2x$`, which marks hashes of an implementation with a known fault.
    fn read(text: &'a str) -> Option<Self> {
        let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
        let (digits, _) = rest.split_once('$')?;
        let cost = bcrypt_cost(digits)?;
        // Checks the length and the alphabet.
        text.parse::<bcrypt::HashParts>().ok()?;
        Some(Self { text, cost })
    }
}

fn decimal(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain)
}

fn bytes(text: &str, lengths: &RangeInclusive<usize>) -> Option<Vec<u8>> {
    // Four characters encode three bytes; nothing longer is worth decoding.
    if text.len() > lengths.end().div_ceil(3) * 4 {
        return None;
    }
    B64.decode(text).ok().filter(|bytes| lengths.contains(&bytes.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SALT: &str = "TkVYVVMtc2FsdC0xNmJ5dA";
    const TAG: &str = "EbEHmqLCpPAO/kqdKo4+zYnPWzZ0sw/OKb9PavzrQIc";

    fn is_read(text: &str) -> bool {
        StoredHash::read(text).is_some()
    }

    #[test]
    fn the_limits_themselves_are_accepted() {
        for costs in ["m=8,t=1,p=1", "m=64,t=1,p=8", "m=262144,t=10,p=8"] {
            assert!(is_read(&format!("$argon2id$v=19${costs}${SALT}${TAG}")), "{costs}");
        }
        for (salt, tag) in [(8, 16), (64, 64)] {
            let (salt, tag) = (B64.encode(vec![1; salt]), B64.encode(vec![2; tag]));
            assert!(is_read(&format!("$argon2id$v=19$m=8,t=1,p=1${salt}${tag}")));
        }
        for head in ["$2a$04", "$2b$10", "$2y$14"] {
            assert!(is_read(&format!("{head}{}", &"$RiTWTTKra0DqbAyvLkH3b.QxFZnycsrMJgWUF.lVXnlGW6rrgLt2O")));
        }
    }

    #[test]
    fn costs_past_the_limits_are_refused() {
        for costs in [
            "m=262145,t=1,p=1",
            "m=4294967295,t=1,p=1",
            "m=4294967296,t=1,p=1",
            "m=8,t=11,p=1",
            "m=8,t=4294967295,p=1",
            "m=72,t=1,p=9",
            "m=7,t=1,p=1",
            "m=15,t=1,p=2",
            "m=0,t=0,p=0",
            "m=8,t=0,p=1",
            "m=8,t=1,p=0",
        ] {
            assert!(!is_read(&format!("$argon2id$v=19${costs}${SALT}${TAG}")), "{costs}");
        }
    }

    #[test]
    fn other_spellings_of_argon2id_are_refused() {
        for text in [
            format!("$argon2id$m=8,t=1,p=1${SALT}${TAG}"),
            format!("$argon2id$v=16$m=8,t=1,p=1${SALT}${TAG}"),
            format!("$argon2id$v=019$m=8,t=1,p=1${SALT}${TAG}"),
            format!("$argon2i$v=19$m=8,t=1,p=1${SALT}${TAG}"),
            format!("$argon2d$v=19$m=8,t=1,p=1${SALT}${TAG}"),
            format!("$Argon2id$v=19$m=8,t=1,p=1${SALT}${TAG}"),
            format!(" $argon2id$v=19$m=8,t=1,p=1${SALT}${TAG}"),
            format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${TAG}\n"),
            format!("$argon2id$v=19$m=08,t=1,p=1${SALT}${TAG}"),
            format!("$argon2id$v=19$m=+8,t=1,p=1${SALT}${TAG}"),
            format!("$argon2id$v=19$m=8,t=-1,p=1${SALT}${TAG}"),
            format!("$argon2id$v=19$m=٨,t=1,p=1${SALT}${TAG}"),
            format!("$argon2id$v=19$m=,t=1,p=1${SALT}${TAG}"),
            format!("$argon2id$v=19$t=1,m=8,p=1${SALT}${TAG}"),
            format!("$argon2id$v=19$m=8,t=1,p=1,keyid=AA${SALT}${TAG}"),
            format!("$argon2id$v=19$m=8,m=8,t=1,p=1${SALT}${TAG}"),
            format!("$argon2id$v=19$m=8,t=1,p=1${SALT}"),
            format!("$argon2id$v=19$m=8,t=1,p=1${SALT}$"),
            format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${TAG}$"),
            format!("$argon2id$v=19$m=8,t=1,p=1${SALT}==${TAG}"),
            format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${TAG}="),
            format!("$argon2id$v=19$m=8,t=1,p=1$TkVYVVMtc2FsdC0xNmJ5dB${TAG}"),
            format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${}", TAG.replace('/', "_")),
            format!("$argon2id$v=19$m=8,t=1,p=1${}${TAG}", B64.encode([1; 7])),
            format!("$argon2id$v=19$m=8,t=1,p=1${}${TAG}", B64.encode([1; 65])),
            format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${}", B64.encode([1; 15])),
            format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${}", B64.encode([1; 65])),
            format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${}", "A".repeat(1 << 20)),
        ] {
            assert!(!is_read(&text), "{}", text.get(..80).unwrap_or(&text));
        }
    }

    #[test]
    fn other_spellings_of_bcrypt_are_refused() {
        let rest = "RiTWTTKra0DqbAyvLkH3b.QxFZnycsrMJgWUF.lVXnlGW6rrgLt2O";
        for text in [
            format!("$2x$10${rest}"),
            format!("$2$10${rest}"),
            format!("$2y$03${rest}"),
            format!("$2y$15${rest}"),
            format!("$2y$31${rest}"),
            format!("$2y$+9${rest}"),
            format!("$2y$9${rest}"),
            format!("$2y$010${rest}"),
            format!("$2y$10${rest}A"),
            format!("$2y$10${}", &rest[..52]),
            format!("$2y$10${}", rest.replace('Q', "=")),
            format!("$2y$10${}", rest.replace("Qx", "é")),
            format!("$2y$10${rest}\n"),
        ] {
            assert!(!is_read(&text), "{text}");
        }
    }

    #[test]
    fn other_hashes_are_refused() {
        for text in [
            "",
            "!",
            "*",
            "$",
            "hunter2",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "$1$abc$def",
            "$6$abc$def",
            "\0",
        ] {
            assert!(!is_read(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "(\\$(argon2id|2y|2a)\\$)?(v=19\\$)?\\PC{0,80}") {
            StoredHash::read(&text);
        }

        #[test]
        fn what_is_written_is_read_back(
            lanes in 1u32..=8,
            memory in 64u32..=262_144,
            passes in 1u32..=10,
            salt in prop::collection::vec(any::<u8>(), SALT_BYTES),
            tag in prop::collection::vec(any::<u8>(), TAG_BYTES),
        ) {
            let hash = Argon2id { cost: Cost { memory_kib: memory, passes, lanes }, salt, tag };
            prop_assert_eq!(Argon2id::read(&hash.to_string()), Some(hash));
        }

        #[test]
        fn what_is_read_is_the_only_spelling(change in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut text = format!("$argon2id$v=19$m=8,t=1,p=1${SALT}${TAG}").into_bytes();
            let at = change.index(text.len());
            text[at] = to;
            if let Ok(text) = String::from_utf8(text) && let Some(hash) = Argon2id::read(&text) {
                prop_assert_eq!(hash.to_string(), text);
            }
        }
    }
}
