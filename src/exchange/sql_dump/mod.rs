//! Reads the rows out of a dump that `mariadb-dump`, `mysqldump` or phpMyAdmin wrote. Nothing in it is ever executed:
//! CREATE TABLE is read for its columns, SET for the way quoted text is read, INSERT and REPLACE for their rows, and
//! every other statement is passed over.
//!
//! One row is held at a time, however long its statement is, so memory stays flat. A file that was cut off is told
//! apart from a whole one, as far as it bears marks of its end.

mod lexer;
mod modes;
mod source;
mod statement;
mod value;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io::Read;
use std::rc::Rc;

use self::lexer::Lexer;
use crate::domain::foreign::{MAX_ROW_BYTES, MAX_VALUE_BYTES, Row, RowPlace, Value};

/// The most values one row, and columns one table, may have (MySQL's usual engine allows 1,017).
pub const MAX_VALUES: usize = 1_000;
/// The most tables a dump may have, so that their names alone cannot fill the memory.
pub const MAX_TABLES: usize = 16_384;

/// How much of a file that is no dump is looked at to say what it is.
const SNIFFED_BYTES: usize = 4_096;
/// The comments with which the dump tools open a file, and the one with which they close it.
const FIRST_LINES: [&[u8]; 2] = [b"-- MariaDB dump", b"-- MySQL dump"];
const LAST_LINE: &[u8] = b"-- Dump completed";

type Result<T, E = DumpError> = std::result::Result<T, E>;

