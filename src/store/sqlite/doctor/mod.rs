//! The checks of `nexus doctor`.
//!
//! `checks` is the table of all checks: `surroundings` looks at the file system and the files, `rows` at what the rows say; the
//! pages, the schema, the data that triggers keep and the journal's chain have modules of their own outside. `examine` makes
//! the checks, and `repair` fixes what they find.

mod check_context;
mod checks;
mod examine;
mod repair;
mod rows;
mod schema_version;
mod surroundings;

pub(super) use check_context::CheckContext;
pub(super) use examine::findings;
pub(super) use repair::mend_files;
pub(super) use surroundings::WRITER;
