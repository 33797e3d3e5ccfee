//! Options that several commands share, as `clap` reads them.

use std::marker::PhantomData;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueEnum};

use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::Sort;
use crate::domain::text::excerpt_bare;
use crate::domain::time::{Duration, parse_span};
use crate::domain::user::{FIELDS, Field, FieldKind, FieldSpec, Fields, Who};
use crate::service::contract::{Failure, FailureKind, TypedCommand};

use super::output::{Format, column_names};
use super::sort_column::{SortColumn, columns_help, parse_column, parse_sort, sort_help};
use super::suggestion::unknown;
use super::words_parser::WordsParser;

const STORE: &str = "The store [env: NEXUS_STORE] [default: $XDG_DATA_HOME/nexus/nexus.db]";

const CONFIG: &str = "The settings [default: $XDG_CONFIG_HOME/nexus/config.toml]";

/// Options of all commands, allowed before and after the command.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[command(next_help_heading = "Global options")]
pub(super) struct GlobalOptions {
    #[arg(long, global = true, value_name = "PATH|URL", help = STORE)]
    pub(super) store: Option<PathBuf>,
    #[arg(long, global = true, value_name = "FILE", help = CONFIG)]
    pub(super) config: Option<PathBuf>,
    /// Output format
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "table|json|jsonl|csv"
    )]
    pub(super) format: Format,
    /// Use of colours
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        hide_possible_values = true,
        value_name = "auto|always|never"
    )]
    pub(super) color: Colour,
    /// Change nothing: open the store read-only
    #[arg(long, global = true)]
    pub(super) readonly: bool,
    /// Show what would be done without doing it
    #[arg(long, global = true)]
    pub(super) dry_run: bool,
    /// Answer yes to every question
    #[arg(long, global = true)]
    pub(super) yes: bool,
    /// Never ask for anything
    #[arg(long, global = true)]
    pub(super) no_input: bool,
    /// Reason for the journal (commands that change something)
    #[arg(long, global = true, value_name = "TEXT")]
    pub(super) reason: Option<String>,
}

/// The use of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless the environment says otherwise
    #[default]
    Auto,
    /// Everywhere, also in a pipe
    Always,
    /// Nowhere, whatever the terminal can do
    Never,
}

/// The rows of a list to show, and their order.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct ListOptions<C: SortColumn> {
    #[arg(long, value_name = "EXPR", help = filter_help::<C>())]
    filter: Option<String>,
    #[arg(
        long,
        value_name = "COLUMN[:desc]",
        value_parser = WordsParser { words: C::NAMES.iter().map(|(name, _)| (*name).to_owned()).collect(), parse: parse_sort::<C> },
        hide_possible_values = true,
        help = sort_help::<C>()
    )]
    sort: Option<Sort<C>>,
    #[command(flatten)]
    columns: ColumnOptions<C>,
    /// Show at most this many rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) limit: Option<u64>,
    #[arg(long, value_name = C::ID_NAME, help = C::AFTER)]
    after: Option<i64>,
}

/// The columns of a list to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnOptions<C> {
    /// Their names, as the list knows them; none stand for the usual ones.
    pub(super) names: Vec<String>,
    list: PhantomData<C>,
}

/// The option's name.
const COLUMNS: &str = "columns";

