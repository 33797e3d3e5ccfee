//! The styles of many tools: end marks, databases, time zones, SQLite's dialect.

use super::*;

/// Returns the findings of a complete text.
pub(super) fn findings(dump: &str) -> Findings {
    let mut reader = DumpReader::new(dump.as_bytes(), all());
    while reader.next_row().unwrap().is_some() {}
    reader.findings().clone()
}

pub(super) fn is_cut_off(dump: &str) -> bool {
    matches!(read(dump), Err(DumpError::CutOff { .. }))
}

pub(super) const ROW: &str = "INSERT INTO t VALUES (1);\n";

/// The first and the last lines of HeidiSQL 12.
const HEIDISQL: (&str, &str) = (
    "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n/*!40101 SET NAMES utf8 */;\n\
     /*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;\n/*!40103 SET TIME_ZONE='+00:00' */;\n\
     /*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;\n\
     /*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\n\
     /*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;\n",
    "/*!40103 SET TIME_ZONE=IFNULL(@OLD_TIME_ZONE, 'system') */;\n\
     /*!40101 SET SQL_MODE=IFNULL(@OLD_SQL_MODE, '') */;\n\
     /*!40014 SET FOREIGN_KEY_CHECKS=IFNULL(@OLD_FOREIGN_KEY_CHECKS, 1) */;\n\
     /*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;\n\
     /*!40111 SET SQL_NOTES=IFNULL(@OLD_SQL_NOTES, 1) */;\n",
);

/// The text before and after the rows, for tools that mark the end.
const MARKED: [(&str, &str); 16] = [
    ("-- MySQL dump 10.13\n", "-- Dump completed on 2024-01-01  1:01:01\n"),
    ("/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19-11.4.2\n", "-- Dump completed\n"),
    (
        "-- mysqldump-php https://github.com/ifsnop/mysqldump-php\n",
        "-- Dump completed on: Mon, 01 Jan 2024 10:00:00 +0000\n",
    ),
    (
        "-- Dump created by MySQL pump utility, version: 8.0.30\n",
        "-- Dump end time: Mon Jan  1 00:00:01 2024\n",
    ),
    ("-- Adminer 4.8.1 MySQL 8.0.36 dump\n", "-- 2024-05-05 12:13:14\n"),
    ("-- Adminer 5.3.0 MariaDB 11 dump\n", "-- 2024-05-05 12:13:14 UTC\n"),
    ("/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE */;\n", "/*!40101 SET SQL_MODE=IFNULL(@OLD_SQL_MODE, '') */;\n"),
    ("SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0;\n", "/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n"),
    (HEIDISQL.0, HEIDISQL.1),
    (
        "SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0;\nSET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='ANSI';\n",
        "SET SQL_MODE=@OLD_SQL_MODE;\nSET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS;\n",
    ),
    (
        "SET @OLD_SQL_NOTES=@@SQL_NOTES, @OLD_SQL_MODE=@@SQL_MODE;\n",
        "SET SQL_NOTES=@OLD_SQL_NOTES, SQL_MODE=@OLD_SQL_MODE;\n",
    ),
    (
        "SET AUTOCOMMIT = 0;\nSTART TRANSACTION;\n/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n",
        "COMMIT;\n\n/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;\n",
    ),
    ("SET AUTOCOMMIT = 0;\nSTART TRANSACTION;\n", "COMMIT;\n"),
    ("BEGIN;\n", "COMMIT;\n"),
    ("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", "COMMIT;\n"),
    (
        "/*\n Navicat Premium Data Transfer\n*/\nSET NAMES utf8mb4;\nSET FOREIGN_KEY_CHECKS = 0;\n",
        "SET FOREIGN_KEY_CHECKS = 1;\n",
    ),
];

#[test]
fn a_style_with_an_end_mark_is_cut_off_without_it() {
    for (head, tail) in MARKED {
        let whole = format!("{head}{ROW}{tail}");
        assert!(findings(&whole).end_marked, "{whole}");
        assert!(is_cut_off(&format!("{head}{ROW}")), "{head}");
        assert!(is_cut_off(&format!("{whole}{head}{ROW}")), "the second of two: {head}");
    }
}

