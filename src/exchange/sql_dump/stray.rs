//! Input that does not belong into a dump: other file formats, and lines that a tool wrote for people.

use std::io::Read;

use crate::domain::text::excerpt;

use super::lexer::Lexer;
use super::{DumpError, Result};

/// Number of bytes examined to tell what a file is that is not a dump.
const SNIFFED_BYTES: usize = 4_096;
/// Number of bytes examined of a line.
const LINE_BYTES: usize = 1_024;
/// Beginnings of tools' messages that do not name their program.
const MESSAGES: [&str; 6] = ["warning", "error", "note", "[warning]", "[error]", "enter password"];
/// Beginnings of other file formats, with their names.
const OTHERS: [(&[u8], &str); 8] = [
    (b"PK\x03\x04", "it is a zip archive; unpack it first"),
    (b"BZh", "it is packed with bzip2; unpack it first"),
    (b"\xFD7zXZ\0", "it is packed with xz; unpack it first"),
    (b"7z\xBC\xAF\x27\x1C", "it is a 7-Zip archive; unpack it first"),
    (b"PGDMP", "it is a dump of PostgreSQL"),
    (b"<?xml", "it is XML"),
    (b"\xFF\xFE", "it is UTF-16 text, not UTF-8"),
    (b"\xFE\xFF", "it is UTF-16 text, not UTF-8"),
];

impl<R: Read> Lexer<R> {
    /// Examines the start of the file and skips a byte order mark.
    pub(super) fn sniff(&mut self) -> Result<()> {
        let start = self.ahead(8)?;
        if start.is_empty() {
            return Err(DumpError::NotADump("it is empty"));
        }
        if let Some((_, what)) = OTHERS.iter().find(|(magic, _)| start.starts_with(magic)) {
            return Err(DumpError::NotADump(what));
        }
        if start.starts_with(b"\xEF\xBB\xBF") {
            self.consume(3);
        }
        Ok(())
    }

    /// Returns the error for a file that does not even begin like a dump. The first word was just consumed.
    pub(super) fn not_a_dump(&mut self) -> DumpError {
        let line = self.line();
        let mut window = self.text().to_vec();
        let rest = match self.ahead(SNIFFED_BYTES) {
            Ok(rest) => rest,
            Err(error) => return error,
        };
        window.extend(rest.iter().take(SNIFFED_BYTES));
        if window.contains(&0) {
            return DumpError::NotADump("it holds binary data");
        }
        let text = String::from_utf8_lossy(&window);
        let first = text.lines().next().unwrap_or_default();
        if is_message(first) || (text.lines().skip(1).any(begins_sql) && !holds_values(first)) {
            return not_sql(line, first);
        }
        let tabs = |line: &str| line.matches('\t').count() > 2;
        DumpError::NotADump(if text.lines().take(3).all(tabs) {
            "it holds values between tabs; make a dump of SQL statements instead"
        } else {
            "it does not begin with an SQL statement"
        })
    }

    /// Returns the error for a place without SQL: the line, if a tool wrote it for people, else `what`. The
    /// first word may just have been consumed.
    pub(super) fn stray_line(&mut self, what: &'static str) -> DumpError {
        let line = self.line();
        let taken = if self.text().is_ascii() { self.text().to_vec() } else { Vec::new() };
        let rest = match self.ahead(LINE_BYTES) {
            Ok(rest) => rest.get(..LINE_BYTES).unwrap_or(rest),
            Err(error) => return error,
        };
        let rest = String::from_utf8_lossy(rest.split(|byte| *byte == b'\n').next().unwrap_or_default())
            .into_owned();
        let whole = format!("{}{rest}", String::from_utf8_lossy(&taken));
        // If a row was expected, the last word consumed is not part of the line.
        match [&rest, &whole].into_iter().find(|line| is_message(line)) {
            Some(text) => not_sql(line, text),
            None => self.syntax(what),
        }
    }
}

fn not_sql(line: u64, text: &str) -> DumpError {
    let failed = text.to_ascii_lowercase().contains("error") || text.contains("Couldn't");
    DumpError::NotSql { line, text: excerpt(text.trim()).into_owned(), failed }
}

/// Returns true if a line is a tool's message to people: its name and a colon, or a word such as Warning.
fn is_message(line: &str) -> bool {
    let lower = line.trim_start().to_ascii_lowercase();
    let named = lower.split_once(": ").is_some_and(|(program, _)| {
        (3..=64).contains(&program.len())
            && program.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./\\:".contains(&b))
            && program.bytes().any(|b| b.is_ascii_alphabetic())
    });
    named || MESSAGES.iter().any(|message| lower.starts_with(message))
}

/// Returns true if a line begins like the lines of a dump.
fn begins_sql(line: &str) -> bool {
    let starts =
        ["-- ", "--", "/*", "INSERT INTO ", "CREATE TABLE ", "SET ", "DROP TABLE ", "PRAGMA ", "BEGIN"];
    starts.iter().any(|start| line.starts_with(start))
}

/// Returns true if a line looks like values, which no message quotes.
fn holds_values(line: &str) -> bool {
    line.contains(['\'', '"', '\t', '{', '[', '(']) || line.matches(',').count() > 1
}
