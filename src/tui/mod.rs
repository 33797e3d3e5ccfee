//! Layer 3: the console, pure: no terminal, no store, no clock, no thread.
//!
//! [`model::Model`] is the root. It takes an [`effect::Msg`] and the time, and returns [`effect::Effect`]s as plain
//! data; drawing only reads.

pub mod account_completion;
pub mod appearance;
pub mod context;
pub mod dialog;
pub mod effect;
pub mod key_debounce;
pub mod keymap;
pub mod keys;
pub mod model;
pub mod overlays;
pub mod pending;
pub mod plain;
pub mod pointer;
pub mod preferences;
pub mod route;
pub mod runbook;
pub mod screens;
pub mod startup;
#[cfg(test)]
pub(crate) mod testing;
pub mod theme;
pub mod trail;
pub mod widgets;

#[cfg(test)]
mod tests;
