use std::io::{Cursor, Error, ErrorKind, Result, Seek, SeekFrom, Write};

use crate::domain::time::from_stored;

use super::*;

fn table() -> ExportTable {
    let column = |name, kind| ExportColumn { name, kind, is_key: name == "id" };
    let columns = vec![
        column("id", CellKind::Number),
        column("name", CellKind::Text),
        column("at", CellKind::Time),
        column("after", CellKind::Json),
    ];
    ExportTable { word: "things", name: "all_things", columns }
}

fn cells(id: i64, name: &str) -> [Cell<'_>; 4] {
    let at = from_stored("2026-11-23 12:00:00").map_or(Cell::Null, Cell::Time);
    [Cell::Number(id), Cell::Text(name.into()), at, Cell::Json(r#"{"a":"b"}"#.into())]
}

fn empty(id: i64) -> [Cell<'static>; 4] {
    [Cell::Number(id), Cell::Text("".into()), Cell::Null, Cell::Null]
}

fn json(rows: &[[Cell<'_>; 4]]) -> String {
    let mut document = JsonDocument::new(Vec::new()).unwrap();
    document.begin(&table()).unwrap();
    for row in rows {
        document.row(row).unwrap();
    }
    document.end().unwrap();
    String::from_utf8(document.finish().unwrap()).unwrap()
}

fn csv(rows: &[[Cell<'_>; 4]], for_terminal: bool) -> String {
    let mut lines = CsvTableWriter::new(Vec::new(), &table(), for_terminal).unwrap();
    for row in rows {
        lines.row(row).unwrap();
    }
    String::from_utf8(lines.finish().unwrap()).unwrap()
}

fn sql(rows: &[[Cell<'_>; 4]]) -> String {
    let mut script = SqlScript::new(Vec::new(), &[table()]).unwrap();
    script.begin(&table());
    for row in rows {
        script.row(row).unwrap();
    }
    script.end().unwrap();
    String::from_utf8(script.finish().unwrap()).unwrap()
}

#[test]
fn json_is_one_document_without_raw_characters_that_act() {
    let text = json(&[cells(1, "a\"\u{1b}[2J\u{202e}é😀\0"), empty(2)]);
    assert_eq!(
        text,
        "{\"format\":\"nexus-export\",\"version\":1,\n\"things\":[\n\
         {\"id\":1,\"name\":\"a\\\"\\u001b[2J\\u202eé😀\\u0000\",\"at\":\"2026-11-23T12:00:00Z\",\"after\":{\"a\":\"b\"}},\n\
         {\"id\":2,\"name\":\"\",\"at\":null,\"after\":null}\n]}\n"
    );
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["things"][0]["name"], "a\"\u{1b}[2J\u{202e}é😀\0");
    assert_eq!(json(&[]), "{\"format\":\"nexus-export\",\"version\":1,\n\"things\":[\n]}\n");
}

#[test]
fn csv_tells_nothing_from_an_empty_text_and_formulas_from_texts() {
    let text = csv(&[cells(1, "=1+1"), cells(2, "'=1+1"), cells(3, "a,\"b\"\r\nc"), empty(4)], false);
    assert_eq!(
        text,
        "id,name,at,after\r\n\
         1,'=1+1,2026-11-23T12:00:00Z,\"{\"\"a\"\":\"\"b\"\"}\"\r\n\
         2,''=1+1,2026-11-23T12:00:00Z,\"{\"\"a\"\":\"\"b\"\"}\"\r\n\
         3,\"a,\"\"b\"\"\r\nc\",2026-11-23T12:00:00Z,\"{\"\"a\"\":\"\"b\"\"}\"\r\n\
         4,',,\r\n"
    );
    assert!(csv(&[cells(1, "\u{1b}[2J")], false).contains('\u{1b}'));
    assert!(csv(&[cells(1, "\u{1b}[2J")], true).contains("␛[2J"));
}

#[test]
fn sql_holds_texts_that_no_client_changes() {
    let text = sql(&[cells(1, "O'Brien \\"), cells(2, "a\nb"), empty(3)]);
    assert!(
        text.contains(
            "CREATE TABLE all_things (\n  \"id\" BIGINT NOT NULL PRIMARY KEY,\n  \"name\" LONGTEXT"
        )
    );
    assert!(text.ends_with(
        "BEGIN;\nINSERT INTO all_things (\"id\", \"name\", \"at\", \"after\") VALUES\n\
         (1,CAST(X'4f27427269656e205c' AS CHAR),'2026-11-23 12:00:00','{\"a\":\"b\"}'),\n\
         (2,CAST(X'610a62' AS CHAR),'2026-11-23 12:00:00','{\"a\":\"b\"}'),\n\
         (3,'',NULL,NULL);\nCOMMIT;\n"
    ));
    assert!(sql(&[]).ends_with("BEGIN;\nCOMMIT;\n"));
}

#[test]
fn long_statements_of_sql_are_divided() {
    let long = "x".repeat(100 * 1_024);
    let rows: Vec<_> = (1..=7).map(|id| cells(id, &long)).collect();
    let text = sql(&rows);
    assert_eq!(text.matches("INSERT INTO").count(), 4);
    assert_eq!(text.matches(";\nINSERT").count(), 4);
}

#[test]
fn an_archive_has_the_same_bytes_for_the_same_content() {
    let archive = || {
        let mut archive = ZipArchive::new(Cursor::new(Vec::new()));
        for name in ["users.csv", "sessions.csv"] {
            archive.begin(name).unwrap();
            let mut lines = CsvTableWriter::new(archive, &table(), false).unwrap();
            lines.row(&cells(1, "ada")).unwrap();
            archive = lines.finish().unwrap();
        }
        archive.finish().unwrap().into_inner()
    };
    assert_eq!(archive(), archive());
    let mut read = zip::ZipArchive::new(Cursor::new(archive())).unwrap();
    assert_eq!(read.len(), 2);
    let text = std::io::read_to_string(read.by_name("sessions.csv").unwrap()).unwrap();
    assert_eq!(text, csv(&[cells(1, "ada")], false));
}

/// A file on a disk that has room for a number of bytes.
struct SmallDisk(Cursor<Vec<u8>>, usize);

impl Write for SmallDisk {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let room = self.1.saturating_sub(usize::try_from(self.0.position()).unwrap());
        if room == 0 {
            return Err(Error::from(ErrorKind::StorageFull));
        }
        self.0.write(&bytes[..bytes.len().min(room)])
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Seek for SmallDisk {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn an_archive_that_does_not_fit_fails_and_no_more() {
    let archive = |room| {
        let mut archive = ZipArchive::new(SmallDisk(Cursor::default(), room));
        for name in ["users.csv", "sessions.csv"] {
            archive.begin(name)?;
            let mut lines = CsvTableWriter::new(archive, &table(), false)?;
            lines.row(&cells(1, "ada"))?;
            archive = lines.finish()?;
        }
        archive.finish()
    };
    let len = archive(usize::MAX).unwrap().0.into_inner().len();
    for room in 0..len {
        assert!(archive(room).is_err(), "{room} of {len} bytes");
    }
    assert!(archive(len).is_ok());
}
