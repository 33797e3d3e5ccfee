//! Rows of a foreign database as they stand there, whatever they hold. Nothing in them has been looked at yet.

use std::fmt;
use std::rc::Rc;

use super::zone::Zone;

/// The most bytes one value may have: 16 MiB, the longest MEDIUMTEXT.
pub const MAX_VALUE_BYTES: usize = 16 * 1_024 * 1_024;
/// The most bytes all values of one row may have, as they stand in the source.
pub const MAX_ROW_BYTES: usize = 4 * MAX_VALUE_BYTES;

/// One value of a row, as the source gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `NULL`.
    Null,
    /// A text, or other bytes that are UTF-8.
    Text(String),
    /// A number as it is written, sign and exponent included.
    Number(String),
    /// Bytes that are not UTF-8.
    Bytes(Vec<u8>),
    /// The word `DEFAULT`, `CURRENT_TIMESTAMP` or the name of another call: its value is not in the file.
    Expression(String),
}

impl Value {
    /// What bytes are that may be a text or none.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        str::from_utf8(bytes).map_or_else(|_| Self::Bytes(bytes.to_vec()), |text| Self::Text(text.to_owned()))
    }
}

/// Where a row stands in its source, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowPlace {
    /// The line of a text.
    Line(u64),
    /// The row of a table, in the order in which it is kept.
    Row(u64),
}

impl fmt::Display for RowPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Row(row) => write!(f, "row {row}"),
        }
    }
}

/// One row of a foreign table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The table's name, without that of its database.
    pub table: Rc<str>,
    /// Where it stands.
    pub place: RowPlace,
    /// The columns that the source names, if it does. There may be more or fewer of them than values.
    pub columns: Option<Rc<[String]>>,
    /// The values, in the source's order.
    pub values: Vec<Value>,
    /// The zone of its times; `None` where they are UTC.
    pub zone: Option<Rc<RowZone>>,
}

/// The zone that the local times of a row are written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowZone {
    /// The zone.
    pub zone: Zone,
    /// The columns that follow the zone (MySQL's TIMESTAMP; a DATETIME does not); `None` where the source does not
    /// declare its columns.
    pub columns: Option<Rc<[String]>>,
}
