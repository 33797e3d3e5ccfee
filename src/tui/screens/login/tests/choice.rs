//! The form for a new password.

use super::*;

#[test]
fn an_access_code_leads_to_choosing_a_password() {
    let mut login = choosing(WhyChoose::Code);
    assert_eq!(login.name(), "Choose a password");
    assert!(seen(&login).contains("The code was right."));
    assert_eq!(pressed(&mut login, "<enter>short<enter>short<enter>"), []);
    let chosen = SignIn::Choose { name: "ada".into(), proof: secret("ABCD-EFGH"), password: secret(GOOD) };
    let script = format!("<backtab><ctrl-u>{GOOD}<tab><ctrl-u>{GOOD}<enter>");
    assert_eq!(pressed(&mut login, &script), asked(chosen));
}

#[test]
fn it_says_why_a_password_must_be_chosen() {
    assert!(seen(&choosing(WhyChoose::MustChange)).contains("Somebody else chose this password."));
    assert!(seen(&choosing(WhyChoose::BreaksPolicy)).contains("too weak"));
}

#[test]
fn a_refused_choice_marks_the_password() {
    let mut login = choosing(WhyChoose::MustChange);
    pressed(&mut login, &format!("{GOOD}<tab>{GOOD}<enter>"));
    reply(&mut login, Err(refusal("It is the one before.").about(Field::Password)));
    assert!(seen(&login).contains("It is the one before."));
}

#[test]
fn escape_leads_from_choosing_back_to_the_log_in() {
    let mut login = choosing(WhyChoose::Code);
    assert_eq!(pressed(&mut login, "<esc>"), []);
    assert_eq!(login.name(), "Log in");
    assert_eq!(pressed(&mut login, "<tab>sesame<enter>"), log_in("ada", "sesame"));
}
