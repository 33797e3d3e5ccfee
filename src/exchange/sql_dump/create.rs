//! CREATE statements: tables with their columns, databases, and what the file uses later under its name.

use std::io::Read;

use super::changes::Change;
use super::statement::Creation;
use super::{Created, DumpReader, Result, TableName};

impl<R: Read> DumpReader<R> {
    /// Takes the rest of a CREATE statement.
    pub(super) fn create_statement(&mut self) -> Result<()> {
        let line = self.lexer.line();
        let Creation { table, replaces } = self.lexer.creation()?;
        if replaces && let Some(name) = &table {
            self.note_later(line, b"CREATE OR REPLACE", Change::Tables(vec![name.clone()]));
        }
        match table {
            Some(name) => {
                self.ending.table();
                self.create_table(name)?;
            }
            None if self.lexer.is("DATABASE") || self.lexer.is("SCHEMA") => {
                let name = self.lexer.name_after(&["IF", "NOT", "EXISTS"])?;
                if replaces {
                    self.note_later(line, b"CREATE OR REPLACE", Change::Database(name.table.clone()));
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
}
