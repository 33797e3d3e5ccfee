//! The words of a dump: names, strings, numbers, signs. Comments are passed over, conditional ones are entered.

use std::io::Read;

use super::DumpError;
use super::source::Source;

/// The longest string that is taken in: MariaDB's largest packet by default.
const MAX_TEXT: usize = 16 * 1024 * 1024;
/// The version in `/*M!999999\- enable the sandbox mode */`: a command to the client, no code.
const SANDBOX: &[u8] = b"999999";

/// What was read; its text stands in the scratch buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// The end of the file.
    End,
    /// A bare word.
    Word,
    /// A name in backticks.
    Ident,
    /// Something in double quotes: a name or a string, as the place says.
    DoubleQuoted,
    /// A string in single quotes, its escapes undone.
    Text,
    /// The bytes of `0x…` or `x'…'`.
    Hex,
    /// A number, with its sign.
    Number,
    /// Any other byte.
    Punct(u8),
}

/// A dump whose first comment names its program has a last one that says it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Unmarked,
    Awaited,
    Reached,
}

/// Reads tokens.
pub(super) struct Tokens<R> {
    source: Source<R>,
    scratch: Vec<u8>,
    backslash_escapes: bool,
    in_conditional: bool,
    ending: Ending,
    started: bool,
}

