//! Statements that change earlier rows: UPDATE, DELETE, TRUNCATE, DROP, RENAME and the like. Only their table
//! names are read.
//!
//! Names are read in the quotes of every dialect: where a table's name is due, no program takes a text for anything else.

use std::io::Read;

use super::Result;
use super::lexer::{Lexer, MAX_NAME_BYTES, in_word, opens_name};
use super::table_name::TableName;

/// Things that an ALTER TABLE may drop without changing any value.
const NO_DATA: [&str; 8] = ["PRIMARY", "INDEX", "KEY", "FOREIGN", "CONSTRAINT", "CHECK", "DEFAULT", "SYSTEM"];
/// Objects that RENAME may name without touching data.
const NO_DATA_RENAMED: [&str; 3] = ["INDEX", "KEY", "CONSTRAINT"];
/// Pairs of words with which it empties or exchanges a part of the table.
const EMPTYING: [(&str, &str); 6] = [
    ("TRUNCATE", "PARTITION"),
    ("EXCHANGE", "PARTITION"),
    ("CONVERT", "PARTITION"),
    ("CONVERT", "TABLE"),
    ("DISCARD", "TABLESPACE"),
    ("IMPORT", "TABLESPACE"),
];
/// Words before the name of a table that is altered or dropped.
const GUARDS: [&str; 2] = ["IF", "EXISTS"];

/// A token of a statement that is only looked through.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DumpToken {
    /// A bare word: a keyword, or a name of one part.
    Word(BareWord),
    /// A name that has several parts or stands in quotes; it may also be a text.
    Name(TableName),
    Open,
    Close,
    Comma,
    Other,
    End,
}

/// A bare word as it is written and in capitals.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BareWord {
    text: String,
    capitals: String,
}

impl DumpToken {
    fn word(text: String) -> Self {
        let capitals = text.to_ascii_uppercase();
        Self::Word(BareWord { text, capitals })
    }

    /// Returns the keyword, in capitals.
    pub(super) fn keyword(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(&word.capitals),
            Self::Name(_) | Self::Open | Self::Close | Self::Comma | Self::Other | Self::End => None,
        }
    }

    pub(super) fn is_one_of(&self, keywords: &[&str]) -> bool {
        self.keyword().is_some_and(|keyword| keywords.contains(&keyword))
    }

    /// Returns the name that the token may be.
    pub(super) fn into_name(self) -> Option<TableName> {
        match self {
            Self::Word(word) => Some(TableName::of(word.text)),
            Self::Name(name) => Some(name),
            Self::Open | Self::Close | Self::Comma | Self::Other | Self::End => None,
        }
    }
}

/// The effect of a statement on tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TableChange {
    Nothing,
    /// It may change these.
    Tables(Vec<TableName>),
    /// It drops this database.
    Database(String),
    /// The file does not tell: it may change any row.
    Unknown,
}

/// The next thing of interest in an ALTER TABLE.
#[derive(Debug)]
enum Due {
    Action,
    /// `CHANGE old new`
    OldName,
    NewName(String),
    /// The table that a partition is exchanged with.
    OtherTable,
}

impl<R: Read> Lexer<R> {
    /// Takes the rest of the statement that begins with this word, in capitals, and returns what it changes.
    pub(super) fn change(&mut self, action: &[u8]) -> Result<TableChange> {
        match action {
            b"UPDATE" => self.names_until(&["SET"]),
            b"DELETE" => self.names_until(&["WHERE", "ORDER", "LIMIT", "RETURNING"]),
            b"INSERT" | b"REPLACE" => self.names_until(&["VALUES", "VALUE", "SELECT", "SET"]),
            b"TRUNCATE" | b"RENAME" => self.names_until(&[]),
            b"LOAD" => self.loaded(),
            b"DROP" => self.dropped(),
            b"ALTER" => self.altered(),
            b"WITH" => self.with_tables(),
            b"ANALYZE" | b"EXPLAIN" | b"DESCRIBE" | b"DESC" => self.explained(action),
            _ => self.no_change(),
        }
    }

    pub(super) fn no_change(&mut self) -> Result<TableChange> {
        self.skip_statement().map(|()| TableChange::Nothing)
    }

    /// Takes every name up to one of these words, then the rest. What follows a sign is a value, not a table.
    fn names_until(&mut self, stops: &[&str]) -> Result<TableChange> {
        let mut names = Vec::new();
        let mut after_sign = false;
        loop {
            let token = self.token()?;
            if token.is_one_of(stops) {
                self.skip_statement()?;
                return Ok(TableChange::Tables(names));
            }
            let sign = match token {
                DumpToken::End => return Ok(TableChange::Tables(names)),
                DumpToken::Other => true,
                DumpToken::Open
                | DumpToken::Close
                | DumpToken::Comma
                | DumpToken::Word(_)
                | DumpToken::Name(_) => false,
            };
            if let Some(name) = token.into_name().filter(|_| !after_sign) {
                names.push(name);
            }
            if names.len() > super::MAX_VALUES {
                return Err(self.too_long());
            }
            after_sign = sign;
        }
    }

    /// Takes the rest of `LOAD DATA … INTO TABLE name`.
    pub(super) fn loaded(&mut self) -> Result<TableChange> {
        loop {
            let token = self.token()?;
            if token == DumpToken::End {
                return Ok(TableChange::Nothing);
            }
            if token.is_one_of(&["TABLE"]) {
                return self.one_table();
            }
        }
    }

