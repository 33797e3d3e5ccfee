//! What goes in and out of the console: [`Msg`] from the runtime, [`Effect`] back to it.

use crossterm::event::KeyEvent;

use crate::service::contract::{Caller, Failure, Progress, Reply, Request};

/// Names one request that is under way; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Everything that can happen to the console, in one order.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// A key was pressed (or repeats).
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
    /// A request is through.
    Done(Ticket, Result<Reply, Failure>),
    /// A request goes on.
    Progress(Ticket, Progress),
    /// Another program, or this one, has committed a change to the store.
    StoreChanged,
    /// The time that `Model::wake_at` asked for has come.
    Woken,
    /// Back from the shell (SIGCONT): draw everything anew.
    Resumed,
    /// The process is told to end (SIGTERM, SIGHUP, the terminal is gone): log out and leave, no questions.
    Terminate,
}

/// What the runtime shall do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Let a worker do this and bring back [`Msg::Done`].
    Perform {
        /// Comes back with the reply.
        ticket: Ticket,
        /// Who asks.
        caller: Caller,
        /// What for.
        request: Request,
        /// Only find out what it would come to.
        rehearsal: bool,
    },
    /// Nobody waits for this any more: stop it if it can be stopped.
    Cancel(Ticket),
    /// Put this text into the terminal's clipboard (OSC 52).
    Copy(String),
    /// Draw every cell anew.
    Redraw,
    /// To the shell and back (SIGTSTP).
    Suspend,
    /// The end: restore the terminal and return.
    Leave,
}
