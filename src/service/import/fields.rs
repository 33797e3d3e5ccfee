//! One row's values by their columns.

use crate::domain::foreign::{Row, Value};
use crate::domain::time::{Timestamp, from_stored};
use crate::service::contract::ImportReport;

/// The largest id that is taken: every program reads it exactly (RFC 8259, section 6), and later ones still fit.
const MAX_ID: i64 = (1 << 53) - 1;

/// Why a row is refused, in plain words.
pub(super) type Reason = String;

/// A row whose values are found, and taken, by column.
pub(super) struct Fields {
    row: Row,
    /// The columns where the source names none.
    table: &'static [&'static str],
}

impl Fields {
    /// The row's values under its own columns, or, where the file names none, under the table's. Columns that are not
    /// the table's are noted in the report.
    ///
    /// # Errors
    /// The row has more or fewer values than columns.
    pub(super) fn of(
        row: Row,
        table: &'static [&'static str],
        report: &mut ImportReport,
    ) -> Result<Self, Reason> {
        let own = row.columns.as_deref().unwrap_or_default();
        // Nearly always they are the table's, in its order.
        if !own.iter().map(String::as_str).eq(table.iter().copied()) {
            for column in own.iter().filter(|own| !table.iter().any(|known| known.eq_ignore_ascii_case(own)))
            {
                let name = format!("{}.{column}", row.table);
                if !report.unknown_columns.contains(&name) {
                    report.unknown_columns.push(name);
                }
            }
        }
        let (values, names) = (row.values.len(), row.columns.as_ref().map_or(table.len(), |own| own.len()));
        if values != names {
            let than = if values > names { "more" } else { "fewer" };
            return Err(format!("has {than} values than columns ({values}, not {names})"));
        }
        Ok(Self { row, table })
    }

    /// The place of a column; `None` where the row has no such column.
    fn place(&self, column: &str) -> Option<usize> {
        match &self.row.columns {
            Some(own) => own.iter().position(|name| name.eq_ignore_ascii_case(column)),
            None => self.table.iter().position(|name| *name == column),
        }
    }

    /// Takes a text; `None` for NULL and for a column that is not there.
    pub(super) fn text(&mut self, column: &str) -> Result<Option<String>, Reason> {
        let Some(value) = self.place(column).and_then(|at| self.row.values.get_mut(at)) else {
            return Ok(None);
        };
        match std::mem::replace(value, Value::Null) {
            Value::Null => Ok(None),
            Value::Text(text) | Value::Number(text) => Ok(Some(text)),
            Value::Bytes(_) => Err(format!("{column} is no UTF-8 text")),
            Value::Expression(word) => Err(format!("{column} holds {word}, whose value is not in the file")),
        }
    }

    /// Takes a text that must be there.
    pub(super) fn required(&mut self, column: &str) -> Result<String, Reason> {
        self.text(column)?.ok_or_else(|| format!("{column} is missing"))
    }

    /// A positive whole number; `None` for NULL, zero and a column that is not there.
    pub(super) fn id(&mut self, column: &str) -> Result<Option<i64>, Reason> {
        let Some(text) = self.text(column)? else { return Ok(None) };
        match text.parse::<i64>() {
            Ok(0) => Ok(None),
            Ok(id) if id > MAX_ID => Err(format!("{column} is too large: {text}")),
            Ok(id) if id > 0 => Ok(Some(id)),
            _ => Err(format!("{column} is no id: {text}")),
        }
    }

    /// A time that is needed: NULL, zero and impossible dates are refused; a column that is not there is `otherwise`.
    pub(super) fn time(&mut self, column: &str, otherwise: Timestamp) -> Result<Timestamp, Reason> {
        if self.place(column).is_none() {
            return Ok(otherwise);
        }
        let text = self.required(column)?;
        from_stored(&text).ok_or_else(|| format!("{column} is no possible date: {text}"))
    }

    /// A time that may be missing: zero and impossible dates count as none.
    pub(super) fn optional_time(&mut self, column: &str) -> Result<Option<Timestamp>, Reason> {
        Ok(self.text(column)?.as_deref().and_then(from_stored))
    }

    /// A word out of a few; `None` for a column that is not there.
    pub(super) fn word<T>(
        &mut self,
        column: &str,
        parse: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Reason> {
        if self.place(column).is_none() {
            return Ok(None);
        }
        let text = self.required(column)?;
        parse(&text).map(Some).ok_or_else(|| format!("{column} cannot be “{text}”"))
    }
}
