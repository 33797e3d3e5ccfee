//! A store whose schema was altered: examined and repaired.

mod files;
mod lost;
mod rows;

use std::path::Path;

use crate::domain::finding::{Finding, Severity};
use crate::domain::journal::{Action, EntityKind, EntityRef, FieldValues, NewEntry, Outcome};
use crate::store::contract_tests::entry;
use crate::store::{Repaired, contract_tests, examine};

use super::*;

/// Returns a store with two accounts, a session and directories, as `sql` leaves it.
fn altered(sql: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    keep(&mut store, |rows| {
        let ada = rows.insert_user(&account("ada", AccessLevel::Admin))?;
        rows.insert_user(&account("bob", AccessLevel::User))?;
        rows.insert_session(&token(ada, "t1"))?;
        for path in ["1_A", "1_A/b", "1_A/b/c"] {
            rows.insert_directory(&contract_tests::folder(ada, path))?;
        }
        rows.record(&entry())
    });
    drop(store);
    another_program(&folder).execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    folder
}

fn at(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join("nexus.db")
}

fn found(folder: &TempDir) -> Vec<Finding> {
    findings(&mut *examine(&at(folder).into(), Access::ReadOnly).unwrap())
}

/// Returns a repair that records each finding as an entry of the journal.
fn noting() -> impl Repair {
    Repairing(|rows: &mut dyn Write| rows.record(&entry()).map(drop))
}

/// Repairs a store and notes each repair in its journal.
fn repaired(folder: &TempDir, drop_foreign: bool) -> Repaired {
    let mut store = examine(&at(folder).into(), Access::ReadWrite).unwrap();
    store.repair(drop_foreign, &mut noting()).unwrap()
}

/// Returns all rows of the tables that hold what people entered.
fn rows(folder: &TempDir) -> Vec<String> {
    let other = another_program(folder);
    let mut lines = Vec::new();
    for table in
        ["de_torres_vincent_users", "de_torres_vincent_session_tokens", "de_torres_vincent_user_directories"]
    {
        let mut statement = other.prepare(&format!("SELECT * FROM {table} ORDER BY id")).unwrap();
        let width = statement.column_count();
        let line = |row: &rusqlite::Row<'_>| {
            Ok((0..width).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect::<Vec<_>>().join(" "))
        };
        lines.extend(statement.query_map([], line).unwrap().map(rusqlite::Result::<String>::unwrap));
    }
    lines
}

fn entries(folder: &TempDir) -> i64 {
    another_program(folder).query_row("SELECT count(*) FROM nexus_journal", [], |row| row.get(0)).unwrap()
}

/// Rebuilds the users table with a part of its text in other words, and all that belongs to it.
fn remade(table: &str, part: &str, other: &str) -> String {
    let cache = Connection::open_in_memory().unwrap();
    for step in schema::STEPS {
        cache.execute_batch(step).unwrap();
    }
    let mut statement =
        cache.prepare("SELECT type, sql FROM sqlite_schema WHERE tbl_name = ? AND sql NOT NULL").unwrap();
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let objects: Vec<_> = statement.query_map([table], read).unwrap().map(rusqlite::Result::unwrap).collect();
    let (_, made) = objects.iter().find(|(kind, _)| kind == "table").unwrap();
    assert!(made.contains(part), "{part}");
    let mut sql = format!(
        "PRAGMA foreign_keys = OFF; CREATE TABLE kept AS SELECT * FROM {table}; DROP TABLE {table}; "
    );
    sql += &made.replacen(part, other, 1);
    sql.extend(["; INSERT INTO ", table, " SELECT * FROM kept; DROP TABLE kept;"]);
    for (_, text) in objects.iter().filter(|(kind, _)| kind != "table") {
        sql.extend([text, ";"]);
    }
    sql
}

const USERS: &str = "de_torres_vincent_users";
const TOKENS: &str = "de_torres_vincent_session_tokens";

