//! The command line as a whole: the topics, and what is settled before a store is opened.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::doctor::DoctorArguments;
use super::import::ImportArguments;
use super::manual::ManualArguments;
use super::options::{Colour, Global};
use super::output::Style;
use super::problem::Problem;
use super::runner::{Course, RunOptions, USAGE, unanswered};
use super::secret::Wanted;
use super::selection_args::Input;
use super::setup::SetupArguments;
use super::undo::UndoArguments;
use super::{
    Command, ConfigFile, ConsoleOptions, ConsoleStore, Environment, Exit, Invocation, ShowConfig, Terminal,
};
use super::{bin, config, directory, hyphens, journal, session, user};
use crate::domain::access::Access;
use crate::domain::text::{excerpt, visible};
use crate::service::contract::{Failure, Request};

/// The operator's console for the accounts of a media server. Without a command it opens the console.
#[derive(Debug, Parser)]
#[command(name = "nexus", version, disable_help_subcommand = true, after_help = EXITS)]
struct Arguments {
    /// Open the console over a throw-away store full of sample rows
    #[arg(long, conflicts_with = "store")]
    demo: bool,
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    word: Option<Word>,
}

/// The first word of a command.
#[derive(Debug, Subcommand)]
enum Word {
    #[command(flatten)]
    Topic(Box<Topic>),
    /// Settings
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print a page of the manual
    Manual(ManualArguments),
}

const EXITS: &str = "\
Exit codes: 0 done; 1 failed otherwise; 2 usage, or not confirmed; 3 not found; 4 conflict;
5 refused; 6 invalid input; 7 the store cannot serve; 8 findings.";

/// What a command does with the store.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum Topic {
    /// Make the first admin
    Setup(SetupArguments),
    /// Accounts
    #[command(subcommand)]
    User(user::UserCommand),
    /// Sessions and their tokens
    #[command(subcommand)]
    Session(session::SessionCommand),
    /// Directories (their rows)
    #[command(subcommand)]
    Directory(directory::DirectoryCommand),
    /// What was done, by whom, and whether the record of it is whole
    #[command(subcommand)]
    Journal(journal::JournalCommand),
    /// Take back an act, or do again what was taken back
    Undo(UndoArguments),
    /// What was deleted
    #[command(subcommand)]
    Bin(bin::BinCommand),
    /// Take in a legacy database
    Import(ImportArguments),
    /// Examine the store, and repair it
    Doctor(DoctorArguments),
}

impl Topic {
    /// Whether the command itself refuses to go on with a clock that is behind, and says so.
    pub(super) fn judges_clock(&self) -> bool {
        matches!(self, Self::Session(session::SessionCommand::Verify))
    }

    /// What `clap` cannot check.
    fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::User(action) => action.check(),
            Self::Session(action) => action.check(),
            Self::Directory(action) => action.check(),
            Self::Journal(action) => action.check(),
            Self::Bin(action) => action.check(),
            Self::Setup(_) | Self::Undo(_) | Self::Import(_) | Self::Doctor(_) => Ok(()),
        }
    }

    /// The act, with what was read for it; `None` for what only reads. What was not read yet is left out.
    ///
    /// # Errors
    /// What in the arguments names nothing.
    fn request(&self, input: &Input) -> Result<Option<Request>, Failure> {
        match self {
            Self::User(action) => action.request(input),
            Self::Session(action) => action.request(input),
            Self::Directory(action) => action.request(input),
            Self::Bin(action) => action.request(input),
            Self::Import(arguments) => Ok(Some(arguments.request())),
            Self::Undo(arguments) => Ok(Some(arguments.request())),
            Self::Doctor(arguments) => Ok(arguments.request()),
            // Asks for a password, and for nothing else.
            Self::Setup(_) | Self::Journal(_) => Ok(None),
        }
    }

    /// Returns what the store is opened for: only `setup` and `import` make one, and neither in a dry run.
    fn access(&self, readonly: bool, course: Course) -> Access {
        if readonly {
            return Access::ReadOnly;
        }
        match self {
            Self::Setup(_) | Self::Import(_) => match course {
                Course::ForGood => Access::ReadWrite,
                Course::Rehearsal => Access::DryRun,
            },
            Self::User(_)
            | Self::Session(_)
            | Self::Directory(_)
            | Self::Journal(_)
            | Self::Undo(_)
            | Self::Bin(_)
            | Self::Doctor(_) => Access::Existing,
        }
    }

    /// How many rows an act must be for.
    fn expected(&self) -> Option<u64> {
        match self {
            Self::User(action) => action.expected(),
            Self::Session(action) => action.expected(),
            Self::Directory(action) => action.expected(),
            Self::Bin(action) => action.expected(),
            Self::Undo(arguments) => arguments.expected(),
            Self::Setup(arguments) => arguments.expected.expect,
            Self::Journal(_) | Self::Import(_) | Self::Doctor(_) => None,
        }
    }

    /// Whether somebody must agree to it whatever the store holds. Arguments that name nothing are for the act to refuse.
    fn always_asks(&self) -> bool {
        matches!(self.request(&Input::default()), Ok(Some(request)) if request.always_asks())
    }

    fn secret(&self) -> Wanted {
        match self {
            Self::Setup(arguments) => Wanted::password(&arguments.password),
            Self::User(action) => action.secret(),
            Self::Session(action) => action.secret(),
            Self::Directory(_)
            | Self::Journal(_)
            | Self::Undo(_)
            | Self::Bin(_)
            | Self::Import(_)
            | Self::Doctor(_) => Wanted::Nothing,
        }
    }
}

