//! Rows of a JSON document, as exports write it. A row is in memory at a time.

use std::fmt;
use std::io::{BufReader, Read};
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::domain::foreign::{Row, RowPlace, Value};
use crate::domain::stored_table::StoredTable;

use super::export::{FORMAT, VERSION};
use super::sql_dump::MAX_TABLES;
use super::table_error::{Limited, MAX_COLUMNS, RowBudget, TableError};

const BLOCK_BYTES: usize = 128 * 1_024;

/// The reason that the reading of a document ended early.
#[derive(Debug)]
pub enum JsonHalt<E> {
    Unreadable(TableError),
    /// The error of the caller.
    Failed(E),
}

/// Passes every row of the wanted tables to `take`, in the order of the document. Returns the other tables with their
/// numbers of rows.
///
/// # Errors
/// The file cannot be read, is no export or one of a newer version; what `take` returns.
pub fn each<E>(
    input: impl Read,
    wanted: fn(&str) -> bool,
    take: &mut dyn FnMut(Row) -> Result<(), E>,
) -> Result<Vec<(String, u64)>, JsonHalt<E>> {
    let budget = RowBudget::new();
    let limited = Limited { input, budget: budget.clone() };
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(BLOCK_BYTES, limited));
    let mut reading = DocumentReader {
        wanted,
        take,
        budget: budget.clone(),
        others: Vec::new(),
        is_export: false,
        place: RowPlace::Row(0),
        halt: None,
    };
    let document = json.deserialize_map(Document(&mut reading)).and_then(|()| json.end());
    let Err(error) = document else { return Ok(reading.others) };
    if let Some(halt) = reading.halt {
        return Err(halt);
    }
    let unreadable = if budget.is_used_up() {
        TableError::TooLong(reading.place)
    } else if error.is_io() {
        TableError::Io(error.into())
    } else if error.is_eof() {
        TableError::CutOff
    } else {
        TableError::Syntax { line: error.line() as u64, format: "JSON" }
    };
    Err(JsonHalt::Unreadable(unreadable))
}

/// A document that is being read.
struct DocumentReader<'t, E> {
    wanted: fn(&str) -> bool,
    take: &'t mut dyn FnMut(Row) -> Result<(), E>,
    budget: RowBudget,
    others: Vec<(String, u64)>,
    /// True once format and version were read.
    is_export: bool,
    /// The row that was read last.
    place: RowPlace,
    halt: Option<JsonHalt<E>>,
}

impl<E> DocumentReader<'_, E> {
    /// Ends the reading for this reason.
    fn halt<T, D: serde::de::Error>(&mut self, why: JsonHalt<E>) -> Result<T, D> {
        self.halt = Some(why);
        Err(D::custom("halted"))
    }
}

struct Document<'r, 't, E>(&'r mut DocumentReader<'t, E>);

impl<'de, E> Visitor<'de> for Document<'_, '_, E> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an export")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reading = self.0;
        let mut is_format = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "format" => is_format = map.next_value::<String>()? == FORMAT,
                "version" if is_format => {
                    let version = map.next_value::<i64>()?;
                    if version > VERSION {
                        return reading.halt(JsonHalt::Unreadable(TableError::Newer(version)));
                    }
                    reading.is_export = true;
                }
                _ if !reading.is_export => {
                    return reading.halt(JsonHalt::Unreadable(TableError::NotAnExport));
                }
                word => {
                    let known = StoredTable::of_word(word);
                    let name = known.map_or_else(|| Rc::from(word), |table| Rc::from(table.name()));
                    map.next_value_seed(JsonTable { name, reading: &mut *reading })?;
                }
            }
        }
        if reading.is_export { Ok(()) } else { reading.halt(JsonHalt::Unreadable(TableError::NotAnExport)) }
    }
}

/// The rows of a table.
struct JsonTable<'r, 't, E> {
    name: Rc<str>,
    reading: &'r mut DocumentReader<'t, E>,
}

impl<'de, E> DeserializeSeed<'de> for JsonTable<'_, '_, E> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de, E> Visitor<'de> for JsonTable<'_, '_, E> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let Self { name, reading } = self;
        reading.budget.renew();
        let mut count = 0;
        if !(reading.wanted)(&name) {
            if reading.others.len() == MAX_TABLES {
                return reading.halt(JsonHalt::Unreadable(TableError::TooManyTables));
            }
            while rows.next_element::<IgnoredAny>()?.is_some() {
                reading.budget.renew();
                count += 1;
            }
            reading.others.push((name.as_ref().to_owned(), count));
            return Ok(());
        }
        let mut columns: Rc<[String]> = Rc::new([]);
        while let Some(values) = rows.next_element_seed(RowValues { columns: &mut columns })? {
            reading.budget.renew();
            count += 1;
            reading.place = RowPlace::Row(count);
            let columns = Some(columns.clone());
            let row = Row { table: name.clone(), place: reading.place, columns, values, zone: None };
            if let Err(failure) = (reading.take)(row) {
                return reading.halt(JsonHalt::Failed(failure));
            }
        }
        Ok(())
    }
}

