//! The commands that need a store, by their first word.

use clap::Subcommand;

use crate::domain::access::Access;
use crate::service::contract::{Failure, Request};

use super::backup::{BackupArguments, RestoreArguments};
use super::bin::BinCommand;
use super::directory::DirectoryCommand;
use super::doctor::DoctorArguments;
use super::export::ExportArguments;
use super::import::ImportArguments;
use super::journal::JournalCommand;
use super::metrics::{self, MetricsArguments};
use super::overview;
use super::runner::{CommandError, CommandRunner};
use super::secret::SecretSource;
use super::selection_args::Input;
use super::session::SessionCommand;
use super::setup::SetupArguments;
use super::undo::UndoArguments;
use super::user::UserCommand;

/// The topic of a command that needs a store.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum Topic {
    /// Create the first admin
    Setup(SetupArguments),
    /// Show the state of the service at a glance
    Overview,
    /// Print figures for a monitoring system (OpenMetrics)
    Metrics(MetricsArguments),
    /// Accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Sessions and their tokens
    #[command(subcommand)]
    Session(SessionCommand),
    /// Directories (their rows)
    #[command(subcommand)]
    Directory(DirectoryCommand),
    /// Show who did what, and check that the record is intact
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Undo an action, or redo an undone one
    Undo(UndoArguments),
    /// List, restore and purge what was deleted
    #[command(subcommand)]
    Bin(BinCommand),
    /// Import a legacy database
    Import(ImportArguments),
    /// Export accounts, sessions and directories
    Export(ExportArguments),
    /// Back up the store, or verify a backup
    Backup(BackupArguments),
    /// Restore a backup
    Restore(RestoreArguments),
    /// Check the store and repair it
    Doctor(DoctorArguments),
}

impl Topic {
    /// Returns true if the command itself refuses to run, with a message, while the clock is behind.
    pub(super) fn checks_clock(&self) -> bool {
        matches!(self, Self::Session(SessionCommand::Verify))
    }

    /// Checks the rules that `clap` cannot express.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::User(action) => action.check(),
            Self::Session(action) => action.check(),
            Self::Directory(action) => action.check(),
            Self::Journal(action) => action.check(),
            Self::Bin(action) => action.check(),
            Self::Backup(arguments) => arguments.check(),
            Self::Export(arguments) => arguments.check(),
            Self::Overview
            | Self::Metrics(_)
            | Self::Setup(_)
            | Self::Undo(_)
            | Self::Import(_)
            | Self::Restore(_)
            | Self::Doctor(_) => Ok(()),
        }
    }

    /// Returns the action as a request, with the input read for it; `None` for a command that only reads. Input
    /// that was not read yet is left out.
    ///
    /// # Errors
    /// An argument does not name anything.
    pub(super) fn request(&self, input: &Input) -> Result<Option<Request>, Failure> {
        match self {
            Self::User(action) => action.request(input),
            Self::Session(action) => action.request(input),
            Self::Directory(action) => action.request(input),
            Self::Bin(action) => action.request(input),
            Self::Import(arguments) => Ok(Some(arguments.request())),
            Self::Undo(arguments) => Ok(Some(arguments.request())),
            Self::Backup(arguments) => Ok(Some(arguments.request())),
            Self::Restore(arguments) => Ok(Some(arguments.request())),
            Self::Doctor(arguments) => Ok(arguments.request()),
            // The set-up asks only for a password.
            Self::Overview | Self::Metrics(_) | Self::Setup(_) | Self::Journal(_) | Self::Export(_) => {
                Ok(None)
            }
        }
    }

    /// Returns the access with which the store is opened: only `setup`, `import` and `restore` create one, and not in a
    /// dry run.
    pub(super) fn access(&self, readonly: bool, dry_run: bool) -> Access {
        if readonly {
            return Access::ReadOnly;
        }
        match self {
            Self::Setup(_) | Self::Import(_) | Self::Restore(_) => {
                if dry_run {
                    Access::DryRun
                } else {
                    Access::ReadWrite
                }
            }
            Self::Overview
            | Self::Metrics(_)
            | Self::User(_)
            | Self::Session(_)
            | Self::Directory(_)
            | Self::Journal(_)
            | Self::Undo(_)
            | Self::Bin(_)
            | Self::Export(_)
            | Self::Backup(_)
            | Self::Doctor(_) => Access::Existing,
        }
    }

    /// Returns the number of rows that the action must apply to.
    pub(super) fn expected(&self) -> Option<u64> {
        match self {
            Self::User(action) => action.expected(),
            Self::Session(action) => action.expected(),
            Self::Directory(action) => action.expected(),
            Self::Bin(action) => action.expected(),
            Self::Undo(arguments) => arguments.expected(),
            Self::Setup(arguments) => arguments.expected.expect,
            Self::Overview
            | Self::Metrics(_)
            | Self::Journal(_)
            | Self::Import(_)
            | Self::Export(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Doctor(_) => None,
        }
    }

    /// Returns true if the command changes something, or would.
    pub(super) fn is_act(&self) -> bool {
        match self.request(&Input::default()) {
            Ok(Some(request)) => !request.is_read(),
            Ok(None) => matches!(self, Self::Setup(_)),
            // What names nothing is for the act to refuse.
            Err(_) => true,
        }
    }

    /// Returns true if the command asks whatever the store holds. Invalid arguments are left for the action to
    /// refuse.
    pub(super) fn always_asks(&self) -> bool {
        matches!(self.request(&Input::default()), Ok(Some(request)) if request.always_asks())
    }

    pub(super) fn secret(&self) -> SecretSource {
        match self {
            Self::Setup(arguments) => SecretSource::password(&arguments.password),
            Self::User(action) => action.secret(),
            Self::Session(action) => action.secret(),
            Self::Overview
            | Self::Metrics(_)
            | Self::Directory(_)
            | Self::Journal(_)
            | Self::Undo(_)
            | Self::Bin(_)
            | Self::Import(_)
            | Self::Export(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Doctor(_) => SecretSource::Nothing,
        }
    }

    pub(super) fn run(self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        match self {
            Self::Setup(arguments) => arguments.run(runner),
            Self::Overview => overview::run(runner),
            Self::Metrics(_) => metrics::run(runner),
            Self::User(command) => command.run(runner),
            Self::Session(command) => command.run(runner),
            Self::Directory(command) => command.run(runner),
            Self::Journal(command) => command.run(runner),
            Self::Undo(arguments) => arguments.run(runner),
            Self::Bin(command) => command.run(runner),
            Self::Import(arguments) => arguments.run(runner),
            Self::Export(arguments) => arguments.run(runner),
            Self::Backup(arguments) => arguments.run(runner),
            Self::Restore(arguments) => arguments.run(runner),
            Self::Doctor(arguments) => arguments.run(runner),
        }
    }
}
