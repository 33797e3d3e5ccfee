//! Second factors from their set-up to their reset, over a real store and a real key file.

use std::fs;

use crate::domain::config::FactorPolicy;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Status};

use super::super::contract::{
    AccountAction, AccountChange, Accounts, Bin, Caller, FactorState, GateKind, InBin, Journal, Operator,
    Request, SignIn, Undo,
};
use super::super::testing::{ALL, Bench, OTHER, PASSWORD, accounts_named, in_order, secret, who};
use super::*;

mod key_file;

fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.account("alan", AccessLevel::User, Status::Confirmed);
    bench
}

fn log_in(bench: &mut Bench, name: &str, code: Option<&str>) -> Result<Reply, Failure> {
    let request = SignIn::LogIn { name: name.into(), secret: secret(PASSWORD), code: code.map(secret) };
    bench.ask(Caller::Nobody, request.into())
}

/// Tries to log in with what is no code. Returns the failure without the wait that follows it.
fn refused(bench: &mut Bench, name: &str, code: &str) -> Failure {
    Failure { next_try: None, ..log_in(bench, name, Some(code)).unwrap_err() }
}

fn entered(reply: Result<Reply, Failure>) -> Operator {
    match reply {
        Ok(Reply::SignedIn(operator)) => operator,
        other => panic!("{other:?}"),
    }
}

/// Logs in with the code of this moment, and returns it.
fn entered_with(bench: &mut Bench, name: &str, totp: &TotpSecret) -> String {
    let code = totp.code(bench.now);
    entered(log_in(bench, name, Some(&code)));
    code
}

/// Sets up a second factor for an account as the command does. Returns its secret and the recovery codes.
fn enrolled(bench: &mut Bench, name: &str) -> (TotpSecret, Vec<Secret>) {
    match bench.ask(Caller::Owner, AccountChange::EnrolFactor.of(who(name)).into()) {
        Ok(Reply::FactorSet(slip)) => {
            assert!(!slip.is_verified);
            (TotpSecret::parse(&slip.offer.secret).unwrap(), slip.codes)
        }
        other => panic!("{other:?}"),
    }
}

/// Sets up a second factor and logs in with its first code, half a minute ago.
fn verified(bench: &mut Bench, name: &str) -> (TotpSecret, Vec<Secret>) {
    let (totp, codes) = enrolled(bench, name);
    entered_with(bench, name, &totp);
    bench.later(Duration::seconds(30));
    (totp, codes)
}

