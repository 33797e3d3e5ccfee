//! The tables of a dump: CREATE and INSERT statements.

use std::io::Read;
use std::rc::Rc;

use crate::domain::foreign::RowZone;
use crate::domain::text::excerpt;

use super::changes::TableChange;
use super::statement::{Creation, RowSource};
use super::table_name::TableName;
use super::variables::ZoneSetting;
use super::{DumpError, DumpReader, Insert, MAX_TABLES, Result};

/// A table that the file created.
#[derive(Debug, Clone)]
pub(super) struct Created {
    columns: Rc<[String]>,
    timestamps: Rc<[String]>,
}

impl<R: Read> DumpReader<R> {
    pub(super) fn insert_statement(&mut self, action: &[u8]) -> Result<()> {
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
                None => self.note_later(line, action, TableChange::Tables(vec![name.clone()])),
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
                self.note_later(line, action, TableChange::Tables(vec![name]));
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

    pub(super) fn create_statement(&mut self) -> Result<()> {
        let line = self.lexer.line();
        let Creation { table, replaces } = self.lexer.creation()?;
        if replaces && let Some(name) = &table {
            self.note_later(line, b"CREATE OR REPLACE", TableChange::Tables(vec![name.clone()]));
        }
        match table {
            Some(name) => {
                self.ending.table();
                self.create_table(name)?;
            }
            None if self.lexer.is("DATABASE") || self.lexer.is("SCHEMA") => {
                let name = self.lexer.name_after(&["IF", "NOT", "EXISTS"])?;
                if replaces {
                    self.note_later(line, b"CREATE OR REPLACE", TableChange::Database(name.table.clone()));
                }
                self.database = name.table;
            }
            None if self.lexer.is("TRIGGER") && self.lexer.is_sqlite() => return self.lexer.skip_trigger(),
            None => {
                let created = self.lexer.created_object()?;
                self.indirect.note(created);
                return Ok(());
            }
        }
        self.lexer.skip_statement()
    }

    fn create_table(&mut self, name: TableName) -> Result<()> {
        if !(self.options.watched)(&name.table) {
            return Ok(());
        }
        let name = self.located(name);
        self.findings.add_database(name.database.as_deref().unwrap_or_default());
        if let Some((columns, timestamps)) = self.lexer.created_columns()? {
            self.created.insert(name, Created { columns: columns.into(), timestamps: timestamps.into() });
            self.check_tables()?;
        }
        Ok(())
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
