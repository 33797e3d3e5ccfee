//! Sort columns of lists, as `--sort` takes them.

use crate::domain::bin::{BinColumn, BinItem};
use crate::domain::directory::{Directory, DirectoryColumn};
use crate::domain::filter::ListKind;
use crate::domain::journal::{Entry, JournalColumn};
use crate::domain::page::Sort;
use crate::domain::session::{Session, SessionColumn};
use crate::domain::sort_names::NamedColumn;
use crate::domain::text::excerpt;
use crate::domain::user::{User, UserColumn};

use super::output::{Record, column_names, find_column};
use super::suggestion::unknown;

/// The help of `--after` in the journal.
pub(super) const OLDER: &str = "Only entries older than this one (newest first)";

/// Sort columns, with the words for their list's options.
pub(super) trait SortColumn: NamedColumn {
    /// A row of the list.
    type Listed: Record;
    /// The list that is sorted.
    const SUBJECT: ListKind;
    /// The streaming order: by id, in one direction.
    const BY_ID: Sort<Self>;
    /// The name of the value of `--after`.
    const ID_NAME: &'static str = "ID";
    /// The help of `--after`.
    const AFTER: &'static str = "Only rows with ids above this one (in id order)";
    /// An example of a filter.
    const EXAMPLE: &'static str = "status:pending !has:sessions müller";
}

impl SortColumn for UserColumn {
    type Listed = User;
    const SUBJECT: ListKind = ListKind::Users;
    const BY_ID: Sort<Self> = Sort { column: Self::Id, descending: false };
}

impl SortColumn for SessionColumn {
    type Listed = Session;
    const SUBJECT: ListKind = ListKind::Sessions;
    const BY_ID: Sort<Self> = Sort { column: Self::Id, descending: false };
}

impl SortColumn for DirectoryColumn {
    type Listed = Directory;
    const SUBJECT: ListKind = ListKind::Directories;
    const BY_ID: Sort<Self> = Sort { column: Self::Id, descending: false };
}

impl SortColumn for JournalColumn {
    type Listed = Entry;
    const SUBJECT: ListKind = ListKind::Journal;
    const BY_ID: Sort<Self> = Sort { column: Self::Seq, descending: true };
    const ID_NAME: &'static str = "SEQ";
    const AFTER: &'static str = OLDER;
    const EXAMPLE: &'static str = "by:ada verb:delete user:alan since:2d";
}

impl SortColumn for BinColumn {
    type Listed = BinItem;
    const SUBJECT: ListKind = ListKind::Bin;
    const BY_ID: Sort<Self> = Sort { column: Self::Deleted, descending: false };
    const EXAMPLE: &'static str = "user:alan photos";
}

/// Parses the value of `--sort`.
pub(super) fn parse_sort<C: SortColumn>(text: &str) -> Result<Sort<C>, String> {
    let (name, descending) = match text.split_once(':') {
        None | Some((_, "asc")) => (text.trim_end_matches(":asc"), false),
        Some((name, "desc")) => (name, true),
        Some((_, way)) => return Err(format!("unknown sort direction “{}”: use asc or desc", excerpt(way))),
    };
    let column = C::named(name).ok_or_else(|| {
        let known: Vec<_> = C::own_names().collect();
        unknown("column", name, &known, C::NAMES.iter().map(|(known, _)| *known))
    })?;
    Ok(Sort { column, descending })
}

/// Parses one of the columns of `--columns`: its name, or another name that `--sort` knows it by.
pub(super) fn parse_column<C: SortColumn>(text: &str) -> Result<String, String> {
    let of_sort = || {
        let column = C::named(text)?;
        C::own_names().find(|name| C::named(name) == Some(column)).and_then(find_column::<C::Listed>)
    };
    find_column::<C::Listed>(text).or_else(of_sort).ok_or_else(|| {
        let known = column_names::<C::Listed>();
        unknown("column", text, &known, known.iter().map(String::as_str))
    })
}

/// Returns the help of `--columns`.
pub(super) fn columns_help<R: Record>() -> String {
    let names: Vec<_> = R::keys().iter().map(|key| key.name).collect();
    format!("Show only these columns, in this order: {}", names.join(", "))
}

pub(super) fn sort_help<C: SortColumn>() -> String {
    format!("Sort by {}; add :desc for largest first", names::<C>())
}

fn names<C: SortColumn>() -> String {
    C::own_names().collect::<Vec<_>>().join(", ")
}
