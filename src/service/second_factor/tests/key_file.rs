//! A key file that is missing, or not the right one.

use std::fs;

use super::*;

#[test]
fn without_its_key_file_nobody_gets_in_and_doctor_names_the_account() {
    let mut bench = bench();
    let (totp, codes) = verified(&mut bench, "alan");
    assert_eq!(findings(&bench.service).unwrap(), []);
    let path = bench.folder().join("nexus.db.key");
    let key = fs::read(&path).unwrap();
    let other = format!("{}\n", "0".repeat(64));
    for content in [None, Some(other.as_bytes()), Some(b"no key\n")] {
        match content {
            None => fs::remove_file(&path).unwrap(),
            Some(bytes) => fs::write(&path, bytes).unwrap(),
        }
        for code in [totp.code(bench.now).as_str(), codes[0].expose()] {
            let failure = log_in(&mut bench, "alan", Some(code)).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Unavailable, "{failure:?}");
        }
        let why = bench.ask(Caller::Owner, Accounts::Why(who("alan")).into()).unwrap();
        let Reply::Gates(gates) = why else { panic!("{why:?}") };
        let gate = gates.first_shut().unwrap();
        assert_eq!(gate.kind, GateKind::SecondFactor);
        assert!(gate.lift.as_ref().unwrap().command.as_ref().unwrap().contains("--reset"), "{gate:?}");
        let [finding] = &findings(&bench.service).unwrap()[..] else { panic!() };
        assert!(
            finding.message.contains("1 account has") && finding.message.contains("(id 2)"),
            "{finding:?}"
        );
    }
    fs::write(&path, key).unwrap();
    entered_with(&mut bench, "alan", &totp);
}

#[test]
fn none_is_set_up_while_the_key_of_others_is_lost() {
    let mut bench = bench();
    let (totp, _) = verified(&mut bench, "alan");
    let path = bench.folder().join("nexus.db.key");
    let key = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let enrol = || AccountChange::EnrolFactor.of(who("ada"));
    for answer in [bench.rehearse(Caller::Owner, enrol().into()), bench.ask(Caller::Owner, enrol().into())] {
        let failure = answer.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unavailable);
        assert!(failure.message.contains("1 account needs it (id 2)"), "{failure:?}");
    }
    assert!(!path.exists(), "no other key stands where the old one is put back");
    fs::write(&path, key).unwrap();
    entered_with(&mut bench, "alan", &totp);
    enrolled(&mut bench, "ada");
}

#[test]
fn after_a_reset_of_all_a_new_key_file_is_made() {
    let mut bench = bench();
    verified(&mut bench, "alan");
    let path = bench.folder().join("nexus.db.key");
    fs::remove_file(&path).unwrap();
    bench.done(Caller::Owner, AccountChange::ResetFactor.of(who("alan")));
    verified(&mut bench, "alan");
    assert!(path.exists());
}
