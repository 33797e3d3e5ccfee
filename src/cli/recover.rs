//! `nexus recover`: the way back in for the owner of the store's file.

use clap::Args;

use crate::service::contract::{AccountChange, Failure, Request};

use super::command_def::{ActionCommand, acts};
use super::options::{PasswordOptions, parse_who};
use super::runner::{CommandError, CommandRunner};
use super::secret::SecretSource;
use super::selection_args::{Expected, Input};
use super::store_command::StoreCommand;

const AFTER_HELP: &str = "\
The account becomes a confirmed admin, its waits after failed log-ins are lifted, and a one-time access code is printed with \
which its owner chooses a password at the log-in, within 24 hours. With --password-stdin or --password-file the password is \
set instead. It works while consoles are open and while nobody can log in. The journal records it.
Exit 3 when there is no such account; 6 when the password breaks the rule.";

/// Let an account's owner back in, as an admin.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct RecoverArguments {
    who: String,
    #[command(flatten)]
    password: PasswordOptions,
    #[command(flatten)]
    expected: Expected,
}

impl RecoverArguments {
    fn act(&self) -> ActionCommand<'_> {
        let act = acts(&self.expected, move |input| {
            let password = input.password.clone();
            Ok(AccountChange::Recover { password }.of(parse_who(&self.who)?))
        });
        if self.password.is_given() { act.with_password(&self.password) } else { act }
    }
}

impl StoreCommand for RecoverArguments {
    fn request(&self, input: &Input) -> Result<Option<Request>, Failure> {
        (self.act().request)(input).map(Some)
    }

    fn expected(&self) -> Option<u64> {
        self.expected.expect
    }

    fn secret(&self) -> SecretSource {
        if self.password.is_given() { SecretSource::password(&self.password) } else { SecretSource::Nothing }
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        self.act().run(runner)
    }
}
