//! Rows that are refused or left out, and files that are not dumps.

use super::*;

#[test]
fn bad_accounts_are_refused_with_line_and_reason() {
    let bad = |id: i64, change: (&str, &str)| user(id, &format!("u{id}")).replace(change.0, change.1);
    let text = users(&[
        user(1, "ada"),
        bad(2, ("'First'", "NULL")),
        bad(3, ("'user'", "'root'")),
        bad(4, ("'confirmed'", "''")),
        bad(5, ("'2024-01-08 16:08:22'", "'0000-00-00 00:00:00'")),
        bad(6, ("'2024-03-03 13:18:11'", "'2024-02-30 00:00:00'")),
        bad(7, ("u7@old.example", "ADA@old.example")),
        user(1, "again"),
        bad(9, (",NULL);", ",NULL,9);")).replace("',NULL)", "',NULL,1)"),
        bad(10, ("'First'", "DEFAULT")),
    ]);
    let found = reasons(&text);
    let words: Vec<_> = found.iter().map(|(line, reason)| format!("{line} {reason}")).collect();
    assert_eq!(
        words,
        [
            "3 firstname is missing",
            "4 access_level cannot be “root”",
            "5 status cannot be “”",
            "6 created_at is not a possible date: 0000-00-00 00:00:00",
            "7 updated_at is not a possible date: 2024-02-30 00:00:00",
            "8 repeats the email of another row",
            "9 repeats the id of another row",
            "10 has more values than columns (15, not 14)",
            "11 firstname holds DEFAULT, whose value is not in the file",
        ]
    );
}

#[test]
fn bad_sessions_and_directories_are_refused_with_line_and_reason() {
    let text = users(&[user(1, "ada")])
        + &sessions(
            "(1,1,'a',NULL,'active'),(2,1,'a',NULL,'active'),\n(3,99,'b',NULL,'active'),(4,1,'',NULL,'active')",
        )
        + &directories(
            &[
                directory(1, 1, "/etc"),
                directory(2, 1, "../up"),
                directory(3, 1, "ok"),
                directory(3, 1, "twice"),
            ]
            .join(",\n"),
        );
    let words: Vec<_> = reasons(&text).into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(
        words,
        [
            "repeats the token of another row",
            "points to no imported account (99)",
            "session_token is empty",
            "directory_path is absolute: /etc",
            "directory_path leaves the media root: ../up",
            "repeats the directory_id of another row",
        ]
    );
}

#[test]
fn bad_rows_are_left_out_when_told_and_so_is_what_belongs_to_them() {
    let bad = user(2, "bob").replace("'First'", "NULL");
    let text = users(&[user(1, "ada"), bad]) + &sessions("(1,1,'a',NULL,'active'),(2,2,'b',NULL,'active')");
    let file = dump(&text);
    let mut bench = Bench::empty();
    assert_eq!(import(&mut bench, request(&file.path)).unwrap_err().kind, FailureKind::Invalid);
    assert!(bench.read(|rows| rows.user_ids(bench.now, &Filter::default())).is_empty());
    let report = import(&mut bench, Import { skip_bad_rows: true, ..request(&file.path) }).unwrap();
    assert_eq!(report.taken, TableCounts { users: 1, sessions: 1, directories: 0 });
    assert_eq!(report.refused.len(), 2);
}

#[test]
fn unknown_columns_are_named_and_left_out() {
    let text = format!(
        "INSERT INTO {USERS} (email, firstname, nickname, lastname) VALUES ('a@b', 'A', 'x', 'B');
         INSERT INTO other VALUES (1), (2);"
    );
    let mut bench = Bench::empty();
    let report = taken(&mut bench, &text);
    assert_eq!(report.unknown_columns, [format!("{USERS}.nickname")]);
    assert_eq!(report.unknown_tables, [("other".to_owned(), 2)]);
    let user = bench.user("a@b");
    assert_eq!(
        (user.status, user.level, user.created_at),
        (Status::Pending, AccessLevel::User, Some(bench.now))
    );
}

#[test]
fn files_that_are_no_dump_are_said_plainly() {
    let mut bench = Bench::empty();
    for text in ["", "hello", "INSERT INTO other VALUES (1);", "INSERT INTO t VALUES (1"] {
        assert_eq!(refused(&mut bench, text).kind, FailureKind::Invalid, "{text}");
    }
    let folder = TempDir::new().unwrap();
    assert_eq!(import(&mut bench, request(folder.path())).unwrap_err().kind, FailureKind::Invalid);
    assert_eq!(import(&mut bench, request("/dev/null")).unwrap_err().kind, FailureKind::Invalid);
    assert_eq!(import(&mut bench, request("/no/such/file")).unwrap_err().kind, FailureKind::Invalid);
}

#[test]
fn bad_rows_are_listed_beside_conflicts() {
    let mut bench = Bench::empty();
    taken(&mut bench, &users(&[user(1, "ada"), user(2, "bob")]));
    let bad = user(4, "dan").replace("'First'", "NULL");
    let text = users(&[user(1, "ada"), user(2, "bob"), bad, user(5, "eve"), user(1, "zoe")])
        + &sessions(
            "(1,1,'a',NULL,'active'),(2,5,'b',NULL,'active'),\n(3,99,'c',NULL,'active'),(4,2,'',NULL,'active')",
        );
    let file = dump(&text);
    for skip_bad_rows in [false, true] {
        let failure = import(&mut bench, Import { skip_bad_rows, ..request(&file.path) }).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Conflict);
        assert!(failure.message.starts_with("2 accounts conflict"), "{}", failure.message);
        assert!(
            failure.message.ends_with("; there are also 4 bad rows; nothing was imported."),
            "{}",
            failure.message
        );
        let report = failure.report.unwrap();
        let reasons: Vec<_> = report.refused.iter().map(|row| row.reason.as_str()).collect();
        assert_eq!(
            reasons,
            [
                "firstname is missing",
                "repeats the id of another row",
                "points to no imported account (99)",
                "session_token is empty"
            ]
        );
        assert_eq!((report.taken, report.admins.len()), (TableCounts::default(), 0));
    }
}
