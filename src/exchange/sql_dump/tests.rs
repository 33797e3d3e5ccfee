use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

const REAL: &str = include_str!("../../../tests/data/legacy-nexus.sql");

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn number(text: &str) -> Value {
    Value::Number(text.into())
}

fn read(dump: impl AsRef<[u8]>) -> Result<Vec<Row>, DumpError> {
    let mut reader = DumpReader::new(dump.as_ref(), |_| true);
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row()? {
        rows.push(row);
    }
    Ok(rows)
}

fn values(dump: &str) -> Vec<Vec<Value>> {
    read(dump).unwrap().into_iter().map(|row| row.values).collect()
}

fn cut_off(dump: &str) -> bool {
    matches!(read(dump), Err(DumpError::CutOff { .. }))
}

#[test]
fn the_real_dump_is_read_whole() {
    let mut reader = DumpReader::new(REAL.as_bytes(), |table| !table.ends_with("_files"));
    let mut counts = HashMap::<String, u64>::new();
    let mut users = Vec::new();
    while let Some(row) = reader.next_row().unwrap() {
        *counts.entry(row.table.to_string()).or_default() += 1;
        if row.table.ends_with("_users") {
            users.push(row);
        }
    }
    assert_eq!(counts["de_torres_vincent_users"], 300);
    assert_eq!(counts["de_torres_vincent_session_tokens"], 688);
    assert_eq!(counts["de_torres_vincent_user_directories"], 2_292);
    assert_eq!(reader.skipped(), [("de_torres_vincent_user_files".to_owned(), 249)]);
    assert_eq!(reader.bytes_read(), REAL.len() as u64);
    let ada = &users[0];
    assert_eq!((ada.line, ada.columns.as_ref().unwrap().len()), (3_378, 14));
    assert_eq!(ada.columns.as_ref().unwrap()[1], "firstname");
    assert_eq!(ada.values[0], number("1"));
    assert_eq!(ada.values[7], text("150 Main St\nApt \"8\"; floor 2 🏠"));
    assert_eq!(users[3].values[6], Value::Null);
    assert_eq!(users[3].values[7], text("374 Rue de l'Église"));
}

#[test]
fn strings_are_unescaped_as_mariadb_does() {
    let dump = r#"INSERT INTO t VALUES ('a''b','\0\b\n\r\t\Z\\\'\"','\%\_\x',"d""q",'');"#;
    assert_eq!(
        values(dump),
        [vec![text("a'b"), text("\0\u{8}\n\r\t\u{1a}\\'\""), text("\\%\\_x"), text("d\"q"), text("")]]
    );
}

#[test]
fn all_kinds_of_values_are_told_apart() {
    let dump = "INSERT INTO t VALUES (NULL,-1,2.5e-3,+4,.5,0x414243,X'4A6F',x'',0xFF,_binary 'ab',_utf8mb4'c',N'd',TRUE,false,
      DEFAULT,current_timestamp(),NOW());";
    let expression = |text: &str| Value::Expression(text.into());
    assert_eq!(
        values(dump)[0],
        [
            Value::Null,
            number("-1"),
            number("2.5e-3"),
            number("+4"),
            number(".5"),
            text("ABC"),
            text("Jo"),
            text(""),
            Value::Bytes(vec![0xff]),
            text("ab"),
            text("c"),
            text("d"),
            number("1"),
            number("0"),
            expression("DEFAULT"),
            expression("current_timestamp"),
            expression("NOW"),
        ]
    );
}

#[test]
fn inserts_come_in_many_spellings() {
    for dump in [
        "INSERT INTO `t` VALUES (1),(2);",
        "insert into t values (1);\ninsert into t values (2);",
        "INSERT IGNORE INTO `db`.`t` (`a`) VALUES (1) , (2) ;",
        "REPLACE INTO \"t\" (\"a\") VALUES (1),(2);",
        "INSERT LOW_PRIORITY t VALUES (1),(2);",
        "INSERT /*!50000 INTO */ t /* why */ VALUES\n-- between\n(1),\n# too\n(2);",
        "/*!40000 INSERT INTO t VALUES (1),(2) */;",
        "\u{feff}INSERT INTO t VALUES\r\n(1),\r\n(2);\r\n",
        "INSERT INTO t VALUES (1),(2) ON DUPLICATE KEY UPDATE a = VALUES(a);",
    ] {
        let rows = read(dump).unwrap();
        assert_eq!(
            rows.iter().map(|row| row.values[0].clone()).collect::<Vec<_>>(),
            [number("1"), number("2")],
            "{dump}"
        );
        assert!(rows.iter().all(|row| &*row.table == "t"), "{dump}");
    }
}

#[test]
fn columns_come_from_the_insert_or_from_create_table() {
    let dump = "CREATE TABLE IF NOT EXISTS `t` (`id` int(11) NOT NULL DEFAULT (1), name enum('a,b',')') COMMENT 'x;',
      \"q\" text, PRIMARY KEY (`id`), UNIQUE KEY `n` (`name`), CONSTRAINT c FOREIGN KEY (a) REFERENCES b (a));
      INSERT INTO t VALUES (1,'a','x'); INSERT INTO t (q, `id`) VALUES ('y',2); INSERT INTO other VALUES (1);";
    let rows = read(dump).unwrap();
    let columns = |at: usize| rows[at].columns.as_ref().map(|columns| columns.join(","));
    assert_eq!(columns(0).as_deref(), Some("id,name,q"));
    assert_eq!(columns(1).as_deref(), Some("q,id"));
    assert_eq!(columns(2), None);
}

