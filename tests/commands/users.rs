//! `setup` and `user`.

use super::fixture::{Fixture, PASSWORD};

const ADD_BOB: &[&str] = &[
    "user",
    "add",
    "--username",
    "bob",
    "--email",
    "bob@nexus.example",
    "--firstname",
    "Bob",
    "--lastname",
    "Byte",
];

#[test]
fn setup_makes_the_first_admin_once() {
    let fixture = Fixture::with_admin();
    let root = fixture.json(&["user", "show", "root"]);
    assert_eq!((root["access_level"].as_str(), root["status"].as_str()), (Some("admin"), Some("confirmed")));
    assert_eq!(root["home"].as_str(), Some("00001_ROOT"));
    let again = [
        "setup",
        "--username",
        "x",
        "--email",
        "x@y",
        "--firstname",
        "X",
        "--lastname",
        "Y",
        "--password-stdin",
    ];
    assert_eq!(fixture.run_with(&again, PASSWORD).code, 4);
    assert_eq!(fixture.count(&["user", "list"]), 1);
}

#[test]
fn setup_needs_a_password_that_keeps_the_policy() {
    let fixture = Fixture::empty();
    let setup = ["setup", "--username", "x", "--email", "x@y.z", "--firstname", "X", "--lastname", "Y"];
    assert_eq!(fixture.run(&setup).code, 2);
    let ran = fixture.run_with(&[&setup[..], &["--password-stdin"]].concat(), "short\n");
    assert_eq!(ran.code, 6, "{}", ran.err);
    assert!(!ran.err.contains("short\n"));
}

#[test]
fn a_new_account_gets_a_code_alone_on_standard_output() {
    let fixture = Fixture::with_admin();
    let ran = fixture.run(ADD_BOB);
    let code = ran.out.trim_end();
    assert_eq!((ran.code, code.len(), code.find('-')), (0, 9, Some(4)), "{ran:?}");
    assert!(!ran.err.contains(code) && !ran.err.is_empty());
    let codes = fixture.json(&["user", "access-code", "--list"]);
    assert_eq!(codes[0]["user"].as_str(), Some("bob"));
    assert!(!codes.to_string().contains(code));
    fixture.ok(&["user", "access-code", "bob", "--revoke", "--yes"]);
    assert_eq!(fixture.count(&["user", "access-code", "--list"]), 0);
}

#[test]
fn an_account_is_added_with_a_password_from_a_file() {
    let fixture = Fixture::with_admin();
    let file = fixture.file("password", &format!("{PASSWORD}\n"));
    let out = fixture.ok(&[ADD_BOB, &["--password-file", &file, "--status", "confirmed"]].concat());
    assert_eq!(out, "");
    let bob = fixture.json(&["user", "show", "bob@nexus.example"]);
    assert_eq!(bob["id"].as_i64(), Some(2));
    assert_eq!(bob["contact_number"], serde_json::Value::Null);
}

#[test]
fn what_is_taken_is_a_conflict() {
    let fixture = Fixture::with_admin();
    fixture.ok(ADD_BOB);
    fixture.fails(4, ADD_BOB);
    fixture.fails(4, &["user", "edit", "bob", "--email", "ROOT@nexus.example"]);
    fixture.fails(6, &["user", "edit", "bob", "--email", "no at"]);
    fixture.fails(3, &["user", "edit", "nobody", "--email", "a@b.c"]);
}

#[test]
fn an_edit_sets_and_removes_fields() {
    let fixture = Fixture::with_admin();
    fixture.ok(ADD_BOB);
    fixture.ok(&["user", "edit", "bob", "--address", "12 Street\nCity", "--lastname", "Bit"]);
    let bob = fixture.json(&["user", "show", "bob"]);
    assert_eq!((bob["lastname"].as_str(), bob["address"].as_str()), (Some("Bit"), Some("12 Street\nCity")));
    fixture.ok(&["user", "edit", "bob", "--address", ""]);
    assert!(fixture.json(&["user", "show", "bob"])["address"].is_null());
}

#[test]
fn an_account_is_confirmed_suspended_and_deleted() {
    let fixture = Fixture::with_admin();
    fixture.ok(ADD_BOB);
    let status = || fixture.json(&["user", "show", "bob"])["status"].as_str().unwrap().to_owned();
    fixture.ok(&["user", "confirm", "bob"]);
    assert_eq!(status(), "confirmed");
    fixture.fails(2, &["user", "suspend", "bob"]);
    assert_eq!(status(), "confirmed");
    fixture.ok(&["user", "suspend", "bob", "--dry-run"]);
    assert_eq!(status(), "confirmed");
    fixture.ok(&["user", "suspend", "bob", "--yes"]);
    assert_eq!(status(), "suspended");
    fixture.ok(&["user", "delete", "bob", "--yes"]);
    fixture.fails(3, &["user", "show", "bob"]);
}

