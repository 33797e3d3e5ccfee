//! A store that another program altered: refused, examined, repaired.

use rusqlite::Connection;

use super::fixture::{Fixture, PASSWORD};

const EVIL: &str = "CREATE TRIGGER \"evil\u{1b}[2J\" AFTER INSERT ON de_torres_vincent_users BEGIN
    UPDATE de_torres_vincent_users SET access_level = 'admin' WHERE id = NEW.id; END";

fn alter(fixture: &Fixture, sql: &str) {
    Connection::open(fixture.store()).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn an_altered_store_is_refused_and_the_doctor_named() {
    let fixture = Fixture::with_admin();
    alter(&fixture, &format!("{EVIL}; DROP INDEX nexus_users_email"));
    let before = fixture.tables();
    for args in [
        &["user", "list"][..],
        &["session", "sweep"],
        &["user", "add", "--username", "x", "--email", "x@y", "--firstname", "X", "--lastname", "Y"],
    ] {
        let said = fixture.fails(7, args);
        assert!(said.contains("index nexus_users_email is missing, trigger evil␛[2J on"), "{said}");
        assert!(said.contains("hint: Nothing was written. `nexus doctor` says more"), "{said}");
    }
    assert_eq!(fixture.tables(), before);
    assert_eq!(fixture.run(&["user", "list", "--readonly"]).code, 0, "it can still be read");
}

#[test]
fn the_doctor_lists_what_is_wrong_and_mends_it_where_it_may() {
    let fixture = Fixture::with_admin();
    let clean = fixture.run(&["doctor"]);
    assert_eq!((clean.code, clean.out.as_str(), clean.err.as_str()), (0, "", "No findings.\n"));
    assert_eq!(fixture.ok(&["doctor", "--format", "json"]), "[]\n");
    alter(&fixture, &format!("{EVIL}; DROP TRIGGER nexus_journal_kept"));
    let found = fixture.run(&["doctor"]);
    assert_eq!(found.code, 8);
    assert_eq!(
        found.out,
        "error (schema): Trigger nexus_journal_kept is missing.\n  fix: nexus doctor --fix\n\
         error (schema): Trigger evil␛[2J on de_torres_vincent_users was not made by NEXUS.\n  \
           fix: nexus doctor --fix --drop-foreign\n"
    );
    let json = fixture.run(&["doctor", "--format", "json"]);
    assert_eq!(json.code, 8);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let keys: Vec<_> = json[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["check", "severity", "object", "message", "fix", "fixable"]);
    assert_eq!((&json[0]["fixable"], &json[1]["fixable"]), (&true.into(), &false.into()));

    let unasked = fixture.fails(2, &["doctor", "--fix"]);
    assert!(unasked.contains("--yes"), "{unasked}");
    assert_eq!(fixture.run(&["doctor", "--drop-foreign", "--yes"]).code, 2, "that goes with --fix only");
    let would = fixture.run(&["doctor", "--fix", "--dry-run"]);
    assert_eq!(would.code, 8);
    assert!(would.err.starts_with("Would fix: Trigger nexus_journal_kept is missing.\n"), "{}", would.err);
    let partly = fixture.run(&["doctor", "--fix", "--yes"]);
    assert_eq!(partly.code, 8);
    assert!(partly.err.starts_with("Fixed: Trigger nexus_journal_kept is missing.\n"), "{}", partly.err);
    fixture.fails(7, &["user", "list"]);
    let whole = fixture.run(&["doctor", "--fix", "--drop-foreign", "--yes"]);
    assert_eq!((whole.code, whole.out.as_str()), (0, ""), "{}", whole.err);
    assert!(whole.err.contains("Removed and replaced objects are saved in "), "{}", whole.err);
    fixture.ok(&["user", "list"]);
    assert_eq!(fixture.count(&["journal", "list", "--filter", "verb:repair"]), 2);
    fixture.ok(&["journal", "verify"]);
}

#[test]
fn a_repair_for_reading_only_is_refused() {
    let fixture = Fixture::with_admin();
    alter(&fixture, "DROP TRIGGER nexus_users_touch");
    fixture.fails(7, &["doctor", "--fix", "--yes", "--readonly"]);
    assert_eq!(fixture.run(&["doctor", "--readonly"]).code, 8);
}

#[test]
fn the_doctor_makes_no_store() {
    let fixture = Fixture::empty();
    fixture.fails(7, &["doctor"]);
    fixture.fails(7, &["doctor", "--fix", "--yes"]);
    assert!(!fixture.store().exists());
}

#[test]
fn the_journal_is_verified_in_an_altered_store_and_a_whole_one_still_refused() {
    let fixture = Fixture::with_admin();
    alter(&fixture, "DROP TRIGGER nexus_journal_kept");
    let said = fixture.fails(7, &["journal", "verify"]);
    assert!(said.contains("trigger nexus_journal_kept is missing"), "{said}");
    alter(&fixture, "DROP TRIGGER nexus_journal_fixed; UPDATE nexus_journal SET actor = 'x'");
    assert_eq!(fixture.run(&["journal", "verify"]).code, 8);
}

#[test]
fn columns_views_and_tables_of_other_programs_are_no_reason_to_refuse() {
    let fixture = Fixture::with_admin();
    alter(
        &fixture,
        "ALTER TABLE de_torres_vincent_users ADD COLUMN plan TEXT DEFAULT 'free';
         CREATE VIEW people AS SELECT * FROM de_torres_vincent_users;
         CREATE TABLE plugin (user_id REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE);
         CREATE INDEX theirs ON de_torres_vincent_users (plan)",
    );
    fixture.add("ada");
    fixture.ok_with(&["user", "password", "ada", "--password-stdin", "--yes"], PASSWORD);
    let found = fixture.run(&["doctor"]);
    assert_eq!(found.code, 8);
    assert!(
        found.out.starts_with("warning (schema): View people was made by another program.\n"),
        "{}",
        found.out
    );
}

#[test]
fn the_doctor_works_whatever_index_or_table_is_gone_and_on_stores_of_earlier_schemas() {
    for index in ["nexus_sessions_boot", "nexus_users_admin", "nexus_journal_at", "nexus_name_keys_key"] {
        let fixture = Fixture::with_admin();
        alter(&fixture, &format!("DROP INDEX IF EXISTS {index}"));
        fixture.run(&["doctor", "--fix", "--yes"]);
        let looked = fixture.run(&["doctor"]);
        assert_eq!(looked.code, 0, "{index}: {}{}", looked.out, looked.err);
    }
}
