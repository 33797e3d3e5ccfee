//! NEXUS: the operator's console for the accounts of a media server.
//!
//! # The layers
//!
//! A module imports only from layers below its own; `tests/floors.rs` reads every source file and checks it.
//!
//! | layer | module | content |
//! |---|---|---|
//! | 4 | [`runtime`] | the event loop, terminal, input, workers, clock, signals: all that touches the outside |
//! | 3 | [`cli`] | the command line: arguments → `Request`; `Reply` → table, JSON or CSV; `Failure` → exit code |
//! | 3 | [`tui`] | the console, pure: messages in, effects out; drawing only reads |
//! | 2 | [`service`] | what an operator can ask for: permissions, transactions, the journal |
//! | 1 | [`store`] | the store's traits; all SQL is in `store::sqlite` |
//! | 1 | [`auth`] | hashing, tokens, codes, the rule for passwords |
//! | 1 | [`exchange`] | streaming readers and writers of foreign formats |
//! | 0 | [`domain`] | plain data and rules |
//!
//! Directories on disk will be a module of layer 1. Until then directories are rows only; all changes to them go
//! through `service::directories` and `service::homes`.
//!
//! # The path of one keystroke
//!
//! 1. `runtime::input` reads a key and sends [`Msg::Key`](tui::effect::Msg::Key) to the one inbox.
//! 2. The event loop reads the clock once and calls [`Model::update`](tui::model::Model::update).
//! 3. The model offers the key to the overlay, then to the screen in front, then to the global keys.
//! 4. The screen looks it up in its key table and returns [`Ask`](tui::effect::Ask)s; nothing has happened yet.
//! 5. The model turns them into [`Effect`](tui::effect::Effect)s; a request gets an id and is recorded as pending.
//! 6. A worker runs [`service::perform`]; the screen shows "working" and keys keep working.
//! 7. The service checks permissions and calls the store and auth, an action in one transaction.
//! 8. The reply comes back through the inbox. A reply that nobody waits for is dropped; a failure is still shown.
//! 9. The loop draws, and only the differences go to the terminal.
//!
//! `nexus user delete ann --yes` enters at step 6 with the same [`Request`](service::contract::Request).
//!
//! # Glossary
//!
//! | term | meaning |
//! |---|---|
//! | operator | somebody who is logged in to the console, or who runs a command |
//! | account | a row of the users table; its *level* is user or admin |
//! | usable admin | a confirmed, unexpired admin account whose password hash NEXUS accepts; one must always remain |
//! | session | a row of the session-token table; *active* while its row, its time and its account allow it |
//! | access code | a one-time code with which the owner of an account sets a password |
//! | home | the topmost directory of an account, with its libraries below it |
//! | store | the database: one SQLite file |
//! | action | a change that an operator asks for, on one row or in bulk; undone as a unit |
//! | journal | the record of every action; its entries form a hash chain, and its *head* is the newest one |
//! | bin | deleted accounts and trashed directories, one *item* each, until they are restored or purged |
//! | request, reply | a question or action for the service, and its result; the same for the console and commands |
//! | selection | the rows of an action: ids, or all rows that match a filter |
//! | dry run | an action that is executed and rolled back, to count and show its effects |
//! | effect | something that the console wants done outside its model, as plain data |
//! | runbook | a recorded console session as a shell script of commands |

pub mod auth;
pub mod cli;
pub mod domain;
pub mod exchange;
pub mod runtime;
pub mod service;
pub mod store;
pub mod tui;
