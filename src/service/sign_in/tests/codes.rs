//! Access codes, and the choice of a new password.

use super::*;

#[test]
fn a_code_leads_a_pending_account_to_a_password_and_confirms_it() {
    let mut bench = Bench::new();
    bench.account("pia", AccessLevel::User, Status::Pending);
    let code = bench.code("pia").to_lowercase().replace('-', " ");
    assert_eq!(bench.log_in("pia", &code), Ok(Reply::ChoosePassword(WhyChoose::Code)));
    assert_eq!(bench.user("pia").status, Status::Pending);
    let operator = signed_in(bench.ask(Caller::Nobody, choose("pia", &code, OTHER)).unwrap());
    assert_eq!((operator.label.as_str(), bench.user("pia").status), ("pia", Status::Confirmed));
    assert_eq!(bench.paths().len(), 8);
    assert_eq!(bench.words("pia", &code), WRONG);
    signed_in(bench.log_in("pia", OTHER).unwrap());
}

#[test]
fn a_code_opens_no_suspended_account() {
    let mut bench = Bench::new();
    bench.account("sue", AccessLevel::User, Status::Suspended);
    let code = bench.code("sue");
    assert_eq!(bench.words("sue", &code), "This account is suspended.");
    let failure = bench.ask(Caller::Nobody, choose("sue", &code, OTHER)).unwrap_err();
    assert_eq!(failure.message, "This account is suspended.");
}

#[test]
fn a_code_dies_of_five_wrong_ones() {
    let mut bench = Bench::new();
    let code = bench.code("ada");
    for _ in 0..5 {
        assert_eq!(bench.words("ada", "0000-0000"), WRONG);
    }
    assert_eq!(bench.words("ada", &code), WRONG);
}

#[test]
fn only_a_wrong_code_costs_a_try() {
    let mut bench = Bench::new();
    let code = bench.code("ada");
    for _ in 0..6 {
        bench.words("ada", "no code at all");
        bench.log_in("ada", PASSWORD).unwrap();
        bench.log_in("ada", &code).unwrap();
    }
    let Ok(Reply::Codes(codes)) = bench.ask(Caller::Owner, Accounts::ListCodes.into()) else { panic!() };
    assert_eq!(codes[0].terms.tries_left, 5);
}

#[test]
fn guesses_in_a_rehearsal_cost_as_much() {
    let mut bench = Bench::new();
    let code = bench.code("ada");
    for _ in 0..5 {
        let guess = SignIn::LogIn { name: "ada".into(), secret: secret("0000-0000"), code: None };
        bench.rehearse(Caller::Nobody, guess.into()).unwrap_err();
    }
    assert_eq!(bench.words("ada", &code), WRONG);
}

#[test]
fn a_code_ends_in_time() {
    let mut bench = Bench::new();
    let code = bench.code("ada");
    bench.later(Duration::hours(1));
    assert_eq!(bench.words("ada", &code), WRONG);
}

#[test]
fn a_password_that_somebody_else_set_must_be_changed() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let ada = bench.operator("ada");
    let bob = bench.operator("bob");
    bench
        .done(ada, AccountChange::SetPassword { password: secret(OTHER), must_change: false }.of(who("bob")));
    assert!(!bench.is_in(bob));
    assert_eq!(bench.log_in("bob", OTHER), Ok(Reply::ChoosePassword(WhyChoose::MustChange)));
    let same = bench.ask(Caller::Nobody, choose("bob", OTHER, OTHER)).unwrap_err();
    assert_eq!((same.kind, same.field), (FailureKind::Invalid, Some(Field::Password)));
    signed_in(bench.ask(Caller::Nobody, choose("bob", OTHER, PASSWORD)).unwrap());
    signed_in(bench.log_in("bob", PASSWORD).unwrap());
}

#[test]
fn choosing_needs_the_proof_and_keeps_the_policy() {
    let mut bench = Bench::new();
    bench.account("pia", AccessLevel::User, Status::Pending);
    for (request, words) in [
        (choose("ada", "not the password", OTHER), WRONG),
        (choose("nobody", PASSWORD, OTHER), WRONG),
        (choose("pia", PASSWORD, OTHER), "This account is waiting for confirmation."),
    ] {
        assert_eq!(bench.ask(Caller::Nobody, request).unwrap_err().message, words);
    }
    let weak = bench.ask(Caller::Nobody, choose("ada", PASSWORD, "short")).unwrap_err();
    assert_eq!((weak.kind, weak.field), (FailureKind::Invalid, Some(Field::Password)));
}

#[test]
fn choosing_ends_every_other_session() {
    let mut bench = Bench::new();
    let before = bench.operator("ada");
    let after = signed_in(bench.ask(Caller::Nobody, choose("ada", PASSWORD, OTHER)).unwrap());
    assert!(!bench.is_in(before));
    assert!(bench.is_in(after.caller()));
    assert!(bench.paths().is_empty());
}
