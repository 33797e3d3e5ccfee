//! JSON that preserves the data exactly, yet holds nothing that a terminal would act on.

use std::io::{Result, Write};

use super::is_unsafe;

/// Writes a text of JSON. Besides C0, which JSON itself requires to be escaped (RFC 8259, 7), it escapes every character
/// that must not reach a terminal raw; such characters occur only inside strings.
pub fn write_json_text(json: &str, out: &mut (impl Write + ?Sized)) -> Result<()> {
    if json.bytes().all(|byte| byte < 0x7f) {
        return out.write_all(json.as_bytes());
    }
    let mut rest = json;
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
