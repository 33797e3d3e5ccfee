//! The values of one row, by column.

use std::cell::Cell;

use crate::domain::foreign::{Row, Value};
use crate::domain::stored_table::StoredTable;
use crate::domain::text::{excerpt, excerpt_bare};
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;
use crate::service::contract::{ImportReport, UnreadDate};

use super::times;

/// The largest id that an import accepts: every program reads it exactly (RFC 8259, section 6), and later ones still fit.
const MAX_ID: i64 = (1 << 53) - 1;
/// The most unknown columns that a report names.
const MAX_UNKNOWN_COLUMNS: usize = 1_000;
/// The most unreadable dates that a report names.
const MAX_UNREAD_DATES: usize = 1_000;
/// The only date column of the predecessor that is a DATETIME, which follows no time zone.
const NO_TIMESTAMP: &str = "expiration";

/// The reason for which a row is refused, in plain words.
pub(super) type RefusalReason = String;

/// Returns true for a column of the table.
fn has_column(table: StoredTable, name: &str) -> bool {
    table.columns_and_notes().any(|column| column.name.eq_ignore_ascii_case(name))
}

/// A row whose values are taken out by column.
pub(super) struct RowFields {
    row: Row,
    table: StoredTable,
    /// True if the row's own columns are the table's, in its order.
    is_usual: bool,
    /// The position behind the column that was found last: the next one is likely to be there.
    next: Cell<usize>,
}

impl RowFields {
    /// Reads a row by the row's own columns or by those of the table if the file names none. Notes unknown columns to the
    /// report.
    ///
    /// # Errors
    /// The row has more or fewer values than columns.
    pub(super) fn of(row: Row, table: StoredTable, report: &mut ImportReport) -> Result<Self, RefusalReason> {
        let own = row.columns.as_deref().unwrap_or_default();
        let known = table.columns();
        // Nearly always so.
        let is_usual = own.iter().map(String::as_str).eq(known.iter().map(|column| column.name));
        if !is_usual {
            for column in own.iter().filter(|own| !has_column(table, own)) {
                if report.unknown_columns.len() == MAX_UNKNOWN_COLUMNS {
                    report.more_unknown_columns += 1;
                    continue;
                }
                let name = format!("{}.{}", row.table, excerpt(column));
                if !report.unknown_columns.contains(&name) {
                    report.unknown_columns.push(name);
                }
            }
        }
        let (values, names) = (row.values.len(), row.columns.as_ref().map_or(known.len(), |own| own.len()));
        if values != names {
            let than = if values > names { "more" } else { "fewer" };
            return Err(format!("has {than} values than columns ({values}, not {names})"));
        }
        Ok(Self { row, table, is_usual, next: Cell::new(0) })
    }

    /// Returns the position of a column, or `None` if the row has no such column.
    fn place(&self, column: &str) -> Option<usize> {
        let next = self.next.get();
        let found = match &self.row.columns {
            Some(own) if self.is_usual && own.get(next).is_some_and(|name| name == column) => Some(next),
            Some(own) => own.iter().position(|name| name.eq_ignore_ascii_case(column)),
            None => self.table.columns().iter().position(|known| known.name == column),
        };
        if let Some(found) = found {
            self.next.set(found + 1);
        }
        found
    }

    /// Takes a text. Returns `None` for NULL and for a missing column.
    pub(super) fn text(&mut self, column: &str) -> Result<Option<String>, RefusalReason> {
        let Some(value) = self.place(column).and_then(|at| self.row.values.get_mut(at)) else {
            return Ok(None);
        };
        match std::mem::replace(value, Value::Null) {
            Value::Null => Ok(None),
            Value::Text(text) | Value::Number(text) => Ok(Some(text)),
            Value::Bytes(_) => Err(format!("{column} is not UTF-8 text")),
            Value::Expression(word) => {
                Err(format!("{column} holds {}, whose value is not in the file", excerpt(&word)))
            }
            Value::Nested => Err(format!("{column} is a list or an object")),
        }
    }

