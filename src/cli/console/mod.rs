//! The command line as the console uses it: its commands for the palette, their meaning, and what they print.

mod export;
mod specs;

use std::io::{self, Write};

use crate::domain::text::visible;
use crate::domain::time::Timestamp;
use crate::service::contract::{
    CommandInterpreter, CommandSpec, Failure, FailureKind, ImportReport, ListExport, OnProgress,
    PrintOptions, RequestHandler, TypedCommand,
};

use super::arguments::{Arguments, Word, parse_reason, program, read, reason_of_nothing};
use super::output::{Format, Style};
use super::runner::{CommandError, CommandRunner, FINDINGS, RunOptions, unexpected};
use super::topic::Topic;
use super::{Exit, Io, Terminal, import_report};

/// The commands of the command line, for the console.
pub const CONSOLE_COMMANDS: &dyn CommandInterpreter = &ConsoleCommands;

/// The name of the program, which the command line begins with.
const PROGRAM: &str = "nexus";

/// The commands that the console does not take: the first steps, what belongs to the shell, and `export`, which in the console
/// writes the list in front.
const ONLY_SHELL: &[&str] = &["setup", "recover", "config", "completions", "export"];

/// The options that the console does not take, and the reasons.
const NOT_HERE: &[(&str, &str)] = &[
    ("demo", ELSEWHERE),
    ("store", ELSEWHERE),
    ("config", ELSEWHERE),
    ("readonly", ELSEWHERE),
    ("color", ELSEWHERE),
    ("format", "the console shows tables; :export writes CSV and JSON"),
    ("yes", "the console asks"),
    ("no_input", "the console asks"),
    ("report", "the console shows the report"),
    ("password_stdin", "the console asks for the password"),
    ("password_file", "the console asks for the password"),
    ("expect", "the console counts the rows and asks"),
    ("follow", "the Journal shows new entries as they come"),
    ("columns", "C chooses the columns of the list"),
    ("sort", "sort the list with , and a letter"),
    ("limit", "the list scrolls"),
    ("after", "the list scrolls"),
];

const ELSEWHERE: &str = "it is set when the console starts";

/// The word that stands for ids on standard input.
const STDIN: &str = "-";

struct ConsoleCommands;

impl CommandInterpreter for ConsoleCommands {
    fn specs(&self) -> Vec<CommandSpec> {
        specs::all()
    }

    fn read(&self, words: &[String]) -> Result<TypedCommand, Failure> {
        let Parsed { arguments, topic } = match parsed(words)? {
            Meaning::Topic(parsed) => *parsed,
            Meaning::Text(text) => return Ok(TypedCommand::Text(text)),
            Meaning::AddAccount => return Ok(TypedCommand::AddAccount),
        };
        if arguments.global.dry_run {
            return Ok(TypedCommand::Print);
        }
        let reason = arguments.global.reason.as_deref().map(parse_reason).transpose().map_err(failure_of)?;
        Ok(match topic.command().typed()? {
            TypedCommand::Act(request) => TypedCommand::Act(Box::new(request.because(reason))),
            _ if reason.is_some() => return Err(failure_of(reason_of_nothing())),
            other => other,
        })
    }

    fn print(
        &self,
        words: &[String],
        options: PrintOptions,
        perform: &mut RequestHandler<'_>,
    ) -> Result<String, Failure> {
        let Meaning::Topic(parsed) = parsed(words)? else { return Err(unexpected()) };
        let Parsed { arguments, topic } = *parsed;
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut service =
            |request, dry_run, on_progress: &mut OnProgress<'_>| perform(request, dry_run, on_progress);
        let nobody = || io::Error::from(io::ErrorKind::Unsupported);
        let mut runner = CommandRunner {
            service: &mut service,
            io: Io {
                out: &mut out,
                err: &mut err,
                input: &mut io::empty(),
                ask_secret: &mut |_| Err(nobody()),
                interrupted: &mut || false,
                wait: &mut || false,
                open_file: &mut |_| Err(nobody()),
                output_file: &mut || Err(nobody()),
            },
            now: options.now,
            style: Style {
                format: Format::Table,
                colour: false,
                terminal: true,
                width: None,
                ascii: options.ascii,
            },
            // It only reads, so that there is nothing to ask about.
            options: RunOptions {
                dry_run: arguments.global.dry_run,
                expect: None,
                yes: false,
                can_ask: false,
                shows_progress: false,
            },
        };
        let result = topic.command().run(&mut runner);
        let mut text = String::from_utf8_lossy(&out).into_owned() + &String::from_utf8_lossy(&err);
        match result {
            Ok(()) => Ok(text),
            Err(CommandError::Failed(failure)) => Err(failure),
            Err(CommandError::Refused(exit)) if exit.code == FINDINGS => {
                let failure = failure_of(exit);
                text.push_str(&visible(&failure.message));
                text.push('\n');
                Ok(text)
            }
            Err(CommandError::Refused(exit)) => Err(failure_of(exit)),
            Err(CommandError::Stream(error)) => {
                Err(Failure::new(FailureKind::Other, format!("Cannot read or write: {error}.")))
            }
        }
    }

