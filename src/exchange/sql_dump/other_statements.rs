//! Statements without rows. They are skipped, but some open what must be closed at the end, and some change
//! earlier rows.

use std::io::Read;

use super::changes::TableChange;
use super::table_name::TableName;
use super::{DumpError, DumpReader, LaterStatement, Result};

impl<R: Read> DumpReader<R> {
    /// Skips a statement without rows. It may change earlier rows, or open or close something that must be
    /// closed at the end.
    pub(super) fn other_statement(&mut self, action: &[u8]) -> Result<()> {
        match action {
            b"LOCK" => self.ending.lock(true),
            b"UNLOCK" => self.ending.lock(false),
            b"START" => {
                self.lexer.word()?;
                if self.lexer.is("TRANSACTION") {
                    self.ending.begin();
                }
            }
            b"BEGIN" => {
                self.lexer.word()?;
                if self.lexer.is("NOT") {
                    return self.compound_statement();
                }
                // MySQL's BEGIN takes no such word.
                if ["TRANSACTION", "IMMEDIATE", "EXCLUSIVE", "DEFERRED"]
                    .iter()
                    .any(|word| self.lexer.is(word))
                {
                    self.lexer.enter_sqlite();
                }
                self.ending.begin();
            }
            b"COMMIT" | b"END" => self.ending.commit(),
            b"ROLLBACK" => {
                self.lexer.word()?;
                if self.lexer.is("TO") {
                    return self.roll_back_to_savepoint();
                }
                let status = self.ending.rollback();
                self.check(status)?;
            }
            b"XA" => self.distributed_transaction()?,
            b"PREPARE" => return self.prepare(),
            b"LOAD" => return self.load_statement(),
            b"PRAGMA" => self.lexer.enter_sqlite(),
            b"USE" => self.database = self.lexer.name()?,
            action if !self.filled.is_empty() => return self.note_change(action),
            _ => {}
        }
        self.lexer.skip_statement()
    }

    /// Passes over a statement, and notes it where it changes rows that were brought rows.
    fn note_change(&mut self, action: &[u8]) -> Result<()> {
        let line = self.lexer.line();
        let change = match self.indirect_change(action)? {
            Some(change) => change,
            None => self.lexer.change(action)?,
        };
        self.note_later(line, action, change);
        Ok(())
    }

    /// Skips `BEGIN NOT ATOMIC … END`, which is no transaction but a program of MariaDB.
    fn compound_statement(&mut self) -> Result<()> {
        let line = self.lexer.line();
        self.lexer.skip_statement()?;
        self.note_later(line, b"BEGIN NOT ATOMIC", TableChange::Unknown);
        Ok(())
    }

    /// Takes a ROLLBACK TO: the rows since the savepoint were never in the database.
    fn roll_back_to_savepoint(&mut self) -> Result<()> {
        let line = self.lexer.line();
        if self.ending.is_uncommitted() {
            self.note_later(line, b"ROLLBACK TO", TableChange::Unknown);
        }
        self.lexer.skip_statement()
    }

    /// Takes the verb of `XA START`, `XA COMMIT`, `XA ROLLBACK` and their like, but not the rest of the statement.
    fn distributed_transaction(&mut self) -> Result<()> {
        self.lexer.word()?;
        if self.lexer.is("START") || self.lexer.is("BEGIN") {
            self.ending.begin();
        } else if self.lexer.is("COMMIT") {
            self.ending.commit();
        } else if self.lexer.is("ROLLBACK") {
            let status = self.ending.rollback();
            self.check(status)?;
        }
        Ok(())
    }

    /// Takes a LOAD DATA, whose rows are in another file: those of a wanted table are missing here.
    fn load_statement(&mut self) -> Result<()> {
        let line = self.lexer.line();
        let change = self.lexer.loaded()?;
        if let TableChange::Tables(names) = &change {
            for name in names.iter().cloned().map(|name| self.located(name)) {
                let wanted = (self.options.watched)(&name.table) && self.is_chosen(&name);
                if wanted && !self.is_filled(&name) {
                    return Err(DumpError::Syntax {
                        line,
                        what: "the rows of this table are in another file",
                    });
                }
            }
        }
        self.note_later(line, b"LOAD", change);
        Ok(())
    }

    /// Notes what the statement at a line changes, if rows of it were brought before.
    pub(super) fn note_later(&mut self, line: u64, action: &[u8], change: TableChange) {
        let changed = match change {
            TableChange::Nothing => return,
            TableChange::Unknown if self.filled.is_empty() => return,
            TableChange::Unknown => None,
            TableChange::Tables(names) => {
                let writes = [b"UPDATE".as_slice(), b"DELETE", b"INSERT", b"REPLACE", b"LOAD", b"WITH"]
                    .contains(&action);
                let through_view = writes && names.iter().any(|name| self.indirect.is_view(&name.table));
                match names.into_iter().find_map(|name| self.filled_as(name)) {
                    None if !through_view || self.filled.is_empty() => return,
                    found => found,
                }
            }
            TableChange::Database(dropped) => {
                let in_it = |name: &&TableName| {
                    let database = name.database.as_deref().unwrap_or_default();
                    database.is_empty() || database.eq_ignore_ascii_case(&dropped)
                };
                match self.filled.iter().find(in_it).cloned() {
                    None => return,
                    found => found,
                }
            }
        };
        let action = String::from_utf8_lossy(action).into_owned();
        self.findings.add_later(LaterStatement { line, action, table: changed.map(|name| name.table) });
    }

    /// Returns the table with rows that a name may mean.
    fn filled_as(&self, name: TableName) -> Option<TableName> {
        let name = self.located(name);
        self.filled.iter().find(|filled| filled.may_be(&name)).cloned()
    }

    /// Reports whether rows of the table were brought.
    pub(super) fn is_filled(&self, name: &TableName) -> bool {
        self.filled_as(name.clone()).is_some()
    }
}

/// Returns true if an SQL statement of MySQL, MariaDB or SQLite may begin with this word, in capitals. Anything
/// else means that the file is damaged or is something else; reading on would silently lose rows.
pub(super) fn is_verb(word: &[u8]) -> bool {
    const VERBS: &str = "ALTER ANALYZE ATTACH BEGIN BINLOG CACHE CALL CHANGE CHECK CHECKSUM CLONE COMMIT DEALLOCATE \
        DELETE DESC DESCRIBE DETACH DO DROP EXECUTE EXPLAIN FLUSH GRANT HANDLER IMPORT INSTALL KILL LOAD LOCK \
        OPTIMIZE PRAGMA PREPARE PURGE REINDEX RELEASE RENAME REPAIR RESET REVOKE ROLLBACK SAVEPOINT SELECT SHOW \
        SHUTDOWN SIGNAL START STOP TRUNCATE UNINSTALL UNLOCK UPDATE USE VACUUM WITH XA";
    VERBS.split(' ').any(|action| action.as_bytes() == word)
}
