//! Acts as programs read them: one object for what was done, one for what was not.

use serde_json::{Value, json};

use crate::fixture::{Fixture, LEGACY, PASSWORD, Ran};

/// The object on standard error of a command that fails without data.
fn error(fixture: &Fixture, args: &[&str]) -> Value {
    let Ran { code, out, err } = fixture.run(&[args, &["--format", "json"]].concat());
    assert_eq!(out, "", "{args:?}");
    let object: Value = serde_json::from_str(&err).unwrap_or_else(|why| panic!("{args:?}: {why}: {err}"));
    assert_eq!(object["error"]["exit"].as_i64(), Some(code.into()), "{args:?}");
    object["error"].clone()
}

/// The newest entry of the journal and the first one of its act.
fn newest(fixture: &Fixture) -> (Value, Value) {
    let list = fixture.json(&["journal", "list", "--limit", "1"]);
    (list[0]["seq"].clone(), list[0]["act"].clone())
}

#[test]
fn every_act_tells_its_rows_and_its_entry() {
    let fixture = Fixture::with_admin();
    let add = |name: &str| {
        let email = format!("{name}@x.y");
        fixture.json(&[
            "user",
            "add",
            "--username",
            name,
            "--firstname",
            "A",
            "--lastname",
            "B",
            "--email",
            &email,
        ])
    };
    for (id, name) in [(2, "ann"), (3, "ben")] {
        let added = add(name);
        assert_eq!(
            (&added["action"], &added["id"], &added["ids"]),
            (&json!("add"), &json!(id), &json!([id]))
        );
        assert_eq!(added["access_code"].as_str().map(str::len), Some(9));
        assert!(added["expires_at"].as_str().is_some_and(|end| end.ends_with('Z')));
    }
    let acts: [(&[&str], &str, Value); 13] = [
        (&["user", "confirm", "ann", "ben"], "confirm", json!([2, 3])),
        (&["session", "issue", "ann"], "issue", json!([1])),
        (&["session", "renew", "1"], "renew", json!([1])),
        (&["user", "edit", "ann", "--address", "1 Street"], "edit", json!([2])),
        (&["user", "access-code", "ben"], "access-code", json!([3])),
        (&["user", "access-code", "ben", "--revoke"], "revoke-code", json!([3])),
        (&["user", "promote", "ben"], "promote", json!([3])),
        (&["user", "suspend", "ann"], "suspend", json!([2])),
        (&["undo"], "undo", json!([2])),
        (&["directory", "rename", "00002_ANN/Photos", "Pictures"], "rename", json!([12])),
        (&["directory", "trash", "00002_ANN/Pictures"], "trash", json!([12])),
        (&["bin", "restore", "1"], "restore", json!([1])),
        (&["user", "delete", "ben"], "delete", json!([3])),
    ];
    for (args, action, ids) in acts {
        let args = [args, &["--yes"]].concat();
        let counted = fixture.json(&[&args[..], &["--dry-run"]].concat());
        let done = fixture.json(&args);
        assert_eq!((&done["action"], &done["ids"]), (&json!(action), &ids), "{done}");
        assert_eq!((&done["unchanged"], &done["left_out"]), (&json!(0), &json!(0)), "{done}");
        assert_eq!(done["changed"], ids.as_array().unwrap().len(), "{done}");
        assert_eq!(newest(&fixture).1, done["entry"], "{done}");
        assert_eq!((&counted["dry_run"], &counted["entry"]), (&json!(true), &Value::Null), "{counted}");
        assert_eq!(counted["changed"], done["changed"], "{counted}");
        if action != "issue" {
            assert_eq!(counted["ids"], done["ids"], "{counted}");
        }
    }
    let restored = fixture.json(&["user", "restore", "ben"]);
    assert_eq!((&restored["ids"], &restored["directories"]), (&json!([3]), &json!(8)));
    let nothing = fixture.json(&["user", "promote", "ben", "--yes"]);
    assert_eq!(
        (&nothing["changed"], &nothing["unchanged"], &nothing["entry"]),
        (&json!(0), &json!(1), &Value::Null)
    );
}

#[test]
fn an_import_and_a_sweep_tell_their_rows() {
    let fixture = Fixture::empty();
    let counted = fixture.json(&["import", LEGACY, "--dry-run", "--keep-sessions"]);
    let taken = fixture.json(&["import", LEGACY, "--keep-sessions"]);
    assert_eq!(
        (&taken["action"], &taken["entry"], &taken["changed"]),
        (&json!("import"), &json!(1), &json!(300))
    );
    assert_eq!(taken["ids"].as_array().map(Vec::len), Some(300));
    assert_eq!(counted["ids"], taken["ids"]);
    fixture.write(
        "UPDATE de_torres_vincent_session_tokens SET status = 'active', expiration = '2020-01-01 00:00:00'
         WHERE id % 2 = 0",
    );
    let counted = fixture.json(&["session", "sweep", "--dry-run"]);
    let swept = fixture.json(&["session", "sweep"]);
    assert!(swept["ids"].as_array().unwrap().iter().all(|id| id.as_i64().unwrap() % 2 == 0));
    assert_eq!((&counted["ids"], &counted["changed"]), (&swept["ids"], &swept["changed"]));
    assert_eq!(swept["entry"], newest(&fixture).1);
}