    fn imported(&self, report: &ImportReport) -> String {
        import_report::words(report, false).join("\n")
    }

    fn export(
        &self,
        export: &ListExport,
        now: Timestamp,
        perform: &mut RequestHandler<'_>,
        on_progress: &mut OnProgress<'_>,
        out: &mut dyn Write,
    ) -> Result<u64, Failure> {
        export::write(export, now, perform, on_progress, out)
    }
}

/// A command that needs the store.
struct Parsed {
    arguments: Arguments,
    topic: Topic,
}

/// The first meaning of a line.
enum Meaning {
    Topic(Box<Parsed>),
    /// Help, or a page of the manual.
    Text(String),
    /// `user add` alone: its arguments are the fields of a form.
    AddAccount,
}

/// Parses a command by the rules of the command line and those of the console.
fn parsed(words: &[String]) -> Result<Meaning, Failure> {
    if words == ["user", "add"] {
        return Ok(Meaning::AddAccount);
    }
    if let Some(word) = words.first().filter(|word| ONLY_SHELL.contains(&word.as_str())) {
        let message = format!("{word} is for the command line only.");
        return Err(Failure::new(FailureKind::Invalid, message).hint(format!("Run nexus {word} in a shell.")));
    }
    if words.iter().any(|word| word == STDIN) {
        let message = "- stands for standard input, which the console does not have.";
        return Err(Failure::new(FailureKind::Invalid, message));
    }
    let args = [PROGRAM].into_iter().chain(words.iter().map(String::as_str)).map(Into::into);
    let (mut arguments, matches) = match read(args, Terminal::default()) {
        Ok(read) => read,
        Err(exit) if exit.code == 0 => return Ok(Meaning::Text(exit.text)),
        Err(exit) => return Err(explained(words, failure_of(exit))),
    };
    specs::refuse_options(&matches)?;
    match arguments.word.take() {
        Some(Word::Topic(topic)) => {
            topic
                .command()
                .check()
                .map_err(|sentence| explained(words, Failure::new(FailureKind::Invalid, sentence)))?;
            Ok(Meaning::Topic(Box::new(Parsed { arguments, topic: *topic })))
        }
        Some(Word::Manual(page)) => match page.exit(Format::Table, program) {
            Ok(exit) => Ok(Meaning::Text(exit.text)),
            Err(exit) => Err(failure_of(exit)),
        },
        Some(Word::Config(_) | Word::Completions(_)) | None => {
            Err(Failure::new(FailureKind::Invalid, "A command is missing."))
        }
    }
}

/// Returns the failure for a text that would be printed instead of running a command.
fn failure_of(exit: Exit) -> Failure {
    let Exit { text, problem, .. } = exit;
    let Some(problem) = problem else { return Failure::new(FailureKind::Invalid, text) };
    let mut message = problem.message;
    if !message.ends_with('.') {
        message.push('.');
    }
    let mut failure = Failure::new(FailureKind::Invalid, message);
    failure.hint = problem.hint;
    failure
}

/// Adds the usage of the command that was meant.
fn explained(words: &[String], failure: Failure) -> Failure {
    match specs::meant(words) {
        Some(spec) => failure.hint(format!("Usage: {} {}", spec.name, spec.usage()).trim_end().to_owned()),
        None => Failure { hint: None, ..failure },
    }
}

#[cfg(test)]
mod tests;
