//! The meaning of each command in the console.

use crate::domain::filter::{Filter, ListKind, Test};
use crate::service::contract::{Failure, Request, TypedCommand};

use super::super::bin::BinCommand;
use super::super::directory::DirectoryCommand;
use super::super::journal::JournalCommand;
use super::super::options::{ListOptions, parse_who};
use super::super::selection_args::Input;
use super::super::session::SessionCommand;
use super::super::sort_column::SortColumn;
use super::super::topic::Topic;
use super::super::user::UserCommand;

/// Returns the meaning of a command.
///
/// # Errors
/// An argument does not name anything.
pub(super) fn of(topic: &Topic) -> Result<TypedCommand, Failure> {
    match topic {
        Topic::User(command) => user(command, topic),
        Topic::Session(command) => session(command, topic),
        Topic::Directory(command) => directory(command, topic),
        Topic::Journal(command) => journal(command),
        Topic::Bin(command) => bin(command, topic),
        Topic::Overview | Topic::Metrics(_) | Topic::Export(_) => Ok(TypedCommand::Print),
        Topic::Backup(arguments) if arguments.only_verifies() => Ok(TypedCommand::Print),
        Topic::Setup(_)
        | Topic::Undo(_)
        | Topic::Import(_)
        | Topic::Backup(_)
        | Topic::Restore(_)
        | Topic::Doctor(_) => act(topic),
    }
}

/// Returns the request of an action; a command without one prints.
fn act(topic: &Topic) -> Result<TypedCommand, Failure> {
    let request: Option<Request> = topic.request(&Input::default())?;
    Ok(request.map_or(TypedCommand::Print, |request| TypedCommand::Act(Box::new(request))))
}

fn user(command: &UserCommand, topic: &Topic) -> Result<TypedCommand, Failure> {
    match command {
        UserCommand::List(options) => list(options),
        UserCommand::Show { who } => parse_who(who).map(TypedCommand::ShowAccount),
        UserCommand::Password { who, .. } => parse_who(who).map(TypedCommand::SetPassword),
        UserCommand::History(history) => match history.at() {
            Some(_) => Ok(TypedCommand::Print),
            None => parse_who(history.who()).map(TypedCommand::History),
        },
        UserCommand::Add { .. }
        | UserCommand::Edit { .. }
        | UserCommand::Act(_)
        | UserCommand::AccessCode { .. }
        | UserCommand::Restore { .. }
        | UserCommand::Purge { .. } => act(topic),
    }
}

fn session(command: &SessionCommand, topic: &Topic) -> Result<TypedCommand, Failure> {
    match command {
        SessionCommand::List(options) => list(options),
        SessionCommand::Verify => Ok(TypedCommand::VerifyToken),
        SessionCommand::Issue { .. }
        | SessionCommand::Renew { .. }
        | SessionCommand::Revoke(_)
        | SessionCommand::Sweep(_) => act(topic),
    }
}

fn directory(command: &DirectoryCommand, topic: &Topic) -> Result<TypedCommand, Failure> {
    match command {
        DirectoryCommand::Tree { who } => Ok(directories(&owned_by(who.as_deref())?)),
        DirectoryCommand::List { who, options } => {
            let mut filter = owned_by(who.as_deref())?;
            filter.terms.extend(options.filter()?.terms);
            Ok(directories(&filter))
        }
        DirectoryCommand::Add { .. }
        | DirectoryCommand::Rename { .. }
        | DirectoryCommand::Move { .. }
        | DirectoryCommand::Trash { .. }
        | DirectoryCommand::Restore { .. }
        | DirectoryCommand::Purge { .. }
        | DirectoryCommand::Provision(_) => act(topic),
    }
}

fn journal(command: &JournalCommand) -> Result<TypedCommand, Failure> {
    match command {
        JournalCommand::List(options) => list(options),
        JournalCommand::Head | JournalCommand::Verify { .. } => Ok(TypedCommand::Print),
    }
}

fn bin(command: &BinCommand, topic: &Topic) -> Result<TypedCommand, Failure> {
    match command {
        BinCommand::List(options) => list(options),
        BinCommand::Restore { .. } | BinCommand::Purge(_) => act(topic),
    }
}

fn list<C: SortColumn>(options: &ListOptions<C>) -> Result<TypedCommand, Failure> {
    options.filter()?;
    let filter = options.expression().unwrap_or_default().to_owned();
    Ok(TypedCommand::List { list: C::SUBJECT, filter })
}

fn owned_by(who: Option<&str>) -> Result<Filter, Failure> {
    let Some(who) = who else { return Ok(Filter::default()) };
    Ok(Filter::default().and(Test::User(parse_who(who)?)))
}

fn directories(filter: &Filter) -> TypedCommand {
    TypedCommand::List { list: ListKind::Directories, filter: filter.to_string() }
}
