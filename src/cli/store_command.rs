//! The interface of the commands that need a store, one implementation for each topic.

use crate::service::contract::{Failure, ReasonNeed, Request, TypedCommand};

use super::StoreUse;
use super::runner::{CommandError, CommandRunner};
use super::secret::SecretSource;
use super::selection_args::Input;

/// A parsed command that needs a store: all that is known about it.
pub(super) trait StoreCommand {
    /// Returns the action as a request, with the input read for it; `None` for a command that only reads. Input
    /// that was not read yet is left out.
    ///
    /// # Errors
    /// An argument does not name anything.
    fn request(&self, input: &Input) -> Result<Option<Request>, Failure>;

    /// Returns the number of rows that the action must apply to.
    fn expected(&self) -> Option<u64>;

    /// Runs the command.
    ///
    /// # Errors
    /// The service or the input refuses it, a question is not answered with yes, or a stream ends.
    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError>;

    /// Checks the rules that `clap` cannot express.
    ///
    /// # Errors
    /// A sentence about the rule.
    fn check(&self) -> Result<(), &'static str> {
        Ok(())
    }

    /// Returns the secret that the command needs.
    fn secret(&self) -> SecretSource {
        SecretSource::Nothing
    }

    /// Returns the way in which the command opens its store.
    fn store_use(&self, _dry_run: bool) -> StoreUse {
        StoreUse::Normal
    }

    /// Returns true if the command makes a store where there is none.
    fn makes_store(&self) -> bool {
        false
    }

    /// Returns true for a list that goes on and has no end.
    fn goes_on(&self) -> bool {
        false
    }

    /// Returns true if the command itself refuses to run, with a message, while the clock is behind.
    fn checks_clock(&self) -> bool {
        false
    }

    /// Returns the meaning of the command in the console: an action is performed there, and any other command prints.
    ///
    /// # Errors
    /// An argument does not name anything.
    fn typed(&self) -> Result<TypedCommand, Failure> {
        typed_action(self)
    }

    /// Returns true if the command changes something, or would.
    fn is_act(&self) -> bool {
        match self.request(&Input::default()) {
            Ok(Some(request)) => !request.is_read(),
            Ok(None) => false,
            // An argument that names nothing is for the action to refuse.
            Err(_) => true,
        }
    }

    /// Returns true if the action is refused without a reason.
    fn needs_reason(&self) -> bool {
        let request = self.request(&Input::default());
        let action = request.ok().flatten().and_then(|request| request.action());
        action.is_some_and(|action| action.reason == ReasonNeed::Required)
    }

    /// Returns true if the command asks whatever the store holds. Invalid arguments are left for the action to
    /// refuse.
    fn always_asks(&self) -> bool {
        matches!(self.request(&Input::default()), Ok(Some(request)) if request.always_asks())
    }
}

/// Returns the meaning of an action in the console.
///
/// # Errors
/// An argument does not name anything.
pub(super) fn typed_action<C: StoreCommand + ?Sized>(command: &C) -> Result<TypedCommand, Failure> {
    let request = command.request(&Input::default())?;
    Ok(request.map_or(TypedCommand::Print, |request| TypedCommand::Act(Box::new(request))))
}