fn state(bench: &mut Bench, name: &str) -> FactorState {
    match bench.ask(Caller::Owner, Accounts::Show(who(name)).into()) {
        Ok(Reply::User(detail)) => detail.second_factor,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_code_is_asked_for_after_the_password_and_each_is_good_once() {
    let mut bench = bench();
    let (totp, _) = verified(&mut bench, "alan");
    assert!(matches!(log_in(&mut bench, "alan", None), Ok(Reply::EnterCode { is_verified: true })));
    let code = entered_with(&mut bench, "alan", &totp);
    assert_eq!(refused(&mut bench, "alan", &code), wrong_code());
    bench.later(Duration::seconds(30));
    assert_eq!(refused(&mut bench, "alan", &code), wrong_code(), "an earlier one");
    entered_with(&mut bench, "alan", &totp);
}

#[test]
fn without_the_password_no_code_is_asked_for() {
    let mut bench = bench();
    let (totp, _) = verified(&mut bench, "alan");
    let code = secret(&totp.code(bench.now));
    for code in [None, Some(code)] {
        let request = SignIn::LogIn { name: "alan".into(), secret: secret(OTHER), code };
        let failure = bench.refused(Caller::Nobody, request);
        assert_eq!(failure.message, "Wrong username or password.");
    }
}

#[test]
fn a_wrong_code_is_a_failed_log_in() {
    let mut bench = bench();
    verified(&mut bench, "alan");
    let count = |bench: &mut Bench| {
        let filter = Filter::parse(ListKind::Journal, "verb:log-in result:refused").unwrap();
        let list = Journal::List { filter, sort: in_order(), span: ALL };
        match bench.ask(Caller::Owner, Request::Journal(list)) {
            Ok(Reply::Entries(window)) => window.total,
            other => panic!("{other:?}"),
        }
    };
    for code in ["", "000000", "1234567", "ABCD-EFGH", "x"] {
        let before = count(&mut bench);
        let failure = refused(&mut bench, "alan", code);
        assert_eq!((failure, count(&mut bench)), (wrong_code(), before + 1), "{code}");
    }
}

#[test]
fn a_recovery_code_is_good_once_however_it_is_typed() {
    let mut bench = bench();
    let (_, codes) = verified(&mut bench, "alan");
    assert_eq!(codes.len(), 10);
    let typed = codes[3].expose().to_lowercase().replace('-', " ");
    entered(log_in(&mut bench, "alan", Some(&typed)));
    assert_eq!(refused(&mut bench, "alan", codes[3].expose()), wrong_code());
    entered(log_in(&mut bench, "alan", Some(codes[4].expose())));
    let other = verified(&mut bench, "ada").1;
    assert_eq!(refused(&mut bench, "alan", other[0].expose()), wrong_code());
}

#[test]
fn one_that_waits_for_its_first_code_does_not_count_yet() {
    let mut bench = bench();
    let (totp, _) = enrolled(&mut bench, "alan");
    assert_eq!(state(&mut bench, "alan"), FactorState::Waiting);
    assert!(matches!(log_in(&mut bench, "alan", None), Ok(Reply::EnterCode { is_verified: false })));
    assert_eq!(refused(&mut bench, "alan", "000000"), wrong_code());
    entered(log_in(&mut bench, "alan", Some("")));
    assert_eq!(state(&mut bench, "alan"), FactorState::Waiting);
    entered_with(&mut bench, "alan", &totp);
    assert_eq!(state(&mut bench, "alan"), FactorState::Since(bench.now));
    assert_eq!(refused(&mut bench, "alan", ""), wrong_code());
}

#[test]
fn operators_set_up_their_own_with_the_first_code() {
    let mut bench = bench();
    let ada = bench.operator("ada");
    let Ok(Reply::FactorOffer(offer)) = bench.ask(ada, Accounts::OfferFactor.into()) else { panic!() };
    assert!(offer.uri.expose().contains(offer.secret.expose()));
    assert_eq!(state(&mut bench, "ada"), FactorState::None, "nothing is stored yet");
    let totp = TotpSecret::parse(&offer.secret).unwrap();
    let enrol = |code: &str| Accounts::EnrolFactor { factor: offer.secret.clone(), code: secret(code) };
    assert_eq!(bench.refused(ada, enrol("000000")).message, wrong_code().message);
    assert_eq!(state(&mut bench, "ada"), FactorState::None);
    let code = totp.code(bench.now);
    let Ok(Reply::FactorSet(slip)) = bench.ask(ada, enrol(&code).into()) else { panic!() };
    assert!(slip.is_verified);
    assert_eq!(refused(&mut bench, "ada", &code), wrong_code(), "it was used");
    assert_eq!(bench.kind(ada, Accounts::OfferFactor), FailureKind::Conflict);
    bench.later(Duration::seconds(30));
    entered_with(&mut bench, "ada", &totp);
}

#[test]
fn the_policy_leads_the_log_in_to_the_set_up() {
    for (policy, ada, alan) in [
        (FactorPolicy::Off, false, false),
        (FactorPolicy::Optional, false, false),
        (FactorPolicy::Admins, true, false),
        (FactorPolicy::All, true, true),
    ] {
        let mut bench = bench();
        bench.service.factor_policy = policy;
        for (name, demanded) in [("ada", ada), ("alan", alan)] {
            let reply = log_in(&mut bench, name, None).unwrap();
            assert_eq!(matches!(reply, Reply::FactorOffer(_)), demanded, "{policy:?}: {name}");
            let Reply::FactorOffer(offer) = reply else { continue };
            let totp = TotpSecret::parse(&offer.secret).unwrap();
            let code = totp.code(bench.now);
            let enrol = |typed: &str| SignIn::EnrolFactor {
                name: name.into(),
                proof: secret(PASSWORD),
                factor: offer.secret.clone(),
                code: secret(typed),
            };
            assert_eq!(bench.refused(Caller::Nobody, enrol("000000")).message, wrong_code().message);
            let Ok(Reply::FactorSet(slip)) = bench.ask(Caller::Nobody, enrol(&code).into()) else { panic!() };
            assert_eq!(slip.codes.len(), 10);
            // The log-in goes on without another code, once.
            entered(log_in(&mut bench, name, None));
            assert!(matches!(log_in(&mut bench, name, None), Ok(Reply::EnterCode { is_verified: true })));
        }
    }
}

#[test]
fn what_was_proven_for_a_log_in_is_forgotten_after_five_minutes() {
    let mut bench = bench();
    bench.service.factor_policy = FactorPolicy::All;
    let Ok(Reply::FactorOffer(offer)) = log_in(&mut bench, "alan", None) else { panic!() };
    let code = TotpSecret::parse(&offer.secret).unwrap().code(bench.now);
    let enrol = SignIn::EnrolFactor {
        name: "alan".into(),
        proof: secret(PASSWORD),
        factor: offer.secret.clone(),
        code: secret(&code),
    };
    bench.ask(Caller::Nobody, enrol.into()).unwrap();
    bench.later(Duration::minutes(5));
    assert!(matches!(log_in(&mut bench, "alan", None), Ok(Reply::EnterCode { is_verified: true })));
}

#[test]
fn where_nobody_must_have_one_the_log_in_sets_none_up() {
    let mut bench = bench();
    let totp = TotpSecret::new().unwrap();
    let enrol = SignIn::EnrolFactor {
        name: "alan".into(),
        proof: secret(PASSWORD),
        factor: totp.to_text().unwrap(),
        code: secret(&totp.code(bench.now)),
    };
    assert_eq!(bench.kind(Caller::Nobody, enrol), FailureKind::Refused);
    assert_eq!(state(&mut bench, "alan"), FactorState::None);
}

#[test]
fn a_code_is_needed_before_a_new_password_is_chosen() {
    let mut bench = bench();
    let (totp, _) = verified(&mut bench, "alan");
    let set = AccountChange::SetPassword { password: secret(OTHER), must_change: true }.of(who("alan"));
    bench.ask(Caller::Owner, set.into()).unwrap();
    let try_in = |code: Option<&str>| SignIn::LogIn {
        name: "alan".into(),
        secret: secret(OTHER),
        code: code.map(secret),
    };
    let choose = || SignIn::Choose { name: "alan".into(), proof: secret(OTHER), password: secret(PASSWORD) };
    let reply = bench.ask(Caller::Nobody, try_in(None).into());
    assert!(matches!(reply, Ok(Reply::EnterCode { .. })));
    let reply = bench.ask(Caller::Nobody, choose().into());
    assert!(matches!(reply, Ok(Reply::EnterCode { .. })), "{reply:?}");
    let code = totp.code(bench.now);
    let reply = bench.ask(Caller::Nobody, try_in(Some(&code)).into());
    assert!(matches!(reply, Ok(Reply::ChoosePassword(_))), "{reply:?}");
    entered(bench.ask(Caller::Nobody, choose().into()));
}

#[test]
fn an_admin_resets_it_and_a_plain_user_only_the_own() {
    let mut bench = bench();
    verified(&mut bench, "alan");
    bench.account("grace", AccessLevel::User, Status::Confirmed);
    let (ada, grace) = (bench.operator("ada"), bench.operator("grace"));
    let reset = || AccountChange::ResetFactor.of(who("alan"));
    assert_eq!(bench.kind(grace, reset()), FailureKind::NotFound, "a plain user sees no others");
    bench.ask(ada, reset().into()).unwrap();
    assert_eq!(bench.kind(ada, reset()), FailureKind::NotFound);
    entered(log_in(&mut bench, "alan", None));
    let (_, codes) = verified(&mut bench, "grace");
    bench.ask(grace, AccountChange::ResetFactor.of(who("grace")).into()).unwrap();
    entered(log_in(&mut bench, "grace", None));
    assert_eq!(codes.len(), 10);
}

#[test]
fn the_bin_keeps_it_until_it_is_purged() {
    for undone in [false, true] {
        let mut bench = bench();
        let (totp, codes) = verified(&mut bench, "alan");
        bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["alan"])));
        let restore = Bin::Restore { which: InBin::Account(who("alan")), to: None, with_sessions: false };
        let back = if undone { Request::Undo(Undo::Last) } else { restore.into() };
        bench.done(Caller::Owner, back);
        assert!(matches!(log_in(&mut bench, "alan", None), Ok(Reply::EnterCode { is_verified: true })));
        let code = entered_with(&mut bench, "alan", &totp);
        entered(log_in(&mut bench, "alan", Some(codes[0].expose())));
        assert_eq!(refused(&mut bench, "alan", &code), wrong_code(), "undone={undone}");
        bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["alan"])));
        bench.done(Caller::Owner, Bin::Purge(InBin::Account(who("alan"))));
        for table in ["nexus_accounts", "nexus_bin_users"] {
            let left = bench.dump_columns(table, "factor_secret, recovery_codes");
            assert!(!left.contains("Blob"), "{left}");
        }
    }
}

