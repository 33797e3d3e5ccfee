//! The command line as a whole: the topics, and all checks before a store is opened.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::domain::journal::Reason;
use crate::domain::store_url::{StoreUrl, StoreUrlError};
use crate::domain::text::{excerpt_bare, visible};

use super::completion_script::CompletionsArguments;
use super::manual::ManualArguments;
use super::options::{Colour, GlobalOptions};
use super::output::{Format, Style};
use super::problem::Problem;
use super::runner::{RunOptions, USAGE, unanswered};
use super::topic::Topic;
use super::{
    Command, ConfigFile, ConfigInvocation, ConsoleOptions, ConsoleStore, Environment, Exit, Invocation,
    StoreOrigin, Terminal,
};
use super::{config, help, hyphens};

/// The operator's console for the accounts of a media server. Without a command it opens the console.
#[derive(Debug, Parser)]
#[command(name = "nexus", version, after_help = help::EXITS)]
pub(super) struct Arguments {
    /// Open the console over a temporary store of sample rows
    #[arg(long, conflicts_with = "store")]
    demo: bool,
    /// Open the console in lines of text, without cursor movement (needs no terminal)
    #[arg(long)]
    plain: bool,
    /// Use this theme in the console
    #[arg(long, value_name = "NAME")]
    theme: Option<String>,
    #[command(flatten)]
    pub(super) global: GlobalOptions,
    #[command(subcommand)]
    pub(super) word: Option<Word>,
}

/// The first word of a command.
#[derive(Debug, Subcommand)]
pub(super) enum Word {
    #[command(flatten)]
    Topic(Box<Topic>),
    /// Settings
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print a page of the manual
    Manual(ManualArguments),
    /// Print the script that completes lines in bash, zsh or fish
    Completions(CompletionsArguments),
}

/// Returns the program with what its help says beyond the attributes of its commands.
pub(super) fn program() -> clap::Command {
    config::with_reference(Arguments::command())
}

/// Implements [`super::parse`].
pub(super) fn parse(
    args: impl IntoIterator<Item = OsString>,
    environment: &Environment,
) -> Result<Invocation, Exit> {
    // A process reads its arguments once. To take the commands apart would take as long as that.
    let mut commands = ManuallyDrop::new(commands());
    let (arguments, _) = read_by(&mut commands, args, environment.terminal)?;
    let global = &arguments.global;
    let colour = wants_colour(global.color, environment);
    let config = config_file(global, environment)?;
    if arguments.demo && arguments.word.is_some() {
        return Err(Exit::usage(
            "--demo opens the console and cannot be used with a command.",
            "leave --demo out",
        ));
    }
    if arguments.plain && arguments.word.is_some() {
        return Err(Exit::usage(
            "--plain opens the console and cannot be used with a command.",
            "leave --plain out",
        ));
    }
    if arguments.theme.is_some() && arguments.word.is_some() {
        return Err(Exit::usage("--theme is for the console.", "leave --theme out"));
    }
    let topic = match arguments.word {
        None | Some(Word::Config(_)) if global.reason.is_some() => return Err(reason_of_nothing()),
        None => return console(&arguments, config, colour, environment).map(Invocation::Console),
        Some(Word::Config(work)) => {
            let store = store_origin(global, environment);
            let themes = themes_folder(environment);
            return ConfigInvocation::new(work, config, store, themes, global).map(Invocation::Config);
        }
        Some(Word::Manual(arguments)) => return arguments.invocation(global.format, config, program),
        Some(Word::Completions(arguments)) => return Err(arguments.exit(global.format)?),
        Some(Word::Topic(topic)) => *topic,
    };
    let command = topic.command();
    command.check().map_err(|sentence| Exit::usage(sentence, "see `nexus --help`"))?;
    // An array would have no end.
    let format =
        if command.goes_on() && global.format == Format::Json { Format::Jsonl } else { global.format };
    let options = RunOptions {
        dry_run: global.dry_run,
        expect: command.expected(),
        yes: global.yes,
        can_ask: environment.terminal.input && environment.terminal.error && !global.no_input,
        shows_progress: environment.terminal.error,
    };
    let reason = match &global.reason {
        Some(_) if !command.is_act() => return Err(reason_of_nothing()),
        reason => reason.as_deref().map(parse_reason).transpose()?,
    };
    if reason.is_none() && command.needs_reason() {
        return Err(Exit::usage("This needs a reason.", "say why with --reason TEXT"));
    }
    command.secret().check(options)?;
    if options.asks() && !options.can_ask && command.always_asks() {
        return Err(unanswered());
    }
    let terminal = environment.terminal.output;
    let style = Style {
        format,
        colour: colour && (terminal || global.color == Colour::Always),
        terminal,
        width: environment.terminal.columns.filter(|columns| terminal && *columns > 0),
        ascii: environment.ascii,
    };
    let store = store(global, environment)?;
    Ok(Invocation::Command(Box::new(Command {
        store,
        config,
        access: topic.access(global.readonly, options.dry_run),
        topic,
        style,
        options,
        reason,
    })))
}

