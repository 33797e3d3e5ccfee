//! Statements that change earlier rows: UPDATE, DELETE, TRUNCATE, DROP, RENAME and the like. Only their table
//! names are read.

use std::io::Read;

use super::lexer::{Lexer, in_word};
use super::{Result, TableName};

/// Things that an ALTER TABLE may drop or rename without changing any value.
const NO_DATA: [&str; 7] = ["PRIMARY", "INDEX", "KEY", "FOREIGN", "CONSTRAINT", "CHECK", "PARTITION"];

/// A token of a statement that is only scanned.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// A bare word, in capitals, or a name of one part.
    Word(String),
    /// A name, or a token that may be one.
    Name(TableName),
    Other,
    End,
}

/// The effect of a statement on tables.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    Nothing,
    /// It may change these tables.
    Tables(Vec<TableName>),
    /// It drops this database.
    Database(String),
}

impl<R: Read> Lexer<R> {
    /// Consumes the rest of the statement that begins with this word and returns its effect.
    pub(super) fn change(&mut self, action: &[u8]) -> Result<Change> {
        match action {
            b"UPDATE" => self.names_until(&["SET"]),
            b"DELETE" => self.names_until(&["WHERE", "ORDER", "LIMIT", "RETURNING"]),
            b"TRUNCATE" | b"RENAME" => self.names_until(&[]),
            b"LOAD" => self.names_until(&["FIELDS", "COLUMNS", "LINES", "IGNORE", "SET"]),
            b"DROP" => self.dropped(),
            b"ALTER" => self.altered(),
            _ => self.skip_statement().map(|()| Change::Nothing),
        }
    }

    /// Consumes every name up to one of these words, then the rest.
    fn names_until(&mut self, stops: &[&str]) -> Result<Change> {
        let mut names = Vec::new();
        loop {
            match self.token()? {
                Token::End => return Ok(Change::Tables(names)),
                Token::Word(word) if stops.contains(&word.to_ascii_uppercase().as_str()) => {
                    self.skip_statement()?;
                    return Ok(Change::Tables(names));
                }
                Token::Word(word) => self.add_name(&mut names, TableName::of(word))?,
                Token::Name(name) => self.add_name(&mut names, name)?,
                Token::Other => {}
            }
        }
    }

    fn add_name(&mut self, names: &mut Vec<TableName>, name: TableName) -> Result<()> {
        names.push(name);
        if names.len() > super::MAX_VALUES { Err(self.too_long()) } else { Ok(()) }
    }

    fn dropped(&mut self) -> Result<Change> {
        let Token::Word(kind) = self.token()? else { return self.skip_statement().map(|()| Change::Nothing) };
        let kind = kind.to_ascii_uppercase();
        if ["TEMPORARY", "TABLE", "TABLES"].contains(&kind.as_str()) {
            return self.names_until(&[]);
        }
        if !["DATABASE", "SCHEMA"].contains(&kind.as_str()) {
            return self.skip_statement().map(|()| Change::Nothing);
        }
        let database = self.name_after(&["IF", "EXISTS"])?;
        self.skip_statement()?;
        Ok(Change::Database(database.table))
    }

    /// Consumes an ALTER TABLE. It changes earlier rows only if it drops or renames columns or the table
    /// itself.
    fn altered(&mut self) -> Result<Change> {
        let mut table = None;
        let mut begun = false;
        let mut changes = false;
        // The previous word, if its meaning depends on the next one.
        let mut pending = false;
        loop {
            let token = self.token()?;
            if pending {
                pending = false;
                changes |= match &token {
                    Token::Word(word) => !NO_DATA.contains(&word.to_ascii_uppercase().as_str()),
                    Token::Name(_) => true,
                    Token::Other | Token::End => false,
                };
            }
            match token {
                Token::End => break,
                Token::Word(word) if !begun => begun = word.eq_ignore_ascii_case("TABLE"),
                Token::Word(word) if table.is_none() => {
                    let keyword = ["IF", "EXISTS"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword));
                    table = (!keyword).then(|| TableName::of(word));
                }
                Token::Name(name) if begun && table.is_none() => table = Some(name),
                Token::Word(word) => {
                    pending = ["DROP", "RENAME"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword));
                }
                Token::Name(_) | Token::Other => {}
            }
        }
        Ok(match table.filter(|_| changes) {
            Some(table) => Change::Tables(vec![table]),
            None => Change::Nothing,
        })
    }

    fn token(&mut self) -> Result<Token> {
        let byte = self.next()?;
        if self.end()? {
            return Ok(Token::End);
        }
        if self.opens_text(byte) {
            self.take_text(byte)?;
            return Ok(Token::Other);
        }
        if matches!(byte, b'`' | b'"') {
            return self.table_name().map(Token::Name);
        }
        if !in_word(byte) {
            self.consume(1);
            return Ok(Token::Other);
        }
        let name = self.table_name()?;
        Ok(if name.database.is_none() { Token::Word(name.table) } else { Token::Name(name) })
    }
}
