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

fn check(text: &str, stored: &str) -> PasswordMatch {
    cheap().verify(&secret(text), Some(stored), &OtherCosts::default())
}

#[test]
fn known_argon2id_tags_are_met() {
    for stored in [HORSE_LOW, HORSE_STANDARD] {
        assert_eq!(check(HORSE, stored), PasswordMatch::Right);
        assert_eq!(check("Correct horse battery staple", stored), PasswordMatch::Wrong);
    }
}

#[test]
fn the_fitness_of_a_hash_is_told_by_its_form_and_cost() {
    for (stored, expected) in [
        (HORSE_LOW, Fitness::Fit),
        (HORSE_STANDARD, Fitness::Fit),
        (HORSE_BCRYPT_10, Fitness::Fit),
        (&HORSE_LOW.replace("m=19456,t=2", "m=19456,t=1"), Fitness::Weak),
        (&HORSE_BCRYPT_10.replace("$10$", "$09$"), Fitness::Weak),
        (UNUSABLE, Fitness::NoPassword),
        ("", Fitness::Unknown),
        ("hunter2", Fitness::Unknown),
        (&HORSE_LOW.replace("argon2id", "argon2i"), Fitness::Unknown),
        (&HORSE_BCRYPT_10.replace("$10$", "$31$"), Fitness::Unknown),
        ("5f4dcc3b5aa765d61d8327deb882cf99", Fitness::Unknown),
    ] {
        assert_eq!(fitness(stored), expected, "{stored}");
    }
}

#[test]
fn a_hash_below_the_cost_in_force_is_stale() {
    let mut hasher = Hasher::new(Cost::STANDARD).unwrap();
    let PasswordMatch::Stale(renewed) =
        hasher.verify(&secret(HORSE), Some(HORSE_LOW), &OtherCosts::default())
    else {
        panic!("stale")
    };
    assert_eq!(hasher.verify(&secret(HORSE), Some(&renewed), &OtherCosts::default()), PasswordMatch::Right);
    assert_eq!(
        hasher.verify(&secret(HORSE), Some(HORSE_STANDARD), &OtherCosts::default()),
        PasswordMatch::Right
    );
    assert_eq!(
        hasher.verify(&secret("wrong"), Some(HORSE_LOW), &OtherCosts::default()),
        PasswordMatch::Wrong
    );
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
        assert!(matches!(check(text, stored), PasswordMatch::Stale(_)), "{stored}");
        assert_eq!(check("wrong", stored), PasswordMatch::Wrong, "{stored}");
    }
}

#[test]
fn all_three_forms_of_the_origin_are_met() {
    for stored in [
        "$2y$10$mU/JSElEHRzoSUjlHyGrnOzjYfof/QPGm1Q7dUH2vcImHhaJdJ9Dy",
        "$2y$10$6YM68vMaPG4xif5vM7TsJewrhb10PquCI00muJHkyqZZoRyDs03mG",
        "$2y$10$kE3w0q9iN3OZ/TjtgbE3HeK1MFOCfiBDck32X/2X.dM49QsuZMReS",
    ] {
        assert!(matches!(check("  O'Brien & <x> \"q\" 15+  ", stored), PasswordMatch::Stale(_)), "{stored}");
        assert_eq!(check("  O'Brien & <x> \"q\" 15-  ", stored), PasswordMatch::Wrong, "{stored}");
    }
}

#[test]
fn bcrypt_takes_the_text_as_typed() {
    let stored = bcrypt::hash_with_salt("pa\u{308}ss", 4, [7; 16]).unwrap().to_string();
    assert!(matches!(check("pa\u{308}ss", &stored), PasswordMatch::Stale(_)));
    assert_eq!(check("päss", &stored), PasswordMatch::Wrong);
}

#[test]
fn argon2id_takes_the_text_composed() {
    let mut hasher = cheap();
    let stored = hasher.hash(&secret("pa\u{308}ss")).unwrap();
    assert_eq!(hasher.verify(&secret("päss"), Some(&stored), &OtherCosts::default()), PasswordMatch::Right);
    assert_eq!(hasher.verify(&secret("pass"), Some(&stored), &OtherCosts::default()), PasswordMatch::Wrong);
}

#[test]
fn what_is_too_long_to_compose_still_matches_itself() {
    let mut hasher = cheap();
    let longest = secret(&"\u{958}".repeat(256));
    let stored = hasher.hash(&longest).unwrap();
    assert_eq!(hasher.verify(&longest, Some(&stored), &OtherCosts::default()), PasswordMatch::Right);
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
    assert_eq!(hasher.verify(&secret(HORSE), None, &OtherCosts::default()), PasswordMatch::Wrong);
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
        let before = hasher.worked().0.len();
        assert_eq!(hasher.verify(&secret("wrong"), stored, &OtherCosts::default()), PasswordMatch::Wrong);
        assert_eq!(hasher.worked().0.len() - before, 1, "{stored:?}");
    }
}

