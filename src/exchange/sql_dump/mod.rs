//! Reads the rows of a MySQL or MariaDB dump, one at a time, in flat memory.
//!
//! All that `mariadb-dump` and `mysqldump` write is understood as far as it is needed to find the rows: `INSERT`s in all
//! spellings, `CREATE TABLE` for its columns, conditional comments as the code they are, `DELIMITER` blocks (triggers
//! and routines) as the foreign code they are. Everything else is skipped to its `;`. A file that was cut off is
//! noticed.

mod source;
mod statement;
mod token;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io::Read;
use std::rc::Rc;

use token::{Token, Tokens};

/// The most values in one row: MariaDB's own limit is 4,096 columns, no table here comes near it.
const MAX_VALUES: usize = 1_000;

/// One value of a row, as the dump gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `NULL`.
    Null,
    /// A quoted string, its escapes undone; or hex digits that are UTF-8.
    Text(String),
    /// A number, as written.
    Number(String),
    /// A string or hex digits that are no UTF-8.
    Bytes(Vec<u8>),
    /// `DEFAULT`, `CURRENT_TIMESTAMP` or another expression, as written: its value is not in the file.
    Expression(String),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The table, without its database.
    pub table: Rc<str>,
    /// The line on which the row begins, counted from 1.
    pub line: u64,
    /// The `INSERT`'s own list of columns, else that of the file's `CREATE TABLE`, else nothing.
    pub columns: Option<Rc<[String]>>,
    /// The values, in order.
    pub values: Vec<Value>,
}

