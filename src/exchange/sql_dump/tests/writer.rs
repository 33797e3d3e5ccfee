//! Writes rows as a dump, in any spelling that MySQL allows, so that properties can be tested on the result.

use super::*;

/// A source of choices between several spellings: an endless cycle of given bytes.
#[derive(Debug, Clone)]
pub(super) struct Choices(pub(super) Vec<u8>);

impl Choices {
    fn of<const N: usize, T: Copy>(&mut self, ways: [T; N]) -> T {
        let first = self.0.first().copied().unwrap_or_default();
        if !self.0.is_empty() {
            self.0.rotate_left(1);
        }
        ways[usize::from(first) % N]
    }
}

/// Writes a dump of these rows. The line of each row is set to the line it was written to.
pub(super) fn dump(rows: &mut [Row], choices: &mut Choices) -> Vec<u8> {
    let escapes = choices.of([true, true, false]);
    let mut writer = Writer { out: Vec::new(), choices, escapes };
    // Without it, names in double quotes are those of another database.
    writer.put("/*!40101 SET NAMES utf8mb4 */;\n");
    if !escapes {
        writer.put("SET SQL_MODE='NO_BACKSLASH_ESCAPES';\n");
    }
    let mut open: Option<Row> = None;
    for row in rows {
        let same = open.as_ref().is_some_and(|last| last.table == row.table && last.columns == row.columns);
        if same && writer.choices.of([true, false]) {
            writer.put(",");
        } else {
            if open.is_some() {
                writer.end();
            }
            writer.head(row);
        }
        writer.blank();
        row.place = RowPlace::Line(1 + memchr::memchr_iter(b'\n', &writer.out).count() as u64);
        writer.list(&row.values, Writer::value);
        open = Some(row.clone());
    }
    if open.is_some() {
        writer.end();
    }
    writer.put("SET x=1;");
    writer.out
}

struct Writer<'a> {
    out: Vec<u8>,
    choices: &'a mut Choices,
    escapes: bool,
}

impl Writer<'_> {
    fn put(&mut self, bytes: impl AsRef<[u8]>) {
        self.out.extend_from_slice(bytes.as_ref());
    }

    fn blank(&mut self) {
        let blank =
            self.choices.of(["", " ", "\n", "\r\n\t", "/* ' */", "/*!40000 */", "-- \"\n", "#`\n", " /**/ "]);
        self.put(blank);
    }

    fn end(&mut self) {
        let tail =
            self.choices.of([";", " ;\n", ";\n\n-- it's\n", " ON DUPLICATE KEY UPDATE a=VALUES(a), b=');';"]);
        self.put(tail);
    }

    fn head(&mut self, row: &Row) {
        let action = self.choices.of([
            "INSERT INTO ",
            "insert ignore into",
            "REPLACE ",
            "INSERT /*!50000 DELAYED*/ INTO ",
        ]);
        self.put(action);
        self.blank();
        self.name(&row.table);
        if let Some(columns) = &row.columns {
            self.blank();
            self.list(columns, Self::name);
        }
        self.put(" VALUES");
    }

    fn list<T>(&mut self, items: &[T], item: fn(&mut Self, &T)) {
        self.put("(");
        for (index, each) in items.iter().enumerate() {
            if index > 0 {
                self.put(",");
            }
            self.blank();
            item(self, each);
            self.blank();
        }
        self.put(")");
    }

    fn name<T: AsRef<str>>(&mut self, name: &T) {
        let quote = self.choices.of(["`", "\""]);
        self.put(format!("{quote}{}{quote}", name.as_ref().replace(quote, &quote.repeat(2))));
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.put("NULL"),
            Value::Expression(word) => {
                self.put(word);
                let call = self.choices.of(["", "()", " ( ')', (1))"]);
                self.put(call);
            }
            Value::Number(number) => self.put(number),
            Value::Text(text) => self.text(text.as_bytes()),
            Value::Bytes(bytes) => self.text(bytes),
            Value::Nested => panic!("no dump holds one"),
        }
    }

    fn text(&mut self, text: &[u8]) {
        let hex = text.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02X}"));
        match self.choices.of(["'", "\"", "_binary '", "X'", "0x"]) {
            "0x" if !hex.is_empty() => self.put(format!("0x{hex}")),
            "X'" => self.put(format!("X'{hex}'")),
            "\"" => self.quoted("\"", b'"', text),
            "_binary '" => self.quoted("_binary '", b'\'', text),
            _ => self.quoted("'", b'\'', text),
        }
    }

    fn quoted(&mut self, opening: &str, quote: u8, text: &[u8]) {
        self.put(opening);
        for byte in text {
            self.letter(*byte, quote);
        }
        self.out.push(quote);
    }

    fn letter(&mut self, byte: u8, quote: u8) {
        let short = match byte {
            0 => b'0',
            b'\n' => b'n',
            b'\r' => b'r',
            0x1A => b'Z',
            _ => byte,
        };
        let escape =
            self.escapes && (byte == b'\\' || short != byte || self.choices.of([false, byte == b'\'']));
        if escape {
            self.out.extend([b'\\', short]);
        } else if byte == quote {
            self.out.extend([quote, quote]);
        } else {
            self.out.push(byte);
        }
    }
}
