//! Accounts: a row of the users table, its fields and their rules, and references to it.

mod account;
mod fields;
mod rules;
mod state;
mod who;

pub use account::{AccessLevel, AccountNames, Status, User, UserColumn, UserId};
pub use fields::{FIELDS, Field, FieldKind, FieldSpec, FieldTable, Fields};
pub use state::{AccountState, Shut};
pub use who::Who;
