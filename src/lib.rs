//! NEXUS: the operator's console for the accounts of a media server.
//!
//! # The floors
//!
//! A module imports only from floors below its own; `tests/floors.rs` reads every source file and holds it to that.
//!
//! | floor | module | what it is |
//! |---|---|---|
//! | 4 | [`runtime`] | the only hands on the world: terminal, threads, clock, signals |
//! | 3 | [`cli`] | the headless face: arguments → `Request`; `Reply` → table, JSON or CSV |
//! | 3 | [`tui`] | the console, pure: messages in, effects out, drawing only reads |
//! | 2 | [`service`] | what an operator can ask for; who may; what changes in one transaction |
//! | 1 | [`store`] | where rows live; all SQL is in `store::sqlite` |
//! | 1 | [`auth`] | hashing, tokens, codes, the policy for passwords |
//! | 1 | [`exchange`] | foreign formats: streaming readers, no store, no file system |
//! | 0 | [`domain`] | what NEXUS knows: plain data and rules |
//!
//! The directories on disk will stand beside `store` as a floor of their own; until then directories are rows only,
//! and what touches them goes through `service::directories` and `service::homes`.
//!
//! # The way of one keystroke
//!
//! 1. `runtime::input` reads a key and puts [`Msg::Key`](tui::effect::Msg::Key) into the one inbox.
//! 2. The loop takes it, reads the clock once, and calls [`Model::update`](tui::model::Model::update).
//! 3. The root offers it to the box on top, else to the screen in front, else to the keys that hold everywhere.
//! 4. The screen finds it in its table and returns [`Ask`](tui::effect::Ask)s: plain data, nothing has happened yet.
//! 5. The root turns them into [`Effect`](tui::effect::Effect)s; a request gets a ticket.
//! 6. A worker runs [`service::perform`]; the screen says "working" meanwhile and keys keep working.
//! 7. The reply comes back through the same inbox; one that nobody waits for any more is dropped.
//! 8. The loop draws, and only what changed goes to the terminal.
//!
//! `nexus user delete ann --yes` enters at step 6 with the same [`Request`](service::contract::Request).

pub mod auth;
pub mod cli;
pub mod domain;
pub mod exchange;
pub mod runtime;
pub mod service;
pub mod store;
pub mod tui;
