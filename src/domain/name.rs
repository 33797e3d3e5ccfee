//! Comparison of usernames and emails, and detection of look-alike letters.

use unicode_normalization::UnicodeNormalization as _;
use unicode_script::{Script, UnicodeScript as _};
use unicode_security::confusable_detection::skeleton;

/// Maximum passes of folding. Two are enough for every known letter; more would mean a fault in the tables.
const PASSES: usize = 4;

/// Returns the comparison key of a username or email: two names are the same if their keys are equal. The key
/// ignores letter case, compatibility forms (full-width letters, the Kelvin sign), the encoding of accents and
/// invisible characters. Accents make a difference.
pub fn key(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let mut key = folded(name);
    for _ in 1..PASSES {
        let again = folded(&key);
        if again == key {
            break;
        }
        key = again;
    }
    key
}

/// Runs one pass: NFKC, without default ignorables, case-folded (UAX #31, `NFKC_Casefold`).
fn folded(text: &str) -> String {
    let plain = text.nfkc().filter(|c| !is_ignorable(*c));
    let mut folded = String::with_capacity(text.len());
    for c in plain {
        // Turkish dotless i is a letter of its own.
        if c == 'ı' {
            folded.push(c);
        } else {
            // ß and ſ have no capitals of their own, so the folding goes through capitals and back.
            folded.extend(c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase));
        }
    }
    folded.nfkc().collect()
}

/// Returns true for invisible characters: Unicode's property `Default_Ignorable_Code_Point`.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A letter of another script that looks like Latin ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LookAlike {
    pub letter: char,
    /// The script's English name.
    pub script: &'static str,
}

/// Returns the look-alike letters of a name: letters of another script that are mixed with Latin ones in a
/// word, or that make up a whole word. A word ends at any character that is not a letter.
pub fn look_alikes(name: &str) -> Vec<LookAlike> {
    let mut found = Vec::new();
    if name.is_ascii() {
        return found;
    }
    for word in name.split(|c: char| !c.is_alphanumeric()) {
        let foreign: Vec<_> = word.chars().filter_map(look_alike).collect();
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let has_latin = word.chars().any(|c| c.script() == Script::Latin);
        if has_latin || foreign.len() == letters {
            found.extend(foreign);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns the letter's details if it is not Latin but looks like an ASCII letter (UTS #39, confusables).
fn look_alike(letter: char) -> Option<LookAlike> {
    let script = letter.script();
    if letter.is_ascii() || !letter.is_alphabetic() || script == Script::Latin {
        return None;
    }
    let looks_ascii = skeleton(letter.encode_utf8(&mut [0; 4])).all(|c| c.is_ascii_alphanumeric());
    looks_ascii.then(|| LookAlike { letter, script: script.full_name() })
}

/// Returns the appearance of a username or email: two that look alike have the same one (UTS #39, skeletons). Letter case
/// makes no difference.
pub fn appearance(name: &str) -> String {
    skeleton(&key(name)).flat_map(char::to_lowercase).collect()
}

/// Returns a warning about look-alike letters in an account's names, if there are any.
pub fn warning(username: Option<&str>, email: &str) -> Option<String> {
    let of = |what: &str, name: &str| {
        let letters: Vec<_> = look_alikes(name)
            .into_iter()
            .map(|LookAlike { letter, script }| format!("{letter} (U+{:04X}, {script})", u32::from(letter)))
            .collect();
        (!letters.is_empty()).then(|| format!("{what} has look-alike letters: {}", letters.join(", ")))
    };
    let found = [username.and_then(|name| of("username", name)), of("email", email)];
    let found: Vec<_> = found.into_iter().flatten().collect();
    (!found.is_empty()).then(|| found.join("; "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_differ_in_form_only_are_the_same() {
        for (a, b) in [
            ("Ada@X.example", "ada@x.EXAMPLE"),
            ("MÜLLER", "müller"),
            ("cafe\u{301}@x", "caf\u{e9}@X"),
            ("ａｄａ＠film．example", "ada@film.example"),
            ("a\u{200b}da@x", "ada@x"),
            ("ada@x\u{feff}", "ada@x"),
            ("a\u{ad}d\u{e0041}a\u{fe0f}@x", "ADA@X"),
            ("\u{212a}elvin", "kelvin"),
            ("STRASSE", "straße"),
            ("straẞe", "strasse"),
            ("ΟΔΟΣ", "οδος"),
            ("ﬁn", "FIN"),
            ("john\u{a0}doe", "john doe"),
            ("I\u{307}pek", "İpek"),
            ("ЙОЖ", "йож"),
        ] {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
    }

    #[test]
    fn names_that_differ_in_a_letter_are_not() {
        for (a, b) in
            [("muller", "müller"), ("cafe", "café"), ("ada", "аda"), ("isık", "isik"), ("bob", "bob ")]
        {
            assert_ne!(key(a), key(b), "{a} {b}");
        }
    }

    #[test]
    fn letters_that_pass_for_latin_ones_are_found() {
        for (name, letters) in [
            ("p\u{430}ypal@x.example", "\u{430}"),
            ("ada@p\u{430}yp\u{430}l.example", "\u{430}"),
            ("\u{440}\u{430}\u{443}\u{440}\u{430}1@x.example", "\u{430}\u{440}\u{443}"),
            ("\u{3bf}pen@x", "\u{3bf}"),
            ("ada@x.example", ""),
            ("müller@straße.example", ""),
            ("\u{438}\u{432}\u{430}\u{43d}@\u{43f}\u{43e}\u{447}\u{442}\u{430}.example", ""),
            ("日本@x.example", ""),
            ("a日本@x.example", ""),
        ] {
            let found: String = look_alikes(name).iter().map(|found| found.letter).collect();
            assert_eq!(found, letters, "{name}");
        }
        let words = warning(Some("ada"), "p\u{430}ypal@x").unwrap();
        assert_eq!(words, "email has look-alike letters: \u{430} (U+0430, Cyrillic)");
        assert_eq!(warning(Some("ada"), "ada@x"), None);
    }

    #[test]
    fn names_that_look_alike_have_one_appearance() {
        for (a, b) in [
            ("ada@x.example", "\u{430}d\u{430}@x.example"),
            ("paul1@x", "paull@x"),
            ("bob0@x", "BobO@x"),
            ("modern@x", "modem@x"),
            ("ada@x", "ADA@X"),
        ] {
            assert_eq!(appearance(a), appearance(b), "{a} {b}");
        }
        for (a, b) in [("ada@x", "adam@x"), ("muller@x", "müller@x"), ("ada1@x", "ada2@x")] {
            assert_ne!(appearance(a), appearance(b), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(name in any::<String>(), more in "[ẞİıſŉǰΐᾳﬃK\u{345}\u{200d}ａ½ʰΆŌ]{0,6}") {
            let once = key(&(name + &more));
            prop_assert_eq!(key(&once), once);
        }

        #[test]
        fn letter_case_and_encoding_make_no_difference(name in "[a-zäöüßéèñåøçà-ÿа-яα-ωİ]{0,12}") {
            let nfd: String = name.nfd().collect();
            prop_assert_eq!(key(&nfd), key(&name));
            prop_assert_eq!(key(&name.to_uppercase()), key(&name));
        }
    }
}