pub(super) fn parse_reason(text: &str) -> Result<Reason, Exit> {
    Reason::parse(text).map_err(|rule| Exit::invalid(&format!("--reason {rule}.")))
}

pub(super) fn reason_of_nothing() -> Exit {
    Exit::usage("--reason goes with a command that changes something.", "leave --reason out")
}

/// Reads the arguments; the first is the program's name.
pub(super) fn read(
    args: impl IntoIterator<Item = OsString>,
    terminal: Terminal,
) -> Result<(Arguments, ArgMatches), Exit> {
    read_by(&mut commands(), args, terminal)
}

/// Returns the program as arguments are read by it.
fn commands() -> clap::Command {
    hyphens::allow_in_options(Arguments::command())
}

/// Reads the arguments by the program from [`commands`].
fn read_by(
    command: &mut clap::Command,
    args: impl IntoIterator<Item = OsString>,
    terminal: Terminal,
) -> Result<(Arguments, ArgMatches), Exit> {
    let args = help::with_topics(command, args.into_iter().collect())?;
    let args =
        hyphens::separate(command, args).map_err(|sentence| Exit::usage(&sentence, "see `nexus --help`"))?;
    let explained = |_| {
        // Putting the help together takes longer than reading the arguments of a command.
        let columns = terminal.columns.unwrap_or(100).clamp(40, 110);
        let command = help::complete(program()).term_width(columns.into());
        hyphens::allow_in_options(command).try_get_matches_from(&args)
    };
    command
        .try_get_matches_from_mut(&args)
        .or_else(explained)
        .and_then(|matches| Ok((Arguments::from_arg_matches(&matches)?, matches)))
        .map_err(|error| refusal(&error, &args))
}

/// Returns `clap`'s message, safe for a terminal: it repeats arguments as they were given.
fn refusal(error: &clap::Error, args: &[OsString]) -> Exit {
    let mut text = error.to_string();
    for arg in args.iter().map(|arg| arg.to_string_lossy()) {
        let value = arg.split_once('=').map_or(&*arg, |(_, value)| value);
        if let Cow::Owned(short) = excerpt_bare(value) {
            text = text.replace(value, &short);
        }
    }
    let text = text.lines().flat_map(|line| [visible(line), "\n".into()]).collect::<String>();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::asked_for(text),
        _ => {
            let error = text.strip_prefix("error: ");
            let problem = Some(Box::new(usage_problem(error.unwrap_or(&text))));
            Exit { code: USAGE, text: error.map_or(text.clone(), |text| format!("nexus: {text}")), problem }
        }
    }
}

/// Splits `clap`'s message, which has several paragraphs: the error, perhaps a tip, the usage. Help that was
/// not asked for has no error of its own.
fn usage_problem(text: &str) -> Problem {
    let mut paragraphs = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let first = paragraphs.next().unwrap_or_default();
    let is_help = text.contains("\nCommands:\n");
    let message = if is_help { "A command is missing.".to_owned() } else { first };
    let tip = paragraphs.find_map(|part| part.strip_prefix("tip: ").map(str::to_owned));
    let hint = tip.unwrap_or_else(|| "see `nexus --help`".to_owned());
    Problem { kind: "usage", message, hint: Some(hint) }
}

fn console(
    Arguments { demo, plain, theme, global, .. }: &Arguments,
    config: ConfigFile,
    colour: bool,
    environment: &Environment,
) -> Result<ConsoleOptions, Exit> {
    if global.dry_run {
        return Err(Exit::usage("--dry-run needs a command.", "use `nexus --demo` to try the console"));
    }
    if !plain {
        need_cursor_control(environment)?;
    }
    let store = match (*demo, &global.store) {
        (true, _) => ConsoleStore::Demo,
        (false, Some(_)) => ConsoleStore::Named(store(global, environment)?),
        (false, None) => ConsoleStore::Default(store(global, environment)?),
    };
    let state =
        base(environment.state_home.as_ref(), ".local/state", environment).map(|base| base.join("nexus"));
    let themes = themes_folder(environment);
    let (read_only, plain, theme) = (global.readonly, *plain, theme.clone());
    Ok(ConsoleOptions { store, config, colour, read_only, plain, state, theme, themes })
}

