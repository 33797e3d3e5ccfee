//! The steps after the password.

use super::*;

fn offer() -> crate::service::contract::FactorOffer {
    let text = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let uri = format!("otpauth://totp/NEXUS:ada?secret={text}&issuer=NEXUS");
    crate::service::contract::FactorOffer { secret: secret(text), uri: secret(&uri), label: "ada".into() }
}

fn with_code(code: &str) -> Vec<Ask> {
    let code = Some(secret(code));
    asked(SignIn::LogIn { name: "ada".into(), secret: secret("right"), code })
}

#[test]
fn the_code_follows_the_password_and_a_wrong_one_is_asked_for_again() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>right<enter>");
    reply(&mut login, Ok(Reply::EnterCode { is_verified: true }));
    assert_eq!(login.name(), "Code");
    let shown = seen(&login);
    assert!(shown.contains("a recovery code") && !shown.contains("Password"), "{shown}");
    assert_eq!(pressed(&mut login, "<enter>"), [], "a code is needed");
    assert_eq!(pressed(&mut login, "123456<enter>"), with_code("123456"));
    reply(&mut login, Err(refusal("Wrong code.")));
    assert!(seen(&login).contains("Wrong code."));
    assert_eq!(pressed(&mut login, "654321<enter>"), with_code("654321"));
    let asks = reply(&mut login, Ok(Reply::SignedIn(operator())));
    assert_eq!(asks, [Ask::Enter(operator())]);
}

#[test]
fn a_second_factor_that_waits_for_its_first_code_lets_in_without_one() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>right<enter>");
    reply(&mut login, Ok(Reply::EnterCode { is_verified: false }));
    assert!(seen(&login).contains("or leave this empty to go on"));
    assert_eq!(pressed(&mut login, "<enter>"), with_code(""));
}

#[test]
fn esc_leads_back_from_the_code_to_the_log_in() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>right<enter>");
    reply(&mut login, Ok(Reply::EnterCode { is_verified: true }));
    pressed(&mut login, "123<esc>");
    assert_eq!(login.name(), "Log in");
    let shown = seen(&login);
    assert!(shown.contains("ada") && !shown.contains('•'), "{shown}");
}

#[test]
fn a_second_factor_that_is_demanded_is_set_up_and_its_codes_are_shown() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>right<enter>");
    reply(&mut login, Ok(Reply::FactorOffer(Box::new(offer()))));
    for (columns, rows) in [(40, 12), (60, 18), (80, 24), (120, 36)] {
        let shown = frame(&login, &context(columns, rows));
        for words in ["Second factor of ada", "GEZD GNBV GY3T QOJQ", "Code"] {
            assert!(shown.contains(words), "{words} at {columns}x{rows}: {shown}");
        }
    }
    let enrol = SignIn::EnrolFactor {
        name: "ada".into(),
        proof: secret("right"),
        factor: offer().secret,
        code: secret("123456"),
    };
    assert_eq!(pressed(&mut login, "123456<enter>"), asked(enrol));
    let slip = crate::service::contract::FactorSlip {
        summary: crate::service::contract::ActionSummary::new(
            crate::service::contract::Action::FactorEnrolled,
        ),
        codes: (0..10).map(|n| secret(&format!("7K1M-0QR{n}"))).collect(),
        offer: offer(),
        is_verified: true,
    };
    reply(&mut login, Ok(Reply::FactorSet(Box::new(slip))));
    for (columns, rows) in [(40, 12), (60, 18), (80, 24), (120, 36)] {
        let shown = frame(&login, &context(columns, rows));
        assert!(shown.contains("7K1M-0QR0") && shown.contains("7K1M-0QR9"), "{columns}x{rows}: {shown}");
    }
    assert_eq!(pressed(&mut login, "<enter>"), log_in("ada", "right"));
}

#[test]
fn after_a_chosen_password_the_new_one_is_the_proof() {
    let mut login = choosing(WhyChoose::MustChange);
    pressed(&mut login, &format!("{GOOD}<tab>{GOOD}<enter>"));
    reply(&mut login, Ok(Reply::FactorOffer(Box::new(offer()))));
    match &pressed(&mut login, "123456<enter>")[..] {
        [Ask::Perform(_, Request::SignIn(SignIn::EnrolFactor { proof, .. }))] => {
            assert_eq!(*proof, secret(GOOD));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_choice_that_needs_a_code_first_leaves_the_old_password_the_proof() {
    let mut login = choosing(WhyChoose::MustChange);
    pressed(&mut login, &format!("{GOOD}<tab>{GOOD}<enter>"));
    reply(&mut login, Ok(Reply::EnterCode { is_verified: true }));
    let again =
        SignIn::LogIn { name: "ada".into(), secret: secret("ABCD-EFGH"), code: Some(secret("123456")) };
    assert_eq!(pressed(&mut login, "123456<enter>"), asked(again));
}