#[test]
fn a_style_without_an_end_mark_says_so() {
    for dump in [
        ROW.to_owned(),
        format!("/*!40014 SET FOREIGN_KEY_CHECKS=0*/;\n{ROW}"),
        // One transaction for each table, and an older Navicat that leaves the checks disabled.
        format!("CREATE TABLE t (a int);\nBEGIN;\n{ROW}COMMIT;\nBEGIN;\n{ROW}COMMIT;\n"),
        format!("/*\nNavicat MySQL Data Transfer\n*/\nSET FOREIGN_KEY_CHECKS=0;\n{ROW}"),
        // Rows after what would have been the end.
        format!(
            "SET @OLD_SQL_MODE=@@SQL_MODE;\nCREATE TABLE t (a int);\nSET SQL_MODE=@OLD_SQL_MODE;\nSTART TRANSACTION;\n{ROW}COMMIT;\n"
        ),
        // Adminer writes no time if the database has no function for it.
        format!("-- Adminer 4.8.1 SQLite 3 3.40.1 dump\n{ROW}"),
        format!("LOCK TABLES t WRITE;\n{ROW}UNLOCK TABLES;\n"),
    ] {
        assert!(!findings(&dump).end_marked, "{dump}");
    }
}

#[test]
fn an_end_mark_is_one_only_when_all_of_it_is_there() {
    for (head, tail) in MARKED {
        // The zone that newer versions of Adminer add tells no more than the time.
        let mark = tail.trim_end().trim_end_matches(" UTC");
        for end in 0..mark.len() {
            let part = format!("{head}{ROW}{}", &mark[..end]);
            assert!(is_cut_off(&part), "{part}");
        }
        assert!(findings(&format!("{head}{ROW}{mark}\n")).end_marked, "{mark}");
    }
    // Without a time, only the line's end tells that nothing is missing.
    let undated = format!("-- MySQL dump 10.13\n{ROW}-- Dump completed");
    assert!(is_cut_off(&undated));
    assert!(findings(&format!("{undated}\r\n")).end_marked);
}

#[test]
fn a_time_at_the_end_is_whole_without_its_line_end() {
    for (head, tail) in MARKED.iter().filter(|(_, tail)| tail.starts_with("--") && tail.contains("20")) {
        assert!(findings(&format!("{head}{ROW}{}", tail.trim_end())).end_marked, "{tail}");
    }
}

#[test]
fn a_variable_that_keeps_no_setting_of_the_server_need_not_be_brought_back() {
    // Sequel Ace puts the new mode aside, not the old one.
    let head = "SET @OLD_SQL_MODE='NO_AUTO_VALUE_ON_ZERO', SQL_MODE='NO_AUTO_VALUE_ON_ZERO';\n";
    assert!(!findings(&format!("{head}{ROW}")).end_marked);
    // It is brought back all the same, and that says nothing about what else was put aside.
    let head = format!("SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT;\n{head}");
    let part = format!("{head}{ROW}SET SQL_MODE=@OLD_SQL_MODE;\n");
    assert!(is_cut_off(&part));
    assert!(findings(&format!("{part}SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT;\n")).end_marked);
}

#[test]
fn a_statement_names_no_end_of_variables() {
    let many: Vec<_> = (0..100_000).map(|number| format!("@OLD_{number}=@@x")).collect();
    let mut reader = DumpReader::new(b"".as_slice(), all());
    reader.ending.set(
        DumpReader::new(format!("{};", many.join(",")).as_bytes(), all()).lexer.set_statement().unwrap(),
    );
    assert!(format!("{:?}", reader.ending).len() < 50_000);
}

#[test]
fn rows_that_nothing_committed_are_cut_off() {
    assert!(is_cut_off(&format!("SET autocommit=0;\n{ROW}")));
    assert!(is_cut_off(&format!("CREATE TABLE t (a int);\nBEGIN WORK;\n{ROW}")));
    assert!(!is_cut_off(&format!("SET autocommit=0;\n{ROW}COMMIT;\n")));
    assert!(!is_cut_off(&format!("SET autocommit=0;\n{ROW}SET autocommit=1;\n")));
}

#[test]
fn a_tool_that_gave_up_is_noticed() {
    for dump in [
        format!("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n{ROW}ROLLBACK; -- due to errors\n"),
        format!(
            "BEGIN TRANSACTION;\n{ROW}/**** ERROR: (11) database disk image is malformed *****/\nCOMMIT;\n"
        ),
        format!("BEGIN TRANSACTION;\n/****** CORRUPTION ERROR *******/\n{ROW}COMMIT;\n"),
    ] {
        assert!(matches!(read(&dump), Err(DumpError::GaveUp { .. })), "{dump}");
    }
}

