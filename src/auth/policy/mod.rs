//! The rule for new passwords and the strength meter. Pure functions.
//!
//! NIST SP 800-63B-4, section 3.1.1.2: a minimum length, and a comparison of the whole password with a list of common ones
//! and with what else an attacker tries first, giving the reason. No rules about kinds of characters, no expiry.

use zxcvbn::zxcvbn;

use self::blocklist::is_common;
use self::patterns::{is_mostly_names, is_run, shortest_piece};
use crate::domain::secret::{MAX_CHARS, Secret};
use crate::domain::text::fold;

mod blocklist;
mod patterns;

/// The rule as people read it.
pub const RULE: &str = "at least 15 characters; a sentence is good";
/// Minimum number of code points of a new password (NIST SP 800-63B-4: 15 if it is the only factor).
pub const MIN_CHARS: usize = 15;

/// Names of the meter's scores.
const WORDS: [&str; 5] = ["very weak", "weak", "fair", "good", "strong"];
/// Guess counts below which a password earns no more than the score at the same index (the steps of zxcvbn).
/// Below the last one, a password is refused.
const GUESSES: [u64; 4] = [1_000, 1_000_000, 100_000_000, ENOUGH_GUESSES];
const ENOUGH_GUESSES: u64 = 10_000_000_000;
/// Number of characters that are estimated at once. Past 20 pieces, and past 27 turns on the keyboard
/// ("qwqwqw…"), zxcvbn 3.1.1 overflows an integer, which panics in our builds; and its time grows faster than
/// the length.
const ESTIMATED_AT_ONCE: usize = 20;

/// The owner of the password: facts that it must not consist of.
#[derive(Debug, Clone, Copy, Default)]
pub struct PasswordOwner<'a> {
    /// The username, or "".
    pub username: &'a str,
    /// The email, or "".
    pub email: &'a str,
    /// The first name, or "".
    pub first_name: &'a str,
    /// The last name, or "".
    pub last_name: &'a str,
    /// The name of the machine, or "".
    pub host: &'a str,
}

/// The reading of the strength meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strength {
    /// 0 to 4. Only an accepted password has 4.
    pub score: u8,
    /// The score in words, "very weak" to "strong".
    pub word: &'static str,
    /// The reason for a refusal, to follow "The password …"; `None` if the password is accepted.
    pub objection: Option<String>,
}

/// Rates `secret` as a new password of this person.
pub fn strength(secret: &Secret, owner: &PasswordOwner<'_>) -> Strength {
    let text = secret.expose();
    let names = names(owner);
    let guesses = guesses(text, &names);
    let reached = GUESSES.iter().filter(|step| guesses >= **step).count();
    let objection = objection(secret, &names)
        .or_else(|| (reached < GUESSES.len()).then(|| "is too easy to guess".to_owned()));
    let score = if objection.is_some() { reached.min(GUESSES.len() - 1) } else { reached };
    let word = WORDS.get(score).copied().unwrap_or_default();
    Strength { score: score as u8, word, objection }
}

fn objection(secret: &Secret, names: &[String]) -> Option<String> {
    let text = secret.expose();
    let length = secret.chars();
    let piece = shortest_piece(text);
    if text.contains('\0') {
        Some("must not contain a NUL character".to_owned())
    } else if length < MIN_CHARS {
        Some(format!("needs at least {MIN_CHARS} characters ({length} so far)"))
    } else if piece < MIN_CHARS && 2 * piece <= length {
        Some(match piece {
            1 => "repeats a single character".to_owned(),
            piece => format!("repeats the same {piece} characters"),
        })
    } else if is_run(text) {
        Some("is mostly a run of neighbouring letters, digits or keys".to_owned())
    } else if is_mostly_names(text, names) {
        Some("is little more than a name of the account, the machine or the program".to_owned())
    } else if is_common(text) {
        Some("is a common password, or one with a simple change".to_owned())
    } else {
        None
    }
}

/// Returns the words about the person and the program, folded, whole and in parts.
fn names(owner: &PasswordOwner<'_>) -> Vec<String> {
    /// Shorter ones occur in too many words.
    const SHORTEST: usize = 3;
    let PasswordOwner { username, email, first_name, last_name, host } = owner;
    let local_part = email.split('@').next().unwrap_or_default();
    let whole = [*username, email, local_part, first_name, last_name, host, "nexus"];
    let parts = whole.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let mut names: Vec<String> = whole
        .iter()
        .copied()
        .chain(parts)
        .filter(|name| (SHORTEST..=MAX_CHARS).contains(&name.chars().count()))
        .map(fold)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Estimates the number of guesses for an attacker who knows common passwords, words, keyboards and the names.
/// It stops counting at [`ENOUGH_GUESSES`].
fn guesses(text: &str, names: &[String]) -> u64 {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut product = 1_u64;
    let mut rest = text;
    while !rest.is_empty() && product < ENOUGH_GUESSES {
        let end = rest.char_indices().nth(ESTIMATED_AT_ONCE).map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        product = product.saturating_mul(zxcvbn(piece, &names).guesses());
        rest = after;
    }
    product
}

#[cfg(test)]
mod tests;
