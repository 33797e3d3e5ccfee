//! Which rows an act is for, as `clap` reads it: named, or all that a filter shows. Everything is a word of its own, never
//! an empty filter.

use clap::Args;

use crate::domain::filter::{Filter, Subject};
use crate::domain::page::Selection;
use crate::service::contract::{Failure, People};

use super::options::{parse_all, parse_filter};

/// Accounts that an act is for: by name, or all that a filter shows.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct PeopleOptions {
    #[command(flatten)]
    which: WhichPeople,
    /// But not the one with this id; may be said again (with --filter or --all)
    #[arg(long, value_name = "ID", conflicts_with = "who")]
    except: Vec<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[group(required = true, multiple = false)]
struct WhichPeople {
    /// These
    who: Vec<String>,
    /// All that match, as in: status:pending !has:sessions
    #[arg(long, value_name = "EXPR")]
    filter: Option<String>,
    /// Every account there is
    #[arg(long)]
    all: bool,
}

impl PeopleOptions {
    /// # Errors
    /// A failure that says what names no account, or where the filter goes wrong.
    pub(super) fn people(self) -> Result<People, Failure> {
        let Self { which: WhichPeople { who, filter, all }, except } = self;
        let shown = |filter| People::Shown { filter, except };
        match filter {
            Some(expression) => parse_filter(Subject::Users, &expression).map(shown),
            None if all => Ok(shown(Filter::default())),
            None => parse_all(&who).map(People::Named),
        }
    }
}

/// Bundles in the bin that an act is for.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct BundleOptions {
    #[command(flatten)]
    which: WhichBundles,
    /// But not the one with this id; may be said again (with --filter or --all)
    #[arg(long, value_name = "ID", conflicts_with = "id")]
    except: Vec<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[group(required = true, multiple = false)]
struct WhichBundles {
    /// These
    id: Vec<i64>,
    /// All that match, as in: user:alan photos
    #[arg(long, value_name = "EXPR")]
    filter: Option<String>,
    /// The whole bin
    #[arg(long)]
    all: bool,
}

impl BundleOptions {
    /// # Errors
    /// A failure that says where the filter goes wrong.
    pub(super) fn selection(self) -> Result<Selection, Failure> {
        let Self { which: WhichBundles { id, filter, all }, except } = self;
        let shown = |filter| Selection::Shown { filter, except };
        match filter {
            Some(expression) => parse_filter(Subject::Bin, &expression).map(shown),
            None if all => Ok(shown(Filter::default())),
            None => Ok(Selection::Ids(id)),
        }
    }
}
