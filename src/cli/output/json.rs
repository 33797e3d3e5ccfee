//! JSON that preserves the data exactly, yet holds nothing that a terminal would act on.

use std::io::{self, Write};

use crate::domain::text::write_json_text;

use super::Value;

/// Writes `value` on one line.
pub(super) fn write(value: &serde_json::Value, out: &mut dyn Write) -> io::Result<()> {
    write_json_text(&value.to_string(), out)
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
