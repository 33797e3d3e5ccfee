//! Floor 3: the headless face: arguments → `Request`; `Reply` → table, JSON or CSV; `Failure` → exit code.
//!
//! It decides nothing about accounts: that is `service`'s. It touches neither the environment nor a file, a clock
//! or a terminal: all that comes in by [`Environment`] and [`Io`].
//!
//! The way of a command: [`parse`] reads the arguments and refuses what cannot work (usage, and a question that
//! nobody could answer) before any store is opened; [`run`] asks, performs and prints.

use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use crate::domain::access::Access;
use crate::domain::clock::{BootTime, ClockBehind};
use crate::domain::journal::Reason;
use crate::domain::secret::{Secret, Unfit};
use crate::domain::time::Timestamp;
use crate::service::contract::{Caller, FailureKind};
use crate::service::{self, RequestContext, Service};

mod access_codes;
mod act_report;
mod arguments;
mod bar;
mod bin;
mod config;
mod directory;
mod doctor;
mod history;
mod hyphens;
mod import;
mod import_report;
mod journal;
mod list;
mod manual;
mod options;
mod output;
mod problem;
mod runner;
mod secret;
mod selection_args;
mod session;
mod setup;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tree;
mod undo;
mod user;

use arguments::Topic;
pub use config::{ConfigFile, ShowConfig};
use output::Style;
pub use problem::{ErrorFormat, report, warn, warn_of};
use problem::{Problem, explained};
use runner::{CommandRunner, Course, OnProgress, RequestHandler, RunOptions};

/// What the program was called for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invocation {
    /// The console.
    Console(ConsoleOptions),
    /// One command.
    Command(Box<Command>),
    /// The settings are to be printed.
    ShowConfig(ShowConfig),
}

/// How the console was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleOptions {
    /// What it is opened over.
    pub store: ConsoleStore,
    /// Where the settings are.
    pub config: ConfigFile,
    /// Whether colours are wanted.
    pub colour: bool,
    /// Whether nothing shall be changed.
    pub read_only: bool,
}

/// What the console is opened over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsoleStore {
    /// The store in this file, which commands in the same environment open too.
    Usual(PathBuf),
    /// The store in this file, as `--store` says.
    Named(PathBuf),
    /// A throw-away store full of sample rows.
    Demo,
}

/// One command, ready to [`run`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The store's file.
    pub store: PathBuf,
    /// Where the settings are.
    pub config: ConfigFile,
    /// What the store is opened for.
    pub access: Access,
    topic: Topic,
    style: Style,
    options: RunOptions,
    /// Why, for the journal.
    reason: Option<Reason>,
}

/// The way in which a command needs its store opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreUse {
    /// As a store that is as it must be.
    Usual,
    /// To read what can be read where the schema was altered.
    EvenAltered,
    /// To examine it, for reading only.
    Examine,
    /// To repair it.
    Repair,
}

impl Command {
    /// Returns the way in which the command needs its store opened.
    pub fn store_use(&self) -> StoreUse {
        match &self.topic {
            Topic::Doctor(arguments)
                if arguments.only_reads() || self.options.course == Course::Rehearsal =>
            {
                StoreUse::Examine
            }
            Topic::Doctor(_) => StoreUse::Repair,
            Topic::Journal(action) if action.verifies() => StoreUse::EvenAltered,
            Topic::Setup(_)
            | Topic::User(_)
            | Topic::Session(_)
            | Topic::Directory(_)
            | Topic::Journal(_)
            | Topic::Undo(_)
            | Topic::Bin(_)
            | Topic::Import(_) => StoreUse::Usual,
        }
    }
}

/// What the top floor read from the environment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environment {
    /// `NEXUS_STORE`.
    pub store: Option<OsString>,
    /// `XDG_DATA_HOME`.
    pub data_home: Option<OsString>,
    /// `XDG_CONFIG_HOME`.
    pub config_home: Option<OsString>,
    /// `HOME`.
    pub home: Option<OsString>,
    /// `NO_COLOR`.
    pub no_color: Option<OsString>,
    /// `TERM`.
    pub term: Option<OsString>,
    /// Which of the standard streams are a terminal.
    pub terminal: Terminal,
    /// The locale's encoding is not UTF-8: tables hold ASCII alone.
    pub ascii: bool,
}

impl Environment {
    /// The environment in which `variable` looks up a name.
    pub fn new(variable: impl Fn(&str) -> Option<OsString>, terminal: Terminal) -> Self {
        Self {
            store: variable("NEXUS_STORE"),
            data_home: variable("XDG_DATA_HOME"),
            config_home: variable("XDG_CONFIG_HOME"),
            home: variable("HOME"),
            no_color: variable("NO_COLOR"),
            term: variable("TERM"),
            terminal,
            ascii: false,
        }
    }
}

/// Which of the standard streams are a terminal, and its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terminal {
    /// Standard input.
    pub input: bool,
    /// Standard output.
    pub output: bool,
    /// Standard error.
    pub error: bool,
    /// Its width in cells, where there is one.
    pub columns: Option<u16>,
}

