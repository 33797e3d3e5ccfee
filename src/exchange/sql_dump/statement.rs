//! Parsers of the two statements that matter: CREATE TABLE for its columns, INSERT for its rows.

use std::io::Read;

use super::lexer::{Lexer, ScanStop, opens_name};
use super::table_name::TableName;
use super::{MAX_ROW_BYTES, MAX_VALUES, Result, Value};

/// Words that begin a part of a CREATE TABLE other than a column. All are reserved, so no unquoted column has
/// such a name. Source: MySQL 8.4 manual, "CREATE TABLE Statement"; MariaDB, "CREATE TABLE".
const NO_COLUMN: [&str; 9] =
    ["PRIMARY", "KEY", "INDEX", "UNIQUE", "FULLTEXT", "SPATIAL", "CONSTRAINT", "FOREIGN", "CHECK"];

/// The beginning of a CREATE statement.
#[derive(Debug)]
pub(super) struct Creation {
    /// The table, unless something else is created.
    pub(super) table: Option<TableName>,
    /// An existing table of the same name is dropped.
    pub(super) replaces: bool,
}

/// The source of the rows of an INSERT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowSource {
    /// They stand in the statement.
    Values,
    /// A query gives them.
    Query,
    Other,
}

impl<R: Read> Lexer<R> {
    /// Consumes a name, skipping the bare `keywords` that may precede it.
    pub(super) fn name_after(&mut self, keywords: &[&str]) -> Result<TableName> {
        loop {
            let quoted = self.at_quoted_name()?;
            self.note_quotes()?;
            let name = self.table_name()?;
            let keyword = name.database.is_none()
                && keywords.iter().any(|keyword| name.table.eq_ignore_ascii_case(keyword));
            if quoted || !keyword {
                return Ok(name);
            }
        }
    }

    /// Notes a table name in quotes that a mode of MySQL allows was not written for it.
    fn note_quotes(&mut self) -> Result<()> {
        let foreign = match self.next()? {
            b'"' => !self.variables.mode.ansi_quotes,
            byte => opens_name(byte) && byte != b'`',
        };
        if foreign && !self.is_mysql() {
            self.enter_sqlite();
        }
        Ok(())
    }

    fn at_quoted_name(&mut self) -> Result<bool> {
        Ok(opens_name(self.next()?))
    }

    /// Consumes the rest of `CREATE [OR REPLACE] [TEMPORARY] TABLE [IF NOT EXISTS] name`. If it
    /// creates something else, the
    /// word that was taken last is the kind of that.
    pub(super) fn creation(&mut self) -> Result<Creation> {
        let mut replaces = false;
        loop {
            self.word()?;
            if self.is("TABLE") {
                let table = self.name_after(&["IF", "NOT", "EXISTS"])?;
                return Ok(Creation { table: Some(table), replaces });
            }
            replaces |= self.is("REPLACE");
            if !["OR", "REPLACE", "TEMPORARY", "TEMP"].into_iter().any(|word| self.is(word)) {
                return Ok(Creation { table: None, replaces });
            }
        }
    }

    /// Consumes the columns of a CREATE TABLE, including generated ones (`mariadb-dump` writes a value for
    /// them); returns `None` if it has no list of columns. The second list holds the columns that follow the
    /// time zone. The rest of the statement is not consumed.
    pub(super) fn created_columns(&mut self) -> Result<Option<(Vec<String>, Vec<String>)>> {
        if !self.eat(b'(')? {
            return Ok(None);
        }
        let (mut columns, mut timestamps) = (Vec::new(), Vec::new());
        loop {
            let quoted = self.at_quoted_name()?;
            let name = self.name()?;
            if quoted || !self.begins_no_column(&name)? {
                self.word()?;
                if self.is("TIMESTAMP") {
                    timestamps.push(name.clone());
                }
                columns.push(name);
            }
            if columns.len() > MAX_VALUES {
                return Err(self.too_long());
            }
            if self.rest_of_definition()? == ScanStop::Close {
                return Ok(Some((columns, timestamps)));
            }
        }
    }