#[test]
fn every_dropped_trigger_and_index_comes_back() {
    let objects: Vec<(String, String)> = another_program(&altered(""))
        .prepare("SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql NOT NULL")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(rusqlite::Result::unwrap)
        .collect();
    let drops: Vec<_> = objects.iter().map(|(kind, name)| format!("DROP {kind} {name};")).collect();
    let folder = altered(&drops.concat());
    let before = rows(&folder);
    assert_eq!(found(&folder).len(), drops.len());
    assert!(SqliteStore::open(&at(&folder), Access::ReadWrite).is_err());
    assert_eq!(repaired(&folder, false).mended.len(), drops.len());
    assert_eq!(found(&folder), []);
    assert_eq!(rows(&folder), before);
    assert_eq!(entries(&folder), 1 + drops.len() as i64, "each repair is an entry");
    SqliteStore::open(&at(&folder), Access::ReadWrite).unwrap();
}

#[test]
fn a_table_that_lost_a_rule_is_made_anew_with_all_its_rows() {
    for sql in [
        remade(USERS, " CHECK (access_level IN ('user', 'admin'))", ""),
        remade(USERS, "email TEXT NOT NULL", "email TEXT"),
        remade(USERS, " AUTOINCREMENT", ""),
        remade(USERS, "DEFAULT 'user'", "DEFAULT 'admin'"),
        remade(TOKENS, " ON DELETE CASCADE", ""),
        remade(TOKENS, " REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE", ""),
        remade("nexus_journal", " CHECK (seq > 0)", ""),
        remade("nexus_settings", " WITHOUT ROWID", ""),
    ] {
        let folder = altered(&sql);
        let before = rows(&folder);
        let wrong = found(&folder);
        assert!(!wrong.is_empty() && wrong.iter().all(|finding| finding.fixable), "{sql}: {wrong:?}");
        assert_eq!(repaired(&folder, false).mended, wrong);
        assert_eq!(found(&folder), [], "{sql}");
        assert_eq!(rows(&folder), before);
        let mut store = SqliteStore::open(&at(&folder), Access::ReadWrite).unwrap();
        let id = keep(&mut store, |rows| rows.insert_user(&account("eve", AccessLevel::User)));
        assert_eq!(id.0, 3);
    }
}

#[test]
fn a_table_made_anew_keeps_what_other_programs_added_to_it() {
    let more = "ALTER TABLE de_torres_vincent_users ADD COLUMN plan TEXT NOT NULL DEFAULT 'free' CHECK (plan <> 'x');
        UPDATE de_torres_vincent_users SET plan = 'gold' WHERE username = 'bob';
        CREATE INDEX their_plans ON de_torres_vincent_users (plan);
        CREATE VIEW people AS SELECT * FROM de_torres_vincent_users;
        CREATE TABLE theirs (user_id REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE);
        INSERT INTO theirs VALUES (2);";
    let folder = altered(&(remade(USERS, " CHECK (access_level IN ('user', 'admin'))", "") + more));
    let before = rows(&folder);
    repaired(&folder, false);
    assert_eq!(rows(&folder), before);
    let messages: Vec<_> =
        found(&folder).into_iter().map(|finding| (finding.severity, finding.message)).collect();
    assert_eq!(messages, [(Severity::Warning, "View people was made by another program.".to_owned())]);
    let other = another_program(&folder);
    let is_there = "SELECT count(*) FROM sqlite_schema WHERE name = 'their_plans'";
    assert_eq!(other.query_row(is_there, [], |row| row.get(0)), Ok(1));
    assert!(other.execute("UPDATE de_torres_vincent_users SET plan = 'x'", []).is_err());
    assert_eq!(
        other.query_row("SELECT count(*) FROM theirs, people WHERE user_id = id", [], |row| row.get(0)),
        Ok(1)
    );
}

