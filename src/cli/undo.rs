//! `nexus undo`: undoes or redoes an action.

use clap::Args;

use crate::service::contract::{Failure, Request, Undo};

use super::runner::{CommandError, CommandRunner};
use super::selection_args::{Expected, Input};
use super::store_command::StoreCommand;

const AFTER_HELP: &str = "\
A bulk action is undone as a unit; what was changed since is left as it is and reported with the reason.
Undoing the entry of an undo redoes the action. --dry-run shows what it would \
change.
Of two undos at the same moment, one exits 4 or undoes the action before: name the entry to be sure.
Ended sessions, used or revoked access codes, passwords, and what was purged, imported or swept cannot be brought back.
Exit 3 when there is no such entry or nothing to undo; 4 when all of its result was changed since (says how), a name is \
taken or a parent is gone; 5 when it cannot be undone or no usable admin would be left.";

/// Undo an action, or redo an undone one.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct UndoArguments {
    /// An entry of the journal: undoes its whole action, whoever did it [default: the newest action by a
    /// command of this OS user that is not undone]
    #[arg(value_parser = clap::value_parser!(i64).range(0..))]
    entry: Option<i64>,
    #[command(flatten)]
    expected: Expected,
}

impl UndoArguments {
    fn undo(&self) -> Request {
        Request::Undo(self.entry.map_or(Undo::Last, Undo::Entry))
    }
}

impl StoreCommand for UndoArguments {
    fn request(&self, _: &Input) -> Result<Option<Request>, Failure> {
        Ok(Some(self.undo()))
    }

    fn expected(&self) -> Option<u64> {
        self.expected.expect
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        runner.execute(self.undo())
    }
}
