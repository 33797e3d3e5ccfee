//! Syntax that only SQLite's programs write: the calls in which `.dump` wraps texts with line ends, and
//! triggers.
//!
//! Source: sqlite3's `shell.c` (`output_quoted_escaped_string`), <https://sqlite.org/lang_corefunc.html>, and
//! `complete.c`.

use std::io::Read;

use super::lexer::{Lexer, ScanStop};
use super::{MAX_VALUE_BYTES, Result, Value};

/// Maximum nesting of calls; sqlite3 writes two.
const MAX_DEPTH: u8 = 8;
const NO_CALL: &str = "sqlite3 does not write this call";

impl<R: Read> Lexer<R> {
    /// Consumes the arguments of the call whose name was just consumed and evaluates it; returns `None` for a
    /// name without arguments and for calls that no dump holds.
    pub(super) fn sqlite_call(&mut self, name: &[u8], depth: u8) -> Result<Option<Value>> {
        let known = [b"REPLACE".as_slice(), b"CHAR", b"UNISTR"].contains(&name);
        if !known || !self.eat(b'(')? {
            return Ok(None);
        }
        if depth == MAX_DEPTH {
            return Err(self.too_long());
        }
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.value_at(depth + 1)?);
            if self.eat(b')')? {
                break;
            }
            if arguments.len() > 16 || !self.eat(b',')? {
                return Err(self.syntax(NO_CALL));
            }
        }
        let made = match (name, arguments.as_slice()) {
            (b"REPLACE", [Value::Text(text), Value::Text(from), Value::Text(to)]) if !from.is_empty() => {
                let growth = text.matches(from.as_str()).count().saturating_mul(to.len());
                (text.len().saturating_add(growth) <= MAX_VALUE_BYTES)
                    .then(|| text.replace(from.as_str(), to))
            }
            (b"CHAR", codes) => codes.iter().map(character).collect(),
            (b"UNISTR", [Value::Text(text)]) => unescaped(text),
            _ => None,
        };
        made.map(|text| Some(Value::Text(text))).ok_or_else(|| self.syntax(NO_CALL))
    }

    /// Skips a trigger: its body holds whole statements, and ends with END after one of them.
    pub(super) fn skip_trigger(&mut self) -> Result<()> {
        loop {
            while self.mark()? != ScanStop::End {}
            self.word()?;
            if self.is("END") && self.end_follows()? {
                return Ok(());
            }
        }
    }

    fn end_follows(&mut self) -> Result<bool> {
        self.next()?;
        self.end()
    }
}

/// Returns the character with this code.
fn character(code: &Value) -> Option<char> {
    match code {
        Value::Number(code) => char::from_u32(code.parse().ok()?),
        Value::Null | Value::Text(_) | Value::Bytes(_) | Value::Expression(_) | Value::Nested => None,
    }
}

/// Undoes the escapes of `unistr`: `\XXXX`, `\+XXXXXX`, `\uXXXX`, `\UXXXXXXXX` and a doubled backslash.
fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let (mark, digits) = match after.as_bytes().first()? {
            b'\\' => {
                plain.push('\\');
                rest = after.get(1..)?;
                continue;
            }
            b'+' => (1, 6),
            b'u' => (1, 4),
            b'U' => (1, 8),
            _ => (0, 4),
        };
        let code = after.get(mark..mark + digits)?;
        plain.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
        rest = after.get(mark + digits..)?;
    }
    plain.push_str(rest);
    Some(plain)
}
