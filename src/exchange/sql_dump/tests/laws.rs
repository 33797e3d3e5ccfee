//! Properties that hold for any rows, any spelling and any bytes.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::writer::{Choices, dump};
use super::*;

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        select(vec!["DEFAULT", "now"]).prop_map(|word| Value::Expression(word.to_owned())),
        "[-+]?[0-9]{1,20}(\\.[0-9]{0,4})?(e[-+]?[0-9]{1,3})?".prop_map(Value::Number),
        any::<String>().prop_map(Value::Text),
        "['\"`\\\\\n\r\t;,()%_/*#0 -]{0,12}".prop_map(Value::Text),
        vec(any::<u8>(), 0..12).prop_map(|mut bytes| {
            bytes.push(0xFF);
            Value::Bytes(bytes)
        }),
    ]
}

fn any_row() -> impl Strategy<Value = Row> {
    let table = select(vec!["users", "weird`\"table", "日本"]);
    let columns = proptest::option::of(vec("[a-z`\" é,)]{1,8}", 0..4).prop_map(Arc::from));
    (table, columns, vec(any_value(), 0..6)).prop_map(|(table, columns, values)| Row {
        table: table.into(),
        place: RowPlace::Line(0),
        columns,
        values,
        zone: None,
    })
}

fn any_dump() -> impl Strategy<Value = (Vec<Row>, Vec<u8>)> {
    (vec(any_row(), 0..12), vec(any::<u8>(), 0..64)).prop_map(|(mut rows, choices)| {
        let dump = dump(&mut rows, &mut Choices(choices));
        (rows, dump)
    })
}

/// An input that yields a few bytes at a time, so that every token is cut somewhere.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = self.1.min(buffer.len());
        self.0.read(&mut buffer[..most])
    }
}

/// Reads to the end or the first error and returns the number of rows.
fn count(input: impl Read, wanted: fn(&str) -> bool) -> Result<u64> {
    let mut reader = DumpReader::new(input, only(wanted));
    let mut rows = 0;
    while reader.next_row()?.is_some() {
        rows += 1;
    }
    Ok(rows + reader.skipped().iter().map(|(_, rows)| rows).sum::<u64>())
}

proptest! {
    #[test]
    fn reading_gives_back_what_was_written((rows, dump) in any_dump()) {
        prop_assert_eq!(read(dump).unwrap(), rows);
    }

    #[test]
    fn the_size_of_the_pieces_changes_nothing((rows, dump) in any_dump(), size in 1_usize..9) {
        let mut reader = DumpReader::new(Trickle(&dump, size), all());
        let read: Vec<Row> = std::iter::from_fn(|| reader.next_row().unwrap()).collect();
        prop_assert_eq!(read, rows);
    }

    #[test]
    fn skipping_counts_every_row((rows, dump) in any_dump(), size in 1_usize..9) {
        prop_assert_eq!(count(Trickle(&dump, size), |_| false).unwrap(), rows.len() as u64);
        prop_assert_eq!(count(&dump[..], |table| table == "users").unwrap(), rows.len() as u64);
    }

    #[test]
    fn a_part_is_never_taken_for_the_whole((_, dump) in any_dump(), cut in any::<prop::sample::Index>()) {
        let framed = [b"-- MariaDB dump\n", &dump[..], b"\n-- Dump completed on 2026-11-23  7:40:57"].concat();
        prop_assert!(read(&framed).is_ok());
        let part = &framed[..cut.index(framed.len())];
        prop_assert!(read(part).is_err());
        prop_assert!(count(part, |_| false).is_err());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
        let _ = count(&bytes[..], |_| false);
    }

    #[test]
    fn damage_is_read_or_refused(
        (_, mut dump) in any_dump(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        for (place, byte) in damage {
            let place = place.index(dump.len());
            dump[place] = byte;
        }
        let _ = read(&dump);
        let _ = count(&dump[..], |_| false);
    }
}

/// Tokens across the edge between two blocks, wherever the edge falls.
#[test]
fn blocks_end_anywhere() {
    let row = br"INSERT INTO `t` VALUES ('it''s\'',-1.5,0x4142,/* c */NULL);";
    for shift in 0..row.len() {
        let padding = b" ".repeat(128 * 1_024 - shift);
        let rows = read([&padding[..], row].concat()).unwrap();
        assert_eq!(rows[0].values, [text("it's'"), number("-1.5"), text("AB"), Value::Null]);
    }
}
