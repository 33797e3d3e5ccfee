//! Floor 0: what NEXUS knows. Plain data and rules.
//!
//! Nothing here reads a clock, a file or the environment; time is always an argument.

pub mod secret;
