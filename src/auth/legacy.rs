//! Hashes that the origin, a PHP program, left behind: bcrypt, over the raw text or over two escaped forms of it.

use crate::domain::secret::Secret;

/// Costs that are worked for at all: 2^4 to 2^14 rounds (security policy A11).
const COSTS: std::ops::RangeInclusive<u8> = 4..=14;
/// bcrypt reads no more bytes of a password than this.
pub(super) const MAX_BYTES: usize = 72;

/// The cost of a bcrypt hash in a form that is accepted: `$2a$`, `$2b$` or `$2y$`, two digits, 53 characters.
pub(super) fn cost(stored: &str) -> Option<u8> {
    let bytes = stored.as_bytes();
    let head = [b"$2a$", b"$2b$", b"$2y$"].iter().any(|head| bytes.starts_with(*head));
    let tail = bytes.get(7..)?;
    let alphabet = tail.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'/'));
    if !head || bytes.len() != 60 || bytes.get(6) != Some(&b'$') || !alphabet {
        return None;
    }
    let digits = stored.get(4..6).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    digits.parse().ok().filter(|cost| COSTS.contains(cost))
}

/// Whether the hash is of the text, or of one of the forms in which the origin's registration hashed it. All forms
/// that differ are always tried, so that the time says nothing about which it was.
pub(super) fn verify(secret: &Secret, stored: &str) -> bool {
    let raw = secret.expose();
    let quotes = escaped(trimmed(raw), true);
    let compat = escaped(trimmed(raw), false);
    let mut forms = vec![raw];
    for form in [&quotes, &compat].into_iter().flatten().map(Secret::expose) {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    let matches = |form: &&str| bcrypt::verify(form.as_bytes(), stored).unwrap_or(false);
    forms.iter().filter(|form| matches(form)).count() > 0
}

/// PHP's `trim`: blanks, tabs, line ends, NUL and vertical tabs off both ends.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r', '\0', '\x0b'])
}

/// PHP's `htmlspecialchars`: since 8.1 both quotes are escaped (`ENT_QUOTES`), before only the double one
/// (`ENT_COMPAT`). `None` when the result is too long to be a password here.
fn escaped(text: &str, single_quotes: bool) -> Option<Secret> {
    let mut out = Secret::new();
    for c in text.chars() {
        let pushed = match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' if single_quotes => out.push_str("&#039;"),
            _ => out.push_str(c.encode_utf8(&mut [0; 4])),
        };
        pushed.ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPED: &str = "  O'Brien & <x> \"q\" 15+  ";

    fn check(password: &str, stored: &str) -> bool {
        verify(&Secret::from_text(password).unwrap(), stored)
    }

    #[test]
    fn hashes_made_by_php_are_accepted() {
        for (password, stored) in [
            ("correct horse battery staple", "$2y$12$S0xFWk4AduDhAAzT0OwWp.Bv13ZkP.f/NFPIFZlNN.L0MJxiBy9fe"),
            ("correct horse battery staple", "$2y$10$RiTWTTKra0DqbAyvLkH3b.QxFZnycsrMJgWUF.lVXnlGW6rrgLt2O"),
            ("pässwörd-日本語-🔑", "$2y$10$r5XCrSNkVIFByAwp/lnv7ObZiTuZCi6vPhkKsetKqY67F7sgKO.52"),
            (&"x".repeat(72), "$2y$10$7I.Rhz.OFSG1TRbKW5qH3.Ds8.ALOR/9rEZEC8C7SYSpxr5shdtTK"),
        ] {
            assert!(check(password, stored));
            assert!(!check(&format!("y{password}"), stored));
        }
    }

    #[test]
    fn the_origins_escaped_forms_are_accepted_too() {
        for stored in [
            "$2y$10$mU/JSElEHRzoSUjlHyGrnOzjYfof/QPGm1Q7dUH2vcImHhaJdJ9Dy",
            "$2y$10$6YM68vMaPG4xif5vM7TsJewrhb10PquCI00muJHkyqZZoRyDs03mG",
            "$2y$10$kE3w0q9iN3OZ/TjtgbE3HeK1MFOCfiBDck32X/2X.dM49QsuZMReS",
        ] {
            assert!(check(TYPED, stored), "{stored}");
        }
    }

    #[test]
    fn only_the_known_forms_within_the_caps_are_worked_for() {
        let good = "$2y$10$RiTWTTKra0DqbAyvLkH3b.QxFZnycsrMJgWUF.lVXnlGW6rrgLt2O";
        assert_eq!(cost(good), Some(10));
        for bad in [
            good.replace("$2y$", "$2x$"),
            good.replace("$10$", "$31$"),
            good.replace("$10$", "$03$"),
            good.replace("$10$", "$1a$"),
            good.replace('R', "é"),
            good[..59].into(),
            format!("{good}x"),
            String::new(),
        ] {
            assert_eq!(cost(&bad), None, "{bad}");
        }
    }
}
