//! NEXUS: the operator's console for the accounts of a media server.

pub mod auth;
pub mod cli;
pub mod domain;
pub mod exchange;
pub mod runtime;
pub mod service;
pub mod store;
pub mod tui;
