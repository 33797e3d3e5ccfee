//! Unchecked rows of a foreign database, exactly as they are stored there.

use std::fmt;
use std::sync::Arc;

use super::zone::Zone;

/// Maximum size of one value: 16 MiB, the longest MEDIUMTEXT.
pub const MAX_VALUE_BYTES: usize = 16 * 1_024 * 1_024;
/// Maximum size of all values of one row, as stored in the source.
pub const MAX_ROW_BYTES: usize = 4 * MAX_VALUE_BYTES;

/// One value of a row, as the source stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    /// A text, or other bytes that are valid UTF-8.
    Text(String),
    /// A number as written, sign and exponent included.
    Number(String),
    /// Bytes that are not valid UTF-8.
    Bytes(Vec<u8>),
    /// The word `DEFAULT`, `CURRENT_TIMESTAMP` or the name of another call: its value is not in the file.
    Expression(String),
    /// A list or an object, which no column can hold.
    Nested,
}

impl Value {
    /// Returns bytes as a text if they are valid UTF-8.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        str::from_utf8(bytes).map_or_else(|_| Self::Bytes(bytes.to_vec()), |text| Self::Text(text.to_owned()))
    }
}

/// The position of a row in its source, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowPlace {
    /// Line of a text file.
    Line(u64),
    /// Row of a table, in storage order.
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
    /// The table's name, without the database.
    pub table: Arc<str>,
    /// The row's position in the source.
    pub place: RowPlace,
    /// The column names, if the source gives any. There may be more or fewer of them than values.
    pub columns: Option<Arc<[String]>>,
    /// The values, in the source's order.
    pub values: Vec<Value>,
    /// The time zone of its times; `None` if they are UTC.
    pub zone: Option<Arc<RowZone>>,
}

/// The time zone of a row's local times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowZone {
    pub zone: Zone,
    /// The columns that follow the time zone (MySQL's TIMESTAMP; a DATETIME does not); `None` if the source
    /// does not declare its columns.
    pub columns: Option<Arc<[String]>>,
}
