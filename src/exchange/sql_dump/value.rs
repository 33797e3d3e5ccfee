//! Values of an INSERT: quoted texts, numbers, hex and bit literals, and the few words that dump tools write. A
//! call is named and skipped; only those in which sqlite3 wraps texts are evaluated.

use std::io::Read;

use super::lexer::Lexer;
use super::{Result, Value};

const NO_VALUE: &str = "this is neither a text, a number nor NULL";

impl<R: Read> Lexer<R> {
    /// Consumes the next value, after blanks and comments.
    pub(super) fn value(&mut self) -> Result<Value> {
        self.value_at(0)
    }

    /// Consumes a value nested in this many calls.
    pub(super) fn value_at(&mut self, depth: u8) -> Result<Value> {
        match self.next()? {
            quote if self.opens_text(quote) => {
                self.take_text(quote)?;
                Ok(Value::of_bytes(self.text()))
            }
            b'0'..=b'9' | b'.' | b'+' | b'-' => self.number(),
            _ => self.worded(depth),
        }
    }

    fn number(&mut self) -> Result<Value> {
        self.take_number()?;
        let value = match self.text() {
            [b'0', b'x', digits @ ..] => from_hex(digits),
            [b'0', b'b', digits @ ..] => from_bits(digits),
            text if is_number(text) => str::from_utf8(text).ok().map(|text| Value::Number(text.to_owned())),
            _ => None,
        };
        value.ok_or_else(|| self.syntax("this is not a number"))
    }

    /// Consumes a value that begins with a word: the word is the value, or it determines the meaning of the
    /// quoted text after it.
    fn worded(&mut self, depth: u8) -> Result<Value> {
        let word = self.word()?.to_ascii_uppercase();
        match word.as_slice() {
            b"NULL" => Ok(Value::Null),
            b"TRUE" => Ok(Value::Number("1".to_owned())),
            b"FALSE" => Ok(Value::Number("0".to_owned())),
            b"X" => self.literal(from_hex),
            b"B" => self.literal(from_bits),
            b"N" => self.literal(|text| Some(Value::of_bytes(text))),
            [b'_', _, ..] => match self.next()? {
                b'\'' | b'"' | b'0' | b'x' | b'X' => self.value_at(depth),
                _ => Err(self.syntax(NO_VALUE)),
            },
            [] => Err(self.syntax(NO_VALUE)),
            name if self.is_sqlite() => {
                let word = String::from_utf8_lossy(name).into_owned();
                match self.sqlite_call(name, depth)? {
                    Some(value) => Ok(value),
                    None => self.expression(word),
                }
            }
            _ => {
                let word = String::from_utf8_lossy(self.text()).into_owned();
                self.expression(word)
            }
        }
    }

    /// Consumes the quoted text directly after its prefix and decodes it.
    fn literal(&mut self, decode: fn(&[u8]) -> Option<Value>) -> Result<Value> {
        if self.ahead(1)?.first() != Some(&b'\'') {
            return Err(self.syntax(NO_VALUE));
        }
        self.take_text(b'\'')?;
        decode(self.text()).ok_or_else(|| self.syntax("this is not a hex or bit value"))
    }

    /// Returns the word just consumed as an expression; consumes its arguments if it is a call.
    fn expression(&mut self, word: String) -> Result<Value> {
        if self.eat(b'(')? {
            self.rest_of_brackets()?;
        }
        Ok(Value::Expression(word))
    }
}

/// Decodes hex digits; an odd number of them begins with half a byte, as in MySQL.
fn from_hex(digits: &[u8]) -> Option<Value> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    let (half, pairs) = digits.split_at_checked(digits.len() % 2)?;
    let mut bytes = Vec::with_capacity(digits.len().div_ceil(2));
    for byte in half {
        bytes.push(digit(byte)?);
    }
    for pair in pairs.chunks_exact(2) {
        let [high, low] = pair else { return None };
        bytes.push(digit(high)? << 4 | digit(low)?);
    }
    Some(Value::of_bytes(&bytes))
}

/// Decodes up to 64 bits (the widest BIT column) as a number.
fn from_bits(digits: &[u8]) -> Option<Value> {
    let bits = str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    u64::from_str_radix(bits, 2).ok().map(|number| Value::Number(number.to_string()))
}

/// Returns true for `[+-] digits [. digits] [e [+-] digits]`, with a digit before or after the point.
fn is_number(text: &[u8]) -> bool {
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let unsigned =
        |part| <[u8]>::strip_prefix(part, b"-").or_else(|| part.strip_prefix(b"+")).unwrap_or(part);
    let mut halves = unsigned(text).splitn(2, |byte| byte.eq_ignore_ascii_case(&b'e'));
    let mantissa = halves.next().unwrap_or_default();
    let exponent = halves.next().is_none_or(|power| !unsigned(power).is_empty() && digits(unsigned(power)));
    let mut parts = mantissa.splitn(2, |byte| *byte == b'.');
    let all_digits = parts.all(digits);
    all_digits && exponent && mantissa.iter().any(u8::is_ascii_digit)
}
