//! The request for an import.

use std::path::PathBuf;

use crate::domain::zone::Zone;

/// The import of a foreign database → [`Reply::Imported`](super::Reply::Imported).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The file, as the operator named it.
    pub file: PathBuf,
    /// Imports the good rows and reports the bad ones, instead of importing nothing.
    pub skip_bad_rows: bool,
    /// Replaces accounts of the store that have the same username or email.
    pub replace: bool,
    /// Keeps sessions active that have not expired.
    pub keep_sessions: bool,
    /// Prefixes that are removed from paths. The longest one that fits is taken.
    pub strip_prefixes: Vec<String>,
    /// The database to import from a dump that holds several.
    pub database: Option<String>,
    /// The time zone of the file's times, overriding what the file says.
    pub time_zone: Option<Zone>,
    /// The treatment of statements that change rows imported earlier in the file.
    pub later_statements: LaterStatements,
    /// The accounts that somebody agreed to make admins, as the report names them. `None` if nobody is asked.
    pub agreed_admins: Option<Vec<String>>,
    /// A new file for the result of each row.
    pub report: Option<PathBuf>,
}

/// The treatment of statements that change rows earlier in the file. An import cannot execute them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LaterStatements {
    /// The import is refused.
    #[default]
    Refuse,
    /// The report names them.
    Ignore,
}
