//! Layer 1: streaming readers and writers of foreign formats, and packing, in constant memory.
//!
//! Nothing that is read is ever executed. Only [`sqlite_file`] opens a file: SQLite cannot read a stream.

mod csv_cell;
pub mod csv_rows;
pub mod export;
pub mod json_rows;
pub mod pack;
pub mod sql_dump;
pub mod sqlite_file;
pub mod table_error;
pub mod unpack;
pub mod zip_files;
