//! Statements without rows. They are skipped, but some open what must be closed at the end, and some change
//! earlier rows.

use std::io::Read;

use super::changes::Change;
use super::table_name::TableName;
use super::{DumpReader, LaterStatement, Result};

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
                if !self.lexer.is("TO") {
                    let status = self.ending.rollback();
                    self.check(status)?;
                }
            }
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
        let change = self.lexer.change(action)?;
        self.note_later(line, action, change);
        Ok(())
    }

    /// Notes what the statement at a line changes, if rows of it were brought before.
    pub(super) fn note_later(&mut self, line: u64, action: &[u8], change: Change) {
        let changed = match change {
            Change::Nothing => None,
            Change::Tables(names) => names.into_iter().find_map(|name| self.filled_as(name)),
            Change::Database(dropped) => {
                let in_it = |name: &&TableName| {
                    let database = name.database.as_deref().unwrap_or_default();
                    database.is_empty() || database.eq_ignore_ascii_case(&dropped)
                };
                self.filled.iter().find(in_it).cloned()
            }
        };
        if let Some(name) = changed {
            let action = String::from_utf8_lossy(action).into_owned();
            self.findings.add_later(LaterStatement { line, action, table: name.table });
        }
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
