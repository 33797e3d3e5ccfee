//! Layer 3: the command line: arguments → `Request`; `Reply` → table, JSON or CSV; `Failure` → exit code.
//!
//! It decides nothing about accounts: that is up to `service`. It touches neither the environment nor a file, a
//! clock or a terminal: they are passed in as [`Environment`] and [`Io`].
//!
//! The path of a command: [`parse`] reads the arguments and refuses what cannot work (wrong usage, and a
//! question that nobody could answer) before any store is opened; [`run`] asks, performs and prints.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use crate::domain::access::Access;
use crate::domain::clock::{BootTime, ClockBehind};
use crate::domain::finding::Finding;
use crate::domain::journal::Reason;
use crate::domain::secret::{Secret, Unfit};
use crate::domain::store_url::StoreUrl;
use crate::domain::text::sentence;
use crate::domain::time::Timestamp;
use crate::service::contract::{Backup, Caller, Failure, FailureKind, OnProgress, Request, RequestHandler};
use crate::service::{self, RequestContext, Service};

mod access_codes;
mod account_action;
mod action_report;
mod argument_kind;
mod arguments;
mod backup;
mod bar;
mod bin;
mod calendar;
mod command_def;
mod completion;
mod completion_script;
mod config;
mod console;
mod directory;
mod doctor;
mod examples;
mod export;
mod follow;
mod gates;
mod help;
mod history;
mod hyphens;
mod import;
mod import_report;
mod journal;
mod list;
mod man_page;
mod manual;
mod metrics;
mod options;
mod output;
mod overview;
mod plain_text;
mod problem;
mod recover;
mod runner;
mod secret;
mod selection_args;
mod session;
mod setup;
mod sort_column;
mod status_cell;
mod store_command;
mod suggestion;
#[cfg(test)]
mod testing;
mod themes;
mod topic;
mod tree;
mod undo;
mod user;
mod words_parser;

pub use completion::{CompletionReader, ShellLine};
pub use completion_script::VARIABLE as COMPLETION_VARIABLE;
pub use config::{ConfigFile, ConfigInvocation, StoreOrigin};
pub use console::CONSOLE_COMMANDS;
use output::Style;
pub use plain_text::text_stream;
pub use problem::{ErrorFormat, report, warn, warn_of};
use problem::{Problem, explained};
use runner::{CommandRunner, RunOptions};
pub use themes::themes;
use topic::Topic;

/// The parsed command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invocation {
    Console(ConsoleOptions),
    Command(Box<Command>),
    Config(ConfigInvocation),
    /// The page of the manual with the keys of the console, as this file sets them.
    Keys(ConfigFile),
    /// A page of the manual that names keys of the console, which this file may move.
    ManualPage {
        page: &'static str,
        config: ConfigFile,
    },
    /// The man page of the program, which has the keys of the console too.
    ManPage,
}

/// Options of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleOptions {
    pub store: ConsoleStore,
    pub config: ConfigFile,
    /// True if colours are wanted.
    pub colour: bool,
    /// True if nothing may be changed.
    pub read_only: bool,
    /// True if it is written in lines and needs no terminal.
    pub plain: bool,
    /// The folder in which the console keeps preferences.
    pub state: Option<PathBuf>,
    /// The theme that the command line names.
    pub theme: Option<String>,
    /// The folder of the operator's own themes.
    pub themes: Option<PathBuf>,
}

/// The store that the console opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsoleStore {
    /// The default store, which commands in the same environment open too.
    Default(StoreUrl),
    /// The store that `--store` names.
    Named(StoreUrl),
    /// A temporary store of sample rows.
    Demo,
}

/// A command, ready to [`run`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub store: StoreUrl,
    pub config: ConfigFile,
    /// The access with which the store is opened.
    pub access: Access,
    topic: Topic,
    style: Style,
    options: RunOptions,
    /// The reason that the journal records.
    reason: Option<Reason>,
}

/// The way in which a command opens its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreUse {
    /// Open a store with an intact schema.
    Normal,
    /// Open a store that may get very many rows at once.
    Load,
    /// Open a store even if its schema was altered, and read what can be read.
    EvenAltered,
    /// Examine the store, read-only.
    Examine,
    Repair,
    /// Open the store for a restore, in whatever state it is. There need not be one.
    Replace,
    /// Open no store.
    Nothing,
}

