//! `import`.

use super::fixture::{Fixture, LEGACY, PASSWORD};

const HEAD: &str = "INSERT INTO `de_torres_vincent_users` VALUES\n";

fn row(id: u32, name: &str, email: &str) -> String {
    format!(
        "({id},'F','L','{name}','{email}','$2y$10$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyzabcde',NULL,NULL,\
         'user','confirmed',NULL,'2024-01-08 16:08:22','2024-01-08 16:08:22',NULL)"
    )
}

#[test]
fn the_legacy_dump_is_taken_whole() {
    let fixture = Fixture::empty();
    let report = fixture.json(&["import", LEGACY]);
    assert_eq!((report["read"]["users"].as_u64(), report["taken"]["users"].as_u64()), (Some(300), Some(300)));
    assert_eq!(report["refused"].as_array().map(Vec::len), Some(0));
    assert!(report["codes_dropped"].as_u64() > Some(0));
    let ada = fixture.json(&["user", "show", "ada"]);
    assert_eq!(ada["created_at"].as_str(), Some("2024-01-08T16:08:22Z"));
    assert_eq!(ada["address"].as_str(), Some("150 Main St\nApt \"8\"; floor 2 🏠"));
}

#[test]
fn a_dry_run_takes_nothing() {
    let fixture = Fixture::empty();
    let report = fixture.json(&["import", LEGACY, "--dry-run"]);
    assert_eq!((report["dry_run"].as_bool(), report["taken"]["users"].as_u64()), (Some(true), Some(300)));
    assert!(!fixture.store().exists());
    let fixture = Fixture::with_admin();
    fixture.ok(&["import", LEGACY, "--dry-run"]);
    assert_eq!(fixture.count(&["user", "list"]), 1);
}

