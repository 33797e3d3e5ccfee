//! Reads the rows of a dump written by `mariadb-dump`, `mysqldump`, phpMyAdmin and the like, or by sqlite3's
//! `.dump`. Nothing in it is ever executed. CREATE TABLE is read for its columns, SET for the rules by which
//! quoted text and times are read, INSERT and REPLACE for their rows. Every other statement is skipped, but
//! noted if it changes rows.
//!
//! Only one row is in memory at a time, however long its statement is. End marks, as far as the tool writes
//! any, distinguish a complete file from one that was cut off.

mod changes;
mod create;
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
mod value;
mod variables;

use std::collections::HashMap;
use std::io::Read;
use std::rc::Rc;

pub use self::error::DumpError;
pub use self::findings::{Findings, LaterStatement};

use self::changes::Change;
use self::ending::{COMMENT_BYTES, Ending, ToolStatus};
use self::indirect::Indirect;
use self::lexer::Lexer;
use self::other_statements::is_verb;
use self::statement::RowSource;
use self::variables::ZoneSetting;
use crate::domain::foreign::{MAX_ROW_BYTES, MAX_VALUE_BYTES, Row, RowPlace, RowZone, Value};
use crate::domain::text::excerpt;
use crate::domain::zone::Zone;

/// Maximum number of values in a row and of columns in a table (MySQL's usual engine allows 1,017).
pub const MAX_VALUES: usize = 1_000;
/// Maximum number of tables in a dump, so that their names alone cannot fill the memory.
pub const MAX_TABLES: usize = 16_384;

type Result<T, E = DumpError> = std::result::Result<T, E>;

/// A table's name with the name of its database.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct TableName {
    database: Option<String>,
    table: String,
}

impl TableName {
    fn of(table: String) -> Self {
        Self { database: None, table }
    }

    /// Reports whether the two may be one table. A file that never says in which database its rows belong may mean the
    /// one that it names elsewhere, and letter case counts on some servers only.
    fn may_be(&self, other: &Self) -> bool {
        let database = |name: &Self| name.database.clone().unwrap_or_default();
        let (one, two) = (database(self), database(other));
        let is_one_database = one.is_empty() || two.is_empty() || one.eq_ignore_ascii_case(&two);
        is_one_database && self.table.eq_ignore_ascii_case(&other.table)
    }
}

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

/// A table that the file created.
#[derive(Debug, Clone)]
struct Created {
    columns: Rc<[String]>,
    timestamps: Rc<[String]>,
}

/// The INSERT whose rows are being read.
struct Insert {
    table: Rc<str>,
    columns: Option<Rc<[String]>>,
    zone: Option<Rc<RowZone>>,
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

    fn insert_statement(&mut self, action: &[u8]) -> Result<()> {
        let line = self.lexer.line();
        let keywords = [
            "LOW_PRIORITY",
            "DELAYED",
            "HIGH_PRIORITY",
            "IGNORE",
            "INTO",
            "OR",
            "REPLACE",
            "ROLLBACK",
            "ABORT",
            "FAIL",
        ];
        let name = self.lexer.name_after(&keywords)?;
        self.ending.rows();
        let name = self.located(name);
        if (self.options.watched)(&name.table) {
            self.findings.add_database(name.database.as_deref().unwrap_or_default());
        }
        let chosen = self.is_chosen(&name);
        if !chosen || !(self.options.wanted)(&name.table) {
            let rows = self.lexer.count_rows()?;
            match rows {
                None => self.note_later(line, action, Change::Tables(vec![name.clone()])),
                Some(rows) if chosen && rows > 0 => self.note_filled(&name),
                Some(_) => {}
            }
            let rows = rows.unwrap_or_default();
            let TableName { database, table } = name;
            let database = database.filter(|_| !chosen);
            let shown = database.map_or_else(|| table.clone(), |database| format!("{database}.{table}"));
            return self.skip_rows(shown, rows);
        }
        let columns = match self.lexer.named_columns()? {
            Some(columns) => Some(columns.into()),
            None => self.created.get(&name).map(|created| created.columns.clone()),
        };
        match self.lexer.row_source()? {
            RowSource::Values => {}
            RowSource::Query if self.is_filled(&name) => {
                self.note_later(line, action, Change::Tables(vec![name]));
                return self.lexer.skip_statement();
            }
            RowSource::Query | RowSource::Other => {
                return Err(self.lexer.syntax("an INSERT has no VALUES"));
            }
        }
        let zone = self.row_zone(&name, line)?;
        self.note_filled(&name);
        self.insert = Some(Insert { table: name.table.into(), columns, zone });
        Ok(())
    }

    fn note_filled(&mut self, name: &TableName) {
        if (self.options.watched)(&name.table) && !self.filled.contains(name) {
            self.filled.push(name.clone());
        }
    }

    /// Returns the time zone of a table's times. SQLite has none: times are UTC unless the operator says
    /// otherwise.
    fn row_zone(&mut self, name: &TableName, line: u64) -> Result<Option<Rc<RowZone>>> {
        let columns = self.created.get(name).map(|created| created.timestamps.clone());
        let columns = columns.filter(|_| !self.lexer.is_sqlite());
        if columns.as_ref().is_some_and(|columns| columns.is_empty()) {
            return Ok(None);
        }
        let zone = match (self.options.zone, &self.lexer.variables.zone) {
            (Some(zone), _) => zone,
            (None, ZoneSetting::Known(zone)) => *zone,
            (None, ZoneSetting::Unset) => {
                self.findings.zone_unknown |= !self.lexer.is_sqlite();
                return Ok(None);
            }
            (None, ZoneSetting::Unknown(zone)) => {
                return Err(DumpError::UnknownZone { line, zone: excerpt(zone).into_owned() });
            }
        };
        if zone.is_utc() {
            return Ok(None);
        }
        self.findings.add_zone(&zone);
        Ok(Some(Rc::new(RowZone { zone, columns })))
    }

    /// Adds to the row count of an unwanted table. Dumps go table by table, so the last one is checked first.
    fn skip_rows(&mut self, table: String, rows: u64) -> Result<()> {
        if let Some((_, count)) = self.skipped.iter_mut().rfind(|(name, _)| *name == table) {
            *count += rows;
            return Ok(());
        }
        self.skipped.push((table, rows));
        self.check_tables()
    }

    fn check_tables(&mut self) -> Result<()> {
        let tables = self.skipped.len() + self.created.len() + self.filled.len();
        if tables > MAX_TABLES { Err(self.lexer.too_long()) } else { Ok(()) }
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
