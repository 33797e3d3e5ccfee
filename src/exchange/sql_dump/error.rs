//! Errors of the dump reader.

/// An error that ends the reading of a dump. It quotes only lines of tools and names of time zones: rows may be
/// hostile or secret.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The file ends too early: inside a statement, or without its end mark.
    #[error("the file is cut off at line {line}")]
    CutOff {
        /// The last line, counted from 1.
        line: u64,
    },
    /// A text that no dump tool writes.
    #[error("line {line}: {what}")]
    Syntax {
        /// The line, counted from 1.
        line: u64,
        /// A description of the error.
        what: &'static str,
    },
    /// A line that a tool wrote for people, not for the database.
    #[error("line {line} is not SQL: “{text}”")]
    NotSql {
        /// The line's number, counted from 1.
        line: u64,
        text: String,
        /// True if the line says that the dump failed.
        failed: bool,
    },
    /// The tool wrote into the file that it could not read all of the database.
    #[error("line {line}: the tool that made this file met errors and gave up")]
    GaveUp {
        /// The line that says so, counted from 1.
        line: u64,
    },
    /// A time zone that NEXUS does not know.
    #[error("line {line}: the time zone “{zone}” is unknown")]
    UnknownZone {
        /// The line of the first row with such times, counted from 1.
        line: u64,
        /// The time zone, shortened.
        zone: String,
    },
    /// The file is something else altogether.
    #[error("this is not an SQL dump: {0}")]
    NotADump(&'static str),
    /// A size beyond [`MAX_VALUE_BYTES`](super::MAX_VALUE_BYTES), [`MAX_ROW_BYTES`](super::MAX_ROW_BYTES),
    /// [`MAX_VALUES`](super::MAX_VALUES) or [`MAX_TABLES`](super::MAX_TABLES).
    #[error("line {line}: a name, a value, a row or a list is too long here")]
    TooLong {
        /// The line that passed the limit, counted from 1.
        line: u64,
    },
    /// The input could not be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
}