#[test]
fn the_last_usable_admin_is_safe() {
    let fixture = Fixture::with_admin();
    for act in [
        &["user", "delete", "root", "--yes"][..],
        &["user", "suspend", "root", "--yes"],
        &["user", "demote", "root", "--yes"],
        &["user", "edit", "root", "--status", "pending", "--yes"],
        &["user", "edit", "root", "--access-level", "user", "--yes"],
    ] {
        fixture.fails(5, act);
    }
    fixture.ok(&[ADD_BOB, &["--status", "confirmed"]].concat());
    fixture.ok_with(&["user", "password", "bob", "--password-stdin", "--yes"], PASSWORD);
    fixture.ok(&["user", "promote", "bob", "--yes"]);
    fixture.ok(&["user", "demote", "root", "--yes"]);
}

#[test]
fn lists_are_filtered_sorted_and_cut() {
    let fixture = Fixture::legacy();
    assert_eq!(fixture.count(&["user", "list"]), 300);
    let admins = fixture.json(&["user", "list", "--filter", "level:admin", "--sort", "username:desc"]);
    let names: Vec<_> =
        admins.as_array().unwrap().iter().filter_map(|user| user["username"].as_str()).collect();
    assert!(
        names.contains(&"ada") && names.is_sorted_by(|a, b| a.to_lowercase() >= b.to_lowercase()),
        "{names:?}"
    );
    let few = fixture.json(&["user", "list", "--limit", "2", "--after", "3"]);
    assert_eq!((few[0]["id"].as_i64(), few[1]["id"].as_i64()), (Some(4), Some(5)));
    assert_eq!(fixture.count(&["user", "list", "--filter", "kaede !status:pending user:5"]), 1);
    fixture.fails(6, &["user", "list", "--filter", ""]);
    fixture.fails(6, &["user", "list", "--filter", "colour:red"]);
}

#[test]
fn a_password_may_be_set_for_good() {
    let fixture = Fixture::with_admin();
    fixture.fails(2, &["user", "password", "root"]);
    let ran = fixture.run_with(&["user", "password", "root", "--password-stdin"], "another horse battery\n");
    assert_eq!(ran.code, 2, "{}", ran.err);
    let yes = ["user", "password", "root", "--password-stdin", "--yes"];
    assert_eq!(fixture.ok_with(&yes, "another horse battery\n"), "");
    assert_eq!(fixture.json(&["user", "show", "root"])["must_change"].as_bool(), Some(false));
    fixture.ok_with(&[&yes[..], &["--must-change"]].concat(), "a third horse battery\n");
    assert_eq!(fixture.json(&["user", "show", "root"])["must_change"].as_bool(), Some(true));
}

#[test]
fn an_act_on_all_that_a_filter_shows_leaves_the_exceptions_alone() {
    let fixture = Fixture::with_admin();
    assert_eq!(fixture.run(ADD_BOB).code, 0);
    let status = || fixture.json(&["user", "show", "bob"])["status"].as_str().map(str::to_owned);
    fixture.ok(&["user", "confirm", "--filter", "status:pending", "--except", "2"]);
    assert_eq!(status().as_deref(), Some("pending"));
    fixture.ok(&["user", "confirm", "--filter", "status:pending"]);
    assert_eq!(status().as_deref(), Some("confirmed"));
    assert_eq!(fixture.run(&["user", "suspend", "--all", "--except", "1"]).code, 2, "it asks");
    fixture.ok(&["user", "suspend", "--all", "--except", "1", "--yes"]);
    assert_eq!(status().as_deref(), Some("suspended"));
    assert_eq!(fixture.run(&["user", "delete", "--filter", " ", "--yes"]).code, 6);
    assert_eq!(fixture.count(&["user", "list"]), 2);
}

#[test]
fn blanks_around_a_name_are_seen_wherever_it_is_shown() {
    let fixture = Fixture::with_admin();
    fixture.add("bob");
    fixture.write("UPDATE de_torres_vincent_users SET username = ' bob b ' WHERE username = 'bob'");
    let listed = fixture.ok(&["user", "list"]);
    assert!(listed.contains("<U+0020>bob b<U+0020>"), "{listed}");
    let shown = fixture.ok(&["user", "show", "2"]);
    assert!(shown.contains("<U+0020>bob b<U+0020>"), "{shown}");
    assert_eq!(fixture.json(&["user", "list"])[1]["username"], " bob b ", "programs get it as it is");
    let confirmed = fixture.run(&["user", "confirm", "2"]);
    assert!(confirmed.err.starts_with("Confirmed “ bob b ”"), "{}", confirmed.err);
    let missing = fixture.fails(3, &["user", "show", " bob"]);
    assert!(missing.contains("“ bob”"), "{missing}");
    fixture.ok(&["user", "show", " bob b "]);
}

