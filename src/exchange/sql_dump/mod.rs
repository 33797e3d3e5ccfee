//! Reads the rows of a dump written by `mariadb-dump`, `mysqldump`, phpMyAdmin and the like, or by sqlite3's
//! `.dump`. Nothing in it is ever executed. CREATE TABLE is read for its columns, SET for the rules by which
//! quoted text and times are read, INSERT and REPLACE for their rows. Every other statement is skipped, but
//! noted if it changes rows.
//!
//! Only one row is in memory at a time, however long its statement is. End marks, as far as the tool writes
//! any, distinguish a complete file from one that was cut off.

mod changes;
mod ending;
mod error;
mod findings;
mod indirect;
mod lexer;
mod other_statements;
mod source;
mod sqlite;
mod statement;
mod stray;
mod table_name;
mod tables;
mod value;
mod variables;

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

pub use self::error::DumpError;
pub use self::findings::{Findings, LaterStatement};

use self::ending::{COMMENT_BYTES, Ending, ToolStatus};
use self::indirect::Indirect;
use self::lexer::Lexer;
use self::other_statements::is_verb;
use self::table_name::TableName;
use self::tables::Created;
use crate::domain::foreign::{MAX_ROW_BYTES, MAX_VALUE_BYTES, Row, RowPlace, RowZone, Value};
use crate::domain::zone::Zone;

/// Maximum number of values in a row and of columns in a table (MySQL's usual engine allows 1,017).
pub const MAX_VALUES: usize = 1_000;
/// Maximum number of tables in a dump, so that their names alone cannot fill the memory.
pub const MAX_TABLES: usize = 16_384;

type Result<T, E = DumpError> = std::result::Result<T, E>;

/// Options of the dump reader.
#[derive(Debug, Clone)]
pub struct DumpOptions {
    /// Selects the tables whose rows are returned.
    pub wanted: fn(&str) -> bool,
    /// Selects the tables whose databases and later changes are noted; it includes the wanted ones.
    pub watched: fn(&str) -> bool,
    /// The only database that is read.
    pub database: Option<String>,
    /// The time zone of all TIMESTAMP columns, overriding the file.
    pub zone: Option<Zone>,
}

/// The INSERT whose rows are being read.
struct Insert {
    table: Arc<str>,
    columns: Option<Arc<[String]>>,
    zone: Option<Arc<RowZone>>,
}

/// Reads the rows of a dump one after the other. It reads large blocks: the input needs no buffer of its own.
pub struct DumpReader<R> {
    lexer: Lexer<R>,
    options: DumpOptions,
    /// Watched tables that the file created.
    created: HashMap<TableName, Created>,
    /// Watched tables that the file inserted rows into.
    filled: Vec<TableName>,
    skipped: Vec<(String, u64)>,
    indirect: Indirect,
    insert: Option<Insert>,
    /// The database of names without one.
    database: String,
    findings: Findings,
    ending: Ending,
    /// True once a statement was seen.
    begun: bool,
}

impl<R: Read> DumpReader<R> {
    /// Reads the rows of the wanted tables; rows of other tables are only counted.
    pub fn new(input: R, options: DumpOptions) -> Self {
        Self {
            lexer: Lexer::new(input),
            options,
            created: HashMap::new(),
            filled: Vec::new(),
            skipped: Vec::new(),
            indirect: Indirect::default(),
            insert: None,
            database: String::new(),
            findings: Findings::default(),
            ending: Ending::default(),
            begun: false,
        }
    }

    /// Returns the next wanted row; `None` at the end of a complete dump. After an error there is nothing more
    /// to read.
    ///
    /// # Errors
    /// Any [`DumpError`].
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

    /// Returns the number of input bytes processed so far.
    pub fn bytes_read(&self) -> u64 {
        self.lexer.position()
    }

    /// Returns the unwanted tables that were inserted into, in order of appearance, with their row counts so
    /// far.
    pub fn skipped(&self) -> &[(String, u64)] {
        &self.skipped
    }