/// Why a file cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The file ends too early.
    #[error("the file is cut off at line {line}")]
    CutOff {
        /// Where it ends.
        line: u64,
    },
    /// Something stands where it cannot.
    #[error("line {line}: {what}")]
    Syntax {
        /// Where.
        line: u64,
        /// What is wrong, in plain words.
        what: &'static str,
    },
    /// It is no dump at all.
    #[error("this is no SQL dump: {0}")]
    NotADump(&'static str),
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

/// Where the reader stands.
enum State {
    /// Before a statement.
    Between,
    /// In the rows of an `INSERT`.
    Rows { table: Rc<str>, columns: Option<Rc<[String]>>, wanted: bool },
}

/// Reads the rows of some tables of a dump.
pub struct DumpReader<R> {
    tokens: Tokens<R>,
    wanted: fn(&str) -> bool,
    state: State,
    /// The columns of the tables that the file creates.
    created: HashMap<String, Rc<[String]>>,
    /// Rows of tables that are not wanted, by table, in order of appearance.
    skipped: Vec<(String, u64)>,
    statements: u64,
    locked: bool,
}

impl<R: Read> DumpReader<R> {
    /// A reader of the rows of those tables for which `wanted` holds; the rows of others are counted only.
    pub fn new(input: R, wanted: fn(&str) -> bool) -> Self {
        Self {
            tokens: Tokens::new(input),
            wanted,
            state: State::Between,
            created: HashMap::new(),
            skipped: Vec::new(),
            statements: 0,
            locked: false,
        }
    }

    /// How many bytes were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.tokens.bytes_read()
    }

    /// The tables that were not wanted, with how many rows each had, in order of appearance.
    pub fn skipped(&self) -> &[(String, u64)] {
        &self.skipped
    }

    /// The next row; `None` at a proper end.
    ///
    /// # Errors
    /// [`DumpError`]; nothing can be read after it.
    pub fn next_row(&mut self) -> Result<Option<Row>, DumpError> {
        loop {
            match &self.state {
                State::Rows { table, columns, wanted } => {
                    let (table, columns, wanted) = (table.clone(), columns.clone(), *wanted);
                    if let Some(row) = self.row(&table, columns, wanted)? {
                        return Ok(Some(row));
                    }
                }
                State::Between => {
                    if !self.statement()? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Reads a row and what follows it; `None` when it is of a table that is not wanted.
    fn row(
        &mut self,
        table: &Rc<str>,
        columns: Option<Rc<[String]>>,
        wanted: bool,
    ) -> Result<Option<Row>, DumpError> {
        self.expect(Token::Punct(b'('), "a row's ( is missing")?;
        let line = self.tokens.line();
        let mut values = Vec::new();
        let mut count = 0;
        loop {
            count += 1;
            if count > MAX_VALUES {
                return Err(self.syntax("a row has more than 1,000 values"));
            }
            let value = self.value(wanted)?;
            values.extend(value);
            match self.next()? {
                Token::Punct(b',') => {}
                Token::Punct(b')') => break,
                _ => return Err(self.syntax("a , or ) is missing after a value")),
            }
        }
        match self.next()? {
            Token::Punct(b',') => {}
            Token::Punct(b';') => self.state = State::Between,
            Token::Word => {
                // ON DUPLICATE KEY UPDATE …
                self.skip_statement()?;
                self.state = State::Between;
            }
            _ => return Err(self.syntax("a , or ; is missing after a row")),
        }
        if wanted {
            return Ok(Some(Row { table: table.clone(), line, columns, values }));
        }
        self.count_skipped(table);
        Ok(None)
    }

    fn count_skipped(&mut self, table: &str) {
        match self.skipped.iter_mut().find(|(name, _)| name == table) {
            Some((_, rows)) => *rows += 1,
            None => self.skipped.push((table.to_owned(), 1)),
        }
    }

    /// Reads a value; builds it only where it is wanted.
    fn value(&mut self, wanted: bool) -> Result<Option<Value>, DumpError> {
        let token = self.next()?;
        let value = match token {
            Token::Text | Token::DoubleQuoted | Token::Hex if !wanted => return Ok(None),
            Token::Text | Token::DoubleQuoted | Token::Hex => match String::from_utf8(self.tokens.take()) {
                Ok(text) => Value::Text(text),
                Err(error) => Value::Bytes(error.into_bytes()),
            },
            Token::Number => Value::Number(self.tokens.text()),
            Token::Word => return self.word_value(wanted),
            _ => return Err(self.syntax("a value is missing")),
        };
        Ok(wanted.then_some(value))
    }

    fn word_value(&mut self, wanted: bool) -> Result<Option<Value>, DumpError> {
        let word = self.tokens.text();
        // _binary'…', _utf8mb4'…': how the string that follows is encoded.
        if word.starts_with('_') {
            return self.value(wanted);
        }
        let value = match word.to_ascii_uppercase().as_str() {
            "NULL" => Value::Null,
            "TRUE" => Value::Number("1".into()),
            "FALSE" => Value::Number("0".into()),
            _ => {
                self.skip_call()?;
                Value::Expression(word)
            }
        };
        Ok(wanted.then_some(value))
    }

    /// Skips the arguments of a call, where there are any.
    fn skip_call(&mut self) -> Result<(), DumpError> {
        if self.tokens.peek_byte()? != Some(b'(') {
            return Ok(());
        }
        let mut depth = 0;
        loop {
            match self.next()? {
                Token::Punct(b'(') => depth += 1,
                Token::Punct(b')') if depth == 1 => return Ok(()),
                Token::Punct(b')') => depth -= 1,
                Token::Punct(b';') => return Err(self.syntax("a ) is missing")),
                _ => {}
            }
        }
    }

    /// The next token; the end of the file inside a statement is a cut.
    fn next(&mut self) -> Result<Token, DumpError> {
        match self.tokens.next()? {
            Token::End => Err(DumpError::CutOff { line: self.tokens.line() }),
            token => Ok(token),
        }
    }

    fn expect(&mut self, wanted: Token, otherwise: &'static str) -> Result<(), DumpError> {
        if self.next()? == wanted { Ok(()) } else { Err(self.syntax(otherwise)) }
    }

    fn syntax(&self, what: &'static str) -> DumpError {
        DumpError::Syntax { line: self.tokens.line(), what }
    }
}