/// Why a dump could not be read to its end. Says nothing of what stands in the file: that may be hostile or secret.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The file ends too early: inside a statement, or without the mark of its end.
    #[error("the file is cut off at line {line}")]
    CutOff {
        /// Where it ends, counted from 1.
        line: u64,
    },
    /// What stands here is not what a dump tool writes.
    #[error("line {line}: {what}")]
    Syntax {
        /// Where it stands, counted from 1.
        line: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// The file is something else altogether.
    #[error("this is no SQL dump: {0}")]
    NotADump(&'static str),
    /// Larger than [`MAX_VALUE_BYTES`], [`MAX_ROW_BYTES`], [`MAX_VALUES`] or [`MAX_TABLES`] allow.
    #[error("line {line}: a name, a value, a row or a list is too long here")]
    TooLong {
        /// Where the limit was passed, counted from 1.
        line: u64,
    },
    /// The input could not be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

/// The INSERT whose rows are being read.
struct Insert {
    table: Rc<str>,
    columns: Option<Rc<[String]>>,
}

/// What the file has opened and must close before it may end.
#[derive(Default)]
struct Unclosed {
    /// It bears a dump tool's first line, but not yet its last one.
    frame: bool,
    /// LOCK TABLES without UNLOCK TABLES.
    lock: bool,
    /// START TRANSACTION (phpMyAdmin) without COMMIT.
    transaction: bool,
}

/// Reads the rows of a dump one after the other. It reads by large blocks: the input needs no buffer of its own.
pub struct DumpReader<R> {
    lexer: Lexer<R>,
    wanted: fn(&str) -> bool,
    /// Columns of the wanted tables that the file created.
    columns: HashMap<String, Rc<[String]>>,
    skipped: Vec<(String, u64)>,
    insert: Option<Insert>,
    unclosed: Unclosed,
    /// Whether there was any statement yet.
    begun: bool,
}

impl<R: Read> DumpReader<R> {
    /// Reads the rows of the tables for which `wanted` holds; those of others are counted, not built.
    pub fn new(input: R, wanted: fn(&str) -> bool) -> Self {
        Self {
            lexer: Lexer::new(input),
            wanted,
            columns: HashMap::new(),
            skipped: Vec::new(),
            insert: None,
            unclosed: Unclosed::default(),
            begun: false,
        }
    }

    /// The next wanted row; None at the end of a whole dump. After an error there is nothing more to ask for.
    ///
    /// # Errors
    /// [`DumpError`]: every kind of it.
    pub fn next_row(&mut self) -> Result<Option<Row>> {
        loop {
            if let Some(insert) = self.insert.take() {
                return self.row(insert).map(Some);
            }
            if !self.find_statement()? {
                self.check_end()?;
                return Ok(None);
            }
            self.statement()?;
        }
    }

    /// Bytes of the input that were dealt with so far.
    pub fn bytes_read(&self) -> u64 {
        self.lexer.position()
    }

    /// The tables that were not wanted but inserted into, in order of appearance, each with its rows so far.
    pub fn skipped(&self) -> &[(String, u64)] {
        &self.skipped
    }

    fn row(&mut self, insert: Insert) -> Result<Row> {
        if self.lexer.next()? != b'(' {
            return Err(self.lexer.syntax("a row does not begin with a bracket"));
        }
        let line = self.lexer.line();
        self.lexer.consume(1);
        let values = self.lexer.values()?;
        let place = RowPlace::Line(line);
        let row = Row { table: insert.table.clone(), place, columns: insert.columns.clone(), values };
        if self.lexer.row_follows()? {
            self.insert = Some(insert);
        }
        Ok(row)
    }

    /// Moves to the next statement, noting a dump tool's first and last line on the way; false at the end of the file.
    fn find_statement(&mut self) -> Result<bool> {
        if self.lexer.position() == 0 {
            self.sniff()?;
        }
        while self.lexer.blanks()? {
            let rest = self.lexer.ahead(LAST_LINE.len())?;
            if FIRST_LINES.iter().any(|line| rest.starts_with(line)) {
                self.unclosed.frame = true;
            } else if rest.starts_with(LAST_LINE) {
                self.unclosed.frame = false;
            }
            if !self.lexer.comment()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Looks at the start of the file, and passes over the mark that some editors put there.
    fn sniff(&mut self) -> Result<()> {
        let why = match self.lexer.ahead(3)? {
            [] => "it is empty",
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "it is UTF-16 text, not UTF-8",
            [0xEF, 0xBB, 0xBF, ..] => {
                self.lexer.consume(3);
                return Ok(());
            }
            _ => return Ok(()),
        };
        Err(DumpError::NotADump(why))
    }

    /// What to report of a file that does not even begin like a dump.
    fn not_a_dump(&mut self) -> DumpError {
        let why = match self.lexer.ahead(SNIFFED_BYTES) {
            Ok(rest) if rest.iter().take(SNIFFED_BYTES).any(|byte| *byte == 0) => "it holds binary data",
            Ok(_) => "it does not begin with an SQL statement",
            Err(error) => return error,
        };
        DumpError::NotADump(why)
    }

    fn check_end(&mut self) -> Result<()> {
        let Unclosed { frame, lock, transaction } = self.unclosed;
        if frame || lock || transaction || self.lexer.in_conditional() {
            return Err(self.lexer.cut_off());
        }
        if self.begun { Ok(()) } else { Err(DumpError::NotADump("it holds no SQL statement")) }
    }

    /// Reads the statement that begins here, an INSERT into a wanted table up to its first row.
    fn statement(&mut self) -> Result<()> {
        if self.lexer.end()? {
            return Ok(());
        }
        let verb = self.lexer.word()?.to_ascii_uppercase();
        match verb.as_slice() {
            b"INSERT" | b"REPLACE" => self.insert_statement()?,
            b"CREATE" => self.create_statement()?,
            b"SET" => self.lexer.set_statement()?,
            b"DELIMITER" => self.lexer.delimiter_line()?,
            verb if is_verb(verb) => self.other_statement(verb)?,
            _ if self.begun || self.unclosed.frame => {
                return Err(self.lexer.syntax("this is no SQL statement"));
            }
            _ => return Err(self.not_a_dump()),
        }
        self.begun = true;
        Ok(())
    }

    fn insert_statement(&mut self) -> Result<()> {
        let keywords = ["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "INTO"];
        let table = self.lexer.name_after(&keywords)?;
        if !(self.wanted)(&table) {
            let rows = self.lexer.count_rows()?;
            return self.skip_rows(table, rows);
        }
        let columns = match self.lexer.named_columns()? {
            Some(columns) => Some(columns.into()),
            None => self.columns.get(&table).cloned(),
        };
        if !self.lexer.values_follow()? {
            return Err(self.lexer.syntax("an INSERT has no VALUES"));
        }
        self.insert = Some(Insert { table: table.into(), columns });
        Ok(())
    }

    fn create_statement(&mut self) -> Result<()> {
        if let Some(table) = self.lexer.created_table()?
            && (self.wanted)(&table)
            && let Some(columns) = self.lexer.created_columns()?
        {
            self.columns.insert(table, columns.into());
            self.check_tables()?;
        }
        self.lexer.skip_statement()
    }

    /// Adds to the count of a table that is not wanted. Dumps go table by table, so the last one is looked at first.
    fn skip_rows(&mut self, table: String, rows: u64) -> Result<()> {
        if let Some((_, count)) = self.skipped.iter_mut().rfind(|(name, _)| *name == table) {
            *count += rows;
            return Ok(());
        }
        self.skipped.push((table, rows));
        self.check_tables()
    }

    fn check_tables(&mut self) -> Result<()> {
        if self.skipped.len() + self.columns.len() > MAX_TABLES { Err(self.lexer.too_long()) } else { Ok(()) }
    }

    /// Passes over a statement that brings no rows, but may open or close what must not be open at the end.
    fn other_statement(&mut self, verb: &[u8]) -> Result<()> {
        match verb {
            b"LOCK" => self.unclosed.lock = true,
            b"UNLOCK" => self.unclosed.lock = false,
            b"START" => {
                self.lexer.word()?;
                self.unclosed.transaction |= self.lexer.is("TRANSACTION");
            }
            b"COMMIT" | b"ROLLBACK" => self.unclosed.transaction = false,
            _ => {}
        }
        self.lexer.skip_statement()
    }
}

/// Whether an SQL statement of MySQL or MariaDB may begin with this word, in capitals. Anything else means that the
/// file was damaged or is something else, and to read on would lose rows without a word.
fn is_verb(word: &[u8]) -> bool {
    const VERBS: &str = "ALTER ANALYZE BEGIN BINLOG CACHE CALL CHANGE CHECK CHECKSUM CLONE COMMIT DEALLOCATE DELETE \
        DESC DESCRIBE DO DROP EXECUTE EXPLAIN FLUSH GRANT HANDLER IMPORT INSTALL KILL LOAD LOCK \
        OPTIMIZE PREPARE PURGE RELEASE RENAME REPAIR RESET REVOKE ROLLBACK SAVEPOINT SELECT SHOW \
        SHUTDOWN SIGNAL START STOP TRUNCATE UNINSTALL UNLOCK UPDATE USE XA";
    VERBS.split(' ').any(|verb| verb.as_bytes() == word)
}