/// The world as a command sees it.
pub struct Io<'a> {
    /// Standard output: data.
    pub out: &'a mut dyn Write,
    /// Standard error: messages and questions.
    pub err: &'a mut dyn Write,
    /// Standard input.
    pub input: &'a mut dyn BufRead,
    /// Prompts on the terminal and reads a secret without showing it. [`io::ErrorKind::Interrupted`] when whoever
    /// was asked gave up.
    pub ask_secret: &'a mut dyn FnMut(&str) -> io::Result<Result<Secret, Unfit>>,
    /// Whether Ctrl-C was pressed: from the first time that this is asked it is noted, and does not end the process.
    pub interrupted: &'a mut dyn FnMut() -> bool,
    /// Opens a password file.
    pub open_file: &'a mut dyn FnMut(&Path) -> io::Result<Box<dyn BufRead>>,
}

/// Nothing to run: help, or why the arguments cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// The exit code.
    pub code: u8,
    /// What to print, line ends included, safe for a terminal.
    pub text: String,
    /// The same for programs, where something is wrong.
    problem: Option<Box<Problem>>,
}

impl Exit {
    /// Prints it, to `out` if it was asked for, to `err` if not. The exit code.
    pub fn print(&self, form: ErrorFormat, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
        match (&self.problem, form) {
            (Some(problem), ErrorFormat::Json) => problem::tell(&problem.object(self.code), err),
            (Some(_), ErrorFormat::Text) => problem::say(&self.text, err),
            (None, _) => problem::say(&self.text, out),
        }
        self.code
    }

    /// What was asked for.
    fn asked_for(text: String) -> Self {
        Self { code: 0, text, problem: None }
    }

    fn new(code: u8, kind: &'static str, message: &str, hint: Option<&str>) -> Self {
        let problem = Problem { kind, message: message.to_owned(), hint: hint.map(str::to_owned) };
        Self { code, text: explained(message, hint), problem: Some(Box::new(problem)) }
    }

    /// Wrong usage (exit code 2).
    fn usage(message: &str, hint: &str) -> Self {
        Self::new(runner::USAGE, "usage", message, Some(hint))
    }

    /// What was given breaks a rule (exit code 6).
    fn invalid(message: &str) -> Self {
        let kind = FailureKind::Invalid;
        Self::new(kind.exit_code(), kind.word(), message, None)
    }

    /// Somebody was asked and did not say yes (exit code 2).
    fn not_confirmed() -> Self {
        Self::new(runner::USAGE, "not_confirmed", "Nothing was changed.", None)
    }

    /// The store cannot serve (exit code 7).
    fn unavailable(message: &str, hint: &str) -> Self {
        let kind = FailureKind::Unavailable;
        Self::new(kind.exit_code(), kind.word(), message, Some(hint))
    }

    /// Something was looked for and found (exit code 8).
    fn findings(message: &str, hint: &str) -> Self {
        Self::new(runner::FINDINGS, "findings", message, Some(hint))
    }
}

/// Reads the arguments; the first is the program's name.
///
/// # Errors
/// An [`Exit`] for help, the version, a page of the manual, wrong usage, and for a command that would have to ask where
/// nobody can answer.
pub fn parse(
    args: impl IntoIterator<Item = OsString>,
    environment: &Environment,
) -> Result<Invocation, Exit> {
    arguments::parse(args, environment)
}

/// Does what the command says and prints what comes of it. The exit code.
pub fn run(
    command: Command,
    service: &mut Service,
    now: Timestamp,
    boot: Option<&BootTime>,
    io: Io<'_>,
) -> u8 {
    if !command.topic.judges_clock()
        && let Ok(Some(behind)) = service::clock::behind(service, now)
    {
        warn(&behind.to_string(), ClockBehind::HINT, io.err);
    }
    let reason = command.reason.clone();
    let mut service = |request, course, progress: &mut OnProgress<'_>| {
        let (dry_run, reason) = (course == Course::Rehearsal, reason.clone());
        let call = RequestContext {
            caller: Caller::Owner,
            now,
            boot: boot.cloned(),
            dry_run,
            reason,
            counted: None,
            progress,
        };
        service::perform(service, call, request)
    };
    run_with(command, &mut service, now, io)
}

/// [`run`] over any service.
fn run_with<'s>(command: Command, service: &'s mut RequestHandler<'s>, now: Timestamp, io: Io<'_>) -> u8 {
    let mut runner = CommandRunner { service, io, now, style: command.style, options: command.options };
    let result = match command.topic {
        Topic::Setup(arguments) => arguments.run(&mut runner),
        Topic::User(action) => action.run(&mut runner),
        Topic::Session(action) => action.run(&mut runner),
        Topic::Directory(action) => action.run(&mut runner),
        Topic::Journal(action) => action.run(&mut runner),
        Topic::Undo(arguments) => arguments.run(&mut runner),
        Topic::Bin(action) => action.run(&mut runner),
        Topic::Import(arguments) => arguments.run(&mut runner),
        Topic::Doctor(arguments) => arguments.run(&mut runner),
    };
    runner.end(result)
}