/// Returns the names of the columns that the help of a list says it can be sorted by.
fn sort_columns(fixture: &Fixture, list: &str) -> Vec<String> {
    let help = fixture.ok(&[list, "list", "--help"]);
    let one_line = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let names = one_line.split_once("Sort by ").unwrap().1.split_once("; add :desc").unwrap().0;
    names.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_list_is_sorted_by_each_column_of_its_help_both_ways() {
    let fixture = Fixture::legacy();
    fixture.ok(&["user", "delete", "12", "13", "14", "--yes"]);
    for (list, known) in [
        ("user", "contact_number"),
        ("session", "origin"),
        ("directory", "owner"),
        ("bin", "deleted_by"),
        ("journal", "seq"),
    ] {
        let columns = sort_columns(&fixture, list);
        assert!(columns.iter().any(|column| column == known), "{list}: {columns:?}");
        let ids = |sort: &str| -> Vec<String> {
            let rows = fixture.json(&[list, "list", "--sort", sort]);
            let key = if list == "journal" { "seq" } else { "id" };
            rows.as_array().unwrap().iter().map(|row| row[key].to_string()).collect()
        };
        for column in columns {
            let (mut up, mut down) = (ids(&column), ids(&format!("{column}:desc")));
            assert!(up.len() > 2, "{list} {column}");
            up.sort();
            down.sort();
            assert_eq!(up, down, "{list} {column}: the same rows");
        }
    }
    let phones = |sort: &str| -> Vec<String> {
        let rows = fixture.json(&["user", "list", "--sort", sort]);
        let phone = |row: &serde_json::Value| row["contact_number"].as_str().unwrap_or_default().to_owned();
        rows.as_array().unwrap().iter().map(phone).collect()
    };
    let mut sorted = phones("id");
    sorted.sort();
    assert_eq!(phones("phone"), sorted);
    sorted.reverse();
    assert_eq!(phones("contact_number:desc"), sorted);
}

/// Another program can store one: no command writes such an email, and no import takes it.
#[test]
fn an_email_with_a_nul_byte_is_listed_exported_found_and_mended() {
    let fixture = Fixture::with_admin();
    fixture.add("alan");
    fixture
        .write("UPDATE de_torres_vincent_users SET email = 'a@b' || char(0) || 'c' WHERE username = 'alan'");
    for args in [
        &["user", "list"][..],
        &["user", "list", "--format", "csv"],
        &["user", "show", "alan"],
        &["user", "list", "--filter", "email:a@b"],
    ] {
        let out = fixture.ok(args);
        assert!(out.contains("a@b") && (out.contains("alan") || out.contains('2')), "{args:?}: {out}");
    }
    assert!(!fixture.ok(&["user", "list"]).contains('\0'));
    assert_eq!(fixture.json(&["user", "show", "alan"])["email"], "a@b\0c");
    for name in ["a.json", "a.sql"] {
        let path = fixture.path(name);
        fixture.ok(&["export", path.to_str().unwrap()]);
        let text = std::fs::read_to_string(path).unwrap();
        let has_it = text.contains("a@b") || text.contains("X'6140620063'");
        assert!(has_it && !text.contains('\0'), "{name}: {text}");
    }
    let sql = std::fs::read_to_string(fixture.path("a.sql")).unwrap();
    let copy = rusqlite::Connection::open_in_memory().unwrap();
    copy.execute_batch(&sql).unwrap();
    let email = "SELECT email FROM de_torres_vincent_users WHERE id = 2";
    assert_eq!(copy.query_row(email, [], |row| row.get::<_, String>(0)).unwrap(), "a@b\0c");

    let exported = fixture.path("a.json");
    let ran = fixture.run(&["import", exported.to_str().unwrap(), "--replace", "--yes"]);
    assert!(ran.code == 6 && ran.err.contains("email holds a NUL character"), "{}", ran.err);
    let found = fixture.run(&["doctor"]);
    assert_eq!(found.code, 8);
    assert!(found.out.contains("fix: nexus user edit 2 --email EMAIL"), "{}", found.out);
    fixture.ok(&["user", "edit", "2", "--email", "alan@nexus.example"]);
    assert!(!fixture.run(&["doctor"]).out.contains("(import)"));
}