#[test]
fn rows_carry_their_line() {
    let rows = read("-- head\nINSERT INTO t VALUES\n(1,'a\nb'),\n\n(2,'c');").unwrap();
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 6]);
}

#[test]
fn code_of_triggers_and_routines_is_passed_over() {
    let dump =
        "DELIMITER ;;\n/*!50003 CREATE TRIGGER x BEGIN INSERT INTO t VALUES (9); END */;;\nDELIMITER ;\n
                CREATE VIEW v AS SELECT 1; INSERT INTO t VALUES (1);";
    assert_eq!(values(dump), [[number("1")]]);
}

#[test]
fn without_backslash_escapes_a_backslash_is_one() {
    let dump = r"SET SQL_MODE='ANSI,NO_BACKSLASH_ESCAPES'; INSERT INTO t VALUES ('a\','b');";
    assert_eq!(values(dump), [[text("a\\"), text("b")]]);
}

#[test]
fn a_cut_is_noticed_wherever_it_is() {
    for dump in [
        "INSERT INTO t VALUES (1),(2)",
        "INSERT INTO t VALUES (1),",
        "INSERT INTO t VALUES (1,'abc",
        "INSERT INTO t VALUES (1); /* never closed",
        "INSERT INTO `t",
        "LOCK TABLES t WRITE; INSERT INTO t VALUES (1);",
        "-- MariaDB dump 10.19\nINSERT INTO t VALUES (1);\n",
        "-- MySQL dump 10.13\nINSERT INTO t VALUES (1);\n-- Dump comp",
        "DELIMITER ;;\nCREATE TRIGGER x",
    ] {
        assert!(cut_off(dump), "{dump}");
    }
    assert_eq!(values("-- MySQL dump 10\nINSERT INTO t VALUES (1);\n-- Dump completed").len(), 1);
}

#[test]
fn what_is_no_dump_is_said() {
    for file in [&b""[..], b"  \n-- nothing\n", b"SQLite format 3\0", b"\x7fELF\0\0", b";;"] {
        assert!(matches!(read(file), Err(DumpError::NotADump(_))), "{file:?}");
    }
    for file in
        ["hello, world", "{\"a\": 1}", "INSERT INTO t SELECT * FROM u;", "INSERT INTO t VALUES (1 2);"]
    {
        assert!(matches!(read(file), Err(DumpError::Syntax { .. } | DumpError::CutOff { .. })), "{file}");
    }
}

#[test]
fn text_in_another_encoding_is_kept_as_bytes() {
    assert_eq!(
        read(b"INSERT INTO t VALUES ('M\xfcller');").unwrap()[0].values,
        [Value::Bytes(b"M\xfcller".to_vec())]
    );
}

/// Writes rows as dump programs do, in one of many spellings.
fn write_dump(rows: &[Vec<Value>], style: u8) -> String {
    let mut dump = String::from("-- MariaDB dump 10.19\n");
    let (single, hex, doubled) = (style & 1 != 0, style & 2 != 0, style & 4 != 0);
    for (at, row) in rows.iter().enumerate() {
        if at == 0 || single {
            dump += "INSERT INTO `t` VALUES\n";
        }
        let values: Vec<_> = row.iter().map(|value| written(value, hex, doubled)).collect();
        let end = if single || at + 1 == rows.len() { ";\n" } else { ",\n" };
        let _ = write!(dump, "({}){end}", values.join(","));
    }
    dump + "-- Dump completed on 2026-11-23\n"
}

fn written(value: &Value, hex: bool, doubled: bool) -> String {
    match value {
        Value::Text(text) if hex && !text.is_empty() => {
            text.bytes().fold("0x".into(), |all, byte| format!("{all}{byte:02X}"))
        }
        Value::Text(text) => {
            let text = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\0', "\\0");
            let text = if doubled { text.replace('\'', "''") } else { text.replace('\'', "\\'") };
            format!("'{text}'")
        }
        Value::Number(number) => number.clone(),
        _ => "NULL".into(),
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<i32>().prop_map(|n| number(&n.to_string())),
        "[a-z'\"\\\\\n\0;,()é日🏠/*-]{0,12}".prop_map(Value::Text),
    ]
}

proptest! {
    #[test]
    fn what_is_dumped_is_read_back(
        rows in prop::collection::vec(prop::collection::vec(any_value(), 1..6), 1..8), style in 0_u8..8,
    ) {
        let dump = write_dump(&rows, style);
        prop_assert_eq!(values(&dump), rows);
    }

    #[test]
    fn a_part_of_a_dump_never_passes_for_the_whole(
        rows in prop::collection::vec(prop::collection::vec(any_value(), 1..4), 1..4), style in 0_u8..8, at in 0.0..1.0_f64,
    ) {
        let dump = write_dump(&rows, style);
        let end = (dump.find("-- Dump completed").unwrap() as f64 * at) as usize;
        prop_assert!(read(&dump.as_bytes()[..end]).is_err());
    }

    #[test]
    fn it_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0_usize..5_000) {
        let _ = read(&bytes);
        let mut damaged = REAL.as_bytes()[3_300..8_300].to_vec();
        damaged.splice(at..at, bytes);
        let _ = read(&damaged);
    }
}
