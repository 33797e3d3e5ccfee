//! The commands as the palette offers them, read from the definition of the command line.

use std::sync::LazyLock;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory as _};

use crate::domain::time::Timestamp;
use crate::service::contract::{
    ArgumentKind, ArgumentSpec, CommandInterpreter as _, CommandSpec, ExportFormat, Failure, FailureKind,
    OnProgress, OptionSpec, PrintOptions, Request, Right, TypedCommand,
};

use super::super::argument_kind::{argument_kind, placeholder};
use super::super::arguments::Arguments;
use super::{ConsoleCommands, NOT_HERE, ONLY_SHELL};

/// The option of every command that changes rows.
const EXPECT: &str = "expect";

/// Every command that the console takes. Made once: each time the palette opened it took 20 ms, for a trial of each command.
static ALL: LazyLock<Vec<CommandSpec>> = LazyLock::new(|| {
    let mut specs = defined();
    for spec in &mut specs {
        let Some((words, command)) = trial(spec) else { continue };
        spec.changes =
            spec.changes || matches!(&command, TypedCommand::Act(request) if !request.acts_on_files_alone());
        spec.needs_admin = needs_admin(&command, &words);
    }
    specs
});

/// Returns every command that the console takes.
pub(super) fn all() -> Vec<CommandSpec> {
    ALL.clone()
}

/// Returns the command that a line begins with.
pub(super) fn meant(words: &[String]) -> Option<CommandSpec> {
    let line = words.join(" ");
    let is_meant = |spec: &CommandSpec| line == spec.name || line.starts_with(&format!("{} ", spec.name));
    defined().into_iter().find(is_meant)
}

/// Returns every command. Those that change something but no rows, and those for admins, are not marked yet.
fn defined() -> Vec<CommandSpec> {
    let program = Arguments::command();
    let mut found = Vec::new();
    for topic in program.get_subcommands().filter(|topic| !ONLY_SHELL.contains(&topic.get_name())) {
        if !topic.has_subcommands() {
            found.push(spec(topic.get_name().to_owned(), topic));
        }
        for command in topic.get_subcommands() {
            found.push(spec(format!("{} {}", topic.get_name(), command.get_name()), command));
        }
    }
    found
}

/// Refuses options that have no meaning in the console.
pub(super) fn refuse_options(matches: &ArgMatches) -> Result<(), Failure> {
    let mut matches = matches;
    loop {
        for (id, why) in NOT_HERE {
            let is_given = matches.try_contains_id(id).is_ok()
                && matches.value_source(id) == Some(ValueSource::CommandLine);
            if is_given {
                let message = format!("--{} is for the command line: {why}.", id.replace('_', "-"));
                return Err(Failure::new(FailureKind::Invalid, message));
            }
        }
        match matches.subcommand() {
            Some((_, inner)) => matches = inner,
            None => return Ok(()),
        }
    }
}

fn spec(name: String, command: &Command) -> CommandSpec {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let arguments = command.get_positionals().map(|argument| argument_spec(&name, argument)).collect();
    let options = command
        .get_opts()
        .chain(command.get_arguments().filter(|argument| is_switch(argument)))
        .filter(|argument| !NOT_HERE.iter().any(|(id, _)| argument.get_id() == id));
    let options = options.filter_map(|argument| {
        let value = argument.get_action().takes_values().then(|| argument_spec(&name, argument));
        let about = argument.get_help().map(ToString::to_string).unwrap_or_default();
        Some(OptionSpec { flag: format!("--{}", argument.get_long()?), value, about })
    });
    let options = options.collect();
    let counts_rows = command.get_arguments().any(|argument| argument.get_id() == EXPECT);
    CommandSpec { name, about, arguments, options, changes: counts_rows, needs_admin: false }
}

/// Returns the shortest line of a command, with its required arguments or else with all, and what it means, whatever its
/// arguments are.
fn trial(spec: &CommandSpec) -> Option<(Vec<String>, TypedCommand)> {
    let line = |is_given: fn(&ArgumentSpec) -> bool| -> Vec<String> {
        let any = spec.arguments.iter().filter(|argument| is_given(argument)).map(|_| "1".to_owned());
        spec.name.split(' ').map(str::to_owned).chain(any).collect()
    };
    let lines = [line(|argument| argument.is_required), line(|_| true)];
    lines.into_iter().find_map(|words| ConsoleCommands.read(&words).ok().map(|command| (words, command)))
}

/// Returns true if the request that a command makes is for admins. One that prints is run up to its first request.
fn needs_admin(command: &TypedCommand, words: &[String]) -> bool {
    let is_for_admins = |request: &Request| matches!(request.right(), Right::Admin(_));
    match command {
        TypedCommand::Act(request) => is_for_admins(request),
        TypedCommand::AddAccount | TypedCommand::VerifyToken => true,
        TypedCommand::SetPassword(_)
        | TypedCommand::List { .. }
        | TypedCommand::ShowAccount(_)
        | TypedCommand::History(_)
        | TypedCommand::Text(_) => false,
        TypedCommand::Print => {
            let mut found = false;
            let mut perform = |request: Request, _: bool, _: &mut OnProgress<'_>| {
                found = found || is_for_admins(&request);
                Err(Failure::new(FailureKind::Stopped, "This was only a trial."))
            };
            let options = PrintOptions { now: Timestamp::UNIX_EPOCH, ascii: true };
            let _ = ConsoleCommands.print(words, options, &mut perform);
            found
        }
    }
}

fn is_switch(argument: &Arg) -> bool {
    !argument.is_positional() && !argument.get_action().takes_values()
}

fn argument_spec(command: &str, argument: &Arg) -> ArgumentSpec {
    let placeholder = placeholder(argument);
    let kind = argument_kind(command, argument);
    let repeats = argument.is_positional() && matches!(argument.get_action(), ArgAction::Append);
    // The file of an import can be left out only for options that the console does not take.
    let is_file = argument.is_positional() && kind == ArgumentKind::File;
    let is_required = argument.is_required_set() || repeats || is_file;
    ArgumentSpec { placeholder, kind, is_required, repeats }
}

/// Returns the format of the command line for an exported list.
pub(super) const fn format(format: ExportFormat) -> super::Format {
    match format {
        ExportFormat::Csv => super::Format::Csv,
        ExportFormat::Json => super::Format::Json,
        ExportFormat::Jsonl => super::Format::Jsonl,
    }
}
