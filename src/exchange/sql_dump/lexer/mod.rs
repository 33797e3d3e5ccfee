//! Words, names, quoted texts, comments and statement ends of a dump, separated by the rules of MySQL's own
//! client. Knows no statement. Everything that is kept goes through one scratch buffer with a fixed upper
//! limit.
//!
//! Source: MySQL 8.4 manual, "Language Structure".

mod comments;
mod quoted;

use std::io::Read;

use super::source::Source;
use super::table_name::TableName;
use super::variables::{Assignment, Mode, SetSummary, SetToken, Variables};
use super::{DumpError, MAX_VALUE_BYTES, Result};

/// Maximum size of a name: MySQL allows 64 characters of at most 4 bytes.
pub(super) const MAX_NAME_BYTES: usize = 256;
/// Maximum size of a hex value: `0x` and two digits a byte.
const MAX_NUMBER_BYTES: usize = 2 + 2 * MAX_VALUE_BYTES;
/// Maximum size of a delimiter; no tool uses a longer one.
const MAX_DELIMITER_BYTES: usize = 16;

/// The marks at which the fast scan over an unwanted part stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScanStop {
    Open,
    Close,
    Comma,
    /// The delimiter that ends the statement.
    End,
}

pub(super) struct Lexer<R> {
    source: Source<R>,
    pub(super) variables: Variables,
    /// SQLite's dialect: no escapes, and calls in place of them.
    sqlite: bool,
    /// True once something was seen that only MySQL's tools write.
    mysql: bool,
    /// `;` until a DELIMITER line changes it; never empty.
    delimiter: Vec<u8>,
    /// Number of open conditional comments, whose content is code.
    conditionals: u64,
    /// The text consumed last.
    text: Vec<u8>,
}

