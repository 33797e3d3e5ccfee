//! Log-ins of accounts that have a second factor, where they go on with another step.

use crate::auth::totp::TotpSecret;
use crate::domain::config::FactorPolicy;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::Entry;
use crate::domain::secret::Secret;

use super::super::super::contract::{Failure, Journal};
use super::super::super::testing::{ALL, in_order};
use super::*;

/// Returns a store with the account `alan`, whose second factor waits for its first code, with that and its recovery codes.
fn bench() -> (Bench, TotpSecret, Vec<Secret>) {
    let mut bench = Bench::new();
    bench.account("alan", AccessLevel::User, Status::Confirmed);
    match bench.ask(Caller::Owner, AccountChange::EnrolFactor.of(who("alan")).into()) {
        Ok(Reply::FactorSet(slip)) => (bench, TotpSecret::parse(&slip.offer.secret).unwrap(), slip.codes),
        other => panic!("{other:?}"),
    }
}

/// Does the same for an account that must choose a password in place of [`OTHER`].
fn choosing() -> (Bench, TotpSecret, Vec<Secret>) {
    let (mut bench, totp, codes) = bench();
    let set = AccountChange::SetPassword { password: secret(OTHER), must_change: true }.of(who("alan"));
    bench.done(Caller::Owner, set);
    (bench, totp, codes)
}

fn log_in(bench: &mut Bench, typed: &str, code: Option<&str>) -> Result<Reply, Failure> {
    let request = SignIn::LogIn { name: "alan".into(), secret: secret(typed), code: code.map(secret) };
    bench.ask(Caller::Nobody, request.into())
}

fn choose_new(bench: &mut Bench) -> Reply {
    bench.ask(Caller::Nobody, choose("alan", OTHER, PASSWORD)).unwrap()
}

fn entries(bench: &mut Bench, filter: &str) -> Vec<Entry> {
    let filter = Filter::parse(ListKind::Journal, filter).unwrap();
    let list = Journal::List { filter, sort: in_order(), span: ALL };
    match bench.ask(Caller::Owner, Request::Journal(list)).unwrap() {
        Reply::Entries(window) => window.rows,
        other => panic!("{other:?}"),
    }
}

/// Returns how the newest entry says that the second factor was proven, and the recovery codes that are left.
fn told(entries: &[Entry]) -> (Option<&str>, Option<i64>) {
    let after = &entries.last().unwrap().after;
    (after.text("second_factor"), after.number("recovery_codes_left"))
}

#[test]
fn a_first_code_that_was_left_out_is_not_asked_for_at_the_choice_of_a_password() {
    let (mut bench, ..) = choosing();
    assert_eq!(log_in(&mut bench, OTHER, Some("")), Ok(Reply::ChoosePassword(WhyChoose::MustChange)));
    signed_in(choose_new(&mut bench));
    assert_eq!(log_in(&mut bench, PASSWORD, None), Ok(Reply::EnterCode { is_verified: false }));
}

#[test]
fn where_nothing_can_be_written_a_factor_that_waits_is_none() {
    let (mut bench, totp, _) = bench();
    bench.service.factor_policy = FactorPolicy::All;
    bench.read_only();
    assert_eq!(log_in(&mut bench, PASSWORD, None), Ok(Reply::EnterCode { is_verified: false }));
    let failure = log_in(&mut bench, PASSWORD, Some("")).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    let code = totp.code(bench.now);
    signed_in(log_in(&mut bench, PASSWORD, Some(&code)).unwrap());
    bench.service.factor_policy = FactorPolicy::Optional;
    signed_in(log_in(&mut bench, PASSWORD, Some("")).unwrap());
}

#[test]
fn a_code_that_was_used_is_recorded_though_the_log_in_goes_on() {
    let (mut bench, totp, codes) = choosing();
    let before = entries(&mut bench, "verb:second-factor").len();
    log_in(&mut bench, OTHER, Some(codes[0].expose())).unwrap();
    let used = entries(&mut bench, "verb:second-factor");
    assert_eq!((used.len(), told(&used)), (before + 1, (Some("recovery code"), Some(9))));
    assert_eq!(used.last().unwrap().actor.name, "alan");
    assert_eq!(entries(&mut bench, "verb:log-in").len(), 0, "nobody is logged in yet");
    signed_in(choose_new(&mut bench));
    assert_eq!(told(&entries(&mut bench, "verb:log-in")), (Some("recovery code"), Some(9)));
    let code = totp.code(bench.now);
    signed_in(log_in(&mut bench, PASSWORD, Some(&code)).unwrap());
    assert_eq!(told(&entries(&mut bench, "verb:log-in")), (Some("code"), None));
    assert_eq!(entries(&mut bench, "verb:second-factor").len(), before + 1, "each is told once");
}

#[test]
fn what_a_log_in_has_proven_is_good_for_the_choice_of_a_password_alone() {
    let (mut bench, totp, _) = choosing();
    let code = totp.code(bench.now);
    assert_eq!(log_in(&mut bench, OTHER, Some(&code)), Ok(Reply::ChoosePassword(WhyChoose::MustChange)));
    assert_eq!(log_in(&mut bench, OTHER, None), Ok(Reply::EnterCode { is_verified: true }));
    signed_in(choose_new(&mut bench));
    assert_eq!(log_in(&mut bench, PASSWORD, None), Ok(Reply::EnterCode { is_verified: true }));
}

/// Returns the set-up of a second factor for `ada` in the middle of a log-in.
fn set_up_factor(proof: &str, factor: &TotpSecret, code: &str) -> SignIn {
    SignIn::EnrolFactor {
        name: "ada".into(),
        proof: secret(proof),
        factor: factor.to_text().unwrap(),
        code: secret(code),
    }
}

#[test]
fn what_a_set_up_has_proven_is_good_for_the_log_in_alone_and_is_told() {
    let mut bench = Bench::new();
    bench.service.factor_policy = FactorPolicy::All;
    let factor = TotpSecret::new().unwrap();
    let code = factor.code(bench.now);
    bench.ask(Caller::Nobody, set_up_factor(PASSWORD, &factor, &code).into()).unwrap();
    let reply = bench.ask(Caller::Nobody, choose("ada", PASSWORD, OTHER));
    assert_eq!(reply, Ok(Reply::EnterCode { is_verified: true }));
    signed_in(bench.log_in("ada", PASSWORD).unwrap());
    assert_eq!(told(&entries(&mut bench, "verb:log-in")), (Some("code"), None));
    assert_eq!(bench.log_in("ada", PASSWORD), Ok(Reply::EnterCode { is_verified: true }));
}

#[test]
fn a_mistyped_code_of_a_second_factor_that_is_being_set_up_is_no_failed_log_in() {
    let mut bench = Bench::new();
    bench.service.factor_policy = FactorPolicy::All;
    let factor = TotpSecret::new().unwrap();
    bench.refused(Caller::Nobody, set_up_factor(PASSWORD, &factor, "x"));
    assert_eq!(entries(&mut bench, "result:refused").len(), 0);
    bench.refused(Caller::Nobody, set_up_factor(OTHER, &factor, "x"));
    assert_eq!(entries(&mut bench, "verb:log-in result:refused").len(), 1);
}
