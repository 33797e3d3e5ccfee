//! A table as its CREATE statement and SQLite's pragmas describe it. The pragmas know nothing of CHECKs, and of neither
//! conflict clauses nor deferred foreign keys: those are read from the text.

use rusqlite::{Connection, Row};

use crate::store::Result;
use crate::store::sqlite::error;
use crate::store::sqlite::statement::all;
use crate::store::sqlite::values::{optional, text};

use super::expected::name_in_sql;
use super::sql::{PlacedToken, SqlToken, canonical, group_end, tokens};

/// A column, as `table_xinfo` and SQLite's column metadata tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TableColumn {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) not_null: bool,
    pub(super) default: Option<Vec<SqlToken>>,
    /// Its place in the primary key, from 1; 0 outside.
    pub(super) key: i64,
    /// Not 0 for a generated or hidden column.
    pub(super) hidden: i64,
    pub(super) collation: String,
    pub(super) is_autoincrement: bool,
}

impl TableColumn {
    /// Returns `true` where an INSERT that does not name the column leaves NULL in it.
    pub(super) fn is_left_null(&self) -> bool {
        self.hidden == 0 && !self.not_null && self.default.as_deref().is_none_or(is_null)
    }

    /// Returns `true` where an INSERT need not name the column.
    pub(super) fn can_be_left_out(&self) -> bool {
        !self.not_null || self.default.as_deref().is_some_and(|default| !is_null(default))
    }
}

fn is_null(default: &[SqlToken]) -> bool {
    matches!(default, [word] if word.is("null"))
}

/// A foreign key, as `foreign_key_list` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ForeignKey {
    pub(super) table: String,
    /// The columns here and there; `id` is what an empty one there stands for.
    pub(super) columns: Vec<(String, String)>,
    /// On update, on delete, match.
    pub(super) actions: [String; 3],
}

/// An index, as `index_list` and `index_xinfo` tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) is_unique: bool,
    /// `c` for CREATE INDEX, `u` for a UNIQUE constraint, `pk` for a primary key.
    pub(super) origin: String,
    pub(super) is_partial: bool,
    /// Name (`None` for an expression), descending, collation.
    pub(super) columns: Vec<(Option<String>, bool, String)>,
}

/// A CHECK constraint, by its tokens and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CheckConstraint {
    pub(super) tokens: Vec<SqlToken>,
    /// As it is written.
    pub(super) source: String,
}

/// A column or constraint between the commas of a CREATE TABLE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TableItem {
    /// The column's name in lower case; `None` for a constraint of the table.
    pub(super) column: Option<String>,
    pub(super) tokens: Vec<SqlToken>,
    pub(super) source: String,
    pub(super) checks: Vec<CheckConstraint>,
    /// `ON CONFLICT …` and `DEFERRABLE …` clauses, and a primary key's `DESC`.
    pub(super) clauses: Vec<String>,
}

impl TableItem {
    /// Returns `true` where one of these columns is named.
    pub(super) fn names_any(&self, columns: &[TableColumn]) -> bool {
        names_any(&self.tokens, columns)
    }
}

/// Returns `true` where one of these columns is named.
pub(super) fn names_any(tokens: &[SqlToken], columns: &[TableColumn]) -> bool {
    let names = |name: &str| columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    // SQLite takes a row's number by three names more.
    let is_row_id = |name: &str| matches!(name, "rowid" | "oid" | "_rowid_");
    tokens.iter().any(|token| match token {
        SqlToken::Word(name) | SqlToken::Quoted(name) => names(name) || is_row_id(&name.to_ascii_lowercase()),
        SqlToken::Text(_) | SqlToken::Mark(_) => false,
    })
}

/// A table with all that belongs to it but its triggers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) columns: Vec<TableColumn>,
    pub(super) foreign_keys: Vec<ForeignKey>,
    pub(super) indexes: Vec<Index>,
    pub(super) definitions: Vec<TableItem>,
    /// `WITHOUT ROWID` and `STRICT`, in order.
    pub(super) options: Vec<SqlToken>,
}

impl Table {
    /// Describes a table that `connection` has, by its name and its CREATE statement.
    pub(super) fn read(
        connection: &Connection,
        name: &str,
        sql: &str,
        is_known: &dyn Fn(&str) -> bool,
    ) -> Result<Self> {
        let (definitions, options) = parse(sql, is_known);
        Ok(Self {
            columns: columns(connection, name)?,
            foreign_keys: foreign_keys(connection, name)?,
            indexes: indexes(connection, name)?,
            definitions,
            options,
        })
    }

    /// Returns the column with this name.
    pub(super) fn column(&self, name: &str) -> Option<&TableColumn> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<TableColumn>> {
    let sql = format!("PRAGMA main.table_xinfo({})", name_in_sql(table));
    let read = |row: &Row<'_>| {
        Ok(TableColumn {
            name: text(row, 1)?,
            kind: text(row, 2)?.to_ascii_uppercase(),
            not_null: row.get(3)?,
            default: optional(row, 4)?.map(|sql| bare_default(&sql)),
            key: row.get(5)?,
            hidden: row.get(6)?,
            collation: String::new(),
            is_autoincrement: false,
        })
    };
    let mut columns = all(connection, &sql, [], read)?;
    for column in &mut columns {
        let (_, collation, _, _, is_autoincrement) =
            connection.column_metadata(Some("main"), table, column.name.as_str()).map_err(error::of)?;
        column.collation = collation.map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
        column.is_autoincrement = is_autoincrement;
    }
    Ok(columns)
}

