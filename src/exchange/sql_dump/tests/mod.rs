//! Tests of the dump reader: single statements here, real files in `files`, properties in `laws`.

mod ends;
mod files;
mod later;
mod laws;
mod styles;
mod writer;

use super::*;

/// Returns options that read the tables for which `wanted` holds.
fn only(wanted: fn(&str) -> bool) -> DumpOptions {
    DumpOptions { wanted, watched: wanted, database: None, zone: None }
}

fn all() -> DumpOptions {
    only(|_| true)
}

/// Returns all rows of a text, or its error.
fn read(dump: impl AsRef<[u8]>) -> Result<Vec<Row>> {
    let mut reader = DumpReader::new(dump.as_ref(), all());
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row()? {
        rows.push(row);
    }
    Ok(rows)
}

/// Returns the values of the only row of a text.
fn values(dump: impl AsRef<[u8]>) -> Vec<Value> {
    let [row] = <[Row; 1]>::try_from(read(dump).unwrap()).unwrap();
    row.values
}

/// Returns the value with this spelling.
fn value(literal: impl AsRef<[u8]>) -> Value {
    let [value] = <[Value; 1]>::try_from(values(in_row(literal))).unwrap();
    value
}

fn in_row(literal: impl AsRef<[u8]>) -> Vec<u8> {
    [b"INSERT INTO t VALUES (", literal.as_ref(), b");"].concat()
}

/// Returns the syntax error of a text.
fn wrong(dump: impl AsRef<[u8]>) -> String {
    read(dump).unwrap_err().to_string()
}