/// See [`super::parse`].
pub(super) fn parse(
    args: impl IntoIterator<Item = OsString>,
    environment: &Environment,
) -> Result<Invocation, Exit> {
    let arguments = read(args, environment.terminal)?;
    let global = &arguments.global;
    let colour = wants_colour(global.color, environment);
    let config = config_file(global, environment)?;
    if arguments.demo && arguments.word.is_some() {
        return Err(Exit::usage("--demo opens the console: it goes with no command.", "leave --demo out"));
    }
    let topic = match arguments.word {
        None => return console(global, arguments.demo, config, colour, environment).map(Invocation::Console),
        Some(Word::Config(config::ConfigCommand::Show)) => {
            return ShowConfig::new(config, global.format).map(Invocation::ShowConfig);
        }
        // Like help, it needs nothing that is opened.
        Some(Word::Manual(arguments)) => return Err(arguments.exit(global.format)?),
        Some(Word::Topic(topic)) => *topic,
    };
    topic.check().map_err(|sentence| Exit::usage(sentence, "`nexus --help` says more"))?;
    let options = RunOptions {
        course: if global.dry_run { Course::Rehearsal } else { Course::ForGood },
        expect: topic.expected(),
        yes: global.yes,
        can_ask: environment.terminal.input && environment.terminal.error && !global.no_input,
        shows_progress: environment.terminal.error,
    };
    topic.secret().check(options)?;
    if options.asks() && !options.can_ask && topic.always_asks() {
        return Err(unanswered());
    }
    let terminal = environment.terminal.output;
    let style = Style {
        format: global.format,
        colour: colour && (terminal || global.color == Colour::Always),
        terminal,
        ascii: environment.ascii,
    };
    let store = store(global, environment)?;
    Ok(Invocation::Command(Box::new(Command {
        store,
        config,
        access: topic.access(global.readonly, options.course),
        topic,
        style,
        options,
    })))
}

fn read(args: impl IntoIterator<Item = OsString>, terminal: Terminal) -> Result<Arguments, Exit> {
    let columns = terminal.columns.unwrap_or(100).clamp(40, 110);
    let command = hyphens::allow_in_options(Arguments::command().term_width(columns.into()));
    let args = hyphens::separate(&command, args.into_iter().collect())
        .map_err(|sentence| Exit::usage(&sentence, "`nexus --help` says more"))?;
    command
        .try_get_matches_from(&args)
        .and_then(|matches| Arguments::from_arg_matches(&matches))
        .map_err(|error| refusal(&error, &args))
}

/// What `clap` has to say, safe for a terminal: it repeats arguments as they were given.
fn refusal(error: &clap::Error, args: &[OsString]) -> Exit {
    let mut text = error.to_string();
    for arg in args.iter().map(|arg| arg.to_string_lossy()) {
        let value = arg.split_once('=').map_or(&*arg, |(_, value)| value);
        if let Cow::Owned(short) = excerpt(value) {
            text = text.replace(value, &short);
        }
    }
    let text = text.lines().flat_map(|line| [visible(line), "\n".into()]).collect::<String>();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::asked_for(text),
        _ => {
            let said = text.strip_prefix("error: ");
            let problem = Some(Box::new(usage_problem(said.unwrap_or(&text))));
            Exit { code: USAGE, text: said.map_or(text.clone(), |text| format!("nexus: {text}")), problem }
        }
    }
}