#[test]
fn an_id_is_not_given_again_after_a_table_was_made_anew() {
    let sql = "DELETE FROM de_torres_vincent_users WHERE id = 2;
        CREATE TEMP TABLE number AS SELECT seq FROM sqlite_sequence WHERE name = 'de_torres_vincent_users';"
        .to_owned()
        + &remade(USERS, "email TEXT NOT NULL", "email TEXT")
        + "UPDATE sqlite_sequence SET seq = (SELECT seq FROM number) WHERE name = 'de_torres_vincent_users';";
    let folder = altered(&sql);
    repaired(&folder, false);
    let mut store = SqliteStore::open(&at(&folder), Access::ReadWrite).unwrap();
    assert_eq!(keep(&mut store, |rows| rows.insert_user(&account("eve", AccessLevel::User))).0, 3);
}

const EVIL: &str = "CREATE TRIGGER evil AFTER INSERT ON de_torres_vincent_users BEGIN
    UPDATE de_torres_vincent_users SET access_level = 'admin' WHERE id = NEW.id; END;";

#[test]
fn a_foreign_trigger_goes_only_when_that_is_asked_for_and_its_text_is_kept() {
    let folder = altered(EVIL);
    let finding = Finding {
        check: "schema",
        severity: Severity::Error,
        object: "evil".into(),
        message: "Trigger evil on de_torres_vincent_users was not made by NEXUS.".into(),
        fix: "nexus doctor --fix --drop-foreign".into(),
        fixable: false,
    };
    assert_eq!(found(&folder), std::slice::from_ref(&finding));
    assert_eq!(repaired(&folder, false), Repaired::only(Vec::new()));
    assert_eq!(found(&folder), std::slice::from_ref(&finding));
    let Repaired { mended, saved, .. } = repaired(&folder, true);
    assert_eq!(mended, [finding]);
    let saved = saved.unwrap();
    assert!(std::fs::read_to_string(&saved).unwrap().starts_with("CREATE TRIGGER evil AFTER INSERT"));
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&saved).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(found(&folder), []);
    assert_eq!(entries(&folder), 2);
}

#[test]
fn a_trigger_that_swallows_the_journal_is_gone_before_its_end_is_written_down() {
    let folder =
        altered("CREATE TRIGGER hush BEFORE INSERT ON nexus_journal BEGIN SELECT raise(IGNORE); END;");
    assert_eq!(repaired(&folder, true).mended.len(), 1);
    assert_eq!(entries(&folder), 2);
}

#[test]
fn a_unique_index_waits_for_rows_that_are_the_same_and_they_are_named() {
    let folder = altered(
        "DROP INDEX nexus_users_email; DROP TRIGGER nexus_users_touch;
         UPDATE de_torres_vincent_users SET email = 'Ada@NEXUS.example';",
    );
    let wrong = found(&folder);
    let index = wrong.iter().find(|finding| finding.object == "nexus_users_email").unwrap();
    assert!(!index.fixable);
    assert_eq!(index.fix, "Change or delete rows first: rows 1 and 2 have the same email.");
    assert_eq!(repaired(&folder, false).mended.len(), 1, "the others are mended all the same");
    assert_eq!(found(&folder), std::slice::from_ref(index));
    another_program(&folder)
        .execute("UPDATE de_torres_vincent_users SET email = 'b@x' WHERE id = 2", [])
        .unwrap();
    assert_eq!(repaired(&folder, false).mended.len(), 1);
    assert_eq!(found(&folder), []);
}

