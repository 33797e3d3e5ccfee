//! Whole files: the real dump in `tests/data`, unusual ones in `tests/data/dumps` (its README names their
//! origin).

use super::*;

const LEGACY: &[u8] = include_bytes!("../../../../tests/data/legacy-nexus.sql");
const ODD: [(&str, &[u8]); 8] = [
    ("ansi", include_bytes!("../../../../tests/data/dumps/ansi.sql")),
    ("compact", include_bytes!("../../../../tests/data/dumps/compact.sql")),
    ("hex-blob", include_bytes!("../../../../tests/data/dumps/hex-blob.sql")),
    ("latin1", include_bytes!("../../../../tests/data/dumps/latin1.sql")),
    ("no-create", include_bytes!("../../../../tests/data/dumps/no-create.sql")),
    ("replace-bare-names", include_bytes!("../../../../tests/data/dumps/replace-bare-names.sql")),
    ("routines", include_bytes!("../../../../tests/data/dumps/routines.sql")),
    ("single-rows", include_bytes!("../../../../tests/data/dumps/single-rows.sql")),
];
const HEIDISQL: &[u8] = include_bytes!("../../../../tests/data/cases/heidisql.sql");
const MYSQL_8: &[u8] = include_bytes!("../../../../tests/data/dumps/mysql-8.sql");
const PHPMYADMIN: &[u8] = include_bytes!("../../../../tests/data/dumps/phpmyadmin.sql");

const USERS: &str = "de_torres_vincent_users";
const TOKENS: &str = "de_torres_vincent_session_tokens";
const DIRECTORIES: &str = "de_torres_vincent_user_directories";

fn odd(name: &str) -> Vec<Row> {
    let (_, dump) = ODD.into_iter().find(|(odd, _)| *odd == name).unwrap();
    read(dump).unwrap()
}

fn of<'a>(rows: &'a [Row], table: &str) -> Vec<&'a Row> {
    rows.iter().filter(|row| &*row.table == table).collect()
}

#[test]
fn the_real_dump_is_read_whole() {
    let wanted = |table: &str| [USERS, TOKENS, DIRECTORIES].contains(&table);
    let mut reader = DumpReader::new(LEGACY, only(wanted));
    let rows: Vec<Row> = std::iter::from_fn(|| reader.next_row().unwrap()).collect();
    assert_eq!([USERS, TOKENS, DIRECTORIES].map(|table| of(&rows, table).len()), [300, 688, 2_292]);
    assert_eq!(reader.skipped(), [("de_torres_vincent_user_files".to_owned(), 249)]);
    assert_eq!(reader.bytes_read(), LEGACY.len() as u64);

    let users = of(&rows, USERS);
    let lines: Vec<&[u8]> = LEGACY.split(|byte| *byte == b'\n').collect();
    let line = |row: &Row| match row.place {
        RowPlace::Line(line) => line,
        RowPlace::Row(_) => panic!("a dump has lines"),
    };
    assert!(users.iter().all(|row| lines[line(row) as usize - 1].starts_with(b"(")));
    let names = "id firstname lastname username email password contact_number address access_level status \
                 access_code created_at updated_at session_token";
    assert_eq!(columns(users[0]).join(" "), names);
    assert_eq!(
        users[0].values,
        [
            number("1"),
            text("Ada"),
            text("Lovelace"),
            text("ada"),
            text("ada@nexus.example"),
            text("$2y$10$zjNN5csvO1b10ScZg28hu.SI/sh86i1mHjFSiN/kDIg6Ly3H4Itha"),
            text("+65 941 1879"),
            text("150 Main St\nApt \"8\"; floor 2 🏠"),
            text("admin"),
            text("confirmed"),
            text("$2y$04$yYsEnLDu64T/B1oXt1KTYeTznprm4VBE2VEe8CLns0no/Ud24G6.u"),
            text("2024-01-08 16:08:22"),
            text("2024-03-03 13:18:11"),
            text("BuDUBB52yXDIvTLUcSmRTFDDJqOfsR7V"),
        ]
    );
    assert_eq!((line(users[0]), line(users[3])), (3_378, 3_381));
    assert_eq!(
        users[3].values,
        [
            number("4"),
            text("Edsger"),
            text("Dijkstra"),
            text("edsger"),
            text("edsger@nexus.example"),
            text("$2y$10$ZRoOt1vrV7WH29oBmorfh.glW8U5ywEmgdvPcXOf2WvO6jUQnTGvW"),
            Value::Null,
            text("374 Rue de l'Église"),
            text("user"),
            text("pending"),
            text("$2y$04$PPwVpHRBk9w3kn9GaKHCJeoI2tECxmxsVat8/e3Bvj.pI/1xeLNtS"),
            text("2024-01-11 10:01:54"),
            text("2024-02-04 21:27:38"),
            Value::Null,
        ]
    );
}

