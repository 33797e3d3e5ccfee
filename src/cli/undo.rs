//! `nexus undo`: an act taken back, or done again.

use clap::Args;

use crate::service::contract::{Request, Undo};

use super::runner::{CommandError, CommandRunner};
use super::selection_args::Expected;

const AFTER_HELP: &str = "\
An act on many things is taken back as one; what somebody changed since is left as it is, and told with the reason. To undo the entry of an undo is to do the act again. --dry-run says what it \
would come to.
Nothing brings back sessions that ended, access codes that were used or revoked, passwords, and what was purged, \
imported or swept.
Exit 3 when there is no such entry or nothing to undo; 4 when all that it left was changed since (says how), a name is \
taken or a parent is gone; 5 when it cannot be undone or no usable admin would be left.";

/// Take back an act, or do again what was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct UndoArguments {
    /// An entry of the journal: its whole act, whoever did it [default: the newest act by a command of this OS user's
    /// that is not taken back]
    #[arg(value_parser = clap::value_parser!(i64).range(0..))]
    entry: Option<i64>,
    #[command(flatten)]
    expected: Expected,
}

impl UndoArguments {
    pub(super) fn run(self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        runner.act(self.request())
    }

    pub(super) fn request(&self) -> Request {
        Request::Undo(self.entry.map_or(Undo::Last, Undo::Entry))
    }

    pub(super) fn expected(&self) -> Option<u64> {
        self.expected.expect
    }
}