impl Command {
    /// Returns the way in which the command opens its store.
    pub fn store_use(&self) -> StoreUse {
        self.topic.command().store_use(self.options.dry_run)
    }
}

/// The environment, as the top layer read it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environment {
    /// `NEXUS_STORE`.
    pub store: Option<OsString>,
    /// `XDG_DATA_HOME`.
    pub data_home: Option<OsString>,
    /// `XDG_CONFIG_HOME`.
    pub config_home: Option<OsString>,
    /// `XDG_STATE_HOME`.
    pub state_home: Option<OsString>,
    pub home: Option<OsString>,
    /// The current folder, if it is known.
    pub current_dir: Option<PathBuf>,
    pub no_color: Option<OsString>,
    pub term: Option<OsString>,
    pub terminal: Terminal,
    /// True if the locale's encoding is not UTF-8: tables are printed in ASCII.
    pub ascii: bool,
}

impl Environment {
    /// Reads the environment with `variable`, which looks up a name.
    pub fn new(variable: impl Fn(&str) -> Option<OsString>, terminal: Terminal) -> Self {
        Self {
            store: variable("NEXUS_STORE"),
            data_home: variable("XDG_DATA_HOME"),
            config_home: variable("XDG_CONFIG_HOME"),
            state_home: variable("XDG_STATE_HOME"),
            home: variable("HOME"),
            current_dir: None,
            no_color: variable("NO_COLOR"),
            term: variable("TERM"),
            terminal,
            ascii: false,
        }
    }
}

/// The standard streams that are a terminal, and its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terminal {
    pub input: bool,
    pub output: bool,
    pub error: bool,
    /// The terminal's width in cells, if there is one.
    pub columns: Option<u16>,
}

/// The streams and functions through which a command reaches the outside.
pub struct Io<'a> {
    /// Standard output: data.
    pub out: &'a mut dyn Write,
    /// Standard error: messages and questions.
    pub err: &'a mut dyn Write,
    /// Standard input.
    pub input: &'a mut dyn BufRead,
    /// Prompts on the terminal and reads a secret without showing it. Returns [`io::ErrorKind::Interrupted`] if
    /// the prompt was cancelled.
    pub ask_secret: &'a mut dyn FnMut(&str) -> io::Result<Result<Secret, Unfit>>,
    /// Returns true once Ctrl-C was pressed. After the first call Ctrl-C no longer ends the process at once.
    pub interrupted: &'a mut dyn FnMut() -> bool,
    /// Waits a moment. Returns false once nobody reads standard output any more.
    pub wait: &'a mut dyn FnMut() -> bool,
    /// Opens a password file.
    pub open_file: &'a mut dyn FnMut(&Path) -> io::Result<Box<dyn BufRead>>,
    /// Returns standard output as a file, for data that a request itself writes.
    pub output_file: &'a mut dyn FnMut() -> io::Result<File>,
}

/// Text to print instead of running a command: help, or an error in the arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    pub code: u8,
    /// The text to print, line ends included, safe for a terminal.
    pub text: String,
    /// The error for programs, if there is one.
    problem: Option<Box<Problem>>,
}

impl Exit {
    /// Prints it and returns the exit code. Requested text goes to `out`, other text to `err`. Text that was asked for and cannot
    /// be written is a failure.
    pub fn print(&self, form: ErrorFormat, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
        match (&self.problem, form) {
            (Some(problem), ErrorFormat::Json) => problem::write_json(&problem.object(self.code), err),
            (Some(_), ErrorFormat::Text) => problem::write(&self.text, err),
            (None, _) => {
                if let Err(error) = out.write_all(self.text.as_bytes()).and_then(|()| out.flush()) {
                    return problem::report_stream(&error, form, err);
                }
            }
        }
        self.code
    }

    /// Returns text that was asked for.
    pub fn asked_for(text: String) -> Self {
        Self { code: 0, text, problem: None }
    }

    fn new(code: u8, kind: &'static str, message: &str, hint: Option<&str>) -> Self {
        let problem = Problem { kind, message: message.to_owned(), hint: hint.map(str::to_owned) };
        Self { code, text: explained(message, hint), problem: Some(Box::new(problem)) }
    }

    /// Returns an error for wrong usage (exit code 2).
    fn usage(message: &str, hint: &str) -> Self {
        Self::new(runner::USAGE, "usage", message, Some(hint))
    }

