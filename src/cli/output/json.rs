//! JSON that preserves the data exactly, yet holds nothing that a terminal would act on.

use std::io::{self, Write};

use crate::domain::text::is_unsafe;

use super::Value;

/// Writes `value` on one line. Besides C0, which JSON requires (RFC 8259, 7), it escapes every character that
/// must not reach a terminal raw; such characters occur only inside strings.
pub(super) fn write(value: &serde_json::Value, out: &mut dyn Write) -> io::Result<()> {
    let text = value.to_string();
    let mut rest = text.as_str();
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| *c == '\x7f' || is_unsafe(*c)) {
        let (plain, tail) = rest.split_at(at);
        out.write_all(plain.as_bytes())?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        rest = tail.get(c.len_utf8()..).unwrap_or_default();
    }
    out.write_all(rest.as_bytes())
}

/// Writes an object incrementally, so that very many ids are never in memory as text.
pub(super) fn write_object(fields: Vec<(&str, Value)>, out: &mut dyn Write) -> io::Result<()> {
    let mut before = "{";
    for (key, value) in fields {
        out.write_all(before.as_bytes())?;
        write(&key.into(), out)?;
        out.write_all(b":")?;
        match value {
            Value::Ids(ids) => write_ids(&ids, out)?,
            value => write(&value.into_json(), out)?,
        }
        before = ",";
    }
    out.write_all(b"}")
}

fn write_ids(ids: &[i64], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"[")?;
    for (n, id) in ids.iter().enumerate() {
        let comma = if n == 0 { "" } else { "," };
        write!(out, "{comma}{id}")?;
    }
    out.write_all(b"]")
}