#[test]
fn a_bad_row_stops_all_unless_it_is_skipped() {
    let fixture = Fixture::empty();
    let dump =
        fixture.file("bad.sql", &format!("{HEAD}{},\n{};\n", row(1, "a1", "a@b.c"), row(2, "b1", "A@B.C")));
    fixture.fails(6, &["import", &dump]);
    assert!(!fixture.path("data").exists());
    let ran = fixture.run(&["import", &dump, "--skip-bad-rows"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("de_torres_vincent_users, line 3: "), "{}", ran.err);
    assert_eq!(fixture.count(&["user", "list"]), 1);
}

#[test]
fn a_cut_off_file_is_noticed() {
    let fixture = Fixture::empty();
    let whole = std::fs::read_to_string(LEGACY).unwrap();
    let cut: String = whole.chars().take(whole.chars().count() / 2).collect();
    let dump = fixture.file("cut.sql", &cut);
    fixture.fails(6, &["import", &dump]);
    fixture.fails(6, &["import", &dump, "--skip-bad-rows"]);
    assert!(!fixture.path("data").exists());
}

/// All that lies in a folder, and below it.
fn entries(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(entries(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

#[test]
fn what_fails_where_there_was_no_store_leaves_nothing() {
    let fixture = Fixture::empty();
    let bad =
        fixture.file("bad.sql", &format!("{HEAD}{},\n{};\n", row(1, "a1", "a@b.c"), row(2, "b1", "A@B.C")));
    let cut = fixture.file("cut.sql", &format!("{HEAD}{},", row(1, "a1", "a@b.c")));
    let later = fixture.file(
        "later.sql",
        &format!("{HEAD}{};\nDELETE FROM cine.de_torres_vincent_users;\n", row(1, "a1", "a@b.c")),
    );
    let text = fixture.file("notes.txt", "none of the kind\n");
    let good = fixture.file("good.sql", &format!("{HEAD}{};\n", row(1, "a1", "a@b.c")));
    std::fs::create_dir(fixture.path("there")).unwrap();
    let before = entries(&fixture.path(""));
    let [inner, there] = ["new/folders/nexus.db", "there/nexus.db"]
        .map(|path| fixture.path(path).to_str().unwrap().to_owned());
    for store in [&inner, &there, fixture.store().to_str().unwrap()] {
        for dump in [&bad, &cut, &later, &text, "/no/such/file.sql"] {
            fixture.fails(6, &["import", dump, "--store", store]);
            assert_eq!(entries(&fixture.path("")), before, "{dump}");
        }
        fixture.fails(6, &["import", &bad, "--store", store, "--dry-run"]);
        fixture.ok(&["import", &good, "--store", store, "--dry-run"]);
        let setup = ["setup", "--username", "root", "--email", "none", "--firstname", "A", "--lastname", "B"];
        let ran = fixture.run_with(&[&setup[..], &["--store", store, "--password-stdin"]].concat(), PASSWORD);
        assert_eq!(ran.code, 6, "{}", ran.err);
        assert_eq!(entries(&fixture.path("")), before);
    }
    fixture.ok(&["import", &good, "--store", &inner]);
    let made: Vec<_> = entries(&fixture.path("new")).iter().map(|path| path.display().to_string()).collect();
    assert_eq!(made, [inner.strip_suffix("/nexus.db").unwrap().to_owned(), inner]);
}

#[test]
fn accounts_in_the_store_are_replaced_only_when_told() {
    let fixture = Fixture::with_admin();
    let dump = fixture.file("new.sql", &format!("{HEAD}{};\n", row(7, "root", "other@nexus.example")));
    fixture.fails(4, &["import", &dump]);
    fixture.fails(2, &["import", &dump, "--replace"]);
    assert_eq!(fixture.json(&["user", "show", "root"])["email"].as_str(), Some("root@nexus.example"));
}

#[test]
fn a_file_that_is_not_there_is_said_plainly() {
    let fixture = Fixture::empty();
    let ran = fixture.run(&["import", "/no/such/file.sql"]);
    assert_ne!(ran.code, 0);
    assert!(ran.err.contains("/no/such/file.sql"), "{}", ran.err);
}

#[test]
fn an_import_goes_into_a_store_that_has_accounts() {
    let fixture = Fixture::with_admin();
    fixture.ok(&["import", LEGACY, "--strip-prefix", "MEDIA"]);
    assert_eq!(fixture.count(&["user", "list"]), 301);
    assert_eq!(fixture.json(&["user", "show", "root"])["id"].as_i64(), Some(1));
    let ada = fixture.json(&["user", "show", "ada"]);
    assert_ne!(ada["id"].as_i64(), Some(1));
    assert_eq!(ada["home"].as_str(), Some("00001_ADA"));
    fixture.ok_with(&["user", "password", "ada", "--password-stdin", "--yes"], PASSWORD);
}

/// A SQLite file with 300 accounts, as another program may have made it.
fn foreign_file(fixture: &Fixture, name: &str) -> String {
    let rows: Vec<_> =
        (1..=300).map(|n| row(n, &format!("user{n}"), &format!("user{n}@old.example"))).collect();
    let tables = "CREATE TABLE de_torres_vincent_users (id INTEGER PRIMARY KEY, firstname TEXT, lastname TEXT, username TEXT,
          email TEXT, password TEXT, contact_number TEXT, address TEXT, access_level TEXT, status TEXT, access_code TEXT,
          created_at TEXT, updated_at TEXT, session_token TEXT);
        CREATE TABLE de_torres_vincent_session_tokens (id INTEGER PRIMARY KEY, user_id INTEGER, session_token TEXT,
          expiration TEXT, status TEXT);
        CREATE TABLE de_torres_vincent_user_directories (id INTEGER PRIMARY KEY, user_id INTEGER, directory_id TEXT,
          directory_name TEXT, date_added TEXT, last_modified TEXT, last_accessed TEXT, directory_path TEXT, username TEXT);
        INSERT INTO de_torres_vincent_session_tokens VALUES (1, 1, 'a token', '2099-01-01 00:00:00', 'active');";
    let path = fixture.path(name);
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch(&format!("{tables}{HEAD}{};", rows.join(","))).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_sqlite_file_is_taken_like_a_dump() {
    let fixture = Fixture::empty();
    let file = foreign_file(&fixture, "old.db");
    let before = std::fs::read(&file).unwrap();
    let report = fixture.json(&["import", &file]);
    assert_eq!(
        (report["taken"]["users"].as_u64(), report["taken"]["sessions"].as_u64()),
        (Some(300), Some(1))
    );
    assert_eq!(fixture.count(&["user", "list"]), 300);
    assert_eq!(std::fs::read(&file).unwrap(), before);
    let again = fixture.fails(4, &["import", &file]);
    assert!(again.contains("user1 (row 1)"), "{again}");
}

#[test]
fn a_sqlite_file_is_no_store_and_is_not_touched() {
    let fixture = Fixture::empty();
    let file = foreign_file(&fixture, "old.db");
    let left = || (std::fs::read(&file).unwrap(), std::fs::metadata(&file).unwrap().modified().unwrap());
    let before = left();
    let said = fixture.fails(7, &["user", "list", "--store", &file]);
    assert!(said.contains(&format!("nexus import {file}")), "{said}");
    assert_eq!(left(), before);
    assert_eq!(std::fs::read_dir(fixture.path("")).unwrap().count(), 1, "nothing was made beside it");
}

#[test]
fn the_store_is_not_imported_into_itself() {
    let fixture = Fixture::with_admin();
    let store = fixture.store();
    let said = fixture.fails(6, &["import", store.to_str().unwrap()]);
    assert!(said.contains("is the store itself"), "{said}");
    assert_eq!(fixture.count(&["user", "list"]), 1);
}

/// A case of `tests/data/cases`.
fn case(name: &str) -> String {
    format!("{}/tests/data/cases/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_end_and_the_zone_of_a_dump_are_reported() {
    let fixture = Fixture::empty();
    let ran = fixture.run(&["import", &case("mydumper.sql")]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("no end mark"), "{}", ran.err);
    assert!(ran.err.contains("3 accounts, 2 sessions, 2 directories"), "{}", ran.err);
    assert!(ran.err.contains("1 account is an admin:\n    zoe\n"), "{}", ran.err);
    let fixture = Fixture::empty();
    let report = fixture.json(&["import", &case("time-zone.sql")]);
    assert_eq!((&report["time_zones"][0], &report["end_checked"]), (&"+02:00".into(), &false.into()));
    let ann = fixture.json(&["user", "show", "ann"]);
    assert_eq!(ann["created_at"].as_str(), Some("2024-07-08T14:08:22Z"));
}

#[test]
fn several_databases_are_named_and_one_is_picked() {
    let fixture = Fixture::empty();
    let said = fixture.fails(6, &["import", &case("two-databases.sql")]);
    assert!(said.contains("cine, cine_test"), "{said}");
    fixture.ok(&["import", &case("two-databases.sql"), "--database", "cine"]);
    assert_eq!(fixture.count(&["user", "list"]), 1);
}

#[test]
fn several_prefixes_are_taken_off() {
    let fixture = Fixture::empty();
    let prefixes = ["--strip-prefix", "../MEDIA", "--strip-prefix", "/includes/MEDIA"];
    fixture.ok(&[&["import", &case("predecessor-paths.sql")], &prefixes[..]].concat());
    let tree = fixture.json(&["directory", "list"]);
    let paths: Vec<_> =
        tree.as_array().into_iter().flatten().filter_map(|row| row["directory_path"].as_str()).collect();
    assert_eq!(paths.len(), 4, "{tree}");
    assert!(paths.iter().all(|path| path.starts_with("00001_ZOE")), "{paths:?}");
}

#[test]
fn a_line_that_is_no_sql_is_named_with_what_to_do() {
    let fixture = Fixture::empty();
    let warning = "mysqldump: [Warning] Using a password on the command line interface can be insecure.";
    let dump = fixture.file("warned.sql", &format!("{warning}\n{HEAD}{};\n", row(1, "a1", "a@b.c")));
    let said = fixture.fails(6, &["import", &dump]);
    assert!(said.contains(&format!("line 1 is not SQL: “{warning}”")), "{said}");
    assert!(said.contains("Delete that line"), "{said}");
}

#[test]
fn later_statements_refuse_the_import_unless_ignored() {
    let fixture = Fixture::empty();
    let text = format!("{HEAD}{};\nDELETE FROM de_torres_vincent_users;\n", row(1, "a1", "a@b.c"));
    let dump = fixture.file("later.sql", &text);
    let said = fixture.fails(6, &["import", &dump]);
    assert!(said.contains("line 3: DELETE of de_torres_vincent_users"), "{said}");
    fixture.ok(&["import", &dump, "--ignore-later-statements"]);
    assert_eq!(fixture.count(&["user", "list"]), 1);
}
