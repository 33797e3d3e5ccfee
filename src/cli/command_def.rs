//! The definition of a command on accounts: its work, what that needs, and its meaning in the console.

use crate::domain::user::Who;
use crate::service::contract::{AccountChange, Accounts, Bin, Failure, Request, TypedCommand};

use super::account_action::AccountActionCommand;
use super::options::{PasswordOptions, parse_who};
use super::runner::{CommandError, CommandRunner};
use super::selection_args::{AccountSelectionOptions, Expected, Input};

/// A command that only reads, as a function.
type ReadCommand<'a> = Box<dyn FnOnce(&mut CommandRunner<'_, '_>) -> Result<(), CommandError> + 'a>;

/// Makes the request of an action from what was read for it.
type RequestFrom<'a> = Box<dyn Fn(&Input) -> Result<Request, Failure> + 'a>;

/// The meaning of a command in the console.
type Typed<'a> = Box<dyn FnOnce() -> Result<TypedCommand, Failure> + 'a>;

/// All that is known about a command.
pub(super) struct CommandDef<'a> {
    pub(super) work: CommandWork<'a>,
    /// Its meaning in the console, if that is another than to perform an action or to print.
    pub(super) typed: Option<Typed<'a>>,
}

/// The work of a command.
pub(super) enum CommandWork<'a> {
    Reads(ReadCommand<'a>),
    Acts(ActionCommand<'a>),
}

/// An action: the request that it makes, and what that needs.
pub(super) struct ActionCommand<'a> {
    pub(super) request: RequestFrom<'a>,
    selection: Option<&'a AccountSelectionOptions>,
    pub(super) expected: Option<u64>,
    /// The source of the password, if the command needs one.
    pub(super) password: Option<&'a PasswordOptions>,
}

impl<'a> CommandDef<'a> {
    pub(super) fn typed(self, typed: impl FnOnce() -> Result<TypedCommand, Failure> + 'a) -> Self {
        Self { typed: Some(Box::new(typed)), ..self }
    }
}

impl<'a> From<ActionCommand<'a>> for CommandDef<'a> {
    fn from(action: ActionCommand<'a>) -> Self {
        Self { work: CommandWork::Acts(action), typed: None }
    }
}

/// Describes a command that only reads.
pub(super) fn reads<'a>(
    read: impl FnOnce(&mut CommandRunner<'_, '_>) -> Result<(), CommandError> + 'a,
) -> CommandDef<'a> {
    CommandDef { work: CommandWork::Reads(Box::new(read)), typed: None }
}

/// Describes an action on accounts.
pub(super) fn acts<'a>(
    expected: &Expected,
    request: impl Fn(&Input) -> Result<Accounts, Failure> + 'a,
) -> ActionCommand<'a> {
    ActionCommand {
        request: Box::new(move |input| request(input).map(Request::Accounts)),
        selection: None,
        expected: expected.expect,
        password: None,
    }
}

/// Describes an action on one account.
pub(super) fn one<'a>(
    who: &'a str,
    expected: &Expected,
    change: impl Fn(&Input) -> Result<AccountChange, Failure> + 'a,
) -> ActionCommand<'a> {
    acts(expected, move |input| Ok(change(input)?.of(parse_who(who)?)))
}

/// Describes an action on the selected accounts.
pub(super) fn several(AccountActionCommand { action, accounts }: &AccountActionCommand) -> CommandDef<'_> {
    let act = acts(&accounts.expected, move |input| Ok(action.on(accounts.people(input)?)));
    ActionCommand { selection: Some(accounts), ..act }.into()
}

/// Describes an action on one account in the bin.
pub(super) fn in_bin<'a>(
    who: &'a str,
    expected: &Expected,
    request: impl Fn(Who) -> Bin + 'a,
) -> CommandDef<'a> {
    let request: RequestFrom<'a> = Box::new(move |_| Ok(Request::Bin(request(parse_who(who)?))));
    ActionCommand { request, selection: None, expected: expected.expect, password: None }.into()
}

impl<'a> ActionCommand<'a> {
    pub(super) fn with_password(self, password: &'a PasswordOptions) -> Self {
        Self { password: Some(password), ..self }
    }

    pub(super) fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        // An argument that names no account is refused before a password is asked for.
        (self.request)(&Input::default())?;
        let ids = runner.ids(self.selection.is_some_and(AccountSelectionOptions::reads_ids))?;
        let password = self.password.map(|password| runner.password(password)).transpose()?;
        runner.execute((self.request)(&Input { password, ids, ..Input::default() })?)
    }
}