fn cut_off_at(dump: impl AsRef<[u8]>) -> u64 {
    match read(dump) {
        Err(DumpError::CutOff { line }) => line,
        other => panic!("{other:?}"),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn number(number: &str) -> Value {
    Value::Number(number.to_owned())
}

fn columns(row: &Row) -> Vec<&str> {
    row.columns.as_deref().unwrap().iter().map(String::as_str).collect()
}

#[test]
fn quoted_texts_lose_their_escapes() {
    assert_eq!(value(r#"'it''s "x"'"#), text("it's \"x\""));
    assert_eq!(value(r#""it's ""x""""#), text("it's \"x\""));
    assert_eq!(value(r#"'\0\'\"\b\n\r\t\Z\\\%\_\x'"#), text("\0'\"\u{8}\n\r\t\u{1a}\\\\%\\_x"));
    assert_eq!(value("'two\nlines 日本 🏠'"), text("two\nlines 日本 🏠"));
    assert_eq!(value("''"), text(""));
}

#[test]
fn what_is_not_utf8_stays_bytes() {
    assert_eq!(value(b"'\xe9t\xe9'"), Value::Bytes(b"\xe9t\xe9".to_vec()));
    assert_eq!(value("0xE9"), Value::Bytes(vec![0xE9]));
    assert_eq!(value(b"_binary '\\0\xff'"), Value::Bytes(vec![0, 0xFF]));
}

#[test]
fn hex_bits_and_introducers_are_texts_and_numbers() {
    for literal in ["0x41c3a9", "X'41C3A9'", "x'41c3a9'", "_utf8mb4 0x41C3A9", "_binary x'41C3A9'", "N'Aé'"]
    {
        assert_eq!(value(literal), text("Aé"), "{literal}");
    }
    assert_eq!(value("0xA41"), text("\nA"));
    assert_eq!(value("x''"), text(""));
    assert_eq!(value("b'0101'"), number("5"));
    assert_eq!(value("0b11"), number("3"));
}

#[test]
fn numbers_stay_as_written() {
    for literal in ["0", "-5", "+5", "1.50", ".5", "7.", "-1.5e300", "1E-7", "99999999999999999999"] {
        assert_eq!(value(literal), number(literal));
    }
    for literal in ["1.2.3", "1e", "--5", "-", ".", "0xZZ", "0b2", "1a", "1e5e5"] {
        assert!(wrong(in_row(literal)).starts_with("line 1: "), "{literal}");
    }
}

#[test]
fn words_are_values_or_expressions_whose_value_is_elsewhere() {
    let dump =
        "INSERT INTO t VALUES (NULL, true, FALSE, default, current_timestamp(), concat('(', f(1), \")\"));";
    let [no, yes] = ["0", "1"].map(number);
    let [default, now, call] =
        ["default", "current_timestamp", "concat"].map(|word| Value::Expression(word.to_owned()));
    assert_eq!(values(dump), [Value::Null, yes, no, default, now, call]);
}

#[test]
fn what_is_no_value_is_refused() {
    for literal in ["1+1", "@x", "(SELECT 1)", "a b", "_utf8", "'a' 'b'", "1,"] {
        assert!(matches!(read(in_row(literal)), Err(DumpError::Syntax { line: 1, .. })), "{literal}");
    }
    for dump in ["INSERT INTO t SELECT 1;", "INSERT INTO t SET a = 1;", "INSERT INTO t VALUES ROW(1);"] {
        assert!(matches!(read(dump), Err(DumpError::Syntax { line: 1, .. })), "{dump}");
    }
}

#[test]
fn every_form_of_insert_is_read() {
    let forms = [
        "INSERT INTO t VALUES (1);",
        "insert ignore into `t` values(1) ;",
        "REPLACE INTO \"t\" VALUES (1);",
        "INSERT LOW_PRIORITY IGNORE INTO `db`.`t` VALUE (1);",
        "INSERT DELAYED t VALUES (1);",
        "INSERT /*!50000 INTO*/ t /* a */ VALUES -- b\n ( # c\n 1 ) ;",
        "/*!40000 INSERT INTO t VALUES (1) */;",
        "/*M!100000 INSERT INTO t VALUES (1)*/ ;",
        "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a), b = ';';",
        "INSERT INTO t VALUES (1) AS new ON DUPLICATE KEY UPDATE a = new.a;",
        "\u{feff}INSERT INTO t\r\nVALUES\r\n(1);\r\n",
        "DELIMITER $$\nINSERT INTO t VALUES (1)$$\nDELIMITER ;\n",
    ];
    for form in forms {
        let rows = read(form).unwrap();
        assert_eq!((rows.len(), &*rows[0].table), (1, "t"), "{form}");
        assert_eq!(rows[0].values, [number("1")], "{form}");
    }
}

#[test]
fn columns_are_those_of_the_insert_else_of_the_table() {
    let rows = read(
        "CREATE TABLE IF NOT EXISTS t (`a``b` int COMMENT ',)', key_ enum('x,','y)'), \"c\" decimal(5,2) DEFAULT (1),\
         g int GENERATED ALWAYS AS (a + 1), period int, PRIMARY KEY (a), KEY k (c), PERIOD FOR SYSTEM_TIME (a, c),\
         CONSTRAINT x CHECK (a in (1,2))) ENGINE=InnoDB;\
         INSERT INTO t VALUES (1); INSERT INTO t (`c`, a) VALUES (1); INSERT INTO u VALUES (1);",
    )
    .unwrap();
    assert_eq!(columns(&rows[0]), ["a`b", "key_", "c", "g", "period"]);
    assert_eq!(columns(&rows[1]), ["c", "a"]);
    assert_eq!(rows[2].columns, None);
}

#[test]
fn rows_know_their_line() {
    let dump =
        "-- a\n/* b\n */ INSERT INTO t VALUES\n(1,'x\ny'),\n\n  (2,'\\\nz'); INSERT INTO t VALUES (3);";
    assert_eq!(
        read(dump).unwrap().iter().map(|row| row.place).collect::<Vec<_>>(),
        [4, 7, 8].map(RowPlace::Line)
    );
}

#[test]
fn what_stands_inside_routines_and_comments_is_no_row() {
    let dump = "DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER x AFTER INSERT ON t FOR EACH ROW BEGIN\n\
                -- it's\n INSERT INTO t VALUES (1); /* it's; */ END */;;\nDELIMITER ;\n\
                /* INSERT INTO t VALUES (2); */ # INSERT INTO t VALUES (3);\n\
                -- INSERT INTO t VALUES (4);\n/*M!999999\\- INSERT INTO t VALUES (5); */\n\
                UPDATE t SET a = 'INSERT INTO t VALUES (6);';";
    assert_eq!(read(dump).unwrap(), []);
}

#[test]
fn the_sql_mode_decides_what_a_backslash_is() {
    let dump = r"SET @OLD = @@sql_mode, SQL_MODE = 'STRICT_ALL_TABLES,no_backslash_escapes';
        INSERT INTO t VALUES ('a\');
        SET @@session.sql_mode = @OLD;
        INSERT INTO t VALUES ('a\'');";
    let read: Vec<_> = read(dump).unwrap().into_iter().flat_map(|row| row.values).collect();
    assert_eq!(read, [text("a\\"), text("a'")]);
    assert!(wrong("SET SESSION sql_mode = ANSI_QUOTES; INSERT INTO t VALUES (\"a\");").contains("neither"));
}

#[test]
fn unwanted_rows_are_counted_and_not_judged() {
    let dump = "CREATE TABLE empty (a int);\nINSERT INTO a VALUES (point(1,2),'),('),((1),2) ON DUPLICATE KEY UPDATE x=(1);\
                INSERT INTO `b` (x, y) VALUES (1,2);\nINSERT INTO t VALUES (1);\nINSERT INTO a VALUES ('\\'(');\
                INSERT INTO c SELECT (1),(2);";
    let mut reader = DumpReader::new(dump.as_bytes(), only(|table| table == "t"));
    assert_eq!(reader.next_row().unwrap().map(|row| row.place), Some(RowPlace::Line(3)));
    assert_eq!(reader.next_row().unwrap(), None);
    let expected = [("a", 3), ("b", 1), ("c", 0)].map(|(table, rows)| (table.to_owned(), rows));
    assert_eq!(reader.skipped(), expected);
    assert_eq!(reader.bytes_read(), dump.len() as u64);
}

#[test]
fn a_cut_off_file_is_noticed() {
    for dump in [
        "INSERT INTO t VALUES (1)",
        "INSERT INTO t VALUES (1),",
        "INSERT INTO t VALUES ('a",
        "INSERT INTO t VALUES ('a\\",
        "INSERT INTO t VALUES ('a'",
        "INSERT INTO `t",
        "INSERT INTO t VALUES (1); /* a",
        "INSERT INTO t VALUES (1); /*!40000 SET a=1;",
        "CREATE TABLE t (a int, ",
        "CREATE TABLE t (a int); INS",
        "SET a='b",
        "UPDATE t SET a=1",
        "LOCK TABLES `t` WRITE; INSERT INTO t VALUES (1);",
        "START TRANSACTION; INSERT INTO t VALUES (1);",
        "-- MariaDB dump 10.19\nINSERT INTO t VALUES (1);",
        "-- MySQL dump 10.13\n",
        "-- MySQL dump 10.13\nSET a=1;\n-- Dump completed\n-- MySQL dump 10.13\nSET a=1;\n",
        "-- MySQL dump 10.13\nSET a=1;\n-- Dump completed on 2026-11-23  7:40:5",
    ] {
        assert!(matches!(read(dump), Err(DumpError::CutOff { .. })), "{dump}");
    }
    assert_eq!(cut_off_at("SET a=1;\n\nINSERT INTO t VALUES\n(1,"), 4);
}

#[test]
fn a_closed_file_is_whole() {
    for dump in [
        "LOCK TABLES `t` WRITE; UNLOCK TABLES;",
        "START TRANSACTION; COMMIT;",
        "START SLAVE;",
        "-- MariaDB dump 10.19\nSET a=1;\n-- Dump completed on 2026-11-23  7:40:57",
        "SET a=1;;; -- the end",
    ] {
        assert_eq!(read(dump).unwrap(), [], "{dump}");
    }
}

#[test]
fn other_files_are_no_dumps() {
    for (file, why) in [
        (b"".as_slice(), "it is empty"),
        (b"SQLite format 3\0", "it holds binary data"),
        (b"\xff\xfes\0e\0t\0", "it is UTF-16 text, not UTF-8"),
        (b"id,username\n1,ada\n", "it does not begin with an SQL statement"),
        (b"[{\"id\": 1}]", "it does not begin with an SQL statement"),
        (b"-- only a comment\n", "it holds no SQL statement"),
    ] {
        assert_eq!(wrong(file), format!("this is not an SQL dump: {why}"));
    }
}

#[test]
fn a_gap_in_the_middle_is_noticed() {
    assert_eq!(wrong("SET a=1;\n(2,'x'),\n(3,'y');"), "line 2: this is not an SQL statement");
    assert!(wrong("INSERT INTO t VALUES (1)\nINSERT INTO t VALUES (2);").starts_with("line 2: "));
}

#[test]
fn nothing_grows_without_limit() {
    let too_long = |dump: Vec<u8>| matches!(read(dump), Err(DumpError::TooLong { line: 1 }));
    let quoted = |length| ["'".as_bytes(), &vec![b'x'; length], b"'"].concat();
    assert!(read(in_row(quoted(MAX_VALUE_BYTES))).is_ok());
    assert!(too_long(in_row(quoted(MAX_VALUE_BYTES + 1))));
    assert!(too_long(in_row(vec![quoted(MAX_VALUE_BYTES); 5].join(&b','))));
    assert!(read(in_row("1,".repeat(MAX_VALUES - 1) + "1")).is_ok());
    assert!(too_long(in_row("1,".repeat(MAX_VALUES) + "1")));
    assert!(too_long(format!("INSERT INTO t (a{}) VALUES (1);", ",a".repeat(MAX_VALUES)).into()));
    assert!(too_long(format!("CREATE TABLE t (a int{});", ",a int".repeat(MAX_VALUES)).into()));
    let table = |each| format!("CREATE TABLE t{each} (a int);").into_bytes();
    assert!(read((0..MAX_TABLES).flat_map(table).collect::<Vec<u8>>()).is_ok());
    assert!(too_long((0..=MAX_TABLES).flat_map(table).collect()));
    assert!(too_long(format!("INSERT INTO {} VALUES (1);", "x".repeat(257)).into()));
}

#[test]
fn an_unreadable_input_is_reported() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let error = DumpReader::new(b"INSERT INTO t VALUES ('".chain(Broken), all()).next_row().unwrap_err();
    assert_eq!(error.to_string(), "the file cannot be read: the disk is gone");
}
