//! Floor 2: what an operator can ask for, one file per group of use cases.
//!
//! Here it is decided who may do what and what else must change in the same transaction. Both faces, the console
//! and the commands, come in through [`perform`] with the same [`contract::Request`]s.

use std::ops::ControlFlow;

use crate::domain::time::Timestamp;
use crate::store::Store;

pub mod contract;
mod sentence;

use contract::{Caller, Failure, FailureKind, Progress, Reply, Request};

/// What a request is done with: the store, and what the top floor knows about the world.
pub struct Desk {
    /// The rows.
    pub store: Box<dyn Store>,
    /// This process and its terminal.
    pub here: Here,
}

/// This process and its terminal, as sessions are labelled with them.
#[derive(Debug, Clone)]
pub struct Here {
    /// Terminal or address the operator sits at: `pts/3`, `10.0.4.7`.
    pub terminal: String,
    /// Boot id, pid and start time in one text.
    pub process: String,
    /// Whether the process that such a text names still runs.
    pub is_alive: fn(&str) -> bool,
}

/// The circumstances of one request.
pub struct Call<'a> {
    /// Who asks.
    pub caller: Caller,
    /// The time.
    pub now: Timestamp,
    /// Do everything, say what it came to, and undo it (`--dry-run`, and the counts in a box that asks).
    pub rehearsal: bool,
    /// Told now and then how far long work is; [`ControlFlow::Break`] stops it, and nothing has changed then.
    pub progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

/// Does what was asked for, or nothing.
///
/// # Errors
/// A [`Failure`]; nothing has changed then.
pub fn perform(desk: &mut Desk, call: Call<'_>, request: Request) -> Result<Reply, Failure> {
    let _ = (desk, call, request);
    Err(Failure::new(FailureKind::Other, "not built yet"))
}