    /// Returns true if `word` begins something other than a column. PERIOD is not reserved: only `PERIOD FOR`
    /// does.
    fn begins_no_column(&mut self, word: &str) -> Result<bool> {
        if word.eq_ignore_ascii_case("PERIOD") {
            self.word()?;
            return Ok(self.is("FOR"));
        }
        Ok(NO_COLUMN.iter().any(|keyword| word.eq_ignore_ascii_case(keyword)))
    }

    /// Moves past the comma or the bracket that ends the definition and returns which it was.
    fn rest_of_definition(&mut self) -> Result<ScanStop> {
        loop {
            match self.mark()? {
                ScanStop::Open => self.rest_of_brackets()?,
                ScanStop::End => return Err(self.syntax("the statement ends inside brackets")),
                last @ (ScanStop::Comma | ScanStop::Close) => return Ok(last),
            }
        }
    }

    /// Moves past the bracket that closes the one just consumed.
    pub(super) fn rest_of_brackets(&mut self) -> Result<()> {
        let mut depth = 1_u64;
        while depth > 0 {
            match self.mark()? {
                ScanStop::Open => depth += 1,
                ScanStop::Close => depth -= 1,
                ScanStop::Comma => {}
                ScanStop::End => return Err(self.syntax("the statement ends inside brackets")),
            }
        }
        Ok(())
    }

    /// Consumes the column list of an INSERT, if it has one.
    pub(super) fn named_columns(&mut self) -> Result<Option<Vec<String>>> {
        if !self.eat(b'(')? {
            return Ok(None);
        }
        let mut columns = Vec::new();
        self.items(|lexer| {
            columns.push(lexer.name()?);
            if columns.len() > MAX_VALUES { Err(lexer.too_long()) } else { Ok(()) }
        })?;
        Ok(Some(columns))
    }

    /// Consumes the values of a row whose opening bracket was just consumed.
    pub(super) fn values(&mut self) -> Result<Vec<Value>> {
        let mut values = Vec::new();
        let mut bytes = 0;
        self.items(|lexer| {
            values.push(lexer.value()?);
            bytes += lexer.text().len();
            if values.len() > MAX_VALUES || bytes > MAX_ROW_BYTES { Err(lexer.too_long()) } else { Ok(()) }
        })?;
        Ok(values)
    }

    /// Consumes items separated by commas, and the closing bracket.
    fn items(&mut self, mut item: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        if self.eat(b')')? {
            return Ok(());
        }
        loop {
            item(self)?;
            if self.eat(b')')? {
                return Ok(());
            }
            if !self.eat(b',')? {
                return Err(self.syntax("a comma or a closing bracket is missing"));
            }
        }
    }

    /// Moves past VALUES, or past the word with which a query begins.
    pub(super) fn row_source(&mut self) -> Result<RowSource> {
        if self.word()?.is_empty() && self.next()? == b'(' {
            return Ok(RowSource::Query);
        }
        let is_one_of = |words: &[&str]| words.iter().any(|word| self.is(word));
        Ok(if is_one_of(&["VALUES", "VALUE"]) {
            RowSource::Values
        } else if is_one_of(&["SELECT", "WITH", "TABLE"]) {
            RowSource::Query
        } else {
            RowSource::Other
        })
    }

    /// Consumes the separator after a row and returns true if another row follows. If not, the statement is
    /// consumed.
    pub(super) fn row_follows(&mut self) -> Result<bool> {
        if self.eat(b',')? {
            return Ok(true);
        }
        if self.end()? {
            return Ok(false);
        }
        self.word()?;
        if !self.is("ON") && !self.is("AS") {
            return Err(self.syntax("a comma or the end of the statement is missing"));
        }
        self.skip_statement()?;
        Ok(false)
    }

    /// Counts the rows of an INSERT after its table's name without building or checking them, and consumes the
    /// behind; `None`
    /// where a query gives them.
    pub(super) fn count_rows(&mut self) -> Result<Option<u64>> {
        if self.eat(b'(')? {
            self.rest_of_brackets()?;
            if self.end()? {
                return Ok(None);
            }
        }
        let source = self.row_source()?;
        let mut rows = 0;
        let mut more = source == RowSource::Values;
        while more && self.eat(b'(')? {
            self.rest_of_brackets()?;
            rows += 1;
            more = self.eat(b',')?;
        }
        self.skip_statement()?;
        Ok((source != RowSource::Query).then_some(rows))
    }
}
