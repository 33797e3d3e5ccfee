use proptest::prelude::*;

use super::*;

const OTTO: PasswordOwner<'_> = PasswordOwner {
    username: "otto.m",
    email: "otto@müller.example",
    first_name: "Ottokar",
    last_name: "Müller-Lüdenscheidt",
    host: "filmhaus.example.org",
};

fn rate(text: &str) -> Strength {
    strength(&Secret::from_text(text).unwrap(), &OTTO)
}

fn objection(text: &str) -> String {
    rate(text).objection.unwrap_or_default()
}

#[test]
fn sentences_and_random_text_are_accepted() {
    for text in [
        "correct horse battery staple",
        "the cat sat on my blue keyboard",
        "Otto isst gern Kuchen am Sonntag",
        "kV7#qz-Lw2!mB9x",
        "Enigma#1912machine",
        "my cat eats pancakes on sunday",
        "我家的猫每天早上六点叫我起床喂它",
        "e\u{301}coute la pluie qui tombe",
    ] {
        let strength = rate(text);
        assert_eq!((strength.score, strength.word, strength.objection), (4, "strong", None), "{text}");
    }
}

#[test]
fn length_counts_code_points() {
    assert_eq!(objection(""), "needs at least 15 characters (0 so far)");
    assert_eq!(objection("kV7#qz-Lw2!mB9"), "needs at least 15 characters (14 so far)");
    assert_eq!(objection("日本語"), "needs at least 15 characters (3 so far)");
}

#[test]
fn nul_is_refused() {
    assert_eq!(objection("kV7#qz-Lw2!\0mB9x-foo"), "must not contain a NUL character");
}

#[test]
fn repeats_are_refused() {
    assert_eq!(objection("aaaaaaaaaaaaaaaa"), "repeats a single character");
    assert_eq!(objection("kV7#kV7#kV7#kV7#k"), "repeats the same 4 characters");
    assert_eq!(objection("passwordpassword"), "repeats the same 8 characters");
    assert_eq!(objection("correct horse battery staplecorrect horse battery staple"), "");
    // Its end is its beginning, but nothing is repeated.
    assert!(!objection("to be or not to be").contains("repeats"));
}

#[test]
fn runs_are_refused() {
    for text in [
        "abcdefghijklmnop",
        "zyxwvutsrqponmlkj",
        "1234567890987654",
        "aabbccddeeffgghh",
        "qwertyuiopasdfghjkl",
        "QWERTZUIOPasdfghjklYXCVBNM",
        "azertyuiopqsdfghjklm",
        "1qaz2wsx3edc4rfv",
        "abc123qwe789zyxasd",
        "αβγδεζηθικλμνξοπ",
    ] {
        assert_eq!(objection(text), "is mostly a run of neighbouring letters, digits or keys", "{text}");
    }
}

#[test]
fn names_are_refused() {
    for text in [
        "MüllerLüdenscheidt",
        "müller-lüdenscheidt1984",
        "Ottokar.Müller.17.03.84",
        "0tt0k4rMüll3r!!!",
        "otto@müller.example",
        "MULLER-LUDENSCHEIDT",
        "nexus-nexus-otto",
        "N3xu5Ottokar2026!",
        "filmhaus-2026-11",
    ] {
        assert_eq!(
            objection(text),
            "is little more than a name of the account, the machine or the program",
            "{text}"
        );
    }
}

#[test]
fn common_passwords_are_refused() {
    for text in ["P@ssw0rd!P@ssw0rd1", "iloveyouprincess", "trustno1password", "letmeinletmeinnow"] {
        let said = objection(text);
        assert!(said == "is too easy to guess" || said.starts_with("is a common password"), "{text}: {said}");
    }
}

#[test]
fn passwords_on_the_list_are_refused_and_their_simple_changes_too() {
    for text in ["30secondstomars", "liverpool 1970-01", "Sunshine2026!!!", "kristina07.03.84"] {
        assert_eq!(objection(text), "is a common password, or one with a simple change", "{text}");
    }
}

#[test]
fn names_left_empty_forbid_nothing() {
    let nobody = PasswordOwner { username: "", email: "", first_name: "", last_name: "", host: "" };
    let secret = Secret::from_text("correct horse battery staple").unwrap();
    assert_eq!(strength(&secret, &nobody).objection, None);
}

#[test]
fn the_rule_states_the_length() {
    assert!(RULE.contains(&MIN_CHARS.to_string()));
}

#[test]
fn long_zigzags_and_single_words_do_not_panic() {
    for text in
        ["qw".repeat(128), "aqaqswsw".repeat(32), "a".repeat(256), "a i ".repeat(64), "4@8({[<3".repeat(32)]
    {
        assert!(rate(&text).objection.is_some());
    }
}

proptest! {
    #[test]
    fn strong_means_accepted(text in "\\PC{0,60}|[a-e1-3]{0,60}|(word|pass|otto|[0-9]){0,40}") {
        let strength = rate(&text);
        prop_assert_eq!(strength.score == 4, strength.objection.is_none());
        prop_assert_eq!(strength.word, WORDS[usize::from(strength.score)]);
    }

    #[test]
    fn hostile_names_do_not_panic(name in "\\PC{0,300}", text in "\\PC{0,40}") {
        let owner = PasswordOwner { username: &name, email: &name, first_name: &name, last_name: &name, host: &name };
        strength(&Secret::from_text(&text).unwrap(), &owner);
    }
}
