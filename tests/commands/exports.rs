//! `export`, and `import` of what it writes.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::Value;

use super::fixture::{Fixture, LEGACY};

const SCHEMA: &str = include_str!("../../assets/manual/export.schema.json");

/// Returns a store with the rows of the legacy dump.
fn legacy() -> Fixture {
    let fixture = Fixture::empty();
    fixture.ok(&["import", LEGACY, "--keep-sessions"]);
    fixture
}

/// Checks a value against the part of JSON Schema that the schema of exports uses.
fn check(schema: &Value, value: &Value, place: &str) {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{place}: unknown type {other}"),
    };
    for (keyword, rule) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "type" => match rule.as_array() {
                Some(types) => types.iter().any(|name| is(name.as_str().unwrap())),
                None => is(rule.as_str().unwrap()),
            },
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_i64() >= rule.as_i64(),
            "pattern" => {
                assert_eq!(rule, "^sha256:[0-9a-f]{64}$");
                let digits = value.as_str().unwrap().strip_prefix("sha256:").unwrap();
                digits.len() == 64 && digits.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
            }
            "format" => value.as_str().is_none_or(|text| match rule.as_str() {
                Some("date-time") => text.len() == 20 && text.ends_with('Z'),
                Some("date") => text.len() == 10,
                other => panic!("{other:?}"),
            }),
            "required" => {
                rule.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some())
            }
            "properties" => {
                let rules = rule.as_object().unwrap();
                for (key, part) in value.as_object().unwrap() {
                    check(
                        rules.get(key).unwrap_or_else(|| panic!("{place}.{key}")),
                        part,
                        &format!("{place}.{key}"),
                    );
                }
                true
            }
            "items" => {
                let parts = value.as_array().unwrap();
                parts.iter().enumerate().for_each(|(at, part)| check(rule, part, &format!("{place}[{at}]")));
                true
            }
            "additionalProperties" => *rule == Value::Bool(false),
            "$schema" | "title" | "description" => true,
            other => panic!("{place}: unknown keyword {other}"),
        };
        assert!(holds, "{place}: {keyword} {rule}: {value}");
    }
}