/// Refuses the console where its screens cannot be drawn.
fn need_cursor_control(environment: &Environment) -> Result<(), Exit> {
    if !(environment.terminal.input && environment.terminal.output) {
        return Err(Exit::usage(
            "The console needs a terminal.",
            "`nexus --plain` needs none, nor do the commands: see `nexus --help`",
        ));
    }
    if environment.is_dumb() || set(environment.term.as_ref()).is_none() {
        return Err(Exit::usage(
            "The console needs a terminal with cursor control (TERM is dumb or not set).",
            "`nexus --plain` needs none, nor do the commands: see `nexus --help`",
        ));
    }
    Ok(())
}

fn wants_colour(choice: Colour, environment: &Environment) -> bool {
    match choice {
        Colour::Always => true,
        Colour::Never => false,
        // https://no-color.org: set and not empty.
        Colour::Auto => {
            environment.no_color.as_ref().is_none_or(|text| text.is_empty()) && !environment.is_dumb()
        }
    }
}

impl Environment {
    fn is_dumb(&self) -> bool {
        self.term.as_deref() == Some(OsStr::new("dumb"))
    }
}

/// Returns the location of the store: from the option, the environment or the XDG base directories.
fn store(global: &GlobalOptions, environment: &Environment) -> Result<StoreUrl, Exit> {
    let given = global.store.clone().or_else(|| set(environment.store.as_ref()));
    let Some(given) = given.or_else(|| usual(environment)) else {
        return Err(Exit::usage(
            "Cannot locate the store: HOME is not set.",
            "give the path with --store PATH",
        ));
    };
    StoreUrl::parse(given.as_os_str()).map_err(|error| match error {
        StoreUrlError::Empty => Exit::usage("--store needs a path.", "leave it out to use the default"),
        StoreUrlError::NotAPath => Exit::usage(
            "--store takes the path of a file; :memory: and file: URIs are not supported.",
            "write ./file:NAME for a file with such a name",
        ),
        StoreUrlError::Server => Exit::unavailable(
            "Only SQLite files are supported, not database servers.",
            "give the path of a file with --store",
        ),
    })
}

/// Returns the store of a line that is being typed and may not be whole.
pub(super) fn store_of_line(words: &[OsString], environment: &Environment) -> Option<StoreUrl> {
    let words: Vec<_> = words.iter().map_while(|word| word.to_str()).collect();
    let inline = words.iter().find_map(|word| word.strip_prefix("--store="));
    let separate = || {
        words.windows(2).find_map(|pair| (pair.first() == Some(&"--store")).then(|| pair.last().copied())?)
    };
    // The shell has not expanded the words yet.
    let expanded = |text: &str| match (text.strip_prefix("~/"), set(environment.home.as_ref())) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    };
    let path = inline
        .or_else(separate)
        .map(expanded)
        .or_else(|| set(environment.store.as_ref()))
        .or_else(|| usual(environment))?;
    StoreUrl::parse(path.as_os_str()).ok()
}

/// Returns the path of the store that commands open and where it was given, if it can be told.
fn store_origin(global: &GlobalOptions, environment: &Environment) -> Option<StoreOrigin> {
    let named = global.store.clone().map(|path| StoreOrigin { path, origin: "--store" });
    let variable = || Some(StoreOrigin { path: set(environment.store.as_ref())?, origin: "NEXUS_STORE" });
    let default = || Some(StoreOrigin { path: usual(environment)?, origin: "default" });
    named.or_else(variable).or_else(default)
}

fn usual(environment: &Environment) -> Option<PathBuf> {
    Some(base(environment.data_home.as_ref(), ".local/share", environment)?.join("nexus/nexus.db"))
}

/// Returns the folder of the operator's own themes.
fn themes_folder(environment: &Environment) -> Option<PathBuf> {
    base(environment.config_home.as_ref(), ".config", environment).map(|base| base.join("nexus/themes"))
}

/// Returns the config file: from the option or the XDG base directories.
fn config_file(global: &GlobalOptions, environment: &Environment) -> Result<ConfigFile, Exit> {
    match &global.config {
        Some(path) if path.as_os_str().is_empty() => {
            Err(Exit::usage("--config needs a path.", "leave it out to use the default"))
        }
        Some(path) => Ok(ConfigFile::Named(path.clone())),
        None => Ok(base(environment.config_home.as_ref(), ".config", environment)
            .map_or(ConfigFile::Unknown, |base| ConfigFile::Default(base.join("nexus/config.toml")))),
    }
}

/// Returns a base directory of the XDG specification: the variable's, if it is absolute, else the default below
/// HOME.
fn base(variable: Option<&OsString>, below_home: &str, environment: &Environment) -> Option<PathBuf> {
    let given = set(variable).filter(|path| path.is_absolute());
    given.or_else(|| Some(set(environment.home.as_ref())?.join(below_home)))
}

/// Returns the value of a variable; an empty one counts as not set.
fn set(variable: Option<&OsString>) -> Option<PathBuf> {
    variable.filter(|text| !text.is_empty()).map(PathBuf::from)
}
