//! Rows of CSV whose first line names the columns, as exports write it.

use std::io::{BufReader, Read};
use std::rc::Rc;

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::domain::foreign::{Row, RowPlace, Value};
use crate::domain::stored_table::{StoredColumn, StoredTable};

use super::csv_cell;
use super::table_error::{Limited, MAX_COLUMNS, RowBudget, TableError};

const BLOCK_BYTES: usize = 128 * 1_024;

/// A file of CSV that is being read.
pub struct CsvRows<R: Read> {
    lines: Reader<BufReader<Limited<R>>>,
    budget: RowBudget,
    columns: Rc<[String]>,
    record: ByteRecord,
    /// The number of rows that were read, with that of the names.
    rows: u64,
    /// The row that was read last.
    place: RowPlace,
}

impl<R: Read> CsvRows<R> {
    /// Reads the names of the columns.
    ///
    /// # Errors
    /// The file cannot be read, or its first line is no text.
    pub fn new(input: R) -> Result<Self, TableError> {
        let budget = RowBudget::new();
        let input = Limited { input, budget: budget.clone() };
        let mut lines = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(BufReader::with_capacity(BLOCK_BYTES, input));
        let mut record = ByteRecord::new();
        // As a spreadsheet numbers rows: the names of the columns are row 1.
        let place = RowPlace::Row(1);
        read(&mut lines, &budget, place, &mut record)?;
        let no_text = || TableError::Syntax { line: 1, format: "CSV" };
        let columns = record.iter().map(|name| str::from_utf8(name).map(|name| name.trim().to_owned()));
        let columns: Vec<_> = columns.collect::<Result<_, _>>().map_err(|_| no_text())?;
        Ok(Self { lines, budget, columns: columns.into(), record, rows: 1, place })
    }

    /// Returns the names of the columns.
    pub fn columns(&self) -> &Rc<[String]> {
        &self.columns
    }

    /// Returns the table whose rows these are, if the names of the columns tell it.
    pub fn table(&self) -> Option<StoredTable> {
        // Other text has commas too, and a statement of SQL even the names.
        let is_name = |name: &String| !name.is_empty() && !name.contains(['(', ')', ';', '`', '\'']);
        if !self.columns.iter().all(is_name) {
            return None;
        }
        let has = |name: &str| self.columns.iter().any(|own| own.eq_ignore_ascii_case(name));
        // Every table can be told by what only its rows must have.
        StoredTable::ALL.into_iter().rev().find(|table| {
            let needed = |column: &&StoredColumn| column.required && !is_defaulted(column.name);
            table.columns().iter().filter(needed).all(|column| has(column.name))
        })
    }

    /// Returns the next row, as one of this table.
    ///
    /// # Errors
    /// The file cannot be read, or the row is too long.
    pub fn next_row(&mut self, table: &Rc<str>) -> Result<Option<Row>, TableError> {
        if !read(&mut self.lines, &self.budget, self.place, &mut self.record)? {
            return Ok(None);
        }
        self.rows += 1;
        self.place = RowPlace::Row(self.rows);
        let values = self.record.iter().map(|cell| match str::from_utf8(cell) {
            Ok(cell) => csv_cell::read(cell).map_or(Value::Null, |text| Value::Text(text.into_owned())),
            Err(_) => Value::Bytes(cell.to_vec()),
        });
        let (place, columns) = (self.place, Some(self.columns.clone()));
        Ok(Some(Row { table: table.clone(), place, columns, values: values.collect(), zone: None }))
    }
}

/// Returns true for a column that an import can do without.
fn is_defaulted(name: &str) -> bool {
    let names = [
        "id",
        "password",
        "access_level",
        "status",
        "created_at",
        "updated_at",
        "date_added",
        "last_modified",
    ];
    names.contains(&name)
}