#[test]
fn json_is_as_its_schema_says() {
    let fixture = legacy();
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    for (name, options) in [("plain.json", &[][..]), ("all.json", &["--with-hashes", "--with-journal"])] {
        let path = fixture.path(name);
        fixture.ok(&[&["export", path.to_str().unwrap()][..], options].concat());
        let document: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        check(&schema, &document, name);
        assert_eq!(document["users"].as_array().map(Vec::len), Some(300));
        assert_eq!(document["users"][0].get("password").is_some(), !options.is_empty());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn an_import_of_an_export_brings_everything_back() {
    let first = legacy();
    let path = first.path("a.json.gz");
    first.ok(&["export", path.to_str().unwrap(), "--with-hashes"]);
    let second = Fixture::empty();
    let report = second.json(&["import", path.to_str().unwrap(), "--keep-sessions"]);
    assert_eq!(report["taken"]["sessions"], 688);
    let again = second.path("a.json.gz");
    second.ok(&["export", again.to_str().unwrap(), "--with-hashes"]);
    assert!(std::fs::read(&path).unwrap() == std::fs::read(&again).unwrap());
}

#[test]
fn texts_that_are_no_utf_8_are_told() {
    let fixture = legacy();
    let path = fixture.path("a.json");
    let store = rusqlite::Connection::open(fixture.store()).unwrap();
    let list = ["user", "list", "--format", "json"];
    assert_eq!(fixture.run(&list).err, "");
    let sql = "UPDATE de_torres_vincent_users SET lastname = CAST(X'ff' AS TEXT) WHERE id = 2";
    store.execute(sql, []).unwrap();
    drop(store);
    let said = fixture.run(&["export", path.to_str().unwrap()]).err;
    assert!(said.contains("1 text is not UTF-8") && said.contains("    users 2: lastname\n"), "{said}");
    let said = fixture.run(&list).err;
    assert!(said.contains("stands for bytes that are not UTF-8"), "{said}");
}

#[test]
fn a_file_that_is_there_asks() {
    let fixture = legacy();
    let file = fixture.file("a.json", "mine");
    let refused = fixture.run(&["export", &file]);
    assert_eq!((refused.code, std::fs::read_to_string(&file).unwrap().as_str()), (2, "mine"));
    fixture.ok(&["export", &file, "--yes"]);
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("{\"format\""));
    fixture.fails(2, &["export", "a.csv"]);
    fixture.fails(2, &["export", "-"]);
    fixture.fails(6, &["export", fixture.path("b.json").to_str().unwrap(), "--filter", "nonsense:x"]);
}

#[test]
fn standard_output_takes_one_table() {
    let fixture = legacy();
    let ran = fixture.run(&["export", "-", "--as", "csv", "--table", "users", "--filter", "level:admin"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("id,firstname,lastname,username,email,contact_number,"), "{}", ran.out);
    assert!(ran.err.starts_with("Exported "), "{}", ran.err);
}

#[test]
fn a_dry_run_counts_and_writes_nothing() {
    let fixture = legacy();
    let file = fixture.path("a.json");
    let ran = fixture.run(&["export", file.to_str().unwrap(), "--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.starts_with("Would export 300 accounts, 688 sessions, 2,292 directories to "),
        "{}",
        ran.err
    );
    let found = fixture.json(&["export", file.to_str().unwrap(), "--dry-run"]);
    assert_eq!((found["dry_run"].as_bool(), found["users"].as_u64()), (Some(true), Some(300)));
    assert!(!file.exists());
    let ran = fixture.run(&["export", "-", "--as", "json", "--dry-run"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let fixture = legacy();
    let mut child = Command::new(env!("CARGO_BIN_EXE_nexus"))
        .args(["--store", fixture.store().to_str().unwrap(), "export", "-", "--as", "json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_table_without_its_names_refuses_the_folder() {
    let fixture = legacy();
    let folder = fixture.path("tables");
    fixture.ok(&["export", folder.to_str().unwrap(), "--as", "csv"]);
    let sessions = folder.join("sessions.csv");
    let text = std::fs::read_to_string(&sessions).unwrap();
    std::fs::write(&sessions, text.split_once('\n').unwrap().1).unwrap();
    let refused = Fixture::empty().run(&["import", folder.to_str().unwrap(), "--yes"]);
    assert_eq!(refused.code, 6, "{}", refused.err);
    assert!(refused.err.contains("The first line of sessions.csv in "), "{}", refused.err);
}

#[test]
fn sqlite_runs_the_sql() {
    let fixture = legacy();
    let script = fixture.path("a.sql");
    fixture.ok(&["export", script.to_str().unwrap(), "--with-hashes", "--with-journal"]);
    let target = fixture.path("new.db");
    let made = rusqlite::Connection::open(&target).unwrap();
    made.execute_batch(&std::fs::read_to_string(&script).unwrap()).unwrap();
    let store = rusqlite::Connection::open(fixture.store()).unwrap();
    let sql =
        "SELECT group_concat(hex(firstname || coalesce(address, 'none') || password || created_at), ',')
        FROM (SELECT * FROM de_torres_vincent_users ORDER BY id)";
    let all = |file: &rusqlite::Connection| file.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(all(&made), all(&store));
    let count = "SELECT count(*) FROM de_torres_vincent_user_directories";
    assert_eq!(made.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 2_292);
}

#[test]
fn a_signal_leaves_the_whole_file_or_nothing() {
    let fixture = legacy();
    let binary = env!("CARGO_BIN_EXE_nexus");
    let folder = fixture.path("out");
    std::fs::create_dir(&folder).unwrap();
    let mut child = Command::new(binary)
        .args(["--store", fixture.store().to_str().unwrap(), "export"])
        .arg(folder.join("a.json"))
        .spawn()
        .unwrap();
    let _ = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    let status = child.wait().unwrap();
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty() || (status.success() && left == ["a.json"]), "{status} {left:?}");
}

#[test]
fn a_list_of_people_becomes_accounts_with_codes() {
    let fixture = Fixture::with_admin();
    let people =
        fixture.file("people.csv", "email,firstname,lastname,access_level\na@b.c,A,B,\nd@e.f,D,E,admin\n");
    let codes = fixture.path("codes.csv");
    let codes = codes.to_str().unwrap();
    let args = ["import", "--new-accounts", &people, "--codes", codes];
    // An account becomes an admin, and nobody can be asked.
    fixture.fails(2, &args);
    assert_eq!(fixture.count(&["user", "list"]), 1);
    let done = fixture.json(&[&args[..], &["--yes"]].concat());
    assert_eq!((done["changed"].as_u64(), done["ids"].as_array().map(Vec::len)), (Some(2), Some(2)));
    assert_eq!(std::fs::read_to_string(codes).unwrap().lines().count(), 3);
    assert_eq!(fixture.count(&["user", "list", "--filter", "has:code"]), 2);
    fixture.fails(2, &["import", "--new-accounts", &people]);
    let taken =
        fixture.run(&["import", "--new-accounts", &people, "--codes", fixture.path("x").to_str().unwrap()]);
    assert_eq!(taken.code, 4, "{}", taken.err);
    assert!(taken.err.contains("row 2: Email is taken"), "{}", taken.err);
}

#[test]
fn an_import_reports_every_row() {
    let fixture = Fixture::empty();
    let report = fixture.path("rows.jsonl");
    fixture.ok(&["import", LEGACY, "--report", report.to_str().unwrap()]);
    let text = std::fs::read_to_string(&report).unwrap();
    assert_eq!(text.lines().count(), 300 + 688 + 2_292);
    assert!(text.lines().all(|line| line.starts_with("{\"result\":\"imported\",\"table\":\"de_torres_")));
}
