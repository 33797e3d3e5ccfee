//! `nexus setup`: the first admin without the console.

use clap::Args;

use crate::service::contract::{Request, SignIn};

use super::chosen::Expected;
use super::errand::{Errand, Stop};
use super::options::{NewNames, PasswordOptions};

/// Make the first admin: works while no confirmed admin can log in.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct SetupArguments {
    /// Username
    #[arg(long, value_name = "NAME")]
    username: String,
    #[command(flatten)]
    names: NewNames,
    #[command(flatten)]
    pub(super) password: PasswordOptions,
    #[command(flatten)]
    pub(super) expected: Expected,
}

impl SetupArguments {
    pub(super) fn run(self, errand: &mut Errand<'_, '_>) -> Result<(), Stop> {
        let password = errand.password(&self.password)?;
        let fields = self.names.fields(Some(self.username));
        errand.act(Request::SignIn(SignIn::SetUp { fields, password }))
    }
}