impl<R: Read> Tokens<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            source: Source::new(input),
            scratch: Vec::new(),
            backslash_escapes: true,
            in_conditional: false,
            ending: Ending::Unmarked,
            started: false,
        }
    }

    pub(super) fn line(&self) -> u64 {
        self.source.line()
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.source.taken()
    }

    /// The text of the last token.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.scratch).into_owned()
    }

    /// The bytes of the last token, taken away.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.scratch.clone()
    }

    pub(super) fn set_backslash_escapes(&mut self, on: bool) {
        self.backslash_escapes = on;
    }

    /// Whether the dump promised a last comment that has not come, or a conditional comment is still open.
    pub(super) fn is_incomplete(&self) -> bool {
        self.ending == Ending::Awaited || self.in_conditional
    }

    /// The next byte after blanks, which stays.
    pub(super) fn peek_byte(&mut self) -> Result<Option<u8>, DumpError> {
        while self.source.peek()?.is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.source.bump()?;
        }
        self.source.peek()
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Result<Token, DumpError> {
        if !self.started {
            self.started = true;
            self.begin()?;
        }
        loop {
            self.scratch.clear();
            let Some(byte) = self.peek_byte()? else { return Ok(Token::End) };
            match byte {
                b'\'' => return self.string(b'\'', Token::Text),
                b'"' => return self.string(b'"', Token::DoubleQuoted),
                b'`' => return self.ident(),
                b'#' => self.line_comment()?,
                b'0'..=b'9' => return self.number(),
                _ if is_word(byte) => return self.word(),
                _ => {
                    self.source.bump()?;
                    match (byte, self.source.peek()?) {
                        (b'-', Some(b'-')) => self.line_comment()?,
                        (b'/', Some(b'*')) => self.block_comment()?,
                        (b'*', Some(b'/')) if self.in_conditional => {
                            self.source.bump()?;
                            self.in_conditional = false;
                        }
                        (b'-' | b'+' | b'.', Some(b'0'..=b'9' | b'.')) => {
                            self.scratch.push(byte);
                            return self.number();
                        }
                        _ => return Ok(Token::Punct(byte)),
                    }
                }
            }
        }
    }

    /// A look at the first block: is it text at all? A byte order mark is passed over.
    fn begin(&mut self) -> Result<(), DumpError> {
        let first = self.source.rest()?;
        if first.starts_with(b"SQLite format 3\0") {
            return Err(DumpError::NotADump("it is a SQLite file"));
        }
        if first.iter().take(4_096).any(|byte| *byte == 0) {
            return Err(DumpError::NotADump("it is no text"));
        }
        if first.starts_with(b"\xef\xbb\xbf") {
            self.source.skip(3);
        }
        Ok(())
    }

    fn cut_off(&self) -> DumpError {
        DumpError::CutOff { line: self.source.line() }
    }

    fn check_length(&self) -> Result<(), DumpError> {
        if self.scratch.len() > MAX_TEXT {
            return Err(DumpError::Syntax {
                line: self.source.line(),
                what: "a value is longer than 16 MiB",
            });
        }
        Ok(())
    }

    /// A string: a doubled quote is one, a backslash escapes (MariaDB manual, "String Literals").
    fn string(&mut self, quote: u8, token: Token) -> Result<Token, DumpError> {
        self.source.bump()?;
        loop {
            let escapes = self.backslash_escapes;
            let rest = self.source.rest()?;
            if rest.is_empty() {
                return Err(self.cut_off());
            }
            let stop =
                if escapes { memchr::memchr2(quote, b'\\', rest) } else { memchr::memchr(quote, rest) };
            let plain = stop.unwrap_or(rest.len());
            self.scratch.extend(rest.iter().take(plain));
            self.source.skip(plain);
            self.check_length()?;
            if stop.is_none() {
                continue;
            }
            let stopped_at = self.source.bump()?;
            if stopped_at == Some(b'\\') {
                self.escape()?;
            } else if self.source.peek()? == Some(quote) {
                self.source.bump()?;
                self.scratch.push(quote);
            } else {
                return Ok(token);
            }
        }
    }

    fn escape(&mut self) -> Result<(), DumpError> {
        let byte = self.source.bump()?.ok_or_else(|| self.cut_off())?;
        match byte {
            b'0' => self.scratch.push(0),
            b'b' => self.scratch.push(8),
            b'n' => self.scratch.push(b'\n'),
            b'r' => self.scratch.push(b'\r'),
            b't' => self.scratch.push(b'\t'),
            b'Z' => self.scratch.push(26),
            // Only for LIKE patterns: elsewhere they keep their backslash.
            b'%' | b'_' => self.scratch.extend([b'\\', byte]),
            other => self.scratch.push(other),
        }
        Ok(())
    }

    fn ident(&mut self) -> Result<Token, DumpError> {
        self.source.bump()?;
        loop {
            match self.source.bump()?.ok_or_else(|| self.cut_off())? {
                b'`' if self.source.peek()? == Some(b'`') => {
                    self.source.bump()?;
                    self.scratch.push(b'`');
                }
                b'`' => return Ok(Token::Ident),
                byte => self.scratch.push(byte),
            }
            self.check_length()?;
        }
    }

    fn word(&mut self) -> Result<Token, DumpError> {
        while let Some(byte) = self.source.peek()?.filter(|byte| is_word(*byte) || byte.is_ascii_digit()) {
            self.scratch.push(byte);
            self.source.bump()?;
            self.check_length()?;
        }
        let quoted = self.source.peek()? == Some(b'\'');
        match self.scratch.as_slice() {
            b"x" | b"X" if quoted => {
                self.scratch.clear();
                self.string(b'\'', Token::Text)?;
                self.hex()
            }
            b"n" | b"N" if quoted => {
                self.scratch.clear();
                self.string(b'\'', Token::Text)
            }
            _ => Ok(Token::Word),
        }
    }

    fn number(&mut self) -> Result<Token, DumpError> {
        let mut last = 0;
        while let Some(byte) = self.source.peek()? {
            let sign = matches!(byte, b'+' | b'-') && matches!(last, b'e' | b'E');
            if !byte.is_ascii_alphanumeric() && byte != b'.' && !sign {
                break;
            }
            self.scratch.push(byte);
            self.source.bump()?;
            self.check_length()?;
            last = byte;
        }
        if let Some(digits) = self.scratch.strip_prefix(b"0x") {
            self.scratch = digits.to_vec();
            return self.hex();
        }
        Ok(Token::Number)
    }

    /// Turns the hex digits in the scratch buffer into their bytes.
    fn hex(&mut self) -> Result<Token, DumpError> {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        let digits: Option<Vec<u32>> = self.scratch.iter().map(digit).collect();
        let Some(digits) = digits else {
            return Err(DumpError::Syntax {
                line: self.source.line(),
                what: "a hex value holds other characters",
            });
        };
        // An odd number of digits stands for one with a zero before it.
        let odd = digits.len() % 2;
        let bytes = digits.iter().take(odd).copied().chain(
            digits
                .iter()
                .skip(odd)
                .zip(digits.iter().skip(odd + 1))
                .step_by(2)
                .map(|(high, low)| high * 16 + low),
        );
        self.scratch = bytes.map(|byte| byte as u8).collect();
        Ok(Token::Hex)
    }

    /// `-- …` and `# …` to the end of the line; what the dump says of itself is noted.
    fn line_comment(&mut self) -> Result<(), DumpError> {
        self.scratch.clear();
        loop {
            let rest = self.source.rest()?;
            if rest.is_empty() {
                break;
            }
            let end = memchr::memchr(b'\n', rest);
            let length = end.unwrap_or(rest.len());
            let room = 64_usize.saturating_sub(self.scratch.len());
            self.scratch.extend(rest.iter().take(length.min(room)));
            self.source.skip(length);
            if end.is_some() {
                break;
            }
        }
        let says = |text: &[u8]| self.scratch.starts_with(text);
        if says(b"- MariaDB dump") || says(b"- MySQL dump") {
            self.ending = Ending::Awaited;
        } else if says(b"- Dump completed") {
            self.ending = Ending::Reached;
        }
        Ok(())
    }

    /// `/* … */` is passed over; `/*!40101 … */` and `/*M!100000 … */` hold code, so only their beginning is.
    fn block_comment(&mut self) -> Result<(), DumpError> {
        self.source.bump()?;
        if self.source.peek()? == Some(b'M') {
            self.source.bump()?;
        }
        if self.source.peek()? == Some(b'!') {
            self.source.bump()?;
            while let Some(digit) = self.source.peek()?.filter(u8::is_ascii_digit) {
                self.scratch.push(digit);
                self.source.bump()?;
            }
            if self.scratch != SANDBOX {
                self.in_conditional = true;
                return Ok(());
            }
        }
        let mut last = 0;
        loop {
            let byte = self.source.bump()?.ok_or_else(|| self.cut_off())?;
            if last == b'*' && byte == b'/' {
                return Ok(());
            }
            last = byte;
        }
    }

    /// After `DELIMITER`: unless it is `;`, all up to the line that makes it `;` again belongs to triggers and routines.
    pub(super) fn skip_delimiter_block(&mut self) -> Result<(), DumpError> {
        let mut line = self.rest_of_line()?.ok_or_else(|| self.cut_off())?;
        while line != b";" {
            let next = self.rest_of_line()?.ok_or_else(|| self.cut_off())?;
            let word = next.get(..9).is_some_and(|word| word.eq_ignore_ascii_case(b"DELIMITER"));
            if word {
                line = next.get(9..).unwrap_or_default().trim_ascii().to_vec();
            }
        }
        Ok(())
    }

    /// What is left of the line, without blanks at its ends; `None` at the end of the file.
    fn rest_of_line(&mut self) -> Result<Option<Vec<u8>>, DumpError> {
        let mut line = Vec::new();
        loop {
            match self.source.bump()? {
                None if line.is_empty() => return Ok(None),
                None | Some(b'\n') => return Ok(Some(line.trim_ascii().to_vec())),
                Some(byte) if line.len() < 256 => line.push(byte),
                Some(_) => {}
            }
        }
    }
}

/// Bytes of bare words: names may hold any letter beyond ASCII, and `@` marks variables.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$' | b'@' | 0x80..)
}
