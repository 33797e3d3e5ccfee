//! Floor 3: the console, pure: no terminal, no store, no clock, no thread.
//!
//! [`model::Model`] is the root. It takes a [`effect::Msg`] and the time, and returns [`effect::Effect`]s as plain
//! data; drawing only reads.

pub mod doing;
pub mod effect;
pub mod keys;
pub mod model;
pub mod overlays;
pub mod runbook;
pub mod screens;
pub mod start;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod tickets;
pub mod typing;
pub mod widgets;
