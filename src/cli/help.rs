//! `nexus help`: also of pages of the manual, and the nearest name for one that is not known.

use std::ffi::OsString;

use clap::{Arg, Command};

use crate::domain::nearest::nearest;
use crate::domain::text::excerpt_bare;

use super::argument_kind::placeholder;
use super::{Exit, examples, manual};

/// The end of the program's help.
pub(super) const EXITS: &str = "\
Exit codes: 0 done; 1 failed otherwise; 2 usage, or not confirmed; 3 not found; 4 conflict; 5 refused; 6 invalid input; \
7 the store cannot serve; 8 findings.";

/// Adds the examples to the help of every command, and the topics to that of the program.
pub(super) fn complete(program: Command) -> Command {
    let topics: Vec<_> = manual::names().filter(|name| program.find_subcommand(name).is_none()).collect();
    let topics = format!("Topics: {}; `nexus help TOPIC` prints one.\n\n{EXITS}", topics.join(", "));
    with_accounts_named(examples::added(program.after_help(topics), ""))
}

/// Says how an account is named, wherever an argument takes one and says nothing of its own.
fn with_accounts_named(command: Command) -> Command {
    let named = |argument: Arg| {
        let is_bare = placeholder(&argument) == "WHO" && argument.get_help().is_none();
        if is_bare { argument.help("An id, an email or a username") } else { argument }
    };
    command.mut_args(named).mut_subcommands(with_accounts_named)
}

/// Turns `help TOPIC` into the command that prints this page of the manual, unless a command has that name.
///
/// # Errors
/// Wrong usage: there is neither a command nor a page with this name.
pub(super) fn with_topics(program: &Command, mut args: Vec<OsString>) -> Result<Vec<OsString>, Exit> {
    let words: Vec<_> = args.iter().skip(1).map_while(|arg| arg.to_str().map(str::to_owned)).collect();
    let Some((first, words)) = words.split_first() else { return Ok(args) };
    if first != "help" {
        return Ok(args);
    }
    // Help is what it prints already.
    args.retain(|arg| arg != "--help" && arg != "-h");
    let words = words.iter().filter(|word| *word != "--help" && *word != "-h");
    let mut command = program;
    for (depth, word) in words.enumerate() {
        if word.starts_with('-') {
            break;
        }
        if let Some(inner) = command.find_subcommand(word) {
            command = inner;
            continue;
        }
        let mut known: Vec<_> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
        if depth == 0 {
            if manual::names().any(|name| name == word) {
                if let Some(help) = args.get_mut(1) {
                    *help = "manual".into();
                }
                return Ok(args);
            }
            known.extend(manual::names().map(str::to_owned));
        }
        if !command.has_subcommands() || word == "help" {
            break;
        }
        let hint = nearest(word, known.iter().map(String::as_str)).map_or_else(
            || "`nexus --help` lists the commands".to_owned(),
            |name| format!("did you mean {name}?"),
        );
        let message = format!("There is no command or topic “{}”.", excerpt_bare(word));
        return Err(Exit::usage(&message, &hint));
    }
    Ok(args)
}
