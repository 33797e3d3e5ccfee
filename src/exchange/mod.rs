//! Layer 1: foreign formats in and out: streaming, in constant memory, no store, no file system.
//!
//! Nothing that is read is ever executed.

pub mod sql_dump;
pub mod unpack;
