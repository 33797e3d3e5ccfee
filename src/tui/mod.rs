//! Floor 3: the console, pure: no terminal, no store, no clock, no thread.

pub mod effect;