#[test]
fn lines_of_tools_for_people_are_named() {
    let warning = "mysqldump: [Warning] Using a password on the command line interface can be insecure.";
    let frame = format!("-- MySQL dump 10.13\n{ROW}-- Dump completed\n");
    for (dump, at) in [
        (format!("{warning}\n{frame}"), 1),
        (format!("{frame}{warning}\n"), 4),
        (format!("{ROW}{warning}\n{ROW}"), 2),
        (format!("INSERT INTO t VALUES (1),\n{warning}\n(2);\n"), 2),
    ] {
        let words = format!("line {at} is not SQL: “{warning}”");
        assert_eq!(wrong(&dump), words, "{dump}");
    }
    for line in
        ["Warning: A partial dump from a server that has GTIDs", "Enter password: ", "Dump of cine, by Ann"]
    {
        let found = read(format!("{line}\n{frame}")).unwrap_err();
        assert!(matches!(found, DumpError::NotSql { line: 1, failed: false, .. }), "{found:?}");
    }
    let failed =
        "mysqldump: Error 2013: Lost connection to server during query when dumping table `t` at row: 1";
    let found = read(format!("{ROW}{failed}\n")).unwrap_err();
    assert!(matches!(found, DumpError::NotSql { line: 2, failed: true, .. }), "{found:?}");
    let long = wrong(format!("mysqldump: {}\n{frame}", "x".repeat(5_000)));
    assert!(long.chars().count() < 250, "{long}");
}

#[test]
fn rows_are_never_quoted() {
    for dump in [
        "(1,'secret');\nINSERT INTO t VALUES (1);",
        "SET a=1;\n(1,'secret'),\n",
        "1\tsecret\ta\tb\n2\tsecret\ta\tb\n",
    ] {
        assert!(!wrong(dump).contains("secret"), "{dump}");
    }
}

#[test]
fn other_files_are_named() {
    for (start, what) in [
        (b"PK\x03\x04 rest".as_slice(), "zip archive"),
        (b"\xFD7zXZ\0 rest", "xz"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"1\tAda\tLovelace\t\\N\n2\tA\tB\t\\N\n3\tA\tB\tC\n", "between tabs"),
    ] {
        assert!(wrong(start).contains(what), "{what}: {}", wrong(start));
    }
}

#[test]
fn databases_are_told_apart_however_they_are_named() {
    let rows = |table: &str| format!("INSERT INTO {table} VALUES (1);\n");
    for (dump, databases) in [
        (rows("t"), vec![""]),
        (format!("USE cine;\n{}USE `test`;\n{}", rows("t"), rows("t")), vec!["cine", "test"]),
        (rows("`cine`.`t`") + &rows("test.t"), vec!["cine", "test"]),
        (
            format!("CREATE DATABASE a;\n{}CREATE DATABASE IF NOT EXISTS `b`;\n{}", rows("t"), rows("t")),
            vec!["a", "b"],
        ),
        ("CREATE TABLE a.t (x int);\nCREATE TABLE b.t (x int);\n".to_owned(), vec!["a", "b"]),
        (
            format!(
                "-- MySQL dump 10.13\n-- Host: localhost    Database: cine\n{}-- Dump completed\n",
                rows("t")
            ),
            vec!["cine"],
        ),
        (format!("USE cine;\n{}USE mysql;\nCREATE TABLE user (x int);\n", rows("t")), vec!["cine", "mysql"]),
    ] {
        let found = findings(&dump).databases;
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), databases, "{dump}");
    }
    let dump = format!("USE a;\n{}USE b;\n{}", rows("t"), rows("b.t"));
    let mut reader = DumpReader::new(dump.as_bytes(), DumpOptions { database: Some("b".into()), ..all() });
    assert_eq!(reader.next_row().unwrap().map(|row| row.place), Some(RowPlace::Line(4)));
    assert_eq!(reader.next_row().unwrap(), None);
    assert_eq!(reader.skipped(), [("a.t".to_owned(), 1)]);
}

/// Returns the time zone of a row, with its columns.
fn zone_of(dump: &str) -> Option<(String, Option<Vec<String>>)> {
    let [row] = <[Row; 1]>::try_from(read(dump).unwrap()).unwrap();
    row.zone.map(|zone| (zone.zone.to_string(), zone.columns.as_ref().map(|columns| columns.to_vec())))
}

#[test]
fn the_time_zone_holds_for_timestamp_columns() {
    let create = "CREATE TABLE t (a timestamp(6) NULL, `b` DATETIME, c TIMESTAMP DEFAULT now());\n";
    let columns = || Some(vec!["a".to_owned(), "c".to_owned()]);
    for (set, zone) in [
        ("SET time_zone = '+02:00';", Some("+02:00")),
        ("/*!40103 SET TIME_ZONE='Europe/Berlin' */;", Some("Europe/Berlin")),
        ("SET @@session.time_zone = \"-05:30\";", Some("-05:30")),
        ("SET NAMES utf8, SESSION time_zone='+01:00';", Some("+01:00")),
        ("SET TIME_ZONE='+00:00';", None),
        ("SET time_zone = 'UTC';", None),
        ("SET time_zone = SYSTEM;", None),
        (
            "SET TIME_ZONE='+02:00'; SET @OLD_TIME_ZONE=@@TIME_ZONE; SET TIME_ZONE='+00:00'; SET TIME_ZONE=@OLD_TIME_ZONE;",
            Some("+02:00"),
        ),
    ] {
        let found = zone_of(&format!("{create}{set}\n{ROW}"));
        assert_eq!(found, zone.map(|zone| (zone.to_owned(), columns())), "{set}");
    }
    assert_eq!(zone_of(&format!("SET time_zone='+02:00';{ROW}")), Some(("+02:00".into(), None)));
    assert_eq!(zone_of(&format!("CREATE TABLE t (a datetime);SET time_zone='+02:00';{ROW}")), None);
}

