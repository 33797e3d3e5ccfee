//! Statements without rows. They are skipped, but some open what must be closed at the end, and some change
//! earlier rows.

use std::io::Read;

use super::changes::Change;
use super::{DumpReader, LaterStatement, Result, TableName};

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

    /// Notes a statement that changes earlier rows.
    fn note_change(&mut self, action: &[u8]) -> Result<()> {
        let line = self.lexer.line();
        let changed = match self.lexer.change(action)? {
            Change::Nothing => None,
            Change::Tables(names) => {
                names.into_iter().map(|name| self.located(name)).find(|name| self.filled.contains(name))
            }
            Change::Database(dropped) => {
                let in_it = |name: &&TableName| name.database.as_ref() == Some(&dropped);
                self.filled.iter().find(in_it).cloned()
            }
        };
        if let Some(name) = changed {
            let action = String::from_utf8_lossy(action).into_owned();
            self.findings.add_later(LaterStatement { line, action, table: name.table });
        }
        Ok(())
    }
}

/// Returns true if an SQL statement of MySQL, MariaDB or SQLite may begin with this word, in capitals. Anything
/// else means that the file is damaged or is something else; reading on would silently lose rows.
pub(super) fn is_verb(word: &[u8]) -> bool {
    const VERBS: &str = "ALTER ANALYZE ATTACH BEGIN BINLOG CACHE CALL CHANGE CHECK CHECKSUM CLONE COMMIT DEALLOCATE \
        DELETE DESC DESCRIBE DETACH DO DROP EXECUTE EXPLAIN FLUSH GRANT HANDLER IMPORT INSTALL KILL LOAD LOCK \
        OPTIMIZE PRAGMA PREPARE PURGE REINDEX RELEASE RENAME REPAIR RESET REVOKE ROLLBACK SAVEPOINT SELECT SHOW \
        SHUTDOWN SIGNAL START STOP TRUNCATE UNINSTALL UNLOCK UPDATE USE VACUUM XA";
    VERBS.split(' ').any(|action| action.as_bytes() == word)
}
