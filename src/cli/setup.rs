//! `nexus setup`: the first admin without the console.

use clap::Args;

use crate::domain::secret::Secret;
use crate::service::contract::{Failure, Request, SignIn};

use super::options::{AdminFields, PasswordOptions};
use super::runner::{CommandError, CommandRunner};
use super::secret::SecretSource;
use super::selection_args::{Expected, Input};
use super::store_command::StoreCommand;

/// Create the first admin; works while no confirmed admin can log in.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct SetupArguments {
    #[command(flatten)]
    fields: AdminFields,
    #[command(flatten)]
    password: PasswordOptions,
    #[command(flatten)]
    expected: Expected,
}

impl SetupArguments {
    fn with(&self, password: Secret) -> Request {
        Request::SignIn(SignIn::SetUp { fields: self.fields.0.clone(), password })
    }
}

impl StoreCommand for SetupArguments {
    fn request(&self, input: &Input) -> Result<Option<Request>, Failure> {
        Ok(Some(self.with(input.password.clone().unwrap_or_default())))
    }

    fn expected(&self) -> Option<u64> {
        self.expected.expect
    }

    fn secret(&self) -> SecretSource {
        SecretSource::password(&self.password)
    }

    fn makes_store(&self) -> bool {
        true
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let password = runner.password(&self.password)?;
        runner.execute(self.with(password))
    }
}
