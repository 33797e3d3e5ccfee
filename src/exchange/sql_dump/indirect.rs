//! Statements that run others: prepared ones, procedures, functions, and updates through a view. Their effect is
//! read from the file where it stands there; otherwise they may change any row.

use std::io::Read;

use super::changes::{DumpToken, TableChange};
use super::lexer::Lexer;
use super::other_statements::is_verb;
use super::variables::Mode;
use super::{DumpReader, Result};

/// Maximum number of names that are kept of one kind. Beyond it, every such statement may change any row.
const MAX_KEPT: usize = 256;
/// Functions that DO is used for in dumps. They change no rows.
const HARMLESS: [&str; 7] =
    ["SLEEP", "GET_LOCK", "RELEASE_LOCK", "RELEASE_ALL_LOCKS", "IS_FREE_LOCK", "IS_USED_LOCK", "BENCHMARK"];
/// Objects that a file may create without using them under their name.
const NAMELESS: [&str; 8] = ["TRIGGER", "PROCEDURE", "EVENT", "USER", "ROLE", "INDEX", "UNIQUE", "SERVER"];

/// The effects of the statements, functions and views that the file made and may use later.
#[derive(Debug, Default)]
pub(super) struct Indirect {
    /// Prepared statements with their effects.
    prepared: Vec<(String, TableChange)>,
    functions: Vec<String>,
    views: Vec<String>,
}

impl Indirect {
    fn prepare(&mut self, name: &str, change: TableChange) {
        self.prepared.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        if self.prepared.len() < MAX_KEPT {
            self.prepared.push((name.to_owned(), change));
        }
    }

    /// Returns the effect of a prepared statement. One that is not known may change anything.
    fn executed(&self, name: &str) -> TableChange {
        let found = self.prepared.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map_or(TableChange::Unknown, |(_, change)| change.clone())
    }

    fn is_function(&self, name: &str) -> bool {
        self.functions.len() == MAX_KEPT || is_among(&self.functions, name)
    }

    pub(super) fn is_view(&self, name: &str) -> bool {
        is_among(&self.views, name)
    }

    /// Notes what a CREATE makes that is used later under its name.
    pub(super) fn note(&mut self, created: CreatedObject) {
        let (names, name) = match created {
            CreatedObject::Function(name) => (&mut self.functions, name),
            CreatedObject::View(name) => (&mut self.views, name),
            CreatedObject::Other => return,
        };
        if names.len() < MAX_KEPT && !is_among(names, &name) {
            names.push(name);
        }
    }
}

