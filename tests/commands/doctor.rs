//! A store that another program altered: refused, examined, repaired.

use rusqlite::Connection;

use super::fixture::{Fixture, PASSWORD};

const EVIL: &str = "CREATE TRIGGER \"evil\u{1b}[2J\" AFTER INSERT ON de_torres_vincent_users BEGIN
    UPDATE de_torres_vincent_users SET access_level = 'admin' WHERE id = NEW.id; END";

fn alter(fixture: &Fixture, sql: &str) {
    Connection::open(fixture.store()).unwrap().execute_batch(sql).unwrap();
}

/// Returns a store with an admin and a backup, in which there is nothing to find.
fn sound() -> Fixture {
    let fixture = Fixture::with_admin();
    fixture.ok(&["backup", fixture.path("backup.db").to_str().unwrap()]);
    fixture
}

#[test]
fn a_store_without_a_backup_is_told_so() {
    let fixture = Fixture::with_admin();
    let found = fixture.run(&["doctor"]);
    assert_eq!(found.code, 8);
    assert_eq!(
        found.out,
        "warning (backup): There is no backup: the journal records none.\n  fix: nexus backup FILE\n"
    );
    let repair = fixture.run(&["doctor", "--fix", "--yes"]);
    assert_eq!((repair.code, repair.out), (8, found.out), "{}", repair.err);
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
    let fixture = sound();
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
    let fixture = sound();
    alter(&fixture, "DROP TRIGGER nexus_users_touch");
    fixture.fails(7, &["doctor", "--fix", "--yes", "--readonly"]);
    assert_eq!(fixture.run(&["doctor", "--readonly"]).code, 8);
}

#[test]
fn a_refused_store_is_examined_and_a_repair_mends_what_it_foretold() {
    let fixture = sound();
    let set_mode = |mode| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(fixture.store(), mode).unwrap();
    };
    set_mode(0o666);
    let found = fixture.run(&["doctor"]);
    assert_eq!((found.code, found.out.lines().count()), (8, 4), "{}", found.out);
    let would = fixture.run(&["doctor", "--fix", "--dry-run"]);
    assert_eq!((would.code, would.out.as_str()), (0, ""), "{}", would.err);
    let mended = fixture.run(&["doctor", "--fix", "--yes"]);
    assert_eq!((mended.code, mended.out.as_str()), (0, ""), "{}", mended.err);

    set_mode(0o660);
    let mended = fixture.run(&["doctor", "--fix", "--yes"]);
    assert_eq!((mended.code, mended.out.as_str()), (0, ""), "its own log is no finding: {}", mended.err);

    alter(&fixture, "DROP TRIGGER nexus_users_touch");
    std::fs::hard_link(fixture.store(), fixture.path("second.db")).unwrap();
    for args in [&["doctor"][..], &["doctor", "--fix", "--dry-run"], &["doctor", "--fix", "--yes"]] {
        let found = fixture.run(args);
        assert_eq!(found.code, 8, "{args:?}: {}", found.err);
        assert!(found.out.contains("error (links)") && found.out.contains("error (schema)"), "{}", found.out);
        assert!(!found.err.contains("mend:"), "{}", found.err);
    }
}

#[test]
fn a_store_of_an_earlier_schema_is_read_without_being_brought_up_to_date() {
    let fixture = Fixture::empty();
    let store = fixture.store();
    std::fs::create_dir_all(store.parent().unwrap()).unwrap();
    let older = Connection::open(&store).unwrap();
    older.execute_batch(include_str!("../../assets/schema/sqlite/0001_accounts.sql")).unwrap();
    older
        .execute_batch(
            "INSERT INTO de_torres_vincent_users (firstname, lastname, email, password) VALUES ('A', 'L', 'a@x', '!');
             PRAGMA application_id = 0x4e585553; PRAGMA user_version = 1;",
        )
        .unwrap();
    drop(older);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&store, mode).unwrap();
    let before = std::fs::read(&store).unwrap();
    let listed = fixture.json(&["user", "list", "--readonly"]);
    assert_eq!(listed[0]["email"], "a@x");
    assert_eq!(std::fs::read(&store).unwrap(), before);
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
    let fixture = sound();
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
        let fixture = sound();
        alter(&fixture, &format!("DROP INDEX IF EXISTS {index}"));
        fixture.run(&["doctor", "--fix", "--yes"]);
        let looked = fixture.run(&["doctor"]);
        assert_eq!(looked.code, 0, "{index}: {}{}", looked.out, looked.err);
    }
}
