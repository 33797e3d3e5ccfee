use proptest::prelude::*;

use super::*;

const HORSE: &str = "correct horse battery staple";
const HORSE_LOW: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$TkVYVVMtc2FsdC0xNmJ5dA$EbEHmqLCpPAO/kqdKo4+zYnPWzZ0sw/OKb9PavzrQIc";
const HORSE_STANDARD: &str =
    "$argon2id$v=19$m=65536,t=3,p=4$TkVYVVMtc2FsdC0xNmJ5dA$9GfjC/wJvThTI7aPmyt0SzkwBf7S2233WNXzMQRkjxw";
const HORSE_BCRYPT_10: &str = "$2y$10$RiTWTTKra0DqbAyvLkH3b.QxFZnycsrMJgWUF.lVXnlGW6rrgLt2O";

fn secret(text: &str) -> Secret {
    Secret::from_text(text).unwrap()
}

fn cheap() -> Hasher {
    Hasher::new(Cost::CHEAPEST).unwrap()
}

fn verdict(text: &str, stored: &str) -> Verdict {
    cheap().verify(&secret(text), Some(stored))
}

#[test]
fn known_argon2id_tags_are_met() {
    for stored in [HORSE_LOW, HORSE_STANDARD] {
        assert_eq!(verdict(HORSE, stored), Verdict::Right);
        assert_eq!(verdict("Correct horse battery staple", stored), Verdict::Wrong);
    }
}

#[test]
fn a_hash_below_the_cost_in_force_is_stale() {
    let mut hasher = Hasher::new(Cost::STANDARD).unwrap();
    assert_eq!(hasher.verify(&secret(HORSE), Some(HORSE_LOW)), Verdict::Stale);
    assert_eq!(hasher.verify(&secret(HORSE), Some(HORSE_STANDARD)), Verdict::Right);
    assert_eq!(hasher.verify(&secret("wrong"), Some(HORSE_LOW)), Verdict::Wrong);
}

#[test]
fn bcrypt_of_php_and_rust_is_met_and_stale() {
    for (text, stored) in [
        (HORSE, "$2y$12$S0xFWk4AduDhAAzT0OwWp.Bv13ZkP.f/NFPIFZlNN.L0MJxiBy9fe"),
        (HORSE, HORSE_BCRYPT_10),
        (HORSE, &HORSE_BCRYPT_10.replace("$2y$", "$2a$")),
        (HORSE, &HORSE_BCRYPT_10.replace("$2y$", "$2b$")),
        ("pässwörd-日本語-🔑", "$2y$10$r5XCrSNkVIFByAwp/lnv7ObZiTuZCi6vPhkKsetKqY67F7sgKO.52"),
        (&"x".repeat(72), "$2y$10$7I.Rhz.OFSG1TRbKW5qH3.Ds8.ALOR/9rEZEC8C7SYSpxr5shdtTK"),
        (&"x".repeat(73), "$2y$10$7I.Rhz.OFSG1TRbKW5qH3.Ds8.ALOR/9rEZEC8C7SYSpxr5shdtTK"),
    ] {
        assert_eq!(verdict(text, stored), Verdict::Stale, "{stored}");
        assert_eq!(verdict("wrong", stored), Verdict::Wrong, "{stored}");
    }
}

#[test]
fn all_three_forms_of_the_origin_are_met() {
    for stored in [
        "$2y$10$mU/JSElEHRzoSUjlHyGrnOzjYfof/QPGm1Q7dUH2vcImHhaJdJ9Dy",
        "$2y$10$6YM68vMaPG4xif5vM7TsJewrhb10PquCI00muJHkyqZZoRyDs03mG",
        "$2y$10$kE3w0q9iN3OZ/TjtgbE3HeK1MFOCfiBDck32X/2X.dM49QsuZMReS",
    ] {
        assert_eq!(verdict("  O'Brien & <x> \"q\" 15+  ", stored), Verdict::Stale, "{stored}");
        assert_eq!(verdict("  O'Brien & <x> \"q\" 15-  ", stored), Verdict::Wrong, "{stored}");
    }
}

#[test]
fn bcrypt_takes_the_text_as_typed() {
    let stored = bcrypt::hash_with_salt("pa\u{308}ss", 4, [7; 16]).unwrap().to_string();
    assert_eq!(verdict("pa\u{308}ss", &stored), Verdict::Stale);
    assert_eq!(verdict("päss", &stored), Verdict::Wrong);
}

#[test]
fn argon2id_takes_the_text_composed() {
    let mut hasher = cheap();
    let stored = hasher.hash(&secret("pa\u{308}ss")).unwrap();
    assert_eq!(hasher.verify(&secret("päss"), Some(&stored)), Verdict::Right);
    assert_eq!(hasher.verify(&secret("pass"), Some(&stored)), Verdict::Wrong);
}