fn is_among(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The object that a CREATE makes, if its name matters.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CreatedObject {
    Function(String),
    View(String),
    Other,
}

impl<R: Read> Lexer<R> {
    /// Takes the rest of a CREATE of anything but a table or database, whose next word was just taken. The words before
    /// the kind of the object may name a definer and an algorithm.
    pub(super) fn created_object(&mut self) -> Result<CreatedObject> {
        let mut kind = self.text().to_ascii_uppercase();
        loop {
            if [b"FUNCTION".as_slice(), b"VIEW"].contains(&kind.as_slice()) {
                let name = self.name_after(&["IF", "NOT", "EXISTS"])?.table;
                self.skip_statement()?;
                return Ok(if kind == b"VIEW" {
                    CreatedObject::View(name)
                } else {
                    CreatedObject::Function(name)
                });
            }
            let token = self.token()?;
            if token == DumpToken::End {
                return Ok(CreatedObject::Other);
            }
            if NAMELESS.iter().any(|word| word.as_bytes() == kind) {
                self.skip_statement()?;
                return Ok(CreatedObject::Other);
            }
            kind = token.keyword().unwrap_or_default().as_bytes().to_vec();
        }
    }

    /// Takes `PREPARE name FROM text`, and returns the name and the effect of the text.
    fn prepared(&mut self) -> Result<(String, TableChange)> {
        let name = self.name()?;
        self.word()?;
        let change = self.given_statement()?;
        Ok((name, change))
    }

    /// Takes the rest of a PREPARE or EXECUTE IMMEDIATE, and returns what its text would change. A text that is worked
    /// out elsewhere may change anything.
    fn given_statement(&mut self) -> Result<TableChange> {
        let byte = self.next()?;
        if !self.opens_text(byte) {
            self.skip_statement()?;
            return Ok(TableChange::Unknown);
        }
        self.take_text(byte)?;
        let text = [self.text(), b"\n;"].concat();
        let mode = self.variables.mode;
        self.skip_statement()?;
        Ok(effect(&text, mode))
    }

    /// Takes the rest of an ANALYZE, EXPLAIN or DESCRIBE: some forms run the statement that they describe.
    pub(super) fn explained(&mut self, action: &[u8]) -> Result<TableChange> {
        let mut runs = action == b"ANALYZE";
        loop {
            let token = self.token()?;
            if token == DumpToken::End {
                return Ok(TableChange::Nothing);
            }
            if token.is_one_of(&["TABLE", "TABLES", "LOCAL", "NO_WRITE_TO_BINLOG", "SELECT"]) {
                return self.no_change();
            }
            runs |= token.is_one_of(&["ANALYZE"]);
            if token.is_one_of(&["UPDATE", "DELETE", "INSERT", "REPLACE", "WITH"]) {
                let action = token.keyword().unwrap_or_default().to_owned();
                let change = self.change(action.as_bytes())?;
                return Ok(if runs { change } else { TableChange::Nothing });
            }
        }
    }

    /// Takes the rest of a DO or SELECT, and returns true if it calls a function for which `changes` holds.
    fn calls(&mut self, changes: impl Fn(&str) -> bool) -> Result<bool> {
        let (mut found, mut name) = (false, None);
        loop {
            let token = self.token()?;
            match token {
                DumpToken::End => return Ok(found),
                DumpToken::Open => found |= name.take().is_some_and(|name: String| changes(&name)),
                DumpToken::Word(_) | DumpToken::Name(_) => name = token.into_name().map(|name| name.table),
                DumpToken::Close | DumpToken::Comma | DumpToken::Other => name = None,
            }
        }
    }
}

/// Returns what a statement in a text changes. One that cannot be read may change anything.
fn effect(text: &[u8], mode: Mode) -> TableChange {
    let mut lexer = Lexer::new(text);
    lexer.variables.mode = mode;
    let action = match lexer.word() {
        Ok(word) => word.to_ascii_uppercase(),
        Err(_) => return TableChange::Unknown,
    };
    match action.as_slice() {
        b"CALL" | b"DO" | b"EXECUTE" | b"BEGIN" => TableChange::Unknown,
        action
            if is_verb(action) || [b"INSERT".as_slice(), b"REPLACE", b"SET", b"CREATE"].contains(&action) =>
        {
            lexer.change(action).unwrap_or(TableChange::Unknown)
        }
        // A program (IF, LOOP), or nothing that a server runs.
        _ => TableChange::Unknown,
    }
}

impl<R: Read> DumpReader<R> {
    /// Takes a PREPARE and remembers what the prepared statement would change.
    pub(super) fn prepare(&mut self) -> Result<()> {
        let (name, change) = self.lexer.prepared()?;
        self.indirect.prepare(&name, change);
        Ok(())
    }

    /// Takes a statement after rows that runs others, and returns what it may change; `None` for any other statement.
    pub(super) fn indirect_change(&mut self, action: &[u8]) -> Result<Option<TableChange>> {
        Ok(Some(match action {
            b"CALL" | b"BINLOG" | b"CLONE" | b"IMPORT" => {
                self.lexer.skip_statement()?;
                TableChange::Unknown
            }
            b"EXECUTE" => {
                let name = self.lexer.name()?;
                if name.eq_ignore_ascii_case("IMMEDIATE") {
                    self.lexer.given_statement()?
                } else {
                    self.lexer.skip_statement()?;
                    self.indirect.executed(&name)
                }
            }
            b"DO" => {
                let harmless = |name: &str| HARMLESS.iter().any(|known| known.eq_ignore_ascii_case(name));
                unknown_if(self.lexer.calls(|name| !harmless(name))?)
            }
            b"SELECT" => unknown_if(self.lexer.calls(|name| self.indirect.is_function(name))?),
            _ => return Ok(None),
        }))
    }
}

fn unknown_if(may_change: bool) -> TableChange {
    if may_change { TableChange::Unknown } else { TableChange::Nothing }
}
