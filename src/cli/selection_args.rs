//! Arguments that select the rows of an action: named rows, or all that match a filter. "All" is an option of
//! its own, never an empty filter.

use std::io::{BufRead, Read as _};

use clap::Args;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::Selection;
use crate::domain::secret::Secret;
use crate::domain::text::clip;
use crate::domain::user::{UserId, Who};
use crate::service::contract::{AccountSelection, Failure, FailureKind};

use super::options::{parse_filter, parse_who};
use super::runner::{CommandError, CommandRunner};

/// Stands for ids on standard input.
const STDIN: &str = "-";

/// Maximum length of a line with an id, in bytes.
const LONGEST_LINE: u64 = 200;

/// The input that an action needs besides its arguments.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// The password that was typed or read.
    pub(super) password: Option<Secret>,
    /// The ids on standard input.
    pub(super) ids: Vec<i64>,
    /// The account whose sessions are selected.
    pub(super) owner: Option<UserId>,
}

/// The number of rows that an action must apply to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub(super) struct Expected {
    /// Do nothing (exit 4) unless it applies to exactly this many rows
    #[arg(long, value_name = "N")]
    pub(super) expect: Option<u64>,
}

/// The id of a row, or the word for ids on standard input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdArgument {
    Id(i64),
    Stdin,
}

/// Parses an id, or `-` for ids on standard input.
pub(super) fn parse_id(text: &str) -> Result<IdArgument, std::num::ParseIntError> {
    if text == STDIN { Ok(IdArgument::Stdin) } else { text.parse().map(IdArgument::Id) }
}

/// Returns true if ids are read from standard input.
pub(super) fn reads_ids(ids: &[IdArgument]) -> bool {
    ids.contains(&IdArgument::Stdin)
}

/// Returns the named ids, each once.
pub(super) fn ids(arguments: &[IdArgument], input: &Input) -> Vec<i64> {
    let mut ids = Vec::new();
    for argument in arguments {
        match argument {
            IdArgument::Id(id) => ids.push(*id),
            IdArgument::Stdin => ids.extend_from_slice(&input.ids),
        }
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl CommandRunner<'_, '_> {
    /// Reads ids from standard input, one a line, if `wanted` is true.
    pub(super) fn ids(&mut self, wanted: bool) -> Result<Vec<i64>, CommandError> {
        if wanted { read_ids(&mut self.io.input) } else { Ok(Vec::new()) }
    }
}

fn read_ids(input: &mut dyn BufRead) -> Result<Vec<i64>, CommandError> {
    let mut ids = Vec::new();
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if (&mut *input).take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let is_id = text.bytes().all(|byte| byte.is_ascii_digit());
        let id = text.parse().ok().filter(|_| is_id).ok_or_else(|| no_id(number, text))?;
        ids.push(id);
    }
    Ok(ids)
}

fn no_id(line: u64, text: &str) -> Failure {
    let message = format!("Line {line} of standard input is not an id: “{}”.", clip(text, 80));
    Failure::new(FailureKind::Invalid, message).hint("With - each line is the id of a row: digits only.")
}

/// Accounts that an action applies to: named, or all that match a filter.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct AccountSelectionOptions {
    #[command(flatten)]
    which: WhichAccounts,
    /// Leave out this id; may be repeated (with --filter or --all)
    #[arg(long, value_name = "ID", conflicts_with = "who")]
    except: Vec<i64>,
    #[command(flatten)]
    pub(super) expected: Expected,
}

#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[group(required = true, multiple = false)]
struct WhichAccounts {
    /// Accounts; - reads ids from standard input, one a line
    who: Vec<String>,
    /// All accounts that match, as in: status:pending !has:sessions
    #[arg(long, value_name = "EXPR")]
    filter: Option<String>,
    /// All accounts
    #[arg(long)]
    all: bool,
}

impl AccountSelectionOptions {
    pub(super) fn reads_ids(&self) -> bool {
        self.which.who.iter().any(|who| who == STDIN)
    }

    /// Returns the selected accounts.
    ///
    /// # Errors
    /// A failure that gives the argument that cannot name an account, or the position of the error in the
    /// filter.
    pub(super) fn people(&self, input: &Input) -> Result<AccountSelection, Failure> {
        let Self { which: WhichAccounts { who, filter, all }, except, .. } = self;
        let shown = |filter| AccountSelection::Shown { filter, except: except.clone() };
        match filter {
            Some(expression) => parse_filter(ListKind::Users, expression).map(shown),
            None if *all => Ok(shown(Filter::default())),
            None => {
                let mut named = Vec::new();
                for who in who {
                    if who == STDIN {
                        named.extend(input.ids.iter().map(|id| Who::Id(UserId(*id))));
                    } else {
                        named.push(parse_who(who)?);
                    }
                }
                Ok(AccountSelection::Named(named))
            }
        }
    }
}

/// Bin items that an action applies to.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct BinItemOptions {
    #[command(flatten)]
    which: WhichBinItems,
    /// Leave out this id; may be repeated (with --filter or --all)
    #[arg(long, value_name = "ID", conflicts_with = "id")]
    except: Vec<i64>,
    #[command(flatten)]
    pub(super) expected: Expected,
}

#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[group(required = true, multiple = false)]
struct WhichBinItems {
    /// Ids; - reads ids from standard input, one a line
    #[arg(value_parser = parse_id)]
    id: Vec<IdArgument>,
    /// All items that match, as in: user:alan photos
    #[arg(long, value_name = "EXPR")]
    filter: Option<String>,
    /// The whole bin
    #[arg(long)]
    all: bool,
}

impl BinItemOptions {
    pub(super) fn reads_ids(&self) -> bool {
        reads_ids(&self.which.id)
    }

    /// Returns the selected items.
    ///
    /// # Errors
    /// A failure that gives the position of the error in the filter.
    pub(super) fn selection(&self, input: &Input) -> Result<Selection, Failure> {
        let Self { which: WhichBinItems { id, filter, all }, except, .. } = self;
        let shown = |filter| Selection::Shown { filter, except: except.clone() };
        match filter {
            Some(expression) => parse_filter(ListKind::Bin, expression).map(shown),
            None if *all => Ok(shown(Filter::default())),
            None => Ok(Selection::Ids(ids(id, input))),
        }
    }
}
