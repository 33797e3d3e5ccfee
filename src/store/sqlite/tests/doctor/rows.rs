//! Rows that contradict each other, the schema, or the time.

use crate::domain::time::Duration;

use super::*;

/// Returns the findings of one check, each by its object and message.
fn of_check(folder: &TempDir, check: &str) -> Vec<(String, String)> {
    let found = found(folder).into_iter().filter(|finding| finding.check == check);
    found.map(|finding| (finding.object, finding.message)).collect()
}

#[test]
fn rows_without_their_account_are_found_and_only_what_nexus_kept_beside_them_is_deleted() {
    let folder = altered(
        "PRAGMA foreign_keys = OFF;
         INSERT INTO nexus_accounts (user_id, last_seen) VALUES (1, '2026-01-01 00:00:00');
         CREATE TABLE \"their\u{1b}s\" (user_id REFERENCES de_torres_vincent_users (id));
         INSERT INTO \"their\u{1b}s\" VALUES (1), (2);
         CREATE TABLE unnumbered (a, user_id REFERENCES de_torres_vincent_users (id), PRIMARY KEY (a)) WITHOUT ROWID;
         INSERT INTO unnumbered VALUES ('x', 1), ('y', 1);
         DELETE FROM de_torres_vincent_users WHERE id = 1;",
    );
    let before = rows(&folder);
    let told: Vec<_> = found(&folder)
        .into_iter()
        .filter(|finding| finding.check == "references")
        .map(|finding| (finding.object, finding.fixable))
        .collect();
    let tables =
        [TOKENS, "de_torres_vincent_user_directories", "nexus_accounts", "their\u{1b}s", "unnumbered"];
    assert_eq!(told.iter().map(|(object, _)| object.as_str()).collect::<Vec<_>>(), tables);
    assert_eq!(told.iter().filter(|(_, fixable)| *fixable).count(), 1, "{told:?}");
    let directories = of_check(&folder, "references").into_iter().find(|(object, _)| object == tables[1]);
    assert_eq!(
        directories.unwrap().1,
        "3 rows refer to rows of de_torres_vincent_users that do not exist: de_torres_vincent_user_directories 1, 2 and 3."
    );
    let theirs = of_check(&folder, "references").into_iter().find(|(object, _)| object == "unnumbered");
    assert_eq!(
        theirs.unwrap().1,
        "2 rows refer to rows of de_torres_vincent_users that do not exist: unnumbered."
    );
    let mended: Vec<_> = repaired(&folder, false).mended.into_iter().map(|finding| finding.object).collect();
    assert_eq!(mended, ["nexus_accounts"]);
    assert_eq!(rows(&folder), before, "what other programs wrote stays");
    assert_eq!(of_check(&folder, "references").len(), 4);
}

#[test]
fn times_that_cannot_be_read_and_times_to_come_are_found() {
    let folder = altered(
        "UPDATE de_torres_vincent_users SET created_at = 'soon' WHERE id = 1;
         UPDATE de_torres_vincent_users SET created_at = '2101-01-01T00:00:00Z', updated_at = x'00' WHERE id = 2;
         UPDATE de_torres_vincent_session_tokens SET expiration = '2026-02-30 00:00:00';
         UPDATE de_torres_vincent_user_directories SET last_accessed = '2100-01-01 00:05:00' WHERE id > 1;",
    );
    let users = format!("{USERS}.created_at");
    let [first, second, third] = of_check(&folder, "times").try_into().unwrap();
    assert_eq!(first, (users, "1 row has a time that cannot be read in created_at: users 1.".to_owned()));
    assert_eq!(second.1, "1 row has a time that cannot be read in updated_at: users 2.");
    assert_eq!(third.0, format!("{TOKENS}.expiration"));
    assert_eq!(
        of_check(&folder, "clock"),
        [(
            "users 2, created_at".to_owned(),
            "3 times are ahead of the clock, which says 2100-01-01 00:00:00 UTC. The latest is 2101-01-01 00:00:00 \
             UTC (users 2, created_at)."
                .to_owned()
        )]
    );
}