impl<C: SortColumn> Args for ColumnOptions<C> {
    fn augment_args(command: Command) -> Command {
        let words = column_names::<C::Listed>();
        let option = Arg::new(COLUMNS)
            .long(COLUMNS)
            .value_name("A,B")
            .value_delimiter(',')
            .action(ArgAction::Append)
            .value_parser(WordsParser { words, parse: parse_column::<C> })
            .hide_possible_values(true)
            .help(columns_help::<C::Listed>());
        command.arg(option)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<C> FromArgMatches for ColumnOptions<C> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let names = matches.try_get_many::<String>(COLUMNS).ok().flatten();
        Ok(Self { names: names.into_iter().flatten().cloned().collect(), list: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The start of a list and its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListOrder<C> {
    /// The streaming order, starting after this id.
    ById { after: i64 },
    /// Another order, from its top.
    By(Sort<C>),
}

impl<C: SortColumn> ListOrder<C> {
    /// Returns the streaming order, starting after this id or at the beginning.
    pub(super) fn by_id(after: Option<i64>) -> Self {
        // No row has the smallest or largest possible id: everything comes after it.
        let start = if C::BY_ID.descending { i64::MAX } else { i64::MIN };
        Self::ById { after: after.unwrap_or(start) }
    }
}

impl<C: SortColumn> ListOptions<C> {
    /// Checks that `--after` and `--sort` fit together.
    ///
    /// # Errors
    /// A message about `--after` together with another order.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        match (self.after, self.order()) {
            (Some(_), ListOrder::By(_)) => Err("--after works only in the default order: leave out --sort."),
            _ => Ok(()),
        }
    }

    pub(super) fn order(&self) -> ListOrder<C> {
        match self.sort {
            Some(sort) if sort != C::BY_ID => ListOrder::By(sort),
            _ => ListOrder::by_id(self.after),
        }
    }

    /// Returns the names of the columns to show; none stand for the usual ones.
    pub(super) fn columns(&self) -> &[String] {
        &self.columns.names
    }

    /// Returns the expression that `--filter` gives.
    pub(super) fn expression(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    /// Returns the meaning of a list in the console: its screen, with the filter.
    ///
    /// # Errors
    /// As [`Self::filter`].
    pub(super) fn typed(&self) -> Result<TypedCommand, Failure> {
        self.filter()?;
        let filter = self.expression().unwrap_or_default().to_owned();
        Ok(TypedCommand::List { list: C::SUBJECT, filter })
    }

    /// Parses `--filter`.
    ///
    /// # Errors
    /// A failure that gives the position of the error in the expression.
    pub(super) fn filter(&self) -> Result<Filter, Failure> {
        self.filter
            .as_deref()
            .map_or_else(|| Ok(Filter::default()), |expression| parse_filter(C::SUBJECT, expression))
    }
}

fn filter_help<C: SortColumn>() -> String {
    format!("Only rows that match, as in: {}", C::EXAMPLE)
}

/// The source of a password; never an argument or the environment.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[group(id = "password", multiple = false)]
pub(super) struct PasswordOptions {
    /// Read the password from standard input: one line
    #[arg(long)]
    pub(super) password_stdin: bool,
    /// Read the password from a file that holds nothing else: one line
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
}

impl PasswordOptions {
    /// Returns true if a source was given.
    pub(super) fn is_given(&self) -> bool {
        self.password_stdin || self.password_file.is_some()
    }
}

/// The fields of a new account, as options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewFields(pub(super) Fields);

/// The changed fields of an account, as options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChangedFields(pub(super) Fields);

/// The fields of the first admin, as options: a login name and what every account needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AdminFields(pub(super) Fields);

impl Args for NewFields {
    fn augment_args(command: Command) -> Command {
        let (required, optional): (Vec<_>, Vec<_>) = FIELDS.iter().partition(|spec| spec.required);
        let options =
            required.into_iter().chain(optional).map(|spec| field_option(spec).required(spec.required));
        command.args(options)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl Args for ChangedFields {
    fn augment_args(command: Command) -> Command {
        command.args(FIELDS.iter().map(|spec| {
            let is_removable = match spec.kind {
                FieldKind::LoginName | FieldKind::Day => !spec.required,
                FieldKind::Text | FieldKind::Choice { .. } => false,
            };
            let removal = if is_removable { "; '' removes it" } else { "" };
            field_option(spec).help(format!("{}{removal}", spec.help))
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl Args for AdminFields {
    fn augment_args(command: Command) -> Command {
        let (optional, required): (Vec<_>, Vec<_>) = FIELDS
            .iter()
            .filter(|spec| spec.required || spec.kind == FieldKind::LoginName)
            .partition(|spec| !spec.required);
        command.args(optional.into_iter().chain(required).map(|spec| field_option(spec).required(true)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Implements reading fields from parsed options.
macro_rules! from_options {
    ($($name:ident),*) => { $(
        impl FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                Ok(Self(given_fields(matches)))
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }
    )* };
}

from_options!(NewFields, ChangedFields, AdminFields);

/// Returns the option of a field. A choice takes its words in any letter case.
fn field_option(spec: &'static FieldSpec) -> Arg {
    let option = Arg::new(spec.column).long(spec.flag).value_name(spec.value_name).help(spec.help);
    match spec.kind {
        FieldKind::Choice { words, .. } => {
            let parse = move |text: &str| {
                let noun = spec.value_name.to_lowercase();
                spec.word(text)
                    .map(str::to_owned)
                    .ok_or_else(|| unknown(&noun, text, words, words.iter().copied()))
            };
            option
                .value_parser(WordsParser {
                    words: words.iter().map(|word| (*word).to_owned()).collect(),
                    parse,
                })
                .hide_possible_values(true)
        }
        FieldKind::LoginName | FieldKind::Text | FieldKind::Day => option,
    }
}

/// Returns the fields that were given as options.
fn given_fields(matches: &ArgMatches) -> Fields {
    let value = |column| matches.try_get_one::<String>(column).ok().flatten().cloned();
    FIELDS.iter().filter_map(|spec| Some((spec, value(spec.column)?))).collect()
}

/// Parses a reference to an account.
///
/// # Errors
/// A failure with the rule for a text that is not an id, email or username.
pub(super) fn parse_who(text: &str) -> Result<Who, Failure> {
    Who::parse(text).map_err(|rule| {
        Failure::new(
            FailureKind::Invalid,
            format!("“{}” cannot name an account: {rule}.", excerpt_bare(text)),
        )
    })
}

/// Parses the value of `--filter`.
///
/// # Errors
/// A failure that gives the position of the error.
pub(super) fn parse_filter(subject: ListKind, expression: &str) -> Result<Filter, Failure> {
    Filter::parse(subject, expression)
        .map_err(|error| Failure::new(FailureKind::Invalid, format!("--filter: {error}.")))
}

/// Parses the value of `--for`; without one, returns the default.
///
/// # Errors
/// A failure with the rule.
pub(super) fn parse_life(text: Option<&str>, usual: Duration) -> Result<Duration, Failure> {
    text.map_or(Some(usual), parse_span).ok_or_else(|| {
        Failure::new(FailureKind::Invalid, "--for must be a whole number with s, m, h, d or w, as in 8h.")
            .about(Field::Span)
    })
}