#[test]
fn whatever_fails_tells_it_in_one_object() {
    let fixture = Fixture::with_admin();
    fixture.add("bob");
    let bad =
        fixture.file("bad.sql", "INSERT INTO `de_torres_vincent_users` (`id`,`email`) VALUES (5,'none');\n");
    let config = fixture.file("bad.toml", "[bin]\nkeep_days = 0\n");
    for (args, kind) in [
        (&["user", "frob"][..], "usage"),
        (&["user", "suspend", "bob"], "usage"),
        (&["user", "show", "nobody"], "not_found"),
        (&["user", "edit", "bob", "--email", "root@nexus.example"], "conflict"),
        (&["user", "edit", "bob", "--firstname", "X", "--expect", "2"], "conflict"),
        (&["session", "issue", "bob"], "refused"),
        (&["user", "demote", "root", "--yes"], "refused"),
        (&["user", "list", "--filter", "status:odd"], "invalid"),
        (&["user", "list", "--store", "/nowhere/nexus.db"], "unavailable"),
        (&["user", "edit", "bob", "--firstname", "X", "--readonly"], "unavailable"),
        (&["user", "list", "--config", &config], "invalid"),
        (&["config", "show", "--config", "/nowhere.toml"], "invalid"),
        (&["import", &bad], "invalid"),
    ] {
        let error = error(&fixture, args);
        assert_eq!(error["kind"], kind, "{args:?}: {error}");
        assert!(error["message"].as_str().is_some_and(|message| message.len() > 10), "{error}");
    }
    assert_eq!(
        error(&fixture, &["import", &bad])["report"]["refused"][0]["table"],
        "de_torres_vincent_users"
    );
}

#[test]
fn what_is_given_is_quoted_with_at_most_200_characters() {
    let fixture = Fixture::with_admin();
    let long = "x".repeat(3_000);
    let file = format!("/{}/{}", "y".repeat(200), "z".repeat(200));
    let paths = ["/a".repeat(1_500), format!("{file}/b")];
    let mut failing = Vec::new();
    for args in [
        &["user", "show", &long][..],
        &["user", "suspend", &long, "--yes"],
        &["user", "list", "--filter", &format!("status:{long}")],
        &["user", "list", "--filter", &format!("{long}:x")],
        &["user", "list", "--sort", &format!("id:{long}")],
        &["user", "list", "--limit", &long],
        &[&long],
        &["user", &long],
        &["user", "restore", &long],
        &["user", "history", &long],
        &["user", "edit", "root", &format!("--{long}")],
        &["user", "edit", "root", "--username", &long],
        &["user", "history", "root", "--at", &long],
        &["user", "password", "root", "--password-file", &paths[0], "--yes"],
        &["directory", "add", &long],
        &["directory", "add", &format!("{long}/a"), "--owner", "root"],
        &["directory", "rename", &paths[0], "b"],
        &["directory", "move", &long, "b"],
        &["directory", "trash", &long, "--yes"],
        &["directory", "restore", &long],
        &["directory", "list", &long],
        &["import", &paths[0]],
        &["import", &file],
        &["user", "list", "--store", &file],
        &["user", "list", "--store", &paths[1]],
        &["user", "list", "--config", &file],
        &["journal", "verify", "--expect", &long],
    ] {
        let text = fixture.run(args).err;
        let object = fixture.run(&[args, &["--format", "json"]].concat()).err;
        for err in [&text, &object] {
            let longest = err.split(|c: char| !"xyza/b".contains(c)).map(str::len).max();
            if longest.is_none_or(|longest| longest > 200) || err.is_empty() {
                failing.push(format!("{args:.20?}: {longest:?} {err:.300}"));
            }
        }
    }
    assert!(failing.is_empty(), "{}", failing.join("\n"));
}

#[test]
fn csv_tells_an_act_in_two_lines_and_an_error_in_words() {
    let fixture = Fixture::with_admin();
    fixture.ok_with(&["user", "password", "root", "--password-stdin", "--yes"], PASSWORD);
    fixture.add("bob");
    let out = fixture.ok(&["user", "confirm", "bob", "--format", "csv"]);
    assert_eq!(out.lines().count(), 2, "{out}");
    assert!(out.contains("\r\nconfirm,false,1,0,2,"), "{out}");
    assert!(fixture.fails(3, &["user", "confirm", "eve", "--format", "csv"]).starts_with("nexus: "));
}