#[test]
fn rows_that_break_a_rule_are_named() {
    for (sql, fix) in [
        (
            remade(USERS, " CHECK (access_level IN ('user', 'admin'))", "")
                + "UPDATE de_torres_vincent_users SET access_level = 'root' WHERE id = 2;",
            "Change or delete rows first: 2 (by id) hold what CHECK (access_level IN ('user', 'admin')) refuses.",
        ),
        (
            remade(TOKENS, " REFERENCES de_torres_vincent_users (id) ON DELETE CASCADE", "")
                + "UPDATE de_torres_vincent_session_tokens SET user_id = 77;",
            "Change or delete rows first: 1 (by id) hold a user_id that is in no row of de_torres_vincent_users.",
        ),
        (
            remade(USERS, "firstname TEXT NOT NULL", "firstname TEXT")
                + "DROP TRIGGER nexus_users_renamed; UPDATE de_torres_vincent_users SET firstname = NULL;",
            "Change or delete rows first: 1, 2 (by id) hold NULL in firstname.",
        ),
    ] {
        let folder = altered(&sql);
        let wrong = found(&folder);
        let table = wrong.iter().find(|finding| finding.object.starts_with("de_torres")).unwrap();
        assert_eq!((table.fix.as_str(), table.fixable), (fix, false));
        repaired(&folder, false);
        assert_eq!(found(&folder), std::slice::from_ref(table));
    }
}

#[test]
fn lists_are_right_after_triggers_were_away() {
    let folder = altered(
        "DROP TRIGGER nexus_users_added; DROP TRIGGER nexus_directories_added;
         INSERT INTO de_torres_vincent_users (firstname, lastname, email, password) VALUES ('Zoë', 'Ünal', 'z@x', '!');
         INSERT INTO de_torres_vincent_user_directories (user_id, directory_id, directory_name, directory_path)
         VALUES (1, 'd', 'Ä', '1_A/Ä');",
    );
    repaired(&folder, false);
    let other = another_program(&folder);
    let name = other.query_row("SELECT name FROM nexus_names WHERE user_id = 3", [], |row| row.get(0));
    assert_eq!(name, Ok("unal zoe".to_owned()));
    let parent = other.query_row("SELECT parent FROM nexus_directories WHERE id = 4", [], |row| row.get(0));
    assert_eq!(parent, Ok(1));
}

#[test]
fn an_examination_changes_nothing() {
    let folder = altered(EVIL);
    let files = || {
        let names = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name());
        let mut names: Vec<_> = names.filter(|name| !name.to_string_lossy().ends_with("-shm")).collect();
        names.sort();
        (names, std::fs::read(at(&folder)).unwrap())
    };
    let before = files();
    assert_eq!(found(&folder).len(), 1);
    let mut store = examine(&at(&folder).into(), Access::ReadOnly).unwrap();
    assert_eq!(store.repair(true, &mut noting()), Err(StoreError::ReadOnly));
    drop(store);
    let after = files();
    assert_eq!(before.1, after.1);
}

#[test]
fn a_store_of_an_earlier_version_is_repaired_as_that_version() {
    let folder = TempDir::new().unwrap();
    let older = another_program(&folder);
    for step in schema::STEPS.iter().take(3) {
        older.execute_batch(step).unwrap();
    }
    older.execute_batch(&format!("{EVIL} DROP INDEX nexus_users_email")).unwrap();
    older.pragma_update(None, "application_id", schema::APPLICATION_ID).unwrap();
    older.pragma_update(None, "user_version", 3).unwrap();
    drop(older);
    assert!(matches!(SqliteStore::open(&at(&folder), Access::ReadWrite), Err(StoreError::Altered(_))));
    let mended: Vec<_> = repaired(&folder, true).mended.iter().map(|finding| finding.check).collect();
    assert_eq!(mended, ["mode", "schema", "schema"], "though there is no journal yet to note it in");
    SqliteStore::open(&at(&folder), Access::ReadWrite).unwrap();
}

