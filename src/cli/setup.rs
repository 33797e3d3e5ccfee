//! `nexus setup`: the first admin without the console.

use clap::Args;

use crate::service::contract::{Request, SignIn};

use super::options::{AdminFields, PasswordOptions};
use super::runner::{CommandError, CommandRunner};
use super::selection_args::Expected;

/// Create the first admin; works while no confirmed admin can log in.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct SetupArguments {
    #[command(flatten)]
    fields: AdminFields,
    #[command(flatten)]
    pub(super) password: PasswordOptions,
    #[command(flatten)]
    pub(super) expected: Expected,
}

impl SetupArguments {
    pub(super) fn run(self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let password = runner.password(&self.password)?;
        let fields = self.fields.0;
        runner.execute(Request::SignIn(SignIn::SetUp { fields, password }))
    }
}