/// Reads the next record. Returns false at the end of the file.
fn read<R: Read>(
    lines: &mut Reader<BufReader<Limited<R>>>,
    budget: &RowBudget,
    before: RowPlace,
    record: &mut ByteRecord,
) -> Result<bool, TableError> {
    budget.renew();
    let found = lines.read_byte_record(record).map_err(|error| match error.into_kind() {
        _ if budget.is_used_up() => TableError::TooLong(before),
        csv::ErrorKind::Io(error) => TableError::Io(error),
        _ => TableError::Syntax { line: 1, format: "CSV" },
    })?;
    if record.len() > MAX_COLUMNS { Err(TableError::TooLong(before)) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::exchange::export::{Cell, CellKind, CsvTableWriter, ExportColumn, ExportTable};

    use super::*;

    fn rows(text: &[u8]) -> Vec<Row> {
        let mut csv = CsvRows::new(text).unwrap();
        std::iter::from_fn(|| csv.next_row(&"t".into()).unwrap()).collect()
    }

    #[test]
    fn cells_are_texts_or_nothing() {
        let text = b"\xEF\xBB\xBFid, name\r\n1,'=1\r\n2,\r\n\r\n3,'\r\n4,\"a\r\nb\"\r\n5,\xff\r\n6\r\n";
        let found = rows(text);
        assert_eq!(found[0].columns.as_deref(), Some(&["id".to_owned(), "name".to_owned()][..]));
        let names: Vec<_> = found.iter().map(|row| row.values.get(1).cloned()).collect();
        let text = |text: &str| Some(Value::Text(text.into()));
        assert_eq!(
            names,
            [text("=1"), Some(Value::Null), text(""), text("a\r\nb"), Some(Value::Bytes(vec![0xff])), None]
        );
        assert_eq!((found[0].place, found[2].place), (RowPlace::Row(2), RowPlace::Row(4)));
    }

    #[test]
    fn the_columns_tell_the_table() {
        for (header, table) in [
            ("email,firstname,lastname", Some(StoredTable::Users)),
            ("id,user_id,session_token,expiration,status", Some(StoredTable::Sessions)),
            ("USER_ID,directory_id,directory_name,directory_path", Some(StoredTable::Directories)),
            ("id,name", None),
            ("INSERT INTO u(id,firstname,lastname,email,password) VALUES(1,'A','B','a@b','');", None),
            ("email,firstname,lastname,", None),
        ] {
            assert_eq!(CsvRows::new(header.as_bytes()).unwrap().table(), table, "{header}");
        }
        for table in StoredTable::ALL {
            let names: Vec<_> = table.columns().iter().map(|column| column.name).collect();
            assert_eq!(CsvRows::new(names.join(",").as_bytes()).unwrap().table(), Some(table));
        }
    }

    #[test]
    fn a_row_without_an_end_is_not_read_into_memory() {
        let mut csv = CsvRows::new((&b"a\n\""[..]).chain(std::io::repeat(b'x'))).unwrap();
        assert!(matches!(csv.next_row(&"t".into()), Err(TableError::TooLong(RowPlace::Row(1)))));
    }

    proptest! {
        #[test]
        fn what_was_written_comes_back(
            texts in prop::collection::vec(prop::option::of("[,\"\\r\\n'=+@\\t \\x00a-]{0,6}|\\PC{0,4}"), 1..8)
        ) {
            let column = |name| ExportColumn { name, kind: CellKind::Text, is_key: false };
            let table = ExportTable { word: "t", name: "t", columns: vec![column("a"), column("b")] };
            let mut lines = CsvTableWriter::new(Vec::new(), &table, false).unwrap();
            for text in &texts {
                let cell = text.as_ref().map_or(Cell::Null, |text| Cell::Text(text.into()));
                lines.row(&[cell, Cell::Number(1)]).unwrap();
            }
            let written = lines.finish().unwrap();
            let read: Vec<_> = rows(&written).into_iter().map(|row| row.values[0].clone()).collect();
            let wanted: Vec<_> =
                texts.into_iter().map(|text| text.map_or(Value::Null, Value::Text)).collect();
            prop_assert_eq!(read, wanted);
        }
    }
}