#[test]
fn what_was_reset_is_not_brought_back() {
    let mut bench = bench();
    verified(&mut bench, "alan");
    bench.done(Caller::Owner, AccountChange::ResetFactor.of(who("alan")));
    assert!(bench.ask(Caller::Owner, Request::Undo(Undo::Last)).is_err());
    assert_eq!(state(&mut bench, "alan"), FactorState::None);
}

#[test]
fn recover_removes_it() {
    let mut bench = bench();
    verified(&mut bench, "alan");
    let recover = AccountChange::Recover { password: Some(secret(OTHER)) }.of(who("alan"));
    bench.done(Caller::Owner, recover);
    assert_eq!(state(&mut bench, "alan"), FactorState::None);
    let request = SignIn::LogIn { name: "alan".into(), secret: secret(OTHER), code: None };
    entered(bench.ask(Caller::Nobody, request.into()));
}

#[test]
fn no_file_and_no_list_tells_a_secret() {
    let mut bench = bench();
    let (totp, codes) = verified(&mut bench, "alan");
    let text = totp.to_text().unwrap();
    for entry in fs::read_dir(bench.folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        assert!(!holds(text.expose().as_bytes()) && !holds(totp.bytes()), "{path:?}");
        for code in &codes {
            let bare = code.expose().replace('-', "");
            assert!(!holds(code.expose().as_bytes()) && !holds(bare.as_bytes()), "{path:?}");
        }
    }
}