#[test]
fn rows_that_break_a_rule_of_the_schema_are_no_damage() {
    let folder = altered(&format!(
        "PRAGMA ignore_check_constraints = ON;
         UPDATE {USERS} SET status = 'gone'; UPDATE {TOKENS} SET status = x'00';
         PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = replace(sql, 'firstname TEXT NOT NULL', 'firstname TEXT') WHERE name = '{USERS}';
         PRAGMA writable_schema = RESET;
         DROP TRIGGER nexus_users_renamed;
         UPDATE {USERS} SET firstname = NULL WHERE id = 2;
         PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = replace(sql, 'firstname TEXT', 'firstname TEXT NOT NULL') WHERE name = '{USERS}';"
    ));
    assert_eq!(
        of_check(&folder, "rows"),
        [
            (USERS.to_owned(), format!("Rows break a rule of the schema: NULL value in {USERS}.firstname.")),
            (
                format!("{USERS}.status"),
                "2 rows have another status than pending or confirmed or suspended: users 1 and 2."
                    .to_owned()
            ),
            (
                format!("{TOKENS}.status"),
                "1 row has another status than active or expired: sessions 1.".to_owned()
            ),
        ]
    );
    assert_eq!(of_check(&folder, "integrity"), []);
}

#[test]
fn names_and_directories_that_triggers_did_not_see_are_worked_out_again() {
    let folder = altered(
        "DROP TRIGGER nexus_users_renamed;
         UPDATE de_torres_vincent_users SET lastname = 'Lovelace', username = 'ädä' WHERE id = 1;
         INSERT OR REPLACE INTO nexus_name_keys (user_id, folded) VALUES (1, 1);
         UPDATE nexus_directories SET parent = 0;
         DELETE FROM nexus_directories WHERE id = 1;",
    );
    let tables = ["nexus_names", "nexus_name_keys", "nexus_directories"];
    let objects: Vec<_> = found(&folder).into_iter().map(|finding| finding.object).collect();
    assert!(tables.iter().all(|table| objects.iter().any(|object| object == table)), "{objects:?}");
    repaired(&folder, false);
    assert_eq!(found(&folder), []);
    let store = SqliteStore::open(&at(&folder), Access::ReadOnly).unwrap();
    assert!(look(&store, |rows| rows.user(now(), &Who::Username("ÄDÄ".into()))).is_some());
}

#[test]
fn a_journal_that_was_changed_is_found_at_its_first_bad_entry() {
    let folder =
        altered("DROP TRIGGER nexus_journal_fixed; UPDATE nexus_journal SET actor = 'eve' WHERE seq = 1");
    let sentence = "The journal is not intact: entry 1: it is not as it was written.";
    assert_eq!(of_check(&folder, "journal"), [("journal entry 1".to_owned(), sentence.to_owned())]);
    repaired(&folder, false);
    assert_eq!(of_check(&folder, "journal").len(), 1, "no repair hides it");
}

#[test]
fn a_table_with_a_name_of_nexus_that_it_does_not_know_is_found_and_stays() {
    let folder = altered("CREATE TABLE nexus_rebuilt (x); CREATE TABLE theirs (x)");
    let [finding] = found(&folder).try_into().unwrap();
    assert_eq!((finding.check, finding.severity, finding.fixable), ("schema", Severity::Warning, false));
    assert_eq!(
        finding.message,
        "Table nexus_rebuilt has a name of NEXUS's own, but this version does not know it."
    );
    assert_eq!(repaired(&folder, true).mended, []);
    SqliteStore::open(&at(&folder), Access::ReadWrite).unwrap();
}

#[test]
fn an_examination_reports_its_progress_and_can_be_stopped_anywhere() {
    let folder = altered("");
    let mut store = examine(&at(&folder).into(), Access::ReadOnly).unwrap();
    let mut steps = Vec::new();
    let found = store.findings(Examination::Whole, now() + Duration::days(3_650), &mut |done| {
        steps.push(done);
        true
    });
    assert_eq!(found, Ok(Vec::new()));
    assert!(steps.iter().all(|step| step.done <= step.total), "{steps:?}");
    let stopped = store.findings(Examination::Whole, now(), &mut |_| false);
    assert_eq!(stopped, Err(StoreError::Stopped));
}

#[test]
fn a_damaged_file_is_said_to_be_left_as_it_is() {
    let folder = altered("DROP TRIGGER nexus_users_touch; UPDATE nexus_account_counts SET pending = 9");
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'nexus_users_email'";
    let page: i64 = another_program(&folder).query_row(root, [], |row| row.get(0)).unwrap();
    let file = std::fs::File::options().write(true).open(at(&folder)).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &[0xff; 4_096], (page.unsigned_abs() - 1) * 4_096)
        .unwrap();
    drop(file);
    let told = found(&folder);
    assert_eq!(told.first().map(|finding| finding.check), Some("integrity"));
    assert!(told.iter().all(|finding| !finding.fixable), "{told:?}");
    assert!(told.iter().any(|finding| finding.fix.starts_with("Fix the other findings first")), "{told:?}");
    let repaired = repaired(&folder, true);
    assert_eq!((repaired.mended, repaired.is_damaged), (Vec::new(), true));
}