/// The values of a row, and the names of its columns, which are those of the row before nearly always.
struct RowValues<'c> {
    columns: &'c mut Rc<[String]>,
}

impl<'de> DeserializeSeed<'de> for RowValues<'_> {
    type Value = Vec<Value>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Vec<Value>, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RowValues<'_> {
    type Value = Vec<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<Value>, A::Error> {
        let mut values = Vec::with_capacity(self.columns.len());
        let mut names = Vec::with_capacity(self.columns.len());
        while let Some(name) = map.next_key::<String>()? {
            values.push(map.next_value_seed(CellValue)?);
            names.push(name);
            if values.len() > MAX_COLUMNS {
                return Err(A::Error::custom("too many columns"));
            }
        }
        if **self.columns != *names {
            *self.columns = names.into();
        }
        Ok(values)
    }
}

struct CellValue;

impl<'de> DeserializeSeed<'de> for CellValue {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CellValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Number(u8::from(flag).to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        // With its decimal point, so that it is not taken for a whole number.
        Ok(Value::Number(format!("{number:?}")))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Value, A::Error> {
        while parts.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Nested)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut parts: A) -> Result<Value, A::Error> {
        while parts.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Nested)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"{"format":"nexus-export","version":1,"#;

    /// The rows of accounts, and the other tables.
    type Found = (Vec<Row>, Vec<(String, u64)>);

    fn read(text: &str) -> Result<Found, String> {
        let mut rows = Vec::new();
        let others = each(text.as_bytes(), |table| table.ends_with("users"), &mut |row| {
            if row.values == [Value::Text("stop".into())] {
                return Err("stopped".to_owned());
            }
            rows.push(row);
            Ok(())
        });
        match others {
            Ok(others) => Ok((rows, others)),
            Err(JsonHalt::Unreadable(error)) => Err(error.to_string()),
            Err(JsonHalt::Failed(error)) => Err(error),
        }
    }

    #[test]
    fn rows_are_read_by_the_names_of_their_columns() {
        let text = format!(
            "{HEAD}\"users\":[{{\"id\":1,\"username\":\"a\\u0000\\ud83d\\ude00\"}},{{\"id\":-2.5,\"username\":null}},
             {{\"address\":{{\"a\":[1]}}}}],\"sessions\":[{{}},{{}}],\"journal\":[]}}"
        );
        let (rows, others) = read(&text).unwrap();
        let values: Vec<_> = rows.iter().map(|row| row.values.clone()).collect();
        assert_eq!(values[0], [Value::Number("1".into()), Value::Text("a\0😀".into())]);
        assert_eq!(values[1], [Value::Number("-2.5".into()), Value::Null]);
        assert_eq!(values[2], [Value::Nested]);
        assert_eq!(&*rows[0].table, "de_torres_vincent_users");
        assert_eq!(rows[2].columns.as_deref(), Some(&["address".to_owned()][..]));
        assert_eq!(rows[2].place, RowPlace::Row(3));
        let others: Vec<_> = others.iter().map(|(name, rows)| (name.as_str(), *rows)).collect();
        assert_eq!(others, [("de_torres_vincent_session_tokens", 2), ("journal", 0)]);
    }

    #[test]
    fn what_is_no_whole_export_is_refused() {
        for (text, why) in [
            ("{}", "does not begin with the format"),
            (r#"{"users":[]}"#, "does not begin with the format"),
            (r#"{"format":"other","version":1,"users":[]}"#, "does not begin with the format"),
            (
                r#"{"format":"nexus-export","version":2,"x":"#,
                "newer version of NEXUS wrote it (format version 2)",
            ),
            (&format!("{HEAD}\"users\":[{{\"id\":1}}"), "cut off"),
            (&format!("{HEAD}\"users\":[{{\"id\":\"\u{1b}"), "line 1: this is not JSON"),
            (&format!("{HEAD}\"users\":[]}} x"), "line 1: this is not JSON"),
            (&format!("{HEAD}\n\"users\":[1]}}"), "line 2: this is not JSON"),
            (&format!("{HEAD}\"users\":{{}}}}"), "line 1: this is not JSON"),
            (&format!("{HEAD}\"users\":[{{\"a\":\"stop\"}},{{}}]}}"), "stopped"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn the_names_of_other_tables_do_not_fill_the_memory() {
        let document = |tables: usize| {
            let tables: Vec<_> = (0..tables).map(|at| format!("\"t{at}\":[]")).collect();
            read(&format!("{HEAD}{}}}", tables.join(",")))
        };
        assert_eq!(document(MAX_TABLES).unwrap().1.len(), MAX_TABLES);
        assert_eq!(document(MAX_TABLES + 1).unwrap_err(), "it has too many tables");
    }

    #[test]
    fn a_row_without_an_end_is_not_read_into_memory() {
        let endless = HEAD.as_bytes().chain(&b"\"users\":[{\"a\":\""[..]).chain(std::io::repeat(b'x'));
        let result = each(endless, |_| true, &mut |_| Ok::<_, ()>(()));
        assert!(matches!(result, Err(JsonHalt::Unreadable(TableError::TooLong(RowPlace::Row(0))))));
    }
}