#[test]
fn each_fix_in_a_store_of_an_earlier_version_is_an_entry_that_its_chain_holds() {
    for version in 4..schema::LATEST as usize {
        let folder = TempDir::new().unwrap();
        earlier(&folder, version);
        std::fs::set_permissions(at(&folder), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        another_program(&folder).execute_batch("DROP INDEX nexus_users_email").unwrap();
        let mended: Vec<_> =
            repaired(&folder, false).mended.into_iter().map(|finding| finding.object).collect();
        assert_eq!(mended.len(), 2, "version {version}: {mended:?}");
        assert_eq!(entries(&folder), 2, "version {version}");
        let store = SqliteStore::open(&at(&folder), Access::ReadWrite).unwrap();
        let checked = look(&store, |rows| rows.verify_journal(&crate::domain::journal::Head::empty(), 100));
        assert_eq!(checked.broken, None, "version {version}");
    }
}

#[test]
fn a_version_that_was_lowered_is_put_right_and_nothing_of_nexus_s_own_is_foreign() {
    for lowered in [0, 1, 5] {
        let folder = altered(&format!("PRAGMA user_version = {lowered}"));
        let objects: Vec<_> = found(&folder).into_iter().map(|finding| finding.object).collect();
        assert_eq!(objects, ["user_version"], "{lowered}");
        assert_eq!(repaired(&folder, true).mended.len(), 1);
        assert_eq!(found(&folder), []);
        SqliteStore::open(&at(&folder), Access::ReadWrite).unwrap();
    }
}

#[test]
fn where_there_is_no_store_nothing_is_examined_and_nothing_made() {
    let folder = TempDir::new().unwrap();
    for access in [Access::ReadOnly, Access::ReadWrite] {
        assert!(examine(&at(&folder).into(), access).is_err());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    std::fs::write(at(&folder), "no database").unwrap();
    assert!(matches!(examine(&at(&folder).into(), Access::ReadWrite).err(), Some(StoreError::NotAStore(_))));
}

#[test]
fn a_foreign_key_that_sqlite_cannot_check_is_a_finding() {
    let folder = altered(
        "CREATE TABLE \"plans\u{1b}\" (email TEXT REFERENCES DE_TORRES_VINCENT_USERS (EMAIL), also);
         CREATE TABLE badges (name TEXT REFERENCES de_torres_vincent_users (username), note);
         CREATE TABLE ratings (name, user_id REFERENCES de_torres_vincent_users ON DELETE CASCADE);
         CREATE TABLE remarks (rating REFERENCES ratings (name));
         CREATE TABLE tokens (token REFERENCES de_torres_vincent_session_tokens (session_token));
         CREATE TABLE folders (id REFERENCES de_torres_vincent_user_directories (directory_id));
         CREATE TABLE apart (name UNIQUE COLLATE NOCASE, up REFERENCES apart (up));
         CREATE TABLE nowhere (x REFERENCES missing (id));",
    );
    let found = found(&folder);
    let objects: Vec<_> = found.iter().map(|finding| finding.object.as_str()).collect();
    assert_eq!(objects, ["badges", "plans\u{1b}", "remarks"]);
    assert!(found.iter().all(|finding| finding.check == "schema" && finding.severity == Severity::Error));
    assert!(found[0].message.contains("foreign key that SQLite cannot check"), "{:?}", found[0]);
    assert!(repaired(&folder, true).mended.is_empty());
}

#[test]
fn what_triggers_keep_is_compared_with_the_rows_and_worked_out_again() {
    let folder = altered(
        "UPDATE nexus_account_counts SET pending = 7; UPDATE nexus_active_hours SET sessions = 7;
         UPDATE nexus_session_counts SET sessions = 7; DELETE FROM nexus_journal_days;
         UPDATE nexus_directory_counts SET directories = 7;
         INSERT INTO nexus_journal_days VALUES ('2020-01-01', 'edit', 'done', 1);
         INSERT INTO nexus_journal_labels VALUES ('nobody', 9);",
    );
    let objects = |found: &[Finding]| found.iter().map(|one| one.object.clone()).collect::<Vec<_>>();
    let hours_first = ["nexus_account_counts", "nexus_active_hours"];
    let others =
        ["nexus_session_counts", "nexus_directory_counts", "nexus_journal_days", "nexus_journal_labels"];
    let wrong = [&hours_first[..], &others].concat();
    assert_eq!(objects(&found(&folder)), wrong);
    assert_eq!(objects(&repaired(&folder, false).mended), wrong);
    assert_eq!(found(&folder), []);
}