#[test]
fn nobody_costs_what_a_new_hash_costs() {
    let mut hasher = Hasher::new(Cost { memory_kib: 64, passes: 1, lanes: 1 }).unwrap();
    hasher.verify(&secret("wrong"), None, &OtherCosts::default());
    assert_eq!(hasher.work.blocks().len(), 64);
    hasher.release_memory();
    assert!(hasher.work.blocks().is_empty());
    assert_eq!(hasher.verify(&secret("wrong"), None, &OtherCosts::default()), PasswordMatch::Wrong);
}

#[test]
fn even_the_empty_password_does_not_open_an_account_without_one() {
    for stored in [UNUSABLE, "", " "] {
        for text in ["", UNUSABLE, " "] {
            assert_eq!(check(text, stored), PasswordMatch::Wrong);
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
fn answers_wait_for_all_the_work_there_may_be() {
    let wait = |bcrypt| answer_after(&OtherCosts { argon2: Vec::new(), bcrypt }).as_millis();
    assert_eq!([None, Some(4), Some(10)].map(wait), [500; 3]);
    assert_eq!([Some(11), Some(12), Some(13), Some(14)].map(wait), [1_000, 1_500, 2_500, 4_000]);
    assert_eq!(wait(Some(u8::MAX)), 4_000);
    let dear = Cost { memory_kib: 262_144, passes: 10, lanes: 1 };
    assert_eq!(answer_after(&OtherCosts { argon2: vec![dear], bcrypt: None }).as_millis(), 2_500);
}

#[test]
fn costs_that_no_log_in_accepts_cause_no_work() {
    let read = OtherCosts::read(Some("12"), ["m=19456,t=2,p=1", "m=1,t=1,p=1", "rubbish", "m=8,t=1,p=1"]);
    let small = Cost { memory_kib: 8, passes: 1, lanes: 1 };
    assert_eq!(read, OtherCosts { argon2: vec![Cost::LOW_MEMORY, small], bcrypt: Some(12) });
    for digits in ["15", "31", "3", "ab", ""] {
        assert_eq!(OtherCosts::read(Some(digits), []), OtherCosts::default());
    }
    let many = (8..40).map(|memory| format!("m={memory},t=1,p=1")).collect::<Vec<_>>();
    let dearest = OtherCosts::read(None, many.iter().map(String::as_str)).argon2;
    assert_eq!(dearest.iter().map(|cost| cost.memory_kib).collect::<Vec<_>>(), [39, 38, 37]);
}

#[test]
fn every_check_does_the_same_work_whatever_is_stored_and_whether_it_fits() {
    let mut hasher = Hasher::new(Cost { memory_kib: 64, passes: 1, lanes: 1 }).unwrap();
    let own = hasher.hash(&secret(HORSE)).unwrap();
    let other = |memory_kib, lanes| {
        Hasher::new(Cost { memory_kib, passes: 2, lanes }).unwrap().hash(&secret(HORSE)).unwrap()
    };
    let (cheaper, dearer) = (other(8, 1), other(128, 2));
    let damaged = format!("{own}!");
    let bcrypt = |cost| bcrypt::hash_with_salt(HORSE, cost, [7; 16]).unwrap().to_string();
    let (low, high) = (bcrypt(4), bcrypt(7));
    let others = OtherCosts::read(Some("07"), ["m=8,t=2,p=1", "m=128,t=2,p=2", "m=64,t=1,p=1"]);
    let stored = [
        None,
        Some(own.as_str()),
        Some(&damaged),
        Some(&cheaper),
        Some(&dearer),
        Some(&low),
        Some(&high),
        Some(UNUSABLE),
        Some("$2y$07$damaged"),
        Some("$argon2id$v=19$m=8,t=2,p=1$damaged"),
    ];
    for typed in [HORSE, "wrong", "it's 1 < 2 "] {
        let mut work = Vec::new();
        for stored in stored {
            let (runs, rounds) = hasher.worked();
            let (before, rounds) = (runs.len(), rounds);
            let right = typed == HORSE && stored.is_some_and(is_usable);
            assert_eq!(
                hasher.verify(&secret(typed), stored, &others) != PasswordMatch::Wrong,
                right,
                "{stored:?}"
            );
            let (all_runs, all_rounds) = hasher.worked();
            work.push((all_runs[before..].to_vec(), all_rounds - rounds));
        }
        assert!(work.iter().all(|one| *one == work[0]), "{typed} {work:?}");
        let forms = if typed.contains('<') { 3 } else { 1 };
        assert_eq!((work[0].0.len(), work[0].1), (3, forms << 7), "{typed}");
    }
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
    assert!(matches!(check(&"&".repeat(256), &escaped), PasswordMatch::Stale(_)));
}

proptest! {
    #[test]
    fn what_hash_writes_verify_reads(text in "\\PC{0,64}") {
        let mut hasher = cheap();
        let stored = hasher.hash(&secret(&text)).unwrap();
        prop_assert!(is_usable(&stored));
        prop_assert_eq!(hasher.verify(&secret(&text), Some(&stored), &OtherCosts::default()), PasswordMatch::Right);
    }

    #[test]
    fn planted_text_never_matches(stored in "(\\$argon2id\\$|\\$2y\\$)?\\PC{0,80}", text in "\\PC{0,20}") {
        prop_assert_eq!(cheap().verify(&secret(&text), Some(&stored), &OtherCosts::default()), PasswordMatch::Wrong);
    }
}
