//! Why a dump cannot be read.

/// Why a dump could not be read to its end. It quotes nothing but the lines of tools and the names of time zones: rows may
/// be hostile or secret.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The file ends too early: inside a statement, or without the mark of its end.
    #[error("the file is cut off at line {line}")]
    CutOff {
        /// Where it ends, counted from 1.
        line: u64,
    },
    /// What stands here is not what a dump tool writes.
    #[error("line {line}: {what}")]
    Syntax {
        /// Where it stands, counted from 1.
        line: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// A line that a tool wrote for people, not for the database.
    #[error("line {line} is no SQL: “{text}”")]
    NotSql {
        /// Where it stands, counted from 1.
        line: u64,
        /// The line, shortened.
        text: String,
        /// Whether it says that the dump failed.
        failed: bool,
    },
    /// The tool wrote into the file that it could not read all of the database.
    #[error("line {line}: the tool that made this file met errors and gave up")]
    GaveUp {
        /// Where it says so, counted from 1.
        line: u64,
    },
    /// Times are in a zone that NEXUS does not know.
    #[error("line {line}: the time zone “{zone}” is unknown")]
    UnknownZone {
        /// Where the first row with such times stands, counted from 1.
        line: u64,
        /// The zone, shortened.
        zone: String,
    },
    /// The file is something else altogether.
    #[error("this is no SQL dump: {0}")]
    NotADump(&'static str),
    /// Larger than [`MAX_VALUE_BYTES`](super::MAX_VALUE_BYTES), [`MAX_ROW_BYTES`](super::MAX_ROW_BYTES),
    /// [`MAX_VALUES`](super::MAX_VALUES) or [`MAX_TABLES`](super::MAX_TABLES) allow.
    #[error("line {line}: a name, a value, a row or a list is too long here")]
    TooLong {
        /// Where the limit was passed, counted from 1.
        line: u64,
    },
    /// The input could not be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
}
