//! `nexus backup` and `nexus restore`.

use std::fs;

use crate::fixture::Fixture;

#[test]
fn a_backup_is_made_verified_and_restored() {
    let fixture = Fixture::legacy();
    let file = fixture.path("b.db").to_str().unwrap().to_owned();
    let made = fixture.json(&["backup", &file]);
    assert_eq!(
        (&made["action"], &made["accounts"], &made["entry"]),
        (&"backup".into(), &300.into(), &2.into())
    );
    let verified = fixture.json(&["backup", "--verify", &file]);
    assert_eq!((&verified["head"], &verified["findings"]), (&made["head"], &serde_json::json!([])));
    fixture.ok(&["user", "delete", "alan", "--yes"]);
    // Nobody can answer.
    fixture.fails(2, &["restore", &file]);
    fixture.fails(3, &["user", "show", "alan"]);
    let dry = fixture.json(&["restore", &file, "--dry-run"]);
    assert_eq!((&dry["dry_run"], &dry["accounts"]), (&true.into(), &300.into()));
    fixture.fails(3, &["user", "show", "alan"]);
    let restored = fixture.json(&["restore", &file, "--yes"]);
    assert_eq!((&restored["action"], &restored["entry"]), (&"restore-store".into(), &2.into()));
    let kept = restored["kept"].as_str().unwrap();
    assert!(kept.contains("nexus.db.before-"), "{kept}");
    fixture.ok(&["user", "show", "alan"]);
    fixture.ok(&["journal", "verify"]);
    // The hashes of the legacy accounts are cheap; there is a backup, for it was restored.
    let doctor = fixture.run(&["doctor"]);
    assert!(doctor.out.starts_with("warning (passwords)"), "{}", doctor.out);
    assert_eq!(doctor.out.lines().count(), 2, "{}", doctor.out);
    fixture.ok(&["restore", kept, "--yes"]);
    fixture.fails(3, &["user", "show", "alan"]);
}

#[test]
fn a_file_that_is_there_is_asked_about_and_one_of_a_kind_that_is_no_backup_exits_with_its_code() {
    let fixture = Fixture::with_admin();
    let file = fixture.path("b.db").to_str().unwrap().to_owned();
    fixture.ok(&["backup", &file]);
    let first = fs::read(&file).unwrap();
    fixture.fails(2, &["backup", &file]);
    assert_eq!(fs::read(&file).unwrap(), first);
    fixture.ok(&["backup", &file, "--yes"]);
    assert_ne!(fs::read(&file).unwrap(), first);
    fixture.ok(&["backup", &file, "--keep", "2", "--compress"]);
    fixture.ok(&["backup", "--verify", &file]);
    fixture.ok(&["backup", "--verify", &format!("{file}.1")]);

    let text = fixture.file("text", "no backup\n");
    let cut = fixture.path("cut").to_str().unwrap().to_owned();
    fs::write(&cut, &first[..first.len() / 2]).unwrap();
    fixture.fails(6, &["backup", "--verify", &text]);
    fixture.fails(6, &["restore", &text, "--yes"]);
    fixture.fails(6, &["restore", &format!("{file}.9"), "--yes"]);
    assert_eq!(fixture.run(&["backup", "--verify", &cut]).code, 8);
    fixture.fails(7, &["restore", &cut, "--yes"]);
    fixture.fails(6, &["backup", fixture.store().to_str().unwrap(), "--yes"]);
}

#[test]
fn a_backup_is_verified_without_a_store_and_makes_one_where_there_is_none() {
    let fixture = Fixture::with_admin();
    let file = fixture.path("b.zst").to_str().unwrap().to_owned();
    fixture.ok(&["backup", &file, "--compress"]);
    let elsewhere = fixture.path("new/store.db").to_str().unwrap().to_owned();
    fixture.ok(&["--store", &elsewhere, "backup", "--verify", &file]);
    fixture.fails(7, &["--store", &elsewhere, "backup", &format!("{file}.x")]);
    assert!(!fixture.path("new").exists());
    fixture.ok(&["--store", &elsewhere, "restore", &file, "--yes"]);
    fixture.ok(&["--store", &elsewhere, "user", "show", "root"]);
}