    /// Takes a text that must not be missing.
    pub(super) fn required(&mut self, column: &str) -> Result<String, RefusalReason> {
        self.text(column)?.ok_or_else(|| format!("{column} is missing"))
    }

    /// Takes a name by which an account is found.
    pub(super) fn name(&mut self, column: &str) -> Result<Option<String>, RefusalReason> {
        match self.text(column)? {
            // SQLite compares only up to a NUL, so two such names would be equal.
            Some(name) if name.contains('\0') => Err(format!("{column} holds a NUL character")),
            name => Ok(name.filter(|name| !name.is_empty())),
        }
    }

    /// Takes a positive whole number. Returns `None` for NULL, zero and a missing column.
    pub(super) fn id(&mut self, column: &str) -> Result<Option<i64>, RefusalReason> {
        let Some(text) = self.text(column)? else { return Ok(None) };
        match text.parse::<i64>() {
            Ok(0) => Ok(None),
            Ok(id) if id > MAX_ID => Err(format!("{column} is too large: {}", excerpt(&text))),
            Ok(id) if id > 0 => Ok(Some(id)),
            _ => Err(format!("{column} is not an id: {}", excerpt(&text))),
        }
    }

    /// Returns the time zone of a column; `None` for UTC.
    fn zone(&self, column: &str) -> Option<Zone> {
        let zone = self.row.zone.as_ref()?;
        let follows = match &zone.columns {
            Some(columns) => columns.iter().any(|name| name.eq_ignore_ascii_case(column)),
            None => column != NO_TIMESTAMP,
        };
        follows.then_some(zone.zone)
    }

    /// Takes a required time; refuses NULL, zero and impossible dates, and returns `otherwise` for a missing column.
    pub(super) fn time(&mut self, column: &str, otherwise: Timestamp) -> Result<Timestamp, RefusalReason> {
        if self.place(column).is_none() {
            return Ok(otherwise);
        }
        let text = self.required(column)?;
        let zone = self.zone(column);
        times::read(&text, zone).ok_or_else(|| match zone.filter(|_| times::read(&text, None).is_some()) {
            Some(zone) => format!("{column} is not a time that clocks showed in {zone}: {}", excerpt(&text)),
            None => format!("{column} is not a possible date: {}", excerpt(&text)),
        })
    }

    /// Takes an optional time; an impossible date counts as none and is added to the report.
    pub(super) fn optional_time(
        &mut self,
        column: &'static str,
        report: &mut ImportReport,
    ) -> Result<Option<Timestamp>, RefusalReason> {
        let Some(text) = self.text(column)?.filter(|text| !text.is_empty()) else { return Ok(None) };
        let time = times::read(&text, self.zone(column));
        if time.is_none() {
            if report.unread_dates.len() < MAX_UNREAD_DATES {
                let text = excerpt(&text).into_owned();
                let (table, place) = (self.table.name(), self.row.place);
                report.unread_dates.push(UnreadDate { table, place, column, text });
            } else {
                report.more_unread_dates += 1;
            }
        }
        Ok(time)
    }

    /// Takes a flag, which is false for NULL and for a missing column.
    pub(super) fn flag(&mut self, column: &str) -> Result<bool, RefusalReason> {
        let Some(text) = self.text(column)? else { return Ok(false) };
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" | "" => Ok(false),
            _ => Err(format!("{column} cannot be “{}”", excerpt_bare(&text))),
        }
    }

    /// Takes one of a few words; `None` for a missing column.
    pub(super) fn word<T>(
        &mut self,
        column: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, RefusalReason> {
        if self.place(column).is_none() {
            return Ok(None);
        }
        let text = self.required(column)?;
        parse(&text).map(Some).ok_or_else(|| format!("{column} cannot be “{}”", excerpt_bare(&text)))
    }
}

/// Returns a rule as the end of a sentence about a name.
pub(super) fn said(rule: &str) -> String {
    if rule.starts_with("must") { rule.to_owned() } else { format!("breaks a rule ({rule})") }
}