#[test]
fn however_it_was_dumped_the_rows_are_those_of_the_real_dump() {
    let real = read(LEGACY).unwrap();
    for name in ["ansi", "compact", "hex-blob", "no-create", "replace-bare-names", "routines", "single-rows"]
    {
        let rows = odd(name);
        for (table, count) in [(USERS, 6), (TOKENS, 10), (DIRECTORIES, 12)] {
            let values =
                |rows: &[Row]| of(rows, table).iter().map(|row| row.values.clone()).collect::<Vec<_>>();
            assert_eq!(values(&rows), values(&real)[..count], "{name} {table}");
            let columns_known = of(&rows, table).iter().all(|row| row.columns.is_some());
            assert_eq!(columns_known, name != "no-create", "{name} {table}");
        }
    }
}

#[test]
fn every_kind_of_value_comes_back() {
    for name in ["ansi", "compact", "no-create", "routines", "single-rows", "hex-blob"] {
        let rows = odd(name);
        let odds = of(&rows, "odds");
        assert_eq!(odds.len(), 3, "{name}");
        assert_eq!(columns(odds[0])[1], "we`ird \"col\"");
        let [id, odd, long, binary, .., date, chosen, json] = &odds[0].values[..] else { panic!("{name}") };
        assert_eq!(
            [id, odd, long, binary, date, chosen, json].map(Clone::clone),
            [
                number("1"),
                text("it's; a \"test\" `x` -- no # comment /* x */"),
                text("line1\nline2\r\n\ttab \\ back % _ \u{1a} end"),
                Value::Bytes(b"\x00\xff'\n\\\"".to_vec()),
                text("2024-02-29 01:02:03.000004"),
                text("b'c"),
                text("{\"a\": \"b\\\"c\"}"),
            ],
            "{name}"
        );
        assert_eq!(odds[1].values[6..9], ["-0.5000", "-1e-300", "0"].map(number), "{name}");
        assert_eq!(odds[2].values[1], text("日本語 🏠 ');"), "{name}");
    }
}

#[test]
fn generated_columns_have_values_like_any_other() {
    let rows = odd("compact");
    let made = of(&rows, "gen");
    assert_eq!(columns(made[0]), ["id", "g", "name"]);
    assert_eq!(made[1].values, [number("2"), number("3"), text("y")]);
}

#[test]
fn latin1_texts_stay_bytes() {
    let rows = odd("latin1");
    let directories = of(&rows, DIRECTORIES);
    assert_eq!(directories[4].values[3], Value::Bytes(b"\xc9t\xe9 \xe0 la mer".to_vec()));
    assert_eq!(directories[5].values[3], text("Trip; \"North\""));
}

#[test]
fn mysql_8_dumps_are_read() {
    let rows = read(MYSQL_8).unwrap();
    let users = of(&rows, USERS);
    assert_eq!((users.len(), columns(users[1])[13]), (2, "session_token"));
    assert_eq!(users[1].values[7], text("374 Rue de l'Église"));
    let images: Vec<&Value> = of(&rows, "thumbnails").iter().map(|row| &row.values[1]).collect();
    let expected =
        [Value::Bytes(b"\0\x89PNG\x1a\n".to_vec()), Value::Bytes(b"\x89PNG".to_vec()), Value::Null];
    assert_eq!(images, expected.iter().collect::<Vec<_>>());
}

#[test]
fn phpmyadmin_exports_are_read() {
    let rows = read(PHPMYADMIN).unwrap();
    assert_eq!([USERS, TOKENS, "user_flags"].map(|table| of(&rows, table).len()), [2, 2, 2]);
    assert_eq!(of(&rows, USERS)[1].values[1], text("D'Arcy"));
    assert_eq!(of(&rows, "user_flags")[0].values[1], number("1"));
}

#[test]
fn every_cut_is_noticed_up_to_the_closing_line() {
    let framed = ODD.into_iter().filter(|(name, _)| !["compact", "hex-blob"].contains(name));
    for (name, dump) in framed.chain([("mysql-8", MYSQL_8)]) {
        let last = memchr::memmem::rfind(dump, b"-- Dump completed").unwrap();
        let last = last + dump[last..].trim_ascii_end().len();
        let step = if name == "mysql-8" { 1 } else { 101 };
        for end in (0..last).step_by(step) {
            assert!(read(&dump[..end]).is_err(), "{name} cut at {end}");
        }
        assert!(read(dump).is_ok(), "{name}");
    }
}

#[test]
fn every_cut_of_a_phpmyadmin_export_is_noticed_up_to_its_last_line() {
    let start =
        memchr::memmem::find(PHPMYADMIN, b"START TRANSACTION;").unwrap() + b"START TRANSACTION;".len();
    for end in start..PHPMYADMIN.trim_ascii_end().len() {
        assert!(matches!(read(&PHPMYADMIN[..end]), Err(DumpError::CutOff { .. })), "cut at {end}");
    }
}

#[test]
fn every_cut_of_a_heidisql_export_is_noticed_once_a_setting_is_put_aside() {
    let start = memchr::memmem::find(HEIDISQL, b"@@SQL_MODE").unwrap();
    for end in start..HEIDISQL.trim_ascii_end().len() {
        assert!(matches!(read(&HEIDISQL[..end]), Err(DumpError::CutOff { .. })), "cut at {end}");
    }
    assert!(read(HEIDISQL).is_ok());
}
