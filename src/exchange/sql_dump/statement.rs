//! Statements: found by their first word, read as far as the rows need it, otherwise skipped to their `;`.

use std::io::Read;
use std::rc::Rc;

use super::token::Token;
use super::{DumpError, DumpReader, MAX_VALUES, State};

impl<R: Read> DumpReader<R> {
    /// Reads a statement, or the head of an `INSERT`. Whether there was one.
    pub(super) fn statement(&mut self) -> Result<bool, DumpError> {
        match self.tokens.next()? {
            Token::End => return self.end(),
            Token::Punct(b';') => return Ok(true),
            Token::Word => {}
            _ => return Err(self.syntax("a statement cannot begin like this")),
        }
        self.statements += 1;
        match self.tokens.text().to_ascii_uppercase().as_str() {
            "INSERT" | "REPLACE" => self.insert()?,
            "CREATE" => self.create()?,
            "DELIMITER" => self.tokens.skip_delimiter_block()?,
            "SET" => self.set()?,
            "LOCK" => {
                self.locked = true;
                self.skip_statement()?;
            }
            "UNLOCK" => {
                self.locked = false;
                self.skip_statement()?;
            }
            _ => self.skip_statement()?,
        }
        Ok(true)
    }

    /// The end of the file between two statements: is it the end of the dump too?
    fn end(&self) -> Result<bool, DumpError> {
        if self.statements == 0 {
            return Err(DumpError::NotADump("there is no statement in it"));
        }
        if self.locked || self.tokens.is_incomplete() {
            return Err(DumpError::CutOff { line: self.tokens.line() });
        }
        Ok(false)
    }

    /// `INSERT [LOW_PRIORITY|DELAYED|…] [IGNORE] [INTO] table [(columns)] VALUES`
    fn insert(&mut self) -> Result<(), DumpError> {
        let mut token = self.next()?;
        while token == Token::Word {
            let word = self.tokens.text().to_ascii_uppercase();
            if !["INTO", "IGNORE", "LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED"].contains(&word.as_str()) {
                break;
            }
            token = self.next()?;
        }
        let table = self.name(token)?;
        let mut own = None;
        let mut token = self.next()?;
        if token == Token::Punct(b'(') {
            own = Some(self.column_list()?);
            token = self.next()?;
        }
        let word = if token == Token::Word { self.tokens.text().to_ascii_uppercase() } else { String::new() };
        if word != "VALUES" && word != "VALUE" {
            return Err(self.syntax("only INSERT … VALUES is understood"));
        }
        let columns = own.or_else(|| self.created.get(&table).cloned());
        let wanted = (self.wanted)(&table);
        self.state = State::Rows { table: table.into(), columns, wanted };
        Ok(())
    }

    /// A name; of `database.table` the table.
    fn name(&mut self, token: Token) -> Result<String, DumpError> {
        if !matches!(token, Token::Word | Token::Ident | Token::DoubleQuoted) {
            return Err(self.syntax("a table's name is missing"));
        }
        let name = self.tokens.text();
        if self.tokens.peek_byte()? != Some(b'.') {
            return Ok(name);
        }
        self.next()?;
        let token = self.next()?;
        self.name(token)
    }

    fn column_list(&mut self) -> Result<Rc<[String]>, DumpError> {
        let mut columns = Vec::new();
        loop {
            let token = self.next()?;
            columns.push(self.name(token)?);
            if columns.len() > MAX_VALUES {
                return Err(self.syntax("there are more than 1,000 columns"));
            }
            match self.next()? {
                Token::Punct(b',') => {}
                Token::Punct(b')') => return Ok(columns.into()),
                _ => return Err(self.syntax("a , or ) is missing in a list of columns")),
            }
        }
    }

    /// `CREATE TABLE` for its columns; anything else created is skipped.
    fn create(&mut self) -> Result<(), DumpError> {
        let mut token = self.next()?;
        while token == Token::Word && self.tokens.text().eq_ignore_ascii_case("TEMPORARY") {
            token = self.next()?;
        }
        if token != Token::Word || !self.tokens.text().eq_ignore_ascii_case("TABLE") {
            return self.skip_from(token);
        }
        token = self.next()?;
        while token == Token::Word {
            if !["IF", "NOT", "EXISTS"].iter().any(|word| self.tokens.text().eq_ignore_ascii_case(word)) {
                break;
            }
            token = self.next()?;
        }
        let table = self.name(token)?;
        token = self.next()?;
        if token == Token::Punct(b'(') {
            let columns = self.created_columns()?;
            self.created.insert(table, columns.into());
            return self.skip_statement();
        }
        self.skip_from(token)
    }

    /// The columns between the parentheses of `CREATE TABLE`: what each line begins with, but for keys and checks.
    fn created_columns(&mut self) -> Result<Vec<String>, DumpError> {
        const NO_COLUMNS: [&str; 10] = [
            "PRIMARY",
            "KEY",
            "UNIQUE",
            "CONSTRAINT",
            "INDEX",
            "FULLTEXT",
            "SPATIAL",
            "FOREIGN",
            "CHECK",
            "PERIOD",
        ];
        let mut columns = Vec::new();
        let mut depth = 1;
        let mut begins = true;
        loop {
            let token = self.next()?;
            match token {
                Token::Punct(b'(') => depth += 1,
                Token::Punct(b')') => depth -= 1,
                Token::Punct(b';') => return Err(self.syntax("a CREATE TABLE is not closed")),
                Token::Word if begins => {
                    let word = self.tokens.text();
                    if !NO_COLUMNS.iter().any(|no| word.eq_ignore_ascii_case(no)) {
                        columns.push(word);
                    }
                }
                Token::Ident | Token::DoubleQuoted if begins => columns.push(self.tokens.text()),
                _ => {}
            }
            if depth == 0 {
                return Ok(columns);
            }
            begins = depth == 1 && token == Token::Punct(b',');
        }
    }

    /// `SET SQL_MODE='…'`: whether backslashes escape from here on.
    fn set(&mut self) -> Result<(), DumpError> {
        let mut mode = false;
        loop {
            match self.next()? {
                Token::Punct(b';') => return Ok(()),
                Token::Word => mode = self.tokens.text().eq_ignore_ascii_case("SQL_MODE") || mode,
                Token::Text if mode => {
                    let off = self.tokens.text().to_ascii_uppercase().contains("NO_BACKSLASH_ESCAPES");
                    self.tokens.set_backslash_escapes(!off);
                }
                _ => {}
            }
        }
    }

    pub(super) fn skip_statement(&mut self) -> Result<(), DumpError> {
        let token = self.next()?;
        self.skip_from(token)
    }

    fn skip_from(&mut self, mut token: Token) -> Result<(), DumpError> {
        while token != Token::Punct(b';') {
            token = self.next()?;
        }
        Ok(())
    }
}