/// What `clap` says in several paragraphs: the fault, perhaps a tip, the usage. Help that comes without being asked for has
/// no fault of its own.
fn usage_problem(text: &str) -> Problem {
    let mut paragraphs = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let first = paragraphs.next().unwrap_or_default();
    let is_help = text.contains("\nCommands:\n");
    let message = if is_help { "A command is missing.".to_owned() } else { first };
    let tip = paragraphs.find_map(|part| part.strip_prefix("tip: ").map(str::to_owned));
    let hint = tip.unwrap_or_else(|| "`nexus --help` says more".to_owned());
    Problem { kind: "usage", message, hint: Some(hint) }
}

fn console(
    global: &Global,
    demo: bool,
    config: ConfigFile,
    colour: bool,
    environment: &Environment,
) -> Result<ConsoleOptions, Exit> {
    if global.dry_run {
        return Err(Exit::usage(
            "--dry-run goes with a command.",
            "`nexus --demo` is a console to try things on",
        ));
    }
    if !(environment.terminal.input && environment.terminal.output) {
        return Err(Exit::usage("The console needs a terminal.", "`nexus --help` names the commands"));
    }
    if environment.is_dumb() || set(environment.term.as_ref()).is_none() {
        return Err(Exit::usage(
            "The console needs a terminal that can place its cursor (TERM is dumb or not set).",
            "`nexus --help` names the commands, which need none",
        ));
    }
    let store = match (demo, &global.store) {
        (true, _) => ConsoleStore::Demo,
        (false, Some(_)) => ConsoleStore::Named(store(global, environment)?),
        (false, None) => ConsoleStore::Usual(store(global, environment)?),
    };
    Ok(ConsoleOptions { store, config, colour, read_only: global.readonly })
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

/// The store's file: as told, else as the environment says, else where the XDG base directory specification puts it.
fn store(global: &Global, environment: &Environment) -> Result<PathBuf, Exit> {
    let told = global.store.clone().or_else(|| set(environment.store.as_ref()));
    let Some(path) = told.or_else(|| usual(environment)) else {
        return Err(Exit::usage(
            "It is not known where the store is: HOME is not set.",
            "--store PATH says where",
        ));
    };
    if path.as_os_str().is_empty() {
        return Err(Exit::usage("--store needs a path.", "leave it out to use the usual one"));
    }
    if is_no_path(&path) {
        return Err(Exit::usage(
            "A store is a file, named by its path; :memory: and file: are not used.",
            "a file with such a name is ./file:NAME",
        ));
    }
    if path.to_str().is_some_and(|text| text.contains("://")) {
        return Err(Exit::unavailable(
            "Only SQLite files can be the store as yet; servers cannot.",
            "--store takes the path of a file",
        ));
    }
    Ok(path)
}

/// Returns whether SQLite takes a name for something else than a path: a URI, or a store in memory
/// (sqlite.org/c3ref/open.html). The letter case does not matter: nobody means a file by it.
fn is_no_path(name: &Path) -> bool {
    let name = name.as_os_str().as_encoded_bytes();
    name.eq_ignore_ascii_case(b":memory:")
        || name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"file:"))
}

fn usual(environment: &Environment) -> Option<PathBuf> {
    Some(base(environment.data_home.as_ref(), ".local/share", environment)?.join("nexus/nexus.db"))
}

/// The config file: as told, else where the XDG base directory specification puts it.
fn config_file(global: &Global, environment: &Environment) -> Result<ConfigFile, Exit> {
    match &global.config {
        Some(path) if path.as_os_str().is_empty() => {
            Err(Exit::usage("--config needs a path.", "leave it out to use the usual one"))
        }
        Some(path) => Ok(ConfigFile::Named(path.clone())),
        None => Ok(base(environment.config_home.as_ref(), ".config", environment)
            .map_or(ConfigFile::Unknown, |base| ConfigFile::Usual(base.join("nexus/config.toml")))),
    }
}

/// A base directory of the XDG specification: the variable's, if it is absolute, else this one below HOME.
fn base(variable: Option<&OsString>, below_home: &str, environment: &Environment) -> Option<PathBuf> {
    let told = set(variable).filter(|path| path.is_absolute());
    told.or_else(|| Some(set(environment.home.as_ref())?.join(below_home)))
}

/// A variable that is empty counts as not set.
fn set(variable: Option<&OsString>) -> Option<PathBuf> {
    variable.filter(|text| !text.is_empty()).map(PathBuf::from)
}
