//! A person erased by the program: no file of the store, and no backup made after, holds what was known of them.

use std::fs;
use std::path::Path;

use super::fixture::{Fixture, PASSWORD};

/// A text that stands nowhere else.
const MARKS: [&str; 8] = [
    "qzalan",
    "qzturing",
    "qzmail@nexus.example",
    "Qzfirst",
    "Qzlast",
    "+49 30 5550199",
    "Qzstreet 9",
    "Qzwhy",
];

/// Returns the marks that files hold, letter case ignored.
fn marks(paths: &[&Path]) -> Vec<&'static str> {
    let bytes: Vec<u8> = paths.iter().flat_map(|path| fs::read(path).unwrap()).collect();
    let bytes = bytes.to_ascii_lowercase();
    let holds = |mark: &&str| {
        let mark = mark.to_lowercase();
        bytes.windows(mark.len()).any(|window| window == mark.as_bytes())
    };
    MARKS.into_iter().filter(|mark| holds(mark)).collect()
}

/// Returns a store in which `qzturing`, the account 2, lies in the bin after a life.
fn fixture() -> Fixture {
    let fixture = Fixture::with_admin();
    let names = ["--firstname", "Qzfirst", "--lastname", "Qzlast", "--email", "qzmail@nexus.example"];
    let more = ["--contact-number", "+49 30 5550199", "--address", "Qzstreet 9"];
    fixture.ok(&[&["user", "add", "--username", "qzalan"], &names[..], &more[..]].concat());
    fixture.ok(&["user", "confirm", "qzalan", "--reason", "Qzwhy"]);
    fixture.ok(&["session", "issue", "qzalan"]);
    fixture.ok(&["session", "issue", "qzalan"]);
    fixture.ok(&["session", "revoke", "--user", "qzalan", "--yes"]);
    fixture.ok(&["directory", "add", "00002_QZALAN/Photos/Qzlast"]);
    fixture.ok(&["directory", "trash", "00002_QZALAN/Photos/Qzlast", "--yes"]);
    fixture.ok(&["user", "edit", "qzalan", "--username", "qzturing"]);
    fixture.ok_with(&["user", "password", "qzturing", "--password-stdin", "--yes"], PASSWORD);
    fixture.ok(&["user", "access-code", "qzturing"]);
    let csv = "username,email,firstname,lastname,password\nbob,bob@nexus.example,B,Ob,\n";
    fixture.ok(&["import", &fixture.file("bob.csv", csv), "--reason", "as qzturing asked"]);
    let export = fixture.path("all.json");
    fixture.ok(&["export", export.to_str().unwrap(), "--with-hashes"]);
    fixture.ok(&["import", export.to_str().unwrap(), "--replace", "--yes"]);
    fs::remove_file(export).unwrap();
    fixture.ok(&["user", "delete", "qzturing", "--yes"]);
    fixture.ok(&["undo"]);
    fixture.ok(&["user", "delete", "qzturing", "--yes"]);
    fixture
}

#[test]
fn an_erased_person_is_in_no_file_of_the_store_and_in_no_backup_made_after() {
    let fixture = fixture();
    let files = |fixture: &Fixture| {
        let folder = fixture.store().parent().unwrap().to_owned();
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        files
    };
    let paths = files(&fixture);
    assert_eq!(marks(&paths.iter().map(AsRef::as_ref).collect::<Vec<_>>()), MARKS);
    let noted = fixture.ok(&["journal", "head"]);
    let ran = fixture.run(&["user", "purge", "qzturing", "--erase", "--yes"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.err.starts_with("Erased qzturing with ") && ran.err.contains(" of the journal too"),
        "{ran:?}"
    );
    let paths = files(&fixture);
    assert_eq!(marks(&paths.iter().map(AsRef::as_ref).collect::<Vec<_>>()), Vec::<&str>::new(), "{paths:?}");
    fixture.ok(&["journal", "verify", "--expect", noted.trim()]);
    let backup = fixture.path("backup.db");
    fixture.ok(&["backup", backup.to_str().unwrap()]);
    assert_eq!(marks(&[&backup]), Vec::<&str>::new());
    fixture.ok(&["backup", "--verify", backup.to_str().unwrap()]);
    let export = fixture.path("after.json");
    fixture.ok(&["export", export.to_str().unwrap(), "--with-journal"]);
    assert_eq!(marks(&[&export]), Vec::<&str>::new());
    let history = fixture.json(&["user", "history", "2"]);
    assert_eq!((&history[0]["verb"], &history[0]["erased"]), (&"erase".into(), &serde_json::Value::Null));
    assert_eq!((&history[1]["verb"], &history[1]["erased"]), (&"delete".into(), &"object".into()));
    assert!(fixture.ok(&["user", "history", "2"]).contains("(erased)"));
    fixture.fails(3, &["user", "history", "qzturing"]);
    fixture.fails(3, &["user", "history", "2", "--at", "2999-01-01"]);
    fixture.fails(4, &["user", "purge", "2", "--erase", "--yes"]);
    fixture.fails(5, &["undo"]);
    fixture.ok(&["restore", backup.to_str().unwrap(), "--yes"]);
    fixture.ok(&["journal", "verify", "--expect", noted.trim()]);
}

#[test]
fn an_erasure_is_counted_and_asked_about_like_a_purge() {
    let fixture = fixture();
    let before = fixture.ok(&["journal", "head"]);
    let would = fixture.run(&["user", "purge", "qzturing", "--erase", "--dry-run"]);
    assert!(would.err.starts_with("Would erase qzturing with "), "{would:?}");
    fixture.fails(2, &["user", "purge", "qzturing", "--erase"]);
    fixture.fails(3, &["user", "purge", "bob", "--erase", "--yes"]);
    let naming = ["user", "purge", "qzturing", "--erase", "--yes", "--reason", "as Qzturing asked"];
    fixture.fails(6, &naming);
    assert_eq!(fixture.ok(&["journal", "head"]), before);
    let done = fixture.json(&["user", "purge", "2", "--erase", "--yes"]);
    assert_eq!(
        (&done["action"], &done["accounts"], &done["ids"][0]),
        (&"erase".into(), &1.into(), &2.into())
    );
    assert!(done["entries_erased"].as_u64().unwrap() > 10, "{done}");
}
