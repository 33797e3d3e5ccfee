//! Messages in and out: [`Msg`] from the runtime, [`Ask`] from a screen to the root, [`Effect`] back to the runtime.

use std::path::PathBuf;

use crossterm::event::KeyEvent;

use crate::domain::clock::ClockBehind;
use crate::domain::palette::Ground;
use crate::domain::secret::Pasted;
use crate::domain::user::UserId;
use crate::service::contract::{
    Caller, Failure, FailureKind, ListExport, Operator, PrintOptions, Progress, Reply, Request,
};

use super::dialog::Dialog;
use super::pointer::Pointer;
use super::preferences::{ListPreferences, Preferences};
use super::route::Route;

/// The id of a pending request; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// An event of the console, in the order in which it happened.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "messages are moved a few times and never kept in numbers")]
pub enum Msg {
    /// A key was pressed (or repeats).
    Key(KeyEvent),
    /// The mouse was used. While the mouse is off, the terminal reports nothing, and nothing comes of it.
    Pointer(Pointer),
    Paste(Pasted),
    /// A line was read, or why it was not taken: the front end without cursor movement has no keys.
    Line(Result<Pasted, Failure>),
    /// The terminal was resized to this many columns and rows.
    Resize(u16, u16),
    /// A request was answered.
    Done(RequestId, Result<Reply, Failure>),
    /// A command has printed this.
    Printed(RequestId, Result<String, Failure>),
    /// A list was exported; the number of rows.
    Exported(RequestId, Result<u64, Failure>),
    /// A request made progress.
    Progress(RequestId, Progress),
    /// Another program, or this one, has committed a change to the store.
    StoreChanged,
    /// The wall clock is behind the journal, or is right again.
    Clock(Option<ClockBehind>),
    /// This program or another one has recorded damage of the store's file.
    Damaged(Failure),
    /// The time that `Model::wake_at` asked for has come.
    Woken,
    /// The runbook was begun, or it cannot be written (any more).
    Recording(Result<(), Failure>),
    /// The preferences of an account were loaded, or they cannot be used or saved.
    Preferences {
        account: UserId,
        result: Result<Preferences, Failure>,
    },
    /// The console is back from the shell (SIGCONT); it draws everything anew.
    Resumed,
    /// The terminal tells whether its ground is dark or light.
    Ground(Ground),
    /// The frame that [`Effect::Watch`] asked about is on the terminal. All keys that come after it were typed later.
    Drawn(RequestId),
    /// Ctrl-C was pressed while work went on, in the front end without keys: the work stops.
    Interrupted,
    /// The process is told to end (SIGTERM, SIGHUP, a closed terminal): the console logs out and leaves without a
    /// question.
    Terminate,
}

/// The slot of a request of a screen. A newer request in the same slot supersedes the older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// The rows of the list.
    Rows,
    /// The details of the row under the cursor.
    Detail,
    /// The rows of a marked range that reaches beyond what is loaded.
    Range,
    /// Data that will be needed in a moment.
    Prefetch,
    /// The accounts that may complete what is being typed.
    Completion,
    /// Anything else that a screen requests one at a time.
    Single,
}

/// The kind of values of the store that complete an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    Account,
    /// The path of a directory.
    Directory,
    /// The path of a directory of this account.
    DirectoryOf(UserId),
}

/// An ask of a screen or an overlay, for the root to fulfil. Plain data: nothing has happened yet.
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
    /// Closes the dialog on top.
    Close,
    /// Goes to another screen.
    Go(Route),
    /// Lets in an operator who has logged in or unlocked the console.
    Enter(Operator),
    /// Shows a notice for a few seconds.
    Notice(String),
    /// Shows an error until a key is pressed.
    ShowError(Failure),
    /// Copies a text to the terminal's clipboard.
    Copy(String),
    /// Shows these columns of the list in front, by their titles.
    ChooseColumns(Vec<&'static str>),
    /// Remembers the order, the columns and the pane of this screen's list.
    Remember(ListPreferences),
    /// Adds a filter to the history of this screen.
    RememberFilter(String),
    /// Begins a runbook in this file; `None` ends the current one.
    Record(Option<PathBuf>),
    /// Presses the keys of this name, as if they had been typed (from the palette).
    Press(String),
    /// Runs a command with an argument (from the palette).
    Command(&'static str, String),
    /// Runs a command of the command line, word by word (from the palette). If it is wrong, the palette stays open.
    Run(Vec<String>),
    /// Asks the store for values that complete this text; they go to the palette.
    Complete(CompletionKind, String),
    /// Sends the request for the verification of a token; the answer goes to its dialog.
    Verify(Request),
    /// Writes the list in front into the file of this name (from the palette).
    Export(String),
    /// Moves the cursor to this row, counted from 0.
    Row(u64),
    /// Leaves the console; asks first if work is under way.
    Quit,
}

impl Ask {
    /// Creates an error that says why a key did nothing.
    pub fn refusal(why: impl Into<String>) -> Self {
        Self::ShowError(Failure::new(FailureKind::Invalid, why))
    }

    /// Shows why an account can log in or cannot.
    pub fn why(account: UserId) -> Self {
        Self::Run(vec!["user".into(), "why".into(), account.to_string()])
    }
}

/// An instruction to the runtime.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Lets a worker perform a request and send [`Msg::Done`].
    Perform {
        /// The id that comes back with the reply.
        request_id: RequestId,
        caller: Caller,
        request: Request,
        /// Only counts what the request would do.
        dry_run: bool,
    },
    /// Lets a worker run a command of the command line that only reads, and send [`Msg::Printed`].
    Print {
        request_id: RequestId,
        caller: Caller,
        /// The command, word by word.
        words: Vec<String>,
        options: PrintOptions,
    },
    /// Lets a worker write a list into a file, and send [`Msg::Exported`]. If there is something of that name, the failure
    /// is a conflict, unless it `overwrites`.
    Export {
        request_id: RequestId,
        caller: Caller,
        list: ListExport,
        file: PathBuf,
        overwrites: bool,
    },
    /// Stops a request if it can be stopped; its reply is not needed any more.
    Cancel(RequestId),
    /// Sends [`Msg::Drawn`] once the next frame is on the terminal, behind all keys that were typed until then.
    Watch(RequestId),
    /// Copies a text to the terminal's clipboard (OSC 52).
    Copy(String),
    /// Creates a file, which must not exist, and begins the runbook in it; [`Msg::Recording`] brings the result.
    StartRunbook {
        file: PathBuf,
        /// The first lines of the runbook.
        header: String,
    },
    /// Appends to the runbook; [`Msg::Recording`] comes if that fails.
    WriteRunbook(String),
    EndRunbook,
    /// Loads the preferences of an account; [`Msg::Preferences`] brings them.
    LoadPreferences {
        account: UserId,
    },
    /// Replaces the preferences of an account.
    SavePreferences {
        account: UserId,
        preferences: Box<Preferences>,
    },
    /// Has the terminal report the mouse, or not any more.
    ReportMouse(bool),
    /// Draws every cell anew.
    Redraw,
    /// Suspends the process to the shell (SIGTSTP).
    Suspend,
    /// Restores the terminal and ends the event loop.
    Leave,
}
