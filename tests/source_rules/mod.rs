//! Rules for the source text that neither the compiler nor clippy checks.

mod cycles;
mod docs;
pub(crate) mod files;
mod layout;
pub(crate) mod tokens;
