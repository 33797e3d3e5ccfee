//! What goes in and out: [`Msg`] from the runtime, [`Ask`] from a screen to the root, [`Effect`] back to the runtime.

use std::path::PathBuf;

use crossterm::event::KeyEvent;

use super::dialog::Dialog;
use super::route::Route;
use crate::domain::clock::ClockBehind;
use crate::domain::secret::Pasted;
use crate::service::contract::{Caller, Failure, FailureKind, Operator, Progress, Reply, Request};

/// Names one request that is under way; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// Everything that can happen to the console, in one order.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// A key was pressed (or repeats).
    Key(KeyEvent),
    /// Text was pasted.
    Paste(Pasted),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
    /// A request is through.
    Done(RequestId, Result<Reply, Failure>),
    /// A request goes on.
    Progress(RequestId, Progress),
    /// Another program, or this one, has committed a change to the store.
    StoreChanged,
    /// The wall clock is behind the journal, or right again.
    Clock(Option<ClockBehind>),
    /// Damage in the store's file is remembered, here or by another program.
    Damaged(Failure),
    /// The time that `Model::wake_at` asked for has come.
    Woken,
    /// The runbook is begun, or it cannot be written (any more).
    Recording(Result<(), Failure>),
    /// Back from the shell (SIGCONT): draw everything anew.
    Resumed,
    /// What [`Effect::Watch`] asked about is on the terminal. What was typed before it came earlier than this.
    Drawn(RequestId),
    /// The process is told to end (SIGTERM, SIGHUP, the terminal is gone): log out and leave, no questions.
    Terminate,
}

/// What one read of a screen is for; a newer read for the same purpose supersedes the older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// The rows of the list.
    Rows,
    /// What stands beside the row under the cursor.
    Detail,
    /// The rows of a marked range that reaches beyond what is loaded.
    Range,
    /// What will be needed in a moment.
    Prefetch,
    /// Anything else that a screen asks once at a time.
    Single,
}

/// What a screen or an overlay wants of the root. Plain data: nothing has happened yet.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Sends a read; the reply comes to this screen.
    Query(Slot, Request),
    /// Sends a request that writes but is no action to ask about or to undo, such as a log-in; the reply comes to this
    /// screen.
    Perform(Slot, Request),
    /// Submits an action: the root asks first where that is needed, shows the result, and has lists read again.
    Submit(Request),
    /// Opens a dialog on top of the screen.
    Open(Dialog),
    /// Take the box on top away.
    Close,
    /// To another screen.
    Go(Route),
    /// Somebody has logged in (or unlocked).
    Enter(Operator),
    /// Say this for a moment.
    Notice(String),
    /// Say this until a key is pressed.
    ShowError(Failure),
    /// Put this text into the terminal's clipboard.
    Copy(String),
    /// Write a runbook into this file from now on; without one, write no more.
    Record(Option<PathBuf>),
    /// Press these keys, as if they had been typed (from the palette).
    Press(String),
    /// Run the command of this name with an argument (from the palette).
    Command(&'static str, String),
    /// To this row of the list, counted from 0.
    Row(u64),
    /// Ask to leave.
    Quit,
}

impl Ask {
    /// Says why a key did nothing.
    pub fn refusal(why: impl Into<String>) -> Self {
        Self::ShowError(Failure::new(FailureKind::Invalid, why))
    }
}

/// What the runtime shall do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Let a worker do this and bring back [`Msg::Done`].
    Perform {
        /// Comes back with the reply.
        request_id: RequestId,
        /// Who asks.
        caller: Caller,
        /// What for.
        request: Request,
        /// Only find out what it would come to.
        dry_run: bool,
    },
    /// Nobody waits for this any more: stop it if it can be stopped.
    Cancel(RequestId),
    /// Send [`Msg::Drawn`], behind all that was typed until then, once the next frame is on the terminal.
    Watch(RequestId),
    /// Put this text into the terminal's clipboard (OSC 52).
    Copy(String),
    /// Make this file, which must not be there, and begin the runbook in it; [`Msg::Recording`] says how it went.
    StartRunbook {
        /// Where.
        file: PathBuf,
        /// What it begins with.
        header: String,
    },
    /// Add this to the runbook; [`Msg::Recording`] comes where that fails.
    WriteRunbook(String),
    /// The runbook is whole.
    EndRunbook,
    /// Draw every cell anew.
    Redraw,
    /// To the shell and back (SIGTSTP).
    Suspend,
    /// The end: restore the terminal and return.
    Leave,
}