    /// Takes the name that is due, then the rest.
    fn one_table(&mut self) -> Result<TableChange> {
        match self.token()? {
            DumpToken::End => Ok(TableChange::Nothing),
            token => {
                let names = token.into_name().into_iter().collect();
                self.skip_statement()?;
                Ok(TableChange::Tables(names))
            }
        }
    }

    fn dropped(&mut self) -> Result<TableChange> {
        let kind = self.token()?;
        if kind == DumpToken::End {
            return Ok(TableChange::Nothing);
        }
        if kind.is_one_of(&["TEMPORARY", "TABLE", "TABLES"]) {
            return self.names_until(&[]);
        }
        if !kind.is_one_of(&["DATABASE", "SCHEMA"]) {
            return self.no_change();
        }
        let database = self.name_after(&GUARDS)?;
        self.skip_statement()?;
        Ok(TableChange::Database(database.table))
    }

    /// Takes common table expressions and then the statement that they are for.
    fn with_tables(&mut self) -> Result<TableChange> {
        let mut depth = 0_u64;
        loop {
            match self.token()? {
                DumpToken::End => return Ok(TableChange::Nothing),
                DumpToken::Open => depth += 1,
                DumpToken::Close => depth = depth.saturating_sub(1),
                token if depth == 0 && token.is_one_of(&["UPDATE", "DELETE", "INSERT", "REPLACE"]) => {
                    let action = token.keyword().unwrap_or_default().to_owned();
                    return self.change(action.as_bytes());
                }
                DumpToken::Word(_) | DumpToken::Name(_) | DumpToken::Comma | DumpToken::Other => {}
            }
        }
    }

    /// Takes an ALTER TABLE, which changes imported rows only if it drops, renames or empties something of the table.
    fn altered(&mut self) -> Result<TableChange> {
        loop {
            let token = self.token()?;
            if token.is_one_of(&["TABLE"]) {
                break;
            }
            if token == DumpToken::End {
                return Ok(TableChange::Nothing);
            }
            if !token.is_one_of(&["IGNORE", "ONLINE", "OFFLINE"]) {
                return self.no_change();
            }
        }
        let mut token = self.token()?;
        while token.is_one_of(&GUARDS) {
            token = self.token()?;
        }
        if token == DumpToken::End {
            return Ok(TableChange::Nothing);
        }
        let mut tables: Vec<_> = token.into_name().into_iter().collect();
        Ok(if self.alters_rows(&mut tables)? { TableChange::Tables(tables) } else { TableChange::Nothing })
    }

    /// Takes what an ALTER TABLE does, and returns whether that may change rows; a second table that it names is added.
    fn alters_rows(&mut self, tables: &mut Vec<TableName>) -> Result<bool> {
        let mut changes = false;
        let mut due = Due::Action;
        let mut before = String::new();
        loop {
            let token = self.token()?;
            if token == DumpToken::End {
                return Ok(changes);
            }
            let keyword = token.keyword().unwrap_or_default().to_owned();
            let name = token.into_name();
            due = match due {
                Due::Action => match (before.as_str(), keyword.as_str()) {
                    ("DROP", what) => {
                        changes |= name.is_some() && !NO_DATA.contains(&what);
                        Due::Action
                    }
                    ("RENAME", what) => {
                        changes |= name.is_some() && !NO_DATA_RENAMED.contains(&what);
                        Due::Action
                    }
                    pair if EMPTYING.contains(&pair) => {
                        changes = true;
                        if keyword == "TABLE" { Due::OtherTable } else { Due::Action }
                    }
                    ("WITH", "TABLE") => Due::OtherTable,
                    (_, "CHANGE") => Due::OldName,
                    _ => Due::Action,
                },
                Due::OldName if ["COLUMN", "IF", "EXISTS"].contains(&keyword.as_str()) => Due::OldName,
                Due::OldName => name.map_or(Due::Action, |name| Due::NewName(name.table)),
                Due::NewName(old) => {
                    changes |= name.is_some_and(|new| !new.table.eq_ignore_ascii_case(&old));
                    Due::Action
                }
                Due::OtherTable => {
                    tables.extend(name);
                    Due::Action
                }
            };
            before = keyword;
        }
    }

    pub(super) fn token(&mut self) -> Result<DumpToken> {
        let byte = self.next()?;
        if self.end()? {
            return Ok(DumpToken::End);
        }
        if opens_name(byte) || in_word(byte) {
            return self.name_token(byte);
        }
        self.consume(1);
        Ok(match byte {
            b'(' => DumpToken::Open,
            b')' => DumpToken::Close,
            b',' => DumpToken::Comma,
            _ => DumpToken::Other,
        })
    }

    /// Takes a word, or a name of one or several parts in any quotes; the next byte begins it.
    fn name_token(&mut self, first: u8) -> Result<DumpToken> {
        let mut database = None;
        let mut parts = 0_u64;
        let mut byte = first;
        loop {
            self.take_part(byte)?;
            let name = std::str::from_utf8(self.text()).unwrap_or_default();
            // A text may be long; no name is.
            let name = if name.len() > MAX_NAME_BYTES { String::new() } else { name.to_owned() };
            parts += 1;
            if self.next()? != b'.' {
                return Ok(match database {
                    None if in_word(first) && parts == 1 => DumpToken::word(name),
                    database => DumpToken::Name(TableName { database, table: name }),
                });
            }
            self.consume(1);
            byte = self.next()?;
            // `name.*`, and a number that ends with its point.
            if !opens_name(byte) && !in_word(byte) {
                if byte == b'*' {
                    self.consume(1);
                }
                return Ok(DumpToken::Name(TableName { database, table: name }));
            }
            database = Some(name);
        }
    }
}
