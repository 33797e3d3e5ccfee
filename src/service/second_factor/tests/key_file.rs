//! A key file that is missing, or not the right one.

use std::fs;

use super::super::super::contract::{Backup, BackupReply, NeededKey};
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

#[test]
fn a_backup_counts_them_and_a_restore_says_whether_their_key_is_there() {
    let mut bench = bench();
    verified(&mut bench, "alan");
    let file = bench.folder().join("backup.db");
    let backup = |bench: &mut Bench, request| match bench.ask(Caller::Owner, Request::Backup(request)) {
        Ok(Reply::Backup(reply)) => *reply,
        other => panic!("{other:?}"),
    };
    let request = Backup::Make { file: file.clone(), keep: None, compress: false, overwrite: false };
    let BackupReply::Made(made) = backup(&mut bench, request) else { panic!() };
    let path = bench.folder().join("nexus.db.key");
    assert_eq!((made.content.factors, made.key_file.as_ref()), (1, Some(&path)));
    let reply = backup(&mut bench, Backup::Verify { file: file.clone() });
    let BackupReply::Verified(verified) = reply else { panic!() };
    assert_eq!(verified.check.content.unwrap().factors, 1);
    for is_there in [true, false] {
        if !is_there {
            fs::remove_file(&path).unwrap();
        }
        let reply = backup(&mut bench, Backup::Restore { file: file.clone(), despite_findings: false });
        let told = reply.sentences().join(" ");
        let BackupReply::Restored(restored) = reply else { panic!() };
        assert_eq!(restored.key, Some(NeededKey { path: path.clone(), is_there }));
        assert_eq!(told.contains("put it back"), !is_there, "{told}");
        assert!(told.contains("1 second factor needs the key file "), "{told}");
    }
}
