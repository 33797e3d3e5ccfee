//! Sort columns of lists, as `--sort` takes them.

use crate::domain::bin::BinColumn;
use crate::domain::directory::DirectoryColumn;
use crate::domain::filter::ListKind;
use crate::domain::journal::JournalColumn;
use crate::domain::page::Sort;
use crate::domain::session::SessionColumn;
use crate::domain::sort_names::NamedColumn;
use crate::domain::text::excerpt;
use crate::domain::user::UserColumn;

/// The help of `--after` in the journal.
pub(super) const OLDER: &str = "Only entries older than this one (newest first)";

/// Sort columns, with the words for their list's options.
pub(super) trait SortColumn: NamedColumn {
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
    const SUBJECT: ListKind = ListKind::Users;
    const BY_ID: Sort<Self> = Sort { column: Self::Id, descending: false };
}

impl SortColumn for SessionColumn {
    const SUBJECT: ListKind = ListKind::Sessions;
    const BY_ID: Sort<Self> = Sort { column: Self::Id, descending: false };
}

impl SortColumn for DirectoryColumn {
    const SUBJECT: ListKind = ListKind::Directories;
    const BY_ID: Sort<Self> = Sort { column: Self::Id, descending: false };
}

impl SortColumn for JournalColumn {
    const SUBJECT: ListKind = ListKind::Journal;
    const BY_ID: Sort<Self> = Sort { column: Self::Seq, descending: true };
    const ID_NAME: &'static str = "SEQ";
    const AFTER: &'static str = OLDER;
    const EXAMPLE: &'static str = "by:ada verb:delete user:alan since:2d";
}

impl SortColumn for BinColumn {
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
    let column = C::named(name).ok_or_else(|| format!("unknown column: use one of {}", names::<C>()))?;
    Ok(Sort { column, descending })
}

pub(super) fn sort_help<C: SortColumn>() -> String {
    format!("Sort by {}; add :desc for largest first", names::<C>())
}

fn names<C: SortColumn>() -> String {
    C::own_names().collect::<Vec<_>>().join(", ")
}