    /// Returns the error for an argument that breaks a rule (exit code 6).
    fn invalid(message: &str) -> Self {
        let kind = FailureKind::Invalid;
        Self::new(kind.exit_code(), kind.word(), message, None)
    }

    /// Returns the error for a question that was not answered with yes (exit code 2).
    fn not_confirmed() -> Self {
        Self::new(runner::USAGE, "not_confirmed", "Nothing was changed.", None)
    }

    /// Returns an error for an unusable store (exit code 7).
    fn unavailable(message: &str, hint: &str) -> Self {
        let kind = FailureKind::Unavailable;
        Self::new(kind.exit_code(), kind.word(), message, Some(hint))
    }

    /// Returns an error for findings of a check (exit code 8).
    fn findings(message: &str, hint: &str) -> Self {
        Self::new(runner::FINDINGS, "findings", message, Some(hint))
    }
}

/// Parses the arguments; the first is the program's name.
///
/// # Errors
/// An [`Exit`] for help, the version, a page of the manual, wrong usage, and for a command that would have to ask although
/// nobody can
/// answer.
pub fn parse(
    args: impl IntoIterator<Item = OsString>,
    environment: &Environment,
) -> Result<Invocation, Exit> {
    arguments::parse(args, environment)
}

/// Returns a page of the manual. `moved` tells of the keys that are others than the page names.
pub fn manual_page(name: &str, moved: &str) -> Exit {
    Exit::asked_for(manual::page(name, moved))
}

/// Returns the man page of the program. `keys` is the page of the manual with the keys of the console.
pub fn man_page(keys: &str) -> Exit {
    man_page::of(arguments::program(), &[], keys).map_or_else(|exit| exit, Exit::asked_for)
}

/// Runs a command, prints its result and returns the exit code.
pub fn run(
    command: &Command,
    service: &mut Service,
    now: Timestamp,
    boot: Option<&BootTime>,
    io: Io<'_>,
) -> u8 {
    let Io { out, err, input, ask_secret, interrupted, wait, open_file, output_file } = io;
    // What forbids changes is a warning unless a change fails with it.
    let refusal = service.store.writable().err().map(|error| Failure::from(error).message);
    let is_refusal = |warning: &&Finding| refusal.as_ref() == Some(&sentence(&warning.message));
    let (later, warnings): (Vec<_>, Vec<_>) = service.store.warnings().iter().partition(is_refusal);
    warn_of(warnings, err);
    let later: Vec<_> = later.into_iter().cloned().collect();
    if !command.topic.command().checks_clock()
        && let Ok(Some(behind)) = service::clock::behind(service, now)
    {
        warn(&behind.to_string(), ClockBehind::HINT, err);
    }
    let mut is_told = false;
    let reason = command.reason.clone();
    let mut service = |request, dry_run, progress: &mut OnProgress<'_>| {
        let reason = reason.clone();
        let call = RequestContext {
            caller: Caller::Owner,
            now,
            boot: boot.cloned(),
            dry_run,
            reason,
            counted: None,
            progress,
        };
        let result = service::perform(service, call, request);
        is_told |= result.as_ref().is_err_and(|failure| refusal.as_ref() == Some(&failure.message));
        result
    };
    let io = Io { out, err: &mut *err, input, ask_secret, interrupted, wait, open_file, output_file };
    let code = run_with(command, &mut service, now, io);
    if !is_told {
        warn_of(&later, err);
    }
    code
}

/// Runs a command that needs no store, as [`run`] does.
pub fn run_without_store(command: &Command, now: Timestamp, io: Io<'_>) -> u8 {
    let mut service = |request, _: bool, progress: &mut OnProgress<'_>| match request {
        Request::Backup(Backup::Verify { file }) => service::verify_backup(&file, progress),
        _ => Err(runner::unexpected()),
    };
    run_with(command, &mut service, now, io)
}

/// Implements [`run`] over any service.
fn run_with<'s>(command: &Command, service: &'s mut RequestHandler<'s>, now: Timestamp, io: Io<'_>) -> u8 {
    let mut runner = CommandRunner { service, io, now, style: command.style, options: command.options };
    let result = command.topic.command().run(&mut runner);
    runner.end(result)
}

#[cfg(test)]
mod tests;
