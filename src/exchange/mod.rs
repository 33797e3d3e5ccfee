//! Layer 1: streaming readers of foreign formats, and packing, in constant memory.
//!
//! Nothing that is read is ever executed. Only [`sqlite_file`] opens a file: SQLite cannot read a stream.

pub mod pack;
pub mod sql_dump;
pub mod sqlite_file;
pub mod unpack;