    /// Returns facts about the file besides its rows, as far as it was read.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    fn row(&mut self, insert: Insert) -> Result<Row> {
        if self.lexer.next()? != b'(' {
            return Err(self.lexer.stray_line("a row does not begin with a bracket"));
        }
        let line = self.lexer.line();
        self.lexer.consume(1);
        let values = self.lexer.values()?;
        let Insert { table, columns, zone } = &insert;
        let row = Row {
            table: table.clone(),
            place: RowPlace::Line(line),
            columns: columns.clone(),
            values,
            zone: zone.clone(),
        };
        if self.lexer.row_follows()? {
            self.insert = Some(insert);
        }
        Ok(row)
    }

    /// Moves to the next statement, taking note of comments on the way; returns false at the end of the file.
    fn find_statement(&mut self) -> Result<bool> {
        if self.lexer.position() == 0 {
            self.lexer.sniff()?;
        }
        while self.lexer.blanks()? {
            if matches!(self.lexer.ahead(1)?, [b'-' | b'/' | b'#', ..]) {
                self.look_at_comment()?;
            }
            if !self.lexer.comment()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn look_at_comment(&mut self) -> Result<()> {
        let window = self.lexer.ahead(COMMENT_BYTES * 4)?;
        let line = window.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let comment = if window.starts_with(b"/*") { window } else { line };
        let sqlite = !self.begun && memchr::memmem::find(line, b"SQLite").is_some();
        let database = named_database(line);
        let is_line = line.len() < window.len();
        let status = self.ending.comment(comment.get(..COMMENT_BYTES * 4).unwrap_or(comment), is_line);
        if let Some(database) = database {
            self.database = database;
        }
        if sqlite {
            self.lexer.enter_sqlite();
        } else if self.ending.in_frame() {
            self.lexer.enter_mysql();
        }
        self.check(status)
    }

    fn check(&mut self, status: ToolStatus) -> Result<()> {
        match status {
            ToolStatus::Fine => Ok(()),
            ToolStatus::GaveUp => Err(DumpError::GaveUp { line: self.lexer.line() }),
        }
    }

    fn check_end(&mut self) -> Result<()> {
        if self.ending.is_open() || self.lexer.in_conditional() {
            return Err(self.lexer.cut_off());
        }
        self.findings.end_marked = self.ending.is_marked();
        if self.begun { Ok(()) } else { Err(DumpError::NotADump("it holds no SQL statement")) }
    }

    /// Reads the statement that begins here; an INSERT into a wanted table only up to its first row.
    fn statement(&mut self) -> Result<()> {
        if self.lexer.end()? {
            return Ok(());
        }
        let action = self.lexer.word()?.to_ascii_uppercase();
        match action.as_slice() {
            action @ (b"INSERT" | b"REPLACE") => self.insert_statement(action)?,
            b"CREATE" => self.create_statement()?,
            b"SET" => {
                let summary = self.lexer.set_statement()?;
                self.ending.set(summary);
            }
            b"DELIMITER" => self.lexer.delimiter_line()?,
            action if is_verb(action) || (action == b"END" && self.lexer.is_sqlite()) => {
                self.other_statement(action)?;
            }
            _ if self.begun || self.ending.in_frame() => {
                return Err(self.lexer.stray_line("this is not an SQL statement"));
            }
            _ => return Err(self.lexer.not_a_dump()),
        }
        self.begun = true;
        Ok(())
    }

    /// Returns the table's name with that the current database to a table's name that has none. In SQLite, `main` is the
    /// database that need not be named.
    fn located(&self, name: TableName) -> TableName {
        let is_main = |database: &String| self.lexer.is_sqlite() && database.eq_ignore_ascii_case("main");
        let database = name.database.filter(|database| !is_main(database));
        let database = database.unwrap_or_else(|| self.database.clone());
        TableName { database: Some(database), ..name }
    }

    /// Returns true if this table's database is read.
    fn is_chosen(&self, name: &TableName) -> bool {
        self.options.database.is_none() || self.options.database == name.database
    }
}

/// Returns the database named in mysqldump's first comment: `-- Host: localhost    Database: cine`.
fn named_database(comment: &[u8]) -> Option<String> {
    let rest = comment.strip_prefix(b"-- Host: ")?;
    let at = memchr::memmem::find(rest, b"Database: ")?;
    let name = rest.get(at + b"Database: ".len()..)?.trim_ascii();
    let name = str::from_utf8(name).ok()?;
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests;