/// Returns the tokens of a default without the parentheses around all of it.
fn bare_default(sql: &str) -> Vec<SqlToken> {
    let found = tokens(sql);
    let mut inner = found.as_slice();
    while let [first, between @ .., _] = inner
        && first.token == SqlToken::Mark('(')
        && group_end(inner, 0) == inner.len()
    {
        inner = between;
    }
    canonical(inner, &|_| false)
}

fn foreign_keys(connection: &Connection, table: &str) -> Result<Vec<ForeignKey>> {
    let sql = format!("PRAGMA main.foreign_key_list({})", name_in_sql(table));
    let read = |row: &Row<'_>| {
        let number: i64 = row.get(0)?;
        let lower = |at| text(row, at).map(|name| name.to_ascii_lowercase());
        let there = optional(row, 4)?.map_or_else(|| "id".to_owned(), |name| name.to_ascii_lowercase());
        let actions = [lower(5)?, lower(6)?, lower(7)?];
        Ok((number, ForeignKey { table: lower(2)?, columns: vec![(lower(3)?, there)], actions }))
    };
    let mut keys: Vec<(i64, ForeignKey)> = Vec::new();
    for (number, part) in all(connection, &sql, [], read)? {
        match keys.iter_mut().find(|(known, _)| *known == number) {
            Some((_, key)) => key.columns.extend(part.columns),
            None => keys.push((number, part)),
        }
    }
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}

/// Returns the indexes of a table.
pub(super) fn indexes(connection: &Connection, table: &str) -> Result<Vec<Index>> {
    let sql = format!("PRAGMA main.index_list({})", name_in_sql(table));
    let read = |row: &Row<'_>| {
        Ok(Index {
            name: text(row, 1)?,
            is_unique: row.get(2)?,
            origin: text(row, 3)?,
            is_partial: row.get(4)?,
            columns: Vec::new(),
        })
    };
    let mut indexes = all(connection, &sql, [], read)?;
    for index in &mut indexes {
        let sql = format!("PRAGMA main.index_xinfo({})", name_in_sql(&index.name));
        let read = |row: &Row<'_>| {
            let name = optional(row, 2)?.map(|name| name.to_ascii_lowercase());
            Ok((row.get::<_, bool>(5)?, (name, row.get(3)?, text(row, 4)?.to_uppercase())))
        };
        let columns = all(connection, &sql, [], read)?;
        index.columns = columns.into_iter().filter(|(is_key, _)| *is_key).map(|(_, column)| column).collect();
    }
    Ok(indexes)
}

/// Reads a CREATE TABLE statement.
fn parse(sql: &str, is_known: &dyn Fn(&str) -> bool) -> (Vec<TableItem>, Vec<SqlToken>) {
    let found = tokens(sql);
    let Some(open) = found.iter().position(|placed| placed.token == SqlToken::Mark('(')) else {
        return (Vec::new(), canonical(&found, is_known));
    };
    let close = group_end(&found, open);
    let body = found.get(open + 1..close.saturating_sub(1)).unwrap_or_default();
    let mut definitions = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at <= body.len() {
        match body.get(at).map(|placed| &placed.token) {
            Some(SqlToken::Mark('(')) => at = group_end(body, at),
            Some(SqlToken::Mark(',')) | None => {
                definitions.extend(definition(sql, body.get(start..at).unwrap_or_default(), is_known));
                at += 1;
                start = at;
            }
            Some(_) => at += 1,
        }
    }
    (definitions, canonical(found.get(close..).unwrap_or_default(), is_known))
}

fn definition(sql: &str, tokens: &[PlacedToken], is_known: &dyn Fn(&str) -> bool) -> Option<TableItem> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let starts_constraint =
        ["constraint", "primary", "unique", "check", "foreign"].iter().any(|word| first.token.is(word));
    let source = |tokens: &[PlacedToken]| {
        let ends = tokens.first().zip(tokens.last());
        ends.and_then(|(first, last)| sql.get(first.range.start..last.range.end))
            .unwrap_or_default()
            .to_owned()
    };
    let mut checks = Vec::new();
    let mut clauses = Vec::new();
    let mut at = 0;
    while let Some(placed) = tokens.get(at) {
        let ahead = |n: usize| tokens.get(at + n).and_then(|placed| placed.token.name()).unwrap_or_default();
        match &placed.token {
            SqlToken::Mark('(') => {
                at = group_end(tokens, at);
                continue;
            }
            SqlToken::Word(word) if word == "check" => {
                let group = tokens.get(at + 1..group_end(tokens, at + 1)).unwrap_or_default();
                checks.push(CheckConstraint { tokens: canonical(group, is_known), source: source(group) });
            }
            SqlToken::Word(word) if word == "on" && ahead(1) == "conflict" => {
                clauses.push(format!("on conflict {}", ahead(2)));
            }
            SqlToken::Word(word) if word == "deferrable" => {
                let is_off =
                    at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|not| not.token.is("not"));
                if !is_off && ahead(1) == "initially" && ahead(2) == "deferred" {
                    clauses.push("deferrable initially deferred".to_owned());
                }
            }
            SqlToken::Word(word) if word == "key" && ahead(1) == "desc" => {
                clauses.push("primary key desc".to_owned());
            }
            _ => {}
        }
        at += 1;
    }
    let column = if starts_constraint { None } else { first.token.name() };
    let text = sql.get(first.range.start..last.range.end)?.to_owned();
    Some(TableItem { column, tokens: canonical(tokens, is_known), source: text, checks, clauses })
}