#[test]
fn a_zone_that_is_missing_or_unknown_is_said() {
    assert!(findings(ROW).zone_unknown);
    assert!(!findings(&format!("SET time_zone='+00:00';{ROW}")).zone_unknown);
    assert!(!findings(&format!("PRAGMA foreign_keys=OFF;{ROW}")).zone_unknown);
    assert!(!findings(&format!("CREATE TABLE t (a datetime);{ROW}")).zone_unknown);
    let unknown = format!("SET time_zone='Mars/Base';\n{ROW}");
    assert_eq!(wrong(&unknown), "line 2: the time zone “Mars/Base” is unknown");
    let zone = Zone::parse("+02:00");
    let mut reader = DumpReader::new(unknown.as_bytes(), DumpOptions { zone, ..all() });
    assert!(reader.next_row().unwrap().unwrap().zone.is_some());
}

#[test]
fn sqlites_dialect_is_read() {
    let dump = |value: &str| {
        format!("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nINSERT INTO t VALUES({value});\nCOMMIT;\n")
    };
    for (literal, read) in [
        (r"'Back\slash'", text(r"Back\slash")),
        ("'it''s'", text("it's")),
        (r"replace('1 High St\nFlat','\n',char(10))", text("1 High St\nFlat")),
        (r"replace(replace('a\r\nb','\r',char(13)),'\n',char(10))", text("a\r\nb")),
        (r"unistr('a\u000ab\\c\U0001f3e0\+00000d')", text("a\nb\\c🏠\r")),
        ("X'c3a9'", text("é")),
        ("-1.5e+300", number("-1.5e+300")),
        ("NULL", Value::Null),
        ("char(65,10,66)", text("A\nB")),
    ] {
        assert_eq!(values(dump(literal)), [read], "{literal}");
    }
    let deep = format!("{}'a'{}", "replace(".repeat(100), ",'b','c')".repeat(100));
    assert!(matches!(read(dump(&deep)), Err(DumpError::TooLong { .. })));
    let bomb = format!("replace('{}','a','{}')", "a".repeat(9_000), "b".repeat(9_000));
    assert!(matches!(read(dump(&bomb)), Err(DumpError::Syntax { .. })));
    assert!(matches!(read(dump("char(-1)")), Err(DumpError::Syntax { .. })));
    // The same text in MySQL's dialect is a call whose value is not in the file.
    assert_eq!(value(r"replace('a','\n',char(10))"), Value::Expression("replace".into()));
}

#[test]
fn sqlites_triggers_hold_statements_that_are_none_of_the_dump() {
    let dump = "BEGIN TRANSACTION;\nCREATE TABLE IF NOT EXISTS \"t\" (\"a\" TEXT, [b] TEXT, 'c' TEXT);\n\
        INSERT INTO \"t\" VALUES('x\\','y','z');\nCREATE TRIGGER IF NOT EXISTS r AFTER INSERT ON t BEGIN\n\
        UPDATE t SET a = CASE WHEN 1 THEN 2 END;\nDELETE FROM t; END;\nINSERT INTO main.u VALUES(1);\nCOMMIT;\n";
    let rows = read(dump).unwrap();
    assert_eq!(rows[0].values, ["x\\", "y", "z"].map(text));
    assert_eq!((columns(&rows[0]), rows.len()), (vec!["a", "b", "c"], 2));
    assert_eq!(findings(dump).later, []);
}

#[test]
fn names_in_double_quotes_are_not_mysqls_unless_its_tools_wrote_them() {
    assert_eq!(values(r#"INSERT INTO "t" ("a") VALUES ('a\nb');"#), [text(r"a\nb")]);
    assert_eq!(
        values(r#"/*!40101 SET NAMES utf8 */; INSERT INTO "t" ("a") VALUES ('a\nb');"#),
        [text("a\nb")]
    );
    assert_eq!(
        values(
            "-- Adminer 4.8.1 SQLite 3 3.40.1 dump\nINSERT INTO t VALUES ('a\\');\n-- 2024-01-01 00:00:00\n"
        ),
        [text("a\\")]
    );
}
