//! What a new password must be like, in words for people. Pure: the console's meter calls it on every key.

use crate::domain::secret::Secret;
use crate::domain::text::fold;

/// The fewest code points (NIST SP 800-63B-4, 3.1.1.2: 15 where the password is the only factor).
pub const MIN_CHARS: usize = 15;
/// The rule, before anything is typed.
pub const RULE: &str = "at least 15 characters; a sentence is good";
/// The fewest guesses, as a power of ten (zxcvbn's score 4 begins here).
const MIN_GUESSES_LOG10: f64 = 10.0;
/// zxcvbn's work grows fast with length; what a password has beyond this only makes it stronger.
const MAX_MEASURED: usize = 72;

/// Whose password it is: what must not be most of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// Username.
    pub username: &'a str,
    /// Email.
    pub email: &'a str,
    /// First name.
    pub first_name: &'a str,
    /// Last name.
    pub last_name: &'a str,
}

impl About<'_> {
    fn words(&self) -> Vec<String> {
        let mail_name = self.email.split('@').next().unwrap_or_default();
        [self.username, self.email, mail_name, self.first_name, self.last_name, "nexus"]
            .into_iter()
            .map(fold)
            .filter(|word| !word.is_empty())
            .collect()
    }
}

/// How good a password is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strength {
    /// 0 to 4.
    pub score: u8,
    /// The score in words.
    pub word: &'static str,
    /// Why it is refused, in plain words; `None` when it is accepted.
    pub objection: Option<String>,
}

/// Measures a password against the policy.
pub fn strength(secret: &Secret, about: &About<'_>) -> Strength {
    let text = secret.expose();
    let words = about.words();
    let inputs: Vec<&str> = words.iter().map(String::as_str).collect();
    let measured = text.char_indices().nth(MAX_MEASURED).and_then(|(end, _)| text.get(..end)).unwrap_or(text);
    let entropy = zxcvbn::zxcvbn(measured, &inputs);
    let score = u8::from(entropy.score());
    let word = match score {
        0 => "very weak",
        1 => "weak",
        2 => "fair",
        3 => "good",
        _ => "strong",
    };
    let chars = secret.chars();
    let objection = if chars < MIN_CHARS {
        Some(format!("needs at least {MIN_CHARS} characters ({chars} so far)"))
    } else if text.contains('\0') {
        Some("must not hold a NUL character".into())
    } else if is_made_of(text, &words) {
        Some("is little more than a name or address of the account".into())
    } else if entropy.guesses_log10() < MIN_GUESSES_LOG10 {
        let warning = entropy.feedback().and_then(zxcvbn::feedback::Feedback::warning);
        Some(warning.map_or_else(|| "is too easy to guess".into(), |warning| warning.to_string()))
    } else {
        None
    };
    Strength { score, word, objection }
}

/// Whether the password is one of the words, or some of them, with simple changes: letter case, digits for letters,
/// anything but letters around and between.
fn is_made_of(text: &str, words: &[String]) -> bool {
    let plain: String = fold(text)
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .filter(|c| c.is_alphabetic())
        .collect();
    let mut rest = plain;
    for word in words.iter().filter(|word| word.chars().count() >= 3) {
        let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
        if !letters.is_empty() {
            rest = rest.replace(&letters, "");
        }
    }
    // A handful of letters beside the names makes no password.
    rest.chars().count() < 4 && fold(text).chars().filter(char::is_ascii_digit).count() < 12
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: About<'_> =
        About { username: "ada", email: "lovelace@nexus.example", first_name: "Ada", last_name: "Lovelace" };

    fn objection(text: &str) -> Option<String> {
        strength(&Secret::from_text(text).unwrap(), &ADA).objection
    }

    #[test]
    fn good_passwords_pass() {
        for good in [
            "Correct horse battery 1",
            "my cat eats pancakes on sunday",
            "Enigma#1912machine",
            "七つの海を越えて行く船の名前を知る",
        ] {
            assert_eq!(objection(good), None, "{good}");
        }
    }

    #[test]
    fn short_ones_say_how_short() {
        assert_eq!(objection("abc").as_deref(), Some("needs at least 15 characters (3 so far)"));
        assert!(objection("Xk3#pQ9!mZ7$vB").is_some());
    }

    #[test]
    fn easy_ones_are_refused_with_a_reason() {
        for easy in [
            "aaaaaaaaaaaaaaaa",
            "passwordpassword",
            "qwertyuiopasdfgh",
            "1234567890123456",
            "abcabcabcabcabcabc",
        ] {
            assert!(objection(easy).is_some(), "{easy}");
        }
    }

    #[test]
    fn the_accounts_own_names_make_no_password() {
        for named in
            ["AdaLovelaceAdaLovelace", "4da-l0velace-nexus!!", "lovelace@nexus.example", "adaadaadaadaada1"]
        {
            assert!(objection(named).is_some(), "{named}");
        }
    }

    #[test]
    fn length_is_counted_in_code_points_and_long_ones_are_measured_quickly() {
        assert!(objection("日本語日本語").unwrap().contains("(6 so far)"));
        assert_eq!(objection(&"seven different ships ".repeat(11)), None);
    }
}