impl<R: Read> Lexer<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            source: Source::new(input),
            variables: Variables::default(),
            sqlite: false,
            mysql: false,
            delimiter: b";".to_vec(),
            conditionals: 0,
            text: Vec::new(),
        }
    }

    pub(super) fn position(&self) -> u64 {
        self.source.position()
    }

    pub(super) fn line(&mut self) -> u64 {
        self.source.line()
    }

    pub(super) fn is_sqlite(&self) -> bool {
        self.sqlite
    }

    pub(super) fn is_mysql(&self) -> bool {
        self.mysql
    }

    pub(super) fn enter_mysql(&mut self) {
        self.mysql = true;
    }

    /// Switches to the rules of SQLite.
    pub(super) fn enter_sqlite(&mut self) {
        self.sqlite = true;
        self.variables.mode = Mode::STANDARD;
    }

    pub(super) fn in_conditional(&self) -> bool {
        self.conditionals > 0
    }

    /// Returns the text that the last `take_` or [`word`](Self::word) consumed.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Returns the error for a wrong statement. At the very end of the input, or between the two bytes that
    /// begin a comment, the statement is only cut off.
    pub(super) fn syntax(&mut self, what: &'static str) -> DumpError {
        match self.source.ahead(2) {
            Ok([] | [b'/' | b'-']) => self.cut_off(),
            Ok(_) => DumpError::Syntax { line: self.source.line(), what },
            Err(error) => error.into(),
        }
    }

    pub(super) fn cut_off(&mut self) -> DumpError {
        DumpError::CutOff { line: self.source.line() }
    }

    pub(super) fn too_long(&mut self) -> DumpError {
        DumpError::TooLong { line: self.source.line() }
    }

    /// Returns the bytes in memory, `least` or more unless the input ends, without consuming them.
    pub(super) fn ahead(&mut self, least: usize) -> Result<&[u8]> {
        Ok(self.source.ahead(least)?)
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.source.consume(count);
    }

    /// Returns the next byte after blanks and comments inside a statement.
    #[inline]
    pub(super) fn next(&mut self) -> Result<u8> {
        loop {
            match self.source.peek()? {
                None => return Err(self.cut_off()),
                Some(byte) if is_blank(byte) => self.source.consume(1),
                Some(byte @ (b'/' | b'-' | b'#' | b'*')) => {
                    if !self.comment()? {
                        return Ok(byte);
                    }
                }
                Some(byte) => return Ok(byte),
            }
        }
    }

    /// Moves past `byte` if it is the next one after blanks and comments.
    pub(super) fn eat(&mut self, byte: u8) -> Result<bool> {
        let found = self.next()? == byte;
        if found {
            self.source.consume(1);
        }
        Ok(found)
    }

    /// Moves past the delimiter if it is here.
    pub(super) fn end(&mut self) -> Result<bool> {
        let found = self.source.ahead(self.delimiter.len())?.starts_with(&self.delimiter);
        if found {
            self.source.consume(self.delimiter.len());
        }
        Ok(found)
    }

    /// Moves past blanks; returns false at the end of the input.
    pub(super) fn blanks(&mut self) -> Result<bool> {
        while let Some(byte) = self.source.peek()? {
            if !is_blank(byte) {
                return Ok(true);
            }
            self.source.consume(1);
        }
        Ok(false)
    }

    /// Consumes a run of bytes for which `belongs` holds, at most `most` of them; the run may be empty.
    fn take_run(&mut self, most: usize, belongs: fn(u8) -> bool) -> Result<()> {
        self.text.clear();
        self.add_run(most, belongs)
    }

    /// Takes a run of letters, which may be empty.
    fn take_word(&mut self) -> Result<()> {
        self.take_run_of_statement(in_word)
    }

    /// Takes a run of the bytes for which `belongs` holds, up to a delimiter such as `$$` that may begin within it.
    fn take_run_of_statement(&mut self, belongs: fn(u8) -> bool) -> Result<()> {
        if !self.delimiter.first().is_some_and(|byte| belongs(*byte)) {
            return self.take_run(MAX_NAME_BYTES, belongs);
        }
        self.text.clear();
        let window = self.source.ahead(MAX_NAME_BYTES + MAX_DELIMITER_BYTES)?;
        let run = window.iter().position(|byte| !belongs(*byte)).unwrap_or(window.len());
        let end = window.get(..run + self.delimiter.len()).unwrap_or(window);
        let length = memchr::memmem::find(end, &self.delimiter).map_or(run, |at| at.min(run));
        self.text.extend(window.get(..length).unwrap_or_default());
        self.source.consume(length);
        if length > MAX_NAME_BYTES { Err(self.too_long()) } else { Ok(()) }
    }

    fn add_run(&mut self, most: usize, belongs: fn(u8) -> bool) -> Result<()> {
        loop {
            let window = self.source.ahead(1)?;
            let length = window.iter().position(|byte| !belongs(*byte)).unwrap_or(window.len());
            let whole = length == window.len() && length > 0;
            self.text.extend(window.get(..length).unwrap_or_default());
            self.source.consume(length);
            if self.text.len() > most {
                return Err(self.too_long());
            }
            if !whole {
                return Ok(());
            }
        }
    }

    /// Consumes what looks like a number: a sign, digits, letters and points, and a sign again after an `e`.
    pub(super) fn take_number(&mut self) -> Result<()> {
        self.text.clear();
        self.add_sign()?;
        self.add_run(MAX_NUMBER_BYTES, in_number)?;
        if matches!(self.text.as_slice(), [.., b'e' | b'E']) && !self.text.starts_with(b"0x") {
            self.add_sign()?;
            self.add_run(MAX_NUMBER_BYTES, in_number)?;
        }
        Ok(())
    }

    fn add_sign(&mut self) -> Result<()> {
        if let Some(sign @ (b'+' | b'-')) = self.source.peek()? {
            self.text.push(sign);
            self.source.consume(1);
        }
        Ok(())
    }

    /// Consumes a bare word after blanks and comments: a keyword or an unquoted name; empty if there is none
    /// here.
    pub(super) fn word(&mut self) -> Result<&[u8]> {
        self.next()?;
        self.take_word()?;
        Ok(&self.text)
    }

    /// Returns true if the last word consumed is `keyword`.
    pub(super) fn is(&self, keyword: &str) -> bool {
        self.text.eq_ignore_ascii_case(keyword.as_bytes())
    }

    /// Consumes a name, qualified or not, quoted or bare, and returns its last part.
    pub(super) fn name(&mut self) -> Result<String> {
        self.table_name().map(|name| name.table)
    }

    /// Consumes a name with the database before it, if it has one.
    pub(super) fn table_name(&mut self) -> Result<TableName> {
        let mut database = None;
        loop {
            match self.next()? {
                // In double quotes stands a name here, whatever the mode.
                b'"' => self.take_quoted(b'"', b'"')?,
                first => self.take_part(first)?,
            }
            if self.text.is_empty() || self.text.len() > MAX_NAME_BYTES {
                return Err(self.syntax("a name is missing or too long"));
            }
            let name = std::str::from_utf8(&self.text).map(str::to_owned);
            let table = name.map_err(|_| self.syntax("a name is not UTF-8"))?;
            // Blanks and comments may stand around the point.
            if self.next()? != b'.' {
                return Ok(TableName { database, table });
            }
            self.source.consume(1);
            database = Some(table);
        }
    }

    /// Takes one part of a name in the quotes of any dialect; `first` is its first byte.
    pub(super) fn take_part(&mut self, first: u8) -> Result<()> {
        match first {
            b'`' => self.take_quoted(first, first),
            b'"' | b'\'' => self.take_text(first),
            b'[' => {
                self.source.consume(1);
                self.take_run(MAX_NAME_BYTES, |byte| byte != b']')?;
                self.source.consume(1);
                Ok(())
            }
            _ => self.take_word(),
        }
    }

    /// Scans to the next mark outside quotes and comments and moves past it.
    pub(super) fn mark(&mut self) -> Result<ScanStop> {
        let end = self.delimiter.first().copied().unwrap_or(b';');
        loop {
            let window = self.source.ahead(1)?;
            let length = window.len();
            let Some(at) = window.iter().position(|byte| is_mark(*byte) || *byte == end) else {
                if length == 0 {
                    return Err(self.cut_off());
                }
                self.source.consume(length);
                continue;
            };
            let byte = window.get(at).copied().unwrap_or(end);
            self.source.consume(at);
            if byte == end && self.end()? {
                return Ok(ScanStop::End);
            }
            let mark = match byte {
                b'\'' | b'"' | b'`' => {
                    self.skip_quoted(byte)?;
                    continue;
                }
                b'#' | b'-' | b'/' | b'*' if self.comment()? => continue,
                b'(' => Some(ScanStop::Open),
                b')' => Some(ScanStop::Close),
                b',' => Some(ScanStop::Comma),
                _ => None,
            };
            self.source.consume(1);
            if let Some(mark) = mark {
                return Ok(mark);
            }
        }
    }

    /// Moves past the rest of the statement.
    pub(super) fn skip_statement(&mut self) -> Result<()> {
        while self.mark()? != ScanStop::End {}
        Ok(())
    }

    /// Executes the rest of a DELIMITER line.
    pub(super) fn delimiter_line(&mut self) -> Result<()> {
        self.take_run(MAX_NAME_BYTES, |byte| byte == b' ' || byte == b'\t')?;
        self.take_run(MAX_NAME_BYTES, |byte| !byte.is_ascii_whitespace())?;
        if self.text.is_empty() || self.text.len() > MAX_DELIMITER_BYTES {
            return Err(self.syntax("DELIMITER lacks a delimiter"));
        }
        self.delimiter.clone_from(&self.text);
        self.rest_of_line()
    }

    /// Applies the rest of a SET statement to the reading of the file and returns a summary.
    pub(super) fn set_statement(&mut self) -> Result<SetSummary> {
        let mut summary = SetSummary::default();
        let mut assignment = Assignment::default();
        while let Some(piece) = self.piece()? {
            assignment.take(piece, &mut self.variables, &mut summary);
        }
        assignment.finish(&mut self.variables, &mut summary);
        Ok(summary)
    }

    /// Returns the next token of a SET statement, or `None` at its end.
    fn piece(&mut self) -> Result<Option<SetToken>> {
        let byte = self.next()?;
        if self.end()? {
            return Ok(None);
        }
        Ok(Some(match byte {
            b'\'' | b'"' => {
                self.take_text(byte)?;
                SetToken::Text(self.text.clone())
            }
            byte if in_word(byte) || byte == b'@' => {
                self.take_run_of_statement(|byte| in_word(byte) || matches!(byte, b'@' | b'.'))?;
                SetToken::Name(self.text.clone())
            }
            _ => {
                self.source.consume(1);
                match byte {
                    b'=' => SetToken::Equals,
                    b',' => SetToken::Comma,
                    _ => SetToken::Other,
                }
            }
        }))
    }
}

/// Returns true for the separators of words: spaces, tabs and all kinds of line ends.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Returns true if a byte may be part of an unquoted name. Source: MySQL 8.4 manual, "Schema Object Names".
pub(super) fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..)
}

/// Reports whether a byte begins a name in the quotes of any dialect.
pub(super) fn opens_name(byte: u8) -> bool {
    matches!(byte, b'`' | b'"' | b'\'' | b'[')
}

fn in_number(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.'
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b'\'' | b'"' | b'`' | b'#' | b'-' | b'/' | b'*' | b'(' | b')' | b',')
}
