//! Layer 0: plain data and rules.
//!
//! Nothing here reads a clock, a file or the environment; time is always an argument.

pub mod access;
pub mod backup;
pub mod bin;
pub mod calendar;
pub mod clock;
pub mod color;
pub mod columns;
pub mod config;
pub mod day;
pub mod dependents;
pub mod difference;
pub mod directory;
pub mod erasure;
pub mod failed_tries;
pub mod filter;
pub mod finding;
pub mod foreign;
pub mod idle_settings;
pub mod integrity;
pub mod journal;
pub mod key_settings;
pub mod list_columns;
pub mod local_zone;
pub mod name;
pub mod nearest;
mod number_setting;
pub mod operation;
pub mod overview;
pub mod page;
pub mod palette;
pub mod search_settings;
pub mod secret;
pub mod session;
pub mod session_settings;
pub mod settings;
pub mod sort_names;
pub(crate) mod sqlite;
pub mod store_url;
pub mod stored_table;
pub mod text;
pub mod time;
pub mod user;
pub mod zone;
