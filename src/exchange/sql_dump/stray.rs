//! What does not belong into a dump: other files, and lines that a tool wrote for people.

use std::io::Read;

use super::lexer::Lexer;
use super::{DumpError, Result};
use crate::domain::text::excerpt;

/// How much of a file that is no dump is looked at to say what it is.
const SNIFFED_BYTES: usize = 4_096;
/// The most bytes of a line that are looked at.
const LINE_BYTES: usize = 1_024;
/// How messages of the tools begin that do not name their program.
const MESSAGES: [&str; 6] = ["warning", "error", "note", "[warning]", "[error]", "enter password"];
/// How a file begins that is something else, and the name of it.
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
    /// Looks at the start of the file, and passes over the mark that some editors put there.
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

    /// What to report of a file that does not even begin like a dump. The first word was just taken.
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

    /// What to report of a place where no SQL stands: the line, if a tool wrote it for people, else what is wrong. The
    /// first word may just have been taken.
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
        // Where a row was expected, the word taken last is no part of the line.
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

/// Reports whether a line is what a tool says to people: its name and a colon, or a word such as Warning.
fn is_message(line: &str) -> bool {
    let lower = line.trim_start().to_ascii_lowercase();
    let named = lower.split_once(": ").is_some_and(|(program, _)| {
        (3..=64).contains(&program.len())
            && program.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./\\:".contains(&b))
            && program.bytes().any(|b| b.is_ascii_alphabetic())
    });
    named || MESSAGES.iter().any(|message| lower.starts_with(message))
}

/// Reports whether a line begins as those of a dump do.
fn begins_sql(line: &str) -> bool {
    let starts =
        ["-- ", "--", "/*", "INSERT INTO ", "CREATE TABLE ", "SET ", "DROP TABLE ", "PRAGMA ", "BEGIN"];
    starts.iter().any(|start| line.starts_with(start))
}

/// Reports whether a line looks like values, which no message quotes.
fn holds_values(line: &str) -> bool {
    line.contains(['\'', '"', '\t', '{', '[', '(']) || line.matches(',').count() > 1
}
