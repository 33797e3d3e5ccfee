//! The commands of the actions that need nothing but the accounts. Their names and help come from the contract.

use clap::error::ErrorKind;
use clap::{ArgMatches, Args as _, Command, Error, FromArgMatches, Subcommand};

use crate::service::contract::AccountAction;

use super::selection_args::AccountSelectionOptions;

/// The topic of these commands.
const TOPIC: &str = "user";

/// A command that performs an action on the selected accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AccountActionCommand {
    pub(super) action: AccountAction,
    pub(super) accounts: AccountSelectionOptions,
}

/// Returns each action with the name of its command.
fn named() -> impl Iterator<Item = (&'static str, AccountAction)> {
    AccountAction::ALL.iter().filter_map(|action| match action.command().split_once(' ') {
        Some((TOPIC, name)) => Some((name, *action)),
        Some(_) | None => None,
    })
}

impl FromArgMatches for AccountActionCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = matches.subcommand().and_then(|(name, arguments)| {
            named().find(|(known, _)| *known == name).map(|(_, action)| (action, arguments))
        });
        let (action, arguments) = given.ok_or_else(|| Error::new(ErrorKind::MissingSubcommand))?;
        Ok(Self { action, accounts: AccountSelectionOptions::from_arg_matches(arguments)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for AccountActionCommand {
    fn augment_subcommands(topic: Command) -> Command {
        named().fold(topic, |topic, (name, action)| {
            let command = AccountSelectionOptions::augment_args(Command::new(name));
            // The description of the arguments would stand in for that of the command.
            topic.subcommand(command.about(action.about()))
        })
    }

    fn augment_subcommands_for_update(topic: Command) -> Command {
        Self::augment_subcommands(topic)
    }

    fn has_subcommand(name: &str) -> bool {
        named().any(|(known, _)| known == name)
    }
}
