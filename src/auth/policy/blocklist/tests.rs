use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Returns the set of these texts, as the file has it.
fn set_of<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<u8> {
    let hashes: BTreeSet<u64> = texts.map(hash).collect();
    let mut parts = vec![Vec::new(); 1 << PART_BITS];
    for hash in hashes {
        parts[(hash >> (HASH_BITS - PART_BITS)) as usize].push(low(hash));
    }
    let (mut table, mut bytes) = (Vec::new(), Vec::new());
    for part in parts {
        bytes.extend(coded(&part));
        table.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    }
    table.extend(bytes);
    table
}

/// Returns a part. Behind the last distance there are ones, which are no distance.
fn coded(hashes: &[u64]) -> Vec<u8> {
    let mut bits = Vec::new();
    let mut last = 0;
    for hash in hashes {
        let distance = hash - last;
        bits.extend(std::iter::repeat_n(true, usize::try_from(distance >> LOW_BITS).unwrap()));
        bits.push(false);
        bits.extend((0..LOW_BITS).rev().map(|bit| distance >> bit & 1 == 1));
        last = *hash;
    }
    while bits.len() % 8 != 0 {
        bits.push(true);
    }
    bits.chunks(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect()
}

/// Makes the file anew of lists with a password a line. `assets/passwords/README.md` names them.
#[test]
#[ignore = "needs the lists of passwords, named by NEXUS_PASSWORD_LIST"]
fn the_file_is_made_of_the_lists() {
    let list = std::fs::read_to_string(std::env::var("NEXUS_PASSWORD_LIST").unwrap()).unwrap();
    let forms: BTreeSet<String> = list.lines().map(|line| bare_form(line).to_string()).collect();
    let forms = forms.iter().map(String::as_str).filter(|form| form.chars().count() >= SHORTEST);
    let set = set_of(forms);
    println!("{} passwords, {} bytes", list.lines().count(), set.len());
    std::fs::write("assets/passwords/common.set", set).unwrap();
}

#[test]
fn the_list_has_more_than_a_hundred_thousand_passwords_in_a_megabyte() {
    let number: usize =
        (0..1 << PART_BITS).map(|number| Distances::of(part(COMMON, number).unwrap()).count()).sum();
    assert!(number > 100_000, "{number}");
    assert!(COMMON.len() < 1_300_000, "{}", COMMON.len());
}

#[test]
fn common_passwords_are_found_in_any_letter_case() {
    for text in
        ["1qaz2wsx3edc4rfv", "qazwsxedcrfvtgb", "momsanaladventure", "30secondstomars", "123456789qwerty"]
    {
        assert!(is_common(text) && is_common(&text.to_uppercase()), "{text}");
    }
}

#[test]
fn simple_changes_make_no_other_password() {
    for text in [
        "password1234567",
        "PASSWORD19.11.2024",
        "passwordpassword",
        "P@ssw0rdP@ssw0rd",
        "!!dragondragon!!",
        "liverpool+2026+0",
        "Sunshine2026!!!",
        "123456iloveyou!",
    ] {
        assert!(is_common(text), "{text}");
    }
}

#[test]
fn other_passwords_are_not_found() {
    for text in [
        "to be or not to be",
        "correct horse battery staple",
        "seven orange kettles sing",
        "nine violet anchors drift",
        "kV7#qz-Lw2!mB9x",
        "a walk through the house",
        "",
    ] {
        assert!(!is_common(text), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_in_a_set_is_found_and_nothing_else(
        inside in prop::collection::btree_set("[a-z]{4,12}", 0..200), outside in prop::collection::btree_set("[A-Z]{4,12}", 0..50)
    ) {
        let set = set_of(inside.iter().map(String::as_str));
        prop_assert!(inside.iter().all(|text| contains(&set, text)));
        prop_assert!(!outside.iter().any(|text| contains(&set, text)));
    }

    #[test]
    fn no_file_and_no_text_breaks_it(bytes in prop::collection::vec(any::<u8>(), 0..5_000), text in "\\PC{0,40}") {
        let _ = (contains(&bytes, &text), is_common(&text));
    }
}
