//! The stored form of an argon2id hash: the PHC string format, read as strictly as it is written.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::password::Cost;

/// What is worked for at all; over it a stored hash never matches (security policy A11).
const MEMORY_KIB: std::ops::RangeInclusive<u32> = 8..=262_144;
const PASSES: std::ops::RangeInclusive<u32> = 1..=10;
const LANES: std::ops::RangeInclusive<u32> = 1..=8;
const SALT_BYTES: std::ops::RangeInclusive<usize> = 8..=64;
const TAG_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

/// The parts of a stored hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phc {
    pub(super) cost: Cost,
    pub(super) salt: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

impl Phc {
    /// Reads `$argon2id$v=19$m=…,t=…,p=…$salt$tag`; `None` for anything else, and for costs over the caps.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let (costs, salt, tag) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let mut costs = costs.split(',');
        let cost = Cost {
            memory_kib: number(costs.next()?, "m=")?,
            passes: number(costs.next()?, "t=")?,
            lanes: number(costs.next()?, "p=")?,
        };
        let in_bounds = MEMORY_KIB.contains(&cost.memory_kib)
            && PASSES.contains(&cost.passes)
            && LANES.contains(&cost.lanes)
            && cost.memory_kib >= 8 * cost.lanes;
        if costs.next().is_some() || !in_bounds {
            return None;
        }
        let salt = STANDARD_NO_PAD.decode(salt).ok().filter(|salt| SALT_BYTES.contains(&salt.len()))?;
        let tag = STANDARD_NO_PAD.decode(tag).ok().filter(|tag| TAG_BYTES.contains(&tag.len()))?;
        Some(Self { cost, salt, tag })
    }

    /// Writes it.
    pub(super) fn text(&self) -> String {
        let Cost { memory_kib, passes, lanes } = self.cost;
        let (salt, tag) = (STANDARD_NO_PAD.encode(&self.salt), STANDARD_NO_PAD.encode(&self.tag));
        format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${tag}")
    }
}

/// A decimal number without leading zeros, after its name.
fn number(text: &str, name: &str) -> Option<u32> {
    let digits = text.strip_prefix(name)?;
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    plain.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$TkVYVVMtc2FsdC0xNmJ5dA$EbEHmqLCpPAO/kqdKo4+zYnPWzZ0sw/OKb9PavzrQIc";

    #[test]
    fn a_good_one_goes_both_ways() {
        let phc = Phc::parse(GOOD).unwrap();
        assert_eq!(phc.cost, Cost::LOW_MEMORY);
        assert_eq!(phc.salt, b"NEXUS-salt-16byt");
        assert_eq!(phc.text(), GOOD);
    }

    #[test]
    fn anything_else_is_refused_before_any_work() {
        let tag = "EbEHmqLCpPAO/kqdKo4+zYnPWzZ0sw/OKb9PavzrQIc";
        let with = |head: &str| format!("{head}$TkVYVVMtc2FsdC0xNmJ5dA${tag}");
        for bad in [
            String::new(),
            "!".into(),
            with("$argon2i$v=19$m=19456,t=2,p=1"),
            with("$argon2id$m=19456,t=2,p=1"),
            with("$argon2id$v=16$m=19456,t=2,p=1"),
            with("$argon2id$v=19$t=2,m=19456,p=1"),
            with("$argon2id$v=19$m=019456,t=2,p=1"),
            with("$argon2id$v=19$m=19456,t=4294967295,p=1"),
            with("$argon2id$v=19$m=4194304,t=2,p=1"),
            with("$argon2id$v=19$m=8,t=1,p=2"),
            with("$argon2id$v=19$m=19456,t=2,p=1,x=1"),
            with("$argon2id$v=19$m=19456,t=2,p=0"),
            format!("{GOOD}$"),
            "$argon2id$v=19$m=19456,t=2,p=1$TkVYVVMtc2FsdC0xNmJ5dA".into(),
            "$argon2id$v=19$m=19456,t=2,p=1$TkVYVVMtc2FsdC0xNmJ5dA$".into(),
            format!("$argon2id$v=19$m=19456,t=2,p=1$TkVY${tag}"),
            format!("{GOOD}="),
        ] {
            assert_eq!(Phc::parse(&bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn it_never_panics(text in any::<String>(), at in 0_usize..90, c in any::<char>()) {
            let _ = Phc::parse(&text);
            let mut damaged = GOOD.to_owned();
            damaged.insert(at, c);
            let _ = Phc::parse(&damaged);
        }
    }
}
