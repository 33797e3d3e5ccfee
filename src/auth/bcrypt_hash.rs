//! Checks a password against a bcrypt hash of the original PHP program.
//!
//! One of its registration paths hashed the text as typed, another `htmlspecialchars(trim($password))`, whose
//! result changed with PHP 8.1. So a hash may be of any of three variants of the password.

use zeroize::Zeroizing;

use crate::domain::secret::Secret;

use super::stored_hash::Bcrypt;

/// The number of bytes of a password that bcrypt reads.
pub(super) const READ_BYTES: usize = 72;

/// Returns the HTML escape of a character that needs one.
type Escape = fn(char) -> Option<&'static str>;

/// The part of one password variant that bcrypt reads.
type Variant = Zeroizing<Vec<u8>>;

/// The only caller of bcrypt.
#[derive(Default)]
pub(super) struct Checker {
    /// The salt of work that is done only for its running time.
    salt: [u8; 16],
    /// Number of rounds so far.
    #[cfg(test)]
    pub(super) rounds: u64,
}

impl Checker {
    /// Returns true if `hash` matches any variant of `secret`. For each variant it does the work of a hash of
    /// cost `dearest`, whatever the hash's own cost is and even if there is none. Each step of cost doubles the
    /// work, so a hash of cost c is filled up to cost d by others of costs c, c + 1, … d - 1. All variants are
    /// always tried, so that the time does not reveal which one matches.
    pub(super) fn matches(&mut self, secret: &Secret, hash: Option<&Bcrypt<'_>>, dearest: u8) -> bool {
        let mut matched = false;
        for variant in variants(secret.expose()) {
            let Some(hash) = hash else {
                self.spend(&variant, dearest);
                continue;
            };
            matched |= bcrypt::verify(variant.as_slice(), hash.text).unwrap_or(false);
            #[cfg(test)]
            {
                self.rounds += 1 << hash.cost;
            }
            (hash.cost..dearest).for_each(|cost| self.spend(&variant, cost));
        }
        matched
    }

    /// Does the work of a hash of this cost and discards the result.
    fn spend(&mut self, variant: &Variant, cost: u8) {
        let hash = bcrypt::hash_with_salt(variant.as_slice(), cost.into(), self.salt);
        drop(std::hint::black_box(hash));
        #[cfg(test)]
        {
            self.rounds += 1 << cost;
        }
    }
}

/// Returns the distinct variants of `text`, one to three.
fn variants(text: &str) -> Vec<Variant> {
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r', '\0', '\x0B']);
    // Each escapes all that the one before it escapes, so equal variants are adjacent.
    let mut variants =
        vec![variant(text, |_| None), variant(trimmed, ent_compat), variant(trimmed, ent_quotes)];
    variants.dedup();
    variants
}

fn variant(text: &str, escape: Escape) -> Variant {
    let mut variant = Zeroizing::new(Vec::with_capacity(READ_BYTES));
    for c in text.chars() {
        let mut own = [0; 4];
        let written = escape(c).unwrap_or_else(|| c.encode_utf8(&mut own));
        let room = READ_BYTES - variant.len();
        variant.extend(written.bytes().take(room));
    }
    variant
}

/// Escapes like `htmlspecialchars` since PHP 8.1.
fn ent_quotes(c: char) -> Option<&'static str> {
    if c == '\'' { Some("&#039;") } else { ent_compat(c) }
}

/// Escapes like `htmlspecialchars` before PHP 8.1.
fn ent_compat(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        variants(text).iter().map(|variant| String::from_utf8(variant.to_vec()).unwrap()).collect()
    }

    #[test]
    fn a_plain_password_has_one_form() {
        assert_eq!(texts("correct horse"), ["correct horse"]);
        assert_eq!(texts(""), [""]);
    }

    #[test]
    fn blanks_make_two() {
        assert_eq!(texts(" \t\n\r\0\x0Ba b\u{a0} "), [" \t\n\r\0\x0Ba b\u{a0} ", "a b\u{a0}"]);
    }

    #[test]
    fn quotes_make_three() {
        assert_eq!(
            texts(" O'B & <x> \"q\""),
            [
                " O'B & <x> \"q\"",
                "O'B &amp; &lt;x&gt; &quot;q&quot;",
                "O&#039;B &amp; &lt;x&gt; &quot;q&quot;"
            ]
        );
        assert_eq!(texts("it's"), ["it's", "it&#039;s"]);
        assert_eq!(texts("&amp;"), ["&amp;", "&amp;amp;"]);
    }

    #[test]
    fn a_form_ends_where_bcrypt_stops_reading() {
        assert_eq!(texts(&"x".repeat(100)), ["x".repeat(72)]);
        let [raw, escaped] = &texts(&"&".repeat(256))[..] else { panic!("two variants") };
        assert_eq!((raw.len(), escaped.len()), (72, 72));
        assert!(escaped.ends_with("&amp;&a"));
    }
}