#[test]
fn a_read_only_console_takes_codes_of_the_app_only() {
    let mut bench = bench();
    let (totp, codes) = verified(&mut bench, "alan");
    bench.read_only();
    assert!(matches!(log_in(&mut bench, "alan", None), Ok(Reply::EnterCode { .. })));
    assert_eq!(refused(&mut bench, "alan", "000000"), wrong_code());
    let failure = log_in(&mut bench, "alan", Some(codes[0].expose())).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unavailable);
    entered_with(&mut bench, "alan", &totp);
}

#[test]
fn where_they_are_turned_off_none_is_set_up_and_one_that_is_there_is_asked_for() {
    let mut bench = bench();
    let (totp, _) = verified(&mut bench, "alan");
    bench.service.factor_policy = FactorPolicy::Off;
    assert!(matches!(log_in(&mut bench, "alan", None), Ok(Reply::EnterCode { is_verified: true })));
    entered_with(&mut bench, "alan", &totp);
    assert_eq!(bench.kind(Caller::Owner, AccountChange::EnrolFactor.of(who("ada"))), FailureKind::Refused);
    let ada = bench.operator("ada");
    assert_eq!(bench.kind(ada, Accounts::OfferFactor), FailureKind::Refused);
}

#[test]
fn two_processes_take_a_code_once_between_them() {
    let mut bench = bench();
    let (totp, codes) = verified(&mut bench, "alan");
    let mut second = bench.second();
    for code in [totp.code(bench.now), codes[0].expose().to_owned()] {
        // The failure before is no reason to wait.
        second.later(Duration::seconds(2));
        entered(log_in(&mut second, "alan", Some(&code)));
        assert_eq!(refused(&mut bench, "alan", &code), wrong_code());
    }
}

#[test]
fn a_dry_run_makes_no_key_file_and_shows_no_secret() {
    let mut bench = bench();
    let reply = bench.rehearse(Caller::Owner, AccountChange::EnrolFactor.of(who("alan")).into()).unwrap();
    assert!(matches!(reply, Reply::Counted { .. }), "{reply:?}");
    assert!(!bench.folder().join("nexus.db.key").exists());
}
