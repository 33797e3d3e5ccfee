//! `user second-factor`: what it prints, the key file, and what holds no secret.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use super::fixture::Fixture;

/// Sets up a second factor for root. Returns the URI, the secret and the recovery codes.
fn enrolled(fixture: &Fixture) -> Vec<String> {
    let out = fixture.ok(&["user", "second-factor", "root", "--enrol"]);
    out.lines().map(str::to_owned).collect()
}

#[test]
fn it_prints_the_uri_the_secret_and_ten_recovery_codes() {
    let fixture = Fixture::with_admin();
    let lines = enrolled(&fixture);
    assert_eq!(lines.len(), 12, "{lines:?}");
    assert_eq!(lines[0], format!("otpauth://totp/NEXUS:root?secret={}&issuer=NEXUS", lines[1]));
    assert_eq!(lines[1].len(), 32);
    assert!(lines[2..].iter().all(|code| code.len() == 9 && code.find('-') == Some(4)), "{lines:?}");
    let root = fixture.json(&["user", "show", "root"]);
    assert_eq!(root["second_factor"].as_str(), Some("waiting"));
    let json = fixture.json(&["user", "second-factor", "root", "--enrol"]);
    assert_eq!(json["action"].as_str(), Some("second-factor"));
    assert_eq!(json["recovery_codes"].as_array().map(Vec::len), Some(10));
    assert!(json["uri"].as_str().unwrap().contains(json["secret"].as_str().unwrap()));
    assert_ne!(json["secret"].as_str(), Some(&*lines[1]), "one that nobody verified is replaced");
}

#[test]
fn the_key_file_is_for_its_owner_only_and_no_copy_holds_a_secret() {
    let fixture = Fixture::with_admin();
    let lines = enrolled(&fixture);
    let key = fixture.path("data/nexus/nexus.db.key");
    assert_eq!(fs::metadata(&key).unwrap().mode() & 0o777, 0o600);
    let (backup, export) = (fixture.path("backup.db"), fixture.path("export.json"));
    let told = fixture.json(&["backup", backup.to_str().unwrap()]);
    assert_eq!(told["key_file"].as_str(), key.to_str());
    fs::remove_file(&backup).unwrap();
    let ran = fixture.run(&["backup", backup.to_str().unwrap()]);
    assert!(ran.err.contains("nexus.db.key") && ran.err.contains("is not in it"), "{}", ran.err);
    fixture.ok(&["export", export.to_str().unwrap(), "--with-hashes", "--with-journal"]);
    let key = fs::read_to_string(key).unwrap();
    for file in [backup, export, fixture.store()] {
        let bytes = fs::read(&file).unwrap();
        for secret in lines[1..].iter().map(String::as_str).chain([key.trim_end()]) {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{file:?}");
        }
    }
}

#[test]
fn a_reset_asks_and_removes_it() {
    let fixture = Fixture::with_admin();
    let reset = ["user", "second-factor", "root", "--reset"];
    assert!(fixture.fails(2, &reset).contains("--yes"));
    fixture.fails(3, &[&reset[..], &["--yes"]].concat());
    enrolled(&fixture);
    fixture.ok(&[&reset[..], &["--yes"]].concat());
    assert_eq!(fixture.json(&["user", "show", "root"])["second_factor"].as_str(), Some("none"));
    fixture.fails(2, &["user", "second-factor", "root"]);
    fixture.fails(3, &["user", "second-factor", "nobody", "--enrol"]);
}

#[test]
fn without_the_key_file_doctor_names_the_account() {
    let fixture = Fixture::with_admin();
    enrolled(&fixture);
    fs::remove_file(fixture.path("data/nexus/nexus.db.key")).unwrap();
    let ran = fixture.run(&["doctor"]);
    assert_eq!(ran.code, 8);
    assert!(ran.out.contains("second factor that cannot be checked (id 1)"), "{}", ran.out);
}

#[test]
fn where_they_are_turned_off_none_is_set_up() {
    let fixture = Fixture::with_admin();
    let config = fixture.file("off.toml", "second_factor = \"off\"\n");
    let args = ["--config", &config, "user", "second-factor", "root", "--enrol"];
    assert!(fixture.fails(5, &args).contains("turned off"));
}