#[test]
fn what_is_too_long_to_compose_still_matches_itself() {
    let mut hasher = cheap();
    let longest = secret(&"\u{958}".repeat(256));
    let stored = hasher.hash(&longest).unwrap();
    assert_eq!(hasher.verify(&longest, Some(&stored)), Verdict::Right);
}

#[test]
fn a_new_hash_is_of_the_stated_form_and_salted() {
    let mut hasher = cheap();
    let [one, two] = [(); 2].map(|()| hasher.hash(&secret(HORSE)).unwrap());
    assert!(one.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{one}");
    assert_eq!(one.len(), "$argon2id$v=19$m=8,t=1,p=1$".len() + 22 + 1 + 43);
    assert_ne!(one, two);
}

#[test]
fn a_cost_that_no_log_in_would_accept_is_not_worked_at() {
    let huge = Cost { memory_kib: u32::MAX, passes: 1, lanes: 1 };
    let mut hasher = Hasher::new(huge).unwrap();
    assert_eq!(hasher.hash(&secret(HORSE)), Err(AuthError::Hashing));
    assert_eq!(hasher.verify(&secret(HORSE), None), Verdict::Wrong);
}

#[test]
fn every_failure_runs_argon2_once() {
    let mut hasher = cheap();
    let real = hasher.hash(&secret(HORSE)).unwrap();
    let damaged = &real[..real.len() - 4];
    let costly = real.replace("m=8,", "m=999999,");
    for stored in
        [None, Some(real.as_str()), Some(damaged), Some(&costly), Some(UNUSABLE), Some(""), Some("$2x$10$")]
    {
        let before = hasher.runs();
        assert_eq!(hasher.verify(&secret("wrong"), stored), Verdict::Wrong);
        assert_eq!(hasher.runs() - before, 1, "{stored:?}");
    }
}

#[test]
fn nobody_costs_what_a_new_hash_costs() {
    let mut hasher = Hasher::new(Cost { memory_kib: 64, passes: 1, lanes: 1 }).unwrap();
    hasher.verify(&secret("wrong"), None);
    assert_eq!(hasher.work.blocks().len(), 64);
    hasher.rest();
    assert!(hasher.work.blocks().is_empty());
    assert_eq!(hasher.verify(&secret("wrong"), None), Verdict::Wrong);
}

#[test]
fn even_the_empty_password_does_not_open_an_account_without_one() {
    for stored in [UNUSABLE, "", " "] {
        for text in ["", UNUSABLE, " "] {
            assert_eq!(verdict(text, stored), Verdict::Wrong);
        }
        assert!(!is_usable(stored));
    }
}

#[test]
fn bcrypt_costs_are_read() {
    assert_eq!(bcrypt_cost(HORSE_BCRYPT_10), Some(10));
    assert_eq!(bcrypt_cost(HORSE_LOW), None);
    assert_eq!(bcrypt_cost(&HORSE_BCRYPT_10.replace("$10$", "$31$")), None);
}

#[test]
fn answers_wait_for_the_dearest_bcrypt() {
    let wait = |cost| answer_after(cost).as_millis();
    assert_eq!([None, Some(4), Some(10), Some(11)].map(wait), [500; 4]);
    assert_eq!([Some(12), Some(13), Some(14)].map(wait), [1_000, 2_000, 4_000]);
    assert_eq!(wait(Some(u8::MAX)), 4_000);
}

#[test]
fn bcrypt_reads_72_bytes() {
    for (length, whole) in [(72, true), (73, false)] {
        assert_eq!(reads_whole(&secret(&"x".repeat(length)), HORSE_BCRYPT_10), whole);
        assert!(reads_whole(&secret(&"x".repeat(length)), HORSE_LOW));
    }
}

#[test]
fn a_long_password_full_of_escapes_meets_the_origins_hash() {
    let escaped = bcrypt::hash_with_salt("&amp;".repeat(256), 4, [7; 16]).unwrap().to_string();
    assert_eq!(verdict(&"&".repeat(256), &escaped), Verdict::Stale);
}

proptest! {
    #[test]
    fn what_hash_writes_verify_reads(text in "\\PC{0,64}") {
        let mut hasher = cheap();
        let stored = hasher.hash(&secret(&text)).unwrap();
        prop_assert!(is_usable(&stored));
        prop_assert_eq!(hasher.verify(&secret(&text), Some(&stored)), Verdict::Right);
    }

    #[test]
    fn planted_text_never_matches(stored in "(\\$argon2id\\$|\\$2y\\$)?\\PC{0,80}", text in "\\PC{0,20}") {
        prop_assert_eq!(cheap().verify(&secret(&text), Some(&stored)), Verdict::Wrong);
    }
}
