//! The commands that need a store, by their first word. A new one is a variant here and an arm in [`Topic::command`].

use clap::Subcommand;

use crate::domain::access::Access;

use super::backup::{BackupArguments, RestoreArguments};
use super::bin::BinCommand;
use super::directory::DirectoryCommand;
use super::doctor::DoctorArguments;
use super::export::ExportArguments;
use super::import::ImportArguments;
use super::journal::JournalCommand;
use super::metrics::MetricsArguments;
use super::overview::OverviewArguments;
use super::recover::RecoverArguments;
use super::session::SessionCommand;
use super::setup::SetupArguments;
use super::store_command::StoreCommand;
use super::undo::UndoArguments;
use super::user::UserCommand;

/// The topic of a command that needs a store.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum Topic {
    /// Create the first admin
    Setup(SetupArguments),
    /// Let an account's owner back in, as an admin
    Recover(RecoverArguments),
    /// Show the state of the service at a glance
    Overview(OverviewArguments),
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
    /// Returns the command below the topic.
    pub(super) fn command(&self) -> &dyn StoreCommand {
        match self {
            Self::Setup(arguments) => arguments,
            Self::Recover(arguments) => arguments,
            Self::Overview(arguments) => arguments,
            Self::Metrics(arguments) => arguments,
            Self::User(command) => command,
            Self::Session(command) => command,
            Self::Directory(command) => command,
            Self::Journal(command) => command,
            Self::Undo(arguments) => arguments,
            Self::Bin(command) => command,
            Self::Import(arguments) => arguments,
            Self::Export(arguments) => arguments,
            Self::Backup(arguments) => arguments,
            Self::Restore(arguments) => arguments,
            Self::Doctor(arguments) => arguments,
        }
    }

    /// Returns the access with which the store is opened. Nothing makes a store in a dry run.
    pub(super) fn access(&self, readonly: bool, dry_run: bool) -> Access {
        if readonly {
            Access::ReadOnly
        } else if !self.command().makes_store() {
            Access::Existing
        } else if dry_run {
            Access::DryRun
        } else {
            Access::ReadWrite
        }
    }
}
