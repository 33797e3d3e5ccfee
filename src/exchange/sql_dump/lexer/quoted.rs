//! Quoted tokens: texts with their escapes, names without.
//!
//! Source: MySQL 8.4 manual, "String Literals" and "Schema Object Names".

use std::io::Read;

use memchr::memchr2;

use crate::exchange::sql_dump::{MAX_VALUE_BYTES, Result};

use super::Lexer;

impl<R: Read> Lexer<R> {
    /// Returns true if a backslash in this kind of quotes is an escape character.
    fn escapes(&self, quote: u8) -> bool {
        let name = quote == b'`' || (quote == b'"' && self.variables.mode.ansi_quotes);
        !name && !self.variables.mode.plain_backslash
    }

    /// Returns true if `byte` opens a quoted text here.
    pub(crate) fn opens_text(&self, byte: u8) -> bool {
        byte == b'\'' || (byte == b'"' && !self.variables.mode.ansi_quotes)
    }

    /// Consumes a quoted text and undoes its escapes; the next byte is its opening quote.
    pub(crate) fn take_text(&mut self, quote: u8) -> Result<()> {
        let other = if self.escapes(quote) { b'\\' } else { quote };
        self.take_quoted(quote, other)
    }

    /// Consumes everything up to the closing quote. `other` is the backslash, or the quote again if a backslash
    /// is not an escape character.
    pub(super) fn take_quoted(&mut self, quote: u8, other: u8) -> Result<()> {
        self.text.clear();
        self.source.consume(1);
        loop {
            let window = self.source.ahead(1)?;
            let found = memchr2(quote, other, window);
            let plain = window.get(..found.unwrap_or(window.len())).unwrap_or_default();
            self.text.extend_from_slice(plain);
            let length = plain.len();
            self.source.consume(length);
            if self.text.len() > MAX_VALUE_BYTES {
                return Err(self.too_long());
            }
            match *self.source.ahead(2)? {
                [] | [b'\\'] => return Err(self.cut_off()),
                [first, second, ..] if first == quote && second == quote => self.text.push(quote),
                [first, ..] if first == quote => {
                    self.source.consume(1);
                    return Ok(());
                }
                [b'\\', escaped, ..] if other == b'\\' => push_escaped(&mut self.text, escaped),
                _ => continue,
            }
            self.source.consume(2);
        }
    }

    /// Moves past a quoted text without keeping it. A doubled quote reads as the end of one text and the start
    /// of another.
    pub(super) fn skip_quoted(&mut self, quote: u8) -> Result<()> {
        let other = if self.escapes(quote) { b'\\' } else { quote };
        self.source.consume(1);
        loop {
            let window = self.source.ahead(2)?;
            let length = window.len();
            match memchr2(quote, other, window) {
                None if length == 0 => return Err(self.cut_off()),
                None => self.source.consume(length),
                Some(at) if window.get(at) == Some(&quote) => {
                    self.source.consume(at + 1);
                    return Ok(());
                }
                Some(at) => {
                    self.source.consume(at);
                    if self.source.ahead(2)?.len() < 2 {
                        return Err(self.cut_off());
                    }
                    self.source.consume(2);
                }
            }
        }
    }
}

/// Appends the character that a backslash and the byte after it encode. Source: MySQL 8.4 manual, "String
/// Literals".
fn push_escaped(text: &mut Vec<u8>, escaped: u8) {
    match escaped {
        b'0' => text.push(0),
        b'b' => text.push(0x08),
        b'n' => text.push(b'\n'),
        b'r' => text.push(b'\r'),
        b't' => text.push(b'\t'),
        b'Z' => text.push(0x1A),
        b'%' | b'_' => text.extend([b'\\', escaped]),
        _ => text.push(escaped),
    }
}
